use std::sync::Arc;

use fleetgate_protocol::claims::AccessTokenClaims;
use fleetgate_protocol::jws::{CompactJws, Typ};
use serde::Deserialize;

use crate::{GateConfig, GrantEnd, InvalidToken, Keys, Principal, Rejection, RevocationView, Revoked, Serving};

const SECOND: i64 = 1_000_000;

/// What a token says, once its signature was checked. Only what never changes is in it, so that it can be kept.
#[derive(Debug)]
pub(crate) struct Verified {
    pub(crate) principal: Arc<Principal>,
    audiences: Vec<String>,
    not_before: Option<i64>,
}

/// Checks what stays true for ever: form, key, signature, type, claims, issuer (RFC 9068, section 4; RFC 8725).
pub(crate) fn verify(token: &str, keys: &Keys, config: &GateConfig) -> Result<Verified, InvalidToken> {
    /// Not among our own claims, but binding where it stands (RFC 7519, section 4.1.5).
    #[derive(Deserialize)]
    struct NotBefore {
        nbf: Option<i64>,
    }

    let jws = CompactJws::parse(token)?;
    let key = keys.get(jws.kid().ok_or(InvalidToken::NoKeyId)?).ok_or(InvalidToken::UnknownKey)?;
    let payload = key.verify(&jws).map_err(|_| InvalidToken::Signature)?;
    if jws.typ() == Typ::Jwt && !config.accept_plain_jwt {
        return Err(InvalidToken::Typ(jws.typ()));
    }
    let mut claims: AccessTokenClaims = serde_json::from_slice(payload).map_err(|_| InvalidToken::Claims)?;
    let NotBefore { nbf } = serde_json::from_slice(payload).map_err(|_| InvalidToken::Claims)?;
    if claims.iss != config.issuer {
        return Err(InvalidToken::Issuer);
    }
    let audiences = std::mem::take(&mut claims.aud);
    let principal = Principal::try_from(claims).map_err(|_| InvalidToken::Claims)?;
    Ok(Verified {
        principal: Arc::new(principal),
        audiences,
        not_before: nbf.map(|seconds| seconds.saturating_mul(SECOND)),
    })
}

impl Verified {
    /// Checks what may change from one request to the next: time, audience and revocation.
    pub(crate) fn check(
        &self,
        now: i64,
        leeway: i64,
        serving: &Serving,
        revocations: &RevocationView,
    ) -> Result<(), Rejection> {
        let principal = &self.principal;
        if !serving.accepts(&self.audiences) {
            return Err(InvalidToken::Audience.into());
        }
        if now >= principal.expires_at.saturating_add(leeway) {
            return Err(Rejection::Expired { expired_at: principal.expires_at / SECOND, now: now / SECOND });
        }
        let begins_at = self.not_before.map_or(principal.issued_at, |nbf| nbf.max(principal.issued_at));
        if begins_at > now.saturating_add(leeway) {
            return Err(InvalidToken::NotYetValid.into());
        }
        match revocations.is_revoked(principal) {
            None => Ok(()),
            Some(Revoked::Grant(GrantEnd::ConsentRevoked)) => Err(Rejection::ConsentRevoked),
            Some(revoked) => Err(InvalidToken::Revoked(revoked).into()),
        }
    }
}
