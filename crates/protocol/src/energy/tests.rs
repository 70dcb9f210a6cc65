use serde_json::json;

use super::*;

#[test]
fn products_are_told_apart_by_the_site_identifier() {
    let site: Product = serde_json::from_value(json!({"energy_site_id": 733, "components": {"solar": true}})).unwrap();
    let car: Product = serde_json::from_value(json!({"id": 7, "vin": "5YJ3E1EB7PF900417", "state": "asleep"})).unwrap();
    assert!(matches!(site, Product::Energy(site) if site.energy_site_id == 733 && site.components.solar));
    assert!(matches!(car, Product::Vehicle(car) if car.summary.envelope.vin == "5YJ3E1EB7PF900417"));
}
