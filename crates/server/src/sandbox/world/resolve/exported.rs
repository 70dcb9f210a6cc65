//! What an export wrote: states of devices, charging of the past, and what is kept beside.

use std::ops::Range;

use fleetgate_simulator::{ChargingSession, EnergySite, Vehicle};
use serde::de::DeserializeOwned;
use toml::Spanned;

use super::Resolver;
use crate::config::file::located::LocatedError;
use crate::sandbox::world::WorldChargingSession;
use crate::sandbox::world::file::ChargingSessionSeed;
use crate::sandbox::world::kept::{Kept, References};

impl Resolver<'_> {
    /// The whole state of the vehicle of this VIN and id.
    pub(super) fn vehicle_state(&self, given: &Spanned<String>, vin: &str, id: i64) -> Result<String, LocatedError> {
        const KEY: &str = "vehicles.document";
        let vehicle: Vehicle = self.document(KEY, given)?;
        if (vehicle.profile.vin.as_str(), vehicle.profile.id) != (vin, id) {
            let problem = "This is the state of a vehicle with another VIN or id.";
            return Err(self.source.complain(&given.span(), KEY, problem));
        }
        Ok(given.get_ref().clone())
    }

    /// The whole state of the energy site of this id.
    pub(super) fn energy_site_state(&self, given: &Spanned<String>, id: i64) -> Result<String, LocatedError> {
        const KEY: &str = "energy_sites.document";
        let site: EnergySite = self.document(KEY, given)?;
        if site.profile.energy_site_id != id {
            let problem = "This is the state of an energy site with another id.";
            return Err(self.source.complain(&given.span(), KEY, problem));
        }
        Ok(given.get_ref().clone())
    }

    pub(super) fn charging_session(
        &mut self,
        seed: &ChargingSessionSeed,
    ) -> Result<WorldChargingSession, LocatedError> {
        const KEY: &str = "charging_sessions.document";
        let owner_account_id = self.owner("charging_sessions.owner", &seed.owner)?.id.clone();
        let session: ChargingSession = self.document(KEY, &seed.document)?;
        self.once_of(KEY, &session.session_id.to_string(), seed.document.span(), "This session")?;
        Ok(WorldChargingSession {
            id: session.session_id,
            vin: session.vin,
            started_at: session.started_at,
            owner_account_id,
            document: seed.document.get_ref().clone(),
        })
    }

    /// Something kept, which belongs to what else stands in the file.
    pub(super) fn kept(&mut self, seed: Spanned<Kept>) -> Result<Kept, LocatedError> {
        const KEY: &str = "kept";
        let span = seed.span();
        let kept = seed.into_inner();
        let References { vin, client_id, account_id } = kept.references();
        for (what, key, name) in [
            ("vehicle", "vehicles.vin", vin),
            ("application", "applications.client_id", client_id),
            ("account", "accounts.id", account_id),
        ] {
            if let Some(name) = name.filter(|name| !self.taken.contains(&(key, (*name).to_owned()))) {
                return Err(self.source.complain(&span, KEY, format!("This file has no {what} `{name}`.")));
            }
        }
        kept.check_document().map_err(|error| self.no_export(KEY, span.clone(), &error))?;
        for identity in kept.identities() {
            self.once_of(KEY, &identity, span.clone(), "This")?;
        }
        Ok(kept)
    }

    /// A state that an export wrote down.
    fn document<T: DeserializeOwned>(&self, key: &str, given: &Spanned<String>) -> Result<T, LocatedError> {
        serde_json::from_str(given.get_ref()).map_err(|error| self.no_export(key, given.span(), &error))
    }

    fn no_export(&self, key: &str, span: Range<usize>, error: &serde_json::Error) -> LocatedError {
        let problem = format!("This is nothing that `fleetgate world export` wrote ({error}).");
        self.source.complain(&span, key, problem)
    }
}
