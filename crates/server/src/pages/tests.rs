mod samples;

use askama::Template;
use http::{StatusCode, header};

use self::samples::{HOSTILE, all};
use super::{FormAction, page, page_leading_to};

/// The tags of a page, each from `<` to `>`.
fn tags(html: &str) -> Vec<&str> {
    html.split('<').skip(1).filter_map(|piece| piece.split('>').next()).collect()
}

/// The tags that make up a form.
fn controls(html: &str) -> String {
    let wanted = ["form", "input", "button", "fieldset", "label"];
    let tags = tags(html).into_iter();
    tags.filter(|tag| wanted.iter().any(|name| tag.split(' ').next() == Some(name))).collect::<Vec<_>>().join("\n")
}

#[test]
fn consent_form_controls() {
    let html = samples::consent("Volt Buddy").render().expect("renders");
    insta::assert_snapshot!(controls(&html));
}

#[test]
fn consent_form_controls_when_all_is_required() {
    let mut consent = samples::consent("Volt Buddy");
    consent.all_required = true;
    insta::assert_snapshot!(controls(&consent.render().expect("renders")));
}

#[test]
fn sign_in_form_controls() {
    let html = samples::sign_in("Volt Buddy").render().expect("renders");
    insta::assert_snapshot!(controls(&html));
}

#[test]
fn manage_consent_form_controls() {
    let html = samples::manage_consent("Volt Buddy").render().expect("renders");
    insta::assert_snapshot!(controls(&html));
}

#[test]
fn sign_in_without_a_request_has_no_cancel() {
    let mut sign_in = samples::sign_in("Volt Buddy");
    assert!(sign_in.render().expect("renders").contains(r#"value="deny""#));
    sign_in.request = None;
    assert!(!sign_in.render().expect("renders").contains("deny"));
}

#[test]
fn hostile_text_stays_text_on_every_page() {
    for (name, html) in all(HOSTILE) {
        assert!(html.contains("&#60;script&#62;"), "{name} shows the hostile text");
        // The same tags come out as for harmless text, and no attribute was broken out of.
        for tag in tags(&html) {
            assert!(!tag.starts_with("script") && !tag.starts_with("/script"), "{name}: <{tag}>");
            assert_eq!(tag.matches('"').count() % 2, 0, "{name}: <{tag}>");
        }
    }
    for ((name, harmless), (_, hostile)) in all("Volt Buddy").into_iter().zip(all(HOSTILE)) {
        let names =
            |html: &str| tags(html).iter().map(|tag| tag.split(' ').next().map(str::to_owned)).collect::<Vec<_>>();
        assert_eq!(names(&harmless), names(&hostile), "{name}");
    }
}

#[test]
fn every_page_has_one_heading_one_main_and_a_language() {
    for (name, html) in all("Volt Buddy") {
        assert_eq!(html.matches("<h1>").count(), 1, "{name}");
        assert_eq!(html.matches("<main ").count(), 1, "{name}");
        assert!(html.starts_with("<!doctype html>\n<html lang=\"en\">"), "{name}");
        assert!(!html.contains("<script") && !html.contains("style="), "{name} has nothing that the policy forbids");
    }
}

#[test]
fn identifiers_are_unique_and_references_lead_somewhere() {
    for (name, html) in all("Volt-Buddy") {
        let values = |attribute: &str| {
            let marker = format!(" {attribute}=\"");
            let found = tags(&html).into_iter().filter_map(|tag| tag.split(&marker).nth(1)?.split('"').next());
            found.flat_map(str::split_whitespace).map(str::to_owned).collect::<Vec<_>>()
        };
        let mut ids = values("id");
        let count = ids.len();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), count, "{name}: an id occurs twice");
        for attribute in ["for", "aria-labelledby", "aria-describedby"] {
            for id in values(attribute) {
                assert!(ids.contains(&id), "{name}: {attribute}=\"{id}\" leads nowhere");
            }
        }
        for target in values("href").iter().filter_map(|href| href.strip_prefix('#')) {
            assert!(ids.iter().any(|id| id == target), "{name}: #{target} leads nowhere");
        }
    }
}

#[test]
fn backticks_become_code() {
    let mut error = samples::error_page("x");
    error.message = "The `redirect_uri` is <unknown>; register `a` first.".to_owned();
    let html = error.render().expect("renders");
    assert!(
        html.contains("The <code>redirect_uri</code> is &#60;unknown&#62;; register <code>a</code> first."),
        "{html}"
    );
}

#[test]
fn reference_has_every_operation() {
    let html = samples::reference().render().expect("renders");
    for operation in fleetgate_protocol::OperationId::all() {
        let row = operation.row();
        assert!(html.contains(&format!("id=\"{}\"", row.name)), "{}", row.name);
        assert!(html.contains(&format!(">{}</h3>", row.path)), "{}", row.path);
    }
    assert!(html.contains("data, $0.002 an answer"));
}

#[test]
fn csrf_token_does_not_show_itself_in_debug_output() {
    assert!(!format!("{:?}", samples::consent("Volt Buddy")).contains("csrf-token-value"));
}

#[test]
fn a_page_carries_the_strict_headers() {
    let response = page(&samples::signed_out("Volt Buddy"), StatusCode::OK);
    assert_eq!(response.status(), StatusCode::OK);
    let headers = response.headers();
    assert_eq!(
        headers[header::CONTENT_SECURITY_POLICY],
        "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    );
    assert_eq!(headers[header::CONTENT_TYPE], "text/html; charset=utf-8");
    assert_eq!(headers[header::X_FRAME_OPTIONS], "DENY");
    assert_eq!(headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
    assert_eq!(headers[header::REFERRER_POLICY], "same-origin");
    assert_eq!(headers[header::CACHE_CONTROL], "no-store");
}

#[test]
fn a_page_leading_to_an_application_says_where() {
    let policy = |form_action| {
        let response = page_leading_to(&samples::consent("Volt Buddy"), StatusCode::OK, form_action);
        response.headers()[header::CONTENT_SECURITY_POLICY].to_str().expect("ASCII").to_owned()
    };
    let named = policy(FormAction::RedirectUri("http://127.0.0.1:4321/callback?x=1"));
    assert!(named.contains("data:; form-action 'self' http://127.0.0.1:4321; frame-ancestors 'none'; "), "{named}");
    let anywhere = policy(FormAction::Anywhere);
    assert!(anywhere.contains("data:; frame-ancestors 'none'; ") && !anywhere.contains("form-action"), "{anywhere}");
}

#[test]
fn form_action_of_a_redirect_uri() {
    for (redirect_uri, source) in [
        ("https://app.example/callback", " https://app.example"),
        ("http://localhost:3000/callback", " http://localhost:3000"),
        ("http://127.0.0.1/callback", " http://127.0.0.1"),
        ("http://[::1]:3000/callback", " http:"),
        ("http://a;script-src/callback", " http:"),
        ("http://a,b/callback", " http:"),
        ("com.example.app://callback", " com.example.app:"),
        ("javascript:alert(1)", ""),
        ("data:text/html,x", ""),
        ("not a URI", ""),
    ] {
        let directive = FormAction::RedirectUri(redirect_uri).directive();
        assert_eq!(directive, format!("form-action 'self'{source}; "), "{redirect_uri}");
    }
}
