//! The example beside a real Fleetgate: tokens come through the whole flow, over sockets, from an authorization server
//! that knows nothing of chargers but the names of two scopes.

use std::path::Path;
use std::sync::Arc;

use fleetgate_gate::{Keys, SystemClock};
use fleetgate_protocol::jws::{Algorithm, SigningKey};
use fleetgate_server::Server;
use fleetgate_server::config::{Config, DialectName};
use fleetgate_server::keys::add_signing_key;
use fleetgate_server::sandbox::world::{World, plant};
use fleetgate_server::state::Shared;
use reqwest::header::{LOCATION, SET_COOKIE, WWW_AUTHENTICATE};
use reqwest::redirect::Policy;
use reqwest::{Client, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};
use tempfile::TempDir;
use url::Url;

const WORLD: &str = r#"
name = "chargers"

[[scopes]]
name = "charger_data"
title = "Chargers"
description = "Of the chargers at home."

[[scopes]]
name = "charger_cmds"
title = "Charger control"
description = "Of the chargers at home."

[[accounts]]
email = "anna@example.com"
password = "four-chargers-2"

[[applications]]
name = "Plug"
kind = "third_party"
client_id = "plug"
client_secret = "plug-secret"
redirect_uris = ["http://127.0.0.1:3000/callback"]
scopes = ["openid", "vehicle_device_data", "charger_data", "charger_cmds"]
"#;

/// A sandbox with two scopes of an operator's own, and the example behind its gate.
struct Both {
    fleetgate: Shared,
    chargers: String,
    http: Client,
    _folder: TempDir,
}

impl Both {
    async fn start() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let fleetgate = start_fleetgate(folder.path()).await;
        let app = own_api::app(&fleetgate.addresses.issuer).await.expect("the example");
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let chargers = format!("http://{}", listener.local_addr().expect("an address"));
        tokio::spawn(async move { axum::serve(listener, app).await });
        let http = Client::builder().redirect(Policy::none()).no_proxy().build().expect("a client");
        Self { fleetgate, chargers, http, _folder: folder }
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.fleetgate.addresses.base_url)
    }

    /// An access token with these scopes: sign-in, consent, code, exchange.
    async fn token(&self, scope: &str) -> String {
        let mut browser = Browser { both: self, cookies: Vec::new() };
        let authorize = Url::parse_with_params(
            &self.url("/oauth2/v3/authorize"),
            [
                ("response_type", "code"),
                ("client_id", "plug"),
                ("redirect_uri", "http://127.0.0.1:3000/callback"),
                ("scope", scope),
                ("prompt", "consent"),
                ("state", "s"),
            ],
        );
        let sign_in = browser.open(self.http.get(authorize.expect("a URL"))).await.expect_err("a page");
        let fields = [("email", "anna@example.com"), ("password", "four-chargers-2")];
        let consent = browser.submit(&sign_in, &fields).await.expect_err("a page");
        let mut fields: Vec<(&str, &str)> = scope.split(' ').map(|scope| ("scope", scope)).collect();
        fields.push(("decision", "allow"));
        let target = browser.submit(&consent, &fields).await.expect("a redirect");
        let (_, code) = target.query_pairs().find(|(name, _)| name == "code").expect("a code");
        let form = [
            ("grant_type", "authorization_code"),
            ("client_id", "plug"),
            ("client_secret", "plug-secret"),
            ("redirect_uri", "http://127.0.0.1:3000/callback"),
            ("code", &code),
        ];
        let answer = self.http.post(self.url("/oauth2/v3/token")).form(&form).send().await.expect("an answer");
        let answer: Value = answer.error_for_status().expect("tokens").json().await.expect("JSON");
        answer["access_token"].as_str().expect("a text").to_owned()
    }

    async fn list(&self, token: &str) -> Response {
        self.http.get(format!("{}/chargers", self.chargers)).bearer_auth(token).send().await.expect("an answer")
    }

    async fn start_charger(&self, token: &str) -> Response {
        self.http
            .post(format!("{}/chargers/yard/start", self.chargers))
            .bearer_auth(token)
            .send()
            .await
            .expect("an answer")
    }
}

async fn start_fleetgate(folder: &Path) -> Shared {
    let config = Config::sandbox(([127, 0, 0, 1], 0).into(), folder.to_owned(), DialectName::FleetApi);
    let world = World::read("chargers.toml", WORLD).expect("a world");
    plant(&config, &world, false, &SystemClock).await.expect("planted");
    let server = Server::bind(config).await.expect("a server");
    let state = Arc::clone(server.state());
    tokio::spawn(server.run(std::future::pending()));
    state
}

/// A browser without scripts.
struct Browser<'a> {
    both: &'a Both,
    cookies: Vec<String>,
}

impl Browser<'_> {
    /// Follows redirects: the address outside to which they lead, or the page at which they end.
    async fn open(&mut self, request: RequestBuilder) -> Result<Url, String> {
        let mut request = request;
        loop {
            let response = request.header("cookie", self.cookies.join("; ")).send().await.expect("an answer");
            for cookie in response.headers().get_all(SET_COOKIE) {
                let pair = cookie.to_str().expect("ASCII").split(';').next().unwrap_or_default();
                let name = pair.split('=').next().unwrap_or_default();
                self.cookies.retain(|known| known.split('=').next() != Some(name));
                self.cookies.push(pair.to_owned());
            }
            let Some(location) = response.headers().get(LOCATION) else {
                return Err(response.text().await.expect("a page"));
            };
            let target = response.url().join(location.to_str().expect("ASCII")).expect("a location");
            if target.origin() != response.url().origin() {
                return Ok(target);
            }
            request = self.both.http.get(target);
        }
    }

    /// Sends the page's form with its hidden fields and these.
    async fn submit(&mut self, page: &str, fields: &[(&str, &str)]) -> Result<Url, String> {
        let form = page.split("<form").nth(1).unwrap_or_else(|| panic!("no form in {page}"));
        let action = attribute(form.split('>').next().unwrap_or_default(), "action").expect("an action");
        let inputs = form.split("</form>").next().unwrap_or_default().split("<input").skip(1);
        let tags = inputs.filter_map(|rest| rest.split('>').next()).filter(|tag| tag.contains("type=\"hidden\""));
        let mut all: Vec<(String, String)> = tags
            .filter_map(|tag| Some((attribute(tag, "name")?, attribute(tag, "value").unwrap_or_default())))
            .filter(|(name, _)| name != "scope")
            .collect();
        all.extend(fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let request = self.both.http.post(self.both.url(&action)).form(&all);
        self.open(request.header("origin", self.both.url(""))).await
    }
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    Some(rest.split('"').next()?.replace("&#38;", "&").replace("&amp;", "&"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_consent_to_own_scopes_opens_what_they_name() {
    let both = Both::start().await;
    let reads = both.token("charger_data").await;
    let listed = both.list(&reads).await;
    assert_eq!(listed.status(), StatusCode::OK);
    let body: Value = listed.json().await.unwrap();
    let account = both.fleetgate.store.account_by_email("anna@example.com").await.unwrap().unwrap();
    assert_eq!(body, json!({ "owner": account.id, "chargers": ["carport", "yard"] }));

    let refused = both.start_charger(&reads).await;
    assert_eq!(refused.status(), StatusCode::FORBIDDEN);
    let challenge = refused.headers()[WWW_AUTHENTICATE].to_str().unwrap();
    assert!(challenge.contains("insufficient_scope") && challenge.contains("charger_cmds"), "{challenge}");

    let both_scopes = both.token("charger_data charger_cmds").await;
    assert_eq!(both.start_charger(&both_scopes).await.status(), StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_shows_no_token_or_one_of_other_scopes_is_refused() {
    let both = Both::start().await;
    let nobody = both.http.get(format!("{}/chargers", both.chargers)).send().await.unwrap();
    assert_eq!(nobody.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(nobody.headers()[WWW_AUTHENTICATE].to_str().unwrap().split(' ').next(), Some("Bearer"));

    let for_cars = both.token("openid vehicle_device_data").await;
    assert_eq!(both.list(&for_cars).await.status(), StatusCode::FORBIDDEN);
    assert_eq!(both.start_charger(&for_cars).await.status(), StatusCode::FORBIDDEN);
    // The token is good: Fleetgate's own API takes it.
    let vehicles = both.http.get(both.url("/api/1/products")).bearer_auth(&for_cars).send().await.unwrap();
    assert_ne!(vehicles.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_signing_key_is_followed() {
    let both = Both::start().await;
    let before = both.token("charger_data").await;
    let state = &both.fleetgate;
    let pkcs8 = SigningKey::generate(Algorithm::Es256).unwrap();
    add_signing_key(state.key_room(), Algorithm::Es256, &pkcs8, state.now()).await.unwrap();
    state.keys.reload(state.key_room()).await.unwrap();
    state.gate_keys.replace(Keys::from_jwk_set(&state.keys.set()));

    let after = both.token("charger_data").await;
    assert_ne!(before.split('.').next(), after.split('.').next(), "another key signs");
    assert_eq!(both.list(&after).await.status(), StatusCode::OK);
    assert_eq!(both.list(&before).await.status(), StatusCode::OK, "the old key is still published");
}
