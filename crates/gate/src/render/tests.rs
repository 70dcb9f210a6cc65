use fleetgate_protocol::{OperationId, ScopeSet};

use super::*;

#[test]
fn a_reason_with_control_characters_or_beyond_ascii_is_still_one_header() {
    let rejection = Rejection::Disabled("a\r\nset-cookie: x\u{0}é\u{1F600}".to_owned());
    let response = response(&rejection, Dialect::FleetApi, true);
    let reason = response.headers().get(REASON_HEADER).unwrap().to_str().unwrap();
    assert_eq!(reason, "The account or application is disabled: a??set-cookie: x???.");
    assert!(response.headers().get("set-cookie").is_none());
}

#[test]
fn an_operators_own_scope_needs_no_quoting_in_the_challenge() {
    let needed = vec!["own:scope,with;signs='x'".parse().unwrap(), Scope::OPENID];
    let rejection = Rejection::MissingScope { needed, shown: ScopeSet::new() };
    insta::assert_snapshot!(challenge(&rejection).unwrap(), @r#"Bearer error="insufficient_scope", error_description="The access token lacks a scope", scope="own:scope,with;signs='x' openid""#);
}

#[test]
fn the_challenge_names_the_scope_of_a_part() {
    let part = OperationId::all().find_map(|operation| operation.row().parts.first()).unwrap();
    let rejection = Rejection::MissingScopeForPart { part, shown: ScopeSet::new() };
    insta::assert_snapshot!(challenge(&rejection).unwrap(), @r#"Bearer error="insufficient_scope", error_description="The access token lacks a scope", scope="vehicle_location""#);
}
