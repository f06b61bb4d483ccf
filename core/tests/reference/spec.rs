//! A spec, and whether it has an error (section 2, and the options of `docs/policy.md`).

use super::pattern::{self, Host, Pattern};
use super::suffix::is_over_public_suffix;
use super::{Bytes, is_forbidden_method, is_token, join, normalize};

/// Which public suffixes a wildcard may be over.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Suffixes {
    #[default]
    Refused,
    Listed(Vec<Bytes>),
    Allowed,
}

#[derive(Clone, PartialEq)]
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
    pub allow_timing: bool,
    pub allow_private_network: bool,
    pub dangerously_allow_null_origin: bool,
    pub dangerously_allow_insecure_origins: bool,
    pub dangerously_allow_public_suffixes: Suffixes,
}

/// Shows as text what differs from the defaults.
impl std::fmt::Debug for Spec {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let texts = |list: &[Bytes]| list.iter().map(|text| text.escape_ascii().to_string()).collect::<Vec<_>>();
        let mut shown = f.debug_struct("Spec");
        for (name, list) in [
            ("allow_origins", &self.allow_origins),
            ("allow_headers", &self.allow_headers),
            ("expose_headers", &self.expose_headers),
        ] {
            if !list.is_empty() {
                shown.field(name, &texts(list));
            }
        }
        if let Some(methods) = &self.allow_methods {
            shown.field("allow_methods", &texts(methods));
        }
        for (name, number) in [
            ("max_age", self.max_age),
            ("preflight_status", Some(self.preflight_status).filter(|status| *status != 204)),
            ("denied_preflight_status", self.denied_preflight_status),
        ] {
            if let Some(number) = number {
                shown.field(name, &number);
            }
        }
        for (name, is_on) in [
            ("allow_credentials", self.allow_credentials),
            ("external_origins", self.external_origins),
            ("allow_timing", self.allow_timing),
            ("allow_private_network", self.allow_private_network),
            ("dangerously_allow_null_origin", self.dangerously_allow_null_origin),
            ("dangerously_allow_insecure_origins", self.dangerously_allow_insecure_origins),
        ] {
            if is_on {
                shown.field(name, &true);
            }
        }
        match &self.dangerously_allow_public_suffixes {
            Suffixes::Refused => {}
            Suffixes::Allowed => _ = shown.field("dangerously_allow_public_suffixes", &true),
            Suffixes::Listed(list) => _ = shown.field("dangerously_allow_public_suffixes", &texts(list)),
        }
        shown.finish()
    }
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
            allow_timing: false,
            allow_private_network: false,
            dangerously_allow_null_origin: false,
            dangerously_allow_insecure_origins: false,
            dangerously_allow_public_suffixes: Suffixes::Refused,
        }
    }
}

/// The name of the field and the number of the entry. `None`: the field as a whole.
pub type Place = (&'static str, Option<usize>);

/// Names that no response shows to a script: forbidden ones and, in addition to all that begin with
/// `access-control-request-`, those of requests.
const NEVER_EXPOSED: [&str; 8] =
    ["set-cookie", "set-cookie2", "origin", "cookie", "cookie2", "host", "referer", "user-agent"];

/// The most methods, and the most header names of a list. Later entries are not looked
/// at.
pub const METHODS_MAX: usize = 64;
pub const HEADERS_MAX: usize = 256;
/// The most globs with one fixed part.
const GLOBS_MAX: usize = 32;
/// The most prefixes among the request headers, and the most address ranges.
const PREFIXES_MAX: usize = 16;
const RANGES_MAX: usize = 16;
/// The most public suffixes in a policy.
const SUFFIXES_MAX: usize = 256;
/// The longest max age that is sent, a day.
const MAX_AGE_MAX: i64 = 86400;

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

    /// The names that are listed as a whole.
    pub fn headers(&self) -> Vec<Bytes> {
        let lower = self.allow_headers.iter().map(|name| name.to_ascii_lowercase());
        lower.filter(|name| !name.ends_with(b"-*")).collect()
    }

    /// The prefixes, such as `x-amz-meta-*`, without their asterisk.
    pub fn header_prefixes(&self) -> Vec<Bytes> {
        let lower = self.allow_headers.iter().map(|name| name.to_ascii_lowercase());
        lower.filter_map(|name| Some([name.strip_suffix(b"-*")?, b"-"].concat())).collect()
    }

    /// More than a day is sent as a day.
    pub fn sent_max_age(&self) -> Option<i64> {
        self.max_age.map(|seconds| seconds.min(MAX_AGE_MAX))
    }

    pub fn any_header(&self) -> bool {
        self.allow_headers.contains(&b"*".to_vec())
    }

    pub fn any_origin(&self) -> bool {
        self.allow_origins.contains(&b"*".to_vec())
    }

    /// The value of `Access-Control-Expose-Headers`: the canonical list, or only `*` if that is
    /// listed.
    pub fn exposed(&self) -> Bytes {
        if self.expose_headers.contains(&b"*".to_vec()) {
            return b"*".to_vec();
        }
        join(self.expose_headers.iter().map(|name| name.to_ascii_lowercase()).collect())
    }

    /// Every error of section 2, each place once. `suffixes`: whether the public suffix list is
    /// compiled in.
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
        let mut prefixes = 0;
        for (index, name) in self.allow_headers.iter().take(HEADERS_MAX).enumerate() {
            let is_good_prefix = is_prefix(name) && !is_reserved_prefix(name);
            prefixes += usize::from(is_good_prefix);
            // Names that no script can set are only warnings.
            if !(is_good_prefix && prefixes <= PREFIXES_MAX) && (is_prefix(name) || !is_name(name)) {
                errors.push(("allow_headers", Some(index)));
            }
        }
        // With `*`, other patterns are only redundant, however many there are.
        let ranges = self.allow_origins.iter().enumerate().filter(|(_, text)| !self.any_origin() && is_range(text));
        errors.extend(ranges.skip(RANGES_MAX).map(|(index, _)| ("allow_origins", Some(index))));
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
        if let Suffixes::Listed(list) = &self.dangerously_allow_public_suffixes {
            let wrong = list.iter().take(SUFFIXES_MAX).enumerate().filter(|(_, name)| !pattern::is_fixed_part(name));
            let wrong = wrong.map(|(index, _)| index).chain((list.len() > SUFFIXES_MAX).then_some(SUFFIXES_MAX));
            errors.extend(wrong.map(|index| ("dangerously_allow_public_suffixes", Some(index))));
        }
        if self.max_age.is_some_and(|seconds| seconds < 0) {
            errors.push(("max_age", None));
        }
        if !(200..=299).contains(&self.preflight_status) {
            errors.push(("preflight_status", None));
        }
        if self.denied_preflight_status.is_some_and(|status| !(400..=499).contains(&status)) {
            errors.push(("denied_preflight_status", None));
        }
        errors.sort_unstable();
        errors.dedup();
        errors
    }

    /// Globs that differ only in their first label, after the most that are allowed.
    /// Equal ones count once.
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

    /// Removes everything that is wrong, so that every spec has a policy.
    pub fn repaired(mut self, suffixes: bool) -> Spec {
        self.allow_methods.iter_mut().for_each(|list| list.truncate(METHODS_MAX));
        self.allow_headers.truncate(HEADERS_MAX);
        self.expose_headers.truncate(HEADERS_MAX);
        loop {
            let errors = self.errors(suffixes);
            for (field, index) in errors.iter().rev() {
                match (*field, *index) {
                    ("allow_origins", Some(index)) => drop(self.allow_origins.remove(index)),
                    ("allow_origins", None) => self.external_origins = true,
                    ("allow_headers", Some(index)) => drop(self.allow_headers.remove(index)),
                    ("expose_headers", Some(index)) => drop(self.expose_headers.remove(index)),
                    ("dangerously_allow_public_suffixes", Some(index)) => {
                        if let Suffixes::Listed(list) = &mut self.dangerously_allow_public_suffixes {
                            drop(list.remove(index));
                        }
                    }
                    (_, Some(index)) => drop(self.allow_methods.as_mut().map(|list| list.remove(index))),
                    ("max_age", None) => self.max_age = None,
                    ("preflight_status", None) => self.preflight_status = 204,
                    (_, None) => self.denied_preflight_status = None,
                }
            }
            if errors.is_empty() {
                return self;
            }
        }
    }

    /// The list of that name.
    pub fn list_mut(&mut self, field: &str) -> Option<&mut Vec<Bytes>> {
        match field {
            "allow_origins" => Some(&mut self.allow_origins),
            "allow_methods" => self.allow_methods.as_mut(),
            "allow_headers" => Some(&mut self.allow_headers),
            "expose_headers" => Some(&mut self.expose_headers),
            "dangerously_allow_public_suffixes" => match &mut self.dangerously_allow_public_suffixes {
                Suffixes::Listed(list) => Some(list),
                _ => None,
            },
            _ => None,
        }
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

    /// Whether this spec can have this entry: section 2, and the three dangerous switches.
    pub fn admits(&self, text: &[u8], suffixes: bool) -> bool {
        let Some(pattern) = pattern::parse(text) else { return false };
        let is_public = suffixes && self.is_public(&pattern);
        let with_network = self.allow_private_network;
        match pattern {
            Pattern::Any => !self.allow_credentials && !with_network,
            Pattern::Null | Pattern::File => {
                self.dangerously_allow_null_origin && !self.allow_credentials && !with_network
            }
            Pattern::Tuple { host: Host::AnyWeb, .. } => !self.allow_credentials && !with_network,
            Pattern::Tuple { ref host, .. } => {
                let is_exposed = pattern::is_insecure(&pattern) && !self.dangerously_allow_insecure_origins;
                let is_shared = is_public && !self.allows_suffix(&pattern);
                let as_the_user = self.allow_credentials && (is_exposed || is_shared || pattern::is_wide(&pattern));
                let into_the_network =
                    with_network && (*host == Host::AnyOpaque || is_public || pattern::is_foreign_http(&pattern));
                !as_the_user && !into_the_network
            }
        }
    }

    fn is_public(&self, pattern: &Pattern) -> bool {
        pattern::fixed_part(pattern).is_some_and(|(fixed, is_deep)| is_over_public_suffix(fixed, is_deep))
    }

    fn allows_suffix(&self, pattern: &Pattern) -> bool {
        match &self.dangerously_allow_public_suffixes {
            Suffixes::Refused => false,
            Suffixes::Allowed => true,
            Suffixes::Listed(list) => {
                pattern::fixed_part(pattern).is_some_and(|(fixed, _)| list.contains(&fixed.to_vec()))
            }
        }
    }

    /// Section 8, 8: whether the caller's origin check may be asked. Only origins that could be an
    /// entry under the policy's switches qualify.
    pub fn may_ask_about(&self, origin: &[u8]) -> bool {
        if origin == b"null" || origin == b"file://" {
            return self.admits(origin, false);
        }
        let is_foreign_http = origin.starts_with(b"http://") && !pattern::is_loopback_origin(origin);
        let as_the_user = self.allow_credentials && !self.dangerously_allow_insecure_origins;
        !is_foreign_http || !(as_the_user || self.allow_private_network)
    }
}

/// A token of at most 128 bytes; `*` must be alone. A variable (`$NAME`, `%NAME%`) and an anchored
/// text (`^name$`) are not names.
fn is_name(name: &[u8]) -> bool {
    let is_word = |word: &[u8]| {
        word.len() > 1 && !word[0].is_ascii_digit() && word.iter().all(|b| b.is_ascii_alphanumeric() || *b == b'_')
    };
    let between = |first: &[u8], last: &[u8]| name.strip_prefix(first).and_then(|rest| rest.strip_suffix(last));
    let is_escape = name.len() == 4 && name[1..3].iter().all(u8::is_ascii_hexdigit);
    let is_variable =
        between(b"$", b"").is_some_and(is_word) || (between(b"%", b"%").is_some_and(is_word) && !is_escape);
    let is_anchored = between(b"^", b"$").is_some();
    name == b"*" || (is_token(name) && name.len() <= 128 && !name.contains(&b'*') && !is_variable && !is_anchored)
}

/// A prefix such as `x-amz-meta-*`.
fn is_prefix(name: &[u8]) -> bool {
    let Some(before) = name.strip_suffix(b"*") else { return false };
    name.len() <= 128 && is_token(before) && !before.contains(&b'*') && before.ends_with(b"-")
}

/// A prefix of names that no script can set, or of names of CORS, or `-*`.
fn is_reserved_prefix(name: &[u8]) -> bool {
    let before = name.strip_suffix(b"*").unwrap_or(name).to_ascii_lowercase();
    let reserved: [&[u8]; 3] = [b"sec-", b"proxy-", b"access-control-"];
    before == b"-" || reserved.iter().any(|other| before.starts_with(other) || other.starts_with(&before))
}

fn is_range(text: &[u8]) -> bool {
    let parsed = pattern::parse(text);
    matches!(parsed, Some(Pattern::Tuple { host: Host::Range4(..) | Host::Range6(..), .. }))
}
