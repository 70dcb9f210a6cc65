use serde_json::json;

use super::*;
use crate::fixture::{GRANT, claims};

fn principal() -> Principal {
    let claims: fleetgate_protocol::claims::AccessTokenClaims = serde_json::from_value(claims(json!({}))).unwrap();
    Principal::try_from(claims).unwrap()
}

#[test]
fn an_empty_view_revokes_nothing() {
    assert_eq!(RevocationView::default().is_revoked(&principal()), None);
}

#[test]
fn other_grants_and_tokens_are_not_touched() {
    let view = RevocationView::default();
    view.revoke_grant("other", GrantEnd::Ended, 10);
    view.revoke_token("other.1.00", 10);
    view.end_generations_below("other", 9, 10);
    view.end_generations_below(GRANT, 1, 10);
    assert_eq!(view.is_revoked(&principal()), None);
}

#[test]
fn an_older_generation_does_not_bring_tokens_back() {
    let view = RevocationView::default();
    view.end_generations_below(GRANT, 5, 10);
    view.end_generations_below(GRANT, 1, 10);
    assert_eq!(view.is_revoked(&principal()), Some(Revoked::Generation));
}

#[test]
fn entries_are_kept_until_the_latest_time_that_was_named() {
    let view = RevocationView::default();
    view.revoke_grant(GRANT, GrantEnd::Ended, 20);
    view.revoke_grant(GRANT, GrantEnd::ConsentRevoked, 10);
    view.purge(19);
    assert_eq!(view.is_revoked(&principal()), Some(Revoked::Grant(GrantEnd::ConsentRevoked)));
    view.purge(20);
    assert_eq!(view.is_revoked(&principal()), None);
}

#[test]
fn purging_keeps_what_is_still_needed_of_each_kind() {
    let view = RevocationView::default();
    view.revoke_token(principal().jti.as_str(), 10);
    view.end_generations_below(GRANT, 2, 20);
    view.purge(9);
    assert_eq!(view.is_revoked(&principal()), Some(Revoked::Token));
    view.purge(10);
    assert_eq!(view.is_revoked(&principal()), Some(Revoked::Generation));
    view.purge(19);
    assert_eq!(view.is_revoked(&principal()), Some(Revoked::Generation));
    view.purge(20);
    assert_eq!(view.is_revoked(&principal()), None);
}
