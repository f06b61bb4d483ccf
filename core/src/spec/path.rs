//! The path of a table: which paths are allowed, and what was probably meant by one that is not.

use core::ops::Range;

use crate::spec::field::Field;
use crate::spec::finding::Severity;
use crate::spec::finding_code::FindingCode;
use crate::spec::limits::{PATH_MAX, SEGMENTS_MAX};
use crate::spec::report::{Place, Report};
use crate::spec::suggestion::{Replacement, Suggestion};

/// Reports what is wrong with a path. Returns true if nothing is.
pub(crate) fn review_path(path: &[u8], report: &mut Report<'_>) -> bool {
    let Some(Wrong { code, at, advice }) = find_wrong(path) else { return true };
    let repaired = repair(path);
    let suggestion = match repaired.replacement() {
        Some(text) if is_path(text.as_bytes()) => repaired,
        _ => Suggestion::Advice(advice),
    };
    let place = Place { field: Field::Path, index: None, text: path };
    report.add(Severity::Error, code, place, at, suggestion);
    false
}

/// One thing that is wrong with a path, which bytes of it, and what to do.
struct Wrong {
    code: FindingCode,
    at: Range<usize>,
    advice: &'static str,
}

/// Whether a table can have this path.
pub(crate) fn is_path(path: &[u8]) -> bool {
    find_wrong(path).is_none()
}

/// The first thing that is wrong.
fn find_wrong(path: &[u8]) -> Option<Wrong> {
    let wrong = |at, advice| Some(Wrong { code: FindingCode::InvalidPath, at, advice });
    if path.len() > PATH_MAX {
        let advice = "write a path of at most 255 bytes";
        return Some(Wrong { code: FindingCode::TooLong, at: PATH_MAX..path.len(), advice });
    }
    let byte = |wanted: fn(u8) -> bool| path.iter().position(|&b| wanted(b)).map(|at| at..at + 1);
    if let Some(at) = byte(|b| b == b'%') {
        return wrong(at, "write the path decoded, as a router sees it");
    }
    if let Some(at) = byte(|b| matches!(b, b'?' | b'#')) {
        return wrong(at.start..path.len(), "write the path alone: a query or a fragment chooses no policy");
    }
    if let Some(at) = byte(|b| b == b'*') {
        return wrong(at, "write the path without `*`: it is for everything below it, too");
    }
    if let Some(at) = byte(|b| b == b'\\' || b.is_ascii_control()) {
        return wrong(at, "write a path of segments joined by slashes, such as \"/account\"");
    }
    if path.first() != Some(&b'/') {
        return wrong(0..path.len(), "begin the path with a slash");
    }
    if path == b"/" {
        return None;
    }
    let (mut at, mut count) = (1, 0);
    for segment in path.get(1..).unwrap_or_default().split(|&b| b == b'/') {
        let end = at + segment.len();
        count += 1;
        match segment {
            b"" if end == path.len() => return wrong(end - 1..end, "write the path without a slash at its end"),
            b"" => return wrong(at - 1..at, "write one slash between segments"),
            b"." | b".." => return wrong(at..end, "write the path without `.` and `..`"),
            _ if count > SEGMENTS_MAX => {
                let advice = "write a path of at most 16 segments";
                return Some(Wrong { code: FindingCode::TooLong, at: at..path.len(), advice });
            }
            _ => {}
        }
        at = end + 1;
    }
    None
}

/// Reads a path liberally: one slash before each segment, without a query, without a `*` or a slash
/// at the end.
fn repair(path: &[u8]) -> Suggestion {
    let end = path.iter().position(|b| matches!(b, b'?' | b'#')).unwrap_or(path.len());
    let path = path.get(..end).unwrap_or(path);
    let path = path.strip_suffix(b"*").unwrap_or(path).trim_ascii();
    let mut pieces: heapless::Vec<&[u8], { 2 * SEGMENTS_MAX }> = heapless::Vec::new();
    for segment in path.split(|&b| b == b'/').filter(|segment| !segment.is_empty()) {
        if pieces.push(b"/").and_then(|()| pieces.push(segment)).is_err() {
            return Suggestion::None;
        }
    }
    let path = if pieces.is_empty() { Replacement::of(&[b"/"]) } else { Replacement::of(&pieces) };
    path.map_or(Suggestion::None, Suggestion::Write)
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::{find_wrong, repair};
    use std::{format, string::String};

    #[test]
    fn path_is_written_decoded_in_whole_segments() {
        for good in ["/", "/a", "/a/b.c", "/a/...", "/a b", "/\u{e4}", "/~a", &"/a".repeat(16)] {
            assert!(find_wrong(good.as_bytes()).is_none(), "{good}");
        }
        let (many, long) = ("/a".repeat(17), format!("/{}", "a".repeat(255)));
        for (bad, at, advice) in [
            ("", 0..0, "begin"),
            ("a", 0..1, "begin"),
            ("a/", 0..2, "begin"),
            ("//", 0..1, "one slash"),
            ("/a/", 2..3, "without a slash at its end"),
            ("/a/b/", 4..5, "without a slash at its end"),
            ("/a//b", 2..3, "one slash"),
            ("/.", 1..2, "`..`"),
            ("/a/..", 3..5, "`..`"),
            ("/a/./b", 3..4, "`..`"),
            ("/%61", 1..2, "decoded"),
            ("/a?b", 2..4, "alone"),
            ("/a#b", 2..4, "alone"),
            ("/a/*", 3..4, "without `*`"),
            ("/*", 1..2, "without `*`"),
            ("/a\\b", 2..3, "joined by slashes"),
            ("/a\n", 2..3, "joined by slashes"),
            (&many, 33..34, "16 segments"),
            (&long, 255..256, "255 bytes"),
        ] {
            let wrong = find_wrong(bad.as_bytes()).expect(bad);
            assert!(wrong.at == at && wrong.advice.contains(advice), "{bad}: {:?} {}", wrong.at, wrong.advice);
        }
    }

    #[test]
    fn suggestion_is_the_path_that_was_meant() {
        let meant = |path: &str| repair(path.as_bytes()).replacement().map(String::from);
        for (written, path) in [
            ("a/b/", "/a/b"),
            ("/a//b", "/a/b"),
            ("/a/*", "/a"),
            ("*", "/"),
            ("", "/"),
            ("/a?b=c", "/a"),
            (" /a ", "/a"),
        ] {
            assert_eq!(meant(written).as_deref(), Some(path), "{written}");
        }
        let most = "/a".repeat(16);
        assert_eq!(meant(&format!("{most}/")), Some(most.clone()));
        assert_eq!(meant(&format!("{most}/a")), None);
    }
}
