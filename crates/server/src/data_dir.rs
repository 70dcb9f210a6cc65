//! The directory in which a server keeps its master key, its logs and, with SQLite, its database.

use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use fleetgate_store::DatabaseUrl;

use crate::config::{Config, Mode};

/// The file with the master key.
pub(crate) const MASTER_KEY: &str = "master.key";
/// The file that a running server keeps locked.
const LOCK: &str = "lock";

/// Why a data directory cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DataDirError {
    /// It cannot be made.
    #[error("The data directory `{directory}` cannot be made.")]
    Make {
        /// Which.
        directory: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// It cannot be locked.
    #[error("The data directory `{directory}` cannot be locked.")]
    Lock {
        /// Which.
        directory: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Another server runs in it.
    #[error(
        "The data directory `{directory}` is in use: a server runs there. Stop it, or give this one a directory of its own."
    )]
    InUse {
        /// Which.
        directory: PathBuf,
    },
}

/// Keeps a data directory for this process; dropping it, or the end of the process, lets it go.
#[derive(Debug)]
pub struct DataDirLock {
    _file: File,
}

/// Makes a data directory, for its owner only, unless it is there.
///
/// # Errors
/// When it cannot be made.
pub(crate) fn make(directory: &Path) -> Result<(), DataDirError> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(directory).map_err(|source| DataDirError::Make { directory: directory.to_owned(), source })
}

/// Whether a server runs in the data directory.
///
/// # Errors
/// When the directory cannot be looked at.
pub fn is_in_use(config: &Config) -> Result<bool, DataDirError> {
    match lock(config) {
        Ok(_) => Ok(false),
        Err(DataDirError::InUse { .. }) => Ok(true),
        Err(error) => Err(error),
    }
}

/// Takes the data directory of a server that is about to run. Only nodes over one PostgreSQL may share one. Commands
/// beside a running server do not ask.
///
/// # Errors
/// [`DataDirError::InUse`] when another server runs there.
pub fn lock(config: &Config) -> Result<DataDirLock, DataDirError> {
    let directory = &config.data_dir;
    make(directory)?;
    let failed = |source| DataDirError::Lock { directory: directory.clone(), source };
    let file =
        OpenOptions::new().write(true).create(true).truncate(false).open(directory.join(LOCK)).map_err(failed)?;
    let shared = config.mode == Mode::Production && matches!(config.database, DatabaseUrl::Postgres(_));
    match if shared { file.try_lock_shared() } else { file.try_lock() } {
        Ok(()) => Ok(DataDirLock { _file: file }),
        Err(TryLockError::WouldBlock) => Err(DataDirError::InUse { directory: directory.clone() }),
        Err(TryLockError::Error(source)) => Err(failed(source)),
    }
}
