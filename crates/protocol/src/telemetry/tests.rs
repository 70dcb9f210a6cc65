use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use p256::elliptic_curve::PrimeField as _;
use p256::elliptic_curve::sec1::ToEncodedPoint as _;
use p256::{AffinePoint, ProjectivePoint, Scalar};
use serde_json::{Value, json};

use super::signed::challenge;
use super::*;

/// A configuration with nothing left out.
fn whole() -> Value {
    json!({
        "hostname": "Telemetry.example.com",
        "port": 4443,
        "ca": "-----BEGIN CERTIFICATE-----",
        "exp": 1_800_000_000,
        "prefer_typed": true,
        "delivery_policy": "latest",
        "alert_types": ["service"],
        "fields": {
            "Soc": {"interval_seconds": 60, "resend_interval_seconds": 600.0, "minimum_delta": 0.5},
            "VehicleSpeed": {"interval_seconds": 1, "include_fields": ["Gear"]},
        },
    })
}

fn read(config: &Value) -> Result<TelemetryConfig, ConfigError> {
    TelemetryConfig::read(config.as_object().expect("an object"))
}

#[test]
fn a_configuration_is_kept_as_it_was_written() {
    let config = read(&whole()).expect("good");
    assert_eq!((config.hostname.as_str(), config.port), ("telemetry.example.com", 4443));
    assert_eq!(config.fields["Soc"].resend_interval_seconds, Some(600));
    assert!(config.includes_fields() && !config.tells_places());
    let again: TelemetryConfig =
        serde_json::from_str(&serde_json::to_string(&config).expect("JSON")).expect("a configuration");
    assert_eq!(again, config);
    let least = json!({"hostname": "a.test", "ca": "x", "fields": {"Location": {"interval_seconds": 10}}});
    let least = read(&least).expect("good");
    assert_eq!((least.port, least.exp), (443, None));
    assert!(least.tells_places());
}

#[test]
fn every_member_is_checked() {
    let cases = [
        ("/hostname", Value::Null, "missing config.hostname param"),
        ("/hostname", json!("https://a.test"), "invalid config.hostname param"),
        ("/hostname", json!(""), "invalid config.hostname param"),
        ("/hostname", json!(7), "invalid config.hostname param"),
        ("/port", json!(0), "invalid config.port param"),
        ("/port", json!(65_536), "invalid config.port param"),
        ("/port", json!("443"), "invalid config.port param"),
        ("/ca", Value::Null, "missing config.ca param"),
        ("/ca", json!(""), "invalid config.ca param"),
        ("/exp", json!("soon"), "invalid config.exp param"),
        ("/prefer_typed", json!("yes"), "invalid config.prefer_typed param"),
        ("/delivery_policy", json!("all"), "invalid config.delivery_policy param"),
        ("/alert_types", json!("service"), "invalid config.alert_types param"),
        ("/fields", Value::Null, "missing config.fields param"),
        ("/fields", json!({}), "invalid config.fields param"),
        ("/fields", json!({"Flux": {"interval_seconds": 1}}), "Unknown field Flux"),
        ("/fields/Soc", json!(60), "invalid config.fields.Soc param"),
        ("/fields/Soc", json!({}), "missing config.fields.Soc.interval_seconds param"),
        ("/fields/Soc/interval_seconds", json!(0), "invalid config.fields.Soc.interval_seconds param"),
        ("/fields/Soc/interval_seconds", json!(1.5), "invalid config.fields.Soc.interval_seconds param"),
        ("/fields/Soc/resend_interval_seconds", json!(-1), "invalid config.fields.Soc.resend_interval_seconds param"),
        ("/fields/Soc/minimum_delta", json!(-0.1), "invalid config.fields.Soc.minimum_delta param"),
        (
            "/fields/VehicleSpeed/include_fields",
            json!("Gear"),
            "invalid config.fields.VehicleSpeed.include_fields param",
        ),
        ("/fields/VehicleSpeed/include_fields", json!(["Flux"]), "Unknown field Flux"),
    ];
    for (pointer, value, complaint) in cases {
        let mut config = whole();
        *config.pointer_mut(pointer).expect(pointer) = value;
        assert_eq!(read(&config).expect_err(pointer).to_string(), complaint);
    }
}

#[test]
fn places_are_places_when_they_are_sent_along_too() {
    let mut config = whole();
    config["fields"]["VehicleSpeed"]["include_fields"] = json!(["GpsHeading"]);
    assert!(read(&config).expect("good").tells_places());
    assert!(LOCATION_FIELDS.iter().all(|name| FIELDS.contains(name)));
    assert_eq!(FIELDS.iter().position(|name| *name == "Location"), Some(20), "in the order of their numbers");
}

fn encoded(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

/// A key pair and a signer by Schnorr's scheme.
struct Signer {
    secret: Scalar,
    public: Vec<u8>,
}

impl Signer {
    fn new(secret: u64) -> Self {
        let secret = Scalar::from(secret);
        Self { secret, public: bytes(ProjectivePoint::GENERATOR * secret) }
    }

    fn claims(&self) -> Value {
        let mut claims = whole();
        claims["iss"] = json!(STANDARD.encode(&self.public));
        claims["aud"] = json!(AUDIENCE);
        claims
    }

    fn sign(&self, claims: &Value) -> String {
        let text = format!("{}.{}", encoded(&json!({"alg": "Tesla.SS256", "typ": "JWT"})), encoded(claims));
        let nonce = Scalar::from(0x5eed_u64);
        let point = bytes(ProjectivePoint::GENERATOR * nonce);
        let base = bytes(ProjectivePoint::GENERATOR);
        let c = challenge(&[&base, &point, &self.public, text.as_bytes()]);
        let r = nonce - c * self.secret;
        let signature = [&point[1..], &r.to_repr()[..]].concat();
        format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}

fn bytes(point: ProjectivePoint) -> Vec<u8> {
    AffinePoint::from(point).to_encoded_point(false).as_bytes().to_vec()
}

#[test]
fn what_the_proxy_signs_verifies_with_its_key_and_no_other() {
    let signer = Signer::new(0xfeed_0bad);
    let token = signer.sign(&signer.claims());
    let verified = SignedConfig::verify(&token, &signer.public).expect("verified");
    assert_eq!(Value::from(verified.claims), signer.claims());
    assert_eq!(SignedConfig::verify(&token, &Signer::new(7).public), Err(InvalidSignedConfig::Issuer));
    // Somebody signs in another's name.
    let forged = Signer::new(7).sign(&signer.claims());
    assert_eq!(SignedConfig::verify(&forged, &signer.public), Err(InvalidSignedConfig::Signature));
}

#[test]
fn a_changed_token_does_not_verify() {
    let signer = Signer::new(0xfeed_0bad);
    let token = signer.sign(&signer.claims());
    let (text, signature) = token.rsplit_once('.').expect("three parts");
    let signature = URL_SAFE_NO_PAD.decode(signature).expect("base64url");
    for at in [0, 31, 32, 63, 64, 95] {
        let mut changed = signature.clone();
        changed[at] ^= 1;
        let token = format!("{text}.{}", URL_SAFE_NO_PAD.encode(changed));
        assert_eq!(SignedConfig::verify(&token, &signer.public), Err(InvalidSignedConfig::Signature), "{at}");
    }
    for signature in [&signature[..95], &[signature.as_slice(), &[0]].concat(), &[0; 96], &[0xff; 96], &[]] {
        let token = format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature));
        assert_eq!(SignedConfig::verify(&token, &signer.public), Err(InvalidSignedConfig::Signature));
    }
    let mut claims = signer.claims();
    claims["hostname"] = json!("evil.test");
    let header = token.split('.').next().expect("a header");
    let swapped = format!("{header}.{}.{}", encoded(&claims), token.rsplit('.').next().expect("a signature"));
    assert_eq!(SignedConfig::verify(&swapped, &signer.public), Err(InvalidSignedConfig::Signature));
}

#[test]
fn audience_and_algorithm_are_fixed() {
    let signer = Signer::new(0xfeed_0bad);
    let mut claims = signer.claims();
    claims["aud"] = json!("com.tesla.fleet.Other");
    let refused = SignedConfig::verify(&signer.sign(&claims), &signer.public);
    assert_eq!(refused, Err(InvalidSignedConfig::Audience));
    for alg in ["none", "HS256", "RS256"] {
        let token = format!("{}.{}.", encoded(&json!({"alg": alg, "typ": "JWT"})), encoded(&signer.claims()));
        assert_eq!(SignedConfig::verify(&token, &signer.public), Err(InvalidSignedConfig::Algorithm), "{alg}");
    }
    assert!(matches!(SignedConfig::verify("a.b", &signer.public), Err(InvalidSignedConfig::Malformed(_))));
}

#[test]
fn es256_verifies_too() {
    let random = SystemRandom::new();
    let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).expect("a key");
    let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8.as_ref()).expect("a key");
    let public = pair.public_key().as_ref();
    let claims = json!({"iss": STANDARD.encode(public), "aud": AUDIENCE});
    let text = format!("{}.{}", encoded(&json!({"alg": "ES256", "typ": "JWT"})), encoded(&claims));
    let signature = pair.sign(&random, text.as_bytes()).expect("signed");
    let token = format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature.as_ref()));
    assert!(SignedConfig::verify(&token, public).is_ok());
    let other = format!("{text}x.{}", URL_SAFE_NO_PAD.encode(signature.as_ref()));
    assert!(SignedConfig::verify(&other, public).is_err());
}
