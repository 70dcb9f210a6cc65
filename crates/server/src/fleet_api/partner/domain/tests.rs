use proptest::prelude::*;

use super::*;

fn matches(domain: &str, origin: &str, sandbox: bool) -> bool {
    Domain::read(domain, sandbox).expect("a domain").is_of_one_of(&[origin.to_owned()], sandbox)
}

#[test]
fn the_root_is_what_one_can_register() {
    for (domain, root) in [
        ("example.com", "example.com"),
        ("123.abc.com", "abc.com"),
        ("a.b.example.co.uk", "example.co.uk"),
        ("someone.github.io", "someone.github.io"),
        ("fleet.example.test", "example.test"),
        ("xn--bcher-kva.example", "xn--bcher-kva.example"),
    ] {
        assert_eq!(Domain::read(domain, false).expect(domain).root(), root);
    }
}

#[test]
fn a_domain_matches_origins_of_its_root() {
    assert!(matches("123.abc.com", "https://www.abc.com", false));
    assert!(matches("abc.com", "https://www.abc.com:8443", false));
    assert!(matches("www.abc.com", "https://ABC.com/", false));
    assert!(!matches("abc.com", "https://abc.org", false));
    assert!(!matches("evilabc.com", "https://abc.com", false));
    assert!(!matches("abc.com.evil.net", "https://abc.com", false));
    assert!(!matches("attacker.co.uk", "https://victim.co.uk", false));
    assert!(!matches("attacker.github.io", "https://victim.github.io", false));
    assert!(!matches("abc.com", "not an origin", false));
}

#[test]
fn localhost_is_a_domain_in_the_sandbox_only() {
    assert!(matches("localhost", "http://localhost:3000", true));
    assert!(matches("localhost", "http://127.0.0.1:3000", true));
    assert!(matches("localhost", "http://[::1]:3000", true));
    assert!(!matches("localhost", "https://example.com", true));
    assert!(!matches("example.com", "http://127.0.0.1:3000", true));
    assert!(Domain::read("localhost", false).is_err());
}

#[test]
fn what_is_no_domain_is_refused_with_its_text() {
    let long = format!("{}.com", "a.".repeat(130));
    for text in [
        "",
        ".",
        "com",
        "co.uk",
        "Example.com",
        "https://example.com",
        "example.com/",
        "example.com:443",
        "user@example.com",
        "example.com.",
        ".example.com",
        "a..example.com",
        "-a.example.com",
        "a-.example.com",
        "exa mple.com",
        "ex\u{e4}mple.com",
        "exa_mple.com",
        "127.0.0.1",
        "10.1",
        "[::1]",
        "example.com\n",
        long.as_str(),
    ] {
        assert!(Domain::read(text, true).is_err(), "{text:?}");
    }
    let error = Domain::read("https://example.com", false).expect_err("a scheme is refused");
    assert_eq!(
        error.to_string(),
        "Invalid domain: https://example.com. Ensure that domain is lowercase and starts without https://"
    );
}

proptest! {
    #[test]
    fn a_domain_is_the_host_of_the_url_made_of_it(text in "\\PC{0,40}") {
        if let Ok(domain) = Domain::read(&text, false) {
            let url = Url::parse(&format!("https://{}/path", domain.as_str())).expect("a URL");
            prop_assert_eq!(url.host_str(), Some(text.as_str()));
            prop_assert!(text.ends_with(domain.root()));
        }
    }

    #[test]
    fn host_names_are_their_urls_host(text in "[a-z0-9.-]{1,20}\\.[a-z]{2,3}") {
        if let Ok(domain) = Domain::read(&text, false) {
            let url = Url::parse(&format!("https://{}/path", domain.as_str())).expect("a URL");
            prop_assert_eq!(url.host_str(), Some(text.as_str()));
        }
    }
}
