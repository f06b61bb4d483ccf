//! Corsac for axum: reads the request's lines, asks the engine, writes its headers. No CORS rule stands here.

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use corsac::{Class, Decision, Policy, VaryLines};

/// Answers preflights and adds the headers of every other response.
///
/// A denied request is still served: denied means that the response is not shared with the page's
/// script, and same-origin requests carry `Origin` too. Blocking is not what CORS does.
pub(crate) async fn decide(policy: &Policy<&'static [u8]>, request: Request, next: Next) -> Response {
    let (head, body) = request.into_parts();
    // Decided once, before the application can touch the request.
    let headers = {
        let lines = head.headers.iter().map(|(name, value)| (name, value.as_bytes()));
        let asked = corsac::Request::from_lines(head.method.as_str(), lines);
        let decision = policy.evaluate(&asked);
        if decision.class() == Class::Preflight {
            return answer(&decision);
        }
        header_lines(&decision)
    };
    let mut response = next.run(Request::from_parts(head, body)).await;
    write(headers, response.headers_mut());
    response
}

/// The whole response to a preflight, with the reason in the body where the status permits one.
fn answer(decision: &Decision<'_>) -> Response {
    let status = decision.status().and_then(|status| StatusCode::from_u16(status).ok());
    let status = status.unwrap_or(StatusCode::NO_CONTENT);
    let silent = matches!(status, StatusCode::NO_CONTENT | StatusCode::RESET_CONTENT);
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    if let Some(denial) = decision.denial() {
        eprintln!("preflight denied: {denial}");
        if !silent {
            *response.body_mut() = Body::from(format!("{denial}\n"));
            let headers = response.headers_mut();
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain"));
            headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        }
    }
    write(header_lines(decision), response.headers_mut());
    response
}

type Lines = Vec<(HeaderName, HeaderValue)>;

/// The decision's headers as axum's own; the engine's values never hold a byte that axum refuses.
fn header_lines(decision: &Decision<'_>) -> Lines {
    let line = |header: corsac::Header<'_>| {
        let name = HeaderName::from_bytes(header.name.as_bytes()).ok()?;
        Some((name, HeaderValue::from_bytes(header.value).ok()?))
    };
    decision.headers().filter_map(line).collect()
}

/// Puts the decision's lines in place of all others; `Vary` belongs to the application as well.
fn write(lines: Lines, headers: &mut HeaderMap) {
    let owned: Vec<HeaderName> =
        headers.keys().filter(|name| corsac::is_owned_header(name.as_str().as_bytes())).cloned().collect();
    for name in owned {
        headers.remove(name);
    }
    let mut vary = VaryLines::default();
    headers.get_all(header::VARY).iter().for_each(|line| vary.add(line.as_bytes()));
    for (name, value) in lines {
        if name == header::VARY {
            for missing in vary.missing(value.as_bytes()).filter_map(|line| HeaderValue::from_bytes(line).ok()) {
                headers.append(header::VARY, missing);
            }
        } else {
            headers.append(name, value);
        }
    }
}
