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
    assert_eq!(form("%7f=b"), Err(ParametersError::Control));
    assert_eq!(form("a=%c2%85"), Err(ParametersError::Control));
    assert_eq!(form("a=%c3%a9").unwrap().get("a"), Some("é"));
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
fn boxes_are_taken_out_of_a_form() {
    let (others, ticked) = Parameters::from_form_with_boxes(b"a=1&scope=x&b=2&scope=y+z&scope=", "scope").unwrap();
    assert_eq!(ticked, ["x", "y z", ""]);
    assert_eq!((others.get("a"), others.get("b"), others.get("scope")), (Some("1"), Some("2"), None));
    let read = |text: &str| Parameters::from_form_with_boxes(text.as_bytes(), "scope").map(drop);
    assert_eq!(read("scope=x%00"), Err(ParametersError::Control));
    assert_eq!(read("a=1&a=2"), Err(ParametersError::Repeated("a".into())));
}

#[test]
fn sixty_four_parameters_are_read_and_no_more() {
    let form_of = |count| (0..count).map(|number| format!("p{number}=1")).collect::<Vec<_>>().join("&");
    let json_of = |count| format!("{{{}}}", (0..count).map(|n| format!("\"p{n}\":1")).collect::<Vec<_>>().join(","));
    assert_eq!(form(&form_of(64)).unwrap().get("p63"), Some("1"));
    assert_eq!(form(&form_of(65)), Err(ParametersError::TooMany));
    assert_eq!(Parameters::from_json(json_of(64).as_bytes()).unwrap().get("p63"), Some("1"));
    assert_eq!(Parameters::from_json(json_of(65).as_bytes()), Err(ParametersError::TooMany));
}

#[test]
fn parameters_go_on_as_a_query() {
    assert_eq!(form("a=1&b=&c=x%26y+z").unwrap().to_query(), "a=1&c=x%26y+z");
}

#[test]
fn a_flag_is_true_or_one() {
    let parameters = form("a=true&b=1&c=false&d=0&e=yes").unwrap();
    assert_eq!(
        ["a", "b", "c", "d", "e", "f"].map(|name| parameters.flag(name)),
        [true, true, false, false, false, false]
    );
}

#[test]
fn a_whole_number_may_be_written_with_a_fraction_of_nothing() {
    let read = |text: &str| whole_number(&serde_json::from_str(text).unwrap());
    assert_eq!([read("30"), read("30.0"), read("-3e1")], [Some(30), Some(30), Some(-30)]);
    assert_eq!([read("30.5"), read("\"30\""), read("null")], [None, None, None]);
    // From 2^53 on, a number with a point is no longer exact.
    assert_eq!([read("9007199254740991.0"), read("9007199254740992.0")], [Some(9_007_199_254_740_991), None]);
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
