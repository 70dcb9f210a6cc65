//! `fleetgate vehicle`, beside a sandbox that runs and one that does not.

use super::dev::{Running, json, pasted};
use super::said;

const KESTREL: &str = "5YJ3E1EB7PF900417";

#[test]
fn what_happens_at_a_vehicle_is_told_by_the_sandbox() {
    let home = tempfile::tempdir().expect("a home");
    let home = home.path();
    let sandbox = Running::start(home, &[]);
    let base_url = json(home, &["world", "--json"])["base_url"].as_str().expect("a URL").to_owned();
    let door = format!("curl -s {base_url}/sandbox/vehicles/{KESTREL}");
    assert_eq!(json(home, &["vehicle", "show", KESTREL, "--json"]), pasted(&door), "the same beside and inside");

    assert!(said(home, &["vehicle", "get-in", KESTREL]).ends_with("somebody sits in it\n"));
    assert_eq!(pasted(&door)["occupied"], true);
    said(home, &["vehicle", "get-out", KESTREL]);

    let drive = ["vehicle", "drive", KESTREL, "--to", "37.3382,-121.8863", "--name", "San Jose", "--plug-in"];
    let driven = said(home, &drive);
    assert!(
        driven.starts_with(&format!("exit: 0\n--- stdout\n{KESTREL}  online, driving to San Jose, Disconnected\n"))
    );
    said(home, &["clock", "advance", "1h"]);
    insta::assert_snapshot!(said(home, &["vehicle", "show", &KESTREL.to_lowercase()]), @r#"
exit: 0
--- stdout
5YJ3E1EB7PF900417  online, parked, Charging
at 37.338200, -121.886300
"#);
    insta::assert_snapshot!(said(home, &["vehicle", "plug-in", KESTREL, "--charger", "fast"]), @r#"
exit: 1
--- stderr
error: The car is plugged in already; take the plug out first.
"#);
    sandbox.stop();
    assert!(said(home, &["vehicle", "unplug", KESTREL]).contains("Disconnected"), "without it, too");
}

#[test]
fn what_cannot_happen_is_refused() {
    let home = tempfile::tempdir().expect("a home");
    let home = home.path();
    Running::start(home, &[]).stop();
    insta::assert_snapshot!(said(home, &["vehicle", "unplug", "5YJ3E1EB7PF900418"]), @r#"
exit: 1
--- stderr
error: There is no vehicle `5YJ3E1EB7PF900418`; `fleetgate world` lists them.
"#);
    let drive = |to: &str| said(home, &["vehicle", "drive", KESTREL, "--to", to]);
    insta::assert_snapshot!(drive("89,0"), @r#"
exit: 1
--- stderr
error: The latitude is -85 to 85, and the longitude -180 to 180.
"#);
    assert_eq!(drive("NaN,0"), drive("89,0"));
    for malformed in ["37.3382", "here,there", "-37.3382;121"] {
        let refused = drive(malformed);
        assert!(refused.starts_with("exit: 2\n") && refused.contains("37.3382,-121.8863"), "{refused}");
    }
}
