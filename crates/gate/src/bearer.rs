use bytes::Bytes;
use fleetgate_protocol::TokenType;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::request::Parts;

use crate::{InvalidRequest, InvalidToken, Rejection};

/// The body of a request that an outer layer has read already, put by it into the request's extensions. The gate then
/// refuses a token in a form (RFC 6750, section 2.2), as it does one in the query; it takes neither.
#[derive(Clone, Debug)]
pub struct BufferedBody(pub Bytes);

/// The characters of a token (RFC 6750, section 2.1). A token has hundreds, and each is looked at on every request.
const IN_TOKEN: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte: u8 = 0;
    while byte < 128 {
        table[byte as usize] =
            byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~' | b'+' | b'/' | b'=');
        byte += 1;
    }
    table
};

/// The token of `Authorization: Bearer` (RFC 6750, section 2.1), and of nowhere else. `needed` is for the refusal.
pub(crate) fn token<'a>(parts: &'a Parts, max_length: usize, needed: &[TokenType]) -> Result<&'a str, Rejection> {
    if parts.uri.query().is_some_and(|query| has_access_token(query.as_bytes())) {
        return Err(InvalidRequest::TokenInQuery.into());
    }
    if form(parts).is_some_and(has_access_token) {
        return Err(InvalidRequest::TokenInBody.into());
    }
    let mut headers = parts.headers.get_all(AUTHORIZATION).iter();
    let header = headers.next().ok_or_else(|| Rejection::NoToken { needed: needed.to_vec() })?.as_bytes();
    if headers.next().is_some() {
        return Err(InvalidRequest::SeveralHeaders.into());
    }
    if header.len() > max_length + "Bearer ".len() {
        return Err(InvalidToken::TooLong.into());
    }
    let scheme_end = header.iter().position(|byte| !byte.is_ascii_alphanumeric()).unwrap_or(header.len());
    let (scheme, rest) = header.split_at(scheme_end);
    if !scheme.eq_ignore_ascii_case(b"Bearer") {
        return Err(Rejection::OtherScheme { needed: needed.to_vec() });
    }
    // Exactly one space, and then nothing but the characters of a token: no tab, no comma, no second credential.
    rest.strip_prefix(b" ")
        .filter(|token| !token.is_empty() && token.iter().all(|byte| IN_TOKEN[usize::from(*byte)]))
        .and_then(|token| std::str::from_utf8(token).ok())
        .ok_or(Rejection::InvalidToken(InvalidToken::Header))
}

fn form(parts: &Parts) -> Option<&[u8]> {
    let body = parts.extensions.get::<BufferedBody>()?;
    is_form(parts).then_some(&*body.0)
}

/// Whether the body is a form, by its type.
pub(crate) fn is_form(parts: &Parts) -> bool {
    let content_type = parts.headers.get(CONTENT_TYPE).map(http::HeaderValue::as_bytes).unwrap_or_default();
    let media_type = content_type.split(|byte| *byte == b';').next().unwrap_or_default();
    media_type.trim_ascii().eq_ignore_ascii_case(b"application/x-www-form-urlencoded")
}

fn has_access_token(encoded: &[u8]) -> bool {
    form_urlencoded::parse(encoded).any(|(name, _)| name == "access_token")
}

#[cfg(test)]
mod tests;
