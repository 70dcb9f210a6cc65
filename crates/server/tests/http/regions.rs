//! Three regions in one process: by Host name, by addresses of their own, and China with its own authorization server.

use fleetgate_protocol::Region;
use fleetgate_server::config::Config;
use fleetgate_server::sandbox::world::BUILT_IN;
use http::StatusCode;
use http::header::HOST;
use serde_json::{Value, json};

use crate::harness::{Answer, Place, Sandbox, claims, on_both};

on_both!(
    china_has_an_issuer_and_keys_of_its_own,
    tokens_codes_and_sessions_of_china_are_nothing_elsewhere,
    the_real_names_lead_to_their_regions,
    a_token_that_names_the_wrong_region_leads_home,
    a_region_answers_at_an_address_of_its_own,
);

const PATH: &str = "/api/1/users/region";

async fn started(place: Place, change: impl FnOnce(&mut Config)) -> Sandbox {
    let (_, seed) = BUILT_IN.iter().find(|(name, _)| *name == "three_regions").expect("a world");
    Sandbox::start_world_with(place, seed, change).await
}

/// Every region but the first at an address of its own.
fn apart(config: &mut Config) {
    for region in config.regions.iter_mut().filter(|region| region.region != Region::Na) {
        region.listen = Some(([127, 0, 0, 1], 0).into());
    }
}

fn url_of(sandbox: &Sandbox, region: Region) -> String {
    let found = sandbox.state.config.regions.iter().find(|known| known.region == region);
    found.and_then(|region| region.base_url.clone()).expect("an address of its own")
}

async fn at(sandbox: &Sandbox, host: &str, path: &str, token: &str) -> Answer {
    sandbox.send(|http| http.get(sandbox.url(path)).bearer_auth(token).header(HOST, host)).await
}

async fn tokens_of(sandbox: &Sandbox, person: &str) -> Value {
    sandbox.minted(&json!({"application": "World Tour", "account": format!("{person}@example.com")})).await.json()
}

async fn access_of(sandbox: &Sandbox, person: &str) -> String {
    tokens_of(sandbox, person).await["access_token"].as_str().expect("a token").to_owned()
}

async fn china_has_an_issuer_and_keys_of_its_own(place: Place) {
    let sandbox = started(place, |_| {}).await;
    let port = sandbox.address.port();
    let metadata = "/oauth2/v3/thirdparty/.well-known/openid-configuration";
    let china = format!("http://cn.localhost:{port}");
    let own = at(&sandbox, "cn.localhost", metadata, "").await.json();
    assert_eq!(own["issuer"], format!("{china}/oauth2/v3/thirdparty"));
    assert_eq!(own["token_endpoint"], format!("{china}/oauth2/v3/token"));
    let shared = sandbox.get(metadata).await.json();
    assert_eq!(shared["issuer"], format!("{}/oauth2/v3/thirdparty", sandbox.base_url()));
    let keys = "/oauth2/v3/discovery/thirdparty/keys";
    let (own_keys, shared_keys) = (at(&sandbox, "cn.localhost", keys, "").await.json(), sandbox.get(keys).await.json());
    assert_ne!(own_keys["keys"][0]["kid"], shared_keys["keys"][0]["kid"]);

    let token = access_of(&sandbox, "mei").await;
    let said = claims(&token);
    assert_eq!((&said["iss"], &said["ou_code"]), (&own["issuer"], &json!("CN")));
    let audiences =
        ["https://fleet-api.prd.cn.vn.cloud.tesla.cn".to_owned(), china.clone(), format!("{china}/oauth2/v3/userinfo")];
    assert_eq!(said["aud"], json!(audiences));
    let told = at(&sandbox, "cn.localhost", PATH, &token).await.json();
    assert_eq!(told, json!({"response": {"region": "cn", "fleet_api_base_url": china}}));
    let vehicles = at(&sandbox, "cn.localhost", "/api/1/vehicles", &token).await.json();
    assert_eq!(vehicles["response"][0]["vin"], "LRW3E7FS9PC335577");
    assert_eq!(at(&sandbox, "cn.localhost", "/oauth2/v3/userinfo", &token).await.status, StatusCode::OK);

    // The keys last, each set its own.
    let sandbox = sandbox.restart_with(|config| config.base_url = None).await;
    assert_eq!(at(&sandbox, "cn.localhost", keys, "").await.json(), own_keys);
    assert_eq!(sandbox.get(keys).await.json(), shared_keys);
}

async fn tokens_codes_and_sessions_of_china_are_nothing_elsewhere(place: Place) {
    let sandbox = started(place, apart).await;
    let china = url_of(&sandbox, Region::Cn);
    let app = sandbox.app("World Tour");
    let person = |name: &str| {
        let email = format!("{name}@example.com");
        let account = sandbox.world.accounts.iter().find(|account| account.email == email).expect("a person");
        (email, account.password.clone().expect("a password"))
    };
    let (robin, mei) = (tokens_of(&sandbox, "robin").await, tokens_of(&sandbox, "mei").await);
    let text = |tokens: &Value, name: &str| tokens[name].as_str().expect("a token").to_owned();
    let ask = async |base: &str, token: &str| {
        sandbox.send(|http| http.get(format!("{base}{PATH}")).bearer_auth(token)).await.status.as_u16()
    };
    let (mei_token, robin_token) = (text(&mei, "access_token"), text(&robin, "access_token"));
    assert_eq!((ask(&china, &mei_token).await, ask(&china, &robin_token).await), (200, 401));
    let here = sandbox.base_url();
    assert_eq!((ask(here, &mei_token).await, ask(here, &robin_token).await), (401, 200));

    let post = async |base: &str, fields: &[(&str, &str)]| {
        sandbox.send(|http| http.post(format!("{base}/oauth2/v3/token")).form(fields)).await
    };
    let refresh = text(&mei, "refresh_token");
    let refresh = [("grant_type", "refresh_token"), ("client_id", &*app.client_id), ("refresh_token", &*refresh)];
    assert_eq!(post(here, &refresh).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(post(&china, &refresh).await.status, StatusCode::OK);

    // People sign in where they live; a session and a code are of there, too.
    let path = sandbox.authorize_path(&app, &[]);
    let mut browser = sandbox.browser();
    let page = browser.open(&path).await;
    let page = browser.sign_in(&page, &person("mei")).await;
    assert_eq!(page.answer.status, StatusCode::UNAUTHORIZED);
    let mut browser = sandbox.browser_at(&china);
    let page = browser.open(&path).await;
    let page = browser.sign_in(&page, &person("robin")).await;
    assert_eq!(page.answer.status, StatusCode::UNAUTHORIZED);
    let page = browser.sign_in(&page, &person("mei")).await;
    let page = if page.is_consent() { browser.consent(&page, |_| true).await } else { page };
    let code = page.parameter("code").expect("a code");
    assert!(code.starts_with("CN_"), "{code}");
    let mut elsewhere = sandbox.browser();
    elsewhere.cookies.clone_from(&browser.cookies);
    assert!(elsewhere.open("/account").await.is_sign_in());
    assert!(!browser.open("/account").await.is_sign_in());
    let exchange = [
        ("grant_type", "authorization_code"),
        ("client_id", &*app.client_id),
        ("client_secret", app.secret.as_deref().unwrap_or_default()),
        ("code", &*code),
        ("redirect_uri", &*app.redirect_uri),
    ];
    assert_eq!(post(here, &exchange).await.status, StatusCode::BAD_REQUEST);
    assert_eq!(post(&china, &exchange).await.status, StatusCode::OK);

    // Each knows its own audiences alone.
    let partner = |audience: &'static str| {
        let secret = app.secret.clone().unwrap_or_default();
        [
            ("grant_type", "client_credentials".to_owned()),
            ("client_id", app.client_id.clone()),
            ("client_secret", secret),
            ("audience", audience.to_owned()),
        ]
    };
    let ask = async |base: &str, audience: &'static str| {
        sandbox.send(|http| http.post(format!("{base}/oauth2/v3/token")).form(&partner(audience))).await.status.as_u16()
    };
    let (na, cn) = ("https://fleet-api.prd.na.vn.cloud.tesla.com", "https://fleet-api.prd.cn.vn.cloud.tesla.cn");
    assert_eq!((ask(here, na).await, ask(&china, cn).await), (200, 200));
    assert_eq!((ask(here, cn).await, ask(&china, na).await), (400, 400));
    let order = json!({"application": "World Tour", "account": "robin@example.com"});
    let refused = sandbox.send(|http| http.post(format!("{china}/sandbox/tokens")).json(&order)).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{}", refused.text);
}

async fn the_real_names_lead_to_their_regions(place: Place) {
    let sandbox = started(place, |config| {
        config.regions[1].hosts.push("fleet-eu.test".to_owned());
    })
    .await;
    let (robin, noor, mei) =
        (access_of(&sandbox, "robin").await, access_of(&sandbox, "noor").await, access_of(&sandbox, "mei").await);
    let path = "/api/1/vehicles";
    for (host, expected) in [
        ("fleet-api.prd.na.vn.cloud.tesla.com", [200, 421, 401]),
        ("fleet-api.prd.eu.vn.cloud.tesla.com", [421, 200, 401]),
        ("fleet-eu.test", [421, 200, 401]),
        ("EU.localhost:1", [421, 200, 401]),
        ("fleet-api.prd.cn.vn.cloud.tesla.cn", [401, 401, 200]),
        ("cn.localhost", [401, 401, 200]),
    ] {
        let mut statuses = Vec::new();
        for token in [&robin, &noor, &mei] {
            statuses.push(at(&sandbox, host, path, token).await.status.as_u16());
        }
        assert_eq!(statuses, expected, "{host}");
    }
    let issuer = async |host: &str| {
        at(&sandbox, host, "/oauth2/v3/thirdparty/.well-known/openid-configuration", "").await.text_of("issuer")
    };
    let shared = issuer("127.0.0.1").await;
    assert_eq!(issuer("auth.tesla.com").await, shared);
    assert_eq!(issuer("fleet-auth.prd.vn.cloud.tesla.com").await, shared);
    assert_eq!(issuer("eu.localhost").await, shared);
    assert_eq!(issuer("auth.tesla.cn").await, issuer("cn.localhost").await);
    assert_ne!(issuer("auth.tesla.cn").await, shared);
}

async fn a_token_that_names_the_wrong_region_leads_home(place: Place) {
    let sandbox = started(place, |_| {}).await;
    let token = access_of(&sandbox, "otto").await;
    assert_eq!(claims(&token)["ou_code"], "NA");
    let home = format!("http://eu.localhost:{}", sandbox.address.port());
    let told = at(&sandbox, "127.0.0.1", PATH, &token).await.json();
    assert_eq!(told, json!({"response": {"region": "eu", "fleet_api_base_url": home}}));
    let away = at(&sandbox, "127.0.0.1", "/api/1/vehicles", &token).await;
    assert_eq!(away.status.as_u16(), 421);
    assert!(away.text.contains(&format!("use base URL: {home}")), "{}", away.text);
    assert_eq!(at(&sandbox, "eu.localhost", "/api/1/vehicles", &token).await.status, StatusCode::OK);
}

async fn a_region_answers_at_an_address_of_its_own(place: Place) {
    let sandbox = started(place, apart).await;
    let europe = url_of(&sandbox, Region::Eu);
    let token = access_of(&sandbox, "noor").await;
    let ask =
        async |base: &str| sandbox.send(|http| http.get(format!("{base}/api/1/vehicles")).bearer_auth(&token)).await;
    assert_eq!(ask(&europe).await.status, StatusCode::OK);
    let away = ask(sandbox.base_url()).await;
    assert_eq!(away.status.as_u16(), 421);
    assert!(away.text.contains(&format!("use base URL: {europe}")), "{}", away.text);
    assert!(claims(&token)["aud"].as_array().expect("a list").contains(&json!(sandbox.base_url())));
}
