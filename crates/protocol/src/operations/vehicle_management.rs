//! Vehicle management: how a vehicle was built and sold, what can be bought for it, who pays.

use super::{
    BUSINESS, Kind, Method, Operation, Parameter, Price, Response, VEHICLE_TAG, body, operations, optional, path,
    query, schema,
};
use crate::vehicle_management::{
    EligibleSubscriptions, EligibleUpgrades, EnterpriseRoles, Options, Pricing, Specs, WarrantyDetails,
};
use crate::{Scope, TokenType};

const VIN_IN_QUERY: Parameter =
    Parameter { required: true, ..query("vin", Kind::String, "The VIN.", "\"5YJ3E1EB7PF900417\"") };
const VIN_IN_PATH: Parameter = path("vin", Kind::String, "The VIN.", "\"5YJ3E1EB7PF900417\"");

/// A question about a vehicle of the caller.
const ABOUT_A_VEHICLE: Operation = Operation {
    scopes_any: &[Scope::VEHICLE_DEVICE_DATA],
    price: Price::Data,
    parameters: &[VIN_IN_QUERY],
    refusals: &[404],
    ..Operation::BASE
};

operations! {
    /// Vehicle management: how a vehicle was built and sold, what can be bought for it, who pays.
    VehicleManagementOperation {
        Options => Operation {
            name: "options",
            summary: "The options with which the vehicle was built.",
            path: "/api/1/dx/vehicles/options",
            response: Response::One(schema::<Options>),
            ..ABOUT_A_VEHICLE
        },
        EligibleSubscriptions => Operation {
            name: "eligible_subscriptions",
            summary: "What can be subscribed to for the vehicle.",
            path: "/api/1/dx/vehicles/subscriptions/eligibility",
            response: Response::One(schema::<EligibleSubscriptions>),
            decision: "Prices are made up; each starts on the day of the question.",
            ..ABOUT_A_VEHICLE
        },
        EligibleUpgrades => Operation {
            name: "eligible_upgrades",
            summary: "What can be bought for the vehicle.",
            path: "/api/1/dx/vehicles/upgrades/eligibility",
            response: Response::One(schema::<EligibleUpgrades>),
            decision: "Prices are made up.",
            ..ABOUT_A_VEHICLE
        },
        WarrantyDetails => Operation {
            name: "warranty_details",
            summary: "The warranties of the vehicle.",
            path: "/api/1/dx/warranty/details",
            parameters: &[query("vin", Kind::String, "The VIN; the caller's first vehicle unless told.", "\"5YJ3E1EB7PF900417\"")],
            response: Response::One(schema::<WarrantyDetails>),
            decision: "Without `vin` it is about the caller's first vehicle. A warranty ends with its years or its distance, \
                       whichever comes first.",
            ..ABOUT_A_VEHICLE
        },
        Specs => Operation {
            name: "specs",
            summary: "The specifications of any vehicle as it was sold; the owner need not agree.",
            path: "/api/1/vehicles/{vehicle_tag}/specs",
            scopes_any: &[Scope::VEHICLE_SPECS],
            token_types: &[TokenType::Partner],
            price: Price::Specs,
            parameters: &[VEHICLE_TAG],
            response: Response::One(schema::<Specs>),
            refusals: &[404],
            decision: "Only `batteryCapacityKwh` and `batterySoH` are known for certain; the other fields are inferred.",
            ..Operation::BASE
        },
        Pricing => Operation {
            name: "pricing",
            summary: "Options and fees of a model in a market.",
            method: Method::Post,
            path: "/api/1/dx/vehicles/pricing",
            scopes_any: &[Scope::VEHICLE_PRICING_INFO],
            token_types: &[TokenType::Partner],
            price: Price::Data,
            parameters: &[
                body("model", Kind::String, "`ms`, `m3`, `mx`, `my` or `ct`.", "\"m3\""),
                body("market", Kind::String, "The country, ISO 3166-1 alpha-2.", "\"NL\""),
                optional("locale", Kind::String, "Language and country.", "\"nl_NL\""),
            ],
            response: Response::One(schema::<Pricing>),
            decision: "Path, method and scope are known; fields are inferred and prices made up. A model or market that is \
                       not known is answered with 400.",
            ..Operation::BASE
        },
        EnterpriseRoles => Operation {
            name: "enterprise_roles",
            summary: "What businesses are to the vehicle.",
            path: "/api/1/dx/enterprise/v1/{vin}/roles",
            scopes_any: &[Scope::ENTERPRISE_MANAGEMENT],
            token_types: BUSINESS,
            parameters: &[VIN_IN_PATH],
            response: Response::One(schema::<EnterpriseRoles>),
            refusals: &[404],
            decision: "The fields are inferred. The owner pays until `enterprise_payer` names another.",
            ..Operation::BASE
        },
        EnterprisePayer => Operation {
            name: "enterprise_payer",
            summary: "Names who pays for the vehicle.",
            method: Method::Post,
            path: "/api/1/dx/enterprise/v1/{vin}/payer",
            scopes_any: &[Scope::ENTERPRISE_MANAGEMENT],
            token_types: BUSINESS,
            parameters: &[
                VIN_IN_PATH,
                body("role", Kind::String, "`PAYER`.", "\"PAYER\""),
                optional("federation_id", Kind::String, "The federation; `federationId` is taken too.", "\"fed-90021\""),
                optional("account_id", Kind::String, "The account; `accountId` is taken too. The caller's unless told.", "\"acct-40117\""),
            ],
            response: Response::One(schema::<()>),
            refusals: &[404],
            decision: "It answers `response: null`. Any account is taken; the only role is `PAYER`. Sessions stay with the owner, since no bill is sent.",
            ..Operation::BASE
        },
    }
}
