//! The one binary, `fleetgate`.
fn main() {}
