//! Registration of applications.

use fleetgate_protocol::Region;
use fleetgate_store::Registration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::*;
use crate::harness::{Place, on_both};

on_both!(
    an_application_registers_with_its_domains_key,
    a_domain_must_be_of_an_allowed_origin,
    a_key_and_a_domain_belong_to_one_application,
    a_domain_in_the_sandbox_serves_its_key,
    another_token_is_told_what_is_expected,
);

const REGISTER: &str = "/api/1/partner_accounts";
/// An application that is registered nowhere.
const APPLICATION: &str = "Used Car Check";
const DOMAIN: &str = "used-car-check.test";

async fn partner(sandbox: &Sandbox) -> String {
    sandbox.partner_token(&sandbox.app(APPLICATION)).await.text_of("access_token")
}

async fn an_application_registers_with_its_domains_key(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let token = partner(&sandbox).await;
    let key_path = format!("{REGISTER}/public_key?domain={DOMAIN}");
    assert_eq!(get(&sandbox, &key_path, &token).await.status, 412);

    let registered = post(&sandbox, REGISTER, &token, json!({"domain": DOMAIN})).await;
    assert_eq!(registered.status, 200, "{}", registered.text);
    let account = registered.json()["response"].take();
    let app = sandbox.app(APPLICATION);
    assert_eq!((&account["client_id"], &account["name"]), (&json!(app.client_id), &json!(APPLICATION)));
    assert_eq!((&account["domain"], &account["created_at"]), (&json!(DOMAIN), &json!("2026-10-01T12:00:00.000Z")));
    let public_key = account["public_key"].as_str().expect("a key");
    assert!(public_key.starts_with("04") && public_key.len() == 130, "{public_key}");
    let answer = get(&sandbox, &key_path, &token).await;
    assert_eq!((answer.status.as_u16(), answer.json()), (200, json!({"response": {"public_key": public_key}})));
    // Without a domain, it is the application's own.
    assert_eq!(get(&sandbox, "/api/1/partner_accounts/public_key", &token).await.json(), answer.json());
    assert_error(&get(&sandbox, &format!("{REGISTER}/public_key?domain=nobody.test"), &token).await, 404, "not_found");

    // Every region tells its own: there it is registered with another key, or not at all.
    let there = Registration {
        client_id: app.client_id.clone(),
        region: Region::Eu,
        domain: DOMAIN.to_owned(),
        public_key: "07".repeat(65),
        created_at: sandbox.now(),
        updated_at: sandbox.now(),
    };
    sandbox.state.store.register(&there).await.expect("the store");
    sandbox.state.directory.reload(&sandbox.state.store).await.expect("the directory");
    let told = get_as(&sandbox, "eu.localhost", &key_path, &token).await;
    assert_eq!(told.json(), json!({"response": {"public_key": there.public_key}}), "{}", told.text);
    assert_eq!(get(&sandbox, &key_path, &token).await.json(), answer.json());

    // Once more is no error, and the time of the first one stays.
    sandbox.clock.advance(crate::harness::MINUTE);
    let again = post(&sandbox, REGISTER, &token, json!({"domain": DOMAIN})).await.json()["response"].take();
    assert_eq!(
        (&again["created_at"], &again["updated_at"]),
        (&account["created_at"], &json!("2026-10-01T12:01:00.000Z"))
    );
}

async fn a_domain_must_be_of_an_allowed_origin(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let token = partner(&sandbox).await;
    let refused = post(&sandbox, REGISTER, &token, json!({"domain": "fleet.somebody-else.test"})).await;
    assert_error(&refused, 412, "Root domain somebody-else.test must match registered allowed origin");
    for domain in ["https://used-car-check.test", "Used-Car-Check.test", "127.0.0.1", "test", ""] {
        let refused = post(&sandbox, REGISTER, &token, json!({"domain": domain})).await;
        let text = format!("Invalid domain: {domain}. Ensure that domain is lowercase and starts without https://");
        assert_error(&refused, 400, &text);
    }
    for body in [json!({}), json!({"domain": 1}), json!({"domain": null}), json!({"domain": [DOMAIN]})] {
        assert_error(&post(&sandbox, REGISTER, &token, body).await, 400, "invalid_field");
    }
    // It is of the right root, but nobody serves a key there.
    let refused = post(&sandbox, REGISTER, &token, json!({"domain": format!("nowhere.{DOMAIN}")})).await;
    assert_error(&refused, 424, "Public key download failed");
    assert!(sandbox.state.store.registration_by_domain(DOMAIN, Region::Na).await.expect("the store").is_none());
}

async fn a_key_and_a_domain_belong_to_one_application(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let token = partner(&sandbox).await;
    let registered = post(&sandbox, REGISTER, &token, json!({"domain": DOMAIN})).await.json()["response"].take();
    let first = Registration {
        client_id: sandbox.app(APPLICATION).client_id,
        region: Region::Na,
        domain: DOMAIN.to_owned(),
        public_key: registered["public_key"].as_str().expect("a key").to_owned(),
        created_at: sandbox.now(),
        updated_at: sandbox.now(),
    };
    // Somebody else has the key, then the domain.
    let other = sandbox.app("Solar Sketch").client_id;
    let moved = Registration { domain: "elsewhere.test".to_owned(), public_key: "04".repeat(65), ..first.clone() };
    for (theirs, error) in [
        (Registration { domain: "sketch.test".to_owned(), ..first.clone() }, "Public key hash has already been taken"),
        (Registration { public_key: "05".repeat(65), ..first.clone() }, "Domain has already been taken"),
    ] {
        sandbox.state.store.register(&moved).await.expect("the store");
        let theirs = Registration { client_id: other.clone(), ..theirs };
        sandbox.state.store.register(&theirs).await.expect("the store");
        let refused = post(&sandbox, REGISTER, &token, json!({"domain": DOMAIN})).await;
        assert_error(&refused, 422, &format!("Validation failed: {error}"));
        assert!(refused.json()["messages"].is_object(), "{}", refused.text);
    }
}

async fn another_token_is_told_what_is_expected(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let token = token_of(&sandbox, ROBIN).await;
    for refused in [
        post(&sandbox, REGISTER, &token, json!({"domain": DOMAIN})).await,
        get(&sandbox, &format!("{REGISTER}/public_key"), &token).await,
    ] {
        assert_error(&refused, 403, "Expected partner account");
        assert!(refused.header("www-authenticate").contains("insufficient_scope"), "{refused:?}");
    }
}

async fn a_domain_in_the_sandbox_serves_its_key(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let path = "/.well-known/appspecific/com.tesla.3p.public-key.pem";
    let ask = |host: &'static str| {
        let sandbox = &sandbox;
        async move { sandbox.send(|http| http.get(sandbox.url(path)).header(HOST, host)).await }
    };
    for host in [DOMAIN, "used-car-check.test:443"] {
        let key = ask(host).await;
        assert_eq!(key.status, 200, "{host}");
        assert!(key.text.starts_with("-----BEGIN PUBLIC KEY-----\n"), "{}", key.text);
    }
    assert_eq!(ask("nobody.test").await.status, 404);
    // The name in the URI, as HTTP/2 has it, goes before the header.
    let request = format!("GET http://{DOMAIN}{path} HTTP/1.1\r\nHost: nobody.test\r\nConnection: close\r\n\r\n");
    let mut stream = TcpStream::connect(sandbox.address).await.expect("connected");
    stream.write_all(request.as_bytes()).await.expect("sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("an answer");
    assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("-----BEGIN PUBLIC KEY-----"), "{answer}");
    assert_eq!(sandbox.get(path).await.status, 404);
}
