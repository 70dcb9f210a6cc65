//! Grants, narrows and takes back one consent.

use std::collections::BTreeSet;

use crate::application::{Api, Gone, Tokens, person};
use crate::audit::Findings;
use crate::browser::Browser;
use crate::numbers::Numbers;
use crate::server::Server;

const ALL: &str = "openid offline_access user_data vehicle_device_data vehicle_cmds";
/// What is always granted: without a refresh token there is nothing to ask for later.
const ALWAYS: [&str; 2] = ["openid", "offline_access"];
const SOMETIMES: [&str; 3] = ["user_data", "vehicle_device_data", "vehicle_cmds"];

type Scopes = BTreeSet<String>;

/// A grant, as it was acknowledged.
struct Grant {
    scopes: Scopes,
    tokens: Tokens,
}

/// What was asked for and not acknowledged.
#[derive(PartialEq)]
enum Open {
    Nothing,
    /// Another consent; `None` takes it back.
    Consent(Option<Scopes>),
    Exchange,
}

/// Somebody who changes their mind.
pub(crate) struct Consenter {
    email: String,
    numbers: Numbers,
    browser: Browser,
    /// As it was last acknowledged.
    consent: Option<Scopes>,
    open: Open,
    code: Option<(String, Scopes)>,
    alive: Vec<Grant>,
    dead: Vec<Tokens>,
    pub(crate) acknowledged: usize,
}

impl Consenter {
    pub(crate) async fn begin(server: &Server, index: usize, numbers: Numbers) -> Self {
        let (email, mut browser) = (person("consenter", index), Browser::default());
        browser.sign_in(&server.api(), &email).await.expect("a running server");
        Self {
            email,
            numbers,
            browser,
            consent: None,
            open: Open::Nothing,
            code: None,
            alive: Vec::new(),
            dead: Vec::new(),
            acknowledged: 0,
        }
    }

    pub(crate) async fn work(mut self, api: Api) -> Self {
        while self.step(&api).await.is_ok() {}
        self
    }

    async fn step(&mut self, api: &Api) -> Result<(), Gone> {
        match (&self.consent, self.code.take()) {
            (Some(_), Some((code, scopes))) => {
                self.open = Open::Exchange;
                self.code = Some((code.clone(), scopes.clone()));
                let tokens = api.exchange(&code).await?.expect("an unspent code");
                self.code = None;
                self.alive.push(Grant { scopes, tokens });
            }
            (Some(_), None) if self.numbers.once_in(3) => {
                let kept = self.pick();
                let page = self.browser.manage(api).await?;
                let before = self.consent.clone().unwrap_or_default();
                let kept: Scopes = kept.intersection(&before).cloned().collect();
                self.open = Open::Consent(Some(kept.clone()));
                self.browser.change(api, &page, "save", &kept).await?;
                self.consent = Some(kept);
            }
            (Some(_), None) if self.numbers.once_in(5) => {
                let page = self.browser.manage(api).await?;
                self.open = Open::Consent(None);
                self.browser.change(api, &page, "revoke", &Scopes::new()).await?;
                self.end();
            }
            _ => {
                let page = self.browser.ask(api, ALL, "consent").await?;
                let ticked = self.pick();
                self.open = Open::Consent(Some(ticked.clone()));
                let names: Vec<&str> = ticked.iter().map(String::as_str).collect();
                let code = self.browser.allow(api, &page, &names).await?;
                self.consent = Some(ticked.clone());
                self.code = Some((code, ticked));
            }
        }
        self.open = Open::Nothing;
        self.acknowledged += 1;
        Ok(())
    }

    fn pick(&mut self) -> Scopes {
        let numbers = &mut self.numbers;
        ALWAYS.into_iter().chain(SOMETIMES.into_iter().filter(|_| numbers.once_in(2))).map(str::to_owned).collect()
    }

    /// The consent is taken back, and everything with it.
    fn end(&mut self) {
        self.consent = None;
        self.code = None;
        self.dead.extend(self.alive.drain(..).map(|grant| grant.tokens));
    }

    pub(crate) async fn audit(&mut self, api: &Api, findings: &mut Findings) {
        const THERE: &str = "a running server";
        let page = self.browser.manage(api).await.expect(THERE);
        let stored = Some(page.ticked()).filter(|scopes| !scopes.is_empty());
        let open = std::mem::replace(&mut self.open, Open::Nothing);
        let possible = stored == self.consent || open == Open::Consent(stored.clone());
        findings.expect(possible, "consent", || {
            format!("{}: {stored:?} is stored instead of {:?}", self.email, self.consent)
        });
        if stored.is_none() {
            self.end();
        }
        if stored != self.consent {
            // What was not acknowledged has happened; its code never arrived.
            self.consent = stored;
        }
        for tokens in &self.dead {
            // First, since a refresh ends the access tokens before it.
            let opens = api.opens(&tokens.access).await.expect(THERE);
            findings.expect(!opens, "revocation", || format!("{}: an ended grant opens the API", self.email));
            let refreshed = api.refresh(&tokens.refresh).await.expect(THERE);
            findings.expect(refreshed.is_none(), "revocation", || format!("{}: an ended grant refreshes", self.email));
        }
        let consent = self.consent.clone().unwrap_or_default();
        if let Some((code, scopes)) = self.code.take() {
            let tokens = api.exchange(&code).await.expect(THERE);
            let found = tokens.is_some() || open == Open::Exchange;
            findings.expect(found, "code", || format!("{}: a code is lost", self.email));
            self.alive.extend(tokens.map(|tokens| Grant { scopes, tokens }));
        }
        for grant in &mut self.alive {
            let Some(tokens) = api.refresh(&grant.tokens.refresh).await.expect(THERE) else {
                findings.expect(false, "token", || format!("{}: tokens are lost", self.email));
                continue;
            };
            let expected: Scopes = grant.scopes.intersection(&consent).cloned().collect();
            findings.expect(tokens.scopes() == expected, "consent", || {
                format!("{}: {:?} instead of {expected:?}", self.email, tokens.scopes())
            });
            grant.tokens = tokens;
        }
    }
}
