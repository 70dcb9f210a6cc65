//! The person for whom the token was issued.

use super::{Operation, PERSON, Response, operations, schema};
use crate::Scope;
use crate::user::{FeatureConfig, Me, Order, UserRegion};

operations! {
    /// Operations on the person for whom the token was issued.
    UserOperation {
        Me => Operation {
            name: "me",
            summary: "The person's name, e-mail address and picture.",
            path: "/api/1/users/me",
            scopes_any: &[Scope::USER_DATA],
            token_types: PERSON,
            response: Response::One(schema::<Me>),
            ..Operation::BASE
        },
        Region => Operation {
            name: "region",
            summary: "The person's home region and the base URL to use for it.",
            path: "/api/1/users/region",
            scopes_any: &[
                Scope::USER_DATA,
                Scope::VEHICLE_DEVICE_DATA,
                Scope::VEHICLE_CMDS,
                Scope::VEHICLE_CHARGING_CMDS,
                Scope::ENERGY_DEVICE_DATA,
                Scope::ENERGY_CMDS,
            ],
            token_types: PERSON,
            // It tells which region is the right one, so that every region answers it.
            home_region: false,
            response: Response::One(schema::<UserRegion>),
            ..Operation::BASE
        },
        FeatureConfig => Operation {
            name: "feature_config",
            summary: "Features that are switched on for the person.",
            path: "/api/1/users/feature_config",
            scopes_any: &[Scope::USER_DATA],
            token_types: PERSON,
            response: Response::One(schema::<FeatureConfig>),
            ..Operation::BASE
        },
        Orders => Operation {
            name: "orders",
            summary: "The person's open orders.",
            path: "/api/1/users/orders",
            scopes_any: &[Scope::USER_DATA],
            token_types: PERSON,
            response: Response::List(schema::<Order>),
            ..Operation::BASE
        },
    }
}
