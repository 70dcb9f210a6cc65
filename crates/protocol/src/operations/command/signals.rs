//! Horn, lights and what else a vehicle can be heard or seen by.

use super::command;
use crate::operations::{Kind, body, operations, optional};

operations! {
    /// Commands to horn, lights, speaker and garage door.
    SignalsCommandOperation {
        HonkHorn => command!("honk_horn", "Honks the horn twice, in park."),
        FlashLights => command!("flash_lights", "Flashes the headlights briefly, in park."),
        RemoteBoombox => command!(
            "remote_boombox",
            "Plays a sound through the outside speaker, in park.",
            body: [body("sound", Kind::Integer, "0 for a random fart, 2000 for the ping that locates it.", "2000")],
        ),
        TriggerHomelink => command!(
            "trigger_homelink",
            "Opens or closes the garage door that the vehicle stands at.",
            body: [
                body("lat", Kind::Number, "Degrees north of the vehicle.", "37.4419"),
                body("lon", Kind::Number, "Degrees east of the vehicle.", "-122.143"),
                optional("token", Kind::String, "Not looked at.", "\"\""),
            ],
        ),
    }
}
