//! The block `vehicle_config`.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Text;

/// How the car was built.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct VehicleConfig {
    /// `Eu` or `NaPremium`.
    pub aux_park_lamps: Text,
    /// Version of the badges.
    pub badge_version: i64,
    /// Whether destinations may be sent.
    pub can_accept_navigation_requests: bool,
    /// Whether the trunks open remotely.
    pub can_actuate_trunks: bool,
    /// `base`, as a rule.
    pub car_special_type: Text,
    /// `models2`, `model3`, `modelx`, `modely`, `cybertruck` and others.
    pub car_type: Text,
    /// `US`, `EU`, `CCS` or `GB`.
    pub charge_port_type: Text,
    /// Whether overheat protection has a temperature setting.
    pub cop_user_set_temp_supported: bool,
    /// Whether dashcam clips can be saved.
    pub dashcam_clip_save_supported: bool,
    /// Whether the charge limit is 100 % by default.
    pub default_charge_to_max: bool,
    /// `TeslaAP3` or `TeslaAP4`.
    pub driver_assist: Text,
    /// Whether the European rules for driver assistance apply.
    pub ece_restrictions: bool,
    /// Such as `MY2021`, `M32021`.
    pub efficiency_package: Text,
    /// Whether the car was built for Europe.
    pub eu_vehicle: bool,
    /// Such as `DeepBlue`, `MidnightSilver`, `PearlWhite`.
    pub exterior_color: Text,
    /// `Black` or `Chrome`.
    pub exterior_trim: Text,
    /// Usually empty.
    pub exterior_trim_override: Text,
    /// Whether the suspension can be raised.
    pub has_air_suspension: bool,
    /// Whether ludicrous mode exists.
    pub has_ludicrous_mode: bool,
    /// Whether the front seats are ventilated.
    pub has_seat_cooling: bool,
    /// `Global` or `Premium`.
    pub headlamp_type: Text,
    /// Such as `Black2`, `White2`.
    pub interior_trim_type: Text,
    /// 2 for phone keys.
    pub key_version: i64,
    /// Whether the charge port opens by motor.
    pub motorized_charge_port: bool,
    /// Red, green, blue and two finishes, separated by commas.
    pub paint_color_override: Text,
    /// `Base` or `Performance`.
    pub performance_package: Text,
    /// Whether the liftgate is powered.
    pub plg: bool,
    /// Whether there is a pedestrian warning speaker.
    pub pws: bool,
    /// Such as `PM216MOSFET`.
    pub rear_drive_unit: Text,
    /// 1 when the rear seats are heated.
    pub rear_seat_heaters: i64,
    /// Kind of rear seats.
    pub rear_seat_type: i64,
    /// Whether the steering wheel is on the right.
    pub rhd: bool,
    /// Such as `RoofColorGlass`.
    pub roof_color: Text,
    /// Kind of front seats.
    pub seat_type: Option<i64>,
    /// `None` or a spoiler's name.
    pub spoiler_type: Text,
    /// Kind of sunroof; null on cars that never had one.
    pub sun_roof_installed: Option<i64>,
    /// Whether a key can be paired by QR code.
    pub supports_qr_pairing: bool,
    /// `None` or the kind of seats.
    pub third_row_seats: Text,
    /// Time of the reading, milliseconds since the epoch.
    pub timestamp: i64,
    /// Such as `74d`, `p74d`, `50`.
    pub trim_badging: Text,
    /// Whether the badge names the range.
    pub use_range_badging: bool,
    /// Offset of the car's clock from UTC, seconds.
    pub utc_offset: i64,
    /// Whether the cabin camera takes pictures.
    pub webcam_selfie_supported: bool,
    /// Whether there is a cabin camera.
    pub webcam_supported: bool,
    /// Such as `Apollo19`, `Pinwheel18CapKit`.
    pub wheel_type: Text,
}
