//! Report-only mode: nothing is changed, and the log says what the policy would decide, and whether
//! the application's own response passes in a browser that keeps to the standard.

use std::fmt;

use corsac::browser::{OwnResponse, OwnVerdict, Response};
use corsac::{Class, Decision, DenialCode, Request};
use http::{HeaderMap, header};

use crate::denied::Head;
use crate::log::{Log, Place};

/// What is kept of a request until its response is there.
pub(crate) struct Report {
    place: Place,
    denial: Option<(DenialCode, String)>,
    unlisted: Option<Vec<u8>>,
    head: String,
    origin: Vec<u8>,
    /// `Some` for a preflight.
    requested_method: Option<Vec<u8>>,
    names: Vec<Vec<u8>>,
    has_credentials: bool,
}

impl Report {
    /// `None` for a request that browsers check nothing for.
    pub(crate) fn new(decision: &Decision<'_>, request: &Request<'_>, place: Place, head: Head<'_>) -> Option<Self> {
        if decision.class() == Class::Plain || head.is_of_own_page() {
            return None;
        }
        let is_preflight = decision.class() == Class::Preflight;
        let denial = decision.denial();
        let unlisted = denial.filter(|denial| denial.code() == DenialCode::OriginNotAllowed);
        Some(Self {
            place,
            denial: denial.map(|denial| (denial.code(), denial.to_string())),
            unlisted: unlisted.map(|denial| denial.bytes().to_vec()),
            head: head.to_string(),
            origin: request.origin().unwrap_or_default().to_vec(),
            requested_method: request.requested_method().filter(|_| is_preflight).map(<[u8]>::to_vec),
            names: request.requested_header_names().map(<[u8]>::to_vec).collect(),
            has_credentials: head.headers.contains_key(header::COOKIE)
                || head.headers.contains_key(header::AUTHORIZATION),
        })
    }

    /// Logs both outcomes.
    pub(crate) fn log(self, log: &Log, status: u16, headers: &HeaderMap) {
        if let Some(origin) = &self.unlisted {
            log.unlisted(origin, &self.head);
        }
        let refusal = self.refusal(status, headers);
        let agrees = self.denial.is_none() == refusal.is_none();
        let code = self.denial.as_ref().map(|(code, _)| *code);
        let line = Line { report: &self, refusal: refusal.as_deref() };
        log.reported(self.place.clone(), code, self.requested_method.is_some(), agrees, &line);
    }

    /// Why a browser would block the application's own response. `None`: it passes.
    fn refusal(&self, status: u16, headers: &HeaderMap) -> Option<String> {
        let lines: Vec<_> = headers.iter().map(|(name, value)| (name.as_str().as_bytes(), value.as_bytes())).collect();
        let own = OwnResponse {
            origin: &self.origin,
            requested_method: self.requested_method.as_deref(),
            has_credentials: self.has_credentials,
            response: Response { status, headers: &lines },
        };
        match own.judge(self.names.iter().map(Vec::as_slice), |blocked| blocked.to_string()) {
            OwnVerdict::Passes => None,
            OwnVerdict::Blocked(refusal) => Some(refusal),
            OwnVerdict::NeverSent(code) => Some(format!("no browser sends this request: {code}")),
        }
    }
}

struct Line<'r> {
    report: &'r Report,
    refusal: Option<&'r str>,
}

impl fmt::Display for Line<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = if self.report.requested_method.is_some() { "preflight" } else { "request" };
        match &self.report.denial {
            None => write!(f, "this {what} would be allowed")?,
            Some((_, denial)) => write!(f, "this {what} would be denied: {denial}")?,
        }
        match self.refusal {
            None => f.write_str("; the application's own response passes")?,
            Some(refusal) => write!(f, "; the application's own response does not pass: {refusal}")?,
        }
        write!(f, "; {}", self.report.head)
    }
}
