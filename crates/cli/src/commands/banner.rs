//! What `fleetgate dev` says when it has started.

use fleetgate_protocol::ApplicationKind;
use fleetgate_server::sandbox::commands;
use fleetgate_server::sandbox::world::WorldDescription;

use crate::output::Paint;

/// Addresses, the demo account, an application of each kind, and the first requests to make.
pub(crate) fn of(
    world: &WorldDescription,
    secret: Option<&str>,
    directory: &str,
    clock: Option<&str>,
    paint: Paint,
) -> String {
    let base_url = &world.base_url;
    let mut lines = vec![
        paint.bold("Your Fleet API sandbox is running."),
        String::new(),
        field("Base URL", base_url),
        field("Issuer", &world.issuer),
        field("Overview", &format!("{base_url}/")),
        field("Data", directory),
    ];
    if let Some(clock) = clock {
        lines.push(field("Clock", clock));
    }
    if let Some(secret) = secret {
        lines.push(field("Secret", secret));
        lines.push(String::new());
        for line in [
            "Other machines can reach this sandbox. `/sandbox/*` and the overview want the secret above, as",
            "`Authorization: Bearer …`, or as the password when a browser asks. They answer to the name of the",
            "base URL only: start with `--base-url` to choose the one under which others reach this machine.",
        ] {
            lines.push(paint.warning(line));
        }
    }
    if let Some(account) = world.demo_account() {
        let password = account.password.as_deref().unwrap_or("(not known here)");
        lines.push(String::new());
        lines.push(paint.bold("Demo account"));
        lines.push(field("E-mail", &account.email));
        lines.push(field("Password", password));
    }
    for (kind, title) in [
        (ApplicationKind::ThirdParty, "A third-party application"),
        (ApplicationKind::Partner, "A partner application"),
        (ApplicationKind::OpenSource, "An open-source application"),
    ] {
        let Some(application) = world.applications.iter().find(|application| application.kind == kind) else {
            continue;
        };
        lines.push(String::new());
        lines.push(format!("{}: {}", paint.bold(title), application.name));
        lines.push(field("Client ID", &application.client_id));
        lines.push(field("Secret", application.client_secret.as_deref().unwrap_or("(none: it is a public client)")));
        if let Some(redirect_uri) = application.redirect_uris.first() {
            lines.push(field("Redirects to", redirect_uri));
        }
    }
    for command in commands(world, secret) {
        lines.push(String::new());
        lines.push(paint.quiet(format!("# {}", command.title)));
        lines.push(command.text);
    }
    lines.push(String::new());
    lines.push("`fleetgate world` lists everything. Press Ctrl-C to stop; what happened is kept.".to_owned());
    lines.join("\n") + "\n"
}

fn field(name: &str, value: &str) -> String {
    format!("  {name:<13} {value}")
}
