use std::sync::Arc;

use fleetgate_protocol::operations::{PartnerOperation, ServiceOperation, UserOperation};
use fleetgate_protocol::{Region, TokenType};
use http::request::Parts;
use serde_json::{Value, json};

use crate::fixture::*;
use crate::{Check, Decision, GrantEnd, Rejection, Requirement};

fn unregister(world: &World) {
    world.registry.unregistered.lock().unwrap().insert(("client".to_owned(), Region::Na));
}

fn disable(world: &World, who: &str) {
    world.registry.disabled.lock().unwrap().insert(who.to_owned(), "EXCEEDED_LIMIT".to_owned());
}

fn named(decision: &Decision) -> String {
    let mark = |check: &Check| format!("{}{}", if check.passed { "+" } else { "-" }, check.name);
    decision.checks.iter().map(mark).collect::<Vec<_>>().join(" ")
}

/// Everything that can be wrong at once is put right, one after the other, in the order in which the API refuses.
#[test]
fn the_checks_are_made_in_the_order_of_the_fleet_api() {
    let world = World::default();
    unregister(&world);
    disable(&world, "account");
    world.revocations.revoke_grant(GRANT, GrantEnd::ConsentRevoked, i64::MAX);
    let wrong = bearing(&partner_token(json!({ "ou_code": "EU", "scp": [], "account_id": "account" })));
    let home = bearing(&token(json!({ "ou_code": "EU", "scp": [] })));
    let scope = bearing(&token(json!({ "scp": [] })));
    let right = bearing(&token(json!({})));
    let step = |parts: &Parts| {
        let (outcome, decision) = world.decide(parts);
        let status = outcome.err().map_or(200, |rejection| world.gate.respond(&rejection).status().as_u16());
        format!("{status} {}", named(&decision))
    };
    let mut steps = vec![step(&request("/", &[])), step(&wrong)];
    world.revocations.purge(i64::MAX);
    steps.push(step(&wrong));
    world.registry.unregistered.lock().unwrap().clear();
    steps.push(step(&wrong));
    world.registry.disabled.lock().unwrap().clear();
    steps.extend([&wrong, &home, &scope, &right].map(step));
    insta::assert_snapshot!(steps.join("\n"), @r"
    401 -token
    401 -token
    412 +token -registration
    403 +token +registration -account
    403 +token +registration +account -token_type
    421 +token +registration +account +token_type -home_region
    403 +token +registration +account +token_type +home_region -scope
    200 +token +registration +account +token_type +home_region +scope
    ");
}

#[test]
fn an_open_source_token_needs_no_registration() {
    let world = World::default();
    unregister(&world);
    assert!(matches!(world.refusal(&token(json!({}))), Rejection::NotRegistered { .. }));
    let (outcome, decision) = world.decide(&bearing(&token(json!({ "open_source": true }))));
    assert_eq!(outcome.unwrap().unwrap().principal().token_type, TokenType::OpenSource);
    assert_eq!(named(&decision), "+token +account +token_type +home_region +scope");
}

#[test]
fn registering_needs_no_registration() {
    let world = World::default();
    unregister(&world);
    let parts = bearing(&partner_token(json!({})));
    assert!(world.gate.check(&parts, &PartnerOperation::Register.row().into()).0.is_ok());
    let refused = world.gate.check(&parts, &PartnerOperation::PublicKey.row().into()).0.unwrap_err();
    assert!(matches!(refused, Rejection::NotRegistered { .. }));
}

#[test]
fn registration_counts_in_the_serving_region_alone() {
    let world = World::default();
    world.registry.unregistered.lock().unwrap().insert(("client".to_owned(), Region::Eu));
    let mut parts = bearing(&token(json!({ "ou_code": "EU" })));
    parts.extensions.insert(Arc::new(serving(Region::Eu)));
    assert!(matches!(world.check(&parts).unwrap_err(), Rejection::NotRegistered { base_url, .. } if base_url == EU));
}

#[test]
fn a_disabled_application_or_account_is_refused() {
    for who in ["client", "account"] {
        let world = World::default();
        disable(&world, who);
        assert_eq!(world.refusal(&token(json!({}))), Rejection::Disabled("EXCEEDED_LIMIT".to_owned()));
    }
}

#[test]
fn home_region_concerns_people_alone() {
    let world = World::default();
    let any_type = Requirement::any_of("any", []);
    let outcome = |others: Value| world.gate.check(&bearing(&token(others)), &any_type).0;
    assert!(matches!(outcome(json!({ "ou_code": "EU" })), Err(Rejection::OutOfRegion { home: Region::Eu, .. })));
    assert!(matches!(outcome(json!({ "ou_code": "EU", "open_source": true })), Err(Rejection::OutOfRegion { .. })));
    assert!(outcome(json!({ "ou_code": "EU", "gty": "business" })).is_ok());
    assert!(outcome(json!({ "ou_code": "EU", "gty": "client-credentials" })).is_ok());
    assert!(outcome(json!({ "ou_code": null })).is_ok());
}

#[test]
fn a_service_without_regions_checks_neither_registration_nor_home() {
    let world = World::default();
    unregister(&world);
    let mut parts = bearing(&token(json!({ "ou_code": "EU" })));
    parts.extensions.insert(Arc::new(crate::Serving::without_regions(NA)));
    let (outcome, decision) = world.decide(&parts);
    assert!(outcome.is_ok());
    assert_eq!(named(&decision), "+token +account +token_type +scope");
}

#[test]
fn each_token_type_is_let_through_only_where_the_table_has_it() {
    let world = World::default();
    let tokens = [
        (TokenType::ThirdParty, token(json!({ "scp": ["user_data"] }))),
        (TokenType::OpenSource, token(json!({ "scp": ["user_data"], "open_source": true }))),
        (TokenType::Partner, partner_token(json!({ "scp": ["user_data"] }))),
        (TokenType::ThirdPartyBusiness, partner_token(json!({ "scp": ["user_data"], "gty": "business" }))),
    ];
    for row in [UserOperation::Me.row(), PartnerOperation::PublicKey.row()] {
        for (token_type, token) in &tokens {
            let outcome = world.gate.check(&bearing(token), &row.into()).0;
            assert_eq!(outcome.is_ok(), row.allows(*token_type), "{} with a {}", row.name, token_type.title());
        }
    }
}

#[test]
fn one_of_several_scopes_is_enough_and_none_is_needed_where_none_is_named() {
    let world = World::default();
    assert!(world.check(&bearing(&token(json!({ "scp": ["vehicle_cmds"] })))).is_ok());
    let no_scope = bearing(&token(json!({ "scp": [] })));
    assert!(matches!(world.check(&no_scope).unwrap_err(), Rejection::MissingScope { .. }));
    assert!(world.gate.check(&no_scope, &Requirement::any_of("any", [])).0.is_ok());
}

#[test]
fn a_public_operation_asks_for_nothing_and_gives_no_permit() {
    let (outcome, decision) =
        World::default().gate.check(&with_authorization("Bearer nonsense"), &ServiceOperation::Status.row().into());
    assert!(outcome.unwrap().is_none());
    assert!(decision.checks.is_empty() && decision.allowed());
    assert_eq!(decision.operation, "status");
}

#[test]
fn a_decision_says_who_asked_even_when_the_token_is_over_but_not_when_it_is_forged() {
    let world = World::default();
    let over = token(json!({ "exp": ISSUED_AT }));
    let (_, decision) = world.decide(&bearing(&over));
    assert_eq!((decision.client_id(), decision.subject()), (Some("client"), Some("person")));
    assert!(!format!("{decision:?}").contains(&over));
    let forged = foreign_key("k1").sign(fleetgate_protocol::jws::Typ::Jwt, b"{}").unwrap();
    let (_, decision) = world.decide(&bearing(&forged));
    assert_eq!((decision.client_id(), decision.allowed()), (None, false));
}
