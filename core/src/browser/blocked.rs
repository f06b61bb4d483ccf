//! Why a browser refuses: a stable code, where, and the bytes that say so.

use core::fmt;

use super::message::Evidence;
use crate::syntax::names::names;

names! {
    /// Why a browser refuses to share a response with a script, or to send a request. The names are stable.
    BlockedCode:
    /// There is no `Access-Control-Allow-Origin`.
    AcaoMissing = "acao-missing",
    /// `Access-Control-Allow-Origin` is `*` and the request carries credentials.
    AcaoWildcardWithCredentials = "acao-wildcard-with-credentials",
    /// `Access-Control-Allow-Origin` holds more than one value, on one line or on several.
    AcaoMultiple = "acao-multiple",
    /// `Access-Control-Allow-Origin` is neither an origin, `*` nor `null`.
    AcaoInvalid = "acao-invalid",
    /// `Access-Control-Allow-Origin` is not the request's origin, byte for byte.
    AcaoMismatch = "acao-mismatch",
    /// The request carries credentials and `Access-Control-Allow-Credentials` is not exactly `true`.
    AcacNotTrue = "acac-not-true",
    /// The preflight's status is not 200 to 299.
    PreflightStatus = "preflight-status",
    /// The preflight is redirected.
    PreflightRedirect = "preflight-redirect",
    /// `Access-Control-Allow-Methods` is no list of methods.
    AcamUnparsable = "acam-unparsable",
    /// `Access-Control-Allow-Headers` is no list of names.
    AcahUnparsable = "acah-unparsable",
    /// `Access-Control-Allow-Methods` does not hold the method.
    MethodNotAllowed = "method-not-allowed",
    /// `Access-Control-Allow-Headers` does not hold a header's name.
    HeaderNotAllowed = "header-not-allowed",
    /// A redirect leads to a URL with a user or a password in it.
    RedirectUserinfo = "redirect-userinfo",
    /// A redirect leads to a URL that is neither `http:` nor `https:`.
    RedirectScheme = "redirect-scheme",
    /// More than 20 redirects.
    RedirectLimit = "redirect-limit",
    /// A redirect asks for a streamed body once more.
    RedirectStream = "redirect-stream",
    /// The URL is neither `http:` nor `https:`.
    SchemeNotHttp = "scheme-not-http",
    /// The URL is of another origin and the request's mode is `same-origin`.
    ModeSameOrigin = "mode-same-origin",
    /// No script can send this method: an exception.
    MethodForbidden = "method-forbidden",
    /// The method is no token: an exception.
    MethodInvalid = "method-invalid",
    /// A header's name is no token, or its value holds a NUL, CR or LF: an exception.
    HeaderInvalid = "header-invalid",
    /// A header of the response holds a NUL, CR or LF, or its status is none.
    ResponseUnparsable = "response-unparsable",
    /// No answer came: a refused connection, a certificate, a name that is not known.
    NetworkError = "network-error",
    /// The user, or nobody, gave leave to reach the local network.
    LocalNetworkDenied = "local-network-denied",
    /// A page that is not secure reaches for the local network.
    LocalNetworkNotSecure = "local-network-not-secure",
    /// The address is not in the part of the network that the request named.
    LocalNetworkSpaceMismatch = "local-network-space-mismatch",
}

impl BlockedCode {
    /// The response header that it is about, where it is about one.
    #[must_use]
    pub const fn header(self) -> Option<&'static str> {
        match self {
            Self::AcaoMissing
            | Self::AcaoWildcardWithCredentials
            | Self::AcaoMultiple
            | Self::AcaoInvalid
            | Self::AcaoMismatch => Some("Access-Control-Allow-Origin"),
            Self::AcacNotTrue => Some("Access-Control-Allow-Credentials"),
            Self::AcamUnparsable | Self::MethodNotAllowed => Some("Access-Control-Allow-Methods"),
            Self::AcahUnparsable | Self::HeaderNotAllowed => Some("Access-Control-Allow-Headers"),
            Self::PreflightRedirect
            | Self::RedirectUserinfo
            | Self::RedirectScheme
            | Self::RedirectLimit
            | Self::RedirectStream => Some("Location"),
            _ => None,
        }
    }
}

names! {
    /// Which of the two answers of a step it is about.
    Part:
    /// The preflight's answer.
    Preflight = "preflight",
    /// The answer to the request itself, or the request.
    Response = "response",
}

/// Why a browser refuses, and where.
///
/// `Display` is one sentence, its bytes escaped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Blocked<'a> {
    pub(super) code: BlockedCode,
    pub(super) part: Part,
    pub(super) hop: usize,
    pub(super) status: Option<u16>,
    pub(super) evidence: Evidence<'a>,
}

impl<'a> Blocked<'a> {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> BlockedCode {
        self.code
    }

    /// In which answer.
    #[must_use]
    pub const fn part(&self) -> Part {
        self.part
    }

    /// At which URL of the chain, from 0.
    #[must_use]
    pub const fn hop(&self) -> usize {
        self.hop
    }

    /// The status of that answer, where there is one.
    #[must_use]
    pub const fn status(&self) -> Option<u16> {
        self.status
    }

    /// The offending bytes: the header's value, the method, the name of a header (in lower case), the URL of a redirect. Empty where
    /// something is missing.
    #[must_use]
    pub const fn evidence(&self) -> Evidence<'a> {
        self.evidence
    }
}

impl fmt::Display for Blocked<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = self.evidence;
        match self.code {
            BlockedCode::AcaoMissing => f.write_str("Access-Control-Allow-Origin is missing"),
            BlockedCode::AcaoWildcardWithCredentials => {
                f.write_str("Access-Control-Allow-Origin is \"*\", and the request carries credentials")
            }
            BlockedCode::AcaoMultiple => write!(f, "Access-Control-Allow-Origin holds several values: \"{bytes}\""),
            BlockedCode::AcaoInvalid => write!(f, "Access-Control-Allow-Origin is no origin: \"{bytes}\""),
            BlockedCode::AcaoMismatch => write!(f, "Access-Control-Allow-Origin is another origin: \"{bytes}\""),
            BlockedCode::AcacNotTrue if bytes.is_empty() => {
                f.write_str("Access-Control-Allow-Credentials is missing, and the request carries credentials")
            }
            BlockedCode::AcacNotTrue => write!(f, "Access-Control-Allow-Credentials is \"{bytes}\" and not \"true\""),
            BlockedCode::PreflightStatus => write!(f, "the preflight's status is {bytes}, not 200 to 299"),
            BlockedCode::PreflightRedirect => write!(f, "the preflight is redirected to \"{bytes}\""),
            BlockedCode::AcamUnparsable => {
                write!(f, "Access-Control-Allow-Methods holds \"{bytes}\", which is no method")
            }
            BlockedCode::AcahUnparsable => {
                write!(f, "Access-Control-Allow-Headers holds \"{bytes}\", which is no name")
            }
            BlockedCode::MethodNotAllowed => write!(f, "Access-Control-Allow-Methods does not hold \"{bytes}\""),
            BlockedCode::HeaderNotAllowed => write!(f, "Access-Control-Allow-Headers does not hold \"{bytes}\""),
            BlockedCode::RedirectUserinfo => {
                write!(f, "the redirect leads to a URL with a user or password: \"{bytes}\"")
            }
            BlockedCode::RedirectScheme => {
                write!(f, "the redirect leads to a URL that is not http: or https:: \"{bytes}\"")
            }
            BlockedCode::RedirectLimit => f.write_str("there are more than 20 redirects"),
            BlockedCode::RedirectStream => {
                f.write_str("a streamed body cannot be sent again to where the redirect leads")
            }
            BlockedCode::SchemeNotHttp => write!(f, "the URL is not http: or https:: \"{bytes}\""),
            BlockedCode::ModeSameOrigin => f.write_str("the URL is of another origin, and the mode is \"same-origin\""),
            BlockedCode::MethodForbidden => write!(f, "no script can send the method \"{bytes}\" in this mode"),
            BlockedCode::MethodInvalid => write!(f, "\"{bytes}\" is no method"),
            BlockedCode::HeaderInvalid => write!(f, "\"{bytes}\" is no header's name, or no header's value"),
            BlockedCode::ResponseUnparsable => write!(f, "the answer cannot be read: \"{bytes}\""),
            BlockedCode::NetworkError => f.write_str("no answer came"),
            BlockedCode::LocalNetworkDenied => f.write_str("there is no leave to reach the local network"),
            BlockedCode::LocalNetworkNotSecure => {
                f.write_str("a page that is not secure reaches for the local network")
            }
            BlockedCode::LocalNetworkSpaceMismatch => {
                f.write_str("the address is in another part of the network than named")
            }
        }
    }
}
