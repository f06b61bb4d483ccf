//! Sends the service what a browser would send. `tower/tests` has what the layer does.

use axum::body::Body;
use axum::http::{HeaderName, Request, StatusCode, header};
use axum::response::Response;
use corsac_tower::{CorsLayer, Policies};
use tower::ServiceExt;

use super::{app, policy_text};

async fn send(method: &str, path: &str, headers: &[(&str, &str)]) -> Response {
    let policies = Policies::from_text(&policy_text().expect("a file")).expect("a policy");
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let app = app(CorsLayer::new(policies));
    app.oneshot(request.body(Body::empty()).expect("a request")).await.expect("infallible")
}

fn all(response: &Response, name: HeaderName) -> Vec<&str> {
    response.headers().get_all(name).iter().map(|value| value.to_str().expect("text")).collect()
}

#[tokio::test]
async fn preflight_is_allowed_before_authentication() {
    let headers = [
        ("origin", "https://app.example.com"),
        ("access-control-request-method", "PUT"),
        ("access-control-request-headers", "authorization,content-type"),
    ];
    let response = send("OPTIONS", "/items", &headers).await;
    assert_eq!(response.status(), StatusCode::NO_CONTENT);
    assert_eq!(all(&response, header::ACCESS_CONTROL_ALLOW_ORIGIN), ["https://app.example.com"]);
    assert_eq!(all(&response, header::ACCESS_CONTROL_ALLOW_METHODS), ["DELETE, GET, PUT"]);
}

#[tokio::test]
async fn error_response_has_cors_headers() {
    let response = send("GET", "/items", &[("origin", "https://a.preview.example.com")]).await;
    assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(all(&response, header::ACCESS_CONTROL_ALLOW_ORIGIN), ["https://a.preview.example.com"]);
}

#[tokio::test]
async fn every_page_reads_the_status() {
    let response = send("GET", "/status", &[("origin", "https://other.example")]).await;
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(all(&response, header::ACCESS_CONTROL_ALLOW_ORIGIN), ["*"]);
    assert_eq!(all(&response, header::VARY), [""; 0]);
}
