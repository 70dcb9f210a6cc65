//! Laws that hold for every car, whatever is done to it and whenever it is looked at.

use fleetgate_protocol::operations::CommandOperation;
use fleetgate_protocol::vehicle_data::{ChargeSchedule, PreconditionSchedule};
use proptest::prelude::*;

use super::super::*;
use crate::calendar::Days;
use crate::energy_site::{Draw, Spell};
use crate::time::{DAY, MINUTE};

#[derive(Clone, Debug)]
enum Act {
    Command(VehicleCommand),
    WakeUp,
    Touch,
    PlugIn,
    PlugInFast,
    Unplug,
    Sentry(bool),
    /// Degrees north and east of home.
    Drive(f64, f64),
    Occupied(bool),
}

/// Commands to climate system and schedules that change what a car does by itself.
fn schedule_or_climate() -> impl Strategy<Value = VehicleCommand> {
    let minute = 0..1440_i64;
    let schedule = (1..128_i64, minute.clone(), minute.clone(), any::<bool>(), any::<bool>());
    let schedule = schedule.prop_map(|(days_of_week, start_time, end_time, end_enabled, one_time)| ChargeSchedule {
        days_of_week,
        start_enabled: true,
        start_time,
        end_enabled,
        end_time,
        one_time,
        enabled: true,
        latitude: Some(37.4419),
        longitude: Some(-122.143),
        ..ChargeSchedule::default()
    });
    let ready = (1..128_i64, minute.clone(), any::<bool>());
    let ready = ready.prop_map(|(days_of_week, precondition_time, one_time)| PreconditionSchedule {
        days_of_week,
        precondition_time,
        one_time,
        enabled: true,
        latitude: Some(37.4419),
        longitude: Some(-122.143),
        ..PreconditionSchedule::default()
    });
    let keeper = prop::sample::select(vec![Keeper::Off, Keeper::Keep, Keeper::Dog, Keeper::Camp]);
    let overheat = prop::sample::select(vec![OverheatMode::Off, OverheatMode::On, OverheatMode::FanOnly]);
    prop_oneof![
        schedule.prop_map(|schedule| SchedulesCommand::AddChargeSchedule(schedule).into()),
        ready.prop_map(|schedule| SchedulesCommand::AddPreconditionSchedule(schedule).into()),
        (any::<bool>(), minute)
            .prop_map(|(enable, time)| SchedulesCommand::SetScheduledCharging { enable, time }.into()),
        keeper.prop_map(|keeper| ClimateCommand::SetClimateKeeperMode(keeper).into()),
        overheat.prop_map(|mode| ClimateCommand::SetCabinOverheatProtection(mode).into()),
        any::<bool>().prop_map(|on| ClimateCommand::SetPreconditioningMax { on }.into()),
        (15.0..28.0).prop_map(|driver| ClimateCommand::SetTemps { driver, passenger: 20.0 }.into()),
        (0..4_i64).prop_map(|level| ClimateCommand::SeatHeater { seat: Seat::FrontLeft, level }.into()),
    ]
}

/// Commands with the values of the table's examples, and with some others.
fn command() -> impl Strategy<Value = VehicleCommand> {
    let examples: Vec<_> = CommandOperation::all()
        .map(|operation| VehicleCommand::parse(operation, &super::super::command::example(operation)).unwrap())
        .collect();
    let pin = || prop::sample::select(vec!["1234", "4321"]).prop_map(|pin| Pin::new(pin).unwrap());
    prop_oneof![
        4 => prop::sample::select(examples),
        1 => (40..110_i64).prop_map(|percent| ChargingCommand::SetChargeLimit { percent }.into()),
        1 => (-1..50_i64).prop_map(|charging_amps| ChargingCommand::SetChargingAmps { charging_amps }.into()),
        1 => any::<bool>().prop_map(|front| ClosuresCommand::ActuateTrunk { front }.into()),
        1 => any::<bool>().prop_map(|on| SecurityCommand::SetSentryMode { on }.into()),
        1 => any::<bool>().prop_map(|on| SettingsCommand::KeepAccessoryPowerMode { on }.into()),
        1 => pin().prop_map(|pin| SecurityCommand::ValetOff(Some(pin)).into()),
        1 => pin().prop_map(|pin| LimitsCommand::SpeedLimitDeactivate(pin).into()),
        1 => (0..10_000_i64).prop_map(|offset| SoftwareCommand::ScheduleSoftwareUpdate { offset }.into()),
    ]
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        8 => command().prop_map(Act::Command),
        1 => Just(Act::WakeUp),
        1 => Just(Act::Touch),
        1 => Just(Act::PlugIn),
        1 => Just(Act::Unplug),
        1 => any::<bool>().prop_map(Act::Sentry),
        1 => any::<bool>().prop_map(Act::Occupied),
        1 => Just(Act::PlugInFast),
        2 => schedule_or_climate().prop_map(Act::Command),
    ]
}

fn drive() -> impl Strategy<Value = Act> {
    prop_oneof![
        (-0.3..0.3, -0.3..0.3).prop_map(|(north, east)| Act::Drive(north, east)),
        (-5.0..5.0, -5.0..5.0).prop_map(|(north, east)| Act::Drive(north, east)),
    ]
}

/// Acts, each with the time that passes before it.
fn life() -> impl Strategy<Value = Vec<(i64, Act)>> {
    acts(prop_oneof![4 => act(), 1 => drive()].boxed())
}

/// Acts without driving.
fn life_at_home() -> impl Strategy<Value = Vec<(i64, Act)>> {
    acts(act().boxed())
}

fn acts(act: BoxedStrategy<Act>) -> impl Strategy<Value = Vec<(i64, Act)>> {
    let pause = prop_oneof![0..MINUTE, 0..HOUR, 0..12 * HOUR, 0..20 * DAY];
    prop::collection::vec((pause, act), 1..20)
}

fn newborn() -> impl Strategy<Value = Vehicle> {
    let models = [Model::ModelS, Model::Model3, Model::ModelX, Model::ModelY, Model::Cybertruck];
    let initial = [Connectivity::Online, Connectivity::Asleep, Connectivity::Offline];
    (
        prop::sample::select(models.to_vec()),
        prop::sample::select(initial.to_vec()),
        "[A-Z0-9]{17}",
        any::<bool>(),
        0.0..=100.0,
        1_600_000_000_000_000..1_900_000_000_000_000_i64,
        prop::option::of(prop::collection::vec((-DAY..40 * DAY, MINUTE..2 * DAY), 0..4)),
    )
        .prop_map(|(model, initial, vin, eu, percent, now, outages)| {
            let profile = VehicleProfile::new(vin, 1, 2, model);
            let profile = if eu { profile.european() } else { profile };
            let car = Vehicle::new(profile, initial, now).with_charge(percent);
            let Some(outages) = outages else { return car };
            let outage = |(after, lasts)| Spell { from: now + after, until: now + after + lasts };
            car.with_wall_connector(outages.into_iter().map(outage).collect())
        })
}

/// A car whose owner commutes.
fn commuter() -> impl Strategy<Value = Vehicle> {
    let way = (1..128_i64, 0..1440_i64, 0..1440_i64, -0.4..0.4, any::<bool>());
    (newborn(), way).prop_map(|(car, (days, leave, back, north, plug_in))| {
        let home = car.profile.home;
        let to = Coordinates { latitude: home.latitude + north, longitude: home.longitude + 0.1 };
        let days = Days::from_mask(days).unwrap();
        car.with_commutes(vec![Commute { to, name: "Work".to_owned(), days, leave, back, plug_in }])
    })
}

fn perform(car: &mut Vehicle, act: &Act, now: i64) {
    match act {
        Act::Command(command) => {
            car.command(command.clone(), now);
        }
        Act::WakeUp => car.wake_up(now),
        Act::Touch => car.touch(now),
        Act::PlugIn => car.plug_in(car.profile.home_charger(), now),
        Act::PlugInFast => car.plug_in(Charger::FAST_250_KW, now),
        Act::Unplug => car.unplug(now),
        Act::Drive(north, east) => {
            let Coordinates { latitude, longitude } = car.profile.home;
            let to = Coordinates { latitude: latitude + north, longitude: longitude + east };
            let _ = car.drive(Trip { to, name: "There".to_owned(), plug_in: *north > 0.0 }, now);
        }
        Act::Sentry(on) => car.set_sentry(*on, now),
        Act::Occupied(occupied) => car.set_occupied(*occupied, now),
    }
}

/// Lives a life and calls back after each act.
fn live(car: &mut Vehicle, life: &[(i64, Act)], mut seen: impl FnMut(&Vehicle)) {
    let mut now = car.updated_at;
    for (pause, act) in life {
        now += pause;
        car.advance(now);
        seen(car);
        perform(car, act, now);
        seen(car);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn energy_in_is_energy_out(mut car in commuter(), life in life()) {
        let begin = car.battery.energy_kwh;
        let capacity = car.profile.battery_kwh;
        let mut last = car.battery.meter;
        live(&mut car, &life, |car| {
            let meter = car.battery.meter;
            let change = meter.wall_kwh - meter.charging_loss_kwh - meter.used_kwh();
            assert!((car.battery.energy_kwh - begin - change).abs() < 1e-6, "{car:?}");
            assert!((0.0..=capacity + 1e-9).contains(&car.battery.energy_kwh), "{car:?}");
            assert!(meter.wall_kwh >= last.wall_kwh && meter.charging_loss_kwh >= last.charging_loss_kwh);
            assert!(meter.climate_kwh >= last.climate_kwh);
            last = meter;
        });
    }

    #[test]
    fn a_wall_connector_knows_what_it_gave_and_gives_nothing_in_an_outage(
        mut car in newborn(), life in life_at_home(), outage in (0..5 * DAY, MINUTE..5 * DAY),
    ) {
        let begin = car.updated_at;
        let outage = Spell { from: begin + outage.0, until: begin + outage.0 + outage.1 };
        car = car.with_wall_connector(vec![outage]);
        let life: Vec<_> = life.into_iter().filter(|(_, act)| !matches!(act, Act::PlugInFast)).collect();
        live(&mut car, &life, |car| {
            let known = car.connected_car().unwrap();
            assert_eq!((known.seen_at, known.plugged_in), (car.updated_at, car.battery.charger.is_some()));
            if outage.holds(car.updated_at) {
                assert!(known.watts == 0.0 && !car.battery.is_charging(), "{car:?}");
            }
            let mut last = known.since;
            for draw in &known.draws {
                assert!(last <= draw.from && draw.from < draw.until && draw.watts > 0.0, "{known:?}");
                assert!(draw.until <= outage.from || draw.from >= outage.until, "{known:?}");
                last = draw.until;
            }
            let energy: f64 = known.draws.iter().map(Draw::energy_wh).sum();
            let gave = car.battery.meter.wall_kwh * 1000.0;
            // The oldest draws may be forgotten.
            assert!(if known.since == begin { (energy - gave).abs() < 0.01 } else { energy <= gave }, "{energy} {gave}");
        });
    }

    #[test]
    fn charging_costs_what_the_efficiency_says(mut car in newborn(), percent in 5.0..60.0, hours in 1..20_i64) {
        car = car.with_charge(percent);
        car.wall_connector = None;
        let now = car.updated_at;
        car.plug_in(car.profile.home_charger(), now);
        car.advance(now + hours * HOUR);
        let battery = &car.battery;
        prop_assert!(battery.added_kwh > 0.0);
        let paid = battery.added_kwh / car.profile.home_charger().efficiency();
        prop_assert!((battery.meter.charging_loss_kwh - (paid - battery.added_kwh)).abs() < 1e-9);
        prop_assert!(battery.meter.wall_kwh >= paid);
        prop_assert!(battery.meter.wall_kwh <= paid + battery.meter.standby_kwh + 1e-9);
    }

    #[test]
    fn a_parked_car_does_not_move(mut car in newborn(), life in life_at_home()) {
        let (odometer, place) = (car.odometer_miles, car.stand());
        live(&mut car, &life, |car| {
            assert!(car.odometer_miles == odometer && car.stand() == place);
        });
    }

    #[test]
    fn an_odometer_never_runs_back_and_counts_every_mile(mut car in commuter(), life in life()) {
        let (mut odometer, mut place) = (car.odometer_miles, car.stand());
        let home = car.profile.home;
        live(&mut car, &life, |car| {
            assert!(car.odometer_miles >= odometer, "{} after {odometer}", car.odometer_miles);
            let now = car.on_the_road(car.updated_at).map_or(car.stand(), |road| road.place);
            // As the crow flies is the shortest way, and a home is some yards wide.
            let (flown, driven) = (place.miles_to(now), car.odometer_miles - odometer);
            assert!(driven >= flown - 0.15, "{flown} miles away after {driven}");
            assert!(car.is_driving() || car.position.is_some() || car.stand() == home);
            (odometer, place) = (car.odometer_miles, now);
        });
    }

    #[test]
    fn a_moving_car_is_awake_unplugged_and_in_gear(mut car in commuter(), life in life()) {
        live(&mut car, &life, |car| {
            let data = car.data(BlockSet::COMBO, true, AccessType::Owner, car.updated_at);
            let (drive, charge) = (data.drive_state.unwrap(), data.charge_state.unwrap());
            if car.is_driving() {
                assert!(matches!(car.wakefulness, Wakefulness::Awake { .. }) && car.battery.charger.is_none());
                assert_eq!(drive.shift_state.as_deref(), Some("D"));
                assert!((0..=80).contains(&drive.speed.unwrap()));
                assert_eq!(charge.charging_state, "Disconnected");
            } else {
                assert_eq!(drive.speed, None);
                assert_ne!(drive.shift_state.as_deref(), Some("D"));
            }
        });
    }

    #[test]
    fn each_session_is_billed_once_and_for_what_came(mut car in commuter(), life in life()) {
        let mut sessions = Vec::new();
        live(&mut car, &life, |_| {});
        car.unplug(car.updated_at);
        sessions.extend(car.take_sessions());
        prop_assert!(car.take_sessions().is_empty());
        let mut last = 0;
        for session in &sessions {
            prop_assert!(session.started_at >= last && session.stopped_at >= session.started_at);
            prop_assert!(session.unlatched_at >= session.stopped_at);
            last = session.unlatched_at;
        }
        let billed: i64 = sessions.iter().map(|session| session.fees[0].usage_hundredths).sum();
        prop_assert!(billed as f64 / 100.0 <= car.battery.meter.wall_kwh + 0.01 * sessions.len() as f64);
    }

    #[test]
    fn time_never_runs_back(mut car in newborn(), life in life(), back in 0..DAY) {
        let mut last = car.updated_at;
        live(&mut car, &life, |car| {
            assert!(car.updated_at >= last);
            last = car.updated_at;
        });
        let before = car.clone();
        car.advance(before.updated_at - back);
        prop_assert_eq!(car, before);
    }

    #[test]
    fn it_does_not_matter_where_an_advance_stops(
        mut car in commuter(), life in life(), stops in prop::collection::vec(0..3 * DAY, 1..8), rest in 0..30 * DAY,
    ) {
        live(&mut car, &life, |_| {});
        let (mut direct, mut stopping) = (car.clone(), car.clone());
        let mut at = car.updated_at;
        for stop in stops {
            at += stop;
            stopping.advance(at);
        }
        stopping.advance(at + rest);
        direct.advance(at + rest);
        prop_assert_eq!(direct.connectivity(), stopping.connectivity());
        prop_assert_eq!(direct.battery.status, stopping.battery.status);
        let energy = (direct.battery.energy_kwh - stopping.battery.energy_kwh).abs();
        prop_assert!(energy < 0.02, "energies differ by {energy}");
        let drawn = |car: &Vehicle| {
            let draws = car.connected_car().into_iter().flat_map(|known| known.draws);
            draws.map(|draw| Draw::energy_wh(&draw)).sum::<f64>()
        };
        let energy = (drawn(&direct) - drawn(&stopping)).abs();
        prop_assert!(energy < 25.0, "what was drawn differs by {energy}");
        let warmth = (direct.cabin.inside - stopping.cabin.inside).abs();
        prop_assert!(warmth < 0.001, "temperatures differ by {warmth}");
    }

    #[test]
    fn the_same_life_gives_the_same_state_and_survives_storage(car in commuter(), life in life()) {
        let (mut one, mut other) = (car.clone(), car);
        live(&mut one, &life, |_| {});
        let mut now = other.updated_at;
        for (pause, act) in &life {
            // The other is stored and loaded between the acts.
            now += pause;
            other.advance(now);
            perform(&mut other, act, now);
            let stored = serde_json::to_string(&other).unwrap();
            other = serde_json::from_str(&stored).unwrap();
        }
        prop_assert_eq!(serde_json::to_string(&one).unwrap(), serde_json::to_string(&other).unwrap());
        prop_assert_eq!(one, other);
    }

    #[test]
    fn ranges_follow_the_battery(mut car in newborn(), life in life()) {
        live(&mut car, &life, |car| {
            let data = car.data(BlockSet::DEFAULT, false, AccessType::Owner, car.updated_at);
            let charge = data.charge_state.unwrap();
            assert!((0..=100).contains(&charge.battery_level));
            assert!(charge.usable_battery_level <= charge.battery_level);
            let share = charge.battery_range / car.profile.rated_range_miles * 100.0;
            assert!((share - charge.battery_level as f64).abs() <= 0.6, "{share} {}", charge.battery_level);
            assert!(charge.est_battery_range <= charge.battery_range);
        });
    }

    #[test]
    fn a_refused_command_changes_nothing_but_the_time_of_use(
        mut car in newborn(), life in life(), commands in prop::collection::vec(command(), 1..20),
    ) {
        live(&mut car, &life, |_| {});
        for command in commands {
            let now = car.updated_at;
            let mut used = car.clone();
            used.touch(now);
            let what = format!("{command:?}");
            let outcome = car.command(command, now);
            prop_assert_eq!(outcome.result, outcome.reason.is_empty());
            prop_assert!(outcome.result || car == used, "{what}: {outcome:?}");
        }
    }

    #[test]
    fn a_car_that_nothing_keeps_awake_sleeps_after_a_while(mut car in newborn(), life in life()) {
        live(&mut car, &life, |_| {});
        let kept = car.is_busy() || car.software.update.is_some();
        let offered = car.software.next_offer;
        car.advance(car.updated_at + sleep::QUIET_TIME + 20 * SECOND);
        // Being woken takes a while, and so does an update that is offered meanwhile.
        let disturbed = matches!(car.wakefulness, Wakefulness::Waking { .. }) || offered <= car.updated_at;
        prop_assert!(kept || disturbed || car.connectivity() != Connectivity::Online || car.is_busy(), "{car:?}");
    }
}
