//! RP-initiated logout (OpenID Connect RP-Initiated Logout 1.0).

use axum::extract::State as Extract;
use axum::response::Response;
use fleetgate_protocol::claims::IdTokenClaims;
use fleetgate_protocol::jws::{CompactJws, VerifyingKey};
use http::{Method, StatusCode};

use super::browser::{Browser, session, sign_out};
use super::forms::{is_own_form, parameters};
use crate::error::PageError;
use crate::http::{Received, redirect};
use crate::pages::{self, CsrfToken, FormAction, SignOut, SignedOut};
use crate::state::{Shared, State};

/// `GET|POST /oauth2/v3/logout`.
///
/// A hint that names the signed-in person ends the session at once (section 2); without it the person is asked, so that
/// no page can sign people out. Only a registered URI is redirected to (section 3).
pub(super) async fn logout(Extract(state): Extract<Shared>, received: Received) -> Result<Response, PageError> {
    let browser = Browser::of(&state, &received);
    let parameters = parameters(&received)?;
    let hint = parameters.get("id_token_hint").map(|hint| id_token(&state, hint)).transpose()?;
    let client_id = match (&hint, parameters.get("client_id")) {
        (Some(hint), Some(client_id)) if hint.aud != client_id => {
            return Err(PageError::BadRequest("The id_token_hint was issued to another client_id.".to_owned()));
        }
        (Some(hint), _) => Some(hint.aud.as_str()),
        (None, client_id) => client_id,
    };
    let target = match parameters.get("post_logout_redirect_uri") {
        None => None,
        Some(uri) => Some(return_url(&state, client_id, uri, parameters.get("state"))?),
    };

    if browser.is_fresh() && received.parts.method == Method::POST {
        // A form that an application's page sent comes without this server's cookies, though the browser may have them.
        let query = parameters.to_query();
        return Ok(redirect(StatusCode::SEE_OTHER, &format!("/oauth2/v3/logout?{query}")));
    }
    let session = session(&state, &received).await?;
    let hinted = matches!((&hint, &session), (Some(hint), Some(session)) if hint.sub == session.account_id);
    let confirmed = is_own_form(&browser, &received, parameters.get("csrf"));
    if session.is_some() && !hinted && !confirmed {
        let fields = ["id_token_hint", "client_id", "post_logout_redirect_uri", "state"];
        let kept = fields.iter().filter_map(|name| Some(((*name).to_owned(), parameters.get(name)?.to_owned())));
        let view = SignOut {
            sandbox: state.is_sandbox(),
            action: "/oauth2/v3/logout".to_owned(),
            fields: kept.collect(),
            csrf: CsrfToken::new(browser.csrf()),
        };
        let form_action = if target.is_some() { FormAction::Anywhere } else { FormAction::Own };
        let page = pages::page_leading_to(&view, StatusCode::OK, form_action);
        return Ok(browser.remember(&state, page));
    }
    let mut response = match target {
        Some(target) => redirect(StatusCode::SEE_OTHER, &target),
        None => pages::page(&SignedOut { sandbox: state.is_sandbox(), return_url: None }, StatusCode::OK),
    };
    sign_out(&state, &received, &mut response).await?;
    Ok(response)
}

/// An id_token of this server. Its time may be over: the hint says who, not that it is now.
fn id_token(state: &State, text: &str) -> Result<IdTokenClaims, PageError> {
    let bad = || PageError::BadRequest("The id_token_hint is not an id_token of this server.".to_owned());
    let jws = CompactJws::parse(text).map_err(|_| bad())?;
    let set = state.keys.set();
    let jwk = set.keys.iter().find(|jwk| jwk.kid.as_deref() == jws.kid()).ok_or_else(bad)?;
    let key = VerifyingKey::from_jwk(jwk).map_err(|_| bad())?;
    let payload = key.verify(&jws).map_err(|_| bad())?;
    let claims: IdTokenClaims = serde_json::from_slice(payload).map_err(|_| bad())?;
    if claims.iss == state.addresses.token_issuer { Ok(claims) } else { Err(bad()) }
}

fn return_url(state: &State, client_id: Option<&str>, uri: &str, echo: Option<&str>) -> Result<String, PageError> {
    let application = client_id.and_then(|client_id| state.directory.application(client_id));
    let registered = application.is_some_and(|app| app.post_logout_redirect_uris.iter().any(|known| known == uri));
    if !registered {
        return Err(PageError::BadRequest(
            "The post_logout_redirect_uri is not registered for this client, or no client was named.".to_owned(),
        ));
    }
    let Some(echo) = echo else { return Ok(uri.to_owned()) };
    let query = form_urlencoded::Serializer::new(String::new()).append_pair("state", echo).finish();
    let join = if uri.contains('?') { '&' } else { '?' };
    Ok(format!("{uri}{join}{query}"))
}
