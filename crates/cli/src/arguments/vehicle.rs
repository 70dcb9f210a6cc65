//! What happens at a vehicle of the sandbox.

use clap::{Args, Subcommand, ValueEnum};
use fleetgate_server::sandbox::vehicles::{ChargerKind, Coordinates};

use super::Place;

#[derive(Debug, Subcommand)]
pub(crate) enum Vehicle {
    /// Shows where it is and what it does, which wakes nobody.
    Show(OneVehicle),
    /// Somebody drives off, and stops at fast chargers if the battery asks for it.
    Drive(DriveVehicle),
    /// Somebody plugs it in where it stands.
    PlugIn(PlugInVehicle),
    /// Somebody takes the plug out.
    Unplug(OneVehicle),
    /// Somebody sits down in it, which keeps it awake.
    GetIn(OneVehicle),
    /// Nobody sits in it any more.
    GetOut(OneVehicle),
    /// It leaves the mobile network, and cannot be reached.
    LoseNetwork(OneVehicle),
    /// It is back in the mobile network.
    FindNetwork(OneVehicle),
    /// The next version of its software is downloaded, and waits to be installed.
    OfferUpdate(OneVehicle),
    /// It is brought to the service for two days.
    BringToService(OneVehicle),
}

#[derive(Debug, Args)]
pub(crate) struct OneVehicle {
    /// The vehicle; `fleetgate world` lists them.
    pub(crate) vin: String,
    #[command(flatten)]
    pub(crate) place: Place,
    /// For programs; as `GET /sandbox/vehicles/{vin}` answers.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct DriveVehicle {
    #[command(flatten)]
    pub(crate) vehicle: OneVehicle,
    /// Where to, degrees, such as `37.3382,-121.8863`.
    #[arg(long, value_name = "LATITUDE,LONGITUDE", value_parser = coordinates, allow_hyphen_values = true)]
    pub(crate) to: Coordinates,
    /// What the place is called.
    #[arg(long, default_value = "")]
    pub(crate) name: String,
    /// The car is plugged in there.
    #[arg(long)]
    pub(crate) plug_in: bool,
}

#[derive(Debug, Args)]
pub(crate) struct PlugInVehicle {
    #[command(flatten)]
    pub(crate) vehicle: OneVehicle,
    /// Into what.
    #[arg(long, value_name = "CHARGER", default_value = "home")]
    pub(crate) charger: Charger,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Charger {
    /// Alternating current, as at home.
    Home,
    /// Direct current of 250 kW, which is billed.
    Fast,
}

impl From<Charger> for ChargerKind {
    fn from(charger: Charger) -> Self {
        match charger {
            Charger::Home => Self::Home,
            Charger::Fast => Self::Fast,
        }
    }
}

/// `LATITUDE,LONGITUDE` in degrees.
fn coordinates(text: &str) -> Result<Coordinates, String> {
    let degrees = |text: &str| text.trim().parse::<f64>().ok();
    let (latitude, longitude) = text.split_once(',').ok_or("write it as `37.3382,-121.8863`")?;
    let both = degrees(latitude).zip(degrees(longitude)).ok_or("write degrees, such as `37.3382,-121.8863`")?;
    Ok(Coordinates { latitude: both.0, longitude: both.1 })
}
