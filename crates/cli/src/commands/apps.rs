//! `fleetgate apps`.

use anyhow::{Context as _, Error, bail};
use fleetgate_protocol::{ApplicationKind, GrantType, redirect_uri};
use fleetgate_server::config::check_scopes;
use fleetgate_server::entropy::hash;
use fleetgate_server::spelling::{self, sentence};
use fleetgate_server::state::{Shared, State};
use fleetgate_store::{AccountKind, Application};
use serde_json::json;

use super::operator::{config, open, open_or_make};
use crate::Exit;
use crate::arguments::{AddApp, Apps, List, NamedApp};
use crate::output::{print, table};

pub(crate) async fn run(apps: Apps) -> anyhow::Result<Exit> {
    match apps {
        Apps::Add(add) => add_app(add).await?,
        Apps::List(list) => list_apps(&list).await?,
        Apps::RotateSecret(named) => {
            let (state, app) = find(&named).await?;
            if app.secret_hash.is_none() {
                bail!("`{}` is an open-source application: it has no secret.", app.name);
            }
            let secret = new_secret(&state);
            state.store.rotate_secret(&app.client_id, hash(&secret), None, state.now()).await?;
            print(&format!(
                "client_secret  {secret}\n\nThe old secret has ended. Keep the new one: it is not shown again.\n"
            ));
        }
        Apps::Disable(named) => {
            let (state, app) = find(&named).await?;
            state.store.set_application_disabled(&app.client_id, Some(state.now()), state.now()).await?;
            print(&format!("`{}` is disabled.\n", app.name));
        }
        Apps::Enable(named) => {
            let (state, app) = find(&named).await?;
            state.store.set_application_disabled(&app.client_id, None, state.now()).await?;
            print(&format!("`{}` is enabled again.\n", app.name));
        }
        Apps::Remove(named) => {
            let (state, app) = find(&named).await?;
            state.store.remove_application(&app.client_id, state.now()).await?;
            print(&format!("`{}` is removed; what was granted to it is ended.\n", app.name));
        }
    }
    Ok(Exit::Success)
}

async fn add_app(add: AddApp) -> anyhow::Result<()> {
    let grant_types = grant_types(&add)?;
    for uri in add.redirect_uris.iter().chain(&add.post_logout_redirect_uris) {
        redirect_uri::validate(uri).context("A redirect URI cannot be registered.")?;
    }
    if grant_types.contains(&GrantType::AuthorizationCode) && add.redirect_uris.is_empty() {
        bail!("People's codes need somewhere to go: add `--redirect-uri`, or `--grant-type client_credentials` alone.");
    }
    let origins = add.allowed_origins.iter().map(|text| spelling::origin(text));
    let allowed_origins = origins.collect::<Result<_, _>>().map_err(Error::msg)?;
    check_scopes(&add.scope, &config(&add.configured)?.own_scopes).map_err(Error::msg)?;
    let state = open_or_make(&add.configured).await?;
    let business_account_id = match &add.business {
        Some(email) => Some(business(&state, email).await?),
        None => None,
    };
    let secret = (add.kind != ApplicationKind::OpenSource).then(|| new_secret(&state));
    let now = state.now();
    let app = Application {
        client_id: state.entropy.uuid(),
        name: add.name,
        description: add.description,
        kind: add.kind,
        grant_types,
        secret_hash: secret.as_deref().map(hash),
        sealed_secret: None,
        redirect_uris: add.redirect_uris,
        post_logout_redirect_uris: add.post_logout_redirect_uris,
        allowed_origins,
        domain: None,
        public_key_pem: None,
        sealed_private_key: None,
        scopes: add.scope,
        business_account_id,
        machine_grant_id: state.entropy.uuid(),
        created_at: now,
        updated_at: now,
        disabled_at: None,
    };
    match state.store.insert_application(&app).await {
        Ok(()) => {}
        Err(fleetgate_store::Error::Conflict { .. }) => {
            bail!("There is an application with the name `{}` already.", app.name)
        }
        Err(error) => return Err(error).context("The application cannot be added."),
    }
    let mut text = format!("client_id      {}\n", app.client_id);
    if let Some(secret) = secret {
        text.push_str(&format!("client_secret  {secret}\n\nKeep the secret: it is not shown again.\n"));
    }
    print(&text);
    Ok(())
}

/// The grants that were chosen, or all that the kind can have.
fn grant_types(add: &AddApp) -> anyhow::Result<Vec<GrantType>> {
    if add.grant_types.is_empty() {
        return Ok(add.kind.grant_types().to_vec());
    }
    add.kind.check_grants(&add.grant_types).map_err(|error| Error::msg(sentence(&error)))?;
    Ok(add.grant_types.clone())
}

async fn business(state: &State, email: &str) -> anyhow::Result<String> {
    let account = state.store.account_by_email(email).await?;
    let account =
        account.with_context(|| format!("There is no account `{email}`; `fleetgate accounts list` shows them."))?;
    if account.kind != AccountKind::Business {
        bail!("The account `{email}` is a person's; an application can belong to a business only.");
    }
    Ok(account.id)
}

/// 256 bits, after the prefix by which secret scanners know a Fleet API secret.
fn new_secret(state: &State) -> String {
    format!("ta-secret.{}", state.entropy.hex::<32>())
}

async fn list_apps(list: &List) -> anyhow::Result<()> {
    let state = open(&list.configured).await?;
    let all = state.store.applications().await?;
    if list.json {
        let apps: Vec<_> = all
            .iter()
            .map(|app| {
                json!({
                    "name": app.name,
                    "kind": app.kind,
                    "grant_types": app.grant_types,
                    "client_id": app.client_id,
                    "redirect_uris": app.redirect_uris,
                    "post_logout_redirect_uris": app.post_logout_redirect_uris,
                    "allowed_origins": app.allowed_origins,
                    "scopes": app.scopes,
                    "disabled": app.disabled_at.is_some(),
                })
            })
            .collect();
        print(&format!("{:#}\n", json!(apps)));
        return Ok(());
    }
    let rows = all.into_iter().map(|app| {
        let state = if app.disabled_at.is_some() { "disabled" } else { "" };
        [app.name, app.kind.to_string(), app.client_id, app.scopes.to_string(), state.to_owned()]
    });
    print(&table(["Name", "Kind", "Client ID", "Scopes", "State"], rows));
    Ok(())
}

async fn find(named: &NamedApp) -> anyhow::Result<(Shared, Application)> {
    let state = open(&named.configured).await?;
    let found = match state.store.application_by_name(&named.app).await? {
        Some(app) => Some(app),
        None => state.store.application(&named.app).await?,
    };
    let app =
        found.with_context(|| format!("There is no application `{}`; `fleetgate apps list` shows them.", named.app))?;
    Ok((state, app))
}
