use fleetgate_protocol::vehicle_data::{DriveState, Location, Text};

use super::{millis, rounded};
use crate::time::SECOND;
use crate::vehicle::Vehicle;
use crate::vehicle::journey::OnTheRoad;

impl Vehicle {
    pub(super) fn drive_state(&self, location: bool, now: i64) -> DriveState {
        let road = self.on_the_road(now);
        let power = road.map_or(0.0, |road| road.kilowatts) - self.battery_input_kw(now);
        let state = DriveState {
            power: power.round() as i64,
            // Somebody who waits at a charger sits in a parked car.
            shift_state: self.is_occupied().then(|| if road.is_some() { "D" } else { "P" }.into()),
            speed: road.map(|road| road.mph.round() as i64),
            timestamp: millis(now),
            location: location.then(|| self.location(road, now)),
            ..self.active_route(location)
        };
        match road {
            Some(road) => self.with_route(state, road, location),
            None => state,
        }
    }

    /// The road ahead; where it leads is told with the place only.
    fn with_route(&self, state: DriveState, road: OnTheRoad, location: bool) -> DriveState {
        let (place, name) = self.next_stop();
        let left = self.battery.energy_kwh - road.kwh_left;
        DriveState {
            active_route_destination: location.then(|| Text::Owned(name.to_owned())),
            active_route_energy_at_arrival: Some(self.arrival_percent(left)),
            active_route_miles_to_arrival: Some(rounded(road.miles_left, 2)),
            active_route_minutes_to_arrival: Some(rounded(road.minutes_left, 2)),
            active_route_traffic_minutes_delay: Some(rounded(road.delay, 2)),
            active_route_latitude: location.then(|| rounded(place.latitude, 6)),
            active_route_longitude: location.then(|| rounded(place.longitude, 6)),
            ..state
        }
    }

    /// What so much energy is of the battery, percent. Who would arrive with less than nothing is shown nothing.
    fn arrival_percent(&self, kwh: f64) -> i64 {
        (kwh / self.profile.battery_kwh * 100.0).round().clamp(0.0, 100.0) as i64
    }

    /// The route that somebody sent; without one there are no keys of it.
    fn active_route(&self, location: bool) -> DriveState {
        let Some(destination) = self.navigation.destination() else { return DriveState::default() };
        let route = self.navigation.length_from(self.stand());
        let left = self.battery.energy_kwh - route.miles / self.profile.miles_per_kwh();
        DriveState {
            active_route_destination: location.then(|| destination.name.clone().into()),
            active_route_energy_at_arrival: Some(self.arrival_percent(left)),
            active_route_latitude: location.then(|| rounded(destination.place.latitude, 6)),
            active_route_longitude: location.then(|| rounded(destination.place.longitude, 6)),
            active_route_miles_to_arrival: Some(rounded(route.miles, 2)),
            active_route_minutes_to_arrival: Some(rounded(route.minutes, 2)),
            active_route_traffic_minutes_delay: Some(rounded(route.delay, 2)),
            ..DriveState::default()
        }
    }

    fn location(&self, road: Option<OnTheRoad>, now: i64) -> Location {
        let parked = || self.heading.unwrap_or_else(|| self.profile.seed().at("heading").below(360));
        let (place, heading) = road.map_or_else(|| (self.stand(), parked()), |road| (road.place, road.heading));
        let (latitude, longitude) = (rounded(place.latitude, 6), rounded(place.longitude, 6));
        let china = self.profile.country_code == "CN";
        Location {
            gps_as_of: now.div_euclid(SECOND) - 1,
            heading,
            latitude,
            longitude,
            native_latitude: latitude,
            native_location_supported: 1,
            native_longitude: longitude,
            native_type: if china { "gcj" } else { "wgs" }.into(),
            corrected_latitude: china.then_some(latitude),
            corrected_longitude: china.then_some(longitude),
        }
    }
}
