//! One question to a server: what a script asks for, and what the policy promises about it.

use corsac::browser::{Credentials, Mode};

use super::code::LiveCode;
use super::made::Loose;
use super::target::Target;
use crate::exchange::ScriptRequest;

/// What a question is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    ListedOrigin,
    ListedMethod,
    ListedHeader,
    UnlistedMethod,
    UnlistedHeader,
    Stranger(Loose),
    /// A page that does not exist.
    Missing,
    /// A path that only looks like that of a policy.
    LookAlike,
    /// Several requests: see [`Twice`](crate::Twice).
    Cache,
}

impl Kind {
    /// The row of the table that counts it.
    pub(super) const fn row(self) -> usize {
        match self {
            Self::ListedOrigin => 0,
            Self::ListedMethod | Self::UnlistedMethod => 1,
            Self::ListedHeader | Self::UnlistedHeader => 2,
            Self::Stranger(_) => 3,
            Self::Missing | Self::LookAlike => 4,
            Self::Cache => 5,
        }
    }

    /// The code if a browser refuses what the policy promises.
    pub(super) const fn refused(self) -> LiveCode {
        match self {
            Self::ListedMethod => LiveCode::ListedMethodRefused,
            Self::ListedHeader => LiveCode::ListedHeaderRefused,
            _ => LiveCode::ListedOriginRefused,
        }
    }

    /// The code if a browser shares what the policy refuses. `with_credentials`: only with credentials.
    pub(super) const fn shared(self, only_with_credentials: bool) -> LiveCode {
        match self {
            Self::Stranger(loose) => loose.code(),
            Self::UnlistedMethod if !only_with_credentials => LiveCode::UnlistedMethodAllowed,
            Self::UnlistedHeader if !only_with_credentials => LiveCode::UnlistedHeaderAllowed,
            _ if only_with_credentials => LiveCode::CredentialsAllowed,
            _ => LiveCode::OriginReflected,
        }
    }
}

/// The rows of the table.
pub(super) const ROWS: [&str; 6] =
    ["listed origins", "methods", "request headers", "strangers and near misses", "missing pages and paths", "caches"];

/// One question.
#[derive(Clone, Debug)]
pub(super) struct Question {
    pub(super) kind: Kind,
    pub(super) target: Target,
    pub(super) origin: String,
    pub(super) method: String,
    pub(super) headers: Vec<String>,
    /// Whether only the preflight is sent.
    pub(super) is_preflight: bool,
}

impl Question {
    /// The script's request to `url`. The credentials are open, because one response is judged with and without them.
    pub(super) fn request(&self, url: String) -> ScriptRequest {
        ScriptRequest {
            origin: Some(self.origin.clone().into_bytes()),
            url: Some(url.into_bytes()),
            method: Some(self.method.clone().into_bytes()),
            headers: self.headers.iter().map(|name| (name.clone().into_bytes(), None)).collect(),
            credentials: None::<Credentials>,
            mode: Mode::Cors,
            ..ScriptRequest::default()
        }
    }

    /// How many requests it takes, without redirects.
    pub(super) fn cost(&self) -> usize {
        match self.kind {
            Kind::Cache => 6,
            // Only an OPTIONS that a policy lists needs both.
            _ if !self.is_preflight && !matches!(self.method.as_str(), "GET" | "HEAD" | "POST") => 2,
            _ => 1,
        }
    }

    /// The same promise has the same subject in every run.
    pub(super) fn subject(&self) -> String {
        let mut text = format!("{} {} {}", self.target.label(), self.origin, self.method);
        for name in &self.headers {
            text.push(' ');
            text.push_str(name);
        }
        text.push_str(if self.is_preflight { " preflight" } else { "" });
        text
    }
}
