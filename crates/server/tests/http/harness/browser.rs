//! A browser without scripts: cookies, redirects on its own origin, forms.

use std::collections::BTreeMap;

use http::StatusCode;
use http::header::{LOCATION, SET_COOKIE};

use super::{Answer, Sandbox};

#[derive(Debug)]
pub(crate) struct Browser {
    http: reqwest::Client,
    origin: String,
    pub(crate) cookies: BTreeMap<String, String>,
    /// Every `Set-Cookie` so far, as it came.
    pub(crate) cookies_set: Vec<String>,
}

/// Where a browser has come to: a page of the server, or an address elsewhere.
#[derive(Clone, Debug)]
pub(crate) struct Page {
    pub(crate) answer: Answer,
    /// Path and query under which it came.
    pub(crate) at: String,
    /// The address outside to which the server redirected.
    pub(crate) left_for: Option<url::Url>,
}

impl Page {
    pub(crate) fn parameter(&self, name: &str) -> Option<String> {
        let mut pairs = self.left_for.as_ref()?.query_pairs();
        pairs.find(|(known, _)| known == name).map(|(_, value)| value.into_owned())
    }

    /// The names and values of the page's inputs of one type.
    fn inputs(&self, kind: &str) -> Vec<(String, String)> {
        let tags = self.answer.text.split("<input").skip(1).filter_map(|rest| rest.split('>').next());
        let of_kind = tags.filter(|tag| attribute(tag, "type").as_deref() == Some(kind));
        of_kind.filter_map(|tag| Some((attribute(tag, "name")?, attribute(tag, "value").unwrap_or_default()))).collect()
    }

    pub(crate) fn first_form(&self) -> Option<String> {
        let tag = self.answer.text.split("<form").nth(1)?.split('>').next()?;
        attribute(tag, "action")
    }

    /// The path of the stored request that the page belongs to.
    pub(crate) fn resume_path(&self) -> String {
        let hidden = self.hidden();
        let (_, id) = hidden.iter().find(|(name, _)| name == "request").expect("a stored request");
        format!("/oauth2/v3/authorize/continue?request={id}")
    }

    /// The hidden inputs of the page's first form.
    pub(crate) fn hidden(&self) -> Vec<(String, String)> {
        let mut seen = std::collections::BTreeSet::new();
        self.inputs("hidden").into_iter().filter(|(name, _)| name == "scope" || seen.insert(name.clone())).collect()
    }

    /// The scopes that can be unticked.
    pub(crate) fn scopes(&self) -> Vec<String> {
        self.inputs("checkbox").into_iter().filter(|(name, _)| name == "scope").map(|(_, value)| value).collect()
    }

    /// Every scope on the page, those that cannot be unticked among them.
    pub(crate) fn offered(&self) -> Vec<String> {
        let fixed = self.inputs("hidden").into_iter().filter(|(name, _)| name == "scope").map(|(_, value)| value);
        let mut all: Vec<String> = fixed.chain(self.scopes()).collect();
        all.sort();
        all
    }

    pub(crate) fn is_sign_in(&self) -> bool {
        self.answer.text.contains("name=\"password\"")
    }

    pub(crate) fn is_consent(&self) -> bool {
        self.answer.text.contains("value=\"allow\"")
    }
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    let value = rest.split('"').next()?;
    Some(value.replace("&#38;", "&").replace("&amp;", "&").replace("&#x2F;", "/").replace("&#39;", "'"))
}

impl Browser {
    pub(crate) fn new(http: reqwest::Client, origin: String) -> Self {
        Self { http, origin, cookies: BTreeMap::new(), cookies_set: Vec::new() }
    }

    pub(crate) async fn open(&mut self, path: &str) -> Page {
        let url = format!("{}{path}", self.origin);
        self.follow(self.http.get(url)).await
    }

    pub(crate) async fn post(&mut self, path: &str, fields: &[(String, String)]) -> Page {
        let url = format!("{}{path}", self.origin);
        let request = self.http.post(url).form(fields).header("Origin", &self.origin);
        self.follow(request).await
    }

    /// Fills the page's first form and sends it.
    pub(crate) async fn submit(&mut self, page: &Page, fields: &[(&str, &str)]) -> Page {
        let mut all = page.hidden();
        all.extend(fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let action = page.first_form().unwrap_or_else(|| panic!("no form in {}", page.answer.text));
        self.post(&action, &all).await
    }

    pub(crate) async fn sign_in(&mut self, page: &Page, (email, password): &(String, String)) -> Page {
        assert!(page.is_sign_in(), "{}", page.answer.text);
        self.submit(page, &[("email", email), ("password", password)]).await
    }

    /// Allows the scopes for which `keep` is true.
    pub(crate) async fn consent(&mut self, page: &Page, keep: impl Fn(&str) -> bool) -> Page {
        assert!(page.is_consent(), "{:?} {}", page.left_for, page.answer.text);
        let scopes = page.scopes();
        let mut fields: Vec<(&str, &str)> =
            scopes.iter().filter(|scope| keep(scope)).map(|scope| ("scope", scope.as_str())).collect();
        fields.push(("decision", "allow"));
        self.submit(page, &fields).await
    }

    /// Answers a consent page with its other button.
    pub(crate) async fn refuse(&mut self, page: &Page) -> Page {
        assert!(page.is_consent(), "{:?} {}", page.left_for, page.answer.text);
        self.submit(page, &[("decision", "deny")]).await
    }

    /// Signs in on the way to the consent page.
    pub(crate) async fn reach_consent(&mut self, path: &str, person: &(String, String)) -> Page {
        let mut page = self.open(path).await;
        if page.left_for.is_none() && page.is_sign_in() {
            page = self.sign_in(&page, person).await;
        }
        page
    }

    /// Signs the first person in if that is needed, and allows everything.
    pub(crate) async fn allow(&mut self, sandbox: &Sandbox, path: &str) -> Page {
        let mut page = self.open(path).await;
        if page.left_for.is_none() && page.is_sign_in() {
            page = self.sign_in(&page, &sandbox.person(0)).await;
        }
        if page.left_for.is_none() && page.is_consent() {
            page = self.consent(&page, |_| true).await;
        }
        page
    }

    async fn follow(&mut self, request: reqwest::RequestBuilder) -> Page {
        let mut request = request;
        for _ in 0..8 {
            let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            if !cookies.is_empty() {
                request = request.header("Cookie", cookies.join("; "));
            }
            let response = request.send().await.expect("an answer");
            for cookie in response.headers().get_all(SET_COOKIE) {
                let text = cookie.to_str().expect("ASCII");
                let (name, rest) = text.split_once('=').expect("a cookie");
                self.cookies.insert(name.to_owned(), rest.split(';').next().unwrap_or_default().to_owned());
                if text.contains("Max-Age=0") {
                    self.cookies.remove(name);
                }
                self.cookies_set.push(text.to_owned());
            }
            let at = response.url()[url::Position::BeforePath..].to_owned();
            let answer = Answer::read(response).await;
            let redirected = matches!(answer.status, StatusCode::FOUND | StatusCode::SEE_OTHER);
            let Some(location) = answer.headers.get(LOCATION).filter(|_| redirected) else {
                return Page { answer, at, left_for: None };
            };
            let base = url::Url::parse(&self.origin).expect("an origin");
            let target = base.join(location.to_str().expect("ASCII")).expect("a location");
            if target.origin() != base.origin() {
                return Page { answer, at, left_for: Some(target) };
            }
            request = self.http.get(target);
        }
        panic!("too many redirects");
    }
}
