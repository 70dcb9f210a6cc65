//! For whom a token is: `audience`, and `resource` (RFC 8707).

use fleetgate_server::config::DialectName;
use http::StatusCode;
use serde_json::{Value, json};

use crate::harness::{Answer, App, Place, Sandbox, assert_transcript, claims, on_both};

on_both!(
    rfc8707_2_audience_and_resource_must_agree,
    rfc8707_2_an_unknown_resource_is_refused_and_spends_nothing,
    rfc8707_2_2_the_token_is_restricted_to_the_resource,
    rfc8707_2_2_a_grant_stays_with_its_resource,
    an_audience_in_china_is_known_there_alone,
);

const NA: &str = "https://fleet-api.prd.na.vn.cloud.tesla.com";
const EU: &str = "https://fleet-api.prd.eu.vn.cloud.tesla.com";
const CN: &str = "https://fleet-api.prd.cn.vn.cloud.tesla.cn";

async fn ask(sandbox: &Sandbox, app: &App, more: &[(&str, &str)]) -> Answer {
    let secret = app.secret.as_deref().expect("a secret");
    let own = [("grant_type", "client_credentials"), ("client_id", &app.client_id), ("client_secret", secret)];
    sandbox.token(&[&own, more].concat()).await
}

fn aud(answer: &Answer) -> Value {
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
    claims(&answer.text_of("access_token"))["aud"].take()
}

async fn rfc8707_2_audience_and_resource_must_agree(place: Place) {
    let sandbox = Sandbox::start_rfc(place).await;
    let app = sandbox.partner();
    for (audience, resource) in [(NA, EU), (EU, NA), (NA, "https://example.com"), ("https://example.com", NA)] {
        let refused = ask(&sandbox, &app, &[("audience", audience), ("resource", resource)]).await;
        assert_transcript!(refused, [], @r#"
        400 Bad Request
        {
          "error": "invalid_target",
          "error_description": "The 'audience' parameter is invalid. Include valid audience in the request."
        }
        "#);
    }
    assert_eq!(aud(&ask(&sandbox, &app, &[("audience", NA), ("resource", NA)]).await), json!([NA]));
    let sandbox = sandbox.restart().await;
    assert_eq!(sandbox.state.config.dialect.errors, DialectName::FleetApi);
    let refused = ask(&sandbox, &app, &[("audience", NA), ("resource", EU)]).await;
    assert_eq!((refused.status, refused.error()), (StatusCode::BAD_REQUEST, "invalid_audience".to_owned()));
}

async fn rfc8707_2_an_unknown_resource_is_refused_and_spends_nothing(place: Place) {
    let sandbox = Sandbox::start_rfc(place).await;
    let (app, partner) = (sandbox.third_party(), sandbox.partner());
    let code = sandbox.code(&app, &[]).await;
    let token = sandbox.tokens(&app).await.text_of("refresh_token");
    for unknown in ["https://example.com", "fleet-api", &format!("{NA}.evil.test"), &format!("{NA}/api")] {
        let resource = ("resource", unknown);
        let with_code = [
            ("grant_type", "authorization_code"),
            ("client_id", &app.client_id),
            ("client_secret", app.secret.as_deref().expect("a secret")),
            ("code", &code),
            ("redirect_uri", &app.redirect_uri),
            resource,
        ];
        for refused in [
            ask(&sandbox, &partner, &[resource]).await,
            sandbox.token(&with_code).await,
            sandbox.refresh_with_secret(&app, &token, &[resource]).await,
        ] {
            assert_eq!((refused.status, refused.error()), (StatusCode::BAD_REQUEST, "invalid_target".to_owned()));
        }
    }
    assert_eq!(sandbox.exchange(&app, &code).await.status, StatusCode::OK);
    assert_eq!(sandbox.refresh_with_secret(&app, &token, &[]).await.status, StatusCode::OK);
}

async fn rfc8707_2_2_the_token_is_restricted_to_the_resource(place: Place) {
    let sandbox = Sandbox::start_rfc(place).await;
    let app = sandbox.partner();
    for name in ["resource", "audience"] {
        assert_eq!(aud(&ask(&sandbox, &app, &[(name, EU)]).await), json!([EU]));
    }
    let token = sandbox.tokens(&sandbox.third_party()).await.text_of("refresh_token");
    let refreshed = sandbox.refresh_with_secret(&sandbox.third_party(), &token, &[("resource", EU)]).await;
    assert_eq!(aud(&refreshed), json!([EU]));
    assert!(!sandbox.opens(&refreshed.text_of("access_token")).await, "it is not for the region that serves here");
}

async fn rfc8707_2_2_a_grant_stays_with_its_resource(place: Place) {
    let sandbox = Sandbox::start_rfc(place).await;
    let app = sandbox.third_party();
    let page = sandbox.browser().open(&sandbox.authorize_path(&app, &[("resource", "https://example.com")])).await;
    assert_eq!(page.parameter("error").as_deref(), Some("invalid_target"));
    let code = sandbox.code(&app, &[("resource", NA)]).await;
    let exchange = async |more: &[(&str, &str)]| {
        let own = [
            ("grant_type", "authorization_code"),
            ("client_id", app.client_id.as_str()),
            ("client_secret", app.secret.as_deref().expect("a secret")),
            ("code", code.as_str()),
            ("redirect_uri", app.redirect_uri.as_str()),
        ];
        sandbox.token(&[&own, more].concat()).await
    };
    assert_eq!(exchange(&[("resource", EU)]).await.error(), "invalid_target");
    let tokens = exchange(&[]).await;
    assert_eq!(aud(&tokens), json!([NA]));
    let token = tokens.text_of("refresh_token");
    let wider = sandbox.refresh_with_secret(&app, &token, &[("resource", EU)]).await;
    assert_eq!((wider.status, wider.error()), (StatusCode::BAD_REQUEST, "invalid_target".to_owned()));
    let same = sandbox.refresh_with_secret(&app, &token, &[("resource", &format!("{NA}/"))]).await;
    assert_eq!(aud(&same), json!([NA]), "nothing was spent");
    let unasked = sandbox.refresh_with_secret(&app, &same.text_of("refresh_token"), &[]).await;
    assert_eq!(aud(&unasked), json!([NA]));
}

async fn an_audience_in_china_is_known_there_alone(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let app = sandbox.partner();
    let holds = |answer: &Answer| {
        let aud = aud(answer);
        [NA, EU, CN].map(|audience| aud.as_array().expect("a list").iter().filter(|held| *held == audience).count())
    };
    assert_eq!(holds(&ask(&sandbox, &app, &[("audience", NA)]).await), [1, 1, 0]);
    let secret = app.secret.as_deref().expect("a secret");
    for (name, audience) in [("audience", CN), ("resource", CN), ("audience", &format!("{CN}/"))] {
        let refused = ask(&sandbox, &app, &[(name, audience)]).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{}", refused.text);
        let fields = [
            ("grant_type", "client_credentials"),
            ("client_id", &app.client_id),
            ("client_secret", secret),
            (name, audience),
        ];
        let answer = sandbox
            .send(|http| http.post(sandbox.url("/oauth2/v3/token")).form(&fields).header("Host", "cn.localhost"))
            .await;
        assert_eq!(holds(&answer), [0, 0, 1], "{name} {audience}");
    }
}
