use std::time::{SystemTime, UNIX_EPOCH};

use axum::body::Body;
use axum::http::Request;
use fleetgate_protocol::jws::{Algorithm, SigningKey, Typ};
use http_body_util::BodyExt as _;
use tower::ServiceExt as _;

use super::*;

fn key() -> SigningKey {
    let pkcs8 = SigningKey::generate(Algorithm::Es256).unwrap();
    SigningKey::from_pkcs8(Algorithm::Es256, "k1", &pkcs8).unwrap()
}

/// An issuer that publishes metadata and this key, and nothing else.
async fn issuer(key: &SigningKey) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base_url = format!("http://{}", listener.local_addr().unwrap());
    let issuer = format!("{base_url}/oauth2/v3/thirdparty");
    let metadata = json!({ "issuer": issuer, "jwks_uri": format!("{base_url}/keys") });
    let misplaced = metadata.clone();
    let set = JwkSet { keys: vec![key.public_jwk(None)] };
    let routes = Router::new()
        .route("/oauth2/v3/thirdparty/.well-known/openid-configuration", get(async || Json(metadata)))
        .route("/other/.well-known/openid-configuration", get(async || Json(misplaced)))
        .route("/keys", get(async || Json(set)));
    tokio::spawn(async move { axum::serve(listener, routes).await });
    issuer
}

#[expect(clippy::disallowed_methods, reason = "the service runs on the machine's clock, so its tokens must too")]
fn token(key: &SigningKey, issuer: &str, scopes: &[&str]) -> String {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    let base_url = issuer.strip_suffix("/oauth2/v3/thirdparty").unwrap();
    let claims = json!({
        "iss": issuer, "azp": "app", "sub": "anna", "aud": [base_url], "scp": scopes, "exp": now + 60, "iat": now - 1,
        "open_source": false, "jti": "00ff.1.00ff",
    });
    key.sign(Typ::Jwt, claims.to_string().as_bytes()).unwrap()
}

async fn call(app: &Router, method: &str, path: &str, token: &str) -> (StatusCode, String) {
    let request = Request::builder().method(method).uri(path).header("authorization", format!("Bearer {token}"));
    let response = app.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
    let status = response.status();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    (status, String::from_utf8(body.to_vec()).unwrap())
}

#[tokio::test]
async fn each_operation_wants_its_own_scope() {
    let key = key();
    let issuer = issuer(&key).await;
    let app = app(&issuer).await.unwrap();
    let reads = token(&key, &issuer, &["charger_data"]);
    let (status, body) = call(&app, "GET", "/chargers", &reads).await;
    assert_eq!((status, body.as_str()), (StatusCode::OK, r#"{"chargers":["carport","yard"],"owner":"anna"}"#));
    assert_eq!(call(&app, "POST", "/chargers/yard/start", &reads).await.0, StatusCode::FORBIDDEN);
    let commands = token(&key, &issuer, &["charger_cmds"]);
    assert_eq!(call(&app, "POST", "/chargers/yard/start", &commands).await.0, StatusCode::OK);
    assert_eq!(call(&app, "GET", "/chargers", &commands).await.0, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_token_of_another_key_opens_nothing() {
    let known = key();
    let issuer = issuer(&known).await;
    let app = app(&issuer).await.unwrap();
    let forged = token(&key(), &issuer, &["charger_data"]);
    assert_eq!(call(&app, "GET", "/chargers", &forged).await.0, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn metadata_of_another_issuer_is_refused() {
    let issuer = issuer(&key()).await;
    let other = issuer.replace("/oauth2/v3/thirdparty", "/other");
    let refused = app(&other).await.unwrap_err().to_string();
    assert_eq!(refused, format!("the metadata names the issuer `{issuer}` instead of `{other}`"));
}

#[tokio::test]
async fn every_answer_is_json_and_a_token_in_a_form_is_refused() {
    let key = key();
    let issuer = issuer(&key).await;
    let app = app(&issuer).await.unwrap();
    let commands = token(&key, &issuer, &["charger_cmds"]);
    assert_eq!(
        call(&app, "GET", "/nothing", &commands).await,
        (StatusCode::NOT_FOUND, r#"{"error":"not_found"}"#.to_owned())
    );
    let request = Request::post("/chargers/yard/start")
        .header("authorization", format!("Bearer {commands}"))
        .header("content-type", "application/x-www-form-urlencoded");
    let response = app.clone().oneshot(request.body(Body::from("access_token=zzz")).unwrap()).await.unwrap();
    assert_eq!(response.status(), StatusCode::BAD_REQUEST);
    assert_eq!(response.headers()["content-type"], "application/json");
}
