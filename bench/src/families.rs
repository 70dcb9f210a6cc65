//! Families of refresh tokens, made as a browser makes them: one sign-in, one consent, then silent codes.

use std::fs;
use std::net::SocketAddr;

use anyhow::{Context as _, Result};
use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use futures_util::future::try_join_all;

use crate::Families;
use crate::http1::{Connection, form, get, post};

const VERIFIER: &str = "a-verifier-of-at-least-forty-three-characters";
const CONNECTIONS: usize = 32;

pub(crate) async fn make(work: &Families) -> Result<()> {
    let mut browser = Browser { connection: Connection::open(work.address).await?, cookies: Vec::new() };
    let authorize = authorize_path(work);
    let code = browser.consent(work, &authorize).await.context("sign in and consent")?;
    let cookies = format!("cookie: {}", browser.cookies.join("; "));

    let share = (work.count - 1).div_ceil(CONNECTIONS);

    let others = (0..CONNECTIONS).map(async |_| -> Result<Vec<String>> {
        let mut connection = Connection::open(work.address).await?;
        let mut tokens = Vec::new();
        for _ in 0..share {
            let request = get(work.address, &authorize, std::slice::from_ref(&cookies));
            let code = code_of(connection.exchange(&request).await?.expect(302)?.header("location"))?;
            tokens.push(exchange(&mut connection, work, &code).await?);
        }
        Ok(tokens)
    });
    let mut tokens = vec![exchange(&mut browser.connection, work, &code).await?];
    tokens.extend(try_join_all(others).await?.into_iter().flatten());
    tokens.truncate(work.count);
    fs::write(&work.refresh_tokens, tokens.iter().map(|token| format!("{token}\n")).collect::<String>())?;
    Ok(())
}

fn authorize_path(work: &Families) -> String {
    let challenge = URL_SAFE_NO_PAD.encode(digest(&SHA256, VERIFIER.as_bytes()));
    let query = form([
        ("response_type", "code"),
        ("client_id", &work.application.client_id),
        ("redirect_uri", &work.redirect_uri),
        ("scope", &work.scope),
        ("state", "bench"),
        ("code_challenge", &challenge),
        ("code_challenge_method", "S256"),
    ]);
    format!("/oauth2/v3/authorize?{query}")
}

/// Exchanges a code and returns the refresh token.
async fn exchange(connection: &mut Connection, work: &Families, code: &str) -> Result<String> {
    let mut pairs = vec![("grant_type", "authorization_code"), ("code", code), ("code_verifier", VERIFIER)];
    pairs.extend([("redirect_uri", &*work.redirect_uri), ("client_id", &*work.application.client_id)]);
    pairs.extend(work.application.client_secret.as_deref().map(|secret| ("client_secret", secret)));
    let request = post(work.address, "/oauth2/v3/token", &[], &form(pairs));
    let answer = connection.exchange(&request).await?.expect(200)?;
    Ok(answer.member("refresh_token")?.to_owned())
}

/// The code in the address to which a browser is sent.
fn code_of(location: Option<&str>) -> Result<String> {
    let query = location.and_then(|location| location.split_once('?')).context("the answer leads nowhere")?.1;
    let code = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "code");
    Ok(code.with_context(|| format!("there is no code in `{query}`"))?.1.into_owned())
}

/// A browser that reads two pages.
struct Browser {
    connection: Connection,
    cookies: Vec<String>,
}

impl Browser {
    async fn consent(&mut self, work: &Families, authorize: &str) -> Result<String> {
        let address = work.address;
        let mut fields = self.page(address, authorize).await?;
        fields.extend([("email".to_owned(), work.email.clone()), ("password".to_owned(), work.password.clone())]);
        let next = self.submit(address, "/oauth2/v3/authorize/sign-in", &fields).await?;
        let mut fields = self.page(address, &next).await?;
        fields.push(("decision".to_owned(), "allow".to_owned()));
        fields.extend(work.scope.split(' ').map(|scope| ("scope".to_owned(), scope.to_owned())));
        let location = self.submit(address, "/oauth2/v3/authorize/consent", &fields).await?;
        code_of(Some(&location))
    }

    /// Fetches a page and returns the hidden fields of its first form.
    async fn page(&mut self, address: SocketAddr, path: &str) -> Result<Vec<(String, String)>> {
        let request = get(address, path, &[format!("cookie: {}", self.cookies.join("; "))]);
        let answer = self.connection.exchange(&request).await?.expect(200)?;
        self.cookies.extend(answer.cookies().map(str::to_owned));
        let page = std::str::from_utf8(answer.body)?;
        let form = page.split_once("<form").and_then(|(_, rest)| rest.split("</form>").next());
        let hidden = form.context("the page has no form")?.split("<input type=\"hidden\" ").skip(1);
        hidden.map(|input| Ok((attribute(input, "name")?, attribute(input, "value")?))).collect()
    }

    /// Sends a form and returns where it leads.
    async fn submit(&mut self, address: SocketAddr, path: &str, fields: &[(String, String)]) -> Result<String> {
        let form = form(fields.iter().map(|(name, value)| (&**name, &**value)));
        let request = post(address, path, &[format!("cookie: {}", self.cookies.join("; "))], &form);
        let answer = self.connection.exchange(&request).await?.expect(303)?;
        self.cookies.extend(answer.cookies().map(str::to_owned));
        Ok(answer.header("location").context("the answer leads nowhere")?.to_owned())
    }
}

/// An attribute of an element.
fn attribute(element: &str, name: &str) -> Result<String> {
    let value = element.split_once(&format!("{name}=\"")).and_then(|(_, rest)| rest.split('"').next());
    value.map(str::to_owned).with_context(|| format!("a field has no `{name}`"))
}
