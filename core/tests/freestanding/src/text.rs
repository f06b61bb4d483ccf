//! Exports the reader of policy texts: it reads, compiles, and writes every finding.

use core::fmt::Write;
use core::slice;

use corsac::{Asked, PolicyText, Request, RequestPath, TextFinding, TextSlot, UnknownOption};

use crate::{Report, Room, Text};

/// Reads `text` in `scratch`, compiles it into `storage` and writes every finding into `room`.
/// Returns how many bytes were written.
///
/// # Safety
/// All pointers are valid during the call, and nothing else uses `scratch`, `storage` and `room`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn freestanding_read_text<'t>(
    text: &'t Text,
    scratch: *mut TextSlot<'t>,
    count: usize,
    mut storage: Room,
    room: Room,
) -> usize {
    // SAFETY: the caller guarantees it.
    let scratch = unsafe { slice::from_raw_parts_mut(scratch, count) };
    let mut report = Report::new();
    let _ = write!(report, "{}", TextSlot::needed(text.as_ref()));
    let read = match PolicyText::read(text.as_ref(), scratch, |finding| tell(finding, &mut report)) {
        Ok(read) => read,
        Err(error) => {
            let _ = write!(report, "{error}");
            return report.hand_over(room);
        }
    };
    let _ = write!(report, "{} {} {}", read.is_set(), read.errors(), read.image_len());
    match read.compile(storage.bytes(), |finding| tell(finding, &mut report)) {
        Ok(set) => {
            let _ = write!(report, "{}", set.image().len());
            if let Some(text) = set.to_text() {
                let _ = write!(report, "{text}");
            }
            let (path, request) = (RequestPath::decoded(text.as_ref()), Request::new(text.as_ref()));
            match set.evaluate_ask(&path, &request) {
                Some(Asked::Ask { table, origin }) => {
                    let _ = write!(report, "{table}");
                    report.bytes(origin);
                }
                Some(Asked::Decided(decision)) => {
                    let _ = write!(report, "{decision:?}");
                }
                None => {}
            }
        }
        Err(error) => {
            let _ = write!(report, "{error}");
        }
    }
    report.hand_over(room)
}

fn tell(finding: &TextFinding<'_>, report: &mut Report) {
    let _ = write!(report, "{} {} {finding}", finding.severity.as_str(), finding.code());
    let _ = write!(report, "{}:{} {:?} {:?}", finding.line, finding.column, finding.span, finding.index);
    if let Some(advice) = finding.advice() {
        let _ = write!(report, "{advice}");
    }
    report.bytes(finding.field);
    report.bytes(finding.item.unwrap_or_default());
}

/// Writes what was probably meant by an option of this name into `room`. Returns how many bytes
/// were written.
///
/// # Safety
/// All pointers are valid during the call, and nothing else uses `room`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn freestanding_unknown_option(key: Text, is_table: bool, room: Room) -> usize {
    let mut report = Report::new();
    for unknown in [UnknownOption::of_policy(key.as_ref(), is_table), UnknownOption::of_table(key.as_ref())] {
        let _ = write!(report, "{unknown}");
        if let Some(advice) = unknown.advice() {
            let _ = write!(report, "{advice}");
        }
    }
    report.hand_over(room)
}
