//! Commands: what they take, and what they do. Each group has a file, named as in the table of operations: an enum of
//! its commands, how each is read, and how the car carries it out.

mod charging;
mod climate;
mod closures;
mod limits;
mod media;
mod navigation;
mod parameters;
mod schedules;
mod security;
mod settings;
mod signals;
mod software;
#[cfg(test)]
mod tests;

pub use charging::ChargingCommand;
pub use climate::ClimateCommand;
pub use closures::{ClosuresCommand, Motor};
pub use fleetgate_protocol::command::CommandResult as CommandOutcome;
use fleetgate_protocol::operations::CommandOperation;
use fleetgate_protocol::vehicle_data::Connectivity;
pub use limits::LimitsCommand;
pub use media::MediaCommand;
pub use navigation::NavigationCommand;
pub use parameters::ParameterError;
pub use schedules::{Departure, Places, SchedulesCommand};
pub use security::SecurityCommand;
use serde_json::{Map, Value};
pub use settings::SettingsCommand;
pub use signals::SignalsCommand;
pub use software::SoftwareCommand;
#[cfg(test)]
pub(in crate::vehicle) use tests::example;

use self::parameters::Parameters;
use super::Vehicle;
use super::security::Refused;

/// Why a car refuses what it has not the parts for, and what it may not do now.
const NOT_SUPPORTED: &str = "not_supported";
const NOT_ALLOWED: &str = "not allowed";

/// Puts the groups of commands together.
macro_rules! groups {
    ($($group:ident($command:ident)),* $(,)?) => {
        /// A command with its parameters.
        #[derive(Clone, Debug, PartialEq)]
        #[expect(missing_docs, reason = "the groups say what they are")]
        pub enum VehicleCommand {
            $($group($command)),*
        }

        impl VehicleCommand {
            /// Reads a command from the body of its request. Parameters that it does not know are ignored.
            ///
            /// # Errors
            /// When a parameter is missing, of another type, or has a value that it cannot have.
            pub fn parse(operation: CommandOperation, parameters: &Map<String, Value>) -> Result<Self, ParameterError> {
                let parameters = Parameters::new(parameters);
                Ok(match operation {
                    $(CommandOperation::$group(operation) => Self::$group($command::parse(operation, parameters)?)),*
                })
            }

            /// Lets an awake car do it, at the moment that its state is of. What is refused changes nothing.
            fn apply(self, car: &mut Vehicle) -> CommandOutcome {
                match self {
                    $(Self::$group(command) => command.apply(car)),*
                }
            }
        }

        $(
            impl From<$command> for VehicleCommand {
                fn from(command: $command) -> Self {
                    Self::$group(command)
                }
            }
        )*
    };
}

groups! {
    Closures(ClosuresCommand),
    Security(SecurityCommand),
    Limits(LimitsCommand),
    Charging(ChargingCommand),
    Climate(ClimateCommand),
    Schedules(SchedulesCommand),
    Media(MediaCommand),
    Navigation(NavigationCommand),
    Signals(SignalsCommand),
    Settings(SettingsCommand),
    Software(SoftwareCommand),
}

impl VehicleCommand {
    /// Whether only the owner may give it, and not somebody who drives the car.
    #[must_use]
    pub const fn is_for_owner(&self) -> bool {
        match self {
            Self::Security(command) => command.is_for_owner(),
            Self::Limits(command) => command.is_for_owner(),
            _ => false,
        }
    }
}

impl Vehicle {
    /// Carries out a command. A car that is not online refuses it and does not change; ask
    /// [`Vehicle::connectivity`] first, since the service answers that with a status of its own.
    pub fn command(&mut self, command: impl Into<VehicleCommand>, now: i64) -> CommandOutcome {
        self.advance(now);
        if self.connectivity() != Connectivity::Online {
            return refused("vehicle_unavailable");
        }
        self.use_now();
        let outcome = command.into().apply(self);
        self.settle();
        outcome
    }
}

fn done() -> CommandOutcome {
    CommandOutcome { result: true, reason: String::new(), queued: None }
}

fn refused(reason: &str) -> CommandOutcome {
    CommandOutcome { result: false, reason: reason.to_owned(), queued: None }
}

/// The answer of a mode that a PIN guards.
fn answer(change: Result<(), Refused>) -> CommandOutcome {
    change.map_or_else(|refusal| refused(refusal.reason()), |()| done())
}
