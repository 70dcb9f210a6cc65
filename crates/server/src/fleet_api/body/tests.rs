use serde_json::json;

use super::*;

const JSON: Option<&str> = Some("application/json");

fn status(media_type: Option<&str>, body: &[u8]) -> u16 {
    read(media_type, body).expect_err("the body is refused").status
}

#[test]
fn nothing_is_an_empty_object_of_any_type() {
    for media_type in [None, JSON, Some("text/plain"), Some("application/x-www-form-urlencoded")] {
        assert_eq!(read(media_type, b""), Ok(Map::new()), "{media_type:?}");
    }
    assert_eq!(read(JSON, b" \r\n"), Ok(Map::new()));
    assert_eq!(read(JSON, b"null"), Ok(Map::new()));
    assert_eq!(read(JSON, b"{}"), Ok(Map::new()));
}

#[test]
fn members_are_read() {
    let members = read(JSON, br#"{"percent": 80, "deep": {"a": [1, null]}}"#).expect("an object");
    assert_eq!(Value::Object(members), json!({"percent": 80, "deep": {"a": [1, null]}}));
}

#[test]
fn another_type_than_json_is_406() {
    for media_type in [None, Some("text/plain"), Some("application/x-www-form-urlencoded"), Some("text/json")] {
        assert_eq!(status(media_type, b"{}"), 406, "{media_type:?}");
    }
}

#[test]
fn what_is_no_object_or_repeats_a_member_is_400() {
    let bodies: [&[u8]; 9] = [
        b"[]",
        b"1",
        b"\"text\"",
        b"true",
        b"{\"percent\": 80",
        b"{\"percent\": 80} {}",
        br#"{"percent": 80, "percent": 90}"#,
        br#"{"percent": 80, "\u0070ercent": 90}"#,
        b"{\"domain\": \"\xff\"}",
    ];
    for body in bodies {
        assert_eq!(status(JSON, body), 400, "{}", String::from_utf8_lossy(body));
    }
    let deep = [vec![b'['; 100_000], vec![b']'; 100_000]].concat();
    assert_eq!(status(JSON, &[b"{\"a\":", deep.as_slice(), b"}"].concat()), 400);
}
