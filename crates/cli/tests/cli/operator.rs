//! An operator's commands.

use std::path::Path;

use super::{run_with, shown};

/// A home with a configuration in it.
fn home(configuration: &str) -> tempfile::TempDir {
    let home = tempfile::tempdir().expect("a home");
    std::fs::write(home.path().join("fleetgate.toml"), configuration).expect("written");
    home
}

fn production() -> tempfile::TempDir {
    home("base_url = \"https://fleet.example.com\"\ndata_dir = \"data\"\n")
}

fn typed(home: &Path, arguments: &[&str], input: &str) -> String {
    let mut all = arguments.to_vec();
    all.extend(["--config", "fleetgate.toml"]);
    shown(home, &run_with(home, &all, input))
}

#[test]
fn a_configuration_is_checked() {
    let good = production();
    insta::assert_snapshot!(typed(good.path(), &["config", "check"], ""), @r#"
exit: 0
--- stdout
`fleetgate.toml` is good.
  base_url  https://fleet.example.com
  listen    127.0.0.1:8080, without TLS
  data_dir  data
  database  sqlite:data/fleetgate.db
  regions   na
"#);
    assert!(!good.path().join("data").exists(), "a check makes nothing");
    let bad = home("base_url = \"https://fleet.example.com\"\n\n[tokens]\naccess_lifetime = \"8 hours\"\n");
    insta::assert_snapshot!(typed(bad.path(), &["config", "check"], ""), @r#"
exit: 1
--- stderr
error: `fleetgate.toml`, line 4, `tokens.access_lifetime`: `8 hours` is no duration; write it as `90d`, `8h`, `2m`, `30s` or `250ms`, at most `36500d`.
"#);
    insta::assert_snapshot!(typed(home("").path(), &["config", "check"], ""), @r#"
exit: 1
--- stderr
error: `fleetgate.toml`: `base_url` is missing; it is the public URL under which clients reach this server.
"#);
    let none = tempfile::tempdir().expect("a home");
    insta::assert_snapshot!(typed(none.path(), &["config", "check"], ""), @r#"
exit: 1
--- stderr
error: The configuration `fleetgate.toml` cannot be read.
  cause: No such file or directory (os error 2)
"#);
    insta::assert_snapshot!(typed(bad.path(), &["serve"], ""), @r#"
exit: 1
--- stderr
error: `fleetgate.toml`, line 4, `tokens.access_lifetime`: `8 hours` is no duration; write it as `90d`, `8h`, `2m`, `30s` or `250ms`, at most `36500d`.
"#);
}

#[test]
fn accounts_come_and_go() {
    let home = production();
    let typed = |arguments: &[&str], input: &str| typed(home.path(), arguments, input);
    let add = ["accounts", "add", "--email", "Kim@Example.com", "--name", "Kim"];
    let added = typed(&add, "a good password\n");
    assert!(added.starts_with("exit: 0\n--- stdout\n`kim@example.com` is added, with the id "), "{added}");
    insta::assert_snapshot!(typed(&add, "a good password\n"), @r#"
exit: 1
--- stderr
error: There is an account with the e-mail address `kim@example.com` already.
"#);
    insta::assert_snapshot!(typed(&["accounts", "add", "--email", "x@example.com", "--name", "X"], "short\n"), @r#"
exit: 1
--- stderr
error: A password has at least 8 characters; pass it on standard input.
"#);
    insta::assert_snapshot!(typed(&["accounts", "add", "--email", "x", "--name", "X"], "a good password\n"), @r#"
exit: 1
--- stderr
error: `x` is no e-mail address.
"#);
    insta::assert_snapshot!(typed(&["accounts", "list"], ""), @r#"
exit: 0
--- stdout
E-mail           Name  Kind    Region  State
kim@example.com  Kim   person  na
"#);
    insta::assert_snapshot!(typed(&["accounts", "disable", "kim@example.com"], ""), @r#"
exit: 0
--- stdout
`kim@example.com` is disabled; its sessions and grants are ended.
"#);
    assert!(typed(&["accounts", "list", "--json"], "").contains("\"disabled\": true"));
    insta::assert_snapshot!(typed(&["accounts", "enable", "kim@example.com"], ""), @r#"
exit: 0
--- stdout
`kim@example.com` can sign in again.
"#);
    insta::assert_snapshot!(typed(&["accounts", "set-password", "kim@example.com"], "another password\n"), @r#"
exit: 0
--- stdout
The password of `kim@example.com` is changed; its sessions and grants are ended.
"#);
    insta::assert_snapshot!(typed(&["accounts", "remove", "kim@example.com"], ""), @r#"
exit: 0
--- stdout
`kim@example.com` is removed.
"#);
    insta::assert_snapshot!(typed(&["accounts", "remove", "kim@example.com"], ""), @r#"
exit: 1
--- stderr
error: There is no account `kim@example.com`; `fleetgate accounts list` shows them.
"#);
}

#[test]
fn the_secret_of_an_application_is_printed_once_and_kept_as_a_hash() {
    let home = production();
    let typed = |arguments: &[&str]| typed(home.path(), arguments, "");
    let add = ["apps", "add", "--name", "Mine", "--kind", "third_party", "--scope", "openid user_data"];
    let with_uri: Vec<&str> = add.into_iter().chain(["--redirect-uri", "https://mine.example.com/callback"]).collect();
    insta::assert_snapshot!(typed(&add), @r#"
exit: 1
--- stderr
error: People's codes need somewhere to go: add `--redirect-uri`, or `--grant-type client_credentials` alone.
"#);
    let added = typed(&with_uri);
    let secret = |text: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix("client_secret  ")).expect("a secret");
        assert!(line.starts_with("ta-secret.") && line.len() > 60, "{line}");
        line.to_owned()
    };
    let first = secret(&added);
    insta::assert_snapshot!(typed(&with_uri), @r#"
exit: 1
--- stderr
error: There is an application with the name `Mine` already.
"#);
    let second = secret(&typed(&["apps", "rotate-secret", "Mine"]));
    assert_ne!(first, second);
    let listed = typed(&["apps", "list"]) + &typed(&["apps", "list", "--json"]);
    assert!(listed.contains("Mine") && !listed.contains("ta-secret."), "{listed}");
    for file in std::fs::read_dir(home.path().join("data")).expect("a folder") {
        let bytes = std::fs::read(file.expect("a file").path()).expect("read");
        for secret in [&first, &second] {
            assert!(!bytes.windows(secret.len()).any(|window| window == secret.as_bytes()));
        }
    }
    insta::assert_snapshot!(typed(&["apps", "disable", "Mine"]), @r#"
exit: 0
--- stdout
`Mine` is disabled.
"#);
    insta::assert_snapshot!(typed(&["apps", "enable", "Mine"]), @r#"
exit: 0
--- stdout
`Mine` is enabled again.
"#);
    insta::assert_snapshot!(typed(&["apps", "remove", "Mine"]), @r#"
exit: 0
--- stdout
`Mine` is removed; what was granted to it is ended.
"#);
    insta::assert_snapshot!(typed(&["apps", "rotate-secret", "Mine"]), @r#"
exit: 1
--- stderr
error: There is no application `Mine`; `fleetgate apps list` shows them.
"#);
}

#[test]
fn applications_that_cannot_be_are_refused() {
    let home = production();
    let add = |rest: &[&str]| {
        let all: Vec<&str> =
            ["apps", "add", "--name", "Mine", "--scope", "openid"].iter().chain(rest).copied().collect();
        typed(home.path(), &all, "")
    };
    insta::assert_snapshot!(add(&["--kind", "open_source", "--grant-type", "client_credentials"]), @r#"
exit: 1
--- stderr
error: An application of the kind `open_source` cannot have `client_credentials`: it has no secret.
"#);
    insta::assert_snapshot!(add(&["--kind", "third_party", "--redirect-uri", "http://mine.example.com/"]), @r#"
exit: 1
--- stderr
error: A redirect URI cannot be registered.
  cause: `http://mine.example.com/` must be https, or http on localhost, 127.0.0.1 or [::1]
"#);
    insta::assert_snapshot!(add(&["--kind", "partner", "--business", "nobody@example.com"]), @r#"
exit: 1
--- stderr
error: There is no account `nobody@example.com`; `fleetgate accounts list` shows them.
"#);
    insta::assert_snapshot!(add(&["--kind", "robot"]), @r#"
exit: 2
--- stderr
error: invalid value 'robot' for '--kind <KIND>': `robot` is none of `third_party`, `partner`, `open_source`

For more information, try '--help'.
"#);
}

#[test]
fn production_and_sandbox_keep_apart() {
    let home = production();
    let add = ["accounts", "add", "--email", "kim@example.com", "--name", "Kim"];
    assert!(typed(home.path(), &add, "a good password\n").starts_with("exit: 0"));
    let dev = ["dev", "--data-dir", "data", "--listen", "127.0.0.1:0", "--reset"];
    insta::assert_snapshot!(shown(home.path(), &run_with(home.path(), &dev, "")), @r#"
exit: 1
--- stderr
error: The data belongs to production (`fleetgate serve`), and this is the sandbox (`fleetgate dev`); give each a data directory and a database of its own with `--data-dir` and `--database`, or `data_dir` and `database` in the configuration.
"#);
}

#[test]
fn a_command_that_reads_makes_nothing() {
    let home = production();
    for arguments in [&["apps", "list"][..], &["accounts", "list"], &["accounts", "remove", "kim@example.com"]] {
        let shown = typed(home.path(), arguments, "");
        insta::allow_duplicates! { insta::assert_snapshot!(shown, @r#"
exit: 1
--- stderr
error: The server's data cannot be opened.
  cause: there is no data of Fleetgate in the directory `data`: it has no `master.key`
"#); }
    }
    assert!(!home.path().join("data").exists());
}

#[test]
fn what_cannot_work_is_not_added() {
    let home = home(
        "base_url = \"https://fleet.example.com\"\ndata_dir = \"data\"\n[[regions]]\nregion = \"na\"\n[[regions]]\nregion = \"eu\"\n\
         base_url = \"https://eu.fleet.example.com\"\n[[scopes]]\nname = \"doors\"\ntitle = \"Doors\"\ndescription = \"Opens.\"\n",
    );
    let account = |email: &str, rest: &[&str]| {
        let all = [&["accounts", "add", "--email", email, "--name", "Kim"], rest].concat();
        typed(home.path(), &all, "a good password\n")
    };
    insta::assert_snapshot!(account("kim\u{7}@example.com", &[]), @r#"
exit: 1
--- stderr
error: `kim\u{7}@example.com` is no e-mail address.
"#);
    assert!(account(&format!("{}@example.com", "a".repeat(5_000)), &[]).len() < 300);
    insta::assert_snapshot!(account("kim@example.com", &["--region", "cn"]), @r#"
exit: 1
--- stderr
error: This server does not serve the region `cn`; it serves `na`, `eu`.
"#);
    let app = |rest: &[&str]| {
        typed(home.path(), &[&["apps", "add", "--name", "Mine", "--kind", "partner"], rest].concat(), "")
    };
    insta::assert_snapshot!(app(&["--scope", "openid vehicle_cmd made_up"]), @r#"
exit: 1
--- stderr
error: There is no scope `made_up`; `[[scopes]]` names scopes of your own.
"#);
    insta::assert_snapshot!(app(&["--scope", "openid", "--allowed-origin", "nonsense"]), @r#"
exit: 1
--- stderr
error: `nonsense` is no origin; write it as `https://app.example.com`.
"#);
    insta::assert_snapshot!(app(&["--scope", "openid", "--grant-type", "authorization_code"]), @r#"
exit: 1
--- stderr
error: An application of the kind `partner` cannot have `authorization_code`: it acts for itself, and for no person.
"#);
    assert!(!home.path().join("data").exists());
    assert!(app(&["--scope", "openid doors"]).starts_with("exit: 0"));
    assert!(account("kim@example.com", &["--region", "eu"]).starts_with("exit: 0"));
}

#[test]
fn a_server_without_its_certificate_is_none() {
    let home = home(
        "base_url = \"https://fleet.example.com\"\ndata_dir = \"data\"\n[tls]\ncertificate = \"cert.pem\"\nkey = \"key.pem\"\n",
    );
    for command in [&["serve"][..], &["config", "check"]] {
        let shown = typed(home.path(), command, "");
        insta::allow_duplicates! { insta::assert_snapshot!(shown, @r#"
exit: 1
--- stderr
error: The server cannot start: `[tls]` does not work.
  cause: cannot read the certificate from cert.pem
  cause: I/O error: No such file or directory (os error 2)
"#); }
    }
    assert!(!home.path().join("data").exists());
}
