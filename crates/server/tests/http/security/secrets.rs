//! Nothing secret stands in clear, in the database or in a log.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::harness::{Place, Sandbox, on_both};

on_both!(no_secret_stands_in_the_database_or_in_a_log, a_grant_type_is_not_written_down_as_it_came);

/// Everything that any test of this process logs, down to the last detail.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn of_this_process() -> &'static Self {
        static LOG: OnceLock<Log> = OnceLock::new();
        LOG.get_or_init(|| {
            let log = Self::default();
            let written = log.clone();
            let everything = Targets::new().with_targets(
                ["fleetgate_server", "fleetgate_store", "fleetgate_gate", "tokio_postgres"]
                    .map(|name| (name, LevelFilter::TRACE)),
            );
            let lines = tracing_subscriber::fmt::layer().with_writer(written);
            tracing_subscriber::registry().with(lines).with(everything).try_init().expect("the only one");
            log
        })
    }

    fn read(&self) -> Vec<u8> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Log {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

async fn no_secret_stands_in_the_database_or_in_a_log(place: Place) {
    let log = Log::of_this_process();
    let mut sandbox = Sandbox::start(place).await;
    let secrets = use_every_secret(&sandbox).await;
    // What is not a secret is found where it belongs, or the search itself is broken.
    let rows = sandbox.contents().await;
    let found = |bytes: &[u8], text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(found(rows.as_bytes(), "robin@example.com"));
    let requests = sandbox.get("/sandbox/requests?limit=1000").await.text;
    assert!(requests.contains("/oauth2/v3/token"));
    sandbox.stop().await;
    let mut places = BTreeMap::from([
        ("the log".to_owned(), log.read()),
        ("the database".to_owned(), rows.into_bytes()),
        ("the request log".to_owned(), requests.into_bytes()),
    ]);
    for file in sandbox.database_files() {
        if file.file_name().is_some_and(|name| name != "master.key") {
            places.insert(file.display().to_string(), std::fs::read(file).expect("a file"));
        }
    }
    assert!(found(&places["the log"], "a superseded refresh token came again"), "the log is read");
    for (name, bytes) in &places {
        for (what, secret) in &secrets {
            assert!(secret.len() >= 8, "{what} is too short to look for");
            assert!(!found(bytes, secret), "{what} stands in {name}");
            assert!(!found(bytes, &hex::encode(secret)), "{what} stands in {name} in hexadecimal");
        }
    }
}

/// Uses each kind of secret once, rightly and wrongly, and names them.
async fn use_every_secret(sandbox: &Sandbox) -> Vec<(&'static str, String)> {
    let app = sandbox.third_party();
    let mut browser = sandbox.browser();
    let person = sandbox.person(0);
    let page = browser.open(&sandbox.authorize_path(&app, &[])).await;
    let page = browser.sign_in(&page, &(person.0.clone(), "wrong-horse-9".to_owned())).await;
    let request = page.hidden().into_iter().find(|(name, _)| name == "request").expect("a request").1;
    let csrf = page.hidden().into_iter().find(|(name, _)| name == "csrf").expect("a token").1;
    let page = browser.sign_in(&page, &person).await;
    let page = browser.consent(&page, |_| true).await;
    let code = page.parameter("code").expect("a code");
    let tokens = sandbox.exchange(&app, &code).await;
    let refreshed = sandbox.refresh(&app, &tokens.text_of("refresh_token")).await;
    sandbox.api("GET", "/api/1/users/me", &refreshed.text_of("access_token")).await;
    sandbox.get(&format!("/api/1/users/me?access_token={}", tokens.text_of("access_token"))).await;
    sandbox.refresh(&app, &refreshed.text_of("refresh_token")).await;
    sandbox.refresh(&app, &tokens.text_of("refresh_token")).await;
    sandbox.exchange(&app, &code).await;
    let partner = sandbox.partner_token(&sandbox.partner()).await;
    sandbox.api("GET", "/api/1/vehicles", &partner.text_of("access_token")).await;
    let auth_code = sandbox.auth_code(&serde_json::json!({"application": "Charge Planner"})).await;
    let key = sandbox.world.applications.iter().find_map(|app| app.private_key_pem.clone()).expect("a private key");
    let key: String = key.lines().filter(|line| !line.starts_with("-----")).collect();
    let signature = |token: &str| token.rsplit('.').next().expect("a signature").to_owned();
    vec![
        ("the client secret", app.secret.expect("a secret")),
        ("the partner's secret", sandbox.partner().secret.expect("a secret")),
        ("the password", person.1),
        ("a wrong password", "wrong-horse-9".to_owned()),
        ("the code", code),
        ("the auth_code", auth_code),
        ("the first refresh token", tokens.text_of("refresh_token")),
        ("the second refresh token", refreshed.text_of("refresh_token")),
        ("an access token", signature(&tokens.text_of("access_token"))),
        ("a partner token", signature(&partner.text_of("access_token"))),
        ("an id_token", signature(&tokens.text_of("id_token"))),
        ("the session's cookie", browser.cookies["fleetgate_session"].clone()),
        ("the browser's cookie", browser.cookies["fleetgate_browser"].clone()),
        ("the CSRF token", csrf),
        ("the stored request's id", request),
        ("a domain's private key", key[..48].to_owned()),
    ]
}

/// A client that mixes its parameters up puts a secret where the grant type belongs.
async fn a_grant_type_is_not_written_down_as_it_came(place: Place) {
    let log = Log::of_this_process();
    let sandbox = Sandbox::start(place).await;
    let secret = sandbox.third_party().secret.expect("a secret");
    let answer = sandbox.token(&[("grant_type", &secret), ("client_id", "x")]).await;
    assert_eq!(answer.error(), "unsupported_grant_type");
    let requests = sandbox.get("/sandbox/requests?limit=10").await;
    let reason = requests.json()[0]["reason"].as_str().expect("a reason").to_owned();
    assert!(reason.contains("grant type is not supported"), "{reason}");
    for text in [answer.text, requests.text, String::from_utf8_lossy(&log.read()).into_owned()] {
        assert!(!text.contains(&secret));
    }
}
