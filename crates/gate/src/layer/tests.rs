use std::convert::Infallible;

use http::StatusCode;
use serde_json::json;
use tower::{ServiceBuilder, ServiceExt as _, service_fn};

use super::*;
use crate::fixture::*;
use crate::{CheckName, Decision, Permit};

async fn call(request: Request<()>) -> Response<Bytes> {
    let greet = service_fn(|request: Request<()>| async move {
        let permit = request.extensions().get::<Permit>().expect("the gate gave a permit");
        let greeting = format!("hello {}", permit.principal().subject);
        Ok::<_, Infallible>(Response::new(Bytes::from(greeting)))
    });
    let world = World::default();
    ServiceBuilder::new().layer(world.gate.layer(requirement())).service(greet).oneshot(request).await.unwrap()
}

fn asking(token: &str) -> Request<()> {
    Request::from_parts(bearing(token), ())
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
    let response = call(Request::new(())).await;
    assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
    let decision = response.extensions().get::<Decision>().unwrap();
    assert_eq!(decision.checks.last().map(|check| (check.name, check.passed)), Some((CheckName::Token, false)));
    assert!(decision.reason.is_some());
}

#[tokio::test]
async fn a_permit_that_somebody_else_put_there_is_of_no_use() {
    let world = World::default();
    let permit = world.check(&bearing(&token(json!({})))).unwrap();
    let mut request = Request::new(());
    request.extensions_mut().insert(permit);
    assert_eq!(call(request).await.status(), StatusCode::UNAUTHORIZED);
}
