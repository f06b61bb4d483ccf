//! The path of a request, and which entry of a policy set it belongs to: whole segments, the longest one.
//!
//! A path that two programs could read differently (a dot segment, an empty one, `\`, an encoded `/`) is *ambiguous*: the server that picks the
//! policy might see another path than the application that serves the request.

use crate::image::path_index::PathHash;
use crate::image::set_layout::SetImage;
use crate::spec::limits::PATH_MAX;
use crate::syntax::byte::{contains, places, word_at};

/// The path of a request, decoded as the router sees it, raw as it was sent, or both.
///
/// Give the decoded path and, where the server still has it, the raw one: only that shows an encoded slash. With the raw path alone, Corsac
/// decodes it once; what follows a `?` is left out.
///
/// ```
/// use corsac::RequestPath;
/// let path = RequestPath::decoded("/account/cards").with_raw("/account/c%61rds?id=7");
/// let other = RequestPath::raw("/account/c%61rds?id=7");
/// # let _ = (path, other);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct RequestPath<'p> {
    decoded: Option<&'p [u8]>,
    raw: Option<&'p [u8]>,
}

/// Where a path leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place<'p> {
    /// To the entry of this number.
    Entry(usize),
    /// To no entry.
    Nowhere,
    /// It is ambiguous; these are its bytes.
    Ambiguous(&'p [u8]),
}

impl<'p> RequestPath<'p> {
    /// The decoded path.
    #[inline]
    #[must_use]
    pub fn decoded<P: AsRef<[u8]> + ?Sized>(path: &'p P) -> Self {
        Self { decoded: Some(path.as_ref()), raw: None }
    }

    /// The path as it was sent, where the server has no other.
    #[inline]
    #[must_use]
    pub fn raw<P: AsRef<[u8]> + ?Sized>(path: &'p P) -> Self {
        Self { decoded: None, raw: Some(path.as_ref()) }
    }

    /// The same path as it was sent.
    #[inline]
    #[must_use]
    pub fn with_raw<P: AsRef<[u8]> + ?Sized>(self, path: &'p P) -> Self {
        Self { raw: Some(path.as_ref()), ..self }
    }

    /// Finds the entry of this path. Only a set of more than one path has to refuse ambiguous ones.
    #[inline]
    pub(crate) fn find(&self, set: SetImage<'_>) -> Place<'p> {
        let is_strict = set.paths() > 1;
        let place = |found: Option<usize>| found.map_or(Place::Nowhere, Place::Entry);
        match (self.decoded, self.raw) {
            (Some(path), raw) => match walk(set, path, is_strict) {
                Some(_) if is_strict && raw.is_some_and(hides_separator) => {
                    Place::Ambiguous(raw.map_or(path, without_query))
                }
                Some(found) => place(found),
                None => Place::Ambiguous(path),
            },
            (None, Some(raw)) => match walk_raw(set, raw, is_strict) {
                Some(found) => place(found),
                None => Place::Ambiguous(without_query(raw)),
            },
            (None, None) => Place::Nowhere,
        }
    }
}

fn without_query(raw: &[u8]) -> &[u8] {
    raw.split(|b| matches!(b, b'?' | b'#')).next().unwrap_or(raw)
}

/// Whether a raw path has an encoded `/` or `\`.
fn hides_separator(raw: &[u8]) -> bool {
    let path = without_query(raw);
    contains(path, b'%') && Decoded(path).any(|(b, was_encoded)| was_encoded && is_separator(b))
}

fn is_separator(b: u8) -> bool {
    matches!(b, b'/' | b'\\')
}

/// The entry of a decoded path, one pass from its left end, eight bytes at a time: a look-up only where a segment ends and some path of the set
/// is that long. `None`: the path is ambiguous, and `is_strict` is set.
fn walk(set: SetImage<'_>, path: &[u8], is_strict: bool) -> Option<Option<usize>> {
    let path = if path.is_empty() { b"/" } else { path };
    if is_strict && path.first() != Some(&b'/') {
        return None;
    }
    let mut found = (set.head().root() as usize).checked_sub(1);
    let mut hash = PathHash::new(set.head().seed());
    let mut look_up = |hash: PathHash, block: u64, count: usize, length: usize| {
        if set.has_length(length) {
            let beginning = path.get(..length).unwrap_or_default();
            found = set.find(hash.end(block, count, length), beginning).or(found);
        }
    };
    let mut at = 0;
    while at < path.len() {
        let block = word_at(path, at);
        if is_strict && places(block, b'\\') != 0 {
            return None;
        }
        let mut slashes = places(block, b'/');
        while slashes != 0 {
            let count = slashes.trailing_zeros() as usize / 8;
            let slash = at + count;
            if is_strict && begins_odd_segment(path.get(slash + 1..).unwrap_or_default()) {
                return None;
            }
            look_up(hash, block, count, slash);
            slashes &= slashes.wrapping_sub(1);
        }
        if path.len() - at < 8 {
            look_up(hash, block, path.len() - at, path.len());
        }
        (hash, at) = (hash.step(block), at + 8);
        // No path of the set is longer. What is left is only looked through for what is ambiguous.
        if at > PATH_MAX && !is_strict {
            break;
        }
    }
    if path.len() % 8 == 0 {
        look_up(hash, 0, 0, path.len());
    }
    Some(found)
}

/// Whether what follows a slash is another slash, or a segment `.` or `..`. One slash at the end of a path is not odd.
fn begins_odd_segment(rest: &[u8]) -> bool {
    match rest.first() {
        Some(b'/') => true,
        Some(b'.') => matches!(rest.split(|&b| b == b'/').next(), Some(b"." | b"..")),
        _ => false,
    }
}

/// As [`walk`], of a path that is decoded here: its beginning into a buffer, because no path of a set is longer.
#[cold]
fn walk_raw(set: SetImage<'_>, raw: &[u8], is_strict: bool) -> Option<Option<usize>> {
    let path = without_query(raw);
    if is_strict && is_ambiguous(path) {
        return None;
    }
    let mut buffer = [0; PATH_MAX + 1];
    let length = buffer.iter_mut().zip(Decoded(path)).map(|(to, (b, _))| *to = b).count();
    walk(set, buffer.get(..length).unwrap_or_default(), false)
}

/// Whether a raw path is ambiguous once it is decoded, or hides a separator.
fn is_ambiguous(raw: &[u8]) -> bool {
    // Bytes of the segment so far, and whether they are all dots.
    let (mut length, mut is_dots) = (0_usize, true);
    let is_odd = |length, is_dots| is_dots && (1..=2).contains(&length);
    for (place, (b, was_encoded)) in Decoded(raw).enumerate() {
        if b == b'\\' || (was_encoded && is_separator(b)) || (place == 0 && b != b'/') {
            return true;
        }
        if b == b'/' {
            if (length == 0 && place != 0) || is_odd(length, is_dots) {
                return true;
            }
            (length, is_dots) = (0, true);
        } else {
            (length, is_dots) = (length + 1, is_dots && b == b'.');
        }
    }
    is_odd(length, is_dots)
}

/// The bytes of a raw path with `%XX` decoded, and whether each was encoded. A `%` without two hexadecimal digits stays as it is.
struct Decoded<'r>(&'r [u8]);

impl Iterator for Decoded<'_> {
    type Item = (u8, bool);

    fn next(&mut self) -> Option<(u8, bool)> {
        if let Some((&[b'%', high, low], rest)) = self.0.split_first_chunk() {
            let digit = |b: u8| char::from(b).to_digit(16);
            if let (Some(high), Some(low)) = (digit(high), digit(low)) {
                self.0 = rest;
                return Some(((high * 16 + low) as u8, true));
            }
        }
        let (&b, rest) = self.0.split_first()?;
        self.0 = rest;
        Some((b, false))
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::{Decoded, begins_odd_segment, hides_separator, is_ambiguous};
    use std::vec::Vec;

    #[test]
    fn bad_escapes_stay_as_they_are() {
        let decoded = |raw: &[u8]| Decoded(raw).map(|(b, _)| b).collect::<Vec<u8>>();
        assert_eq!(decoded(b"/%61%2F%zz%4%"), b"/a/%zz%4%");
        assert_eq!(decoded(b"%252f"), b"%2f");
    }

    #[test]
    fn dot_segments_empty_segments_and_separators_are_ambiguous() {
        for raw in ["/.", "/..", "/a/../b", "//", "/a//b", "/%2e", "/a/%2E./", "/a\\b", "/a%5cb", "/a%2fb", "a", "*"] {
            assert!(is_ambiguous(raw.as_bytes()), "{raw}");
        }
        for raw in ["", "/", "/a/", "/...", "/a./.b", "/a%20b", "/%252f"] {
            assert!(!is_ambiguous(raw.as_bytes()), "{raw}");
        }
    }

    #[test]
    fn only_an_encoded_separator_in_the_path_hides() {
        assert!(hides_separator(b"/a%2Fb") && hides_separator(b"/a%5c"));
        assert!(!hides_separator(b"/a/b") && !hides_separator(b"/a?b=%2f") && !hides_separator(b"/%252f"));
    }

    #[test]
    fn odd_segments_are_seen_at_their_slash() {
        for rest in ["/", ".", "..", "./a", "../", "/a"] {
            assert!(begins_odd_segment(rest.as_bytes()), "{rest}");
        }
        for rest in ["", "a", ".a", "...", "a/.."] {
            assert!(!begins_odd_segment(rest.as_bytes()), "{rest}");
        }
    }
}
