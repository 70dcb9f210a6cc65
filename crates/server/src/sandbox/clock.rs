//! The sandbox's clock: everything in it obeys it, and it can be set forward, frozen and sped up. `docs/clock.md` tells
//! people how.
//!
//! The database has it, so that it survives a restart and commands beside a running sandbox can change it; a running
//! sandbox goes by its copy and looks for such changes all the time.

mod anchors;
mod change;
mod doors;
mod reading;

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use fleetgate_protocol::clock::Clock;
use fleetgate_store::Store;
use tokio::sync::{Mutex, Notify};

use self::anchors::Anchors;
pub(super) use self::change::rfc3339;
pub use self::change::{Change, ClockError, Moment, Rate, Span};
pub(super) use self::doors::{change, show};
pub use self::reading::Reading;

/// The setting in which the clock is kept.
const SETTING: &str = "clock";

/// A clock over another one, the machine's or a test's.
#[derive(Debug)]
pub struct SandboxClock {
    base: Arc<dyn Clock>,
    line: RwLock<Line>,
    /// The latest time that was told, so that none before it is ever told again.
    latest: AtomicI64,
    /// One change at a time.
    turn: Mutex<()>,
    moved: Notify,
}

/// What the clock goes by.
#[derive(Debug, Clone, Copy)]
struct Line {
    anchors: Anchors,
    /// The clock stands while a change of it is written, so that nobody is told a time that the change takes back.
    held: Option<i64>,
}

impl Clock for SandboxClock {
    fn now(&self) -> i64 {
        self.tell().1
    }
}

impl SandboxClock {
    /// The clock of the sandbox in a store; `base` itself unless it was changed.
    ///
    /// # Errors
    /// [`ClockError::Damaged`], or when the store fails.
    pub(crate) async fn open(store: &Store, base: Arc<dyn Clock>) -> Result<Self, ClockError> {
        let anchors = read(store.setting(SETTING).await?.as_deref()).map_err(ClockError::Damaged)?;
        let line = RwLock::new(Line { anchors, held: None });
        let latest = AtomicI64::new(i64::MIN);
        Ok(Self { base, line, latest, turn: Mutex::default(), moved: Notify::default() })
    }

    /// The clock over which it runs.
    #[must_use]
    pub fn machine(&self) -> Arc<dyn Clock> {
        Arc::clone(&self.base)
    }

    /// What it shows.
    #[must_use]
    pub fn reading(&self) -> Reading {
        let (real, now, rate) = self.tell();
        Reading::new(now, real, rate)
    }

    /// Changes the clock of the running sandbox. What is answered is on disk.
    ///
    /// # Errors
    /// [`ClockError`].
    pub async fn change(&self, store: &Store, change: Change) -> Result<Reading, ClockError> {
        self.write(store, move |anchors, real, now| Ok(anchors.changed(change, real, now)?.followed(real, now)))
            .await?;
        Ok(self.reading())
    }

    /// Changes the clock from beside the sandbox, and answers the number of the change: a sandbox that runs goes by it
    /// once [`SandboxClock::is_followed`] says so.
    ///
    /// # Errors
    /// [`ClockError`].
    pub async fn change_beside(&self, store: &Store, change: Change) -> Result<u64, ClockError> {
        self.write(store, move |anchors, real, now| anchors.changed(change, real, now)).await?;
        Ok(self.anchors().version)
    }

    /// Whether the running sandbox goes by the change of this number; then this clock does, too.
    ///
    /// # Errors
    /// [`ClockError`].
    pub async fn is_followed(&self, store: &Store, version: u64) -> Result<bool, ClockError> {
        let anchors = read(store.setting(SETTING).await?.as_deref()).map_err(ClockError::Damaged)?;
        self.go_by(anchors);
        Ok(anchors.followed >= version)
    }

    /// Goes by what was changed from beside the running sandbox, and says so in the store.
    pub(crate) async fn follow(&self, store: &Store) -> Result<(), ClockError> {
        let anchors = read(store.setting(SETTING).await?.as_deref()).map_err(ClockError::Damaged)?;
        if anchors.followed >= anchors.version {
            return Ok(());
        }
        self.write(store, |anchors, real, now| Ok(anchors.followed(real, now))).await
    }

    /// Returns after `pause` of the sandbox's time, though neither before `least` nor long after `pause` of real time,
    /// or when the clock was changed.
    pub(crate) async fn pass(&self, pause: Duration, least: Duration) {
        let real = self.anchors().rate.real(crate::micros(pause));
        let real = Duration::from_micros(real.unsigned_abs()).clamp(least, pause);
        tokio::select! {
            () = tokio::time::sleep(real) => {}
            () = self.moved.notified() => {}
        }
    }

    /// How much of the sandbox's time passes in a span of real time, or the span if that is longer; microseconds.
    pub(crate) fn span(&self, real: i64) -> i64 {
        self.anchors().rate.of(real).max(real)
    }

    fn anchors(&self) -> Anchors {
        self.line.read().unwrap_or_else(PoisonError::into_inner).anchors
    }

    fn go_by(&self, anchors: Anchors) {
        self.line.write().unwrap_or_else(PoisonError::into_inner).anchors = anchors;
    }

    /// What the machine's clock shows, what this one shows, and how fast it runs.
    fn tell(&self) -> (i64, i64, Rate) {
        // Whoever holds the clock knows every time that was told before.
        let line = self.line.read().unwrap_or_else(PoisonError::into_inner);
        let real = self.base.now();
        let now = line.held.unwrap_or_else(|| line.anchors.at(real));
        (real, self.latest.fetch_max(now, Ordering::SeqCst).max(now), line.anchors.rate)
    }

    async fn write<F>(&self, store: &Store, change: F) -> Result<(), ClockError>
    where
        F: Fn(Anchors, i64, i64) -> Result<Anchors, ClockError> + Send + Sync + 'static,
    {
        let _turn = self.turn.lock().await;
        let held = Held::new(self);
        let (real, now) = (held.real, held.now);
        let written = store.modify_setting(SETTING, move |standing| {
            let changed = read(standing).map_err(ClockError::Damaged).and_then(|anchors| change(anchors, real, now));
            let text = match &changed {
                Ok(anchors) => Some(serde_json::to_string(anchors).map_err(|error| error.to_string())?),
                Err(_) => None,
            };
            Ok((text, changed))
        });
        let anchors = written.await??;
        self.go_by(anchors);
        drop(held);
        self.moved.notify_one();
        Ok(())
    }
}

/// The clock of a world that is planted when the machine's shows `real`: what it shows, and the setting in which it is kept
/// if that is not the machine's time.
pub(super) fn planted(
    start: Option<Moment>,
    rate: Option<Rate>,
    real: i64,
) -> Result<(i64, Option<(String, String)>), serde_json::Error> {
    let simulated = start.map_or(real, |start| start.0);
    if start.is_none() && rate.is_none() {
        return Ok((simulated, None));
    }
    let anchors = Anchors { version: 1, followed: 1, simulated, real, rate: rate.unwrap_or(Rate::REAL) };
    Ok((simulated, Some((SETTING.to_owned(), serde_json::to_string(&anchors)?))))
}

fn read(text: Option<&str>) -> Result<Anchors, serde_json::Error> {
    text.map_or_else(|| Ok(Anchors::default()), serde_json::from_str)
}

/// Keeps a clock from running; it ends also when a request is given up.
struct Held<'c> {
    clock: &'c SandboxClock,
    real: i64,
    now: i64,
}

impl<'c> Held<'c> {
    fn new(clock: &'c SandboxClock) -> Self {
        let mut line = clock.line.write().unwrap_or_else(PoisonError::into_inner);
        let real = clock.base.now();
        let now = line.anchors.at(real).max(clock.latest.load(Ordering::SeqCst));
        line.held = Some(now);
        Self { clock, real, now }
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.clock.line.write().unwrap_or_else(PoisonError::into_inner).held = None;
    }
}

#[cfg(test)]
mod tests;
