//! The token endpoint itself: media types, credentials, and requests that make no sense.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::StatusCode;
use reqwest::RequestBuilder;
use serde_json::json;

use crate::harness::{Answer, Place, Sandbox, assert_transcript, on_both};

const NA: &str = "https://fleet-api.prd.na.vn.cloud.tesla.com";
const FORM: &str = "application/x-www-form-urlencoded";

on_both!(
    a_form_a_json_object_and_a_trailing_slash_are_all_taken,
    basic_credentials_are_form_encoded_and_may_come_beside_equal_ones,
    the_rfc_dialect_takes_one_kind_of_credentials,
    repeated_parameters_are_refused,
    parameters_without_a_value_count_as_left_out,
    requests_that_make_no_sense_are_refused,
    bodies_that_are_no_text_are_refused,
    an_oversized_body_is_refused,
    only_post_is_allowed,
    a_disabled_application_gets_nothing,
);

impl Sandbox {
    /// Posts a body as it stands.
    async fn post_raw(&self, content_type: Option<&str>, body: impl Into<reqwest::Body>) -> Answer {
        let url = self.url("/oauth2/v3/token");
        self.send(|http| typed(http.post(url).body(body), content_type)).await
    }
}

fn typed(request: RequestBuilder, content_type: Option<&str>) -> RequestBuilder {
    match content_type {
        Some(content_type) => request.header("Content-Type", content_type),
        None => request,
    }
}

/// A partner's request as a form, with these credentials in the body.
fn partner_form(credentials: &[(&str, &str)]) -> String {
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.append_pair("grant_type", "client_credentials").append_pair("audience", NA).extend_pairs(credentials);
    form.finish()
}

async fn a_form_a_json_object_and_a_trailing_slash_are_all_taken(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let app = sandbox.partner();
    let secret = app.secret.as_deref().expect("a secret");
    let form = partner_form(&[("client_id", &app.client_id), ("client_secret", secret)]);
    for content_type in [
        Some(FORM),
        Some("application/x-www-form-urlencoded;charset=UTF-8"),
        Some("APPLICATION/X-WWW-FORM-URLENCODED ; charset=utf-8"),
        None,
    ] {
        let answer = sandbox.post_raw(content_type, form.clone()).await;
        assert_eq!(answer.status, StatusCode::OK, "{content_type:?} {}", answer.text);
    }
    let body = json!({
        "grant_type": "client_credentials", "client_id": app.client_id, "client_secret": secret, "audience": NA,
    });
    for path in ["/oauth2/v3/token", "/oauth2/v3/token/"] {
        assert_eq!(sandbox.post_json(path, &body).await.status, StatusCode::OK, "{path}");
    }
    let answer = sandbox.post_raw(Some("application/json; charset=utf-8"), body.to_string()).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
}

async fn basic_credentials_are_form_encoded_and_may_come_beside_equal_ones(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let app = sandbox.partner();
    let secret = app.secret.clone().expect("a secret");
    let encode = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let basic = |id: &str, secret: &str| format!("Basic {}", STANDARD.encode(format!("{id}:{secret}")));
    let ask = async |authorization: String, form: String| {
        let url = sandbox.url("/oauth2/v3/token");
        let request = |http: &reqwest::Client| {
            http.post(url).header("Content-Type", FORM).header("Authorization", authorization).body(form)
        };
        sandbox.send(request).await
    };

    let encoded = basic(&encode(&app.client_id), &encode(&secret));
    assert_eq!(ask(encoded.clone(), partner_form(&[])).await.status, StatusCode::OK);
    assert_eq!(ask(encoded.replace("Basic", "bAsIc"), partner_form(&[])).await.status, StatusCode::OK);
    assert_eq!(ask(basic(&app.client_id, &secret), partner_form(&[])).await.status, StatusCode::OK);
    let equal = partner_form(&[("client_id", &app.client_id), ("client_secret", &secret)]);
    assert_eq!(ask(encoded.clone(), equal).await.status, StatusCode::OK);
    assert_eq!(ask(encoded.clone(), partner_form(&[("client_id", &app.client_id)])).await.status, StatusCode::OK);

    let other_secret = partner_form(&[("client_id", &app.client_id), ("client_secret", "other")]);
    assert_transcript!(ask(encoded.clone(), other_secret).await, [], @r#"
    400 Bad Request
    {
      "error": "invalid_request",
      "error_description": "Send the client's credentials in one way only."
    }
    "#);
    let secret_alone = partner_form(&[("client_secret", "other")]);
    assert_eq!(ask(encoded.clone(), secret_alone).await.error(), "invalid_request");
    let url = sandbox.url("/oauth2/v3/token");
    let twice = sandbox.send(|http| {
        let request = http.post(url).header("Content-Type", FORM).body(partner_form(&[]));
        request.header("Authorization", &encoded).header("Authorization", basic("x", "y"))
    });
    assert_eq!(twice.await.error(), "invalid_request");
    let other_client = partner_form(&[("client_id", &sandbox.third_party().client_id)]);
    assert_transcript!(ask(encoded.clone(), other_client).await, [], @r#"
    400 Bad Request
    {
      "error": "invalid_request",
      "error_description": "Send the client's credentials in one way only."
    }
    "#);
    assert_transcript!(ask(basic(&app.client_id, "wrong"), partner_form(&[])).await, ["www-authenticate"], @r#"
    400 Bad Request
    {
      "error": "unauthorized_client",
      "error_description": "We don't recognize this client_id and client_secret combination"
    }
    "#);
    assert_transcript!(ask("Basic !!!".to_owned(), partner_form(&[])).await, [], @r#"
    400 Bad Request
    {
      "error": "invalid_request",
      "error_description": "The Authorization header is not HTTP Basic."
    }
    "#);
    assert_transcript!(ask("Bearer abc".to_owned(), partner_form(&[])).await, [], @r#"
    400 Bad Request
    {
      "error": "invalid_request",
      "error_description": "The Authorization header is not HTTP Basic."
    }
    "#);
}

async fn the_rfc_dialect_takes_one_kind_of_credentials(place: Place) {
    let sandbox = Sandbox::start_rfc(place).await;
    let app = sandbox.partner();
    let secret = app.secret.as_deref().expect("a secret");
    let ask = async |secret: &str, form: String| {
        let url = sandbox.url("/oauth2/v3/token");
        let id = app.client_id.clone();
        let secret = secret.to_owned();
        sandbox.send(|http| http.post(url).header("Content-Type", FORM).basic_auth(id, Some(secret)).body(form)).await
    };
    let both = partner_form(&[("client_id", &app.client_id), ("client_secret", secret)]);
    assert_transcript!(ask(secret, both).await, [], @r#"
    400 Bad Request
    {
      "error": "invalid_request",
      "error_description": "Send the client's credentials in one way only."
    }
    "#);
    assert_eq!(ask(secret, partner_form(&[("client_id", &app.client_id)])).await.status, StatusCode::OK);
    // RFC 6749, section 5.2: the scheme that the client used is named.
    let url = sandbox.url("/oauth2/v3/token");
    let other_scheme =
        sandbox.send(|http| http.post(url).header("Content-Type", FORM).bearer_auth("abc").body(partner_form(&[])));
    assert_transcript!(other_scheme.await, ["www-authenticate"], @r#"
    401 Unauthorized
    www-authenticate: Basic realm="fleetgate"
    {
      "error": "invalid_client",
      "error_description": "We don't recognize this client_id and client_secret combination"
    }
    "#);
    assert_transcript!(ask("wrong", partner_form(&[])).await, ["www-authenticate"], @r#"
    401 Unauthorized
    www-authenticate: Basic realm="fleetgate"
    {
      "error": "invalid_client",
      "error_description": "We don't recognize this client_id and client_secret combination"
    }
    "#);
}

async fn repeated_parameters_are_refused(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let app = sandbox.partner();
    let secret = app.secret.as_deref().expect("a secret");
    let form = partner_form(&[("client_id", &app.client_id), ("client_secret", secret)]);
    assert_transcript!(sandbox.post_raw(Some(FORM), format!("{form}&grant_type=client_credentials")).await, [], @r#"
    400 Bad Request
    {
      "error": "invalid_request",
      "error_description": "The parameter 'grant_type' is included more than once."
    }
    "#);
    assert_transcript!(sandbox.post_raw(Some(FORM), format!("{form}&unknown=1&unknown=2")).await, [], @r#"
    400 Bad Request
    {
      "error": "invalid_request",
      "error_description": "The parameter 'unknown' is included more than once."
    }
    "#);
    assert_transcript!(sandbox.post_raw(Some(FORM), format!("{form}&audience=")).await, [], @r#"
    400 Bad Request
    {
      "error": "invalid_request",
      "error_description": "The parameter 'audience' is included more than once."
    }
    "#);
    let twice = r#"{"grant_type":"client_credentials","grant_type":"refresh_token"}"#;
    assert_transcript!(sandbox.post_raw(Some("application/json"), twice).await, [], @r#"
    400 Bad Request
    {
      "error": "invalid_request",
      "error_description": "The parameter 'grant_type' is included more than once."
    }
    "#);
    assert_eq!(sandbox.post_raw(Some(FORM), format!("{form}&unknown=1&&")).await.status, StatusCode::OK);
}

async fn parameters_without_a_value_count_as_left_out(place: Place) {
    let sandbox = Sandbox::start(place).await;
    assert_transcript!(sandbox.token(&[("grant_type", "")]).await, [], @r#"
    400 Bad Request
    {
      "error": "invalid_request",
      "error_description": "The parameter 'grant_type' is required."
    }
    "#);
    assert_transcript!(sandbox.token(&[("grant_type", "refresh_token"), ("client_id", "")]).await, [], @r#"
    400 Bad Request
    {
      "error": "invalid_request",
      "error_description": "The parameter 'client_id' is required."
    }
    "#);
    let app = sandbox.third_party();
    let fields = [("grant_type", "refresh_token"), ("client_id", app.client_id.as_str()), ("refresh_token", "")];
    assert_transcript!(sandbox.token(&fields).await, [], @r#"
    400 Bad Request
    {
      "error": "invalid_request",
      "error_description": "The parameter 'refresh_token' is required."
    }
    "#);
    let fields = [
        ("grant_type", "authorization_code"),
        ("client_id", app.client_id.as_str()),
        ("client_secret", app.secret.as_deref().expect("a secret")),
    ];
    assert_transcript!(sandbox.token(&fields).await, [], @r#"
    400 Bad Request
    {
      "error": "invalid_request",
      "error_description": "The parameter 'code' is required."
    }
    "#);
}

async fn requests_that_make_no_sense_are_refused(place: Place) {
    let sandbox = Sandbox::start(place).await;
    assert_transcript!(sandbox.post_raw(Some(FORM), "").await, ["cache-control", "content-type"], @r#"
    400 Bad Request
    cache-control: no-store
    content-type: application/json
    {
      "error": "invalid_request",
      "error_description": "The parameter 'grant_type' is required."
    }
    "#);
    assert_transcript!(sandbox.token(&[("grant_type", "password")]).await, [], @r#"
    400 Bad Request
    {
      "error": "unsupported_grant_type",
      "error_description": "Use authorization_code, refresh_token or client_credentials."
    }
    "#);
    assert_transcript!(sandbox.token(&[("grant_type", "<script>")]).await, [], @r#"
    400 Bad Request
    {
      "error": "unsupported_grant_type",
      "error_description": "Use authorization_code, refresh_token or client_credentials."
    }
    "#);
    assert_transcript!(sandbox.post_raw(Some("multipart/form-data; boundary=x"), "--x--").await, [], @r#"
    400 Bad Request
    {
      "error": "invalid_request",
      "error_description": "The body must be application/x-www-form-urlencoded or application/json."
    }
    "#);
    assert_transcript!(sandbox.post_raw(Some("application/xml"), "<a/>").await, [], @r#"
    400 Bad Request
    {
      "error": "invalid_request",
      "error_description": "The body must be application/x-www-form-urlencoded or application/json."
    }
    "#);
    assert_transcript!(sandbox.post_raw(Some("application/json"), "[]").await, [], @r#"
    400 Bad Request
    {
      "error": "invalid_request",
      "error_description": "The body is not a JSON object whose values are strings."
    }
    "#);
    assert_transcript!(sandbox.post_raw(Some("application/json"), r#"{"grant_type":["a"]}"#).await, [], @r#"
    400 Bad Request
    {
      "error": "invalid_request",
      "error_description": "The body is not a JSON object whose values are strings."
    }
    "#);
    let many: String = (0..65).map(|number| format!("p{number}=1&")).collect();
    assert_transcript!(sandbox.post_raw(Some(FORM), many).await, [], @r#"
    400 Bad Request
    {
      "error": "invalid_request",
      "error_description": "There are too many parameters."
    }
    "#);
    // Nothing in the query counts.
    let url = sandbox.url("/oauth2/v3/token?grant_type=client_credentials");
    let in_query = sandbox.send(|http| http.post(url)).await;
    assert_eq!(in_query.error(), "invalid_request");
}

async fn bodies_that_are_no_text_are_refused(place: Place) {
    let sandbox = Sandbox::start(place).await;
    assert_transcript!(sandbox.post_raw(Some(FORM), "grant_type=client%00credentials").await, [], @r#"
    400 Bad Request
    {
      "error": "invalid_request",
      "error_description": "A parameter contains a control character."
    }
    "#);
    assert_transcript!(sandbox.post_raw(Some(FORM), "grant_type=a%0d%0aSet-Cookie:x").await, [], @r#"
    400 Bad Request
    {
      "error": "invalid_request",
      "error_description": "A parameter contains a control character."
    }
    "#);
    assert_transcript!(sandbox.post_raw(Some(FORM), "grant_type=%ff%fe").await, [], @r#"
    400 Bad Request
    {
      "error": "invalid_request",
      "error_description": "The parameters are not UTF-8 in percent-encoding."
    }
    "#);
    assert_transcript!(sandbox.post_raw(Some(FORM), "grant_type=%zz").await, [], @r#"
    400 Bad Request
    {
      "error": "invalid_request",
      "error_description": "The parameters are not UTF-8 in percent-encoding."
    }
    "#);
    assert_transcript!(sandbox.post_raw(Some(FORM), b"grant_type=\xff".to_vec()).await, [], @r#"
    400 Bad Request
    {
      "error": "invalid_request",
      "error_description": "The parameters are not UTF-8 in percent-encoding."
    }
    "#);
    assert_transcript!(sandbox.post_raw(Some("application/json"), b"{\"grant_type\":\"\xff\"}".to_vec()).await, [], @r#"
    400 Bad Request
    {
      "error": "invalid_request",
      "error_description": "The body is not a JSON object whose values are strings."
    }
    "#);
    let escaped = r#"{"grant_type":"\u0000"}"#;
    assert_transcript!(sandbox.post_raw(Some("application/json"), escaped).await, [], @r#"
    400 Bad Request
    {
      "error": "invalid_request",
      "error_description": "A parameter contains a control character."
    }
    "#);
    let deep = "[".repeat(100_000);
    assert_eq!(sandbox.post_raw(Some("application/json"), deep).await.error(), "invalid_request");
}

async fn an_oversized_body_is_refused(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let body = format!("grant_type=client_credentials&x={}", "a".repeat(1 << 20));
    assert_transcript!(sandbox.post_raw(Some(FORM), body).await, ["content-type"], @r#"
    413 Payload Too Large
    content-type: application/json
    {
      "error": "invalid_request",
      "error_description": "the request's body is too large"
    }
    "#);
}

async fn only_post_is_allowed(place: Place) {
    let sandbox = Sandbox::start(place).await;
    for path in ["/oauth2/v3/token", "/oauth2/v3/revoke", "/oauth2/v3/introspect"] {
        let answer = sandbox.get(path).await;
        assert_transcript!(answer, ["allow"], @r"
        405 Method Not Allowed
        allow: POST
        ");
    }
    let url = sandbox.url("/oauth2/v3/authorize");
    assert_eq!(sandbox.send(|http| http.put(url)).await.status, StatusCode::METHOD_NOT_ALLOWED);
}

async fn a_disabled_application_gets_nothing(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let app = sandbox.partner();
    let token = sandbox.partner_token(&app).await.text_of("access_token");
    sandbox.disable(&app).await;
    assert_transcript!(sandbox.partner_token(&app).await, [], @r#"
    400 Bad Request
    {
      "error": "unauthorized_client",
      "error_description": "We don't recognize this client_id and client_secret combination"
    }
    "#);
    assert_transcript!(sandbox.api("GET", "/api/1/vehicles", &token).await, ["x-fleetgate-reason"], @r#"
    403 Forbidden
    x-fleetgate-reason: The account or application is disabled: DISABLED.
    {
      "error": "account disabled: DISABLED"
    }
    "#);
}
