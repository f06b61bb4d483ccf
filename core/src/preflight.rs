//! The scan of `Access-Control-Request-Headers`: `1#field-name` with bounded tolerance, element by element, never past an offence.

use crate::byte::{is_tchar, is_white_space};
use crate::denial::{Denial, DenialCode};
use crate::image::{Image, flag};
use crate::name_index::NameIndex;
use crate::open::header_index;

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

/// How many bytes of a class stand at the front, counting no further than one past `most`.
#[inline]
fn run(bytes: &[u8], most: usize, is_in: impl Fn(u8) -> bool) -> usize {
    bytes.iter().take(most + 1).take_while(|&&b| is_in(b)).count()
}

impl Scan<'_> {
    /// One line: elements between commas.
    fn line<'r>(&mut self, line: &'r [u8]) -> Result<(), Denial<'r>> {
        let malformed = |offence| Err(Denial { code: DenialCode::HeadersMalformed, offence });
        let is_white = |b| if self.listed.is_some() { is_white_space(b) } else { b == b' ' };
        let mut rest = line;
        loop {
            let before = run(rest, WHITE_SPACE_MAX, is_white);
            if before > WHITE_SPACE_MAX {
                return malformed(rest);
            }
            let element = rest.get(before..).unwrap_or(b"");
            let length = run(element, self.longest, is_tchar);
            if length > self.longest {
                return Err(Denial { code: DenialCode::HeaderNotAllowed, offence: element });
            }
            let (name, behind) = element.split_at_checked(length).unwrap_or((element, b""));
            let after = run(behind, WHITE_SPACE_MAX, is_white);
            if before + after > WHITE_SPACE_MAX {
                return malformed(behind);
            }
            let next = behind.get(after..).unwrap_or(b"");
            if next.first().is_some_and(|&b| b != b',') {
                return malformed(element);
            }
            if name.is_empty() {
                self.empty += 1;
                if self.empty > EMPTY_MAX {
                    return malformed(b"");
                }
            } else if let Some(listed) = &self.listed {
                let Some(number) = listed.find(name) else {
                    return Err(Denial { code: DenialCode::HeaderNotAllowed, offence: element });
                };
                let bit = 1_u64 << (number % 64);
                let Some(word) = self.seen.get_mut(usize::from(number / 64)) else { return malformed(element) };
                if *word & bit != 0 {
                    return malformed(element);
                }
                *word |= bit;
            }
            let Some((_, tail)) = next.split_first() else { return Ok(()) };
            rest = tail;
        }
    }
}
