//! Finds the parts of an image. It reads their names and their order from `src/image/layout.rs`,
//! the table that the engine's reader and writer are made from, so no test has an offset of its
//! own.

#![allow(dead_code, unreachable_pub, reason = "each test takes what it needs")]

use std::ops::Range;

const SOURCE: &str = include_str!("../../src/image/layout.rs");
const MAGIC_LEN: usize = 8;

/// The entries of one table in the source, without their documentation.
fn entries(table: &str) -> impl Iterator<Item = &'static str> {
    let start = format!("\n{table} {{\n");
    let (_, body) = SOURCE.split_once(&start).expect("the table is in the source");
    let (body, _) = body.split_once("\n}").expect("the table ends");
    body.lines().map(str::trim).filter(|line| !line.starts_with("//") && !line.is_empty())
}

/// The names of the sections, in their order.
pub fn sections() -> Vec<&'static str> {
    entries("sections!").map(|line| line.trim_end_matches(',')).collect()
}

/// The numbers of the head: name and place.
fn fields() -> Vec<(&'static str, Range<usize>)> {
    let mut end = MAGIC_LEN;
    let field = |line: &'static str| {
        let (names, kind) = line.trim_end_matches(',').split_once(": u").expect("a name and a type");
        let (name, _) = names.split_once(", ").expect("the getter and the setter");
        let start = end;
        end += kind.parse::<usize>().expect("bits") / 8;
        (name, start..end)
    };
    entries("layout!").map(field).collect()
}

/// The place of a number of the head.
pub fn field(name: &str) -> Range<usize> {
    let found = fields().into_iter().find(|(field, _)| *field == name);
    found.unwrap_or_else(|| panic!("no field {name}")).1
}

/// The place in the head that holds the end of a section.
pub fn section_end(name: &str) -> Range<usize> {
    let index = sections().iter().position(|section| *section == name);
    let ends = fields().last().expect("there are fields").1.end;
    let at = ends + 4 * index.unwrap_or_else(|| panic!("no section {name}"));
    at..at + 4
}

/// Bytes of the head.
pub fn head_len() -> usize {
    section_end(sections().last().expect("there are sections")).end
}

/// A bit of the flags.
pub fn flag(name: &str) -> u32 {
    let start = format!("const {name}: u32 = ");
    let (_, value) = SOURCE.split_once(&start).unwrap_or_else(|| panic!("no flag {name}"));
    let (value, _) = value.split_once(';').expect("a constant ends");
    value.split_once("1 << ").map_or(1, |(_, bit)| 1 << bit.parse::<u32>().expect("the number of a bit"))
}

/// The place of a section in an image.
pub fn section(image: &[u8], name: &str) -> Range<usize> {
    let index = sections().iter().position(|section| *section == name).unwrap_or_else(|| panic!("no section {name}"));
    let end = |index: usize| number(image, section_end(sections()[index])) as usize;
    let start = if index == 0 { head_len() } else { end(index - 1) };
    start..end(index)
}

/// A number of the head.
pub fn number(image: &[u8], at: Range<usize>) -> u64 {
    image[at].iter().rev().fold(0, |number, &b| number << 8 | u64::from(b))
}

/// Writes a number of the head.
pub fn put(image: &mut [u8], at: Range<usize>, number: u64) {
    let length = at.len();
    image[at].copy_from_slice(&number.to_le_bytes()[..length]);
}

/// Flips flags of an image.
pub fn toggle(image: &mut [u8], flags: u32) {
    let flags = number(image, field("flags")) ^ u64::from(flags);
    put(image, field("flags"), flags);
}

/// The same image with a section that is cut, or filled up with zeros, by this many bytes.
pub fn resized(image: &[u8], name: &str, change: i64) -> Option<Vec<u8>> {
    let at = section(image, name);
    let kept = at.end.checked_add_signed(isize::try_from(change.min(0)).ok()?).filter(|kept| *kept >= at.start)?;
    let more = vec![0; usize::try_from(change).unwrap_or(0)];
    let mut other = [&image[..kept], &more, &image[at.end..]].concat();
    let moved = sections().into_iter().skip_while(|section| *section != name).map(section_end);
    for place in moved.chain([field("length")]) {
        let number = number(image, place.clone()).checked_add_signed(change)?;
        put(&mut other, place, number);
    }
    Some(other)
}
