//! Time that passes, and time that a process computes.

use std::fs;
use std::time::Duration;

use anyhow::{Context as _, Result};
use serde_json::json;
use tokio::time::Instant;

/// What the kernel counts in: `USER_HZ`, which is 100 on every Linux.
const TICKS_PER_SECOND: f64 = 100.0;

/// Measures a process from its making on.
#[derive(Debug)]
pub(crate) struct Stopwatch {
    pid: u32,
    begun: Instant,
    cpu_before: f64,
}

impl Stopwatch {
    /// Measures process `pid`.
    pub(crate) fn start(pid: u32) -> Result<Self> {
        Ok(Self { pid, cpu_before: cpu_seconds(pid)?, begun: Instant::now() })
    }

    /// Measures this process.
    pub(crate) fn own() -> Result<Self> {
        Self::start(std::process::id())
    }

    pub(crate) fn elapsed(&self) -> Duration {
        self.begun.elapsed()
    }

    /// Prints how often something was done in `elapsed`, and what the process computed until now.
    pub(crate) fn print(&self, count: usize, elapsed: Duration) -> Result<()> {
        let cpu_seconds = cpu_seconds(self.pid)? - self.cpu_before;
        println!("{}", json!({"count": count, "seconds": elapsed.as_secs_f64(), "cpu_seconds": cpu_seconds}));
        Ok(())
    }
}

/// Does something again and again, `at_once` times between two looks at the clock, and prints how often.
pub(crate) fn repeat(seconds: f64, at_once: usize, mut work: impl FnMut() -> Result<()>) -> Result<()> {
    work()?;
    let stopwatch = Stopwatch::own()?;
    let mut count = 0;
    while stopwatch.elapsed().as_secs_f64() < seconds {
        for _ in 0..at_once {
            work()?;
        }
        count += at_once;
    }
    stopwatch.print(count, stopwatch.elapsed())
}

/// Prints what a process computes while it is left alone.
pub(crate) async fn watch(pid: u32, seconds: f64) -> Result<()> {
    let stopwatch = Stopwatch::start(pid)?;
    tokio::time::sleep(Duration::from_secs_f64(seconds)).await;
    stopwatch.print(1, stopwatch.elapsed())
}

/// The processor time of a process and all its threads, in seconds (`utime` and `stime` of `proc(5)`).
fn cpu_seconds(pid: u32) -> Result<f64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).context("read the processor time of a process")?;
    // The name before it, in parentheses, may hold anything.
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks = |index: usize| fields.get(index).and_then(|field| field.parse::<u32>().ok());
    let (user, system) = ticks(11).zip(ticks(12)).context("read `utime` and `stime`")?;
    Ok((f64::from(user) + f64::from(system)) / TICKS_PER_SECOND)
}
