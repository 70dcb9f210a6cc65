//! The rate limits of the Fleet API, as `docs/limits.md` tells people.
//!
//! They are counted in memory in windows of the sandbox's clock: a restart forgets them, and a clock that stands keeps a
//! window open.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::response::Response;
use fleetgate_protocol::operations::Price;
use http::header::{HeaderName, HeaderValue, RETRY_AFTER};

const SECOND: i64 = 1_000_000;
const MINUTE: i64 = 60 * SECOND;
const DAY: i64 = 24 * 60 * MINUTE;

/// How many windows are open before those that have ended are looked for.
const MANY: usize = 4096;

/// How often something may be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Rate {
    /// So many times.
    most: u64,
    /// Within such a window.
    window: Window,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Window {
    /// As long as this, in microseconds, from the first request.
    From(i64),
    /// The day, which ends at midnight in UTC.
    Day,
}

impl Window {
    /// When one that opens now ends.
    const fn end(self, now: i64) -> i64 {
        match self {
            Self::From(length) => now.saturating_add(length),
            Self::Day => (now.div_euclid(DAY) + 1).saturating_mul(DAY),
        }
    }
}

/// How often an account may ask for a device, whatever application asks for it.
const fn of_device(price: Price) -> Option<Rate> {
    let most = match price {
        Price::None | Price::Specs => return None,
        Price::Data => 60,
        Price::Command => 30,
        Price::Wake => 3,
    };
    Some(Rate { most, window: Window::From(MINUTE) })
}

/// How often an open-source application may ask for a device: the discovery tier, out of which it cannot grow.
const fn of_discovery(price: Price) -> Option<Rate> {
    let most = match price {
        Price::None | Price::Specs => return None,
        Price::Data => 300,
        Price::Command => 50,
        Price::Wake => 15,
    };
    Some(Rate { most, window: Window::Day })
}

/// How often an application may ask the token endpoint.
const OF_TOKENS: Rate = Rate { most: 20, window: Window::From(SECOND) };

/// What is counted together.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Counted {
    Device { account: String, device: Arc<str>, price: Price },
    Discovery { client_id: String, device: Arc<str>, price: Price },
    Tokens { client_id: String },
}

/// A call about a device, as the limits see it.
#[derive(Debug)]
pub(super) struct DeviceCall<'a> {
    pub(super) price: Price,
    /// The account of the token.
    pub(super) account: &'a str,
    /// The application, if it is an open-source one.
    pub(super) open_source: Option<&'a str>,
    pub(super) device: &'a Arc<str>,
}

/// What is left of the tightest limit on a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allowance {
    most: u64,
    left: u64,
    /// Whole seconds until the window ends, at least one.
    pub reset: u64,
}

/// There were too many requests of late.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TooMany(pub(crate) Allowance);

/// The open windows.
#[derive(Debug, Default)]
pub(crate) struct Limits {
    open: Mutex<Open>,
}

#[derive(Debug, Default)]
struct Open {
    windows: HashMap<Counted, Used>,
    /// When so many windows are open, those that have ended are removed.
    many: usize,
}

#[derive(Clone, Copy, Debug)]
struct Used {
    ends_at: i64,
    count: u64,
}

impl Limits {
    /// Counts a call about a device; `None` when nothing limits it. One that is refused does not count.
    pub(super) fn take(&self, call: &DeviceCall<'_>, now: i64) -> Option<Result<Allowance, TooMany>> {
        let DeviceCall { price, account, open_source, device } = *call;
        let device_key = || Arc::clone(device);
        let minute = of_device(price)?;
        let by_account = (Counted::Device { account: account.to_owned(), device: device_key(), price }, minute);
        let by_application = open_source.zip(of_discovery(price)).map(|(client_id, day)| {
            (Counted::Discovery { client_id: client_id.to_owned(), device: device_key(), price }, day)
        });
        Some(self.count(by_account, by_application, now))
    }

    /// Counts a request of an application to the token endpoint.
    pub(crate) fn take_token(&self, client_id: &str, now: i64) -> Result<Allowance, TooMany> {
        self.count((Counted::Tokens { client_id: client_id.to_owned() }, OF_TOKENS), None, now)
    }

    /// Counts a request in its one or two windows, or in none when one of them is full.
    fn count(&self, first: (Counted, Rate), second: Option<(Counted, Rate)>, now: i64) -> Result<Allowance, TooMany> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let full = [Some(&first), second.as_ref()].into_iter().flatten().filter_map(|limit| open.full(limit, now));
        // Of two, the one that stays full for longer tells when to come again.
        if let Some(full) = full.max_by_key(|allowance| allowance.reset) {
            return Err(TooMany(full));
        }
        open.forget(now);
        let first = open.add(first, now);
        let second = second.map(|limit| open.add(limit, now));
        Ok(second.filter(|second| second.left < first.left).unwrap_or(first))
    }
}

impl Open {
    /// What is left of a limit, if that is nothing.
    fn full(&self, (counted, rate): &(Counted, Rate), now: i64) -> Option<Allowance> {
        let used = self.windows.get(counted).filter(|used| now < used.ends_at && used.count >= rate.most);
        used.map(|used| used.allowance(*rate, now))
    }

    fn add(&mut self, (counted, rate): (Counted, Rate), now: i64) -> Allowance {
        let fresh = Used { ends_at: rate.window.end(now), count: 0 };
        let used = self.windows.entry(counted).or_insert(fresh);
        if now >= used.ends_at {
            *used = fresh;
        }
        used.count += 1;
        used.allowance(rate, now)
    }

    /// Forgets windows that have ended, when there are many.
    fn forget(&mut self, now: i64) {
        if self.windows.len() >= self.many.max(MANY) {
            self.windows.retain(|_, used| now < used.ends_at);
            self.many = self.windows.len() * 2;
        }
    }
}

impl Used {
    const fn allowance(self, rate: Rate, now: i64) -> Allowance {
        let rest = self.ends_at.saturating_sub(now).unsigned_abs();
        Allowance {
            most: rate.most,
            left: rate.most.saturating_sub(self.count),
            reset: rest.div_ceil(SECOND.unsigned_abs()),
        }
    }
}

const LIMIT: HeaderName = HeaderName::from_static("ratelimit-limit");
const REMAINING: HeaderName = HeaderName::from_static("ratelimit-remaining");
const RESET: HeaderName = HeaderName::from_static("ratelimit-reset");

impl Allowance {
    /// Nothing is left for so many seconds.
    pub(super) const fn none(most: u64, reset: u64) -> Self {
        Self { most, left: 0, reset }
    }

    /// Tells the client.
    pub(crate) fn tell(self, response: &mut Response) {
        let headers = response.headers_mut();
        headers.insert(LIMIT, HeaderValue::from(self.most));
        headers.insert(REMAINING, HeaderValue::from(self.left));
        headers.insert(RESET, HeaderValue::from(self.reset));
        if response.status() == http::StatusCode::TOO_MANY_REQUESTS {
            // Seconds, since clients that read a number there and nothing else exist.
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(self.reset));
        }
    }
}

#[cfg(test)]
mod tests;
