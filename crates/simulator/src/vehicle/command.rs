//! Commands: what they are called, what they take, and what they do.

#[cfg(test)]
mod tests;

pub use fleetgate_protocol::command::CommandResult as CommandOutcome;
use fleetgate_protocol::parameters::whole_number;
use fleetgate_protocol::vehicle_data::Connectivity;
use serde_json::{Map, Value};

use super::battery::{LIMIT_MAX, LIMIT_MIN};
use super::{ChargingStatus, SAME_KWH, Vehicle, cabin};

/// A command with its parameters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VehicleCommand {
    /// `door_lock`.
    DoorLock,
    /// `door_unlock`.
    DoorUnlock,
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
    /// `auto_conditioning_start`.
    AutoConditioningStart,
    /// `auto_conditioning_stop`.
    AutoConditioningStop,
    /// `honk_horn`.
    HonkHorn,
    /// `flash_lights`.
    FlashLights,
}

/// Why a request is not a command: a `400` whose text is the message.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParameterError {
    /// There is no command of this name.
    #[error("invalid_command")]
    UnknownCommand,
    /// A parameter is not there.
    #[error("missing {0} param")]
    Missing(&'static str),
    /// A parameter is not a whole number.
    #[error("invalid {0} param")]
    Invalid(&'static str),
}

impl VehicleCommand {
    /// Reads a command from its name and the body of the request. Parameters that it does not know are ignored.
    ///
    /// # Errors
    /// When the name is unknown, or a parameter is missing or not a whole number. A number out of range is no error:
    /// the car corrects it.
    pub fn parse(name: &str, parameters: &Map<String, Value>) -> Result<Self, ParameterError> {
        Ok(match name {
            "door_lock" => Self::DoorLock,
            "door_unlock" => Self::DoorUnlock,
            "charge_start" => Self::ChargeStart,
            "charge_stop" => Self::ChargeStop,
            "set_charge_limit" => Self::SetChargeLimit { percent: integer(parameters, "percent")? },
            "set_charging_amps" => Self::SetChargingAmps { charging_amps: integer(parameters, "charging_amps")? },
            "auto_conditioning_start" => Self::AutoConditioningStart,
            "auto_conditioning_stop" => Self::AutoConditioningStop,
            "honk_horn" => Self::HonkHorn,
            "flash_lights" => Self::FlashLights,
            _ => return Err(ParameterError::UnknownCommand),
        })
    }
}

/// A whole number; also one that its sender wrote with a fraction of zero.
fn integer(parameters: &Map<String, Value>, name: &'static str) -> Result<i64, ParameterError> {
    let value = parameters.get(name).ok_or(ParameterError::Missing(name))?;
    whole_number(value).ok_or(ParameterError::Invalid(name))
}

impl Vehicle {
    /// Carries out a command. A car that is not online refuses it and does not change; ask
    /// [`Vehicle::connectivity`] first, since the service answers that with a status of its own.
    pub fn command(&mut self, command: VehicleCommand, now: i64) -> CommandOutcome {
        self.advance(now);
        if self.connectivity() != Connectivity::Online {
            return refused("vehicle_unavailable");
        }
        self.use_now();
        let outcome = match command {
            VehicleCommand::DoorLock => {
                self.locked = true;
                done()
            }
            VehicleCommand::DoorUnlock => {
                self.locked = false;
                done()
            }
            VehicleCommand::ChargeStart => self.charge_start(),
            VehicleCommand::ChargeStop => self.charge_stop(),
            VehicleCommand::SetChargeLimit { percent } => self.set_charge_limit(percent),
            VehicleCommand::SetChargingAmps { charging_amps } => {
                self.battery.amps = charging_amps.clamp(0, self.max_amps());
                done()
            }
            VehicleCommand::AutoConditioningStart => {
                self.cabin.on_until = Some(self.updated_at + cabin::CONDITIONING_TIME);
                done()
            }
            VehicleCommand::AutoConditioningStop => {
                self.cabin.on_until = None;
                done()
            }
            // A simulated car is always parked, and nobody hears it.
            VehicleCommand::HonkHorn | VehicleCommand::FlashLights => done(),
        };
        self.settle();
        outcome
    }

    /// The highest current that can be set, A.
    pub(super) fn max_amps(&self) -> i64 {
        self.battery.charger.unwrap_or(self.profile.home_charger()).amps
    }

    fn charge_start(&mut self) -> CommandOutcome {
        let full = self.battery.energy_kwh >= self.limit_kwh() - SAME_KWH;
        match self.battery.status {
            ChargingStatus::Disconnected => refused("disconnected"),
            ChargingStatus::NoPower => refused("no_power"),
            ChargingStatus::Charging => refused("is_charging"),
            ChargingStatus::Complete => refused("complete"),
            ChargingStatus::Stopped if full => refused("complete"),
            ChargingStatus::Stopped => {
                self.battery.status = ChargingStatus::Charging;
                done()
            }
        }
    }

    fn charge_stop(&mut self) -> CommandOutcome {
        if !self.battery.is_charging() {
            return refused("not_charging");
        }
        self.battery.status = ChargingStatus::Stopped;
        done()
    }

    /// A limit out of range is corrected and succeeds. A car that was done goes on charging under a higher limit.
    fn set_charge_limit(&mut self, percent: i64) -> CommandOutcome {
        if percent == self.battery.limit_percent {
            return refused("already_set");
        }
        self.battery.limit_percent = percent.clamp(LIMIT_MIN, LIMIT_MAX);
        if self.battery.status == ChargingStatus::Complete && self.battery.energy_kwh < self.limit_kwh() - SAME_KWH {
            self.battery.status = ChargingStatus::Charging;
        }
        done()
    }
}

fn done() -> CommandOutcome {
    CommandOutcome { result: true, reason: String::new() }
}

fn refused(reason: &str) -> CommandOutcome {
    CommandOutcome { result: false, reason: reason.to_owned() }
}
