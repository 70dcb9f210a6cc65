//! What the kinds of faults answer, as the real service would.

use std::time::Duration;

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use fleetgate_gate::{InvalidToken, Principal, Rejection, Serving};
use fleetgate_protocol::fleet_error::FleetError;
use fleetgate_protocol::operations::Device;
use fleetgate_protocol::{Operation, Region, ScopeSet};
use futures_util::stream;
use http::StatusCode;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER, SERVER};
use http_body_util::BodyExt as _;

use super::Kind;
use crate::authorization_server::token::TokenError;
use crate::authorization_server::token::error::RefreshRefusal;
use crate::fleet_api::error;
use crate::http::{json, set_header};
use crate::sandbox::limits::Allowance;
use crate::state::State;

/// How many pieces a slow body comes in for each second.
const PIECES: u64 = 4;

impl Kind {
    /// What a call of the API is answered; `None` when it is carried out all the same.
    pub(crate) fn answer(
        self,
        state: &State,
        row: &Operation,
        principal: Option<&Principal>,
        serving: &Serving,
        seconds: f64,
    ) -> Option<Response> {
        let rejected = |rejection: &Rejection| state.gate.respond(rejection).map(Body::from);
        let client_id = principal.map_or_else(String::new, |principal| principal.client_id.clone());
        Some(match self {
            Self::ExpiredToken => {
                let now = state.now().div_euclid(1_000_000);
                rejected(&Rejection::Expired { expired_at: now, now })
            }
            Self::InvalidToken => rejected(&InvalidToken::Signature.into()),
            Self::UnknownUser => rejected(&Rejection::UnknownUser),
            Self::ConsentRevoked => rejected(&Rejection::ConsentRevoked),
            Self::MobileAccessDisabled => error(&FleetError::mobile_access_disabled()),
            Self::AccountDisabled => rejected(&Rejection::Disabled("EXCEEDED_LIMIT".to_owned())),
            Self::MissingScopes => {
                rejected(&Rejection::MissingScope { needed: row.scopes_any.to_vec(), shown: ScopeSet::default() })
            }
            Self::Firewall => firewall(),
            Self::DeviceOffline if row.device == Some(Device::EnergySite) => {
                error(&FleetError::envelope(408, "device unavailable"))
            }
            Self::DeviceOffline => error(&FleetError::vehicle_unavailable()),
            Self::NotRegistered => rejected(&Rejection::NotRegistered {
                client_id,
                base_url: serving.base_url.clone(),
                documentation_url: serving.documentation_url.clone(),
            }),
            Self::OutOfRegion => {
                let home = if serving.region == Some(Region::Eu) { Region::Na } else { Region::Eu };
                rejected(&Rejection::OutOfRegion {
                    home,
                    base_url: serving.region_urls.get(home).to_owned(),
                    documentation_url: serving.documentation_url.clone(),
                })
            }
            Self::KeyDownloadFailed => error(&FleetError::public_key_download_failed()),
            Self::RateLimited => {
                let allowance = whole(seconds);
                let mut response = error(&FleetError::too_many_requests(allowance.reset));
                allowance.tell(&mut response);
                response
            }
            Self::ServerError => error(&FleetError::internal()),
            Self::Unavailable => error(&FleetError::unavailable()),
            // The text is inferred.
            Self::GatewayTimeout => error(&FleetError::envelope(504, "gateway timeout")),
            Self::DeviceError => error(&FleetError::envelope(540, "device unexpected response")),
            Self::CutConnection => Response::new(Body::empty()),
            Self::LoginRequired | Self::Latency | Self::SlowBody | Self::LostAnswer | Self::RacingRefresh => {
                return None;
            }
        })
    }

    /// What a request to the authorization server is answered; `None` when it is carried out all the same.
    pub(super) fn oauth_answer(self, state: &State, seconds: f64) -> Option<Response> {
        let dialect = state.config.dialect.errors;
        let refused = |refusal| TokenError::Refresh(refusal).response(dialect);
        let error = |status: StatusCode, error: &str, description: &str| {
            json(status, &serde_json::json!({"error": error, "error_description": description}))
        };
        Some(match self {
            Self::ConsentRevoked => refused(RefreshRefusal::ConsentRevoked),
            Self::LoginRequired => refused(RefreshRefusal::Invalid),
            Self::Firewall => firewall(),
            Self::RateLimited => TokenError::TooMany(whole(seconds)).response(dialect),
            Self::ServerError => error(StatusCode::INTERNAL_SERVER_ERROR, "server_error", "Internal server error"),
            Self::Unavailable => {
                let status = StatusCode::SERVICE_UNAVAILABLE;
                let mut response = error(status, "temporarily_unavailable", "Service unavailable");
                set_header(&mut response, RETRY_AFTER, "1");
                response
            }
            Self::GatewayTimeout => error(StatusCode::GATEWAY_TIMEOUT, "temporarily_unavailable", "Gateway timeout"),
            Self::CutConnection => Response::new(Body::empty()),
            // The others happen to the API alone, or not to what is answered.
            _ => return None,
        })
    }
}

/// Nothing is left of a limit for so many seconds.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "an order has no more than a day")]
fn whole(seconds: f64) -> Allowance {
    Allowance::none(60, seconds.ceil() as u64)
}

/// What a web application firewall answers in front of everything: a page, which is no JSON.
fn firewall() -> Response {
    const PAGE: &str = "<HTML><HEAD>\n<TITLE>Access Denied</TITLE>\n</HEAD><BODY>\n<H1>Access Denied</H1>\n \
                        You don't have permission to access this resource on this server.\n</BODY>\n</HTML>\n";
    let mut response = Response::new(Body::from(PAGE));
    *response.status_mut() = StatusCode::FORBIDDEN;
    set_header(&mut response, CONTENT_TYPE, "text/html");
    set_header(&mut response, SERVER, "firewall");
    response
}

/// In how many pieces of which length a body comes, and how long the pause is before each. A piece has an octet at least;
/// an empty body ends after the whole time.
fn portions(octets: usize, time: Duration) -> (usize, usize, Duration) {
    let most = usize::try_from((time.as_secs() * PIECES).max(2)).unwrap_or(usize::MAX);
    let length = octets.div_ceil(most).max(1);
    let pieces = octets.div_ceil(length).max(1);
    (pieces, length, time / u32::try_from(pieces).unwrap_or(u32::MAX))
}

/// Lets the body come a little at a time, so that the whole takes so long.
pub(super) fn slow_down(response: &mut Response, time: Duration) {
    let body = std::mem::take(response.body_mut());
    let slow = async move {
        // The bodies of answers are in memory already.
        let bytes = body.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
        let (pieces, length, pause) = portions(bytes.len(), time);
        stream::unfold((bytes, pieces), move |(mut rest, left)| async move {
            let left = left.checked_sub(1)?;
            tokio::time::sleep(pause).await;
            let piece = rest.split_to(length.min(rest.len()));
            Some((Ok::<Bytes, std::convert::Infallible>(piece), (rest, left)))
        })
    };
    response.headers_mut().remove(CONTENT_LENGTH);
    *response.body_mut() = Body::from_stream(futures_util::StreamExt::flatten(stream::once(slow)));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slow_body_takes_its_whole_time_however_short_it_is() {
        for octets in [0, 1, 40, 209, 6_000, 500_000] {
            for seconds in [0.5, 1.0, 60.0, 600.0] {
                let time = Duration::from_secs_f64(seconds);
                let (pieces, length, pause) = portions(octets, time);
                assert!(pieces * length >= octets && (pieces - 1) * length <= octets, "{octets} {seconds}");
                let whole = pause * u32::try_from(pieces).unwrap();
                assert!(time - whole < Duration::from_millis(1), "{octets} in {seconds} s takes {whole:?}");
            }
        }
    }
}
