use std::sync::Arc;

use fleetgate_protocol::Region;
use serde_json::json;

use crate::fixture::*;
use crate::{GateConfig, GrantEnd, InvalidToken, Rejection, Revoked};

/// Far enough for every token.
const UNTIL: i64 = i64::MAX;

fn revoked(how: Revoked) -> Rejection {
    Rejection::InvalidToken(InvalidToken::Revoked(how))
}

/// A world in which the token passed a moment ago.
fn warm(token: &str) -> World {
    let world = World::default();
    assert!(world.check(&bearing(token)).is_ok());
    assert_eq!(world.gate.cache.len(), 1);
    world
}

#[test]
fn a_kept_token_passes_again() {
    let token = token(json!({}));
    assert!(warm(&token).check(&bearing(&token)).is_ok());
}

#[test]
fn a_kept_token_still_expires() {
    let token = token(json!({}));
    let world = warm(&token);
    world.clock.set(EXPIRES_AT * 1_000_000);
    assert!(matches!(world.refusal(&token), Rejection::Expired { .. }));
}

#[test]
fn a_kept_token_of_a_revoked_grant_is_refused() {
    let token = token(json!({}));
    let world = warm(&token);
    world.revocations.revoke_grant(GRANT, GrantEnd::Ended, UNTIL);
    assert_eq!(world.refusal(&token), revoked(Revoked::Grant(GrantEnd::Ended)));
}

#[test]
fn a_kept_token_of_a_revoked_consent_is_refused() {
    let token = token(json!({}));
    let world = warm(&token);
    world.revocations.revoke_grant(GRANT, GrantEnd::ConsentRevoked, UNTIL);
    assert_eq!(world.refusal(&token), Rejection::ConsentRevoked);
}

#[test]
fn a_kept_token_that_was_revoked_alone_is_refused_and_its_sister_is_not() {
    let token_id = format!("{GRANT}.1.00ff");
    let (ended, sister) = (token(json!({})), token(json!({ "jti": format!("{GRANT}.1.0100") })));
    let world = warm(&ended);
    world.revocations.revoke_token(&token_id, UNTIL);
    assert_eq!(world.refusal(&ended), revoked(Revoked::Token));
    assert!(world.check(&bearing(&sister)).is_ok());
}

#[test]
fn a_kept_token_of_an_ended_generation_is_refused_and_the_newest_is_not() {
    let (older, newest) = (token(json!({})), token(json!({ "jti": format!("{GRANT}.2.00ff") })));
    let world = warm(&older);
    world.revocations.end_generations_below(GRANT, 2, UNTIL);
    assert_eq!(world.refusal(&older), revoked(Revoked::Generation));
    assert!(world.check(&bearing(&newest)).is_ok());
}

#[test]
fn a_kept_token_is_still_checked_for_the_audience_of_the_serving_region() {
    let token = token(json!({ "aud": [NA], "ou_code": "EU" }));
    let world = World::default();
    assert!(matches!(world.refusal(&token), Rejection::OutOfRegion { .. }));
    assert_eq!(world.gate.cache.len(), 1, "the token itself is valid, so it is kept");
    let mut parts = bearing(&token);
    parts.extensions.insert(Arc::new(serving(Region::Eu)));
    assert_eq!(world.check(&parts).unwrap_err(), Rejection::InvalidToken(InvalidToken::Audience));
}

#[test]
fn a_kept_token_is_refused_once_its_key_is_gone() {
    let token = token(json!({}));
    let world = warm(&token);
    world.ring.replace(keys(&[&foreign_key("k1")]));
    assert_eq!(world.refusal(&token), Rejection::InvalidToken(InvalidToken::Signature));
    world.ring.replace(keys(&[&foreign_key("k2")]));
    assert_eq!(world.refusal(&token), Rejection::InvalidToken(InvalidToken::UnknownKey));
}

#[test]
fn what_is_refused_is_not_kept() {
    let world = World::default();
    world.refusal(&token(json!({ "iss": "https://evil.example" })));
    world.refusal(&token(json!({ "exp": ISSUED_AT })));
    world.refusal(&foreign_key("k1").sign(fleetgate_protocol::jws::Typ::Jwt, b"{}").unwrap());
    assert_eq!(world.gate.cache.len(), 0);
}

#[test]
fn the_cache_is_bounded() {
    let world = World::new(GateConfig { cached_tokens: 32, ..config() });
    for number in 0..100 {
        assert!(world.check(&bearing(&token(json!({ "nonce": number.to_string() })))).is_ok());
    }
    assert!(world.gate.cache.len() <= 32);
}
