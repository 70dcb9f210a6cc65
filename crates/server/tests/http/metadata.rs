//! The metadata documents and the key set.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use fleetgate_protocol::jws::Algorithm;
use fleetgate_server::config::{Config, DialectName};
use serde_json::{Value, json};

use crate::harness::{Answer, Place, Sandbox, assert_transcript, header, on_both};

const METADATA: &str = "/oauth2/v3/thirdparty/.well-known/openid-configuration";
const KEYS: &str = "/oauth2/v3/discovery/thirdparty/keys";

on_both!(
    the_document_is_the_same_at_both_places_and_names_its_own_issuer,
    the_document_names_the_algorithms_of_the_keys_not_the_configured_one,
    a_configured_token_issuer_stands_beside_the_own_one,
    the_key_set_holds_public_keys_named_by_their_certificates,
    nothing_varies_by_host,
);

async fn the_document_is_the_same_at_both_places_and_names_its_own_issuer(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let document = sandbox.get(METADATA).await;
    assert_transcript!(document, ["content-type", "cache-control"], @r#"
    200 OK
    content-type: application/json
    cache-control: public, max-age=3600
    {
      "access_token_issuer": "http://127.0.0.1:<port>/oauth2/v3/thirdparty",
      "authorization_endpoint": "http://127.0.0.1:<port>/oauth2/v3/authorize",
      "authorization_response_iss_parameter_supported": true,
      "claims_parameter_supported": false,
      "claims_supported": [
        "iss",
        "iat",
        "exp",
        "nonce",
        "sub",
        "aud",
        "azp",
        "auth_time",
        "amr",
        "at_hash"
      ],
      "code_challenge_methods_supported": [
        "S256"
      ],
      "end_session_endpoint": "http://127.0.0.1:<port>/oauth2/v3/logout",
      "grant_types_supported": [
        "authorization_code",
        "refresh_token",
        "client_credentials"
      ],
      "id_token_signing_alg_values_supported": [
        "RS256"
      ],
      "introspection_endpoint": "http://127.0.0.1:<port>/oauth2/v3/introspect",
      "introspection_endpoint_auth_methods_supported": [
        "client_secret_post",
        "client_secret_basic"
      ],
      "issuer": "http://127.0.0.1:<port>/oauth2/v3/thirdparty",
      "jwks_uri": "http://127.0.0.1:<port>/oauth2/v3/discovery/thirdparty/keys",
      "prompt_values_supported": [
        "none",
        "login",
        "consent"
      ],
      "request_parameter_supported": false,
      "request_uri_parameter_supported": false,
      "response_modes_supported": [
        "query"
      ],
      "response_types_supported": [
        "code"
      ],
      "revocation_endpoint": "http://127.0.0.1:<port>/oauth2/v3/revoke",
      "revocation_endpoint_auth_methods_supported": [
        "client_secret_post",
        "client_secret_basic",
        "none"
      ],
      "scopes_supported": [
        "openid",
        "offline_access",
        "user_data",
        "vehicle_device_data",
        "vehicle_cmds",
        "vehicle_charging_cmds",
        "energy_device_data",
        "energy_cmds",
        "vehicle_location",
        "vehicle_specs",
        "vehicle_pricing_info",
        "enterprise_management"
      ],
      "subject_types_supported": [
        "public"
      ],
      "token_endpoint": "http://127.0.0.1:<port>/oauth2/v3/token",
      "token_endpoint_auth_methods_supported": [
        "client_secret_post",
        "client_secret_basic",
        "none"
      ],
      "userinfo_endpoint": "http://127.0.0.1:<port>/oauth2/v3/userinfo"
    }
    "#);
    let other = sandbox.get("/.well-known/oauth-authorization-server/oauth2/v3/thirdparty").await;
    assert_eq!(other.text, document.text);
    // OpenID Connect Discovery, section 4.3, and RFC 8414, section 3.3.
    assert_eq!(document.text_of("issuer") + "/.well-known/openid-configuration", sandbox.url(METADATA));
    for endpoint in ["jwks_uri", "userinfo_endpoint", "authorization_endpoint", "end_session_endpoint"] {
        let url = document.text_of(endpoint);
        let path = url.strip_prefix(sandbox.base_url()).expect("an own URL").to_owned();
        assert_ne!(sandbox.get(&path).await.status, http::StatusCode::NOT_FOUND, "{url}");
    }
}

async fn the_document_names_the_algorithms_of_the_keys_not_the_configured_one(place: Place) {
    let es256 = |config: &mut Config| config.tokens.algorithm = Algorithm::Es256;
    let sandbox = Sandbox::start_with(place, DialectName::FleetApi, es256).await;
    let algorithms = async |sandbox: &Sandbox| {
        let path = "/oauth2/v3/thirdparty/.well-known/openid-configuration";
        sandbox.get(path).await.json()["id_token_signing_alg_values_supported"].take()
    };
    assert_eq!(algorithms(&sandbox).await, json!(["ES256"]));
    let sandbox = sandbox.restart_with(|config| config.tokens.algorithm = Algorithm::Rs256).await;
    assert_eq!(algorithms(&sandbox).await, json!(["ES256"]), "the key is the old one still");
    let room = sandbox.state.key_room();
    let day = std::time::Duration::from_secs(24 * 60 * 60);
    sandbox.state.keys.rotate(room, day, day).await.expect("a new key");
    assert_eq!(algorithms(&sandbox).await, json!(["ES256", "RS256"]));
}

async fn a_configured_token_issuer_stands_beside_the_own_one(place: Place) {
    let real = "https://auth.tesla.com/oauth2/v3/nts";
    let change = |config: &mut fleetgate_server::config::Config| config.tokens.issuer = Some(real.to_owned());
    let sandbox = Sandbox::start_with(place, fleetgate_server::config::DialectName::FleetApi, change).await;
    let document = sandbox.get(METADATA).await.json();
    assert_eq!(document["issuer"], format!("{}/oauth2/v3/thirdparty", sandbox.base_url()));
    assert_eq!(document["access_token_issuer"], real);
    let tokens = sandbox.tokens(&sandbox.third_party()).await;
    let token = tokens.text_of("access_token");
    assert_eq!(crate::harness::claims(&token)["iss"], real);
    assert!(sandbox.opens(&token).await);
}

async fn the_key_set_holds_public_keys_named_by_their_certificates(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let answer = sandbox.get(KEYS).await;
    assert_eq!(answer.header("content-type"), "application/json");
    assert_eq!(answer.header("cache-control"), "public, max-age=3600");
    let set = answer.json();
    let keys = set["keys"].as_array().expect("keys");
    assert!(!keys.is_empty());
    for key in keys {
        let members: Vec<&str> = key.as_object().expect("an object").keys().map(String::as_str).collect();
        assert_eq!(members, ["alg", "e", "kid", "kty", "n", "use", "x5c", "x5t"], "and nothing private");
        assert_eq!(
            (&key["kty"], &key["alg"], &key["use"], &key["e"]),
            (&"RSA".into(), &"RS256".into(), &"sig".into(), &"AQAB".into())
        );
        let certificate = STANDARD.decode(text(&key["x5c"][0])).expect("base64");
        let thumbprint = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA1_FOR_LEGACY_USE_ONLY, &certificate);
        assert_eq!(text(&key["kid"]), URL_SAFE_NO_PAD.encode(thumbprint));
        assert_eq!(key["kid"], key["x5t"]);
        assert_eq!(URL_SAFE_NO_PAD.decode(text(&key["n"])).expect("base64url").len(), 256, "RSA-2048");
    }
    let tokens = sandbox.tokens(&sandbox.third_party()).await;
    for token in ["access_token", "id_token"] {
        let header = header(&tokens.text_of(token));
        assert_eq!((&header["alg"], &header["typ"]), (&"RS256".into(), &"JWT".into()));
        assert!(keys.iter().any(|key| key["kid"] == header["kid"]), "{header}");
    }
}

fn text(value: &Value) -> &str {
    value.as_str().expect("text")
}

async fn nothing_varies_by_host(place: Place) {
    let sandbox = Sandbox::start(place).await;
    let under = async |path: &str, host: &'static str| -> Answer {
        let url = sandbox.url(path);
        sandbox
            .send(|http| {
                let request = http.get(url).header("Host", host).header("X-Forwarded-Host", "evil.test");
                request.header("X-Forwarded-Proto", "https").header("Forwarded", "host=evil.test;proto=https")
            })
            .await
    };
    for path in [METADATA, KEYS] {
        let plain = sandbox.get(path).await;
        for host in
            ["fleet-auth.prd.vn.cloud.tesla.com", "fleet-api.prd.eu.vn.cloud.tesla.com", "evil.test", "localhost"]
        {
            let answer = under(path, host).await;
            assert_eq!((answer.status, answer.text), (plain.status, plain.text.clone()), "{host}");
        }
    }
    let path = sandbox.authorize_path(&sandbox.third_party(), &[("scope", "none_such")]);
    let answer = under(&path, "evil.test").await;
    assert!(!answer.header("location").contains("evil.test"), "{}", answer.header("location"));
}
