//! The application's side: the token endpoint, and the world in which everything happens.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::redirect::Policy;
use reqwest::{Client, StatusCode};
use serde_json::{Value, json};

use crate::{CONSENTERS, EXCHANGERS, ROTATORS};

pub(crate) const CLIENT_ID: &str = "crash";
pub(crate) const SECRET: &str = "crash-secret";
pub(crate) const REDIRECT_URI: &str = "http://127.0.0.1:9/callback";
pub(crate) const PASSWORD: &str = "nothing-is-lost-1";

pub(crate) fn person(role: &str, index: usize) -> String {
    format!("{role}{index}@example.com")
}

/// A person for each worker, and one application.
pub(crate) fn world() -> String {
    let mut text = format!(
        "name = \"crash\"\n[[applications]]\nname = \"Crash\"\nkind = \"third_party\"\nclient_id = \"{CLIENT_ID}\"\n\
         client_secret = \"{SECRET}\"\nredirect_uris = [\"{REDIRECT_URI}\"]\n\
         scopes = [\"openid\", \"user_data\", \"vehicle_device_data\", \"vehicle_cmds\"]\n"
    );
    for (role, count) in [("rotator", ROTATORS), ("consenter", CONSENTERS), ("exchanger", EXCHANGERS)] {
        for index in 0..count {
            let email = person(role, index);
            text.push_str(&format!("[[accounts]]\nemail = \"{email}\"\npassword = \"{PASSWORD}\"\n"));
        }
    }
    text
}

/// The server is gone: whether it did what it was asked is not known.
#[derive(Debug)]
pub(crate) struct Gone;

impl From<reqwest::Error> for Gone {
    fn from(_: reqwest::Error) -> Self {
        Self
    }
}

/// What the token endpoint acknowledged.
#[derive(Clone, Debug)]
pub(crate) struct Tokens {
    pub(crate) access: String,
    pub(crate) refresh: String,
}

impl Tokens {
    fn read(answer: &Value) -> Self {
        let text = |name: &str| answer[name].as_str().unwrap_or_else(|| panic!("no {name} in {answer}")).to_owned();
        Self { access: text("access_token"), refresh: text("refresh_token") }
    }

    /// The scopes in the access token.
    pub(crate) fn scopes(&self) -> BTreeSet<String> {
        let payload = self.access.split('.').nth(1).expect("three parts");
        let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).expect("base64url")).expect("JSON");
        let scopes = claims["scp"].as_array().expect("a list").iter();
        scopes.map(|scope| scope.as_str().expect("a text").to_owned()).collect()
    }
}

/// A client of the server.
#[derive(Clone, Debug)]
pub(crate) struct Api {
    pub(crate) http: Client,
    pub(crate) base_url: String,
    answers: Arc<AtomicUsize>,
}

impl Api {
    pub(crate) fn new(base_url: String) -> Self {
        let http = Client::builder().redirect(Policy::none()).no_proxy().build().expect("a client");
        Self { http, base_url, answers: Arc::default() }
    }

    /// How often the token endpoint has answered.
    pub(crate) fn answers(&self) -> usize {
        self.answers.load(Ordering::Relaxed)
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base_url)
    }

    pub(crate) async fn is_there(&self) -> bool {
        let answer = self.http.get(self.url("/oauth2/v3/thirdparty/.well-known/openid-configuration")).send().await;
        answer.is_ok_and(|answer| answer.status() == StatusCode::OK)
    }

    async fn post(&self, path: &str, form: &[(&str, &str)]) -> Result<(StatusCode, Value), Gone> {
        loop {
            let answer = self.http.post(self.url(path)).form(form).send().await?;
            let (status, body) = (answer.status(), answer.bytes().await?);
            self.answers.fetch_add(1, Ordering::Relaxed);
            // Too much at once on one row: nothing was done, and it may be asked again.
            if status != StatusCode::SERVICE_UNAVAILABLE {
                return Ok((status, serde_json::from_slice(&body).unwrap_or_default()));
            }
        }
    }

    async fn token(&self, form: &[(&str, &str)]) -> Result<Option<Tokens>, Gone> {
        let (status, answer) = self.post("/oauth2/v3/token", form).await?;
        assert!(status.is_success() || status.is_client_error(), "{status} {answer}");
        Ok(status.is_success().then(|| Tokens::read(&answer)))
    }

    /// `None` when the token is refused.
    pub(crate) async fn refresh(&self, token: &str) -> Result<Option<Tokens>, Gone> {
        self.token(&[("grant_type", "refresh_token"), ("client_id", CLIENT_ID), ("refresh_token", token)]).await
    }

    /// `None` when the code is refused.
    pub(crate) async fn exchange(&self, code: &str) -> Result<Option<Tokens>, Gone> {
        self.token(&[
            ("grant_type", "authorization_code"),
            ("client_id", CLIENT_ID),
            ("client_secret", SECRET),
            ("redirect_uri", REDIRECT_URI),
            ("code", code),
        ])
        .await
    }

    /// RFC 7009.
    pub(crate) async fn revoke(&self, token: &str) -> Result<(), Gone> {
        let form = [("client_id", CLIENT_ID), ("client_secret", SECRET), ("token", token)];
        let (status, answer) = self.post("/oauth2/v3/revoke", &form).await?;
        assert_eq!(status, StatusCode::OK, "{answer}");
        Ok(())
    }

    /// Tokens of a family of its own.
    pub(crate) async fn mint(&self, email: &str) -> Result<Tokens, Gone> {
        let order = json!({ "application": "Crash", "account": email });
        let answer = self.http.post(self.url("/sandbox/tokens")).json(&order).send().await?;
        Ok(Tokens::read(&answer.json().await?))
    }

    /// Whether an access token still opens anything.
    pub(crate) async fn opens(&self, access_token: &str) -> Result<bool, Gone> {
        let answer = self.http.get(self.url("/oauth2/v3/userinfo")).bearer_auth(access_token).send().await?;
        Ok(answer.status() != StatusCode::UNAUTHORIZED)
    }
}
