//! The service, driven as a browser would: what leaves it carries the decision, whatever the application did.

use axum::body::{Body, to_bytes};
use axum::http::{HeaderName, HeaderValue, Request, header};
use axum::middleware::from_fn;
use axum::response::Response;
use axum::routing::get;
use axum::{Router, http::StatusCode};
use tower::ServiceExt;

use super::{POLICY, app, cors};

async fn send(app: Router, method: &str, lines: &[(&str, &str)]) -> Response {
    let mut request = Request::builder().method(method).uri("/items");
    for (name, value) in lines {
        request = request.header(*name, *value);
    }
    app.oneshot(request.body(Body::empty()).expect("a request")).await.expect("infallible")
}

fn all(response: &Response, name: HeaderName) -> Vec<&str> {
    response.headers().get_all(name).iter().map(|value| value.to_str().expect("text")).collect()
}

async fn text(response: Response) -> String {
    let bytes = to_bytes(response.into_body(), 1024).await.expect("a short body");
    String::from_utf8(bytes.to_vec()).expect("text")
}

#[tokio::test]
async fn answers_a_preflight_before_authentication() {
    let lines = [
        ("origin", "https://app.example.com"),
        ("access-control-request-method", "PUT"),
        ("access-control-request-headers", "authorization,content-type"),
    ];
    let response = send(app(), "OPTIONS", &lines).await;
    assert_eq!(response.status(), StatusCode::NO_CONTENT);
    assert_eq!(all(&response, header::ACCESS_CONTROL_ALLOW_ORIGIN), ["https://app.example.com"]);
    assert_eq!(all(&response, header::ACCESS_CONTROL_ALLOW_METHODS), ["DELETE, GET, PUT"]);
    assert_eq!(all(&response, header::ACCESS_CONTROL_ALLOW_HEADERS), ["authorization, content-type"]);
    assert_eq!(all(&response, header::ACCESS_CONTROL_MAX_AGE), ["600"]);
}

#[tokio::test]
async fn says_why_a_preflight_is_denied() {
    let lines = [("origin", "https://other.example"), ("access-control-request-method", "PUT")];
    let response = send(app(), "OPTIONS", &lines).await;
    assert_eq!(response.status(), StatusCode::FORBIDDEN);
    assert_eq!(all(&response, header::X_CONTENT_TYPE_OPTIONS), ["nosniff"]);
    assert_eq!(all(&response, header::ACCESS_CONTROL_ALLOW_ORIGIN), [""; 0]);
    assert!(text(response).await.contains("https://other.example"));
}

#[tokio::test]
async fn leaves_a_plain_options_to_the_application() {
    let response = send(app(), "OPTIONS", &[("authorization", "x")]).await;
    assert_eq!(response.status(), StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(all(&response, header::VARY), ["Origin"]);
}

#[tokio::test]
async fn puts_headers_on_errors_too() {
    let response = send(app(), "GET", &[("origin", "https://a.preview.example.com")]).await;
    assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(all(&response, header::ACCESS_CONTROL_ALLOW_ORIGIN), ["https://a.preview.example.com"]);
    assert_eq!(all(&response, header::ACCESS_CONTROL_ALLOW_CREDENTIALS), ["true"]);
}

#[tokio::test]
async fn serves_an_origin_that_is_not_allowed_without_sharing() {
    let lines = [("origin", "https://other.example"), ("authorization", "x")];
    let response = send(app(), "GET", &lines).await;
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(all(&response, header::ACCESS_CONTROL_ALLOW_ORIGIN), [""; 0]);
    assert_eq!(all(&response, header::VARY), ["Origin"]);
}

#[tokio::test]
async fn replaces_what_the_application_wrote_and_merges_vary() {
    let careless = async || {
        let mut response = Response::new(Body::empty());
        let headers = response.headers_mut();
        headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("https://other.example"));
        headers.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("9"));
        headers.append(header::VARY, HeaderValue::from_static("Accept-Encoding"));
        headers.append(header::VARY, HeaderValue::from_static("Accept, ORIGIN"));
        response
    };
    let app = Router::new()
        .route("/items", get(careless))
        .layer(from_fn(|request, next| cors::decide(&POLICY, request, next)));
    let response = send(app, "GET", &[("origin", "https://other.example")]).await;
    assert_eq!(all(&response, header::ACCESS_CONTROL_ALLOW_ORIGIN), [""; 0]);
    assert_eq!(all(&response, header::ACCESS_CONTROL_MAX_AGE), [""; 0]);
    assert_eq!(all(&response, header::VARY), ["Accept-Encoding", "Accept, ORIGIN"]);
}
