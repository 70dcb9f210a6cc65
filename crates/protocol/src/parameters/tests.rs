use proptest::prelude::*;

use super::*;

fn form(text: &str) -> Result<Parameters, ParametersError> {
    Parameters::from_form(text.as_bytes())
}

#[test]
fn empty_pairs_and_empty_values_count_as_left_out() {
    let parameters = form("&client_id=a&&state=&x").unwrap();
    assert_eq!(parameters.get("client_id"), Some("a"));
    assert_eq!(parameters.get("state"), None);
    assert_eq!(parameters.get("x"), None);
}

#[test]
fn rfc6749_3_1_repeated_parameters_are_refused_even_when_empty() {
    assert_eq!(form("a=1&a=1"), Err(ParametersError::Repeated("a".into())));
    assert_eq!(form("a=&a="), Err(ParametersError::Repeated("a".into())));
    assert_eq!(form("a=1&%61=2"), Err(ParametersError::Repeated("a".into())));
    assert_eq!(Parameters::from_json(br#"{"a":"1","a":"2"}"#), Err(ParametersError::Repeated("a".into())));
}

#[test]
fn broken_encoding_and_control_characters_are_refused() {
    assert_eq!(form("a=%ff"), Err(ParametersError::NotUtf8));
    assert_eq!(form("a=%f"), Err(ParametersError::NotUtf8));
    assert_eq!(form("a=%zz"), Err(ParametersError::NotUtf8));
    assert_eq!(Parameters::from_form(b"a=\xff"), Err(ParametersError::NotUtf8));
    assert_eq!(form("a=%00"), Err(ParametersError::Control));
    assert_eq!(form("a=b%0d%0ac"), Err(ParametersError::Control));
    assert_eq!(Parameters::from_json(b"{\"a\":\"\\u0000\"}"), Err(ParametersError::Control));
}

#[test]
fn json_values_are_texts_numbers_or_booleans() {
    let parameters = Parameters::from_json(br#"{"a":"x","n":3,"b":true,"z":null}"#).unwrap();
    assert_eq!((parameters.get("a"), parameters.get("n"), parameters.get("b")), (Some("x"), Some("3"), Some("true")));
    for bad in ["[]", "{\"a\":[]}", "{\"a\":{}}", "\"a\"", "{", ""] {
        assert_eq!(Parameters::from_json(bad.as_bytes()), Err(ParametersError::NotJson), "{bad}");
    }
}

#[test]
fn debug_shows_no_value() {
    assert_eq!(format!("{:?}", form("client_secret=hush").unwrap()), "[\"client_secret\"]");
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = Parameters::from_form(&bytes);
        let _ = Parameters::from_json(&bytes);
    }

    #[test]
    fn what_is_encoded_is_read_again(value in "[^\\p{Cc}]{1,40}") {
        let text = form_urlencoded::Serializer::new(String::new()).append_pair("k", &value).finish();
        let parameters = form(&text).unwrap();
        prop_assert_eq!(parameters.get("k"), Some(value.as_str()));
    }
}
