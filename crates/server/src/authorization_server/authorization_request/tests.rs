use fleetgate_protocol::pkce::CodeChallenge;
use proptest::prelude::*;

use super::*;
use crate::config::DialectName;

fn application(kind: ApplicationKind) -> Application {
    Application {
        client_id: "app".into(),
        name: "App".into(),
        description: String::new(),
        kind,
        grant_types: vec![GrantType::AuthorizationCode],
        secret_hash: None,
        sealed_secret: None,
        redirect_uris: vec!["https://app.example/callback".into()],
        post_logout_redirect_uris: Vec::new(),
        allowed_origins: Vec::new(),
        domain: None,
        public_key_pem: None,
        sealed_private_key: None,
        scopes: "openid vehicle_cmds vehicle_specs".parse().unwrap(),
        business_account_id: None,
        machine_grant_id: "g".into(),
        created_at: 0,
        updated_at: 0,
        disabled_at: None,
    }
}

fn read_as(kind: ApplicationKind, dialect: DialectName, query: &str) -> Result<AuthorizationRequest, &'static str> {
    let parameters = Parameters::from_form(query.as_bytes()).unwrap();
    AuthorizationRequest::read(&parameters, &application(kind), "https://app.example/callback", dialect.into())
        .map_err(|error| error.error)
}

fn read(query: &str) -> Result<AuthorizationRequest, &'static str> {
    read_as(ApplicationKind::ThirdParty, DialectName::FleetApi, query)
}

#[test]
fn scopes_that_the_application_does_not_have_are_not_offered() {
    let request = read("response_type=code&scope=openid+vehicle_cmds+energy_cmds+email+made_up").unwrap();
    assert_eq!(request.scopes.to_string(), "openid vehicle_cmds");
    assert_eq!(read("response_type=code&scope=energy_cmds"), Err("invalid_scope"));
    assert_eq!(read("response_type=code&scope=email+profile"), Err("invalid_scope"));
}

#[test]
fn a_person_cannot_grant_what_only_partner_tokens_hold() {
    assert_eq!(read("response_type=code&scope=vehicle_specs"), Err("invalid_scope"));
}

#[test]
fn offline_access_needs_no_entry_in_the_portal() {
    assert_eq!(read("response_type=code&scope=offline_access").unwrap().scopes.to_string(), "offline_access");
}

#[test]
fn response_type_is_code_and_nothing_else() {
    assert_eq!(read("scope=openid"), Err("invalid_request"));
    for other in ["token", "id_token", "code+token", "none"] {
        assert_eq!(read(&format!("response_type={other}&scope=openid")), Err("unsupported_response_type"), "{other}");
    }
    assert_eq!(read("response_type=code&scope=openid&response_mode=fragment"), Err("invalid_request"));
}

#[test]
fn request_objects_are_refused() {
    assert_eq!(read("response_type=code&scope=openid&request=x"), Err("request_not_supported"));
    assert_eq!(read("response_type=code&scope=openid&request_uri=https://x"), Err("request_uri_not_supported"));
}

#[test]
fn pkce_is_mandatory_for_open_source_and_plain_is_refused() {
    let challenge = CodeChallenge::of("v");
    let challenge = challenge.as_str();
    let open = |dialect, more: &str| {
        read_as(ApplicationKind::OpenSource, dialect, &format!("response_type=code&scope=openid{more}"))
    };
    assert_eq!(open(DialectName::FleetApi, ""), Err("invalid_request"));
    let with = format!("&code_challenge={challenge}");
    assert_eq!(open(DialectName::FleetApi, &with).unwrap().code_challenge.as_deref(), Some(challenge));
    assert_eq!(open(DialectName::Rfc, &with), Err("invalid_request"), "RFC 7636 makes a missing method `plain`");
    assert!(open(DialectName::Rfc, &format!("{with}&code_challenge_method=S256")).is_ok());
    for method in ["plain", "s256", "S512"] {
        let query = format!("{with}&code_challenge_method={method}");
        assert_eq!(open(DialectName::FleetApi, &query), Err("invalid_request"), "{method}");
    }
    assert_eq!(open(DialectName::FleetApi, "&code_challenge=short"), Err("invalid_request"));
    assert_eq!(read("response_type=code&scope=openid&code_challenge_method=S256"), Err("invalid_request"));
}

#[test]
fn prompt_knows_its_words() {
    assert!(read("response_type=code&scope=openid&prompt=login+consent").unwrap().prompt.login);
    assert_eq!(read("response_type=code&scope=openid&prompt=none+login"), Err("invalid_request"));
    assert_eq!(read("response_type=code&scope=openid&prompt=create"), Err("invalid_request"));
}

#[test]
fn a_strange_locale_is_as_if_it_had_not_been_sent() {
    assert_eq!(read("response_type=code&scope=openid&locale=en-US").unwrap().locale.as_deref(), Some("en-US"));
    assert_eq!(read("response_type=code&scope=openid&locale=%3Cb%3E").unwrap().locale, None);
}

proptest! {
    #[test]
    fn any_query_is_read_or_refused(query in ".{0,300}") {
        if let Ok(parameters) = Parameters::from_form(query.as_bytes()) {
            let app = application(ApplicationKind::OpenSource);
            let _ = AuthorizationRequest::read(&parameters, &app, "https://app.example/", DialectName::FleetApi.into());
        }
    }

    #[test]
    fn what_is_read_is_stored_and_read_again(state in "[ -~]{0,40}", nonce in "[^\\p{Cc}]{0,40}", scope in "(openid|vehicle_cmds)") {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs([("response_type", "code"), ("scope", &scope), ("state", &state), ("nonce", &nonce)]);
        let request = read(&query.finish()).unwrap();
        prop_assert_eq!(request.state.as_deref().unwrap_or_default(), &state);
        let json = serde_json::to_string(&request).unwrap();
        prop_assert_eq!(serde_json::from_str::<AuthorizationRequest>(&json).unwrap(), request);
    }
}
