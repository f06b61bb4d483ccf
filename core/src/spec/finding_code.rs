//! What a finding is about: its stable code, and the words for it.

use core::fmt;

use crate::syntax::names::names;

names! {
    /// What a [`Finding`](crate::Finding) is about. Names and numbers are stable.
    ///
    /// ```
    /// use corsac::{FindingCode, PolicySpec};
    /// let mut codes = vec![];
    /// let spec = PolicySpec { allow_credentials: true, ..PolicySpec::new(&["*"]) };
    /// assert!(spec.compile([0; 256], |finding| codes.push(finding.code)).is_err());
    /// assert_eq!(codes, [FindingCode::AnyOriginWithCredentials]);
    /// assert_eq!(codes[0].as_str(), "any-origin-with-credentials");
    /// ```
    FindingCode:
    /// An entry without a byte.
    EmptyEntry = 1 => "empty-entry",
    /// An entry over its limit: a pattern 328 bytes, a host 253, a name 128, a path 255 or 16
    /// segments.
    TooLong = 2 => "too-long",
    /// A list over its limit: 64 methods, 256 header names, 16 header prefixes, 16 address ranges,
    /// 32 globs with one fixed part, 256 public suffixes, 4096 tables, 8 policies for one path.
    TooMany = 3 => "too-many",
    /// Two entries in one string, or a separator after one.
    TwoEntries = 4 => "two-entries",
    /// A regular expression.
    RegularExpression = 5 => "regular-expression",
    /// A variable of a shell or a template.
    Variable = 6 => "variable",
    /// White space inside an entry.
    WhiteSpace = 7 => "white-space",
    /// A control character inside an entry.
    InvalidByte = 8 => "invalid-byte",
    /// A pattern without `scheme://`.
    MissingScheme = 9 => "missing-scheme",
    /// A scheme that a URL cannot have.
    InvalidScheme = 10 => "invalid-scheme",
    /// `ws:`, `wss:`, `ftp:`, `file:`, `data:`, `blob:`, `javascript:`, `about:`, `filesystem:` or
    /// `view-source:`: browsers never send it.
    UnusableScheme = 11 => "unusable-scheme",
    /// A pattern that ends in `/`.
    TrailingSlash = 12 => "trailing-slash",
    /// A pattern with a path, a query or a fragment.
    Path = 13 => "path",
    /// A pattern with a user name or password.
    UserInfo = 14 => "user-info",
    /// An upper-case letter where browsers send lower case.
    UpperCase = 15 => "upper-case",
    /// The scheme's default port, which browsers leave out.
    DefaultPort = 16 => "default-port",
    /// A port other than 1 to 65535 without leading zeros, or `*`.
    InvalidPort = 17 => "invalid-port",
    /// A host that browsers never send.
    InvalidHost = 18 => "invalid-host",
    /// A label of more than 63 bytes.
    LabelTooLong = 19 => "label-too-long",
    /// A host that is not written in A-labels.
    NonAsciiHost = 20 => "non-ascii-host",
    /// A label that begins with `xn--` and is not an A-label.
    InvalidALabel = 21 => "invalid-a-label",
    /// An IPv6 address in another form than the one that browsers send.
    Ipv6NotCanonical = 22 => "ipv6-not-canonical",
    /// A last label that is a number, in a host that is not an IPv4 address.
    NumericHost = 23 => "numeric-host",
    /// A `*` where the grammar has none.
    MisplacedWildcard = 24 => "misplaced-wildcard",
    /// An address range whose prefix length is not a number from 0 to 32, or 128 for IPv6.
    RangePrefix = 25 => "range-prefix",
    /// An address range that does not start at its first address.
    RangeHostBits = 26 => "range-host-bits",
    /// A wide range of public addresses with credentials.
    RangeTooWide = 27 => "range-too-wide",
    /// No pattern, and no `external_origins`.
    NoOrigins = 28 => "no-origins",
    /// `*` with credentials.
    AnyOriginWithCredentials = 29 => "any-origin-with-credentials",
    /// `https://*` or `http://*` with credentials.
    AnyHostWithCredentials = 30 => "any-host-with-credentials",
    /// `null` or `file://` with credentials.
    NullOriginWithCredentials = 31 => "null-origin-with-credentials",
    /// `null` or `file://` without `dangerously_allow_null_origin`.
    NullOrigin = 32 => "null-origin",
    /// An `http:` origin, or any host of an app or extension scheme, with credentials.
    InsecureOrigin = 33 => "insecure-origin",
    /// A wildcard over a public suffix, or over an ancestor of one: an error with credentials, a
    /// warning otherwise.
    PublicSuffix = 34 => "public-suffix",
    /// A method or header name that is not a token.
    NotAToken = 35 => "not-a-token",
    /// A `*` inside a longer name.
    WildcardInside = 36 => "wildcard-inside",
    /// A method that scripts cannot send.
    ForbiddenMethod = 37 => "forbidden-method",
    /// A header that scripts cannot set (a warning), or cannot read (an error).
    ForbiddenHeader = 38 => "forbidden-header",
    /// A header prefix that covers names which scripts cannot set.
    ForbiddenPrefix = 39 => "forbidden-prefix",
    /// A header of responses where request headers are listed (a warning), or the reverse (an
    /// error).
    WrongDirection = 40 => "wrong-direction",
    /// A number outside its range.
    OutOfRange = 41 => "out-of-range",
    /// A `max_age` of more than a day.
    MaxAgeCapped = 42 => "max-age-capped",
    /// `*` in `expose_headers` with credentials.
    AnyExposedWithCredentials = 43 => "any-exposed-with-credentials",
    /// `allow_private_network`, which only Chromium before 138 asks for.
    PrivateNetworkObsolete = 44 => "private-network-obsolete",
    /// Private network access for origins that any site can have.
    PrivateNetworkAnyOrigin = 45 => "private-network-any-origin",
    /// Private network access for an `http:` origin.
    PrivateNetworkInsecure = 46 => "private-network-insecure",
    /// An entry that another entry covers.
    Redundant = 47 => "redundant",
    /// An entry that is already listed.
    Duplicate = 48 => "duplicate",
    /// A method with lower-case letters.
    MethodCase = 49 => "method-case",
    /// `GET` is not listed.
    GetNotListed = 50 => "get-not-listed",
    /// `content-type` is not listed, and a method with a body is.
    ContentTypeNotListed = 51 => "content-type-not-listed",
    /// A response header that scripts can always read.
    SafelistedExposed = 52 => "safelisted-exposed",
    /// A `dangerously_…` switch, or an entry of one, that nothing in the policy needs.
    SwitchNotNeeded = 53 => "switch-not-needed",
    /// A policy set without a policy.
    NoPolicies = 54 => "no-policies",
    /// A path of a policy set that a request cannot have.
    InvalidPath = 55 => "invalid-path",
    /// A policy of a set that no request reaches.
    NeverDecides = 56 => "never-decides",
    /// A pattern that an earlier policy of the same path allows already.
    CoveredByEarlier = 57 => "covered-by-earlier",
    /// Two policies of one path with `external_origins`.
    ExternalOriginsTwice = 58 => "external-origins-twice",
}

impl FindingCode {
    /// What is wrong, as the start of a sentence.
    pub(crate) const fn what(self) -> &'static str {
        match self {
            Self::EmptyEntry => "an empty entry matches nothing",
            Self::TooLong => "this entry is longer than it can be",
            Self::TooMany => "this list has more entries than it can have",
            Self::TwoEntries => "this string holds a separator: each entry is a string of its own",
            Self::RegularExpression => "regular expressions are not supported",
            Self::Variable => "variables are not replaced",
            Self::WhiteSpace => "white space is not allowed here",
            Self::InvalidByte => "control characters are not allowed here",
            Self::MissingScheme => "an origin starts with its scheme",
            Self::InvalidScheme => "not a valid scheme",
            Self::UnusableScheme => "browsers never send an origin with this scheme",
            Self::TrailingSlash => "an origin has no trailing slash",
            Self::Path => "an origin has no path, query or fragment",
            Self::UserInfo => "an origin has no user name or password",
            Self::UpperCase => "browsers send this in lower case",
            Self::DefaultPort => "browsers leave out the default port",
            Self::InvalidPort => "not a valid port",
            Self::InvalidHost => "not a valid host name",
            Self::LabelTooLong => "a label of a host name has at most 63 bytes",
            Self::NonAsciiHost => "browsers send host names in ASCII (punycode)",
            Self::InvalidALabel => "not a valid A-label: browsers refuse this host name",
            Self::Ipv6NotCanonical => "browsers send IPv6 addresses in their shortest form",
            Self::NumericHost => "a host that ends in a number must be an IPv4 address",
            Self::MisplacedWildcard => "`*` is not allowed here",
            Self::RangePrefix => "not a valid prefix length",
            Self::RangeHostBits => "an address range starts at its first address",
            Self::RangeTooWide => "this address range would let other people's machines act as the user",
            Self::NoOrigins => "this policy allows no origin",
            Self::AnyOriginWithCredentials => "with credentials, any origin would let every site act as the user",
            Self::AnyHostWithCredentials => "with credentials, any host would let every site act as the user",
            Self::NullOriginWithCredentials => {
                "with credentials, this origin would let every sandboxed page and local file act as the user"
            }
            Self::NullOrigin => "this is the origin of every sandboxed page and local file",
            Self::InsecureOrigin => "anyone on the network can impersonate an `http:` origin and act as the user",
            Self::PublicSuffix => "strangers can register names that this wildcard matches",
            Self::NotAToken => "not a valid name",
            Self::WildcardInside => "`*` is not allowed inside a name",
            Self::ForbiddenMethod => "scripts cannot send this method",
            Self::ForbiddenHeader => "scripts cannot set this header",
            Self::ForbiddenPrefix => "this prefix covers headers that scripts cannot set",
            Self::WrongDirection => "only responses have this header",
            Self::OutOfRange => "this number is out of range",
            Self::MaxAgeCapped => "browsers remember a preflight for a day at most",
            Self::AnyExposedWithCredentials => "with credentials, browsers take `*` for the name of a header",
            Self::PrivateNetworkObsolete => "browsers no longer ask for private network access",
            Self::PrivateNetworkAnyOrigin => "this origin would let any site reach into the private network",
            Self::PrivateNetworkInsecure => {
                "anyone on the network can impersonate an `http:` origin and reach into the private network"
            }
            Self::Redundant => "this entry has no effect",
            Self::Duplicate => "this entry is already listed",
            Self::MethodCase => "methods are case-sensitive",
            Self::GetNotListed => "a GET request that needs a preflight will be denied",
            Self::ContentTypeNotListed => "a request with a JSON body will be denied",
            Self::SafelistedExposed => "scripts can always read this header",
            Self::SwitchNotNeeded => "nothing in this policy needs this switch",
            Self::NoPolicies => "a policy set needs at least one policy",
            Self::InvalidPath => "not a valid path",
            Self::NeverDecides => "this policy never decides a request",
            Self::CoveredByEarlier => "an earlier policy of this path already allows this",
            Self::ExternalOriginsTwice => "only one policy of a path can have external origins",
        }
    }
}
