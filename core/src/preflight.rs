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
struct Scan {
    /// Of the longest name that may pass.
    longest: usize,
    /// A tab is white space in a list that is compared, and no byte of one that is echoed.
    tabs: bool,
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
    let mut scan = Scan { longest: ECHO_BYTES, tabs: false, seen: [0; 4], empty: 0 };
    let too_large = |line| Err(Denial { code: DenialCode::TooLarge, offence: line });
    let mut bytes = 0_usize;
    for (number, line) in lines.iter().enumerate() {
        bytes = bytes.saturating_add(line.len());
        if number >= ECHO_LINES || bytes > ECHO_BYTES {
            return too_large(line);
        }
        scan.elements(None, line)?;
    }
    overflow.map_or(Ok(()), too_large)
}

fn judge_listed<'r>(image: Image<'_>, lines: &[&'r [u8]], overflow: Option<&'r [u8]>) -> Result<(), Denial<'r>> {
    let mut scan = Scan { longest: usize::from(image.longest_header()), tabs: true, seen: [0; 4], empty: 0 };
    let mut index = None;
    for line in lines {
        if line.is_empty() {
            scan.see_empty()?;
        } else if let Some(rest) = scan.in_order(image, line) {
            scan.elements(Some(index.get_or_insert_with(|| header_index(image))), rest)?;
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

impl Scan {
    /// What browsers send: listed names in the order of the list, for the first time, one comma between them. Nothing is hashed, no end is
    /// looked for. The rest that is something else; `None`: there is none.
    #[inline]
    fn in_order<'r>(&mut self, image: Image<'_>, line: &'r [u8]) -> Option<&'r [u8]> {
        // A name begins with a byte behind the comma's.
        if line.first() <= Some(&b',') {
            return Some(line);
        }
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

    /// Elements between commas: as few or many as stand there, with white space around them, in any order and case.
    #[inline(never)]
    fn elements<'r>(&mut self, listed: Option<&NameIndex<'_>>, line: &'r [u8]) -> Result<(), Denial<'r>> {
        let mut rest = line;
        loop {
            let before = leading_white_space(rest, WHITE_SPACE_MAX, self.tabs);
            let Some(element) = rest.get(before..).filter(|_| before <= WHITE_SPACE_MAX) else {
                return surplus_white_space(rest, self.tabs);
            };
            rest = match element.split_first() {
                None => return self.see_empty(),
                Some((b',', behind)) => {
                    self.see_empty()?;
                    behind
                }
                Some(_) => match self.element(listed, element, before)? {
                    Some(behind) => behind,
                    None => return Ok(()),
                },
            };
        }
    }

    /// Counts an empty element.
    #[inline]
    fn see_empty<'r>(&mut self) -> Result<(), Denial<'r>> {
        self.empty += 1;
        if self.empty > EMPTY_MAX { malformed(b"") } else { Ok(()) }
    }

    /// One element that is not empty, behind so many bytes of white space; what stands behind its comma.
    #[inline]
    fn element<'r>(
        &mut self,
        listed: Option<&NameIndex<'_>>,
        element: &'r [u8],
        before: usize,
    ) -> Result<Option<&'r [u8]>, Denial<'r>> {
        let listed_name = listed.and_then(|listed| {
            let end = element_end(element, 0, self.longest)?;
            Some((listed.find(element.get(..end)?)?, end))
        });
        if let Some((_, end)) = listed_name.filter(|(number, _)| self.see(*number)) {
            return Ok(element.get(end + 1..));
        }
        let length = leading_token(element, self.longest);
        if length > self.longest {
            return Err(Denial { code: DenialCode::HeaderNotAllowed, offence: element });
        }
        let (name, behind) = element.split_at_checked(length).unwrap_or((element, b""));
        // The element is judged as a whole before its name is.
        let after = leading_white_space(behind, WHITE_SPACE_MAX, self.tabs);
        if before + after > WHITE_SPACE_MAX {
            return surplus_white_space(behind, self.tabs);
        }
        let next = behind.get(after..).and_then(<[u8]>::split_first);
        if name.is_empty() || next.is_some_and(|(&b, _)| b != b',') {
            return no_token(element, self.tabs);
        }
        if let Some(listed) = listed {
            match listed.find(name) {
                None => return Err(Denial { code: DenialCode::HeaderNotAllowed, offence: element }),
                Some(number) if !self.see(number) => return malformed(name),
                Some(_) => {}
            }
        }
        Ok(next.map(|(_, rest)| rest))
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
