//! The reference of operations, from the table.

use askama::Template;
use fleetgate_protocol::operations::{Confidence, Device, Method, Parameter, Part, Place, Price};
use fleetgate_protocol::{Operation, OperationId, Scope, TokenType};

/// Shows every operation with the scopes and token types that open it.
#[derive(Clone, Debug, Template)]
#[template(path = "reference.html")]
pub struct Reference {
    /// Whether this is the sandbox.
    pub sandbox: bool,
    /// The server's address.
    pub base_url: String,
    groups: Vec<Group>,
}

#[derive(Clone, Debug)]
struct Group {
    title: &'static str,
    anchor: String,
    operations: Vec<Entry>,
}

#[derive(Clone, Debug)]
struct Entry {
    name: &'static str,
    summary: &'static str,
    method: &'static str,
    path: &'static str,
    scopes: Vec<&'static str>,
    parts: &'static [Part],
    token_types: Vec<&'static str>,
    device: Option<&'static str>,
    price: String,
    confidence: Option<&'static str>,
    parameters: Vec<Argument>,
}

#[derive(Clone, Debug)]
struct Argument {
    name: &'static str,
    place: &'static str,
    kind: &'static str,
    required: bool,
    description: &'static str,
    example: &'static str,
}

impl Reference {
    /// The page for a server at `base_url`.
    #[must_use]
    pub fn new(sandbox: bool, base_url: impl Into<String>) -> Self {
        let mut groups: Vec<Group> = Vec::new();
        for operation in OperationId::all() {
            let title = operation.group();
            let entry = Entry::new(operation.row());
            match groups.last_mut() {
                Some(group) if group.title == title => group.operations.push(entry),
                _ => {
                    let anchor = format!("group-{}", title.to_lowercase().replace(' ', "-"));
                    groups.push(Group { title, anchor, operations: vec![entry] });
                }
            }
        }
        Self { sandbox, base_url: base_url.into(), groups }
    }
}

impl Entry {
    fn new(row: &'static Operation) -> Self {
        Self {
            name: row.name,
            summary: row.summary,
            method: row.method.as_str(),
            path: row.path,
            scopes: row.scopes_any.iter().map(Scope::as_str).collect(),
            parts: row.parts,
            token_types: row.token_types.iter().copied().map(TokenType::title).collect(),
            device: row.device.map(|device| match device {
                Device::Vehicle => "a vehicle, whatever its connectivity",
                Device::OnlineVehicle => "a vehicle that is online",
                Device::EnergySite => "an energy site",
            }),
            price: price(row.price),
            confidence: match row.confidence {
                Confidence::Documented => None,
                Confidence::ClientCode => Some("not documented; clients rely on it"),
                Confidence::Inferred => Some("not documented; inferred"),
            },
            parameters: row.parameters.iter().map(Argument::new).collect(),
        }
    }

    fn method_class(&self) -> &'static str {
        if self.method == Method::Get.as_str() { "plain" } else { "good" }
    }
}

impl Argument {
    const fn new(parameter: &'static Parameter) -> Self {
        Self {
            name: parameter.name,
            place: match parameter.place {
                Place::Path => "path",
                Place::Query => "query",
                Place::Body => "body",
            },
            kind: parameter.kind.as_str(),
            required: parameter.required,
            description: parameter.description,
            example: parameter.example,
        }
    }
}

/// A pricing category in words, such as `data, $0.002 an answer`.
fn price(price: Price) -> String {
    match price.thousandths() {
        0 => "free of charge".to_owned(),
        thousandths => format!("{}, $0.{thousandths:03} an answer", price.as_str()),
    }
}
