//! What has been at a site.

use std::str::FromStr;

use fleetgate_protocol::fleet_error::FleetError;
use fleetgate_simulator::energy_site::{EnergySite, HistoryKind, HistoryPeriod};
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use super::super::answer::{Answer, Refusal};
use super::super::call::{Call, invalid, missing};
use super::site;

/// For how long rows of five minutes are told at most, in microseconds: 7 days and the hour of a changed clock.
const MOST_OF_CELLS: i64 = (7 * 24 + 1) * 3600 * 1_000_000;

pub(super) async fn calendar_history(call: &Call) -> Result<Answer, Refusal> {
    let site = site(call).await?;
    let kind: HistoryKind = named(call, "kind")?.ok_or_else(|| missing("kind"))?;
    let period: HistoryPeriod = named(call, "period")?.unwrap_or_default();
    let zone = time_zone(call, &site)?;
    let (from, until) = window(call, period, &zone)?;
    let in_cells = matches!(kind, HistoryKind::Energy | HistoryKind::Power | HistoryKind::Soe);
    if period == HistoryPeriod::Day && in_cells && until.saturating_sub(from) > MOST_OF_CELLS {
        return Err(Refusal::because(invalid("end_date"), "Rows of five minutes are told for at most 7 days."));
    }
    // A lifetime takes long enough to keep others waiting.
    let history = tokio::task::spawn_blocking(move || site.calendar_history(kind, period, &zone, from, until));
    Answer::one(&history.await?)
}

pub(super) async fn telemetry_history(call: &Call) -> Result<Answer, Refusal> {
    let site = site(call).await?;
    match call.query("kind") {
        Some("charge") => {}
        Some(_) => return Err(invalid("kind").into()),
        None => return Err(missing("kind").into()),
    }
    let zone = time_zone(call, &site)?;
    let from = moment(call, "start_date", &zone)?.ok_or_else(|| missing("start_date"))?;
    let until = moment(call, "end_date", &zone)?.ok_or_else(|| missing("end_date"))?;
    if until < from {
        return Err(invalid("end_date").into());
    }
    let history = tokio::task::spawn_blocking(move || site.charge_history(from, until));
    Answer::one(&history.await?)
}

/// A word of the query that has a meaning.
fn named<T: FromStr>(call: &Call, name: &str) -> Result<Option<T>, FleetError> {
    call.query(name).map(|text| text.parse().map_err(|_| invalid(name))).transpose()
}

/// The zone whose days are told.
fn time_zone(call: &Call, site: &EnergySite) -> Result<TimeZone, FleetError> {
    let name = call.query("time_zone").unwrap_or(&site.profile.time_zone);
    let zone = TimeZone::get(name).ok().filter(|zone| zone.iana_name().is_some_and(|name| name != "Etc/Unknown"));
    zone.ok_or_else(|| invalid("time_zone"))
}

/// From when to when is told. What is left out comes from the period that holds the other end, or this moment.
fn window(call: &Call, period: HistoryPeriod, zone: &TimeZone) -> Result<(i64, i64), FleetError> {
    let now = call.state.now();
    let (from, until) = match (moment(call, "start_date", zone)?, moment(call, "end_date", zone)?) {
        (Some(from), Some(until)) => (from, until),
        (Some(from), None) => (from, period.around(zone, from).map_or(i64::MAX, |(_, until)| until)),
        (None, Some(until)) => (period.around(zone, until - 1).map_or(i64::MIN, |(from, _)| from), until),
        (None, None) => period.around(zone, now).unwrap_or((i64::MIN, now)),
    };
    if from < until { Ok((from, until)) } else { Err(invalid("end_date")) }
}

/// A moment of the query, in microseconds since the epoch: RFC 3339, or without an offset on the zone's wall clock.
fn moment(call: &Call, name: &str, zone: &TimeZone) -> Result<Option<i64>, FleetError> {
    let read = |text: &str| {
        // A `+` that was not percent-encoded arrives as a space.
        let text = text.replace(' ', "+");
        let moment = text.parse::<Timestamp>().ok();
        let moment = moment.or_else(|| zone.to_timestamp(text.parse::<DateTime>().ok()?).ok());
        moment.map(Timestamp::as_microsecond)
    };
    call.query(name).map(|text| read(text).ok_or_else(|| invalid(name))).transpose()
}
