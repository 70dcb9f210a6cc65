use fleetgate_protocol::operations::CommandOperation;

use super::*;

#[test]
fn every_row_has_a_route_that_does_not_clash() {
    // Building the router panics when two routes clash.
    let _ = router();
}

#[test]
fn the_service_group_is_public_and_no_other_row_is() {
    for operation in OperationId::all() {
        let public = matches!(operation, OperationId::Service(_));
        assert_eq!(operation.row().is_public(), public, "{}", operation.row().name);
    }
}

#[test]
fn commands_share_a_path() {
    assert_eq!(unknown_command_path(), "/api/1/vehicles/{vehicle_tag}/command/{command}");
    for operation in CommandOperation::all() {
        let row = operation.row();
        assert_eq!(row.path, unknown_command_path().replace("{command}", row.name));
    }
}
