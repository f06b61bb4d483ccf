//! An exchange while its parts are being found: hops, each with a preflight and the request itself.

use std::cell::OnceCell;

use super::place::{At, Place};
use super::script;
use super::step::{CapturedRequest, CapturedResponse};
use crate::Urls;
use crate::exchange::{Exchange, Hop};
use crate::neighbours::{Neighbour, reported};
use crate::place::Place as UrlPlace;

/// An exchange, and its place in the capture.
///
/// ```
/// use corsac_diagnose::capture::{CapturedExchange, Captures};
/// let text = "> GET /x HTTP/1.1\n> Host: api.example\n> Origin: https://app.example\n>\n< HTTP/1.1 200 OK\n<\n";
/// let mut captures = Captures::default();
/// let mut found: Vec<CapturedExchange> = vec![];
/// captures.read("curl.txt", text.as_bytes(), &mut |exchange| found.push(exchange))?;
/// captures.finish(&mut |exchange| found.push(exchange));
/// assert_eq!(found[0].place.to_string(), "curl.txt:1");
/// assert!(found[0].exchange.hops[0].response.is_some() && found[0].stopped.is_none());
/// # Ok::<(), String>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CapturedExchange {
    /// The exchange.
    pub exchange: Exchange,
    /// The place of its first request, or of its first response if there is no request.
    pub place: Place,
    /// One for each hop of the exchange.
    pub hops: Vec<HopPlace>,
    /// When it began, as a HAR writes it. Not safe for a terminal.
    pub started: Option<String>,
    /// Why it failed, as the browser or curl reports it, such as `net::ERR_FAILED`. Not safe for a terminal.
    pub failed: Option<String>,
    /// What stopped the request, if that is not CORS.
    pub stopped: Option<Neighbour>,
}

/// The places of the responses of a hop.
///
/// ```
/// use corsac_diagnose::capture::Captures;
/// let text = "HTTP/1.1 200 OK\nContent-Type: text/plain\n\n";
/// let mut captures = Captures::default();
/// let mut found = vec![];
/// captures.read("curl.txt", text.as_bytes(), &mut |exchange| found.push(exchange))?;
/// captures.finish(&mut |exchange| found.push(exchange));
/// assert_eq!(found[0].hops[0].response.as_ref().map(ToString::to_string), Some("curl.txt:1".to_owned()));
/// # Ok::<(), String>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HopPlace {
    /// Where the response to the preflight is.
    pub preflight: Option<Place>,
    /// Where the response to the request is.
    pub response: Option<Place>,
}

/// An exchange that may still grow, hop by hop.
#[derive(Debug, Default)]
pub(super) struct Open {
    pub(super) hops: Vec<OpenHop>,
    pub(super) started: Option<String>,
    pub(super) failed: Option<String>,
    pub(super) stopped: Option<Neighbour>,
}

/// A hop: the preflight and the request itself. One of them may still be missing.
#[derive(Debug, Default)]
pub(super) struct OpenHop {
    pub(super) preflight: Option<Half>,
    real: Option<Half>,
    /// Where the response leads. It is computed when it is first needed.
    leads_to: OnceCell<Option<String>>,
}

/// A request and its response. At least one of them is known.
#[derive(Debug)]
pub(super) struct Half {
    pub(super) asked: Option<CapturedRequest>,
    pub(super) answered: Option<CapturedResponse>,
    /// The URL of the request without its fragment, which is not sent.
    url: Option<String>,
    urls: &'static dyn Urls,
}

impl Half {
    pub(super) fn new(
        asked: Option<CapturedRequest>,
        answered: Option<CapturedResponse>,
        urls: &'static dyn Urls,
    ) -> Self {
        let text = asked.as_ref().and_then(|asked| str::from_utf8(asked.url.as_deref()?).ok());
        let url = text.and_then(|text| urls.parse(text, None).ok()).map(without_fragment);
        Self { asked, answered, url, urls }
    }

    pub(super) fn place(&self) -> Option<&Place> {
        let asked = self.asked.as_ref().map(|asked| &asked.place);
        asked.or_else(|| self.answered.as_ref().map(|answered| &answered.place))
    }

    /// Whether this is the preflight of `real`, as far as both are known.
    pub(super) fn is_preflight_of(&self, real: &Self) -> bool {
        let (Some(preflight), Some(asked)) = (&self.asked, &real.asked) else { return false };
        let same_url = || match (&self.url, &real.url) {
            (Some(a), Some(b)) => same_url(a, b, preflight.scheme_is_guessed || asked.scheme_is_guessed),
            _ => preflight.url.is_none() || asked.url.is_none() || preflight.url == asked.url,
        };
        preflight.is_preflight_of(asked) && same_url()
    }

    /// Whether this is the request to `location`.
    fn is_for(&self, location: &str) -> bool {
        let guessed = self.asked.as_ref().is_some_and(|asked| asked.scheme_is_guessed);
        self.url.as_ref().is_some_and(|url| same_url(url, location, guessed))
    }

    /// Where the response leads.
    fn location(&self, base: Option<&str>) -> Option<String> {
        let location = str::from_utf8(self.answered.as_ref()?.location()?).ok()?;
        self.urls.parse(location, base).ok().map(without_fragment)
    }
}

/// The fragment is not sent.
fn without_fragment(mut url: String) -> String {
    url.truncate(url.find('#').unwrap_or(url.len()));
    url
}

fn same_url(a: &str, b: &str, any_scheme: bool) -> bool {
    let part = |url| UrlPlace::of(url).map(|place: UrlPlace<'_>| (place.host, place.path));
    a == b || (any_scheme && part(a).is_some() && part(a) == part(b))
}

impl OpenHop {
    pub(super) fn of_preflight(half: Half) -> Self {
        Self { preflight: Some(half), ..Self::default() }
    }

    pub(super) fn of_request(half: Half) -> Self {
        Self { real: Some(half), ..Self::default() }
    }

    pub(super) fn real(&self) -> Option<&Half> {
        self.real.as_ref()
    }

    /// Sets the request, and returns the one before.
    pub(super) fn set_real(&mut self, half: Option<Half>) -> Option<Half> {
        self.leads_to = OnceCell::new();
        std::mem::replace(&mut self.real, half)
    }

    pub(super) fn preflight_asked(&self) -> Option<&CapturedRequest> {
        self.preflight.as_ref()?.asked.as_ref()
    }

    pub(super) fn real_asked(&self) -> Option<&CapturedRequest> {
        self.real.as_ref()?.asked.as_ref()
    }

    fn url(&self) -> Option<&[u8]> {
        let asked = [self.real_asked(), self.preflight_asked()];
        asked.into_iter().flatten().find_map(|asked| asked.url.as_deref())
    }

    /// Whether `half` follows the redirect of the preflight.
    pub(super) fn preflight_leads_to(&self, half: &Half) -> bool {
        let Some(preflight) = self.preflight.as_ref().filter(|_| self.real.is_none()) else { return false };
        preflight.location(preflight.url.as_deref()).is_some_and(|location| half.is_for(&location))
    }

    fn leads_to(&self, half: &Half) -> bool {
        let Some(real) = &self.real else { return false };
        let preflight_url = || self.preflight.as_ref()?.url.as_deref();
        let location = self.leads_to.get_or_init(|| real.location(real.url.as_deref().or_else(preflight_url)));
        location.as_ref().is_some_and(|location| half.is_for(location))
    }
}

impl Open {
    pub(super) fn last(&self) -> Option<&OpenHop> {
        self.hops.last()
    }

    /// Whether there is only a preflight, of the first hop.
    pub(super) fn is_lone_preflight(&self) -> bool {
        matches!(&self.hops[..], [hop] if hop.real.is_none())
    }

    fn origin(&self) -> Option<&[u8]> {
        let first = self.hops.first()?;
        [first.real_asked(), first.preflight_asked()].into_iter().flatten().find_map(CapturedRequest::origin)
    }

    /// Whether this request follows the last redirect. The browser may have changed its origin to `null`.
    pub(super) fn is_followed_by(&self, half: &Half) -> bool {
        let is_ours = |origin| self.origin().is_none_or(|ours| ours == origin || origin == b"null");
        self.last().is_some_and(|hop| hop.leads_to(half))
            && half.asked.as_ref().and_then(CapturedRequest::origin).is_none_or(is_ours)
    }

    /// The only response, if its request is unknown.
    pub(super) fn lone_response(&self) -> Option<&CapturedResponse> {
        match &self.hops[..] {
            [OpenHop { preflight: None, real: Some(Half { asked: None, answered, .. }), .. }] => answered.as_ref(),
            _ => None,
        }
    }
}

/// The captured exchange. `None`: nothing of it was captured.
pub(super) fn captured(open: Open) -> Option<CapturedExchange> {
    let Open { hops: open_hops, started, failed, stopped } = open;
    let first = open_hops.first()?;
    let mut request = script::request(first.preflight_asked(), first.real_asked());
    let of_hop = |hop: &OpenHop| [&hop.preflight, &hop.real].map(|half| half.as_ref().and_then(Half::place).cloned());
    let place = match of_hop(first) {
        // A browser may list the preflight second.
        [Some(preflight), Some(real)] if preflight.file == real.file && number(&real) < number(&preflight) => real,
        [preflight, real] => preflight.or(real)?,
    };
    let (mut hops, mut places) = (Vec::new(), Vec::new());
    for (at, hop) in open_hops.into_iter().enumerate() {
        let url = if at == 0 { None } else { hop.url().map(<[u8]>::to_vec) };
        let asked = [hop.real_asked(), hop.preflight_asked()];
        let address = asked.into_iter().flatten().find_map(|asked| asked.address.clone());
        let preflight = hop.preflight.and_then(|half| half.answered);
        let real = hop.real.and_then(|half| half.answered);
        // The model knows one version for all hops: what counts is the response that the script gets.
        if let Some(answered) = real.as_ref().or(preflight.as_ref()) {
            request.http_version = answered.http_version;
        }
        places.push(HopPlace {
            preflight: preflight.as_ref().map(|answered| answered.place.clone()),
            response: real.as_ref().map(|answered| answered.place.clone()),
        });
        let (response, revalidated) = match real {
            Some(CapturedResponse { response, revalidates: true, .. }) => (None, Some(response.headers)),
            real => (real.map(|answered| answered.response), None),
        };
        let preflight = preflight.map(|answered| answered.response);
        hops.push(Hop { url, address, preflight, response, revalidated });
    }
    // A request that the browser gave up after its response was not stopped.
    let is_hidden = hops.last().is_none_or(|hop| hop.response.is_none());
    let stopped = stopped.or_else(|| reported(failed.as_deref()?)).filter(|_| is_hidden);
    Some(CapturedExchange { exchange: Exchange { request, hops }, place, hops: places, started, failed, stopped })
}

fn number(place: &Place) -> u64 {
    match place.at {
        At::File => 0,
        At::Line(number) | At::Entry(number) => number,
    }
}
