//! The scan of `Access-Control-Request-Headers`: `1#field-name` with bounded tolerance, element by element, never past an offence.

use crate::byte::{element_end, is_tchar, leading_white_space};
use crate::denial::{Denial, DenialCode};
use crate::hash;
use crate::image::{Image, Section, flag};
use crate::name_index::{NameIndex, SEPARATOR};
use crate::review::NAME_MAX;

/// Most empty elements over all lines; an empty line is one.
const EMPTY_MAX: usize = 16;
/// Most white space around one element, before and after together.
const WHITE_SPACE_MAX: usize = 16;
/// Most bytes and lines that are echoed under `*`.
const ECHO_BYTES: usize = 4096;
const ECHO_LINES: usize = 32;
/// How many names of the list may stand between those of a line before they are looked up.
const AHEAD: usize = 8;

/// What the scan keeps from element to element.
struct Scan<'i> {
    /// Whose list holds; `None`: any name will do.
    listing: Option<Image<'i>>,
    longest: usize,
    seen: [u64; 4],
    empty: usize,
}

/// Judges the requested headers; `overflow` is a line that was not kept.
#[inline]
pub(crate) fn judge<'r>(image: Image<'_>, lines: &[&'r [u8]], overflow: Option<&'r [u8]>) -> Result<(), Denial<'r>> {
    if lines.is_empty() && overflow.is_none() {
        Ok(())
    } else if image.has(flag::ANY_HEADER) {
        judge_any(lines, overflow)
    } else {
        judge_listed(image, lines, overflow)
    }
}

fn judge_any<'r>(lines: &[&'r [u8]], overflow: Option<&'r [u8]>) -> Result<(), Denial<'r>> {
    let mut scan = Scan { listing: None, longest: ECHO_BYTES, seen: [0; 4], empty: 0 };
    let too_large = |line| Err(Denial { code: DenialCode::TooLarge, offence: line });
    let mut bytes = 0_usize;
    for (number, line) in lines.iter().enumerate() {
        bytes = bytes.saturating_add(line.len());
        if number >= ECHO_LINES || bytes > ECHO_BYTES {
            return too_large(line);
        }
        scan.elements(line)?;
    }
    overflow.map_or(Ok(()), too_large)
}

fn judge_listed<'r>(image: Image<'_>, lines: &[&'r [u8]], overflow: Option<&'r [u8]>) -> Result<(), Denial<'r>> {
    let longest = usize::from(image.longest_header());
    let mut scan = Scan { listing: Some(image), longest, seen: [0; 4], empty: 0 };
    for line in lines {
        if let Some(rest) = scan.in_order(image, line) {
            scan.elements(rest)?;
        }
    }
    overflow.map_or(Ok(()), malformed)
}

fn header_index(image: Image<'_>) -> NameIndex<'_> {
    let (joined, index) = (image.section(Section::RequestHeaders), image.section(Section::HeaderIndex));
    NameIndex::new(joined, index, usize::from(image.header_count()), image.header_seed())
}

/// How long each listed name is: what the index begins with.
#[inline]
fn header_lengths(image: Image<'_>) -> &[u8] {
    image.section(Section::HeaderIndex).get(..usize::from(image.header_count())).unwrap_or_default()
}

/// Does this line hold a name? Only such lines are echoed.
pub(crate) fn holds_name(line: &[u8]) -> bool {
    line.iter().any(|&b| is_tchar(b))
}

/// How many bytes of a token stand at the front, counting no further than one past `most`.
#[inline]
fn leading_token(bytes: &[u8], most: usize) -> usize {
    bytes.iter().take(most + 1).take_while(|&&b| is_tchar(b)).count()
}

impl Scan<'_> {
    /// What browsers send: listed names in the order of the list, for the first time, one comma between them. Nothing is hashed, no end is
    /// looked for. The rest that is something else; `None`: there is none.
    #[inline]
    fn in_order<'r>(&mut self, image: Image<'_>, line: &'r [u8]) -> Option<&'r [u8]> {
        let (mut rest, mut names) = (line, image.section(Section::RequestHeaders));
        let mut passed = 0;
        for (number, &length) in header_lengths(image).iter().enumerate() {
            let (name, others) = names.split_at_checked(usize::from(length))?;
            let given = rest.split_at_checked(usize::from(length)).filter(|(given, behind)| {
                matches!(behind.first(), None | Some(b',')) && hash::is_equal(name, given, false)
            });
            if let Some((_, behind)) = given {
                if !self.see(number as u16) {
                    return Some(rest);
                }
                rest = behind.get(1..)?;
            } else {
                passed += 1;
                if passed == AHEAD {
                    return Some(rest);
                }
            }
            names = others.get(SEPARATOR..).unwrap_or_default();
        }
        Some(rest)
    }

    /// Elements between commas.
    #[inline(never)]
    fn elements<'r>(&mut self, line: &'r [u8]) -> Result<(), Denial<'r>> {
        let mut at = 0;
        let listed = self.listing.map(header_index);
        loop {
            at = self.listed_names(listed, line, at);
            let Some(rest) = line.get(at..) else { return Ok(()) };
            match self.other_element(listed, rest)? {
                None => return Ok(()),
                Some(length) => at += length + 1,
            }
        }
    }

    /// Listed names for the first time, ended by a comma or with the line. Where the first other element begins, or a place behind
    /// the end.
    #[inline]
    fn listed_names(&mut self, listed: Option<NameIndex<'_>>, line: &[u8], mut at: usize) -> usize {
        let Some(listed) = listed else { return at };
        loop {
            let found = element_end(line, at, self.longest).and_then(|end| {
                // An empty element is for the slow way.
                let name = line.get(at..end).filter(|name| !name.is_empty())?;
                Some((listed.find(name)?, end))
            });
            let Some((_, end)) = found.filter(|(number, _)| self.see(*number)) else { return at };
            at = end + 1;
        }
    }

    /// A tab is white space in a list that is compared, and no byte of one that is echoed.
    #[inline]
    fn tabs(&self) -> bool {
        self.listing.is_some()
    }

    /// Marks a name as seen; false if it was.
    #[inline]
    fn see(&mut self, number: u16) -> bool {
        let (bit, word) = (1_u64 << (number % 64), self.seen.get_mut(usize::from(number / 64)));
        word.is_some_and(|word| {
            let is_new = *word & bit == 0;
            *word |= bit;
            is_new
        })
    }

    /// Empty elements, and the next one that is none: how long they are; `None`: the line ends with them.
    #[inline(never)]
    fn other_element<'r>(
        &mut self,
        listed: Option<NameIndex<'_>>,
        rest: &'r [u8],
    ) -> Result<Option<usize>, Denial<'r>> {
        let mut start = 0;
        let (element, before) = loop {
            let here = rest.get(start..).unwrap_or(b"");
            let before = leading_white_space(here, WHITE_SPACE_MAX, self.tabs());
            if before > WHITE_SPACE_MAX {
                return surplus_white_space(here, self.tabs());
            }
            let element = here.get(before..).unwrap_or(b"");
            if element.first().is_some_and(|&b| b != b',') {
                break (element, before);
            }
            self.empty += 1;
            if self.empty > EMPTY_MAX {
                return malformed(b"");
            }
            if element.is_empty() {
                return Ok(None);
            }
            start += before + 1;
        };
        let length = leading_token(element, self.longest);
        if length > self.longest {
            return Err(Denial { code: DenialCode::HeaderNotAllowed, offence: element });
        }
        let (name, behind) = element.split_at_checked(length).unwrap_or((element, b""));
        // The element is judged as a whole before its name is.
        let after = leading_white_space(behind, WHITE_SPACE_MAX, self.tabs());
        if before + after > WHITE_SPACE_MAX {
            return surplus_white_space(behind, self.tabs());
        }
        let next = behind.get(after);
        if name.is_empty() || next.is_some_and(|&b| b != b',') {
            return no_token(element, self.tabs());
        }
        if let Some(listed) = listed {
            match listed.find(name) {
                None => return Err(Denial { code: DenialCode::HeaderNotAllowed, offence: element }),
                Some(number) if !self.see(number) => return malformed(name),
                Some(_) => {}
            }
        }
        Ok(next.map(|_| start + before + length + after))
    }
}

fn malformed<T>(offence: &[u8]) -> Result<T, Denial<'_>> {
    Err(Denial { code: DenialCode::HeadersMalformed, offence })
}

/// The white space at the front is too much.
fn surplus_white_space<T>(bytes: &[u8], tabs: bool) -> Result<T, Denial<'_>> {
    let count = leading_white_space(bytes, NAME_MAX, tabs).min(NAME_MAX);
    malformed(bytes.get(..count).unwrap_or(bytes))
}

/// The element at the front is no token; what is shown of it is bounded, and has no white space around it.
fn no_token<T>(element: &[u8], tabs: bool) -> Result<T, Denial<'_>> {
    let length = element.iter().take(NAME_MAX).take_while(|&&b| b != b',').count();
    let shown = element.get(..length).unwrap_or(element);
    let end = shown.iter().rposition(|&b| b != b' ' && !(tabs && b == b'\t')).map_or(0, |at| at + 1);
    malformed(shown.get(..end).unwrap_or(shown))
}
