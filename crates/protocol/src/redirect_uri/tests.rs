use proptest::prelude::*;

use super::*;

#[test]
fn what_may_be_registered() {
    for good in [
        "https://app.example.com/callback",
        "https://app.example.com/callback?tenant=1",
        "https://app.example.com",
        "http://localhost:3000/callback",
        "http://localhost/callback",
        "http://127.0.0.1:8080/callback",
        "http://[::1]:8080/callback",
        "https://my.home-assistant.io/redirect/oauth",
        "https://oauth.pstmn.io/v1/callback",
    ] {
        assert_eq!(validate(good), Ok(()), "{good}");
    }
}

#[test]
fn what_may_not() {
    for bad in [
        "",
        "/callback",
        "callback",
        "http://app.example.com/callback",
        "http://192.168.1.4/callback",
        "http://127.0.0.1.example.com/callback",
        "http://localhost.example.com/callback",
        "javascript:alert(1)",
        "data:text/html,x",
        "https://app.example.com/callback#x",
        "https://app.example.com/callback#",
        "https://user@app.example.com/callback",
        "https://user:pass@app.example.com/callback",
        "https://user@app.example.com/c@ll",
        "https://:pass@app.example.com/c@ll",
        "https://@app.example.com/callback",
        "https://app.example.com\\@evil.example/callback",
        "https://app.example.com/a/../b",
        "https://APP.example.com/callback",
        "https://app.example.com/call\tback",
        " https://app.example.com/callback",
    ] {
        assert!(validate(bad).is_err(), "{bad}");
    }
}

#[test]
fn the_match_is_exact() {
    let registered = ["https://app.example.com/callback".to_owned()];
    assert!(matches(ApplicationKind::ThirdParty, &registered, "https://app.example.com/callback"));
    for near in [
        "https://app.example.com/callback/",
        "https://app.example.com/Callback",
        "https://APP.example.com/callback",
        "https://app.example.com/callback?x=1",
        "https://app.example.com/callback#x",
        "https://app.example.com:443/callback",
        "http://app.example.com/callback",
        "https://app.example.com/callback/../callback",
        "https://app.example.com%2f@evil.example/callback",
    ] {
        assert!(!matches(ApplicationKind::ThirdParty, &registered, near), "{near}");
        assert!(!matches(ApplicationKind::OpenSource, &registered, near), "{near}");
    }
}

#[test]
fn rfc8252_7_3_port_freedom_only_for_ip_literals_of_open_source_applications() {
    let literal = ["http://127.0.0.1:8400/callback?a=1".to_owned(), "http://[::1]/callback".to_owned()];
    assert!(matches(ApplicationKind::OpenSource, &literal, "http://127.0.0.1:51000/callback?a=1"));
    assert!(matches(ApplicationKind::OpenSource, &literal, "http://[::1]:51000/callback"));
    assert!(!matches(ApplicationKind::ThirdParty, &literal, "http://127.0.0.1:51000/callback?a=1"));
    for bad in [
        "http://127.0.0.1:51000/callback",
        "http://127.0.0.1:51000/callback?a=2",
        "http://127.0.0.1:51000/other?a=1",
        "http://127.0.0.2:51000/callback?a=1",
        "https://127.0.0.1:51000/callback?a=1",
        "http://user@127.0.0.1:51000/callback?a=1",
        "http://127.0.0.1:51000/callback?a=1#x",
        "http://localhost:51000/callback?a=1",
        "http://127.0.0.1:51000/other/../callback?a=1",
        "http://127.0.0.1:51000\\callback?a=1",
    ] {
        assert!(!matches(ApplicationKind::OpenSource, &literal, bad), "{bad}");
    }
    let name = ["http://localhost:8400/callback".to_owned()];
    assert!(!matches(ApplicationKind::OpenSource, &name, "http://localhost:51000/callback"));
}

proptest! {
    #[test]
    fn only_equal_texts_match(uri in "https://[a-z]{1,8}\\.example/[a-z]{0,8}", other in ".{0,40}") {
        let registered = [uri.clone()];
        prop_assert!(matches(ApplicationKind::OpenSource, &registered, &uri));
        prop_assert_eq!(matches(ApplicationKind::OpenSource, &registered, &other), uri == other);
    }

    #[test]
    fn any_text_is_judged(text in ".{0,100}") {
        let _ = validate(&text);
    }
}
