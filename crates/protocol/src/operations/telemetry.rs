//! Telemetry configurations: what vehicles stream to an application's own server.

use super::{Device, Kind, Method, Operation, Part, Response, VEHICLE_TAG, body, operations, schema};
use crate::Scope;
use crate::telemetry::{ConfigOutcome, ConfigRemoved, ConfigState, TelemetryErrors};

/// The fields of a configuration that tell where a vehicle is. A server may count them under `vehicle_device_data`.
pub const TELEMETRY_LOCATION: Part = Part {
    parameter: "config",
    name: "location fields",
    scope: Scope::VEHICLE_LOCATION,
    purpose: "vehicle location access",
};

/// What handing in a configuration has in common.
const CREATE: Operation = Operation {
    method: Method::Post,
    scopes_any: &[Scope::VEHICLE_DEVICE_DATA],
    parts: &[TELEMETRY_LOCATION],
    response: Response::One(schema::<ConfigOutcome>),
    refusals: &[404],
    ..Operation::BASE
};

operations! {
    /// Telemetry configurations: what vehicles stream to an application's own server.
    TelemetryOperation {
        Create => Operation {
            name: "fleet_telemetry_config_create",
            summary: "Gives vehicles a configuration that is not signed, where the server takes such.",
            path: "/api/1/vehicles/fleet_telemetry_config",
            parameters: &[
                body("vins", Kind::Array, "The VINs, 100 at most.", "[\"5YJ3E1EB7PF900417\"]"),
                body(
                    "config",
                    Kind::Object,
                    "`hostname`, `port`, `ca`, `fields`, and what else a configuration has.",
                    include_str!("telemetry_config.json"),
                ),
            ],
            decision: "Refused with 400, as by the real service, unless `telemetry_unsigned` is set. A member of `config` \
                       that is not known is passed over; a VIN that is not the caller's is answered with 404, and no \
                       vehicle is configured.",
            ..CREATE
        },
        CreateSigned => Operation {
            name: "fleet_telemetry_config_jws",
            summary: "Gives vehicles a configuration that the application's key has signed.",
            path: "/api/1/vehicles/fleet_telemetry_config_jws",
            parameters: &[
                body("vins", Kind::Array, "The VINs, 100 at most.", "[\"5YJ3E1EB7PF900417\"]"),
                body("token", Kind::String, "The configuration as a JSON Web Signature.", "\"eyJhbGciOiJFUzI1NiJ9.e30.\""),
            ],
            decision: "Beside `Tesla.SS256`, with which the vehicle command proxy signs, `ES256` is taken. The texts of \
                       refusals are inferred.",
            ..CREATE
        },
        Get => Operation {
            name: "fleet_telemetry_config_get",
            summary: "The application's configuration of a vehicle, and whether the vehicle has taken it.",
            path: "/api/1/vehicles/{vehicle_tag}/fleet_telemetry_config",
            scopes_any: &[Scope::VEHICLE_DEVICE_DATA],
            device: Some(Device::Vehicle),
            parameters: &[VEHICLE_TAG],
            response: Response::One(schema::<ConfigState>),
            decision: "A vehicle without a configuration has `config: null`. A vehicle takes a change some seconds after \
                       it is online; `update_available` is true until then. A configuration whose `exp` is past is none.",
            ..Operation::BASE
        },
        Delete => Operation {
            name: "fleet_telemetry_config_delete",
            summary: "Removes the application's configuration from a vehicle; with a partner token, from any vehicle.",
            method: Method::Delete,
            path: "/api/1/vehicles/{vehicle_tag}/fleet_telemetry_config",
            scopes_any: &[Scope::VEHICLE_DEVICE_DATA],
            device: Some(Device::Vehicle),
            parameters: &[VEHICLE_TAG],
            response: Response::One(schema::<ConfigRemoved>),
            decision: "Where there is nothing to remove, `updated_vehicles` is 0.",
            ..Operation::BASE
        },
        Errors => Operation {
            name: "fleet_telemetry_errors",
            summary: "Why the vehicle could not stream to the application in the past thirty days, newest first.",
            path: "/api/1/vehicles/{vehicle_tag}/fleet_telemetry_errors",
            scopes_any: &[Scope::VEHICLE_DEVICE_DATA],
            device: Some(Device::Vehicle),
            parameters: &[VEHICLE_TAG],
            response: Response::One(schema::<TelemetryErrors>),
            decision: "An application sees the errors of its own configurations.",
            ..Operation::BASE
        },
    }
}
