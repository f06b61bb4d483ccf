//! The rules for `allow_origins`, except those that compare patterns with each other.

use crate::spec::fault::{Fault, find_faults};
use crate::spec::field::Field;
use crate::spec::finding::{Finding, Severity};
use crate::spec::finding_code::FindingCode;
use crate::spec::limits::SUFFIXES_MAX;
use crate::spec::mistake;
use crate::spec::pattern::{Kind, Pattern, PatternError, parse};
use crate::spec::repair::{is_private, repair};
use crate::spec::report::{Place, Report};
use crate::spec::source::{Options, Source};
use crate::spec::suggestion::{Replacement, Suggestion};
use crate::syntax::host::without_root_dot;

/// What the patterns of a policy need of its switches.
#[derive(Default)]
pub(crate) struct Needs {
    pub(crate) null_origin: bool,
    pub(crate) insecure_origins: bool,
    pub(crate) public_suffixes: bool,
    /// One bit for each suffix that is listed.
    listed: [u64; SUFFIXES_MAX / 64],
    /// An entry cannot be read, so that its needs are unknown.
    pub(crate) are_unknown: bool,
}

impl Needs {
    pub(crate) fn has_listed(&self, index: usize) -> bool {
        self.listed.get(index / 64).is_some_and(|bits| bits >> (index % 64) & 1 != 0)
    }

    fn add_listed(&mut self, index: usize) {
        if let Some(bits) = self.listed.get_mut(index / 64) {
            *bits |= 1 << (index % 64);
        }
    }
}

/// Reports what is wrong with each entry of `allow_origins`, and finds out what the patterns need.
pub(crate) fn review_origins<S: Source>(source: &S, options: Options, report: &mut Report<'_>) -> Needs {
    let any = source.origins().any(|entry| entry == b"*");
    let mut review = Review { source, options, report, needs: Needs::default() };
    for (index, entry) in source.origins().enumerate() {
        let place = Place::entry(Field::AllowOrigins, index, entry);
        match parse(entry) {
            Ok(pattern) => {
                review.pattern(entry, &pattern, place);
                if any && pattern.kind != Kind::Any {
                    review.report.superfluous(FindingCode::Redundant, place, b"*");
                }
            }
            Err(error) => review.mistake(entry, error, place),
        }
    }
    let Review { needs, .. } = review;
    if source.origins().next().is_none() && !options.external_origins {
        let advice = "list the origins of the pages, such as \"https://app.example.com\"";
        report.error(FindingCode::NoOrigins, Place::whole(Field::AllowOrigins), advice);
    } else if any && options.external_origins {
        report.superfluous(FindingCode::Redundant, Place::whole(Field::ExternalOrigins), b"*");
    }
    needs
}

struct Review<'r, 'f, S> {
    source: &'r S,
    options: Options,
    report: &'r mut Report<'f>,
    needs: Needs,
}

impl<S: Source> Review<'_, '_, S> {
    /// Reports what is wrong with an entry that is a pattern.
    fn pattern(&mut self, text: &[u8], pattern: &Pattern<'_>, place: Place<'_>) {
        self.needs.null_origin |= matches!(pattern.kind, Kind::Null | Kind::File);
        for fault in &find_faults(pattern, self.options) {
            // The switch was meant for it, even if it cannot allow it.
            self.needs.insecure_origins |=
                fault.code == FindingCode::AnyHostWithCredentials && pattern.scheme == b"http";
            if self.is_allowed(fault, pattern) {
                continue;
            }
            if !S::IS_READ {
                self.report.add(fault.severity, fault.code, place, 0..0, Suggestion::None);
                continue;
            }
            let is_of_scheme = fault.code == FindingCode::InsecureOrigin && text.len() == place.text.len();
            let end = if is_of_scheme { pattern.scheme.len() } else { place.text.len() };
            let secure = matches!(fault.code, FindingCode::InsecureOrigin | FindingCode::PrivateNetworkInsecure);
            let instead = if secure { self.acceptable(text) } else { None };
            self.report.finding(Finding {
                severity: fault.severity,
                code: fault.code,
                table: None,
                field: place.field,
                index: place.index,
                text: place.text,
                at: 0..end,
                related: fault.related,
                switch: fault.switch,
                suggestion: Suggestion::or_advice(instead, advice_for_fault(fault.code, pattern)),
            });
        }
    }

    /// Reports what is wrong with an entry that is not a pattern, and what would still be wrong
    /// with the pattern that was meant.
    fn mistake(&mut self, text: &[u8], error: PatternError, place: Place<'_>) {
        if !S::IS_READ {
            return self.report.add(Severity::Error, error.code, place, error.at, Suggestion::None);
        }
        let (code, at) = mistake::in_origin(text).unwrap_or((error.code, error.at));
        let meant = repair(text, code);
        let instead = meant.as_ref().and_then(|meant| self.acceptable(meant.as_bytes()));
        let suggestion = Suggestion::or_advice(instead, advice_for_mistake(code, text, meant.is_some()));
        self.report.add(Severity::Error, code, place, at, suggestion);
        match meant.as_ref().map(Replacement::as_bytes).and_then(|meant| Some((meant, parse(meant).ok()?))) {
            Some((meant, pattern)) => self.pattern(meant, &pattern, place),
            None => self.needs.are_unknown = true,
        }
    }

    /// Returns this pattern, or else the same with `https:`, if it has no error under the options
    /// of the policy.
    fn acceptable(&self, text: &[u8]) -> Option<Replacement> {
        let is_accepted = |text: &Replacement| {
            parse(text.as_bytes()).is_ok_and(|pattern| {
                let faults = find_faults(&pattern, self.options);
                let mut errors = faults.iter().filter(|fault| fault.severity == Severity::Error);
                errors.all(|fault| self.switch_for(fault, &pattern).is_some())
            })
        };
        let written = Replacement::of(&[text]);
        written.filter(is_accepted).or_else(|| secure(text).filter(is_accepted))
    }

    /// Whether a switch allows the fault. Remembers that the policy needs the switch, on or off.
    fn is_allowed(&mut self, fault: &Fault<'_>, pattern: &Pattern<'_>) -> bool {
        match fault.switch {
            Some(Field::DangerouslyAllowInsecureOrigins) => self.needs.insecure_origins = true,
            Some(Field::DangerouslyAllowPublicSuffixes) => self.needs.public_suffixes = true,
            _ => {}
        }
        let allowed = self.switch_for(fault, pattern);
        if let Some(Some(index)) = allowed {
            self.needs.add_listed(index);
        }
        allowed.is_some()
    }

    /// `Some`: a switch that is on allows the fault; the inner index is that of the entry in its
    /// list.
    fn switch_for(&self, fault: &Fault<'_>, pattern: &Pattern<'_>) -> Option<Option<usize>> {
        let is_on = match fault.switch? {
            Field::DangerouslyAllowNullOrigin => self.options.null_origin,
            Field::DangerouslyAllowInsecureOrigins => self.options.insecure_origins,
            _ if self.options.public_suffixes => true,
            _ => {
                let fixed = without_root_dot(pattern.fixed);
                let listed = self.source.public_suffixes().take(SUFFIXES_MAX).position(|suffix| suffix == fixed);
                return listed.map(Some);
            }
        };
        is_on.then_some(None)
    }
}

/// Returns the same pattern with `https:`, where a server probably has a certificate: not at an
/// address or in a local network.
fn secure(text: &[u8]) -> Option<Replacement> {
    let rest = text.strip_prefix(b"http")?.strip_prefix(b"://")?;
    let pattern = parse(text).ok()?;
    let is_local = matches!(pattern.kind, Kind::Range(_)) || is_local(pattern.fixed);
    if is_local { None } else { Replacement::of(&[b"https://", rest]) }
}

/// Whether a host is in a local network, where servers rarely have certificates.
fn is_local(host: &[u8]) -> bool {
    const LOCAL: [&[u8]; 8] = [b"local", b"lan", b"internal", b"intranet", b"private", b"corp", b"home", b"home.arpa"];
    let host = without_root_dot(host);
    let is_at_or_below = |domain: &[u8]| {
        let names = host.strip_suffix(domain);
        names.is_some_and(|names| names.is_empty() || names.ends_with(b"."))
    };
    is_private(host) || !host.contains(&b'.') || LOCAL.iter().any(|local| is_at_or_below(local))
}

/// What to do if there is no replacement.
const fn advice_for_fault(code: FindingCode, pattern: &Pattern<'_>) -> &'static str {
    match code {
        FindingCode::AnyOriginWithCredentials | FindingCode::AnyHostWithCredentials => {
            "list the origins that need credentials, or turn allow_credentials off"
        }
        FindingCode::NullOrigin | FindingCode::NullOriginWithCredentials => {
            "remove the entry: serve the page from an origin of its own, and list that"
        }
        FindingCode::InsecureOrigin if matches!(pattern.kind, Kind::AnyHost) => {
            "list the apps or extensions that you mean, such as \"chrome-extension://abcdefghijklmnopabcdefghijklmnop\""
        }
        FindingCode::InsecureOrigin => {
            "serve the page over https:, or for development open it as http://localhost on the same machine"
        }
        FindingCode::PublicSuffix => {
            "list the hosts that are yours; if all names below are, add the part after the wildcard to the list of \
             dangerously_allow_public_suffixes"
        }
        FindingCode::RangeTooWide => {
            "write a range of private addresses, or a prefix length of at least 24, or 48 for IPv6"
        }
        FindingCode::PrivateNetworkInsecure => "list https: origins, or turn allow_private_network off",
        _ => "list the origins, or turn allow_private_network off",
    }
}

/// What to do if there is no replacement. `is_clear`: the meant pattern is clear, but has errors of
/// its own.
fn advice_for_mistake(code: FindingCode, text: &[u8], is_clear: bool) -> &'static str {
    match code {
        FindingCode::RangeHostBits | FindingCode::RangePrefix if is_clear => {
            "write the first address of the range, such as \"http://192.168.0.0/16\", and see the other errors of this entry"
        }
        _ if is_clear => "write the origin as browsers send it, and see the other errors of this entry",
        FindingCode::EmptyEntry => "write an origin such as \"https://app.example.com\", or remove the entry",
        FindingCode::TwoEntries => {
            "write each origin as a string of its own: [\"https://a.example\", \"https://b.example\"]"
        }
        FindingCode::RegularExpression => {
            "write the origins, or \"https://*.example.com\" for all names below, or \"https://preview-*.example.com\""
        }
        FindingCode::Variable => "write the origin itself, or fill the variable in before the policy is read",
        FindingCode::UnusableScheme if text.starts_with(b"file") => {
            "serve the page from http://localhost: a page that is opened as a file has the origin `null`"
        }
        FindingCode::UnusableScheme => "write the http: or https: origin of the page that makes the requests",
        FindingCode::NonAsciiHost => "write the host in punycode, such as \"https://xn--bcher-kva.example\"",
        FindingCode::InvalidALabel => {
            "check the label after `xn--`: it must be the punycode of a name with a letter outside ASCII"
        }
        FindingCode::MisplacedWildcard => {
            "write \"https://*.example.com\", \"https://preview-*.example.com\" or \"http://localhost:*\""
        }
        FindingCode::TooLong | FindingCode::LabelTooLong => "remove the entry: browsers cannot send such an origin",
        FindingCode::InvalidPort => "write a port from 1 to 65535 without leading zeros, or `*` for any port",
        FindingCode::NumericHost => "write an IPv4 address of four numbers up to 255, such as \"http://127.0.0.1\"",
        FindingCode::RangePrefix => {
            "write a prefix length from 0 to 32, or to 128 for IPv6, such as \"http://192.168.0.0/16\""
        }
        _ => "write an origin as browsers send it, such as \"https://app.example.com\"",
    }
}
