//! Decides about a request, and makes what its response needs.

use std::sync::Arc;

use corsac::{Asked, Class, Decision, RequestPath};
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use http::{HeaderMap, HeaderValue, Request, Response, StatusCode};

use crate::body::DenialBody;
use crate::change::Change;
use crate::config::Config;
use crate::denied::{Denied, Head};
use crate::kept::Headers;
use crate::log::Place;
use crate::policies::Prepared;
use crate::report::Report;
use crate::values::{Value, Values};

/// What happens with a request.
pub(crate) enum Next<ResBody> {
    /// No policy applies.
    Pass,
    /// A preflight: this is its response.
    Respond(Response<ResBody>),
    /// The application's response is changed.
    Change(Change),
    /// Report-only mode.
    Report(Box<Report>),
    /// This origin must be checked first.
    Ask(String, Place),
}

/// Decides about a request. `is_admitted` is the result of the origin check, once it is known.
pub(crate) fn decide<ReqBody, ResBody: Default>(
    config: &Config,
    prepared: &Prepared,
    request: &Request<ReqBody>,
    is_admitted: Option<bool>,
    denial_body: &impl DenialBody<ResBody>,
) -> Next<ResBody> {
    let cors_request = corsac::Request::from_lines(request.method().as_str(), request.headers());
    let set = prepared.set();
    let Some(policies) = set.at(&RequestPath::raw(request.uri().path())) else { return Next::Pass };
    let first = prepared.first(&policies);
    let place = first.map(|(table, _)| &table.path);
    let decision = match (is_admitted, &config.check) {
        (Some(is_admitted), _) => policies.evaluate_asked(&cors_request, is_admitted),
        (None, None) => policies.evaluate(&cors_request),
        (None, Some(_)) => match policies.evaluate_ask(&cors_request) {
            Asked::Decided(decision) => decision,
            // An origin that can be asked about has only visible bytes.
            Asked::Ask { origin, .. } => {
                return Next::Ask(String::from_utf8_lossy(origin).into_owned(), place.cloned());
            }
        },
    };
    let head = Head::from(request);
    if config.report_only {
        return match Report::new(&decision, &cors_request, place.cloned(), head) {
            Some(report) => Next::Report(Box::new(report)),
            None => Next::Pass,
        };
    }
    let is_preflight = decision.class() == Class::Preflight;
    if !decision.is_allowed() && (is_preflight || config.log.wants_actual()) {
        if let Some(denied) = Denied::new(&decision, place, head) {
            config.log.denied(&denied);
        }
    }
    let values = Values { policy: &prepared.values, origin: origin_of(&cors_request, request.headers()) };
    // Of several policies, any can have decided.
    let kept = first.filter(|(_, is_alone)| *is_alone).and_then(|(table, _)| {
        table.kept.of(&decision, || Headers::new(&decision, values, &prepared.replaced, Some(Arc::clone(&table.path))))
    });
    if is_preflight {
        let headers = match kept {
            Some(kept) => kept.with_origin(values.origin),
            None => headers_of(&decision, values),
        };
        Next::Respond(preflight_response(&decision, headers, denial_body))
    } else {
        let headers = kept
            .map_or_else(|| Arc::new(Headers::new(&decision, values, &prepared.replaced, place.cloned())), Arc::clone);
        Next::Change(Change::new(headers, values.origin))
    }
}

/// The `Origin` that the engine read. Its place is known, so it is found without hashing its name.
fn origin_of<'r>(request: &corsac::Request<'_>, headers: &'r HeaderMap) -> Option<&'r HeaderValue> {
    let origin = request.origin()?;
    headers.values().find(|value| std::ptr::eq(value.as_bytes(), origin))
}

/// The headers of a response that repeats more of its request than the origin.
fn headers_of(decision: &Decision<'_>, values: Values<'_>) -> HeaderMap {
    let mut headers = HeaderMap::new();
    // Nothing is reserved: six headers fit in what the first one allocates, and room for seven would
    // be so much that the allocator takes its slow path.
    values.each(decision, |name, value| {
        let value = match value {
            Value::OfPolicy(value) | Value::Other(value) => Some(value),
            Value::Origin => values.origin.cloned(),
        };
        if let Some(value) = value {
            let _ = headers.try_append(name, value);
        }
    });
    headers
}

/// The whole response to a preflight.
fn preflight_response<B: Default>(
    decision: &Decision<'_>,
    headers: HeaderMap,
    denial_body: &impl DenialBody<B>,
) -> Response<B> {
    let status =
        decision.status().and_then(|status| StatusCode::from_u16(status).ok()).unwrap_or(StatusCode::FORBIDDEN);
    let allows_body = !matches!(status, StatusCode::NO_CONTENT | StatusCode::RESET_CONTENT);
    let body = decision.denial().filter(|_| allows_body).and_then(|denial| denial_body.body(&denial));
    let has_body = body.is_some();
    let mut response = Response::new(body.unwrap_or_default());
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    let headers = response.headers_mut();
    if has_body {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/plain"));
        headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    } else if allows_body {
        headers.insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
    }
    response
}
