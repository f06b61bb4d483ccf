//! What each browser writes to its console about a failure, word for word.

use core::fmt;

use super::blocked::{Blocked, BlockedCode, Part};
use super::console_text::{
    CHROMIUM, CHROMIUM_PREFLIGHT, CHROMIUM_SAME_ORIGIN, CHROMIUM_SCHEMES, FIREFOX, FIREFOX_MULTIPLE,
    FIREFOX_NO_SUCCESS, FIREFOX_START, FOR_FETCH, FOR_XHR, Tail, WEBKIT, WEBKIT_ALONE, WEBKIT_NOT_ALLOWED,
    WEBKIT_REDIRECT,
};
use super::cors_check::is_repeated;
use super::exchange::Exchange;
use super::message::{ALLOW_HEADERS, ALLOW_METHODS, Evidence, Fields, LOCATION, Names};
use super::profile::Profile;
use super::scheme_words::{chromium_names_redirect, is_own_blob, is_refused_unread, names_first};
use super::script::Mode;
use super::step::{Step, Tainting};
use super::text::split_once;
use super::url::{Url, are_same_origin};
use super::url_text::Target;
use super::webkit_name::known_to_webkit;
use super::webkit_scheme;
use crate::browser::blocked::BlockedCode as Code;

/// The console message of one browser for one failure.
///
/// `Display` writes it; bytes outside 0x20..=0x7E are written `\u00NN`, as Chromium does.
///
/// ```
/// use corsac::browser::{Console, Exchange, Hop, Profile, Response, ScriptRequest};
///
/// let exchange = Exchange {
///     request: ScriptRequest::new(b"https://app.example", b"https://api.example/x"),
///     hops: &[Hop { response: Some(Response { status: 200, headers: &[] }), ..Hop::default() }],
/// };
/// let mut shown = String::new();
/// exchange.judge(Profile::WebKit, |blocked| {
///     let console: Option<Console> = exchange.console(Profile::WebKit, &blocked);
///     shown = console.map_or(String::new(), |console| console.to_string());
/// });
/// assert_eq!(shown, "Origin https://app.example is not allowed by Access-Control-Allow-Origin. Status code: 200");
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Console<'a> {
    profile: Profile,
    exchange: Exchange<'a>,
    blocked: Blocked<'a>,
}

impl<'a> Exchange<'a> {
    /// What this browser's console says about a failure that [`judge`](Self::judge) reported for
    /// it. `None` if it says nothing of its own.
    ///
    /// ```
    /// use corsac::browser::{Exchange, Hop, Profile, Response, ScriptRequest};
    ///
    /// let hops = [Hop { response: Some(Response { status: 200, headers: &[] }), ..Hop::default() }];
    /// let exchange = Exchange { request: ScriptRequest::new(b"https://app.example", b"https://api.example/x"), hops: &hops };
    /// exchange.judge(Profile::Chromium, |blocked| {
    ///     assert_eq!(
    ///         exchange.console(Profile::Chromium, &blocked).unwrap().to_string(),
    ///         "Access to fetch at 'https://api.example/x' from origin 'https://app.example' has been blocked by CORS policy: \
    ///          No 'Access-Control-Allow-Origin' header is present on the requested resource."
    ///     );
    /// });
    /// ```
    #[must_use]
    pub fn console(&self, profile: Profile, blocked: &Blocked<'a>) -> Option<Console<'a>> {
        let console = Console { profile, exchange: *self, blocked: *blocked };
        console.reason().map(|_| console)
    }
}

impl<'a> Console<'a> {
    fn reason(&self) -> Option<(&'static str, Tail)> {
        let table = match self.profile {
            Profile::Spec => return None,
            Profile::Chromium => CHROMIUM,
            Profile::Firefox => FIREFOX,
            Profile::WebKit => WEBKIT,
        };
        let code = self.blocked.code;
        let evidence = self.blocked.evidence;
        if code == Code::AcaoMultiple && self.profile == Profile::Firefox && self.is_repeated() {
            return Some((FIREFOX_MULTIPLE, Tail::Nothing));
        }
        // WebKit looks for a comma alone.
        if code == Code::AcaoMultiple && self.profile == Profile::WebKit && !evidence.holds(|b| b == b',') {
            return Some((WEBKIT_NOT_ALLOWED, Tail::Status));
        }
        match (self.profile, code) {
            // Chromium says nothing about CORS if the redirect never gets that far.
            (Profile::Chromium, Code::RedirectScheme) => {
                let status = self.exchange.hop(self.blocked.hop).response.map(|response| response.status);
                let is_named = self.step().is_some_and(|step| chromium_names_redirect(&step, status, self.target()));
                return is_named.then_some((CHROMIUM_SCHEMES, Tail::Nothing));
            }
            (Profile::WebKit, Code::SchemeNotHttp) if self.exchange.request.mode == Mode::NoCors => {
                return webkit_scheme::first_in_no_cors(&self.exchange.request);
            }
            (_, Code::SchemeNotHttp) if !names_first(self.profile, &self.exchange.request) => return None,
            (Profile::Chromium, Code::PreflightRedirect) if self.preflight_target() == Target::Invalid => return None,
            (Profile::Firefox, Code::PreflightRedirect) if self.preflight_target() != Target::Http => {
                return Some((FIREFOX_NO_SUCCESS, Tail::Status));
            }
            (Profile::Chromium, Code::ModeSameOrigin) => {
                let is_named = self.blocked.hop == 0 && !is_own_blob(&self.exchange.request, self.exchange.request.url);
                return is_named.then_some((CHROMIUM_SAME_ORIGIN, Tail::Nothing));
            }
            (Profile::Chromium, Code::RedirectUserinfo) if !self.is_cors_redirect() => return None,
            (Profile::Firefox, Code::RedirectScheme) if is_refused_unread(self.profile, self.target()) => {
                return self.is_cors_step().then_some((FIREFOX_NO_SUCCESS, Tail::Status));
            }
            (Profile::Firefox, Code::RedirectUserinfo | Code::RedirectLimit) => {
                return self.is_cors_step().then_some((FIREFOX_NO_SUCCESS, Tail::Status));
            }
            (Profile::Firefox, Code::RedirectScheme) if self.exchange.request.mode != Mode::Cors => {
                return None;
            }
            (Profile::WebKit, Code::RedirectScheme) => {
                let words = self.step().and_then(|step| webkit_scheme::redirect(&step, self.target()));
                if let Some(words) = words {
                    return words;
                }
            }
            _ => {}
        }
        table.iter().find(|reason| reason.code == code).map(|reason| (reason.text, reason.tail))
    }

    /// Whether Firefox found several lines. Chromium reads other names, but shows nothing that depends on them.
    fn is_repeated(&self) -> bool {
        let hop = self.exchange.hop(self.blocked.hop);
        let fields = match self.blocked.part {
            Part::Preflight => hop.preflight_fields(Names::Whole),
            Part::Response => hop.fields(Names::Whole),
        };
        is_repeated(fields, self.exchange.request.http_version)
    }

    /// Where the response to the preflight redirects to.
    fn preflight_target(&self) -> Target {
        self.blocked.evidence.as_slice().map_or(Target::Http, Target::of)
    }

    fn step(&self) -> Option<Step<'a>> {
        self.exchange.steps().find(|step| step.hop() == self.blocked.hop)
    }

    fn is_cors_step(&self) -> bool {
        self.step().is_some_and(|step| step.tainting() == Tainting::Cors)
    }

    /// Whether Chromium checks this redirect by the rules of CORS.
    fn is_cors_redirect(&self) -> bool {
        let is_own = || are_same_origin(self.exchange.request.origin, self.target());
        let is_basic = |step: Step<'_>| step.tainting() == Tainting::Basic && is_own();
        self.exchange.request.mode == Mode::Cors && !self.step().is_some_and(is_basic)
    }

    fn url_of(&self, hop: usize) -> &'a [u8] {
        self.exchange.url_of(hop)
    }

    /// The response is a redirect, and its target is known.
    fn is_redirect(&self) -> bool {
        let next = self.blocked.hop.saturating_add(1);
        let is_redirect = self.exchange.hop(self.blocked.hop).response.is_some_and(|response| response.is_redirect());
        self.blocked.part == Part::Response && is_redirect && self.exchange.hops.get(next).is_some()
    }

    /// A header of the response to the preflight, all its lines as one value.
    fn of_preflight(&self, name: &'static str) -> Evidence<'a> {
        let fields = self.exchange.hop(self.blocked.hop).preflight_fields(Names::Whole);
        fields.combined(name).unwrap_or(self.blocked.evidence)
    }

    /// The name of a request header, as WebKit or else the script writes it.
    fn script_name(&self) -> &'a [u8] {
        let name = self.blocked.evidence.as_slice().unwrap_or(b"");
        known_to_webkit(name).unwrap_or(name)
    }

    /// Where the redirect leads.
    fn target(&self) -> &'a [u8] {
        self.url_of(self.blocked.hop.saturating_add(1))
    }

    /// The same, or what the server wrote if that is not a URL.
    fn shown_target(&self) -> &'a [u8] {
        let lines = self.exchange.hop(self.blocked.hop).response.map_or(&[][..], |response| response.headers);
        let written = || Fields::new(Names::Whole, lines, &[]).values(LOCATION).next().unwrap_or(b"");
        Some(self.target()).filter(|target| !target.is_empty()).unwrap_or_else(written)
    }

    /// The URL that the message names.
    fn url(&self) -> &'a [u8] {
        match (self.profile, self.blocked.code) {
            (Profile::Firefox, Code::RedirectScheme) if is_refused_unread(self.profile, self.target()) => {
                self.url_of(self.blocked.hop)
            }
            (_, Code::RedirectScheme) => self.target(),
            _ => self.url_of(self.blocked.hop),
        }
    }
}

impl fmt::Display for Console<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some((text, tail)) = self.reason() else { return Ok(()) };
        let request = &self.exchange.request;
        let slice = Evidence::slice;
        let is_xhr = request.is_xhr();
        let hint = match (self.profile, self.blocked.code) {
            (Profile::WebKit, Code::AcaoMissing | Code::AcaoMismatch | Code::AcaoInvalid | Code::AcaoMultiple) => {
                slice(self.step().map_or(request.origin, |step| step.serialized_origin()))
            }
            (Profile::WebKit, Code::AcamUnparsable) => self.of_preflight(ALLOW_METHODS),
            (Profile::WebKit, Code::AcahUnparsable) => self.of_preflight(ALLOW_HEADERS),
            (Profile::WebKit, Code::HeaderNotAllowed) => slice(self.script_name()),
            // Chromium leaves it out.
            (Profile::Chromium, Code::RedirectUserinfo) => slice(b""),
            _ => self.blocked.evidence,
        };
        let (before, after) = split_once(text, "{}").unwrap_or((text, ""));
        let has_hint = before.len() != text.len();
        match self.profile {
            Profile::Chromium => {
                let url = self.url();
                if self.blocked.code == Code::ModeSameOrigin {
                    write!(f, "Fetch API cannot load {}. ", Elided(url))?;
                    f.write_str(before)?;
                    return write!(f, "{}.", Shown(slice(request.origin)));
                }
                if let (false, Code::SchemeNotHttp) = (is_xhr, self.blocked.code) {
                    let scheme = Url::parse(url).map_or(&b""[..], |url| url.scheme);
                    let (url, scheme) = (Elided(url), Shown(slice(scheme)));
                    return write!(f, "Fetch API cannot load {url}. URL scheme \"{scheme}\" is not supported.");
                }
                f.write_str(if is_xhr { "Access to XMLHttpRequest at '" } else { "Access to fetch at '" })?;
                write!(f, "{}' ", Shown(slice(url)))?;
                if url != request.url {
                    write!(f, "(redirected from '{}') ", Shown(slice(request.url)))?;
                }
                write!(f, "from origin '{}' has been blocked by CORS policy: ", Shown(slice(request.origin)))?;
                if self.blocked.part == Part::Preflight && is_access_check(self.blocked.code) {
                    f.write_str(CHROMIUM_PREFLIGHT)?;
                }
            }
            Profile::Firefox => {
                let is_quoted = self.blocked.code == Code::AcaoWildcardWithCredentials;
                f.write_str(FIREFOX_START)?;
                f.write_str(if is_quoted { "‘" } else { "" })?;
                write!(f, "{}", Shown(slice(self.url())))?;
                f.write_str(if is_quoted { "’. (Reason: " } else { ". (Reason: " })?;
            }
            Profile::WebKit if self.is_redirect() && !WEBKIT_ALONE.contains(&text) => {
                let (start, end) = WEBKIT_REDIRECT;
                f.write_str(start)?;
                let target = self.shown_target();
                without_user_info(target).try_for_each(|part| write!(f, "{}", Shown(slice(part))))?;
                f.write_str(end)?;
            }
            Profile::Spec | Profile::WebKit => {}
        }
        f.write_str(before)?;
        if has_hint {
            write!(f, "{}", Shown(hint))?;
            f.write_str(after)?;
        }
        match (self.profile, tail) {
            (Profile::Chromium, Tail::ForFetch) if !is_xhr => f.write_str(FOR_FETCH),
            (Profile::Chromium, Tail::ForXhr) if is_xhr => f.write_str(FOR_XHR),
            (Profile::Firefox, Tail::Status) => match self.blocked.status.filter(|_| text != FIREFOX_NO_SUCCESS) {
                Some(status) => write!(f, "). Status code: {status}."),
                None => f.write_str("). Status code: (null)."),
            },
            (Profile::Firefox, _) => f.write_str(")."),
            (Profile::WebKit, Tail::ForFetch) if !is_xhr => f.write_str("."),
            (Profile::WebKit, Tail::Status) => write!(f, " Status code: {}", self.blocked.status.unwrap_or(0)),
            _ => Ok(()),
        }
    }
}

/// The checks that Chromium runs on a preflight as it does on any response.
fn is_access_check(code: BlockedCode) -> bool {
    matches!(
        code,
        Code::AcaoMissing
            | Code::AcaoWildcardWithCredentials
            | Code::AcaoMultiple
            | Code::AcaoInvalid
            | Code::AcaoMismatch
            | Code::AcacNotTrue
            | Code::PreflightStatus
            | Code::PreflightRedirect
    )
}

/// A URL in two parts, without the user name and password before `@`.
fn without_user_info(url: &[u8]) -> impl Iterator<Item = &[u8]> {
    let info = Url::parse(url)
        .map_or(0, |url| if url.user_info.is_empty() { 0 } else { url.user_info.len().saturating_add(1) });
    let start = Url::parse(url).map_or(0, |url| url.scheme.len().saturating_add(3)).min(url.len());
    let rest = start.saturating_add(info).min(url.len());
    [url.get(..start), url.get(rest..)].into_iter().flatten()
}

/// A URL as Chromium's script engine shows it: the middle of a long one is left out
/// (`KURL::ElidedString`).
struct Elided<'a>(&'a [u8]);

impl fmt::Display for Elided<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const LONG: usize = 1024;
        let (start, end) = (self.0.get(..511), self.0.len().checked_sub(510).and_then(|from| self.0.get(from..)));
        match (start, end) {
            (Some(start), Some(end)) if self.0.len() > LONG => {
                write!(f, "{}...{}", Shown(Evidence::slice(start)), Shown(Evidence::slice(end)))
            }
            _ => write!(f, "{}", Shown(Evidence::slice(self.0))),
        }
    }
}

/// Bytes as a console shows them.
pub(super) struct Shown<'a>(pub(super) Evidence<'a>);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.bytes().try_for_each(|b| match b {
            0x20..=0x7E => fmt::Write::write_char(f, char::from(b)),
            _ => write!(f, "\\u{b:04X}"),
        })
    }
}
