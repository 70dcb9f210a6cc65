//! Rotates one family of refresh tokens, and ends it now and then.

use crate::application::{Api, Gone, Tokens, person};
use crate::audit::Findings;
use crate::numbers::Numbers;
use crate::server::Server;

/// Somebody with one living family.
pub(crate) struct Rotator {
    email: String,
    numbers: Numbers,
    /// Every generation that was acknowledged, in order.
    generations: Vec<Tokens>,
    /// The newest tokens of families whose end was acknowledged.
    ended: Vec<Tokens>,
    /// Whether the family's end was asked for and not acknowledged.
    ending: bool,
    pub(crate) acknowledged: usize,
}

impl Rotator {
    pub(crate) async fn begin(server: &Server, index: usize, numbers: Numbers) -> Self {
        let email = person("rotator", index);
        let first = server.api().mint(&email).await.expect("a running server");
        Self { email, numbers, generations: vec![first], ended: Vec::new(), ending: false, acknowledged: 0 }
    }

    fn newest(&self) -> &Tokens {
        self.generations.last().expect("at least one")
    }

    pub(crate) async fn work(mut self, api: Api) -> Self {
        while self.step(&api).await.is_ok() {}
        self
    }

    async fn step(&mut self, api: &Api) -> Result<(), Gone> {
        if self.numbers.once_in(30) {
            self.ending = true;
            api.revoke(&self.newest().refresh).await?;
            self.ending = false;
            self.ended.extend(self.generations.drain(..).next_back());
            self.begin_again(api).await?;
        } else if self.generations.len() > 1 && self.numbers.once_in(8) {
            let again = api.refresh(&self.generations[self.generations.len() - 2].refresh).await?;
            let again = again.expect("the token before the newest, within the grace");
            assert_eq!(again.refresh, self.newest().refresh, "the same successor");
        } else {
            let next = api.refresh(&self.newest().refresh).await?.expect("the newest token");
            self.generations.push(next);
        }
        self.acknowledged += 1;
        Ok(())
    }

    async fn begin_again(&mut self, api: &Api) -> Result<(), Gone> {
        // Without a family there is nothing to lose, so that this may be asked until it is answered.
        let first = api.mint(&self.email).await;
        self.generations.extend(first.as_ref().ok().cloned());
        first.map(drop)
    }

    pub(crate) async fn audit(&mut self, api: &Api, findings: &mut Findings) {
        const THERE: &str = "a running server";
        for tokens in &self.ended {
            // First, since a refresh ends the access tokens before it.
            let opens = api.opens(&tokens.access).await.expect(THERE);
            findings.expect(!opens, "revocation", || format!("{}: an ended family opens the API", self.email));
            let refreshed = api.refresh(&tokens.refresh).await.expect(THERE);
            findings.expect(refreshed.is_none(), "revocation", || format!("{}: an ended family refreshes", self.email));
        }
        if !self.generations.is_empty() {
            self.audit_family(api, findings).await;
        }
        if self.generations.is_empty() {
            self.begin_again(api).await.expect(THERE);
        }
    }

    /// The newest acknowledged token works; whoever repeats it gets the same successor; one that was superseded twice is
    /// refused, and ends the family.
    async fn audit_family(&mut self, api: &Api, findings: &mut Findings) {
        const THERE: &str = "a running server";
        let newest = self.newest().clone();
        let Some(next) = api.refresh(&newest.refresh).await.expect(THERE) else {
            let (email, generations) = (&self.email, self.generations.len());
            findings.expect(self.ending, "rotation", || format!("{email}: the newest of {generations} is refused"));
            self.ended.extend(self.generations.drain(..).next_back());
            self.ending = false;
            return;
        };
        self.ending = false;
        let again = api.refresh(&newest.refresh).await.expect(THERE).map(|tokens| tokens.refresh);
        findings.expect(again.as_ref() == Some(&next.refresh), "rotation", || {
            format!("{}: a repeated token got another successor", self.email)
        });
        self.generations.push(next);
        if self.generations.len() < 3 || self.numbers.once_in(2) {
            return;
        }
        let oldest = self.numbers.below(self.generations.len() as u64 - 2) as usize;
        let replayed = api.refresh(&self.generations[oldest].refresh).await.expect(THERE);
        findings.expect(replayed.is_none(), "replay", || {
            format!("{}: generation {} of {} is accepted", self.email, oldest + 1, self.generations.len())
        });
        let newest = api.refresh(&self.newest().refresh).await.expect(THERE);
        findings.expect(newest.is_none(), "replay", || format!("{}: a replay did not end the family", self.email));
        self.ended.extend(self.generations.drain(..).next_back());
    }
}
