//! The car's software and its updates: offered from time to time, downloaded over Wi-Fi, installed when told to.

#[cfg(test)]
mod tests;

use fleetgate_protocol::vehicle_data::SoftwareUpdate;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Vehicle, Wakefulness};
use crate::seed::Seed;
use crate::time::{DAY, MINUTE, SECOND};

/// A new version comes out so often.
const RELEASES: i64 = 42 * DAY;
/// How long a car waits for it at most, since not all get it at once.
const ROLL_OUT_DAYS: i64 = 21;
/// How long a download and an installation take.
const DOWNLOAD_TIME: i64 = 25 * MINUTE;
pub(super) const INSTALL_TIME: i64 = 45 * MINUTE;

/// The software of a car.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Software {
    /// The version installed since the car was built, with its build.
    pub installed: Option<String>,
    /// The update under way.
    pub update: Option<Update>,
    /// When the next version is offered.
    pub next_offer: i64,
}

/// A version that is not installed yet.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Update {
    /// The version, such as `2026.26.4`.
    pub version: String,
    /// How far it has come.
    pub stage: Stage,
}

/// How far an update has come. Moments are microseconds since the epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "is")]
pub enum Stage {
    /// There is no Wi-Fi to download it.
    WaitingForWifi,
    /// It is being downloaded.
    Downloading {
        /// Since when.
        since: i64,
    },
    /// It can be installed.
    Available,
    /// It will be installed.
    Scheduled {
        /// When.
        at: i64,
    },
    /// It is being installed.
    Installing {
        /// Since when.
        since: i64,
    },
}

impl Stage {
    /// When it changes by itself.
    const fn ends_at(self) -> Option<i64> {
        match self {
            Self::WaitingForWifi | Self::Available => None,
            Self::Downloading { since } => Some(since + DOWNLOAD_TIME),
            Self::Scheduled { at } => Some(at),
            Self::Installing { since } => Some(since + INSTALL_TIME),
        }
    }
}

impl Software {
    /// The software of a car that gets its next version after a moment.
    pub(super) fn since(seed: Seed, now: i64) -> Self {
        Self { next_offer: next_offer(seed, now), ..Self::default() }
    }

    /// Whether it keeps the car awake.
    pub(super) fn keeps_awake(&self) -> bool {
        let busy = |update: &Update| matches!(update.stage, Stage::Downloading { .. } | Stage::Installing { .. });
        self.update.as_ref().is_some_and(busy)
    }

    /// Whether an installation runs.
    pub(super) fn is_installing(&self) -> bool {
        self.update.as_ref().is_some_and(|update| matches!(update.stage, Stage::Installing { .. }))
    }

    /// What `vehicle_state` tells of it.
    pub(super) fn shown(&self, now: i64) -> SoftwareUpdate {
        let done = |since: i64, time: i64| ((now - since) * 100 / time).clamp(0, 100);
        let mut shown = SoftwareUpdate {
            expected_duration_sec: INSTALL_TIME / SECOND,
            version: " ".into(),
            ..SoftwareUpdate::default()
        };
        let Some(Update { version, stage }) = &self.update else { return shown };
        shown.version = version.clone().into();
        shown.download_perc = 100;
        match *stage {
            Stage::WaitingForWifi => {
                shown.status = "downloading_wifi_wait".into();
                shown.download_perc = 0;
            }
            Stage::Downloading { since } => {
                shown.status = "downloading".into();
                shown.download_perc = done(since, DOWNLOAD_TIME);
            }
            Stage::Available => shown.status = "available".into(),
            Stage::Scheduled { at } => {
                shown.status = "scheduled".into();
                shown.scheduled_time_ms = Some(at.div_euclid(1000));
                shown.warning_time_remaining_ms = Some((at - now).max(0) / 1000);
            }
            Stage::Installing { since } => {
                shown.status = "installing".into();
                shown.install_perc = done(since, INSTALL_TIME);
            }
        }
        shown
    }
}

impl Vehicle {
    /// The software version with its build.
    #[must_use]
    pub fn car_version(&self) -> &str {
        self.software.installed.as_deref().unwrap_or(&self.profile.car_version)
    }

    /// Offers the car the next version at once, already downloaded.
    pub fn offer_update(&mut self) {
        self.software.update = Some(Update { version: self.next_version(), stage: Stage::Available });
    }

    /// When the software next changes something by itself.
    pub(super) fn software_event(&self) -> Option<i64> {
        match &self.software.update {
            Some(update) => update.stage.ends_at(),
            None => self.is_awake().then_some(self.software.next_offer),
        }
    }

    /// Makes the changes of the software that are due. A version is offered to a car that is awake; a scheduled
    /// installation wakes the car, and does not begin on the road or on an empty battery.
    pub(super) fn settle_software(&mut self) {
        let now = self.updated_at;
        if self.software.update.is_none() && self.is_awake() && self.software.next_offer <= now {
            self.software.update = Some(Update { version: self.next_version(), stage: Stage::WaitingForWifi });
        }
        let (awake, wifi) = (self.is_awake(), self.has_wifi());
        let may_install = !self.is_driving() && !self.is_empty();
        let Some(update) = &mut self.software.update else { return };
        let due = update.stage.ends_at().is_some_and(|at| at <= now);
        update.stage = match update.stage {
            Stage::WaitingForWifi if wifi && awake => Stage::Downloading { since: now },
            Stage::Downloading { .. } if !wifi => Stage::WaitingForWifi,
            Stage::Scheduled { at } if due && may_install => Stage::Installing { since: at },
            Stage::Downloading { .. } | Stage::Scheduled { .. } if due => Stage::Available,
            Stage::Installing { .. } if due => return self.installed(),
            _ => return,
        };
        self.use_now();
    }

    /// Goes on with the new version.
    fn installed(&mut self) {
        let Some(Update { version, .. }) = self.software.update.take() else { return };
        let build = self.profile.seed().at(&version).hex();
        self.software.installed = Some(format!("{version} {}", &build[..12]));
        self.software.next_offer = next_offer(self.profile.seed(), self.updated_at);
        self.use_now();
    }

    fn is_awake(&self) -> bool {
        matches!(self.wakefulness, Wakefulness::Awake { .. })
    }

    /// Whether the car is in its Wi-Fi at home.
    fn has_wifi(&self) -> bool {
        self.profile.home_wifi && !self.is_driving() && self.is_at_home()
    }

    /// A version is called after the week in which it came out, and is newer than the one before.
    fn next_version(&self) -> String {
        let mut parts = self.car_version().split(['.', ' ']).map_while(|part| part.parse::<i64>().ok());
        let (year, week) = (parts.next().unwrap_or(0), parts.next().unwrap_or(0));
        let released = Timestamp::from_microsecond(self.updated_at).unwrap_or_default();
        let date = released.to_zoned_datetime(jiff::tz::TimeZone::UTC).date().iso_week_date();
        let newest = (i64::from(date.year()), i64::from(date.week()));
        let after = if week + 4 > 52 { (year + 1, 4) } else { (year, week + 4) };
        let (year, week) = newest.max(after);
        format!("{year}.{week}.{}", self.profile.seed().at("point release").nth(week).below(8) + 1)
    }
}

/// When a car is next offered a version, after a moment.
fn next_offer(seed: Seed, now: i64) -> i64 {
    let offer =
        |release: i64| release * RELEASES + seed.at("roll-out").nth(release).below(ROLL_OUT_DAYS * 24) * (DAY / 24);
    let release = now.div_euclid(RELEASES);
    let later = offer(release + 1);
    if offer(release) > now { offer(release) } else { later }
}
