//! The server over HTTP, on real sockets and on both databases.

mod authorization_code;
mod client_credentials;
mod fleet_api;
mod harness;
mod refresh_token;
mod sandbox;
mod token_endpoint;
