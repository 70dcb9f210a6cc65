//! `fleetgate vehicle`.

use fleetgate_server::sandbox::vehicles::{Event, Truth, happen, look};

use crate::Exit;
use crate::arguments::{OneVehicle, Vehicle};
use crate::output::print;

/// Lets something happen in the database. A sandbox that runs there tells of it from then on.
pub(crate) async fn run(command: Vehicle) -> anyhow::Result<Exit> {
    let (vehicle, event) = match command {
        Vehicle::Show(vehicle) => (vehicle, None),
        Vehicle::Drive(drive) => {
            (drive.vehicle, Some(Event::Drive { to: drive.to, name: drive.name, plug_in: drive.plug_in }))
        }
        Vehicle::PlugIn(plug) => (plug.vehicle, Some(Event::PlugIn { charger: plug.charger.into() })),
        Vehicle::Unplug(vehicle) => (vehicle, Some(Event::Unplug {})),
        Vehicle::GetIn(vehicle) => (vehicle, Some(Event::GetIn {})),
        Vehicle::GetOut(vehicle) => (vehicle, Some(Event::GetOut {})),
        Vehicle::LoseNetwork(vehicle) => (vehicle, Some(Event::LoseNetwork {})),
        Vehicle::FindNetwork(vehicle) => (vehicle, Some(Event::FindNetwork {})),
        Vehicle::OfferUpdate(vehicle) => (vehicle, Some(Event::OfferUpdate {})),
        Vehicle::BringToService(vehicle) => (vehicle, Some(Event::BringToService {})),
    };
    let OneVehicle { vin, place, json } = vehicle;
    let state = crate::sandbox::open(&place).await?;
    let vin = vin.to_ascii_uppercase();
    let truth = match event {
        None => look(&state, &vin).await?,
        Some(event) => happen(&state, &vin, event).await?,
    };
    print(&if json { format!("{}\n", serde_json::to_string_pretty(&truth)?) } else { as_text(&truth) });
    Ok(Exit::Success)
}

fn as_text(truth: &Truth) -> String {
    let Truth { vin, state, latitude, longitude, driving_to, occupied, charging_state, in_service } = truth;
    let doing = match driving_to.as_deref() {
        Some("") => "driving".to_owned(),
        Some(name) => format!("driving to {name}"),
        None => "parked".to_owned(),
    };
    let (state, charging) = (state.as_str(), charging_state.as_str());
    let mut text = format!("{vin}  {state}, {doing}, {charging}\nat {latitude:.6}, {longitude:.6}\n");
    if *occupied {
        text.push_str("somebody sits in it\n");
    }
    if *in_service {
        text.push_str("it is with the service\n");
    }
    text
}
