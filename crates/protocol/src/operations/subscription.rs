//! Push subscriptions: for which devices a phone gets notices.

use super::{Kind, Method, Operation, PERSON, Parameter, Response, operations, optional, query, schema};
use crate::Scope;
use crate::subscription::Subscriptions;

const DEVICE_TOKEN: Parameter =
    query("device_token", Kind::String, "The token of the phone at its push service.", "\"a1b2c3\"");
const DEVICE_TYPE: Parameter = query(
    "device_type",
    Kind::String,
    "`android`, `ios-development`, `ios-enterprise`, `ios-beta` or `ios-production`.",
    "\"android\"",
);
const NO_PUSH: &str =
    "Kept and told, but nothing is pushed. Without `device_token` it is about the application itself.";

/// What all of them have in common.
const ABOUT_A_PHONE: Operation = Operation {
    scopes_any: &[Scope::USER_DATA],
    token_types: PERSON,
    parameters: &[DEVICE_TOKEN, DEVICE_TYPE],
    decision: NO_PUSH,
    ..Operation::BASE
};

/// What changing one has in common.
const CHANGE: Operation = Operation {
    method: Method::Post,
    parameters: &[
        DEVICE_TOKEN,
        DEVICE_TYPE,
        optional("ids", Kind::Array, "The devices; none unless told. They take the place of those before.", "[]"),
    ],
    refusals: &[404],
    decision: "Kept and told, but nothing is pushed. Each of `ids` is of a device of the caller, or the answer is 404.",
    ..ABOUT_A_PHONE
};

operations! {
    /// Push subscriptions: for which devices a phone gets notices.
    SubscriptionOperation {
        All => Operation {
            name: "subscriptions",
            summary: "The vehicles and energy sites of which a phone gets notices.",
            path: "/api/1/subscriptions",
            response: Response::Bare(schema::<Subscriptions>),
            ..ABOUT_A_PHONE
        },
        SetAll => Operation {
            name: "subscriptions_set",
            summary: "Sets the vehicles and energy sites of which a phone gets notices.",
            path: "/api/1/subscriptions",
            response: Response::Bare(schema::<Subscriptions>),
            ..CHANGE
        },
        Vehicles => Operation {
            name: "vehicle_subscriptions",
            summary: "The vehicles of which a phone gets notices.",
            path: "/api/1/vehicle_subscriptions",
            response: Response::List(schema::<i64>),
            ..ABOUT_A_PHONE
        },
        SetVehicles => Operation {
            name: "vehicle_subscriptions_set",
            summary: "Sets the vehicles of which a phone gets notices.",
            path: "/api/1/vehicle_subscriptions",
            response: Response::List(schema::<i64>),
            ..CHANGE
        },
    }
}
