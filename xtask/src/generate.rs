//! `cargo xtask generate`: documents that come from the table of operations.

use std::path::Path;
use std::{fs, io};

use anyhow::{Context, Result};
use fleetgate_protocol::documents;
use serde_json::Value;

/// The address in the committed documents: where `fleetgate dev` listens unless told otherwise.
const BASE_URL: &str = "http://127.0.0.1:8080";

/// Every generated file, below the root, with its content.
fn files() -> Vec<(&'static str, String)> {
    let issuer = format!("{BASE_URL}/oauth2/v3/thirdparty");
    vec![
        ("docs/compatibility.md", documents::compatibility_markdown()),
        ("docs/reference/operations.md", documents::operations_markdown()),
        ("docs/reference/openapi.json", pretty(&documents::openapi(BASE_URL, &issuer))),
        ("docs/reference/fleetgate.postman_collection.json", pretty(&documents::postman(BASE_URL))),
    ]
}

fn pretty(document: &Value) -> String {
    format!("{document:#}\n")
}

/// Writes the files, or with `check` only compares them. Returns whether all is well.
pub(crate) fn run(root: &Path, check: bool) -> Result<bool> {
    let mut stale = 0;
    for (name, content) in files() {
        let path = root.join(name);
        let present = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(error).with_context(|| format!("read {name}")),
        };
        let Some(difference) = difference(&present, &content) else { continue };
        if check {
            stale += 1;
            println!("{name} is not what the table says: {difference}");
            continue;
        }
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).with_context(|| format!("create the folder of {name}"))?;
        }
        fs::write(&path, content).with_context(|| format!("write {name}"))?;
        println!("{name}: {difference}");
    }
    if stale > 0 {
        println!("Run `cargo xtask generate` and commit what it writes.");
    }
    Ok(stale == 0)
}

/// Where two texts differ, in a line; nothing if they do not.
fn difference(present: &str, wanted: &str) -> Option<String> {
    if present == wanted {
        return None;
    }
    let (before, after): (Vec<_>, Vec<_>) = (present.lines().collect(), wanted.lines().collect());
    let same = |pairs: &mut dyn Iterator<Item = (&&str, &&str)>| pairs.take_while(|(old, new)| old == new).count();
    let head = same(&mut before.iter().zip(&after));
    let shorter = before.len().min(after.len());
    let tail = same(&mut before.iter().rev().zip(after.iter().rev())).min(shorter - head);
    Some(format!(
        "from line {}, {} lines in place of {}",
        head + 1,
        after.len() - head - tail,
        before.len() - head - tail
    ))
}

#[cfg(test)]
mod tests;
