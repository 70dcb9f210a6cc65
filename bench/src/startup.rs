//! How long a server takes to its first answer.

use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use tokio::process::Command;
use tokio::time::Instant;

use crate::http1::{Connection, get};
use crate::{Startup, Target};

const PATIENCE: Duration = Duration::from_secs(20);
const PAUSE: Duration = Duration::from_micros(500);

/// Prints the milliseconds of each start, a line each.
pub(crate) async fn run(work: &Startup) -> Result<()> {
    let (program, arguments) = work.command.split_first().context("there is no command")?;
    for _ in 0..work.times {
        let mut command = Command::new(program);
        command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
        let begun = Instant::now();
        let mut server = command.spawn().with_context(|| format!("start `{program}`"))?;
        wait(&work.target).await?;
        println!("{}", begun.elapsed().as_secs_f64() * 1000.0);
        server.kill().await?;
    }
    Ok(())
}

/// Waits until the server answers with 200.
pub(crate) async fn wait(target: &Target) -> Result<()> {
    let begun = Instant::now();
    while !answers(target).await {
        if begun.elapsed() > PATIENCE {
            bail!("nothing answered at {} within {} s", target.address, PATIENCE.as_secs());
        }
        tokio::time::sleep(PAUSE).await;
    }
    Ok(())
}

/// Prints the body of one answer.
pub(crate) async fn fetch(target: &Target, token: Option<&Path>) -> Result<()> {
    let tokens = token.map(fs::read_to_string).transpose()?;
    let token = tokens.as_deref().and_then(|tokens| tokens.lines().next());
    let headers: Vec<String> = token.map(|token| format!("authorization: Bearer {token}")).into_iter().collect();
    let mut connection = Connection::open(target.address).await?;
    let answer = connection.exchange(&get(target.address, &target.path, &headers)).await?.expect(200)?;
    print!("{}", std::str::from_utf8(answer.body)?);
    Ok(())
}

async fn answers(target: &Target) -> bool {
    let Ok(mut connection) = Connection::open(target.address).await else { return false };
    let request = get(target.address, &target.path, &[]);
    connection.exchange(&request).await.is_ok_and(|answer| answer.status == 200)
}
