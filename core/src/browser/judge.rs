//! The judgement of an exchange: may the script read the response in this browser, and if not, why
//! ([Fetch 4.1](https://fetch.spec.whatwg.org/#main-fetch)).

use super::blocked::{Blocked, BlockedCode, Part};
use super::cors_check::{Refusals, check_cors};
use super::exchange::{Exchange, Hop, Judgement, PreflightOutcome, Verdict};
use super::message::{Evidence, Fields, LOCATION, Response};
use super::preflight_check::{check_preflight, max_age};
use super::profile::Profile;
use super::scheme_words::is_refused_unread;
use super::script::{Credentials, Mode};
use super::step::{Step, Tainting};
use super::url::{Url, are_same_origin};
use crate::syntax::listed::is_one_of;

/// The most redirects that a browser follows
/// ([Fetch 4.4](https://fetch.spec.whatwg.org/#http-redirect-fetch), step 7).
const REDIRECTS_MAX: usize = 20;

impl<'a> Exchange<'a> {
    /// Judges everything that is known. `on_blocked` gets each failure, in the order in which this
    /// browser finds them: its console names the first one.
    pub fn judge(&self, profile: Profile, mut on_blocked: impl FnMut(Blocked<'a>)) -> Judgement {
        self.judge_all(profile, &mut on_blocked)
    }

    /// One copy of the code for all callers.
    fn judge_all(&self, profile: Profile, on_blocked: &mut dyn FnMut(Blocked<'a>)) -> Judgement {
        let mut judgement =
            Judgement { verdict: Verdict::Allowed, preflight: PreflightOutcome::NotNeeded, cache_seconds: None };
        let mut report = Report { blocked: false, on_blocked };
        if let Some((code, bytes)) = self.request.exception() {
            report.add(code, Part::Response, 0, None, Evidence::slice(bytes));
            return Judgement { verdict: Verdict::Throws, ..judgement };
        }
        let mut steps = self.steps().peekable();
        let mut is_complete = true;
        let mut again = None;
        while let Some(step) = steps.next() {
            if let Some((code, evidence)) = refused(profile, &step) {
                report.add(code, Part::Response, step.hop(), None, evidence);
                break;
            }
            let (hop, names) = (self.hop(step.hop()), step.names(profile));
            let outcome = judge_preflight(profile, &step, &hop, &mut report, &mut judgement.cache_seconds);
            judgement.preflight = judgement.preflight.max(outcome);
            is_complete &= outcome != PreflightOutcome::Missing;
            if let Some(before) = again.take() {
                judge_again(&before, &self.hop(before.hop()), &mut report);
            }
            let is_redirect = hop.response.is_some_and(|response| response.is_redirect());
            let next = steps.peek().filter(|_| hop.response.is_none() || is_redirect);
            let refused = next.and_then(|next| refused_redirect(profile, &step, next, hop.response));
            let status = hop.response.map(|response| response.status);
            let refuse = |report: &mut Report<'_, 'a>| {
                if let Some((code, evidence)) = refused {
                    report.add(code, Part::Response, step.hop(), status, evidence);
                }
            };
            // What no HTTP parser accepts leads nowhere.
            let is_read =
                hop.response.is_none_or(|response| unparsable(profile, response, hop.fields(names), &step).is_none());
            let is_early = is_read && next.is_some_and(|next| is_refused_unread(profile, next.url()));
            if is_early {
                refuse(&mut report);
            }
            judge_response(profile, &step, &hop, &mut report);
            if !is_early {
                // WebKit finds the user name in a redirect of the page's own origin only after the
                // preflight at the new URL.
                if let (Some(next), Some((BlockedCode::RedirectUserinfo, _)), Tainting::Basic, Profile::WebKit) =
                    (next, refused, step.tainting(), profile)
                {
                    judge_preflight(profile, next, &self.hop(next.hop()), &mut report, &mut None);
                }
                refuse(&mut report);
            }
            again = next.and(is_looked_at_again(profile, &step).then_some(step));
            if refused.is_some() {
                break;
            }
            match next {
                Some(_) => {}
                None => {
                    // The target of the redirect is unknown.
                    is_complete &= !(is_redirect && hop.fields(names).values(LOCATION).next().is_some());
                    if step.tainting() == Tainting::Opaque {
                        judgement.verdict = Verdict::Opaque;
                    }
                    is_complete &= hop.response.is_some();
                    break;
                }
            }
            is_complete &= hop.response.is_some();
        }
        if report.blocked {
            judgement.verdict = Verdict::Blocked;
        } else if !is_complete {
            judgement.verdict = Verdict::Incomplete;
        }
        judgement
    }
}

/// Passes failures to the caller, and remembers that there were some.
pub(super) struct Report<'f, 'a> {
    blocked: bool,
    on_blocked: &'f mut dyn FnMut(Blocked<'a>),
}

impl<'a> Report<'_, 'a> {
    fn add(&mut self, code: BlockedCode, part: Part, hop: usize, status: Option<u16>, evidence: Evidence<'a>) {
        self.blocked = true;
        (self.on_blocked)(Blocked { code, part, hop, status, evidence });
    }
}

/// A URL to which nothing is sent at all.
pub(super) fn refused<'a>(profile: Profile, step: &Step<'a>) -> Option<(BlockedCode, Evidence<'a>)> {
    let is_http = || Url::parse(step.url()).is_some_and(Url::is_http);
    let code = match step.tainting() {
        // By the standard and in Firefox, a script gets about:blank in mode no-cors.
        Tainting::Opaque if matches!(profile, Profile::Chromium | Profile::WebKit) && !is_http() => {
            Some(BlockedCode::SchemeNotHttp)
        }
        Tainting::Refused if step.request().mode == Mode::SameOrigin => Some(BlockedCode::ModeSameOrigin),
        Tainting::Refused => Some(BlockedCode::SchemeNotHttp),
        _ => None,
    };
    let by_url = code.map(|code| (code, Evidence::slice(step.url())));
    let by_header = reserved(profile, step).map(|name| (BlockedCode::HeaderReserved, Evidence::lower_case(name)));
    // Chromium's network stack looks at the headers first. Of fetch(), its script engine looks at
    // the URL before that.
    if step.request().is_xhr() { by_header.or(by_url) } else { by_url.or(by_header) }
}

/// The header because of which Chromium sends nothing: its network stack alone sets it.
fn reserved<'a>(profile: Profile, step: &Step<'a>) -> Option<&'a [u8]> {
    let mut names = step.request().kept().map(|(name, _)| name).filter(|_| profile == Profile::Chromium);
    names.find(|name| is_one_of(name, b"available-dictionary"))
}

/// A redirect that is not followed
/// ([Fetch 4.4](https://fetch.spec.whatwg.org/#http-redirect-fetch)).
fn refused_redirect<'a>(
    profile: Profile,
    from: &Step<'a>,
    to: &Step<'a>,
    response: Option<Response<'a>>,
) -> Option<(BlockedCode, Evidence<'a>)> {
    let url = Url::parse(to.url());
    let is_own = are_same_origin(from.request().origin, to.url());
    // With fetch(), Chromium follows no such redirect at all.
    let is_guarded = (profile == Profile::Chromium && !from.request().is_xhr())
        || (from.request().mode == Mode::Cors && (!is_own || from.tainting() == Tainting::Cors));
    let is_limit = to.hop() > REDIRECTS_MAX;
    let has_user_info = is_guarded && url.is_some_and(Url::has_user_info);
    // WebKit counts first, where it does not follow the redirect by the rules of CORS. Otherwise it counts last.
    let is_webkit = profile == Profile::WebKit;
    let is_cors = from.tainting() == Tainting::Cors;
    let counts_first = is_webkit && !is_cors && !is_refused_unread(profile, to.url());
    let code = if is_limit && counts_first {
        BlockedCode::RedirectLimit
    } else if !url.is_some_and(Url::is_http) {
        BlockedCode::RedirectScheme
    } else if is_limit && !(is_webkit && is_cors && has_user_info) {
        BlockedCode::RedirectLimit
    } else if has_user_info {
        BlockedCode::RedirectUserinfo
    } else if from.request().stream_body && response.is_some_and(|response| response.status != 303) {
        BlockedCode::RedirectStream
    } else {
        return None;
    };
    Some((code, Evidence::slice(to.url())))
}

fn judge_preflight<'a>(
    profile: Profile,
    step: &Step<'a>,
    hop: &Hop<'a>,
    report: &mut Report<'_, 'a>,
    cache_seconds: &mut Option<u32>,
) -> PreflightOutcome {
    if !step.needs_preflight(profile) {
        return PreflightOutcome::NotNeeded;
    }
    let Some(preflight) = hop.preflight else { return PreflightOutcome::Missing };
    let mut failed = false;
    let mut on = |code, evidence| {
        failed = true;
        report.add(code, Part::Preflight, step.hop(), Some(preflight.status), evidence);
    };
    if let Some(evidence) = unparsable(profile, preflight, hop.preflight_fields(step.names(profile)), step) {
        on(BlockedCode::ResponseUnparsable, evidence);
    } else {
        check_preflight(profile, step, preflight, &mut on);
    }
    if failed {
        return PreflightOutcome::Failed;
    }
    *cache_seconds = Some(max_age(profile, hop.preflight_fields(step.names(profile))));
    PreflightOutcome::Passed
}

fn judge_response<'a>(profile: Profile, step: &Step<'a>, hop: &Hop<'a>, report: &mut Report<'_, 'a>) {
    let Some(response) = hop.response else { return };
    let mut on = |code, evidence| report.add(code, Part::Response, step.hop(), Some(response.status), evidence);
    let fields = hop.fields(step.names(profile));
    if let Some(evidence) = unparsable(profile, response, fields, step) {
        on(BlockedCode::ResponseUnparsable, evidence);
    } else if step.tainting() == Tainting::Cors {
        let credentials = step.request().credentials == Credentials::Include;
        let refusals: Refusals<'_, 'a> = &mut on;
        check_cors(profile, step.wanted(step.serialized_origin(), credentials), fields, refusals);
    }
}

/// Whether WebKit checks this redirect a second time, after the preflight of the next URL, as if
/// the request still carried cookies. It does so if the chain began at the page's own origin, where
/// the request carried them.
fn is_looked_at_again(profile: Profile, step: &Step<'_>) -> bool {
    profile == Profile::WebKit
        && step.request().credentials == Credentials::SameOrigin
        && step.tainting() == Tainting::Cors
        && Step::first(*step.request()).tainting() == Tainting::Basic
}

fn judge_again<'a>(step: &Step<'a>, hop: &Hop<'a>, report: &mut Report<'_, 'a>) {
    let Some(response) = hop.response else { return };
    let wanted = step.wanted(step.serialized_origin(), true);
    check_cors(Profile::WebKit, wanted, hop.fields(step.names(Profile::WebKit)), &mut |code, evidence| {
        // The other failures were reported the first time.
        if matches!(code, BlockedCode::AcaoWildcardWithCredentials | BlockedCode::AcacNotTrue) {
            report.add(code, Part::Response, step.hop(), Some(response.status), evidence);
        }
    });
}

/// What no HTTP parser accepts. Chromium does not accept a 407 either, unless it is from a proxy.
pub(super) fn unparsable<'a>(
    profile: Profile,
    response: Response<'a>,
    fields: Fields<'a>,
    step: &Step<'a>,
) -> Option<Evidence<'a>> {
    // Nothing is parsed where no server is asked.
    if !Url::parse(step.url()).is_some_and(Url::is_http) {
        return None;
    }
    let is_unexpected = profile == Profile::Chromium && response.status == 407;
    if (100..=999).contains(&response.status) && !is_unexpected {
        fields.unparsable(profile, step.request().http_version).map(Evidence::slice)
    } else {
        Some(Evidence::status(response.status))
    }
}
