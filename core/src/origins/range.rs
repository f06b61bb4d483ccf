//! Address ranges: at most 16, so an origin is compared with each of them. It is only if its host
//! is an address.
//!
//! ```text
//! section: how many (1 byte) | a record for each | their texts, one after the other
//! record:  first address (16 bytes, of which IPv4 has the first 4) | prefix (1) | flags (1) | port key (4) | length of the text (2)
//! ```

use crate::image::layout::{HeadWriter, Image, Section};
use crate::image::list::Writer;
use crate::origins::origin::Origin;
use crate::origins::patterns::{Group, Patterns};
use crate::spec::field::Field;
use crate::spec::finding_code::FindingCode;
use crate::spec::limits::RANGES_MAX;
use crate::spec::pattern::{ANY_PORT, Kind, Pattern, parse};
use crate::spec::report::{Place, Report};
use crate::spec::source::Source;
use crate::syntax::address::{Address, AddressRange};

/// Bytes of a record.
const RECORD: usize = 24;
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
    /// Whether the range takes the scheme of an origin or a pattern, and its port or all its ports.
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
fn record(text: &[u8], pattern: &Pattern<'_>) -> Option<[u8; RECORD]> {
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

/// Bytes of the section for so many ranges with texts of so many bytes.
pub(crate) const fn section_len(count: usize, text_bytes: usize) -> usize {
    if count == 0 { 0 } else { 1 + count * RECORD + text_bytes }
}

impl Origin<'_> {
    /// The range that holds the address of this origin.
    pub(crate) fn find_range<'i>(&self, image: Image<'i>) -> Option<&'i [u8]> {
        // A host that is not an address ends here. So does a host of another scheme, which no range has.
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

/// Writes the section of ranges, each of them once.
pub(crate) fn write_ranges<S: Source>(
    patterns: &Patterns<'_, S>,
    head: &mut HeadWriter,
    writer: &mut Writer<'_>,
    report: &mut Report<'_>,
) -> Option<()> {
    let mut texts = heapless::Vec::<&[u8], RANGES_MAX>::new();
    for (number, (index, text)) in patterns.of(Group::Range).enumerate() {
        let place = Place::entry(Field::AllowOrigins, index, text);
        if number >= RANGES_MAX {
            report.error(FindingCode::TooMany, place, "list fewer ranges, or a wider one that holds several");
        } else if let Some(&first) = texts.iter().find(|&&other| other == text) {
            report.superfluous(FindingCode::Duplicate, place, first);
        } else {
            // There is room for as many.
            let _ = texts.push(text);
        }
    }
    if !texts.is_empty() {
        writer.push([texts.len() as u8].into_iter())?;
    }
    for text in &texts {
        writer.push(record(text, &parse(text).ok()?)?.into_iter())?;
    }
    for text in &texts {
        writer.push(text.iter().copied())?;
    }
    head.put_end(Section::Ranges, writer.at());
    Some(())
}

/// Whether the section is what writing its texts gives, and no text is there twice.
pub(crate) fn are_ranges_right(image: Image<'_>) -> bool {
    let section = image.section(Section::Ranges);
    let (count, bytes) = ranges(image).fold((0, 0), |(count, bytes), range| (count + 1, bytes + range.text.len()));
    let records = section.get(1..).unwrap_or_default().chunks_exact(RECORD);
    let are_records = ranges(image).zip(records).enumerate().all(|(number, (range, written))| {
        let is_new = ranges(image).take(number).all(|earlier| earlier.text != range.text);
        let expected = parse(range.text).ok().and_then(|pattern| record(range.text, &pattern));
        is_new && expected.is_some_and(|expected| expected == *written)
    });
    let is_counted = section.first().map_or(0, |&count| usize::from(count)) == count && count <= RANGES_MAX;
    is_counted && section.len() == section_len(count, bytes) && are_records
}
