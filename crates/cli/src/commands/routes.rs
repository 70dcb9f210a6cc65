//! `fleetgate routes`: the table of operations.

use fleetgate_protocol::{Operation, OperationId, TokenType};
use serde_json::json;

use crate::Exit;
use crate::arguments::Routes;
use crate::output::{print, table};

pub(crate) fn run(routes: &Routes) -> anyhow::Result<Exit> {
    let rows: Vec<&Operation> = OperationId::all().map(OperationId::row).filter(|row| wanted(row, routes)).collect();
    if routes.json {
        let rows: Vec<_> = rows.into_iter().map(as_json).collect();
        print(&format!("{:#}\n", json!(rows)));
        return Ok(Exit::Success);
    }
    if rows.is_empty() {
        print("No operation is opened by that; `fleetgate routes` shows them all.\n");
        return Ok(Exit::Success);
    }
    let rows = rows
        .into_iter()
        .map(|row| [row.method.as_str().to_owned(), row.path.to_owned(), scopes(row), token_types(row)]);
    print(&table(["Method", "Path", "Scope (any of)", "Token type"], rows));
    Ok(Exit::Success)
}

fn wanted(row: &Operation, routes: &Routes) -> bool {
    routes.scope.as_ref().is_none_or(|scope| row.is_opened_by(scope))
        && routes.token_type.is_none_or(|token_type| row.allows(token_type))
}

fn scopes(row: &Operation) -> String {
    let names: Vec<&str> = row.scopes_any.iter().map(fleetgate_protocol::Scope::as_str).collect();
    let names = if names.is_empty() { "-".to_owned() } else { names.join(", ") };
    row.parts.iter().fold(names, |names, part| format!("{names}; {} for {}", part.scope, part.name))
}

fn token_types(row: &Operation) -> String {
    match row.token_types {
        [] => "none".to_owned(),
        all if all.len() == TokenType::ALL.len() => "any".to_owned(),
        some => some.iter().map(|token_type| token_type.as_str()).collect::<Vec<_>>().join(", "),
    }
}

fn as_json(row: &Operation) -> serde_json::Value {
    json!({
        "name": row.name,
        "summary": row.summary,
        "method": row.method,
        "path": row.path,
        "scopes_any": row.scopes_any,
        "parts": row.parts.iter().map(|part| json!({"name": part.name, "scope": part.scope})).collect::<Vec<_>>(),
        "token_types": row.token_types,
        "registration": row.registration,
        "device": row.device,
        "price": row.price,
        "confidence": row.confidence,
    })
}
