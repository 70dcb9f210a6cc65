//! Gets codes under a remembered consent and exchanges them.

use crate::application::{Api, Gone, Tokens, person};
use crate::audit::Findings;
use crate::browser::Browser;
use crate::server::Server;

/// How many families are asked for in one audit: the newest ones.
const ASKED: usize = 40;

/// Somebody who has consented.
pub(crate) struct Exchanger {
    email: String,
    browser: Browser,
    /// A code that was acknowledged, and whether its exchange was asked for.
    code: Option<(String, bool)>,
    /// Codes that were exchanged, each with its tokens.
    exchanged: Vec<(String, Tokens)>,
    pub(crate) acknowledged: usize,
}

impl Exchanger {
    pub(crate) async fn begin(server: &Server, index: usize) -> Self {
        const THERE: &str = "a running server";
        let (email, api) = (person("exchanger", index), server.api());
        let mut browser = Browser::default();
        browser.sign_in(&api, &email).await.expect(THERE);
        let page = browser.ask(&api, "openid offline_access user_data", "consent").await.expect(THERE);
        let code = browser.allow(&api, &page, &["openid", "offline_access", "user_data"]).await.expect(THERE);
        Self { email, browser, code: Some((code, false)), exchanged: Vec::new(), acknowledged: 0 }
    }

    pub(crate) async fn work(mut self, api: Api) -> Self {
        while self.step(&api).await.is_ok() {}
        self
    }

    async fn step(&mut self, api: &Api) -> Result<(), Gone> {
        if let Some((code, asked)) = &mut self.code {
            *asked = true;
            let tokens = api.exchange(code).await?.expect("an unspent code");
            self.exchanged.push((code.clone(), tokens));
        }
        self.code = None;
        let code = self.browser.code_without_a_page(api, "openid offline_access user_data").await?;
        self.code = Some((code, false));
        self.acknowledged += 1;
        Ok(())
    }

    pub(crate) async fn audit(&mut self, api: &Api, findings: &mut Findings) {
        const THERE: &str = "a running server";
        if let Some((code, asked)) = self.code.take() {
            let tokens = api.exchange(&code).await.expect(THERE);
            // An exchange that was asked for may have happened; nobody has its tokens.
            findings.expect(asked || tokens.is_some(), "code", || format!("{}: a code is lost", self.email));
            self.exchanged.extend(tokens.map(|tokens| (code, tokens)));
        }
        let old = self.exchanged.len().saturating_sub(ASKED);
        for (index, (code, tokens)) in self.exchanged.drain(..).skip(old).enumerate() {
            let refreshed = api.refresh(&tokens.refresh).await.expect(THERE);
            findings.expect(refreshed.is_some(), "token", || format!("{}: tokens are lost", self.email));
            if index % 4 == 0 {
                let again = api.exchange(&code).await.expect(THERE);
                findings.expect(again.is_none(), "code", || format!("{}: a code works twice", self.email));
                let dead = match refreshed {
                    Some(tokens) => !api.opens(&tokens.access).await.expect(THERE),
                    None => true,
                };
                findings.expect(dead, "code", || format!("{}: a code's reuse ended nothing", self.email));
            }
        }
    }
}
