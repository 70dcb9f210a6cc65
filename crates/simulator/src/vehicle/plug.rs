//! Plugging in and out, and the bill of a fast charger.

use serde::{Deserialize, Serialize};

use super::battery::{Charger, ChargingStatus, acceptance};
use super::{Vehicle, Wakefulness};
use crate::charging::ChargingSession;
use crate::time::{HOUR, MINUTE, next_cell};

/// What a battery takes at its temperature is looked at again after so long, aligned to the epoch.
const FAST_CELL: i64 = 2 * MINUTE;
const SLOW_CELL: i64 = HOUR;

/// A session at a fast charger that is not over.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct OpenSession {
    /// When it was plugged in, microseconds since the epoch.
    pub started_at: i64,
    /// When energy ceased to flow.
    pub stopped_at: Option<i64>,
    /// What the car's meter showed when it was plugged in, kWh.
    pub wall_kwh: f64,
}

impl Vehicle {
    /// Plugs in a charger. A car below its limit begins to charge, unless a schedule wants it later. A car on a trip is not
    /// plugged in by anybody but its driver.
    pub fn plug_in(&mut self, charger: Charger, now: i64) {
        self.advance(now);
        if self.journey.is_some() {
            return;
        }
        self.use_now();
        self.disconnect();
        self.connect(charger);
        self.settle();
    }

    /// Takes the plug out.
    pub fn unplug(&mut self, now: i64) {
        self.advance(now);
        self.use_now();
        self.disconnect();
        self.plan();
        self.settle();
    }

    /// The sessions at fast chargers that ended since this was last called, oldest first. Whoever asks must keep them.
    pub fn take_sessions(&mut self) -> Vec<ChargingSession> {
        std::mem::take(&mut self.unbilled)
    }

    /// Whether sessions wait for [`Vehicle::take_sessions`].
    #[must_use]
    pub fn has_sessions(&self) -> bool {
        !self.unbilled.is_empty()
    }

    /// Puts the plug in. The current that was set stays, if the charger has it.
    pub(super) fn connect(&mut self, charger: Charger) {
        let battery = &mut self.battery;
        battery.charger = Some(charger);
        battery.added_kwh = 0.0;
        (battery.port_open, battery.latch_open) = (true, false);
        if !charger.fast {
            battery.amps = battery.amps.min(charger.amps);
        }
        if charger.fast {
            let wall_kwh = battery.meter.wall_kwh;
            self.session = Some(OpenSession { started_at: self.updated_at, stopped_at: None, wall_kwh });
        }
        self.charge_or_wait();
    }

    /// Takes the plug out, and closes the port and the bill.
    pub(super) fn disconnect(&mut self) {
        self.bill();
        if self.battery.charger.take().is_some() {
            (self.battery.port_open, self.battery.latch_open) = (false, false);
        }
        self.battery.status = ChargingStatus::Disconnected;
        (self.schedules.overridden, self.schedules.window) = (false, None);
        if let Some(managed) = &mut self.schedules.managed {
            managed.user_canceled = false;
        }
    }

    /// Lets energy flow.
    pub(super) fn begin_charging(&mut self) {
        self.battery.status = ChargingStatus::Charging;
        self.battery.latch_open = false;
        self.look_at_temperature();
    }

    /// Temperature of the battery, degrees Celsius.
    pub(super) fn battery_celsius(&self, now: i64) -> f64 {
        self.stand().temperature(now) + self.battery.excess
    }

    /// When what the battery takes is next looked at.
    pub(super) fn next_temperature(&self) -> Option<i64> {
        self.battery.is_fed().then(|| next_cell(self.updated_at, self.temperature_cell()))
    }

    /// Looks at the battery's temperature, and at the state of an open session.
    pub(super) fn settle_charging(&mut self) {
        if self.battery.is_fed() && self.updated_at % self.temperature_cell() == 0 {
            self.look_at_temperature();
        }
        let (charging, now) = (self.battery.is_charging(), self.updated_at);
        if let Some(session) = &mut self.session {
            session.stopped_at = if charging { None } else { session.stopped_at.or(Some(now)) };
        }
    }

    fn temperature_cell(&self) -> i64 {
        if self.battery.is_fast() { FAST_CELL } else { SLOW_CELL }
    }

    fn look_at_temperature(&mut self) {
        self.battery.acceptance = acceptance(self.battery_celsius(self.updated_at));
    }

    /// Ends an open session, which is billed if energy flowed.
    fn bill(&mut self) {
        let Some(OpenSession { started_at, stopped_at, wall_kwh }) = self.session.take() else { return };
        let now = self.updated_at;
        let kwh = self.battery.meter.wall_kwh - wall_kwh;
        let times = (started_at, stopped_at.unwrap_or(now), now);
        self.unbilled.extend(ChargingSession::billed(&self.profile, self.stand(), times, kwh));
    }

    pub(super) fn use_now(&mut self) {
        self.wakefulness = Wakefulness::Awake { used_at: self.updated_at };
    }
}
