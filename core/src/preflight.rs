//! The scan of `Access-Control-Request-Headers`: `1#field-name` with bounded tolerance, element by element, never past an offence.

use crate::byte::{element_end, is_tchar, leading_white_space};
use crate::denial::{Denial, DenialCode};
use crate::image::{Image, flag};
use crate::name_index::NameIndex;
use crate::open::header_index;
use crate::review::NAME_MAX;

/// Most empty elements over all lines; an empty line is one.
const EMPTY_MAX: usize = 16;
/// Most white space around one element, before and after together.
const WHITE_SPACE_MAX: usize = 16;
/// Most bytes and lines that are echoed under `*`.
const ECHO_BYTES: usize = 4096;
const ECHO_LINES: usize = 32;

/// What the scan keeps from element to element.
struct Scan<'i> {
    /// `None`: any name will do.
    listed: Option<NameIndex<'i>>,
    longest: usize,
    seen: [u64; 4],
    empty: usize,
}

/// Judges the requested headers; `overflow` is a line that was not kept.
pub(crate) fn judge<'r>(image: Image<'_>, lines: &[&'r [u8]], overflow: Option<&'r [u8]>) -> Result<(), Denial<'r>> {
    if lines.is_empty() && overflow.is_none() {
        return Ok(());
    }
    let any = image.has(flag::ANY_HEADER);
    let mut scan = Scan {
        listed: (!any).then(|| header_index(image)),
        longest: if any { ECHO_BYTES } else { usize::from(image.longest_header()) },
        seen: [0; 4],
        empty: 0,
    };
    let mut bytes = 0_usize;
    for (number, line) in lines.iter().enumerate() {
        bytes = bytes.saturating_add(line.len());
        if any && (number >= ECHO_LINES || bytes > ECHO_BYTES) {
            return Err(Denial { code: DenialCode::TooLarge, offence: line });
        }
        scan.line(line)?;
    }
    match overflow {
        Some(line) if any => Err(Denial { code: DenialCode::TooLarge, offence: line }),
        Some(line) => Err(Denial { code: DenialCode::HeadersMalformed, offence: line }),
        None => Ok(()),
    }
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
    /// One line: elements between commas.
    fn line<'r>(&mut self, line: &'r [u8]) -> Result<(), Denial<'r>> {
        let mut at = 0;
        loop {
            at = self.listed_names(line, at);
            let Some(rest) = line.get(at..) else { return Ok(()) };
            match self.other_element(rest)? {
                None => return Ok(()),
                Some(length) => at += length + 1,
            }
        }
    }

    /// What browsers send: listed names for the first time, ended by a comma or with the line. Where the first other element
    /// begins, or a place behind the end.
    #[inline]
    fn listed_names(&mut self, line: &[u8], mut at: usize) -> usize {
        let Some(listed) = self.listed else { return at };
        let mut next = 0;
        loop {
            let found = listed.follow(line, at, next).or_else(|| {
                let end = element_end(line, at, self.longest)?;
                // An empty element is for the slow way.
                let name = line.get(at..end).filter(|name| !name.is_empty())?;
                Some((listed.find(name)?, end))
            });
            let Some((number, end)) = found.filter(|(number, _)| self.see(*number)) else { return at };
            next = number + 1;
            at = end + 1;
        }
    }

    /// A tab is white space in a list that is compared, and no byte of one that is echoed.
    #[inline]
    fn tabs(&self) -> bool {
        self.listed.is_some()
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
    fn other_element<'r>(&mut self, rest: &'r [u8]) -> Result<Option<usize>, Denial<'r>> {
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
        if let Some(listed) = &self.listed {
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
