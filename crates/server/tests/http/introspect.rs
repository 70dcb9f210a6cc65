//! Token introspection (RFC 7662).

use http::StatusCode;
use serde_json::{Value, json};

use crate::harness::{Answer, App, DAY, HOUR, Place, Sandbox, assert_transcript, claims, on_both};

on_both!(
    a_clients_own_access_token_is_described,
    a_refresh_token_is_active_until_it_is_superseded,
    a_refresh_token_is_described_by_what_a_refresh_would_be_granted,
    a_token_for_any_audience_is_known_and_can_be_revoked,
    a_partner_token_is_described,
    everything_else_is_inactive_and_nothing_more,
    the_client_must_prove_itself,
    rfc7662_2_3_without_credentials_the_client_has_failed_to_prove_itself,
);

async fn introspect(sandbox: &Sandbox, app: &App, token: &str) -> Answer {
    let mut fields = vec![("client_id", app.client_id.as_str()), ("token", token)];
    fields.extend(app.secret.as_deref().map(|secret| ("client_secret", secret)));
    sandbox.post_form("/oauth2/v3/introspect", &fields).await
}

async fn a_clients_own_access_token_is_described(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let app = sandbox.third_party();
    let token = sandbox.tokens(&app).await.text_of("access_token");
    let answer = introspect(&sandbox, &app, &token).await;
    assert_eq!(answer.header("cache-control"), "no-store");
    let (shown, claims) = (answer.json(), claims(&token));
    let expected = json!({
        "active": true,
        "scope": "openid offline_access user_data vehicle_device_data",
        "client_id": app.client_id,
        "token_type": "Bearer",
        "exp": claims["exp"], "iat": claims["iat"], "sub": claims["sub"], "iss": claims["iss"], "jti": claims["jti"],
    });
    assert_eq!(shown, expected);
}

async fn a_refresh_token_is_active_until_it_is_superseded(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let app = sandbox.third_party();
    let one = sandbox.tokens(&app).await.text_of("refresh_token");
    let shown = introspect(&sandbox, &app, &one).await.json();
    assert_eq!((&shown["active"], &shown["client_id"]), (&Value::Bool(true), &json!(app.client_id)));
    assert_eq!(shown["exp"], (sandbox.now() + 90 * DAY) / 1_000_000);
    let two = sandbox.refresh(&app, &one).await.text_of("refresh_token");
    assert_eq!(introspect(&sandbox, &app, &one).await.json(), json!({"active": false}));
    assert_eq!(introspect(&sandbox, &app, &two).await.json()["active"], true);
    sandbox.clock.advance(90 * DAY);
    assert_eq!(introspect(&sandbox, &app, &two).await.json(), json!({"active": false}));
}

async fn a_refresh_token_is_described_by_what_a_refresh_would_be_granted(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let app = sandbox.third_party();
    let token = sandbox.tokens(&app).await.text_of("refresh_token");
    let person = &sandbox.world.accounts[0].email;
    let account = sandbox.state.store.account_by_email(person).await.expect("read").expect("there").id;
    let keep = async |scopes: &str| {
        let kept = scopes.parse().expect("scopes");
        let narrowed = sandbox.state.store.narrow_consent(&account, &app.client_id, &kept, sandbox.now()).await;
        assert!(narrowed.expect("stored"));
    };
    keep("offline_access vehicle_device_data").await;
    let shown = introspect(&sandbox, &app, &token).await.json();
    assert_eq!(shown["scope"], "offline_access vehicle_device_data");
    keep("vehicle_device_data").await;
    assert_eq!(introspect(&sandbox, &app, &token).await.json(), json!({"active": false}));
    assert_eq!(sandbox.refresh(&app, &token).await.error(), "login_required");
}

async fn a_token_for_any_audience_is_known_and_can_be_revoked(place: Place) {
    let sandbox = Sandbox::start_rfc(place).await;
    let app = sandbox.partner();
    let own = format!("http://eu.localhost:{}", sandbox.address.port());
    for audience in [own.as_str(), "https://fleet-api.prd.eu.vn.cloud.tesla.com", sandbox.base_url()] {
        let secret = app.secret.as_deref().expect("a secret");
        let client = [("client_id", app.client_id.as_str()), ("client_secret", secret)];
        let fields = [&client[..], &[("grant_type", "client_credentials"), ("audience", audience)]].concat();
        let token = sandbox.token(&fields).await.text_of("access_token");
        assert_eq!(introspect(&sandbox, &app, &token).await.json()["active"], true, "{audience}");
        let fields = [&client[..], &[("token", token.as_str())]].concat();
        assert_eq!(sandbox.post_form("/oauth2/v3/revoke", &fields).await.status, StatusCode::OK);
        assert_eq!(introspect(&sandbox, &app, &token).await.json(), json!({"active": false}), "{audience}");
    }
}

async fn a_partner_token_is_described(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let app = sandbox.partner();
    let token = sandbox.partner_token(&app).await.text_of("access_token");
    let shown = introspect(&sandbox, &app, &token).await.json();
    assert_eq!((&shown["active"], &shown["sub"]), (&Value::Bool(true), &json!(app.client_id)));
}

async fn everything_else_is_inactive_and_nothing_more(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let app = sandbox.third_party();
    let tokens = sandbox.tokens(&app).await;
    let (access, refresh, id) =
        (tokens.text_of("access_token"), tokens.text_of("refresh_token"), tokens.text_of("id_token"));
    let of_another = sandbox.tokens(&sandbox.app("Trip Diary")).await;
    for token in [
        "x",
        &access[..access.len() - 1],
        &refresh[..refresh.len() - 1],
        &id,
        &of_another.text_of("access_token"),
        &of_another.text_of("refresh_token"),
    ] {
        let answer = introspect(&sandbox, &app, token).await;
        assert_eq!((answer.status, answer.json()), (StatusCode::OK, json!({"active": false})), "{token}");
    }
    sandbox.clock.advance(8 * HOUR);
    assert_eq!(introspect(&sandbox, &app, &access).await.json(), json!({"active": false}));
}

async fn the_client_must_prove_itself(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let app = sandbox.third_party();
    let token = sandbox.tokens(&app).await.text_of("access_token");
    for secret in [None, Some("wrong".to_owned())] {
        let unproven = App { secret, ..app.clone() };
        assert_transcript!(introspect(&sandbox, &unproven, &token).await, [], @r#"
        401 Unauthorized
        {
          "error": "invalid_client",
          "error_description": "We don't recognize this client_id and client_secret combination"
        }
        "#);
    }
    let public = sandbox.open_source();
    let own = sandbox.tokens(&public).await.text_of("access_token");
    assert_eq!(introspect(&sandbox, &public, &own).await.error(), "invalid_client");
    assert_transcript!(introspect(&sandbox, &app, "").await, [], @r#"
    400 Bad Request
    {
      "error": "invalid_request",
      "error_description": "The parameter 'token' is required."
    }
    "#);
}

async fn rfc7662_2_3_without_credentials_the_client_has_failed_to_prove_itself(place: Place) {
    let sandbox = Sandbox::start_rfc(place).await;
    let app = sandbox.third_party();
    let token = sandbox.tokens(&app).await.text_of("access_token");
    let nobody = sandbox.post_form("/oauth2/v3/introspect", &[("token", &token)]).await;
    let named = introspect(&sandbox, &App { secret: None, ..app.clone() }, &token).await;
    let wrong = introspect(&sandbox, &App { secret: Some("wrong".to_owned()), ..app.clone() }, &token).await;
    // A token that has the right to call the API has none to ask about tokens.
    let url = sandbox.url("/oauth2/v3/introspect");
    let bearer = sandbox.send(|http| http.post(url).bearer_auth(&token).form(&[("token", &token)])).await;
    for refused in [nobody, named, wrong, bearer] {
        assert_transcript!(refused, ["www-authenticate", "cache-control"], @r#"
        401 Unauthorized
        www-authenticate: Basic realm="fleetgate"
        cache-control: no-store
        {
          "error": "invalid_client",
          "error_description": "We don't recognize this client_id and client_secret combination"
        }
        "#);
    }
    assert_eq!(introspect(&sandbox, &app, &token).await.json()["active"], true);
    let sandbox = sandbox.restart().await;
    let nobody = sandbox.post_form("/oauth2/v3/introspect", &[("token", &token)]).await;
    assert_eq!((nobody.status, nobody.error()), (StatusCode::UNAUTHORIZED, "invalid_client".to_owned()));
}
