//! The path of a request, and the entry of a policy set that it belongs to: the longest one that
//! matches whole segments.
//!
//! A path that two programs could read differently (a dot segment, an empty one, `\`, an encoded
//! `/`) is *ambiguous*. The application that serves the request might see another path than the
//! server that picks the policy.

use crate::image::set_layout::{Entry, SetImage};
use crate::spec::limits::{PATH_MAX, SEGMENTS_MAX};
use crate::syntax::byte::{ONES, contains, places, short};

/// The path of a request: decoded as the router sees it, raw as it was sent, or both.
///
/// Pass the decoded path and, if the server still has it, the raw one, because only the raw path
/// shows an encoded slash. If there is only the raw path, Corsac decodes it once. A query after `?`
/// is ignored.
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
#[derive(Clone, Copy)]
pub(crate) enum Place<'i, 'p> {
    /// To the entry with this number.
    Entry(usize, Entry<'i>),
    /// To no entry.
    Nowhere,
    /// The path is ambiguous. These are its bytes.
    Ambiguous(&'p [u8]),
}

impl<'p> RequestPath<'p> {
    /// The decoded path.
    #[inline]
    #[must_use]
    pub fn decoded<P: AsRef<[u8]> + ?Sized>(path: &'p P) -> Self {
        Self { decoded: Some(path.as_ref()), raw: None }
    }

    /// The path as it was sent. Use it if the server has no decoded path.
    #[inline]
    #[must_use]
    pub fn raw<P: AsRef<[u8]> + ?Sized>(path: &'p P) -> Self {
        Self { decoded: None, raw: Some(path.as_ref()) }
    }

    /// Adds the path as it was sent.
    #[inline]
    #[must_use]
    pub fn with_raw<P: AsRef<[u8]> + ?Sized>(self, path: &'p P) -> Self {
        Self { raw: Some(path.as_ref()), ..self }
    }

    /// Finds the entry of this path. Only a set of several paths has to refuse ambiguous ones.
    #[inline]
    pub(crate) fn find<'i>(&self, set: SetImage<'i>) -> Place<'i, 'p> {
        let Some(path) = self.decoded else { return self.raw.map_or(Place::Nowhere, |raw| find_raw(set, raw)) };
        if set.paths() > 1 {
            if is_odd(path) {
                return Place::Ambiguous(path);
            }
            if let Some(raw) = self.raw.filter(|raw| hides_separator(raw)) {
                return Place::Ambiguous(without_query(raw));
            }
        }
        find_decoded(set, path)
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

/// Finds the entry of a decoded path: the longest path of the set that ends where a segment of this
/// one ends.
#[inline]
fn find_decoded<'i, 'p>(set: SetImage<'i>, path: &[u8]) -> Place<'i, 'p> {
    // `ends` has room for the most segments that a path of the set can have. No path of the set
    // ends later.
    let mut ends = heapless::Vec::<u8, SEGMENTS_MAX>::new();
    for (word, mut lengths) in set.lengths().into_iter().enumerate().take(path.len() / 64 + 1) {
        while lengths != 0 {
            let end = word * 64 + lengths.trailing_zeros() as usize;
            if path.get(end) == Some(&b'/') || end == path.len() {
                let _ = ends.push(end as u8);
            }
            lengths &= lengths - 1;
        }
    }
    for &end in ends.iter().rev() {
        if let Some((number, entry)) = path.get(..usize::from(end)).and_then(|beginning| set.find(beginning)) {
            return Place::Entry(number, entry);
        }
    }
    let root = (set.head().root() as usize).checked_sub(1);
    root.and_then(|number| Some(Place::Entry(number, set.entry(number)?))).unwrap_or(Place::Nowhere)
}

/// Whether two programs could read a path differently: it does not begin with a slash, or has a
/// `\`, an empty segment, or a segment `.` or `..`. One slash at the end is not odd, and an empty
/// path is `/`.
#[inline]
fn is_odd(path: &[u8]) -> bool {
    path.first().is_some_and(|&b| b != b'/') || (is_suspect(path) && has_odd_part(path))
}

/// Whether a path has a `\`, or a dot or slash directly after another one. Every odd path does. It
/// reads eight bytes at a time, because hardly any path needs a closer look. It is not inlined,
/// because it would take the registers that its caller needs.
#[inline(never)]
fn is_suspect(path: &[u8]) -> bool {
    // Finds out whether a block is suspect. It also returns the block's dots and slashes, because
    // the last one may be followed by another in the next block.
    let look = |block: u64, before: u64| {
        // `/` is `.` with the lowest bit set, so this finds both.
        let marks = places(block | ONES, b'/');
        (places(block, b'\\') | (marks & ((marks << 8) | (before >> 56))), marks)
    };
    let Some(last) = path.last_chunk() else { return look(short(path), 0).0 != 0 };
    let (mut rest, mut found, mut before) = (path, 0, 0);
    while let Some((block, tail)) = rest.split_first_chunk() {
        let (new, marks) = look(u64::from_le_bytes(*block), before);
        (rest, found, before) = (tail, found | new, marks);
    }
    // The last eight bytes may overlap those before.
    (found | look(u64::from_le_bytes(*last), 0).0) != 0
}

/// Whether a path has a `\`, an empty segment that is not its end, or a segment `.` or `..`.
#[cold]
fn has_odd_part(path: &[u8]) -> bool {
    let mut segments = path.strip_suffix(b"/").unwrap_or(path).split(|&b| b == b'/').skip(1);
    contains(path, b'\\') || segments.any(|segment| matches!(segment, b"" | b"." | b".."))
}

/// Finds the entry of a raw path. Only its beginning is decoded into the buffer, because no path of
/// a set is longer.
#[cold]
fn find_raw<'i, 'p>(set: SetImage<'i>, raw: &'p [u8]) -> Place<'i, 'p> {
    let path = without_query(raw);
    if set.paths() > 1 && is_ambiguous(path) {
        return Place::Ambiguous(path);
    }
    let mut buffer = [0; PATH_MAX + 1];
    let length = buffer.iter_mut().zip(Decoded(path)).map(|(to, (b, _))| *to = b).count();
    find_decoded(set, buffer.get(..length).unwrap_or_default())
}

/// Whether a raw path is ambiguous after decoding, or hides a separator.
fn is_ambiguous(raw: &[u8]) -> bool {
    // How many bytes the segment has so far, and whether all are dots.
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

/// The bytes of a raw path with `%XX` decoded, and whether each was encoded. A `%` that is not
/// followed by two hexadecimal digits stays.
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
    use super::{Decoded, hides_separator, is_ambiguous, is_odd};
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
    fn only_encoded_separators_of_the_path_are_hidden() {
        assert!(hides_separator(b"/a%2Fb") && hides_separator(b"/a%5c"));
        assert!(!hides_separator(b"/a/b") && !hides_separator(b"/a?b=%2f") && !hides_separator(b"/%252f"));
    }

    #[test]
    fn odd_parts_are_found_at_every_place_of_a_block() {
        for before in 0..20 {
            for odd in ["\\", "//s", "/.", "/..", "/./s", "/../s", "//s/"] {
                for behind in ["", "/ssssssss"] {
                    let path = std::format!("/{:s<before$}{odd}{behind}", "s");
                    assert!(is_odd(path.as_bytes()), "{path}");
                }
            }
            for even in ["/", "/.s", "/...", "/s./s../s", "/s..s/.s."] {
                for behind in ["", "ssssssss"] {
                    let path = std::format!("/{:s<before$}{even}{behind}", "s");
                    assert!(!is_odd(path.as_bytes()), "{path}");
                }
            }
        }
        assert!(is_odd(b"a") && is_odd(b".") && is_odd(b"//") && !is_odd(b"") && !is_odd(b"/"));
    }
}
