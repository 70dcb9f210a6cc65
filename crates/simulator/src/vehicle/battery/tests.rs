use proptest::prelude::*;

use super::*;

const CURVE_75: ChargeCurve = ChargeCurve { capacity_kwh: 75.0, peak_kw: 250.0 };

#[test]
fn a_home_charger_is_taken_in_full_until_the_battery_is_nearly_full() {
    let input = Charger::THREE_PHASE_16_A.kilowatts(16) * Charger::THREE_PHASE_16_A.efficiency();
    let (energy, used) = CURVE_75.charge(30.0, 75.0, input, 2.0);
    assert!((energy - (30.0 + 2.0 * input)).abs() < 1e-9);
    assert!((used - 2.0).abs() < 1e-12);
    // The last percent takes longer than one in the middle.
    let (_, middle) = CURVE_75.charge(37.5, 38.25, input, f64::INFINITY);
    let (_, last) = CURVE_75.charge(74.25, 75.0, input, f64::INFINITY);
    assert!(last > 2.0 * middle, "{last} against {middle}");
}

#[test]
fn the_curve_falls_from_its_peak() {
    assert!((CURVE_75.accepts(0.0) - 250.0).abs() < 1e-9);
    assert!((CURVE_75.accepts(75.0) - 2.5).abs() < 1e-9);
    let powers: Vec<f64> = (0..=75).map(|kwh| CURVE_75.accepts(f64::from(kwh))).collect();
    assert!(powers.windows(2).all(|pair| pair[0] > pair[1]));
}

#[test]
fn without_power_nothing_comes_and_it_takes_for_ever() {
    assert_eq!(CURVE_75.charge(30.0, 60.0, 0.0, f64::INFINITY), (30.0, f64::INFINITY));
}

#[test]
fn a_charger_offers_no_more_than_it_can() {
    assert!((Charger::SINGLE_PHASE_48_A.kilowatts(80) - 11.52).abs() < 1e-9);
    assert!((Charger::THREE_PHASE_16_A.kilowatts(-3)).abs() < 1e-9);
}

proptest! {
    #[test]
    fn two_short_runs_are_one_long_run(
        energy in 0.0..75.0, limit in 37.0..75.0, input in 0.1..300.0, first in 0.0..4.0, second in 0.0..4.0,
    ) {
        let (between, _) = CURVE_75.charge(energy, limit, input, first);
        let (stopped, _) = CURVE_75.charge(between, limit, input, second);
        let (through, _) = CURVE_75.charge(energy, limit, input, first + second);
        prop_assert!((stopped - through).abs() < 1e-6, "{stopped} {through}");
    }

    #[test]
    fn energy_rises_to_the_limit_in_the_time_that_was_told(energy in 0.0..75.0, limit in 37.0..75.0, input in 0.1..300.0) {
        let (full, hours) = CURVE_75.charge(energy, limit, input, f64::INFINITY);
        prop_assert!(full == limit.max(energy) && hours.is_finite());
        let (early, _) = CURVE_75.charge(energy, limit, input, hours * 0.99);
        prop_assert!(early <= full);
        prop_assert!(energy >= limit || early < limit);
    }
}
