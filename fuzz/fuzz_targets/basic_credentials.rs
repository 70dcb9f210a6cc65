//! See `basic_credentials` in `fleetgate_fuzz`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    fleetgate_fuzz::run("basic_credentials", data);
});
