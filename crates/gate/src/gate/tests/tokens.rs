use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use fleetgate_protocol::jws::{Algorithm, InvalidJws, SigningKey, Typ};
use fleetgate_protocol::{Scope, TokenType};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::fixture::*;
use crate::{GateConfig, InvalidToken, Rejection};

fn invalid(why: impl Into<InvalidToken>) -> Rejection {
    Rejection::InvalidToken(why.into())
}

fn header(others: Value) -> Value {
    let mut header = json!({"alg": "ES256", "typ": "JWT", "kid": "k1"});
    put_over(&mut header, others);
    header
}

#[test]
fn a_right_token_is_let_through_and_says_who_calls() {
    let permit = World::default().check(&bearing(&token(json!({})))).unwrap();
    let principal = permit.principal();
    assert_eq!(principal.token_type, TokenType::ThirdParty);
    assert_eq!((principal.client_id.as_str(), principal.subject.as_str()), ("client", "person"));
    assert_eq!((principal.grant_id(), principal.generation()), (GRANT, 1));
    assert_eq!(principal.expires_at, EXPIRES_AT * 1_000_000);
    assert!(permit.has(&Scope::VEHICLE_DEVICE_DATA) && !permit.has(&Scope::VEHICLE_CMDS));
}

#[test]
fn a_header_that_is_signed_rightly_and_harmless_is_let_through() {
    assert!(World::default().check(&bearing(&signed_with_header(&header(json!({}))))).is_ok());
}

#[test]
fn alg_none_is_refused() {
    let unsigned = format!("{}.{}.", part(&header(json!({"alg": "none"}))), part(&claims(json!({}))));
    assert_eq!(World::default().refusal(&unsigned), invalid(InvalidJws::Algorithm));
}

#[test]
fn hs256_with_the_public_key_as_secret_is_refused() {
    let world = World::default();
    let pkcs8 = SigningKey::generate(Algorithm::Rs256).unwrap();
    let rsa = SigningKey::from_pkcs8(Algorithm::Rs256, "rsa", &pkcs8).unwrap();
    world.ring.replace(keys(&[&rsa]));
    let jwk = rsa.public_jwk(None);
    let modulus = URL_SAFE_NO_PAD.decode(jwk.n.as_deref().unwrap()).unwrap();
    for secret in [modulus, serde_json::to_vec(&jwk).unwrap()] {
        let input = format!("{}.{}", part(&header(json!({"alg": "HS256", "kid": "rsa"}))), part(&claims(json!({}))));
        let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &secret), input.as_bytes());
        let forged = format!("{input}.{}", URL_SAFE_NO_PAD.encode(tag));
        assert_eq!(world.refusal(&forged), invalid(InvalidJws::Algorithm));
    }
}

#[test]
fn a_foreign_key_under_a_known_name_is_refused() {
    let forged = foreign_key("k1").sign(Typ::Jwt, &serde_json::to_vec(&claims(json!({}))).unwrap()).unwrap();
    assert_eq!(World::default().refusal(&forged), invalid(InvalidToken::Signature));
}

#[test]
fn another_algorithm_than_the_keys_is_refused() {
    let pkcs8 = SigningKey::generate(Algorithm::EdDsa).unwrap();
    let other = SigningKey::from_pkcs8(Algorithm::EdDsa, "k1", &pkcs8).unwrap();
    let forged = other.sign(Typ::Jwt, &serde_json::to_vec(&claims(json!({}))).unwrap()).unwrap();
    assert_eq!(World::default().refusal(&forged), invalid(InvalidToken::Signature));
}

#[test]
fn an_unknown_or_missing_key_name_is_refused() {
    let world = World::default();
    let unknown = foreign_key("k2").sign(Typ::Jwt, b"{}").unwrap();
    assert_eq!(world.refusal(&unknown), invalid(InvalidToken::UnknownKey));
    let unnamed = signed_with_header(&json!({"alg": "ES256", "typ": "JWT"}));
    assert_eq!(world.refusal(&unnamed), invalid(InvalidToken::NoKeyId));
}

#[test]
fn headers_that_bring_a_key_or_demand_something_are_refused() {
    for (name, value) in [
        ("jku", json!("https://evil.example/keys")),
        ("x5u", json!("https://evil.example/cert")),
        ("jwk", serde_json::to_value(key("k1").public_jwk(None)).unwrap()),
        ("x5c", json!(["AAAA"])),
        ("crit", json!(["exp"])),
        ("b64", json!(true)),
        ("zip", json!("DEF")),
    ] {
        let signed = signed_with_header(&header(json!({ name: value })));
        assert_eq!(World::default().refusal(&signed), invalid(InvalidJws::Refused(name)));
    }
}

#[test]
fn an_oversized_token_is_refused() {
    let nonce = "n".repeat(9000);
    assert_eq!(World::default().refusal(&token(json!({ "nonce": nonce }))), invalid(InvalidToken::TooLong));
    assert!(World::default().check(&bearing(&token(json!({ "nonce": "n".repeat(4000) })))).is_ok());
    let small = World::new(GateConfig { max_token_length: 600, ..config() });
    assert_eq!(small.refusal(&token(json!({ "nonce": "n".repeat(300) }))), invalid(InvalidToken::TooLong));
}

#[test]
fn a_token_is_over_at_the_second_of_exp() {
    let world = World::default();
    let token = token(json!({}));
    world.clock.set(EXPIRES_AT * 1_000_000 - 1);
    assert!(world.check(&bearing(&token)).is_ok());
    world.clock.set(EXPIRES_AT * 1_000_000);
    assert_eq!(world.refusal(&token), Rejection::Expired { expired_at: EXPIRES_AT, now: EXPIRES_AT });
}

#[test]
fn an_iat_in_the_future_is_refused() {
    let world = World::default();
    let early = token(json!({ "iat": ISSUED_AT + 1 }));
    assert_eq!(world.refusal(&early), invalid(InvalidToken::NotYetValid));
    world.clock.set((ISSUED_AT + 1) * 1_000_000);
    assert!(world.check(&bearing(&early)).is_ok());
}

#[test]
fn an_nbf_in_the_future_is_refused() {
    assert_eq!(World::default().refusal(&token(json!({ "nbf": ISSUED_AT + 1 }))), invalid(InvalidToken::NotYetValid));
    assert!(World::default().check(&bearing(&token(json!({ "nbf": ISSUED_AT })))).is_ok());
    assert_eq!(World::default().refusal(&token(json!({ "nbf": "soon" }))), invalid(InvalidToken::Claims));
}

#[test]
fn leeway_prolongs_both_ends_by_as_much() {
    let world = World::new(GateConfig { leeway: 60_000_000, ..config() });
    assert!(world.check(&bearing(&token(json!({ "iat": ISSUED_AT + 60 })))).is_ok());
    assert_eq!(world.refusal(&token(json!({ "iat": ISSUED_AT + 61 }))), invalid(InvalidToken::NotYetValid));
    world.clock.set((EXPIRES_AT + 60) * 1_000_000 - 1);
    assert!(world.check(&bearing(&token(json!({})))).is_ok());
    world.clock.set((EXPIRES_AT + 60) * 1_000_000);
    assert!(matches!(world.refusal(&token(json!({}))), Rejection::Expired { .. }));
}

#[test]
fn times_at_the_ends_of_the_numbers_do_not_overflow() {
    let world = World::default();
    assert!(world.check(&bearing(&token(json!({ "exp": i64::MAX })))).is_ok());
    assert!(matches!(world.refusal(&token(json!({ "exp": i64::MIN }))), Rejection::Expired { .. }));
    assert_eq!(world.refusal(&token(json!({ "iat": i64::MAX }))), invalid(InvalidToken::NotYetValid));
}

#[test]
fn another_issuer_is_refused_even_by_a_slash() {
    for issuer in ["https://evil.example", &format!("{ISSUER}/"), &ISSUER.to_uppercase(), ""] {
        assert_eq!(World::default().refusal(&token(json!({ "iss": issuer }))), invalid(InvalidToken::Issuer));
    }
}

#[test]
fn a_token_for_another_audience_is_refused() {
    for audiences in [json!([]), json!([EU]), json!(["https://na.example.evil"]), json!(["https://na.exampl"])] {
        assert_eq!(World::default().refusal(&token(json!({ "aud": audiences }))), invalid(InvalidToken::Audience));
    }
    assert!(World::default().check(&bearing(&token(json!({ "aud": ["https://na.example/"] })))).is_ok());
}

#[test]
fn an_audience_that_is_no_list_is_refused() {
    assert_eq!(World::default().refusal(&token(json!({ "aud": NA }))), invalid(InvalidToken::Claims));
}

#[test]
fn scopes_that_are_no_list_are_refused() {
    let token = token(json!({ "scp": "openid vehicle_device_data" }));
    assert_eq!(World::default().refusal(&token), invalid(InvalidToken::Claims));
}

#[test]
fn an_id_token_is_refused() {
    let id_token = json!({
        "iss": ISSUER, "sub": "person", "aud": "client", "azp": "client", "exp": EXPIRES_AT, "iat": ISSUED_AT,
    });
    let signed = key("k1").sign(Typ::Jwt, &serde_json::to_vec(&id_token).unwrap()).unwrap();
    assert_eq!(World::default().refusal(&signed), invalid(InvalidToken::Claims));
}

#[test]
fn a_refresh_token_is_refused() {
    let refresh_token = format!("NA_{}", "a9".repeat(60));
    assert_eq!(World::default().refusal(&refresh_token), invalid(InvalidJws::Parts));
}

#[test]
fn an_unknown_region_or_machine_grant_is_refused() {
    assert_eq!(World::default().refusal(&token(json!({ "ou_code": "XX" }))), invalid(InvalidToken::Claims));
    assert_eq!(World::default().refusal(&token(json!({ "gty": "password" }))), invalid(InvalidToken::Claims));
}

#[test]
fn only_at_jwt_is_taken_where_plain_jwt_is_not() {
    let strict = World::new(GateConfig { accept_plain_jwt: false, ..config() });
    assert_eq!(strict.refusal(&token(json!({}))), invalid(InvalidToken::Typ(Typ::Jwt)));
    let rfc_9068 = key("k1").sign(Typ::AtJwt, &serde_json::to_vec(&claims(json!({}))).unwrap()).unwrap();
    assert!(strict.check(&bearing(&rfc_9068)).is_ok());
    assert!(World::default().check(&bearing(&rfc_9068)).is_ok());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_changed_token_never_passes(at in any::<prop::sample::Index>(), octet in "[A-Za-z0-9_.-]") {
        let token = token(json!({}));
        let at = at.index(token.len());
        let mut changed = token.clone();
        changed.replace_range(at..=at, &octet);
        prop_assume!(changed != token);
        let world = World::default();
        // The right one is in the cache, so that only the whole text can tell them apart.
        prop_assert!(world.check(&bearing(&token)).is_ok());
        prop_assert!(world.check(&bearing(&changed)).is_err());
        prop_assert!(world.check(&bearing(&token[..token.len() - 1])).is_err());
        let longer = format!("{token}A");
        prop_assert!(world.check(&bearing(&longer)).is_err());
    }
}
