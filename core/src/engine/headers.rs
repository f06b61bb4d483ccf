//! The headers of a response, read one by one from the image and the request.

use core::fmt;

use crate::engine::header::Header;
use crate::engine::request::Lines;
use crate::image::layout::{Image, Section};
use crate::image::shape;
use crate::syntax::byte::holds_name;

/// The response headers of a [`Decision`](crate::Decision), in their fixed order.
#[derive(Clone)]
pub struct Headers<'d> {
    pub(crate) image: Image<'d>,
    pub(crate) lines: &'d Lines<'d>,
    /// The lines of requested headers that are still to be repeated.
    pub(crate) echoed: &'d [&'d [u8]],
    /// How many bytes at the end of the last line are not repeated: the offence of a denied
    /// preflight.
    pub(crate) cut: usize,
    /// Bits of the other headers that are still to come.
    pub(crate) left: u16,
}

impl<'d> Headers<'d> {
    /// The next line that is repeated. A line without a name makes no header. It is inlined, because
    /// a call would keep the iterator's state in memory (30 instructions more).
    #[inline]
    fn next_echoed(&mut self) -> Option<Header<'d>> {
        while let Some((line, rest)) = self.echoed.split_first() {
            self.echoed = rest;
            let value = if self.cut != 0 && rest.is_empty() { without_end(line, self.cut) } else { line };
            if holds_name(value) {
                return Some(Header { name: "Access-Control-Allow-Headers", value });
            }
        }
        None
    }

    #[inline]
    fn header(&self, bit: u16) -> Header<'d> {
        let (name, value): (_, &[u8]) = match bit {
            shape::ANY => ("Access-Control-Allow-Origin", b"*"),
            shape::ORIGIN => ("Access-Control-Allow-Origin", self.lines.origin()),
            shape::CREDENTIALS => ("Access-Control-Allow-Credentials", b"true"),
            shape::METHOD_LIST => ("Access-Control-Allow-Methods", self.image.section(Section::Methods)),
            shape::METHOD => ("Access-Control-Allow-Methods", self.lines.requested_method()),
            shape::HEADER_LIST => ("Access-Control-Allow-Headers", self.image.section(Section::RequestHeaders)),
            shape::MAX_AGE => ("Access-Control-Max-Age", self.image.section(Section::MaxAge)),
            shape::EXPOSED => ("Access-Control-Expose-Headers", self.image.section(Section::ExposedHeaders)),
            shape::TIMING_ANY => ("Timing-Allow-Origin", b"*"),
            shape::TIMING_ORIGIN => ("Timing-Allow-Origin", self.lines.origin()),
            shape::PRIVATE_NETWORK => ("Access-Control-Allow-Private-Network", b"true"),
            shape::VARY_ORIGIN => ("Vary", b"Origin"),
            shape::VARY_PREFLIGHT => {
                ("Vary", b"Origin, Access-Control-Request-Method, Access-Control-Request-Headers")
            }
            _ => (
                "Vary",
                b"Origin, Access-Control-Request-Method, Access-Control-Request-Headers, Access-Control-Request-Private-Network",
            ),
        };
        Header { name, value }
    }
}

/// Removes this many bytes from the end of a list, and the comma and white space before them.
#[cold]
fn without_end(list: &[u8], cut: usize) -> &[u8] {
    let rest = list.len().checked_sub(cut).and_then(|length| list.get(..length)).unwrap_or_default();
    let end = rest.iter().rposition(|&b| !matches!(b, b' ' | b',')).map_or(0, |last| last + 1);
    rest.get(..end).unwrap_or_default()
}

impl fmt::Debug for Headers<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.clone()).finish()
    }
}

impl<'d> Iterator for Headers<'d> {
    type Item = Header<'d>;

    #[inline]
    fn next(&mut self) -> Option<Header<'d>> {
        // Repeated lines follow the header list. In front of the max age, it has the last bit.
        if !self.echoed.is_empty() && self.left & (shape::MAX_AGE - 1) == 0 {
            if let Some(header) = self.next_echoed() {
                return Some(header);
            }
        }
        let bit = self.left & self.left.wrapping_neg();
        self.left = self.left.checked_sub(1)? & self.left;
        Some(self.header(bit))
    }

    /// One branch for each bit: the processor predicts them well, because the responses of a server
    /// hardly differ in their headers.
    #[inline]
    fn fold<B, F: FnMut(B, Header<'d>) -> B>(self, init: B, mut f: F) -> B {
        let mut folded = init;
        macro_rules! each {
            ($($bit:ident)+) => {$(
                if self.left & shape::$bit != 0 {
                    folded = f(folded, self.header(shape::$bit));
                }
            )+};
        }
        // Few policies repeat lines. Without any, they need no registers below.
        if !self.echoed.is_empty() {
            for header in self {
                folded = f(folded, header);
            }
            return folded;
        }
        // A plain request and a denied origin have no other header than `Vary`.
        if self.left & !shape::VARY != 0 {
            each! { ANY ORIGIN CREDENTIALS METHOD_LIST METHOD HEADER_LIST }
            each! { MAX_AGE EXPOSED TIMING_ANY TIMING_ORIGIN PRIVATE_NETWORK }
        }
        each! { VARY_ORIGIN VARY_PREFLIGHT VARY_PRIVATE_NETWORK }
        folded
    }

    #[inline]
    fn size_hint(&self) -> (usize, Option<usize>) {
        let mut rest = self.clone();
        let echoed = core::iter::from_fn(|| rest.next_echoed()).count();
        let count = self.left.count_ones() as usize + echoed;
        (count, Some(count))
    }
}

impl ExactSizeIterator for Headers<'_> {}

#[cfg(test)]
mod tests {
    extern crate std;
    use crate::{Header, PolicySpec, Request};
    use std::vec::Vec;

    #[test]
    fn headers_are_the_same_one_by_one_and_folded() {
        let origin = &["https://a.example"];
        let listed = PolicySpec { allow_headers: &["x-a"], expose_headers: &["x-b"], ..PolicySpec::new(origin) };
        let specs = [
            PolicySpec::new(&["*"]),
            PolicySpec { allow_headers: &["*"], allow_methods: Some(&["*"]), ..PolicySpec::new(origin) },
            PolicySpec { allow_headers: &["*"], max_age: Some(5), allow_credentials: true, ..PolicySpec::new(origin) },
            PolicySpec { allow_methods: Some(&["*"]), ..listed },
            PolicySpec { allow_private_network: true, max_age: Some(5), ..listed },
        ];
        for spec in specs {
            let policy = spec.compile([0; 512], |_| ()).expect("it compiles");
            let asked: [(_, &[&str]); 4] =
                [("GET", &[]), ("OPTIONS", &[]), ("OPTIONS", &["x-a"]), ("OPTIONS", &["x-a", "", "x-b", " "])];
            for (method, lines) in asked {
                let mut request = Request::new(method);
                request.header("Origin", "https://a.example").header("Access-Control-Request-Method", "GET");
                request.header("Access-Control-Request-Private-Network", "true");
                for line in lines {
                    request.header("Access-Control-Request-Headers", *line);
                }
                let decision = policy.evaluate(&request);
                let mut headers = decision.headers();
                let mut one_by_one: Vec<Header<'_>> = std::iter::from_fn(|| headers.next()).collect();
                assert!(!one_by_one.is_empty());
                headers = decision.headers();
                while !one_by_one.is_empty() {
                    assert_eq!(headers.size_hint(), (one_by_one.len(), Some(one_by_one.len())), "{lines:?}");
                    let mut at_once = Vec::new();
                    headers.clone().for_each(|header| at_once.push(header));
                    assert_eq!(at_once, one_by_one, "{lines:?}");
                    assert_eq!(headers.next(), Some(one_by_one.remove(0)));
                }
                assert!(headers.next().is_none());
            }
        }
    }
}
