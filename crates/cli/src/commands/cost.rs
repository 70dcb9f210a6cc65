//! `fleetgate cost`.

use std::collections::BTreeMap;

use anyhow::Context as _;
use fleetgate_server::sandbox::cost::{Budget, CostMeter, CostReport, Sum, report};
use fleetgate_server::state::State;

use super::followed::followed;
use crate::Exit;
use crate::arguments::{SetBudget, ShowCost};
use crate::output::{Paint, print, table, warn};

/// Shows the costs of a month. A sandbox that runs there has written everything that was answered before.
pub(crate) async fn run(show: &ShowCost) -> anyhow::Result<Exit> {
    let state = crate::sandbox::open(&show.place).await?;
    let meter = meter(&state)?;
    let version = meter.ask_beside(&state.store).await?;
    followed(&state.config, async || Ok(meter.is_followed(&state.store, version).await?)).await?;
    let report = report(&state, show.month, show.app.as_deref()).await?;
    if show.json {
        print(&format!("{}\n", serde_json::to_string_pretty(&report)?));
    } else {
        print(&text(&report, Paint::stdout()));
    }
    match show.max {
        Some(Budget(most)) if report.usage_thousandths() > most => {
            warn(format_args!("{} were used, more than {}.", dollars(report.usage), dollars(most as f64 / 1000.0)));
            Ok(Exit::Failure)
        }
        _ => Ok(Exit::Success),
    }
}

/// Sets a budget in the database. A sandbox that runs there goes by it when this returns.
pub(crate) async fn set_budget(set: &SetBudget) -> anyhow::Result<Exit> {
    let state = crate::sandbox::open(&set.place).await?;
    let meter = meter(&state)?;
    let found = state.directory.application_named(&set.app);
    let application =
        found.with_context(|| format!("There is no application `{}`; `fleetgate world` lists them.", set.app))?;
    let budget = set.dollars.map(|budget| budget.0);
    let version = meter.put_budget_beside(&state.store, application.client_id.clone(), budget).await?;
    followed(&state.config, async || Ok(meter.is_followed(&state.store, version).await?)).await?;
    Ok(Exit::Success)
}

fn meter(state: &State) -> anyhow::Result<&CostMeter> {
    Ok(state.conditions.as_ref().context("This server counts no costs.")?.cost())
}

fn text(report: &CostReport, paint: Paint) -> String {
    let applications = report.applications.iter().map(|application| {
        let budget = application.monthly_budget.map_or_else(|| "-".to_owned(), dollars);
        [
            application.application.clone(),
            application.answers.to_string(),
            dollars(application.usage),
            dollars(application.due),
            if application.disabled { format!("{budget} ({})", paint.alarm("used up")) } else { budget },
        ]
    });
    let mut text = format!("{}\n", paint.bold(&report.month));
    text.push_str(&table(["Application", "Answers", "Used", "Due", "Budget"], applications));
    for (title, sums) in [("Day", &report.days), ("Device", &report.devices), ("Operation", &report.operations)] {
        if !sums.is_empty() {
            text.push_str(&format!("\n{}", sums_by(title, sums)));
        }
    }
    text.push_str(&format!(
        "\nUsed {}, less discounts of {}: {} due.\n",
        dollars(report.usage),
        dollars(report.discount),
        dollars(report.due)
    ));
    text
}

fn sums_by(title: &str, sums: &BTreeMap<String, Sum>) -> String {
    let name = |name: &String| if name.is_empty() { "-".to_owned() } else { name.clone() };
    table(
        [title, "Answers", "Used"],
        sums.iter().map(|(by, sum)| [name(by), sum.answers.to_string(), dollars(sum.usage)]),
    )
}

fn dollars(amount: f64) -> String {
    format!("${amount:.3}")
}
