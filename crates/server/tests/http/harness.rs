//! A sandbox that lasts for one test, and the people and programs that use it.

mod answer;
mod browser;
mod clock;
mod fault;

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use fleetgate_protocol::ApplicationKind;
use fleetgate_protocol::clock::Clock as _;
use fleetgate_protocol::jws::Typ;
use fleetgate_protocol::pkce::CodeChallenge;
use fleetgate_server::Server;
use fleetgate_server::config::{Config, DialectName, Mode, RateLimits};
use fleetgate_server::entropy::SystemEntropy;
use fleetgate_server::sandbox::world::{DescribedApplication, World, WorldDescription, describe, plant};
use fleetgate_server::state::Shared;
use fleetgate_store::DatabaseUrl;
use http::StatusCode;
use serde_json::Value;
use tempfile::TempDir;
use tokio::sync::oneshot;

pub(crate) use self::answer::{Answer, claims, header};
pub(crate) use self::browser::{Browser, Page};
pub(crate) use self::clock::{DAY, HOUR, MINUTE, SECOND, TestClock};

/// A verifier of 43 characters (RFC 7636, appendix B).
pub(crate) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

/// Makes each test into one for SQLite and one for PostgreSQL, each with a sandbox of its own.
macro_rules! on_both {
    ($($test:ident),+ $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $test() {
                $crate::harness::on_sqlite(super::$test).await;
            })+
        }

        mod postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $test() {
                $crate::harness::on_postgres(super::$test).await;
            })+
        }
    };
}
pub(crate) use on_both;

/// Compares an answer (its status, the named headers and its body) with what stands in the test. Both databases must
/// give the same.
macro_rules! assert_transcript {
    ($answer:expr, [$($header:literal),*], @$snapshot:literal) => {{
        let transcript = $answer.transcript(&[$($header),*]);
        insta::allow_duplicates! { insta::assert_snapshot!(transcript, @$snapshot) }
    }};
}
pub(crate) use assert_transcript;

/// An operator's server, which has nothing of the sandbox's, and its folder.
pub(crate) async fn production() -> (Server, TempDir) {
    let folder = tempfile::tempdir().expect("a folder");
    let listen = SocketAddr::from(([127, 0, 0, 1], 0));
    let mut config = Config::sandbox(listen, folder.path().to_owned(), DialectName::FleetApi);
    (config.mode, config.base_url) = (Mode::Production, Some("https://auth.example.com".to_owned()));
    let server = Server::bind_with(config, Arc::new(TestClock::default()), Arc::new(SystemEntropy)).await;
    (server.expect("a server"), folder)
}

pub(crate) async fn on_sqlite<F: Future<Output = ()> + Send + 'static>(test: impl Fn(Place) -> F) {
    let folder = tempfile::tempdir().expect("a folder");
    let database = DatabaseUrl::Sqlite(folder.path().join("fleetgate.db"));
    test(Place { folder, database }).await;
}

pub(crate) async fn on_postgres<F: Future<Output = ()> + Send + 'static>(test: impl Fn(Place) -> F) {
    static NUMBER: AtomicU32 = AtomicU32::new(0);
    let server = std::env::var("FLEETGATE_TEST_POSTGRES").expect(
        "FLEETGATE_TEST_POSTGRES holds the URL of a PostgreSQL server whose user may create databases; \
         run with `--skip postgres::` to leave these tests out",
    );
    let (admin, connection) = tokio_postgres::connect(&server, tokio_postgres::NoTls).await.expect("a server");
    tokio::spawn(connection);
    let name = format!("fleetgate_http_{}_{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
    admin.batch_execute(&format!("CREATE DATABASE {name}")).await.expect("a database");
    let mut url = url::Url::parse(&server).expect("a URL");
    url.set_path(&name);
    let place =
        Place { folder: tempfile::tempdir().expect("a folder"), database: DatabaseUrl::Postgres(url.to_string()) };
    let outcome = tokio::spawn(test(place)).await;
    admin.batch_execute(&format!("DROP DATABASE {name} WITH (FORCE)")).await.expect("dropped");
    if let Err(error) = outcome {
        std::panic::resume_unwind(error.into_panic());
    }
}

/// Where a test's sandbox lives.
#[derive(Debug)]
pub(crate) struct Place {
    folder: TempDir,
    database: DatabaseUrl,
}

/// A running sandbox with the default world.
#[derive(Debug)]
pub(crate) struct Sandbox {
    pub(crate) state: Shared,
    pub(crate) clock: Arc<TestClock>,
    pub(crate) address: SocketAddr,
    pub(crate) world: WorldDescription,
    place: Place,
    stop: Option<oneshot::Sender<()>>,
    running: Option<tokio::task::JoinHandle<()>>,
    http: reqwest::Client,
}

/// What a program needs to know of an application of the world.
#[derive(Clone, Debug)]
pub(crate) struct App {
    pub(crate) client_id: String,
    pub(crate) secret: Option<String>,
    pub(crate) redirect_uri: String,
}

impl App {
    fn of(described: &DescribedApplication) -> Self {
        Self {
            client_id: described.client_id.clone(),
            secret: described.client_secret.clone(),
            redirect_uri: described.redirect_uris.first().cloned().unwrap_or_default(),
        }
    }
}

impl Sandbox {
    pub(crate) async fn start(place: Place) -> Self {
        Self::start_with(place, DialectName::FleetApi, |_| {}).await
    }

    pub(crate) async fn start_with(place: Place, dialect: DialectName, change: impl FnOnce(&mut Config)) -> Self {
        let world = World::default_world().expect("the default world");
        Self::run(place, &world, dialect, change, Arc::default()).await
    }

    /// A sandbox with another world.
    pub(crate) async fn start_world(place: Place, seed: &str) -> Self {
        Self::start_world_with(place, seed, |_| {}).await
    }

    /// The same with another configuration.
    pub(crate) async fn start_world_with(place: Place, seed: &str, change: impl FnOnce(&mut Config)) -> Self {
        let world = World::read("world.toml", seed).expect("a world");
        Self::run(place, &world, DialectName::FleetApi, change, Arc::default()).await
    }

    /// The same server to the letter of the RFCs.
    pub(crate) async fn start_rfc(place: Place) -> Self {
        Self::start_with(place, DialectName::Rfc, |_| {}).await
    }

    async fn run(
        place: Place,
        world: &World,
        dialect: DialectName,
        change: impl FnOnce(&mut Config),
        clock: Arc<TestClock>,
    ) -> Self {
        let listen = SocketAddr::from(([127, 0, 0, 1], 0));
        let mut config = Config::sandbox(listen, place.folder.path().to_owned(), dialect);
        config.database = place.database.clone();
        // Most tests ask more often than the clock, which stands, allows.
        config.rate_limits = RateLimits::Off;
        change(&mut config);
        plant(&config, world, false, &*clock).await.expect("planted");
        let server = Server::bind_with(config, clock.clone(), Arc::new(SystemEntropy)).await.expect("a server");
        let (state, address) = (Arc::clone(server.state()), server.address());
        let world =
            describe(&state.store, &state.master, &state.addresses.base_url, clock.now()).await.expect("a world");
        let (stop, stopped) = oneshot::channel();
        let running = tokio::spawn(async move {
            server.run(async { drop(stopped.await) }).await;
        });
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()
            .expect("a client");
        Self { state, clock, address, world, place, stop: Some(stop), running: Some(running), http }
    }

    /// Stops the server and starts it again on the same data.
    pub(crate) async fn restart(self) -> Self {
        self.restart_with(|_| {}).await
    }

    /// The same with another configuration.
    pub(crate) async fn restart_with(mut self, change: impl FnOnce(&mut Config)) -> Self {
        self.stop().await;
        let base_url = self.base_url().to_owned();
        let change = |config: &mut Config| {
            config.base_url = Some(base_url);
            change(config);
        };
        let world = World::default_world().expect("the default world");
        Self::run(self.place, &world, DialectName::FleetApi, change, self.clock).await
    }

    pub(crate) async fn stop(&mut self) {
        drop(self.stop.take());
        if let Some(running) = self.running.take() {
            running.await.expect("it ended");
        }
    }

    pub(crate) fn now(&self) -> i64 {
        self.clock.now()
    }

    /// The public URL, as it stands in tokens.
    pub(crate) fn base_url(&self) -> &str {
        &self.state.addresses.base_url
    }

    /// The URL of a path of the running server.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub(crate) fn database_files(&self) -> Vec<std::path::PathBuf> {
        let files = std::fs::read_dir(self.place.folder.path()).expect("a folder");
        files.map(|file| file.expect("a file").path()).collect()
    }

    /// Everything in the database, as text: the files of SQLite, the rows of PostgreSQL (bytes in hexadecimal).
    pub(crate) async fn contents(&self) -> String {
        let url = match &self.place.database {
            DatabaseUrl::Sqlite(_) => {
                let files = self.database_files();
                let files = files.iter().filter(|file| file.to_string_lossy().contains("fleetgate.db"));
                let bytes: Vec<u8> = files.flat_map(|file| std::fs::read(file).expect("a file")).collect();
                return String::from_utf8_lossy(&bytes).into_owned();
            }
            DatabaseUrl::Postgres(url) => url,
        };
        let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await.expect("a server");
        tokio::spawn(connection);
        let tables = "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'";
        let mut text = String::new();
        for table in client.query(tables, &[]).await.expect("tables") {
            let table: String = table.get(0);
            let rows = client.query(&format!("SELECT r::text FROM {table} r"), &[]).await.expect("rows");
            rows.iter().for_each(|row| text.push_str(row.get(0)));
        }
        text
    }

    /// An application of the world by its name.
    pub(crate) fn app(&self, name: &str) -> App {
        App::of(self.world.applications.iter().find(|app| app.name == name).expect("an application of that name"))
    }

    /// The first application of a kind.
    pub(crate) fn first(&self, kind: ApplicationKind) -> App {
        App::of(self.world.applications.iter().find(|app| app.kind == kind).expect("one of each kind"))
    }

    pub(crate) fn third_party(&self) -> App {
        self.first(ApplicationKind::ThirdParty)
    }

    pub(crate) fn partner(&self) -> App {
        self.first(ApplicationKind::Partner)
    }

    pub(crate) fn open_source(&self) -> App {
        self.first(ApplicationKind::OpenSource)
    }

    /// E-mail address and password of a person of the world.
    pub(crate) fn person(&self, index: usize) -> (String, String) {
        let person = self.world.accounts.iter().filter(|account| account.password.is_some()).nth(index);
        let person = person.expect("a person");
        (person.email.clone(), person.password.clone().expect("a password"))
    }

    pub(crate) fn browser(&self) -> Browser {
        Browser::new(self.http.clone(), format!("http://{}", self.address))
    }

    /// A browser at another address of this server.
    pub(crate) fn browser_at(&self, origin: &str) -> Browser {
        Browser::new(self.http.clone(), origin.to_owned())
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        Answer::read(self.http.get(self.url(path)).send().await.expect("an answer")).await
    }

    /// A call of the API with a bearer token.
    pub(crate) async fn api(&self, method: &str, path: &str, token: &str) -> Answer {
        let method = method.parse().expect("a method");
        Answer::read(self.http.request(method, self.url(path)).bearer_auth(token).send().await.expect("an answer"))
            .await
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        Answer::read(self.http.delete(self.url(path)).send().await.expect("an answer")).await
    }

    pub(crate) async fn post_form(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        Answer::read(self.http.post(self.url(path)).form(fields).send().await.expect("an answer")).await
    }

    /// A request with everything by hand.
    pub(crate) async fn send(&self, make: impl FnOnce(&reqwest::Client) -> reqwest::RequestBuilder) -> Answer {
        Answer::read(make(&self.http).send().await.expect("an answer")).await
    }

    /// A request with everything by hand, which may get no answer.
    pub(crate) async fn try_send(
        &self,
        make: impl FnOnce(&reqwest::Client) -> reqwest::RequestBuilder,
    ) -> Result<Answer, reqwest::Error> {
        Ok(Answer::read(make(&self.http).send().await?).await)
    }

    pub(crate) async fn token(&self, fields: &[(&str, &str)]) -> Answer {
        self.post_form("/oauth2/v3/token", fields).await
    }

    /// The path of an authorization request of an application.
    pub(crate) fn authorize_path(&self, app: &App, more: &[(&str, &str)]) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("response_type", "code");
        query.append_pair("client_id", &app.client_id);
        query.append_pair("redirect_uri", &app.redirect_uri);
        query.append_pair("state", "st4te");
        if !more.iter().any(|(name, _)| *name == "scope") {
            query.append_pair("scope", "openid offline_access user_data vehicle_device_data");
        }
        if app.secret.is_none() {
            query.append_pair("code_challenge", CodeChallenge::of(VERIFIER).as_str());
            query.append_pair("code_challenge_method", "S256");
        }
        query.extend_pairs(more);
        format!("/oauth2/v3/authorize?{}", query.finish())
    }

    /// Signs the first person in, allows everything, and takes the code off the redirect.
    pub(crate) async fn code(&self, app: &App, more: &[(&str, &str)]) -> String {
        let mut browser = self.browser();
        let target = browser.allow(self, &self.authorize_path(app, more)).await;
        target.parameter("code").unwrap_or_else(|| panic!("no code in {target:?}"))
    }

    pub(crate) async fn exchange(&self, app: &App, code: &str) -> Answer {
        let secret = app.secret.as_deref().unwrap_or_default();
        let proof = if app.secret.is_some() { ("client_secret", secret) } else { ("code_verifier", VERIFIER) };
        self.token(&[
            ("grant_type", "authorization_code"),
            ("client_id", &app.client_id),
            ("code", code),
            ("redirect_uri", &app.redirect_uri),
            proof,
        ])
        .await
    }

    /// Tokens of the first person, by the whole flow.
    pub(crate) async fn tokens(&self, app: &App) -> Answer {
        let code = self.code(app, &[]).await;
        let answer = self.exchange(app, &code).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        answer
    }

    pub(crate) async fn refresh(&self, app: &App, token: &str) -> Answer {
        self.token(&[("grant_type", "refresh_token"), ("client_id", &app.client_id), ("refresh_token", token)]).await
    }

    /// A refresh with the secret, as the RFC dialect wants it.
    pub(crate) async fn refresh_with_secret(&self, app: &App, token: &str, more: &[(&str, &str)]) -> Answer {
        let mut fields = vec![("grant_type", "refresh_token"), ("client_id", &app.client_id), ("refresh_token", token)];
        fields.extend(app.secret.as_deref().map(|secret| ("client_secret", secret)));
        fields.extend(more);
        self.token(&fields).await
    }

    /// Whether an access token opens the API.
    pub(crate) async fn opens(&self, token: &str) -> bool {
        self.api("GET", "/api/1/users/region", token).await.status == StatusCode::OK
    }

    pub(crate) async fn post_json(&self, path: &str, body: &Value) -> Answer {
        Answer::read(self.http.post(self.url(path)).json(body).send().await.expect("an answer")).await
    }

    /// A token without a browser, by `POST /sandbox/tokens`.
    pub(crate) async fn minted(&self, order: &Value) -> Answer {
        let answer = self.post_json("/sandbox/tokens", order).await;
        assert_eq!(answer.status, StatusCode::OK, "{order} {}", answer.text);
        answer
    }

    /// A business's consent, as its administrator would give it.
    pub(crate) async fn auth_code(&self, order: &Value) -> String {
        let answer = self.post_json("/sandbox/business-consents", order).await;
        assert_eq!(answer.status, StatusCode::OK, "{order} {}", answer.text);
        answer.text_of("auth_code")
    }

    /// Switches an application off, as `fleetgate apps` does from another process, once the server has noticed.
    pub(crate) async fn disable(&self, app: &App) {
        let store = &self.state.store;
        assert!(store.set_application_disabled(&app.client_id, Some(self.now()), self.now()).await.expect("stored"));
        self.notice().await;
    }

    /// Lets the server see at once what another process changed; it looks twice a second anyway.
    pub(crate) async fn notice(&self) {
        let store = &self.state.store;
        self.state.directory.follow(store).await.expect("read");
        let ended = store.revocations_since(0).await.expect("read");
        fleetgate_server::revocations::apply(&self.state.revocations, &ended);
    }

    /// Claims signed by the server's own key: what only the server itself could have issued.
    pub(crate) fn signed(&self, claims: &Value) -> String {
        self.state.keys.sign(Typ::Jwt, claims.to_string().as_bytes(), self.now()).expect("signed")
    }

    /// A payload under any header at all, with the signature of the server's own key (RS256) over both.
    pub(crate) async fn signed_under(&self, header: &Value, payload: &str) -> String {
        use aws_lc_rs::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
        use base64::Engine as _;
        use base64::engine::general_purpose::URL_SAFE_NO_PAD;
        let stored = self.state.store.keys("sign").await.expect("read").pop().expect("a key");
        let pkcs8 = self.state.master.open(&stored.kid, &stored.sealed_private).expect("opened");
        let pair = RsaKeyPair::from_pkcs8(&pkcs8).expect("an RSA key");
        let signed = format!("{}.{payload}", URL_SAFE_NO_PAD.encode(header.to_string()));
        let mut signature = vec![0; pair.public_modulus_len()];
        let random = aws_lc_rs::rand::SystemRandom::new();
        pair.sign(&RSA_PKCS1_SHA256, &random, signed.as_bytes(), &mut signature).expect("signed");
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    pub(crate) async fn partner_token(&self, app: &App) -> Answer {
        self.token(&[
            ("grant_type", "client_credentials"),
            ("client_id", &app.client_id),
            ("client_secret", app.secret.as_deref().unwrap_or_default()),
            ("audience", "https://fleet-api.prd.na.vn.cloud.tesla.com"),
        ])
        .await
    }
}
