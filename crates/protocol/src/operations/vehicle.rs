//! Vehicles.

use super::{Device, Kind, Method, Operation, Part, Price, Response, VEHICLE_TAG, operations, query, schema};
use crate::Scope;
use crate::vehicle_data::{VehicleData, VehicleSummary};

/// Any of the scopes that open vehicles.
const ANY_VEHICLE_SCOPE: &[Scope] = &[Scope::VEHICLE_DEVICE_DATA, Scope::VEHICLE_CMDS, Scope::VEHICLE_CHARGING_CMDS];

/// Where the vehicle is. A server may count it under `vehicle_device_data`, as the Fleet API did until November 2024.
pub const LOCATION: Part = Part {
    parameter: "endpoints",
    name: "location_data",
    scope: Scope::VEHICLE_LOCATION,
    purpose: "vehicle location access",
};

operations! {
    /// Operations on vehicles.
    VehicleOperation {
        List => Operation {
            name: "list",
            summary: "The vehicles that the token may see, a page at a time. It wakes none.",
            path: "/api/1/vehicles",
            scopes_any: ANY_VEHICLE_SCOPE,
            price: Price::Data,
            parameters: &[
                query("page", Kind::Integer, "Which page, from 1.", "1"),
                query("per_page", Kind::Integer, "How many a page, 1 to 100; 100 unless told.", "100"),
            ],
            response: Response::Page(schema::<VehicleSummary>),
            ..Operation::BASE
        },
        Vehicle => Operation {
            name: "vehicle",
            summary: "One vehicle's summary with its connectivity. It does not wake the vehicle.",
            path: "/api/1/vehicles/{vehicle_tag}",
            scopes_any: &[Scope::VEHICLE_DEVICE_DATA],
            device: Some(Device::Vehicle),
            price: Price::Data,
            parameters: &[VEHICLE_TAG],
            response: Response::One(schema::<VehicleSummary>),
            ..Operation::BASE
        },
        VehicleData => Operation {
            name: "vehicle_data",
            summary: "Live data of one vehicle, block by block; the vehicle must be online.",
            path: "/api/1/vehicles/{vehicle_tag}/vehicle_data",
            scopes_any: &[Scope::VEHICLE_DEVICE_DATA],
            parts: &[LOCATION],
            device: Some(Device::OnlineVehicle),
            price: Price::Data,
            parameters: &[
                VEHICLE_TAG,
                query(
                    "endpoints",
                    Kind::String,
                    "The blocks, separated by `;`. Coordinates come with `location_data` only.",
                    "\"charge_state;drive_state;location_data\"",
                ),
            ],
            response: Response::One(schema::<VehicleData>),
            ..Operation::BASE
        },
        WakeUp => Operation {
            name: "wake_up",
            summary: "Wakes a vehicle. It answers at once; the vehicle is online some seconds later.",
            method: Method::Post,
            path: "/api/1/vehicles/{vehicle_tag}/wake_up",
            scopes_any: ANY_VEHICLE_SCOPE,
            device: Some(Device::Vehicle),
            price: Price::Wake,
            parameters: &[VEHICLE_TAG],
            response: Response::One(schema::<VehicleSummary>),
            ..Operation::BASE
        },
    }
}
