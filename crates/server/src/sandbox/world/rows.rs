//! A world as the rows of a database.

use fleetgate_protocol::Region;
use fleetgate_simulator::energy_site::Spell;
use fleetgate_simulator::vehicle::Options;
use fleetgate_simulator::{Coordinates, EnergySite, EnergySiteProfile, Vehicle, VehicleProfile, charging};
use fleetgate_store::{
    Account, AccountKind, Application, Consent, Contents, Device, DeviceKind, MasterKey, PairedKey, Registration,
    StoredChargingSession,
};

use super::file::{SpellBegin, WorldSpell};
use super::households::Households;
use super::{
    World, WorldAccount, WorldApplication, WorldChargingSession, WorldConsent, WorldEnergySite, WorldSigningKey,
    WorldVehicle,
};
use crate::entropy::hash;
use crate::fleet_api::devices::Role;
use crate::{keys, passwords};

/// Why a world cannot be written down.
#[derive(Debug, thiserror::Error)]
pub enum RowError {
    /// A password of the seed file is not acceptable.
    #[error("The password of `{account}` is not acceptable.")]
    Password {
        /// Whose.
        account: String,
        /// Why.
        source: passwords::PasswordError,
    },
    /// Something cannot be written as JSON.
    #[error("A part of the world cannot be written as JSON.")]
    Json(#[from] serde_json::Error),
}

/// What a database with this world begins with at `now`.
pub(super) fn of(world: &World, master: &MasterKey, now: i64) -> Result<Contents, RowError> {
    let mut rows = Rows { master, now, households: Households::of(world), contents: Contents::default() };
    for (index, account) in world.accounts.iter().enumerate() {
        rows.account(account, now + step(index))?;
    }
    for (index, application) in world.applications.iter().enumerate() {
        rows.application(application, now + step(index));
    }
    for vehicle in &world.vehicles {
        rows.vehicle(vehicle)?;
    }
    for site in &world.energy_sites {
        rows.energy_site(site)?;
    }
    for session in &world.charging_sessions {
        rows.charging_session(session);
    }
    for consent in &world.consents {
        rows.consent(consent);
    }
    for kept in &world.kept {
        kept.clone().plant(master, &mut rows.contents);
    }
    for (index, WorldSigningKey { realm, key }) in world.signing_keys.iter().enumerate() {
        // The newest active key signs: the first of the file.
        rows.contents.keys.push(keys::stored(master, key, *realm, now, now - step(index)));
    }
    Ok(rows.contents)
}

/// Microseconds that keep the order of the seed file.
fn step(index: usize) -> i64 {
    i64::try_from(index).unwrap_or(i64::MAX)
}

struct Rows<'a> {
    master: &'a MasterKey,
    now: i64,
    households: Households<'a>,
    contents: Contents,
}

impl Rows<'_> {
    fn account(&mut self, account: &WorldAccount, created_at: i64) -> Result<(), RowError> {
        // A business does not sign in, so nobody ever compares with its password.
        let password_hash = match account.business {
            true => None,
            false => Some(passwords::hash(&account.password, &account.salt))
                .transpose()
                .map_err(|source| RowError::Password { account: account.email.clone(), source })?,
        };
        let row = Account {
            id: account.id.clone(),
            email: account.email.clone(),
            full_name: account.full_name.clone(),
            password_hash,
            kind: if account.business { AccountKind::Business } else { AccountKind::Person },
            region: account.region,
            locale: account.locale.clone(),
            profile_image_url: account.profile_image_url.clone(),
            vault_uuid: account.vault_uuid.clone(),
            created_at,
            disabled_at: None,
        };
        self.contents.accounts.push(row);
        for order in &account.orders {
            let order = (account.id.clone(), order.reference_number.clone(), serde_json::to_string(order)?);
            self.contents.orders.push(order);
        }
        Ok(())
    }

    fn application(&mut self, application: &WorldApplication, created_at: i64) {
        let id = &application.client_id;
        let seal = |what, text: &String| self.master.seal(&seal_context(id, what), text.as_bytes());
        let row = Application {
            client_id: id.clone(),
            name: application.name.clone(),
            description: application.description.clone(),
            kind: application.kind,
            grant_types: application.grant_types.clone(),
            secret_hash: application.client_secret.as_deref().map(hash),
            sealed_secret: application.client_secret.as_ref().map(|secret| seal(SECRET, secret)),
            redirect_uris: application.redirect_uris.clone(),
            post_logout_redirect_uris: application.post_logout_redirect_uris.clone(),
            allowed_origins: application.allowed_origins.clone(),
            domain: application.domain.clone(),
            public_key_pem: application.key.as_ref().map(|key| key.public_pem.clone()),
            sealed_private_key: application.key.as_ref().map(|key| seal(PRIVATE_KEY, &key.private_pem)),
            scopes: application.scopes.clone(),
            business_account_id: application.business.clone(),
            machine_grant_id: application.machine_grant_id.clone(),
            created_at,
            updated_at: created_at,
            disabled_at: None,
        };
        self.contents.applications.push(row);
        let (Some(domain), Some(key)) = (&application.domain, &application.key) else { return };
        let registrations = application.registered_regions.iter().map(|region| Registration {
            client_id: id.clone(),
            region: *region,
            domain: domain.clone(),
            public_key: key.point.clone(),
            created_at,
            updated_at: created_at,
        });
        self.contents.registrations.extend(registrations);
    }

    fn device(&mut self, kind: DeviceKind, key: &str, number: i64, owner: &str, region: Region, document: String) {
        self.contents.devices.push(Device {
            kind,
            key: key.to_owned(),
            number,
            owner_account_id: owner.to_owned(),
            region,
            document,
            version: 1,
            updated_at: self.now,
        });
    }

    fn vehicle(&mut self, seed: &WorldVehicle) -> Result<(), RowError> {
        let document = match &seed.document {
            Some(document) => document.clone(),
            None => self.new_vehicle(seed)?,
        };
        self.device(DeviceKind::Vehicle, &seed.vin, seed.id, &seed.owner_account_id, seed.region, document);
        for driver in &seed.drivers {
            let role = if driver.hide_private { Role::DriverWithoutPlaces } else { Role::Driver };
            let share = (DeviceKind::Vehicle, seed.vin.clone(), driver.account_id.clone(), role.as_str().to_owned());
            self.contents.shares.push(share);
        }
        for (client_id, public_key) in &seed.paired_keys {
            self.contents.paired_keys.push(PairedKey {
                vin: seed.vin.clone(),
                public_key: public_key.clone(),
                client_id: client_id.clone(),
                paired_at: self.now,
            });
        }
        Ok(())
    }

    /// The state of a vehicle as the seed file describes it, and its charging history.
    fn new_vehicle(&mut self, seed: &WorldVehicle) -> Result<String, RowError> {
        let profile = VehicleProfile::new(&seed.vin, seed.id, seed.owner_number, seed.model);
        let mut profile = profile.of_region(seed.region);
        profile.home = place(seed.region, seed.location);
        if let Some(time_zone) = &seed.time_zone {
            profile.time_zone.clone_from(time_zone);
        }
        if let Some(hardware) = seed.hardware {
            profile.hardware = hardware;
        }
        profile.options = Options::of(seed.model, profile.hardware).changed(seed.options);
        profile.home_wifi = seed.home_wifi;
        profile.command_signing = seed.command_signing;
        if let Some(name) = &seed.display_name {
            profile.display_name.clone_from(name);
        }
        let history = if seed.charging_history { charging::history(&profile, 0, self.now) } else { Vec::new() };
        let charger = profile.home_charger();
        let mut vehicle = Vehicle::new(profile, seed.state, self.now);
        if let Some(percent) = seed.battery_level {
            vehicle = vehicle.with_charge(percent as f64);
        }
        if let Some(percent) = seed.charge_limit {
            vehicle.battery.limit_percent = percent;
        }
        vehicle = vehicle.with_commutes(seed.commutes.clone());
        if let Some(site) = self.households.site_of(&seed.vin) {
            vehicle = vehicle.with_wall_connector(self.spells(&site.outages));
        }
        vehicle.security.keyless_driving = seed.keyless_driving;
        if seed.software_update {
            vehicle.offer_update();
        }
        if seed.plugged_in {
            vehicle.plug_in(charger, self.now);
        }
        if seed.user_present {
            vehicle.set_occupied(true, self.now);
        }
        if seed.sentry_mode {
            vehicle.set_sentry(true, self.now);
        }
        vehicle.mobile_access = seed.mobile_access;
        if seed.in_service {
            vehicle.bring_to_service(self.now);
        }
        for session in &history {
            self.contents.charging_sessions.push(StoredChargingSession {
                id: session.session_id,
                vin: session.vin.clone(),
                owner_account_id: seed.owner_account_id.clone(),
                started_at: session.started_at,
                document: serde_json::to_string(session)?,
            });
        }
        Ok(serde_json::to_string(&vehicle)?)
    }

    fn energy_site(&mut self, seed: &WorldEnergySite) -> Result<(), RowError> {
        let document = match &seed.document {
            Some(document) => document.clone(),
            None => self.new_energy_site(seed)?,
        };
        let key = seed.id.to_string();
        self.device(DeviceKind::EnergySite, &key, seed.id, &seed.owner_account_id, seed.region, document);
        Ok(())
    }

    /// The state of an energy site as the seed file describes it.
    fn new_energy_site(&self, seed: &WorldEnergySite) -> Result<String, RowError> {
        let mut profile = EnergySiteProfile::new(seed.id, seed.name.clone()).of_region(seed.region);
        profile.place = place(seed.region, seed.location);
        profile.solar_kw = seed.solar_kw;
        profile.powerwalls = seed.batteries;
        profile.wall_connectors = seed.wall_connectors;
        profile.cars = self.households.cars_of(seed.id);
        profile.household = seed.household;
        profile.household_kwh = seed.household_kwh.unwrap_or(profile.household_kwh);
        profile.programs.clone_from(&seed.programs);
        if seed.outage_history {
            profile.outages = profile.past_outages(self.now);
        }
        profile.outages.extend(self.spells(&seed.outages));
        profile.storms = self.spells(&seed.storms);
        if let Some(time_zone) = &seed.time_zone {
            profile.time_zone.clone_from(time_zone);
        }
        Ok(serde_json::to_string(&EnergySite::new(profile, self.now))?)
    }

    fn charging_session(&mut self, session: &WorldChargingSession) {
        self.contents.charging_sessions.push(StoredChargingSession {
            id: session.id,
            vin: session.vin.clone(),
            owner_account_id: session.owner_account_id.clone(),
            started_at: session.started_at,
            document: session.document.clone(),
        });
    }

    fn spells(&self, seeds: &[WorldSpell]) -> Vec<Spell> {
        let spell = |seed: &WorldSpell| {
            let from = match seed.from {
                SpellBegin::At(moment) => moment,
                SpellBegin::After(span) => self.now + span,
            };
            Spell { from, until: from.saturating_add(seed.lasts) }
        };
        seeds.iter().map(spell).collect()
    }

    fn consent(&mut self, consent: &WorldConsent) {
        let granted_at = self.now - consent.granted_ago;
        self.contents.consents.push(Consent {
            account_id: consent.account_id.clone(),
            client_id: consent.client_id.clone(),
            scopes: consent.scopes.clone(),
            granted_at,
            updated_at: granted_at,
        });
    }
}

/// Where a device is: at the place that the seed file gives, or where devices of its region are.
pub(super) fn place(region: Region, given: Option<(f64, f64)>) -> Coordinates {
    given.map_or_else(|| Coordinates::of_region(region), |(latitude, longitude)| Coordinates { latitude, longitude })
}

/// What of an application is sealed.
pub(super) const SECRET: &str = "client_secret";
pub(super) const PRIVATE_KEY: &str = "private_key";

/// Under which words a secret of an application is sealed.
pub(super) fn seal_context(client_id: &str, what: &str) -> String {
    format!("application/{client_id}/{what}")
}
