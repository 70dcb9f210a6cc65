//! The clock as everything else sees it.

/// Tells the time. There is one in a process, handed to whatever needs it, so that a sandbox or a test can set it.
pub trait Clock: Send + Sync + 'static + std::fmt::Debug {
    /// Microseconds since the Unix epoch.
    fn now(&self) -> i64;
}
