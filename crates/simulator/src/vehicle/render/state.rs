use fleetgate_protocol::vehicle_data::{
    ClosuresState, MediaInfo, MediaState, SoftwareUpdate, SpeedLimitMode, VehicleState,
};

use super::{millis, rounded};
use crate::time::SECOND;
use crate::vehicle::{Model, Vehicle};

/// Pressure that the maker recommends, bar at 20 degrees.
const RECOMMENDED_BAR: f64 = 2.9;

impl Vehicle {
    pub(super) fn vehicle_state(&self, now: i64) -> VehicleState {
        let profile = &self.profile;
        let (pick_up, sunroof) = (profile.model == Model::Cybertruck, profile.options.sunroof);
        let guarded = self.sentry;
        let seen = now.div_euclid(SECOND) - 60;
        VehicleState {
            api_version: profile.api_version,
            autopark_state_v3: "ready".into(),
            calendar_supported: true,
            car_version: profile.car_version.clone().into(),
            center_display_state: self.center_display(),
            dashcam_clip_save_available: guarded,
            dashcam_state: if guarded { "Recording" } else { "Unavailable" }.into(),
            feature_bitmask: "fbdffbff,187f".into(),
            is_user_present: self.is_occupied(),
            locked: self.locked,
            media_info: media(),
            media_state: MediaState { remote_control_enabled: true },
            notifications_supported: true,
            odometer: rounded(self.odometer_miles, 3),
            parsed_calendar_supported: true,
            remote_start_enabled: true,
            remote_start_supported: true,
            sentry_mode: guarded,
            sentry_mode_available: true,
            smart_summon_available: false,
            software_update: SoftwareUpdate {
                expected_duration_sec: 2700,
                version: " ".into(),
                ..SoftwareUpdate::default()
            },
            speed_limit_mode: speed_limit(),
            sun_roof_percent_open: sunroof.then_some(0),
            sun_roof_state: sunroof.then(|| "closed".into()),
            timestamp: millis(now),
            tonneau_in_motion: pick_up.then_some(false),
            tonneau_percent_open: pick_up.then_some(0),
            tonneau_state: pick_up.then(|| "closed".into()),
            tpms_last_seen_pressure_time_fl: seen,
            tpms_last_seen_pressure_time_fr: seen,
            tpms_last_seen_pressure_time_rl: seen,
            tpms_last_seen_pressure_time_rr: seen,
            tpms_pressure_fl: self.tyre_pressure("fl", now),
            tpms_pressure_fr: self.tyre_pressure("fr", now),
            tpms_pressure_rl: self.tyre_pressure("rl", now),
            tpms_pressure_rr: self.tyre_pressure("rr", now),
            tpms_rcp_front_value: RECOMMENDED_BAR,
            tpms_rcp_rear_value: RECOMMENDED_BAR,
            vehicle_name: Some(profile.display_name.clone().into()),
            webcam_available: true,
            ..VehicleState::default()
        }
    }

    pub(super) fn closures_state(&self, now: i64) -> ClosuresState {
        let (pick_up, sunroof) = (self.profile.model == Model::Cybertruck, self.profile.options.sunroof);
        ClosuresState {
            center_display_state: self.center_display(),
            is_user_present: self.is_occupied(),
            locked: self.locked,
            sentry_mode: self.sentry,
            sentry_mode_available: true,
            speed_limit_mode: speed_limit(),
            sun_roof_percent_open: sunroof.then_some(0),
            sun_roof_state: sunroof.then(|| "closed".into()),
            timestamp: millis(now),
            tonneau_in_motion: pick_up.then_some(false),
            tonneau_percent_open: pick_up.then_some(0),
            tonneau_state: pick_up.then(|| "closed".into()),
            ..ClosuresState::default()
        }
    }

    /// 7 on guard, 3 while charging, else off.
    fn center_display(&self) -> i64 {
        match (self.sentry, self.battery.is_charging()) {
            (true, _) => 7,
            (false, true) => 3,
            (false, false) => 0,
        }
    }

    /// Pressure of a tyre, bar: filled a little differently, and about 0.01 bar for each degree.
    fn tyre_pressure(&self, wheel: &str, now: i64) -> f64 {
        let filled = RECOMMENDED_BAR + self.profile.seed().at("tyre").at(wheel).between(-0.08, 0.05);
        let warmth = 0.01 * (self.profile.home.temperature(now) - 20.0);
        // The sensors count in steps of 0.025 bar.
        ((filled + warmth) / 0.025).round() * 25.0 / 1000.0
    }
}

fn media() -> MediaInfo {
    MediaInfo {
        audio_volume: 2.6667,
        audio_volume_increment: 0.333333,
        audio_volume_max: 10.333333,
        media_playback_status: "Stopped".into(),
        now_playing_source: "Spotify".into(),
        ..MediaInfo::default()
    }
}

fn speed_limit() -> SpeedLimitMode {
    SpeedLimitMode {
        active: false,
        current_limit_mph: 85.0,
        max_limit_mph: 120,
        min_limit_mph: 50,
        pin_code_set: false,
    }
}
