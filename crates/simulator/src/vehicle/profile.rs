//! What a car is: everything that does not change while it lives.

use std::sync::LazyLock;

use fleetgate_protocol::Region;
use fleetgate_protocol::vehicle_data::CommandSigning;
use serde::{Deserialize, Serialize};

use super::battery::Charger;
use super::model::Model;
use super::offers::is_paint;
use super::options::{Hardware, Options};
use crate::seed::Seed;
use crate::sky::Coordinates;

/// Paints: what a car calls them, and the codes of the option.
const PAINTS: [(&str, &str); 5] = [
    ("MidnightSilver", "PMNG"),
    ("PearlWhite", "PPSW"),
    ("DeepBlue", "PPSB"),
    ("SolidBlack", "PBSB"),
    ("RedMulticoat", "PPMR"),
];
const STEEL: (&str, &str) = ("SilverMetallic", "PPST");
/// The code of a white interior.
const WHITE_INTERIOR: &str = "IPW0";

/// A car as it was built, sold and named.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct VehicleProfile {
    /// Vehicle identification number.
    pub vin: String,
    /// Identifier for the Fleet API; below 2^53.
    pub id: i64,
    /// Identifier for the old streaming interface; below 2^53.
    pub vehicle_id: i64,
    /// The owner's account number.
    pub user_id: i64,
    /// The name that the owner gave it.
    pub display_name: String,
    /// Option codes, separated by commas.
    pub option_codes: String,
    /// The model.
    pub model: Model,
    /// Whether commands must be signed.
    pub command_signing: CommandSigning,
    /// Version of the car's interface.
    pub api_version: i64,
    /// Software version and build that it came with.
    pub car_version: String,
    /// Paint, such as `MidnightSilver`.
    pub exterior_color: String,
    /// Interior, such as `Black2`.
    pub interior_trim: String,
    /// Badge of the trim, such as `74d`.
    pub trim_badging: String,
    /// Wheels, such as `Pinwheel18CapKit`.
    pub wheel_type: String,
    /// Whether it was built for Europe: charge port, lamps, rules.
    pub eu: bool,
    /// Whether the steering wheel is on the right.
    pub right_hand_drive: bool,
    /// The generation of its hardware.
    pub hardware: Hardware,
    /// What it has that others of its model may not have.
    pub options: Options,
    /// Whether there is Wi-Fi where it parks at home.
    pub home_wifi: bool,
    /// Energy of the full battery, kWh.
    pub battery_kwh: f64,
    /// Rated range of the full battery, miles.
    pub rated_range_miles: f64,
    /// Country of delivery, ISO 3166.
    pub country_code: String,
    /// Language and country, such as `nl_NL`.
    pub locale: String,
    /// IANA name of the time zone at home.
    pub time_zone: String,
    /// Where it parks at home.
    pub home: Coordinates,
}

impl Default for VehicleProfile {
    fn default() -> Self {
        static BLANK: LazyLock<VehicleProfile> = LazyLock::new(|| VehicleProfile::new("", 0, 0, Model::Model3));
        BLANK.clone()
    }
}

impl VehicleProfile {
    /// An ordinary car of a model, at home in California. Its VIN tells the hardware.
    pub fn new(vin: impl Into<String>, id: i64, user_id: i64, model: Model) -> Self {
        let vin = vin.into();
        let seed = Seed::of(&vin);
        let hardware = Hardware::from_vin(&vin).unwrap_or_default();
        let build = model.build();
        let (color, paint) = if model == Model::Cybertruck { STEEL } else { *pick(seed.at("paint"), &PAINTS) };
        let white = !model.is_large() && model != Model::Cybertruck && seed.at("interior").below(2) == 1;
        let codes = build.option_codes.split(',').map(|code| match code {
            code if is_paint(code) => paint,
            "IPB0" | "IPB1" if white => WHITE_INTERIOR,
            code => code,
        });
        let option_codes = codes.collect::<Vec<_>>().join(",");
        Self {
            id,
            vehicle_id: 1_000_000_000 + seed.at("vehicle_id").below(3_000_000_000),
            user_id,
            display_name: build.name.to_owned(),
            option_codes,
            model,
            command_signing: CommandSigning::Allowed,
            api_version: 86,
            car_version: "2026.20.3 1a2b3c4d5e6f".to_owned(),
            exterior_color: color.to_owned(),
            interior_trim: if white { "White2" } else { "Black2" }.to_owned(),
            trim_badging: build.trim_badging.to_owned(),
            wheel_type: build.wheel_type.to_owned(),
            eu: false,
            right_hand_drive: false,
            hardware,
            options: Options::of(model, hardware),
            home_wifi: true,
            battery_kwh: build.battery_kwh,
            rated_range_miles: build.rated_range_miles,
            country_code: "US".to_owned(),
            locale: "en_US".to_owned(),
            time_zone: "America/Los_Angeles".to_owned(),
            home: Coordinates::default(),
            vin,
        }
    }

    /// The same car, built for Europe and at home in Utrecht.
    #[must_use]
    pub fn european(self) -> Self {
        Self {
            eu: true,
            country_code: "NL".to_owned(),
            locale: "nl_NL".to_owned(),
            time_zone: "Europe/Amsterdam".to_owned(),
            home: Coordinates::UTRECHT,
            ..self
        }
    }

    /// The same car, built for China and at home in Shanghai.
    #[must_use]
    pub fn chinese(self) -> Self {
        Self {
            country_code: "CN".to_owned(),
            locale: "zh_CN".to_owned(),
            time_zone: "Asia/Shanghai".to_owned(),
            home: Coordinates::SHANGHAI,
            ..self
        }
    }

    /// The same car, built for a region and at home there.
    #[must_use]
    pub fn of_region(self, region: Region) -> Self {
        match region {
            Region::Na => self,
            Region::Eu => self.european(),
            Region::Cn => self.chinese(),
        }
    }

    /// The region for which it was built.
    #[must_use]
    pub fn region(&self) -> Region {
        match (self.eu, self.country_code.as_str()) {
            (true, _) => Region::Eu,
            (false, "CN") => Region::Cn,
            (false, _) => Region::Na,
        }
    }

    /// The charger at home: 48 A on one phase (11.5 kW) in America, 16 A on three (11 kW) in Europe, 32 A on one (7 kW) in
    /// China.
    #[must_use]
    pub fn home_charger(&self) -> Charger {
        match self.region() {
            Region::Na => Charger::SINGLE_PHASE_48_A,
            Region::Eu => Charger::THREE_PHASE_16_A,
            Region::Cn => Charger::SINGLE_PHASE_32_A,
        }
    }

    /// The fast charger at the road.
    #[must_use]
    pub const fn fast_charger(&self) -> Charger {
        Charger::FAST_250_KW
    }

    /// Rated miles per kWh.
    pub(crate) fn miles_per_kwh(&self) -> f64 {
        self.rated_range_miles / self.battery_kwh
    }

    /// From which everything is drawn that differs between two cars of a kind.
    pub(crate) fn seed(&self) -> Seed {
        Seed::of(&self.vin)
    }
}

fn pick<T>(seed: Seed, choices: &[T]) -> &T {
    &choices[seed.below(choices.len() as i64) as usize]
}
