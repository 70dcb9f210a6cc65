//! What a car answers.

mod charge;
mod climate;
mod config;
mod drive;
mod notices;
mod schedules;
mod state;

use fleetgate_protocol::user::Order;
use fleetgate_protocol::vehicle_data::{
    AccessType, Block, BlockSet, GranularAccess, GuiSettings, VehicleData, VehicleEnvelope, VehicleProduct,
    VehicleSummary,
};

use super::Vehicle;

/// Milliseconds since the epoch, as every block carries them.
fn millis(now: i64) -> i64 {
    now.div_euclid(1000)
}

/// A number with so many decimals.
fn rounded(value: f64, decimals: i32) -> f64 {
    let scale = 10_f64.powi(decimals);
    (value * scale).round() / scale
}

impl Vehicle {
    /// The fields around every answer, without `user_id`. `hide_private` is false; the sharing that sets it is not
    /// known here.
    #[must_use]
    pub fn envelope(&self, access: AccessType) -> VehicleEnvelope {
        let token = self.profile.seed().at("token");
        VehicleEnvelope {
            id: self.profile.id,
            user_id: None,
            vehicle_id: self.profile.vehicle_id,
            vin: self.profile.vin.clone(),
            color: None,
            access_type: access,
            granular_access: GranularAccess { hide_private: false },
            tokens: Some([token.nth(0).hex(), token.nth(1).hex()]),
            state: self.connectivity(),
            in_service: self.is_in_service(),
            id_s: self.profile.id.to_string(),
            calendar_enabled: true,
            api_version: Some(self.profile.api_version),
            backseat_token: None,
            backseat_token_updated_at: None,
            ble_autopair_enrolled: false,
        }
    }

    /// The item of the vehicle list.
    #[must_use]
    pub fn summary(&self, access: AccessType) -> VehicleSummary {
        VehicleSummary {
            envelope: self.envelope(access),
            display_name: Some(self.name().to_owned()),
            option_codes: Some(self.profile.option_codes.clone()),
        }
    }

    /// The item of the list of products.
    #[must_use]
    pub fn product(&self, access: AccessType) -> VehicleProduct {
        let mut summary = self.summary(access);
        summary.envelope.user_id = Some(self.profile.user_id);
        VehicleProduct {
            summary,
            cached_data: None,
            mobile_access_disabled: !self.mobile_access,
            device_type: "vehicle".to_owned(),
            command_signing: self.profile.command_signing,
            release_notes_supported: true,
        }
    }

    /// The item of the owner's orders.
    #[must_use]
    pub fn order(&self) -> Order {
        let seed = self.profile.seed();
        Order {
            vehicle_map_id: 1_000_000 + seed.at("vehicle_map_id").below(9_000_000),
            reference_number: format!("RN{:09}", 100_000_000 + seed.at("reference_number").below(100_000_000)),
            vin: Some(self.profile.vin.clone()),
            order_status: "BOOKED".to_owned(),
            order_substatus: "_Z".to_owned(),
            model_code: self.profile.model.build().order_code.to_owned(),
            country_code: self.profile.country_code.clone(),
            locale: self.profile.locale.clone(),
            mkt_options: self.profile.option_codes.clone(),
            is_b2b: false,
        }
    }

    /// The answer of `vehicle_data`, after [`Vehicle::advance`] to `now`: the envelope and the blocks asked for.
    ///
    /// `location` says whether the place may be told (asked for, in scope, and not hidden). It appears in
    /// `drive_state`, which asking for `location_data` alone brings along. Temperatures of a car that is not online
    /// are null.
    #[must_use]
    pub fn data(&self, blocks: BlockSet, location: bool, access: AccessType, now: i64) -> VehicleData {
        let wants = |block| blocks.contains(block);
        let drive = wants(Block::DriveState) || (location && wants(Block::LocationData));
        VehicleData {
            envelope: VehicleEnvelope { user_id: Some(self.profile.user_id), ..self.envelope(access) },
            charge_state: wants(Block::ChargeState).then(|| self.charge_state(now)),
            climate_state: wants(Block::ClimateState).then(|| self.climate_state(now)),
            closures_state: wants(Block::ClosuresState).then(|| self.closures_state(now)),
            drive_state: drive.then(|| self.drive_state(location, now)),
            gui_settings: wants(Block::GuiSettings).then(|| self.gui_settings(now)),
            vehicle_config: wants(Block::VehicleConfig).then(|| self.vehicle_config(now)),
            vehicle_state: wants(Block::VehicleState).then(|| self.vehicle_state(now)),
            charge_schedule_data: wants(Block::ChargeScheduleData).then(|| self.charge_schedule_data(now)),
            preconditioning_schedule_data: wants(Block::PreconditioningScheduleData)
                .then(|| self.preconditioning_schedule_data(now)),
        }
    }

    fn gui_settings(&self, now: i64) -> GuiSettings {
        let american = self.profile.country_code == "US";
        let choose = |there: &'static str, here: &'static str| if american { there } else { here }.into();
        GuiSettings {
            gui_24_hour_time: !american,
            gui_charge_rate_units: choose("mi/hr", "kW"),
            gui_distance_units: choose("mi/hr", "km/hr"),
            gui_range_display: "Rated".into(),
            gui_temperature_units: choose("F", "C"),
            gui_tirepressure_units: choose("Psi", "Bar"),
            show_range_units: true,
            timestamp: millis(now),
        }
    }
}
