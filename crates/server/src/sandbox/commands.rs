//! The first requests to make, ready to paste into a terminal.

use fleetgate_protocol::{ApplicationKind, GrantType};

use super::world::{DescribedApplication, WorldDescription};

/// A command line with what it does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// What it does.
    pub title: &'static str,
    /// The line.
    pub text: String,
}

/// Four commands for a world: metadata, a partner token, a third-party token, an API call. `secret` is the one that an
/// exposed sandbox demands.
#[must_use]
pub fn commands(world: &WorldDescription, secret: Option<&str>) -> Vec<Command> {
    let base_url = &world.base_url;
    let first = |kind, grant| {
        let mut all = world.applications.iter();
        all.find(|application| application.kind == kind && application.grant_types.contains(&grant))
    };
    let mut commands = vec![Command {
        title: "The authorization server's metadata",
        text: format!("curl -s {base_url}/oauth2/v3/thirdparty/.well-known/openid-configuration"),
    }];
    if let Some(partner) = first(ApplicationKind::Partner, GrantType::ClientCredentials) {
        commands.push(Command { title: "A partner token", text: partner_token(base_url, partner) });
    }
    if let Some(application) = first(ApplicationKind::ThirdParty, GrantType::AuthorizationCode) {
        let guard = secret.map(|secret| format!(" -H {}", quote(&format!("Authorization: Bearer {secret}"))));
        let guard = guard.unwrap_or_default();
        let body = serde_json::json!({ "application": application.name }).to_string();
        let token =
            format!("curl -s {base_url}/sandbox/tokens{guard} -H 'Content-Type: application/json' -d {}", quote(&body));
        let only = "sed 's/.*\"access_token\":\"\\([^\"]*\\)\".*/\\1/'";
        let call = format!("curl -s {base_url}/api/1/vehicles -H \"Authorization: Bearer $({token} | {only})\"");
        commands.push(Command { title: "A third-party token, without a browser", text: token });
        commands.push(Command { title: "An API call with such a token", text: call });
    }
    commands
}

fn partner_token(base_url: &str, application: &DescribedApplication) -> String {
    let secret = application.client_secret.as_deref().unwrap_or_default();
    let field = |name: &str, value: &str| format!(" --data-urlencode {}", quote(&format!("{name}={value}")));
    [
        format!("curl -s {base_url}/oauth2/v3/token -d grant_type=client_credentials"),
        field("client_id", &application.client_id),
        field("client_secret", secret),
        field("audience", base_url),
    ]
    .concat()
}

/// Quotes a text for a POSIX shell.
fn quote(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}
