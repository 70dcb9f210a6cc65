//! Cars at the wall connectors of their household's energy site.

use super::*;
use crate::harness::{HOUR, Place, on_both};

on_both!(a_site_feeds_the_car_that_charges_at_home, a_command_to_the_car_is_a_load_that_the_site_sees);

/// Robin's site, and everything of a token that Robin gave.
struct Household {
    sandbox: Sandbox,
    token: String,
    site: String,
}

impl Household {
    async fn at(place: Place) -> Self {
        let sandbox = Sandbox::start(place).await;
        let token = token_of(&sandbox, ROBIN).await;
        let products = response(&sandbox, "/api/1/products", &token).await;
        let id = products.as_array().expect("a list").iter().find_map(|product| product["energy_site_id"].as_i64());
        let site = format!("/api/1/energy_sites/{}", id.expect("a site"));
        Self { sandbox, token, site }
    }

    async fn happens(&self, event: Value) {
        let answer = self.sandbox.post_json(&format!("/sandbox/vehicles/{KESTREL}"), &event).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
    }

    async fn commanded(&self, command: &str, body: Value) {
        let path = format!("/api/1/vehicles/{KESTREL}/command/{command}");
        let answer = post(&self.sandbox, &path, &self.token, body).await;
        assert_eq!(answer.json()["response"]["result"], true, "{}", answer.text);
    }

    /// What the house takes, and the first wall connector without its number.
    async fn status(&self) -> (i64, Value) {
        let mut status = response(&self.sandbox, &format!("{}/live_status", self.site), &self.token).await;
        let mut connector = status["wall_connectors"][0].take();
        connector.as_object_mut().expect("a wall connector").remove("din");
        (status["load_power"].as_i64().expect("watts"), connector)
    }
}

fn connector(vin: Option<&str>, state: i64, watts: i64) -> Value {
    let mut connector = json!({
        "wall_connector_state": state,
        "wall_connector_fault_state": 2,
        "wall_connector_power": watts,
        "ocpp_status": 0,
    });
    if let Some(vin) = vin {
        connector["vin"] = json!(vin);
    }
    connector
}

async fn a_command_to_the_car_is_a_load_that_the_site_sees(place: Place) {
    let home = Household::at(place).await;
    home.happens(json!({"event": "unplug"})).await;
    let (idle, unplugged) = home.status().await;
    assert_eq!(unplugged, connector(None, 2, 0));
    home.commanded("set_charge_limit", json!({"percent": 100})).await;
    home.happens(json!({"event": "plug_in"})).await;
    assert_eq!(home.status().await, (idle + 11_520, connector(Some(KESTREL), 1, 11_520)));
    home.commanded("set_charging_amps", json!({"charging_amps": 8})).await;
    assert_eq!(home.status().await, (idle + 1_920, connector(Some(KESTREL), 1, 1_920)));
    home.commanded("charge_stop", json!({})).await;
    assert_eq!(home.status().await, (idle, connector(Some(KESTREL), 4, 0)));
    // At a fast charger it is not at home's, wherever that is.
    home.happens(json!({"event": "unplug"})).await;
    home.happens(json!({"event": "plug_in", "charger": "fast"})).await;
    assert_eq!(home.status().await, (idle, connector(None, 2, 0)));
}

async fn a_site_feeds_the_car_that_charges_at_home(place: Place) {
    let home = Household::at(place).await;
    home.happens(json!({"event": "unplug"})).await;
    let begin = home.sandbox.now();
    home.happens(json!({"event": "plug_in"})).await;
    home.sandbox.clock.advance(HOUR / 2);
    home.happens(json!({"event": "unplug"})).await;
    home.sandbox.clock.advance(HOUR / 2);
    // Choosing something does not make the site forget what the car took.
    let reserve = json!({"backup_reserve_percent": 35});
    assert_eq!(post(&home.sandbox, &format!("{}/backup", home.site), &home.token, reserve).await.status, 200);
    let seconds = begin / 1_000_000;
    let history = format!(
        "{}/telemetry_history?kind=charge&start_date={}&end_date={}",
        home.site,
        stamp(seconds - 1),
        stamp(seconds + 3600)
    );
    let history = response(&home.sandbox, &history, &home.token).await;
    let sessions = history["charge_history"].as_array().expect("a list");
    let session = json!({
        "charge_start_time": {"seconds": seconds},
        "charge_duration": {"seconds": 1800},
        "energy_added_wh": 5760,
    });
    assert!(sessions.contains(&session), "{history}");
}

/// A moment in RFC 3339, from seconds since the epoch.
fn stamp(seconds: i64) -> jiff::Timestamp {
    jiff::Timestamp::from_second(seconds).expect("a moment")
}
