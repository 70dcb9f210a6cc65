//! The load: so many connections, so many requests, one after the other on each connection.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use futures_util::future::try_join_all;

use crate::http1::{Connection, form, get, post};
use crate::stopwatch::Stopwatch;
use crate::{Application, Kind, Load};

/// What the server does after its last answer belongs to it too: under load it writes its request log a second later.
const SETTLE: Duration = Duration::from_millis(1_500);

pub(crate) async fn run(load: &Load) -> Result<()> {
    // A load that sleeps between answers makes the server pay for waking it, which on a virtual machine is an interrupt
    // through the hypervisor for each answer. Clients elsewhere cost nothing of the kind.
    tokio::spawn(async {
        loop {
            tokio::task::yield_now().await;
        }
    });
    if let Kind::Refresh { application, refresh_tokens, access_tokens } = &load.kind {
        return refresh(load, application, refresh_tokens, access_tokens.as_deref()).await;
    }
    let requests: Arc<[Vec<u8>]> = requests(load)?.into();
    let mut connections = try_join_all((0..load.connections).map(|_| Connection::open(load.address))).await?;
    fixed(&mut connections, &requests, load.warm_up).await?;
    let stopwatch = Stopwatch::start(load.pid)?;
    fixed(&mut connections, &requests, load.requests).await?;
    finish(&stopwatch, load.requests).await
}

async fn finish(stopwatch: &Stopwatch, requests: usize) -> Result<()> {
    let elapsed = stopwatch.elapsed();
    tokio::time::sleep(SETTLE).await;
    stopwatch.print(requests, elapsed)
}

/// The requests that are sent by turns.
fn requests(load: &Load) -> Result<Vec<Vec<u8>>> {
    Ok(match &load.kind {
        Kind::Get { path } => vec![get(load.address, path, &[])],
        Kind::Post { path, form } => vec![post(load.address, path, &[], form)],
        Kind::Call { path, tokens, skip, take } => {
            let tokens = fs::read_to_string(tokens)?;
            let call = |token: &str| get(load.address, path, &[format!("authorization: Bearer {token}")]);
            let calls: Vec<_> = tokens.lines().skip(*skip).take(*take).map(call).collect();
            if calls.len() < *take {
                bail!("there are only {} tokens after the first {skip}", calls.len());
            }
            calls
        }
        Kind::Vehicles { path, vins, token, post: by_post } => {
            let (vins, token) = (fs::read_to_string(vins)?, fs::read_to_string(token)?);
            let bearer = [format!("authorization: Bearer {}", token.trim())];
            let path = |vin: &str| format!("/api/1/vehicles/{vin}/{path}");
            let ask = |vin| match by_post {
                true => post(load.address, &path(vin), &bearer, ""),
                false => get(load.address, &path(vin), &bearer),
            };
            vins.lines().map(ask).collect()
        }
        Kind::Refresh { .. } => Vec::new(),
    })
}

/// Sends `count` requests in all.
async fn fixed(connections: &mut [Connection], requests: &[Vec<u8>], count: usize) -> Result<()> {
    let sent = AtomicUsize::new(0);
    let each = connections.iter_mut().map(async |connection| {
        loop {
            let turn = sent.fetch_add(1, Ordering::Relaxed);
            if turn >= count {
                return Ok::<_, anyhow::Error>(());
            }
            connection.exchange(&requests[turn % requests.len()]).await?.expect(200)?;
        }
    });
    try_join_all(each).await?;
    Ok(())
}

/// One connection with its families.
struct Rotating {
    connection: Connection,
    tokens: Vec<String>,
    access_tokens: Vec<String>,
    turn: usize,
}

async fn refresh(
    load: &Load,
    application: &Application,
    refresh_tokens: &Path,
    access_tokens: Option<&Path>,
) -> Result<()> {
    let all: Vec<String> = fs::read_to_string(refresh_tokens)?.lines().map(str::to_owned).collect();
    if all.len() < load.connections {
        bail!("there are {} families for {} connections", all.len(), load.connections);
    }
    let mut rotating = Vec::new();
    for tokens in all.chunks(all.len().div_ceil(load.connections)) {
        let connection = Connection::open(load.address).await?;
        rotating.push(Rotating { connection, tokens: tokens.to_vec(), access_tokens: Vec::new(), turn: 0 });
    }
    let keep = access_tokens.is_some();
    rotate(load, application, &mut rotating, load.warm_up, keep).await?;
    let stopwatch = Stopwatch::start(load.pid)?;
    rotate(load, application, &mut rotating, load.requests, keep).await?;
    finish(&stopwatch, load.requests).await?;

    let newest: String = rotating.iter().flat_map(|each| &each.tokens).map(|token| format!("{token}\n")).collect();
    fs::write(refresh_tokens, newest)?;
    if let Some(file) = access_tokens {
        let tokens = rotating.iter().flat_map(|each| &each.access_tokens);
        let lines: String = tokens.map(|token| format!("{token}\n")).collect();
        let mut file = OpenOptions::new().create(true).append(true).open(file)?;
        file.write_all(lines.as_bytes()).context("write the access tokens")?;
    }
    Ok(())
}

async fn rotate(
    load: &Load,
    application: &Application,
    rotating: &mut [Rotating],
    count: usize,
    keep: bool,
) -> Result<()> {
    let sent = AtomicUsize::new(0);
    let each = rotating.iter_mut().map(async |each| {
        while sent.fetch_add(1, Ordering::Relaxed) < count {
            let index = each.turn % each.tokens.len();
            let request = refresh_request(load, application, &each.tokens[index]);
            let answer = each.connection.exchange(&request).await?.expect(200)?;
            if keep {
                each.access_tokens.push(answer.member("access_token")?.to_owned());
            }
            answer.member("refresh_token")?.clone_into(&mut each.tokens[index]);
            each.turn += 1;
        }
        Ok::<_, anyhow::Error>(())
    });
    try_join_all(each).await?;
    Ok(())
}

fn refresh_request(load: &Load, application: &Application, token: &str) -> Vec<u8> {
    let mut pairs = vec![("grant_type", "refresh_token"), ("refresh_token", token)];
    pairs.push(("client_id", &application.client_id));
    pairs.extend(application.client_secret.as_deref().map(|secret| ("client_secret", secret)));
    post(load.address, "/oauth2/v3/token", &[], &form(pairs))
}
