//! Battery, charger and charge port.

#[cfg(test)]
mod tests;

use fleetgate_protocol::operations::ChargingCommandOperation as Operation;

use super::{CommandOutcome, ParameterError, Parameters, done, refused};
use crate::vehicle::battery::{LIMIT_MAX, LIMIT_MIN, LIMIT_STD};
use crate::vehicle::{ChargingStatus, SAME_KWH, Vehicle};

/// A command to battery, charger and charge port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChargingCommand {
    /// `charge_start`.
    ChargeStart,
    /// `charge_stop`.
    ChargeStop,
    /// `charge_max_range`.
    ChargeMaxRange,
    /// `charge_standard`.
    ChargeStandard,
    /// `charge_port_door_open`.
    ChargePortDoorOpen,
    /// `charge_port_door_close`.
    ChargePortDoorClose,
    /// `set_charge_limit`.
    SetChargeLimit {
        /// The limit, percent. The car keeps it between 50 and 100.
        percent: i64,
    },
    /// `set_charging_amps`.
    SetChargingAmps {
        /// The current, A. The car keeps it between 0 and what the charger offers.
        charging_amps: i64,
    },
}

impl ChargingCommand {
    pub(super) fn parse(operation: Operation, parameters: Parameters<'_>) -> Result<Self, ParameterError> {
        Ok(match operation {
            Operation::ChargeStart => Self::ChargeStart,
            Operation::ChargeStop => Self::ChargeStop,
            Operation::ChargeMaxRange => Self::ChargeMaxRange,
            Operation::ChargeStandard => Self::ChargeStandard,
            Operation::ChargePortDoorOpen => Self::ChargePortDoorOpen,
            Operation::ChargePortDoorClose => Self::ChargePortDoorClose,
            Operation::SetChargeLimit => Self::SetChargeLimit { percent: parameters.integer("percent")? },
            Operation::SetChargingAmps => Self::SetChargingAmps { charging_amps: parameters.integer("charging_amps")? },
        })
    }

    pub(super) fn apply(self, car: &mut Vehicle) -> CommandOutcome {
        match self {
            Self::ChargeStart => start(car),
            Self::ChargeStop => stop(car),
            Self::ChargeMaxRange => {
                set_limit(car, LIMIT_MAX);
                done()
            }
            Self::ChargeStandard if car.battery.limit_percent == LIMIT_STD => refused("already_started"),
            Self::ChargeStandard => set_limit(car, LIMIT_STD),
            Self::ChargePortDoorOpen => open_port(car),
            Self::ChargePortDoorClose => close_port(car),
            Self::SetChargeLimit { percent } => set_limit(car, percent),
            Self::SetChargingAmps { charging_amps } => {
                car.battery.amps = charging_amps.clamp(0, car.max_amps());
                car.plan();
                done()
            }
        }
    }
}

impl Vehicle {
    /// The highest current that can be set, A.
    pub(in crate::vehicle) fn max_amps(&self) -> i64 {
        self.battery.charger.filter(|charger| !charger.fast).unwrap_or(self.profile.home_charger()).amps
    }
}

/// Begins at once, whatever a schedule says.
fn start(car: &mut Vehicle) -> CommandOutcome {
    let full = car.battery.energy_kwh >= car.goal_kwh() - SAME_KWH;
    match car.battery.status {
        ChargingStatus::Disconnected => refused("disconnected"),
        ChargingStatus::NoPower => refused("no_power"),
        ChargingStatus::Charging => refused("is_charging"),
        ChargingStatus::Complete => refused("complete"),
        ChargingStatus::Stopped if full => refused("complete"),
        ChargingStatus::Stopped => {
            car.schedules.overridden = car.waits_to_charge();
            if let Some(managed) = &mut car.schedules.managed {
                managed.user_canceled = car.schedules.overridden;
            }
            car.begin_charging();
            car.plan();
            done()
        }
    }
}

fn stop(car: &mut Vehicle) -> CommandOutcome {
    if !car.battery.is_charging() {
        return refused("not_charging");
    }
    car.battery.status = ChargingStatus::Stopped;
    (car.schedules.window, car.schedules.overridden) = (None, false);
    car.plan();
    done()
}

/// A limit out of range is corrected and succeeds. A car that was done goes on charging under a higher limit.
fn set_limit(car: &mut Vehicle, percent: i64) -> CommandOutcome {
    if percent == car.battery.limit_percent {
        return refused("already_set");
    }
    car.battery.limit_percent = percent.clamp(LIMIT_MIN, LIMIT_MAX);
    if car.battery.status == ChargingStatus::Complete && car.battery.energy_kwh < car.goal_kwh() - SAME_KWH {
        car.charge_or_wait();
    }
    car.plan();
    done()
}

/// Opens the door; where a cable is plugged in, releases it.
fn open_port(car: &mut Vehicle) -> CommandOutcome {
    if car.is_driving() || car.battery.is_charging() {
        return refused("not allowed");
    }
    car.battery.latch_open = car.battery.charger.is_some();
    car.battery.port_open = true;
    done()
}

fn close_port(car: &mut Vehicle) -> CommandOutcome {
    if car.battery.charger.is_some() {
        return refused("cable connected");
    }
    if !car.profile.options.motorized_charge_port {
        return refused("non-motorized charge port");
    }
    if !car.battery.port_open {
        return refused("already closed");
    }
    car.battery.port_open = false;
    done()
}
