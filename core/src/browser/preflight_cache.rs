//! Which later requests a cached preflight covers
//! ([Fetch 4.9](https://fetch.spec.whatwg.org/#cors-preflight-cache)). Each engine has its own
//! rules.

use super::blocked::BlockedCode;
use super::exchange::Exchange;
use super::judge::{refused, unparsable};
use super::message::{ALLOW_METHODS, Fields};
use super::preflight_check::{AllowedHeaders, Wildcard, max_age};
use super::profile::Profile;
use super::script::{Credentials, ScriptRequest};
use super::step::{Step, Tainting};
use crate::syntax::listed::is_one_of;
use crate::syntax::method::is_safelisted;

/// Bytes of the URLs that Chromium does not cache (`kMaxKeyLength` of `preflight_cache.cc`).
const CHROMIUM_URL_MAX: usize = 1024;

impl Exchange<'_> {
    /// Whether a later request, this many milliseconds after the exchange, needs a preflight of its
    /// own at its first URL. The browser's caches were empty before the exchange, and there were no
    /// other requests in between.
    ///
    /// ```
    /// use corsac::browser::{Exchange, Hop, Profile, Response, ScriptRequest};
    ///
    /// let preflight = Response {
    ///     status: 204,
    ///     headers: &[
    ///         (b"Access-Control-Allow-Origin", b"https://app.example"),
    ///         (b"Access-Control-Allow-Methods", b"PUT"),
    ///         (b"Access-Control-Max-Age", b"60"),
    ///     ],
    /// };
    /// let request = ScriptRequest { method: b"PUT", ..ScriptRequest::new(b"https://app.example", b"https://api.example/x") };
    /// let exchange = Exchange { request, hops: &[Hop { preflight: Some(preflight), ..Hop::default() }] };
    /// assert!(!exchange.needs_preflight_after(Profile::Spec, &request, 59_000));
    /// assert!(exchange.needs_preflight_after(Profile::Spec, &request, 61_000));
    /// let other = ScriptRequest { method: b"DELETE", ..request };
    /// assert!(exchange.needs_preflight_after(Profile::Spec, &other, 1000));
    /// ```
    #[must_use]
    pub fn needs_preflight_after(&self, profile: Profile, later: &ScriptRequest<'_>, milliseconds: u64) -> bool {
        let later = Step::first(*later);
        if later.request().thrown().is_some() || refused(profile, &later).is_some() || !later.needs_preflight(profile) {
            return false;
        }
        // A script that makes its request conditional turns caches off: in Firefox only with fetch().
        let turns_off = match profile {
            Profile::Chromium => true,
            Profile::Firefox => !later.request().is_xhr(),
            Profile::Spec | Profile::WebKit => false,
        };
        if turns_off && is_conditional(later.request()) {
            return true;
        }
        if self.request.thrown().is_some() {
            return true;
        }
        let mut failed_at = None;
        self.judge(profile, |blocked| {
            failed_at.get_or_insert(blocked.hop());
        });
        // A network error clears the entries of the URL at which it happens; Chromium and WebKit
        // keep them.
        let clears = matches!(profile, Profile::Spec | Profile::Firefox);
        let mut is_covered = false;
        for step in self.steps() {
            if refused(profile, &step).is_some() {
                break;
            }
            is_covered |= self.covers(profile, &step, &later, milliseconds);
            if failed_at == Some(step.hop()) {
                is_covered &= !clears || step.whole_url() != later.whole_url();
                break;
            }
        }
        !is_covered
    }

    fn covers(&self, profile: Profile, step: &Step<'_>, later: &Step<'_>, milliseconds: u64) -> bool {
        let hop = self.hop(step.hop());
        let Some(preflight) = hop.preflight.filter(|_| step.needs_preflight(profile)) else { return false };
        let fields = hop.preflight_fields(step.names(profile));
        if unparsable(profile, preflight, fields, step).is_some() {
            return false;
        }
        // A failed preflight is not cached. WebKit caches it before it checks the method and the
        // headers.
        let mut failed = false;
        super::preflight_check::check_preflight(profile, step, preflight, &mut |code, _| {
            let is_late = matches!(code, BlockedCode::MethodNotAllowed | BlockedCode::HeaderNotAllowed);
            failed |= profile != Profile::WebKit || !is_late;
        });
        let is_fresh = milliseconds < u64::from(max_age(profile, fields)).saturating_mul(1000);
        let stored = step.request().credentials == Credentials::Include;
        let includes = later.request().credentials == Credentials::Include;
        let is_same = match profile {
            Profile::Firefox => stored == includes,
            _ => stored || !includes,
        };
        // Chromium caches nothing for opaque origins and for long URLs.
        let is_kept = profile != Profile::Chromium
            || (later.request().origin != b"null" && later.whole_url().len() < CHROMIUM_URL_MAX);
        !failed
            && is_kept
            && is_fresh
            && is_same
            && step.tainting() == Tainting::Cors
            && step.whole_url() == later.whole_url()
            && step.serialized_origin() == later.serialized_origin()
            && covers_method(profile, step, later, fields, includes)
            && covers_headers(profile, later, fields, includes)
    }
}

fn is_conditional(request: &ScriptRequest<'_>) -> bool {
    let names = b"if-match,if-modified-since,if-none-match,if-range,if-unmodified-since";
    request.kept().any(|(name, _)| is_one_of(name, names))
}

fn covers_method(profile: Profile, step: &Step<'_>, later: &Step<'_>, fields: Fields<'_>, includes: bool) -> bool {
    let method = later.method();
    let wildcard = match profile {
        // An entry for `*` covers every method, even one from a preflight with credentials.
        Profile::Spec => true,
        Profile::Firefox => false,
        Profile::Chromium | Profile::WebKit => !includes,
    };
    let is_listed =
        fields.elements(ALLOW_METHODS).flatten().any(|listed| listed == method || (wildcard && listed == b"*"));
    let is_unlisted = fields.values(ALLOW_METHODS).next().is_none();
    let is_free = match profile {
        Profile::Spec => is_safelisted(method) && !later.always_asks(profile),
        Profile::Firefox => matches!(method, b"GET" | b"POST"),
        Profile::Chromium | Profile::WebKit => is_safelisted(method),
    };
    let is_own = profile == Profile::Spec && is_unlisted && step.always_asks(profile) && step.method() == method;
    is_listed || is_free || is_own
}

fn covers_headers(profile: Profile, later: &Step<'_>, fields: Fields<'_>, includes: bool) -> bool {
    let wildcard = match profile {
        Profile::Spec => Wildcard::AllButAuthorization,
        Profile::Chromium if !includes => Wildcard::AllButAuthorization,
        Profile::WebKit if !includes => Wildcard::All,
        _ => Wildcard::Nothing,
    };
    let covered = AllowedHeaders::new(later.request(), fields, wildcard);
    let requested = later.requested_headers(profile);
    requested.places().all(|place| requested.at(place).is_none_or(|name| covered.includes(place, name)))
}
