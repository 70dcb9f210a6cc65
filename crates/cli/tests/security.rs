//! `docs/SECURITY.md` claims nothing without naming what shows it, and what it names is there.

use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The claims of the document: what holds, and what shows it.
fn claims(document: &str) -> Vec<(&str, &str)> {
    let (_, section) = document.split_once("## What holds, and where it is shown").expect("the section");
    let (section, _) = section.split_once("\n## ").expect("another section");
    let rows = section.lines().filter_map(|line| line.strip_prefix("| ")?.strip_suffix(" |")?.split_once(" | "));
    rows.filter(|(what, _)| *what != "what holds").collect()
}

/// What is missing of the files and tests that the right column names.
fn missing(shown_by: &str) -> Vec<String> {
    let mut missing = Vec::new();
    for part in shown_by.split("; ") {
        let names: Vec<&str> = part.split('`').skip(1).step_by(2).collect();
        let Some((file, tests)) = names.split_first() else {
            missing.push(format!("a file in `{part}`"));
            continue;
        };
        let text = fs::read_to_string(root().join(file)).unwrap_or_default();
        if text.is_empty() {
            missing.push((*file).to_owned());
        }
        let absent = tests.iter().filter(|test| !text.contains(&format!("fn {test}(")));
        missing.extend(absent.map(|test| format!("{file}: {test}")));
    }
    missing
}

#[test]
fn every_claim_names_what_shows_it() {
    let document = fs::read_to_string(root().join("docs/SECURITY.md")).expect("the document");
    let claims = claims(&document);
    assert!(claims.len() >= 40, "{} claims were read", claims.len());
    let missing: Vec<_> = claims.iter().flat_map(|(_, shown_by)| missing(shown_by)).collect();
    assert!(missing.is_empty(), "{missing:#?}");
}

#[test]
fn a_name_that_is_not_there_is_noticed() {
    let here = "crates/cli/tests/security.rs";
    assert!(missing(&format!("`{here}`: `every_claim_names_what_shows_it`")).is_empty());
    assert_eq!(missing(&format!("`{here}`: `no_such_{}`", "test")), [format!("{here}: no_such_test")]);
    assert_eq!(missing("`crates/nowhere.rs`"), ["crates/nowhere.rs"]);
    assert_eq!(missing("nothing"), ["a file in `nothing`"]);
}
