//! See `fleet_api_body` in `fleetgate_fuzz`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    fleetgate_fuzz::run("fleet_api_body", data);
});
