use serde_json::json;

use super::*;

fn with<'a, T>(body: &'a Value, read: impl FnOnce(Parameters<'a>) -> Read<T>) -> Result<T, String> {
    read(Parameters::new(body.as_object().unwrap())).map_err(|error| error.to_string())
}

#[test]
fn each_type_takes_its_own_values_only() {
    for (value, integer, number, boolean, text) in [
        (json!(3), true, true, false, false),
        (json!(3.0), true, true, false, false),
        (json!(3.5), false, true, false, false),
        (json!(1e300), false, true, false, false),
        (json!("3"), false, false, false, true),
        (json!(true), false, false, true, false),
        (json!("true"), false, false, false, true),
        (json!(null), false, false, false, false),
        (json!([3]), false, false, false, false),
    ] {
        let body = json!({ "it": value });
        let read = [
            with(&body, |it| it.integer("it")).is_ok(),
            with(&body, |it| it.number_in("it", 0.0..=f64::MAX)).is_ok(),
            with(&body, |it| it.boolean("it")).is_ok(),
            with(&body, |it| it.text("it")).is_ok(),
        ];
        assert_eq!(read, [integer, number, boolean, text], "{body}");
    }
}

#[test]
fn errors_name_the_parameter() {
    let body = json!({ "it": 101, "none": null });
    assert_eq!(with(&body, |it| it.integer("percent")), Err("missing percent param".to_owned()));
    assert_eq!(with(&body, |it| it.integer_in("it", 50..=100)), Err("invalid it param".to_owned()));
    assert_eq!(with(&body, |it| it.number_in("it", 50.0..=100.0)), Err("invalid it param".to_owned()));
    assert_eq!(with(&body, |it| it.integer_in("it", 50..=101)), Ok(101));
    assert_eq!(with(&body, |it| it.boolean("none")), Err("invalid none param".to_owned()));
}

#[test]
fn what_may_be_left_out_may_be_null_but_not_wrong() {
    let body = json!({ "it": "text", "none": null });
    assert_eq!(with(&body, |it| it.optional("other", Parameters::integer)), Ok(None));
    assert_eq!(with(&body, |it| it.optional("none", Parameters::integer)), Ok(None));
    assert_eq!(with(&body, |it| it.optional("it", Parameters::text)), Ok(Some("text")));
    assert_eq!(with(&body, |it| it.optional("it", Parameters::integer)), Err("invalid it param".to_owned()));
}

#[test]
fn a_choice_is_a_text_and_spelled_as_it_is() {
    const SIDES: &[(&str, i64)] = &[("front", 1), ("rear", 2)];
    for (value, read) in [(json!("rear"), Some(2)), (json!("Rear"), None), (json!(1), None), (json!(null), None)] {
        let body = json!({ "it": value });
        assert_eq!(with(&body, |it| it.choice("it", SIDES)).ok(), read, "{body}");
    }
}

#[test]
fn a_pin_has_four_digits() {
    for (value, is_pin) in [
        (json!("0000"), true),
        (json!("123"), false),
        (json!("12345"), false),
        (json!("12a4"), false),
        (json!("١٢٣٤"), false),
        (json!(1234), false),
    ] {
        let body = json!({ "it": value });
        assert_eq!(with(&body, |it| it.pin("it")).is_ok(), is_pin, "{body}");
    }
    assert_eq!(format!("{:?}", Pin::new("1234")), "Some(Pin(…))");
}

#[test]
fn a_place_is_on_earth_and_whole() {
    let read = |body: Value| with(&body, |it| it.optional_place("lat", "lon"));
    assert_eq!(read(json!({})), Ok(None));
    assert_eq!(read(json!({"lat": null, "lon": null})), Ok(None));
    assert_eq!(read(json!({"lat": 52.1, "lon": 5})), Ok(Coordinates::new(52.1, 5.0)));
    assert_eq!(read(json!({"lat": 52.1})), Err("missing lon param".to_owned()));
    assert_eq!(read(json!({"lon": 5})), Err("missing lat param".to_owned()));
    assert_eq!(read(json!({"lat": 91, "lon": 5})), Err("invalid lat param".to_owned()));
    assert_eq!(read(json!({"lat": 52.1, "lon": "5"})), Err("invalid lon param".to_owned()));
}
