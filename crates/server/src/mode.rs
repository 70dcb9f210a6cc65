//! A database, and a data directory, belong to the mode that used them first: no sandbox data in production, and no production data in a
//! sandbox.

use std::path::{Path, PathBuf};
use std::{fs, io};

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
    /// The mark in the data directory cannot be read or written.
    #[error("The file `{path}` cannot be read or written.")]
    Mark {
        /// Where it is.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// Whose data it is, as the setting and the file in the directory say.
pub(crate) const fn owner(mode: Mode) -> &'static str {
    match mode {
        Mode::Sandbox => "the sandbox (`fleetgate dev`)",
        Mode::Production => "production (`fleetgate serve`)",
    }
}

/// Claims a database and a data directory for a mode, or finds them claimed.
///
/// # Errors
/// When it is the other mode's.
pub(crate) async fn claim(store: &Store, data_dir: &Path, mode: Mode) -> Result<(), ClaimError> {
    let wanted = owner(mode);
    // Both are looked at before either is marked: what is refused is left as it was.
    let path = data_dir.join(SETTING);
    let marked = match fs::read_to_string(&path) {
        Ok(text) => Some(text.trim_end().to_owned()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(source) => return Err(ClaimError::Mark { path, source }),
    };
    if let Some(found) = marked.as_ref().filter(|found| *found != wanted) {
        return Err(ClaimError::OtherMode { found: found.clone(), wanted });
    }
    let found = store.put_setting_if_absent(SETTING, wanted).await?;
    if found != wanted {
        return Err(ClaimError::OtherMode { found, wanted });
    }
    if marked.is_none() {
        fs::write(&path, format!("{wanted}\n")).map_err(|source| ClaimError::Mark { path, source })?;
    }
    Ok(())
}
