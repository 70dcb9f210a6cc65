//! `fleetgate token inspect`: what a token is for.

use std::io::Read as _;

use anyhow::{Context as _, bail};
use fleetgate_gate::SystemClock;
use fleetgate_protocol::claims::{AccessTokenClaims, IdTokenClaims};
use fleetgate_protocol::clock::Clock as _;
use fleetgate_protocol::jws::{CompactJws, JwkSet, VerifyingKey};
use fleetgate_protocol::{Operation, OperationId};
use serde_json::json;

use crate::Exit;
use crate::arguments::Inspect;
use crate::output::{Paint, print, table};

/// What is known of the signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Signature {
    /// No key at hand is the one that the token names.
    Unchecked,
    Good,
    Bad,
}

pub(crate) async fn run(inspect: &Inspect) -> anyhow::Result<Exit> {
    let token = match inspect.token.as_str() {
        "-" => {
            let mut text = String::new();
            std::io::stdin().read_to_string(&mut text).context("The token cannot be read from standard input.")?;
            text.trim().to_owned()
        }
        text => text.trim_start_matches("Bearer ").trim().to_owned(),
    };
    let Ok(jws) = CompactJws::parse(&token) else { bail!("{}", no_access_token(&token)) };
    let Ok(claims) = serde_json::from_slice::<AccessTokenClaims>(jws.unverified_payload()) else {
        if serde_json::from_slice::<IdTokenClaims>(jws.unverified_payload()).is_ok() {
            bail!("This is an id_token: it says who signed in, and opens nothing. Send the `access_token` beside it.");
        }
        bail!("This is a signed token, but no access token of a Fleet API.");
    };
    // The sandbox on this machine, if there is one, has the keys and the time.
    let sandbox = crate::sandbox::open(&inspect.place).await.ok();
    let mut keys = JwkSet::default();
    for server in sandbox.iter().flat_map(|sandbox| std::iter::once(sandbox).chain(&sandbox.own_issuers)) {
        keys.keys.extend(server.keys.set().keys);
    }
    let signature = check(&jws, &keys);
    let now = match (&sandbox, signature) {
        (Some(sandbox), Signature::Good) => sandbox.now(),
        _ => SystemClock.now(),
    };
    let expired = claims.exp <= now.div_euclid(1_000_000);
    let refusal = refusal(signature, expired);
    let opens = |row: &&Operation| refusal.is_none() && !row.is_public() && opens(&claims, row);
    let operations: Vec<&Operation> = OperationId::all().map(OperationId::row).filter(opens).collect();
    if inspect.json {
        print(&format!("{:#}\n", as_json(&claims, signature, expired, &operations)));
    } else {
        print(&as_text(&claims, signature, expired, refusal, &operations));
    }
    Ok(if refusal.is_some() { Exit::Failure } else { Exit::Success })
}

/// Why the token opens nothing, whatever it says.
const fn refusal(signature: Signature, expired: bool) -> Option<&'static str> {
    match (signature, expired) {
        (Signature::Bad, _) => Some("its signature is wrong"),
        (_, true) => Some("it is over"),
        _ => None,
    }
}

fn no_access_token(token: &str) -> String {
    let what = match token.split_once('_') {
        Some(("NA" | "EU" | "CN", rest)) if rest.len() == 60 => {
            "This is a code: exchange it at the token endpoint, once."
        }
        Some(("NA" | "EU" | "CN", _)) => {
            "This is a refresh token: it opens nothing itself; exchange it at the token endpoint with \
             `grant_type=refresh_token`."
        }
        _ => "This is no access token: one has three parts with a dot between.",
    };
    what.to_owned()
}

/// Whether token type and scopes are right for an operation.
fn opens(claims: &AccessTokenClaims, row: &Operation) -> bool {
    let in_scope = row.scopes_any.is_empty() || row.scopes_any.iter().any(|scope| claims.scp.contains(scope));
    row.allows(claims.token_type()) && in_scope
}

fn check(jws: &CompactJws<'_>, keys: &JwkSet) -> Signature {
    let named = keys.keys.iter().find(|key| key.kid.is_some() && key.kid.as_deref() == jws.kid());
    match named.map(VerifyingKey::from_jwk) {
        Some(Ok(key)) if key.verify(jws).is_ok() => Signature::Good,
        Some(Ok(_)) => Signature::Bad,
        Some(Err(_)) | None => Signature::Unchecked,
    }
}

impl Signature {
    const fn sentence(self) -> &'static str {
        match self {
            Self::Unchecked => "not checked: the key is not at hand, so that anybody may have written this",
            Self::Good => "good, by a key of the sandbox on this machine",
            Self::Bad => "wrong: the sandbox on this machine did not issue this",
        }
    }
}

fn time(seconds: i64) -> String {
    jiff::Timestamp::from_second(seconds).map_or_else(|_| seconds.to_string(), |time| time.to_string())
}

fn as_text(
    claims: &AccessTokenClaims,
    signature: Signature,
    expired: bool,
    refusal: Option<&str>,
    operations: &[&Operation],
) -> String {
    let paint = Paint::stdout();
    let ends = if expired { format!("{} ({})", time(claims.exp), paint.alarm("over")) } else { time(claims.exp) };
    let mut text = String::new();
    for (name, value) in [
        ("Type", paint.bold(claims.token_type().title())),
        ("Subject", claims.sub.clone()),
        ("Application", claims.azp.clone()),
        ("Issuer", claims.iss.clone()),
        ("Scopes", claims.scp.to_string()),
        ("Audiences", claims.aud.join("\n             ")),
        ("Home region", claims.ou_code.clone().unwrap_or_else(|| "-".to_owned())),
        ("Issued", time(claims.iat)),
        ("Ends", ends),
        ("Signature", signature.sentence().to_owned()),
    ] {
        text.push_str(&format!("{name:<12} {value}\n"));
    }
    if let Some(refusal) = refusal {
        return text + &format!("\nIt may call no operation: {refusal}.\n");
    }
    if operations.is_empty() {
        return text + "\nIt may call no operation.\n";
    }
    let rows = operations.iter().map(|row| [row.method.as_str().to_owned(), row.path.to_owned()]);
    text + "\nIt may call, in its own region and for its own devices:\n" + &table(["Method", "Path"], rows)
}

fn as_json(
    claims: &AccessTokenClaims,
    signature: Signature,
    expired: bool,
    operations: &[&Operation],
) -> serde_json::Value {
    let operations: Vec<_> =
        operations.iter().map(|row| json!({"name": row.name, "method": row.method, "path": row.path})).collect();
    json!({
        "token_type": claims.token_type(),
        "subject": claims.sub,
        "application": claims.azp,
        "issuer": claims.iss,
        "scopes": claims.scp,
        "audiences": claims.aud,
        "home_region": claims.ou_code,
        "issued_at": time(claims.iat),
        "expires_at": time(claims.exp),
        "expired": expired,
        "signature": match signature {
            Signature::Unchecked => "unchecked",
            Signature::Good => "good",
            Signature::Bad => "bad",
        },
        "operations": operations,
    })
}
