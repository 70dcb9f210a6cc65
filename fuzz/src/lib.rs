//! What every fuzz target does with its bytes: it reads them with a parser that sees bytes from outside, and checks
//! what must hold of anything that was read.
//!
//! `fuzz_targets/` hands libFuzzer's inputs to these functions; `crates/server/tests/corpus.rs` hands them the corpora
//! and mutations of those, with an ordinary toolchain.

mod endpoints;
mod files;
mod strings;
mod tokens;

/// A target: its name, which is also its corpus's, and what it does; `true` when the bytes could be read.
pub type Target = (&'static str, fn(&[u8]) -> bool);

/// Every target.
pub const TARGETS: [Target; 19] = [
    ("access_token", tokens::access_token),
    ("authorization_header", tokens::authorization_header),
    ("authorization_request", endpoints::authorization_request),
    ("basic_credentials", tokens::basic_credentials),
    ("block_set", strings::block_set),
    ("code_challenge", strings::code_challenge),
    ("database_url", files::database_url),
    ("fleet_api_body", endpoints::fleet_api_body),
    ("jwk_set", tokens::jwk_set),
    ("operator_config", files::operator_config),
    ("parameters_form", endpoints::parameters_form),
    ("parameters_json", endpoints::parameters_json),
    ("partner_domain", endpoints::partner_domain),
    ("public_key", tokens::public_key),
    ("redirect_uri", strings::redirect_uri),
    ("refresh_token", tokens::refresh_token),
    ("scope_set", strings::scope_set),
    ("seed_file", files::seed_file),
    ("vehicle_tag", strings::vehicle_tag),
];

/// Runs one target and says whether it could read the bytes. A target that does not exist is a mistake of the caller.
///
/// # Panics
/// When what must hold does not hold.
pub fn run(name: &str, data: &[u8]) -> bool {
    let target = TARGETS.iter().find(|(known, _)| *known == name);
    let (_, body) = target.unwrap_or_else(|| panic!("there is no target `{name}`"));
    body(data)
}

/// The bytes as text; most parsers are only ever given text.
fn text(data: &[u8]) -> Option<&str> {
    std::str::from_utf8(data).ok()
}
