//! `fleetgate fault` and `fleetgate cost`, beside a sandbox that runs and one that does not.

use std::path::Path;

use serde_json::{Value, json};

use super::dev::{Running, json, pasted};
use super::said;

const KESTREL: &str = "5YJ3E1EB7PF900417";

/// A running sandbox's base URL, and a token for it.
fn opened(home: &Path) -> (String, String) {
    let base_url = json(home, &["world", "--json"])["base_url"].as_str().expect("a URL").to_owned();
    let token = json(home, &["token", "--app", "Charge Planner"])["access_token"].as_str().expect("a token").to_owned();
    (base_url, token)
}

fn call(base_url: &str, token: &str, path: &str) -> Value {
    pasted(&format!("curl -s {base_url}{path} -H 'Authorization: Bearer {token}'"))
}

fn wake(base_url: &str, token: &str) -> Value {
    call(base_url, token, &format!("/api/1/vehicles/{KESTREL}/wake_up -H 'Content-Type: application/json' -d '{{}}'"))
}

#[test]
fn faults_are_added_listed_and_removed() {
    let home = tempfile::tempdir().expect("a home");
    let home = home.path();
    let sandbox = Running::start(home, &[]);
    let (base_url, token) = opened(home);
    insta::assert_snapshot!(said(home, &["fault", "list"]), @r#"
exit: 0
--- stdout
There are no faults; `fleetgate fault add` adds one.
"#);
    let add = ["fault", "add", "unavailable", "--operation", "vehicle", "--vin", KESTREL, "--times", "1"];
    insta::assert_snapshot!(said(home, &add), @r#"
exit: 0
--- stdout
1
"#);
    let vehicle = format!("/api/1/vehicles/{KESTREL}");
    assert_eq!(call(&base_url, &token, &vehicle)["error"], "service unavailable", "the sandbox has it at once");
    assert_eq!(call(&base_url, &token, &vehicle)["response"]["vin"], KESTREL);
    let account = "robin@example.com";
    let add =
        ["fault", "add", "latency", "--app", "Open Garage", "--account", account, "--for", "10m", "--seconds", "1.5"];
    assert!(said(home, &add).ends_with("\n2\n"));
    let table = said(home, &["fault", "list"]);
    let lines: Vec<Vec<&str>> = table.lines().skip(2).map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(lines[0].join(" "), "Id Fault Happens to How State Seen Fired", "{table}");
    assert_eq!(lines[1].join(" "), "1 unavailable vehicle, 5YJ3E1EB7PF900417 1 times over 1 1", "{table}");
    let second = lines[2].join(" ");
    assert!(second.starts_with("2 latency Open Garage, robin@example.com until 20"), "{table}");
    assert!(second.ends_with("Z, 1.5 s active 0 0"), "{table}");
    let listed = json(home, &["fault", "list", "--json"]);
    assert_eq!(listed, pasted(&format!("curl -s {base_url}/sandbox/faults")), "the same beside and inside the server");
    assert_eq!(listed["faults"][1]["seconds"], 1.5);

    assert_eq!(said(home, &["fault", "remove", "2"]), "exit: 0\n");
    insta::assert_snapshot!(said(home, &["fault", "remove", "2"]), @r#"
exit: 1
--- stderr
error: There is no fault `2`; `fleetgate fault list` has them all.
"#);
    assert_eq!(said(home, &["fault", "clear"]), "exit: 0\n");
    assert_eq!(pasted(&format!("curl -s {base_url}/sandbox/faults")), json!({ "faults": [] }));
    sandbox.stop();

    assert!(
        said(home, &["fault", "add", "server_error", "--operation", "vehicle"]).ends_with("\n3\n"),
        "without it, too"
    );
    let again = Running::start(home, &[]);
    let (base_url, token) = opened(home);
    assert_eq!(call(&base_url, &token, &vehicle)["error"], "upstream internal error");
    again.stop();
    let reset = Running::start(home, &["--reset"]);
    assert_eq!(json(home, &["fault", "list", "--json"]), json!({ "faults": [] }));
    reset.stop();
}

#[test]
fn what_is_no_fault_is_refused() {
    let home = tempfile::tempdir().expect("a home");
    let home = home.path();
    Running::start(home, &[]).stop();
    insta::assert_snapshot!(said(home, &["fault", "add", "device_error", "--operation", "me"]), @r#"
exit: 1
--- stderr
error: The fault `device_error` cannot happen to `me`; `docs/faults.md` tells where it can.
"#);
    insta::assert_snapshot!(said(home, &["fault", "add", "unavailable", "--app", "Nobody"]), @r#"
exit: 1
--- stderr
error: There is no application `Nobody`; `fleetgate world` lists them.
"#);
    let unknown = said(home, &["fault", "add", "earthquake"]);
    let sentence =
        "error: invalid value 'earthquake' for '<KIND>': `earthquake` is no kind of fault; there are `expired_token`, ";
    assert!(unknown.starts_with("exit: 2\n") && unknown.contains(sentence), "{unknown}");
    assert_eq!(json(home, &["fault", "list", "--json"]), json!({ "faults": [] }));
}

#[test]
fn costs_are_shown_bounded_and_budgeted() {
    let home = tempfile::tempdir().expect("a home");
    let home = home.path();
    let sandbox = Running::start(home, &[]);
    let (base_url, token) = opened(home);
    for _ in 0..2 {
        assert_eq!(wake(&base_url, &token)["response"]["vin"], KESTREL);
    }
    let text = said(home, &["cost", "--app", "Charge Planner"]);
    let today = json(home, &["cost", "--json"])["days"].as_object().expect("an object").keys().next().cloned();
    let today = today.expect("a day");
    let text = text.replace(&today, "<today>").replace(&today[..7], "<month>");
    insta::assert_snapshot!(text, @r#"
exit: 0
--- stdout
<month>
Application     Answers  Used    Due     Budget
Charge Planner  2        $0.040  $0.000  -

Day         Answers  Used
<today>  2        $0.040

Device             Answers  Used
5YJ3E1EB7PF900417  2        $0.040

Operation  Answers  Used
wake_up    2        $0.040

Used $0.040, less discounts of $0.040: $0.000 due.
"#);
    assert!(said(home, &["cost", "--max", "0.04"]).starts_with("exit: 0\n"), "not more than that");
    let above = said(home, &["cost", "--max", "0.039"]);
    assert!(above.starts_with("exit: 1\n"), "{above}");
    assert!(above.ends_with("--- stderr\nwarning: $0.040 were used, more than $0.039.\n"), "{above}");
    assert!(said(home, &["cost", "--max", "0", "--app", "Open Garage"]).starts_with("exit: 0\n"));

    assert_eq!(said(home, &["cost", "budget", "Charge Planner", "0.05"]), "exit: 0\n");
    assert_eq!(wake(&base_url, &token)["response"]["vin"], KESTREL);
    assert_eq!(wake(&base_url, &token)["error"], "account disabled: EXCEEDED_LIMIT");
    let listed = json(home, &["cost", "--json"]);
    assert_eq!((&listed["usage"], &listed["applications"][0]["disabled"]), (&json!(0.06), &json!(true)));
    assert!(said(home, &["cost"]).contains("$0.050 (used up)\n"));
    assert_eq!(said(home, &["cost", "budget", "Charge Planner"]), "exit: 0\n");
    assert_ne!(wake(&base_url, &token)["error"], "account disabled: EXCEEDED_LIMIT");
    let (code, log) = sandbox.stop();
    assert_eq!((code, log.contains("ERROR")), (Some(0), false), "{log}");
    assert_eq!(json(home, &["cost", "--json"])["answers"], 4, "also when it does not run");
}

#[test]
fn what_is_no_cost_is_refused() {
    let home = tempfile::tempdir().expect("a home");
    let home = home.path();
    Running::start(home, &[]).stop();
    insta::assert_snapshot!(said(home, &["cost", "--month", "October"]), @r#"
exit: 2
--- stderr
error: invalid value 'October' for '--month <MONTH>': `October` is no month; write it as `2026-10`

For more information, try '--help'.
"#);
    insta::assert_snapshot!(said(home, &["cost", "budget", "Charge Planner", "much"]), @r#"
exit: 2
--- stderr
error: invalid value 'much' for '[DOLLARS]': `much` is no amount; write dollars, from 0 to 1000000

For more information, try '--help'.
"#);
    insta::assert_snapshot!(said(home, &["cost", "--app", "Nobody"]), @r#"
exit: 1
--- stderr
error: There is no application `Nobody`; `fleetgate world` lists them.
"#);
    insta::assert_snapshot!(said(home, &["cost", "budget", "Nobody", "1"]), @r#"
exit: 1
--- stderr
error: There is no application `Nobody`; `fleetgate world` lists them.
"#);
    insta::assert_snapshot!(said(home, &["dev", "--limits", "none"]), @r#"
exit: 2
--- stderr
error: invalid value 'none' for '--limits <LIMITS>': `none` is none of `real`, `off`

For more information, try '--help'.
"#);
}
