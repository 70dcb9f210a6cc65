//! Bodies and queries of endpoints.

use std::borrow::Cow;
use std::path::Path;

use fleetgate_protocol::parameters::Parameters;
use fleetgate_protocol::pkce::CodeChallenge;
use fleetgate_protocol::{ApplicationKind, GrantType, Scope, ScopeSet};
use fleetgate_server::authorization_server::authorization_request::{AuthorizationRequest, grantable};
use fleetgate_server::config::{Config, Dialect, DialectName, RateLimits};
use fleetgate_server::sandbox::mint;
use fleetgate_server::sandbox::world::{World, plant};
use fleetgate_server::{Server, parsers};
use fleetgate_store::Application;
use serde_json::Value;

use super::text;

/// What is read is what another reader of forms reads, with each name once and no empty value.
pub(super) fn parameters_form(data: &[u8]) -> bool {
    let Ok(parameters) = Parameters::from_form(data) else { return false };
    let pairs: Vec<(Cow<'_, str>, Cow<'_, str>)> = form_urlencoded::parse(data).collect();
    for (index, (name, value)) in pairs.iter().enumerate() {
        assert!(pairs[..index].iter().all(|(earlier, _)| earlier != name), "{name} twice");
        assert_eq!(parameters.get(name).unwrap_or_default(), value, "{name}");
        assert_ne!(parameters.get(name), Some(""));
    }
    true
}

/// What is read is what another reader of JSON reads.
pub(super) fn parameters_json(data: &[u8]) -> bool {
    let Ok(parameters) = Parameters::from_json(data) else { return false };
    let Value::Object(members) = serde_json::from_slice(data).expect("it was read as JSON") else {
        panic!("no object was read")
    };
    for (name, value) in &members {
        let written = match value {
            Value::String(text) => text.clone(),
            Value::Null => String::new(),
            other => other.to_string(),
        };
        assert_eq!(parameters.get(name).unwrap_or_default(), written, "{name}");
    }
    true
}

/// The first line is the media type, the rest the body. What is read is what another reader of JSON reads.
pub(super) fn fleet_api_body(data: &[u8]) -> bool {
    let end = data.iter().position(|byte| *byte == b'\n').unwrap_or(data.len());
    let (media_type, body) = (text(&data[..end]), data.get(end + 1..).unwrap_or_default());
    let Ok(members) = parsers::fleet_api_body(media_type, body) else { return false };
    if members.is_empty() {
        return true;
    }
    assert_eq!(media_type, Some("application/json"));
    assert_eq!(serde_json::from_slice::<Value>(body).expect("it was read as JSON"), Value::Object(members));
    true
}

/// A request that is read asks for something that a person can grant, has PKCE where that is a must, and survives
/// being stored.
pub(super) fn authorization_request(data: &[u8]) -> bool {
    const REDIRECT_URI: &str = "https://app.example/callback";
    let Ok(parameters) = Parameters::from_form(data) else { return false };
    let mut was_read = false;
    for kind in [ApplicationKind::ThirdParty, ApplicationKind::OpenSource] {
        for dialect in [DialectName::FleetApi, DialectName::Rfc] {
            let application = application(kind);
            let dialect = Dialect::from(dialect);
            let read = AuthorizationRequest::read(&parameters, &application, REDIRECT_URI, dialect);
            let request = match read {
                Ok(request) => request,
                Err(error) => {
                    assert!(!error.error.is_empty() && !error.description.is_empty());
                    continue;
                }
            };
            assert!(!request.scopes.is_empty() && request.scopes.is_subset(&grantable(&application.scopes)));
            assert_eq!(request.redirect_uri, REDIRECT_URI);
            assert!(!request.prompt.none || !(request.prompt.login || request.prompt.consent));
            assert!(request.max_age.is_none_or(|seconds| seconds >= 0));
            match &request.code_challenge {
                Some(challenge) => assert!(CodeChallenge::parse(challenge).is_ok()),
                None => assert_ne!(kind, ApplicationKind::OpenSource),
            }
            let stored = serde_json::to_string(&request).expect("JSON");
            assert_eq!(serde_json::from_str::<AuthorizationRequest>(&stored).expect("the same JSON"), request);
            was_read = true;
        }
    }
    was_read
}

fn application(kind: ApplicationKind) -> Application {
    let scopes = [Scope::OPENID, Scope::USER_DATA, Scope::VEHICLE_CMDS, Scope::VEHICLE_SPECS];
    Application {
        client_id: "app".to_owned(),
        name: "App".to_owned(),
        description: String::new(),
        kind,
        grant_types: vec![GrantType::AuthorizationCode],
        secret_hash: None,
        sealed_secret: None,
        redirect_uris: Vec::new(),
        post_logout_redirect_uris: Vec::new(),
        allowed_origins: Vec::new(),
        domain: None,
        public_key_pem: None,
        sealed_private_key: None,
        scopes: scopes.into_iter().collect::<ScopeSet>(),
        business_account_id: None,
        machine_grant_id: String::new(),
        created_at: 0,
        updated_at: 0,
        disabled_at: None,
    }
}

/// A domain is registered or refused, by a whole server; it never fails.
pub(super) fn partner_domain(data: &[u8]) -> bool {
    let Some(domain) = text(data) else { return false };
    let status = REGISTRAR.with(|registrar| registrar.register(domain));
    assert!(status == 200 || (400..500).contains(&status), "{status} for {domain:?}");
    let looks_like_a_name = domain.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-.".contains(&b));
    assert!(status != 200 || looks_like_a_name, "{domain:?} was registered");
    status == 200
}

/// A sandbox and a partner application in it.
struct Registrar {
    runtime: tokio::runtime::Runtime,
    http: reqwest::Client,
    url: String,
    token: String,
    _folder: tempfile::TempDir,
}

thread_local! {
    // Of a thread, since what is static is never dropped, and the folder would stay.
    static REGISTRAR: Registrar = Registrar::new();
}

impl Registrar {
    fn new() -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
        let runtime = runtime.expect("a runtime");
        let folder = tempfile::tempdir().expect("a folder");
        let (url, token) = runtime.block_on(Self::start(folder.path()));
        let http = reqwest::Client::builder().no_proxy().build().expect("a client");
        Self { runtime, http, url, token, _folder: folder }
    }

    async fn start(folder: &Path) -> (String, String) {
        let mut config = Config::sandbox(([127, 0, 0, 1], 0).into(), folder.to_owned(), DialectName::FleetApi);
        config.request_log = false;
        config.rate_limits = RateLimits::Off;
        let world = World::default_world().expect("the default world");
        let clock = fleetgate_gate::SystemClock;
        plant(&config, &world, false, &clock).await.expect("planted");
        let server = Server::bind(config).await.expect("a server");
        let url = format!("http://{}/api/1/partner_accounts", server.address());
        let token = mint(server.state(), "Harbor Dispatch", None, None).await.expect("a token");
        tokio::spawn(server.run(std::future::pending()));
        (url, token.access_token)
    }

    fn register(&self, domain: &str) -> u16 {
        let body = serde_json::json!({ "domain": domain });
        let request = self.http.post(&self.url).bearer_auth(&self.token).json(&body);
        self.runtime.block_on(request.send()).expect("an answer").status().as_u16()
    }
}
