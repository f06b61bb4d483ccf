//! The adapter for axum: passes the request's headers to the engine and writes the headers of the
//! decision. It holds no CORS rule.

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use corsac::{Class, Decision, Policy, VaryMerge};

/// Responds to preflights, and adds the headers to every other response.
///
/// A denied request still goes on to the application. Denied means that the page's script may not
/// read the response, and same-origin requests carry `Origin` too, so a server must not refuse a
/// request because CORS denies it.
pub(crate) async fn decide(policy: &Policy<&'static [u8]>, request: Request, next: Next) -> Response {
    // Copy what the engine reads, because the application takes the request, and the decision is
    // needed after that.
    let method = request.method().clone();
    let read = request.headers().iter().filter(|(name, _)| corsac::is_read_header(name.as_str().as_bytes()));
    let headers: Vec<(HeaderName, HeaderValue)> = read.map(|(name, value)| (name.clone(), value.clone())).collect();
    let cors_request = corsac::Request::from_lines(
        method.as_str(),
        headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())),
    );
    let decision = policy.evaluate(&cors_request);
    if decision.class() == Class::Preflight {
        return preflight_response(&decision);
    }
    let mut response = next.run(request).await;
    write(&decision, response.headers_mut());
    response
}

/// The whole response to a preflight. If it is denied, the body has the reason, unless the status
/// allows no body.
fn preflight_response(decision: &Decision<'_>) -> Response {
    let status = decision.status().and_then(|status| StatusCode::from_u16(status).ok());
    let status = status.unwrap_or(StatusCode::NO_CONTENT);
    let has_no_body = matches!(status, StatusCode::NO_CONTENT | StatusCode::RESET_CONTENT);
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    if let Some(denial) = decision.denial() {
        eprintln!("preflight denied: {denial}");
        if !has_no_body {
            *response.body_mut() = Body::from(format!("{denial}\n"));
            let headers = response.headers_mut();
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain"));
            headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        }
    }
    write(decision, response.headers_mut());
    response
}

/// Replaces the application's CORS headers with those of the decision. `Vary` is merged, because the
/// application's response may vary for other reasons.
fn write(decision: &Decision<'_>, headers: &mut HeaderMap) {
    let replaced: Vec<HeaderName> =
        headers.keys().filter(|name| decision.replaces_header(name.as_str().as_bytes())).cloned().collect();
    for name in replaced {
        headers.remove(name);
    }
    let mut vary = VaryMerge::default();
    headers.get_all(header::VARY).iter().for_each(|value| vary.add(value.as_bytes()));
    for corsac::Header { name, value, .. } in decision.headers() {
        // The engine's names and values have no byte that axum refuses.
        let Ok(name) = HeaderName::from_bytes(name.as_bytes()) else { continue };
        let values: Vec<&[u8]> = if name == header::VARY { vary.missing(value).collect() } else { vec![value] };
        for value in values.into_iter().filter_map(|value| HeaderValue::from_bytes(value).ok()) {
            headers.append(name.clone(), value);
        }
    }
}
