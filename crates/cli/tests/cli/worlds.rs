//! `fleetgate world`, beside a running sandbox and a stopped one, and many devices.

use std::path::Path;

use serde_json::Value;

use super::dev::{Running, json, pasted};
use super::{run_with, said};

fn people(home: &Path) -> Value {
    let world = json(home, &["world", "--json"]);
    world["accounts"].as_array().expect("a list").iter().map(|account| account["email"].clone()).collect()
}

#[test]
fn the_world_of_a_running_sandbox_is_exported_replaced_and_reset() {
    let home = tempfile::tempdir().expect("a home");
    let home = home.path();
    let sandbox = Running::start(home, &["--seed", "hobbyist"]);
    assert!(sandbox.banner.contains("jo@example.com"), "{}", sandbox.banner);
    let base_url = json(home, &["world", "show", "--json"])["base_url"].as_str().expect("a URL").to_owned();
    let served = || pasted(&format!("curl -s {base_url}/sandbox/world"))["accounts"][0]["email"].clone();
    run_with(home, &["clock", "advance", "90d"], "");

    insta::assert_snapshot!(said(home, &["world", "export", "mine.toml"]), @"exit: 0");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(home.join("mine.toml")).expect("a file").permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "it holds secrets");
    }
    let exported = std::fs::read_to_string(home.join("mine.toml")).expect("a file");
    assert!(exported.contains("correct-horse-7"), "{exported}");

    insta::assert_snapshot!(said(home, &["world", "import", "household"]), @r"
    exit: 0
    --- stdout
    The sandbox that runs here serves the world `household` now.
    ");
    assert_eq!((served(), people(home)[0].clone()), ("mara@example.com".into(), "mara@example.com".into()));
    let clock = pasted(&format!("curl -s {base_url}/sandbox/clock"));
    assert!(clock["offset_seconds"].as_f64().expect("a number").abs() < 1.0, "{clock}");
    assert!(json(home, &["token", "--app", "Home Dashboard"])["access_token"].is_string());

    insta::assert_snapshot!(said(home, &["world", "import", "nowhere"]), @r"
    exit: 1
    --- stderr
    error: There is no seed file `nowhere`, and no world of this name comes with Fleetgate: `default`, `hobbyist`, `household`, `car_sharing`, `old_consent`, `three_regions`.
      cause: No such file or directory (os error 2)
    ");
    std::fs::write(home.join("wrong.toml"), "name = \"x\"\n[[accounts]]\nemail = \"nobody\"\n").expect("written");
    insta::assert_snapshot!(said(home, &["world", "import", "wrong.toml"]), @r"
    exit: 1
    --- stderr
    error: `wrong.toml`, line 3, `accounts[0].email`: `nobody` is no e-mail address.
    ");
    assert_eq!(served(), "mara@example.com", "nothing was replaced");

    assert!(said(home, &["world", "import", "mine.toml"]).contains("serves the world `hobbyist` now"));
    assert_eq!(served(), "jo@example.com");
    let days = json(home, &["clock", "show", "--json"])["offset_seconds"].as_f64().expect("a number") / 86_400.0;
    assert!((89.9..90.1).contains(&days), "the time comes along: {days}");
    sandbox.stop();

    // Beside a stopped sandbox it is the same, and the log is forgotten.
    insta::assert_snapshot!(said(home, &["world", "reset"]), @r"
    exit: 0
    --- stdout
    The world `hobbyist` is planted.
    ");
    let sandbox = Running::start(home, &["--seed", "mine.toml"]);
    assert!(sandbox.banner.contains("jo@example.com"));
    assert_eq!(sandbox.stop().0, Some(0));
}

#[test]
fn commands_reach_a_world_beside_the_sandboxes_own() {
    let home = tempfile::tempdir().expect("a home");
    let home = home.path();
    let sandbox = Running::start(home, &[]);
    let base_url = json(home, &["world", "--json"])["base_url"].as_str().expect("a URL").to_owned();
    let order = "{\"name\": \"run-1\", \"seed\": \"hobbyist\", \"listen\": true}";
    let made = pasted(&format!("curl -s {base_url}/sandbox/worlds -H 'Content-Type: application/json' -d '{order}'"));
    let [address, directory] = ["base_url", "data_dir"].map(|name| made[name].as_str().expect("a text").to_owned());
    assert!(said(home, &["clock", "advance", "8h", "--data-dir", &directory]).contains("8h ahead of real time"));
    let ahead =
        |url: &str| pasted(&format!("curl -s {url}/sandbox/clock"))["offset_seconds"].as_f64().expect("a number");
    assert!((ahead(&address) - 28_800.0).abs() < 1.0);
    assert!(ahead(&base_url).abs() < 1.0);
    assert!(said(home, &["world", "reset", "--data-dir", &directory]).contains("serves the world `hobbyist` now"));
    assert!(ahead(&address).abs() < 1.0);
    let token = json(home, &["token", "--app", "My car on my wall", "--data-dir", &directory]);
    let token = token["access_token"].as_str().expect("a token");
    assert_eq!(pasted(&format!("curl -s {address}/api/1/vehicles -H 'Authorization: Bearer {token}'"))["count"], 1);
    assert_eq!(sandbox.stop().0, Some(0));
}

#[test]
fn ten_thousand_vehicles_are_there_after_a_restart() {
    let home = tempfile::tempdir().expect("a home");
    let home = home.path();
    let seed = "name = \"many\"\n[[accounts]]\nemail = \"kim@example.com\"\n\
        [[accounts]]\nemail = \"fleet@example.com\"\nkind = \"business\"\n\
        [[vehicles]]\nvin = \"5YJ3E1EB0PF000001\"\ncount = 10000\nowner = \"fleet@example.com\"\nstate = \"asleep\"\n\
        charging_history = false\n[[energy_sites]]\nowner = \"fleet@example.com\"\ncount = 1000\nname = \"Site {n}\"\n";
    std::fs::write(home.join("many.toml"), seed).expect("written");
    Running::start(home, &["--seed", "many.toml"]).stop();
    Running::start(home, &["--seed", "many.toml"]).stop();
    let world = json(home, &["world", "--json"]);
    let count = |name: &str| world[name].as_array().map(Vec::len);
    assert_eq!((count("vehicles"), count("energy_sites")), (Some(10_000), Some(1_000)));
}

#[test]
fn a_region_has_an_address_and_names_of_its_own() {
    let home = tempfile::tempdir().expect("a home");
    let home = home.path();
    let arguments =
        ["--seed", "three_regions", "--region-listen", "cn=127.0.0.1:0", "--region-host", "eu=fleet-eu.test"];
    let sandbox = Running::start(home, &arguments);
    let token = |person: &str| {
        let account = format!("{person}@example.com");
        let tokens = json(home, &["token", "--app", "World Tour", "--account", &account]);
        tokens["access_token"].as_str().expect("a token").to_owned()
    };
    // Made beside the sandbox, and yet of China's own authorization server.
    let mei = token("mei");
    let told: Value =
        serde_json::from_slice(&run_with(home, &["token", "inspect", "--json", &mei], "").stdout).expect("JSON");
    assert_eq!(told["signature"], "good");
    let issuer = told["issuer"].as_str().expect("an issuer").to_owned();
    let china = issuer.split("/oauth2").next().expect("a URL");
    let vehicles = pasted(&format!("curl -s {china}/api/1/vehicles -H 'Authorization: Bearer {mei}'"));
    assert_eq!(vehicles["count"], 1, "{vehicles}");
    let base_url = json(home, &["world", "--json"])["base_url"].as_str().expect("a URL").to_owned();
    let noor = token("noor");
    let named = format!("curl -s {base_url}/api/1/vehicles -H 'Host: fleet-eu.test' -H 'Authorization: Bearer {noor}'");
    assert_eq!(pasted(&named)["count"], 1);
    sandbox.stop();
    insta::assert_snapshot!(said(home, &["dev", "--region-host", "eu=cn.localhost"]), @r"
    exit: 1
    --- stderr
    error: `cn.localhost` is a name of the region `cn` already.
    ");
    let twice = ["dev", "--region-listen", "eu=127.0.0.1:0", "--region-listen", "eu=127.0.0.1:0"];
    insta::assert_snapshot!(said(home, &twice), @r"
    exit: 1
    --- stderr
    error: The region `eu` has an address already; give `--region-listen` once for each region.
    ");
    insta::assert_snapshot!(said(home, &["dev", "--region-listen", "eu=0.0.0.0:8081"]), @r"
    exit: 1
    --- stderr
    error: `0.0.0.0:8081` lets other machines in; say so with `--expose`, or listen on `127.0.0.1:8081`.
    ");
}
