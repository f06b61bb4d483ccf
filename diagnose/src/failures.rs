//! The verdicts of all profiles of the browser model on one exchange, with each failure once.

use std::collections::BTreeMap;

use corsac::browser::{Blocked, Cause, Causes, Exchange, Judgement, Part, Profile};

/// One failure, in the profiles in which it is one.
///
/// ```
/// use corsac::browser::{Cause, Exchange, Hop, Profile, Response, ScriptRequest};
/// use corsac_diagnose::{Failure, judge};
/// let hops = [Hop { response: Some(Response { status: 200, headers: &[] }), ..Hop::default() }];
/// let exchange = Exchange { request: ScriptRequest::new(b"https://app.example", b"https://api.example/x"), hops: &hops };
/// let (_, failures) = judge(&exchange);
/// let failure: &Failure = &failures[0];
/// assert_eq!((failure.blocked.code().as_str(), failure.cause), ("acao-missing", Cause::NoCorsHeaders));
/// assert_eq!(failure.first_in, Profile::ALL);
/// ```
#[derive(Clone, Debug)]
pub struct Failure<'a> {
    /// The failure, as the first of these profiles reports it.
    pub blocked: Blocked<'a>,
    /// The likely mistake behind it.
    pub cause: Cause,
    /// The profiles, in the order of [`Profile::ALL`].
    pub profiles: Vec<Profile>,
    /// The profiles that find it before any other failure.
    pub first_in: Vec<Profile>,
}

/// Judges an exchange in every profile of [`Profile::ALL`], in that order. The failures are sorted by URL, and those of a preflight come before
/// those of its response.
///
/// The time grows with the number of header lines and of failures.
///
/// ```
/// use corsac::browser::{Exchange, Hop, Response, ScriptRequest};
/// let hops = [Hop { response: Some(Response { status: 200, headers: &[] }), ..Hop::default() }];
/// let exchange = Exchange { request: ScriptRequest::new(b"https://app.example", b"https://api.example/x"), hops: &hops };
/// let (_, failures) = corsac_diagnose::judge(&exchange);
/// assert_eq!((failures.len(), failures[0].profiles.len()), (1, 4));
/// ```
#[must_use]
pub fn judge<'a>(exchange: &Exchange<'a>) -> ([Judgement; 4], Vec<Failure<'a>>) {
    let mut failures: Vec<Failure<'a>> = Vec::new();
    let mut known = BTreeMap::new();
    let mut causes = Causes::new(*exchange);
    let judgements = Profile::ALL.map(|profile| {
        let mut is_first = true;
        exchange.judge(profile, |blocked| {
            let place = *known.entry(key(&blocked)).or_insert_with(|| {
                let cause = of_store(exchange, &blocked, causes.of(&blocked));
                failures.push(Failure { blocked, cause, profiles: Vec::new(), first_in: Vec::new() });
                failures.len() - 1
            });
            if let Some(failure) = failures.get_mut(place) {
                if failure.profiles.last() != Some(&profile) {
                    failure.profiles.push(profile);
                }
                failure.first_in.extend(is_first.then_some(profile));
            }
            is_first = false;
        })
    });
    failures.sort_by_key(|failure| (failure.blocked.hop(), failure.blocked.part() == Part::Response));
    (judgements, failures)
}

/// A store of files that refuses a preflight has no rule for it. Nothing there signs in.
fn of_store(exchange: &Exchange<'_>, blocked: &Blocked<'_>, cause: Cause) -> Cause {
    const STORES: [&[u8]; 4] = [b"AmazonS3", b"MinIO", b"UploadServer", b"Windows-Azure-Blob"];
    let is_store = || {
        let preflight = exchange.hop(blocked.hop()).preflight;
        let mut headers = preflight.iter().flat_map(|response| response.headers);
        headers.any(|(name, value)| {
            let is_one =
                |store: &&[u8]| value.get(..store.len()).is_some_and(|start| start.eq_ignore_ascii_case(store));
            name.eq_ignore_ascii_case(b"server") && STORES.iter().any(is_one)
        })
    };
    if cause == Cause::AuthenticationFirst && blocked.part() == Part::Preflight && is_store() {
        return Cause::NoCorsHeaders;
    }
    cause
}

/// What makes two failures the same.
type Key = (&'static str, usize, bool, Option<u16>, Vec<u8>);

fn key(blocked: &Blocked<'_>) -> Key {
    let evidence = blocked.evidence().bytes().collect();
    (blocked.code().as_str(), blocked.hop(), blocked.part() == Part::Response, blocked.status(), evidence)
}
