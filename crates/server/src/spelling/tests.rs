use super::*;

#[test]
fn an_email_address_is_one_line_with_an_at() {
    assert_eq!(email(" Kim@Example.com ").unwrap(), "kim@example.com");
    let long = format!("{}@example.com", "a".repeat(5_000));
    for wrong in
        ["", "kim", "@example.com", "kim@", "ki m@example.com", "kim\u{7}@example.com", "kim@ex\nample.com", &long]
    {
        let complaint = email(wrong).unwrap_err();
        assert!(complaint.len() < 200 && !complaint.contains(char::is_control), "{complaint}");
    }
}

#[test]
fn a_base_url_is_a_url_and_plain_only_where_it_may_be() {
    for good in ["https://fleet.example.com/", "http://localhost:8080", "http://[::1]:8080", "http://127.0.0.1"] {
        assert_eq!(base_url(good).unwrap(), good.trim_end_matches('/'));
        assert_eq!(public_url(good).unwrap(), good.trim_end_matches('/'));
    }
    assert!(base_url("http://192.0.2.7:8080").is_ok() && public_url("http://192.0.2.7:8080").is_err());
    for wrong in
        ["", "fleet.example.com", "http://:80", "http://a:b:c", "http://a\"b", "https://a/b", "https://u@a", "ftp://a"]
    {
        assert!(base_url(wrong).is_err() && public_url(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn an_origin_is_scheme_host_and_port() {
    assert_eq!(origin("https://app.example.com/").unwrap(), "https://app.example.com");
    for wrong in ["nonsense", "https://app.example.com/path", "https://App.example.com", "file:///"] {
        assert!(origin(wrong).is_err(), "{wrong}");
    }
}
