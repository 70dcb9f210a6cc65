//! The application's own account.

use super::{Kind, Method, Operation, Response, body, operations, query, schema};
use crate::TokenType;
use crate::partner::{PartnerAccount, PublicKey};
use crate::telemetry::{TelemetryErrorVins, TelemetryErrors};

/// What a token that is no partner token is answered with.
const EXPECTED_PARTNER: &str = "Expected partner account";

operations! {
    /// Operations on the application's own account.
    PartnerOperation {
        Register => Operation {
            name: "register",
            summary: "Registers the application in this region, with the public key that its domain serves.",
            method: Method::Post,
            path: "/api/1/partner_accounts",
            token_types: &[TokenType::Partner],
            wrong_token_type: EXPECTED_PARTNER,
            registration: false,
            parameters: &[body(
                "domain",
                Kind::String,
                "Lower case, without scheme; its root is that of an allowed origin.",
                "\"app.example.com\"",
            )],
            response: Response::One(schema::<PartnerAccount>),
            refusals: &[412, 422, 424],
            ..Operation::BASE
        },
        PublicKey => Operation {
            name: "public_key",
            summary: "The public key that was registered for a domain.",
            path: "/api/1/partner_accounts/public_key",
            token_types: &[TokenType::Partner],
            wrong_token_type: EXPECTED_PARTNER,
            parameters: &[query("domain", Kind::String, "The registered domain.", "\"app.example.com\"")],
            response: Response::One(schema::<PublicKey>),
            refusals: &[404],
            ..Operation::BASE
        },
        TelemetryErrorVins => Operation {
            name: "fleet_telemetry_error_vins",
            summary: "The vehicles that could not stream to the application in the past thirty days.",
            path: "/api/1/partner_accounts/fleet_telemetry_error_vins",
            token_types: &[TokenType::Partner],
            wrong_token_type: EXPECTED_PARTNER,
            response: Response::One(schema::<TelemetryErrorVins>),
            ..Operation::BASE
        },
        TelemetryErrors => Operation {
            name: "fleet_telemetry_errors_partner",
            summary: "Why vehicles could not stream to the application in the past thirty days, newest first.",
            path: "/api/1/partner_accounts/fleet_telemetry_errors",
            token_types: &[TokenType::Partner],
            wrong_token_type: EXPECTED_PARTNER,
            response: Response::One(schema::<TelemetryErrors>),
            ..Operation::BASE
        },
    }
}
