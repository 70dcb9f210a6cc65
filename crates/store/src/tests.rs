use std::path::Path;

use super::*;

/// Every statement of every module.
fn statements() -> Vec<&'static str> {
    [
        account_documents::STATEMENTS,
        accounts::STATEMENTS,
        applications::STATEMENTS,
        authorizations::STATEMENTS,
        authorizations::codes::STATEMENTS,
        charging::STATEMENTS,
        contents::STATEMENTS,
        costs::STATEMENTS,
        devices::STATEMENTS,
        grants::STATEMENTS,
        grants::business::STATEMENTS,
        revocations::STATEMENTS,
        grants::rotation::STATEMENTS,
        invitations::STATEMENTS,
        jobs::STATEMENTS,
        keys::STATEMENTS,
        registrations::STATEMENTS,
        sessions::STATEMENTS,
        settings::STATEMENTS,
        telemetry::STATEMENTS,
    ]
    .concat()
}

/// How many times `statements!` is used in the sources.
fn uses_of_the_macro(folder: &Path) -> usize {
    let entries = std::fs::read_dir(folder).expect("sources").map(|entry| entry.expect("entry").path());
    entries
        .map(|path| match path.is_dir() {
            true => uses_of_the_macro(&path),
            false => std::fs::read_to_string(&path).expect("source").matches("\nstatements! {").count(),
        })
        .sum()
}

#[test]
fn no_module_with_statements_is_forgotten() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    assert_eq!(uses_of_the_macro(&source), 20, "the list above has as many modules");
}

#[test]
fn every_statement_prepares_on_sqlite() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut link = link::Link::open(&folder.path().join("fleetgate.db")).expect("opened");
    migrations::sqlite(&mut link).expect("migrated");
    for sql in statements() {
        if let Err(error) = link.connection().prepare(&sql.replace('$', "?")) {
            panic!("{sql}: {error}");
        }
    }
}

mod postgres {
    use super::*;

    #[tokio::test]
    async fn every_statement_prepares() {
        let server = std::env::var("FLEETGATE_TEST_POSTGRES").expect(
            "FLEETGATE_TEST_POSTGRES holds the URL of a PostgreSQL server; run with `--skip postgres::` to leave this out",
        );
        let (client, connection) = tokio_postgres::connect(&server, tokio_postgres::NoTls).await.expect("a server");
        tokio::spawn(connection);
        let schema = format!("fleetgate_statements_{}", std::process::id());
        let script = migrations::whole_script("BYTEA");
        let prepare = format!("CREATE SCHEMA {schema}; SET search_path TO {schema}; {script}");
        client.batch_execute(&prepare).await.expect("schema");
        let mut failed = Vec::new();
        for sql in statements() {
            match client.prepare(sql).await {
                Ok(statement) => {
                    let types = [
                        statement.params(),
                        &statement.columns().iter().map(|c| c.type_().clone()).collect::<Vec<_>>(),
                    ]
                    .concat();
                    if !types.iter().all(<value::Value as tokio_postgres::types::FromSql>::accepts) {
                        failed.push(format!("{sql}: {types:?}"));
                    }
                }
                Err(error) => failed.push(format!("{sql}: {error:?}")),
            }
        }
        client.batch_execute(&format!("DROP SCHEMA {schema} CASCADE")).await.expect("dropped");
        assert!(failed.is_empty(), "{failed:#?}");
    }
}
