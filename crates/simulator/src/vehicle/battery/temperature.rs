//! How warm a battery is, and what it takes at a temperature.

use super::Battery;

/// A battery takes its full power from the second temperature on, and next to nothing at the first, degrees Celsius.
const COLD: f64 = -10.0;
const WARM: f64 = 25.0;
const LEAST: f64 = 0.15;

/// What warms a battery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Warming {
    /// Nothing.
    Rest,
    /// Charging at home.
    Slow,
    /// Driving.
    Drive,
    /// Charging with direct current.
    Fast,
    /// Its heater.
    Heater,
}

impl Warming {
    /// What the battery has above the outside in the end (degrees Celsius), and the hours in which the difference to that
    /// falls to 37 %.
    const fn course(self) -> (f64, f64) {
        match self {
            Self::Rest => (0.0, 5.0),
            Self::Slow => (5.0, 3.0),
            Self::Drive => (14.0, 0.8),
            Self::Fast => (32.0, 0.35),
            Self::Heater => (28.0, 0.4),
        }
    }
}

impl Battery {
    /// Lets it warm or cool for some hours.
    pub(crate) fn warm(&mut self, by: Warming, hours: f64) {
        let (end, time) = by.course();
        self.excess = end + (self.excess - end) * (-hours / time).exp();
    }
}

/// The part of its power that a battery takes at a temperature.
pub(crate) fn acceptance(celsius: f64) -> f64 {
    (LEAST + (1.0 - LEAST) * (celsius - COLD) / (WARM - COLD)).clamp(LEAST, 1.0)
}
