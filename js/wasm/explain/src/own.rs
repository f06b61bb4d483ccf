//! The application's own response, judged for report-only mode.

use corsac::browser::{OwnResponse, OwnVerdict, Response};
use corsac::{Class, Request};
use serde::Serialize;

use crate::boundary::respond;
use crate::fields::bytes;

#[derive(Serialize)]
struct Judged {
    /// `false`: no browser sends this request.
    is_sent: bool,
    /// Why a browser blocks the response. `None`: it passes.
    code: Option<&'static str>,
}

/// Judges the response in the options: `method` and `lines` are those of the request, `status` and `headers` those of the
/// response. Texts have one character for each byte.
#[unsafe(no_mangle)]
extern "C" fn own(options_len: usize) -> usize {
    respond(options_len, |mut fields, _| {
        let method = bytes(&fields.text("method")?.unwrap_or_default());
        let lines = fields.lines("lines")?;
        let has_credentials = fields.flag("has_credentials")?;
        let (status, headers) = (fields.status()?, fields.lines("headers")?);
        fields.end()?;
        let mut request = Request::new(&method);
        lines.iter().for_each(|(name, value)| _ = request.header(name, value));
        let headers: Vec<_> = headers.iter().map(|(name, value)| (name.as_slice(), value.as_slice())).collect();
        let own = OwnResponse {
            origin: request.origin().unwrap_or_default(),
            requested_method: request.requested_method().filter(|_| request.class() == Class::Preflight),
            has_credentials,
            response: Response { status, headers: &headers },
        };
        Ok(match own.judge(request.requested_header_names(), |blocked| blocked.code().as_str()) {
            OwnVerdict::Passes => Judged { is_sent: true, code: None },
            OwnVerdict::Blocked(code) => Judged { is_sent: true, code: Some(code) },
            OwnVerdict::NeverSent(_) => Judged { is_sent: false, code: None },
        })
    })
}
