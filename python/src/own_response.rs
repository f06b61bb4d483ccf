//! The application's own response, as a browser judges it: for report-only mode.

use corsac::Request;
use corsac::browser::{Line, OwnResponse, OwnVerdict, Response};
use pyo3::prelude::*;

use crate::request_headers::{RequestHeaders, copy, each_header};

/// Why a browser blocks the application's own response; None if it passes.
///
/// It reads the same headers of the request as the decision. A status that is not one blocks.
#[pyfunction]
#[pyo3(name = "_own_refusal", signature = (headers, is_preflight, has_credentials, status, response_headers, /))]
pub(crate) fn own_refusal(
    headers: &Bound<'_, PyAny>,
    is_preflight: bool,
    has_credentials: bool,
    status: i64,
    response_headers: &Bound<'_, PyAny>,
) -> PyResult<Option<String>> {
    let mut lines = RequestHeaders::default();
    let mut request = Request::new("OPTIONS");
    lines.add_to(headers, &mut request)?;
    let copies: Vec<_> = each_header(response_headers)?.map(|line| copy(&line?)).collect::<PyResult<_>>()?;
    let headers: Vec<Line<'_>> = copies.iter().map(|(name, value)| (name.as_slice(), value.as_slice())).collect();
    let own = OwnResponse {
        origin: request.origin().unwrap_or_default(),
        requested_method: request.requested_method().filter(|_| is_preflight),
        has_credentials,
        response: Response { status: u16::try_from(status).unwrap_or_default(), headers: &headers },
    };
    Ok(match own.judge(request.requested_header_names(), |blocked| blocked.to_string()) {
        OwnVerdict::Passes => None,
        OwnVerdict::Blocked(refusal) => Some(refusal),
        OwnVerdict::NeverSent(code) => Some(format!("no browser sends this request: {code}")),
    })
}
