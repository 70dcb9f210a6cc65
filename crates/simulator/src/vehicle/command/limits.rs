//! Speed limit and parental controls.

use fleetgate_protocol::operations::LimitsCommandOperation as Operation;

use super::{CommandOutcome, ParameterError, Parameters, answer, done};
use crate::vehicle::Vehicle;
use crate::vehicle::security::{Guarded, LIMIT_MAX, LIMIT_MIN, ParentalSetting, Pin};

/// A command to speed limit and parental controls.
#[derive(Clone, Debug, PartialEq)]
pub enum LimitsCommand {
    /// `speed_limit_set_limit`.
    SpeedLimitSetLimit {
        /// The limit, mph.
        mph: f64,
    },
    /// `speed_limit_activate`.
    SpeedLimitActivate(Pin),
    /// `speed_limit_deactivate`.
    SpeedLimitDeactivate(Pin),
    /// `speed_limit_clear_pin`.
    SpeedLimitClearPin(Pin),
    /// `speed_limit_clear_pin_admin`.
    SpeedLimitClearPinAdmin,
    /// `parental_controls_activate`.
    ParentalControlsActivate(Pin),
    /// `parental_controls_deactivate`.
    ParentalControlsDeactivate(Pin),
    /// `parental_controls_enable_setting`.
    ParentalControlsEnableSetting {
        /// Which one.
        setting: ParentalSetting,
        /// Whether it is on.
        enable: bool,
    },
    /// `parental_controls_set_speed_limit`.
    ParentalControlsSetSpeedLimit {
        /// The limit, mph.
        mph: f64,
    },
    /// `parental_controls_clear_pin_admin`.
    ParentalControlsClearPinAdmin,
}

const SETTINGS: [(&str, ParentalSetting); 7] = [
    ("SpeedLimit", ParentalSetting::SpeedLimit),
    ("Acceleration", ParentalSetting::Acceleration),
    ("SafetyFeatures", ParentalSetting::SafetyFeatures),
    ("Curfew", ParentalSetting::Curfew),
    ("BrowserBlocked", ParentalSetting::BrowserBlocked),
    ("TheaterBlocked", ParentalSetting::TheaterBlocked),
    ("ArcadeBlocked", ParentalSetting::ArcadeBlocked),
];

impl LimitsCommand {
    pub(super) fn parse(operation: Operation, parameters: Parameters<'_>) -> Result<Self, ParameterError> {
        let limit = || parameters.number_in("limit_mph", LIMIT_MIN as f64..=LIMIT_MAX as f64);
        let pin = || parameters.pin("pin");
        Ok(match operation {
            Operation::SpeedLimitSetLimit => Self::SpeedLimitSetLimit { mph: limit()? },
            Operation::SpeedLimitActivate => Self::SpeedLimitActivate(pin()?),
            Operation::SpeedLimitDeactivate => Self::SpeedLimitDeactivate(pin()?),
            Operation::SpeedLimitClearPin => Self::SpeedLimitClearPin(pin()?),
            Operation::SpeedLimitClearPinAdmin => Self::SpeedLimitClearPinAdmin,
            Operation::ParentalControlsActivate => Self::ParentalControlsActivate(pin()?),
            Operation::ParentalControlsDeactivate => Self::ParentalControlsDeactivate(pin()?),
            Operation::ParentalControlsEnableSetting => Self::ParentalControlsEnableSetting {
                setting: parameters.choice("setting", &SETTINGS)?,
                enable: parameters.boolean("enable")?,
            },
            Operation::ParentalControlsSetSpeedLimit => Self::ParentalControlsSetSpeedLimit { mph: limit()? },
            Operation::ParentalControlsClearPinAdmin => Self::ParentalControlsClearPinAdmin,
        })
    }

    /// Whether only the owner may give it.
    pub(super) const fn is_for_owner(&self) -> bool {
        matches!(self, Self::SpeedLimitClearPinAdmin | Self::ParentalControlsClearPinAdmin)
    }

    pub(super) fn apply(self, car: &mut Vehicle) -> CommandOutcome {
        let security = &mut car.security;
        match self {
            Self::SpeedLimitSetLimit { mph } => security.speed_limit_mph = mph,
            Self::SpeedLimitActivate(pin) => return answer(security.speed_limit.activate(pin)),
            Self::SpeedLimitDeactivate(pin) => return answer(security.speed_limit.deactivate(Some(&pin))),
            Self::SpeedLimitClearPin(pin) => return answer(security.speed_limit.clear_pin(Some(&pin))),
            Self::SpeedLimitClearPinAdmin => security.speed_limit = Guarded::default(),
            Self::ParentalControlsActivate(pin) => return answer(security.parental.activate(pin)),
            Self::ParentalControlsDeactivate(pin) => return answer(security.parental.deactivate(Some(&pin))),
            Self::ParentalControlsEnableSetting { setting, enable: true } => {
                security.parental_settings.insert(setting);
            }
            Self::ParentalControlsEnableSetting { setting, enable: false } => {
                security.parental_settings.remove(&setting);
            }
            Self::ParentalControlsSetSpeedLimit { mph } => security.parental_mph = mph,
            Self::ParentalControlsClearPinAdmin => security.parental = Guarded::default(),
        }
        done()
    }
}
