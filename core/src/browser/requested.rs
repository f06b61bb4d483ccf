//! Which of a script's headers need the server's permission: the value of
//! `Access-Control-Request-Headers`
//! ([Fetch 2.2.2](https://fetch.spec.whatwg.org/#cors-unsafe-request-header-names)).

use core::fmt::{self, Write};

use super::name_order::{GROUP, NameAt, Place, Places, compare, order, sort};
use super::profile::Profile;
use super::safelist::{RequestHeader, VALUES_MAX, candidate, is_client_hint, is_safelisted_header, safe_together};
use super::script::{Mode, ScriptRequest};
use crate::syntax::listed::is_one_of;
use crate::syntax::stepwise::Stepwise;

/// What redirects have removed from a request.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Lost {
    /// The headers of a body.
    pub(super) body: bool,
    pub(super) authorization: bool,
    /// Chromium's client hints.
    pub(super) hints: bool,
}

impl Lost {
    /// Whether this header is still sent.
    pub(super) fn keeps(self, name: &[u8]) -> bool {
        const OF_A_BODY: &[u8] = b"content-encoding,content-language,content-location,content-type";
        let is_lost = (self.body && is_one_of(name, OF_A_BODY))
            || (self.authorization && is_one_of(name, b"authorization"))
            || (self.hints && is_client_hint(name));
        !is_lost
    }
}

/// The value of `Access-Control-Request-Headers`: `Display` writes the names in lower case, sorted,
/// each once, joined by `,`.
///
/// Its cost grows with the number of headers, up to 2048 of them. Of more, each further 1024 names
/// cost another pass. Up to 8 kB of the stack hold the order.
///
/// ```
/// use corsac::browser::{Exchange, Profile, ScriptRequest};
/// let request = ScriptRequest {
///     headers: &[(b"X-Trace", Some(b"1")), (b"Accept", Some(b"*/*")), (b"Authorization", None)],
///     ..ScriptRequest::new(b"https://app.example", b"https://api.example/x")
/// };
/// let step = Exchange { request, hops: &[] }.steps().next().unwrap();
/// let requested = step.requested_headers(Profile::Spec);
/// assert_eq!(requested.to_string(), "authorization,x-trace");
/// assert!(!requested.is_empty() && requested.names().eq([b"Authorization".as_slice(), b"X-Trace"]));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct RequestedHeaders<'a> {
    request: ScriptRequest<'a>,
    profile: Profile,
    lost: Lost,
    /// `XMLHttpRequest` makes one value of all entries of a name. Chromium and WebKit always check
    /// that value; the standard and Firefox check each entry.
    is_combined: bool,
    /// One bit for each of the names that can be safe.
    safe: u16,
    is_too_much: bool,
}

impl<'a> RequestedHeaders<'a> {
    pub(super) fn new(request: ScriptRequest<'a>, profile: Profile, lost: Lost) -> Self {
        let is_combined = request.is_xhr() || matches!(profile, Profile::Chromium | Profile::WebKit);
        let mut requested = Self { request, profile, lost, is_combined, safe: 0, is_too_much: false };
        let headers = || {
            let places = 0..if request.mode == Mode::Cors { request.headers.len() } else { 0 };
            let kept = places.filter_map(move |place| request.kept_at(profile, place));
            Stepwise(kept.filter(move |(name, _)| lost.keeps(name)))
        };
        if is_combined {
            requested.safe = safe_together(profile, headers());
        }
        let sizes =
            headers().filter(|header| requested.is_safe(*header)).map(|(_, value)| value.map_or(0, <[u8]>::len));
        requested.is_too_much = profile != Profile::Firefox && sizes.fold(0, usize::saturating_add) > VALUES_MAX;
        requested
    }

    fn is_safe(&self, header: RequestHeader<'a>) -> bool {
        let Some(place) = candidate(self.profile, header.0) else { return false };
        if self.is_combined { self.safe >> place & 1 == 1 } else { is_safelisted_header(self.profile, header) }
    }

    /// The header at this place of the script's, if it needs permission.
    pub(super) fn at(&self, place: Place) -> Option<&'a [u8]> {
        let header = if self.request.mode == Mode::Cors {
            self.request.kept_at(self.profile, place as usize)?
        } else {
            return None;
        };
        // Chromium sends its own User-Agent, whatever the script sets, and asks for no permission.
        let is_sent = self.profile != Profile::Chromium || !is_one_of(header.0, b"user-agent");
        let is_asked = is_sent && self.lost.keeps(header.0) && (self.is_too_much || !self.is_safe(header));
        is_asked.then_some(header.0)
    }

    /// The places of the names, in the order of the script.
    pub(super) fn places(&self) -> impl Iterator<Item = Place> + use<'a> {
        let requested = *self;
        Stepwise((0..).take(self.request.headers.len()).filter(move |&place| requested.at(place).is_some()))
    }

    /// Whether no header needs permission. The preflight then has no
    /// `Access-Control-Request-Headers`.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.places().next().is_none()
    }

    /// The names as the script wrote them, sorted, each once.
    pub fn names(&self) -> impl Iterator<Item = &'a [u8]> {
        self.sorted().filter(|(_, _, is_repeated)| !is_repeated).map(|(_, name, _)| name)
    }

    /// Place, name, and whether the name before is the same.
    pub(super) fn sorted(&self) -> Sorted<'a> {
        Sorted { requested: *self, places: Places::new(), at: 0, last: None }
    }
}

/// The headers that need permission, by name.
#[derive(Clone)]
pub(super) struct Sorted<'a> {
    requested: RequestedHeaders<'a>,
    places: Places,
    at: usize,
    last: Option<Place>,
}

impl<'a> Sorted<'a> {
    /// Puts the next places in order.
    fn refill(&mut self) {
        let headers = self.requested.request.headers;
        let name: NameAt<'_, 'a> = &|place| headers.get(place as usize).map_or(b"", |(name, _)| name);
        let mut limit: Option<Place> = None;
        self.places.clear();
        self.at = 0;
        for place in self.requested.places() {
            let is_next = self.last.is_none_or(|last| order(place, last, name).is_gt())
                && limit.is_none_or(|limit| order(place, limit, name).is_lt());
            if is_next && self.places.push(place).is_err() {
                // The smaller half stays, and nothing that is greater than all of it comes in.
                sort(&mut self.places, name);
                self.places.truncate(GROUP / 2);
                limit = self.places.last().copied();
                if limit.is_some_and(|limit| order(place, limit, name).is_lt()) {
                    let _ = self.places.push(place);
                }
            }
        }
        sort(&mut self.places, name);
    }
}

impl<'a> Iterator for Sorted<'a> {
    type Item = (Place, &'a [u8], bool);

    #[inline(never)]
    fn next(&mut self) -> Option<Self::Item> {
        if self.at >= self.places.len() {
            self.refill();
        }
        let place = self.places.get(self.at).copied()?;
        let name_at =
            |place: Place| self.requested.request.headers.get(place as usize).map_or(&b""[..], |(name, _)| name);
        let name = name_at(place);
        let is_repeated = self.last.is_some_and(|last| compare(name_at(last), name).is_eq());
        self.at = self.at.saturating_add(1);
        self.last = Some(place);
        Some((place, name, is_repeated))
    }
}

impl fmt::Display for RequestedHeaders<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Firefox names a header as often as a script with fetch() sets it.
        let repeats = self.profile == Profile::Firefox && !self.request.is_xhr();
        let mut separator = "";
        for (_, name, is_repeated) in self.sorted() {
            if is_repeated && !repeats {
                continue;
            }
            f.write_str(separator)?;
            name.iter().try_for_each(|b| f.write_char(char::from(b.to_ascii_lowercase())))?;
            separator = ",";
        }
        Ok(())
    }
}
