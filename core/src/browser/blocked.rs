//! Why a browser blocks a request or a response: a stable code, where it happens, and the bytes
//! that are the reason.

use core::fmt;

use super::message::Evidence;
use crate::syntax::names::names;

names! {
    /// Why a browser does not share a response with a script, or does not send a request. The names
    /// are stable.
    ///
    /// ```
    /// use corsac::browser::BlockedCode;
    /// let code: BlockedCode = "header-not-allowed".parse()?;
    /// assert_eq!(code, BlockedCode::HeaderNotAllowed);
    /// assert_eq!(code.header(), Some("Access-Control-Allow-Headers"));
    /// assert!(code.is_of_preflight() && !BlockedCode::AcaoMissing.is_of_preflight());
    /// # Ok::<(), corsac::UnknownName>(())
    /// ```
    BlockedCode:
    /// There is no `Access-Control-Allow-Origin`.
    AcaoMissing = "acao-missing",
    /// `Access-Control-Allow-Origin` is `*`, but the request carries credentials.
    AcaoWildcardWithCredentials = "acao-wildcard-with-credentials",
    /// `Access-Control-Allow-Origin` has more than one value, on one line or on several.
    AcaoMultiple = "acao-multiple",
    /// `Access-Control-Allow-Origin` is not an origin, `*` or `null`.
    AcaoInvalid = "acao-invalid",
    /// `Access-Control-Allow-Origin` is not the request's origin, byte for byte.
    AcaoMismatch = "acao-mismatch",
    /// The request carries credentials, but `Access-Control-Allow-Credentials` is not exactly
    /// `true`.
    AcacNotTrue = "acac-not-true",
    /// The script sets a header that the browser keeps for itself: it sends nothing.
    HeaderReserved = "header-reserved",
    /// The status of the preflight is not 200 to 299.
    PreflightStatus = "preflight-status",
    /// The preflight is redirected.
    PreflightRedirect = "preflight-redirect",
    /// `Access-Control-Allow-Methods` is not a list of methods.
    AcamUnparsable = "acam-unparsable",
    /// `Access-Control-Allow-Headers` is not a list of names.
    AcahUnparsable = "acah-unparsable",
    /// `Access-Control-Allow-Methods` does not list the method.
    MethodNotAllowed = "method-not-allowed",
    /// `Access-Control-Allow-Headers` does not list a header.
    HeaderNotAllowed = "header-not-allowed",
    /// A redirect leads to a URL with a user name or a password.
    RedirectUserinfo = "redirect-userinfo",
    /// A redirect leads to a URL that is neither `http:` nor `https:`.
    RedirectScheme = "redirect-scheme",
    /// There are more than 20 redirects.
    RedirectLimit = "redirect-limit",
    /// A redirect asks for a streamed body a second time.
    RedirectStream = "redirect-stream",
    /// The URL is neither `http:` nor `https:`.
    SchemeNotHttp = "scheme-not-http",
    /// The URL has another origin, but the request's mode is `same-origin`.
    ModeSameOrigin = "mode-same-origin",
    /// The URL contains a user name or a password, and `fetch()` accepts none: the script gets an
    /// exception.
    UrlUserinfo = "url-userinfo",
    /// Scripts cannot send this method: the script gets an exception.
    MethodForbidden = "method-forbidden",
    /// The method is not a token: the script gets an exception.
    MethodInvalid = "method-invalid",
    /// A header's name is not a token, or its value contains a NUL, CR or LF: the script gets an
    /// exception.
    HeaderInvalid = "header-invalid",
    /// A header of the response contains a NUL, CR or LF, or its status is not valid.
    ResponseUnparsable = "response-unparsable",
    /// There was no response: a refused connection, a bad certificate, an unknown host name.
    NetworkError = "network-error",
    /// The page has no permission to access the local network.
    LocalNetworkDenied = "local-network-denied",
    /// The page is not secure, so it cannot access the local network.
    LocalNetworkNotSecure = "local-network-not-secure",
    /// The address is not in the address space that the request named.
    LocalNetworkSpaceMismatch = "local-network-space-mismatch",
}

impl BlockedCode {
    /// Whether only the response to a preflight can fail like this.
    #[must_use]
    pub const fn is_of_preflight(self) -> bool {
        matches!(
            self,
            Self::AcamUnparsable
                | Self::AcahUnparsable
                | Self::MethodNotAllowed
                | Self::HeaderNotAllowed
                | Self::PreflightStatus
                | Self::PreflightRedirect
        )
    }

    /// The response header that it is about, if any.
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
    /// Which of the two responses at one URL it is about.
    ///
    /// ```
    /// use corsac::browser::Part;
    /// assert_eq!(Part::ALL, [Part::Preflight, Part::Response]);
    /// assert_eq!(Part::Preflight.as_str(), "preflight");
    /// ```
    Part:
    /// The response to the preflight.
    Preflight = "preflight",
    /// The response to the request itself, or the request.
    Response = "response",
}

/// Why a browser blocks a request or a response, and where.
///
/// `Display` writes one sentence, with untrusted bytes escaped.
///
/// ```
/// use corsac::browser::{Blocked, BlockedCode, Exchange, Hop, Part, Profile, Response, ScriptRequest};
///
/// let response = Response { status: 200, headers: &[(b"Access-Control-Allow-Origin", b"https://www.app.example")] };
/// let exchange = Exchange {
///     request: ScriptRequest::new(b"https://app.example", b"https://api.example/x"),
///     hops: &[Hop { response: Some(response), ..Hop::default() }],
/// };
/// let mut found: Option<Blocked> = None;
/// exchange.judge(Profile::Chromium, |blocked| found = Some(blocked));
/// let blocked = found.expect("the origins differ");
/// assert_eq!((blocked.code(), blocked.part()), (BlockedCode::AcaoMismatch, Part::Response));
/// assert_eq!((blocked.hop(), blocked.status()), (0, Some(200)));
/// assert_eq!(blocked.evidence().to_string(), "https://www.app.example");
/// ```
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

    /// In which response.
    #[must_use]
    pub const fn part(&self) -> Part {
        self.part
    }

    /// At which URL of the redirect chain, from 0.
    #[must_use]
    pub const fn hop(&self) -> usize {
        self.hop
    }

    /// The status of that response, if there is one.
    #[must_use]
    pub const fn status(&self) -> Option<u16> {
        self.status
    }

    /// The bytes that are the reason: a header's value, the method, the name of a header (in lower
    /// case), the URL of a redirect. Empty if something is missing.
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
                f.write_str("Access-Control-Allow-Origin is \"*\", but the request carries credentials")
            }
            BlockedCode::AcaoMultiple => write!(f, "Access-Control-Allow-Origin has more than one value: \"{bytes}\""),
            BlockedCode::AcaoInvalid => write!(f, "Access-Control-Allow-Origin is not a valid origin: \"{bytes}\""),
            BlockedCode::AcaoMismatch => write!(f, "Access-Control-Allow-Origin names another origin: \"{bytes}\""),
            BlockedCode::AcacNotTrue if bytes.is_empty() => {
                f.write_str("Access-Control-Allow-Credentials is missing, but the request carries credentials")
            }
            BlockedCode::AcacNotTrue => {
                write!(f, "Access-Control-Allow-Credentials is \"{bytes}\" instead of \"true\"")
            }
            BlockedCode::PreflightStatus => write!(f, "the status of the preflight is {bytes} instead of 200 to 299"),
            BlockedCode::PreflightRedirect => write!(f, "the preflight is redirected to \"{bytes}\""),
            BlockedCode::AcamUnparsable => {
                write!(f, "Access-Control-Allow-Methods contains \"{bytes}\", which is not a method")
            }
            BlockedCode::AcahUnparsable => {
                write!(f, "Access-Control-Allow-Headers contains \"{bytes}\", which is not a header name")
            }
            BlockedCode::MethodNotAllowed => write!(f, "Access-Control-Allow-Methods does not list \"{bytes}\""),
            BlockedCode::HeaderNotAllowed => write!(f, "Access-Control-Allow-Headers does not list \"{bytes}\""),
            BlockedCode::RedirectUserinfo => {
                write!(f, "the redirect leads to a URL with a user name or a password: \"{bytes}\"")
            }
            BlockedCode::RedirectScheme => {
                write!(f, "the redirect leads to \"{bytes}\", which is not an http: or https: URL")
            }
            BlockedCode::RedirectLimit => f.write_str("there are more than 20 redirects"),
            BlockedCode::RedirectStream => {
                f.write_str("a streamed body cannot be sent a second time after the redirect")
            }
            BlockedCode::SchemeNotHttp => write!(f, "the URL \"{bytes}\" is not http: or https:"),
            BlockedCode::ModeSameOrigin => f.write_str("the URL has another origin, but the mode is \"same-origin\""),
            BlockedCode::HeaderReserved => write!(f, "the browser keeps the header \"{bytes}\" for itself"),
            BlockedCode::UrlUserinfo => {
                write!(f, "the URL \"{bytes}\" contains a user name or a password, which fetch() does not accept")
            }
            BlockedCode::MethodForbidden => write!(f, "scripts cannot send the method \"{bytes}\" in this mode"),
            BlockedCode::MethodInvalid => write!(f, "\"{bytes}\" is not a valid method"),
            BlockedCode::HeaderInvalid => write!(f, "\"{bytes}\" is not a valid header name or value"),
            BlockedCode::ResponseUnparsable => write!(f, "the browser cannot read the response: \"{bytes}\""),
            BlockedCode::NetworkError => f.write_str("there was no response"),
            BlockedCode::LocalNetworkDenied => f.write_str("the page has no permission to access the local network"),
            BlockedCode::LocalNetworkNotSecure => {
                f.write_str("a page that is not secure cannot access the local network")
            }
            BlockedCode::LocalNetworkSpaceMismatch => {
                f.write_str("the address is not in the address space that the request named")
            }
        }
    }
}
