//! The store through its public methods, on SQLite and on PostgreSQL.
//!
//! The tests in the modules named `postgres` need a server: `FLEETGATE_TEST_POSTGRES` holds the URL of one, with a user
//! who may create databases. They fail without it; `cargo test -p fleetgate-store -- --skip postgres::` leaves them out.

mod accounts;
mod applications;
mod authorizations;
mod costs;
mod devices;
mod grants;
mod housekeeping;
mod kill;
mod processes;
mod rows;
mod support;
