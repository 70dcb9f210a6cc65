//! The block `vehicle_state`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Text;

/// Locks, doors, windows, software, tyres and everything that fits nowhere else.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct VehicleState {
    /// Version of the car's interface.
    pub api_version: i64,
    /// Old hardware: `ready` or `unavailable`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub autopark_state_v2: Option<Text>,
    /// New hardware: `ready` or `unavailable`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub autopark_state_v3: Option<Text>,
    /// Old hardware: `dead_man`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub autopark_style: Option<Text>,
    /// Whether calendars can be shown.
    pub calendar_supported: bool,
    /// Software version and build.
    pub car_version: Text,
    /// 0 off, 2 on, 3 charging screen, 7 sentry, 8 dog mode.
    pub center_display_state: i64,
    /// Whether a dashcam clip can be saved now.
    pub dashcam_clip_save_available: bool,
    /// `Recording`, `Saved` or `Unavailable`.
    pub dashcam_state: Text,
    /// Driver's front door: 0 closed.
    pub df: i64,
    /// Driver's rear door: 0 closed.
    pub dr: i64,
    /// Driver's front window: 0 closed.
    pub fd_window: i64,
    /// Capabilities, as two hexadecimal masks.
    pub feature_bitmask: Text,
    /// Passenger's front window: 0 closed.
    pub fp_window: i64,
    /// Front trunk: 0 closed.
    pub ft: i64,
    /// Garage doors known; absent without the option.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub homelink_device_count: Option<i64>,
    /// Whether a known garage door is near; absent without the option.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub homelink_nearby: Option<bool>,
    /// Whether somebody sits in the car.
    pub is_user_present: bool,
    /// Whether accessories stay powered when parked.
    pub keep_accessory_power_on: bool,
    /// Old hardware: `no_error`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_autopark_error: Option<Text>,
    /// Whether the car is locked.
    pub locked: bool,
    /// Whether low power mode is on.
    pub low_power_mode: bool,
    /// What is playing.
    pub media_info: MediaInfo,
    /// Whether playback can be controlled.
    pub media_state: MediaState,
    /// Whether the car sends notifications.
    pub notifications_supported: bool,
    /// Distance driven, miles.
    pub odometer: f64,
    /// Whether parsed calendars are accepted.
    pub parsed_calendar_supported: bool,
    /// Passenger's front door: 0 closed.
    pub pf: i64,
    /// Passenger's rear door: 0 closed.
    pub pr: i64,
    /// Driver's rear window: 0 closed.
    pub rd_window: i64,
    /// Whether the car was started remotely.
    pub remote_start: bool,
    /// Whether it may be started remotely.
    pub remote_start_enabled: bool,
    /// Whether it can be started remotely.
    pub remote_start_supported: bool,
    /// Passenger's rear window: 0 closed.
    pub rp_window: i64,
    /// Rear trunk: 0 closed.
    pub rt: i64,
    /// 0 off.
    pub santa_mode: i64,
    /// Whether sentry mode is on.
    pub sentry_mode: bool,
    /// Whether sentry mode can be switched on.
    pub sentry_mode_available: bool,
    /// Whether the car is in service mode.
    pub service_mode: bool,
    /// Whether the car is in the extended service mode.
    pub service_mode_plus: bool,
    /// Whether smart summon can be used.
    pub smart_summon_available: bool,
    /// The next software update.
    pub software_update: SoftwareUpdate,
    /// The speed limit set by the owner.
    pub speed_limit_mode: SpeedLimitMode,
    /// Whether the car stays ready for summon.
    pub summon_standby_mode_enabled: bool,
    /// Opening of the sunroof, percent; absent without one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sun_roof_percent_open: Option<i64>,
    /// State of the sunroof; absent without one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sun_roof_state: Option<Text>,
    /// Time of the reading, milliseconds since the epoch.
    pub timestamp: i64,
    /// Whether the tonneau moves; pick-up only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tonneau_in_motion: Option<bool>,
    /// Opening of the tonneau, percent; pick-up only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tonneau_percent_open: Option<i64>,
    /// State of the tonneau; pick-up only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tonneau_state: Option<Text>,
    /// Hard pressure warning, front left.
    pub tpms_hard_warning_fl: bool,
    /// Hard pressure warning, front right.
    pub tpms_hard_warning_fr: bool,
    /// Hard pressure warning, rear left.
    pub tpms_hard_warning_rl: bool,
    /// Hard pressure warning, rear right.
    pub tpms_hard_warning_rr: bool,
    /// Soft pressure warning, front left.
    pub tpms_soft_warning_fl: bool,
    /// Soft pressure warning, front right.
    pub tpms_soft_warning_fr: bool,
    /// Soft pressure warning, rear left.
    pub tpms_soft_warning_rl: bool,
    /// Soft pressure warning, rear right.
    pub tpms_soft_warning_rr: bool,
    /// Time of the last reading, front left, seconds since the epoch.
    pub tpms_last_seen_pressure_time_fl: i64,
    /// Time of the last reading, front right, seconds since the epoch.
    pub tpms_last_seen_pressure_time_fr: i64,
    /// Time of the last reading, rear left, seconds since the epoch.
    pub tpms_last_seen_pressure_time_rl: i64,
    /// Time of the last reading, rear right, seconds since the epoch.
    pub tpms_last_seen_pressure_time_rr: i64,
    /// Pressure, front left, bar.
    pub tpms_pressure_fl: f64,
    /// Pressure, front right, bar.
    pub tpms_pressure_fr: f64,
    /// Pressure, rear left, bar.
    pub tpms_pressure_rl: f64,
    /// Pressure, rear right, bar.
    pub tpms_pressure_rr: f64,
    /// Recommended pressure in front, bar.
    pub tpms_rcp_front_value: f64,
    /// Recommended pressure at the rear, bar.
    pub tpms_rcp_rear_value: f64,
    /// Whether valet mode is on.
    pub valet_mode: bool,
    /// Whether leaving valet mode needs a PIN that has yet to be set.
    pub valet_pin_needed: bool,
    /// The car's name.
    pub vehicle_name: Option<Text>,
    /// Progress of the self test, percent.
    pub vehicle_self_test_progress: i64,
    /// Whether a self test was asked for.
    pub vehicle_self_test_requested: bool,
    /// Whether the cabin camera works.
    pub webcam_available: bool,
}

/// What is playing in the car.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct MediaInfo {
    /// Name of the phone that plays over Bluetooth.
    pub a2dp_source_name: Text,
    /// Volume.
    pub audio_volume: f64,
    /// Step of the volume.
    pub audio_volume_increment: f64,
    /// Highest volume.
    pub audio_volume_max: f64,
    /// `Playing`, `Paused` or `Stopped`.
    pub media_playback_status: Text,
    /// Album.
    pub now_playing_album: Text,
    /// Artist.
    pub now_playing_artist: Text,
    /// Length of the title, milliseconds.
    pub now_playing_duration: i64,
    /// Time played of the title, milliseconds.
    pub now_playing_elapsed: i64,
    /// Number or name of the source.
    pub now_playing_source: Text,
    /// Station.
    pub now_playing_station: Text,
    /// Title.
    pub now_playing_title: Text,
}

/// Whether playback can be controlled.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct MediaState {
    /// Whether remote control is allowed.
    pub remote_control_enabled: bool,
}

/// The next software update and how far it has come.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct SoftwareUpdate {
    /// Downloaded, percent.
    pub download_perc: i64,
    /// Expected length of the installation, seconds.
    pub expected_duration_sec: i64,
    /// Installed, percent.
    pub install_perc: i64,
    /// Start of a scheduled installation, milliseconds since the epoch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scheduled_time_ms: Option<i64>,
    /// Empty, `available`, `scheduled`, `downloading`, `downloading_wifi_wait` or `installing`.
    pub status: Text,
    /// Version on offer; a blank when there is none.
    pub version: Text,
    /// Time until a scheduled installation starts, milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub warning_time_remaining_ms: Option<i64>,
}

/// The speed limit that the owner can set.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct SpeedLimitMode {
    /// Whether it is in force.
    pub active: bool,
    /// The limit, mph.
    pub current_limit_mph: f64,
    /// Highest limit that can be set, mph.
    pub max_limit_mph: i64,
    /// Lowest limit that can be set, mph.
    pub min_limit_mph: i64,
    /// Whether a PIN is set.
    pub pin_code_set: bool,
}
