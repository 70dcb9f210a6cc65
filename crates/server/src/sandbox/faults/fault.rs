//! A fault: what happens, to which requests, and how often it has.

use aws_lc_rs::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};

use super::{Kind, Request};
use crate::sandbox::clock::rfc3339;

/// A fault with its counts. What is `None` does not narrow it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Fault {
    /// Its number.
    pub id: u64,
    /// What happens.
    pub kind: Kind,
    /// To which operation of the table, or endpoint of the authorization server.
    pub operation: Option<String>,
    /// To requests of which application: its name.
    pub application: Option<String>,
    /// Its client id.
    pub(super) client_id: Option<String>,
    /// To requests for which account: its e-mail address.
    pub account: Option<String>,
    /// Its id.
    pub(super) account_id: Option<String>,
    /// To requests about which device: a VIN, or the number of an energy site.
    pub device: Option<String>,
    /// To the nth of those requests alone, counted from one.
    pub nth: Option<u64>,
    /// To so many of a hundred of them, drawn from its number and theirs: alike in every run.
    pub percent: Option<f64>,
    /// So many times at most.
    pub times: Option<u64>,
    /// Until then, microseconds since the Unix epoch.
    pub ends_at: Option<i64>,
    /// How long it takes, or tells the client to wait.
    pub seconds: Option<f64>,
    /// How many requests concerned it while it was active.
    pub seen: u64,
    /// How many of them it struck.
    pub fired: u64,
}

impl Fault {
    /// Whether it may still strike.
    #[must_use]
    pub fn is_active(&self, now: i64) -> bool {
        self.ends_at.is_none_or(|ends_at| now < ends_at)
            && self.times.is_none_or(|times| self.fired < times)
            && self.nth.is_none_or(|nth| self.seen < nth)
    }

    /// Whether a request is one of those that it is about.
    pub(super) fn concerns(&self, request: &Request<'_>) -> bool {
        let is = |wanted: &Option<String>, shown: Option<&str>| wanted.is_none() || wanted.as_deref() == shown;
        self.kind.happens_to(request.place)
            && (request.refreshes || !self.kind.needs_refresh_token(request.place))
            && is(&self.operation, Some(request.place.name()))
            && is(&self.client_id, request.client_id)
            && is(&self.account_id, request.account_id)
            && is(&self.device, request.device)
    }

    /// Counts a request that it is about; whether it strikes it.
    pub(super) fn count(&mut self) -> bool {
        self.seen += 1;
        let strikes = match (self.nth, self.percent) {
            (Some(nth), _) => self.seen == nth,
            (None, Some(percent)) => draw(self.id, self.seen) < percent,
            (None, None) => true,
        };
        self.fired += u64::from(strikes);
        strikes
    }

    /// The fault as it is listed.
    #[must_use]
    pub fn describe(&self, now: i64) -> Description<'_> {
        Description { fault: self, now }
    }
}

/// A number from 0 to under 100, the same each time for the same two.
fn draw(id: u64, seen: u64) -> f64 {
    let hash = digest(&SHA256, format!("fault {id}, request {seen}").as_bytes());
    let number = hash.as_ref().iter().take(4).fold(0_u32, |number, byte| number << 8 | u32::from(*byte));
    f64::from(number) / (f64::from(u32::MAX) + 1.0) * 100.0
}

/// A fault as it is listed: what does not narrow it is left out.
#[derive(Debug, Clone, Copy)]
pub struct Description<'f> {
    fault: &'f Fault,
    now: i64,
}

impl Serialize for Description<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Listed<'f> {
            id: u64,
            kind: Kind,
            #[serde(skip_serializing_if = "Option::is_none")]
            operation: Option<&'f str>,
            #[serde(skip_serializing_if = "Option::is_none")]
            application: Option<&'f str>,
            #[serde(skip_serializing_if = "Option::is_none")]
            account: Option<&'f str>,
            #[serde(skip_serializing_if = "Option::is_none")]
            device: Option<&'f str>,
            #[serde(skip_serializing_if = "Option::is_none")]
            nth: Option<u64>,
            #[serde(skip_serializing_if = "Option::is_none")]
            percent: Option<f64>,
            #[serde(skip_serializing_if = "Option::is_none")]
            times: Option<u64>,
            #[serde(skip_serializing_if = "Option::is_none")]
            ends_at: Option<String>,
            #[serde(skip_serializing_if = "Option::is_none")]
            seconds: Option<f64>,
            active: bool,
            seen: u64,
            fired: u64,
        }
        let fault = self.fault;
        Listed {
            id: fault.id,
            kind: fault.kind,
            operation: fault.operation.as_deref(),
            application: fault.application.as_deref(),
            account: fault.account.as_deref(),
            device: fault.device.as_deref(),
            nth: fault.nth,
            percent: fault.percent,
            times: fault.times,
            ends_at: fault.ends_at.map(rfc3339),
            seconds: fault.seconds,
            active: fault.is_active(self.now),
            seen: fault.seen,
            fired: fault.fired,
        }
        .serialize(serializer)
    }
}
