//! One thing that is wrong or doubtful in a spec: its stable code, its place, and what to write instead.

use core::fmt;
use core::ops::Range;

use crate::escape::Escaped;
use crate::suggestion::Suggestion;

/// How bad a [`Finding`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Severity {
    /// The spec does not compile.
    Error,
    /// The spec compiles, and probably does not say what was meant.
    Warning,
}

impl Severity {
    /// `"error"` or `"warning"`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

/// Defines an enum, its stable names and the list of all: each name is written once.
macro_rules! names {
    ($(#[$outer:meta])* $name:ident: $($(#[$doc:meta])* $variant:ident = $text:literal,)+) => {
        $(#[$outer])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $name { $($(#[$doc])* $variant,)+ }

        impl $name {
            /// Every one of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The stable name, for machines.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}
pub(crate) use names;

names! {
    /// An option of a policy.
    Field:
    /// Which origins may read.
    AllowOrigins = "allow_origins",
    /// Which methods a preflight may ask for.
    AllowMethods = "allow_methods",
    /// Which request headers a preflight may ask for.
    AllowHeaders = "allow_headers",
    /// Whether credentialed responses may be read.
    AllowCredentials = "allow_credentials",
    /// Which response headers may be read.
    ExposeHeaders = "expose_headers",
    /// For how many seconds a browser may keep a preflight's answer.
    MaxAge = "max_age",
    /// The status of an allowed preflight.
    PreflightStatus = "preflight_status",
    /// The status of a denied preflight.
    DeniedPreflightStatus = "denied_preflight_status",
    /// Whether the caller judges origins too.
    ExternalOrigins = "external_origins",
    /// Whether the legacy Private Network Access header is answered.
    AllowPrivateNetwork = "allow_private_network",
    /// Lets the pattern `null` in.
    DangerouslyAllowNullOrigin = "dangerously_allow_null_origin",
    /// Lets `http:` origins in beside credentials.
    DangerouslyAllowInsecureOrigins = "dangerously_allow_insecure_origins",
    /// Lets wildcards over a public suffix in beside credentials.
    DangerouslyAllowPublicSuffixes = "dangerously_allow_public_suffixes",
}

names! {
    /// What a [`Finding`] is about. The names are stable.
    FindingCode:
    /// An entry without a byte.
    EmptyEntry = "empty-entry",
    /// An entry over its limit: pattern 328 bytes, host 253, name 128.
    TooLong = "too-long",
    /// A list over its limit: methods 64, header names 256, label globs under one parent 32.
    TooMany = "too-many",
    /// White space inside an entry.
    WhiteSpace = "white-space",
    /// A control byte inside an entry.
    InvalidByte = "invalid-byte",
    /// A pattern without `scheme://`.
    MissingScheme = "missing-scheme",
    /// A scheme that no URL can have.
    InvalidScheme = "invalid-scheme",
    /// `ws:`, `wss:`, `ftp:`, `file:`, `data:` or `blob:`: never in an `Origin`.
    UnusableScheme = "unusable-scheme",
    /// A pattern that ends in `/`.
    TrailingSlash = "trailing-slash",
    /// A pattern with a path, a query or a fragment.
    Path = "path",
    /// A pattern with a user name or password.
    UserInfo = "user-info",
    /// An upper-case letter where browsers send lower case.
    UpperCase = "upper-case",
    /// The scheme's default port, which browsers leave out.
    DefaultPort = "default-port",
    /// No port from 1 to 65535 without leading zeros, nor `*`.
    InvalidPort = "invalid-port",
    /// A host that no browser sends.
    InvalidHost = "invalid-host",
    /// A label of more than 63 bytes.
    LabelTooLong = "label-too-long",
    /// A host that is not written in A-labels.
    NonAsciiHost = "non-ascii-host",
    /// An IPv6 address in another form than the one that browsers send.
    Ipv6NotCanonical = "ipv6-not-canonical",
    /// A last label that is a number, in a host that is not an IPv4 address.
    NumericHost = "numeric-host",
    /// A `*` where the grammar has none.
    MisplacedWildcard = "misplaced-wildcard",
    /// No pattern, and no caller that judges.
    NoOrigins = "no-origins",
    /// Any origin beside credentials.
    AnyOriginWithCredentials = "any-origin-with-credentials",
    /// `null` beside credentials.
    NullOriginWithCredentials = "null-origin-with-credentials",
    /// The pattern `null`: an error without its switch, a warning with it.
    NullOrigin = "null-origin",
    /// An `http:` origin beside credentials.
    InsecureOrigin = "insecure-origin",
    /// A wildcard over a public suffix: an error beside credentials, a warning otherwise.
    PublicSuffix = "public-suffix",
    /// A name that is not a token.
    NotAToken = "not-a-token",
    /// A `*` inside a longer name.
    WildcardInside = "wildcard-inside",
    /// A method that no script can send.
    ForbiddenMethod = "forbidden-method",
    /// A header name that no script can set or read.
    ForbiddenHeader = "forbidden-header",
    /// A header name of the other direction.
    WrongDirection = "wrong-direction",
    /// A number outside its range.
    OutOfRange = "out-of-range",
    /// `*` in `expose_headers` beside credentials.
    AnyExposedWithCredentials = "any-exposed-with-credentials",
    /// Private network access for any origin.
    PrivateNetworkAnyOrigin = "private-network-any-origin",
    /// Private network access for an `http:` origin.
    PrivateNetworkInsecure = "private-network-insecure",
    /// An entry that another entry covers.
    Redundant = "redundant",
    /// An entry that stands in its list before.
    Duplicate = "duplicate",
    /// A method with lower-case letters.
    MethodCase = "method-case",
    /// `GET` is not listed.
    GetNotListed = "get-not-listed",
    /// `content-type` is not listed while a method with a body is.
    ContentTypeNotListed = "content-type-not-listed",
    /// A response header that every script may read anyway.
    SafelistedExposed = "safelisted-exposed",
}

impl FindingCode {
    /// What is wrong, as the start of a sentence.
    const fn what(self) -> &'static str {
        match self {
            Self::EmptyEntry => "an empty entry matches nothing",
            Self::TooLong => "longer than any origin or name can be",
            Self::TooMany => "more entries than the engine takes",
            Self::WhiteSpace => "white space inside an entry",
            Self::InvalidByte => "a control byte inside an entry",
            Self::MissingScheme => "an origin starts with its scheme",
            Self::InvalidScheme => "no scheme that a URL can have",
            Self::UnusableScheme => "no page has an origin of this scheme",
            Self::TrailingSlash => "an origin ends before the slash",
            Self::Path => "an origin has no path, query or fragment",
            Self::UserInfo => "an origin has no user name or password",
            Self::UpperCase => "browsers send origins in lower case",
            Self::DefaultPort => "browsers leave out the default port",
            Self::InvalidPort => "a port is 1 to 65535 without leading zeros, or `*`",
            Self::InvalidHost => "no host that a browser sends",
            Self::LabelTooLong => "a label has at most 63 bytes",
            Self::NonAsciiHost => "browsers send hosts as A-labels (punycode)",
            Self::Ipv6NotCanonical => "browsers send IPv6 addresses in their shortest form",
            Self::NumericHost => "a host that ends in a number is an IPv4 address or no host",
            Self::MisplacedWildcard => {
                "a `*` stands alone, as `*.`, inside the first of several labels, or as the port"
            }
            Self::NoOrigins => "no origin would ever be allowed",
            Self::AnyOriginWithCredentials => "any origin beside credentials would let every site act as the user",
            Self::NullOriginWithCredentials => {
                "`null` beside credentials would let every sandboxed page act as the user"
            }
            Self::NullOrigin => "`null` is the origin of every sandboxed page and local file",
            Self::InsecureOrigin => "whoever is on the path can act as an http: origin, with the user's credentials",
            Self::PublicSuffix => "strangers can register names below this suffix",
            Self::NotAToken => "not a token",
            Self::WildcardInside => "a `*` has no meaning inside a longer name",
            Self::ForbiddenMethod => "no script can send this method",
            Self::ForbiddenHeader => "no script can touch this header",
            Self::WrongDirection => "this header belongs to the other direction",
            Self::OutOfRange => "outside its range",
            Self::AnyExposedWithCredentials => "beside credentials `*` is no wildcard to a browser",
            Self::PrivateNetworkAnyOrigin => "private network access is not for any origin",
            Self::PrivateNetworkInsecure => "private network access is not for http: origins",
            Self::Redundant => "already covered",
            Self::Duplicate => "listed before",
            Self::MethodCase => "methods are case-sensitive",
            Self::GetNotListed => "a GET that needs a preflight will be denied",
            Self::ContentTypeNotListed => "a JSON body needs `content-type`",
            Self::SafelistedExposed => "every script may read this header anyway",
        }
    }
}

/// One thing that is wrong (an error) or doubtful (a warning) in a spec.
///
/// `Display` writes one line, with the entry escaped and cut to 128 bytes; what to write instead is in `suggestion`.
///
/// ```
/// let spec = corsac::PolicySpec::new(&["https://a.example/"]);
/// let mut shown = String::new();
/// let refused = spec.compile([0; 512], |finding| {
///     assert_eq!(finding.code.as_str(), "trailing-slash");
///     assert_eq!(finding.suggestion.replacement(), Some("https://a.example"));
///     shown = finding.to_string();
/// });
/// assert!(refused.is_err());
/// assert_eq!(shown, r#"an origin ends before the slash: "https://a.example/""#);
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Finding<'a> {
    /// Error or warning.
    pub severity: Severity,
    /// What it is about.
    pub code: FindingCode,
    /// The option.
    pub field: Field,
    /// Which entry of a list, from 0; `None`: the option as a whole.
    pub index: Option<usize>,
    /// The entry as it was written; empty where the option is no list.
    pub text: &'a [u8],
    /// Which bytes of `text`.
    pub at: Range<usize>,
    /// The entry that makes this one superfluous.
    pub related: Option<&'a [u8]>,
    /// What to write instead.
    pub suggestion: Suggestion,
}

impl fmt::Display for Finding<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code.what())?;
        if self.index.is_some() {
            let shown = self.text.get(..128).unwrap_or(self.text);
            let more = if shown.len() < self.text.len() { "..." } else { "" };
            write!(f, ": \"{}{more}\"", Escaped(shown))?;
        }
        if let Some(related) = self.related {
            write!(f, " (by \"{}\")", Escaped(related))?;
        }
        Ok(())
    }
}
