//! The sandbox's pages for people, and the documents that come from the table.

use axum::extract::State as Extract;
use axum::response::Response;
use fleetgate_protocol::ApplicationKind;
use fleetgate_protocol::documents;
use fleetgate_store::{AccountKind, DeviceKind};
use http::StatusCode;
use http::header::CONTENT_TYPE;

use super::refusal::Refused;
use super::world::WorldDescription;
use super::{commands, describe_world, requests};
use crate::config::DialectName;
use crate::http::{Received, json_bytes, set_header};
use crate::pages::{
    LoggedCheck, LoggedRequest, Portal, PortalAccount, PortalApplication, PortalCommand, PortalDocument, PortalSite,
    PortalVehicle, Reference, RequestLog, page,
};
use crate::state::{Shared, State};

/// How many requests the page shows.
const SHOWN: u32 = 200;

/// `GET /`.
pub(super) async fn portal(Extract(state): Extract<Shared>, _: Received) -> Result<Response, Refused> {
    let mut world = describe_world(&state).await?;
    let mut people = Vec::new();
    for account in world.accounts {
        // A business does not sign in.
        let kind = state.store.account_by_email(&account.email).await?.map(|account| account.kind);
        people.extend((kind == Some(AccountKind::Person)).then_some(account));
    }
    world.accounts = people;
    let names = names(&state).await?;
    Ok(page(&view(&state, world, &names), StatusCode::OK))
}

/// The names that owners gave their devices, by VIN or site id.
async fn names(state: &State) -> Result<Vec<(String, String)>, Refused> {
    let mut names = Vec::new();
    for (kind, path) in [(DeviceKind::Vehicle, "/profile/display_name"), (DeviceKind::EnergySite, "/profile/site_name")]
    {
        for device in state.store.all_devices(kind).await? {
            let document: serde_json::Value = serde_json::from_str(&device.document).unwrap_or_default();
            let name = document.pointer(path).and_then(serde_json::Value::as_str).unwrap_or_default().to_owned();
            names.push((device.key, name));
        }
    }
    Ok(names)
}

fn view(state: &State, world: WorldDescription, names: &[(String, String)]) -> Portal {
    let commands = commands::commands(&world, state.sandbox_secret.as_deref());
    let name =
        |key: &str| names.iter().find(|(known, _)| known == key).map(|(_, name)| name.clone()).unwrap_or_default();
    Portal {
        sandbox: true,
        base_url: world.base_url,
        issuer: world.issuer,
        dialect: match state.config.dialect.errors {
            DialectName::FleetApi => "fleet-api".to_owned(),
            DialectName::Rfc => "rfc".to_owned(),
        },
        clock: state.sandbox_clock.as_ref().and_then(|clock| clock.reading().notice()),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        documents: documents_list(),
        commands: commands
            .into_iter()
            .map(|command| PortalCommand { title: command.title.to_owned(), text: command.text })
            .collect(),
        accounts: world
            .accounts
            .into_iter()
            .map(|account| PortalAccount {
                email: account.email,
                password: account.password.unwrap_or_default(),
                region: account.region.to_string(),
            })
            .collect(),
        applications: world
            .applications
            .into_iter()
            .map(|application| PortalApplication {
                name: application.name,
                kind: kind(application.kind).to_owned(),
                client_id: application.client_id,
                redirect_uris: application.redirect_uris,
                domain: application.domain,
            })
            .collect(),
        vehicles: world
            .vehicles
            .into_iter()
            .map(|vehicle| PortalVehicle {
                name: name(&vehicle.vin),
                id: vehicle.id.to_string(),
                owner: vehicle.owner,
                state: vehicle.state.as_str().to_owned(),
                vin: vehicle.vin,
            })
            .collect(),
        sites: world
            .energy_sites
            .into_iter()
            .map(|site| {
                let id = site.energy_site_id.to_string();
                PortalSite { name: name(&id), id, owner: site.owner }
            })
            .collect(),
    }
}

fn kind(kind: ApplicationKind) -> &'static str {
    match kind {
        ApplicationKind::ThirdParty => "third-party",
        ApplicationKind::Partner => "partner",
        ApplicationKind::OpenSource => "open-source",
    }
}

fn documents_list() -> Vec<PortalDocument> {
    let document = |title: &str, href: &str, description: &str| PortalDocument {
        title: title.to_owned(),
        href: href.to_owned(),
        description: description.to_owned(),
    };
    vec![
        document(
            "Metadata",
            "/oauth2/v3/thirdparty/.well-known/openid-configuration",
            "Where the authorization server does what, for programs.",
        ),
        document("Keys", "/oauth2/v3/discovery/thirdparty/keys", "What tokens are verified with."),
        document("Reference", "/reference", "Every operation, with the scopes and token types that open it."),
        document("Markdown", "/docs/operations.md", "The same as one file to read or to search."),
        document("OpenAPI", "/docs/openapi.json", "The same for programs, version 3.1."),
        document(
            "Postman collection",
            "/docs/fleetgate.postman_collection.json",
            "How to get a token of each type, then every operation.",
        ),
        document(
            "World",
            "/sandbox/world",
            "Everything on this page for programs, with the secrets of the applications.",
        ),
    ]
}

/// `GET /requests`.
pub(super) async fn request_log(Extract(state): Extract<Shared>, _: Received) -> Result<Response, Refused> {
    let requests = requests::newest(&state, SHOWN).await?;
    let view = RequestLog { sandbox: true, requests: requests.into_iter().map(logged).collect(), older_url: None };
    Ok(page(&view, StatusCode::OK))
}

fn logged(request: requests::Listed) -> LoggedRequest {
    let check = |text: String| match text.split_once(": ") {
        Some((name, outcome)) => LoggedCheck { name: name.to_owned(), passed: outcome == "passed" },
        None => LoggedCheck { name: text, passed: true },
    };
    LoggedRequest {
        id: request.id,
        time: request.time,
        method: request.method,
        path: request.path,
        operation: request.operation,
        application: request.application,
        subject: request.subject,
        status: request.status,
        checks: request.checks.into_iter().map(check).collect(),
        reason: request.reason,
    }
}

/// `GET /reference`.
pub(super) async fn reference(Extract(state): Extract<Shared>, _: Received) -> Response {
    page(&Reference::new(true, state.addresses.base_url.clone()), StatusCode::OK)
}

/// `GET /docs/operations.md`.
pub(super) async fn operations(Extract(_): Extract<Shared>, _: Received) -> Response {
    let mut response = Response::new(documents::operations_markdown().into());
    set_header(&mut response, CONTENT_TYPE, "text/markdown; charset=utf-8");
    response
}

/// `GET /docs/openapi.json`.
pub(super) async fn openapi(Extract(state): Extract<Shared>, _: Received) -> Response {
    document(&documents::openapi(&state.addresses.base_url, &state.addresses.issuer))
}

/// `GET /docs/fleetgate.postman_collection.json`.
pub(super) async fn postman(Extract(state): Extract<Shared>, _: Received) -> Response {
    document(&documents::postman(&state.addresses.base_url))
}

fn document(document: &serde_json::Value) -> Response {
    json_bytes(StatusCode::OK, format!("{document:#}\n"))
}
