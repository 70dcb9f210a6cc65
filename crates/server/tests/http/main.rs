//! The server over HTTP, on real sockets and on both databases.

mod audience;
mod authorization_code;
mod client_credentials;
mod clock;
mod connections;
mod consent;
mod fleet_api;
mod harness;
mod introspect;
mod jobs;
mod logout;
mod matrix;
mod metadata;
mod narrowing;
mod proxy;
mod redirects;
mod refresh_token;
mod restart;
mod revoke;
mod sandbox;
mod security;
mod sign_in;
mod strain;
mod token_endpoint;
mod userinfo;
