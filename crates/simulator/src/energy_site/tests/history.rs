//! Histories add up, and their days are those of the wall clock.

use fleetgate_protocol::energy::{CalendarHistory, EnergyRow, PowerRow};

use super::*;

fn told(site: &EnergySite, kind: HistoryKind, period: HistoryPeriod, from: i64, until: i64) -> CalendarHistory {
    site.calendar_history(kind, period, &site.zone(), from, until)
}

fn energy(site: &EnergySite, period: HistoryPeriod, from: i64, until: i64) -> Vec<EnergyRow> {
    match told(site, HistoryKind::Energy, period, from, until) {
        CalendarHistory::Energy(history) => history.time_series,
        other => panic!("{other:?}"),
    }
}

fn power(site: &EnergySite, period: HistoryPeriod, from: i64, until: i64) -> Vec<PowerRow> {
    match told(site, HistoryKind::Power, period, from, until) {
        CalendarHistory::Power(history) => history.time_series,
        other => panic!("{other:?}"),
    }
}

fn sum(rows: &[EnergyRow], of: impl Fn(&EnergyRow) -> f64) -> f64 {
    rows.iter().map(of).sum()
}

fn assert_near(one: f64, other: f64) {
    assert!((one - other).abs() < 2.0, "{one} {other}");
}

/// The site half a year later, and the period of the calendar that holds a moment.
fn later() -> EnergySite {
    at(site(), NOW + 200 * DAY)
}

fn around(site: &EnergySite, period: HistoryPeriod, now: i64) -> (i64, i64) {
    period.around(&site.zone(), now).unwrap()
}

#[test]
fn powers_of_a_day_add_up_to_its_energy() {
    let site = later();
    let (from, until) = around(&site, HistoryPeriod::Day, NOW + 40 * DAY);
    let (cells, powers) =
        (energy(&site, HistoryPeriod::Day, from, until), power(&site, HistoryPeriod::Day, from, until));
    let [day] = &energy(&site, HistoryPeriod::Week, from, until)[..] else { panic!("one day") };
    assert_eq!((cells.len(), powers.len()), (288, 288));
    let watt_hours = |of: fn(&PowerRow) -> f64| powers.iter().map(of).sum::<f64>() / 12.0;
    assert_near(watt_hours(|row| row.solar_power), day.solar_energy_exported);
    assert_near(
        watt_hours(|row| row.battery_power),
        day.battery_energy_exported - day.battery_energy_imported_from_grid - day.battery_energy_imported_from_solar,
    );
    assert_near(watt_hours(|row| row.grid_power), day.grid_energy_imported - day.total_grid_energy_exported);
    for of in [
        (|row| row.solar_energy_exported) as fn(&EnergyRow) -> f64,
        |row| row.grid_energy_imported,
        |row| row.battery_energy_exported,
        |row| row.consumer_energy_imported_from_battery,
        |row| row.total_home_usage,
    ] {
        assert_near(sum(&cells, of), of(day));
    }
    assert!(day.solar_energy_exported > 3000.0 && day.total_home_usage > 5000.0);
}

#[test]
fn days_add_up_to_months_and_months_to_years() {
    let site = later();
    let (from, until) = around(&site, HistoryPeriod::Month, NOW + 40 * DAY);
    let days = energy(&site, HistoryPeriod::Month, from, until);
    let year = around(&site, HistoryPeriod::Year, from);
    let months = energy(&site, HistoryPeriod::Year, year.0, year.1);
    let years = energy(&site, HistoryPeriod::Lifetime, 0, i64::MAX);
    assert_eq!((days.len(), months.len(), years.len()), (31, 12, 4));
    let month = months.iter().find(|month| month.timestamp == days[0].timestamp).unwrap();
    for of in [(|row| row.total_home_usage) as fn(&EnergyRow) -> f64, |row| row.solar_energy_exported] {
        assert_near(sum(&days, of), of(month));
        assert_near(sum(&months, of), of(&years[2]));
    }
    let names: Vec<&str> = years.iter().map(|row| row.timestamp.as_str()).collect();
    assert_eq!(names[0], "2024-01-01T00:00:00+01:00");
    // The year of the installation begins with it, and this one ends now.
    assert!(years[0].total_home_usage < years[1].total_home_usage);
    assert!(years[3].total_home_usage < years[1].total_home_usage / 10.0);
}

#[test]
fn charge_agrees_with_energy_and_with_the_present() {
    let site = later();
    let (from, until) = around(&site, HistoryPeriod::Day, site.updated_at);
    let CalendarHistory::Soe(soe) = told(&site, HistoryKind::Soe, HistoryPeriod::Day, from, until) else { panic!() };
    let cells = energy(&site, HistoryPeriod::Day, from, until);
    assert_eq!(soe.time_series.len(), cells.len());
    let last = soe.time_series.last().unwrap();
    assert!((last.soe - site.live_status().percentage_charged.unwrap()).abs() < 3.0, "{last:?}");
    let first = soe.time_series.first().unwrap().soe * site.profile.capacity_wh() / 100.0;
    let stored = sum(&cells, |row| row.total_battery_charge * 0.95 - row.total_battery_discharge / 0.95);
    assert!((first + stored - site.energy_wh).abs() < 30.0, "{first} {stored} {}", site.energy_wh);
}

#[test]
fn the_days_on_which_clocks_change_have_23_and_25_hours() {
    let cells = |zone: &str, now: &str| {
        let site = EnergySite::new(EnergySiteProfile { time_zone: zone.to_owned(), ..profile() }, NOW + 400 * DAY);
        let now: jiff::Timestamp = now.parse().unwrap();
        let (from, until) = around(&site, HistoryPeriod::Day, now.as_microsecond());
        let rows = energy(&site, HistoryPeriod::Day, from, until);
        let (days, end) = (energy(&site, HistoryPeriod::Week, from, until), rows.len());
        assert_eq!(days.len(), 1);
        assert_near(sum(&rows, |row| row.total_home_usage), days[0].total_home_usage);
        (end, rows[0].timestamp.clone(), rows[end - 1].timestamp.clone())
    };
    insta::assert_debug_snapshot!([
        cells("Europe/Amsterdam", "2026-03-29T12:00:00Z"),
        cells("Europe/Amsterdam", "2026-10-25T12:00:00Z"),
        cells("America/Los_Angeles", "2026-11-01T20:00:00Z"),
        cells("Australia/Lord_Howe", "2026-04-05T06:00:00Z"),
        cells("America/Phoenix", "2026-11-01T20:00:00Z"),
    ], @r#"
    [
        (
            276,
            "2026-03-29T00:00:00+01:00",
            "2026-03-29T23:55:00+02:00",
        ),
        (
            300,
            "2026-10-25T00:00:00+02:00",
            "2026-10-25T23:55:00+01:00",
        ),
        (
            300,
            "2026-11-01T00:00:00-07:00",
            "2026-11-01T23:55:00-08:00",
        ),
        (
            294,
            "2026-04-05T00:00:00+11:00",
            "2026-04-05T23:55:00+10:30",
        ),
        (
            288,
            "2026-11-01T00:00:00-07:00",
            "2026-11-01T23:55:00-07:00",
        ),
    ]
    "#);
}

#[test]
fn a_month_and_a_year_have_the_days_of_the_calendar() {
    let site = at(site(), NOW + 800 * DAY);
    let date = |text: &str| text.parse::<jiff::Timestamp>().unwrap().as_microsecond();
    for (month, days) in [("2028-02-10T00:00:00Z", 29), ("2027-02-10T00:00:00Z", 28), ("2026-10-10T00:00:00Z", 31)] {
        let (from, until) = around(&site, HistoryPeriod::Month, date(month));
        assert_eq!(energy(&site, HistoryPeriod::Month, from, until).len(), days, "{month}");
    }
    let (from, until) = around(&site, HistoryPeriod::Week, date("2026-10-25T12:00:00Z"));
    let week = energy(&site, HistoryPeriod::Week, from, until);
    assert_eq!((week.len(), week[0].timestamp.as_str()), (7, "2026-10-19T00:00:00+02:00"));
}

#[test]
fn nothing_is_told_of_the_future_or_of_before_the_installation() {
    let site = site();
    assert_eq!(energy(&site, HistoryPeriod::Day, NOW, NOW + DAY), []);
    let installed = site.profile.installed_at;
    assert_eq!(energy(&site, HistoryPeriod::Day, installed - 3 * DAY, installed), []);
    let (from, until) = around(&site, HistoryPeriod::Day, installed);
    let first = energy(&site, HistoryPeriod::Day, from, until);
    assert!(first.len() < 288 && !first.is_empty());
    assert!(
        power(&site, HistoryPeriod::Month, installed, installed + DAY).iter().all(|row| row.solar_power.is_finite())
    );
}

#[test]
fn outages_and_sessions_are_told_once_they_are_over() {
    let mut profile = profile();
    profile.outages = profile.past_outages(NOW);
    let ongoing = Spell { from: NOW - HOUR, until: NOW + HOUR };
    profile.outages.push(ongoing);
    let site = EnergySite::new(profile, NOW);
    let CalendarHistory::Backup(before) = told(&site, HistoryKind::Backup, HistoryPeriod::Lifetime, 0, i64::MAX) else {
        panic!()
    };
    assert!((2..20).contains(&before.total_events), "{before:?}");
    let site = at(site, NOW + HOUR);
    let CalendarHistory::Backup(after) = told(&site, HistoryKind::Backup, HistoryPeriod::Lifetime, 0, i64::MAX) else {
        panic!()
    };
    assert_eq!(after.total_events, before.total_events + 1);
    assert_eq!((after.events[0].timestamp.as_str(), after.events[0].duration), ("2026-06-22T01:00:00+02:00", 7200));

    let sessions = site.charge_history(NOW - 30 * DAY, NOW).charge_history;
    assert!((5..20).contains(&sessions.len()), "{}", sessions.len());
    let energy: i64 = sessions.iter().map(|session| session.energy_added_wh).sum();
    let (from, until) = (NOW - 30 * DAY, NOW);
    assert!((energy as f64 - site.energies(from, until).to_vehicles).abs() < 30_000.0);
    for session in &sessions {
        let watts = session.energy_added_wh * 3600 / session.charge_duration.seconds;
        assert!((7_390..=7_410).contains(&watts), "{session:?}");
    }
}

#[test]
fn self_consumption_is_percentages_of_the_use() {
    let site = later();
    let (from, until) = around(&site, HistoryPeriod::Month, NOW + 40 * DAY);
    let CalendarHistory::SelfConsumption(history) =
        told(&site, HistoryKind::SelfConsumption, HistoryPeriod::Month, from, until)
    else {
        panic!()
    };
    let days = energy(&site, HistoryPeriod::Month, from, until);
    assert_eq!((history.time_series.len(), history.timezone.as_str()), (31, "Europe/Amsterdam"));
    for (row, day) in history.time_series.iter().zip(&days) {
        let grid = day.consumer_energy_imported_from_grid / day.total_home_usage * 100.0;
        assert!((row.solar + row.battery + grid - 100.0).abs() < 0.2, "{row:?} {day:?}");
    }
    let day = told(&site, HistoryKind::SelfConsumption, HistoryPeriod::Day, from, from + DAY);
    assert!(matches!(day, CalendarHistory::SelfConsumption(day) if day.time_series.len() == 1));
}
