use base64::engine::general_purpose::STANDARD_NO_PAD;
use proptest::prelude::*;
use std::sync::LazyLock;

use super::*;

fn key(algorithm: Algorithm) -> SigningKey {
    let pkcs8 = SigningKey::generate(algorithm).unwrap();
    SigningKey::from_pkcs8(algorithm, "k1", &pkcs8).unwrap()
}

fn part(text: &str) -> String {
    URL_SAFE_NO_PAD.encode(text)
}

/// A token with this header; whether it is signed does not matter where it is only read.
fn with_header(header: &str) -> String {
    format!("{}.{}.{}", part(header), part("{}"), part("signature"))
}

fn refused(text: &str) -> InvalidJws {
    CompactJws::parse(text).unwrap_err()
}

#[test]
fn every_algorithm_signs_what_its_public_jwk_verifies() {
    for algorithm in Algorithm::ALL {
        let key = key(algorithm);
        let verifying = VerifyingKey::from_jwk(&key.public_jwk(None)).unwrap();
        assert_eq!((key.kid(), key.algorithm(), verifying.algorithm()), ("k1", algorithm, algorithm));
        for typ in Typ::ALL {
            let token = key.sign(typ, b"{\"a\":1}").unwrap();
            let jws = CompactJws::parse(&token).unwrap();
            assert_eq!((jws.algorithm(), jws.typ(), jws.kid()), (algorithm, typ, Some("k1")));
            assert_eq!(verifying.verify(&jws), Ok(&b"{\"a\":1}"[..]));
        }
    }
}

#[test]
fn the_header_has_the_order_of_the_fleet_apis_own_tokens() {
    let token = key(Algorithm::Es256).sign(Typ::AtJwt, b"{}").unwrap();
    let header = URL_SAFE_NO_PAD.decode(token.split('.').next().unwrap()).unwrap();
    insta::assert_snapshot!(String::from_utf8(header).unwrap(), @r#"{"alg":"ES256","typ":"at+jwt","kid":"k1"}"#);
}

#[test]
fn a_key_verifies_only_what_it_signed() {
    for algorithm in Algorithm::ALL {
        let other = VerifyingKey::from_jwk(&key(algorithm).public_jwk(None)).unwrap();
        let token = key(algorithm).sign(Typ::Jwt, b"{}").unwrap();
        assert_eq!(other.verify(&CompactJws::parse(&token).unwrap()), Err(BadSignature));
    }
}

#[test]
fn the_algorithm_is_pinned_by_the_key() {
    let rsa = VerifyingKey::from_jwk(&key(Algorithm::Rs256).public_jwk(None)).unwrap();
    let token = key(Algorithm::Es256).sign(Typ::Jwt, b"{}").unwrap();
    assert_eq!(rsa.verify(&CompactJws::parse(&token).unwrap()), Err(BadSignature));
}

#[test]
fn a_signature_of_zeros_does_not_verify() {
    for algorithm in Algorithm::ALL {
        let key = key(algorithm);
        let verifying = VerifyingKey::from_jwk(&key.public_jwk(None)).unwrap();
        let token = key.sign(Typ::Jwt, b"{}").unwrap();
        let jws = CompactJws::parse(&token).unwrap();
        let zeros = format!("{}.{}", jws.signing_input(), URL_SAFE_NO_PAD.encode(vec![0; jws.signature().len()]));
        assert_eq!(verifying.verify(&CompactJws::parse(&zeros).unwrap()), Err(BadSignature));
    }
}

#[test]
fn a_private_key_of_another_algorithm_is_refused() {
    for made in Algorithm::ALL {
        let pkcs8 = SigningKey::generate(made).unwrap();
        for read in Algorithm::ALL {
            assert_eq!(SigningKey::from_pkcs8(read, "k", &pkcs8).is_ok(), made == read, "{made} as {read}");
        }
    }
}

#[test]
fn debug_of_a_private_key_says_nothing_of_it() {
    let key = key(Algorithm::EdDsa);
    assert_eq!(format!("{key:?}"), "SigningKey { kid: \"k1\", algorithm: EdDsa, .. }");
}

#[test]
fn a_public_jwk_has_the_members_of_its_type_and_the_certificate() {
    let jwk = key(Algorithm::Rs256).public_jwk(Some(b"abc"));
    assert_eq!(URL_SAFE_NO_PAD.decode(jwk.n.as_deref().unwrap()).unwrap().len(), 256);
    let jwk = Jwk { n: Some("N".to_owned()), ..jwk };
    insta::assert_snapshot!(serde_json::to_string(&jwk).unwrap(), @r#"{"kty":"RSA","n":"N","e":"AQAB","kid":"k1","x5t":"qZk-NkcGgWq6PiVxeFDCbJzQ2J0","x5c":["YWJj"],"use":"sig","alg":"RS256"}"#);

    let jwk = key(Algorithm::Es256).public_jwk(None);
    let jwk = Jwk { x: jwk.x.map(|x| x.len().to_string()), y: jwk.y.map(|y| y.len().to_string()), ..jwk };
    insta::assert_snapshot!(serde_json::to_string(&jwk).unwrap(), @r#"{"kty":"EC","crv":"P-256","x":"43","y":"43","kid":"k1","use":"sig","alg":"ES256"}"#);
}

/// The examples of RFC 7638, section 3.1, and of RFC 8037, appendix A.3.
#[test]
fn a_thumbprint_is_that_of_the_key_alone() {
    let n = "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw";
    let rsa = Jwk {
        kty: "RSA".to_owned(),
        n: Some(n.to_owned()),
        e: Some("AQAB".to_owned()),
        kid: Some("2011-04-29".to_owned()),
        alg: Some("RS256".to_owned()),
        ..Jwk::default()
    };
    assert_eq!(rsa.thumbprint(), "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
    let ed25519 = Jwk {
        kty: "OKP".to_owned(),
        crv: Some("Ed25519".to_owned()),
        x: Some("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo".to_owned()),
        ..Jwk::default()
    };
    assert_eq!(ed25519.thumbprint(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
}

/// The example of RFC 8037, appendix A.2 and A.4, with our own `typ`: the numbers of a foreign implementation.
#[test]
fn a_foreign_ed25519_key_is_read_as_its_owner_writes_it() {
    let mut pkcs8 = hex::decode("302e020100300506032b657004220420").unwrap();
    pkcs8.extend(URL_SAFE_NO_PAD.decode("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A").unwrap());
    let key = SigningKey::from_pkcs8(Algorithm::EdDsa, "k", &pkcs8).unwrap();
    assert_eq!(key.public_jwk(None).x.as_deref(), Some("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"));
}

#[test]
fn keys_that_cannot_be_used_are_refused() {
    let rsa = key(Algorithm::Rs256).public_jwk(None);
    let ec = key(Algorithm::Es256).public_jwk(None);
    let ed = key(Algorithm::EdDsa).public_jwk(None);
    let text = |text: &str| Some(text.to_owned());
    let modulus_of = |first: u8, others| URL_SAFE_NO_PAD.encode([vec![first], vec![0xFF; others]].concat());
    let cases = [
        ("another use", Jwk { public_key_use: text("enc"), ..rsa.clone() }, InvalidKey::Use),
        ("a symmetric alg", Jwk { alg: text("HS256"), ..rsa.clone() }, InvalidKey::Unsupported),
        ("an alg of another type", Jwk { alg: text("ES256"), ..rsa.clone() }, InvalidKey::Unsupported),
        ("a symmetric type", Jwk { kty: "oct".to_owned(), ..rsa.clone() }, InvalidKey::Unsupported),
        ("another curve", Jwk { crv: text("P-384"), ..ec.clone() }, InvalidKey::Unsupported),
        ("no modulus", Jwk { n: None, ..rsa.clone() }, InvalidKey::Member("n")),
        ("padded base64", Jwk { e: text("AQAB=="), ..rsa.clone() }, InvalidKey::Member("e")),
        ("1024 bits", Jwk { n: Some(URL_SAFE_NO_PAD.encode([0xFF; 128])), ..rsa.clone() }, InvalidKey::RsaSize),
        (
            "1024 bits behind zeros",
            Jwk { n: Some(URL_SAFE_NO_PAD.encode([[0; 128], [0xFF; 128]].concat())), ..rsa.clone() },
            InvalidKey::RsaSize,
        ),
        ("2047 bits", Jwk { n: Some(modulus_of(0x7F, 255)), ..rsa.clone() }, InvalidKey::RsaSize),
        ("8193 bits", Jwk { n: Some(modulus_of(0x01, 1024)), ..rsa.clone() }, InvalidKey::RsaSize),
        ("an even exponent", Jwk { e: text("AQAC"), ..rsa.clone() }, InvalidKey::Numbers),
        ("an exponent of one", Jwk { e: text("AQ"), ..rsa.clone() }, InvalidKey::Numbers),
        ("off the curve", Jwk { y: ec.x.clone(), ..ec.clone() }, InvalidKey::Numbers),
        ("a short coordinate", Jwk { x: text("AQAB"), ..ec }, InvalidKey::Numbers),
        ("a short key", Jwk { x: text("AQAB"), ..ed }, InvalidKey::Numbers),
    ];
    for (what, jwk, expected) in cases {
        assert_eq!(VerifyingKey::from_jwk(&jwk).unwrap_err(), expected, "{what}");
    }
}

#[test]
fn an_algorithm_may_be_left_out_of_a_jwk() {
    let key = key(Algorithm::Es256);
    let jwk = Jwk { alg: None, public_key_use: None, ..key.public_jwk(None) };
    assert_eq!(VerifyingKey::from_jwk(&jwk).unwrap().algorithm(), Algorithm::Es256);
}

#[test]
fn only_three_parts_are_a_token() {
    for text in ["", "a", "a.b", "a.b.c.d", "....", "NA_a90869e9d0"] {
        assert_eq!(refused(text), InvalidJws::Parts, "{text}");
    }
}

#[test]
fn eight_kibibytes_of_dots_are_refused_like_four() {
    assert_eq!(refused(&".".repeat(8192)), InvalidJws::Parts);
    assert_eq!(refused(&".".repeat(8193)), InvalidJws::TooLong);
}

#[test]
fn base64_with_padding_or_the_standard_alphabet_or_stray_bits_is_refused() {
    let header = part(r#"{"alg":"ES256","typ":"JWT"}"#);
    for payload in ["e30=", "e31", "-_+/", "e3 0", STANDARD_NO_PAD.encode([0xFB, 0xFF, 0xFE]).as_str()] {
        assert_eq!(refused(&format!("{header}.{payload}.AAAA")), InvalidJws::Encoding, "{payload}");
    }
}

#[test]
fn a_header_that_is_no_object_with_unique_members_is_refused() {
    for header in [
        "[]",
        "\"x\"",
        "{",
        r#"{"alg":"ES256","alg":"ES256","typ":"JWT"}"#,
        r#"{"alg":"ES256","typ":"JWT","x":1,"x":2}"#,
        r#"{"alg":"ES256","typ":"JWT","\u0061lg":"none"}"#,
        r#"{"alg":"ES256","typ":"JWT","kid":7}"#,
        r#"{"alg":"ES256","typ":"JWT"} {}"#,
    ] {
        assert_eq!(refused(&with_header(header)), InvalidJws::Header, "{header}");
    }
}

#[test]
fn alg_none_and_symmetric_and_unknown_algorithms_are_refused() {
    for alg in [r#""none""#, r#""None""#, r#""HS256""#, r#""PS256""#, r#""rs256""#, "null", "7", r#"["ES256"]"#] {
        let header = format!(r#"{{"alg":{alg},"typ":"JWT","kid":"k1"}}"#);
        assert_eq!(refused(&with_header(&header)), InvalidJws::Algorithm, "{alg}");
    }
    assert_eq!(refused(&with_header(r#"{"typ":"JWT"}"#)), InvalidJws::Algorithm);
}

#[test]
fn headers_that_bring_a_key_or_change_the_reading_are_refused() {
    for name in ["jku", "x5u", "jwk", "x5c", "crit", "b64", "zip"] {
        let header = format!(r#"{{"alg":"ES256","typ":"JWT","kid":"k1","{name}":null}}"#);
        assert_eq!(refused(&with_header(&header)), InvalidJws::Refused(name));
    }
}

#[test]
fn other_headers_are_ignored() {
    let token = with_header(r#"{"alg":"ES256","typ":"JWT","x5t":"abc","own":{"a":[1]}}"#);
    assert_eq!(CompactJws::parse(&token).unwrap().kid(), None);
}

#[test]
fn a_typ_that_is_not_ours_or_missing_is_refused() {
    for typ in [r#","typ":"JOSE""#, r#","typ":"dpop+jwt""#, r#","typ":1"#, ""] {
        assert_eq!(refused(&with_header(&format!(r#"{{"alg":"ES256"{typ}}}"#))), InvalidJws::Type, "{typ}");
    }
}

static SIGNED: LazyLock<(String, VerifyingKey)> = LazyLock::new(|| {
    let key = key(Algorithm::Es256);
    let token = key.sign(Typ::Jwt, br#"{"sub":"a","scp":["openid"]}"#).unwrap();
    (token, VerifyingKey::from_jwk(&key.public_jwk(None)).unwrap())
});

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in any::<String>()) {
        let _ = CompactJws::parse(&text);
    }

    #[test]
    fn any_header_is_read_or_refused(header in "\\{(\"(alg|typ|kid|x)\":(\"(ES256|JWT|none)\"|1|\\{\\}|null),?){0,4}\\}") {
        if let Ok(jws) = CompactJws::parse(&with_header(&header)) {
            prop_assert_eq!(jws.algorithm(), Algorithm::Es256);
        }
    }

    /// One spelling of each token: a changed, inserted or removed octet anywhere never verifies.
    #[test]
    fn a_tampered_token_never_verifies(at in any::<prop::sample::Index>(), octet in "[ -~]", how in 0..3) {
        let (token, key) = &*SIGNED;
        let at = at.index(token.len());
        let mut tampered = token.clone();
        match how {
            0 => tampered.replace_range(at..=at, &octet),
            1 => tampered.insert_str(at, &octet),
            _ => { tampered.remove(at); }
        }
        prop_assume!(&tampered != token);
        let verified = CompactJws::parse(&tampered).is_ok_and(|jws| key.verify(&jws).is_ok());
        prop_assert!(!verified, "{}", tampered);
    }
}
