//! The authorization server, the Fleet API and the sandbox, as a library.
//!
//! [`Server::bind`] makes a server of a [`Config`](config::Config); [`open`] its state alone, for command lines.

mod addresses;
pub mod authorization_server;
pub mod config;
pub mod data_dir;
mod directory;
pub mod entropy;
mod error;
pub mod fleet_api;
mod ground;
mod http;
mod jobs;
pub mod keys;
mod layers;
mod listener;
mod mode;
mod outbound;
pub mod pages;
pub mod passwords;
mod request_id;
pub mod revocations;
mod running;
pub mod sandbox;
pub mod spelling;
mod start;
pub mod state;
mod worlds;

pub use addresses::Addresses;
pub use listener::{ListenError, check_tls};
pub use mode::ClaimError;
pub use request_id::RequestId;
#[cfg(test)]
use start::open_with;
pub use start::{Server, StartError, open, open_existing};
pub use worlds::{InvalidName, WorldEntry, WorldName, WorldsError};

/// Parsers of bytes from outside that stand behind handlers: for the fuzz targets, which cannot reach them otherwise.
#[doc(hidden)]
pub mod parsers {
    pub use crate::authorization_server::client_authentication::basic;
    pub use crate::fleet_api::body::read as fleet_api_body;
    pub use crate::fleet_api::partner::public_key::point;
}

/// A duration in microseconds, as times are counted everywhere.
pub(crate) fn micros(duration: std::time::Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}
