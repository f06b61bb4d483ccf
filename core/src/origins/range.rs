//! Address ranges. There are at most 16, so an origin is compared with each of them, but only if
//! its host is an address.
//!
//! ```text
//! section: how many (1 byte) | a record for each | their texts, one after the other
//! record:  first address (16 bytes, of which IPv4 has the first 4) | prefix (1) | flags (1) | port key (4) | length of the text (2)
//! ```

use crate::image::layout::{Image, Section};
use crate::origins::origin::Origin;
use crate::spec::pattern::{ANY_PORT, Kind, Pattern};
use crate::syntax::address::{Address, AddressRange};

/// Bytes of a record.
pub(crate) const RECORD: usize = 24;
/// Flags of a record.
const HTTPS: u8 = 1;
const V6: u8 = 2;

/// One range of an image.
#[derive(Clone, Copy)]
pub(crate) struct RangeRecord<'i> {
    range: AddressRange,
    is_https: bool,
    port: u32,
    pub(crate) text: &'i [u8],
}

impl RangeRecord<'_> {
    /// Whether the range has this scheme, and this port or any port.
    fn takes(&self, is_https: bool, port: u32) -> bool {
        self.is_https == is_https && (self.port == ANY_PORT || self.port == port)
    }
}

/// The ranges of an image, in the order in which they were written.
pub(crate) fn ranges(image: Image<'_>) -> impl Iterator<Item = RangeRecord<'_>> {
    let section = image.section(Section::Ranges);
    let (count, rest) = section.split_first().map_or((0, section), |(&count, rest)| (usize::from(count), rest));
    let (records, mut texts) = rest.split_at_checked(count * RECORD).unwrap_or_default();
    records.chunks_exact(RECORD).map_while(move |record| {
        let (bits, numbers) = record.split_first_chunk::<16>()?;
        let &[prefix, flags, a, b, c, d, low, high] = numbers.first_chunk()?;
        let (text, rest) = texts.split_at_checked(usize::from(u16::from_le_bytes([low, high])))?;
        texts = rest;
        let bits = u128::from_le_bytes(*bits);
        let first = if flags & V6 == 0 { Address::V4(bits as u32) } else { Address::V6(bits) };
        let range = AddressRange { first, prefix };
        Some(RangeRecord { range, is_https: flags & HTTPS != 0, port: u32::from_le_bytes([a, b, c, d]), text })
    })
}

/// The record of a range; `None`: the pattern is not a range.
pub(crate) fn record(text: &[u8], pattern: &Pattern<'_>) -> Option<[u8; RECORD]> {
    let Kind::Range(range) = pattern.kind else { return None };
    let (bits, family) = match range.first {
        Address::V4(bits) => (u128::from(bits), 0),
        Address::V6(bits) => (bits, V6),
    };
    let flags = family | if pattern.scheme == b"https" { HTTPS } else { 0 };
    let numbers = bits.to_le_bytes().into_iter().chain([range.prefix, flags]);
    let numbers = numbers.chain(pattern.port.key().to_le_bytes()).chain((text.len() as u16).to_le_bytes());
    let mut record = [0; RECORD];
    for (to, from) in record.iter_mut().zip(numbers) {
        *to = from;
    }
    Some(record)
}

/// How many bytes the section has for this many ranges with texts of this many bytes.
pub(crate) const fn section_len(count: usize, text_bytes: usize) -> usize {
    if count == 0 { 0 } else { 1 + count * RECORD + text_bytes }
}

impl Origin<'_> {
    /// The range that holds the address of this origin.
    pub(crate) fn find_range<'i>(&self, image: Image<'i>) -> Option<&'i [u8]> {
        // If the host is not an address, this returns. So does a host of another scheme, because no
        // range has one.
        let address = Address::of_host(self.host()).filter(|_| self.is_web)?;
        let is_https = self.scheme() == b"https";
        let mut ranges = ranges(image).filter(|range| range.takes(is_https, self.port));
        ranges.find(|range| range.range.contains(address)).map(|range| range.text)
    }
}

/// Another range of the image that holds all of this one.
pub(crate) fn find_wider<'i>(image: Image<'i>, text: &[u8], pattern: &Pattern<'_>) -> Option<&'i [u8]> {
    let Kind::Range(own) = pattern.kind else { return None };
    let (is_https, port) = (pattern.scheme == b"https", pattern.port.key());
    let mut others = ranges(image).filter(|range| range.text != text && range.takes(is_https, port));
    others.find(|range| range.range.covers(own)).map(|range| range.text)
}
