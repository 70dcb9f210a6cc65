use std::borrow::Cow;

use fleetgate_protocol::jws::{InvalidJws, Typ};
use fleetgate_protocol::operations::Part;
use fleetgate_protocol::{Region, Scope, ScopeSet, TokenType};

use crate::Revoked;

/// Why a request was refused. The message is the whole truth in one sentence, for the request log and the sandbox; the
/// answer on the wire says less. It never holds any part of the token's text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// There is no `Authorization` header.
    #[error("The operation needs a {}, but the request has no `Authorization: Bearer` header.", types(needed))]
    NoToken {
        /// What it takes.
        needed: Vec<TokenType>,
    },
    /// `Authorization` has another scheme.
    #[error(
        "The operation needs a {} as bearer token, but the `Authorization` header has another scheme.",
        types(needed)
    )]
    OtherScheme {
        /// What it takes.
        needed: Vec<TokenType>,
    },
    /// The token was not sent as it must be (RFC 6750, section 3.1, `invalid_request`).
    #[error(transparent)]
    InvalidRequest(#[from] InvalidRequest),
    /// The token is not one of ours, or not for here (RFC 6750, section 3.1, `invalid_token`).
    #[error(transparent)]
    InvalidToken(#[from] InvalidToken),
    /// The token is over.
    #[error("The access token expired {} seconds ago.", now.saturating_sub(*expired_at))]
    Expired {
        /// When it ended, in seconds since the Unix epoch.
        expired_at: i64,
        /// The time of the check, in seconds since the Unix epoch.
        now: i64,
    },
    /// The person took the consent back.
    #[error("The person revoked the consent under which the token was issued.")]
    ConsentRevoked,
    /// The application is not registered in the serving region.
    #[error("The application `{client_id}` is not registered in the region at {base_url}; register it there first.")]
    NotRegistered {
        /// The application.
        client_id: String,
        /// The serving region's base URL.
        base_url: String,
        /// Where the documentation is.
        documentation_url: String,
    },
    /// The application or the account is disabled.
    #[error("The account or application is disabled: {0}.")]
    Disabled(String),
    /// The operation takes tokens of another type.
    #[error("The operation needs a {}, but a {} was shown.", types(needed), shown.title())]
    TokenType {
        /// What it takes.
        needed: Vec<TokenType>,
        /// What was shown.
        shown: TokenType,
        /// What the answer says.
        answer: Cow<'static, str>,
    },
    /// The person's home is another region.
    #[error("The person's home region is `{home}`, which is served at {base_url}; use that base URL.")]
    OutOfRegion {
        /// The home region.
        home: Region,
        /// Its base URL.
        base_url: String,
        /// Where the documentation is.
        documentation_url: String,
    },
    /// The token has none of the scopes that the operation takes.
    #[error("The operation needs the scope {}, but the token has {}.", either(needed.iter().map(|scope| format!("`{scope}`"))), listed(shown))]
    MissingScope {
        /// One of these would do.
        needed: Vec<Scope>,
        /// What the token has.
        shown: ScopeSet,
    },
    /// The token lacks the scope for a part of the answer that was asked for.
    #[error("The part `{}` needs the scope `{}`, but the token has {}.", part.name, part.scope, listed(shown))]
    MissingScopeForPart {
        /// The part.
        part: &'static Part,
        /// What the token has.
        shown: ScopeSet,
    },
    /// The person of the token is not known (any more).
    #[error("The person for whom the token was issued has no account.")]
    UnknownUser,
}

/// How a token was sent wrongly.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidRequest {
    /// In the query, where it ends up in logs (RFC 9700, section 4.3.2).
    #[error("The token stands in the query, where it is never taken; send it in the `Authorization` header alone.")]
    TokenInQuery,
    /// In a form.
    #[error("The token stands in the body, where it is never taken; send it in the `Authorization` header alone.")]
    TokenInBody,
    /// A form that is too long, or breaks off.
    #[error("The form cannot be read in full, so that a token may stand in it.")]
    UnreadableForm,
    /// Two headers.
    #[error("The request has several `Authorization` headers; send one.")]
    SeveralHeaders,
}

/// What is wrong with a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidToken {
    /// The header is not `Bearer`, one space, and a token.
    #[error("The `Authorization` header is not `Bearer`, one space and one token.")]
    Header,
    /// It is longer than the gate takes.
    #[error("The token is longer than this service accepts.")]
    TooLong,
    /// It is no signed token of ours, for example a refresh token.
    #[error("What was sent is no access token: {0}.")]
    Malformed(#[from] InvalidJws),
    /// It does not name its key.
    #[error("The token's header does not name a key.")]
    NoKeyId,
    /// The key that it names is not in the key set.
    #[error("The token names a key that is not in the key set.")]
    UnknownKey,
    /// The signature is not by the key that it names.
    #[error("The token's signature does not verify with the key that it names.")]
    Signature,
    /// The header's `typ` is not that of an access token here.
    #[error("The token's `typ` is `{0}`, but `at+jwt` is needed.")]
    Typ(Typ),
    /// The claims are not those of an access token, for example in an id_token.
    #[error("The token's claims are not those of an access token; an id_token does not open the API.")]
    Claims,
    /// It is of another issuer.
    #[error("The token was issued by another issuer.")]
    Issuer,
    /// It is for another API or region.
    #[error("The token's `aud` does not name this service.")]
    Audience,
    /// It begins in the future.
    #[error("The token's `iat` or `nbf` lies in the future.")]
    NotYetValid,
    /// It was ended before its time.
    #[error("The token was revoked.")]
    Revoked(Revoked),
}

impl Rejection {
    /// The sentence as a header value may hold it: printable ASCII, everything else replaced by `?`.
    #[must_use]
    pub fn reason(&self) -> String {
        let printable = |c: char| if c == ' ' || c.is_ascii_graphic() { c } else { '?' };
        self.to_string().chars().map(printable).collect()
    }
}

fn types(token_types: &[TokenType]) -> String {
    either(token_types.iter().map(|token_type| token_type.title().to_owned()))
}

/// `a`, `a or b`, `a, b or c`.
fn either(names: impl Iterator<Item = String>) -> String {
    let names: Vec<String> = names.collect();
    match names.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        Some((last, _)) => last.clone(),
        None => "none".to_owned(),
    }
}

fn listed(scopes: &ScopeSet) -> String {
    if scopes.is_empty() { "none".to_owned() } else { format!("`{scopes}`") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn several_are_listed_as_a_sentence_has_them() {
        let listed = |count| either(["a", "b", "c"][..count].iter().map(ToString::to_string));
        assert_eq!([0, 1, 2, 3].map(listed), ["none", "a", "a or b", "a, b or c"]);
    }
}
