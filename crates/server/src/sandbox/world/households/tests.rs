use super::*;

const SITE: i64 = 7;

/// Cars by VIN, owner and whatever else stands in their tables, and Kim's site with so many wall connectors.
fn cars_at_home(cars: &[(&str, &str, &str)], connectors: usize) -> Vec<String> {
    let mut text = "name = \"a\"\n".to_owned();
    for person in ["kim", "lee"] {
        text += &format!("[[accounts]]\nemail = \"{person}@example.com\"\n");
    }
    for (vin, owner, rest) in cars {
        text += &format!("[[vehicles]]\nvin = \"{vin}\"\nowner = \"{owner}@example.com\"\n{rest}\n");
    }
    text += &format!(
        "[[energy_sites]]\nowner = \"kim@example.com\"\nenergy_site_id = {SITE}\nwall_connectors = {connectors}\n"
    );
    let world = World::read("world.toml", &text).unwrap();
    let households = Households::of(&world);
    let cars = households.cars_of(SITE);
    for car in &world.vehicles {
        assert_eq!(households.site_of(&car.vin).map(|site| site.id), cars.contains(&car.vin).then_some(SITE));
    }
    cars
}

const FIRST: &str = "5YJ3E1EB7PF900417";
const SECOND: &str = "7SAYGDEE9PA512044";

#[test]
fn cars_have_the_wall_connectors_in_their_order_while_there_are_any() {
    let cars = [(SECOND, "kim", ""), (FIRST, "kim", "")];
    assert_eq!(cars_at_home(&cars, 3), [SECOND, FIRST]);
    assert_eq!(cars_at_home(&cars, 1), [SECOND]);
    assert!(cars_at_home(&cars, 0).is_empty());
}

#[test]
fn a_car_is_at_home_where_it_stands_and_with_whom_it_belongs_to() {
    let elsewhere = "location = { latitude = 37.45, longitude = -122.143 }";
    let beside = "location = { latitude = 37.4425, longitude = -122.143 }";
    let shared = "drivers = [{ account = \"kim@example.com\" }]";
    assert_eq!(cars_at_home(&[(FIRST, "kim", elsewhere), (SECOND, "kim", beside)], 2), [SECOND]);
    assert_eq!(cars_at_home(&[(FIRST, "lee", ""), (SECOND, "lee", shared)], 2), [SECOND]);
    assert!(cars_at_home(&[(FIRST, "kim", "region = \"eu\"")], 2).is_empty());
}

#[test]
fn a_car_has_one_home() {
    let table = "[[energy_sites]]\nowner = \"kim@example.com\"\nenergy_site_id = ";
    let text = format!(
        "name = \"a\"\n[[accounts]]\nemail = \"kim@example.com\"\n[[vehicles]]\nvin = \"{FIRST}\"\n\
         owner = \"kim@example.com\"\n{table}1\n{table}2\n"
    );
    let world = World::read("world.toml", &text).unwrap();
    let households = Households::of(&world);
    assert_eq!((households.cars_of(1), households.cars_of(2)), (vec![FIRST.to_owned()], Vec::new()));
}

#[test]
fn the_household_that_comes_along_charges_both_its_cars_at_home() {
    let world = World::built_in("household").unwrap().unwrap();
    let vins: Vec<&str> = world.vehicles.iter().map(|car| car.vin.as_str()).collect();
    assert_eq!(Households::of(&world).cars_of(world.energy_sites[0].id), vins);
    assert_eq!(vins.len(), 2);
}
