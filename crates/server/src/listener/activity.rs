//! What a connection did last, so that one that does nothing gives its place to another.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::Instant;

/// What one connection did last. Only requests count: a peer that answers every `PING` does nothing.
#[derive(Default)]
pub(super) struct Activity(Mutex<Last>);

#[derive(Default)]
struct Last {
    in_flight: usize,
    /// When a request last began or ended; `None` before the first.
    request: Option<Instant>,
    /// Since when the peer has taken nothing of what it is sent.
    stuck: Option<Instant>,
}

impl Activity {
    fn last(&self) -> MutexGuard<'_, Last> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A request begins; it ends when what this returns is dropped.
    pub(super) fn begin(self: &Arc<Self>) -> InFlight {
        let mut last = self.last();
        last.in_flight += 1;
        last.request = Some(Instant::now());
        drop(last);
        InFlight(Arc::clone(self))
    }

    /// The idle time begins anew.
    pub(super) fn touch(&self) {
        self.last().request = Some(Instant::now());
    }

    /// Whether there has been a request.
    pub(super) fn has_begun(&self) -> bool {
        self.last().request.is_some()
    }

    /// Since when there has been no request; `None` while there is one, and before the first.
    pub(super) fn idle_since(&self) -> Option<Instant> {
        let last = self.last();
        last.request.filter(|_| last.in_flight == 0)
    }

    /// Since when the peer has taken nothing of what waits for it.
    pub(super) fn stuck_since(&self) -> Option<Instant> {
        self.last().stuck
    }

    fn wrote(&self, progress: bool) {
        let mut last = self.last();
        if progress {
            last.stuck = None;
        } else {
            last.stuck.get_or_insert_with(Instant::now);
        }
    }
}

/// A request that has begun and not ended.
pub(super) struct InFlight(Arc<Activity>);

impl Drop for InFlight {
    fn drop(&mut self) {
        let mut last = self.0.last();
        last.in_flight -= 1;
        last.request = Some(Instant::now());
    }
}

/// Ends when what began at `since` has lasted for `time`. It looks no more often than that.
pub(super) async fn lasting(since: impl Fn() -> Option<Instant>, time: Duration) {
    loop {
        let now = Instant::now();
        let end = since().unwrap_or(now) + time;
        if end <= now {
            return;
        }
        tokio::time::sleep_until(end).await;
    }
}

/// A stream that notes whether its peer takes what it is sent.
pub(super) struct Watched {
    pub(super) stream: TcpStream,
    pub(super) activity: Arc<Activity>,
}

impl AsyncRead for Watched {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for Watched {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(cx, buf);
        self.activity.wrote(written.is_ready());
        written
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, bufs);
        self.activity.wrote(written.is_ready());
        written
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
