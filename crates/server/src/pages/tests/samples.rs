//! Every page, filled with one text wherever a text can come from outside.

use askama::Template;
use fleetgate_protocol::SCOPES;

use crate::pages::{
    Account, AccountApplication, Consent, ConsentScope, CsrfToken, DemoAccount, ErrorDetail, ErrorPage, Home,
    LoggedCheck, LoggedRequest, ManageConsent, Portal, PortalAccount, PortalApplication, PortalCommand, PortalDocument,
    PortalSite, PortalVehicle, Reference, RequestLog, SignIn, SignedOut,
};

/// Text that breaks out of an element, a quoted attribute or a comment where it is not escaped.
pub(super) const HOSTILE: &str = "\"'><script>alert(1)</script><img src=x onerror=\"alert(1)\"><!--&amp;";

pub(super) fn all(text: &str) -> Vec<(&'static str, String)> {
    let mut all_required = consent(text);
    all_required.all_required = true;
    let mut requests = request_log(text);
    requests.requests.push(LoggedRequest { status: 503, ..requests.requests[0].clone() });
    requests.requests[1].id = format!("{text}-2");
    let pages = [
        ("sign_in", sign_in(text).render()),
        ("consent", consent(text).render()),
        ("consent_all_required", all_required.render()),
        ("error_page", error_page(text).render()),
        ("account", account(text).render()),
        ("manage_consent", manage_consent(text).render()),
        ("signed_out", signed_out(text).render()),
        ("home", home(text).render()),
        ("portal", portal(text).render()),
        ("request_log", requests.render()),
        ("reference", Reference::new(true, text).render()),
    ];
    pages.map(|(name, html)| (name, html.expect("renders"))).into()
}

fn csrf() -> CsrfToken {
    CsrfToken::new("csrf-token-value")
}

pub(super) fn sign_in(text: &str) -> SignIn {
    SignIn {
        sandbox: true,
        action: "/oauth2/v3/authorize".to_owned(),
        application: Some(text.to_owned()),
        request: Some(text.to_owned()),
        email: text.to_owned(),
        error: Some(text.to_owned()),
        csrf: csrf(),
        demo: Some(DemoAccount { email: text.to_owned(), password: text.to_owned() }),
    }
}

fn scopes(text: &str) -> Vec<ConsentScope> {
    let known = SCOPES.iter().take(3).enumerate().map(|(index, scope)| ConsentScope {
        name: scope.name.to_owned(),
        title: scope.title.to_owned(),
        description: scope.description.to_owned(),
        checked: index != 2,
        already_granted: index == 1,
        required: index == 0,
    });
    let own = ConsentScope {
        name: text.to_owned(),
        title: text.to_owned(),
        description: text.to_owned(),
        checked: true,
        already_granted: false,
        required: false,
    };
    known.chain([own]).collect()
}

pub(super) fn consent(text: &str) -> Consent {
    Consent {
        sandbox: true,
        action: "/oauth2/v3/authorize".to_owned(),
        application: text.to_owned(),
        kind: text.to_owned(),
        email: text.to_owned(),
        scopes: scopes(text),
        all_required: false,
        redirect_host: text.to_owned(),
        show_keypair_step: true,
        account: "7dd6d4af-b4e1-42e9-9975-db674674e82c".to_owned(),
        request: text.to_owned(),
        csrf: csrf(),
    }
}

pub(super) fn error_page(text: &str) -> ErrorPage {
    ErrorPage {
        sandbox: true,
        status: 400,
        title: text.to_owned(),
        message: format!("`{text}` {text}"),
        details: vec![ErrorDetail { name: text.to_owned(), value: text.to_owned() }],
        request_id: text.to_owned(),
    }
}

pub(super) fn account(text: &str) -> Account {
    Account {
        sandbox: true,
        email: text.to_owned(),
        applications: vec![AccountApplication {
            name: text.to_owned(),
            scopes: vec![text.to_owned()],
            since: text.to_owned(),
            manage_url: format!("/user/revoke/consent?revoke_client_id={text}"),
        }],
        sign_out_action: "/sign-out".to_owned(),
        csrf: csrf(),
    }
}

pub(super) fn manage_consent(text: &str) -> ManageConsent {
    ManageConsent {
        sandbox: true,
        action: "/user/revoke/consent".to_owned(),
        application: text.to_owned(),
        client_id: text.to_owned(),
        email: text.to_owned(),
        scopes: scopes(text),
        notice: Some(text.to_owned()),
        back_url: Some(format!("https://app.example/?x={text}")),
        csrf: csrf(),
    }
}

pub(super) fn signed_out(text: &str) -> SignedOut {
    SignedOut { sandbox: true, return_url: Some(format!("https://app.example/?x={text}")) }
}

pub(super) fn home(text: &str) -> Home {
    Home { sandbox: false, name: text.to_owned(), metadata_url: text.to_owned() }
}

pub(super) fn portal(text: &str) -> Portal {
    Portal {
        sandbox: true,
        base_url: text.to_owned(),
        issuer: text.to_owned(),
        dialect: text.to_owned(),
        clock: Some(text.to_owned()),
        version: text.to_owned(),
        documents: vec![PortalDocument { title: text.to_owned(), href: text.to_owned(), description: text.to_owned() }],
        commands: vec![PortalCommand { title: text.to_owned(), text: text.to_owned() }],
        accounts: vec![PortalAccount { email: text.to_owned(), password: text.to_owned(), region: text.to_owned() }],
        applications: vec![PortalApplication {
            name: text.to_owned(),
            kind: text.to_owned(),
            client_id: text.to_owned(),
            redirect_uris: vec![text.to_owned()],
            domain: Some(text.to_owned()),
        }],
        vehicles: vec![PortalVehicle {
            vin: text.to_owned(),
            id: text.to_owned(),
            name: text.to_owned(),
            owner: text.to_owned(),
            state: text.to_owned(),
        }],
        sites: vec![PortalSite { id: text.to_owned(), name: text.to_owned(), owner: text.to_owned() }],
    }
}

pub(super) fn request_log(text: &str) -> RequestLog {
    RequestLog {
        sandbox: true,
        requests: vec![LoggedRequest {
            id: text.to_owned(),
            time: text.to_owned(),
            method: text.to_owned(),
            path: text.to_owned(),
            operation: Some(text.to_owned()),
            application: Some(text.to_owned()),
            subject: Some(text.to_owned()),
            status: 403,
            checks: vec![LoggedCheck { name: text.to_owned(), passed: false }],
            reason: Some(format!("`{text}` {text}")),
        }],
        older_url: Some(format!("/requests?before={text}")),
    }
}

pub(super) fn reference() -> Reference {
    Reference::new(true, "http://127.0.0.1:8080")
}
