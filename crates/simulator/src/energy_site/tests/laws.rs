//! Laws that hold for every site, whatever is chosen and whenever it is looked at.

use super::*;

/// Something that the owner does.
#[derive(Clone, Debug)]
enum Choice {
    Reserve(i64),
    Mode(&'static str),
    Storm(bool),
    Grid(bool, &'static str),
    Vehicles(i64),
}

fn choice() -> impl Strategy<Value = Choice> {
    prop_oneof![
        (0..=100_i64).prop_map(Choice::Reserve),
        prop::sample::select(vec!["self_consumption", "autonomous", "backup"]).prop_map(Choice::Mode),
        any::<bool>().prop_map(Choice::Storm),
        (any::<bool>(), prop::sample::select(vec!["battery_ok", "pv_only", "never"]))
            .prop_map(|(charging, rule)| Choice::Grid(charging, rule)),
        (0..=100_i64).prop_map(Choice::Vehicles),
    ]
}

fn choose(site: &mut EnergySite, choice: &Choice) {
    let _ = match *choice {
        Choice::Reserve(percent) => site.set_backup_reserve(percent),
        Choice::Mode(mode) => site.set_operation(mode),
        Choice::Storm(enabled) => site.set_storm_mode(enabled),
        Choice::Grid(charging, rule) => site.set_grid_import_export(Some(charging), Some(rule)),
        Choice::Vehicles(percent) => site.set_vehicle_reserve(percent),
    };
}

fn spells(now: i64) -> impl Strategy<Value = Vec<Spell>> {
    let spell = (0..20 * DAY, 1..2 * DAY);
    prop::collection::vec(
        spell.prop_map(move |(after, lasts)| Spell { from: now + after, until: now + after + lasts }),
        0..4,
    )
}

fn any_site() -> impl Strategy<Value = EnergySite> {
    let build = (1..1000_i64, -60.0..65.0, -180.0..180.0, prop_oneof![Just(0.0), 0.0..15.0], 0..5_i64, 0..4_i64);
    let moment = 1_720_000_000_000_000..1_900_000_000_000_000_i64;
    (build, moment, 0.0..=100.0, prop::collection::vec(choice(), 0..4))
        .prop_flat_map(|(build, now, percent, choices)| {
            (Just((build, now, percent, choices)), spells(now), spells(now))
        })
        .prop_map(|((build, now, percent, choices), outages, storms)| {
            let (id, latitude, longitude, solar_kw, powerwalls, wall_connectors) = build;
            let profile = EnergySiteProfile {
                solar_kw,
                powerwalls,
                wall_connectors,
                outages,
                storms,
                place: Coordinates { latitude, longitude },
                ..EnergySiteProfile::new(id, "Home")
            };
            let mut site = EnergySite::new(profile, now).begun_with(Settings::default(), percent);
            for choice in &choices {
                choose(&mut site, choice);
            }
            site
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn powers_and_energies_balance(
        mut site in any_site(), life in prop::collection::vec((0..2 * DAY, choice()), 1..8),
    ) {
        let (begin, begin_wh) = (site.updated_at, site.energy_wh);
        let limit = site.profile.powerwalls * profile::POWERWALL_W;
        for (pause, choice) in life {
            let (from, from_wh) = (site.updated_at, site.energy_wh);
            let now = from + pause;
            site.advance(now);
            let status = site.live_status();
            let battery_power = status.battery_power.unwrap_or_default();
            prop_assert_eq!(status.solar_power + battery_power + status.grid_power, status.load_power);
            prop_assert!(battery_power.abs() <= limit && status.solar_power >= 0 && status.load_power >= 0);
            prop_assert!(status.percentage_charged.is_none_or(|percent| (0.0..=100.0).contains(&percent)));
            prop_assert_eq!(status.percentage_charged.is_some(), site.profile.powerwalls > 0);
            let sum = site.energies(from, now);
            let source = sum.solar() + sum.grid_import() + sum.discharge();
            let sink = sum.load() + sum.grid_export() + sum.charge();
            prop_assert!((source - sink).abs() < 1e-3, "{sum:?}");
            for part in [sum.solar_to_load, sum.solar_to_battery, sum.solar_to_grid, sum.battery_to_load,
                sum.battery_to_grid, sum.grid_to_load, sum.grid_to_battery, sum.to_vehicles, sum.losses]
            {
                prop_assert!(part >= -1e-6, "{sum:?}");
            }
            let change = sum.charge() - sum.discharge() - sum.losses;
            prop_assert!((site.energy_wh - from_wh - change).abs() < 0.1, "{} {sum:?}", site.energy_wh - from_wh);
            choose(&mut site, &choice);
        }
        // The whole is the sum of its parts, over every change.
        let sum = site.energies(begin, site.updated_at);
        let change = sum.charge() - sum.discharge() - sum.losses;
        prop_assert!((site.energy_wh - begin_wh - change).abs() < 0.5, "{sum:?}");
    }

    #[test]
    fn rules_of_the_grid_are_kept(site in any_site(), days in 1..20_i64) {
        let now = site.updated_at;
        let settings = site.settings();
        let (charges, profile) = (settings.charges_from_grid(&site.profile), site.profile.clone());
        let site = at(site, now + days * DAY);
        site.replay(now, now + days * DAY, |step| {
            let energies = step.energies();
            let outage = profile.outages.iter().any(|outage| outage.holds(step.from));
            let storm = settings.storm_mode && profile.storms.iter().any(|storm| storm.holds(step.from));
            if outage {
                assert!(energies.grid_import().abs() < 1e-6 && energies.grid_export().abs() < 1e-6, "{step:?}");
            }
            if !charges && !storm {
                assert!(energies.grid_to_battery.abs() < 1e-6, "{step:?}");
            }
            if settings.export_rule != ExportRule::BatteryOk {
                assert!(energies.battery_to_grid.abs() < 1e-6, "{step:?}");
            }
            if settings.export_rule == ExportRule::Never {
                assert!(energies.grid_export().abs() < 1e-6, "{step:?}");
            }
        });
    }

    #[test]
    fn it_does_not_matter_where_an_advance_stops(
        site in any_site(), stops in prop::collection::vec(0..DAY, 1..8), rest in 0..40 * DAY,
    ) {
        let begin = site.updated_at;
        let (mut direct, mut stopping) = (site.clone(), site);
        let mut now = begin;
        for stop in stops {
            now += stop;
            stopping.advance(now);
        }
        now += rest;
        stopping.advance(now);
        direct.advance(now);
        prop_assert!((direct.energy_wh - stopping.energy_wh).abs() < 0.1);
        prop_assert_eq!(direct.energies(begin, now), stopping.energies(begin, now));
    }

    #[test]
    fn a_leap_arrives_where_the_long_way_does(site in any_site(), days in 9..60_i64) {
        let (from, known) = (site.updated_at, site.energy_wh);
        let now = from + days * DAY;
        let walked = site.walk(site.choices(site.chapter()), &site.zone(), known, from, now, |_| ());
        prop_assert!((at(site, now).energy_wh - walked).abs() < 1e-6);
    }

    #[test]
    fn the_same_site_gives_the_same_state_and_survives_storage(site in any_site(), pause in 0..20 * DAY) {
        let (mut one, mut other) = (site.clone(), site);
        let (half, now) = (one.updated_at + pause / 2, one.updated_at + pause);
        for site in [&mut one, &mut other] {
            site.advance(half);
        }
        other = serde_json::from_str(&serde_json::to_string(&other).unwrap()).unwrap();
        for site in [&mut one, &mut other] {
            site.advance(now);
        }
        prop_assert_eq!(serde_json::to_string(&one).unwrap(), serde_json::to_string(&other).unwrap());
    }
}
