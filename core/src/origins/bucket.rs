//! One bucket of a table: the heads of its patterns from the front, their texts from the back. A
//! look-up compares four heads at once, so it takes no branch for patterns that differ in their
//! head.
//!
//! ```text
//! head 1, head 2, … head n, text n, … text 2, text 1
//! ```
//!
//! A head has 16 bits: the length of the text (9), whether it is the last of the bucket (1), and a
//! tag taken from the hash (6).

#[cfg(test)]
use crate::origins::hostile::count_step;
use crate::syntax::byte::{self, word_at};

/// Bytes of a head.
pub(crate) const HEAD_LEN: usize = 2;

/// 1 in each of the four heads of a word.
const LANES: u64 = 0x0001_0001_0001_0001;
/// The three parts of a head, as the layout above has them.
const LENGTH: u16 = 0x01FF;
const LAST: u16 = 0x0200;
const TAG: u16 = 0xFC00;
/// The high bit of each head.
const HIGHS: u64 = 0x8000 * LANES;

/// The head of a text. It is never 0, because no text is empty.
#[inline]
pub(crate) fn head(hash: u64, text: &[u8], is_last: bool) -> u16 {
    tag(hash) | (text.len() as u16 & LENGTH) | if is_last { LAST } else { 0 }
}

#[inline]
fn tag(hash: u64) -> u16 {
    (hash as u16) & TAG
}

/// Whether two heads may belong to the same text.
#[inline]
pub(crate) fn is_like(one: u16, other: u16) -> bool {
    (one ^ other) & !LAST == 0
}

/// Finds the text that has this hash's tag and that `fits` accepts. In an image that was not
/// opened, it may return any bytes of the bucket.
#[inline]
pub(crate) fn find(bucket: &[u8], hash: u64, fits: impl Fn(&[u8]) -> bool) -> Option<&[u8]> {
    let tags = u64::from(tag(hash)) * LANES;
    match find_among_four(bucket, bucket, bucket.len(), tags, &fits) {
        Ok(found) => found,
        Err(end) => find_further(bucket, end, tags, &fits),
    }
}

/// Searches after the first four heads. Few buckets have so many, so one copy of this code for all
/// callers is fast enough.
#[cold]
#[inline(never)]
fn find_further<'i>(bucket: &'i [u8], mut end: usize, tags: u64, fits: &dyn Fn(&[u8]) -> bool) -> Option<&'i [u8]> {
    let mut heads = bucket;
    loop {
        heads = heads.get(4 * HEAD_LEN..)?;
        match find_among_four(bucket, heads, end, tags, &fits) {
            Ok(found) => return found,
            Err(further) => end = further,
        }
    }
}

/// Looks at the first four of these heads. Their texts end at `end`. `Err`: there are more heads,
/// and their texts end there.
#[inline(always)]
fn find_among_four<'i>(
    bucket: &'i [u8],
    heads: &[u8],
    end: usize,
    tags: u64,
    fits: &impl Fn(&[u8]) -> bool,
) -> Result<Option<&'i [u8]>, usize> {
    if heads.is_empty() {
        return Ok(None);
    }
    #[cfg(test)]
    count_step();
    let word = word_at(heads, 0);
    let lengths = word & (u64::from(LENGTH) * LANES);
    // Each lane holds the sum of the lengths up to it. Four numbers of nine bits cannot overflow a
    // lane.
    let sums = lengths.wrapping_mul(LANES);
    let last = word & (u64::from(LAST) * LANES);
    // The high bit of every lane up to the last one of the bucket.
    let among = (last ^ last.wrapping_sub(1)) << (HIGHS.trailing_zeros() - u32::from(LAST).trailing_zeros());
    let other = (word ^ tags) & (u64::from(TAG) * LANES);
    let mut alike = !(((other & !HIGHS) + !HIGHS) | other) & HIGHS & among;
    while alike != 0 {
        let lane = alike.trailing_zeros() & !15;
        let start = end.checked_sub((sums >> lane) as usize & 0xFFFF);
        let text = start.and_then(|start| bucket.get(start..)?.get(..(lengths >> lane) as usize & 0xFFFF));
        let Some(text) = text else { return Ok(None) };
        #[cfg(test)]
        count_step();
        if fits(text) {
            return Ok(Some(text));
        }
        alike &= alike.wrapping_sub(1);
    }
    match end.checked_sub((sums >> 48) as usize) {
        Some(further) if last == 0 => Err(further),
        _ => Ok(None),
    }
}

/// The records of a bucket, in their order.
#[derive(Clone, Copy)]
pub(crate) struct Records<'i> {
    /// The heads from the next one on.
    heads: &'i [u8],
    /// The texts before the last one returned.
    texts: &'i [u8],
}

impl<'i> Records<'i> {
    #[inline]
    pub(crate) fn new(bucket: &'i [u8]) -> Self {
        Self { heads: bucket, texts: bucket }
    }
}

impl<'i> Iterator for Records<'i> {
    type Item = (u16, &'i [u8]);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let (&head, heads) = self.heads.split_first_chunk()?;
        let head = u16::from_le_bytes(head);
        let length = usize::from(head & LENGTH);
        let (rest, text) = self.texts.split_at_checked(self.texts.len().checked_sub(length)?)?;
        // A text has at least one byte, so a bucket that is still being filled ends here.
        if length == 0 {
            return None;
        }
        let is_last = head & LAST != 0;
        (self.heads, self.texts) = (if is_last { b"" } else { heads }, rest);
        Some((head, text))
    }
}

/// Adds a record after the others, where the bucket still holds zeros.
pub(crate) fn push(bucket: &mut [u8], hash: u64, text: &[u8]) -> Option<()> {
    let (mut heads, mut texts, mut before) = (0, bucket.len(), None);
    for (head, other) in Records::new(bucket) {
        before = Some((heads, head));
        heads += HEAD_LEN;
        texts = texts.checked_sub(other.len())?;
    }
    if let Some((at, head)) = before {
        byte::put(bucket, at, &(head & !LAST).to_le_bytes())?;
    }
    byte::put(bucket, heads, &head(hash, text, true).to_le_bytes())?;
    let start = texts.checked_sub(text.len())?;
    byte::put(bucket, start, text)
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::{HEAD_LEN, Records, find, head, push};
    use std::{format, string::String, vec, vec::Vec};

    fn filled(texts: &[(u64, &str)]) -> Vec<u8> {
        let mut bucket = vec![0; texts.iter().map(|(_, text)| HEAD_LEN + text.len()).sum()];
        for (hash, text) in texts {
            push(&mut bucket, *hash, text.as_bytes()).unwrap();
        }
        bucket
    }

    #[test]
    fn text_that_looks_like_a_head_is_not_one() {
        for like_last in [false, true] {
            // The first two bytes of this text could be the head of a text of two bytes, with a tag
            // of its own.
            let inner = head(0x0400, b"ab", like_last).to_le_bytes();
            let text = [&inner[..], b"abcdefgh"].concat();
            let mut bucket = vec![0; HEAD_LEN + text.len()];
            push(&mut bucket, 0x0800, &text).unwrap();
            assert_eq!(find(&bucket, 0x0800, |_| true), Some(&text[..]));
            assert_eq!(find(&bucket, 0x0400, |_| true), None);
        }
    }

    #[test]
    fn every_text_of_a_bucket_is_found_and_no_other() {
        // Some tags are alike and some differ, and there is more than one word of heads.
        let tags = [0xFC00, 0xFC00, 0x0400, 0, 0xFC00, 0x8000, 0x0400, 0xFC00, 0, 0x0400];
        let names: Vec<String> =
            (0..tags.len()).map(|i| format!("https://{}.example", "a".repeat(i * 30 + 1))).collect();
        for count in 0..=tags.len() {
            let texts: Vec<(u64, &str)> = (0..count).map(|i| (tags[i], names[i].as_str())).collect();
            let bucket = filled(&texts);
            assert_eq!(Records::new(&bucket).count(), count);
            for (i, name) in names.iter().enumerate() {
                let found = find(&bucket, tags[i], |text| text == name.as_bytes());
                assert_eq!(found.is_some(), i < count, "{i} of {count}");
                assert_eq!(find(&bucket, tags[i] ^ 0x2000, |text| text == name.as_bytes()), None);
            }
        }
    }

    #[test]
    fn bytes_of_a_text_are_not_read_as_a_head() {
        // After the only head, the text has bytes that look like a head with the tag that is looked
        // up and a length that fits.
        let inner = head(0x7800, b"b://c", false).to_le_bytes();
        let mut bucket = filled(&[(0, "xxab://c")]);
        bucket[2..4].copy_from_slice(&inner);
        assert_eq!(find(&bucket, 0x7800, |text| text.ends_with(b"://c")), None);
        assert!(find(&bucket, 0, |text| text.ends_with(b"ab://c")).is_some());
    }

    #[test]
    fn search_ends_at_the_last_head() {
        // The place of the fifth head holds a head with the tag that is looked up and a length that
        // fits.
        let heads = [head(0, b"xx", true), 0, 0, 0, head(0x7800, b"b://c", true)];
        let mut bucket = heads.map(u16::to_le_bytes).concat();
        bucket.extend(b"b://cxx");
        assert_eq!(find(&bucket, 0x7800, |_| true), None);
        bucket[..HEAD_LEN].copy_from_slice(&head(0, b"xx", false).to_le_bytes());
        assert_eq!(find(&bucket, 0x7800, |_| true), Some(&b"b://c"[..]));
    }

    #[test]
    fn lengths_of_nine_bits_add_up() {
        let long = "a".repeat(328);
        let texts = [&long, &long[..327], &long[..326], &long[..325], &long[..324]];
        let bucket = filled(&texts.map(|text| (0, text)));
        for text in texts {
            assert_eq!(find(&bucket, 0, |found| found.len() == text.len()), Some(text.as_bytes()));
        }
    }
}
