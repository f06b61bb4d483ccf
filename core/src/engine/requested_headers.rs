//! Which requested headers pass: the check of `Access-Control-Request-Headers`, a list of field
//! names
//! ([RFC 9110, 5.6.1](https://www.rfc-editor.org/rfc/rfc9110#name-lists-rule-abnf-extension)).
//!
//! A browser sends one line of lower-case names, sorted, each once, with a comma between them and
//! nothing else
//! ([Fetch, CORS-preflight fetch](https://fetch.spec.whatwg.org/#cors-preflight-fetch)). Gateways
//! change that: they add white space, and split the list into several lines. So what a browser
//! sends is compared with the list as a whole, and everything else goes through one loop that takes
//! names in any order and any case.
//!
//! Both stop at the first offence. Whatever a stranger sends, no element is read past the longest
//! name that can pass, no listed name is taken twice, and the rest has limits, so the work is
//! bounded by the list and not by the request.

use crate::engine::denial::{Denial, DenialCode};
use crate::engine::request::Parts;
use crate::image::hash;
use crate::image::layout::{Image, Section, flag};
use crate::image::name_index::{NameIndex, SEPARATOR};
use crate::image::prefixes::Prefixes;
use crate::spec::limits::NAME_MAX;
use crate::syntax::byte::{count_name_bytes, is_tchar, is_token};

/// Empty elements over all lines; an empty line is one. Recipients ignore "a reasonable number" of
/// them, "but not so many that they could be used as a denial-of-service mechanism"
/// ([RFC 9110, 5.6.1.2](https://www.rfc-editor.org/rfc/rfc9110#section-5.6.1.2)).
const EMPTY_MAX: usize = 16;
/// White space before and after one element, in bytes.
/// [RFC 9110, 5.6.3](https://www.rfc-editor.org/rfc/rfc9110#section-5.6.3) sets no limit, but asks
/// senders for one space at most. 16 bytes are plenty for a gateway that pads a list, and cheap to
/// read.
const WHITE_SPACE_MAX: usize = 16;
/// Bytes of the lines that a response repeats. nginx reads the head of an upstream's response into
/// 4 kB or 8 kB by default, so more could turn the response to a preflight into a 502.
const ECHO_BYTES: usize = 4096;
/// Lines that a response repeats: each becomes a header of its own, and
/// [`HeaderList`](crate::HeaderList) has room for 40.
const ECHO_LINES: usize = 32;
/// How many listed names a browser's line may leave out before the loop takes over. A name that is
/// left out costs about 2 ns here. A name that the loop looks up costs about 30 ns more than here.
/// Most lists have no more than 16 names.
const SKIPPED_MAX: usize = 16;

/// The result for the requested headers.
pub(crate) struct Checked<'d> {
    pub(crate) denial: Option<Denial<'d>>,
    /// The lines that the response repeats. For a denied preflight, it repeats the last one only up
    /// to the offence, so that the browser's console names the right header.
    pub(crate) echoed: &'d [&'d [u8]],
}

/// Checks the requested headers in wire order.
#[inline]
pub(crate) fn check<'d>(image: Image<'_>, request: &Parts<'d>) -> Checked<'d> {
    let nothing_left = Checked { denial: None, echoed: &[] };
    let lines = request.requested_headers();
    let start = match lines {
        [] => return nothing_left,
        [line] if request.overflow().is_none() => match read_in_order(image, line) {
            None => return nothing_left,
            Some(start) => start,
        },
        [first, ..] => Start { rest: first, passed: 0, skipped: Skipped::new() },
    };
    check_lines(image, lines, request.overflow(), &start)
}

/// The numbers of listed names that a line leaves out.
type Skipped = heapless::Vec<u8, SKIPPED_MAX>;

/// Where the loop takes over in the first line.
struct Start<'d> {
    rest: &'d [u8],
    /// The first so many listed names are in front of `rest`, except for those that were skipped.
    passed: usize,
    skipped: Skipped,
}

impl Start<'_> {
    /// Whether a listed name is in front of `rest`.
    #[inline]
    fn has_passed(&self, number: usize) -> bool {
        number < self.passed && !self.skipped.iter().any(|&skipped| usize::from(skipped) == number)
    }
}

/// Reads a line as far as it is what browsers send: names of the list, in the order of the list,
/// with a comma between them. `None`: the whole line is.
///
/// It is not inlined, so that the loop has all registers. Only skipped names are noted, because most
/// lines skip none.
#[inline(never)]
fn read_in_order<'d>(image: Image<'_>, line: &'d [u8]) -> Option<Start<'d>> {
    let (mut names, mut rest) = (image.section(Section::RequestHeaders), line);
    let lengths = NameIndex::of(image).lengths();
    let (mut left, mut skipped) = (lengths, Skipped::new());
    while let Some((&length, behind)) = left.split_first() {
        let length = usize::from(length);
        match rest.split_at_checked(length) {
            Some((given, after @ ([] | [b',', ..]))) if begins_with(names, given) => match after {
                [] => return None,
                [_, after @ ..] => rest = after,
            },
            _ => {
                if skipped.push((lengths.len() - left.len()) as u8).is_err() {
                    break;
                }
            }
        }
        left = behind;
        // Nothing is left of the names where nothing is left of the lengths.
        let Some(behind) = names.get(length + SEPARATOR..) else { break };
        names = behind;
    }
    Some(Start { rest, passed: lengths.len() - left.len(), skipped })
}

/// Whether a list of names begins with this text. Short texts are compared here and not in a function
/// that is called, because a call in the loop above takes registers from every name.
#[inline(always)]
fn begins_with(names: &[u8], given: &[u8]) -> bool {
    let Some(name) = names.get(..given.len()) else { return false };
    if given.len() >= 8 {
        return hash::is_equal(name, given);
    }
    match (name.first_chunk::<4>(), name.last_chunk::<4>()) {
        // Both may overlap.
        (Some(first), Some(last)) => given.first_chunk() == Some(first) && given.last_chunk() == Some(last),
        _ => name.iter().eq(given),
    }
}

#[inline(never)]
fn check_lines<'d>(
    image: Image<'_>,
    lines: &'d [&'d [u8]],
    overflow: Option<&'d [u8]>,
    start: &Start<'d>,
) -> Checked<'d> {
    let mut prefixes = Prefixes::default();
    prefixes.add(image.section(Section::HeaderPrefixes));
    let mut is_echoed = image.has(flag::ANY_HEADER);
    // In a loop, the scan is called in one place, and the compiler inlines it (40 instructions less
    // for a denied name).
    loop {
        let mut scan = Scan::new(image, &prefixes, is_echoed, start);
        let result = scan.read(start.rest, lines, overflow);
        if scan.needs_echo && !is_echoed {
            // The lines are repeated in the response, so they must also keep the limits of repeated
            // lines.
            is_echoed = true;
            continue;
        }
        return match result {
            Ok(()) => Checked { denial: None, echoed: if is_echoed { lines } else { &[] } },
            Err(denial) => {
                let is_name = denial.code == DenialCode::HeaderNotAllowed;
                let echoed = if is_name && scan.needs_echo { lines.get(..=scan.line) } else { None };
                Checked { denial: Some(denial), echoed: echoed.unwrap_or_default() }
            }
        };
    }
}

/// One pass over the lines.
struct Scan<'i> {
    names: NameIndex<'i>,
    prefixes: &'i Prefixes<'i>,
    is_any: bool,
    /// Bytes of the longest name that can pass.
    longest: usize,
    /// The response repeats the lines: they have limits, and a tab is not white space in them,
    /// because it must not reach a response.
    is_echoed: bool,
    start: &'i Start<'i>,
    /// A name passed only by its prefix.
    needs_echo: bool,
    /// Which listed names were seen since the start.
    seen: Seen,
    empty: usize,
    /// The number of the line that is read.
    line: usize,
}

/// Which of at most 256 listed names were seen: one bit each.
#[derive(Default)]
struct Seen([u64; 4]);

impl Seen {
    /// Flips the bit of a name, and returns whether it is set now.
    #[inline]
    fn flip(&mut self, number: usize) -> bool {
        let bit = 1_u64 << (number % 64);
        let Some(word) = self.0.get_mut(number / 64) else { return false };
        *word ^= bit;
        *word & bit != 0
    }
}

/// An element of a list.
struct Element<'d> {
    /// Empty where there is only white space.
    name: &'d [u8],
    /// The line from the name on.
    text: &'d [u8],
    /// The line after the comma. `None`: the element is the last one.
    rest: Option<&'d [u8]>,
}

impl<'i> Scan<'i> {
    fn new(image: Image<'i>, prefixes: &'i Prefixes<'i>, is_echoed: bool, start: &'i Start<'i>) -> Self {
        let is_any = image.has(flag::ANY_HEADER);
        let longest = match is_any {
            true => ECHO_BYTES,
            false if prefixes.is_empty() => usize::from(image.longest_header()),
            false => NAME_MAX,
        };
        let names = NameIndex::of(image);
        let seen = Seen::default();
        Self { names, prefixes, is_any, longest, is_echoed, start, needs_echo: false, seen, empty: 0, line: 0 }
    }

    /// Reads the lines up to the first offence, or up to the first name that needs an echo where
    /// the lines are not yet read for one. Of the first line, it reads only `first`.
    fn read<'d>(&mut self, first: &'d [u8], lines: &[&'d [u8]], overflow: Option<&'d [u8]>) -> Result<(), Denial<'d>> {
        let mut bytes = 0_usize;
        for (number, line) in lines.iter().enumerate() {
            self.line = number;
            bytes = bytes.saturating_add(line.len());
            if self.is_echoed && (number >= ECHO_LINES || bytes > ECHO_BYTES) {
                return deny(DenialCode::TooLarge, line);
            }
            let mut rest = Some(if number == 0 { first } else { line });
            while let Some(text) = rest {
                let element = self.element(text)?;
                if element.name.is_empty() {
                    self.empty += 1;
                    if self.empty > EMPTY_MAX {
                        return deny(DenialCode::HeadersMalformed, b"");
                    }
                } else {
                    self.check_name(&element)?;
                    if self.needs_echo && !self.is_echoed {
                        return Ok(());
                    }
                }
                rest = element.rest;
            }
        }
        match overflow {
            None => Ok(()),
            Some(line) if self.is_echoed => deny(DenialCode::TooLarge, line),
            Some(line) => deny(DenialCode::HeadersMalformed, line),
        }
    }

    /// A listed name passes once. A name that only has a listed prefix passes as often as it comes,
    /// and so does any name if all are allowed.
    #[inline]
    fn check_name<'d>(&mut self, element: &Element<'d>) -> Result<(), Denial<'d>> {
        let listed = if self.is_any { None } else { self.names.find(element.name) };
        let Some(number) = listed else {
            // Listed names are tokens. So only the others are read byte by byte.
            if !is_token(element.name) {
                return self.deny_text(element.text);
            }
            if self.is_any {
                return Ok(());
            }
            // Most policies have no prefix, so the call is worth a test.
            if !self.prefixes.is_empty() && self.prefixes.cover(element.name) {
                self.needs_echo = true;
                return Ok(());
            }
            return deny(DenialCode::HeaderNotAllowed, element.text);
        };
        if self.start.has_passed(number) || !self.seen.flip(number) {
            return deny(DenialCode::HeadersMalformed, element.name);
        }
        Ok(())
    }

    /// The element at the front: white space, a name or nothing, white space, and then a comma or
    /// the end of the line. Whether the name is a token is still to be checked.
    #[inline]
    fn element<'d>(&self, line: &'d [u8]) -> Result<Element<'d>, Denial<'d>> {
        let before = self.count_white_space(line, WHITE_SPACE_MAX + 1);
        let Some(text) = line.get(before..) else { return self.deny_element(line) };
        let length = count_name_bytes(text, self.longest + 1);
        let Some((name, behind)) = text.split_at_checked(length) else { return self.deny_element(line) };
        let after = self.count_white_space(behind, WHITE_SPACE_MAX + 1);
        let rest = match behind.get(after..).and_then(<[u8]>::split_first) {
            None => None,
            Some((b',', rest)) => Some(rest),
            Some(_) => return self.deny_element(line),
        };
        if length > self.longest || before + after > WHITE_SPACE_MAX {
            return self.deny_element(line);
        }
        Ok(Element { name, text, rest })
    }

    /// The first offence of an element that is not white space, a name and white space within their
    /// limits. Reads it byte by byte, because an offence can be in front of the one that was found.
    #[cold]
    fn deny_element<'d, T>(&self, line: &'d [u8]) -> Result<T, Denial<'d>> {
        let before = self.count_white_space(line, WHITE_SPACE_MAX + 1);
        if before > WHITE_SPACE_MAX {
            return self.deny_white_space(line);
        }
        let text = line.get(before..).unwrap_or_default();
        let length = text.iter().take(self.longest + 1).take_while(|&&b| is_tchar(b)).count();
        if length > self.longest {
            return deny(DenialCode::HeaderNotAllowed, text);
        }
        let behind = text.get(length..).unwrap_or_default();
        if before + self.count_white_space(behind, WHITE_SPACE_MAX + 1) > WHITE_SPACE_MAX {
            return self.deny_white_space(behind);
        }
        self.deny_text(text)
    }

    #[inline]
    fn is_white_space(&self, b: u8) -> bool {
        b == b' ' || (b == b'\t' && !self.is_echoed)
    }

    /// White space at the front, counted up to `most` bytes. Masks over 16 bytes were not faster.
    #[inline]
    fn count_white_space(&self, text: &[u8], most: usize) -> usize {
        text.iter().take(most).take_while(|&&b| self.is_white_space(b)).count()
    }

    /// Too much white space at the front.
    fn deny_white_space<'d, T>(&self, text: &'d [u8]) -> Result<T, Denial<'d>> {
        let count = self.count_white_space(text, NAME_MAX);
        deny(DenialCode::HeadersMalformed, text.get(..count).unwrap_or(text))
    }

    /// An element that is not a name. What is shown of it has no white space at its end.
    fn deny_text<'d, T>(&self, text: &'d [u8]) -> Result<T, Denial<'d>> {
        let length = text.iter().take(NAME_MAX).take_while(|&&b| b != b',').count();
        let shown = text.get(..length).unwrap_or(text);
        let end = shown.iter().rposition(|&b| !self.is_white_space(b)).map_or(0, |last| last + 1);
        deny(DenialCode::HeadersMalformed, shown.get(..end).unwrap_or(shown))
    }
}

fn deny<T>(code: DenialCode, offence: &[u8]) -> Result<T, Denial<'_>> {
    Err(Denial { code, offence })
}
