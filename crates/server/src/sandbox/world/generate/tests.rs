use super::super::World;
use super::*;

#[test]
fn vins_count_on_and_keep_their_check_digit() {
    // The example of ISO 3779's check digit, and cars of the default world without one.
    assert_eq!(check_digit("1M8GDM9AXKP042788"), Some('X'));
    assert_eq!(numbered("1M8GDM9AXKP042788", 42_789), "1M8GDM9A1KP042789");
    assert_eq!(numbered("LRWYHCFS4PC604381", 604_382).len(), 17);
    let wrong = "5YJ3E1EB0PF000001";
    assert_ne!(check_digit(wrong), Some('0'));
    assert_eq!(numbered(wrong, 2), "5YJ3E1EB0PF000002");
    assert_eq!(serial("5YJ3E1EB7PF900417"), Some(900_417));
    assert_eq!(serial("5YJ3E1EB7PFA00417"), None);
}

fn world(rest: &str) -> Result<World, String> {
    let text = format!("name = \"a\"\n[[accounts]]\nemail = \"a@example.com\"\n{rest}");
    World::read("world.toml", &text).map_err(|error| error.to_string())
}

#[test]
fn one_table_is_many_devices() {
    let world = world(
        "[[vehicles]]\nvin = \"5YJ3E1EB0PF000001\"\ncount = 300\nowner = \"a@example.com\"\ndisplay_name = \"Car {n}\"\n\
         id = 70\nlocation = { latitude = 52.0, longitude = 179.99 }\nspread_km = 5\n\
         [[energy_sites]]\nowner = \"a@example.com\"\ncount = 3\nname = \"Site {n}\"\n\
         [[energy_sites]]\nowner = \"a@example.com\"\nname = \"Alone {n}\"\n",
    )
    .unwrap();
    let names: Vec<_> = world.vehicles.iter().map(|car| (car.id, car.display_name.clone().unwrap())).collect();
    assert_eq!((&names[0], &names[299]), (&(70, "Car 1".to_owned()), &(369, "Car 300".to_owned())));
    let mut vins: Vec<_> = world.vehicles.iter().map(|car| car.vin.clone()).collect();
    assert!(vins.is_sorted());
    vins.dedup();
    assert_eq!(vins.len(), 300);
    let mut places = Vec::new();
    for car in &world.vehicles {
        let (latitude, longitude) = car.location.unwrap();
        assert!((-180.0..180.0).contains(&longitude), "{longitude}");
        let east = (longitude - 179.99 + 540.0).rem_euclid(360.0) - 180.0;
        let far = ((latitude - 52.0).powi(2) + (east * 52_f64.to_radians().cos()).powi(2)).sqrt() * DEGREE_KM;
        assert!(far <= 5.1, "{far} km");
        places.push(far);
    }
    assert!(places.iter().filter(|far| **far > 2.5).count() > 150, "they are not all in the middle");
    let sites: Vec<_> = world.energy_sites.iter().map(|site| site.name.as_str()).collect();
    assert_eq!(sites, ["Site 1", "Site 2", "Site 3", "Alone {n}"]);
}

#[test]
fn complaints_about_many() {
    let error = |rest: &str| world(rest).unwrap_err();
    insta::assert_snapshot!(error("[[vehicles]]\nvin = \"5YJ3E1EB0PF999999\"\ncount = 2\nowner = \"a@example.com\"\n"), @"`world.toml`, line 5, `vehicles.vin`: The VIN of the first of several ends in six digits, after which there are enough numbers.");
    insta::assert_snapshot!(error("[[vehicles]]\nvin = \"5YJ3E1EB0PF000001\"\ncount = 0\nowner = \"a@example.com\"\n"), @"`world.toml`, line 6, `vehicles[0].count`: this number must be 1 to 100000.");
    insta::assert_snapshot!(error("[[energy_sites]]\ncount = 100000\nowner = \"a@example.com\"\n[[energy_sites]]\ncount = 1\nowner = \"a@example.com\"\n"), @"`world.toml`, line 8, `energy_sites.count`: A world has at most 100000 of them altogether.");
    insta::assert_snapshot!(error("[[energy_sites]]\ncount = 2\nspread_km = 3\nowner = \"a@example.com\"\n"), @"`world.toml`, line 6, `energy_sites.spread_km`: It spreads around a `location`, which is missing.");
    insta::assert_snapshot!(error("[[vehicles]]\nvin = \"5YJ3E1EB0PF000001\"\ncount = 2\nowner = \"a@example.com\"\n[[vehicles]]\nvin = \"5YJ3E1EB0PF000002\"\nowner = \"a@example.com\"\n"), @"`world.toml`, line 9, `vehicles.vin`: `5YJ3E1EB0PF000002` stands in this file already; each needs its own.");
}
