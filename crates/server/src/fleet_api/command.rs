//! Commands to vehicles.

use fleetgate_protocol::fleet_error::FleetError;
use fleetgate_protocol::operations::CommandOperation;
use fleetgate_protocol::vehicle_data::{CommandSigning, Connectivity};
use fleetgate_simulator::{ParameterError, VehicleCommand};

use super::answer::{Answer, Refusal};
use super::call::Call;
use super::devices::{self, Role};

/// Lets the vehicle carry out a command. What the vehicle itself refuses is a `200` with `result: false`.
pub(super) async fn answer(operation: CommandOperation, call: Call) -> Result<Answer, Refusal> {
    // Who may not see the vehicle is not told what is wrong with the command.
    let command = VehicleCommand::parse(operation, &call.body).map_err(|error| invalid(&error));
    let guide = format!("{}/virtual-keys/developer-guide", call.serving.documentation_url);
    let outcome = devices::change_vehicle(&call, move |vehicle, role, now| {
        let command = command.clone()?;
        if command.is_for_owner() && role != Role::Owner {
            return Err(FleetError::not_the_owner());
        }
        if !vehicle.mobile_access {
            return Err(FleetError::mobile_access_disabled());
        }
        if vehicle.connectivity() != Connectivity::Online {
            return Err(FleetError::vehicle_unavailable());
        }
        if vehicle.profile.command_signing == CommandSigning::Required {
            return Err(FleetError::command_protocol_required(&guide));
        }
        Ok(vehicle.command(command, now))
    });
    Answer::one(&outcome.await?)
}

fn invalid(error: &ParameterError) -> FleetError {
    FleetError::invalid_field(error.to_string())
}

#[cfg(test)]
mod tests {
    use fleetgate_protocol::operations::Place;
    use serde_json::Map;

    use super::*;

    #[test]
    fn the_simulator_reads_every_command_by_its_examples() {
        for operation in CommandOperation::all() {
            let row = operation.row();
            let in_body = row.parameters.iter().filter(|parameter| parameter.place == Place::Body);
            let body: Map<_, _> = in_body
                .map(|parameter| (parameter.name.to_owned(), serde_json::from_str(parameter.example).expect("JSON")))
                .collect();
            VehicleCommand::parse(operation, &body).expect(row.name);
        }
    }
}
