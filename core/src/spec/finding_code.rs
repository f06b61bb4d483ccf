//! What a finding is about: its stable code, and the words for it.

use core::fmt;

use crate::syntax::names::names;

names! {
    /// What a [`Finding`](crate::Finding) is about. The names are stable.
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
    pub(crate) const fn what(self) -> &'static str {
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
