use super::*;
use crate::vehicle::Connectivity;

const NOW: i64 = 1_790_856_000_000_000;

fn car(model: Model) -> Vehicle {
    Vehicle::new(VehicleProfile::new("5YJ3E1EB7PF900417", 1, 1, model), Connectivity::Online, NOW)
}

#[test]
fn every_option_of_every_model_has_a_name_and_a_price() {
    for model in [Model::ModelS, Model::Model3, Model::ModelX, Model::ModelY, Model::Cybertruck] {
        let options = car(model).profile.options();
        assert!(options.codes.iter().all(|option| option.code != format!("${}", option.display_name)), "{options:?}");
        assert_eq!(options.codes.iter().filter(|option| option.color_code.is_some()).count(), 1, "one paint");
        for (country, ..) in MARKETS {
            let prices = pricing(model.build().order_code, country).expect("known");
            assert!(prices.options[0].price > 30_000.0, "{prices:?}");
        }
    }
    assert!(pricing("m4", "US").is_none() && pricing("m3", "us").is_none());
}

#[test]
fn what_a_car_has_is_not_offered() {
    let mut profile = car(Model::Model3).profile;
    assert_eq!(
        (profile.eligible_subscriptions(NOW).eligible.len(), profile.eligible_upgrades().eligible.len()),
        (2, 2)
    );
    profile.option_codes.push_str(",CPF1,APF2,FM3U");
    assert!(profile.eligible_subscriptions(NOW).eligible.is_empty() && profile.eligible_upgrades().eligible.is_empty());
}

#[test]
fn price_and_tax_are_the_total() {
    let profile = car(Model::ModelY).profile.european();
    for offer in profile.eligible_subscriptions(NOW).eligible {
        for option in offer.billing_options {
            assert!((option.price + option.tax - option.total).abs() < 0.001, "{option:?}");
        }
    }
}

#[test]
fn a_battery_loses_with_the_miles() {
    let mut car = car(Model::Model3);
    let mut last = 100.0;
    for miles in [0.0, 10_000.0, 100_000.0, 400_000.0] {
        car.odometer_miles = miles;
        let specs = car.specs();
        let (health, left) = (specs.battery_soh, specs.battery_capacity_kwh * specs.battery_soh / 100.0);
        assert!((60.0..=last).contains(&health), "{health}");
        assert!((left - car.profile.battery_kwh).abs() < 0.1, "it charges to what is left of it: {specs:?}");
        last = health;
    }
}

#[test]
fn a_warranty_ends_with_its_distance_too() {
    let mut car = car(Model::Model3);
    car.odometer_miles = 60_000.0;
    let details = car.warranty_details();
    assert!(details.expired_warranty.iter().any(|warranty| warranty.warranty_type == "NEW_MFG_WARRANTY"));
    assert_eq!(details.active_warranty.len(), 2);
}
