//! Bare servers: one fixed answer to every request.

use std::convert::Infallible;
use std::net::SocketAddr;

use anyhow::Result;
use axum::Router;
use axum::routing::get;
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderValue, Response};
use http_body_util::Full;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;

/// A JSON text of so many octets.
fn body(bytes: usize) -> Bytes {
    format!("{{\"x\":\"{}\"}}", "x".repeat(bytes.saturating_sub(8))).into()
}

pub(crate) async fn hyper(address: SocketAddr, bytes: usize) -> Result<()> {
    let listener = TcpListener::bind(address).await?;
    let body = body(bytes);
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let body = body.clone();
        let service = service_fn(move |_| {
            let mut response = Response::new(Full::new(body.clone()));
            response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
            async { Ok::<_, Infallible>(response) }
        });
        tokio::spawn(hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service));
    }
}

pub(crate) async fn axum(address: SocketAddr, bytes: usize) -> Result<()> {
    let listener = TcpListener::bind(address).await?;
    let body = body(bytes);
    let answer = get(move || {
        let body = body.clone();
        async move { ([(CONTENT_TYPE, "application/json")], body) }
    });
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let routes = Router::new().route("/", answer.clone());
        let service = hyper_util::service::TowerToHyperService::new(routes);
        tokio::spawn(hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service));
    }
}
