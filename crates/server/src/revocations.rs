//! From the store's revocations to the gate's view of them.

use fleetgate_gate::{GrantEnd, RevocationView};
use fleetgate_store::{Revocation, RevocationKind};

use crate::state::State;

/// The reason of a revocation by a person who took the consent back; clients are told so.
pub const CONSENT: &str = "consent_revoked";

/// Lets the gate know.
pub fn apply<'r>(view: &RevocationView, revocations: impl IntoIterator<Item = &'r Revocation>) {
    for revocation in revocations {
        let until = revocation.expires_at;
        match (revocation.kind, revocation.before_generation) {
            (RevocationKind::Grant, _) if revocation.reason == CONSENT => {
                view.revoke_grant(&revocation.subject, GrantEnd::ConsentRevoked, until);
            }
            (RevocationKind::Grant, _) => view.revoke_grant(&revocation.subject, GrantEnd::Ended, until),
            (RevocationKind::Token, _) => view.revoke_token(&revocation.subject, until),
            (RevocationKind::Generation, Some(generation)) => {
                view.end_generations_below(&revocation.subject, generation, until);
            }
            (RevocationKind::Generation, None) => {}
        }
    }
}

/// Lets the gate know that the access tokens of a grant from before a generation are ended.
pub fn end_older(state: &State, grant_id: &str, generation: i64) {
    let until = state.now() + state.store.access_token_lifetime();
    state.revocations.end_generations_below(grant_id, generation, until);
}
