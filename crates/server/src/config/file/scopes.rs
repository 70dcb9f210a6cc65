//! `[[scopes]]`, of an operator's configuration and of a seed file.

use fleetgate_protocol::Scope;
use serde::Deserialize;
use toml::Spanned;

use super::located::{LocatedError, Source};
use crate::config::OwnScope;

/// A scope beside the Fleet API's.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ScopeSettings {
    name: Spanned<Scope>,
    title: String,
    description: String,
}

/// The scopes of a file, none of which is there already.
pub(crate) fn own_scopes(source: Source<'_>, given: Vec<ScopeSettings>) -> Result<Vec<OwnScope>, LocatedError> {
    let mut scopes: Vec<OwnScope> = Vec::new();
    for ScopeSettings { name, title, description } in given {
        let (span, name) = (name.span(), name.into_inner());
        let problem = if name.description().is_some() {
            format!("`{name}` is a scope of the Fleet API; choose another name.")
        } else if scopes.iter().any(|known| known.name == name) {
            format!("The scope `{name}` stands in this file already.")
        } else {
            scopes.push(OwnScope { name, title, description });
            continue;
        };
        return Err(source.complain(&span, "scopes.name", problem));
    }
    Ok(scopes)
}
