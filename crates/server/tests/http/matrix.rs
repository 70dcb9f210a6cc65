//! Every operation of the table against every kind of token. What is tested comes from the rows alone, so that a new
//! row is tested before anyone thinks of it.

mod actors;

use std::sync::LazyLock;

use fleetgate_protocol::operations::{self, Device, Operation, Response};
use fleetgate_protocol::{OperationId, Scope, TokenType, documents};
use fleetgate_server::config::DialectName;
use http::Method;
use serde_json::{Value, json};

use self::actors::{Actor, Actors, Forgery};
use crate::harness::{Answer, Place, Sandbox, on_both};

const NA_HOST: &str = "fleet-api.prd.na.vn.cloud.tesla.com";
const EU_HOST: &str = "fleet-api.prd.eu.vn.cloud.tesla.com";

on_both!(
    the_right_token_of_each_type_is_answered,
    a_token_of_another_type_is_refused,
    a_token_with_every_scope_but_the_rows_is_refused,
    a_part_of_an_answer_needs_its_own_scope,
    any_one_of_the_rows_scopes_is_enough,
    no_token_is_refused,
    what_is_no_access_token_of_ours_is_refused,
    an_unregistered_application_is_refused,
    a_person_of_another_region_is_sent_there,
    a_revoked_consent_is_noticed,
    another_method_is_refused,
);

/// What programs are told that an operation answers.
static OPENAPI: LazyLock<Value> = LazyLock::new(|| documents::openapi("http://127.0.0.1:8080", ""));

/// A sandbox in which every row can be reached: configurations need no signature.
async fn start(place: Place) -> Sandbox {
    Sandbox::start_with(place, DialectName::FleetApi, |config| config.telemetry_unsigned = true).await
}

/// What the right token is answered with.
fn served(row: &Operation) -> u16 {
    // No simulated vehicle knows the command protocol, and every one says so.
    if row.name == "signed_command" { 422 } else { 200 }
}

/// What went wrong, row by row, so that one run tells everything.
#[derive(Default)]
struct Findings {
    looked: usize,
    wrong: Vec<String>,
}

impl Findings {
    fn expect(&mut self, row: &Operation, what: &str, answer: &Answer, status: u16, error: Option<&str>) {
        self.looked += 1;
        let shown = serde_json::from_str::<Value>(&answer.text).unwrap_or_default()["error"].clone();
        let as_expected = answer.status == status && error.is_none_or(|error| shown == error);
        if !as_expected {
            self.wrong.push(format!("{} {what}: {} {}, expected {status}", row.name, answer.status, answer.text));
        }
        let told = &OPENAPI["paths"][row.path][row.method.as_str().to_lowercase()]["responses"][answer.status.as_str()];
        if told.is_null() && answer.status != 405 {
            self.wrong.push(format!("{} {what}: the OpenAPI document has no {}", row.name, answer.status));
        }
        // Clients read every answer of the API as JSON, but for a file.
        let content_type = match row.response {
            Response::Pdf if answer.status == 200 => "application/pdf",
            _ => "application/json",
        };
        if row.path != "/status" && !answer.header("content-type").starts_with(content_type) {
            self.wrong.push(format!("{} {what}: content-type {:?}", row.name, answer.header("content-type")));
        }
    }

    fn expect_header(&mut self, row: &Operation, what: &str, answer: &Answer, name: &str, value: &str) {
        if answer.header(name) != value {
            self.wrong.push(format!("{} {what}: {name}: {:?}, expected {value:?}", row.name, answer.header(name)));
        }
    }

    fn conclude(self) {
        assert!(self.wrong.is_empty(), "{}", self.wrong.join("\n"));
        assert!(self.looked > 0, "nothing was looked at");
    }
}

fn guarded() -> impl Iterator<Item = &'static Operation> {
    OperationId::all().map(OperationId::row).filter(|row| !row.is_public())
}

/// A token type that the row takes.
fn a_right_type(row: &Operation) -> TokenType {
    row.token_types[0]
}

/// Whether the actor has a device of the kind that the row names.
fn reaches_a_device(actors: &Actors<'_>, actor: &Actor, row: &Operation) -> bool {
    row.device != Some(Device::EnergySite) || actors.owns_a_site(actor)
}

async fn the_right_token_of_each_type_is_answered(place: Place) {
    let sandbox = start(place).await;
    let actors = Actors::of(&sandbox).await;
    let mut findings = Findings::default();
    for row in OperationId::all().map(OperationId::row) {
        for actor in actors.all().filter(|actor| row.is_public() || row.allows(actor.token_type)) {
            // No scope of an application of the default world is a business's alone, so that the token gets those by hand.
            let a_businesss_alone = row.scopes_any == [Scope::ENTERPRISE_MANAGEMENT];
            let token = if a_businesss_alone { actors.with_scopes(actor, |_| true) } else { actor.token.clone() };
            let answer = actors.call(row, actor, Some(&token)).await;
            let what = actor.token_type.as_str();
            if reaches_a_device(&actors, actor, row) {
                findings.expect(row, what, &answer, served(row), None);
            } else {
                findings.expect(row, what, &answer, 404, None);
            }
        }
    }
    findings.conclude();
}

async fn a_token_of_another_type_is_refused(place: Place) {
    let sandbox = start(place).await;
    let actors = Actors::of(&sandbox).await;
    let mut findings = Findings::default();
    for row in guarded() {
        for actor in actors.all().filter(|actor| !row.allows(actor.token_type)) {
            let answer = actors.call(row, actor, Some(&actor.token)).await;
            findings.expect(row, actor.token_type.as_str(), &answer, 403, Some(row.wrong_token_type));
        }
    }
    findings.conclude();
}

async fn a_token_with_every_scope_but_the_rows_is_refused(place: Place) {
    let sandbox = start(place).await;
    let actors = Actors::of(&sandbox).await;
    let mut findings = Findings::default();
    for row in guarded().filter(|row| !row.scopes_any.is_empty()) {
        for actor in actors.all().filter(|actor| row.allows(actor.token_type)) {
            let others =
                actors.with_scopes(actor, |scope| !row.scopes_any.iter().any(|needed| needed.as_str() == scope));
            let answer = actors.call(row, actor, Some(&others)).await;
            findings.expect(row, actor.token_type.as_str(), &answer, 403, Some("Unauthorized missing scopes"));
            let needed: Vec<&str> = row.scopes_any.iter().map(fleetgate_protocol::Scope::as_str).collect();
            let challenge = format!(
                "Bearer error=\"insufficient_scope\", error_description=\"The access token lacks a scope\", scope=\"{}\"",
                needed.join(" ")
            );
            findings.expect_header(row, "missing scope", &answer, "www-authenticate", &challenge);
        }
    }
    findings.conclude();
}

async fn a_part_of_an_answer_needs_its_own_scope(place: Place) {
    let sandbox = start(place).await;
    let actors = Actors::of(&sandbox).await;
    let mut findings = Findings::default();
    for row in guarded().filter(|row| has_parts_in_its_query(row)) {
        for actor in actors.all().filter(|actor| row.allows(actor.token_type)) {
            if reaches_a_device(&actors, actor, row) {
                parts(&actors, actor, row, &mut findings).await;
            }
        }
    }
    findings.conclude();
}

/// Whether the query asks for the parts of the answer; what a body asks for is tested with its operation.
fn has_parts_in_its_query(row: &Operation) -> bool {
    let in_query = |name| row.parameters.iter().any(|it| it.place == operations::Place::Query && it.name == name);
    row.parts.iter().any(|part| in_query(part.parameter))
}

/// Asks for each part with and without its scope.
async fn parts(actors: &Actors<'_>, actor: &Actor, row: &Operation, findings: &mut Findings) {
    for part in row.parts {
        let query = [(part.parameter, part.name)];
        let answer = actors.ask(row, actor, Some(&actor.token), None, &query).await;
        findings.expect(row, part.name, &answer, 200, None);
        let others = actors.with_scopes(actor, |scope| scope != part.scope.as_str());
        let answer = actors.ask(row, actor, Some(&others), None, &query).await;
        let error = format!("Unauthorized missing scopes {} for {}", part.scope, part.purpose);
        findings.expect(row, part.name, &answer, 403, Some(&error));
        let challenge = format!(
            "Bearer error=\"insufficient_scope\", error_description=\"The access token lacks a scope\", scope=\"{}\"",
            part.scope
        );
        findings.expect_header(row, part.name, &answer, "www-authenticate", &challenge);
        let rest = actors.call(row, actor, Some(&others)).await;
        findings.expect(row, "without the part", &rest, 200, None);
    }
}

async fn any_one_of_the_rows_scopes_is_enough(place: Place) {
    let sandbox = start(place).await;
    let actors = Actors::of(&sandbox).await;
    let mut findings = Findings::default();
    for row in guarded() {
        let actor = actors.of_type(a_right_type(row));
        for needed in row.scopes_any {
            let alone = actors.with_scopes(actor, |scope| scope == needed.as_str());
            let answer = actors.call(row, actor, Some(&alone)).await;
            let status = if reaches_a_device(&actors, actor, row) { served(row) } else { 404 };
            findings.expect(row, needed.as_str(), &answer, status, None);
        }
    }
    findings.conclude();
}

async fn no_token_is_refused(place: Place) {
    let sandbox = start(place).await;
    let actors = Actors::of(&sandbox).await;
    let mut findings = Findings::default();
    for row in guarded() {
        let answer = actors.call(row, actors.of_type(a_right_type(row)), None).await;
        findings.expect(row, "no token", &answer, 401, Some("unauthorized"));
        // RFC 6750, section 3.1: no error code for a request that shows no token.
        findings.expect_header(row, "no token", &answer, "www-authenticate", "Bearer");
    }
    findings.conclude();
}

async fn what_is_no_access_token_of_ours_is_refused(place: Place) {
    let sandbox = start(place).await;
    let actors = Actors::of(&sandbox).await;
    let mut findings = Findings::default();
    for row in guarded() {
        let actor = actors.of_type(a_right_type(row));
        for forgery in Forgery::ALL {
            let token = actors.forge(actor, forgery);
            let answer = actors.call(row, actor, Some(&token)).await;
            let error = if forgery == Forgery::Expired { "token expired (401)" } else { "invalid bearer token" };
            findings.expect(row, &format!("{forgery:?}"), &answer, 401, Some(error));
            if !answer.header("www-authenticate").starts_with("Bearer error=\"invalid_token\"") {
                findings.expect_header(row, &format!("{forgery:?}"), &answer, "www-authenticate", "invalid_token");
            }
        }
    }
    findings.conclude();
}

async fn an_unregistered_application_is_refused(place: Place) {
    let sandbox = start(place).await;
    let actors = Actors::of(&sandbox).await;
    let mut findings = Findings::default();
    for row in guarded() {
        for (token_type, application) in [
            (TokenType::ThirdParty, "Trip Diary"),
            (TokenType::Partner, "Used Car Check"),
            (TokenType::ThirdPartyBusiness, "Used Car Check"),
        ] {
            if !row.registration && row.allows(token_type) {
                // Registering is how an application becomes registered; it would spoil the rows that follow.
                continue;
            }
            let stranger = actors.unregistered(token_type, application).await;
            let answer = actors.call(row, &stranger, Some(&stranger.token)).await;
            let what = format!("unregistered {}", token_type.as_str());
            if row.registration {
                let error = format!(
                    "Account {} must be registered in the current region {}, please see \
                     https://developer.tesla.com/docs/fleet-api#register",
                    stranger.app.client_id,
                    sandbox.base_url()
                );
                findings.expect(row, &what, &answer, 412, Some(&error));
            } else {
                findings.expect(row, &what, &answer, 403, Some(row.wrong_token_type));
            }
        }
        // An open-source application is exempt, and cannot register.
        let exempt = actors.unregistered(TokenType::OpenSource, "Solar Sketch").await;
        let answer = actors.call(row, &exempt, Some(&exempt.token)).await;
        assert_ne!(answer.status, 412, "{} {}", row.name, answer.text);
    }
    findings.conclude();
}

async fn a_person_of_another_region_is_sent_there(place: Place) {
    let sandbox = start(place).await;
    let actors = Actors::of(&sandbox).await;
    let noor = sandbox.minted(&json!({"application": "Charge Planner", "account": "noor@example.com"})).await;
    let noor = noor.text_of("access_token");
    let actor = actors.of_type(TokenType::ThirdParty);
    let mut findings = Findings::default();
    for row in guarded().filter(|row| row.allows(TokenType::ThirdParty)) {
        for (token, host, home) in [
            (&noor, None, format!("http://eu.localhost:{}", sandbox.address.port())),
            (&noor, Some(NA_HOST), format!("https://{EU_HOST}")),
            (&actor.token, Some(EU_HOST), format!("https://{NA_HOST}")),
        ] {
            let answer = actors.ask(row, actor, Some(token), host, &[]).await;
            if !row.home_region {
                // Every region tells the person's home; that the car is elsewhere makes no difference to it.
                findings.expect(row, &format!("under {host:?}"), &answer, 200, None);
                assert_eq!(answer.json()["response"]["fleet_api_base_url"], home.as_str());
                continue;
            }
            let error = format!(
                "user out of region, use base URL: {home}, see \
                 https://developer.tesla.com/docs/fleet-api#regional-requirements"
            );
            findings.expect(row, &format!("under {host:?}"), &answer, 421, Some(&error));
            // Clients look for `h2=https://` whatever the scheme is.
            let host = home.split_once("://").map_or("", |(_, host)| host);
            findings.expect_header(row, "wrong region", &answer, "alt-svc", &format!("h2=https://{host}"));
        }
    }
    findings.conclude();
}

async fn a_revoked_consent_is_noticed(place: Place) {
    let sandbox = start(place).await;
    let actors = Actors::of(&sandbox).await;
    let robin = actors.of_type(TokenType::ThirdParty);
    let mut browser = sandbox.browser();
    let page = browser.open(&format!("/user/revoke/consent?revoke_client_id={}", robin.app.client_id)).await;
    let page = browser.sign_in(&page, &sandbox.person(0)).await;
    browser.submit(&page, &[("decision", "revoke")]).await;
    let mut findings = Findings::default();
    for row in guarded() {
        let answer = actors.call(row, robin, Some(&robin.token)).await;
        findings.expect(row, "revoked consent", &answer, 401, Some("User revoked consent"));
    }
    findings.conclude();
}

async fn another_method_is_refused(place: Place) {
    let sandbox = start(place).await;
    let actors = Actors::of(&sandbox).await;
    let mut findings = Findings::default();
    for row in OperationId::all().map(OperationId::row) {
        let actor = actors.of_type(row.token_types.first().copied().unwrap_or(TokenType::ThirdParty));
        let taken = |method: &Method| {
            let same_path = |other: &Operation| other.path == row.path && other.method.as_str() == method.as_str();
            OperationId::all().any(|other| same_path(other.row()))
        };
        for method in [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
            if taken(&method) {
                continue;
            }
            let path = actors.path(row, actor);
            let answer = sandbox.api(method.as_str(), &path, &actor.token).await;
            findings.expect(row, method.as_str(), &answer, 405, Some("invalid_method"));
        }
    }
    findings.conclude();
}
