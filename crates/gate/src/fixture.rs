//! What the tests stand on: an issuer with a key, a clock that can be set, and a gate in the region `na`.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, LazyLock, Mutex};

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use fleetgate_protocol::claims::to_wire_json;
use fleetgate_protocol::clock::Clock;
use fleetgate_protocol::jws::{Algorithm, JwkSet, SigningKey, Typ};
use fleetgate_protocol::{Region, Scope, TokenType};
use http::request::Parts;
use http::{Request, Response};
use serde_json::{Value, json};

use crate::{
    Decision, Dialect, Gate, GateConfig, KeyRing, Keys, Permit, RegionUrls, Registry, Rejection, Requirement,
    RevocationView, Serving,
};

pub(crate) const ISSUER: &str = "https://auth.example/oauth2/v3/thirdparty";
pub(crate) const NA: &str = "https://na.example";
pub(crate) const EU: &str = "https://eu.example";
pub(crate) const GRANT: &str = "0d7c6f5e-4b3a-4291-8807-f6e5d4c3b2a1";
/// The second at which tokens are issued; they live for an hour.
pub(crate) const ISSUED_AT: i64 = 1_800_000_000;
pub(crate) const EXPIRES_AT: i64 = ISSUED_AT + 3600;

static PKCS8: LazyLock<Vec<u8>> = LazyLock::new(|| SigningKey::generate(Algorithm::Es256).unwrap());

pub(crate) fn key(kid: &str) -> SigningKey {
    SigningKey::from_pkcs8(Algorithm::Es256, kid, &PKCS8).unwrap()
}

pub(crate) fn foreign_key(kid: &str) -> SigningKey {
    SigningKey::from_pkcs8(Algorithm::Es256, kid, &SigningKey::generate(Algorithm::Es256).unwrap()).unwrap()
}

pub(crate) fn keys(signing: &[&SigningKey]) -> Keys {
    Keys::from_jwk_set(&JwkSet { keys: signing.iter().map(|key| key.public_jwk(None)).collect() })
}

/// The claims of a third-party token of a person in NA, with others put over them; `null` takes one away.
pub(crate) fn claims(others: Value) -> Value {
    let mut claims = json!({
        "iss": ISSUER, "azp": "client", "sub": "person", "aud": [NA, EU, "https://auth.example/oauth2/v3/userinfo"],
        "scp": ["openid", "vehicle_device_data"], "amr": ["pwd"], "exp": EXPIRES_AT, "iat": ISSUED_AT,
        "ou_code": "NA", "locale": "en-US", "account_type": "person", "open_source": false, "account_id": "account",
        "auth_time": ISSUED_AT, "jti": format!("{GRANT}.1.00ff"),
    });
    put_over(&mut claims, others);
    claims.as_object_mut().unwrap().retain(|_, value| !value.is_null());
    claims
}

pub(crate) fn put_over(object: &mut Value, others: Value) {
    let (Value::Object(object), Value::Object(others)) = (object, others) else { panic!("both are objects") };
    object.extend(others);
}

/// A token of the issuer with these claims over the usual ones.
pub(crate) fn token(others: Value) -> String {
    key("k1").sign(Typ::Jwt, &to_wire_json(&claims(others)).unwrap()).unwrap()
}

pub(crate) fn partner_token(others: Value) -> String {
    let mut partner = json!({
        "sub": "client", "gty": "client-credentials", "amr": null, "ou_code": null, "locale": null,
        "account_type": null, "account_id": null, "auth_time": null,
    });
    put_over(&mut partner, others);
    token(partner)
}

/// A token with any header, signed by the issuer's own key: only the header is wrong.
pub(crate) fn signed_with_header(header: &Value) -> String {
    let input = format!("{}.{}", part(header), part(&claims(json!({}))));
    let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &PKCS8).unwrap();
    let signature = pair.sign(&SystemRandom::new(), input.as_bytes()).unwrap();
    format!("{input}.{}", URL_SAFE_NO_PAD.encode(signature))
}

pub(crate) fn part(json: &Value) -> String {
    URL_SAFE_NO_PAD.encode(json.to_string())
}

#[derive(Debug)]
pub(crate) struct SetClock(AtomicI64);

impl SetClock {
    pub(crate) fn set(&self, now: i64) {
        self.0.store(now, Ordering::Relaxed);
    }
}

impl Clock for SetClock {
    fn now(&self) -> i64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// Everybody is registered and enabled, except who is named.
#[derive(Debug, Default)]
pub(crate) struct TestRegistry {
    pub(crate) unregistered: Mutex<HashSet<(String, Region)>>,
    pub(crate) disabled: Mutex<HashMap<String, String>>,
}

impl Registry for TestRegistry {
    fn registered(&self, client_id: &str, region: Region) -> bool {
        !self.unregistered.lock().unwrap().contains(&(client_id.to_owned(), region))
    }

    fn disabled(&self, client_id: &str, account_id: Option<&str>) -> Option<String> {
        let disabled = self.disabled.lock().unwrap();
        disabled.get(client_id).or_else(|| disabled.get(account_id?)).cloned()
    }
}

pub(crate) struct World {
    pub(crate) gate: Arc<Gate>,
    pub(crate) clock: Arc<SetClock>,
    pub(crate) ring: Arc<KeyRing>,
    pub(crate) registry: Arc<TestRegistry>,
    pub(crate) revocations: Arc<RevocationView>,
}

pub(crate) fn config() -> GateConfig {
    GateConfig { reveal_reasons: true, ..GateConfig::new(ISSUER) }
}

pub(crate) fn rfc() -> World {
    World::new(GateConfig { dialect: Dialect::Rfc, ..config() })
}

pub(crate) fn serving(region: Region) -> Serving {
    let base_url = if region == Region::Eu { EU } else { NA };
    Serving {
        region: Some(region),
        base_url: base_url.to_owned(),
        audiences: vec![base_url.to_owned()],
        region_urls: RegionUrls { na: NA.to_owned(), eu: EU.to_owned(), cn: "https://cn.example".to_owned() },
        documentation_url: "https://developer.example/docs/fleet-api".to_owned(),
    }
}

impl Default for World {
    fn default() -> Self {
        Self::new(config())
    }
}

impl World {
    pub(crate) fn new(config: GateConfig) -> Self {
        let clock = Arc::new(SetClock(AtomicI64::new(ISSUED_AT * 1_000_000)));
        let ring = Arc::new(KeyRing::new(keys(&[&key("k1")])));
        let registry = Arc::new(TestRegistry::default());
        let revocations = Arc::new(RevocationView::default());
        let gate = Gate::new(config, serving(Region::Na), Arc::clone(&ring), Arc::clone(&clock) as Arc<dyn Clock>)
            .with_registry(Arc::clone(&registry) as Arc<dyn Registry>)
            .with_revocations(Arc::clone(&revocations));
        Self { gate: Arc::new(gate), clock, ring, registry, revocations }
    }

    pub(crate) fn decide(&self, parts: &Parts) -> (Result<Option<Permit>, Rejection>, Decision) {
        self.gate.check(parts, &requirement())
    }

    pub(crate) fn check(&self, parts: &Parts) -> Result<Permit, Rejection> {
        self.decide(parts).0.map(|permit| permit.expect("the operation is not public"))
    }

    /// The refusal of a token.
    pub(crate) fn refusal(&self, token: &str) -> Rejection {
        self.check(&bearing(token)).expect_err("the token must be refused")
    }

    /// The answer to a token that is refused, as it stands on the wire.
    pub(crate) fn answer(&self, parts: &Parts) -> String {
        transcript(&self.gate.respond(&self.check(parts).expect_err("the request must be refused")))
    }
}

/// Any person's token with `vehicle_device_data` or `vehicle_cmds`, of a registered application.
pub(crate) fn requirement() -> Requirement {
    Requirement {
        registration: true,
        ..Requirement::any_of("vehicle", [Scope::VEHICLE_DEVICE_DATA, Scope::VEHICLE_CMDS])
            .token_types(vec![TokenType::ThirdParty, TokenType::OpenSource])
    }
}

pub(crate) fn request(uri: &str, headers: &[(&str, &str)]) -> Parts {
    let mut builder = Request::get(uri);
    for (name, value) in headers {
        builder = builder.header(*name, *value);
    }
    builder.body(()).unwrap().into_parts().0
}

pub(crate) fn with_authorization(value: &str) -> Parts {
    request("/api/1/vehicles", &[("authorization", value)])
}

pub(crate) fn bearing(token: &str) -> Parts {
    with_authorization(&format!("Bearer {token}"))
}

/// Status, headers in order of their names, body.
pub(crate) fn transcript(response: &Response<Bytes>) -> String {
    let mut headers: Vec<String> =
        response.headers().iter().map(|(name, value)| format!("{name}: {}", value.to_str().unwrap())).collect();
    headers.sort();
    let body = std::str::from_utf8(response.body()).unwrap();
    format!("{}\n{}\n\n{body}", response.status(), headers.join("\n"))
}
