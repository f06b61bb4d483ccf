//! Sends the service what a browser would send: every response must have the headers of the
//! decision, whatever the application did.

use axum::body::{Body, to_bytes};
use axum::http::{HeaderName, HeaderValue, Request, header};
use axum::middleware::from_fn;
use axum::response::Response;
use axum::routing::get;
use axum::{Router, http::StatusCode};
use tower::ServiceExt;

use super::{POLICY, app, cors};

async fn send(app: Router, method: &str, headers: &[(&str, &str)]) -> Response {
    let mut request = Request::builder().method(method).uri("/items");
    for (name, value) in headers {
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
async fn preflight_is_allowed_before_authentication() {
    let headers = [
        ("origin", "https://app.example.com"),
        ("access-control-request-method", "PUT"),
        ("access-control-request-headers", "authorization,content-type"),
    ];
    let response = send(app(), "OPTIONS", &headers).await;
    assert_eq!(response.status(), StatusCode::NO_CONTENT);
    assert_eq!(all(&response, header::ACCESS_CONTROL_ALLOW_ORIGIN), ["https://app.example.com"]);
    assert_eq!(all(&response, header::ACCESS_CONTROL_ALLOW_METHODS), ["DELETE, GET, PUT"]);
    assert_eq!(all(&response, header::ACCESS_CONTROL_ALLOW_HEADERS), ["authorization, content-type"]);
    assert_eq!(all(&response, header::ACCESS_CONTROL_MAX_AGE), ["600"]);
}

#[tokio::test]
async fn denied_preflight_has_the_reason_in_its_body() {
    let headers = [("origin", "https://other.example"), ("access-control-request-method", "PUT")];
    let response = send(app(), "OPTIONS", &headers).await;
    assert_eq!(response.status(), StatusCode::FORBIDDEN);
    assert_eq!(all(&response, header::X_CONTENT_TYPE_OPTIONS), ["nosniff"]);
    assert_eq!(all(&response, header::ACCESS_CONTROL_ALLOW_ORIGIN), [""; 0]);
    assert!(text(response).await.contains("https://other.example"));
}

#[tokio::test]
async fn plain_options_request_reaches_the_application() {
    let response = send(app(), "OPTIONS", &[("authorization", "x")]).await;
    assert_eq!(response.status(), StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(all(&response, header::VARY), ["Origin"]);
}

#[tokio::test]
async fn error_response_has_cors_headers() {
    let response = send(app(), "GET", &[("origin", "https://a.preview.example.com")]).await;
    assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(all(&response, header::ACCESS_CONTROL_ALLOW_ORIGIN), ["https://a.preview.example.com"]);
    assert_eq!(all(&response, header::ACCESS_CONTROL_ALLOW_CREDENTIALS), ["true"]);
}

#[tokio::test]
async fn denied_request_is_served_but_not_shared() {
    let headers = [("origin", "https://other.example"), ("authorization", "x")];
    let response = send(app(), "GET", &headers).await;
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(all(&response, header::ACCESS_CONTROL_ALLOW_ORIGIN), [""; 0]);
    assert_eq!(all(&response, header::VARY), ["Origin"]);
}

#[tokio::test]
async fn cors_headers_are_replaced_and_vary_is_merged() {
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
