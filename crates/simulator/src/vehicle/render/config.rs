use fleetgate_protocol::Region;
use fleetgate_protocol::vehicle_data::VehicleConfig;

use super::millis;
use crate::time::utc_offset;
use crate::vehicle::{Hardware, Model, Vehicle};

impl Vehicle {
    pub(super) fn vehicle_config(&self, now: i64) -> VehicleConfig {
        let profile = &self.profile;
        let options = &profile.options;
        let (new, large) = (profile.hardware == Hardware::New, matches!(profile.model, Model::ModelS | Model::ModelX));
        let build = profile.model.build();
        VehicleConfig {
            aux_park_lamps: if profile.eu { "Eu" } else { "NaPremium" }.into(),
            badge_version: 0,
            can_accept_navigation_requests: true,
            can_actuate_trunks: true,
            car_special_type: "base".into(),
            car_type: build.car_type.into(),
            charge_port_type: match profile.region() {
                Region::Na => "US",
                Region::Eu if new || !large => "CCS",
                Region::Eu => "EU",
                Region::Cn => "GB",
            }
            .into(),
            cop_user_set_temp_supported: new,
            dashcam_clip_save_supported: true,
            default_charge_to_max: false,
            driver_assist: if new { "TeslaAP4" } else { "TeslaAP3" }.into(),
            ece_restrictions: profile.eu,
            efficiency_package: build.efficiency_package.into(),
            eu_vehicle: profile.eu,
            exterior_color: profile.exterior_color.clone().into(),
            exterior_trim: "Black".into(),
            exterior_trim_override: "".into(),
            has_air_suspension: options.air_suspension,
            has_ludicrous_mode: false,
            has_seat_cooling: options.seat_cooling,
            headlamp_type: "Global".into(),
            interior_trim_type: profile.interior_trim.clone().into(),
            key_version: 2,
            motorized_charge_port: options.motorized_charge_port,
            paint_color_override: "0,0,0,0,0".into(),
            performance_package: "Base".into(),
            plg: options.powered_rear_trunk,
            pws: options.pedestrian_speaker,
            rear_drive_unit: build.rear_drive_unit.into(),
            rear_seat_heaters: i64::from(options.rear_seat_heaters),
            rear_seat_type: 0,
            rhd: profile.right_hand_drive,
            roof_color: "RoofColorGlass".into(),
            seat_type: large.then_some(0),
            spoiler_type: "None".into(),
            sun_roof_installed: (options.sunroof || profile.model == Model::ModelS)
                .then_some(i64::from(options.sunroof)),
            supports_qr_pairing: false,
            third_row_seats: if options.third_row { "FuturisFoldFlat" } else { "None" }.into(),
            timestamp: millis(now),
            trim_badging: profile.trim_badging.clone().into(),
            use_range_badging: true,
            utc_offset: utc_offset(&profile.time_zone, now),
            webcam_selfie_supported: options.cabin_camera,
            webcam_supported: options.cabin_camera,
            wheel_type: profile.wheel_type.clone().into(),
        }
    }
}
