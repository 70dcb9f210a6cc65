//! Many worlds in one process, and worlds that are replaced while they are served.

use http::StatusCode;
use http::header::HOST;
use serde_json::{Value, json};

use crate::harness::{Answer, Place, Sandbox, assert_transcript, on_both};

on_both!(
    worlds_do_not_meet,
    a_world_has_an_address_of_its_own_if_it_was_asked_for,
    worlds_last_until_they_are_removed,
    what_is_no_world_is_refused_and_leaves_nothing,
    a_reset_world_is_as_it_was_planted,
    another_world_takes_the_place_of_one_that_runs,
    a_world_can_be_exported_and_comes_back,
);

/// A request under the name of a world.
async fn at(sandbox: &Sandbox, world: &str, path: &str, token: &str) -> Answer {
    let host = format!("{world}.localhost");
    sandbox.send(|http| http.get(sandbox.url(path)).bearer_auth(token).header(HOST, host)).await
}

async fn post_at(sandbox: &Sandbox, world: &str, path: &str, body: &Value) -> Answer {
    let host = format!("{world}.localhost");
    sandbox.send(|http| http.post(sandbox.url(path)).json(body).header(HOST, host)).await
}

async fn made(sandbox: &Sandbox, order: &Value) -> Value {
    let answer = sandbox.post_json("/sandbox/worlds", order).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
    answer.json()
}

async fn token_at(sandbox: &Sandbox, world: &str) -> String {
    let order = json!({"application": "My car on my wall"});
    post_at(sandbox, world, "/sandbox/tokens", &order).await.text_of("access_token")
}

async fn remove(sandbox: &Sandbox, name: &str) -> Answer {
    sandbox.send(|http| http.delete(sandbox.url(&format!("/sandbox/worlds/{name}")))).await
}

const CARS: &str = "/api/1/vehicles";

async fn worlds_do_not_meet(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let port = sandbox.address.port();
    let one = made(&sandbox, &json!({"name": "one", "seed": "hobbyist"})).await;
    assert_eq!(one["base_url"], format!("http://one.localhost:{port}"));
    assert_eq!(one["issuer"], format!("http://one.localhost:{port}/oauth2/v3/thirdparty"));
    assert_eq!(one["listen"], Value::Null);
    made(&sandbox, &json!({"name": "two", "seed": "hobbyist"})).await;

    // The same people and cars, and yet tokens of the one are nothing in the other.
    let (first, second) = (token_at(&sandbox, "one").await, token_at(&sandbox, "two").await);
    let mut statuses = Vec::new();
    for world in ["one", "two"] {
        for token in [&first, &second] {
            statuses.push(at(&sandbox, world, CARS, token).await.status.as_u16());
        }
    }
    assert_eq!(statuses, [200, 401, 401, 200]);
    assert_eq!(sandbox.api("GET", CARS, &first).await.status, StatusCode::UNAUTHORIZED);
    let regions = at(&sandbox, "eu.one", "/api/1/vehicles", &first).await;
    assert_eq!(regions.status, StatusCode::PRECONDITION_FAILED, "{}", regions.text);

    // Clocks are apart.
    let advanced = post_at(&sandbox, "one", "/sandbox/clock", &json!({"advance": "9h"})).await;
    assert_eq!(advanced.json()["offset_seconds"], 32_400.0);
    assert_eq!(at(&sandbox, "one", CARS, &first).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(at(&sandbox, "two", CARS, &second).await.status, StatusCode::OK);
    assert_eq!(at(&sandbox, "two", "/sandbox/clock", "").await.json()["offset_seconds"], 0.0);
    assert_eq!(sandbox.get("/sandbox/clock").await.json()["offset_seconds"], 0.0);

    // And so are request logs.
    let paths = |answer: &Answer| {
        let list = answer.json();
        let paths =
            list.as_array().expect("a list").iter().map(|entry| entry["path"].as_str().expect("a path").to_owned());
        paths.collect::<Vec<_>>()
    };
    let own = paths(&at(&sandbox, "two", "/sandbox/requests", "").await);
    assert!(own.contains(&CARS.to_owned()) && !own.contains(&"/sandbox/worlds".to_owned()), "{own:?}");
    // A name that is no world's leads nowhere.
    let nowhere = at(&sandbox, "three", CARS, &first).await;
    assert_transcript!(nowhere, [], @r#"
    421 Misdirected Request
    {
      "error": "there is no world of this name here; `GET /sandbox/worlds` lists them",
      "error_description": "",
      "response": null
    }
    "#);
}

async fn a_world_has_an_address_of_its_own_if_it_was_asked_for(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let world = made(&sandbox, &json!({"seed": "hobbyist", "listen": true})).await;
    let address = world["listen"].as_str().expect("an address").to_owned();
    assert_eq!(world["base_url"], format!("http://{address}"));
    let url = |path: &str| format!("http://{address}{path}");
    let described = sandbox.send(|http| http.get(url("/sandbox/world"))).await.json();
    assert_eq!(described["accounts"][0]["email"], "jo@example.com");
    let order = json!({"application": "My car on my wall"});
    let token = sandbox.send(|http| http.post(url("/sandbox/tokens")).json(&order)).await.text_of("access_token");
    assert_eq!(sandbox.send(|http| http.get(url(CARS)).bearer_auth(&token)).await.status, StatusCode::OK);
    assert_eq!(sandbox.api("GET", CARS, &token).await.status, StatusCode::UNAUTHORIZED);
    // Under its name, too.
    let name = world["name"].as_str().expect("a name");
    assert_eq!(at(&sandbox, name, CARS, &token).await.status, StatusCode::OK);
    // With its own doors, and in its regions.
    for host in [name.to_owned(), format!("eu.{name}")] {
        let world = at(&sandbox, &host, "/sandbox/world", &token).await;
        assert_eq!(world.json()["accounts"][0]["email"], "jo@example.com", "{host}");
    }
    assert_eq!(
        at(&sandbox, &format!("eu.{name}"), CARS, &token).await.status,
        StatusCode::PRECONDITION_FAILED,
        "not registered there"
    );
    // The port is another's now.
    let port = address.rsplit(':').next().and_then(|port| port.parse::<u16>().ok()).expect("a port");
    let taken = sandbox.post_json("/sandbox/worlds", &json!({"name": "late", "listen": port})).await;
    assert_eq!(taken.status, StatusCode::CONFLICT, "{}", taken.text);
    assert_eq!(remove(&sandbox, name).await.status, StatusCode::NO_CONTENT);
    tokio::net::TcpListener::bind(&address).await.expect("the address is free again");
}

async fn worlds_last_until_they_are_removed(place: Place) {
    let sandbox = Sandbox::start(place).await;
    made(&sandbox, &json!({"name": "kept", "seed": "hobbyist"})).await;
    let addressed = made(&sandbox, &json!({"name": "addressed", "seed": "hobbyist", "listen": true})).await;
    let token = token_at(&sandbox, "kept").await;
    let listed = sandbox.get("/sandbox/worlds").await.json();
    let names = |listed: &Value| {
        let worlds = listed["worlds"].as_array().expect("a list").iter();
        worlds.map(|world| world["name"].as_str().expect("a name").to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(names(&listed), ["addressed", "kept"]);
    let directory = listed["worlds"][1]["data_dir"].as_str().expect("a directory").to_owned();

    let sandbox = sandbox.restart().await;
    let again = sandbox.get("/sandbox/worlds").await.json();
    assert_eq!(again["worlds"][0]["listen"], addressed["listen"]);
    assert_eq!(names(&again), ["addressed", "kept"]);
    assert_eq!(at(&sandbox, "kept", CARS, &token).await.status, StatusCode::OK);

    assert_eq!(remove(&sandbox, "kept").await.status, StatusCode::NO_CONTENT);
    assert_eq!(remove(&sandbox, "kept").await.status, StatusCode::NOT_FOUND);
    assert_eq!(at(&sandbox, "kept", CARS, &token).await.status.as_u16(), 421);
    assert!(!std::path::Path::new(&directory).exists());
    // What was never planted whole is cleared away.
    let half = std::path::Path::new(&directory).with_file_name("half");
    std::fs::create_dir(&half).expect("a directory");
    let sandbox = sandbox.restart().await;
    assert_eq!(names(&sandbox.get("/sandbox/worlds").await.json()), ["addressed"]);
    assert!(!half.exists());
    // The name can be had again.
    made(&sandbox, &json!({"name": "kept"})).await;
}

async fn what_is_no_world_is_refused_and_leaves_nothing(place: Place) {
    let sandbox = Sandbox::start(place).await;
    made(&sandbox, &json!({"name": "one"})).await;
    let mut answers = Vec::new();
    for order in [
        json!({"name": "one"}),
        json!({"name": "../evil"}),
        json!({"name": "eu"}),
        json!({"seed": "nowhere"}),
        json!({"seed": "hobbyist", "toml": "name = \"a\""}),
        json!({"toml": "name = \"a\"\nnam = 1"}),
        json!({"name": "two", "listen": "8080"}),
        json!({"nam": "two"}),
        json!(["two"]),
    ] {
        let answer = sandbox.post_json("/sandbox/worlds", &order).await;
        answers.push(format!("{} {}", answer.status.as_u16(), answer.text_of("error_description")));
    }
    let answers = answers.join("\n");
    insta::allow_duplicates! {
        insta::assert_snapshot!(answers, @r#"
        409 There is a world `one` already; choose another name, or remove it first.
        400 The body cannot be read (`../evil` is no name of a world; it has 1 to 40 lower-case letters, digits and hyphens, none at its ends, and is no region's at line 1 column 18); send `{"name": …, "seed": …, "toml": …, "listen": …}`.
        400 The body cannot be read (`eu` is no name of a world; it has 1 to 40 lower-case letters, digits and hyphens, none at its ends, and is no region's at line 1 column 13); send `{"name": …, "seed": …, "toml": …, "listen": …}`.
        400 No world `nowhere` comes with Fleetgate; there are `default`, `hobbyist`, `household`, `car_sharing`, `old_consent`, `three_regions`.
        400 Send either `seed` or `toml`.
        400 `toml`, line 2, `nam`: unknown field `nam`, expected one of `name`, `clock`, `clock_rate`, `scopes`, `accounts`, `applications`, `vehicles`, `energy_sites`, `charging_sessions`, `consents`, `kept`, `signing_keys`.
        400 The body cannot be read (`listen` is `true`, `false` or a port at line 1 column 16); send `{"name": …, "seed": …, "toml": …, "listen": …}`.
        400 The body cannot be read (unknown field `nam`, expected one of `name`, `seed`, `toml`, `listen` at line 1 column 6); send `{"name": …, "seed": …, "toml": …, "listen": …}`.
        400 The body is no JSON object; send `{"name": …, "seed": …, "toml": …, "listen": …}`.
        "#);
    }
    let listed = sandbox.get("/sandbox/worlds").await.json();
    assert_eq!(listed["worlds"].as_array().map(Vec::len), Some(1));
    // Worlds are made and removed at the sandbox itself, by nobody's page.
    let inside = post_at(&sandbox, "one", "/sandbox/worlds", &json!({"name": "two"})).await;
    assert_eq!(inside.status, StatusCode::NOT_FOUND);
    let foreign = sandbox
        .send(|http| http.delete(sandbox.url("/sandbox/worlds/one")).header("Origin", "https://evil.example"))
        .await;
    assert_eq!(foreign.status, StatusCode::FORBIDDEN);
    assert_eq!(remove(&sandbox, "Bad.Name").await.status, StatusCode::BAD_REQUEST);
}

async fn a_reset_world_is_as_it_was_planted(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let before = sandbox.get("/sandbox/world").await.json();
    let token = sandbox.minted(&json!({"application": "Charge Planner"})).await.text_of("access_token");
    let vin = before["vehicles"][0]["vin"].as_str().expect("a VIN").to_owned();
    let limit = json!({"percent": 55});
    let path = format!("/api/1/vehicles/{vin}/command/set_charge_limit");
    let changed = sandbox.send(|http| http.post(sandbox.url(&path)).bearer_auth(&token).json(&limit)).await;
    assert_eq!(changed.status, StatusCode::OK, "{}", changed.text);
    sandbox.post_json("/sandbox/clock", &json!({"advance": "90d"})).await;

    let reset = sandbox.post_json("/sandbox/world/reset", &json!({})).await;
    assert_eq!((reset.status, reset.json()), (StatusCode::OK, before));
    assert_eq!(sandbox.get("/sandbox/clock").await.json()["offset_seconds"], 0.0);
    assert!(!sandbox.opens(&token).await, "what happened before is forgotten");
    let fresh = sandbox.minted(&json!({"application": "Charge Planner"})).await.text_of("access_token");
    let data = sandbox.api("GET", &format!("/api/1/vehicles/{vin}/vehicle_data"), &fresh).await.json();
    assert_eq!(data["response"]["charge_state"]["charge_limit_soc"], 80, "{data}");
    let requests = sandbox.get("/sandbox/requests").await.json();
    let paths: Vec<_> = requests.as_array().expect("a list").iter().map(|entry| entry["path"].clone()).collect();
    assert!(!paths.contains(&json!(path)), "{paths:?}");
    // Worlds beside it are not touched, and can be made as before.
    made(&sandbox, &json!({"name": "one"})).await;
    let sandbox = sandbox.restart().await;
    assert!(sandbox.opens(&fresh).await);
}

async fn another_world_takes_the_place_of_one_that_runs(place: Place) {
    let sandbox = Sandbox::start(place).await;
    for nothing in [json!({}), json!({"seed": null})] {
        let refused = sandbox.post_json("/sandbox/world", &nothing).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{}", refused.text);
    }
    let before = sandbox.get("/sandbox/world").await.json();
    let wrong = sandbox.post_json("/sandbox/world", &json!({"toml": "name = \"a\"\n[[vehicles]]\nvin = 3"})).await;
    assert_eq!(wrong.status, StatusCode::BAD_REQUEST, "{}", wrong.text);
    assert_eq!(sandbox.get("/sandbox/world").await.json(), before);

    let seed = "name = \"b\"\nclock = \"2031-02-03T04:05:06Z\"\nclock_rate = 0\n\
        [[scopes]]\nname = \"doors\"\ntitle = \"Doors\"\ndescription = \"Opens doors.\"\n\
        [[accounts]]\nemail = \"kim@example.com\"\n\
        [[applications]]\nname = \"App\"\nkind = \"open_source\"\nredirect_uris = [\"http://127.0.0.1/cb\"]\n\
        scopes = [\"openid\", \"doors\"]\n";
    let imported = sandbox.post_json("/sandbox/world", &json!({"toml": seed})).await;
    assert_eq!(imported.status, StatusCode::OK, "{}", imported.text);
    assert_eq!(imported.json()["accounts"][0]["email"], "kim@example.com");
    let clock = sandbox.get("/sandbox/clock").await.json();
    assert_eq!((&clock["now"], &clock["frozen"]), (&json!("2031-02-03T04:05:06.000000Z"), &json!(true)));
    let token = sandbox.minted(&json!({"application": "App"})).await;
    assert_eq!(token.text_of("scope"), "openid offline_access doors");
    let metadata = sandbox.get("/oauth2/v3/thirdparty/.well-known/openid-configuration").await.json();
    assert!(metadata["scopes_supported"].as_array().expect("a list").contains(&json!("doors")));
    // Another process can do the same; the sandbox notices.
    let world = fleetgate_server::sandbox::world::World::built_in("hobbyist").expect("good").expect("there");
    let (store, master) = (&sandbox.state.store, &sandbox.state.master);
    let planting =
        fleetgate_server::sandbox::world::replace(store, master, &world, &*sandbox.clock).await.expect("planted");
    while !fleetgate_server::sandbox::world::is_followed(store, &planting).await.expect("read") {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    assert_eq!(sandbox.get("/sandbox/world").await.json()["accounts"][0]["email"], "jo@example.com");
    sandbox.minted(&json!({"application": "My car on my wall"})).await;
}

async fn a_world_can_be_exported_and_comes_back(place: Place) {
    let sandbox = Sandbox::start(place).await;
    sandbox.post_json("/sandbox/clock", &json!({"advance": "30d"})).await;
    sandbox.minted(&json!({"application": "Open Garage", "account": "sam@example.com"})).await;
    let exported = sandbox.get("/sandbox/world/seed").await;
    assert_eq!((exported.status, exported.header("content-type")), (StatusCode::OK, "application/toml"));
    let before = sandbox.get("/sandbox/world").await.json();
    let keys = sandbox.get("/oauth2/v3/discovery/thirdparty/keys").await.text;
    sandbox.post_json("/sandbox/world", &json!({"seed": "hobbyist"})).await;
    let back = sandbox.post_json("/sandbox/world", &json!({"toml": exported.text})).await;
    assert_eq!((back.status, back.json()), (StatusCode::OK, before));
    assert_eq!(sandbox.get("/oauth2/v3/discovery/thirdparty/keys").await.text, keys);
    assert_eq!(sandbox.get("/sandbox/world/seed").await.text, exported.text);
    // As a world beside, it is the same again.
    made(&sandbox, &json!({"name": "copy", "toml": exported.text})).await;
    let copy = at(&sandbox, "copy", "/sandbox/world", "").await.json();
    assert_eq!(copy["vehicles"], back.json()["vehicles"]);
}
