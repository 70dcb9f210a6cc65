//! What vehicles and energy sites have in common: a document, and a way to the present.

use fleetgate_simulator::energy_site::ConnectedCar;
use fleetgate_simulator::{ChargingSession, EnergySite, Vehicle};
use fleetgate_store::{DeviceKind, Error};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::devices;
use super::read_devices::ReadDevices;
use crate::state::{Shared, State};

/// A simulated device.
pub(crate) trait Simulated: Clone + Serialize + DeserializeOwned + Send + Sync + 'static {
    /// Its kind in the store.
    const KIND: DeviceKind;

    /// What must be known of other devices to bring it to a moment.
    type Beside: Send + Sync + 'static;

    /// Those that were read last.
    fn read_last(state: &State) -> &ReadDevices<Self>;

    /// Finds out about the other devices.
    ///
    /// # Errors
    /// When the store fails.
    fn beside(&self, state: &Shared, now: i64) -> impl Future<Output = Result<Self::Beside, Error>> + Send;

    /// Brings it to a moment.
    fn advance_to(&mut self, now: i64, beside: &Self::Beside);

    /// Charging sessions that ended and are to be stored with it.
    fn take_sessions(&mut self) -> Vec<ChargingSession> {
        Vec::new()
    }
}

impl Simulated for Vehicle {
    const KIND: DeviceKind = DeviceKind::Vehicle;

    type Beside = ();

    fn read_last(state: &State) -> &ReadDevices<Self> {
        &state.read_vehicles
    }

    async fn beside(&self, _: &Shared, _: i64) -> Result<(), Error> {
        Ok(())
    }

    fn advance_to(&mut self, now: i64, (): &()) {
        self.advance(now);
    }

    fn take_sessions(&mut self) -> Vec<ChargingSession> {
        self.take_sessions()
    }
}

impl Simulated for EnergySite {
    const KIND: DeviceKind = DeviceKind::EnergySite;

    /// What the wall connectors know of the household's cars.
    type Beside = Vec<ConnectedCar>;

    fn read_last(state: &State) -> &ReadDevices<Self> {
        &state.read_energy_sites
    }

    async fn beside(&self, state: &Shared, now: i64) -> Result<Vec<ConnectedCar>, Error> {
        let mut cars = Vec::new();
        for vin in &self.profile.cars {
            if let Some(device) = state.store.device(DeviceKind::Vehicle, vin).await? {
                cars.extend(devices::looked_at(state, &device, now).await?.connected_car());
            }
        }
        Ok(cars)
    }

    fn advance_to(&mut self, now: i64, cars: &Vec<ConnectedCar>) {
        self.know_cars(cars.clone());
        self.advance(now);
    }
}
