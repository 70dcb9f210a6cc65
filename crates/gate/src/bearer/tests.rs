use bytes::Bytes;
use http::header::AUTHORIZATION;
use http::{HeaderValue, Request};
use proptest::prelude::*;

use super::*;
use crate::fixture::{request, with_authorization};

const NEEDED: [TokenType; 1] = [TokenType::Partner];

fn token(parts: &Parts, max_length: usize) -> Result<&str, Rejection> {
    super::token(parts, max_length, &NEEDED)
}

fn read(value: &str) -> Result<String, Rejection> {
    token(&with_authorization(value), 64).map(str::to_owned)
}

const BAD_HEADER: Rejection = Rejection::InvalidToken(InvalidToken::Header);

#[test]
fn the_scheme_is_read_in_any_case() {
    for scheme in ["Bearer", "bearer", "BEARER", "bEaReR"] {
        assert_eq!(read(&format!("{scheme} a.b-c_d~e+f/g=")).as_deref(), Ok("a.b-c_d~e+f/g="));
    }
}

#[test]
fn tabs_are_refused() {
    for value in ["Bearer\tabc", "Bearer \tabc", "Bearer abc\t", "Bearer abc\tdef"] {
        assert_eq!(read(value), Err(BAD_HEADER), "{value:?}");
    }
}

#[test]
fn more_or_fewer_than_one_space_is_refused() {
    for value in ["Bearer  abc", "Bearer abc def", "Bearer abc ", "Bearer ", "Bearer"] {
        assert_eq!(read(value), Err(BAD_HEADER), "{value:?}");
    }
}

#[test]
fn commas_and_other_characters_are_refused() {
    for value in ["Bearer abc,def", "Bearer abc, Basic eA", "Bearer,abc", "Bearer a\"b", "Bearer a%2e", "Bearer=abc"] {
        assert_eq!(read(value), Err(BAD_HEADER), "{value:?}");
    }
}

#[test]
fn octets_beyond_ascii_are_refused() {
    let mut parts = with_authorization("Bearer x");
    parts.headers.insert(AUTHORIZATION, HeaderValue::from_bytes(b"Bearer \xC3\xA9").unwrap());
    assert_eq!(token(&parts, 64), Err(BAD_HEADER));
}

#[test]
fn another_scheme_or_none_is_no_token() {
    for value in ["Basic YTpi", "DPoP abc", "abc.def.ghi", "", " Bearer abc", "BearerX abc"] {
        assert_eq!(read(value), Err(Rejection::OtherScheme { needed: NEEDED.to_vec() }), "{value:?}");
    }
    assert_eq!(token(&request("/", &[]), 64), Err(Rejection::NoToken { needed: NEEDED.to_vec() }));
}

#[test]
fn two_headers_are_refused_even_if_equal() {
    for second in ["Bearer abc", "Basic YTpi", ""] {
        let parts = request("/", &[("authorization", "Bearer abc"), ("authorization", second)]);
        assert_eq!(token(&parts, 64), Err(InvalidRequest::SeveralHeaders.into()));
    }
}

#[test]
fn a_long_token_is_refused() {
    assert!(read(&format!("Bearer {}", "a".repeat(64))).is_ok());
    assert_eq!(read(&format!("Bearer {}", "a".repeat(65))), Err(InvalidToken::TooLong.into()));
}

#[test]
fn a_token_in_the_query_is_refused_with_or_without_the_header() {
    for uri in ["/?access_token=abc", "/?a=b&access_token=", "/?access%5Ftoken=abc", "/?access_token"] {
        assert_eq!(token(&request(uri, &[]), 64), Err(InvalidRequest::TokenInQuery.into()), "{uri}");
        let both = request(uri, &[("authorization", "Bearer abc")]);
        assert_eq!(token(&both, 64), Err(InvalidRequest::TokenInQuery.into()), "{uri}");
    }
    let other = request("/?access_tokens=1&b=access_token", &[("authorization", "Bearer abc")]);
    assert_eq!(token(&other, 64), Ok("abc"));
}

fn posted(content_type: &str, body: &'static str) -> Parts {
    let request = Request::post("/").header("content-type", content_type).header("authorization", "Bearer abc");
    let (mut parts, ()) = request.body(()).unwrap().into_parts();
    parts.extensions.insert(BufferedBody(Bytes::from_static(body.as_bytes())));
    parts
}

#[test]
fn a_token_in_a_form_is_refused() {
    for content_type in ["application/x-www-form-urlencoded", "Application/X-WWW-Form-Urlencoded ; charset=utf-8"] {
        assert_eq!(
            token(&posted(content_type, "a=b&access_token=abc"), 64),
            Err(InvalidRequest::TokenInBody.into()),
            "{content_type}"
        );
        assert_eq!(token(&posted(content_type, "a=access_token"), 64), Ok("abc"));
    }
    assert_eq!(token(&posted("application/json", "access_token=abc"), 64), Ok("abc"));
}

proptest! {
    #[test]
    fn what_is_read_is_what_follows_the_one_space(value in "[Bb]earer[ \\t]{0,2}[ -~]{0,20}") {
        if let Ok(token) = read(&value) {
            prop_assert_eq!(&value[7..], token);
        }
    }
}
