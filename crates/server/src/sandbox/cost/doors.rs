//! `/sandbox/cost`.

use axum::extract::State as Extract;
use axum::response::Response;
use fleetgate_protocol::parameters::Parameters;
use http::StatusCode;
use serde::{Deserialize, Deserializer};

use super::report::ReportError;
use super::{CostMeter, Month, meter, report};
use crate::http::{Received, json};
use crate::sandbox::mint::body;
use crate::sandbox::refusal::Refused;
use crate::state::{Shared, State};

const SHAPE: &str = "{\"application\": …, \"monthly_budget\": …}";

/// The body of `POST /sandbox/cost`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BudgetOrder {
    application: String,
    /// In dollars; `null` takes it away, and must be said.
    #[serde(deserialize_with = "Option::<Budget>::deserialize")]
    monthly_budget: Option<Budget>,
}

/// A monthly budget in thousandths of a dollar: written in dollars, from 0 to a million.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget(pub i64);

impl TryFrom<f64> for Budget {
    type Error = String;

    #[expect(clippy::cast_possible_truncation, reason = "the number was found to fit")]
    fn try_from(dollars: f64) -> Result<Self, String> {
        match dollars {
            0.0..=1_000_000.0 => Ok(Self((dollars * 1000.0).round() as i64)),
            _ => Err(format!("`{dollars}` is no amount; write dollars, from 0 to 1000000")),
        }
    }
}

impl std::str::FromStr for Budget {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("`{text}` is no amount; write dollars, from 0 to 1000000");
        text.parse::<f64>().map_err(|_| wrong())?.try_into().map_err(|_| wrong())
    }
}

impl<'de> Deserialize<'de> for Budget {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        f64::deserialize(deserializer)?.try_into().map_err(serde::de::Error::custom)
    }
}

/// `GET /sandbox/cost?month=&application=`.
pub(in crate::sandbox) async fn show(Extract(state): Extract<Shared>, received: Received) -> Result<Response, Refused> {
    let query =
        Parameters::from_form(received.query().as_bytes()).map_err(|error| Refused::invalid(error.to_string()))?;
    let month = query.get("month").map(str::parse).transpose();
    let month = month.map_err(|error: String| Refused::invalid(format!("The parameter `month` is wrong: {error}.")))?;
    shown(&state, month, query.get("application")).await
}

/// `POST /sandbox/cost`: sets the monthly budget of an application, and answers as `GET` for this month.
pub(in crate::sandbox) async fn set_budget(
    Extract(state): Extract<Shared>,
    received: Received,
) -> Result<Response, Refused> {
    let BudgetOrder { application, monthly_budget } = body(&received, SHAPE)?;
    let unknown = || ReportError::UnknownApplication(application.clone());
    let found = state.directory.application_named(&application).ok_or_else(unknown)?;
    let budget = monthly_budget.map(|budget| budget.0);
    counted(&state)?.put_budget(&state.store, found.client_id.clone(), budget, state.now()).await?;
    shown(&state, None, None).await
}

async fn shown(state: &State, month: Option<Month>, application: Option<&str>) -> Result<Response, Refused> {
    counted(state)?.flush(&state.store).await?;
    Ok(json(StatusCode::OK, &report(state, month, application).await?))
}

fn counted(state: &State) -> Result<&CostMeter, Refused> {
    let missing = || Refused::new(StatusCode::NOT_FOUND, "not_found", "This server counts no costs.");
    meter(state).ok_or_else(missing)
}

impl From<ReportError> for Refused {
    fn from(error: ReportError) -> Self {
        match error {
            ReportError::UnknownApplication(_) => Self::new(StatusCode::NOT_FOUND, "not_found", error.to_string()),
            ReportError::Store(error) => error.into(),
        }
    }
}
