//! Charging: past sessions and what they cost.

use super::{BUSINESS, Kind, Operation, Price, Response, operations, path, query, schema};
use crate::Scope;
use crate::charging::{ChargingHistory, ChargingSessions};

operations! {
    /// Past charging sessions and what they cost.
    ChargingOperation {
        History => Operation {
            name: "charging_history",
            summary: "Paid charging sessions, a page at a time.",
            path: "/api/1/dx/charging/history",
            scopes_any: &[Scope::VEHICLE_CHARGING_CMDS],
            price: Price::Data,
            parameters: &[
                query("vin", Kind::String, "Only this vehicle.", "\"5YJ3E1EA7PF000001\""),
                query("startTime", Kind::String, "Sessions from then on, ISO 8601.", "\"2026-01-01T00:00:00Z\""),
                query("endTime", Kind::String, "Sessions before then, ISO 8601.", "\"2027-01-01T00:00:00Z\""),
                query("pageNo", Kind::Integer, "Which page, from 1.", "1"),
                query("pageSize", Kind::Integer, "How many a page, 1 to 100; 50 unless told.", "50"),
                query("sortBy", Kind::String, "`chargeStartDateTime`.", "\"chargeStartDateTime\""),
                query("sortOrder", Kind::String, "`ASC` or `DESC`; `DESC` unless told.", "\"DESC\""),
            ],
            response: Response::One(schema::<ChargingHistory>),
            ..Operation::BASE
        },
        Invoice => Operation {
            name: "charging_invoice",
            summary: "The invoice of a charging session, in PDF.",
            path: "/api/1/dx/charging/invoice/{invoice_id}",
            scopes_any: &[Scope::VEHICLE_CHARGING_CMDS],
            price: Price::Data,
            parameters: &[path(
                "invoice_id",
                Kind::String,
                "The `contentId` of an invoice in the charging history.",
                "\"c8b0a9f4-11de-4a1d-8f57-000000000417\"",
            )],
            response: Response::Pdf,
            refusals: &[404],
            ..Operation::BASE
        },
        Sessions => Operation {
            name: "charging_sessions",
            summary: "Charging sessions of a business's fleet.",
            path: "/api/1/dx/charging/sessions",
            scopes_any: &[Scope::VEHICLE_CHARGING_CMDS],
            token_types: BUSINESS,
            price: Price::Data,
            parameters: &[
                query("vin", Kind::String, "Only this vehicle.", "\"5YJ3E1EA7PF000001\""),
                query("date_from", Kind::String, "Sessions from then on, ISO 8601.", "\"2026-01-01T00:00:00Z\""),
                query("date_to", Kind::String, "Sessions before then, ISO 8601.", "\"2027-01-01T00:00:00Z\""),
                query("limit", Kind::Integer, "How many, 1 to 100; 50 unless told.", "50"),
                query("offset", Kind::Integer, "How many to leave out.", "0"),
            ],
            response: Response::One(schema::<ChargingSessions>),
            ..Operation::BASE
        },
    }
}
