use fleetgate_protocol::vehicle_data::{ClosuresState, MediaInfo, MediaState, SpeedLimitMode, VehicleState};

use super::{millis, rounded};
use crate::time::SECOND;
use crate::vehicle::media::{VOLUME_MAX, VOLUME_STEP};
use crate::vehicle::security::{LIMIT_MAX, LIMIT_MIN};
use crate::vehicle::{Cover, Hardware, Model, Playback, Vehicle};

/// Pressure that the maker recommends, bar at 20 degrees.
const RECOMMENDED_BAR: f64 = 2.9;

impl Vehicle {
    pub(super) fn vehicle_state(&self, now: i64) -> VehicleState {
        let profile = &self.profile;
        let old = profile.hardware == Hardware::Old;
        let records = self.sentry || self.is_occupied();
        let seen = now.div_euclid(SECOND) - 60;
        let closures = self.closures_state(now);
        VehicleState {
            api_version: profile.api_version,
            autopark_state_v2: old.then(|| "unavailable".into()),
            autopark_state_v3: (!old).then(|| "ready".into()),
            autopark_style: old.then(|| "dead_man".into()),
            calendar_supported: true,
            car_version: self.car_version().to_owned().into(),
            center_display_state: closures.center_display_state,
            dashcam_clip_save_available: records,
            dashcam_state: if records { "Recording" } else { "Unavailable" }.into(),
            df: closures.df,
            dr: closures.dr,
            fd_window: closures.fd_window,
            feature_bitmask: "fbdffbff,187f".into(),
            fp_window: closures.fp_window,
            ft: closures.ft,
            homelink_device_count: self.homelink_devices(),
            homelink_nearby: self.homelink_devices().map(|devices| devices > 0 && self.is_at_home()),
            is_user_present: closures.is_user_present,
            keep_accessory_power_on: self.settings.accessory_power,
            last_autopark_error: old.then(|| "no_error".into()),
            locked: closures.locked,
            low_power_mode: self.settings.low_power,
            media_info: self.media_info(now),
            media_state: MediaState { remote_control_enabled: true },
            notifications_supported: true,
            odometer: rounded(self.odometer_miles, 3),
            parsed_calendar_supported: true,
            pf: closures.pf,
            pr: closures.pr,
            rd_window: closures.rd_window,
            remote_start: closures.remote_start,
            remote_start_enabled: self.security.keyless_driving,
            remote_start_supported: true,
            rp_window: closures.rp_window,
            rt: closures.rt,
            santa_mode: 0,
            sentry_mode: closures.sentry_mode,
            sentry_mode_available: closures.sentry_mode_available,
            service_mode: false,
            service_mode_plus: false,
            smart_summon_available: false,
            software_update: self.software.shown(now),
            speed_limit_mode: closures.speed_limit_mode,
            summon_standby_mode_enabled: false,
            sun_roof_percent_open: closures.sun_roof_percent_open,
            sun_roof_state: closures.sun_roof_state,
            timestamp: millis(now),
            tonneau_in_motion: closures.tonneau_in_motion,
            tonneau_percent_open: closures.tonneau_percent_open,
            tonneau_state: closures.tonneau_state,
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
            valet_mode: closures.valet_mode,
            valet_pin_needed: closures.valet_pin_needed,
            vehicle_name: Some(self.name().to_owned().into()),
            webcam_available: profile.options.cabin_camera,
            ..VehicleState::default()
        }
    }

    pub(super) fn closures_state(&self, now: i64) -> ClosuresState {
        let open = i64::from;
        let (closures, security) = (&self.closures, &self.security);
        let window = open(closures.windows);
        let sunroof = self.profile.options.sunroof.then_some(closures.sunroof);
        let tonneau = (self.profile.model == Model::Cybertruck).then_some(closures.tonneau);
        let percent = |cover: Cover| cover.percent_open(now).round() as i64;
        ClosuresState {
            center_display_state: self.center_display(),
            // No command and no trip leaves a door open.
            df: 0,
            dr: 0,
            pf: 0,
            pr: 0,
            fd_window: window,
            fp_window: window,
            rd_window: window,
            rp_window: window,
            ft: open(closures.front_trunk),
            rt: open(closures.rear_trunk),
            is_user_present: self.is_occupied(),
            locked: self.locked,
            remote_start: security.is_started(now),
            sentry_mode: self.sentry,
            sentry_mode_available: self.may_keep_watch(),
            speed_limit_mode: SpeedLimitMode {
                active: security.speed_limit.active,
                current_limit_mph: security.speed_limit_mph,
                max_limit_mph: LIMIT_MAX,
                min_limit_mph: LIMIT_MIN,
                pin_code_set: security.speed_limit.pin.is_some(),
            },
            sun_roof_percent_open: sunroof.map(percent),
            sun_roof_state: sunroof.map(|cover| cover.state(now).into()),
            timestamp: millis(now),
            tonneau_in_motion: tonneau.map(|cover| cover.is_moving(now)),
            tonneau_percent_open: tonneau.map(percent),
            tonneau_state: tonneau.map(|cover| cover.state(now).into()),
            valet_mode: security.valet.active,
            valet_pin_needed: security.valet.pin.is_none(),
        }
    }

    fn media_info(&self, now: i64) -> MediaInfo {
        let mut info = MediaInfo {
            audio_volume: rounded(self.media.volume, 4),
            audio_volume_increment: rounded(VOLUME_STEP, 6),
            audio_volume_max: rounded(VOLUME_MAX, 6),
            media_playback_status: self.media.playback.as_str().into(),
            now_playing_source: "Spotify".into(),
            ..MediaInfo::default()
        };
        if self.media.playback != Playback::Stopped {
            let favorite = self.media.favorite();
            let (number, elapsed) = self.media.current(now);
            let track = &favorite.tracks[number];
            info.now_playing_album = track.album.into();
            info.now_playing_artist = track.artist.into();
            info.now_playing_duration = track.length;
            info.now_playing_elapsed = elapsed;
            info.now_playing_station = favorite.name.into();
            info.now_playing_title = track.title.into();
        }
        info
    }

    /// 2 with somebody in the car, 7 on guard, 3 while charging, else off.
    fn center_display(&self) -> i64 {
        match () {
            () if self.is_occupied() => 2,
            () if self.sentry => 7,
            () if self.battery.is_charging() => 3,
            () => 0,
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
