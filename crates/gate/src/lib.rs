//! The gate: bearer token → [`Principal`] → [`Permit`].
//!
//! It stands in front of an HTTP API as a tower layer and checks every request against a [`Requirement`]: which token
//! types and scopes a route needs. Tokens are verified offline with the keys of the authorization server, so it needs
//! neither a database nor the server; `examples/own-api` puts it in front of an API of its own.
//!
//! The checks, in this order: token (401), application registered in the region (412), account not disabled (403),
//! token type (403), home region (421), scope (403). What a request was checked for, and why it was refused, stands in
//! a [`Decision`] in the extensions of the response.

mod bearer;
mod cache;
mod clock;
mod decision;
#[cfg(test)]
mod fixture;
mod follow;
mod gate;
mod keys;
mod layer;
mod principal;
mod registry;
mod rejection;
mod render;
mod requirement;
mod revocation;
mod serving;
mod verify;

pub use self::bearer::BufferedBody;
pub use self::clock::SystemClock;
pub use self::decision::{Check, CheckName, Decision};
pub use self::follow::{FetchFailed, KeyFollower, KeySource};
pub use self::gate::{Gate, GateConfig};
pub use self::keys::{KeyRing, Keys};
pub use self::layer::{GateLayer, GateService};
pub use self::principal::{Permit, Principal};
pub use self::registry::{NoRegistry, Registry};
pub use self::rejection::{InvalidRequest, InvalidToken, Rejection};
pub use self::render::{Dialect, REASON_HEADER};
pub use self::requirement::Requirement;
pub use self::revocation::{GrantEnd, RevocationView, Revoked};
pub use self::serving::{RegionUrls, Serving};
