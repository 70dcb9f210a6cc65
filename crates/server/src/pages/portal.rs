//! The home page of the sandbox.

use askama::Template;

/// Shows a developer the sandbox's world and the first requests to make.
#[derive(Clone, Debug, Template)]
#[template(path = "portal.html")]
pub struct Portal {
    /// Whether this is the sandbox: it is.
    pub sandbox: bool,
    /// The server's address.
    pub base_url: String,
    /// The issuer of its tokens.
    pub issuer: String,
    /// The dialect of its errors.
    pub dialect: String,
    /// What the sandbox's clock shows and how it runs, unless that is real time.
    pub clock: Option<String>,
    /// The program's version.
    pub version: String,
    /// Metadata, keys, OpenAPI and the other documents.
    pub documents: Vec<PortalDocument>,
    /// Commands to paste into a terminal.
    pub commands: Vec<PortalCommand>,
    /// The people.
    pub accounts: Vec<PortalAccount>,
    /// The applications.
    pub applications: Vec<PortalApplication>,
    /// The vehicles.
    pub vehicles: Vec<PortalVehicle>,
    /// The energy sites.
    pub sites: Vec<PortalSite>,
}

/// A document that the server answers with.
#[derive(Clone, Debug)]
pub struct PortalDocument {
    /// Its name.
    pub title: String,
    /// Its address.
    pub href: String,
    /// What it is good for.
    pub description: String,
}

/// A command to paste into a terminal.
#[derive(Clone, Debug)]
pub struct PortalCommand {
    /// What it does.
    pub title: String,
    /// The command, of one or more lines.
    pub text: String,
}

/// A person of the sandbox.
#[derive(Clone, Debug)]
pub struct PortalAccount {
    /// The e-mail.
    pub email: String,
    /// The password.
    pub password: String,
    /// The home region.
    pub region: String,
}

/// An application of the sandbox.
#[derive(Clone, Debug)]
pub struct PortalApplication {
    /// Its name.
    pub name: String,
    /// What kind it is, for people.
    pub kind: String,
    /// Its `client_id`.
    pub client_id: String,
    /// Its redirect URIs.
    pub redirect_uris: Vec<String>,
    /// Its domain, if it has one.
    pub domain: Option<String>,
}

/// A vehicle of the sandbox.
#[derive(Clone, Debug)]
pub struct PortalVehicle {
    /// Its VIN.
    pub vin: String,
    /// Its `id`.
    pub id: String,
    /// The name that its owner gave it.
    pub name: String,
    /// The owner's e-mail or name.
    pub owner: String,
    /// `online`, `asleep` or `offline`.
    pub state: String,
}

/// An energy site of the sandbox.
#[derive(Clone, Debug)]
pub struct PortalSite {
    /// Its `energy_site_id`.
    pub id: String,
    /// The name that its owner gave it.
    pub name: String,
    /// The owner's e-mail or name.
    pub owner: String,
}
