//! How a decision changes the response of an application: which of its headers are replaced, and
//! what is added to its `Vary` (`docs/design.md`, 8;
//! [RFC 9110, 12.5.5](https://www.rfc-editor.org/rfc/rfc9110#name-vary)).

use crate::syntax::header_name::is_cors_response_header;

/// The names that Corsac writes into `Vary`, in the order of the bits.
const NAMES: [&[u8]; 4] = [
    b"Origin",
    b"Access-Control-Request-Method",
    b"Access-Control-Request-Headers",
    b"Access-Control-Request-Private-Network",
];
const ALL: u8 = (1 << NAMES.len()) - 1;

/// Which headers of a response a decision replaces. It borrows nothing, so you can keep it longer
/// than the decision.
///
/// ```
/// use corsac::{PolicySpec, Request};
/// let spec = PolicySpec { allow_timing: true, ..PolicySpec::new(&["https://app.example.com"]) };
/// let policy = spec.compile([0; 256], |_| ())?;
/// let replaced = policy.evaluate(&Request::new("GET")).replaced_headers();
/// assert!(replaced.contains(b"access-control-allow-origin") && replaced.contains(b"Timing-Allow-Origin"));
/// assert!(!replaced.contains(b"Vary"));
/// # Ok::<(), corsac::CompileError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReplacedHeaders {
    pub(crate) has_timing: bool,
}

impl ReplacedHeaders {
    /// From the switch that [`replaces_timing`](Self::replaces_timing) gives: for `corsac-ffi`,
    /// whose decisions are numbers.
    #[doc(hidden)]
    #[must_use]
    pub const fn new(replaces_timing: bool) -> Self {
        Self { has_timing: replaces_timing }
    }

    /// Whether `Timing-Allow-Origin` is one of them. Two of these values differ in nothing else.
    #[doc(hidden)]
    #[must_use]
    pub const fn replaces_timing(self) -> bool {
        self.has_timing
    }

    /// Whether a header of this name, in any case, is one of them.
    #[must_use]
    pub fn contains(self, name: &[u8]) -> bool {
        is_cors_response_header(name) || (self.has_timing && name.eq_ignore_ascii_case(b"timing-allow-origin"))
    }
}

/// What the `Vary` lines of a response already list, and what a decision's `Vary` adds to them. The
/// lines themselves are not changed.
///
/// ```
/// let mut vary = corsac::VaryMerge::default();
/// for line in ["Accept-Encoding", "accept, origin"] {
///     vary.add(line.as_bytes());
/// }
/// let ours = b"Origin, Access-Control-Request-Method, Access-Control-Request-Headers";
/// let lines: Vec<&[u8]> = vary.missing(ours).collect();
/// assert_eq!(lines, [b"Access-Control-Request-Method".as_slice(), b"Access-Control-Request-Headers"]);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct VaryMerge {
    covered: u8,
}

impl VaryMerge {
    /// Restores a value from its [`covered`](Self::covered) bits.
    #[must_use]
    pub const fn from_covered(covered: u8) -> Self {
        Self { covered: covered & ALL }
    }

    /// One bit for each name that Corsac writes and that a line lists. All bits after a `*`.
    ///
    /// ```
    /// use corsac::VaryMerge;
    /// let mut vary = VaryMerge::default();
    /// vary.add_header(b"content-type", b"text/html");
    /// vary.add_header(b"vary", b"Accept, Origin");
    /// // Keep one byte, for example across a C interface, and go on with it later.
    /// let kept = vary.covered();
    /// assert_eq!(VaryMerge::from_covered(kept), vary);
    /// assert_eq!(VaryMerge::from_covered(kept).missing(b"Origin").count(), 0);
    /// ```
    #[must_use]
    pub const fn covered(self) -> u8 {
        self.covered
    }

    /// Reads one header of the response: [`add`](Self::add) if it is a `Vary`.
    pub fn add_header(&mut self, name: &[u8], value: &[u8]) {
        if name.eq_ignore_ascii_case(b"vary") {
            self.add(value);
        }
    }

    /// Reads one `Vary` line of the response. Names count in any case, and `*` covers every name.
    pub fn add(&mut self, line: &[u8]) {
        for name in elements(line) {
            if name == b"*" {
                self.covered = ALL;
            }
            for (place, ours) in NAMES.iter().enumerate() {
                if name.eq_ignore_ascii_case(ours) {
                    self.covered |= 1 << place;
                }
            }
        }
    }

    /// Writes [`missing`](Self::missing) to `room` as far as it goes, and returns the lines that it
    /// wrote. Only for `corsac-ffi`, so that this code is compiled once and optimised for size.
    #[doc(hidden)]
    pub fn missing_lines<'r, 'v>(self, value: &'v [u8], room: &'r mut [&'v [u8]]) -> &'r [&'v [u8]] {
        let mut count = 0;
        for (place, line) in room.iter_mut().zip(self.missing(value)) {
            *place = line;
            count += 1;
        }
        room.get(..count).unwrap_or_default()
    }

    /// The lines to append for a decision's `Vary`: the whole value if no name of it is listed,
    /// otherwise each missing name in a line of its own. At most four.
    pub fn missing(self, value: &[u8]) -> impl Iterator<Item = &[u8]> + Clone {
        let is_covered = move |name: &[u8]| {
            NAMES.iter().enumerate().any(|(place, ours)| self.covered & (1 << place) != 0 && name == *ours)
        };
        // Most responses list none of these names, so nothing is split.
        let is_fresh = self.covered == 0 || !elements(value).any(is_covered);
        let whole = (is_fresh && !value.is_empty()).then_some(value);
        let names = elements(if is_fresh { b"" } else { value }).filter(move |name| !is_covered(name));
        whole.into_iter().chain(names)
    }
}

/// The elements of a list, trimmed. Empty elements are left out.
pub(crate) fn elements(list: &[u8]) -> impl Iterator<Item = &[u8]> + Clone {
    list.split(|&b| b == b',').map(<[u8]>::trim_ascii).filter(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::{NAMES, ReplacedHeaders, VaryMerge};
    use std::vec::Vec;

    const OURS: &[u8] = b"Origin, Access-Control-Request-Method, Access-Control-Request-Headers";

    fn missing(present: &[&str]) -> Vec<&'static [u8]> {
        let mut lines = VaryMerge::default();
        for line in present {
            lines.add(line.as_bytes());
        }
        assert_eq!(VaryMerge::from_covered(lines.covered()), lines);
        lines.missing(OURS).collect()
    }

    #[test]
    fn missing_value_is_one_line_if_no_name_is_listed() {
        assert_eq!(missing(&[]), [OURS]);
        assert_eq!(missing(&["Accept-Encoding", "", ",,", "Origins, x-origin"]), [OURS]);
        assert_eq!(VaryMerge::default().missing(b"").count(), 0);
    }

    #[test]
    fn listed_name_is_not_added_again_in_any_case() {
        assert_eq!(missing(&["Accept, ORIGIN\t"]), NAMES[1..3]);
        assert_eq!(missing(&["access-control-request-method", " origin ,"]), NAMES[2..3]);
        assert!(missing(&["Access-Control-Request-Headers,origin", "access-control-request-method"]).is_empty());
    }

    #[test]
    fn star_covers_every_name() {
        assert!(missing(&["*"]).is_empty());
        assert!(missing(&["Accept", "x, * "]).is_empty());
        assert_eq!(missing(&["**"]), [OURS]);
    }

    #[test]
    fn name_that_the_decision_lacks_does_not_count() {
        // A private-network name in the response does not split our value, because our value does
        // not have that name.
        assert_eq!(missing(&["Access-Control-Request-Private-Network"]), [OURS]);
    }

    #[test]
    fn values_rebuilt_for_c_give_the_same_result() {
        for has_timing in [false, true] {
            let replaced = ReplacedHeaders::new(has_timing);
            assert_eq!(replaced.replaces_timing(), has_timing);
            assert_eq!(replaced.contains(b"timing-allow-origin"), has_timing);
        }
        let mut vary = VaryMerge::default();
        vary.add_header(b"Accept", b"Origin");
        assert_eq!(vary.covered(), 0);
        vary.add_header(b"VARY", b"Origin");
        assert_eq!(vary.covered(), 1);
        let mut room = [b"".as_slice(); 3];
        assert!(vary.missing_lines(OURS, &mut room).iter().copied().eq(vary.missing(OURS)));
        // Lines for which there is no room are left out.
        let merge = VaryMerge::from_covered(1);
        assert_eq!(merge.missing_lines(b"Origin, a, b, c, d", &mut room), [b"a", b"b", b"c"]);
        assert!(merge.missing_lines(b"Origin, a", &mut []).is_empty());
    }
}
