//! See `code_challenge` in `fleetgate_fuzz`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    fleetgate_fuzz::run("code_challenge", data);
});
