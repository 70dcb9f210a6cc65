//! `fleetgate run`: what the command sees, how it ends, and that nothing is left.

use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use super::dev::Running;
use super::{program, run_with, shown};

/// Runs a shell's script by `fleetgate run`, with temporary files in `tmp` of the home.
fn script(home: &Path, options: &[&str], script: &str) -> Output {
    let mut command = typed(home, options, script);
    command.stdin(Stdio::null()).output().expect("it ends")
}

fn typed(home: &Path, options: &[&str], script: &str) -> Command {
    let temporary = home.join("tmp");
    std::fs::create_dir_all(&temporary).expect("a folder");
    let arguments = [&["run"], options, &["--", "/bin/sh", "-c", script]].concat();
    let mut command = program(home, &arguments);
    command.env("TMPDIR", temporary).env("PATH", std::env::var_os("PATH").expect("a path"));
    command
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("text")
}

/// The names in a directory.
fn names(directory: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(directory).expect("a directory");
    entries.map(|entry| entry.expect("an entry").file_name().into_string().expect("text")).collect()
}

#[test]
fn the_real_names_lead_to_the_sandbox_and_nothing_is_left_behind() {
    let home = tempfile::tempdir().expect("a home");
    let home = home.path();
    let output = script(
        home,
        &[],
        "curl -s https://fleet-api.prd.eu.vn.cloud.tesla.com/status; echo; \
         curl -s https://auth.tesla.com/oauth2/v3/thirdparty/.well-known/openid-configuration >metadata; \
         curl -s http://auth.tesla.cn/status; echo; \
         echo $FLEETGATE_URL; curl -s $FLEETGATE_URL/sandbox/world >world; \
         cat $SSL_CERT_FILE >authority; \
         for name in HTTPS_PROXY https_proxy HTTP_PROXY http_proxy ALL_PROXY all_proxy; do eval echo \\$$name; done >proxies; \
         for name in SSL_CERT_FILE REQUESTS_CA_BUNDLE CURL_CA_BUNDLE NODE_EXTRA_CA_CERTS; do eval echo \\$$name; done >bundles; \
         echo $NO_PROXY $no_proxy $NODE_USE_ENV_PROXY",
    );
    let printed = text(&output.stdout);
    let mut lines = printed.lines();
    assert_eq!((lines.next(), lines.next()), (Some("ok"), Some("ok")), "{}", shown(home, &output));
    let url = lines.next().expect("an address");
    assert_eq!(lines.next(), Some("localhost,127.0.0.1,::1 localhost,127.0.0.1,::1 1"));
    assert_eq!(text(&output.stderr), "", "standard error is the command's, too");
    let file = |name: &str| std::fs::read_to_string(home.join(name)).expect("written");
    assert!(file("metadata").contains(&format!("{url}/oauth2/v3/token")), "{}", file("metadata"));
    assert!(file("world").contains("robin@example.com"));
    let authority = file("authority");
    assert!(authority.starts_with("-----BEGIN CERTIFICATE-----") && !authority.contains("PRIVATE"), "{authority}");
    for (name, beginning) in [("proxies", "http://127.0.0.1:"), ("bundles", home.to_str().expect("text"))] {
        let text = file(name);
        let first = text.lines().next().expect("a line");
        assert!(first.starts_with(beginning) && text.lines().all(|line| line == first), "{text}");
    }

    assert_eq!(names(&home.join("tmp")), [""; 0]);
    assert!(!home.join(".local").exists());
    let address = url.strip_prefix("http://").expect("an address");
    std::net::TcpStream::connect(address).expect_err("nobody listens any more");
}

#[test]
fn other_hosts_are_refused_and_named() {
    let home = tempfile::tempdir().expect("a home");
    let output = script(
        home.path(),
        &[],
        "curl -s -o answer -w '%{http_connect}\\n' https://example.com/; echo $?; \
         curl -s -w '%{http_code}\\n' http://example.com/",
    );
    let printed = text(&output.stdout);
    assert!(printed.starts_with("403\n56\n`example.com` is refused: "), "{printed}");
    assert!(printed.ends_with(".\n403\n"), "{printed}");
    let log = text(&output.stderr);
    let refused = |place: &str| log.contains(&format!("`{place}` was refused: `fleetgate run` lets a command reach"));
    assert!(refused("example.com:443") && refused("example.com"), "{log}");
    assert_eq!(log.lines().count(), 2, "{log}");
}

#[test]
fn it_ends_as_the_command_does() {
    let home = tempfile::tempdir().expect("a home");
    let home = home.path();
    let code = |commands: &str| script(home, &[], commands).status.code();
    assert_eq!(code("exit 0"), Some(0));
    assert_eq!(code("exit 7"), Some(7));
    assert_eq!(code("kill -KILL $$"), Some(137));
    let missing = |command: &str| shown(home, &run_with(home, &["run", "--", command], ""));
    insta::assert_snapshot!(missing("./nowhere"), @r#"
exit: 127
--- stderr
error: The command `./nowhere` cannot be started.
  cause: No such file or directory (os error 2)
"#);
    insta::assert_snapshot!(missing("/"), @r#"
exit: 126
--- stderr
error: The command `/` cannot be started.
  cause: Permission denied (os error 13)
"#);
    assert!(shown(home, &run_with(home, &["run"], "")).starts_with("exit: 2\n"));
}

#[test]
fn signals_are_the_commands() {
    let home = tempfile::tempdir().expect("a home");
    let home = home.path();
    for (signal, code) in [("TERM", 3), ("INT", 4), ("HUP", 5), ("QUIT", 6)] {
        let commands = format!("trap 'echo {signal}; exit {code}' {signal}; echo ready; while :; do sleep 0.05; done");
        let mut child =
            typed(home, &[], &commands).stdin(Stdio::null()).stdout(Stdio::piped()).spawn().expect("started");
        let mut output = BufReader::new(child.stdout.take().expect("its output"));
        let mut line = String::new();
        output.read_line(&mut line).expect("readable");
        assert_eq!(line, "ready\n");
        let id = child.id().to_string();
        assert!(Command::new("kill").args([&format!("-{signal}"), &id]).status().expect("kill runs").success());
        let mut rest = String::new();
        output.read_to_string(&mut rest).expect("readable");
        assert_eq!(rest, format!("{signal}\n"));
        assert_eq!(child.wait().expect("it ends").code(), Some(code));
        assert_eq!(names(&home.join("tmp")), [""; 0]);
    }
}

#[test]
fn a_sandbox_that_runs_is_used_and_goes_on_running() {
    let home = tempfile::tempdir().expect("a home");
    let home = home.path();
    let sandbox = Running::start(home, &[]);
    let address = |options: &[&str]| {
        let output = script(home, options, "echo $FLEETGATE_URL; curl -s https://auth.tesla.com/status");
        let text = text(&output.stdout);
        text.strip_suffix("\nok").unwrap_or_else(|| panic!("{}", shown(home, &output))).to_owned()
    };
    let first = address(&[]);
    assert!(sandbox.banner.contains(&first), "{first}");
    assert_eq!(address(&[]), first, "it has not ended with the command");

    let place = ["--data-dir", ".local/share/fleetgate/sandbox"];
    assert_eq!(address(&place), first);
    let other = address(&["--dialect", "rfc"]);
    assert_ne!(other, first, "one that is described is another one");
    let refused = script(home, &[&place[..], &["--dialect", "rfc"]].concat(), "true");
    insta::assert_snapshot!(shown(home, &refused), @r#"
exit: 1
--- stderr
error: A sandbox runs in `.local/share/fleetgate/sandbox` already and stays as it is; leave out what describes another one.
"#);
    sandbox.stop();
    assert_eq!(names(&home.join("tmp")), [""; 0]);
}

#[test]
fn a_place_that_is_named_is_kept() {
    let home = tempfile::tempdir().expect("a home");
    let home = home.path();
    let first = script(home, &["--data-dir", "data"], "curl -s $FLEETGATE_URL/sandbox/world");
    let again = script(home, &["--data-dir", "data"], "curl -s $FLEETGATE_URL/sandbox/world");
    let id = |output: &Output| -> serde_json::Value {
        let world: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
        world["applications"][0]["client_secret"].clone()
    };
    assert!(id(&first).is_string());
    assert_eq!(id(&first), id(&again));
    let refused = script(home, &["--listen", "0.0.0.0:0"], "true");
    insta::assert_snapshot!(shown(home, &refused), @r#"
exit: 1
--- stderr
error: `0.0.0.0:0` lets other machines in; `run` listens on loopback only.
"#);
}
