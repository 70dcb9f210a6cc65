//! What pages are sent: queries and forms.

use fleetgate_protocol::ScopeSet;
use fleetgate_protocol::parameters::{Parameters, ParametersError};
use http::Method;

use super::browser::Browser;
use crate::error::PageError;
use crate::http::Received;

/// The parameters of a page: the query, or the form of a `POST`.
pub(super) fn parameters(received: &Received) -> Result<Parameters, PageError> {
    Parameters::from_form(text(received)?).map_err(unreadable)
}

/// The fields of a form that a page of this browser held.
pub(super) fn form(browser: &Browser, received: &Received) -> Result<Parameters, PageError> {
    own(browser, received, parameters(received)?)
}

/// [`form`] with the scopes whose boxes were ticked.
pub(super) fn form_with_scopes(browser: &Browser, received: &Received) -> Result<(Parameters, ScopeSet), PageError> {
    let (form, ticked) = Parameters::from_form_with_boxes(text(received)?, "scope").map_err(unreadable)?;
    let form = own(browser, received, form)?;
    let ticked = ticked.join(" ").parse().map_err(|_| PageError::BadRequest("A scope is malformed.".to_owned()))?;
    Ok((form, ticked))
}

/// Whether a form came from a page of this browser: it carries the browser's token, and no other site sent it.
pub(super) fn is_own_form(browser: &Browser, received: &Received, csrf: Option<&str>) -> bool {
    let foreign = received.parts.headers.get("sec-fetch-site").is_some_and(|site| site == "cross-site");
    !foreign && browser.is_own_form(csrf)
}

fn own(browser: &Browser, received: &Received, form: Parameters) -> Result<Parameters, PageError> {
    if is_own_form(browser, received, form.get("csrf")) {
        Ok(form)
    } else if browser.is_fresh() {
        Err(PageError::NoCookies)
    } else {
        Err(PageError::ForeignForm)
    }
}

fn text(received: &Received) -> Result<&[u8], PageError> {
    if received.parts.method != Method::POST {
        return Ok(received.query().as_bytes());
    }
    match received.media_type().as_deref() {
        Some("application/x-www-form-urlencoded") => Ok(&received.body),
        _ => Err(PageError::MediaType),
    }
}

fn unreadable(error: ParametersError) -> PageError {
    PageError::BadRequest(match error {
        ParametersError::Repeated(name) => format!("The parameter '{name}' is sent twice."),
        other => other.to_string(),
    })
}
