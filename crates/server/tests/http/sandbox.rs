//! The sandbox's doors for programs, and who is kept out.

use fleetgate_server::config::DialectName;
use http::StatusCode;
use serde_json::{Value, json};

use crate::harness::{Answer, App, Place, Sandbox, assert_transcript, claims, on_both};

on_both!(
    the_world_over_http_is_the_world_of_the_database,
    a_token_without_a_browser_is_what_the_flow_gives,
    what_a_browser_could_not_get_is_refused_with_a_reason,
    minting_extends_the_consent_and_never_narrows_it,
    a_business_consents_without_a_browser,
    requests_are_listed_newest_first_with_reasons_and_without_secrets,
    requests_of_the_authorization_server_say_who_asked_what_was_checked_and_why_it_was_refused,
    what_the_database_did_not_do_is_no_mistake_of_the_caller,
    pages_of_other_origins_get_nothing,
    names_that_are_not_known_get_nothing,
    posts_are_json,
    no_answer_of_the_sandbox_has_a_cors_header,
    an_exposed_sandbox_wants_its_secret,
    the_pages_and_documents_answer,
);

async fn get_with(sandbox: &Sandbox, path: &str, headers: &[(&str, &str)]) -> Answer {
    sandbox
        .send(|http| {
            headers.iter().fold(http.get(sandbox.url(path)), |request, (name, value)| request.header(*name, *value))
        })
        .await
}

async fn post_with(sandbox: &Sandbox, headers: &[(&str, &str)], body: &str) -> Answer {
    let request = |http: &reqwest::Client| {
        let request = http.post(sandbox.url("/sandbox/tokens")).body(body.to_owned());
        headers.iter().fold(request, |request, (name, value)| request.header(*name, *value))
    };
    sandbox.send(request).await
}

async fn the_world_over_http_is_the_world_of_the_database(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let answer = sandbox.get("/sandbox/world").await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(answer.json(), serde_json::to_value(&sandbox.world).expect("JSON"));
    let world = answer.json();
    let keys = |value: &Value| value.as_object().expect("an object").keys().cloned().collect::<Vec<_>>().join(" ");
    insta::allow_duplicates! {
        insta::assert_snapshot!(keys(&world), @"accounts applications base_url energy_sites issuer vehicles");
        insta::assert_snapshot!(keys(&world["accounts"][0]), @"email password region");
        insta::assert_snapshot!(keys(&world["applications"][0]), @"allowed_origins client_id client_secret domain grant_types kind name private_key_pem public_key_pem redirect_uris registered_regions scopes");
        insta::assert_snapshot!(keys(&world["vehicles"][0]), @"command_signing id owner paired_applications state vin");
        insta::assert_snapshot!(keys(&world["energy_sites"][0]), @"energy_site_id owner");
    }
}

async fn a_token_without_a_browser_is_what_the_flow_gives(place: Place) {
    let sandbox = Sandbox::start(place).await;
    for (app, token_type) in
        [("Charge Planner", "third_party"), ("Open Garage", "open_source"), ("Harbor Dispatch", "partner")]
    {
        let answer = sandbox.minted(&json!({ "application": app })).await;
        let token = claims(&answer.text_of("access_token"));
        assert_eq!(token["azp"], sandbox.app(app).client_id, "{app}");
        assert_eq!(token["open_source"], token_type == "open_source", "{app}");
        assert_eq!(answer.json().get("refresh_token").is_some(), token_type != "partner", "{app}");
    }
    let app = sandbox.third_party();
    let minted = sandbox.minted(&json!({ "application": app.client_id })).await;
    assert!(sandbox.opens(&minted.text_of("access_token")).await);
    let refreshed = sandbox.refresh(&app, &minted.text_of("refresh_token")).await;
    assert_eq!(refreshed.status, StatusCode::OK, "{}", refreshed.text);

    let everything = claims(&minted.text_of("access_token"))["scp"].clone();
    let all = everything.as_array().expect("a list");
    for scope in fleetgate_protocol::SCOPES {
        use fleetgate_protocol::Holder::{Anyone, Person};
        let wanted = matches!(scope.holder, Anyone | Person);
        assert_eq!(all.contains(&scope.name.into()), wanted, "{}", scope.name);
    }
    let (_, second) = (sandbox.person(0), sandbox.person(1).0);
    let order = json!({ "application": "Charge Planner", "account": second, "scope": "openid user_data" });
    let narrow = sandbox.minted(&order).await;
    assert_eq!(claims(&narrow.text_of("access_token"))["scp"], json!(["openid", "user_data"]));
    let me = sandbox.api("GET", "/api/1/users/me", &narrow.text_of("access_token")).await;
    assert_eq!(me.json()["response"]["email"], second);
}

async fn what_a_browser_could_not_get_is_refused_with_a_reason(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let refused = |order: Value| {
        let sandbox = &sandbox;
        async move { sandbox.post_json("/sandbox/tokens", &order).await }
    };
    let app = "Charge Planner";
    assert_transcript!(refused(json!({ "application": "Nobody" })).await, [], @r#"
404 Not Found
{
  "error": "not_found",
  "error_description": "There is no application `Nobody`; `fleetgate world` lists them."
}
"#);
    assert_transcript!(refused(json!({ "application": app, "account": "nobody@example.com" })).await, [], @r#"
404 Not Found
{
  "error": "not_found",
  "error_description": "There is no account `nobody@example.com`; `fleetgate world` lists them."
}
"#);
    assert_transcript!(refused(json!({ "application": app, "scope": "vehicle_specs" })).await, [], @r#"
400 Bad Request
{
  "error": "invalid_request",
  "error_description": "A person cannot grant `vehicle_specs` to the application `Charge Planner`, so that no token can have it."
}
"#);
    assert_transcript!(refused(json!({ "application": "Trip Diary", "scope": "vehicle_cmds" })).await, [], @r#"
400 Bad Request
{
  "error": "invalid_request",
  "error_description": "A person cannot grant `vehicle_cmds` to the application `Trip Diary`, so that no token can have it."
}
"#);
    assert_transcript!(refused(json!({ "application": "Harbor Dispatch", "account": "robin@example.com" })).await, [], @r#"
400 Bad Request
{
  "error": "invalid_request",
  "error_description": "The application `Harbor Dispatch` has no `authorization_code`, so that nobody can consent to it; leave the account out."
}
"#);
    assert_transcript!(refused(json!({ "application": "Used Car Check", "scope": "enterprise_management" })).await, [], @r#"
400 Bad Request
{
  "error": "invalid_request",
  "error_description": "The token endpoint refuses: the scope is refused: the application does not hold `enterprise_management`."
}
"#);
    assert_transcript!(refused(json!({ "application": app, "scope": "a\\b" })).await, [], @r#"
400 Bad Request
{
  "error": "invalid_request",
  "error_description": "`a\\b` is no list of scopes; separate them by spaces."
}
"#);
    assert_transcript!(refused(json!({ "application": app, "subject": "x" })).await, [], @r#"
400 Bad Request
{
  "error": "invalid_request",
  "error_description": "The body cannot be read (unknown field `subject`, expected one of `application`, `account`, `scope` at line 1 column 41); send `{\"application\": …, \"account\": …, \"scope\": …}`."
}
"#);
    let business = json!({ "application": app, "account": "office@harbor-couriers.test" });
    assert_transcript!(refused(business).await, [], @r#"
400 Bad Request
{
  "error": "invalid_request",
  "error_description": "The account `office@harbor-couriers.test` is a business's, which does not sign in; it consents by `POST /sandbox/business-consents`."
}
"#);
    let account = sandbox.state.store.account_by_email("sam@example.com").await.expect("read").expect("an account");
    let now = sandbox.now();
    sandbox.state.store.set_account_disabled(&account.id, Some(now), now).await.expect("disabled");
    assert_transcript!(refused(json!({ "application": app, "account": "sam@example.com" })).await, [], @r#"
400 Bad Request
{
  "error": "invalid_request",
  "error_description": "The account `sam@example.com` is disabled; nobody could sign in with it."
}
"#);
}

async fn minting_extends_the_consent_and_never_narrows_it(place: Place) {
    let sandbox = Sandbox::start(place).await;
    for scope in ["openid vehicle_cmds", "openid user_data"] {
        sandbox.minted(&json!({ "application": "Charge Planner", "scope": scope })).await;
    }
    let account = sandbox.state.store.account_by_email(&sandbox.person(0).0).await.expect("read").expect("an account");
    let consent = sandbox.state.store.consent(&account.id, &sandbox.third_party().client_id).await.expect("read");
    assert_eq!(consent.expect("a consent").scopes.to_string(), "openid user_data vehicle_cmds");
}

async fn a_business_consents_without_a_browser(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let app = sandbox.third_party();
    let auth_code =
        sandbox.auth_code(&json!({ "application": "Charge Planner", "scope": "vehicle_device_data" })).await;
    let answer = sandbox
        .token(&[
            ("grant_type", "client_credentials"),
            ("client_id", &app.client_id),
            ("client_secret", app.secret.as_deref().unwrap_or_default()),
            ("audience", sandbox.base_url()),
            ("auth_code", &auth_code),
        ])
        .await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    let token = answer.text_of("access_token");
    assert_eq!(claims(&token)["scp"], json!(["vehicle_device_data"]));
    let vehicles = sandbox.api("GET", "/api/1/vehicles", &token).await;
    assert_eq!(vehicles.json()["count"], 2, "{}", vehicles.text);

    let refused = |order: Value| {
        let sandbox = &sandbox;
        async move { sandbox.post_json("/sandbox/business-consents", &order).await }
    };
    assert_transcript!(refused(json!({ "application": "Trip Diary" })).await, [], @r#"
400 Bad Request
{
  "error": "invalid_request",
  "error_description": "The application `Trip Diary` has no `client_credentials`, with which it would use the consent."
}
"#);
    assert_transcript!(refused(json!({ "application": "Charge Planner", "business": "robin@example.com" })).await, [], @r#"
400 Bad Request
{
  "error": "invalid_request",
  "error_description": "The account `robin@example.com` is a person's; a business is needed."
}
"#);
    assert_transcript!(refused(json!({ "application": "Charge Planner", "scope": "" })).await, [], @r#"
400 Bad Request
{
  "error": "invalid_request",
  "error_description": "The `scope` is empty; leave it out for everything that can be granted."
}
"#);
    assert_transcript!(refused(json!({ "application": "Charge Planner", "scope": "vehicle_specs" })).await, [], @r#"
400 Bad Request
{
  "error": "invalid_request",
  "error_description": "A business cannot grant `vehicle_specs` to the application `Charge Planner`: it holds `openid user_data vehicle_device_data vehicle_cmds vehicle_charging_cmds energy_device_data energy_cmds vehicle_location`."
}
"#);
}

async fn what_the_database_did_not_do_is_no_mistake_of_the_caller(place: Place) {
    let sandbox = Sandbox::start(place).await;
    sandbox.state.store.put_setting("world", "damaged").await.expect("stored");
    let answer = sandbox.post_json("/sandbox/tokens", &json!({ "application": "Charge Planner" })).await;
    assert_transcript!(answer, [], @r#"
500 Internal Server Error
{
  "error": "server_error",
  "error_description": "The sandbox's secrets cannot be opened with this master key; start anew with `fleetgate dev --reset`."
}
"#);
}

async fn requests_are_listed_newest_first_with_reasons_and_without_secrets(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let token = sandbox.minted(&json!({ "application": "Charge Planner", "scope": "openid user_data" })).await;
    let token = token.text_of("access_token");
    sandbox.api("GET", "/api/1/vehicles?token=hidden", &token).await;
    sandbox.post_json("/sandbox/tokens", &json!({ "application": "Nobody" })).await;
    let listed = sandbox.get("/sandbox/requests?limit=2").await;
    assert!(!listed.text.contains(&token) && !listed.text.contains("hidden"), "{}", listed.text);
    // What a page brings along is no request to look at.
    assert_eq!(sandbox.get("/assets/fleetgate.css").await.status, StatusCode::OK);
    assert_eq!(sandbox.get("/sandbox/requests?limit=1").await.json()[0]["path"], "/sandbox/requests");
    let requests = listed.json();
    assert_eq!(requests.as_array().map(Vec::len), Some(2));
    assert_eq!(requests[0]["path"], "/sandbox/tokens");
    assert_eq!(requests[0]["reason"], "There is no application `Nobody`; `fleetgate world` lists them.");
    let refused = &requests[1];
    assert_eq!(refused["operation"], "list");
    assert_eq!(refused["application"], sandbox.third_party().client_id);
    assert_eq!(refused["status"], 403);
    assert_eq!(refused["checks"].as_array().and_then(|checks| checks.last()), Some(&json!("scope: refused")));
    assert!(refused["reason"].as_str().is_some_and(|reason| reason.contains("vehicle_device_data")), "{refused}");
    assert!(refused["id"].is_string() && refused["time"].is_string() && refused["subject"].is_string());
    assert_transcript!(sandbox.get("/sandbox/requests?limit=0").await, [], @r#"
400 Bad Request
{
  "error": "invalid_request",
  "error_description": "The parameter `limit` is a number from 1 to 1000."
}
"#);
}

async fn requests_of_the_authorization_server_say_who_asked_what_was_checked_and_why_it_was_refused(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let app = sandbox.third_party();
    let robin = sandbox.state.store.account_by_email(&sandbox.world.accounts[0].email).await.expect("read");
    let robin = robin.expect("there").id;
    let newest = async || {
        let entry = sandbox.get("/sandbox/requests?limit=1").await.json()[0].take();
        assert!(entry["id"].is_string(), "{entry}");
        ["operation", "application", "subject", "checks", "reason"].map(|name| entry[name].clone())
    };
    let mut browser = sandbox.browser();
    browser.open("/oauth2/v3/authorize?client_id=nobody").await;
    let reason = json!("We don't recognize this client_id.");
    assert_eq!(newest().await, [json!("authorize"), Value::Null, Value::Null, json!(["client: refused"]), reason]);
    let elsewhere = App { redirect_uri: "https://evil.test/".to_owned(), ..app.clone() };
    browser.open(&sandbox.authorize_path(&elsewhere, &[])).await;
    let [operation, application, _, checks, reason] = newest().await;
    assert_eq!((operation, application), (json!("authorize"), json!(app.client_id)));
    assert_eq!(checks, json!(["client: passed", "redirect_uri: refused"]));
    assert_eq!(reason, "We don't recognize this redirect_uri.");

    let page = browser.open(&sandbox.authorize_path(&app, &[])).await;
    let (email, _) = sandbox.person(0);
    browser.submit(&page, &[("email", &email), ("password", "wrong")]).await;
    let [operation, application, subject, checks, reason] = newest().await;
    assert_eq!((operation, application, subject), (json!("sign_in"), json!(app.client_id), Value::Null));
    assert_eq!((checks, reason.is_string()), (json!(["password: refused"]), true));
    let page = browser.allow(&sandbox, &sandbox.authorize_path(&app, &[])).await;
    let [operation, application, subject, checks, reason] = newest().await;
    assert_eq!((operation, application, subject), (json!("consent"), json!(app.client_id), json!(robin)));
    assert_eq!((checks, reason), (json!(["session: passed", "consent: passed"]), Value::Null));

    let code = page.parameter("code").expect("a code");
    sandbox.exchange(&app, &code).await;
    let [operation, application, subject, checks, reason] = newest().await;
    assert_eq!(
        (operation, application, subject, reason),
        (json!("token"), json!(app.client_id), json!(robin), Value::Null)
    );
    assert_eq!(checks.as_array().map(Vec::len), Some(6));
    sandbox.exchange(&app, &code).await;
    let [_, application, _, checks, reason] = newest().await;
    assert_eq!((application, reason.is_string()), (json!(app.client_id), true));
    assert_eq!(checks.as_array().and_then(|checks| checks.last()), Some(&json!("grant: refused")));
    sandbox.minted(&json!({"application": "Charge Planner"})).await;
    let [operation, application, subject, ..] = newest().await;
    assert_eq!((operation, application, subject), (json!("mint_token"), json!(app.client_id), json!(robin)));
}

async fn pages_of_other_origins_get_nothing(place: Place) {
    let sandbox = Sandbox::start(place).await;
    for path in ["/sandbox/world", "/sandbox/requests", "/sandbox/clock"] {
        for origin in ["http://evil.example", "http://127.0.0.1:3000", "http://localhost", "null"] {
            let answer = get_with(&sandbox, path, &[("origin", origin)]).await;
            assert_eq!(
                (answer.status, answer.error()),
                (StatusCode::FORBIDDEN, "forbidden".to_owned()),
                "{path} {origin}"
            );
        }
        for site in ["cross-site", "same-site", "something"] {
            let answer = get_with(&sandbox, path, &[("sec-fetch-site", site)]).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path} {site}");
        }
        let own = format!("http://{}", sandbox.address);
        for headers in [[("origin", own.as_str())], [("sec-fetch-site", "same-origin")], [("sec-fetch-site", "none")]] {
            assert_eq!(get_with(&sandbox, path, &headers).await.status, StatusCode::OK, "{path} {headers:?}");
        }
    }
    let json = ("content-type", "application/json");
    let body = r#"{"application":"Charge Planner"}"#;
    let foreign = post_with(&sandbox, &[json, ("origin", "http://evil.example")], body).await;
    assert_transcript!(foreign, ["content-type"], @r#"
403 Forbidden
content-type: application/json
{
  "error": "forbidden",
  "error_description": "Pages of other origins cannot use the sandbox; ask from your own server or command line."
}
"#);
}

async fn names_that_are_not_known_get_nothing(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let port = sandbox.address.port();
    for path in ["/sandbox/world", "/sandbox/requests", "/sandbox/clock", "/", "/requests"] {
        for host in
            [format!("evil.example:{port}"), "evil.example".to_owned(), format!("127.0.0.1.evil.example:{port}")]
        {
            let answer = get_with(&sandbox, path, &[("host", &host)]).await;
            assert_eq!(answer.status, StatusCode::MISDIRECTED_REQUEST, "{path} {host}");
            assert!(!answer.text.contains("example.com"), "{}", answer.text);
        }
        for host in [format!("localhost:{port}"), format!("eu.localhost:{port}"), format!("127.0.0.1:{port}")] {
            assert_eq!(get_with(&sandbox, path, &[("host", &host)]).await.status, StatusCode::OK, "{path} {host}");
        }
    }
}

async fn posts_are_json(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let body = r#"{"application":"Charge Planner"}"#;
    for content_type in
        ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/jsonp"]
    {
        let answer = post_with(&sandbox, &[("content-type", content_type)], body).await;
        assert_eq!(answer.status, StatusCode::UNSUPPORTED_MEDIA_TYPE, "{content_type}");
    }
    assert_transcript!(post_with(&sandbox, &[], body).await, [], @r#"
415 Unsupported Media Type
{
  "error": "unsupported_media_type",
  "error_description": "Send the parameters as a JSON object, with `Content-Type: application/json`."
}
"#);
    let json = [("content-type", "application/json; charset=utf-8")];
    assert_eq!(post_with(&sandbox, &json, body).await.status, StatusCode::OK);
    assert_transcript!(post_with(&sandbox, &json, "{").await, [], @r#"
400 Bad Request
{
  "error": "invalid_request",
  "error_description": "The body cannot be read (EOF while parsing an object at line 1 column 1); send `{\"application\": …, \"account\": …, \"scope\": …}`."
}
"#);
}

async fn no_answer_of_the_sandbox_has_a_cors_header(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let preflight = [
        ("origin", "http://evil.example"),
        ("access-control-request-method", "POST"),
        ("access-control-request-headers", "content-type"),
    ];
    for path in
        ["/sandbox/world", "/sandbox/tokens", "/sandbox/business-consents", "/sandbox/requests", "/sandbox/clock", "/"]
    {
        for method in [http::Method::OPTIONS, http::Method::GET, http::Method::POST] {
            let answer = sandbox
                .send(|http| {
                    let request = http.request(method.clone(), sandbox.url(path));
                    preflight.iter().fold(request, |request, (name, value)| request.header(*name, *value))
                })
                .await;
            let cors = answer.headers.keys().find(|name| name.as_str().starts_with("access-control-"));
            assert_eq!(cors, None, "{method} {path}");
            assert!(method != http::Method::OPTIONS || !answer.status.is_success(), "{method} {path}");
        }
    }
}

async fn an_exposed_sandbox_wants_its_secret(place: Place) {
    let sandbox = Sandbox::start_with(place, DialectName::FleetApi, |config| config.expose = true).await;
    let secret = sandbox.state.sandbox_secret.clone().expect("a secret");
    let bearer = format!("Bearer {secret}");
    assert_transcript!(sandbox.get("/sandbox/world").await, ["www-authenticate"], @r#"
401 Unauthorized
www-authenticate: Bearer
{
  "error": "unauthorized",
  "error_description": "This sandbox is exposed to other machines: send the secret that it printed when it started, as `Authorization: Bearer …`."
}
"#);
    for wrong in
        ["Bearer wrong".to_owned(), secret.clone(), format!("Bearer {}", &secret[1..]), format!("Basic {secret}")]
    {
        let answer = get_with(&sandbox, "/sandbox/world", &[("authorization", &wrong)]).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{wrong}");
    }
    let right = get_with(&sandbox, "/sandbox/world", &[("authorization", &bearer)]).await;
    assert_eq!(right.status, StatusCode::OK);
    let foreign = [("authorization", bearer.as_str()), ("origin", "http://evil.example")];
    assert_eq!(get_with(&sandbox, "/sandbox/world", &foreign).await.status, StatusCode::FORBIDDEN);

    let password = &sandbox.person(0).1;
    for path in ["/", "/requests"] {
        let closed = sandbox.get(path).await;
        assert_eq!(closed.status, StatusCode::UNAUTHORIZED, "{path}");
        assert!(closed.header("www-authenticate").starts_with("Basic "), "{path}");
        assert!(!closed.text.contains(password), "{path}");
        let open = sandbox.send(|http| http.get(sandbox.url(path)).basic_auth("me", Some(&secret))).await;
        assert_eq!(open.status, StatusCode::OK, "{path}");
    }
}

async fn the_pages_and_documents_answer(place: Place) {
    let sandbox = Sandbox::start(place).await;
    for (path, content_type, part) in [
        ("/", "text/html; charset=utf-8", "Charge Planner"),
        ("/requests", "text/html; charset=utf-8", "Request log"),
        ("/reference", "text/html; charset=utf-8", "vehicle_data"),
        ("/docs/reference", "text/html; charset=utf-8", "vehicle_data"),
        ("/docs/operations.md", "text/markdown; charset=utf-8", "vehicle_data"),
        ("/docs/openapi.json", "application/json", "\"openapi\": \"3.1"),
        ("/docs/fleetgate.postman_collection.json", "application/json", "/v2.1.0/"),
    ] {
        let answer = sandbox.get(path).await;
        assert_eq!((answer.status, answer.header("content-type")), (StatusCode::OK, content_type), "{path}");
        assert!(answer.text.contains(part), "{path} has {part}");
    }
    let portal = sandbox.get("/").await;
    assert!(portal.text.contains(&sandbox.person(0).1), "the demo password is there");
    assert_eq!(portal.text.matches("office@harbor-couriers.test</code>").count(), 0, "a business does not sign in");
    for app in &sandbox.world.applications {
        let others = app.client_secret.as_ref().filter(|_| app.name != "Harbor Dispatch");
        assert!(others.is_none_or(|secret| !portal.text.contains(secret)), "{}", app.name);
    }
}
