//! The person for whom the token was issued.

use super::{Confidence, Kind, Method, Operation, PERSON, Response, body, operations, optional, schema};
use crate::Scope;
use crate::user::{BackupKey, FeatureConfig, Me, Order, UserRegion};

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
        BackupKey => Operation {
            name: "backup_key",
            summary: "The person's backup key, if there is one.",
            path: "/api/1/users/backup_key",
            scopes_any: &[Scope::USER_DATA],
            token_types: PERSON,
            response: Response::One(schema::<BackupKey>),
            decision: "It is the newest key that the person told by `users_keys` with the kind `backup`.",
            ..Operation::BASE
        },
        Keys => Operation {
            name: "users_keys",
            summary: "Tells what a public key of the person is: of which device, under which name.",
            method: Method::Post,
            path: "/api/1/users/keys",
            scopes_any: &[Scope::VEHICLE_CMDS],
            token_types: PERSON,
            parameters: &[
                body(
                    "public_key",
                    Kind::String,
                    "The uncompressed P-256 point, in 130 hexadecimal digits.",
                    "\"046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296\
                     4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5\"",
                ),
                body("kind", Kind::String, "Such as `mobile_device`.", "\"mobile_device\""),
                body("model", Kind::String, "Such as `3rd Party Application`.", "\"3rd Party Application\""),
                body("name", Kind::String, "What vehicles show.", "\"Kim's phone\""),
                optional("tag", Kind::String, "The program.", "\"my-app/1.0\""),
            ],
            response: Response::One(schema::<bool>),
            confidence: Confidence::ClientCode,
            decision: "A person has 20 keys at most; one that is told again is told anew. It opens no vehicle.",
            refusals: &[422],
            ..Operation::BASE
        },
    }
}
