//! What a person wrote, and whether it holds an error (design, section 3).

use super::pattern::{self, Host, Pattern};
use super::{Bytes, is_forbidden_method, is_token, join, normalize};

#[derive(Clone, Debug, PartialEq)]
pub struct Spec {
    pub allow_origins: Vec<Bytes>,
    pub allow_methods: Option<Vec<Bytes>>,
    pub allow_headers: Vec<Bytes>,
    pub allow_credentials: bool,
    pub expose_headers: Vec<Bytes>,
    pub max_age: Option<i64>,
    pub preflight_status: i64,
    pub denied_preflight_status: Option<i64>,
    pub external_origins: bool,
    pub allow_private_network: bool,
    pub dangerously_allow_null_origin: bool,
    pub dangerously_allow_insecure_origins: bool,
    pub dangerously_allow_public_suffixes: bool,
}

impl Default for Spec {
    fn default() -> Self {
        Spec {
            allow_origins: vec![],
            allow_methods: None,
            allow_headers: vec![],
            allow_credentials: false,
            expose_headers: vec![],
            max_age: None,
            preflight_status: 204,
            denied_preflight_status: None,
            external_origins: false,
            allow_private_network: false,
            dangerously_allow_null_origin: false,
            dangerously_allow_insecure_origins: false,
            dangerously_allow_public_suffixes: false,
        }
    }
}

/// The field's name and the entry; no entry for the field as a whole.
pub type Place = (&'static str, Option<usize>);

/// Fetch 2.2.2: request headers that no script may set.
const FORBIDDEN_REQUEST: [&str; 21] = [
    "accept-charset",
    "accept-encoding",
    "access-control-request-headers",
    "access-control-request-method",
    "connection",
    "content-length",
    "cookie",
    "cookie2",
    "date",
    "dnt",
    "expect",
    "host",
    "keep-alive",
    "origin",
    "referer",
    "set-cookie",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "via",
];

/// CORS response headers, beside all of `access-control-allow-`: no request carries them.
const RESPONSE_ONLY: [&str; 2] = ["access-control-expose-headers", "access-control-max-age"];

/// Names that no response shows to a script: forbidden ones and, beside all of `access-control-request-`, those of requests.
const NEVER_EXPOSED: [&str; 8] =
    ["set-cookie", "set-cookie2", "origin", "cookie", "cookie2", "host", "referer", "user-agent"];

/// Section 4: the most methods, and the most header names of a list. What stands behind them is not looked at.
pub const METHODS_MAX: usize = 64;
pub const HEADERS_MAX: usize = 256;
/// Section 4: the most label globs under one parent.
const GLOBS_MAX: usize = 32;

impl Spec {
    pub fn methods(&self) -> Vec<Bytes> {
        match &self.allow_methods {
            None => ["GET", "HEAD", "POST"].map(Bytes::from).to_vec(),
            Some(list) => list.iter().map(|name| normalize(name)).collect(),
        }
    }

    pub fn any_method(&self) -> bool {
        self.methods().contains(&b"*".to_vec())
    }

    pub fn headers(&self) -> Vec<Bytes> {
        self.allow_headers.iter().map(|name| name.to_ascii_lowercase()).collect()
    }

    pub fn any_header(&self) -> bool {
        self.allow_headers.contains(&b"*".to_vec())
    }

    pub fn any_origin(&self) -> bool {
        self.allow_origins.contains(&b"*".to_vec())
    }

    /// ACEH: the canonical list, `*` alone where it is listed.
    pub fn exposed(&self) -> Bytes {
        if self.expose_headers.contains(&b"*".to_vec()) {
            return b"*".to_vec();
        }
        join(self.expose_headers.iter().map(|name| name.to_ascii_lowercase()).collect())
    }

    /// Every error of section 3, each place once. `suffixes`: the public suffix list is at hand.
    pub fn errors(&self, suffixes: bool) -> Vec<Place> {
        let mut errors: Vec<Place> = vec![];
        for (index, text) in self.allow_origins.iter().enumerate() {
            if !self.admits(text, suffixes) {
                errors.push(("allow_origins", Some(index)));
            }
        }
        if self.allow_origins.is_empty() && !self.external_origins {
            errors.push(("allow_origins", None));
        }
        for (index, name) in self.allow_methods.iter().flatten().take(METHODS_MAX).enumerate() {
            if !is_name(name) || is_forbidden_method(name) {
                errors.push(("allow_methods", Some(index)));
            }
        }
        for (index, name) in self.allow_headers.iter().take(HEADERS_MAX).enumerate() {
            let lower = String::from_utf8_lossy(name).to_ascii_lowercase();
            let forbidden = FORBIDDEN_REQUEST.contains(&&*lower)
                || lower.starts_with("proxy-")
                || lower.starts_with("sec-")
                || lower.starts_with("access-control-allow-")
                || RESPONSE_ONLY.contains(&&*lower);
            if !is_name(name) || forbidden {
                errors.push(("allow_headers", Some(index)));
            }
        }
        for (index, name) in self.expose_headers.iter().take(HEADERS_MAX).enumerate() {
            let lower = String::from_utf8_lossy(name).to_ascii_lowercase();
            let starred = name == b"*" && self.allow_credentials;
            let of_requests = lower.starts_with("access-control-request-") || NEVER_EXPOSED.contains(&&*lower);
            if !is_name(name) || starred || of_requests {
                errors.push(("expose_headers", Some(index)));
            }
        }
        for (field, count, most) in [
            ("allow_methods", self.allow_methods.as_ref().map_or(0, Vec::len), METHODS_MAX),
            ("allow_headers", self.allow_headers.len(), HEADERS_MAX),
            ("expose_headers", self.expose_headers.len(), HEADERS_MAX),
        ] {
            if count > most {
                errors.push((field, Some(most)));
            }
        }
        errors.extend(self.surplus_globs().into_iter().map(|index| ("allow_origins", Some(index))));
        if self.max_age.is_some_and(|seconds| !(0..=86400).contains(&seconds)) {
            errors.push(("max_age", None));
        }
        if !(200..=299).contains(&self.preflight_status) {
            errors.push(("preflight_status", None));
        }
        if self.denied_preflight_status.is_some_and(|status| !(400..=499).contains(&status)) {
            errors.push(("denied_preflight_status", None));
        }
        errors
    }

    /// Section 4: globs that differ in their first label only, beyond the most that there may be; equal ones count once.
    fn surplus_globs(&self) -> Vec<usize> {
        let mut taken: Vec<(Pattern, &Bytes)> = vec![];
        let mut surplus = vec![];
        for (index, text) in self.allow_origins.iter().enumerate().filter(|_| !self.any_origin()) {
            let Some(Pattern::Tuple { scheme, host: Host::Glob(_, _, rest), port }) = pattern::parse(text) else {
                continue;
            };
            let parent = Pattern::Tuple { scheme, host: Host::Below(rest), port };
            if taken.iter().any(|(_, other)| *other == text) {
                continue;
            }
            if taken.iter().filter(|(other, _)| *other == parent).count() < GLOBS_MAX {
                taken.push((parent, text));
            } else {
                surplus.push(index);
            }
        }
        surplus
    }

    pub fn is_valid(&self, suffixes: bool) -> bool {
        self.errors(suffixes).is_empty()
    }

    /// The same entries in another order.
    pub fn shuffled(&self, key: u64) -> Spec {
        let mix = |list: &[Bytes]| {
            let mut keyed: Vec<_> = list.iter().cloned().enumerate().collect();
            keyed.sort_by_key(|(at, _)| (*at as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15 ^ key).rotate_left(23));
            keyed.into_iter().map(|(_, text)| text).collect::<Vec<_>>()
        };
        Spec {
            allow_origins: mix(&self.allow_origins),
            allow_methods: self.allow_methods.as_deref().map(mix),
            allow_headers: mix(&self.allow_headers),
            expose_headers: mix(&self.expose_headers),
            ..self.clone()
        }
    }

    /// May this entry stand in this spec? Section 3, "Errors" and the three dangerous switches.
    fn admits(&self, text: &[u8], suffixes: bool) -> bool {
        let Some(pattern) = pattern::parse(text) else { return false };
        match pattern {
            Pattern::Any => !self.allow_credentials && !self.allow_private_network,
            Pattern::Null => self.dangerously_allow_null_origin && !self.allow_credentials,
            Pattern::Tuple { .. } => {
                let insecure = pattern::is_insecure(&pattern);
                let public = suffixes && pattern::is_public(&pattern);
                let exposed = insecure && !self.dangerously_allow_insecure_origins;
                let shared = public && !self.dangerously_allow_public_suffixes;
                let beside_credentials = self.allow_credentials && (exposed || shared);
                let beside_network = self.allow_private_network && insecure;
                !beside_credentials && !beside_network
            }
        }
    }
}

/// A token of at most 128 bytes; `*` stands alone or not at all.
fn is_name(name: &[u8]) -> bool {
    name == b"*" || (is_token(name) && name.len() <= 128 && !name.contains(&b'*'))
}
