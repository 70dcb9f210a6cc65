//! Who may drive a car: PINs and the modes that they guard, speed limit and parental controls.

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::time::MINUTE;

/// How long a car started from afar waits for its driver.
pub(super) const REMOTE_START_TIME: i64 = 2 * MINUTE;
/// What a speed limit can be, mph.
pub(crate) const LIMIT_MIN: i64 = 50;
pub(crate) const LIMIT_MAX: i64 = 120;

/// Four digits. They guard a simulated car and are kept as they are; no other secret is.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pin(String);

impl Pin {
    /// Reads a PIN.
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        let is_pin = text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit());
        is_pin.then(|| Self(text.to_owned()))
    }
}

impl fmt::Debug for Pin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pin(…)")
    }
}

/// A mode that a PIN guards.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Guarded {
    /// Whether it is in force.
    pub active: bool,
    /// The PIN, once one was set.
    pub pin: Option<Pin>,
}

/// Why a guarded mode does not change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refused {
    /// Another PIN was set.
    WrongPin,
    /// It is in force already.
    AlreadyOn,
    /// It is not in force.
    AlreadyOff,
}

impl Refused {
    /// The reason on the wire.
    pub(super) const fn reason(self) -> &'static str {
        match self {
            Self::WrongPin => "invalid_pin",
            Self::AlreadyOn => "already on",
            Self::AlreadyOff => "already off",
        }
    }
}

impl Guarded {
    /// Puts the mode in force with the PIN that was set, or sets this one.
    pub(super) fn activate(&mut self, pin: Pin) -> Result<(), Refused> {
        if self.active {
            return Err(Refused::AlreadyOn);
        }
        if self.pin.as_ref().is_some_and(|set| *set != pin) {
            return Err(Refused::WrongPin);
        }
        *self = Self { active: true, pin: Some(pin) };
        Ok(())
    }

    /// Ends the mode; the PIN stays.
    pub(super) fn deactivate(&mut self, pin: Option<&Pin>) -> Result<(), Refused> {
        if !self.active {
            return Err(Refused::AlreadyOff);
        }
        if self.pin.is_some() && self.pin.as_ref() != pin {
            return Err(Refused::WrongPin);
        }
        self.active = false;
        Ok(())
    }

    /// Forgets the PIN of a mode that is not in force.
    pub(super) fn clear_pin(&mut self, pin: Option<&Pin>) -> Result<(), Refused> {
        if self.active {
            return Err(Refused::AlreadyOn);
        }
        if pin.is_some() && self.pin.as_ref() != pin {
            return Err(Refused::WrongPin);
        }
        self.pin = None;
        Ok(())
    }
}

/// A parental control.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum ParentalSetting {
    /// A speed limit.
    SpeedLimit,
    /// Gentle acceleration.
    Acceleration,
    /// Safety features that cannot be switched off.
    SafetyFeatures,
    /// Messages about drives at night.
    Curfew,
    /// No browser.
    BrowserBlocked,
    /// No films.
    TheaterBlocked,
    /// No games.
    ArcadeBlocked,
}

/// Who may drive, and how fast.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Security {
    /// Valet mode.
    pub valet: Guarded,
    /// PIN to drive.
    pub pin_to_drive: Guarded,
    /// Speed limit.
    pub speed_limit: Guarded,
    /// The limit, mph.
    pub speed_limit_mph: f64,
    /// Parental controls.
    pub parental: Guarded,
    /// Their limit, mph.
    pub parental_mph: f64,
    /// Which of them are on.
    pub parental_settings: BTreeSet<ParentalSetting>,
    /// Whether guest mode is on.
    pub guest: bool,
    /// Whether a car may be driven off that was started from afar.
    pub keyless_driving: bool,
    /// Until when a car started from afar waits for its driver.
    pub started_until: Option<i64>,
}

impl Default for Security {
    fn default() -> Self {
        Self {
            valet: Guarded::default(),
            pin_to_drive: Guarded::default(),
            speed_limit: Guarded::default(),
            speed_limit_mph: 85.0,
            parental: Guarded::default(),
            parental_mph: 85.0,
            parental_settings: BTreeSet::new(),
            guest: false,
            keyless_driving: true,
            started_until: None,
        }
    }
}

impl Security {
    /// How fast the car may be driven, mph, if a limit is in force.
    pub(super) fn limit_mph(&self) -> Option<f64> {
        let parental = self.parental.active && self.parental_settings.contains(&ParentalSetting::SpeedLimit);
        let limits = [(self.speed_limit.active, self.speed_limit_mph), (parental, self.parental_mph)];
        limits.into_iter().filter_map(|(active, mph)| active.then_some(mph)).reduce(f64::min)
    }

    /// Whether the car was started from afar and waits for its driver.
    pub(super) fn is_started(&self, now: i64) -> bool {
        self.started_until.is_some_and(|until| now < until)
    }
}
