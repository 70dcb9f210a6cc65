//! `fleetgate dev`, from its banner to SIGTERM.

use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use serde_json::Value;

use super::{program, run_with, shown};

/// A running sandbox; it is killed when a test fails.
pub(crate) struct Running {
    child: Child,
    pub(crate) banner: String,
    _stdout: BufReader<ChildStdout>,
}

impl Running {
    pub(crate) fn start(home: &Path, more: &[&str]) -> Self {
        let mut arguments = vec!["dev"];
        arguments.extend(more);
        if !more.contains(&"--listen") {
            arguments.extend(["--listen", "127.0.0.1:0"]);
        }
        let mut command = program(home, &arguments);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
        let mut stdout = BufReader::new(child.stdout.take().expect("its output"));
        let mut banner = String::new();
        while !banner.contains("Press Ctrl-C") {
            let read = stdout.read_line(&mut banner).expect("readable");
            if read == 0 {
                let mut error = String::new();
                child.stderr.take().expect("its output").read_to_string(&mut error).expect("readable");
                panic!("it ended: {error}");
            }
        }
        Self { child, banner, _stdout: stdout }
    }

    fn commands(&self) -> Vec<&str> {
        self.banner.lines().filter(|line| line.starts_with("curl ")).collect()
    }

    /// Asks it to stop; answers its exit code and what it logged.
    pub(crate) fn stop(mut self) -> (Option<i32>, String) {
        let id = self.child.id().to_string();
        let sent = Command::new("kill").args(["-TERM", &id]).status().expect("kill runs");
        assert!(sent.success());
        let mut log = String::new();
        self.child.stderr.take().expect("its output").read_to_string(&mut log).expect("readable");
        (self.child.wait().expect("it ends").code(), log)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub(crate) fn pasted(command: &str) -> Value {
    let output = Command::new("sh").args(["-c", command]).output().expect("a shell");
    let text = String::from_utf8_lossy(&output.stdout);
    serde_json::from_str(&text).unwrap_or_else(|_| panic!("{command}\n{text}"))
}

pub(crate) fn json(home: &Path, arguments: &[&str]) -> Value {
    let output = run_with(home, arguments, "");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("JSON")
}

#[test]
fn the_banner_can_be_pasted_and_the_world_survives_a_restart() {
    let home = tempfile::tempdir().expect("a home");
    let home = home.path();
    let sandbox = Running::start(home, &[]);
    let commands: Vec<String> = sandbox.commands().into_iter().map(str::to_owned).collect();
    let [metadata, partner, third_party, call] = commands.as_slice() else { panic!("{}", sandbox.banner) };
    let issuer = pasted(metadata)["issuer"].clone();
    assert!(sandbox.banner.contains(issuer.as_str().expect("an issuer")));
    assert!(pasted(partner)["access_token"].is_string());
    let token = pasted(third_party);
    assert!(token["refresh_token"].is_string() && token["id_token"].is_string());
    assert_eq!(pasted(call)["count"], 2);

    let world = json(home, &["world", "--json"]);
    assert_eq!(world["issuer"], issuer);
    let base_url = world["base_url"].as_str().expect("a URL");
    assert_eq!(pasted(&format!("curl -s {base_url}/sandbox/world")), world, "the same beside and inside the server");
    for secret in [&world["accounts"][0]["password"], &world["applications"][0]["client_secret"]] {
        assert!(sandbox.banner.contains(secret.as_str().expect("a secret")));
    }

    let minted = json(home, &["token", "--app", "Open Garage", "--scope", "openid user_data"]);
    let access_token = minted["access_token"].as_str().expect("a token").to_owned();
    let me = format!("curl -s {base_url}/api/1/users/me -H 'Authorization: Bearer {access_token}'");
    assert_eq!(pasted(&me)["response"]["email"], world["accounts"][0]["email"]);
    let inspected = json(home, &["token", "inspect", "--json", &access_token]);
    assert_eq!((&inspected["signature"], &inspected["expired"]), (&"good".into(), &false.into()));

    let (code, log) = sandbox.stop();
    assert_eq!(code, Some(0));
    assert!(log.contains("stopping"), "{log}");
    for secret in [&access_token, world["applications"][0]["client_secret"].as_str().expect("a secret")] {
        assert!(!log.contains(secret), "the log has a secret");
    }

    let port = base_url.rsplit(':').next().expect("a port");
    let again = Running::start(home, &["--listen", &format!("127.0.0.1:{port}")]);
    assert_eq!(pasted(&me)["response"]["email"], world["accounts"][0]["email"], "tokens are still good");
    let mut after = json(home, &["world", "--json"]);
    after["vehicles"] = world["vehicles"].clone();
    assert_eq!(after, world);
    drop(again);
}

#[test]
fn another_seed_is_planted_only_with_reset() {
    let home = tempfile::tempdir().expect("a home");
    let home = home.path();
    let seed = |name: &str| {
        let text =
            format!("name = \"{name}\"\n[[accounts]]\nemail = \"{name}@example.com\"\npassword = \"a password\"\n");
        std::fs::write(home.join("world.toml"), text).expect("written");
    };
    let first = |home: &Path| json(home, &["world", "--json", "--data-dir", "data"])["accounts"][0]["email"].clone();
    let arguments = ["--seed", "world.toml", "--data-dir", "data"];
    seed("one");
    Running::start(home, &arguments).stop();
    assert_eq!(first(home), "one@example.com");
    seed("two");
    let (_, log) = Running::start(home, &arguments).stop();
    assert!(log.contains("warning: `data` holds another world than the seed describes, and it was kept"), "{log}");
    assert_eq!(first(home), "one@example.com");
    let (_, log) = Running::start(home, &["--seed", "world.toml", "--data-dir", "data", "--reset"]).stop();
    assert!(!log.contains("warning:"), "{log}");
    assert_eq!(first(home), "two@example.com");
}

#[test]
fn a_seed_that_is_wrong_names_its_line() {
    let home = tempfile::tempdir().expect("a home");
    std::fs::write(home.path().join("world.toml"), "name = \"x\"\n[[accounts]]\nemail = \"nobody\"\n")
        .expect("written");
    let output = run_with(home.path(), &["dev", "--seed", "world.toml", "--listen", "127.0.0.1:0"], "");
    insta::assert_snapshot!(super::shown(home.path(), &output), @r#"
exit: 1
--- stderr
error: `world.toml`, line 3, `accounts[0].email`: `nobody` is no e-mail address.
"#);
}

#[test]
fn an_address_in_use_is_said_before_anything_is_forgotten() {
    let home = tempfile::tempdir().expect("a home");
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address").to_string();
    let output = run_with(home.path(), &["dev", "--reset", "--listen", &address], "");
    let shown = super::shown(home.path(), &output).replace(&address, "<address>");
    insta::assert_snapshot!(shown, @r#"
exit: 1
--- stderr
error: The sandbox cannot listen on `<address>`; stop what does, or choose another with `--listen`.
  cause: Address already in use (os error 98)
"#);
    assert!(!home.path().join(".local").exists());
}

#[test]
fn an_exposed_sandbox_prints_its_secret_and_its_lines_carry_it() {
    let home = tempfile::tempdir().expect("a home");
    let sandbox = Running::start(home.path(), &["--expose"]);
    let commands = sandbox.commands();
    assert!(pasted(commands[2])["access_token"].is_string());
    assert_eq!(pasted(commands[3])["count"], 2);
    let base_url = json(home.path(), &["world", "--json"])["base_url"].clone();
    let closed = pasted(&format!("curl -s {}/sandbox/world", base_url.as_str().expect("a URL")));
    assert_eq!(closed["error"], "unauthorized");
}

#[test]
fn a_directory_in_use_is_nobody_elses() {
    let home = tempfile::tempdir().expect("a home");
    let home = home.path();
    let sandbox = Running::start(home, &[]);
    let before = json(home, &["world", "--json"]);
    for more in [&[][..], &["--reset"]] {
        let arguments = [&["dev", "--listen", "127.0.0.1:0"], more].concat();
        let shown = super::shown(home, &run_with(home, &arguments, ""));
        insta::allow_duplicates! { insta::assert_snapshot!(shown, @r#"
exit: 1
--- stderr
error: The data directory `~/.local/share/fleetgate/sandbox` is in use: a server runs there. Stop it, or give this one a directory of its own.
"#); }
    }
    assert_eq!(json(home, &["world", "--json"]), before, "commands beside it go on working");
    sandbox.stop();
    Running::start(home, &["--reset"]).stop();
}

#[test]
fn a_look_at_a_sandbox_that_is_not_there_names_the_place_and_makes_nothing() {
    let home = tempfile::tempdir().expect("a home");
    let home = home.path();
    Running::start(home, &["--data-dir", "data", "--database", "sqlite:other.db"]).stop();
    let world = |rest: &[&str]| super::shown(home, &run_with(home, &[&["world"], rest].concat(), ""));
    insta::assert_snapshot!(world(&["--data-dir", "data"]), @r#"
exit: 1
--- stderr
error: There is no sandbox in the database `sqlite:data/fleetgate.db`; start one with `fleetgate dev`, or name the one that it was started with by `--data-dir` and `--database`.
"#);
    insta::assert_snapshot!(world(&["--data-dir", "typo", "--database", "sqlite:other.db"]), @r#"
exit: 1
--- stderr
error: The sandbox in `typo` cannot be opened.
  cause: there is no data of Fleetgate in the directory `typo`: it has no `master.key`
"#);
    assert!(!home.join("typo").exists());
    assert!(world(&["--data-dir", "data", "--database", "sqlite:other.db"]).starts_with("exit: 0"));
    std::fs::write(home.join("foreign.db"), "").expect("written");
    assert!(
        world(&["--data-dir", "data", "--database", "sqlite:foreign.db"])
            .contains("There is no sandbox in the database")
    );
    assert_eq!(std::fs::read(home.join("foreign.db")).expect("read"), b"");
}

#[test]
fn a_base_url_is_a_url() {
    for wrong in ["http://:80", "http://a:b:c", "http://a\"b"] {
        let output = super::run(&["dev", "--base-url", wrong]);
        assert!(output.starts_with("exit: 1\n--- stderr\nerror: `http"), "{output}");
    }
}

/// A business does not sign in, wherever it stands.
#[test]
fn the_demo_account_is_the_first_person() {
    let home = tempfile::tempdir().expect("a home");
    let seed = "name = \"x\"\n[[accounts]]\nemail = \"office@example.com\"\nkind = \"business\"\n\
                [[accounts]]\nemail = \"kim@example.com\"\n[[applications]]\nname = \"App\"\nkind = \"open_source\"\n\
                redirect_uris = [\"http://127.0.0.1/callback\"]\n";
    std::fs::write(home.path().join("world.toml"), seed).expect("written");
    let sandbox = Running::start(home.path(), &["--seed", "world.toml"]);
    assert!(sandbox.banner.contains("  E-mail        kim@example.com\n"), "{}", sandbox.banner);
    assert!(json(home.path(), &["token", "--app", "App"])["access_token"].is_string());
}

/// What a command prints, but for the moment at its beginning.
fn manner(home: &Path, arguments: &[&str]) -> String {
    let output = run_with(home, arguments, "");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("text");
    let (moment, rest) = text.split_once('\n').expect("lines");
    assert!(moment.ends_with('Z'), "{text}");
    rest.to_owned()
}

#[test]
fn the_clock_of_a_running_sandbox_is_changed_from_beside() {
    let home = tempfile::tempdir().expect("a home");
    let home = home.path();
    let sandbox = Running::start(home, &[]);
    assert!(!sandbox.banner.contains("Clock"), "{}", sandbox.banner);
    let world = json(home, &["world", "--json"]);
    let url = format!("{}/sandbox/clock", world["base_url"].as_str().expect("a URL"));
    let asked = || pasted(&format!("curl -s {url}"));
    let token = json(home, &["token", "--app", "Open Garage"])["access_token"].as_str().expect("a token").to_owned();

    assert_eq!(manner(home, &["clock", "show"]), "real time\n");
    assert_eq!(manner(home, &["clock", "advance", "7h"]), "7h ahead of real time\n");
    let ahead = asked()["offset_seconds"].as_f64().expect("a number");
    assert!((ahead - 25_200.0).abs() < 0.001, "it goes by the change once the command has ended: {ahead}");
    assert_eq!(manner(home, &["clock", "freeze"]).lines().last(), Some("`fleetgate clock rate 1` lets it run again."));
    let frozen = asked();
    assert_eq!((&frozen["frozen"], &frozen["now"]), (&true.into(), &asked()["now"]));
    let mut beside = json(home, &["clock", "show", "--json"]);
    beside["offset_seconds"] = frozen["offset_seconds"].clone();
    assert_eq!(beside, frozen, "the same beside and inside the server");

    let inspected =
        |arguments: &[&str]| -> Value { serde_json::from_slice(&run_with(home, arguments, "").stdout).expect("JSON") };
    assert_eq!(inspected(&["token", "inspect", "--json", &token])["expired"], false);
    manner(home, &["clock", "advance", "1h"]);
    assert_eq!(inspected(&["token", "inspect", "--json", &token])["expired"], true, "by the sandbox's clock");
    let later = json(home, &["token", "--app", "Open Garage"])["access_token"].as_str().expect("a token").to_owned();
    assert_eq!(inspected(&["token", "inspect", "--json", &later])["expired"], false);

    assert!(manner(home, &["clock", "rate", "60"]).ends_with(", 60 times as fast\n"));
    assert!(manner(home, &["clock", "rate", "1"]).ends_with(" ahead of real time\n"));
    manner(home, &["clock", "set", "2090-01-01T00:00:00Z"]);
    assert!(asked()["now"].as_str().expect("a time").starts_with("2090-01-01T00:0"));
    sandbox.stop();

    let frozen = manner(home, &["clock", "freeze"]);
    assert!(frozen.contains("frozen"), "a sandbox that does not run has a clock, too: {frozen}");
    let stored = json(home, &["clock", "show", "--json"])["now"].as_str().expect("a time").to_owned();
    let again = Running::start(home, &[]);
    assert!(again.banner.contains(&format!("Clock         {stored} (")), "{}", again.banner);
    again.stop();
    let reset = Running::start(home, &["--reset"]);
    assert!(!reset.banner.contains("Clock"), "{}", reset.banner);
}

#[test]
fn what_is_no_change_of_the_clock_is_refused() {
    let home = tempfile::tempdir().expect("a home");
    let home = home.path();
    let refused = |arguments: &[&str]| shown(home, &run_with(home, arguments, ""));
    insta::assert_snapshot!(refused(&["clock", "show"]), @r#"
exit: 1
--- stderr
error: There is no sandbox in the database `sqlite:~/.local/share/fleetgate/sandbox/fleetgate.db`; start one with `fleetgate dev`, or name the one that it was started with by `--data-dir` and `--database`.
"#);
    Running::start(home, &[]).stop();
    manner(home, &["clock", "freeze"]);
    manner(home, &["clock", "set", "2099-01-01T00:00:00Z"]);
    insta::assert_snapshot!(refused(&["clock", "advance", "366d"]), @r#"
exit: 1
--- stderr
error: The sandbox's clock ends at 2100-01-01T00:00:00.000000Z; choose an earlier time.
"#);
    insta::assert_snapshot!(refused(&["clock", "set", "1790856000"]), @r#"
exit: 1
--- stderr
error: The sandbox's clock shows 2099-01-01T00:00:00.000000Z and only goes forward, as tokens and cars do; `fleetgate dev --reset` starts anew.
"#);
    insta::assert_snapshot!(refused(&["clock", "advance", "yesterday"]), @r#"
exit: 2
--- stderr
error: invalid value 'yesterday' for '<DURATION>': `yesterday` is no duration; write it as `90d`, `8h`, `1h 30m` or as seconds

For more information, try '--help'.
"#);
    insta::assert_snapshot!(refused(&["clock", "advance", "-1h"]), @r#"
exit: 2
--- stderr
error: invalid value '-1h' for '<DURATION>': `-1h` is no duration; write it as `90d`, `8h`, `1h 30m` or as seconds

For more information, try '--help'.
"#);
    insta::assert_snapshot!(refused(&["clock", "rate", "100001"]), @r#"
exit: 2
--- stderr
error: invalid value '100001' for '<RATE>': `100001` is no rate; it must be a number from 0 to 100000

For more information, try '--help'.
"#);
}
