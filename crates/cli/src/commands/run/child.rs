//! A command's end, and the signals that it gets until then.

use std::io;
use std::process::Child;

/// Signals to this process, which are the command's.
#[cfg(unix)]
pub(super) struct Signals {
    child: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
    hangup: tokio::signal::unix::Signal,
    interrupt: tokio::signal::unix::Signal,
    quit: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    /// Takes signals from now on; those that come before there is a command are kept for it.
    pub(super) fn watch() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            child: signal(SignalKind::child())?,
            terminate: signal(SignalKind::terminate())?,
            hangup: signal(SignalKind::hangup())?,
            interrupt: signal(SignalKind::interrupt())?,
            quit: signal(SignalKind::quit())?,
        })
    }

    /// Passes signals on until the command has ended. Answers its exit code; 128 and the signal's number if one ended it.
    pub(super) async fn wait(mut self, mut child: Child) -> io::Result<u8> {
        use std::io::IsTerminal as _;
        use std::os::unix::process::ExitStatusExt as _;

        use rustix::process::{Pid, Signal, kill_process};

        // What is typed there reaches the command without us, and a second time would mean something else to many.
        let from_terminal = io::stdin().is_terminal();
        loop {
            if let Some(status) = child.try_wait()? {
                let code = status.code().or_else(|| Some(128 + status.signal()?));
                return Ok(code.and_then(|code| u8::try_from(code).ok()).unwrap_or(u8::MAX));
            }
            let signal = tokio::select! {
                _ = self.child.recv() => continue,
                _ = self.terminate.recv() => Signal::TERM,
                _ = self.hangup.recv() => Signal::HUP,
                _ = self.interrupt.recv(), if !from_terminal => Signal::INT,
                _ = self.quit.recv(), if !from_terminal => Signal::QUIT,
            };
            // It has not been waited for, so that its number is still its own.
            let _ = kill_process(Pid::from_child(&child), signal);
        }
    }
}

/// Ctrl-C, which reaches the command without us.
#[cfg(not(unix))]
pub(super) struct Signals;

#[cfg(not(unix))]
impl Signals {
    pub(super) fn watch() -> io::Result<Self> {
        Ok(Self)
    }

    pub(super) async fn wait(self, mut child: Child) -> io::Result<u8> {
        let mut ended = tokio::task::spawn_blocking(move || child.wait());
        let status = loop {
            tokio::select! {
                status = &mut ended => break status.map_err(io::Error::other)??,
                Ok(()) = tokio::signal::ctrl_c() => {}
            }
        };
        Ok(status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(u8::MAX))
    }
}
