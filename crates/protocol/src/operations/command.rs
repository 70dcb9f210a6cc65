//! Commands to vehicles, by what they act on. A new command is a row in the file of its group and an arm in the
//! simulator's file of the same name, without which that does not compile.

mod charging;
mod climate;
mod closures;
mod limits;
mod media;
mod navigation;
mod schedules;
mod security;
mod settings;
mod signals;
mod software;

pub use charging::ChargingCommandOperation;
pub use climate::ClimateCommandOperation;
pub use closures::ClosuresCommandOperation;
pub use limits::LimitsCommandOperation;
pub use media::MediaCommandOperation;
pub use navigation::NavigationCommandOperation;
pub use schedules::SchedulesCommandOperation;
pub use security::SecurityCommandOperation;
pub use settings::SettingsCommandOperation;
pub use signals::SignalsCommandOperation;
pub use software::SoftwareCommandOperation;

use super::{Device, Method, Operation, Price, Response, VEHICLE_TAG, groups, schema};
use crate::Scope;
use crate::command::CommandResult;

/// What every command has in common; `command!` adds name and path.
const COMMAND: Operation = Operation {
    method: Method::Post,
    scopes_any: &[Scope::VEHICLE_CMDS],
    device: Some(Device::OnlineVehicle),
    price: Price::Command,
    parameters: &[VEHICLE_TAG],
    response: Response::One(schema::<CommandResult>),
    ..Operation::BASE
};

/// Commands that charge can be held by themselves.
const CHARGING: &[Scope] = &[Scope::VEHICLE_CMDS, Scope::VEHICLE_CHARGING_CMDS];

/// A row: name, summary, then what differs from [`COMMAND`]; `body: […]` are its parameters beside the vehicle's tag.
macro_rules! command {
    ($name:literal, $summary:literal, body: [$($parameter:expr),* $(,)?] $(, $field:ident: $value:expr)* $(,)?) => {
        $crate::operations::command::command!(
            $name, $summary, parameters: &[$crate::operations::VEHICLE_TAG, $($parameter),*] $(, $field: $value)*
        )
    };
    ($name:literal, $summary:literal $(, $field:ident: $value:expr)* $(,)?) => {
        $crate::operations::Operation {
            name: $name,
            summary: $summary,
            path: concat!("/api/1/vehicles/{vehicle_tag}/command/", $name),
            $($field: $value,)*
            ..$crate::operations::command::COMMAND
        }
    };
}
use command;

groups! {
    /// Commands to vehicles.
    CommandOperation {
        Closures(ClosuresCommandOperation) "Locks and closures",
        Security(SecurityCommandOperation) "Security",
        Limits(LimitsCommandOperation) "Speed limit and parental controls",
        Charging(ChargingCommandOperation) "Charging",
        Climate(ClimateCommandOperation) "Climate",
        Schedules(SchedulesCommandOperation) "Schedules",
        Media(MediaCommandOperation) "Media",
        Navigation(NavigationCommandOperation) "Navigation",
        Signals(SignalsCommandOperation) "Signals",
        Settings(SettingsCommandOperation) "Settings",
        Software(SoftwareCommandOperation) "Software",
    }
}
