//! What an operator or a developer writes: configuration, seed files, database URLs.

use std::path::Path;

use fleetgate_server::config::Mode;
use fleetgate_server::config::file::located::{LocatedError, Source};
use fleetgate_server::config::file::{ConfigError, parse};
use fleetgate_server::sandbox::world::World;
use fleetgate_store::DatabaseUrl;

use super::text;

fn assert_points_into(text: &str, error: &LocatedError) {
    let lines = 1 + text.bytes().filter(|byte| *byte == b'\n').count();
    assert!((1..=lines).contains(&error.line), "line {} of {lines}", error.line);
    assert!(!error.problem.is_empty());
}

/// A seed file is a world or a complaint about one of its lines.
pub(super) fn seed_file(data: &[u8]) -> bool {
    let Some(text) = text(data) else { return false };
    World::read("seed.toml", text).map_err(|error| assert_points_into(text, &error)).is_ok()
}

/// A configuration is one of production, or a complaint.
pub(super) fn operator_config(data: &[u8]) -> bool {
    let Some(text) = text(data) else { return false };
    let source = Source { file: "fleetgate.toml", text };
    match parse(source, Path::new("/etc/fleetgate"), |_| None) {
        Ok(config) => {
            assert_eq!(config.mode, Mode::Production);
            assert!(!config.expose && config.base_url.is_some_and(|url| !url.ends_with('/')));
            true
        }
        Err(ConfigError::Located(error)) => {
            assert_points_into(text, &error);
            false
        }
        Err(error) => {
            assert!(matches!(error, ConfigError::NoBaseUrl { .. }), "{error}");
            false
        }
    }
}

/// Neither form of a database's URL shows a password, nor does a complaint about one. `{password}` stands for it.
pub(super) fn database_url(data: &[u8]) -> bool {
    const PASSWORD: &str = "s3cret-p4ssw0rd";
    let Some(text) = text(data) else { return false };
    let with_password = text.replacen("{password}", PASSWORD, 1);
    let is_password = is_password_of(&with_password, PASSWORD);
    let parsed = with_password.parse::<DatabaseUrl>();
    let shown = match &parsed {
        // A path is shown as it is, whatever it looks like.
        Ok(DatabaseUrl::Sqlite(_)) => String::new(),
        Ok(url) => format!("{url} {url:?}"),
        Err(error) => format!("{error} {error:?}"),
    };
    assert!(!is_password || !shown.contains(PASSWORD), "{text}: {shown}");
    parsed.is_ok()
}

/// Whether the URL has this password, and the same text nowhere else.
fn is_password_of(text: &str, password: &str) -> bool {
    let Ok(url) = url::Url::parse(text) else { return false };
    let in_query = url.query_pairs().any(|(name, value)| name == "password" && value == password);
    (url.password() == Some(password) || in_query) && text.matches(password).count() == 1
}
