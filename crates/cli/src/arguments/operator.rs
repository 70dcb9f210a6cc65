//! Accounts and applications of an operator's server.

use clap::{Args, Subcommand};
use fleetgate_protocol::{ApplicationKind, GrantType, Region, ScopeSet};

use super::Configured;

#[derive(Debug, Subcommand)]
pub(crate) enum Accounts {
    /// Adds an account. Its password is read from standard input.
    Add(AddAccount),
    /// Lists the accounts.
    List(List),
    /// Sets another password, read from standard input, and ends what the old one began.
    SetPassword(NamedAccount),
    /// Keeps an account from signing in, and ends its sessions and grants.
    Disable(NamedAccount),
    /// Lets a disabled account sign in again.
    Enable(NamedAccount),
    /// Removes an account with everything that it granted.
    Remove(NamedAccount),
}

#[derive(Debug, Args)]
pub(crate) struct AddAccount {
    #[command(flatten)]
    pub(crate) configured: Configured,
    /// The e-mail address.
    #[arg(long)]
    pub(crate) email: String,
    /// The full name.
    #[arg(long)]
    pub(crate) name: String,
    /// The home region; the server's default one unless given.
    #[arg(long)]
    pub(crate) region: Option<Region>,
    /// Language and country.
    #[arg(long, default_value = "en-US")]
    pub(crate) locale: String,
    /// The account is a business's.
    #[arg(long)]
    pub(crate) business: bool,
}

#[derive(Debug, Args)]
pub(crate) struct List {
    #[command(flatten)]
    pub(crate) configured: Configured,
    /// For programs.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Args)]
pub(crate) struct NamedAccount {
    #[command(flatten)]
    pub(crate) configured: Configured,
    /// The e-mail address.
    pub(crate) email: String,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Apps {
    /// Adds an application. Its secret is printed once.
    Add(AddApp),
    /// Lists the applications.
    List(List),
    /// Gives an application another secret, which is printed once; the old one ends.
    RotateSecret(NamedApp),
    /// Keeps an application from getting and using tokens.
    Disable(NamedApp),
    /// Lets a disabled application in again.
    Enable(NamedApp),
    /// Removes an application with everything that was granted to it.
    Remove(NamedApp),
}

#[derive(Debug, Args)]
pub(crate) struct AddApp {
    #[command(flatten)]
    pub(crate) configured: Configured,
    /// The name, as people see it when they consent.
    #[arg(long)]
    pub(crate) name: String,
    /// `third_party`, `partner` or `open_source`.
    #[arg(long)]
    pub(crate) kind: ApplicationKind,
    /// What it says of itself.
    #[arg(long, default_value = "")]
    pub(crate) description: String,
    /// A grant that it may use (can be repeated); what its kind may use unless given.
    #[arg(long = "grant-type", value_name = "GRANT")]
    pub(crate) grant_types: Vec<GrantType>,
    /// Where codes may go (can be repeated).
    #[arg(long = "redirect-uri", value_name = "URI")]
    pub(crate) redirect_uris: Vec<String>,
    /// Where people may go after signing out (can be repeated).
    #[arg(long = "post-logout-redirect-uri", value_name = "URI")]
    pub(crate) post_logout_redirect_uris: Vec<String>,
    /// An origin of its pages (can be repeated).
    #[arg(long = "allowed-origin", value_name = "ORIGIN")]
    pub(crate) allowed_origins: Vec<String>,
    /// The scopes that it may ask for, separated by spaces.
    #[arg(long, value_name = "SCOPES")]
    pub(crate) scope: ScopeSet,
    /// The business that owns it, by e-mail address.
    #[arg(long, value_name = "EMAIL")]
    pub(crate) business: Option<String>,
}

#[derive(Debug, Args)]
pub(crate) struct NamedApp {
    #[command(flatten)]
    pub(crate) configured: Configured,
    /// The name or the client id.
    pub(crate) app: String,
}
