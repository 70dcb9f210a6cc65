//! The keys of this server: signing keys, and the MAC keys of refresh tokens.
//!
//! Each is parsed once, when it is loaded, and kept (decision 0003).

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::hmac;
use bytes::Bytes;
use fleetgate_protocol::Region;
use fleetgate_protocol::clock::Clock;
use fleetgate_protocol::jws::{Algorithm, InvalidKey, JwkSet, SigningFailed, SigningKey, Typ, certificate_thumbprint};
use fleetgate_store::{MasterKey, Store, StoredKey};
use serde::Serialize;

use crate::entropy::Entropy;
use crate::micros;

/// How long clients may keep the key set before they look again; a new key is published at least this long before it
/// signs.
pub const KEY_SET_LIFETIME: Duration = Duration::from_secs(60 * 60);

/// How long, in microseconds, a new key waits before it signs. Other nodes read the keys each minute, and what they
/// publish until then may be kept for [`KEY_SET_LIFETIME`].
const PUBLISHED_BEFORE: i64 = 62 * 60 * 1_000_000;

const SIGN: &str = "sign";
const MAC: &str = "mac";

/// The purpose under which the signing keys of an authorization server are stored.
pub(crate) fn signing(realm: Option<Region>) -> String {
    purpose(SIGN, realm)
}

fn purpose(purpose: &str, realm: Option<Region>) -> String {
    realm.map_or_else(|| purpose.to_owned(), |region| format!("{purpose}-{region}"))
}

/// Why keys could not be made, read or used.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The store failed.
    #[error("read or write keys in the store")]
    Store(#[from] fleetgate_store::Error),
    /// A key cannot be read under this master key.
    #[error("open a key with the master key")]
    Master(#[from] fleetgate_store::MasterKeyError),
    /// What the store holds is no key of ours.
    #[error("the store holds a key that this version does not know")]
    Unknown,
    /// A key cannot be parsed.
    #[error("parse a key")]
    Parse(#[from] InvalidKey),
    /// A key's certificate cannot be made.
    #[error("make a key's certificate")]
    Certificate(#[from] rcgen::Error),
    /// A key is not PEM or has another type.
    #[error("read the private key: it must be PKCS#8 in PEM")]
    Pem,
    /// Claims or keys cannot be written as JSON.
    #[error("write claims or keys as JSON")]
    Claims(#[source] serde_json::Error),
    /// No key is active.
    #[error("no signing key is active")]
    NoneActive,
    /// Signing failed.
    #[error("sign a token")]
    Sign(#[from] SigningFailed),
}

/// The keys of this server.
#[derive(Debug)]
pub struct Keys {
    loaded: RwLock<Loaded>,
}

#[derive(Debug, Default)]
struct Loaded {
    signing: Vec<Signing>,
    mac: BTreeMap<u16, Arc<hmac::Key>>,
    algorithms: Arc<[Algorithm]>,
    set: JwkSet,
    /// The set as it is published.
    published: Bytes,
}

#[derive(Debug)]
struct Signing {
    key: Arc<SigningKey>,
    active_from: i64,
}

/// What keys are made and read with.
#[derive(Debug, Clone, Copy)]
pub struct KeyRoom<'a> {
    /// Where they are kept.
    pub store: &'a Store,
    /// Under which they are sealed.
    pub master: &'a MasterKey,
    /// The time.
    pub clock: &'a dyn Clock,
    /// Randomness for new ones.
    pub entropy: &'a dyn Entropy,
    /// With what new ones sign.
    pub algorithm: Algorithm,
    /// Whose they are: those of the region with an authorization server of its own, or of the one of all others.
    pub realm: Option<Region>,
}

impl KeyRoom<'_> {
    async fn signing(&self) -> Result<Vec<StoredKey>, KeyError> {
        Ok(self.store.keys(&purpose(SIGN, self.realm)).await?)
    }

    async fn mac(&self) -> Result<Vec<StoredKey>, KeyError> {
        Ok(self.store.keys(&purpose(MAC, self.realm)).await?)
    }
}

impl Keys {
    /// Loads the keys of a store; makes the first ones if there are none.
    ///
    /// # Errors
    /// When the store fails, or what it holds cannot be read under this master key.
    pub async fn load(room: KeyRoom<'_>) -> Result<Self, KeyError> {
        if room.signing().await?.is_empty() {
            let pkcs8 = SigningKey::generate(room.algorithm)?;
            add_signing_key(room, room.algorithm, &pkcs8, room.clock.now()).await?;
        }
        if room.mac().await?.is_empty() {
            add_mac_key(room).await?;
        }
        let keys = Self { loaded: RwLock::default() };
        keys.reload(room).await?;
        Ok(keys)
    }

    /// Reads the keys again, for those that another process has added or retired.
    ///
    /// # Errors
    /// As [`Keys::load`].
    pub async fn reload(&self, room: KeyRoom<'_>) -> Result<(), KeyError> {
        let mut loaded = Loaded::default();
        let signing = room.signing().await?;
        // A world was replaced, and the new one has not been taken up yet, which makes its keys.
        if signing.is_empty() && self.read(|loaded| !loaded.signing.is_empty()) {
            return Ok(());
        }
        for stored in signing.iter().filter(|key| key.retired_at.is_none()) {
            let pkcs8 = room.master.open(&stored.kid, &stored.sealed_private)?;
            let algorithm = stored.algorithm.parse().map_err(|_| KeyError::Unknown)?;
            let key = SigningKey::from_pkcs8(algorithm, &stored.kid, &pkcs8)?;
            let certificate = (!stored.public.is_empty()).then_some(&*stored.public);
            loaded.set.keys.push(key.public_jwk(certificate));
            loaded.signing.push(Signing { key: Arc::new(key), active_from: stored.active_from });
        }
        for stored in room.mac().await? {
            let secret = room.master.open(&stored.kid, &stored.sealed_private)?;
            let number = u16::try_from(stored.number).map_err(|_| KeyError::Unknown)?;
            loaded.mac.insert(number, Arc::new(hmac::Key::new(hmac::HMAC_SHA256, &secret)));
        }
        let mut algorithms = Vec::new();
        for signing in &loaded.signing {
            if !algorithms.contains(&signing.key.algorithm()) {
                algorithms.push(signing.key.algorithm());
            }
        }
        loaded.algorithms = algorithms.into();
        loaded.published = serde_json::to_vec(&loaded.set).map_err(KeyError::Claims)?.into();
        *self.loaded.write().unwrap_or_else(PoisonError::into_inner) = loaded;
        Ok(())
    }

    /// Makes a new signing key when the newest is older than `lifetime` or of another algorithm than is configured, and
    /// retires the ones that signed nothing that
    /// is still alive. A new key is published before it signs, for as long as clients may keep an older set; a key stays
    /// published until the last token that it signed has expired.
    ///
    /// # Errors
    /// As [`Keys::load`].
    pub async fn rotate(
        &self,
        room: KeyRoom<'_>,
        lifetime: Duration,
        token_lifetime: Duration,
    ) -> Result<(), KeyError> {
        let now = room.clock.now();
        let stored = room.signing().await?;
        let mut live: Vec<&StoredKey> = stored.iter().filter(|key| key.retired_at.is_none()).collect();
        live.sort_by_key(|key| key.active_from);
        let newest = live.last();
        let old = newest.map_or(0, |key| key.active_from) + micros(lifetime) <= now + PUBLISHED_BEFORE;
        if old || newest.is_some_and(|key| key.algorithm != room.algorithm.as_str()) {
            let pkcs8 = SigningKey::generate(room.algorithm)?;
            add_signing_key(room, room.algorithm, &pkcs8, now + PUBLISHED_BEFORE).await?;
        }
        for (old, successor) in live.iter().zip(live.iter().skip(1)) {
            let last_token_ends = successor.active_from + micros(token_lifetime) + micros(KEY_SET_LIFETIME);
            if last_token_ends < now {
                room.store.retire_key(&old.kid, now).await?;
            }
        }
        self.reload(room).await
    }

    /// The public keys.
    #[must_use]
    pub fn set(&self) -> JwkSet {
        self.read(|loaded| loaded.set.clone())
    }

    /// The public keys, as JSON (RFC 7517, section 5).
    #[must_use]
    pub fn published(&self) -> Bytes {
        self.read(|loaded| loaded.published.clone())
    }

    /// The algorithms of the published keys, each once.
    #[must_use]
    pub fn algorithms(&self) -> Arc<[Algorithm]> {
        self.read(|loaded| Arc::clone(&loaded.algorithms))
    }

    /// The newest signing key that is active at `now`.
    ///
    /// # Errors
    /// When none is.
    pub fn active(&self, now: i64) -> Result<Arc<SigningKey>, KeyError> {
        self.read(|loaded| {
            let active = loaded.signing.iter().filter(|signing| signing.active_from <= now);
            active
                .max_by_key(|signing| signing.active_from)
                .map(|signing| Arc::clone(&signing.key))
                .ok_or(KeyError::NoneActive)
        })
    }

    /// Signs a payload with the active key.
    ///
    /// # Errors
    /// When no key is active, or signing fails.
    pub fn sign(&self, typ: Typ, payload: &[u8], now: i64) -> Result<String, KeyError> {
        Ok(self.active(now)?.sign(typ, payload)?)
    }

    /// The newest MAC key with its number.
    ///
    /// # Errors
    /// When there is none.
    pub fn newest_mac(&self) -> Result<(u16, Arc<hmac::Key>), KeyError> {
        self.read(|loaded| {
            loaded.mac.last_key_value().map(|(number, key)| (*number, Arc::clone(key))).ok_or(KeyError::NoneActive)
        })
    }

    /// The MAC key of a number.
    #[must_use]
    pub fn mac(&self, number: u16) -> Option<Arc<hmac::Key>> {
        self.read(|loaded| loaded.mac.get(&number).cloned())
    }

    fn read<T>(&self, look: impl FnOnce(&Loaded) -> T) -> T {
        look(&self.loaded.read().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Adds a signing key.
///
/// # Errors
/// When the key cannot be parsed or stored.
pub async fn add_signing_key(
    room: KeyRoom<'_>,
    algorithm: Algorithm,
    pkcs8: &[u8],
    active_from: i64,
) -> Result<(), KeyError> {
    let key = stored(room.master, &Named::new(algorithm, pkcs8)?, room.realm, room.clock.now(), active_from);
    room.store.insert_key(&key).await?;
    Ok(())
}

/// A private key and what it is published with. Whoever has the key has the rest: neither time nor chance is in it.
#[derive(Clone, Serialize)]
pub(crate) struct Named {
    algorithm: Algorithm,
    pkcs8: Vec<u8>,
    pub(crate) kid: String,
    /// DER; empty for a key that is published without a certificate.
    certificate: Vec<u8>,
}

impl Named {
    /// An RSA key has a self-signed certificate and is named by its SHA-1, as the Fleet API's own. The others are named by
    /// themselves (RFC 7638): their certificates would differ each time, since ECDSA signs with a random number.
    ///
    /// # Errors
    /// When the key cannot be parsed.
    pub(crate) fn new(algorithm: Algorithm, pkcs8: &[u8]) -> Result<Self, KeyError> {
        let key = SigningKey::from_pkcs8(algorithm, "", pkcs8)?;
        let (kid, certificate) = match algorithm {
            Algorithm::Rs256 => {
                let certificate = certificate(pkcs8)?;
                (certificate_thumbprint(&certificate), certificate)
            }
            Algorithm::Es256 | Algorithm::EdDsa => (key.public_jwk(None).thumbprint(), Vec::new()),
        };
        Ok(Self { algorithm, pkcs8: pkcs8.to_vec(), kid, certificate })
    }
}

/// A signing key as it is stored.
pub(crate) fn stored(
    master: &MasterKey,
    key: &Named,
    realm: Option<Region>,
    created_at: i64,
    active_from: i64,
) -> StoredKey {
    StoredKey {
        sealed_private: master.seal(&key.kid, &key.pkcs8),
        kid: key.kid.clone(),
        purpose: signing(realm),
        algorithm: key.algorithm.to_string(),
        number: 0,
        public: key.certificate.clone(),
        created_at,
        active_from,
        retired_at: None,
    }
}

async fn add_mac_key(room: KeyRoom<'_>) -> Result<(), KeyError> {
    let number = room.mac().await?.iter().map(|key| key.number).max().unwrap_or(0) + 1;
    let kid = format!("{}-{number}", purpose(MAC, room.realm));
    let stored = StoredKey {
        sealed_private: room.master.seal(&kid, &room.entropy.bytes::<32>()),
        kid,
        purpose: purpose(MAC, room.realm),
        algorithm: "HS256".to_owned(),
        number,
        public: Vec::new(),
        created_at: room.clock.now(),
        active_from: room.clock.now(),
        retired_at: None,
    };
    room.store.insert_key(&stored).await?;
    Ok(())
}

/// A self-signed certificate of an RSA key: it carries a public key, nothing trusts it, and it is the same each time.
fn certificate(pkcs8: &[u8]) -> Result<Vec<u8>, KeyError> {
    let pair = rcgen::KeyPair::from_pkcs8_der_and_sign_algo(&pkcs8.into(), &rcgen::PKCS_RSA_SHA256)?;
    let mut parameters = rcgen::CertificateParams::default();
    parameters.distinguished_name.push(rcgen::DnType::CommonName, "fleetgate");
    let serial_number = digest(&SHA256, pair.public_key_raw());
    // Positive, and not longer than others like it (RFC 5280, section 4.1.2.2).
    parameters.serial_number = Some(rcgen::SerialNumber::from_slice(&serial_number.as_ref()[..16]));
    parameters.not_before = rcgen::date_time_ymd(2020, 1, 1);
    parameters.not_after = rcgen::date_time_ymd(2050, 1, 1);
    Ok(parameters.self_signed(&pair)?.der().to_vec())
}

/// The PKCS#8 bytes of a private key in PEM.
///
/// # Errors
/// Anything but one `PRIVATE KEY` block.
pub fn pkcs8_from_pem(pem: &str) -> Result<Vec<u8>, KeyError> {
    use rustls_pki_types::PrivatePkcs8KeyDer;
    use rustls_pki_types::pem::PemObject as _;
    let key = PrivatePkcs8KeyDer::from_pem_slice(pem.as_bytes()).map_err(|_| KeyError::Pem)?;
    Ok(key.secret_pkcs8_der().to_vec())
}

#[cfg(test)]
mod tests;
