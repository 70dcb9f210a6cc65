//! The server over HTTP, on real sockets and on both databases.

mod authorization_code;
mod harness;
mod refresh_token;
