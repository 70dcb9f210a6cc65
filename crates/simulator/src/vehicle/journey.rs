//! Driving: trips, stops on the way, and the commute.

#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

use super::motion::{Consumption, Motion};
use super::navigation::Navigation;
use super::{Vehicle, Wakefulness};
use crate::calendar::{Days, next_after};
use crate::road::Road;
use crate::sky::Coordinates;
use crate::time::{DAY, MINUTE, SECOND, next_cell};

/// Nobody gets into a car for less than this, miles.
const SHORTEST_MILES: f64 = 0.1;
/// What drivers keep in the battery when they arrive, as parts of the full battery: at a charger, and anywhere else.
const KEPT_AT_CHARGER: f64 = 0.08;
const KEPT: f64 = 0.1;
/// Drivers stay at a fast charger from the first to the second of these, parts of the full battery.
const WORTH_A_STOP: f64 = 0.6;
const SLOW_FROM: f64 = 0.85;
/// What the screen calls a fast charger on the way.
const CHARGER_NAME: &str = "Supercharger";
/// Power of computers and climate system that drivers expect, kW.
const EXPECTED_KW: f64 = 1.5;

/// Where somebody drives.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Trip {
    /// Where to.
    pub to: Coordinates,
    /// What the place is called.
    pub name: String,
    /// Whether the car is plugged in there, to a charger as at home.
    pub plug_in: bool,
}

/// A way that somebody drives there and back on the same days of every week.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Commute {
    /// Where it leads.
    pub to: Coordinates,
    /// What the place is called, such as `Work`.
    pub name: String,
    /// The days.
    pub days: Days,
    /// When the car leaves home: minutes after midnight on the clock at home.
    pub leave: i64,
    /// When it goes back: minutes after midnight on the clock at home.
    pub back: i64,
    /// Whether it is plugged in at home.
    pub plug_in: bool,
}

/// Why a car does not set off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TripError {
    /// It is on its way already.
    #[error("The car is on its way to another place.")]
    OnTheWay,
    /// It is there.
    #[error("The car is there already.")]
    There,
    /// It installs software.
    #[error("The car installs software and cannot be driven until that is done.")]
    Installing,
    /// Its battery does not even reach a fast charger.
    #[error("The battery reaches neither the place nor a fast charger.")]
    EmptyBattery,
}

/// A trip under way.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Journey {
    /// Where it leads.
    pub trip: Trip,
    /// What the car does now.
    pub stage: Stage,
}

/// What a car on a trip does.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "is")]
pub enum Stage {
    /// It drives.
    Driving(Drive),
    /// It stands at a fast charger.
    Charging(Stop),
}

/// A drive from one standstill to the next.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Drive {
    /// Where it began.
    pub from: Coordinates,
    /// Where it ends: at the destination or at a fast charger.
    pub to: Coordinates,
    /// When it began, microseconds since the epoch.
    pub started_at: i64,
    /// When it ends, microseconds since the epoch.
    pub ends_at: i64,
    /// Length of the road, miles.
    pub miles: f64,
    /// Traffic: 1 as usual, less when it is slow.
    pub pace: f64,
    /// The car's speed limit when it began, mph, if one was in force.
    #[serde(default)]
    pub limit_mph: Option<f64>,
    /// Outside temperature, degrees Celsius.
    pub outside: f64,
    /// The odometer when it began, miles.
    pub odometer_miles: f64,
}

impl Drive {
    fn motion(&self) -> Motion {
        Motion::over(self.miles, self.pace, self.limit_mph)
    }

    fn seconds(&self, now: i64) -> f64 {
        (now - self.started_at) as f64 / SECOND as f64
    }
}

/// A stop at a fast charger.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Stop {
    /// What the driver waits for, kWh in the battery.
    pub goal_kwh: f64,
    /// When the driver comes back to a car that is done.
    pub leaves_at: Option<i64>,
}

/// A drive at a moment.
#[derive(Clone, Copy, Debug)]
pub(super) struct OnTheRoad {
    pub(super) mph: f64,
    /// Power of the motor, kW; negative when it brakes.
    pub(super) kilowatts: f64,
    pub(super) place: Coordinates,
    /// Degrees from north.
    pub(super) heading: i64,
    pub(super) miles_left: f64,
    pub(super) minutes_left: f64,
    /// Energy that the rest of the drive takes, kWh.
    pub(super) kwh_left: f64,
    /// What the traffic costs, minutes.
    pub(super) delay: f64,
}

impl Vehicle {
    /// The same car, whose owner drives these ways.
    #[must_use]
    pub fn with_commutes(mut self, commutes: Vec<Commute>) -> Self {
        self.commutes = commutes;
        self.agenda.drive = self.next_departure();
        self
    }

    /// Sets off at once; unplugs the car first. It stops at fast chargers if its battery asks for it.
    ///
    /// # Errors
    /// When it is on its way, is there already, installs software, or cannot reach even a fast charger. Then nothing
    /// changes.
    pub fn drive(&mut self, trip: Trip, now: i64) -> Result<(), TripError> {
        self.advance(now);
        if self.journey.is_some() {
            return Err(TripError::OnTheWay);
        }
        self.set_off(trip)?;
        self.settle();
        Ok(())
    }

    /// The drive under way, at a moment of it.
    pub(super) fn on_the_road(&self, now: i64) -> Option<OnTheRoad> {
        let drive = self.current_drive()?;
        let (motion, seconds, car) = (drive.motion(), drive.seconds(now), self.consumption(drive.outside));
        let miles = motion.miles(seconds);
        let (place, heading) = Road::between(drive.from, drive.to).at(miles);
        let whole = motion.seconds();
        Some(OnTheRoad {
            mph: motion.mph(seconds),
            kilowatts: motion.kilowatts(seconds, &car),
            place,
            heading,
            miles_left: drive.miles - miles,
            minutes_left: ((whole - seconds) / 60.0).max(0.0),
            kwh_left: motion.used_kwh(whole, &car) - motion.used_kwh(seconds, &car),
            delay: ((whole - Motion::over(drive.miles, 1.0, drive.limit_mph).seconds()) / 60.0).max(0.0),
        })
    }

    fn current_drive(&self) -> Option<&Drive> {
        match &self.journey {
            Some(Journey { stage: Stage::Driving(drive), .. }) => Some(drive),
            _ => None,
        }
    }

    /// Where the drive under way ends, a fast charger on the way or the place of the trip; or else where the car is.
    pub(super) fn next_stop(&self) -> (Coordinates, &str) {
        match &self.journey {
            Some(Journey { trip, stage: Stage::Driving(drive) }) if drive.to != trip.to => (drive.to, CHARGER_NAME),
            Some(Journey { trip, .. }) => (trip.to, &trip.name),
            None => (self.stand(), ""),
        }
    }

    /// The stop at a fast charger, if the car is at one.
    pub(super) const fn stop(&self) -> Option<Stop> {
        match &self.journey {
            Some(Journey { stage: Stage::Charging(stop), .. }) => Some(*stop),
            _ => None,
        }
    }

    /// When the journey next changes by itself.
    pub(super) fn journey_event(&self) -> Option<i64> {
        match &self.journey.as_ref()?.stage {
            Stage::Driving(drive) => Some(drive.ends_at),
            Stage::Charging(stop) => stop.leaves_at,
        }
    }

    /// Drives on: energy that the motor takes from the battery, kWh. The odometer follows.
    pub(super) fn roll(&mut self, from: i64, to: i64) -> f64 {
        let Some(drive) = self.current_drive() else { return 0.0 };
        let (motion, car) = (drive.motion(), self.consumption(drive.outside));
        let used = motion.used_kwh(drive.seconds(to), &car) - motion.used_kwh(drive.seconds(from), &car);
        self.odometer_miles = drive.odometer_miles + motion.miles(drive.seconds(to));
        used
    }

    /// Makes the changes of the journey that are due.
    pub(super) fn settle_journey(&mut self) {
        let now = self.updated_at;
        if self.journey_event().is_some_and(|at| at <= now) {
            let Some(Journey { trip, stage }) = self.journey.take() else { return };
            match stage {
                Stage::Driving(drive) => self.arrive(trip, &drive),
                Stage::Charging(_) => self.drive_on(trip),
            }
        }
        let (charging, seed) = (self.battery.is_charging(), self.profile.seed().at("driver"));
        let seed = seed.nth(self.session.map_or(0, |session| session.started_at));
        if let Some(Journey { stage: Stage::Charging(stop), .. }) = &mut self.journey {
            match stop.leaves_at {
                // One driver in six forgets the car.
                None if !charging => {
                    let late = if seed.at("late").below(6) == 0 { seed.at("minutes").below(15) + 6 } else { 0 };
                    let walk = (seed.at("walk").below(180) + 30) * SECOND;
                    stop.leaves_at = Some(next_cell(now, SECOND) + late * MINUTE + walk);
                }
                Some(_) if charging => stop.leaves_at = None,
                _ => {}
            }
        }
        if self.agenda.drive.is_some_and(|at| at <= now) {
            if let Some(trip) = self.planned_trip().filter(|_| self.journey.is_none()) {
                // A car that cannot reach its charger, or installs software, stays.
                let _ = self.set_off(trip);
            }
            self.agenda.drive = self.next_departure();
        }
    }

    /// Somebody gets in, unplugs the car and drives off.
    fn set_off(&mut self, trip: Trip) -> Result<(), TripError> {
        if self.software.is_installing() {
            return Err(TripError::Installing);
        }
        let drive = self.next_drive(trip.to)?;
        self.disconnect();
        self.closures.close_trunks();
        self.security.started_until = None;
        // Whoever drives off has said where to.
        self.navigation = Navigation::default();
        self.wakefulness = Wakefulness::Awake { used_at: self.updated_at };
        self.cabin.get_in();
        self.journey = Some(Journey { trip, stage: Stage::Driving(drive) });
        self.plan();
        Ok(())
    }

    /// Leaves a fast charger.
    fn drive_on(&mut self, trip: Trip) {
        match self.next_drive(trip.to) {
            Ok(drive) => {
                self.disconnect();
                self.journey = Some(Journey { trip, stage: Stage::Driving(drive) });
            }
            // Charging was stopped too early to go anywhere.
            Err(_) => {
                self.begin_charging();
                let goal_kwh = self.goal_at_charger(trip.to);
                self.journey = Some(Journey { trip, stage: Stage::Charging(Stop { goal_kwh, leaves_at: None }) });
            }
        }
    }

    fn arrive(&mut self, trip: Trip, drive: &Drive) {
        self.heading = Some(Road::between(drive.from, drive.to).at(drive.miles).1);
        self.odometer_miles = drive.odometer_miles + drive.miles;
        self.position = Some(drive.to);
        self.wakefulness = Wakefulness::Awake { used_at: self.updated_at };
        if drive.to != trip.to {
            let goal_kwh = self.goal_at_charger(trip.to);
            self.journey = Some(Journey { trip, stage: Stage::Charging(Stop { goal_kwh, leaves_at: None }) });
            self.connect(self.profile.fast_charger());
            return;
        }
        if drive.to.miles_to(self.profile.home) < SHORTEST_MILES {
            self.position = None;
        }
        if self.navigation.destination().is_some_and(|stop| stop.place.miles_to(drive.to) < SHORTEST_MILES) {
            self.navigation = Navigation::default();
        }
        self.locked = true;
        self.cabin.get_out(self.updated_at);
        if trip.plug_in {
            self.connect(self.profile.home_charger());
        }
        self.agenda.drive = self.next_departure();
        self.plan();
    }

    /// The next drive on the way to a place: all the way if the battery reaches it, or to a fast charger at the road.
    fn next_drive(&self, to: Coordinates) -> Result<Drive, TripError> {
        let from = self.stand();
        let road = Road::between(from, to);
        if road.miles() < SHORTEST_MILES {
            return Err(TripError::There);
        }
        let now = self.updated_at;
        let capacity = self.profile.battery_kwh;
        let outside = from.temperature(now);
        let needed = self.expected_kwh(road.miles(), outside);
        let to = if self.battery.energy_kwh >= needed + KEPT * capacity {
            to
        } else {
            let part = (self.battery.energy_kwh - KEPT_AT_CHARGER * capacity) / needed;
            if part * road.miles() < 2.0 * SHORTEST_MILES {
                return Err(TripError::EmptyBattery);
            }
            road.at(road.miles() * part.min(0.9) * 0.95).0.on_grid()
        };
        let miles = Road::between(from, to).miles();
        let traffic = self.profile.seed().at("traffic").nth(now.div_euclid(DAY)).nth(to.grid().0);
        let pace = traffic.between(0.85, 1.05);
        let limit_mph = self.security.limit_mph();
        let seconds = Motion::over(miles, pace, limit_mph).seconds();
        let ends_at = now + (seconds * SECOND as f64).ceil() as i64;
        let odometer_miles = self.odometer_miles;
        Ok(Drive { from, to, started_at: now, ends_at, miles, pace, limit_mph, outside, odometer_miles })
    }

    /// What a drive may take, kWh.
    fn expected_kwh(&self, miles: f64, outside: f64) -> f64 {
        let motion = Motion::over(miles, 0.85, None);
        let seconds = motion.seconds();
        motion.used_kwh(seconds, &self.consumption(outside)) + EXPECTED_KW * seconds / 3600.0
    }

    /// How much the driver takes at a fast charger, kWh in the battery. The charge limit binds, unless the rest of the way
    /// needs more.
    fn goal_at_charger(&self, destination: Coordinates) -> f64 {
        let capacity = self.profile.battery_kwh;
        let miles = Road::between(self.stand(), destination).miles();
        let needed = self.expected_kwh(miles, self.stand().temperature(self.updated_at)) + 1.5 * KEPT * capacity;
        let wanted = needed.clamp(WORTH_A_STOP * capacity, SLOW_FROM * capacity);
        wanted.min(self.limit_kwh().max(needed)).min(SLOW_FROM * capacity).max(self.battery.energy_kwh)
    }

    fn consumption(&self, outside: f64) -> Consumption {
        let rated_kwh = 1.0 / self.profile.miles_per_kwh();
        Consumption { rated_kwh, mass_kg: 1_100.0 + 10.0 * self.profile.battery_kwh, outside }
    }

    /// When the owner next drives.
    fn next_departure(&self) -> Option<i64> {
        let (zone, now) = (&self.profile.time_zone, self.updated_at);
        let next = |days, minute| next_after(zone, days, minute, now);
        match self.position {
            None => self.commutes.iter().filter_map(|way| next(way.days, way.leave)).min(),
            Some(place) => self.way_back(place).and_then(|way| next(Days::ALL, way.back)),
        }
    }

    /// The trip that is due now.
    fn planned_trip(&self) -> Option<Trip> {
        let (zone, now) = (&self.profile.time_zone, self.updated_at);
        if let Some(place) = self.position {
            let way = self.way_back(place)?;
            return Some(Trip { to: self.profile.home, name: "Home".to_owned(), plug_in: way.plug_in });
        }
        // A server that was away may look later than the very minute.
        let due = |way: &&Commute| next_after(zone, way.days, way.leave, now - DAY).is_some_and(|at| at <= now);
        let latest = |way: &&Commute| next_after(zone, way.days, way.leave, now - DAY);
        let way = self.commutes.iter().filter(due).max_by_key(latest)?;
        Some(Trip { to: way.to, name: way.name.clone(), plug_in: false })
    }

    /// The commute whose way back leads from a place: that of this place, or else the first.
    fn way_back(&self, place: Coordinates) -> Option<&Commute> {
        let here = |way: &&Commute| way.to.miles_to(place) < SHORTEST_MILES;
        self.commutes.iter().find(here).or_else(|| self.commutes.first())
    }

    /// Whether a place is where one of the commutes leads.
    pub(super) fn is_work(&self, place: Coordinates) -> bool {
        self.commutes.iter().any(|way| way.to.miles_to(place) < super::schedules::NEAR_MILES)
    }
}
