//! The models and what cars of a model have in common.

use serde::{Deserialize, Serialize};

/// A model of car.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Model {
    /// Model S.
    #[serde(rename = "model_s")]
    ModelS,
    /// Model 3.
    #[default]
    #[serde(rename = "model_3")]
    Model3,
    /// Model X.
    #[serde(rename = "model_x")]
    ModelX,
    /// Model Y.
    #[serde(rename = "model_y")]
    ModelY,
    /// Cybertruck.
    #[serde(rename = "cybertruck")]
    Cybertruck,
}

/// How an ordinary car of a model is built.
#[derive(Debug)]
pub(crate) struct Build {
    /// Name for people.
    pub(crate) name: &'static str,
    /// `car_type` on the wire.
    pub(crate) car_type: &'static str,
    /// `modelCode` in orders.
    pub(crate) order_code: &'static str,
    pub(crate) option_codes: &'static str,
    pub(crate) trim_badging: &'static str,
    pub(crate) wheel_type: &'static str,
    pub(crate) efficiency_package: &'static str,
    pub(crate) rear_drive_unit: &'static str,
    pub(crate) air_suspension: bool,
    /// Energy of the full battery, kWh.
    pub(crate) battery_kwh: f64,
    pub(crate) rated_range_miles: f64,
    /// The most that the battery takes, kW.
    pub(crate) peak_charge_kw: f64,
}

impl Model {
    /// The model that a VIN names with its fourth character.
    #[must_use]
    pub fn from_vin(vin: &str) -> Option<Self> {
        match vin.as_bytes().get(3)? {
            b'S' => Some(Self::ModelS),
            b'3' => Some(Self::Model3),
            b'X' => Some(Self::ModelX),
            b'Y' => Some(Self::ModelY),
            b'C' => Some(Self::Cybertruck),
            _ => None,
        }
    }

    /// The name for people, such as `Model 3`.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.build().name
    }

    /// Whether it is one of the two large models.
    pub(crate) const fn is_large(self) -> bool {
        matches!(self, Self::ModelS | Self::ModelX)
    }

    pub(crate) const fn build(self) -> &'static Build {
        match self {
            Self::ModelS => &Build {
                name: "Model S",
                car_type: "models2",
                order_code: "ms",
                option_codes: "MDLS,PMNG,WS90,IBE00",
                trim_badging: "100d",
                wheel_type: "Tempest19",
                efficiency_package: "MS2021",
                rear_drive_unit: "PM216MOSFET",
                air_suspension: true,
                battery_kwh: 95.0,
                rated_range_miles: 402.0,
                peak_charge_kw: 250.0,
            },
            Self::Model3 => &Build {
                name: "Model 3",
                car_type: "model3",
                order_code: "m3",
                option_codes: "MDL3,PPSB,W40B,APBS,IPB0",
                trim_badging: "74d",
                wheel_type: "Pinwheel18CapKit",
                efficiency_package: "M32021",
                rear_drive_unit: "PM216MOSFET",
                air_suspension: false,
                battery_kwh: 75.0,
                rated_range_miles: 333.0,
                peak_charge_kw: 250.0,
            },
            Self::ModelX => &Build {
                name: "Model X",
                car_type: "modelx",
                order_code: "mx",
                option_codes: "MDLX,PPSW,WX00,IBE00",
                trim_badging: "100d",
                wheel_type: "Cyberstream20",
                efficiency_package: "MX2021",
                rear_drive_unit: "PM216MOSFET",
                air_suspension: true,
                battery_kwh: 95.0,
                rated_range_miles: 335.0,
                peak_charge_kw: 250.0,
            },
            Self::ModelY => &Build {
                name: "Model Y",
                car_type: "modely",
                order_code: "my",
                option_codes: "MDLY,PN00,WY19B,APBS,IPB1",
                trim_badging: "74d",
                wheel_type: "Apollo19",
                efficiency_package: "MY2021",
                rear_drive_unit: "PM216MOSFET",
                air_suspension: false,
                battery_kwh: 75.0,
                rated_range_miles: 310.0,
                peak_charge_kw: 250.0,
            },
            Self::Cybertruck => &Build {
                name: "Cybertruck",
                car_type: "cybertruck",
                order_code: "ct",
                option_codes: "MDLC,PPST,WC20",
                trim_badging: "123d",
                wheel_type: "Cyber20",
                efficiency_package: "CT2024",
                rear_drive_unit: "PM350SIC",
                air_suspension: true,
                battery_kwh: 123.0,
                rated_range_miles: 325.0,
                peak_charge_kw: 325.0,
            },
        }
    }
}
