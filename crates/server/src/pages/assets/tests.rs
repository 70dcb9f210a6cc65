use axum::Router;
use axum::body::Body;
use axum::response::Response;
use http::{Request, StatusCode, header};
use tower::ServiceExt;

use super::{fnv1a, routes};

async fn get(path: &str, if_none_match: Option<&str>) -> Response {
    let mut request = Request::get(path);
    if let Some(tag) = if_none_match {
        request = request.header(header::IF_NONE_MATCH, tag);
    }
    let app: Router = routes();
    app.oneshot(request.body(Body::empty()).expect("a request")).await.expect("infallible")
}

#[tokio::test]
async fn files_come_with_their_type() {
    for (path, content_type) in
        [("/assets/fleetgate.css", "text/css; charset=utf-8"), ("/assets/fleetgate.svg", "image/svg+xml")]
    {
        let response = get(path, None).await;
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers()[header::CONTENT_TYPE], content_type);
        assert_eq!(response.headers()[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
    }
}

#[tokio::test]
async fn a_file_that_the_browser_has_is_not_sent_again() {
    let first = get("/assets/fleetgate.css", None).await;
    let tag = first.headers()[header::ETAG].to_str().expect("ASCII").to_owned();
    for candidate in [tag.clone(), format!("W/{tag}"), format!("\"other\", {tag}"), "*".to_owned()] {
        assert_eq!(
            get("/assets/fleetgate.css", Some(&candidate)).await.status(),
            StatusCode::NOT_MODIFIED,
            "{candidate}"
        );
    }
    assert_eq!(get("/assets/fleetgate.css", Some("\"other\"")).await.status(), StatusCode::OK);
    assert_eq!(get("/assets/fleetgate.svg", Some(&tag)).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn nothing_else_is_served() {
    for path in ["/assets/", "/assets/other.css", "/assets/..%2Fsrc%2Flib.rs", "/assets/%ff"] {
        assert!(get(path, None).await.status().is_client_error(), "{path}");
    }
}

#[test]
fn fnv1a_test_vectors() {
    assert_eq!(fnv1a(b""), 0xcbf2_9ce4_8422_2325);
    assert_eq!(fnv1a(b"foobar"), 0x8594_4171_f739_67e8);
}
