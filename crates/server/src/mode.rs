//! A database belongs to the mode that used it first: no sandbox data in production, and no production data in a
//! sandbox.

use fleetgate_store::Store;

use crate::config::Mode;

/// The setting that says so.
pub(crate) const SETTING: &str = "mode";

/// Why a database cannot be used in this mode.
#[derive(Debug, thiserror::Error)]
pub enum ClaimError {
    /// It is the other mode's.
    #[error(
        "The data belongs to {found}, and this is {wanted}; give each a data directory and a database of its own with \
         `--data-dir` and `--database`, or `data_dir` and `database` in the configuration."
    )]
    OtherMode {
        /// Whose data it is.
        found: String,
        /// What was started.
        wanted: &'static str,
    },
    /// The store failed.
    #[error("The database failed.")]
    Store(#[from] fleetgate_store::Error),
}

/// Claims a database for a mode, or finds it claimed.
///
/// # Errors
/// When it is the other mode's.
pub(crate) async fn claim(store: &Store, mode: Mode) -> Result<(), ClaimError> {
    let wanted = match mode {
        Mode::Sandbox => "the sandbox (`fleetgate dev`)",
        Mode::Production => "production (`fleetgate serve`)",
    };
    let found = store.put_setting_if_absent(SETTING, wanted).await?;
    if found == wanted { Ok(()) } else { Err(ClaimError::OtherMode { found, wanted }) }
}
