//! Battery and charger.

use fleetgate_protocol::operations::ChargingCommandOperation as Operation;

use super::{CommandOutcome, ParameterError, Parameters, done, refused};
use crate::vehicle::battery::{LIMIT_MAX, LIMIT_MIN};
use crate::vehicle::{ChargingStatus, SAME_KWH, Vehicle};

/// A command to battery and charger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChargingCommand {
    /// `charge_start`.
    ChargeStart,
    /// `charge_stop`.
    ChargeStop,
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
            Operation::SetChargeLimit => Self::SetChargeLimit { percent: parameters.integer("percent")? },
            Operation::SetChargingAmps => Self::SetChargingAmps { charging_amps: parameters.integer("charging_amps")? },
        })
    }

    pub(super) fn apply(self, car: &mut Vehicle) -> CommandOutcome {
        match self {
            Self::ChargeStart => start(car),
            Self::ChargeStop => stop(car),
            Self::SetChargeLimit { percent } => set_limit(car, percent),
            Self::SetChargingAmps { charging_amps } => {
                car.battery.amps = charging_amps.clamp(0, car.max_amps());
                done()
            }
        }
    }
}

impl Vehicle {
    /// The highest current that can be set, A.
    pub(in crate::vehicle) fn max_amps(&self) -> i64 {
        self.battery.charger.unwrap_or(self.profile.home_charger()).amps
    }
}

fn start(car: &mut Vehicle) -> CommandOutcome {
    let full = car.battery.energy_kwh >= car.limit_kwh() - SAME_KWH;
    match car.battery.status {
        ChargingStatus::Disconnected => refused("disconnected"),
        ChargingStatus::NoPower => refused("no_power"),
        ChargingStatus::Charging => refused("is_charging"),
        ChargingStatus::Complete => refused("complete"),
        ChargingStatus::Stopped if full => refused("complete"),
        ChargingStatus::Stopped => {
            car.battery.status = ChargingStatus::Charging;
            done()
        }
    }
}

fn stop(car: &mut Vehicle) -> CommandOutcome {
    if !car.battery.is_charging() {
        return refused("not_charging");
    }
    car.battery.status = ChargingStatus::Stopped;
    done()
}

/// A limit out of range is corrected and succeeds. A car that was done goes on charging under a higher limit.
fn set_limit(car: &mut Vehicle, percent: i64) -> CommandOutcome {
    if percent == car.battery.limit_percent {
        return refused("already_set");
    }
    car.battery.limit_percent = percent.clamp(LIMIT_MIN, LIMIT_MAX);
    if car.battery.status == ChargingStatus::Complete && car.battery.energy_kwh < car.limit_kwh() - SAME_KWH {
        car.battery.status = ChargingStatus::Charging;
    }
    done()
}
