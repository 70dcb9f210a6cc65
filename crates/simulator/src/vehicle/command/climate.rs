//! Cabin and climate system.

#[cfg(test)]
mod tests;

use fleetgate_protocol::operations::ClimateCommandOperation as Operation;
use serde_json::Value;

use super::{CommandOutcome, ParameterError, Parameters, done, refused};
use crate::vehicle::{Hardware, Keeper, OverheatLevel, OverheatMode, Seat, Vehicle, cabin};

/// A command to the climate system.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ClimateCommand {
    /// `auto_conditioning_start`.
    AutoConditioningStart,
    /// `auto_conditioning_stop`.
    AutoConditioningStop,
    /// `set_temps`.
    SetTemps {
        /// Driver's side, degrees Celsius. The car keeps it between 15 and 28.
        driver: f64,
        /// Passenger's side, likewise.
        passenger: f64,
    },
    /// `set_preconditioning_max`.
    SetPreconditioningMax {
        /// On or off.
        on: bool,
    },
    /// `set_climate_keeper_mode`.
    SetClimateKeeperMode(Keeper),
    /// `set_bioweapon_mode`.
    SetBioweaponMode {
        /// On or off.
        on: bool,
    },
    /// `set_cabin_overheat_protection`.
    SetCabinOverheatProtection(OverheatMode),
    /// `set_cop_temp`.
    SetCopTemp(OverheatLevel),
    /// `remote_seat_heater_request`.
    SeatHeater {
        /// Which seat.
        seat: Seat,
        /// 0 to 3.
        level: i64,
    },
    /// `remote_seat_cooler_request`.
    SeatCooler {
        /// 0 left, 1 right.
        side: usize,
        /// 0 to 3.
        level: i64,
    },
    /// `remote_auto_seat_climate_request`.
    AutoSeatClimate {
        /// 0 left, 1 right.
        side: usize,
        /// On or off.
        on: bool,
    },
    /// `remote_steering_wheel_heater_request`, and `remote_steering_wheel_heat_level_request`.
    SteeringWheelHeater {
        /// 0, 1 or 3.
        level: i64,
    },
    /// `remote_auto_steering_wheel_heat_climate_request`.
    AutoSteeringWheelHeat {
        /// On or off.
        on: bool,
    },
}

impl ClimateCommand {
    pub(super) fn parse(operation: Operation, parameters: Parameters<'_>) -> Result<Self, ParameterError> {
        let on = |name| parameters.boolean(name);
        let level = |name| parameters.integer_in(name, 0..=3);
        // The front seats are 1 and 2 here, though 0 and 1 for their heaters.
        let side = |name| parameters.integer_in(name, 1..=2).map(|number| usize::from(number == 2));
        Ok(match operation {
            Operation::AutoConditioningStart => Self::AutoConditioningStart,
            Operation::AutoConditioningStop => Self::AutoConditioningStop,
            Operation::SetTemps => Self::SetTemps {
                driver: parameters.read("driver_temp", Value::as_f64)?,
                passenger: parameters.read("passenger_temp", Value::as_f64)?,
            },
            Operation::SetPreconditioningMax => {
                on("manual_override")?;
                Self::SetPreconditioningMax { on: on("on")? }
            }
            Operation::SetClimateKeeperMode => {
                parameters.optional("manual_override", Parameters::boolean)?;
                let keepers = [Keeper::Off, Keeper::Keep, Keeper::Dog, Keeper::Camp];
                Self::SetClimateKeeperMode(keepers[level("climate_keeper_mode")? as usize])
            }
            Operation::SetBioweaponMode => {
                on("manual_override")?;
                Self::SetBioweaponMode { on: on("on")? }
            }
            Operation::SetCabinOverheatProtection => {
                let fan_only = parameters.optional("fan_only", Parameters::boolean)?.unwrap_or(false);
                Self::SetCabinOverheatProtection(match (on("on")?, fan_only) {
                    (false, _) => OverheatMode::Off,
                    (true, false) => OverheatMode::On,
                    (true, true) => OverheatMode::FanOnly,
                })
            }
            Operation::SetCopTemp => {
                let levels = [OverheatLevel::Low, OverheatLevel::Medium, OverheatLevel::High];
                Self::SetCopTemp(levels[parameters.integer_in("cop_temp", 0..=2)? as usize])
            }
            Operation::RemoteSeatHeaterRequest => {
                // Older clients have another name for it.
                let older = parameters.optional("heater", |parameters, name| parameters.integer_in(name, 0..=8))?;
                let number = older.map_or_else(|| parameters.integer_in("seat_position", 0..=8), Ok)?;
                Self::SeatHeater { seat: Seat::ALL[number as usize], level: level("level")? }
            }
            Operation::RemoteSeatCoolerRequest => {
                Self::SeatCooler { side: side("seat_position")?, level: level("seat_cooler_level")? }
            }
            Operation::RemoteAutoSeatClimateRequest => {
                Self::AutoSeatClimate { side: side("auto_seat_position")?, on: on("auto_climate_on")? }
            }
            Operation::RemoteSteeringWheelHeaterRequest => {
                Self::SteeringWheelHeater { level: if on("on")? { 3 } else { 0 } }
            }
            Operation::RemoteSteeringWheelHeatLevelRequest => match level("level")? {
                2 => return Err(ParameterError::Invalid("level")),
                level => Self::SteeringWheelHeater { level },
            },
            Operation::RemoteAutoSteeringWheelHeatClimateRequest => Self::AutoSteeringWheelHeat { on: on("on")? },
        })
    }

    pub(super) fn apply(self, car: &mut Vehicle) -> CommandOutcome {
        if !self.is_possible(car) {
            return refused("not_supported");
        }
        if self.needs_climate() && !car.cabin.is_on() {
            return refused("cabin comfort remote settings not enabled");
        }
        if self.is_for_parked_cars() && car.cabin.driven {
            return refused("not allowed");
        }
        let now = car.updated_at;
        let cabin = &mut car.cabin;
        match self {
            Self::AutoConditioningStart => cabin.switch_on(now, now + cabin::CONDITIONING_TIME),
            Self::AutoConditioningStop => cabin.switch_off(),
            Self::SetTemps { driver, passenger } => {
                let kept = |celsius: f64| celsius.clamp(cabin::COLDEST, cabin::WARMEST);
                (cabin.target, cabin.passenger_target) = (kept(driver), kept(passenger));
            }
            Self::SetPreconditioningMax { on } => {
                if on {
                    cabin.switch_on(now, now + cabin::CONDITIONING_TIME);
                }
                cabin.defrosting = on;
            }
            Self::SetClimateKeeperMode(keeper) => cabin.keep(keeper, now),
            Self::SetBioweaponMode { on } => {
                if on {
                    cabin.switch_on(now, now + cabin::CONDITIONING_TIME);
                }
                cabin.bioweapon = on;
            }
            Self::SetCabinOverheatProtection(mode) => {
                cabin.overheat.mode = mode;
                cabin.overheat.disarm();
                if !cabin.driven {
                    cabin.overheat.arm(now);
                }
            }
            Self::SetCopTemp(level) => cabin.overheat.level = level,
            Self::SeatHeater { seat, level } => {
                cabin.comfort.heaters[seat as usize] = level;
                if let Some(automatic) = cabin.comfort.auto_seats.get_mut(seat as usize) {
                    *automatic = false;
                }
            }
            Self::SeatCooler { side, level } => {
                cabin.comfort.fans[side] = level;
                cabin.comfort.auto_seats[side] = false;
            }
            Self::AutoSeatClimate { side, on } => cabin.comfort.auto_seats[side] = on,
            Self::SteeringWheelHeater { level } => {
                cabin.comfort.wheel = level;
                cabin.comfort.auto_wheel = false;
            }
            Self::AutoSteeringWheelHeat { on } => cabin.comfort.auto_wheel = on,
        }
        done()
    }

    /// Whether the car has what it takes.
    fn is_possible(self, car: &Vehicle) -> bool {
        let options = &car.profile.options;
        let old = car.profile.hardware == Hardware::Old;
        match self {
            Self::SetBioweaponMode { .. } => options.bioweapon_defence,
            Self::SeatCooler { .. } => options.seat_cooling,
            Self::SteeringWheelHeater { level } => options.heated_steering_wheel && (level != 1 || !old),
            Self::AutoSteeringWheelHeat { .. } => options.heated_steering_wheel,
            Self::SeatHeater { seat, .. } => car.has_heater(seat),
            _ => true,
        }
    }

    /// Who drives decides on the climate system, and the keepers are for a car that is left.
    const fn is_for_parked_cars(self) -> bool {
        matches!(self, Self::AutoConditioningStop | Self::SetClimateKeeperMode(_))
    }

    /// Seats and steering wheel can be set while the climate system runs.
    const fn needs_climate(self) -> bool {
        matches!(
            self,
            Self::SeatHeater { .. }
                | Self::SeatCooler { .. }
                | Self::AutoSeatClimate { .. }
                | Self::SteeringWheelHeater { .. }
                | Self::AutoSteeringWheelHeat { .. }
        )
    }
}

impl Vehicle {
    /// Whether a seat is heated.
    pub(in crate::vehicle) fn has_heater(&self, seat: Seat) -> bool {
        let options = &self.profile.options;
        match seat {
            Seat::FrontLeft | Seat::FrontRight => true,
            Seat::RearLeft | Seat::RearCenter | Seat::RearRight => options.rear_seat_heaters,
            Seat::RearLeftBack | Seat::RearRightBack => self.has_heated_backrests(),
            Seat::ThirdRowLeft | Seat::ThirdRowRight => self.has_heated_third_row(),
        }
    }

    /// Older cars of the large models heat the backrests by themselves.
    pub(in crate::vehicle) fn has_heated_backrests(&self) -> bool {
        let large = self.profile.model.is_large();
        large && self.profile.options.rear_seat_heaters && self.profile.hardware == Hardware::Old
    }

    /// The large models heat the third row, if there is one.
    pub(in crate::vehicle) fn has_heated_third_row(&self) -> bool {
        self.profile.options.third_row && self.profile.model.is_large()
    }
}
