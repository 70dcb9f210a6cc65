//! What a car has that others of its model may not have.

use serde::{Deserialize, Serialize};

use super::model::Model;

/// The generation of a car's computers and cabin.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Hardware {
    /// Built before the model year 2021.
    Old,
    /// Built since.
    #[default]
    New,
}

impl Hardware {
    /// The generation of the model year that a VIN names with its tenth character, where that is one.
    #[must_use]
    pub fn from_vin(vin: &str) -> Option<Self> {
        match vin.as_bytes().get(9)? {
            b'A'..=b'L' => Some(Self::Old),
            b'M'..=b'Y' => Some(Self::New),
            _ => None,
        }
    }
}

macro_rules! options {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {
        /// Options of a car: what it has not, it neither shows nor obeys.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(default)]
        pub struct Options {
            $($(#[$doc])* pub $name: bool),*
        }

        /// Options that differ from those of an ordinary car.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(default, deny_unknown_fields)]
        pub struct OptionChanges {
            $($(#[$doc])* pub $name: Option<bool>),*
        }

        impl Options {
            /// The options with some of them changed.
            #[must_use]
            pub fn changed(self, changes: OptionChanges) -> Self {
                Self { $($name: changes.$name.unwrap_or(self.$name)),* }
            }
        }
    };
}

options! {
    /// Air suspension.
    air_suspension,
    /// An air filter for bioweapon defence.
    bioweapon_defence,
    /// A camera in the cabin.
    cabin_camera,
    /// A heated steering wheel; on new hardware it has levels.
    heated_steering_wheel,
    /// A transmitter for garage doors.
    homelink,
    /// A charge port that closes by motor.
    motorized_charge_port,
    /// A speaker that warns pedestrians, which also plays sounds.
    pedestrian_speaker,
    /// A front trunk that also closes by motor.
    powered_front_trunk,
    /// A rear trunk that also closes by motor.
    powered_rear_trunk,
    /// Heaters in the rear seats.
    rear_seat_heaters,
    /// Ventilated front seats.
    seat_cooling,
    /// A glass roof that opens.
    sunroof,
    /// A third row of seats.
    third_row,
}

impl Default for Options {
    fn default() -> Self {
        Self::of(Model::default(), Hardware::default())
    }
}

impl Options {
    /// The options of an ordinary car.
    #[must_use]
    pub fn of(model: Model, hardware: Hardware) -> Self {
        let new = hardware == Hardware::New;
        let large = matches!(model, Model::ModelS | Model::ModelX);
        let truck = model == Model::Cybertruck;
        Self {
            air_suspension: model.build().air_suspension,
            bioweapon_defence: large || truck || new && model == Model::ModelY,
            cabin_camera: new || !large,
            heated_steering_wheel: new || large,
            homelink: large || !new,
            motorized_charge_port: true,
            pedestrian_speaker: new,
            powered_front_trunk: truck,
            powered_rear_trunk: large || new && !truck,
            rear_seat_heaters: true,
            seat_cooling: new && (large || truck),
            sunroof: false,
            third_row: model == Model::ModelX,
        }
    }
}
