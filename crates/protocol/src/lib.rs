//! Wire types of the Fleet API and its authentication, and the table of operations.
//!
//! Nothing here does I/O, reads a clock or is async; everything else depends on it.

pub mod charging;
pub mod claims;
pub mod clock;
pub mod command;
pub mod documents;
pub mod energy;
pub mod fleet_error;
pub mod jws;
mod names;
pub mod operations;
pub mod parameters;
pub mod partner;
pub mod pkce;
pub mod redirect_uri;
pub mod refresh_token;
mod region;
mod scope;
pub mod sharing;
pub mod subscription;
pub mod telemetry;
mod token_type;
pub mod user;
pub mod vehicle;
pub mod vehicle_data;
pub mod vehicle_management;
mod vehicle_tag;

pub use names::UnknownName;
pub use operations::{Operation, OperationId};
pub use region::{Region, UnknownRegion};
pub use scope::{Holder, InvalidScope, SCOPES, Scope, ScopeDescription, ScopeSet};
pub use token_type::{ApplicationKind, GrantType, ImpossibleGrant, TokenType};
pub use vehicle_tag::{InvalidVehicleTag, VehicleTag, Vin};
