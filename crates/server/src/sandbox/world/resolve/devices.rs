//! Vehicles and energy sites.

use fleetgate_simulator::{Commute, Connectivity, Coordinates, Model};
use toml::Spanned;

use super::Resolver;
use crate::config::file::located::LocatedError;
use crate::sandbox::world::file::{CommuteSeed, EnergySiteSeed, VehicleSeed};
use crate::sandbox::world::{Share, WorldApplication, WorldEnergySite, WorldVehicle};

impl Resolver<'_> {
    pub(super) fn vehicle(
        &mut self,
        seed: &VehicleSeed,
        applications: &[WorldApplication],
    ) -> Result<WorldVehicle, LocatedError> {
        let vin = seed.vin.get_ref().0.clone();
        self.once("vehicles.vin", &vin, seed.vin.span())?;
        let id = self.id("vehicles.id", seed.id.as_ref(), || format!("vehicle/{vin}/id"), seed.vin.span())?;
        let owner = self.owner("vehicles.owner", &seed.owner)?;
        let mut drivers: Vec<Share> = Vec::new();
        for driver in &seed.drivers {
            const KEY: &str = "vehicles.drivers.account";
            let account = self.owner(KEY, &driver.account)?;
            if drivers.iter().any(|known| known.account_id == account.id) {
                let problem = format!("`{}` may drive this vehicle already.", account.email);
                return Err(self.source.complain(&driver.account.span(), KEY, problem));
            }
            drivers.push(Share { account_id: account.id.clone(), hide_private: driver.hide_private });
        }
        let state = *seed.state.get_ref();
        if (seed.plugged_in || seed.sentry_mode || seed.user_present) && state != Connectivity::Online {
            let problem = "A vehicle that is plugged in, keeps watch or has somebody in it is awake: use \
                           `state = \"online\"`.";
            return Err(self.source.complain(&seed.state.span(), "vehicles.state", problem));
        }
        let region = seed.region.unwrap_or(owner.region);
        let model = seed.model.or_else(|| Model::from_vin(&vin)).unwrap_or_default();
        let document = seed.document.as_ref().map(|given| self.vehicle_state(given, &vin, id)).transpose()?;
        Ok(WorldVehicle {
            document,
            drivers,
            owner_account_id: owner.id.clone(),
            owner_number: owner.number,
            region,
            model,
            display_name: seed.display_name.as_ref().map(|text| text.0.clone()),
            hardware: seed.hardware,
            options: seed.options,
            state,
            command_signing: seed.command_signing,
            battery_level: seed.battery_level.map(|percent| percent.0),
            charge_limit: seed.charge_limit.map(|percent| percent.0),
            plugged_in: seed.plugged_in,
            sentry_mode: seed.sentry_mode,
            user_present: seed.user_present,
            software_update: seed.software_update,
            home_wifi: seed.home_wifi,
            keyless_driving: seed.keyless_driving,
            location: seed.location.map(|place| (place.0, place.1)),
            time_zone: seed.time_zone.as_ref().map(|zone| zone.0.clone()),
            charging_history: seed.charging_history && seed.document.is_none(),
            paired_keys: seed
                .paired_applications
                .iter()
                .map(|name| self.key_of(name, applications))
                .collect::<Result<_, _>>()?,
            mobile_access: seed.mobile_access,
            in_service: seed.in_service,
            commutes: seed.commutes.iter().map(commute).collect(),
            id,
            vin,
        })
    }

    /// Client id and public key of an application that is to be paired.
    fn key_of(
        &self,
        name: &Spanned<String>,
        applications: &[WorldApplication],
    ) -> Result<(String, String), LocatedError> {
        const KEY: &str = "vehicles.paired_applications";
        let found = applications.iter().find(|application| application.name == *name.get_ref()).ok_or_else(|| {
            let problem = format!("No application of this file has the name `{}`.", name.get_ref());
            self.source.complain(&name.span(), KEY, problem)
        })?;
        let key = found.key.as_ref().ok_or_else(|| {
            let problem = format!("The application `{}` has no key to pair: give it a `domain`.", found.name);
            self.source.complain(&name.span(), KEY, problem)
        })?;
        Ok((found.client_id.clone(), key.point.clone()))
    }

    pub(super) fn energy_site(&mut self, index: usize, seed: &EnergySiteSeed) -> Result<WorldEnergySite, LocatedError> {
        let label = || format!("energy_site/{index}/id");
        let id = self.id("energy_sites.energy_site_id", seed.energy_site_id.as_ref(), label, seed.owner.span())?;
        let owner = self.owner("energy_sites.owner", &seed.owner)?;
        let document = seed.document.as_ref().map(|given| self.energy_site_state(given, id)).transpose()?;
        Ok(WorldEnergySite {
            document,
            id,
            owner_account_id: owner.id.clone(),
            region: seed.region.unwrap_or(owner.region),
            name: seed.name.0.clone(),
            solar_kw: seed.solar_kw.0,
            batteries: seed.batteries.into(),
            wall_connectors: seed.wall_connectors.0,
            household: seed.household,
            household_kwh: seed.household_kwh.map(|energy| energy.0),
            outage_history: seed.outage_history,
            outages: seed.outages.clone(),
            storms: seed.storms.clone(),
            programs: seed.programs.iter().map(|name| name.0.clone()).collect(),
            location: seed.location.map(|place| (place.0, place.1)),
            time_zone: seed.time_zone.as_ref().map(|zone| zone.0.clone()),
        })
    }
}

fn commute(seed: &CommuteSeed) -> Commute {
    Commute {
        to: Coordinates { latitude: seed.to.0, longitude: seed.to.1 },
        name: seed.name.0.clone(),
        days: seed.days.0,
        leave: seed.leave.0,
        back: seed.back.0,
        plug_in: seed.plug_in,
    }
}
