//! See `authorization_request` in `fleetgate_fuzz`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    fleetgate_fuzz::run("authorization_request", data);
});
