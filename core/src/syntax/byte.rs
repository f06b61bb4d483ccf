//! Classes of single bytes (which are in a token, in white space, in a host), and searches that
//! read eight bytes at a time.
//!
//! `token = 1*tchar` is
//! [RFC 9110 section 5.6.2](https://www.rfc-editor.org/rfc/rfc9110#section-5.6.2).

/// The classes of a byte, one bit each. A byte may be in several.
const TCHAR: u8 = 1;
const HOST: u8 = 2;
const OPAQUE_HOST: u8 = 4;
/// A word with 1 in every byte, and one with only the high bit of every byte.
pub(crate) const ONES: u64 = 0x0101_0101_0101_0101;
const HIGHS: u64 = 0x8080_8080_8080_8080;
const CLASS: [u8; 256] = classes();

const fn classes() -> [u8; 256] {
    let mut table = [0; 256];
    let mut i = 0;
    while i < 256 {
        let b = i as u8;
        if b.is_ascii_alphanumeric()
            || matches!(
                b,
                b'!' | b'#' | b'$' | b'%' | b'&' | b'\'' | b'*' | b'+' | b'-' | b'.' | b'^' | b'_' | b'`' | b'|' | b'~'
            )
        {
            table[i] |= TCHAR;
        }
        if b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'_') {
            table[i] |= HOST;
        }
        if b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.') {
            table[i] |= OPAQUE_HOST;
        }
        i += 1;
    }
    table
}

/// A byte of a token.
#[inline]
pub(crate) const fn is_tchar(b: u8) -> bool {
    CLASS[b as usize] & TCHAR != 0
}

/// Whether a line of requested headers contains a name. A line without one makes no response
/// header.
pub(crate) fn holds_name(line: &[u8]) -> bool {
    line.iter().any(|&b| is_tchar(b))
}

/// A byte of a domain label as a browser serialises it.
#[inline]
pub(crate) const fn is_label_byte(b: u8) -> bool {
    CLASS[b as usize] & HOST != 0
}

/// A byte of the host of a scheme other than `http` and `https`.
#[inline]
pub(crate) const fn is_opaque_host_byte(b: u8) -> bool {
    CLASS[b as usize] & OPAQUE_HOST != 0
}

/// Optional white space around a list element: SP or HTAB.
#[inline]
pub(crate) const fn is_white_space(b: u8) -> bool {
    matches!(b, b' ' | b'\t')
}

/// A word with 0x80 in every byte that is `b`, and 0 in the others. No byte carries into its
/// neighbour.
#[inline]
pub(crate) const fn places(word: u64, b: u8) -> u64 {
    let word = word ^ (ONES * b as u64);
    !(((word & !HIGHS) + !HIGHS) | word) & HIGHS
}

/// Copies bytes to this offset. `None`: they do not fit.
///
/// Unlike `copy_from_slice`, it leaves no bounds check that only an optimiser can remove.
pub(crate) fn put(to: &mut [u8], at: usize, bytes: &[u8]) -> Option<()> {
    let to = to.get_mut(at..)?.get_mut(..bytes.len())?;
    for (to, from) in to.iter_mut().zip(bytes) {
        *to = *from;
    }
    Some(())
}

/// Counts the bytes of a name at the front. It reads eight at a time, up to `most` rounded up to
/// the next eight. Whether they are bytes of a token is for [`is_token`] to check.
///
/// Nearly all bytes of names are letters, digits and `-`. Commas and white space have lower
/// numbers. The few other bytes of names with lower numbers, such as `!`, are read one by one.
#[inline]
pub(crate) fn count_name_bytes(text: &[u8], most: usize) -> usize {
    // Without the high bit, adding 0x53 sets it from `-` on. No byte carries into its neighbour.
    let below = |word: u64| !((word & !HIGHS).wrapping_add(ONES * (0x80 - b'-' as u64)) | word) & HIGHS;
    let (mut rest, mut count) = (text, 0);
    let ends = loop {
        let Some((block, tail)) = rest.split_first_chunk() else {
            // The zeros after the end of the text have lower numbers, too.
            break below(short(rest));
        };
        let ends = below(u64::from_le_bytes(*block));
        if ends != 0 || count >= most {
            break ends;
        }
        (rest, count) = (tail, count + 8);
    };
    let length = count + ends.trailing_zeros() as usize / 8;
    match text.get(length) {
        Some(&b) if is_tchar(b) => text.iter().take(most).take_while(|&&b| is_tchar(b)).count(),
        _ => length,
    }
}

/// Whether these bytes contain `b`. Reads eight at a time.
#[inline]
pub(crate) fn contains(bytes: &[u8], b: u8) -> bool {
    contains_one_of(bytes, [b])
}

/// Whether these bytes contain one of `wanted`. Reads eight at a time.
#[inline]
pub(crate) fn contains_one_of<const N: usize>(bytes: &[u8], wanted: [u8; N]) -> bool {
    let has = |chunk: &[u8; 8]| wanted.iter().any(|&b| places(u64::from_le_bytes(*chunk), b) != 0);
    let Some(last) = bytes.last_chunk() else { return bytes.iter().any(|b| wanted.contains(b)) };
    let mut rest = bytes;
    while rest.len() > 8 {
        let Some((chunk, tail)) = rest.split_first_chunk() else { break };
        if has(chunk) {
            return true;
        }
        rest = tail;
    }
    // The last eight bytes may overlap those before. So no special case is needed for the last few
    // bytes.
    has(last)
}

/// At most seven bytes as one little-endian number, filled up with zeros.
#[inline]
pub(crate) fn short(bytes: &[u8]) -> u64 {
    let count = bytes.len() as u32;
    if let (Some(&head), Some(&tail)) = (bytes.first_chunk::<4>(), bytes.last_chunk::<4>()) {
        // Head and tail may overlap. The bytes that they share are the same in both.
        let tail = u64::from(u32::from_le_bytes(tail)).wrapping_shl(8 * count.wrapping_sub(4));
        return u64::from(u32::from_le_bytes(head)) | tail;
    }
    // First, middle and last of at most three bytes are all of them.
    match (bytes.first(), bytes.get(bytes.len() / 2), bytes.last()) {
        (Some(&first), Some(&middle), Some(&last)) => {
            let (middle, last) = (u64::from(middle) << (8 * (count / 2)), u64::from(last) << (8 * (count - 1)));
            u64::from(first) | middle | last
        }
        _ => 0,
    }
}

/// The eight bytes from `at` on, filled up with zeros.
#[inline]
pub(crate) fn word_at(bytes: &[u8], at: usize) -> u64 {
    let rest = bytes.get(at..).unwrap_or(b"");
    if let Some(chunk) = rest.first_chunk::<8>() {
        return u64::from_le_bytes(*chunk);
    }
    match bytes.last_chunk::<8>() {
        Some(chunk) => u64::from_le_bytes(*chunk).checked_shr(64 - 8 * rest.len() as u32).unwrap_or(0),
        None => short(rest),
    }
}

/// Whether a field name is `lower`, in any case. `lower` has only lower-case letters and `-`. Reads
/// eight bytes at a time, without a branch.
#[inline]
pub(crate) fn is_field_name<const N: usize>(name: &[u8], lower: &[u8; N]) -> bool {
    let Some(name) = name.first_chunk::<N>().filter(|_| name.len() == N) else { return false };
    let difference = |name: u64, lower: u64| (name | letters(lower)) ^ lower;
    // The last eight bytes may overlap the ones before.
    let (Some(name_end), Some(lower_end)) = (name.last_chunk(), lower.last_chunk()) else {
        return difference(short(name), short(lower)) == 0;
    };
    let (mut name, mut lower): (&[u8], &[u8]) = (name, lower);
    let mut sum = difference(u64::from_le_bytes(*name_end), u64::from_le_bytes(*lower_end));
    while let (Some((a, name_rest)), Some((b, lower_rest))) = (name.split_first_chunk(), lower.split_first_chunk()) {
        sum |= difference(u64::from_le_bytes(*a), u64::from_le_bytes(*b));
        (name, lower) = (name_rest, lower_rest);
    }
    sum == 0
}

/// The bit that separates the cases of a letter, for every byte that is not `-`.
#[inline]
const fn letters(lower: u64) -> u64 {
    // Letters have the bit 0x40, and `-` does not.
    (lower >> 1) & (ONES * 0x20)
}

/// Whether this is a token, as methods and field names must be.
///
/// ```
/// assert!(corsac::is_token(b"x-request-id"));
/// assert!(!corsac::is_token(b"x request id") && !corsac::is_token(b""));
/// ```
#[must_use]
pub fn is_token(bytes: &[u8]) -> bool {
    !bytes.is_empty() && bytes.iter().all(|&b| is_tchar(b))
}

/// Whether every byte is in 0x21..=0x7E. Reads eight at a time.
#[inline]
pub(crate) fn is_all_visible(bytes: &[u8]) -> bool {
    // Without the high bit, adding 0x5F sets it from 0x21 on, and adding 1 only for 0x7F. No byte
    // carries into its neighbour.
    let bad = |chunk: &[u8; 8]| {
        let word = u64::from_le_bytes(*chunk);
        let low = word & !HIGHS;
        (word | !low.wrapping_add(ONES * 0x5F) | low.wrapping_add(ONES)) & HIGHS
    };
    // The last eight bytes may overlap the ones before.
    let Some(last) = bytes.last_chunk::<8>() else {
        return bytes.iter().all(|b| matches!(b, 0x21..=0x7E));
    };
    let (mut rest, mut sum) = (bytes, bad(last));
    while let Some((chunk, tail)) = rest.split_first_chunk::<8>() {
        sum |= bad(chunk);
        rest = tail;
    }
    sum == 0
}

#[cfg(test)]
mod tests {
    extern crate std;
    use std::vec;
    use std::vec::Vec;

    use super::{contains, contains_one_of, count_name_bytes, is_all_visible, is_field_name, short, word_at};

    #[test]
    fn short_and_word_at_are_little_endian() {
        let bytes = [0x81, 0x42, 0x24, 0x18, 0xC3, 0x3C, 0xA5, 0x5A, 0xFF, 0x01, 0x99, 0x66];
        for length in 0..=bytes.len() {
            for at in 0..=length {
                let mut word = [0; 8];
                let rest = &bytes[at..length];
                let count = rest.len().min(8);
                word[..count].copy_from_slice(&rest[..count]);
                assert_eq!(word_at(&bytes[..length], at), u64::from_le_bytes(word), "{at} of {length}");
                assert!(rest.len() > 7 || short(rest) == u64::from_le_bytes(word), "{rest:?}");
            }
        }
    }

    #[test]
    fn field_name_is_compared_in_any_case_byte_by_byte() {
        assert!(is_field_name(b"X-Long-Field-Name", b"x-long-field-name"));
        assert!(!is_field_name(b"X-Long-Field-Nam", b"x-long-field-name"));
        for place in 0..17 {
            for b in 0..=255_u8 {
                let mut name = *b"x-long-field-name";
                name[place] = b;
                assert_eq!(is_field_name(&name, b"x-long-field-name"), name.eq_ignore_ascii_case(b"x-long-field-name"));
            }
        }
    }

    #[test]
    fn contains_finds_a_byte_at_every_place() {
        for length in 0..20 {
            for place in 0..length {
                let mut bytes = vec![b'a'; length];
                bytes[place] = b'*';
                assert!(contains(&bytes, b'*'), "{place} of {length}");
                assert!(contains_one_of(&bytes, [b'*', b'/']) && contains_one_of(&bytes, [b'/', b'*']));
                assert!(!contains_one_of(&bytes, [b'/', b'.']), "{place} of {length}");
                for other in [b'*' - 1, b'*' + 1, b'*' | 0x80, 0] {
                    bytes[place] = other;
                    assert!(!contains(&bytes, b'*'), "{other} at {place} of {length}");
                }
            }
        }
    }

    #[test]
    fn name_ends_where_its_bytes_do_at_every_length() {
        for length in 0..20 {
            for name in ["x-Name_0.~|^`", "x!#$%&'*+y"] {
                let name: Vec<u8> = name.bytes().cycle().take(length).collect();
                assert_eq!(count_name_bytes(&name, 20), length);
                for end in [b',', b' ', b'\t', 0] {
                    let text = [&name[..], &[end], b"another-name,"].concat();
                    assert_eq!(count_name_bytes(&text, 20), length, "{end} behind {length}");
                    assert!(count_name_bytes(&text, length.saturating_sub(1)) >= length.saturating_sub(1));
                }
            }
        }
    }

    #[test]
    fn is_all_visible_finds_a_byte_at_every_place() {
        for place in 0..19 {
            for b in 0..=255_u8 {
                let mut bytes = [b'a'; 19];
                bytes[place] = b;
                assert_eq!(is_all_visible(&bytes), (0x21..=0x7E).contains(&b), "{b:#x} at {place}");
            }
        }
    }
}
