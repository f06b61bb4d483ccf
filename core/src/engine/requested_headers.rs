//! The scan of `Access-Control-Request-Headers`: `1#field-name` with bounded tolerance, element by element, never past an offence.

use crate::engine::denial::{Denial, DenialCode};
use crate::image::hash;
use crate::image::layout::{Image, Section, flag};
use crate::image::name_index::{NameIndex, SEPARATOR};
use crate::spec::limits::NAME_MAX;
use crate::syntax::byte::{element_end, is_tchar, leading_white_space};

/// Most empty elements over all lines; an empty line is one.
const EMPTY_MAX: usize = 16;
/// Most white space around one element, before and after together.
const WHITE_SPACE_MAX: usize = 16;
const BLANKS: u128 = u128::from_le_bytes([b' '; WHITE_SPACE_MAX]);
/// Most bytes and lines that are echoed under `*`.
const ECHO_BYTES: usize = 4096;
const ECHO_LINES: usize = 32;
/// How many names of the list may stand between those of a line before they are looked up.
const AHEAD: usize = 4;

/// What the scan keeps from element to element.
struct Scan {
    /// Of the longest name that may pass.
    longest: usize,
    /// A tab is white space in a list that is compared, and no byte of one that is echoed.
    tabs: bool,
    seen: Seen,
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
        let mut rest = Some(*line);
        while let Some((element, before)) = scan.next_element(rest)? {
            rest = scan.element(None, element, before)?;
        }
    }
    overflow.map_or(Ok(()), too_large)
}

/// Browsers send one line in the list's order: its names are compared, and nothing else is done.
#[inline(always)]
fn judge_listed<'r>(image: Image<'_>, lines: &[&'r [u8]], overflow: Option<&'r [u8]>) -> Result<(), Denial<'r>> {
    let (mut order, mut seen) = (Order::new(image), 0);
    let first = lines.first().copied().unwrap_or_default();
    // Names that follow each other in the list are not the same.
    let rest = order.follow(first, |number| number < 64 && mark(&mut seen, number));
    if rest.is_none() && lines.len() == 1 && overflow.is_none() {
        return Ok(());
    }
    judge_further(image, lines, overflow, First { order, rest, seen })
}

/// How far the first line was followed.
struct First<'i, 'r> {
    order: Order<'i>,
    rest: Option<&'r [u8]>,
    /// Of the first 64 names.
    seen: u64,
}

#[inline(never)]
fn judge_further<'r>(
    image: Image<'_>,
    lines: &[&'r [u8]],
    overflow: Option<&'r [u8]>,
    first: First<'_, 'r>,
) -> Result<(), Denial<'r>> {
    let longest = usize::from(image.longest_header());
    let mut scan = Scan { longest, tabs: true, seen: [first.seen, 0, 0, 0], empty: 0 };
    let (mut index, mut order, mut followed) = (None, first.order, first.rest);
    for (place, line) in lines.iter().enumerate() {
        if line.is_empty() {
            scan.see_empty()?;
            continue;
        }
        if place != 0 {
            order = Order::new(image);
            followed = Some(line);
        }
        let mut is_repeated = false;
        let mut rest = followed.and_then(|line| {
            order.follow(line, |number| {
                is_repeated = !see(&mut scan.seen, number);
                !is_repeated
            })
        });
        if let Some(rest) = rest.filter(|_| is_repeated) {
            // What was followed so far is a listed name, up to its comma.
            return malformed(rest.split(|&b| b == b',').next().unwrap_or_default());
        }
        while let Some((element, before)) = scan.next_element(rest)? {
            let is_padded = rest.is_some_and(|rest| rest.len() != element.len());
            rest = if is_padded { order.follow(element, |number| see(&mut scan.seen, number)) } else { Some(element) };
            if rest.is_some_and(|rest| rest.len() == element.len()) {
                rest = scan.element(Some(index.get_or_insert_with(|| header_index(image))), element, before)?;
            }
        }
    }
    overflow.map_or(Ok(()), malformed)
}

#[cold]
fn header_index(image: Image<'_>) -> NameIndex<'_> {
    let (joined, index) = (image.section(Section::RequestHeaders), image.section(Section::HeaderIndex));
    NameIndex::new(joined, index, usize::from(image.header_count()), image.header_seed())
}

/// How long each listed name is: what the index begins with.
#[inline]
fn header_lengths(image: Image<'_>) -> &[u8] {
    image.section(Section::HeaderIndex).get(..usize::from(image.header_count())).unwrap_or_default()
}

/// How many bytes of a token stand at the front, counting no further than one past `most`.
#[inline]
fn leading_token(bytes: &[u8], most: usize) -> usize {
    bytes.iter().take(most + 1).take_while(|&&b| is_tchar(b)).count()
}

/// The listed names from a place on, in their order, which is that of browsers: nothing is hashed, no end is looked for.
struct Order<'i> {
    joined: &'i [u8],
    lengths: &'i [u8],
    /// Of the next name: its offset and its number.
    next: (usize, usize),
}

impl<'i> Order<'i> {
    #[inline]
    fn new(image: Image<'i>) -> Self {
        Self { joined: image.section(Section::RequestHeaders), lengths: header_lengths(image), next: (0, 0) }
    }

    /// Listed names that are new, each ended by a comma or with the line. What stands behind them; `None`: the line ends with one.
    #[inline]
    fn follow<'r>(&mut self, line: &'r [u8], mut is_new: impl FnMut(usize) -> bool) -> Option<&'r [u8]> {
        let (mut rest, mut passed) = (line, 0);
        let (mut at, mut number) = self.next;
        // Padding is no name.
        while rest.first() > Some(&b',') && passed < AHEAD {
            let Some(length) = self.lengths.get(number).copied().map(usize::from) else { break };
            let Some(name) = self.joined.get(at..).and_then(|names| names.get(..length)) else { break };
            let given = rest.split_at_checked(length).filter(|(given, behind)| {
                matches!(behind.first(), None | Some(b',')) && hash::is_equal(name, given, false)
            });
            let is_refused = given.is_some() && !is_new(number);
            (at, number) = (at + length + SEPARATOR, number + 1);
            match given {
                None => passed += 1,
                Some(_) if is_refused => break,
                Some((_, behind)) => {
                    rest = behind.get(1..)?;
                    self.next = (at, number);
                }
            }
        }
        Some(rest)
    }
}

/// Which listed names were seen: one bit each.
type Seen = [u64; 4];

/// Marks one of 64 names.
#[inline]
fn mark(seen: &mut u64, number: usize) -> bool {
    *seen |= 1_u64 << (number % 64);
    true
}

/// Marks a name as seen; false if it was.
#[inline]
fn see(seen: &mut Seen, number: usize) -> bool {
    let (bit, word) = (1_u64 << (number % 64), seen.get_mut(number / 64));
    word.is_some_and(|word| {
        let is_new = *word & bit == 0;
        *word |= bit;
        is_new
    })
}

impl Scan {
    /// The next element that is not empty, and how much white space stands before it; `None`: there is none.
    #[inline]
    fn next_element<'r>(&mut self, rest: Option<&'r [u8]>) -> Result<Option<(&'r [u8], usize)>, Denial<'r>> {
        match rest {
            None => Ok(None),
            // The comma and all white space are below the bytes of a token but `!` … `+`, and browsers send neither.
            Some(rest) if rest.first() > Some(&b',') => Ok(Some((rest, 0))),
            Some(rest) => self.padding(rest),
        }
    }

    /// Empty elements and white space.
    #[inline(never)]
    fn padding<'r>(&mut self, mut rest: &'r [u8]) -> Result<Option<(&'r [u8], usize)>, Denial<'r>> {
        loop {
            while let Some(behind) = behind_padded_empty(rest) {
                self.see_empty()?;
                rest = behind;
            }
            let before = leading_white_space(rest, WHITE_SPACE_MAX, self.tabs);
            if before > WHITE_SPACE_MAX {
                return surplus_white_space(rest, self.tabs);
            }
            let element = rest.get(before..).unwrap_or_default();
            if element.first().is_some_and(|&b| b != b',') {
                return Ok(Some((element, before)));
            }
            self.see_empty()?;
            match element.get(1..) {
                Some(behind) => rest = behind,
                None => return Ok(None),
            }
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
        // Most elements end with their name, at a comma or with the line.
        let name = listed.and_then(|_| element.get(..element_end(element, 0, self.longest)?));
        let number = listed.zip(name).and_then(|(listed, name)| listed.find(name));
        if let (Some(name), Some(number)) = (name, number) {
            return if see(&mut self.seen, number) { Ok(element.get(name.len() + 1..)) } else { malformed(name) };
        }
        let is_unlisted = name.is_some();
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
            let number = if is_unlisted { None } else { listed.find(name) };
            match number {
                None => return Err(Denial { code: DenialCode::HeaderNotAllowed, offence: element }),
                Some(number) if !see(&mut self.seen, number) => return malformed(name),
                Some(_) => {}
            }
        }
        Ok(next.map(|(_, rest)| rest))
    }
}

/// Behind an empty element with as much white space as there may be: the costliest of all, told at once.
#[inline]
fn behind_padded_empty(rest: &[u8]) -> Option<&[u8]> {
    let (blanks, behind) = rest.split_first_chunk()?;
    if u128::from_le_bytes(*blanks) != BLANKS {
        return None;
    }
    behind.split_first().filter(|(b, _)| **b == b',').map(|(_, behind)| behind)
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
