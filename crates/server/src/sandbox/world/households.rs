//! Which cars are at home at which energy site, and have a wall connector there.

#[cfg(test)]
mod tests;

use std::collections::HashMap;

use super::rows::place;
use super::{World, WorldEnergySite, WorldVehicle};

/// The cars with a wall connector of their own. Devices that come with their whole state bring that along.
pub(super) struct Households<'w> {
    sites: HashMap<&'w str, &'w WorldEnergySite>,
    cars: HashMap<i64, Vec<&'w str>>,
}

impl<'w> Households<'w> {
    /// Gives each site's wall connectors to the cars that its owner owns or drives and that are at home there, in the order
    /// of the file, for as long as there are connectors.
    pub(super) fn of(world: &'w World) -> Self {
        let mut by_person: HashMap<&str, Vec<&WorldVehicle>> = HashMap::new();
        for car in world.vehicles.iter().filter(|car| car.document.is_none()) {
            let drivers = car.drivers.iter().map(|driver| driver.account_id.as_str());
            let drivers = drivers.filter(|driver| *driver != car.owner_account_id);
            for person in drivers.chain([car.owner_account_id.as_str()]) {
                by_person.entry(person).or_default().push(car);
            }
        }
        let mut households = Self { sites: HashMap::new(), cars: HashMap::new() };
        for site in world.energy_sites.iter().filter(|site| site.document.is_none()) {
            let home = place(site.region, site.location);
            let cars = by_person.get(site.owner_account_id.as_str()).into_iter().flatten();
            let free = cars.filter(|car| !households.sites.contains_key(car.vin.as_str()));
            let here = free.filter(|car| place(car.region, car.location).is_beside(home));
            let connectors = usize::try_from(site.wall_connectors).unwrap_or_default();
            let cars: Vec<&str> = here.take(connectors).map(|car| car.vin.as_str()).collect();
            households.sites.extend(cars.iter().map(|vin| (*vin, site)));
            households.cars.insert(site.id, cars);
        }
        households
    }

    /// The site at which a car has a wall connector.
    pub(super) fn site_of(&self, vin: &str) -> Option<&'w WorldEnergySite> {
        self.sites.get(vin).copied()
    }

    /// The VINs of a site's cars, in the order of their wall connectors.
    pub(super) fn cars_of(&self, site: i64) -> Vec<String> {
        self.cars.get(&site).into_iter().flatten().map(|vin| (*vin).to_owned()).collect()
    }
}
