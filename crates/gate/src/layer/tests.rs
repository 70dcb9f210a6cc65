use std::convert::Infallible;

use http::header::CONTENT_TYPE;
use http::{HeaderValue, StatusCode};
use http_body_util::Full;
use serde_json::json;
use tower::{ServiceBuilder, ServiceExt as _, service_fn};

use super::*;
use crate::fixture::*;
use crate::{CheckName, Decision, Permit};

const MEBIBYTE: usize = 1_048_576;

async fn call(request: Request<Full<Bytes>>) -> Response<Bytes> {
    let greet = service_fn(|request: Request<Full<Bytes>>| async move {
        let (parts, body) = request.into_parts();
        let permit = parts.extensions.get::<Permit>().expect("the gate gave a permit");
        let body = body.collect().await.expect("a body").to_bytes();
        let greeting = format!("hello {}{}", permit.principal().subject, String::from_utf8_lossy(&body));
        Ok::<_, Infallible>(Response::new(Bytes::from(greeting)))
    });
    let world = World::default();
    ServiceBuilder::new().layer(world.gate.layer(requirement())).service(greet).oneshot(request).await.unwrap()
}

fn asking(token: &str) -> Request<Full<Bytes>> {
    Request::from_parts(bearing(token), Full::default())
}

fn sending(form: impl Into<Bytes>) -> Request<Full<Bytes>> {
    let mut request = asking(&token(json!({}))).map(|_| Full::new(form.into()));
    let content_type = HeaderValue::from_static("application/x-www-form-urlencoded; charset=utf-8");
    request.headers_mut().insert(CONTENT_TYPE, content_type);
    request
}

/// RFC 6750, section 2.2, with nothing around the gate that would have read the form.
#[tokio::test]
async fn a_token_in_a_form_is_refused_and_another_form_arrives_whole() {
    assert_eq!(call(sending(", how are you?")).await.body(), "hello person, how are you?");
    for form in ["access_token=zzz", "a=1&access%5ftoken=zzz"] {
        let response = call(sending(form)).await;
        assert_eq!(response.status(), StatusCode::BAD_REQUEST, "{form}");
        assert!(response.extensions().get::<Decision>().is_some_and(|decision| !decision.allowed()));
    }
    let longest = call(sending(vec![b'a'; MEBIBYTE])).await;
    assert_eq!(longest.status(), StatusCode::OK);
    let longer = call(sending(vec![b'a'; MEBIBYTE + 1])).await;
    assert_eq!(longer.status(), StatusCode::BAD_REQUEST);
    let decision = longer.extensions().get::<Decision>().unwrap();
    assert_eq!((decision.operation.as_ref(), decision.allowed()), ("vehicle", false));
}

/// Nothing else is held up: neither what is no form, nor a form that was read before.
#[tokio::test]
async fn other_bodies_are_left_to_the_service() {
    let mut json = sending(vec![b'a'; MEBIBYTE + 1]);
    json.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    assert_eq!(call(json).await.status(), StatusCode::OK);
    let mut read = sending(vec![b'a'; MEBIBYTE + 1]);
    read.extensions_mut().insert(BufferedBody(Bytes::from_static(b"a=1")));
    assert_eq!(call(read).await.status(), StatusCode::OK);
    read = sending("");
    read.extensions_mut().insert(BufferedBody(Bytes::from_static(b"access_token=zzz")));
    assert_eq!(call(read).await.status(), StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn the_gate_is_as_ready_as_its_service() {
    let mut service = World::default().gate.layer(requirement()).layer(NeverReady);
    let ready = std::future::poll_fn(|context| service.poll_ready(context)).await;
    assert_eq!(ready, Err("overloaded"));
}

/// A service that takes nothing on.
#[derive(Clone)]
struct NeverReady;

impl Service<Request<Full<Bytes>>> for NeverReady {
    type Response = Response<Bytes>;
    type Error = &'static str;
    type Future = std::future::Pending<Result<Response<Bytes>, &'static str>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), &'static str>> {
        Poll::Ready(Err("overloaded"))
    }

    fn call(&mut self, _: Request<Full<Bytes>>) -> Self::Future {
        std::future::pending()
    }
}

#[tokio::test]
async fn a_permitted_request_reaches_the_service_with_its_permit() {
    let response = call(asking(&token(json!({})))).await;
    assert_eq!(response.body(), "hello person");
    let decision = response.extensions().get::<Decision>().unwrap();
    assert_eq!((decision.operation.as_ref(), decision.client_id()), ("vehicle", Some("client")));
    assert!(decision.allowed() && decision.checks.iter().all(|check| check.passed));
}

#[tokio::test]
async fn a_refused_request_never_reaches_the_service() {
    let response = call(Request::default()).await;
    assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
    let decision = response.extensions().get::<Decision>().unwrap();
    assert_eq!(decision.checks.last().map(|check| (check.name, check.passed)), Some((CheckName::Token, false)));
    assert!(decision.reason.is_some());
}

#[tokio::test]
async fn a_permit_that_somebody_else_put_there_is_of_no_use() {
    let world = World::default();
    let permit = world.check(&bearing(&token(json!({})))).unwrap();
    let mut request = Request::<Full<Bytes>>::default();
    request.extensions_mut().insert(permit);
    assert_eq!(call(request).await.status(), StatusCode::UNAUTHORIZED);
}
