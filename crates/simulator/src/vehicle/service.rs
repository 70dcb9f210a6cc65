//! A visit to the service.

use fleetgate_protocol::vehicle::ServiceData;
use serde::{Deserialize, Serialize};

use super::Vehicle;
use crate::time::{DAY, local};

/// `status_id` of a car that is worked on.
const IN_WORK: i64 = 8;

/// A visit to the service, until it is done.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ServiceVisit {
    /// Its number.
    pub number: String,
    /// When it is done.
    pub until: i64,
}

impl Vehicle {
    /// Brings the car to the service for two days.
    pub fn bring_to_service(&mut self, now: i64) {
        self.advance(now);
        let number = 10_000_000 + self.profile.seed().at("service").nth(now.div_euclid(DAY)).below(90_000_000);
        self.service = Some(ServiceVisit { number: format!("SV{number}"), until: now + 2 * DAY });
    }

    /// Whether the car is with the service.
    #[must_use]
    pub fn is_in_service(&self) -> bool {
        self.visit().is_some()
    }

    /// The answer of `service_data`.
    #[must_use]
    pub fn service_data(&self) -> ServiceData {
        self.visit().map_or_else(ServiceData::default, |visit| ServiceData {
            service_status: Some("in_service".to_owned()),
            service_etc: Some(local(&self.profile.time_zone, visit.until)),
            service_visit_number: Some(visit.number.clone()),
            status_id: Some(IN_WORK),
        })
    }

    fn visit(&self) -> Option<&ServiceVisit> {
        self.service.as_ref().filter(|visit| visit.until > self.updated_at)
    }
}
