//! `docs/benchmarks.md`.

use std::fmt;
use std::fs;
use std::path::Path;
use std::thread::available_parallelism;

use anyhow::{Context as _, Result};

use super::finding::Finding;

const METHOD: &str = include_str!("method.md");

/// Where it was measured.
#[derive(Debug)]
pub(super) struct Machine {
    processor: String,
    cores: usize,
    kernel: String,
    load: String,
}

impl Machine {
    pub(super) fn look() -> Result<Self> {
        let processor = fs::read_to_string("/proc/cpuinfo")?;
        let named = processor.lines().find_map(|line| line.strip_prefix("model name")?.split_once(':'));
        let load = fs::read_to_string("/proc/loadavg")?;
        Ok(Self {
            processor: named.map_or("an unnamed processor", |(_, name)| name.trim()).to_owned(),
            cores: available_parallelism()?.get(),
            kernel: fs::read_to_string("/proc/sys/kernel/osrelease")?.trim().to_owned(),
            load: load.split(' ').next().unwrap_or_default().to_owned(),
        })
    }
}

impl fmt::Display for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { processor, cores, kernel, load } = self;
        write!(f, "{processor}, {cores} cores, Linux {kernel}; load average before: {load}.")
    }
}

/// Writes the report.
pub(super) fn write(path: &Path, machine: &Machine, findings: &[Finding]) -> Result<()> {
    let mut text = format!("{METHOD}\n## The newest run\n\n{machine}\n\n");
    text.push_str("| what | measured | beside | ratio | target | |\n|---|---|---|---|---|---|\n");
    for finding in findings {
        let Finding { what, ours, beside, result, target, .. } = finding;
        text.push_str(&format!("| {what} | {ours} | {beside} | {result} | {target} | {} |\n", finding.verdict()));
    }
    fs::write(path, text).with_context(|| format!("write {}", path.display()))
}
