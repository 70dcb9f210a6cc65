use std::fmt;

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::error::KeyRejected;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256, RsaKeyPair,
};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

use super::{Algorithm, InvalidKey, Jwk, Typ, certificate_thumbprint};

/// A private key that signs tokens. Parse it once and keep it: parsing costs as much as a signature.
pub struct SigningKey {
    kid: String,
    pair: Pair,
    public: Jwk,
    /// `base64url(header).` for each [`Typ`].
    headers: [String; 2],
}

// The pairs differ in size, but a process keeps two or three of them for hours.
enum Pair {
    Rsa(Box<RsaKeyPair>),
    Ecdsa(Box<EcdsaKeyPair>),
    Ed25519(Box<Ed25519KeyPair>),
}

/// The library refused to sign; it does so only when it runs out of memory or randomness.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the token could not be signed")]
pub struct SigningFailed;

impl SigningKey {
    /// A new private key as PKCS#8 in DER. RSA keys have 2048 bits.
    ///
    /// # Errors
    /// [`InvalidKey::Generation`] when the library fails.
    pub fn generate(algorithm: Algorithm) -> Result<Vec<u8>, InvalidKey> {
        let generated = match algorithm {
            Algorithm::Rs256 => RsaKeyPair::generate(KeySize::Rsa2048)
                .and_then(|pair| AsDer::as_der(&pair).map(|der| der.as_ref().to_vec())),
            Algorithm::Es256 => EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new())
                .map(|document| document.as_ref().to_vec()),
            Algorithm::EdDsa => {
                Ed25519KeyPair::generate_pkcs8(&SystemRandom::new()).map(|document| document.as_ref().to_vec())
            }
        };
        generated.map_err(|_| InvalidKey::Generation)
    }

    /// Parses a private key. `kid` is the name under which its public half is published.
    ///
    /// # Errors
    /// [`InvalidKey::Pkcs8`] when `pkcs8` is no key of this algorithm.
    pub fn from_pkcs8(algorithm: Algorithm, kid: &str, pkcs8: &[u8]) -> Result<Self, InvalidKey> {
        let pair = Pair::parse(algorithm, pkcs8).map_err(|_| InvalidKey::Pkcs8)?;
        let public = Jwk {
            kid: Some(kid.to_owned()),
            public_key_use: Some("sig".to_owned()),
            alg: Some(algorithm.as_str().to_owned()),
            ..pair.public_numbers().ok_or(InvalidKey::Pkcs8)?
        };
        Ok(Self { kid: kid.to_owned(), pair, public, headers: Typ::ALL.map(|typ| header(algorithm, typ, kid)) })
    }

    /// The name of the key in the headers of tokens.
    #[must_use]
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// The algorithm that the key signs with.
    #[must_use]
    pub const fn algorithm(&self) -> Algorithm {
        match self.pair {
            Pair::Rsa(_) => Algorithm::Rs256,
            Pair::Ecdsa(_) => Algorithm::Es256,
            Pair::Ed25519(_) => Algorithm::EdDsa,
        }
    }

    /// A token with this payload in the compact form (RFC 7515, section 7.1).
    ///
    /// # Errors
    /// [`SigningFailed`] when the library fails.
    pub fn sign(&self, typ: Typ, payload: &[u8]) -> Result<String, SigningFailed> {
        let header = &self.headers[typ as usize];
        let mut token = String::with_capacity(header.len() + (payload.len() + 258) * 4 / 3 + 4);
        token.push_str(header);
        URL_SAFE_NO_PAD.encode_string(payload, &mut token);
        let signature = self.signature(token.as_bytes())?;
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(signature, &mut token);
        Ok(token)
    }

    fn signature(&self, message: &[u8]) -> Result<Vec<u8>, SigningFailed> {
        let random = SystemRandom::new();
        match &self.pair {
            Pair::Rsa(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &random, message, &mut signature).map(|()| signature)
            }
            Pair::Ecdsa(pair) => pair.sign(&random, message).map(|signature| signature.as_ref().to_vec()),
            Pair::Ed25519(pair) => pair.try_sign(message).map(|signature| signature.as_ref().to_vec()),
        }
        .map_err(|_| SigningFailed)
    }

    /// The public half, with `x5t` and `x5c` when there is a certificate (DER).
    #[must_use]
    pub fn public_jwk(&self, certificate_der: Option<&[u8]>) -> Jwk {
        Jwk {
            x5t: certificate_der.map(certificate_thumbprint),
            x5c: certificate_der.map(|der| vec![STANDARD.encode(der)]),
            ..self.public.clone()
        }
    }
}

impl Pair {
    fn parse(algorithm: Algorithm, pkcs8: &[u8]) -> Result<Self, KeyRejected> {
        Ok(match algorithm {
            Algorithm::Rs256 => Self::Rsa(Box::new(RsaKeyPair::from_pkcs8(pkcs8)?)),
            Algorithm::Es256 => {
                Self::Ecdsa(Box::new(EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8)?))
            }
            Algorithm::EdDsa => Self::Ed25519(Box::new(Ed25519KeyPair::from_pkcs8(pkcs8)?)),
        })
    }

    /// The members of the JWK that are the public key itself.
    fn public_numbers(&self) -> Option<Jwk> {
        let encode = |bytes: &[u8]| Some(URL_SAFE_NO_PAD.encode(bytes));
        Some(match self {
            Self::Rsa(pair) => {
                let (n, e) = rsa_numbers(pair.public_key().as_ref())?;
                Jwk { kty: "RSA".to_owned(), n: encode(n), e: encode(e), ..Jwk::default() }
            }
            Self::Ecdsa(pair) => {
                // An uncompressed point: 04, then two coordinates of 32 octets.
                let (x, y) = pair.public_key().as_ref().get(1..)?.split_at_checked(32)?;
                let crv = Some("P-256".to_owned());
                Jwk { kty: "EC".to_owned(), crv, x: encode(x), y: encode(y), ..Jwk::default() }
            }
            Self::Ed25519(pair) => {
                let crv = Some("Ed25519".to_owned());
                Jwk { kty: "OKP".to_owned(), crv, x: encode(pair.public_key().as_ref()), ..Jwk::default() }
            }
        })
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SigningKey")
            .field("kid", &self.kid)
            .field("algorithm", &self.algorithm())
            .finish_non_exhaustive()
    }
}

/// `base64url({"alg":…,"typ":…,"kid":…}).`, in the order of the Fleet API's own tokens.
fn header(algorithm: Algorithm, typ: Typ, kid: &str) -> String {
    let kid = serde_json::Value::from(kid);
    let json = format!(r#"{{"alg":"{algorithm}","typ":"{typ}","kid":{kid}}}"#);
    let mut header = URL_SAFE_NO_PAD.encode(json);
    header.push('.');
    header
}

/// The numbers in `RSAPublicKey ::= SEQUENCE { modulus INTEGER, publicExponent INTEGER }` (RFC 8017, appendix A.1.1).
fn rsa_numbers(der: &[u8]) -> Option<(&[u8], &[u8])> {
    let (sequence, rest) = der_value(der, 0x30)?;
    let (n, sequence) = der_value(sequence, 0x02)?;
    let (e, end) = der_value(sequence, 0x02)?;
    let positive = |integer: &'_ [u8]| integer.iter().take_while(|byte| **byte == 0).count();
    (rest.is_empty() && end.is_empty()).then(|| (&n[positive(n)..], &e[positive(e)..]))
}

/// The content of the DER element with this tag, and what follows it.
fn der_value(der: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let (&[found, length], mut rest) = der.split_first_chunk::<2>()?;
    let length = match length {
        0..=0x7F => usize::from(length),
        0x81 | 0x82 => {
            let (octets, content) = rest.split_at_checked(usize::from(length & 0x7F))?;
            rest = content;
            octets.iter().fold(0, |length, octet| length << 8 | usize::from(*octet))
        }
        _ => return None,
    };
    (found == tag).then(|| rest.split_at_checked(length)).flatten()
}

#[cfg(test)]
mod tests {
    use super::rsa_numbers;

    #[test]
    fn the_numbers_of_an_rsa_key_are_all_that_it_has() {
        assert_eq!(rsa_numbers(b"\x30\x07\x02\x02\x00\x95\x02\x01\x03"), Some((&b"\x95"[..], &b"\x03"[..])));
        assert_eq!(rsa_numbers(b"\x30\x81\x06\x02\x01\x05\x02\x01\x03"), Some((&b"\x05"[..], &b"\x03"[..])));
        for bad in [
            &b""[..],
            b"\x30\x06\x02\x01\x05\x02\x01\x03\x00",
            b"\x30\x08\x02\x01\x05\x02\x01\x03\x05\x00",
            b"\x31\x06\x02\x01\x05\x02\x01\x03",
            b"\x30\x06\x02\x01\x05\x04\x01\x03",
            b"\x30\x07\x02\x01\x05\x02\x01\x03",
            b"\x30\x83\x00\x00\x06\x02\x01\x05\x02\x01\x03",
        ] {
            assert_eq!(rsa_numbers(bad), None, "{bad:x?}");
        }
    }
}
