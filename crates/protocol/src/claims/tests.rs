use base64::engine::general_purpose::STANDARD_NO_PAD;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

fn claims() -> AccessTokenClaims {
    AccessTokenClaims {
        iss: "https://auth.example/oauth2/v3/thirdparty".to_owned(),
        azp: "client".to_owned(),
        sub: "person".to_owned(),
        aud: vec!["https://na.example".to_owned()],
        scp: "openid vehicle_cmds".parse().unwrap(),
        amr: Some(vec!["pwd".to_owned()]),
        exp: 1_723_589_535,
        iat: 1_723_560_735,
        ou_code: Some("EU".to_owned()),
        locale: Some("en-EE".to_owned()),
        account_type: Some(AccountType::Person),
        open_source: false,
        account_id: Some("account".to_owned()),
        auth_time: Some(1_723_560_734),
        nonce: Some("é?".to_owned()),
        gty: None,
        jti: TokenId::new("0d7c6f5e-4b3a-4291-8807-f6e5d4c3b2a1", 3, &[0xAB, 0xCD]).unwrap(),
        client_id: None,
        scope: None,
    }
}

#[test]
fn claims_have_the_order_of_the_fleet_apis_own_tokens() {
    let json = String::from_utf8(to_wire_json(&claims()).unwrap()).unwrap();
    insta::assert_snapshot!(json, @r#"{"iss":"https://auth.example/oauth2/v3/thirdparty","azp":"client","sub":"person","aud":["https://na.example"],"scp":["openid","vehicle_cmds"],"amr":["pwd"],"exp":1723589535,"iat":1723560735,"ou_code":"EU","locale":"en-EE","account_type":"person","open_source":false,"account_id":"account","auth_time":1723560734,"nonce":"\u00e9\u003f","jti":"0d7c6f5e-4b3a-4291-8807-f6e5d4c3b2a1.3.abcd"}"#);
}

#[test]
fn absent_claims_are_left_out() {
    let partner = AccessTokenClaims {
        amr: None,
        ou_code: None,
        locale: None,
        account_type: None,
        account_id: None,
        auth_time: None,
        nonce: None,
        gty: Some(MachineGrant::ClientCredentials),
        client_id: Some("client".to_owned()),
        scope: Some("openid vehicle_cmds".to_owned()),
        ..claims()
    };
    let json = String::from_utf8(to_wire_json(&partner).unwrap()).unwrap();
    insta::assert_snapshot!(json, @r#"{"iss":"https://auth.example/oauth2/v3/thirdparty","azp":"client","sub":"person","aud":["https://na.example"],"scp":["openid","vehicle_cmds"],"exp":1723589535,"iat":1723560735,"open_source":false,"gty":"client-credentials","jti":"0d7c6f5e-4b3a-4291-8807-f6e5d4c3b2a1.3.abcd","client_id":"client","scope":"openid vehicle_cmds"}"#);
}

#[test]
fn what_is_written_is_read_again() {
    assert_eq!(serde_json::from_slice::<AccessTokenClaims>(&to_wire_json(&claims()).unwrap()).unwrap(), claims());
}

#[test]
fn the_token_type_follows_from_the_claims() {
    let of = |gty, open_source| AccessTokenClaims { gty, open_source, ..claims() }.token_type();
    assert_eq!(of(None, false), TokenType::ThirdParty);
    assert_eq!(of(None, true), TokenType::OpenSource);
    assert_eq!(of(Some(MachineGrant::ClientCredentials), false), TokenType::Partner);
    assert_eq!(of(Some(MachineGrant::Business), false), TokenType::ThirdPartyBusiness);
}

fn changed(change: impl FnOnce(&mut serde_json::Map<String, Value>)) -> Result<AccessTokenClaims, serde_json::Error> {
    let Ok(Value::Object(mut object)) = serde_json::to_value(claims()) else { panic!("claims are an object") };
    change(&mut object);
    serde_json::from_value(Value::Object(object))
}

#[test]
fn what_is_no_access_token_is_refused() {
    for (claim, value) in [
        ("aud", json!("https://na.example")),
        ("scp", json!("openid vehicle_cmds")),
        ("scp", json!(["with space inside"])),
        ("exp", json!("1723589535")),
        ("exp", json!(1.5)),
        ("account_type", json!("robot")),
        ("gty", json!("password")),
        ("jti", json!("not-a-token-id")),
        ("open_source", json!("false")),
    ] {
        let refused = changed(|object| {
            object.insert(claim.to_owned(), value.clone());
        });
        assert!(refused.is_err(), "{claim} = {value}");
    }
    for claim in ["iss", "azp", "sub", "aud", "scp", "exp", "iat", "open_source", "jti"] {
        let refused = changed(|object| {
            object.remove(claim);
        });
        assert!(refused.is_err(), "without {claim}");
    }
    assert!(changed(|_| ()).is_ok());
}

#[test]
fn a_claim_that_stands_twice_is_refused() {
    let json = serde_json::to_string(&claims()).unwrap().replacen('{', r#"{"sub":"somebody else","#, 1);
    assert!(serde_json::from_str::<AccessTokenClaims>(&json).is_err());
}

fn id_token() -> IdTokenClaims {
    IdTokenClaims {
        iss: "https://auth.example/oauth2/v3/thirdparty".to_owned(),
        sub: "person".to_owned(),
        aud: "client".to_owned(),
        azp: "client".to_owned(),
        exp: 2,
        iat: 1,
        auth_time: None,
        nonce: Some("n".to_owned()),
        at_hash: None,
        amr: None,
        sid: None,
    }
}

#[test]
fn an_id_token_is_no_access_token_and_has_no_email() {
    let json = serde_json::to_string(&id_token()).unwrap();
    insta::assert_snapshot!(json, @r#"{"iss":"https://auth.example/oauth2/v3/thirdparty","sub":"person","aud":"client","azp":"client","exp":2,"iat":1,"nonce":"n"}"#);
    assert!(serde_json::from_str::<AccessTokenClaims>(&json).is_err());
}

/// The example of OpenID Connect Core, appendix A.3 (its text of the access token and of `at_hash`).
#[test]
fn at_hash_is_that_of_openid_connect() {
    assert_eq!(at_hash(Algorithm::Rs256, "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y"), "77QmUPtjPfzWtF2AnpK9RQ");
    assert_eq!(at_hash(Algorithm::EdDsa, "x").len(), 43);
}

#[test]
fn a_token_id_tells_its_grant_and_generation() {
    let id: TokenId = "0d7c6f5e-4b3a-4291-8807-f6e5d4c3b2a1.12.00ff".parse().unwrap();
    assert_eq!(id.as_str(), "0d7c6f5e-4b3a-4291-8807-f6e5d4c3b2a1.12.00ff");
    assert_eq!((id.grant_id(), id.generation()), ("0d7c6f5e-4b3a-4291-8807-f6e5d4c3b2a1", 12));
    assert_eq!(id.to_string(), "0d7c6f5e-4b3a-4291-8807-f6e5d4c3b2a1.12.00ff");
}

#[test]
fn a_token_id_has_one_spelling() {
    for bad in [
        "",
        "a",
        "a.1",
        "a.1.",
        ".1.a",
        "a..a",
        "a.01.a",
        "a.+1.a",
        "a.-1.a",
        "a.1.A",
        "A.1.a",
        "a.1.a.a",
        "a.1.g",
        "a-.1.a",
        "a.9223372036854775808.a",
    ] {
        assert_eq!(bad.parse::<TokenId>(), Err(InvalidTokenId), "{bad:?}");
    }
    let long = |octets: usize| format!("a.0.{}", "0".repeat(octets - 4)).parse::<TokenId>();
    assert!(long(127).is_ok() && long(128).is_ok());
    assert!(long(129).is_err() && long(200).is_err());
    assert_eq!(TokenId::new("not a grant", 1, &[1]), Err(InvalidTokenId));
    assert_eq!(TokenId::new("a", -1, &[1]), Err(InvalidTokenId));
}

#[test]
fn wire_json_escapes_what_a_standard_base64_decoder_would_stumble_on() {
    let json = String::from_utf8(to_wire_json(&json!({ "a>b": "?~\u{7F}é\u{1F600}\"\\\n" })).unwrap()).unwrap();
    assert_eq!(json, r#"{"a\u003eb":"\u003f\u007e\u007f\u00e9\ud83d\ude00\"\\\n"}"#);
}

proptest! {
    #[test]
    fn wire_json_is_the_same_json_and_the_same_base64_in_both_alphabets(
        texts in proptest::collection::vec(prop_oneof![any::<String>(), "[>?~\\x7F]{0,9}"], 0..4),
        number in any::<i64>(),
    ) {
        let value = json!({ "texts": texts, "number": number });
        let wire = to_wire_json(&value).unwrap();
        prop_assert!(wire.is_ascii());
        prop_assert_eq!(URL_SAFE_NO_PAD.encode(&wire), STANDARD_NO_PAD.encode(&wire));
        prop_assert_eq!(serde_json::from_slice::<Value>(&wire).unwrap(), value);
    }

    #[test]
    fn any_text_is_a_token_id_that_is_printed_the_same_or_none(text in "[0-9a-f-]{0,4}(\\.[0-9a-f+-]{0,4}){0,3}") {
        if let Ok(id) = text.parse::<TokenId>() {
            prop_assert_eq!(id.to_string(), text);
        }
    }
}
