//! How many tests passed and failed, from the runners' own lines.

use std::fmt;
use std::ops::{Add, AddAssign};

/// Passed and failed tests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Count {
    pub(super) passed: u64,
    pub(super) failed: u64,
}

impl Add for Count {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self { passed: self.passed + other.passed, failed: self.failed + other.failed }
    }
}

impl AddAssign for Count {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)
    }
}

/// Counts tests in the lines of a runner.
#[derive(Debug, Default)]
pub(super) struct Counter {
    count: Count,
    /// Python says first how many tests it ran, then how many of them did not pass.
    ran: u64,
}

impl Counter {
    /// A line of `cargo test`: `test result: ok. 9 passed; 0 failed; …`, once for each binary.
    pub(super) fn cargo(&mut self, line: &str) {
        let Some((_, counts)) = line.strip_prefix("test result: ").and_then(|rest| rest.split_once(". ")) else {
            return;
        };
        for part in counts.split("; ") {
            match part.split_once(' ') {
                Some((number, "passed")) => self.count.passed += parse(number),
                Some((number, "failed")) => self.count.failed += parse(number),
                _ => {}
            }
        }
    }

    /// A line of `node --test`: `ℹ pass 9`, `ℹ fail 0`, `ℹ cancelled 0`.
    pub(super) fn node(&mut self, line: &str) {
        let Some(rest) = line.strip_prefix("ℹ ").or_else(|| line.strip_prefix("# ")) else { return };
        match rest.split_once(' ') {
            Some(("pass", number)) => self.count.passed += parse(number),
            Some(("fail" | "cancelled", number)) => self.count.failed += parse(number),
            _ => {}
        }
    }

    /// A line of `python -m unittest`: `Ran 9 tests in 0.1s`, then `OK` or `FAILED (failures=1, errors=1)`.
    pub(super) fn python(&mut self, line: &str) {
        if let Some(rest) = line.strip_prefix("Ran ") {
            self.ran = rest.split(' ').next().map_or(0, parse);
            return;
        }
        let Some(rest) = line.strip_prefix("OK").or_else(|| line.strip_prefix("FAILED")) else { return };
        let outcomes = rest.trim_matches([' ', '(', ')']).split(", ").filter_map(|part| part.split_once('='));
        let mut skipped = 0;
        for (outcome, number) in outcomes {
            match outcome {
                "failures" | "errors" | "unexpected successes" => self.count.failed += parse(number),
                _ => skipped += parse(number),
            }
        }
        self.count.passed += self.ran.saturating_sub(self.count.failed + skipped);
        self.ran = 0;
    }

    /// The sum. A runner that failed without naming a test counts as one failed test.
    pub(super) fn finish(self, success: bool) -> Count {
        let Count { passed, failed } = self.count;
        Count { passed, failed: if success { failed } else { failed.max(1) } }
    }
}

fn parse(number: &str) -> u64 {
    number.trim().parse().unwrap_or(0)
}

#[cfg(test)]
mod tests;
