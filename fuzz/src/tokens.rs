//! Tokens and keys.

use std::sync::{Arc, LazyLock};

use aws_lc_rs::hmac;
use bytes::Bytes;
use fleetgate_gate::{BufferedBody, Gate, GateConfig, KeyRing, Keys, Rejection, Requirement, Serving};
use fleetgate_protocol::claims::{AccessTokenClaims, to_wire_json};
use fleetgate_protocol::clock::Clock;
use fleetgate_protocol::jws::{Algorithm, CompactJws, JwkSet, MAX_LENGTH, SigningKey, Typ};
use fleetgate_protocol::refresh_token::RefreshToken;
use fleetgate_protocol::{Region, Scope};
use fleetgate_server::parsers;
use http::{HeaderValue, Request};
use serde_json::json;

use super::text;

/// A token that can be read has three parts and a known algorithm; claims survive being written and read.
pub(super) fn access_token(data: &[u8]) -> bool {
    let Some(text) = text(data) else { return false };
    // A corpus of readable claims is worth more than one of base64url: a text that begins with `{` is the claims.
    let payload = match text.strip_prefix('{') {
        Some(_) => data.to_vec(),
        None => {
            let Ok(jws) = CompactJws::parse(text) else { return false };
            assert!(text.len() <= MAX_LENGTH && text.matches('.').count() == 2);
            assert!(text.starts_with(jws.signing_input()));
            assert!(Algorithm::ALL.contains(&jws.algorithm()) && Typ::ALL.contains(&jws.typ()));
            assert!(SIGNER.verifies_nothing_but_its_own(text, &jws));
            jws.unverified_payload().to_vec()
        }
    };
    let Ok(claims) = serde_json::from_slice::<AccessTokenClaims>(&payload) else { return false };
    let written = to_wire_json(&claims).expect("claims are JSON");
    assert!(written.iter().all(|byte| byte.is_ascii() && !b">?~\x7f".contains(byte)));
    let again: AccessTokenClaims = serde_json::from_slice(&written).expect("what was written can be read");
    assert_eq!(again, claims);
    true
}

/// Credentials come from a `Basic` header only, and neither half is there without a character.
pub(super) fn basic_credentials(data: &[u8]) -> bool {
    let Some((id, secret)) = parsers::basic(data) else { return false };
    assert!(data.get(..6).is_some_and(|scheme| scheme.eq_ignore_ascii_case(b"basic ")));
    assert!(!id.is_empty() && secret.as_deref() != Some(""));
    assert!(id.len() + secret.unwrap_or_default().len() < data.len(), "nothing is made up");
    true
}

/// A public key is an uncompressed point.
pub(super) fn public_key(data: &[u8]) -> bool {
    let Some(point) = parsers::point(data) else { return false };
    assert_eq!((point.len(), &point[..2]), (130, "04"));
    assert!(point.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte)));
    true
}

/// A key set never makes the gate panic, and has no more keys than it lists.
pub(super) fn jwk_set(data: &[u8]) -> bool {
    let Ok(set) = serde_json::from_slice::<JwkSet>(data) else { return false };
    let keys = Keys::from_jwk_set(&set);
    assert!(keys.len() <= set.keys.len());
    !keys.is_empty()
}

/// What opens is exactly what was sealed; one other character and it does not open.
pub(super) fn refresh_token(data: &[u8]) -> bool {
    const NUMBER: u16 = 7;
    static KEY: LazyLock<hmac::Key> = LazyLock::new(|| hmac::Key::new(hmac::HMAC_SHA256, b"fuzz"));
    let open = |text: &str| RefreshToken::open(text, |number| (number == NUMBER).then_some(&*KEY));
    let opened = text(data).and_then(|text| open(text).ok());
    if let Some(token) = opened {
        assert_eq!(token.seal(NUMBER, &KEY).as_bytes(), data, "a token has one spelling");
    }
    let mut bytes = [0; 22];
    let length = data.len().min(bytes.len());
    bytes[..length].copy_from_slice(&data[..length]);
    let token = RefreshToken {
        region: Region::ALL[usize::from(bytes[0]) % Region::ALL.len()],
        family: bytes[1..17].try_into().expect("16 bytes"),
        generation: u32::from_be_bytes(bytes[17..21].try_into().expect("4 bytes")),
    };
    let sealed = token.seal(NUMBER, &KEY);
    assert_eq!(open(&sealed), Ok(token));
    let place = usize::from(bytes[21]) % sealed.len();
    let mut other = sealed.clone().into_bytes();
    other[place] = if other[place] == b'0' { b'1' } else { b'0' };
    assert!(open(&String::from_utf8(other).expect("ASCII")).is_err(), "forged at {place}");
    assert!(open(&sealed[..sealed.len() - 1]).is_err() && open(&format!("{sealed}0")).is_err());
    opened.is_some()
}

/// The first line is the `Authorization` header, the second the query, the rest a form. `{token}` stands for a good
/// token; only `Bearer`, one space and that token may open the gate.
pub(super) fn authorization_header(data: &[u8]) -> bool {
    let good = SIGNER.token.as_bytes();
    let mut lines = data.splitn(3, |byte| *byte == b'\n').map(|line| replace(line, b"{token}", good));
    let header = lines.next().unwrap_or_default();
    let (query, form) = (lines.next().unwrap_or_default(), lines.next().unwrap_or_default());
    let Ok(value) = HeaderValue::from_bytes(&header) else { return false };
    let target = [b"/?".as_slice(), &query].concat();
    let Ok(request) = Request::builder()
        .method("POST")
        .uri(target.as_slice())
        .header("authorization", value)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(())
    else {
        return false;
    };
    let (mut parts, ()) = request.into_parts();
    parts.extensions.insert(BufferedBody(Bytes::from(form.clone())));
    let (outcome, decision) = SIGNER.gate.check(&parts, &SIGNER.requirement);
    assert_eq!(decision.reason.is_none(), outcome.is_ok());
    match outcome {
        Ok(permit) => {
            assert!(permit.is_some());
            let (scheme, token) = header.split_at("Bearer ".len());
            assert!(scheme.eq_ignore_ascii_case(b"Bearer ") && token == good, "{header:?}");
            let elsewhere = |place: &[u8]| form_urlencoded::parse(place).any(|(name, _)| name == "access_token");
            assert!(!elsewhere(&query) && !elsewhere(&form), "a second transport");
            true
        }
        Err(rejection) => {
            let answer = SIGNER.gate.respond(&rejection);
            assert!(answer.status().is_client_error(), "{rejection:?}");
            assert!(!matches!(rejection, Rejection::NoToken { .. }), "a header was sent");
            false
        }
    }
}

fn replace(line: &[u8], what: &[u8], by: &[u8]) -> Vec<u8> {
    match line.windows(what.len()).position(|window| window == what) {
        Some(place) => [&line[..place], by, &line[place + what.len()..]].concat(),
        None => line.to_vec(),
    }
}

/// An issuer of one token, and the gate that lets it through.
struct Signer {
    token: String,
    verifying: fleetgate_protocol::jws::VerifyingKey,
    gate: Gate,
    requirement: Requirement,
}

static SIGNER: LazyLock<Signer> = LazyLock::new(Signer::new);

impl Signer {
    fn new() -> Self {
        const ISSUER: &str = "https://auth.example/oauth2/v3/thirdparty";
        const AUDIENCE: &str = "https://auth.example";
        let pkcs8 = SigningKey::generate(Algorithm::Es256).expect("a key");
        let key = SigningKey::from_pkcs8(Algorithm::Es256, "fuzz", &pkcs8).expect("the key");
        let claims = json!({
            "iss": ISSUER, "azp": "app", "sub": "anna", "aud": [AUDIENCE], "scp": ["vehicle_cmds"],
            "exp": Standing::SECOND + 60, "iat": Standing::SECOND - 1, "open_source": false, "jti": "00ff.1.00ff",
        });
        let token = key.sign(Typ::Jwt, &to_wire_json(&claims).expect("JSON")).expect("signed");
        let jwk = key.public_jwk(None);
        let verifying = fleetgate_protocol::jws::VerifyingKey::from_jwk(&jwk).expect("a public key");
        let ring = Arc::new(KeyRing::new(Keys::from_jwk_set(&JwkSet { keys: vec![jwk] })));
        let gate = Gate::new(GateConfig::new(ISSUER), Serving::without_regions(AUDIENCE), ring, Arc::new(Standing));
        Self { token, verifying, gate, requirement: Requirement::any_of("fuzz", [Scope::VEHICLE_CMDS]) }
    }

    fn verifies_nothing_but_its_own(&self, text: &str, jws: &CompactJws<'_>) -> bool {
        self.verifying.verify(jws).is_err() || text == self.token
    }
}

#[derive(Debug)]
struct Standing;

impl Standing {
    const SECOND: i64 = 1_800_000_000;
}

impl Clock for Standing {
    fn now(&self) -> i64 {
        Self::SECOND * 1_000_000
    }
}
