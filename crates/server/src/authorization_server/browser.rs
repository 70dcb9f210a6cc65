//! What ties a person's pages to one browser: the browser's cookie, the session's cookie, and CSRF tokens.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::hmac;
use axum::response::Response;
use fleetgate_store::Session;
use http::HeaderValue;
use http::header::SET_COOKIE;

use crate::entropy::hash;
use crate::http::Received;
use crate::micros;
use crate::state::State;

/// A browser, known by a random cookie that says nothing of the person. A pending authorization is bound to it, so that
/// nobody else can finish it.
#[derive(Debug, Clone)]
pub struct Browser {
    secret: String,
    fresh: bool,
    /// Whether it came under a name that is known to be this server's, so that no page elsewhere reads what it gets.
    pub(super) known_host: bool,
}

impl Browser {
    /// The browser of a request; one that has no cookie yet gets one with the answer.
    #[must_use]
    pub(crate) fn of(state: &State, request: &Received) -> Self {
        let known_host = request.host().is_some_and(|host| state.addresses.is_known_host(host));
        let known = request.cookie(&cookie_name(state, "browser")).filter(|text| is_secret(text));
        match known {
            Some(secret) => Self { secret: secret.to_owned(), fresh: false, known_host },
            None => Self { secret: state.entropy.hex::<32>(), fresh: true, known_host },
        }
    }

    /// Whether it has no cookie of this server yet.
    #[must_use]
    pub(crate) const fn is_fresh(&self) -> bool {
        self.fresh
    }

    /// What a pending authorization remembers of the browser.
    #[must_use]
    pub fn binding(&self) -> String {
        hex::encode(hash(&self.secret))
    }

    /// The token that every form of this browser carries.
    #[must_use]
    pub fn csrf(&self) -> String {
        let key = hmac::Key::new(hmac::HMAC_SHA256, self.secret.as_bytes());
        hex::encode(hmac::sign(&key, b"fleetgate form"))
    }

    /// Whether a form came from a page that this browser was given.
    #[must_use]
    pub fn is_own_form(&self, csrf: Option<&str>) -> bool {
        !self.fresh && verify_slices_are_equal(self.csrf().as_bytes(), csrf.unwrap_or_default().as_bytes()).is_ok()
    }

    /// Gives a new browser its cookie.
    #[must_use]
    pub fn remember(&self, state: &State, mut response: Response) -> Response {
        if self.fresh {
            set_cookie(state, &mut response, "browser", &self.secret);
        }
        response
    }
}

/// The session of a signed-in person, if the request has one.
///
/// # Errors
/// When the store fails.
pub(crate) async fn session(state: &State, request: &Received) -> Result<Option<Session>, fleetgate_store::Error> {
    match session_hash(state, request) {
        Some(hash) => state.store.session(&hash, state.now()).await,
        None => Ok(None),
    }
}

/// Starts a session under a new id (never one that the browser brought) and gives it to the browser. The session that
/// the browser had ends.
///
/// # Errors
/// When the store fails.
pub(crate) async fn sign_in(
    state: &State,
    request: &Received,
    account_id: &str,
    response: &mut Response,
) -> Result<Session, fleetgate_store::Error> {
    let secret = state.entropy.hex::<32>();
    let now = state.now();
    let session = Session {
        id_hash: state.hash(&secret),
        account_id: account_id.to_owned(),
        auth_time: now,
        amr: vec!["pwd".to_owned()],
        created_at: now,
        expires_at: now + micros(state.config.tokens.session_lifetime),
    };
    state.store.insert_session(&session).await?;
    if let Some(before) = session_hash(state, request) {
        state.store.delete_session(&before).await?;
    }
    set_cookie(state, response, "session", &secret);
    Ok(session)
}

/// Ends the session of a request and takes the cookie back.
///
/// # Errors
/// When the store fails.
pub(crate) async fn sign_out(
    state: &State,
    request: &Received,
    response: &mut Response,
) -> Result<(), fleetgate_store::Error> {
    if let Some(hash) = session_hash(state, request) {
        state.store.delete_session(&hash).await?;
        let name = cookie_name(state, "session");
        append(response, format!("{name}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0{}", secure(state)));
    }
    Ok(())
}

fn session_hash(state: &State, request: &Received) -> Option<[u8; 32]> {
    request.cookie(&cookie_name(state, "session")).filter(|text| is_secret(text)).map(|text| state.hash(text))
}

fn is_secret(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Over TLS the name has the prefix that keeps other hosts and paths from setting it.
fn cookie_name(state: &State, name: &str) -> String {
    let prefix = if state.addresses.base_url.starts_with("https://") { "__Host-" } else { "" };
    format!("{prefix}fleetgate_{name}")
}

fn secure(state: &State) -> &'static str {
    if state.addresses.base_url.starts_with("https://") { "; Secure" } else { "" }
}

fn set_cookie(state: &State, response: &mut Response, name: &str, value: &str) {
    let name = cookie_name(state, name);
    append(response, format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax{}", secure(state)));
}

fn append(response: &mut Response, cookie: String) {
    if let Ok(value) = HeaderValue::try_from(cookie) {
        response.headers_mut().append(SET_COOKIE, value);
    }
}
