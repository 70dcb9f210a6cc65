mod exports;

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use fleetgate_protocol::clock::Clock;
use fleetgate_protocol::jws::{Algorithm, SigningKey};
use fleetgate_simulator::EnergySite;
use fleetgate_store::{DeviceKind, MasterKey, Store};

use super::*;
use crate::config::{Config, DialectName};
use crate::sandbox::clock::Change;

#[derive(Debug)]
struct Stopped(i64);

impl Clock for Stopped {
    fn now(&self) -> i64 {
        self.0
    }
}

/// 2026-11-23 12:00 UTC.
const NOON: i64 = 1_795_435_200_000_000;

fn config(directory: &Path) -> Config {
    Config::sandbox(([127, 0, 0, 1], 0).into(), directory.to_owned(), DialectName::FleetApi)
}

async fn planted(directory: &Path, world: &World, reset: bool) -> Result<Planted, PlantError> {
    plant(&config(directory), world, reset, &Stopped(NOON)).await
}

/// A private key for a seed file.
fn signing_key(algorithm: Algorithm) -> String {
    let text = STANDARD.encode(SigningKey::generate(algorithm).unwrap());
    format!("-----BEGIN PRIVATE KEY-----\n{text}\n-----END PRIVATE KEY-----\n")
}

async fn described(directory: &Path) -> WorldDescription {
    let store = Store::open(&config(directory).database).await.unwrap();
    let master = MasterKey::load_or_create(&directory.join("master.key")).unwrap();
    describe(&store, &master, "http://127.0.0.1:8080", NOON).await.unwrap()
}

fn error(text: &str) -> String {
    World::read("world.toml", text).unwrap_err().to_string()
}

#[tokio::test]
async fn the_same_seed_gives_the_same_world_byte_for_byte() {
    let mut seed = DEFAULT_WORLD.to_owned();
    for algorithm in Algorithm::ALL {
        let key = signing_key(algorithm);
        seed += &format!("[[signing_keys]]\nalgorithm = \"{algorithm}\"\nprivate_key_pem = \"\"\"{key}\"\"\"\n");
    }
    let mut texts = Vec::new();
    for clock in [Stopped(NOON), Stopped(NOON + 400 * 24 * 60 * 60 * 1_000_000)] {
        let directory = tempfile::tempdir().unwrap();
        let (config, world) = (config(directory.path()), World::read("world.toml", &seed).unwrap());
        assert_eq!(plant(&config, &world, false, &clock).await.unwrap(), Planted::Now);
        let world = serde_json::to_string_pretty(&described(directory.path()).await).unwrap();
        let state = crate::open(config, "http://127.0.0.1:8080").await.unwrap();
        assert_eq!(state.keys.set().keys.len(), 3);
        texts.push((world, state.keys.published()));
    }
    assert_eq!(texts[0], texts[1]);
}

#[tokio::test]
async fn the_default_world_is_as_documented() {
    let directory = tempfile::tempdir().unwrap();
    planted(directory.path(), &World::default_world().unwrap(), false).await.unwrap();
    let world = described(directory.path()).await;

    let first = |kind| world.applications.iter().find(|application| application.kind == kind).unwrap();
    for kind in ApplicationKind::ALL {
        assert_eq!(world.applications.iter().filter(|application| application.kind == kind).count(), 2, "{kind}");
        assert!(first(kind).registered_regions.contains(&Region::Na), "{kind}");
        assert!(first(kind).redirect_uris[0].starts_with("http://127.0.0.1"), "{kind}");
        assert_eq!(first(kind).client_secret.is_none(), kind == ApplicationKind::OpenSource, "{kind}");
    }
    let third_party = first(ApplicationKind::ThirdParty);
    assert_eq!(third_party.grant_types, GrantType::ALL);
    let for_people = fleetgate_protocol::SCOPES.iter().filter(|scope| {
        matches!(scope.holder, fleetgate_protocol::Holder::Person | fleetgate_protocol::Holder::Anyone)
    });
    assert!(for_people.clone().count() >= 9);
    for scope in for_people {
        assert!(third_party.scopes.contains(&scope.name.parse().unwrap()), "{}", scope.name);
    }

    let demo = &world.accounts[0];
    assert_eq!(demo.region, Region::Na);
    let own: Vec<_> = world.vehicles.iter().filter(|vehicle| vehicle.owner == demo.email).collect();
    assert!(own.iter().any(|car| car.state == Connectivity::Online && car.command_signing == CommandSigning::Off));
    assert!(own.iter().any(|car| car.state == Connectivity::Asleep));
    assert_eq!(world.energy_sites[0].owner, demo.email);
    for region in [Region::Na, Region::Eu] {
        assert!(world.accounts.iter().any(|account| account.region == region), "{region}");
    }
    assert!(world.accounts.iter().all(|account| account.password.is_some()));

    let store = Store::open(&config(directory.path()).database).await.unwrap();
    let sessions = store
        .charging_sessions(&account_id(&store, &demo.email).await, None, None, None, None, true, 0, 10)
        .await
        .unwrap();
    assert!(sessions.1 > 0, "there is charging history");
    assert!(!store.shares(fleetgate_store::DeviceKind::Vehicle).await.unwrap().is_empty(), "a car is shared");
    let business = account_id(&store, "office@harbor-couriers.test").await;
    assert!(!store.devices_of(fleetgate_store::DeviceKind::Vehicle, &business).await.unwrap().is_empty());
}

async fn account_id(store: &Store, email: &str) -> String {
    store.account_by_email(email).await.unwrap().unwrap().id
}

#[tokio::test]
async fn a_demo_car_is_still_awake_after_a_week() {
    let directory = tempfile::tempdir().unwrap();
    planted(directory.path(), &World::default_world().unwrap(), false).await.unwrap();
    let store = Store::open(&config(directory.path()).database).await.unwrap();
    let master = MasterKey::load_or_create(&directory.path().join("master.key")).unwrap();
    let later = NOON + 7 * 24 * 60 * 60 * 1_000_000;
    let world = describe(&store, &master, "http://127.0.0.1:8080", later).await.unwrap();
    assert_eq!(world.vehicles[0].state, Connectivity::Online);
}

#[tokio::test]
async fn a_world_stays_until_it_is_reset() {
    let directory = tempfile::tempdir().unwrap();
    let (one, other) = (
        World::read("a", "name = \"one\"").unwrap(),
        World::read("b", "name = \"two\"\n[[accounts]]\nemail = \"a@example.com\"").unwrap(),
    );
    assert_eq!(planted(directory.path(), &one, false).await.unwrap(), Planted::Now);
    assert_eq!(planted(directory.path(), &one, false).await.unwrap(), Planted::Before);
    assert_eq!(planted(directory.path(), &other, false).await.unwrap(), Planted::AnotherIsThere);
    assert!(described(directory.path()).await.accounts.is_empty());
    assert_eq!(planted(directory.path(), &other, true).await.unwrap(), Planted::Now);
    assert_eq!(described(directory.path()).await.accounts.len(), 1);
}

#[tokio::test]
async fn a_planting_that_was_interrupted_is_begun_anew() {
    let directory = tempfile::tempdir().unwrap();
    let state = crate::open(config(directory.path()), "http://127.0.0.1:8080").await.unwrap();
    state.store.insert_account(&somebody()).await.unwrap();
    let world = World::default_world().unwrap();
    assert_eq!(planted(directory.path(), &world, false).await.unwrap(), Planted::Now);
    assert!(state.store.account_by_email("somebody@example.com").await.unwrap().is_none());
}

#[tokio::test]
async fn a_database_of_somebody_else_is_left_alone() {
    let directory = tempfile::tempdir().unwrap();
    let store = Store::open(&config(directory.path()).database).await.unwrap();
    store.insert_account(&somebody()).await.unwrap();
    let error = planted(directory.path(), &World::default_world().unwrap(), true).await.unwrap_err();
    assert!(matches!(error, PlantError::NotEmpty), "{error}");
    assert!(store.account_by_email("somebody@example.com").await.unwrap().is_some());
}

fn somebody() -> fleetgate_store::Account {
    fleetgate_store::Account {
        id: "somebody".to_owned(),
        email: "somebody@example.com".to_owned(),
        full_name: "Somebody".to_owned(),
        password_hash: None,
        kind: fleetgate_store::AccountKind::Person,
        region: Region::Na,
        locale: "en-US".to_owned(),
        profile_image_url: String::new(),
        vault_uuid: String::new(),
        created_at: NOON,
        disabled_at: None,
    }
}

#[tokio::test]
async fn the_data_of_production_is_never_touched() {
    let directory = tempfile::tempdir().unwrap();
    let production = Config { mode: crate::config::Mode::Production, ..config(directory.path()) };
    let state = crate::open(production, "https://fleet.example.com").await.unwrap();
    let error = planted(directory.path(), &World::default_world().unwrap(), true).await.unwrap_err();
    insta::assert_snapshot!(error, @"The data belongs to production (`fleetgate serve`), and this is the sandbox (`fleetgate dev`); give each a data directory and a database of its own with `--data-dir` and `--database`, or `data_dir` and `database` in the configuration.");
    assert!(state.store.setting("world").await.unwrap().is_none());
}

#[tokio::test]
async fn production_refuses_the_data_of_a_sandbox() {
    let directory = tempfile::tempdir().unwrap();
    planted(directory.path(), &World::default_world().unwrap(), false).await.unwrap();
    crate::open(config(directory.path()), "http://127.0.0.1:8080").await.expect("the sandbox opens its own");
    let production = Config { mode: crate::config::Mode::Production, ..config(directory.path()) };
    let error = crate::open(production, "https://fleet.example.com").await.unwrap_err();
    assert!(matches!(error, crate::StartError::Mode(crate::ClaimError::OtherMode { .. })), "{error}");
}

#[tokio::test]
async fn nothing_secret_stands_in_clear_in_the_database() {
    let directory = tempfile::tempdir().unwrap();
    planted(directory.path(), &World::default_world().unwrap(), false).await.unwrap();
    let world = described(directory.path()).await;
    // A database that is closed meanwhile takes a file away; then all are read again.
    let files = loop {
        let entries = std::fs::read_dir(directory.path()).unwrap();
        match entries.map(|entry| std::fs::read(entry?.path())).collect::<Result<Vec<_>, _>>() {
            Ok(files) => break files.concat(),
            Err(error) => assert_eq!(error.kind(), std::io::ErrorKind::NotFound),
        }
    };
    let absent = |text: &str| !files.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(!absent(&world.accounts[0].email), "the search finds what is there");
    for account in &world.accounts {
        assert!(absent(account.password.as_ref().unwrap()), "the password of {}", account.email);
    }
    for application in &world.applications {
        assert!(application.client_secret.as_deref().is_none_or(absent), "the secret of {}", application.name);
        let key = application.private_key_pem.as_ref().unwrap();
        assert!(absent(key.lines().nth(1).unwrap()), "the key of {}", application.name);
    }
}

#[tokio::test]
async fn a_file_can_say_everything() {
    let key = derive::Derivation::of("x").ec_key("x").private_pem;
    let signing = signing_key(Algorithm::EdDsa);
    let text = format!(
        r#"
        name = "mine"
        [[scopes]]
        name = "my_own_scope"
        title = "Mine"
        description = "Mine."
        [[accounts]]
        email = "Kim@Example.com"
        full_name = "Kim"
        password = "my password"
        id = "0b9ec0a3-5b4e-4f5e-9c11-0f2f3c1a1111"
        kind = "person"
        region = "eu"
        locale = "de-DE"
        profile_image_url = "https://images.example.com/kim.png"
        vault_uuid = "0b9ec0a3-5b4e-4f5e-9c11-0f2f3c1a2222"
        [[accounts.orders]]
        model = "model_y"
        reference_number = "RN1"
        vehicle_map_id = 7
        vin = "7SAYGDEE9PA512044"
        status = "BOOKED"
        substatus = "_Z"
        country_code = "DE"
        options = "MDLY"
        [[applications]]
        name = "Mine"
        description = "Mine."
        kind = "third_party"
        grant_types = ["authorization_code"]
        client_id = "my-client"
        client_secret = "my secret"
        redirect_uris = ["https://mine.example.com/callback"]
        post_logout_redirect_uris = ["https://mine.example.com/bye"]
        allowed_origins = ["https://mine.example.com"]
        domain = "mine.example.com"
        private_key_pem = """{key}"""
        scopes = ["openid", "my_own_scope"]
        registered_regions = ["eu"]
        [[vehicles]]
        vin = "5YJ3E1EB7PF900417"
        id = 42
        owner = "kim@example.com"
        drivers = [{{ account = "kim@example.com", hide_private = true }}]
        display_name = "Car"
        model = "model_3"
        state = "online"
        command_signing = "required"
        region = "eu"
        battery_level = 50
        charge_limit = 90
        plugged_in = true
        sentry_mode = true
        location = {{ latitude = 52.0, longitude = 5.0 }}
        charging_history = false
        [[energy_sites]]
        owner = "kim@example.com"
        energy_site_id = 43
        name = "House"
        region = "eu"
        solar_kw = 4.0
        batteries = 1
        location = {{ latitude = 52.0, longitude = 5.0 }}
        [[consents]]
        account = "kim@example.com"
        application = "Mine"
        scopes = ["openid"]
        [[signing_keys]]
        algorithm = "EdDSA"
        private_key_pem = """{signing}"""
        "#
    );
    let directory = tempfile::tempdir().unwrap();
    planted(directory.path(), &World::read("world.toml", &text).unwrap(), false).await.unwrap();
    let world = described(directory.path()).await;
    let application = &world.applications[0];
    assert_eq!(world.accounts[0].email, "kim@example.com");
    assert_eq!(world.accounts[0].password.as_deref(), Some("my password"));
    assert_eq!(application.client_id, "my-client");
    assert_eq!(application.client_secret.as_deref(), Some("my secret"));
    assert_eq!(application.private_key_pem.as_deref(), Some(key.as_str()));
    assert_eq!(application.registered_regions, [Region::Eu]);
    assert_eq!((world.vehicles[0].id, world.energy_sites[0].energy_site_id), (42, 43));

    let state = crate::open(config(directory.path()), "http://127.0.0.1:8080").await.unwrap();
    assert_eq!(state.keys.set().keys.len(), 1, "the given signing key is the only one");
    assert_eq!(state.keys.active(NOON + 1).unwrap().algorithm(), Algorithm::EdDsa);
    let account = account_id(&state.store, "kim@example.com").await;
    let consent = state.store.consent(&account, "my-client").await.unwrap().unwrap();
    assert_eq!(consent.scopes.to_string(), "openid");
    assert_eq!(state.store.orders_of(&account).await.unwrap().len(), 1);
}

#[test]
fn every_complaint_names_file_line_and_key() {
    insta::assert_snapshot!(error("name = \"a\"\nnam = \"b\""), @"`world.toml`, line 2, `nam`: unknown field `nam`, expected one of `name`, `clock`, `clock_rate`, `scopes`, `accounts`, `applications`, `vehicles`, `energy_sites`, `charging_sessions`, `consents`, `kept`, `signing_keys`.");
    insta::assert_snapshot!(error("accounts = []"), @"`world.toml`, line 1: missing field `name`.");
    insta::assert_snapshot!(error("name = \"a\"\nname = \"b\""), @"`world.toml`, line 2: duplicate key.");
    insta::assert_snapshot!(error("name = \"a\"\n[[accounts]]\nemail = \"nobody\""), @"`world.toml`, line 3, `accounts[0].email`: `nobody` is no e-mail address.");
    insta::assert_snapshot!(error("name = \"a\"\n[[accounts]]\nemail = \"a@example.com\"\nregion = \"us\""), @"`world.toml`, line 4, `accounts[0].region`: unknown variant `us`, expected one of `na`, `eu`, `cn`.");
    insta::assert_snapshot!(error("name = \"a\"\n[[accounts]]\nemail = \"a@example.com\"\nid = \"7\""), @"`world.toml`, line 4, `accounts[0].id`: `7` is no UUID.");
    insta::assert_snapshot!(error("name = \"a\"\n[[accounts]]\nemail = \"a@example.com\"\npassword = \"\""), @"`world.toml`, line 4, `accounts[0].password`: a password or secret has 1 to 512 bytes and no control character.");
    insta::assert_snapshot!(error("name = \"a\"\n[[accounts]]\nemail = \"a@example.com\"\n[[accounts]]\nemail = \"A@example.com\""), @"`world.toml`, line 5, `accounts.email`: `a@example.com` stands in this file already; each needs its own.");
}

#[test]
fn complaints_about_applications() {
    let with = |rest: &str| {
        error(&format!(
            "name = \"a\"\n[[accounts]]\nemail = \"a@example.com\"\n[[applications]]\nname = \"App\"\n{rest}"
        ))
    };
    insta::assert_snapshot!(with(""), @"`world.toml`, line 4, `applications[0]`: missing field `kind`.");
    insta::assert_snapshot!(with("kind = \"robot\""), @"`world.toml`, line 6, `applications[0].kind`: unknown variant `robot`, expected one of `third_party`, `partner`, `open_source`.");
    insta::assert_snapshot!(with("kind = \"open_source\"\nclient_secret = \"x\""), @"`world.toml`, line 7, `applications.client_secret`: An open-source application has no secret: leave `client_secret` out.");
    insta::assert_snapshot!(with("kind = \"open_source\"\ngrant_types = [\"client_credentials\"]"), @"`world.toml`, line 7, `applications.grant_types`: An application of the kind `open_source` cannot have `client_credentials`: it has no secret.");
    insta::assert_snapshot!(with("kind = \"third_party\"\nredirect_uris = [\"http://example.com/\"]"), @"`world.toml`, line 7, `applications[0].redirect_uris`: `http://example.com/` must be https, or http on localhost, 127.0.0.1 or [::1].");
    insta::assert_snapshot!(with("kind = \"third_party\"\nallowed_origins = [\"example.com\"]"), @"`world.toml`, line 7, `applications[0].allowed_origins`: `example.com` is no origin; write it as `https://app.example.com`.");
    insta::assert_snapshot!(with("kind = \"third_party\"\ndomain = \"https://example.com\""), @"`world.toml`, line 7, `applications[0].domain`: `https://example.com` is no domain; write it in lower case and without `https://`.");
    insta::assert_snapshot!(with("kind = \"third_party\"\nregistered_regions = [\"na\"]"), @"`world.toml`, line 7, `applications.registered_regions`: An application registers with a domain: add `domain`.");
    insta::assert_snapshot!(with("kind = \"third_party\"\nprivate_key_pem = \"x\""), @"`world.toml`, line 7, `applications[0].private_key_pem`: this is no private key on P-256 in PEM; `openssl ecparam -name prime256v1 -genkey -noout` makes one.");
    insta::assert_snapshot!(with("kind = \"third_party\"\nscopes = [\"a b\"]"), @r#"`world.toml`, line 7, `applications[0].scopes`: a scope is printable ASCII without space, `"` and `\`; several are separated by one space."#);
    insta::assert_snapshot!(with("kind = \"third_party\"\nclient_id = \"a b\""), @"`world.toml`, line 7, `applications[0].client_id`: `a b` is no client id; it has letters, digits, `-`, `_`, `.` and `~`.");
    insta::assert_snapshot!(with("kind = \"partner\"\ngrant_types = [\"authorization_code\"]"), @"`world.toml`, line 7, `applications.grant_types`: An application of the kind `partner` cannot have `authorization_code`: it acts for itself, and for no person.");
    insta::assert_snapshot!(with("kind = \"partner\"\ngrant_types = []"), @"`world.toml`, line 7, `applications.grant_types`: An application needs a grant; leave `grant_types` out for all that its kind can have.");
    insta::assert_snapshot!(with("kind = \"partner\"\nscopes = [\"vehicle_cmd\"]"), @"`world.toml`, line 7, `applications.scopes`: There is no scope `vehicle_cmd`; `[[scopes]]` names scopes of your own.");
    insta::assert_snapshot!(with("kind = \"partner\"\ndomain = \"1.2.3.4\""), @"`world.toml`, line 7, `applications[0].domain`: `1.2.3.4` is no domain; write it in lower case and without `https://`.");
    insta::assert_snapshot!(with("kind = \"partner\"\ndescription = \"\\u0000\""), @"`world.toml`, line 7, `applications[0].description`: a text has no NUL in it.");
    let key = derive::Derivation::of("x").ec_key("x").private_pem;
    let one = format!("kind = \"partner\"\nprivate_key_pem = \"\"\"{key}\"\"\"\n");
    insta::assert_snapshot!(with(&format!("{one}[[applications]]\nname = \"Other\"\n{one}")), @"`world.toml`, line 16, `applications.private_key_pem`: This key stands in this file already; each needs its own.");
    insta::assert_snapshot!(with("kind = \"partner\"\nbusiness = \"b@example.com\""), @"`world.toml`, line 7, `applications.business`: No account of this file has the e-mail address `b@example.com`.");
    insta::assert_snapshot!(with("kind = \"partner\"\nbusiness = \"a@example.com\""), @r#"`world.toml`, line 7, `applications.business`: The account `a@example.com` is a person's; give it `kind = "business"`."#);
}

#[tokio::test]
async fn outages_and_storms_are_counted_from_the_planting_or_have_a_date() {
    let directory = tempfile::tempdir().unwrap();
    let text = r#"
        name = "a"
        [[accounts]]
        email = "a@example.com"
        [[energy_sites]]
        owner = "a@example.com"
        wall_connectors = 0
        household = "commuters"
        household_kwh = 7.5
        outage_history = false
        outages = [{ in_hours = -3, hours = 1.5 }, { from = "2026-11-24T12:00:00+01:00", hours = 2 }]
        storms = [{ in_hours = 5, hours = 24 }]
        programs = ["Peak helper"]
    "#;
    planted(directory.path(), &World::read("world.toml", text).unwrap(), false).await.unwrap();
    let store = Store::open(&config(directory.path()).database).await.unwrap();
    let device = store.all_devices(DeviceKind::EnergySite).await.unwrap().remove(0);
    let site: EnergySite = serde_json::from_str(&device.document).unwrap();
    let spells = |spells: &[fleetgate_simulator::energy_site::Spell]| -> Vec<_> {
        let minutes = |moment: i64| (moment - NOON) / 60_000_000;
        spells.iter().map(|spell| (minutes(spell.from), minutes(spell.until))).collect()
    };
    assert_eq!(spells(&site.profile.outages), [(-180, -90), (23 * 60, 25 * 60)]);
    assert_eq!(spells(&site.profile.storms), [(300, 29 * 60)]);
    assert_eq!((site.profile.wall_connectors, site.profile.household_kwh), (0, 7.5));
    assert_eq!(site.programs().programs[0].name, "Peak helper");
}

#[tokio::test]
async fn a_site_keeps_the_clock_of_its_region_or_its_own() {
    let directory = tempfile::tempdir().unwrap();
    let site =
        |id: u32, rest: &str| format!("[[energy_sites]]\nowner = \"a@example.com\"\nenergy_site_id = {id}\n{rest}\n");
    let text = [
        "name = \"a\"\n[[accounts]]\nemail = \"a@example.com\"\n".to_owned(),
        site(1, ""),
        site(2, "region = \"eu\""),
        site(3, "region = \"eu\"\ntime_zone = \"europe/lisbon\""),
    ];
    planted(directory.path(), &World::read("world.toml", &text.concat()).unwrap(), false).await.unwrap();
    let store = Store::open(&config(directory.path()).database).await.unwrap();
    let mut told = Vec::new();
    for device in store.all_devices(DeviceKind::EnergySite).await.unwrap() {
        let site: EnergySite = serde_json::from_str(&device.document).unwrap();
        let now = site.live_status().timestamp;
        told.push(format!("{} {now} {:.0}", site.site_info().installation_time_zone, site.profile.place.longitude));
    }
    insta::assert_snapshot!(told.join("\n"), @"
    America/Los_Angeles 2026-11-23T04:00:00-08:00 -122
    Europe/Amsterdam 2026-11-23T13:00:00+01:00 5
    Europe/Lisbon 2026-11-23T12:00:00+00:00 5
    ");
}

#[test]
fn complaints_about_devices_consents_and_keys() {
    let with = |rest: &str| error(&format!("name = \"a\"\n[[accounts]]\nemail = \"a@example.com\"\n{rest}"));
    let car =
        |rest: &str| with(&format!("[[vehicles]]\nvin = \"5YJ3E1EB7PF900417\"\nowner = \"a@example.com\"\n{rest}"));
    insta::assert_snapshot!(with("[[vehicles]]\nvin = \"5YJ3\"\nowner = \"a@example.com\""), @"`world.toml`, line 5, `vehicles[0].vin`: `5YJ3` is no VIN; it has 17 digits and capital letters without I, O and Q.");
    insta::assert_snapshot!(with("[[vehicles]]\nvin = \"5YJ3E1EB7PF900417\"\nowner = \"b@example.com\""), @"`world.toml`, line 6, `vehicles.owner`: No account of this file has the e-mail address `b@example.com`.");
    insta::assert_snapshot!(car("id = 9007199254740992"), @"`world.toml`, line 7, `vehicles.id`: An id is at least 1 and below 2^53.");
    insta::assert_snapshot!(car("battery_level = 101"), @"`world.toml`, line 7, `vehicles[0].battery_level`: a percentage is 0 to 100.");
    insta::assert_snapshot!(car("state = \"asleep\"\nplugged_in = true"), @r#"`world.toml`, line 7, `vehicles.state`: A vehicle that is plugged in, keeps watch or has somebody in it is awake: use `state = "online"`."#);
    insta::assert_snapshot!(car("drivers = [\n  { account = \"b@example.com\" },\n]"), @"`world.toml`, line 8, `vehicles.drivers.account`: No account of this file has the e-mail address `b@example.com`.");
    insta::assert_snapshot!(car("[[energy_sites]]\nowner = \"b@example.com\""), @"`world.toml`, line 8, `energy_sites.owner`: No account of this file has the e-mail address `b@example.com`.");
    insta::assert_snapshot!(car("drivers = [\n  { account = \"a@example.com\" },\n  { account = \"A@example.com\" },\n]"), @"`world.toml`, line 9, `vehicles.drivers.account`: `a@example.com` may drive this vehicle already.");
    insta::assert_snapshot!(car("paired_applications = [\"App\"]"), @"`world.toml`, line 7, `vehicles.paired_applications`: No application of this file has the name `App`.");
    insta::assert_snapshot!(car("paired_applications = [\"App\"]\n[[applications]]\nname = \"App\"\nkind = \"open_source\""), @"`world.toml`, line 7, `vehicles.paired_applications`: The application `App` has no key to pair: give it a `domain`.");
    for (place, wrong) in [("nan", "0"), ("-91.0", "0"), ("0", "180.5"), ("0", "inf")] {
        let complaint = car(&format!("location = {{ latitude = {place}, longitude = {wrong} }}"));
        assert!(complaint.starts_with("`world.toml`, line 7, `vehicles[0].location`: a latitude is"), "{complaint}");
    }
    insta::assert_snapshot!(with("[[energy_sites]]\nowner = \"a@example.com\"\nlocation = { latitude = 5000, longitude = -999 }"), @"`world.toml`, line 6, `energy_sites[0].location`: a latitude is -90 to 90 degrees, a longitude -180 to 180.");
    insta::assert_snapshot!(with("[[accounts.orders]]\nmodel = \"model_y\"\nreference_number = \"RN1\"\n[[accounts.orders]]\nmodel = \"model_3\"\nreference_number = \"RN1\""), @"`world.toml`, line 9, `accounts.orders.reference_number`: `RN1` stands in this file already; each needs its own.");
    insta::assert_snapshot!(with("[[accounts.orders]]\nmodel = \"model_y\"\nvin = \"7SAYGDEE9PA512044\"\n[[accounts.orders]]\nmodel = \"model_y\"\nvin = \"7SAYGDEE9PA512044\""), @"`world.toml`, line 3, `accounts.orders.reference_number`: `RN139487519` stands in this file already; each needs its own.");
    let consent = |app: &str, scopes: &str| {
        with(&format!(
            "[[applications]]\nname = \"App\"\n{app}\n[[consents]]\naccount = \"a@example.com\"\napplication = \"App\"\nscopes = {scopes}"
        ))
    };
    insta::assert_snapshot!(consent("kind = \"partner\"", "[\"openid\"]"), @"`world.toml`, line 9, `consents.application`: The application `App` has no `authorization_code`: nobody can consent to it.");
    insta::assert_snapshot!(consent("kind = \"open_source\"\nscopes = [\"openid\"]", "[\"vehicle_cmds\"]"), @"`world.toml`, line 11, `consents.scopes`: A person cannot grant `vehicle_cmds` to the application `App`.");
    insta::assert_snapshot!(consent("kind = \"open_source\"", "[\"vehicle_cmd\"]"), @"`world.toml`, line 10, `consents.scopes`: There is no scope `vehicle_cmd`; `[[scopes]]` names scopes of your own.");
    insta::assert_snapshot!(with("kind = \"business\"\n[[applications]]\nname = \"App\"\nkind = \"open_source\"\n[[consents]]\naccount = \"a@example.com\"\napplication = \"App\"\nscopes = [\"openid\"]"), @"`world.toml`, line 9, `consents.account`: The account `a@example.com` is a business's, which does not sign in.");
    let keys = signing_key(Algorithm::EdDsa);
    let keys = format!("[[signing_keys]]\nalgorithm = \"EdDSA\"\nprivate_key_pem = \"\"\"{keys}\"\"\"\n");
    insta::assert_snapshot!(with(&(keys.clone() + &keys)), @"`world.toml`, line 12, `signing_keys.private_key_pem`: This key stands in this file already; each needs its own.");
    insta::assert_snapshot!(with("[[signing_keys]]\nalgorithm = \"ES256\"\nregion = \"eu\"\nprivate_key_pem = \"x\""), @"`world.toml`, line 6, `signing_keys.region`: This region has no authorization server of its own: leave `region` out.");
    insta::assert_snapshot!(with("[[scopes]]\nname = \"openid\"\ntitle = \"\"\ndescription = \"\""), @"`world.toml`, line 5, `scopes.name`: `openid` is a scope of the Fleet API; choose another name.");
    let site = |rest: &str| with(&format!("[[energy_sites]]\nowner = \"a@example.com\"\n{rest}"));
    insta::assert_snapshot!(site("solar_kw = -1.0"), @"`world.toml`, line 6, `energy_sites[0].solar_kw`: the panels have 0 to 10000 kW.");
    insta::assert_snapshot!(site("batteries = -1"), @"`world.toml`, line 6, `energy_sites[0].batteries`: invalid value: integer `-1`, expected u16.");
    insta::assert_snapshot!(site("wall_connectors = 17"), @"`world.toml`, line 6, `energy_sites[0].wall_connectors`: a site has 0 to 16 wall connectors.");
    insta::assert_snapshot!(site("household_kwh = 0"), @"`world.toml`, line 6, `energy_sites[0].household_kwh`: a household uses 0.1 to 1000 kWh a day.");
    insta::assert_snapshot!(site("household = \"castle\""), @"`world.toml`, line 6, `energy_sites[0].household`: unknown variant `castle`, expected one of `family`, `commuters`, `home_office`.");
    insta::assert_snapshot!(site("outages = [{ hours = 1 }]"), @"`world.toml`, line 6, `energy_sites[0].outages`: it begins with either `from`, a moment, or `in_hours`, counted from the planting.");
    insta::assert_snapshot!(site("outages = [{ in_hours = 1, hours = 0 }]"), @"`world.toml`, line 6, `energy_sites[0].outages`: `hours` is how long it lasts, more than 0 and at most ten years.");
    insta::assert_snapshot!(site("outages = [{ in_hours = 1, from = \"2026-11-23T18:00:00Z\", hours = 1 }]"), @"`world.toml`, line 6, `energy_sites[0].outages`: it begins with either `from`, a moment, or `in_hours`, counted from the planting.");
    insta::assert_snapshot!(site("storms = [{ from = \"soon\", hours = 1 }]"), @"`world.toml`, line 6, `energy_sites[0].storms`: `from` is a moment such as `2026-11-23T18:00:00Z`.");
    insta::assert_snapshot!(site("time_zone = \"Mars/Olympus\""), @"`world.toml`, line 6, `energy_sites[0].time_zone`: a time zone has an IANA name, such as `Europe/Amsterdam`.");
    insta::assert_snapshot!(with("[[consents]]\naccount = \"a@example.com\"\napplication = \"App\"\nscopes = []"), @"`world.toml`, line 6, `consents.application`: No application of this file has the name `App`.");
    insta::assert_snapshot!(with("[[signing_keys]]\nalgorithm = \"ES256\"\nprivate_key_pem = \"x\""), @"`world.toml`, line 6, `signing_keys.private_key_pem`: This is no private key for ES256 in PKCS#8 (`BEGIN PRIVATE KEY`).");
    insta::assert_snapshot!(with("[[signing_keys]]\nalgorithm = \"HS256\"\nprivate_key_pem = \"x\""), @"`world.toml`, line 5, `signing_keys[0].algorithm`: unknown variant `HS256`, expected one of `RS256`, `ES256`, `EdDSA`.");
}

/// The keys of a table, taken from the complaint about one that it does not know.
fn keys(table: &str) -> Vec<String> {
    let message = error(&format!("name = \"a\"\n{table}no_such_key = 1"));
    let (_, expected) = message.split_once("expected ").unwrap_or_else(|| panic!("no keys in {message}"));
    expected.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

#[test]
fn the_documentation_has_every_key_and_no_other() {
    let document = include_str!("../../../../../docs/worlds.md");
    let rows = document.lines().filter(|line| line.starts_with("| `") && !line.contains("/sandbox/"));
    let mut documented: Vec<&str> = rows.filter_map(|line| line.split('`').nth(1)).collect();
    let mut known: Vec<String> = ["name", "clock", "clock_rate"].map(str::to_owned).to_vec();
    for (table, prefix) in [
        ("[[scopes]]\n", "scopes."),
        ("[[accounts]]\n", "accounts."),
        ("[[accounts]]\nemail = \"a@example.com\"\n[[accounts.orders]]\n", "accounts.orders."),
        ("[[applications]]\n", "applications."),
        ("[[vehicles]]\n", "vehicles."),
        (
            "[[vehicles]]\nvin = \"5YJ3E1EB7PF900417\"\nowner = \"a@example.com\"\n[vehicles.options]\n",
            "vehicles.options.",
        ),
        (
            "[[vehicles]]\nvin = \"5YJ3E1EB7PF900417\"\nowner = \"a@example.com\"\n[[vehicles.commutes]]\n",
            "vehicles.commutes.",
        ),
        ("[[energy_sites]]\n", "energy_sites."),
        ("[[charging_sessions]]\n", "charging_sessions."),
        ("[[consents]]\n", "consents."),
        ("[[signing_keys]]\n", "signing_keys."),
    ] {
        known.extend(keys(table).iter().map(|key| format!("{prefix}{key}")));
    }
    known.retain(|key| !["accounts.orders", "vehicles.options", "vehicles.commutes"].contains(&key.as_str()));
    known.sort_unstable();
    documented.sort_unstable();
    assert_eq!(documented, known);
}

#[test]
fn the_example_in_the_documentation_is_good() {
    let document = include_str!("../../../../../docs/worlds.md");
    let example = document.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    World::read("docs/worlds.md", example).unwrap();
}

#[tokio::test]
async fn production_refuses_the_directory_of_a_sandbox_with_another_database() {
    let directory = tempfile::tempdir().unwrap();
    planted(directory.path(), &World::default_world().unwrap(), false).await.unwrap();
    let production = Config {
        mode: crate::config::Mode::Production,
        database: fleetgate_store::DatabaseUrl::Sqlite(directory.path().join("other.db")),
        ..config(directory.path())
    };
    let error = crate::open(production, "https://fleet.example.com").await.unwrap_err();
    assert!(matches!(error, crate::StartError::Mode(crate::ClaimError::OtherMode { .. })), "{error}");
}

#[tokio::test]
async fn a_world_that_cannot_be_planted_leaves_the_old_one() {
    let directory = tempfile::tempdir().unwrap();
    let old = World::read("a", "name = \"one\"\n[[accounts]]\nemail = \"a@example.com\"").unwrap();
    planted(directory.path(), &old, false).await.unwrap();
    let mut world = World::default_world().unwrap();
    world.vehicles[1].id = world.vehicles[0].id;
    let error = planted(directory.path(), &world, true).await.unwrap_err();
    assert!(matches!(error, PlantError::Store(_)), "{error}");
    assert_eq!(described(directory.path()).await.accounts[0].email, "a@example.com");
    assert_eq!(planted(directory.path(), &old, false).await.unwrap(), Planted::Before);
}

#[tokio::test]
async fn every_world_that_comes_along_can_be_planted() {
    for (name, _) in BUILT_IN {
        let world = World::built_in(name).unwrap().unwrap();
        let directory = tempfile::tempdir().unwrap();
        assert_eq!(planted(directory.path(), &world, false).await.unwrap(), Planted::Now, "{name}");
        assert_eq!(planted(directory.path(), &world, false).await.unwrap(), Planted::Before, "{name}");
        let described = described(directory.path()).await;
        assert!(described.demo_account().is_some() && !described.vehicles.is_empty(), "{name}");
        for kind in described.applications.iter().map(|application| application.kind) {
            assert!(ApplicationKind::ALL.contains(&kind), "{name}");
        }
    }
    assert!(World::built_in("nowhere").unwrap().is_none());
}

#[tokio::test]
async fn worlds_for_common_needs_are_as_documented() {
    let directory = tempfile::tempdir().unwrap();
    planted(directory.path(), &World::built_in("car_sharing").unwrap().unwrap(), false).await.unwrap();
    let world = described(directory.path()).await;
    assert_eq!(world.vehicles.len(), 500);
    assert!(world.vehicles.iter().all(|car| car.owner == "fleet@canal-cars.test"));
    let in_state = |state| world.vehicles.iter().filter(|car| car.state == state).count();
    assert_eq!((in_state(Connectivity::Asleep), in_state(Connectivity::Offline)), (420, 20));

    planted(directory.path(), &World::built_in("household").unwrap().unwrap(), true).await.unwrap();
    let store = Store::open(&config(directory.path()).database).await.unwrap();
    let site = store.all_devices(DeviceKind::EnergySite).await.unwrap().pop().unwrap();
    let site: EnergySite = serde_json::from_str(&site.document).unwrap();
    assert_eq!((site.profile.powerwalls, described(directory.path()).await.vehicles.len()), (2, 2));
    assert!(site.profile.solar_kw > 0.0);

    planted(directory.path(), &World::built_in("old_consent").unwrap().unwrap(), true).await.unwrap();
    let consents = store.consents_of(&account_id(&store, "ada@example.com").await).await.unwrap();
    assert_eq!((consents.len(), consents[0].scopes.to_string()), (1, "openid vehicle_device_data".to_owned()));
    assert_eq!(NOON - consents[0].granted_at, 365 * 24 * 60 * 60 * 1_000_000);
}

fn entropy() -> std::sync::Arc<dyn crate::entropy::Entropy> {
    std::sync::Arc::new(crate::entropy::SystemEntropy)
}

#[tokio::test]
async fn a_sandbox_knows_when_another_world_is_in_its_database() {
    let directory = tempfile::tempdir().unwrap();
    planted(directory.path(), &World::default_world().unwrap(), false).await.unwrap();
    let state = crate::open(config(directory.path()), "http://127.0.0.1:8080").await.unwrap();
    assert!(!state.is_replaced().await);
    planted(directory.path(), &World::built_in("hobbyist").unwrap().unwrap(), true).await.unwrap();
    assert!(state.is_replaced().await);
}
