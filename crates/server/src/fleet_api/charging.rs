//! Charging: past sessions and what they cost.

use fleetgate_protocol::Vin;
use fleetgate_protocol::charging::{ChargingHistory, ChargingSessions, SessionsTimestamp};
use fleetgate_protocol::fleet_error::FleetError;
use fleetgate_protocol::operations::ChargingOperation;
use fleetgate_simulator::ChargingSession;
use jiff::civil::DateTime;
use jiff::{Timestamp, tz::TimeZone};

use super::answer::{Answer, Refusal};
use super::call::{Call, invalid};
use super::devices;

/// How many sessions a page has unless told, and at most.
const PAGE_SIZE: i64 = 50;
const MOST: i64 = 100;
/// The farthest that anybody turns pages.
const FARTHEST: i64 = 1_000_000;

pub(super) async fn answer(operation: ChargingOperation, call: Call) -> Result<Answer, Refusal> {
    match operation {
        ChargingOperation::History => history(&call).await,
        ChargingOperation::Invoice => invoice(&call).await,
        ChargingOperation::Sessions => sessions(&call).await,
    }
}

async fn history(call: &Call) -> Result<Answer, Refusal> {
    let page = call.query_integer("pageNo", 1..=FARTHEST)?.unwrap_or(1);
    let size = call.query_integer("pageSize", 1..=MOST)?.unwrap_or(PAGE_SIZE);
    if call.query("sortBy").is_some_and(|name| name != "chargeStartDateTime") {
        return Err(invalid("sortBy").into());
    }
    let newest_first = match call.query("sortOrder") {
        None => true,
        Some(order) if order.eq_ignore_ascii_case("DESC") => true,
        Some(order) if order.eq_ignore_ascii_case("ASC") => false,
        Some(_) => return Err(invalid("sortOrder").into()),
    };
    let period = Period { from: moment(call, "startTime")?, before: moment(call, "endTime")? };
    let (sessions, total_results) = stored(call, period, newest_first, (page - 1) * size, size).await?;
    let data = sessions.iter().map(ChargingSession::history_entry).collect();
    Answer::one(&ChargingHistory { data, total_results })
}

/// The invoice of a session that the caller's account paid for.
async fn invoice(call: &Call) -> Result<Answer, Refusal> {
    let unknown = || Refusal::because(FleetError::not_found(), "The token's account has no invoice of this id.");
    let account = devices::account(call).ok_or_else(unknown)?;
    let id = call.path("invoice_id").to_ascii_lowercase();
    let found = call.state.store.charging_session_of_invoice(&account, devices::only_in(call), &id).await?;
    let session: Option<ChargingSession> = found.map(|stored| serde_json::from_str(&stored.document)).transpose()?;
    let session = session.filter(|session| session.invoice_id == id).ok_or_else(unknown)?;
    Ok(Answer::Pdf(session.invoice_pdf().into(), session.invoice_file))
}

async fn sessions(call: &Call) -> Result<Answer, Refusal> {
    let limit = call.query_integer("limit", 1..=MOST)?.unwrap_or(PAGE_SIZE);
    let offset = call.query_integer("offset", 0..=FARTHEST)?.unwrap_or(0);
    let period = Period { from: moment(call, "date_from")?, before: moment(call, "date_to")? };
    let (sessions, _) = stored(call, period, true, offset, limit).await?;
    Answer::one(&ChargingSessions {
        data: sessions.iter().map(ChargingSession::session_entry).collect(),
        status_code: 1000,
        status_message: "Success".to_owned(),
        timestamp: SessionsTimestamp { time: seconds(call.state.now()) },
    })
}

/// When sessions began; microseconds since the epoch.
struct Period {
    from: Option<i64>,
    before: Option<i64>,
}

/// The sessions in this region that the caller's account paid for, and how many there are on all pages.
async fn stored(
    call: &Call,
    period: Period,
    newest_first: bool,
    offset: i64,
    limit: i64,
) -> Result<(Vec<ChargingSession>, i64), Refusal> {
    let vin: Option<Vin> =
        call.query("vin").map(|vin| vin.to_ascii_uppercase().parse().map_err(|_| invalid("vin"))).transpose()?;
    let vin = vin.as_ref().map(Vin::as_str);
    let Some(account) = devices::account(call) else { return Ok((Vec::new(), 0)) };
    devices::store_sessions(call).await?;
    let to = period.before.map(|before| before.saturating_sub(1));
    let (store, region) = (&call.state.store, devices::only_in(call));
    let listed = store.charging_sessions(&account, region, vin, period.from, to, newest_first, offset, limit);
    let (stored, total) = listed.await?;
    let sessions = stored.iter().map(|session| serde_json::from_str(&session.document)).collect::<Result<_, _>>()?;
    Ok((sessions, total))
}

/// A moment of the query, in microseconds since the epoch.
fn moment(call: &Call, name: &str) -> Result<Option<i64>, FleetError> {
    call.query(name).map(|text| read_moment(text).ok_or_else(|| invalid(name))).transpose()
}

/// ISO 8601: a moment with its offset; without one, a date and time, or a date alone, in UTC.
fn read_moment(text: &str) -> Option<i64> {
    // A `+` that was not percent-encoded arrives as a space.
    let text = text.replace(' ', "+");
    let moment = text.parse::<Timestamp>().ok();
    let moment = moment.or_else(|| TimeZone::UTC.to_timestamp(text.parse::<DateTime>().ok()?).ok());
    moment.map(Timestamp::as_microsecond)
}

/// RFC 3339, UTC, whole seconds.
fn seconds(now: i64) -> String {
    Timestamp::from_microsecond(now).map(|now| now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{read_moment, seconds};

    #[test]
    fn moments_are_iso_8601() {
        let noon = Some(1_767_268_800_000_000);
        for text in [
            "2026-01-01T12:00:00Z",
            "2026-01-01T12:00:00.000Z",
            "2026-01-01T13:00:00+01:00",
            "2026-01-01T13:00:00 01:00",
            "2026-01-01T12:00:00",
        ] {
            assert_eq!(read_moment(text), noon, "{text}");
        }
        assert_eq!(read_moment("2026-01-01"), Some(1_767_225_600_000_000));
        for text in ["", "yesterday", "1767268800", "2026-13-01", "2026-01-01T25:00:00Z"] {
            assert_eq!(read_moment(text), None, "{text}");
        }
    }

    #[test]
    fn seconds_are_utc() {
        assert_eq!(seconds(1_767_268_800_999_999), "2026-01-01T12:00:00Z");
    }
}
