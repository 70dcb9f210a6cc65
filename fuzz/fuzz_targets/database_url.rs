//! See `database_url` in `fleetgate_fuzz`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    fleetgate_fuzz::run("database_url", data);
});
