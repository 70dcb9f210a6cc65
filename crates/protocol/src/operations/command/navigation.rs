//! Where the vehicle is to go.

use super::command;
use crate::operations::{Confidence, Kind, Parameter, body, operations, optional};

const ORDER: Parameter = optional(
    "order",
    Kind::Integer,
    "Where among the stops: 0 or 1 replaces them all, 2 puts it first, 3 and more last.",
    "1",
);
const TYPE: Parameter = body("type", Kind::String, "`share_ext_content_raw`.", "\"share_ext_content_raw\"");
const VALUE: Parameter = body(
    "value",
    Kind::Object,
    "The address or link, as `android.intent.extra.TEXT`.",
    r#"{"android.intent.extra.TEXT": "Ferry Building, San Francisco"}"#,
);
const LOCALE: Parameter = body("locale", Kind::String, "Language and country (BCP 47).", "\"en-US\"");
const TIMESTAMP: Parameter =
    body("timestamp_ms", Kind::String, "Milliseconds since the epoch, as a text or a number.", "\"1767000000000\"");

operations! {
    /// Commands to the navigation.
    NavigationCommandOperation {
        NavigationRequest => command!(
            "navigation_request",
            "Sends an address or a link as the destination.",
            body: [TYPE, VALUE, LOCALE, TIMESTAMP],
        ),
        Share => command!(
            "share",
            "Sends an address or a link as the destination, under the older name.",
            body: [TYPE, VALUE, LOCALE, TIMESTAMP],
            confidence: Confidence::ClientCode,
            decision: "It is `navigation_request` in everything but the name.",
        ),
        NavigationGpsRequest => command!(
            "navigation_gps_request",
            "Sends coordinates as a destination.",
            body: [
                body("lat", Kind::Number, "Degrees north.", "37.7955"),
                body("lon", Kind::Number, "Degrees east.", "-122.3937"),
                ORDER,
            ],
        ),
        NavigationScRequest => command!(
            "navigation_sc_request",
            "Sends a Supercharger as a destination.",
            body: [body("id", Kind::Integer, "The charger's number.", "1"), ORDER],
        ),
        NavigationWaypointsRequest => command!(
            "navigation_waypoints_request",
            "Sends a list of places as the route.",
            body: [body(
                "waypoints",
                Kind::String,
                "Places in their order, each as `refId:` and the place's id, separated by commas.",
                "\"refId:ChIJIQBpAG2ahYAR_6128GcTUEo,refId:ChIJw____96GhYARCVVwg5cT7c0\"",
            )],
        ),
    }
}
