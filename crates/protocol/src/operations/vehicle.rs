//! Vehicles.

use super::{
    Confidence, Device, Kind, Method, Operation, Part, Price, Response, VEHICLE_TAG, body, operations, optional, query,
    schema,
};
use crate::Scope;
use crate::command::CommandResult;
use crate::telemetry::FleetStatus;
use crate::vehicle::{Driver, NearbyChargingSites, PairedKeys, RecentAlerts, ReleaseNotesAnswer, ServiceData};
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
        MobileEnabled => Operation {
            name: "mobile_enabled",
            summary: "Whether the owner allows remote access to the vehicle, which must be online.",
            path: "/api/1/vehicles/{vehicle_tag}/mobile_enabled",
            scopes_any: &[Scope::VEHICLE_DEVICE_DATA, Scope::VEHICLE_CMDS],
            device: Some(Device::OnlineVehicle),
            price: Price::Data,
            parameters: &[VEHICLE_TAG],
            response: Response::One(schema::<CommandResult>),
            decision: "A vehicle whose owner switched remote access off answers `result: false` here; its live data, waking \
                       and commands answer 401.",
            ..Operation::BASE
        },
        NearbyChargingSites => Operation {
            name: "nearby_charging_sites",
            summary: "Charging sites around the vehicle, which must be online, nearest first.",
            path: "/api/1/vehicles/{vehicle_tag}/nearby_charging_sites",
            scopes_any: &[Scope::VEHICLE_DEVICE_DATA],
            device: Some(Device::OnlineVehicle),
            price: Price::Data,
            parameters: &[
                VEHICLE_TAG,
                query("count", Kind::Integer, "How many of each kind at most, 1 to 100.", "10"),
                query("radius", Kind::Integer, "How far away at most, in miles, 1 to 1000.", "100"),
                query("detail", Kind::Boolean, "Whether amenities and billing are told.", "true"),
            ],
            response: Response::One(schema::<NearbyChargingSites>),
            decision: "`vehicle_location` is not needed, but a driver from whom places are kept is refused with 403.",
            ..Operation::BASE
        },
        RecentAlerts => Operation {
            name: "recent_alerts",
            summary: "Alerts of the past thirty days, newest first.",
            path: "/api/1/vehicles/{vehicle_tag}/recent_alerts",
            scopes_any: &[Scope::VEHICLE_DEVICE_DATA],
            device: Some(Device::Vehicle),
            price: Price::Data,
            parameters: &[VEHICLE_TAG],
            response: Response::One(schema::<RecentAlerts>),
            ..Operation::BASE
        },
        ReleaseNotes => Operation {
            name: "release_notes",
            summary: "What is new in the vehicle's software.",
            path: "/api/1/vehicles/{vehicle_tag}/release_notes",
            scopes_any: &[Scope::VEHICLE_DEVICE_DATA],
            device: Some(Device::Vehicle),
            price: Price::Data,
            parameters: &[
                VEHICLE_TAG,
                query("staged", Kind::Boolean, "Of the software on offer, not of the installed one.", "false"),
                query("language", Kind::Integer, "The number of a language; the notes are in English all the same.", "0"),
            ],
            response: Response::One(schema::<ReleaseNotesAnswer>),
            decision: "A vehicle with no software on offer has no staged notes: the list is empty.",
            ..Operation::BASE
        },
        ServiceData => Operation {
            name: "service_data",
            summary: "What a vehicle that is with the service is there for.",
            path: "/api/1/vehicles/{vehicle_tag}/service_data",
            scopes_any: &[Scope::VEHICLE_DEVICE_DATA],
            device: Some(Device::Vehicle),
            price: Price::Data,
            parameters: &[VEHICLE_TAG],
            response: Response::One(schema::<ServiceData>),
            decision: "Every field is null when the vehicle is not with the service.",
            ..Operation::BASE
        },
        Drivers => Operation {
            name: "drivers",
            summary: "Who may drive the vehicle beside its owner, for the owner.",
            path: "/api/1/vehicles/{vehicle_tag}/drivers",
            scopes_any: &[Scope::VEHICLE_DEVICE_DATA],
            device: Some(Device::Vehicle),
            parameters: &[VEHICLE_TAG],
            response: Response::List(schema::<Driver>),
            decision: "A driver is refused with 403. `active_pubkeys` holds the keys that the driver told by `users_keys`.",
            ..Operation::BASE
        },
        DriversRemove => Operation {
            name: "drivers_remove",
            summary: "Takes a driver from the vehicle: any one for the owner, only oneself for a driver.",
            method: Method::Delete,
            path: "/api/1/vehicles/{vehicle_tag}/drivers",
            scopes_any: &[Scope::VEHICLE_CMDS],
            device: Some(Device::Vehicle),
            parameters: &[
                VEHICLE_TAG,
                query("share_user_id", Kind::Integer, "The driver's `user_id`; oneself unless told.", "700513"),
                optional("share_user_id", Kind::Integer, "The same, from clients that send it here.", "700513"),
            ],
            response: Response::One(schema::<String>),
            decision: "Somebody who does not drive the vehicle is answered with 404, a driver who names another with 403.",
            ..Operation::BASE
        },
        FleetStatus => Operation {
            name: "fleet_status",
            summary: "With which vehicles the application's key is paired, and what they can do.",
            method: Method::Post,
            path: "/api/1/vehicles/fleet_status",
            scopes_any: &[Scope::VEHICLE_DEVICE_DATA],
            parameters: &[body("vins", Kind::Array, "The VINs, 100 at most.", "[\"5YJ3E1EB7PF900417\"]")],
            response: Response::One(schema::<FleetStatus>),
            refusals: &[404],
            decision: "One vehicle that is not the caller's is enough for 404.",
            ..Operation::BASE
        },
        SignedCommand => Operation {
            name: "signed_command",
            summary: "Hands a signed command to the vehicle.",
            method: Method::Post,
            path: "/api/1/vehicles/{vehicle_tag}/signed_command",
            scopes_any: &[Scope::VEHICLE_CMDS, Scope::VEHICLE_CHARGING_CMDS, Scope::VEHICLE_DEVICE_DATA],
            device: Some(Device::Vehicle),
            price: Price::Command,
            parameters: &[
                VEHICLE_TAG,
                body("routable_message", Kind::String, "A serialised `RoutableMessage`, in base64.", "\"MhQSEA==\""),
            ],
            response: Response::One(schema::<String>),
            refusals: &[422],
            decision: "No vehicle here knows the command protocol: every message is answered with 422, at which clients \
                       fall back to plain commands.",
            ..Operation::BASE
        },
        PairedKeys => Operation {
            name: "paired_keys",
            summary: "Whether the application's key is paired with the vehicle.",
            method: Method::Post,
            path: "/api/1/vehicles/{vehicle_tag}/paired_keys",
            scopes_any: &[Scope::VEHICLE_CMDS],
            device: Some(Device::Vehicle),
            parameters: &[VEHICLE_TAG],
            response: Response::One(schema::<PairedKeys>),
            confidence: Confidence::Inferred,
            decision: "It tells and changes nothing: a key is paired by the owner, at the vehicle.",
            ..Operation::BASE
        },
    }
}
