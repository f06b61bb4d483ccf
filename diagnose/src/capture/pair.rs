//! Joins steps to exchanges: a preflight with its request, and the hops of a redirect chain. They can come in any order and from any
//! file of a capture.

use std::collections::VecDeque;

use super::chain::{CapturedExchange, Half, Open, OpenHop, captured};
use super::place::Notes;
use super::step::{CapturedResponse, Step, header};
use crate::Urls;
use crate::exchange::Response;

/// How many incomplete exchanges are kept. Beyond it, the oldest is given out as it is.
const WAITING: usize = 256;

/// No browser follows more than 20 redirects (Fetch 4.4). After this many, a new exchange begins.
const HOPS: usize = 32;

const FOLLOWED_PREFLIGHT: &str = "left out: no browser follows the redirect of a preflight";

const PREFLIGHT_OF_TWO: &str =
    "taken for the response to the preflight of the other one, because there is no request with them";

/// Exchanges that may still grow, in the order in which they began.
#[derive(Debug)]
pub(super) struct Pairing {
    open: VecDeque<Open>,
    urls: &'static dyn Urls,
}

impl Pairing {
    pub(super) fn new(urls: &'static dyn Urls) -> Self {
        Self { open: VecDeque::new(), urls }
    }

    /// The parser of URLs that the caller lends.
    pub(super) fn urls(&self) -> &'static dyn Urls {
        self.urls
    }

    /// Adds the next step. Exchanges that have waited too long go to `on`.
    pub(super) fn push(&mut self, step: Step, notes: &mut Notes, on: &mut dyn FnMut(CapturedExchange)) {
        let Step { asked, answered, started, failed, stopped, listed_after } = step;
        let half = Half::new(asked, answered, self.urls);
        let at = match &half.asked {
            None => self.place_response(half, notes),
            Some(asked) if asked.is_preflight() => self.place_preflight(half, listed_after, notes),
            Some(_) => self.place_request(half),
        };
        if let Some(open) = at.and_then(|at| self.open.get_mut(at)) {
            open.failed = failed.or(open.failed.take());
            open.stopped = stopped.or(open.stopped.take());
            open.started = open.started.take().or(started);
        }
        while self.open.len() > WAITING {
            self.emit(notes, on);
        }
    }

    /// There are no more steps.
    pub(super) fn finish(&mut self, notes: &mut Notes, on: &mut dyn FnMut(CapturedExchange)) {
        while !self.open.is_empty() {
            self.emit(notes, on);
        }
    }

    fn place_preflight(&mut self, half: Half, listed_after: bool, notes: &mut Notes) -> Option<usize> {
        if self.open.back().and_then(Open::last).is_some_and(|hop| hop.preflight_leads_to(&half)) {
            notes.push(half.place()?.clone(), FOLLOWED_PREFLIGHT);
            return None;
        }
        // The preflight of a later hop.
        if let Some(at) = self.find_last(|open| open.is_followed_by(&half)) {
            return self.push_hop(at, OpenHop::of_preflight(half));
        }
        if listed_after && let Some(at) = self.find_last(|open| open.last().is_some_and(|hop| belongs(&half, hop))) {
            self.last_hop(at)?.preflight = Some(half);
            return Some(at);
        }
        self.begin(OpenHop::of_preflight(half))
    }

    fn place_request(&mut self, half: Half) -> Option<usize> {
        let awaits = |open: &Open| {
            let hop = open.last().filter(|hop| hop.real().is_none());
            hop.and_then(|hop| hop.preflight.as_ref()).is_some_and(|preflight| preflight.is_preflight_of(&half))
        };
        let (awaiting, chain) = (self.open.iter().position(awaits), self.find_last(|open| open.is_followed_by(&half)));
        let Some(at) = awaiting else {
            let hop = OpenHop::of_request(half);
            return if let Some(at) = chain { self.push_hop(at, hop) } else { self.begin(hop) };
        };
        self.last_hop(at)?.set_real(Some(half));
        // A preflight that was listed before the redirect which leads to it.
        if let Some(chain) = chain.filter(|chain| *chain != at)
            && self.open.get(at).is_some_and(|open| open.hops.len() == 1)
        {
            let hop = self.open.remove(at)?.hops.pop()?;
            return self.push_hop(chain - usize::from(at < chain), hop);
        }
        Some(at)
    }

    /// Places a response without a request: it belongs to the request that has no response yet, or follows a redirect, or is
    /// one of two responses without requests, or is alone.
    fn place_response(&mut self, half: Half, notes: &mut Notes) -> Option<usize> {
        let at = self.open.len().checked_sub(1);
        let place = half.place().cloned()?;
        let role = self.open.back().map_or(Role::Alone, |before| role(before, &half));
        match (role, at) {
            (Role::LeftOut, _) => {
                notes.push(place, FOLLOWED_PREFLIGHT);
                None
            }
            (Role::NextHop, Some(at)) => self.push_hop(at, OpenHop::of_request(half)),
            (Role::Real, Some(at)) => {
                self.last_hop(at)?.set_real(Some(half));
                Some(at)
            }
            (Role::RealOfTwo, Some(at)) => {
                let last = self.last_hop(at)?;
                last.preflight = last.set_real(Some(half));
                if let Some(first) = last.preflight.as_ref().and_then(Half::place) {
                    notes.push(first.clone(), PREFLIGHT_OF_TWO);
                }
                Some(at)
            }
            (Role::PreflightOfTwo, Some(at)) => {
                self.last_hop(at)?.preflight = Some(half);
                notes.push(place, PREFLIGHT_OF_TWO);
                Some(at)
            }
            _ => self.begin(OpenHop::of_request(half)),
        }
    }

    fn begin(&mut self, hop: OpenHop) -> Option<usize> {
        self.open.push_back(Open { hops: vec![hop], ..Open::default() });
        self.open.len().checked_sub(1)
    }

    /// The newest that fits.
    fn find_last(&self, fits: impl Fn(&Open) -> bool) -> Option<usize> {
        self.open.iter().rposition(fits)
    }

    fn last_hop(&mut self, at: usize) -> Option<&mut OpenHop> {
        self.open.get_mut(at)?.hops.last_mut()
    }

    fn push_hop(&mut self, at: usize, hop: OpenHop) -> Option<usize> {
        match self.open.get_mut(at) {
            Some(open) if open.hops.len() < HOPS => {
                open.hops.push(hop);
                Some(at)
            }
            _ => self.begin(hop),
        }
    }

    /// Gives out the oldest exchange.
    fn emit(&mut self, notes: &mut Notes, on: &mut dyn FnMut(CapturedExchange)) {
        let Some(mut open) = self.open.pop_front() else { return };
        // The preflight may follow its request.
        if let [hop] = &mut open.hops[..] {
            let fits = |other: &Open| {
                let preflight = other.last().and_then(|hop| hop.preflight.as_ref());
                other.is_lone_preflight() && preflight.is_some_and(|preflight| belongs(preflight, hop))
            };
            if let Some(at) = self.open.iter().position(fits)
                && let Some(preflight) = self.open.remove(at)
            {
                hop.preflight = preflight.hops.into_iter().next().and_then(|hop| hop.preflight);
            }
        }
        if open.lone_response().is_some_and(|answered| is_bare_preflight(&answered.response))
            && let Some(hop) = open.hops.first_mut()
        {
            hop.preflight = hop.set_real(None);
            if let Some(place) = hop.preflight.as_ref().and_then(Half::place) {
                notes.push(place.clone(), "taken for the response to a preflight, because there is no request with it");
            }
        }
        if let Some(captured) = captured(open) {
            on(captured);
        }
    }
}

/// Whether the preflight is for the request of a hop that has none.
fn belongs(preflight: &Half, hop: &OpenHop) -> bool {
    hop.preflight.is_none() && hop.real().is_some_and(|real| preflight.is_preflight_of(real))
}

/// What a response without a request is, from what came before it.
enum Role {
    Alone,
    /// The response to the request that a preflight was for.
    Real,
    /// The next response of a redirect chain.
    NextHop,
    /// The response at the URL to which a preflight was redirected.
    LeftOut,
    /// One of two responses without requests.
    RealOfTwo,
    PreflightOfTwo,
}

fn role(before: &Open, half: &Half) -> Role {
    let (Some(hop), Some(answered)) = (before.last(), &half.answered) else { return Role::Alone };
    let is_near = |half: &Half| half.place().is_some_and(|place| place.file == answered.place.file);
    let same_text = [hop.preflight.as_ref(), hop.real()].into_iter().flatten().all(is_near);
    let is_redirect = |half: &Half| half.answered.as_ref().and_then(CapturedResponse::location).is_some();
    let Some(real) = hop.real() else {
        let followed = same_text && hop.preflight.as_ref().is_some_and(is_redirect);
        return if followed { Role::LeftOut } else { Role::Real };
    };
    if same_text && is_redirect(real) {
        return Role::NextHop;
    }
    match before.lone_response() {
        Some(first) => role_of_two(&first.response, &answered.response, same_text),
        None => Role::Alone,
    }
}

/// Which of two responses is the one to the other's preflight, if one is.
fn role_of_two(first: &Response, second: &Response, same_text: bool) -> Role {
    let refused = |response: &Response| matches!(response.status, 400..=599);
    match (is_preflight_like(first), is_preflight_like(second)) {
        (false, true) => Role::PreflightOfTwo,
        (true, true) if second.status == 204 && first.status != 204 => Role::PreflightOfTwo,
        (true, _) => Role::RealOfTwo,
        (false, false) if same_text && refused(first) && !refused(second) => Role::RealOfTwo,
        (false, false) => Role::Alone,
    }
}

fn is_preflight_like(response: &Response) -> bool {
    response.status == 204 || header(&response.headers, "allow").is_some() || allows(response)
}

fn allows(response: &Response) -> bool {
    let names = ["access-control-allow-methods", "access-control-allow-headers", "access-control-max-age"];
    names.into_iter().any(|name| header(&response.headers, name).is_some())
}

/// A response that only a preflight gets.
fn is_bare_preflight(response: &Response) -> bool {
    let empty = response.status == 204 || header(&response.headers, "content-length") == Some(b"0");
    empty && allows(response)
}

#[cfg(test)]
mod tests {
    use super::{CapturedExchange, WAITING};
    use crate::capture::Captures;
    use crate::exchange::Hop;

    /// What comes of texts, `-` between two: of each hop the statuses of preflight and response.
    fn paired(text: &str) -> Vec<String> {
        let (mut captures, mut exchanges) = (Captures::default(), Vec::new());
        for (number, text) in (1..).zip(text.split("\n-\n")) {
            let name = format!("{number}.txt");
            captures.read(&name, text.as_bytes(), &mut |captured| exchanges.push(captured)).unwrap();
        }
        captures.finish(&mut |captured| exchanges.push(captured));
        let hop = |hop: &Hop| {
            let status =
                |response: &Option<_>| response.as_ref().map_or(0, |one: &crate::exchange::Response| one.status);
            format!("{}+{}", status(&hop.preflight), status(&hop.response))
        };
        let shown = |one: &CapturedExchange| one.exchange.hops.iter().map(hop).collect::<Vec<_>>().join(" ");
        exchanges.iter().map(shown).collect()
    }

    fn preflight(origin: &str, method: &str, url: &str, status: u16) -> String {
        let lines = format!("Origin: {origin}\nAccess-Control-Request-Method: {method}");
        format!("OPTIONS {url} HTTP/1.1\n{lines}\n\nHTTP/1.1 {status} x\n\n")
    }

    fn request(origin: &str, method: &str, url: &str, status: &str) -> String {
        format!("{method} {url} HTTP/1.1\nOrigin: {origin}\n\nHTTP/1.1 {status}\n\n")
    }

    const A: &str = "https://a.test";
    const B: &str = "https://b.test/x";
    const C: &str = "https://c.test/y";

    #[test]
    fn a_preflight_goes_with_the_request_that_it_was_for() {
        let put = preflight(A, "PUT", B, 201);
        let cases = [
            (request(A, "PUT", B, "200"), "201+200"),
            (request(A, "PUT", "https://b.test/x#fragment", "200"), "201+200"),
            (request(A, "DELETE", B, "200"), "201+0, 0+200"),
            (request(A, "PUT", C, "200"), "201+0, 0+200"),
            (request("https://other.test", "PUT", B, "200"), "201+0, 0+200"),
            (preflight(A, "PUT", B, 202) + &request(A, "PUT", B, "200"), "201+200, 202+0"),
        ];
        for (then, expected) in cases {
            assert_eq!(paired(&format!("{put}{then}")).join(", "), expected, "{then}");
            assert_eq!(paired(&format!("{put}\n-\n{then}")).join(", "), expected, "{then}");
        }
        let after = format!("{}{}{put}", request(A, "GET", B, "203"), request(A, "PUT", B, "200"));
        assert_eq!(paired(&after), ["0+203", "201+200"]);
    }

    #[test]
    fn hops_have_their_own_preflights_and_a_null_origin() {
        let first = preflight(A, "PUT", B, 201) + &request(A, "PUT", B, "307 x\nLocation: //c.test/y");
        let second = preflight("null", "PUT", C, 202) + &request("null", "PUT", C, "200");
        assert_eq!(paired(&format!("{first}{second}")), ["201+307 202+200"]);
        assert_eq!(paired(&format!("{first}{}", request("https://z.test", "PUT", C, "200"))), ["201+307", "0+200"]);
        assert_eq!(paired(&format!("{first}{}", request(A, "PUT", "https://c.test/z", "200"))), ["201+307", "0+200"]);
    }

    #[test]
    fn bare_responses_are_paired_by_what_they_look_like() {
        let (yes, plain) = ("HTTP/2 200\naccess-control-allow-methods: PUT\n\n", "HTTP/2 200\nvary: a\n\n");
        assert_eq!(paired(&format!("{yes}{plain}")), ["200+200"]);
        assert_eq!(paired(&format!("{plain}HTTP/2 204\n\n")), ["204+200"]);
        assert_eq!(paired(&format!("HTTP/2 405\n\n{plain}")), ["405+200"]);
        assert_eq!(paired(&format!("HTTP/2 405\n\n\n-\n{plain}")), ["0+405", "0+200"]);
        assert_eq!(paired(&format!("{plain}{plain}")), ["0+200", "0+200"]);
        assert_eq!(paired(yes), ["0+200"]);
        assert_eq!(paired("HTTP/2 204\naccess-control-max-age: 5\n\n"), ["204+0"]);
        assert_eq!(paired(&format!("{}\n-\n{plain}", preflight(A, "PUT", B, 201))), ["201+200"]);
    }

    #[test]
    fn no_more_wait_than_have_room() {
        let many: String = (0..WAITING * 2).map(|at| preflight(A, "PUT", &format!("{B}{at}"), 204)).collect();
        let mut given = 0;
        let mut captures = Captures::default();
        captures.read("x", many.as_bytes(), &mut |_| given += 1).unwrap();
        assert_eq!(given, WAITING);
        captures.finish(&mut |_| given += 1);
        assert_eq!(given, WAITING * 2);
    }
}
