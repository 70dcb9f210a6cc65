use proptest::prelude::*;

use super::*;

const CAR: Consumption = Consumption { rated_kwh: 0.225, mass_kg: 1_850.0, outside: 20.0 };

#[test]
fn a_commute_takes_about_as_long_as_one_does() {
    let motion = Motion::over(20.0, 1.0, None);
    let minutes = motion.seconds() / 60.0;
    assert!((22.0..28.0).contains(&minutes), "{minutes}");
    let used = motion.used_kwh(motion.seconds(), &CAR);
    assert!((4.0..6.0).contains(&used), "{used} kWh for 20 miles");
}

#[test]
fn cold_and_speed_cost_more() {
    let motion = Motion::over(20.0, 1.0, None);
    let cold = Consumption { outside: -10.0, ..CAR };
    let part = motion.used_kwh(1e9, &cold) / motion.used_kwh(1e9, &CAR);
    assert!((1.1..1.3).contains(&part), "{part}");
    assert!(CAR.per_metre(33.0) > 1.4 * CAR.per_metre(20.0));
    assert!(Motion::over(20.0, 0.8, None).seconds() > 1.1 * motion.seconds());
}

#[test]
fn braking_brings_some_back() {
    let motion = Motion::over(20.0, 1.0, None);
    let powers: Vec<f64> = (0..motion.seconds() as i64).map(|at| motion.kilowatts(at as f64, &CAR)).collect();
    assert!(powers.iter().copied().fold(0.0, f64::max) > 50.0);
    assert!(powers.iter().copied().fold(0.0, f64::min) < -10.0);
}

proptest! {
    #[test]
    fn the_whole_way_is_driven(miles in 0.1..400.0, pace in 0.7..1.1) {
        let motion = Motion::over(miles, pace, None);
        prop_assert!((motion.miles(motion.seconds() + 1.0) - miles).abs() < 1e-6);
        prop_assert_eq!(motion.miles(0.0), 0.0);
        prop_assert!(motion.mph(motion.seconds() + 1.0) == 0.0);
    }

    #[test]
    fn way_and_energy_follow_from_speed_and_power(miles in 0.1..60.0, part in 0.0..1.0) {
        let motion = Motion::over(miles, 1.0, None);
        let (at, step) = (part * motion.seconds(), 1e-3);
        let mph = (motion.miles(at + step) - motion.miles(at)) / step * 3600.0;
        prop_assert!(mph >= -1e-6, "it goes back");
        prop_assert!((mph - motion.mph(at)).abs() < 0.02, "{mph} {}", motion.mph(at));
        let power = (motion.used_kwh(at + step, &CAR) - motion.used_kwh(at, &CAR)) / step * 3600.0;
        // Not across the moment at which the pedals change.
        if (motion.kilowatts(at + step, &CAR) - motion.kilowatts(at, &CAR)).abs() < 1.0 {
            prop_assert!((power - motion.kilowatts(at, &CAR)).abs() < 1.0, "{power} {}", motion.kilowatts(at, &CAR));
        }
    }
}
