//! The table of operations: every endpoint of the Fleet API is a row.
//!
//! A row is written once, in the file of its group. Routing, enforcement, the authorization test matrix, the OpenAPI
//! document, the Postman collection, the reference page and the command line's `routes` come from it; nothing else
//! knows which scope or token type a path needs. A new operation is one row here, one handler in the server's
//! `fleet_api` folder (its `match` does not compile without it) and one test case.

mod charging;
mod command;
mod energy;
mod parameter;
mod partner;
mod service;
mod sharing;
mod subscription;
mod telemetry;
mod user;
mod vehicle;
mod vehicle_management;

use schemars::{Schema, SchemaGenerator};
use serde::Serialize;

pub use self::charging::ChargingOperation;
pub use self::command::{
    ChargingCommandOperation, ClimateCommandOperation, ClosuresCommandOperation, CommandOperation,
    LimitsCommandOperation, MediaCommandOperation, NavigationCommandOperation, SchedulesCommandOperation,
    SecurityCommandOperation, SettingsCommandOperation, SignalsCommandOperation, SoftwareCommandOperation,
};
pub use self::energy::EnergyOperation;
use self::parameter::{ENERGY_SITE_ID, VEHICLE_TAG, body, optional, path, query, required_query};
pub use self::parameter::{Kind, Parameter, Place};
pub use self::partner::PartnerOperation;
pub use self::service::ServiceOperation;
pub use self::sharing::SharingOperation;
pub use self::subscription::SubscriptionOperation;
pub use self::telemetry::{TELEMETRY_LOCATION, TelemetryOperation};
pub use self::user::UserOperation;
pub use self::vehicle::{LOCATION, VehicleOperation};
pub use self::vehicle_management::VehicleManagementOperation;
use crate::fleet_error::WRONG_TOKEN_TYPE;
use crate::{Scope, TokenType};

/// One endpoint of the Fleet API.
#[derive(Debug)]
pub struct Operation {
    /// The name by which programs know it, unique in the table.
    pub name: &'static str,
    /// One sentence for the reference.
    pub summary: &'static str,
    /// The HTTP method.
    pub method: Method,
    /// The path, with parameters in braces.
    pub path: &'static str,
    /// One of these scopes is needed; none is when the list is empty.
    pub scopes_any: &'static [Scope],
    /// Parts of the answer that need a scope of their own.
    pub parts: &'static [Part],
    /// The token types that may call it; an empty list means that no token is needed.
    pub token_types: &'static [TokenType],
    /// What a token of another type is answered with (403).
    pub wrong_token_type: &'static str,
    /// Whether the application must be registered in the serving region.
    pub registration: bool,
    /// Whether only the person's home region answers it.
    pub home_region: bool,
    /// What kind of device the path names, if any.
    pub device: Option<Device>,
    /// The pricing category.
    pub price: Price,
    /// What the path, the query and the body carry.
    pub parameters: &'static [Parameter],
    /// What a success answers.
    pub response: Response,
    /// The statuses of refusals that do not follow from the rest of the row.
    pub refusals: &'static [u16],
    /// How sure the row is.
    pub confidence: Confidence,
    /// What was decided where nothing certain is known of the real service, in whole sentences; empty otherwise.
    pub decision: &'static str,
}

impl Operation {
    /// A row to start from: a `GET` for every token type, free of charge.
    const BASE: Self = Self {
        name: "",
        summary: "",
        method: Method::Get,
        path: "",
        scopes_any: &[],
        parts: &[],
        token_types: &TokenType::ALL,
        wrong_token_type: WRONG_TOKEN_TYPE,
        registration: true,
        home_region: true,
        device: None,
        price: Price::None,
        parameters: &[],
        response: Response::Text("ok"),
        refusals: &[],
        confidence: Confidence::Documented,
        decision: "",
    };

    /// Whether a token of this type may call it.
    #[must_use]
    pub fn allows(&self, token_type: TokenType) -> bool {
        self.token_types.contains(&token_type)
    }

    /// Whether the operation can be called without a token.
    #[must_use]
    pub const fn is_public(&self) -> bool {
        self.token_types.is_empty()
    }
}

/// A part of an answer that needs a scope beside those of its operation, when it is asked for.
#[derive(Debug, PartialEq, Eq)]
pub struct Part {
    /// The parameter that asks for it.
    pub parameter: &'static str,
    /// The word in that parameter, or what it may ask for.
    pub name: &'static str,
    /// The scope.
    pub scope: Scope,
    /// What the scope is for, in the answer that lacks it.
    pub purpose: &'static str,
}

impl Operation {
    /// Whether this scope opens the operation or a part of its answer.
    #[must_use]
    pub fn is_opened_by(&self, scope: &Scope) -> bool {
        self.scopes_any.contains(scope) || self.parts.iter().any(|part| part.scope == *scope)
    }
}

/// An HTTP method of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Method {
    /// `GET`.
    Get,
    /// `POST`.
    Post,
    /// `DELETE`.
    Delete,
}

impl Method {
    /// The name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Delete => "DELETE",
        }
    }
}

/// A kind of device that a path names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Device {
    /// A vehicle by its tag, whatever its connectivity.
    Vehicle,
    /// A vehicle by its tag, which must be online.
    OnlineVehicle,
    /// An energy site by its number.
    EnergySite,
}

/// The pricing category of an operation. Answers below 500 are billed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Price {
    /// Free of charge.
    None,
    /// 500 for a dollar.
    Data,
    /// 1,000 for a dollar.
    Command,
    /// 50 for a dollar.
    Wake,
    /// 10 for a dollar: the specifications of a vehicle.
    Specs,
}

impl Price {
    /// The price of one answer in thousandths of a dollar.
    #[must_use]
    pub const fn thousandths(self) -> u32 {
        match self {
            Self::None => 0,
            Self::Data => 2,
            Self::Command => 1,
            Self::Wake => 20,
            Self::Specs => 100,
        }
    }

    /// The name in the reference.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Data => "data",
            Self::Command => "command",
            Self::Wake => "wake",
            Self::Specs => "specs",
        }
    }
}

/// How sure a row is about the real service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Confidence {
    /// The documentation says so.
    Documented,
    /// Clients rely on it.
    ClientCode,
    /// It follows from what is known.
    Inferred,
}

/// What a success answers.
#[derive(Clone, Copy, Debug)]
pub enum Response {
    /// This plain text.
    Text(&'static str),
    /// A file in PDF.
    Pdf,
    /// A value without an envelope.
    Bare(fn(&mut SchemaGenerator) -> Schema),
    /// `{"response": …}`.
    One(fn(&mut SchemaGenerator) -> Schema),
    /// `{"response": […], "count": n}`.
    List(fn(&mut SchemaGenerator) -> Schema),
    /// `{"response": […], "pagination": …, "count": n}`.
    Page(fn(&mut SchemaGenerator) -> Schema),
}

fn schema<T: schemars::JsonSchema>(generator: &mut SchemaGenerator) -> Schema {
    generator.subschema_for::<T>()
}

/// Token types that act for a person.
const PERSON: &[TokenType] = &[TokenType::ThirdParty, TokenType::OpenSource];
/// Token types of a business or of the application itself.
const BUSINESS: &[TokenType] = &[TokenType::Partner, TokenType::ThirdPartyBusiness];

/// Declares the operations of one group: an enum with a variant for each row.
macro_rules! operations {
    ($(#[$meta:meta])* $group:ident { $($variant:ident => $row:expr),* $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $group {
            $(#[allow(missing_docs, reason = "the row's summary says it")] $variant),*
        }

        impl $group {
            const ROWS: &'static [$crate::operations::Operation] = &[$($row),*];

            /// Every operation of the group, in the order of the reference.
            pub fn all() -> impl Iterator<Item = Self> {
                [$(Self::$variant),*].into_iter()
            }

            /// The row of the table.
            #[must_use]
            pub const fn row(self) -> &'static $crate::operations::Operation {
                &Self::ROWS[self as usize]
            }
        }
    };
}
use operations;

/// Declares an enum of groups, each with its title in the reference.
macro_rules! groups {
    ($(#[$meta:meta])* $all:ident { $($group:ident($operations:ident) $title:literal),* $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $all {
            $(#[doc = $title] $group($operations)),*
        }

        impl $all {
            /// Every operation, group by group.
            pub fn all() -> impl Iterator<Item = Self> {
                std::iter::empty()$(.chain($operations::all().map(Self::$group)))*
            }

            /// The row of the table.
            #[must_use]
            pub const fn row(self) -> &'static $crate::operations::Operation {
                match self {
                    $(Self::$group(operation) => operation.row()),*
                }
            }

            /// The name of the group in the reference.
            #[must_use]
            pub const fn group(self) -> &'static str {
                match self {
                    $(Self::$group(_) => $title),*
                }
            }
        }
    };
}
use groups;

groups! {
    /// One operation of the table, by its group.
    OperationId {
        Service(ServiceOperation) "Service",
        User(UserOperation) "User",
        Partner(PartnerOperation) "Partner",
        Vehicle(VehicleOperation) "Vehicle",
        Telemetry(TelemetryOperation) "Fleet Telemetry",
        Sharing(SharingOperation) "Sharing",
        VehicleManagement(VehicleManagementOperation) "Vehicle management",
        Subscription(SubscriptionOperation) "Subscriptions",
        Command(CommandOperation) "Vehicle commands",
        Energy(EnergyOperation) "Energy",
        Charging(ChargingOperation) "Charging",
    }
}

#[cfg(test)]
mod tests;
