//! Which tariffs are taken, and what the batteries make of them.

use serde_json::{Value, json};

use super::super::tariff::Price;
use super::*;

/// Two seasons; in summer three prices, and a good price for what is sold when energy is dear.
fn content() -> Value {
    let week = |from: i64, to: i64| json!({"fromDayOfWeek": 0, "toDayOfWeek": 6, "fromHour": from, "toHour": to});
    json!({
        "version": 1, "utility": "Grid & Co", "code": "TOU-3", "name": "Three prices", "currency": "EUR",
        "daily_charges": [{"name": "Charge", "amount": 0.4}],
        "demand_charges": {"ALL": {"rates": {"ALL": 0}}, "Summer": {}, "Winter": {}},
        "energy_charges": {
            "ALL": {"rates": {"ALL": 0}},
            "Summer": {"rates": {"ON_PEAK": 0.5, "PARTIAL_PEAK": 0.3, "OFF_PEAK": 0.1}},
            "Winter": {"rates": {"ALL": 0.2}},
        },
        "seasons": {
            "Summer": {
                "fromMonth": 4, "fromDay": 1, "toMonth": 9, "toDay": 30,
                "tou_periods": {
                    "ON_PEAK": {"periods": [week(17, 21)]},
                    "PARTIAL_PEAK": {"periods": [week(7, 17), week(21, 23)]},
                    "OFF_PEAK": {"periods": [week(23, 7)]},
                },
            },
            "Winter": {
                "fromMonth": 10, "fromDay": 1, "toMonth": 3, "toDay": 31,
                "tou_periods": {"ALL_DAY": {"periods": [{"toDayOfWeek": 6}]}},
            },
        },
        "sell_tariff": {
            "energy_charges": {"Summer": {"rates": {"ON_PEAK": 0.4, "PARTIAL_PEAK": 0.05, "OFF_PEAK": 0.05}}},
        },
    })
}

fn refused(change: impl Fn(&mut Value)) -> String {
    let mut content = content();
    change(&mut content);
    Tariff::new(content).unwrap_err().to_string()
}

#[test]
fn a_tariff_covers_each_minute_once_and_costs_something() {
    Tariff::new(content()).unwrap();
    let summer = "/seasons/Summer/tou_periods/ON_PEAK/periods/0";
    let set = |content: &mut Value, pointer: &str, value: Value| *content.pointer_mut(pointer).unwrap() = value;
    insta::assert_debug_snapshot!([
        refused(|it| set(it, &format!("{summer}/toHour"), json!(20))),
        refused(|it| set(it, &format!("{summer}/toHour"), json!(22))),
        refused(|it| set(it, &format!("{summer}/toDayOfWeek"), json!(4))),
        refused(|it| set(it, &format!("{summer}/fromHour"), json!(24))),
        refused(|it| set(it, &format!("{summer}/fromHour"), json!("x"))),
        refused(|it| set(it, "/seasons/Winter/fromDay", json!(2))),
        refused(|it| set(it, "/seasons/Winter/toMonth", json!(5))),
        refused(|it| set(it, "/seasons/Winter/toMonth", json!(13))),
        refused(|it| set(it, "/seasons", json!({}))),
        refused(|it| set(it, "/seasons", json!({"Winter": {}}))),
        refused(|it| set(it, "/energy_charges/Summer/rates/ON_PEAK", json!(-0.1))),
        refused(|it| set(it, "/energy_charges/Summer/rates/ON_PEAK", json!("dear"))),
        refused(|it| set(it, "/energy_charges", json!({"Summer": {"rates": {"ON_PEAK": 1}}}))),
        refused(|it| set(it, "/energy_charges/Summer", json!({"rates": {"OFF_PEAK": 0.1, "ON_PEAK": 0.5}}))),
        refused(|it| set(it, "/sell_tariff/energy_charges/Summer/rates/ON_PEAK", json!(-1))),
        refused(|it| set(it, "/daily_charges/0/amount", json!(-1))),
        refused(|it| set(it, "/utility", json!(7))),
        Tariff::new(json!([])).unwrap_err().to_string(),
        Tariff::new(json!({})).unwrap_err().to_string(),
    ], @r#"
    [
        "day 0 of the week at minute 1200 is in 0 periods of the season `Summer`",
        "day 0 of the week at minute 1260 is in 2 periods of the season `Summer`",
        "day 5 of the week at minute 1020 is in 0 periods of the season `Summer`",
        "`periods` is missing or not what it must be",
        "`fromHour` is missing or not what it must be",
        "day 1 of month 10 is in 0 seasons",
        "day 1 of month 4 is in 2 seasons",
        "`toMonth` is missing or not what it must be",
        "there is no season",
        "there is no season",
        "`energy_charges.Summer.rates.ON_PEAK` has a negative price",
        "`energy_charges.Summer.rates.ON_PEAK` is missing or not what it must be",
        "the period `OFF_PEAK` of the season `Summer` has no price",
        "the period `PARTIAL_PEAK` of the season `Summer` has no price",
        "`energy_charges.Summer.rates.ON_PEAK` has a negative price",
        "`daily_charges` has a negative price",
        "`utility` is missing or not what it must be",
        "`tariff_content_v2` is missing or not what it must be",
        "`energy_charges` is missing or not what it must be",
    ]
    "#);
}

#[test]
fn prices_follow_season_day_and_hour() {
    let rates = Tariff::new(content()).unwrap().rates();
    let at = |text: &str| {
        let moment: jiff::Timestamp = text.parse().unwrap();
        rates.at(moment.as_microsecond())
    };
    assert_eq!(at("2026-07-01T18:00:00Z"), Price::Dear { sells: true });
    assert_eq!(at("2026-07-01T12:00:00Z"), Price::Middle);
    assert_eq!(at("2026-07-01T23:30:00Z"), Price::Cheap);
    assert_eq!(at("2026-07-02T06:59:00Z"), Price::Cheap);
    assert_eq!(at("2026-12-01T18:00:00Z"), Price::Flat);
    assert_eq!(at("2028-02-29T18:00:00Z"), Price::Flat);
}

#[test]
fn the_batteries_follow_the_tariff_and_site_info_shows_it() {
    let mut site = charged(profile(), OperationMode::Autonomous, 80.0);
    site.set_tariff(Tariff::new(content()).unwrap()).unwrap();
    site.set_grid_import_export(Some(true), Some("battery_ok")).unwrap();
    // 23:30, 18:00 and 22:00 on the wall clock.
    let status = |utc: f64| at(site.clone(), NOW + hours(utc)).live_status();
    assert_eq!(status(21.5).battery_power, Some(-3400));
    let dear = status(16.0);
    assert_eq!(dear.battery_power, Some(10_000));
    assert!(dear.grid_power < -5_000, "{dear:?}");
    assert_eq!(status(20.0).battery_power, Some(0));
    let info = site.site_info();
    assert_eq!((&info.tariff_content, &info.tariff_content_v2), (&Some(content()), &Some(content())));
    let peaks: Vec<_> = info.tou_settings.schedule.iter().filter(|period| period.target == "peak").collect();
    assert_eq!((peaks.len(), peaks[0].start_seconds, peaks[0].end_seconds), (1, 17 * 3600, 21 * 3600));
    assert_eq!(peaks[0].week_days, [0, 1, 2, 3, 4, 5, 6]);
}

#[test]
fn tariffs_are_kept_for_the_past_and_forgotten_with_it() {
    let mut site = site();
    let numbered = |number: i64| {
        let mut content = content();
        content["name"] = json!(format!("Tariff {number}"));
        content["utility"] = json!("A long name. ".repeat(5_000));
        Tariff::new(content).unwrap()
    };
    for number in 0..20 {
        site.advance(NOW + number * DAY);
        site.set_tariff(numbered(number)).unwrap();
        assert_eq!(site.tariff(), Some(&numbered(number)));
    }
    assert_eq!((site.tariffs.len(), site.chapters.len()), (7, 7));
    assert_eq!(site.begun_at(), NOW + 13 * DAY);
    let before = site.clone();
    site.set_tariff(numbered(19)).unwrap();
    assert_eq!(site, before);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn any_periods_are_taken_or_refused_and_what_is_taken_has_a_price_for_each_minute(
        spells in prop::collection::vec((0..8_i64, 0..8_i64, -1..26_i64, 0..61_i64, 0..26_i64), 1..4),
        whole in any::<bool>(), dates in (0..14_i8, 0..33_i8, 0..14_i8, 0..33_i8),
    ) {
        let spells: Vec<Value> = spells
            .iter()
            .map(|(from_day, to_day, from, minute, to)| json!({
                "fromDayOfWeek": from_day, "toDayOfWeek": to_day, "fromHour": from, "fromMinute": minute,
                "toHour": to, "toMinute": minute,
            }))
            .collect();
        let spells = if whole { vec![json!({"toDayOfWeek": 6})] } else { spells };
        let (from_month, from_day, to_month, to_day) = dates;
        let content = json!({
            "energy_charges": {"ALL": {"rates": {"ALL": 0.2}}},
            "seasons": {"Year": {
                "fromMonth": from_month, "fromDay": from_day, "toMonth": to_month, "toDay": to_day,
                "tou_periods": {"ALL_DAY": {"periods": spells}},
            }},
        });
        if let Ok(tariff) = Tariff::new(content) {
            let schedule = tariff.rates().schedule(NOW);
            for (day, minute) in (0..7).flat_map(|day| (0..24 * 60).map(move |minute| (day, minute))) {
                let second = minute * 60;
                let holds = |from: i64, to: i64| {
                    if from < to { from <= second && second < to } else { second >= from || second < to }
                };
                let count = schedule.iter().filter(|(_, days, from, to)| days.contains(&day) && holds(*from, *to)).count();
                prop_assert_eq!(count, 1);
            }
        }
    }

    #[test]
    fn a_day_that_is_cut_anywhere_is_covered(
        cuts in prop::collection::btree_set(1..24 * 60_usize, 1..6), shift in 0..365_i64,
    ) {
        let cuts: Vec<usize> = cuts.into_iter().collect();
        let spell = |from: usize, to: usize| json!({
            "fromDayOfWeek": 0, "toDayOfWeek": 6,
            "fromHour": from / 60, "fromMinute": from % 60, "toHour": to / 60, "toMinute": to % 60,
        });
        let periods: serde_json::Map<String, Value> = (0..cuts.len())
            .map(|at| {
                let (from, to) = (cuts[at], cuts[(at + 1) % cuts.len()]);
                (format!("P{at}"), json!({"periods": [spell(from, if cuts.len() == 1 { from } else { to })]}))
            })
            .collect();
        let rates: serde_json::Map<String, Value> =
            (0..cuts.len()).map(|at| (format!("P{at}"), json!(at + 1))).collect();
        let content = json!({
            "energy_charges": {"Year": {"rates": rates}},
            "seasons": {"Year": {"fromMonth": 1, "fromDay": 1, "toMonth": 12, "toDay": 31, "tou_periods": periods}},
        });
        let rates = Tariff::new(content).unwrap().rates();
        let dear = (0..24 * 60).filter(|minute| {
            matches!(rates.at(NOW + shift * DAY + minute * MINUTE), Price::Dear { .. })
        });
        // The last period is the dearest, and it goes on over midnight.
        let last = *cuts.last().unwrap();
        let expected = if cuts.len() == 1 { 0 } else { 24 * 60 - last + cuts[0] };
        prop_assert_eq!(dear.count(), expected);
    }
}

#[test]
fn a_season_ends_on_a_day_that_there_is() {
    let never = refused(|it| it["seasons"]["Summer"]["toDay"] = json!(31));
    assert!(never.contains("seasons.Summer"), "{never}");
    let mut leap = content();
    for (season, name, value) in [("Winter", "toMonth", 2), ("Winter", "toDay", 29), ("Summer", "fromMonth", 3)] {
        leap["seasons"][season][name] = json!(value);
    }
    Tariff::new(leap).unwrap();
}
