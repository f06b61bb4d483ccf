//! A response's header lines as the Fetch standard reads them: by name in any case, trimmed,
//! combined, or as a list ([Fetch 2.2.2](https://fetch.spec.whatwg.org/#concept-header-list)).

use core::fmt;

use super::http_version::HttpVersion;
use super::profile::Profile;
use crate::syntax::byte::{is_token, is_white_space};
use crate::syntax::escape::Escaped;
use crate::syntax::stepwise::Stepwise;

/// A header line: its name, and its value as it goes over the wire.
///
/// ```
/// use corsac::browser::{Line, Response};
/// let lines: [Line; 2] = [(b"Vary", b"Origin"), (b"Vary", b"Accept")];
/// assert_eq!(Response { status: 200, headers: &lines }.headers.len(), 2);
/// ```
pub type Line<'a> = (&'a [u8], &'a [u8]);

/// A response of a server.
///
/// ```
/// use corsac::browser::Response;
/// let response = Response { status: 307, headers: &[(b"Location", b"https://login.example/")] };
/// assert!(response.is_redirect());
/// assert!(!Response { status: 304, headers: &[] }.is_redirect());
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Response<'a> {
    /// The status code.
    pub status: u16,
    /// All header lines, in order.
    pub headers: &'a [Line<'a>],
}

impl Response<'_> {
    /// Whether browsers follow `Location` for this status.
    #[must_use]
    pub const fn is_redirect(&self) -> bool {
        matches!(self.status, 301 | 302 | 303 | 307 | 308)
    }
}

pub(super) const ALLOW_ORIGIN: &str = "access-control-allow-origin";
pub(super) const ALLOW_CREDENTIALS: &str = "access-control-allow-credentials";
pub(super) const ALLOW_METHODS: &str = "access-control-allow-methods";
pub(super) const ALLOW_HEADERS: &str = "access-control-allow-headers";
pub(super) const EXPOSE_HEADERS: &str = "access-control-expose-headers";
pub(super) const MAX_AGE: &str = "access-control-max-age";
pub(super) const LOCATION: &str = "location";
pub(super) const VARY: &str = "vary";

/// How a browser reads the name of a header line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Names {
    /// As it is. A name with white space before its colon is not a token, so the line is ignored.
    #[default]
    Whole,
    /// Without white space before its colon, which no server may send
    /// ([RFC 9112 5.1](https://www.rfc-editor.org/rfc/rfc9112.html#section-5.1-2)).
    Trimmed,
}

impl Names {
    /// Chromium takes off white space before the colon over HTTP/1 (`HeadersIterator` of
    /// `http_util.cc`).
    pub(super) fn of(profile: Profile, version: HttpVersion) -> Self {
        if profile == Profile::Chromium && version == HttpVersion::Http1 { Self::Trimmed } else { Self::Whole }
    }

    pub(super) fn read(self, name: &[u8]) -> &[u8] {
        match self {
            Self::Whole => name,
            Self::Trimmed => {
                let end = name.iter().rposition(|&b| !is_white_space(b)).map_or(0, |at| at.saturating_add(1));
                name.get(..end).unwrap_or(name)
            }
        }
    }
}

/// The header lines of a response. Those of a 304 replace the stored ones of the same name.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Fields<'a> {
    names: Names,
    stored: &'a [Line<'a>],
    fresh: &'a [Line<'a>],
}

impl<'a> Fields<'a> {
    pub(super) const fn new(names: Names, stored: &'a [Line<'a>], fresh: &'a [Line<'a>]) -> Self {
        Self { names, stored, fresh }
    }

    /// How names are read.
    pub(super) const fn names(self) -> Names {
        self.names
    }

    /// The stored lines, and those that replace some of them.
    pub(super) const fn both(self) -> [&'a [Line<'a>]; 2] {
        [self.stored, self.fresh]
    }

    /// The lines of this name: those of a 304 if there are some.
    fn lines(self, name: &'static str) -> impl Iterator<Item = &'a Line<'a>> + Clone {
        let is_named = move |(other, _): &&Line<'a>| name.as_bytes().eq_ignore_ascii_case(self.names.read(other));
        let lines = if self.fresh.iter().any(|line| is_named(&line)) { self.fresh } else { self.stored };
        lines.iter().filter(is_named)
    }

    /// The lines that have a name in exactly this spelling.
    pub(super) fn exact_lines(self, name: &'static str) -> usize {
        self.lines(name).filter(|(other, _)| *other == name.as_bytes()).count()
    }

    /// The values of a name, trimmed, in their order.
    pub(super) fn values(self, name: &'static str) -> impl Iterator<Item = &'a [u8]> + Clone {
        Stepwise(self.lines(name).map(|(_, value)| trimmed(value)))
    }

    /// All values of a name as one, or `None` if there is no line.
    pub(super) fn combined(self, name: &'static str) -> Option<Evidence<'a>> {
        self.values(name).next().map(|_| Evidence(Source::Lines(self, name)))
    }

    /// The same as Firefox reads it: an empty line counts only if there is no other.
    pub(super) fn merged(self, name: &'static str) -> Option<Evidence<'a>> {
        let first = self.values(name).next()?;
        let mut values = self.values(name).filter(|value| !value.is_empty());
        let value = values.next().unwrap_or(first);
        Some(if values.next().is_some() { Evidence(Source::Merged(self, name)) } else { Evidence::slice(value) })
    }

    /// The elements of a list over all its lines. An `Err` is an element that is not a token.
    pub(super) fn elements(self, name: &'static str) -> impl Iterator<Item = Result<&'a [u8], &'a [u8]>> + Clone {
        let elements = self.values(name).flat_map(|value| value.split(|&b| b == b',')).map(trimmed);
        let elements = elements.filter(|element| !element.is_empty());
        Stepwise(elements.map(|element| if is_token(element) { Ok(element) } else { Err(element) }))
    }

    /// Whether the list contains this name, in any case. A list that is not well-formed contains
    /// nothing.
    pub(super) fn lists(self, name: &'static str, wanted: &[u8]) -> bool {
        self.elements(name).all(|element| element.is_ok())
            && self.elements(name).flatten().any(|element| element.eq_ignore_ascii_case(wanted))
    }

    /// A name or value that no HTTP parser accepts, because it contains a NUL, CR or LF. Over
    /// HTTP/1, Firefox ignores a line whose name is not a token, and does not look at its value. Over
    /// HTTP/2, every name must be a token ([RFC 9113 8.2.1](https://httpwg.org/specs/rfc9113.html#rfc.section.8.2.1)), and
    /// Chromium and WebKit accept no control bytes in values.
    pub(super) fn unparsable(self, profile: Profile, version: HttpVersion) -> Option<&'a [u8]> {
        let is_http2 = version == HttpVersion::Http2;
        let refuses_controls = is_http2 && matches!(profile, Profile::Chromium | Profile::WebKit);
        let is_broken =
            |b: &u8| matches!(b, 0 | b'\r' | b'\n') || (refuses_controls && b.is_ascii_control() && *b != b'\t');
        let is_ignored = |name: &[u8]| {
            profile == Profile::Firefox
                && !is_http2
                && !is_token(name)
                && !name.iter().any(|b| matches!(b, b'\r' | b'\n'))
        };
        let lines = self.stored.iter().chain(self.fresh).filter(|(name, _)| !is_ignored(name));
        let is_bad_name = |name: &[u8]| name.iter().any(is_broken) || (is_http2 && !is_token(name));
        let broken = lines.flat_map(|&(name, value)| {
            [Some(name).filter(|name| is_bad_name(name)), Some(value).filter(|value| value.iter().any(is_broken))]
        });
        broken.flatten().next()
    }
}

/// A value without the white space around it.
pub(super) fn trimmed(value: &[u8]) -> &[u8] {
    trimmed_of(value, is_white_space)
}

/// A value without the bytes of a class around it.
pub(super) fn trimmed_of(value: &[u8], is_blank: fn(u8) -> bool) -> &[u8] {
    let start = value.iter().position(|&b| !is_blank(b)).unwrap_or(value.len());
    let end = value.iter().rposition(|&b| !is_blank(b)).map_or(start, |at| at.saturating_add(1));
    value.get(start..end).unwrap_or(b"")
}

/// The bytes of a request or a response that are the reason for a failure: a slice, or all values
/// of a header as one (`a, b`).
///
/// They are untrusted: `Display` escapes them as [`Escaped`] does.
///
/// ```
/// use corsac::browser::{Exchange, Hop, Profile, Response, ScriptRequest};
///
/// let headers: &[(&[u8], &[u8])] =
///     &[(b"Access-Control-Allow-Origin", b"*"), (b"Access-Control-Allow-Origin", b"https://app.example")];
/// let exchange = Exchange {
///     request: ScriptRequest::new(b"https://app.example", b"https://api.example/x"),
///     hops: &[Hop { response: Some(Response { status: 200, headers }), ..Hop::default() }],
/// };
/// let mut found = None;
/// exchange.judge(Profile::Chromium, |blocked| found = Some(blocked.evidence()));
/// let evidence = found.expect("two values");
/// assert_eq!(evidence.to_string(), "*, https://app.example");
/// assert!(evidence.bytes().eq(*b"*, https://app.example"));
/// assert_eq!((evidence.line_count(), evidence.is_empty()), (2, false));
/// ```
#[derive(Clone, Copy)]
pub struct Evidence<'a>(Source<'a>);

#[derive(Clone, Copy)]
enum Source<'a> {
    Slice(&'a [u8]),
    LowerCase(&'a [u8]),
    Lines(Fields<'a>, &'static str),
    /// Without the empty lines.
    Merged(Fields<'a>, &'static str),
    Status(u16),
}

impl<'a> Evidence<'a> {
    pub(super) const fn slice(bytes: &'a [u8]) -> Self {
        Self(Source::Slice(bytes))
    }

    /// A field name, in lower case as browsers show it.
    pub(super) const fn lower_case(bytes: &'a [u8]) -> Self {
        Self(Source::LowerCase(bytes))
    }

    pub(super) const fn status(status: u16) -> Self {
        Self(Source::Status(status))
    }

    pub(super) fn parts(self) -> impl Iterator<Item = &'a [u8]> + Clone {
        let (slice, lines) = match self.0 {
            Source::Slice(bytes) | Source::LowerCase(bytes) => (Some(bytes), None),
            Source::Lines(fields, name) | Source::Merged(fields, name) => (None, Some(fields.values(name))),
            Source::Status(_) => (None, None),
        };
        let is_merged = matches!(self.0, Source::Merged(..));
        let lines = lines.into_iter().flatten().filter(move |line| !is_merged || !line.is_empty());
        Stepwise(slice.into_iter().chain(lines))
    }

    /// The bytes, in order.
    pub fn bytes(self) -> impl Iterator<Item = u8> + Clone + 'a {
        let lowers = matches!(self.0, Source::LowerCase(_));
        let parts = self.parts().enumerate().flat_map(|(place, part)| {
            let between: &[u8] = if place == 0 { b"" } else { b", " };
            between.iter().chain(part).copied()
        });
        let status = if let Source::Status(status) = self.0 { status } else { 0 };
        // The divisors are constants, so that no division can fail.
        let digits = [
            (status / 10_000, 10_000),
            (status / 1000 % 10, 1000),
            (status / 100 % 10, 100),
            (status / 10 % 10, 10),
            (status % 10, 1),
        ];
        let digits = digits.into_iter().filter(move |(_, unit)| status >= *unit).map(|(digit, _)| b'0' + digit as u8);
        Stepwise(parts.map(move |b| if lowers { b.to_ascii_lowercase() } else { b }).chain(digits))
    }

    /// Whether there are no bytes.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.bytes().next().is_none()
    }

    /// How many header lines the value had; 1 for a slice.
    #[must_use]
    pub fn line_count(self) -> usize {
        self.parts().count()
    }

    /// The slice that holds all of it, if there is one.
    pub(super) fn as_slice(self) -> Option<&'a [u8]> {
        let mut parts = self.parts();
        parts.next().filter(|_| parts.next().is_none())
    }

    pub(super) fn is(self, text: &[u8]) -> bool {
        self.bytes().eq(text.iter().copied())
    }

    pub(super) fn holds(self, wanted: impl Fn(u8) -> bool) -> bool {
        self.bytes().any(wanted)
    }
}

impl PartialEq for Evidence<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.bytes().eq(other.bytes())
    }
}

impl Eq for Evidence<'_> {}

impl fmt::Display for Evidence<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.bytes().try_for_each(|b| Escaped(&[b]).fmt(f))
    }
}

impl fmt::Debug for Evidence<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\"{self}\"")
    }
}
