//! The gate alone, with a token that it has kept.

use std::fs;
use std::sync::Arc;

use anyhow::{Context as _, Result, anyhow};
use fleetgate_gate::{Gate, GateConfig, KeyRing, Keys, Requirement, Serving, SystemClock};
use fleetgate_protocol::jws::JwkSet;
use fleetgate_protocol::operations::UserOperation;
use http::Request;
use http::header::AUTHORIZATION;

use crate::GateWork;
use crate::stopwatch::repeat;

pub(crate) fn run(work: &GateWork) -> Result<()> {
    let set: JwkSet = serde_json::from_slice(&fs::read(&work.keys)?).context("read the key set")?;
    let tokens = fs::read_to_string(&work.token)?;
    let token = tokens.lines().next().context("the file holds no token")?;

    let config = GateConfig::new(format!("{}/oauth2/v3/thirdparty", work.base_url));
    let keys = Arc::new(KeyRing::new(Keys::from_jwk_set(&set)));
    let gate = Gate::new(config, Serving::without_regions(work.base_url.clone()), keys, Arc::new(SystemClock));
    let row = UserOperation::Region.row();
    let requirement = Requirement::from(row);
    let request = Request::get(row.path).header(AUTHORIZATION, format!("Bearer {token}")).body(())?;
    let (parts, ()) = request.into_parts();

    repeat(work.seconds, 1_000, || {
        let (outcome, _decision) = gate.check(&parts, &requirement);
        outcome.map(drop).map_err(|refusal| anyhow!("the gate refused: {}", refusal.reason()))
    })
}
