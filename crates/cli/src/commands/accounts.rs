//! `fleetgate accounts`.

use anyhow::{Context as _, Error, bail};
use fleetgate_server::spelling;
use fleetgate_server::state::Shared;
use fleetgate_store::{Account, AccountKind};
use serde_json::json;

use super::operator::{config, new_password, open, open_or_make};
use crate::Exit;
use crate::arguments::{Accounts, AddAccount, List, NamedAccount};
use crate::output::{print, table};

/// How many accounts are read at once.
const PAGE: i64 = 500;

pub(crate) async fn run(accounts: Accounts) -> anyhow::Result<Exit> {
    match accounts {
        Accounts::Add(add) => add_account(add).await?,
        Accounts::List(list) => list_accounts(&list).await?,
        Accounts::SetPassword(named) => {
            let (state, account) = find(&named).await?;
            let hash = state.passwords.hash(&new_password()?, &*state.entropy).await?;
            state.store.set_password_hash(&account.id, &hash, true, state.now()).await?;
            print(&format!("The password of `{}` is changed; its sessions and grants are ended.\n", account.email));
        }
        Accounts::Disable(named) => {
            let (state, account) = find(&named).await?;
            state.store.set_account_disabled(&account.id, Some(state.now()), state.now()).await?;
            print(&format!("`{}` is disabled; its sessions and grants are ended.\n", account.email));
        }
        Accounts::Enable(named) => {
            let (state, account) = find(&named).await?;
            state.store.set_account_disabled(&account.id, None, state.now()).await?;
            print(&format!("`{}` can sign in again.\n", account.email));
        }
        Accounts::Remove(named) => {
            let (state, account) = find(&named).await?;
            state.store.remove_account(&account.id, state.now()).await?;
            print(&format!("`{}` is removed.\n", account.email));
        }
    }
    Ok(Exit::Success)
}

async fn add_account(add: AddAccount) -> anyhow::Result<()> {
    let email = spelling::email(&add.email).map_err(Error::msg)?;
    let served = config(&add.configured)?.regions;
    if let Some(region) = add.region.filter(|region| !served.iter().any(|known| known.region == *region)) {
        let served: Vec<_> = served.iter().map(|known| format!("`{}`", known.region)).collect();
        bail!("This server does not serve the region `{region}`; it serves {}.", served.join(", "));
    }
    let state = open_or_make(&add.configured).await?;
    let password_hash = state.passwords.hash(&new_password()?, &*state.entropy).await?;
    let account = Account {
        id: state.entropy.uuid(),
        email: email.clone(),
        full_name: add.name,
        password_hash: Some(password_hash),
        kind: if add.business { AccountKind::Business } else { AccountKind::Person },
        region: add.region.unwrap_or(state.config.default_region),
        locale: add.locale,
        profile_image_url: String::new(),
        vault_uuid: state.entropy.uuid(),
        created_at: state.now(),
        disabled_at: None,
    };
    match state.store.insert_account(&account).await {
        Ok(()) => print(&format!("`{email}` is added, with the id {}.\n", account.id)),
        Err(fleetgate_store::Error::Conflict { .. }) => {
            bail!("There is an account with the e-mail address `{email}` already.")
        }
        Err(error) => return Err(error).context("The account cannot be added."),
    }
    Ok(())
}

async fn list_accounts(list: &List) -> anyhow::Result<()> {
    let state = open(&list.configured).await?;
    let mut all: Vec<Account> = Vec::new();
    loop {
        let page = state.store.accounts(all.last().map(|account| account.email.as_str()), PAGE).await?;
        if page.is_empty() {
            break;
        }
        all.extend(page);
    }
    if list.json {
        let accounts: Vec<_> = all
            .iter()
            .map(|account| {
                json!({
                    "id": account.id,
                    "email": account.email,
                    "full_name": account.full_name,
                    "kind": account.kind.as_str(),
                    "region": account.region,
                    "locale": account.locale,
                    "disabled": account.disabled_at.is_some(),
                })
            })
            .collect();
        print(&format!("{:#}\n", json!(accounts)));
        return Ok(());
    }
    let rows = all.into_iter().map(|account| {
        let state = if account.disabled_at.is_some() { "disabled" } else { "" };
        [
            account.email,
            account.full_name,
            account.kind.as_str().to_owned(),
            account.region.to_string(),
            state.to_owned(),
        ]
    });
    print(&table(["E-mail", "Name", "Kind", "Region", "State"], rows));
    Ok(())
}

async fn find(named: &NamedAccount) -> anyhow::Result<(Shared, Account)> {
    let state = open(&named.configured).await?;
    let account = state.store.account_by_email(&named.email).await?;
    let account = account
        .with_context(|| format!("There is no account `{}`; `fleetgate accounts list` shows them.", named.email))?;
    Ok((state, account))
}
