//! A browser without scripts, which remembers its cookies from one server process to the next.

use std::collections::BTreeMap;

use reqwest::header::{COOKIE, LOCATION, SET_COOKIE};
use reqwest::{RequestBuilder, StatusCode};
use url::Url;

use crate::application::{Api, CLIENT_ID, Gone, PASSWORD, REDIRECT_URI};

/// Where a browser has come to.
enum Place {
    Page(Page),
    Elsewhere(Url),
}

/// A page of the server.
pub(crate) struct Page(String);

#[derive(Default)]
pub(crate) struct Browser {
    cookies: BTreeMap<String, String>,
}

impl Browser {
    pub(crate) async fn sign_in(&mut self, api: &Api, email: &str) -> Result<(), Gone> {
        let page = self.page(api, api.http.get(api.url("/account"))).await?;
        let fields = [("email", email), ("password", PASSWORD)];
        let page = self.submit(api, &page, &fields).await?;
        assert!(matches!(page, Place::Page(page) if !page.0.contains("name=\"password\"")), "{email} is not signed in");
        Ok(())
    }

    /// The consent page of an authorization request.
    pub(crate) async fn ask(&mut self, api: &Api, scope: &str, prompt: &str) -> Result<Page, Gone> {
        self.page(api, api.http.get(authorize(api, scope, Some(prompt)))).await
    }

    /// Ticks these scopes, allows, and takes the code off the redirect.
    pub(crate) async fn allow(&mut self, api: &Api, page: &Page, scopes: &[&str]) -> Result<String, Gone> {
        let mut fields: Vec<(&str, &str)> = scopes.iter().map(|scope| ("scope", *scope)).collect();
        fields.push(("decision", "allow"));
        self.submit(api, page, &fields).await.map(code)
    }

    /// A code for what was consented to before.
    pub(crate) async fn code_without_a_page(&mut self, api: &Api, scope: &str) -> Result<String, Gone> {
        self.open(api, api.http.get(authorize(api, scope, None))).await.map(code)
    }

    /// The page on which a consent is narrowed or taken back.
    pub(crate) async fn manage(&mut self, api: &Api) -> Result<Page, Gone> {
        let url = api.url(&format!("/user/revoke/consent?revoke_client_id={CLIENT_ID}"));
        self.page(api, api.http.get(url)).await
    }

    pub(crate) async fn change<'s>(
        &mut self,
        api: &Api,
        page: &Page,
        decision: &str,
        scopes: impl IntoIterator<Item = &'s String>,
    ) -> Result<(), Gone> {
        let mut fields: Vec<(&str, &str)> = scopes.into_iter().map(|scope| ("scope", scope.as_str())).collect();
        fields.push(("decision", decision));
        match self.submit(api, page, &fields).await? {
            Place::Page(_) => Ok(()),
            Place::Elsewhere(url) => panic!("led to {url}"),
        }
    }

    async fn page(&mut self, api: &Api, request: RequestBuilder) -> Result<Page, Gone> {
        match self.open(api, request).await? {
            Place::Page(page) => Ok(page),
            Place::Elsewhere(url) => panic!("led to {url}"),
        }
    }

    /// Sends the page's first form with its hidden fields and these.
    async fn submit(&mut self, api: &Api, page: &Page, fields: &[(&str, &str)]) -> Result<Place, Gone> {
        let form = page.0.split("<form").nth(1).unwrap_or_else(|| panic!("no form in {}", page.0));
        let form = form.split("</form>").next().unwrap_or_default();
        let action = attribute(form.split('>').next().unwrap_or_default(), "action").expect("an action");
        let hidden = inputs(form, "hidden").filter(|(name, _)| name != "scope");
        let mut all: Vec<(String, String)> = hidden.collect();
        all.extend(fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let request = api.http.post(api.url(&action)).form(&all).header("origin", &api.base_url);
        self.open(api, request).await
    }

    /// Sends a request and follows redirects within the server.
    async fn open(&mut self, api: &Api, request: RequestBuilder) -> Result<Place, Gone> {
        let mut request = request;
        loop {
            let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            if !cookies.is_empty() {
                request = request.header(COOKIE, cookies.join("; "));
            }
            let response = request.send().await?;
            for cookie in response.headers().get_all(SET_COOKIE) {
                let pair = cookie.to_str().expect("ASCII").split(';').next().unwrap_or_default();
                let (name, value) = pair.split_once('=').expect("a cookie");
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
            let status = response.status();
            let location = response.headers().get(LOCATION).map(|target| target.to_str().expect("ASCII").to_owned());
            let base = response.url().clone();
            let text = response.text().await?;
            let Some(location) = location.filter(|_| status.is_redirection()) else {
                assert_eq!(status, StatusCode::OK, "{text}");
                return Ok(Place::Page(Page(text)));
            };
            let target = base.join(&location).expect("a location");
            if target.origin() != base.origin() {
                return Ok(Place::Elsewhere(target));
            }
            request = api.http.get(target);
        }
    }
}

impl Page {
    /// The scopes whose boxes are ticked.
    pub(crate) fn ticked(&self) -> std::collections::BTreeSet<String> {
        assert!(!self.0.contains("name=\"password\""), "the session is lost");
        let boxes = self.0.split("<input").skip(1).filter_map(|rest| rest.split('>').next());
        let ticked = boxes.filter(|tag| tag.contains("type=\"checkbox\"") && tag.contains(" checked"));
        ticked.filter_map(|tag| attribute(tag, "value")).collect()
    }
}

fn code(place: Place) -> String {
    match place {
        Place::Elsewhere(url) => {
            let code = url.query_pairs().find(|(name, _)| name == "code");
            code.unwrap_or_else(|| panic!("no code in {url}")).1.into_owned()
        }
        Place::Page(page) => panic!("a page instead of a code: {}", page.0),
    }
}

fn authorize(api: &Api, scope: &str, prompt: Option<&str>) -> Url {
    let mut parameters = vec![
        ("response_type", "code"),
        ("client_id", CLIENT_ID),
        ("redirect_uri", REDIRECT_URI),
        ("scope", scope),
        ("state", "s"),
    ];
    parameters.extend(prompt.map(|prompt| ("prompt", prompt)));
    Url::parse_with_params(&api.url("/oauth2/v3/authorize"), parameters).expect("a URL")
}

fn inputs<'f>(form: &'f str, kind: &'static str) -> impl Iterator<Item = (String, String)> + 'f {
    let tags = form.split("<input").skip(1).filter_map(|rest| rest.split('>').next());
    let of_kind = tags.filter(move |tag| attribute(tag, "type").as_deref() == Some(kind));
    of_kind.filter_map(|tag| Some((attribute(tag, "name")?, attribute(tag, "value").unwrap_or_default())))
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    Some(rest.split('"').next()?.replace("&#38;", "&").replace("&amp;", "&"))
}
