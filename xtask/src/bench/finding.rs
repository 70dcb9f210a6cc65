//! What was found out, and what was hoped for.

use std::fmt;

/// One line of the report.
#[derive(Debug)]
pub(super) struct Finding {
    pub(super) what: String,
    pub(super) ours: String,
    pub(super) beside: String,
    pub(super) result: String,
    pub(super) target: String,
    /// Whether the target is met, where there is one.
    met: Option<bool>,
}

impl Finding {
    /// A rate beside another one, with the least ratio to reach.
    pub(super) fn ratio(what: &str, ours: f64, (name, peer): (&str, f64), unit: &str, least: Option<f64>) -> Self {
        let ratio = ours / peer;
        let show =
            |ratio: f64| if ratio < 2.0 { format!("{:.0} %", ratio * 100.0) } else { format!("{ratio:.1} times") };
        Self {
            what: what.to_owned(),
            ours: format!("{} {unit}", number(ours)),
            beside: format!("{name}: {} {unit}", number(peer)),
            result: show(ratio),
            target: least.map(|least| format!("at least {}", show(least))).unwrap_or_default(),
            met: least.map(|least| ratio >= least),
        }
    }

    /// An amount, with the most that it may be.
    pub(super) fn amount(what: &str, ours: f64, unit: &str, beside: String, most: Option<f64>) -> Self {
        Self {
            what: what.to_owned(),
            ours: format!("{} {unit}", number(ours)),
            beside,
            result: String::new(),
            target: most.map(|most| format!("at most {} {unit}", number(most))).unwrap_or_default(),
            met: most.map(|most| ours <= most),
        }
    }

    /// Whether there is a target that is not met.
    pub(super) fn is_missed(&self) -> bool {
        self.met == Some(false)
    }

    /// Whether the target is met, in a word.
    pub(super) fn verdict(&self) -> &'static str {
        match self.met {
            Some(true) => "met",
            Some(false) => "missed",
            None => "",
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { what, ours, beside, result, target, .. } = self;
        let parts = [ours, beside, result, target].into_iter().map(String::as_str).chain([self.verdict()]);
        let parts: Vec<&str> = parts.filter(|part| !part.is_empty()).collect();
        write!(f, "{what}: {}", parts.join("; "))
    }
}

/// Three digits are as much as a measurement is worth.
pub(super) fn number(value: f64) -> String {
    match value {
        value if value < 10.0 => format!("{value:.2}"),
        value if value < 100.0 => format!("{value:.1}"),
        value => {
            let digits = format!("{value:.0}");
            let groups = digits.as_bytes().rchunks(3).rev().map(String::from_utf8_lossy);
            groups.collect::<Vec<_>>().join(",")
        }
    }
}
