//! What many idle, slow and large peers take of a server's memory.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Stdio};
use std::time::Duration;

use super::program;

/// Bodies may take 256 times `body_bytes`, here 16 MiB, all together; patience is long, so that everybody is still there
/// when memory is looked at, however slow the machine is.
const CONFIGURATION: &str = r#"
base_url = "http://127.0.0.1:8080"
listen = "127.0.0.1:0"
data_dir = "data"

[limits]
body_bytes = 65536
header_time = "1h"
body_time = "1h"
idle_time = "1h"
request_time = "1h"
"#;

/// Less than a third of what is sent.
const BOUND: u64 = 128 << 20;

struct Served {
    child: Child,
    address: String,
}

impl Served {
    fn start(home: &std::path::Path) -> Self {
        std::fs::write(home.join("fleetgate.toml"), CONFIGURATION).expect("written");
        let mut command = program(home, &["serve", "--config", "fleetgate.toml"]);
        let mut child = command.stderr(Stdio::piped()).spawn().expect("it starts");
        let mut log = BufReader::new(child.stderr.take().expect("its output"));
        let mut line = String::new();
        while !line.contains("listening") {
            line.clear();
            assert_ne!(log.read_line(&mut line).expect("readable"), 0, "it ended");
        }
        // Nobody waits for its log to be read.
        std::thread::spawn(move || std::io::copy(&mut log, &mut std::io::sink()));
        let address = line.split("address=").nth(1).and_then(|rest| rest.split_whitespace().next());
        Self { child, address: address.expect("an address").to_owned() }
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(&self.address).expect("a connection");
        stream.set_write_timeout(Some(Duration::from_millis(100))).expect("a timeout");
        stream
    }

    /// Sends as much of a body as the server takes.
    fn send(&self, announced: usize, sent: usize) -> TcpStream {
        let mut stream = self.connect();
        let head = format!("POST /oauth2/v3/token HTTP/1.1\r\nHost: localhost\r\nContent-Length: {announced}\r\n\r\n");
        stream.write_all(head.as_bytes()).expect("sent");
        // One that is refused, or whose peer takes no more, has sent enough.
        let _ = stream.write_all(&vec![b'a'; sent]);
        stream
    }

    /// Resident memory, in bytes.
    fn memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).expect("a process");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("its memory");
        line.trim().trim_end_matches(" kB").parse::<u64>().expect("a number") << 10
    }

    fn is_serving(&self) -> bool {
        let mut stream = self.connect();
        let request =
            "GET /oauth2/v3/discovery/thirdparty/keys HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
        stream.write_all(request.as_bytes()).expect("sent");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        answer.starts_with("HTTP/1.1 200")
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn memory_stays_bounded_whoever_comes() {
    let home = tempfile::tempdir().expect("a home");
    let server = Served::start(home.path());
    assert!(server.is_serving());
    let before = server.memory();
    let idle: Vec<_> = (0..1_000).map(|_| server.connect()).collect();
    let too_large: Vec<_> = (0..200).map(|_| server.send(4 << 20, 2 << 20)).collect();
    let half_sent: Vec<_> = (0..500).map(|_| server.send(64 << 10, 60 << 10)).collect();
    assert!(server.is_serving());
    let grown = server.memory().saturating_sub(before);
    assert!(grown < BOUND, "{} MiB more for {} peers", grown >> 20, idle.len() + too_large.len() + half_sent.len());
}
