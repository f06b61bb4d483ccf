//! Steps into exchanges: a preflight and the request that it was for, and the hops of a redirect chain, in whatever order and from
//! whatever file of a capture they come.

use std::collections::VecDeque;

use super::place::{At, Notes, Place};
use super::script;
use super::step::{Answered, Asked, Step, header, parse_url};
use crate::exchange::{Exchange, Hop, Response};

/// How many exchanges wait for their other half; beyond it the oldest goes as it is.
const WAITING: usize = 256;

/// An exchange, and where in the capture it stood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CapturedExchange {
    pub(crate) exchange: Exchange,
    /// Of its first request, or of its first response where no request stands.
    pub(crate) place: Place,
    /// One for each hop of the exchange.
    pub(crate) hops: Vec<HopPlace>,
    /// When it began, as a HAR writes it; not fit for a terminal.
    pub(crate) started: Option<String>,
    /// What the browser says of why it failed, such as `net::ERR_FAILED`; not fit for a terminal.
    pub(crate) failed: Option<String>,
}

/// Where the responses of a hop stood.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct HopPlace {
    pub(crate) preflight: Option<Place>,
    pub(crate) response: Option<Place>,
}

/// Exchanges that may still grow, in the order in which they began.
#[derive(Debug, Default)]
pub(super) struct Pairing {
    open: VecDeque<Open>,
}

#[derive(Debug, Default)]
struct Open {
    hops: Vec<OpenHop>,
    started: Option<String>,
    failed: Option<String>,
}

/// A hop: the preflight and the request itself, of which one may be missing yet.
#[derive(Debug, Default)]
struct OpenHop {
    preflight: Option<Half>,
    real: Option<Half>,
}

/// A request and its answer. One of the two is there.
#[derive(Debug)]
struct Half {
    asked: Option<Asked>,
    answered: Option<Answered>,
}

impl Half {
    fn place(&self) -> Option<&Place> {
        let asked = self.asked.as_ref().map(|asked| &asked.place);
        asked.or_else(|| self.answered.as_ref().map(|answered| &answered.place))
    }
}

impl OpenHop {
    fn waits_for_request(&self) -> bool {
        self.real.is_none()
    }

    fn preflight_asked(&self) -> Option<&Asked> {
        self.preflight.as_ref()?.asked.as_ref()
    }

    fn real_asked(&self) -> Option<&Asked> {
        self.real.as_ref()?.asked.as_ref()
    }

    fn url(&self) -> Option<&[u8]> {
        let asked = [self.real_asked(), self.preflight_asked()];
        asked.into_iter().flatten().find_map(|asked| asked.url.as_deref())
    }

    /// Where this hop leads, the base being its own URL.
    fn redirects_to(&self, half: &Half) -> Option<url::Url> {
        let location = half.answered.as_ref()?.location()?;
        let location = str::from_utf8(location).ok()?;
        match self.url().and_then(parse_url) {
            Some(base) => base.join(location).ok(),
            None => url::Url::parse(location).ok(),
        }
    }

    fn real_redirects_to(&self) -> Option<url::Url> {
        self.redirects_to(self.real.as_ref()?)
    }
}

impl Open {
    fn last(&self) -> Option<&OpenHop> {
        self.hops.last()
    }

    /// Only a preflight, of the first hop.
    fn is_lone_preflight(&self) -> bool {
        matches!(&self.hops[..], [hop] if hop.waits_for_request())
    }

    fn origin(&self) -> Option<&[u8]> {
        let first = self.hops.first()?;
        [first.real_asked(), first.preflight_asked()].into_iter().flatten().find_map(Asked::origin)
    }

    /// Does this request follow the last redirect? A browser's origin may have become `null` on the way.
    fn is_followed_by(&self, asked: &Asked) -> bool {
        let is_ours = |origin| self.origin().is_none_or(|ours| ours == origin || origin == b"null");
        asked.origin().is_none_or(is_ours)
            && self.last().and_then(OpenHop::real_redirects_to).is_some_and(|location| asked.is_for(&location))
    }

    /// Only a response, and nobody knows to what.
    fn lone_answer(&self) -> Option<&Answered> {
        match &self.hops[..] {
            [OpenHop { preflight: None, real: Some(Half { asked: None, answered }) }] => answered.as_ref(),
            _ => None,
        }
    }
}

impl Pairing {
    /// Takes in the next step; exchanges that have waited too long go to `on`.
    pub(super) fn push(&mut self, step: Step, notes: &mut Notes, on: &mut dyn FnMut(CapturedExchange)) {
        let Step { asked, answered, started, failed, listed_after } = step;
        let half = Half { asked, answered };
        let place = match &half.asked {
            None => self.place_answer(half, notes),
            Some(asked) if asked.is_preflight() => self.place_preflight(half, listed_after, notes),
            Some(_) => self.place_request(half),
        };
        match place {
            Placed::In(at) => {
                if let Some(open) = self.open.get_mut(at) {
                    open.failed = failed.or(open.failed.take());
                    open.started = open.started.take().or(started);
                }
            }
            Placed::New(hop) => self.open.push_back(Open { hops: vec![hop], started, failed }),
            Placed::LeftOut => {}
        }
        while self.open.len() > WAITING {
            self.emit(notes, on);
        }
    }

    /// Nothing more comes.
    pub(super) fn finish(&mut self, notes: &mut Notes, on: &mut dyn FnMut(CapturedExchange)) {
        while !self.open.is_empty() {
            self.emit(notes, on);
        }
    }

    fn place_preflight(&mut self, half: Half, listed_after: bool, notes: &mut Notes) -> Placed {
        let Some(asked) = &half.asked else { return Placed::LeftOut };
        let followed = self.open.back().and_then(Open::last).is_some_and(|hop| {
            let preflight = hop.preflight.as_ref().filter(|_| hop.waits_for_request());
            preflight.and_then(|half| hop.redirects_to(half)).is_some_and(|location| asked.is_for(&location))
        });
        if followed {
            notes.push(asked.place.clone(), "left out: no browser follows the redirect of a preflight");
            return Placed::LeftOut;
        }
        // The preflight of a later hop.
        if let Some(at) = self.find_last(|open| open.is_followed_by(asked)) {
            return self.push_hop(at, OpenHop { preflight: Some(half), real: None });
        }
        if listed_after
            && let Some(at) = self.find_last(|open| open.last().is_some_and(|hop| belongs(asked, hop)))
            && let Some(hop) = self.last_hop(at)
        {
            hop.preflight = Some(half);
            return Placed::In(at);
        }
        Placed::New(OpenHop { preflight: Some(half), real: None })
    }

    fn place_request(&mut self, half: Half) -> Placed {
        let Some(asked) = &half.asked else { return Placed::LeftOut };
        let is_awaited = |hop: &OpenHop| {
            hop.waits_for_request() && hop.preflight_asked().is_some_and(|preflight| preflight.is_preflight_of(asked))
        };
        if let Some(at) = self.open.iter().position(|open| open.last().is_some_and(is_awaited)) {
            let chain = self.find_last(|open| open.is_followed_by(asked));
            let Some(hop) = self.last_hop(at) else { return Placed::LeftOut };
            hop.real = Some(half);
            // A preflight that was listed before the redirect which leads to it.
            if let Some(chain) = chain.filter(|chain| *chain != at)
                && self.open.get(at).is_some_and(|open| open.hops.len() == 1)
                && let Some(mut open) = self.open.remove(at)
                && let Some(hop) = open.hops.pop()
            {
                return self.push_hop(chain - usize::from(at < chain), hop);
            }
            return Placed::In(at);
        }
        let hop = |half| OpenHop { preflight: None, real: Some(half) };
        match self.find_last(|open| open.is_followed_by(asked)) {
            Some(at) => self.push_hop(at, hop(half)),
            None => Placed::New(hop(half)),
        }
    }

    /// A response without a request is the next hop of a redirect, or the answer to the request that is still missing, or stands
    /// beside another such response.
    fn place_answer(&mut self, half: Half, notes: &mut Notes) -> Placed {
        let new = |half| Placed::New(OpenHop { preflight: None, real: Some(half) });
        let (Some(at), Some(answered)) = (self.open.len().checked_sub(1), &half.answered) else { return new(half) };
        let Some(before) = self.open.get(at) else { return new(half) };
        let Some(hop) = before.last() else { return new(half) };
        let is_near = |place: &Place| place.file == answered.place.file && !matches!(place.at, At::Entry(_));
        let same_text = [&hop.preflight, &hop.real].into_iter().flatten().filter_map(Half::place).all(is_near);
        if hop.waits_for_request() {
            let redirected = hop.preflight.as_ref().and_then(|half| half.answered.as_ref()?.location()).is_some();
            if redirected && same_text {
                notes.push(answered.place.clone(), "left out: no browser follows the redirect of a preflight");
                return Placed::LeftOut;
            }
            let Some(hop) = self.last_hop(at) else { return new(half) };
            hop.real = Some(half);
            return Placed::In(at);
        }
        let redirected = hop.real.as_ref().and_then(|half| half.answered.as_ref()?.location()).is_some();
        if redirected && same_text {
            return self.push_hop(at, OpenHop { preflight: None, real: Some(half) });
        }
        let Some(first) = before.lone_answer() else { return new(half) };
        let Some(order) = preflight_of_two(&first.response, &answered.response, same_text) else { return new(half) };
        let (first_place, second_place) = (first.place.clone(), answered.place.clone());
        let Some(hop) = self.last_hop(at) else { return new(half) };
        let preflight = match order {
            Order::FirstIsPreflight => {
                hop.preflight = hop.real.replace(half);
                first_place
            }
            Order::SecondIsPreflight => {
                hop.preflight = Some(half);
                second_place
            }
        };
        notes.push(
            preflight,
            "taken for the answer to the preflight of the other response: no request stands with them",
        );
        Placed::In(at)
    }

    /// The newest that fits.
    fn find_last(&self, fits: impl Fn(&Open) -> bool) -> Option<usize> {
        self.open.iter().rposition(fits)
    }

    fn last_hop(&mut self, at: usize) -> Option<&mut OpenHop> {
        self.open.get_mut(at)?.hops.last_mut()
    }

    fn push_hop(&mut self, at: usize, hop: OpenHop) -> Placed {
        match self.open.get_mut(at) {
            Some(open) => {
                open.hops.push(hop);
                Placed::In(at)
            }
            None => Placed::New(hop),
        }
    }

    /// Gives the oldest away.
    fn emit(&mut self, notes: &mut Notes, on: &mut dyn FnMut(CapturedExchange)) {
        let Some(mut open) = self.open.pop_front() else { return };
        // The preflight may stand after its request.
        if let [hop] = &mut open.hops[..] {
            let fits = |other: &Open| {
                let preflight = other.last().and_then(OpenHop::preflight_asked);
                other.is_lone_preflight() && preflight.is_some_and(|preflight| belongs(preflight, hop))
            };
            if let Some(at) = self.open.iter().position(fits)
                && let Some(preflight) = self.open.remove(at)
            {
                hop.preflight = preflight.hops.into_iter().next().and_then(|hop| hop.preflight);
            }
        }
        if open.lone_answer().is_some_and(|answered| is_bare_preflight(&answered.response))
            && let Some(hop) = open.hops.first_mut()
        {
            hop.preflight = hop.real.take();
            if let Some(place) = hop.preflight.as_ref().and_then(Half::place) {
                notes.push(place.clone(), "taken for the answer to a preflight: no request stands with it");
            }
        }
        if let Some(captured) = captured(open) {
            on(captured);
        }
    }
}

/// What became of a step.
enum Placed {
    In(usize),
    New(OpenHop),
    LeftOut,
}

/// Whether the preflight is for the request of a hop that has none.
fn belongs(preflight: &Asked, hop: &OpenHop) -> bool {
    hop.preflight.is_none() && hop.real_asked().is_some_and(|real| preflight.is_preflight_of(real))
}

enum Order {
    FirstIsPreflight,
    SecondIsPreflight,
}

/// Which of two responses without requests answers the preflight of the other, if one does.
fn preflight_of_two(first: &Response, second: &Response, same_text: bool) -> Option<Order> {
    let refused = |response: &Response| matches!(response.status, 400..=599);
    match (is_preflight_like(first), is_preflight_like(second)) {
        (true, false) => Some(Order::FirstIsPreflight),
        (false, true) => Some(Order::SecondIsPreflight),
        (true, true) if second.status == 204 && first.status != 204 => Some(Order::SecondIsPreflight),
        (true, true) => Some(Order::FirstIsPreflight),
        (false, false) => (same_text && refused(first) && !refused(second)).then_some(Order::FirstIsPreflight),
    }
}

fn is_preflight_like(response: &Response) -> bool {
    response.status == 204 || header(&response.headers, "allow").is_some() || allows(response)
}

fn allows(response: &Response) -> bool {
    let names = ["access-control-allow-methods", "access-control-allow-headers", "access-control-max-age"];
    names.into_iter().any(|name| header(&response.headers, name).is_some())
}

/// A response that nothing but a preflight asks for.
fn is_bare_preflight(response: &Response) -> bool {
    let empty = response.status == 204 || header(&response.headers, "content-length") == Some(b"0");
    empty && allows(response)
}

fn captured(open: Open) -> Option<CapturedExchange> {
    let Open { hops: open_hops, started, failed } = open;
    let first = open_hops.first()?;
    let request = script::request(first.preflight_asked(), first.real_asked());
    let of_hop = |hop: &OpenHop| [&hop.preflight, &hop.real].map(|half| half.as_ref().and_then(Half::place).cloned());
    let place = match of_hop(first) {
        // A browser may list the preflight second.
        [Some(preflight), Some(real)] if preflight.file == real.file && number(&real) < number(&preflight) => real,
        [preflight, real] => preflight.or(real)?,
    };
    let (mut hops, mut places) = (Vec::new(), Vec::new());
    for (at, hop) in open_hops.into_iter().enumerate() {
        let url = if at == 0 { None } else { hop.url().map(<[u8]>::to_vec) };
        let preflight = hop.preflight.and_then(|half| half.answered);
        let real = hop.real.and_then(|half| half.answered);
        places.push(HopPlace {
            preflight: preflight.as_ref().map(|answered| answered.place.clone()),
            response: real.as_ref().map(|answered| answered.place.clone()),
        });
        let (response, revalidated) = match real {
            Some(Answered { response, revalidates: true, .. }) => (None, Some(response.headers)),
            real => (real.map(|answered| answered.response), None),
        };
        let preflight = preflight.map(|answered| answered.response);
        hops.push(Hop { url, preflight, response, revalidated });
    }
    Some(CapturedExchange { exchange: Exchange { request, hops }, place, hops: places, started, failed })
}

fn number(place: &Place) -> u64 {
    match place.at {
        At::File => 0,
        At::Line(number) | At::Entry(number) => number,
    }
}
