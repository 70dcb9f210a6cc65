//! Faults of the authorization server: a layer around its endpoints, in the sandbox alone.

use axum::body::{Body, Bytes};
use axum::extract::{MatchedPath, Request as HttpRequest, State as Extract};
use axum::middleware::Next;
use axum::response::Response;
use fleetgate_gate::{BufferedBody, Requirement};
use fleetgate_protocol::parameters::Parameters;
use fleetgate_protocol::refresh_token::RefreshToken;
use http::request::Parts;

use super::{Kind, Place, Request};
use crate::authorization_server::{client_authentication, token};
use crate::entropy::uuid_text;
use crate::fleet_api::devices;
use crate::http::Received;
use crate::layers::Logged;
use crate::state::{Shared, State};

/// The token endpoint.
pub(super) const TOKEN: &str = "token";

/// The endpoints that faults can name, as the request log does, each with the end of its path.
const ENDPOINTS: [(&str, &str); 8] = [
    (TOKEN, "/token"),
    ("authorize", "/authorize"),
    ("userinfo", "/userinfo"),
    ("revoke", "/revoke"),
    ("introspect", "/introspect"),
    ("logout", "/logout"),
    ("metadata", "/openid-configuration"),
    ("keys", "/keys"),
];

/// The endpoint of a name.
pub(super) fn endpoint(name: &str) -> Option<&'static str> {
    ENDPOINTS.iter().map(|(known, _)| *known).find(|known| *known == name)
}

/// The names of all endpoints, for people.
pub(super) fn names() -> String {
    ENDPOINTS.map(|(name, _)| format!("`{name}`")).join(", ")
}

fn endpoint_of(request: &HttpRequest) -> Option<&'static str> {
    let path = request.extensions().get::<MatchedPath>()?.as_str().trim_end_matches('/');
    ENDPOINTS.iter().find(|(_, end)| path.ends_with(end)).map(|(name, _)| *name)
}

/// Lets a fault strike a request, or passes it on.
pub(crate) async fn around(Extract(state): Extract<Shared>, request: HttpRequest, next: Next) -> Response {
    let Some(conditions) = &state.conditions else { return next.run(request).await };
    let place = endpoint_of(&request).map(Place::AuthorizationServer);
    let list = conditions.faults().kept.document();
    let Some(place) = place.filter(|place| list.has_active(*place, state.now())) else {
        return next.run(request).await;
    };
    let (parts, body) = request.into_parts();
    let body_bytes = parts.extensions.get::<BufferedBody>().map(|body| body.0.clone()).unwrap_or_default();
    let received = Received { parts, body: body_bytes.clone() };
    let shown = Shown::of(&state, place, &received).await;
    let strike = conditions.faults().strike(&state, &shown.request(place)).await;
    let request = HttpRequest::from_parts(received.parts, body);
    let Some(strike) = strike else { return next.run(request).await };
    if strike.kind() == Kind::RacingRefresh {
        // The other process is quicker; nobody sees its answer.
        drop(next.clone().run(twin(&request, &body_bytes)).await);
    }
    let mut response = match strike.kind().oauth_answer(&state, strike.seconds()) {
        Some(response) => response,
        None => next.run(request).await,
    };
    strike.disturb(&mut response);
    let logged = Logged::of(&mut response);
    logged.operation = Some(place.name());
    logged.application = logged.application.take().or(shown.client_id);
    logged.reason = Some(strike.sentence());
    response
}

/// What a request shows of who asks.
#[derive(Debug, Default)]
struct Shown {
    client_id: Option<String>,
    account_id: Option<String>,
    refreshes: bool,
}

impl Shown {
    async fn of(state: &State, place: Place, received: &Received) -> Self {
        match place.name() {
            "userinfo" => Self::by_token(state, &received.parts),
            TOKEN | "revoke" | "introspect" => match token::read(received) {
                Ok(body) => Self::by_client(state, &received.parts, &body).await,
                Err(_) => Self::default(),
            },
            _ => {
                let query = Parameters::from_form(received.query().as_bytes()).unwrap_or_default();
                let application = query.get("client_id").and_then(|id| state.directory.application(id));
                Self { client_id: application.map(|application| application.client_id.clone()), ..Self::default() }
            }
        }
    }

    async fn by_client(state: &State, parts: &Parts, body: &Parameters) -> Self {
        let token = body.get("refresh_token").filter(|_| body.get("grant_type") == Some("refresh_token"));
        let family = token.and_then(|token| RefreshToken::open(token, |number| state.keys.mac(number)).ok());
        let grant = match &family {
            Some(family) => state.store.grant(&uuid_text(family.family)).await.ok().flatten(),
            None => None,
        };
        Self {
            client_id: client_authentication::named(state, &parts.headers, body),
            account_id: grant.and_then(|grant| grant.account_id),
            refreshes: token.is_some(),
        }
    }

    fn by_token(state: &State, parts: &Parts) -> Self {
        let (_, decision) = state.gate.check(parts, &Requirement::any_of("userinfo", []));
        let Some(principal) = decision.principal else { return Self::default() };
        Self {
            account_id: devices::account_of(state, &principal),
            client_id: Some(principal.client_id.clone()),
            refreshes: false,
        }
    }

    fn request(&self, place: Place) -> Request<'_> {
        Request {
            place,
            client_id: self.client_id.as_deref(),
            account_id: self.account_id.as_deref(),
            device: None,
            refreshes: self.refreshes,
        }
    }
}

/// The same request once more.
fn twin(request: &HttpRequest, body: &Bytes) -> HttpRequest {
    let mut twin = HttpRequest::new(Body::from(body.clone()));
    *twin.method_mut() = request.method().clone();
    *twin.uri_mut() = request.uri().clone();
    *twin.headers_mut() = request.headers().clone();
    *twin.extensions_mut() = request.extensions().clone();
    twin
}
