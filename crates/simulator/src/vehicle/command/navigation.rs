//! Where the car is to go.

use fleetgate_protocol::operations::NavigationCommandOperation as Operation;
use fleetgate_protocol::parameters::whole_number;
use serde_json::Value;

use super::{CommandOutcome, ParameterError, Parameters, done, refused};
use crate::charging::supercharger;
use crate::sky::Coordinates;
use crate::vehicle::Vehicle;
use crate::vehicle::navigation::{MOST_STOPS, StopOrder, Waypoint};

/// The longest text that is shared, bytes.
const LONGEST: usize = 4096;

/// A command to the navigation.
#[derive(Clone, Debug, PartialEq)]
pub enum NavigationCommand {
    /// `navigation_request` and `share`.
    Share {
        /// An address or a link.
        text: String,
    },
    /// `navigation_gps_request`.
    Gps {
        /// Where.
        place: Coordinates,
        /// Where among the stops.
        order: StopOrder,
    },
    /// `navigation_sc_request`.
    Supercharger {
        /// Its number.
        id: i64,
        /// Where among the stops.
        order: StopOrder,
    },
    /// `navigation_waypoints_request`.
    Waypoints {
        /// Ids of places, in their order.
        places: Vec<String>,
    },
}

impl NavigationCommand {
    pub(super) fn parse(operation: Operation, parameters: Parameters<'_>) -> Result<Self, ParameterError> {
        Ok(match operation {
            Operation::NavigationRequest | Operation::Share => {
                parameters.choice("type", &[("share_ext_content_raw", ())])?;
                let text = parameters.read("value", shared_text)?.to_owned();
                parameters.text("locale")?;
                parameters.read("timestamp_ms", milliseconds)?;
                Self::Share { text }
            }
            Operation::NavigationGpsRequest => {
                Self::Gps { place: parameters.place("lat", "lon")?, order: order(parameters)? }
            }
            Operation::NavigationScRequest => {
                Self::Supercharger { id: parameters.integer("id")?, order: order(parameters)? }
            }
            Operation::NavigationWaypointsRequest => {
                Self::Waypoints { places: parameters.read("waypoints", |value| place_ids(value.as_str()?))? }
            }
        })
    }

    pub(super) fn apply(self, car: &mut Vehicle) -> CommandOutcome {
        let stand = car.stand();
        let route = &mut car.navigation;
        let (stop, order) = match self {
            Self::Share { text } => match Waypoint::from_shared_text(&text, stand) {
                Some(stop) => {
                    route.add(stop, StopOrder::Replace);
                    return CommandOutcome { queued: Some(true), ..done() };
                }
                None => return refused("could_not_navigate"),
            },
            Self::Waypoints { places } => {
                route.stops = places.iter().map(|id| Waypoint::from_place_id(id, stand)).collect();
                return done();
            }
            Self::Gps { place, order } => (Waypoint::from_coordinates(place), order),
            Self::Supercharger { id, order } => match supercharger(id) {
                Some((name, place)) => (Waypoint { name: format!("{name} Supercharger"), place }, order),
                None => return refused("not_found"),
            },
        };
        if route.add(stop, order) { done() } else { refused("too_many_stops") }
    }
}

/// The text that a phone shares; some clients send it without the object around it.
fn shared_text(value: &Value) -> Option<&str> {
    let text = value.as_str().or_else(|| value.get("android.intent.extra.TEXT")?.as_str())?;
    (!text.trim().is_empty() && text.len() <= LONGEST).then_some(text)
}

/// Milliseconds since the epoch, as a number or a text.
fn milliseconds(value: &Value) -> Option<i64> {
    whole_number(value).or_else(|| value.as_str()?.parse().ok())
}

fn order(parameters: Parameters<'_>) -> Result<StopOrder, ParameterError> {
    let read =
        |parameters: Parameters<'_>, name| parameters.read(name, |value| StopOrder::from_number(whole_number(value)?));
    Ok(parameters.optional("order", read)?.unwrap_or(StopOrder::Replace))
}

/// The ids of `refId:<id>,refId:<id>`.
fn place_ids(text: &str) -> Option<Vec<String>> {
    let id = |part: &str| part.trim().strip_prefix("refId:").filter(|id| !id.is_empty()).map(str::to_owned);
    let ids: Vec<_> = text.split(',').map(id).collect::<Option<_>>()?;
    (ids.len() <= MOST_STOPS && text.len() <= LONGEST).then_some(ids)
}
