//! The layout of a compiled policy: one position-independent run of bytes, little-endian, read in place.
//!
//! ```text
//!   0  magic            8   the format's name and version
//!   8  length           4   of the whole image
//!  12  flags            4
//!  16  status           2   of an allowed preflight
//!  18  denied status    2   0: unset
//!  20  max age          4   0xFFFF_FFFF: no header
//!  24  section ends    40   ten sections, one after the other, from byte 96
//!  64  shapes           8   which headers an answer has: plain, actual, preflight denied by method or header, preflight allowed
//!  72  table seeds      8   exact, rest
//!  80  rest lengths     8   of which lengths the fixed rests of wildcards are: a bit for every four
//!  88  longest          2   listed request header
//!  90  request headers  4   how many are listed, the seed of their index
//!  94  longest exact    2   pattern that is one text
//! ```

use crate::decision::shape;

/// The first bytes of every image: what tells it from a policy file. The last of them is the format's version.
pub const IMAGE_MAGIC: &[u8; 8] = b"\x89corsac\x01";

pub(crate) const HEAD: usize = 96;
/// Where the shapes stand.
pub(crate) const SHAPES: usize = 64;
pub(crate) const SECTIONS: usize = 10;
pub(crate) const NO_MAX_AGE: u32 = u32::MAX;

/// The sections, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Section {
    /// The listed methods, as `Access-Control-Allow-Methods` carries them.
    Methods,
    /// The listed request headers, as `Access-Control-Allow-Headers` carries them.
    RequestHeaders,
    /// The value of `Access-Control-Expose-Headers`.
    ExposedHeaders,
    /// The value of `Access-Control-Max-Age`.
    MaxAge,
    MethodIndex,
    HeaderIndex,
    ExactDirectory,
    ExactRecords,
    RestDirectory,
    RestRecords,
}

/// Bits of the flags.
pub(crate) mod flag {
    pub(crate) const ANY_ORIGIN: u32 = 1;
    pub(crate) const CREDENTIALS: u32 = 1 << 1;
    pub(crate) const ANY_METHOD: u32 = 1 << 2;
    pub(crate) const ANY_HEADER: u32 = 1 << 3;
    pub(crate) const EXTERNAL: u32 = 1 << 4;
    pub(crate) const PRIVATE_NETWORK: u32 = 1 << 5;
    pub(crate) const NULL_SWITCH: u32 = 1 << 6;
    pub(crate) const INSECURE_SWITCH: u32 = 1 << 7;
    pub(crate) const SUFFIX_SWITCH: u32 = 1 << 8;
    /// Compiled with the public suffix list at hand.
    pub(crate) const SUFFIX_CHECKED: u32 = 1 << 9;
    /// Some wildcard has a given port, or none.
    pub(crate) const REST_FIXED_PORT: u32 = 1 << 10;
    /// Some wildcard or host has the port `*`.
    pub(crate) const REST_ANY_PORT: u32 = 1 << 11;
    pub(crate) const ALL: u32 = (1 << 12) - 1;
}

/// An image, seen through its fixed head.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Image<'i> {
    /// Not shorter than the head.
    bytes: &'i [u8],
}

/// An image without an origin: what answers where the bytes are no image at all, which opening rules out.
const CLOSED: [u8; HEAD] = {
    let mut head = with([0; HEAD], 20, NO_MAX_AGE.to_le_bytes());
    let mut section = 0;
    while section < SECTIONS {
        head = with(head, 24 + section * 4, (HEAD as u32).to_le_bytes());
        section += 1;
    }
    // Nobody is let in, and no cache keeps that for another.
    head = with(head, SHAPES, shape::VARY_ORIGIN.to_le_bytes());
    with(head, SHAPES + 4, shape::VARY_PREFLIGHT.to_le_bytes())
};

const fn with<const N: usize>(mut head: [u8; HEAD], at: usize, bytes: [u8; N]) -> [u8; HEAD] {
    let mut i = 0;
    while i < N {
        head[at + i] = bytes[i];
        i += 1;
    }
    head
}

macro_rules! number {
    ($name:ident, $type:ty, $($at:literal),+) => {
        #[inline]
        pub(crate) fn $name(self) -> $type {
            let head = self.head();
            <$type>::from_le_bytes([$(head[$at]),+])
        }
    };
}

impl<'i> Image<'i> {
    /// Only the head is looked for.
    #[inline]
    pub(crate) fn new(bytes: &'i [u8]) -> Option<Self> {
        bytes.first_chunk::<HEAD>().map(|_| Self { bytes })
    }

    #[inline]
    fn head(self) -> &'i [u8; HEAD] {
        match self.bytes.first_chunk() {
            Some(head) => head,
            None => &CLOSED,
        }
    }

    /// The image, or one that allows nothing.
    #[inline]
    pub(crate) fn or_closed(bytes: &'i [u8]) -> Self {
        match Self::new(bytes) {
            Some(image) => image,
            None => closed(),
        }
    }

    number!(length, u32, 8, 9, 10, 11);
    number!(flags, u32, 12, 13, 14, 15);
    number!(status, u16, 16, 17);
    number!(denied_status, u16, 18, 19);
    number!(max_age, u32, 20, 21, 22, 23);
    number!(plain_shape, u16, 64, 65);
    number!(actual_shape, u16, 66, 67);
    number!(listed_shape, u16, 68, 69);
    number!(preflight_shape, u16, 70, 71);
    number!(exact_seed, u32, 72, 73, 74, 75);
    number!(rest_seed, u32, 76, 77, 78, 79);
    number!(rest_lengths, u64, 80, 81, 82, 83, 84, 85, 86, 87);
    number!(longest_header, u16, 88, 89);
    number!(header_count, u16, 90, 91);
    number!(header_seed, u16, 92, 93);
    number!(longest_exact, u16, 94, 95);

    #[inline]
    pub(crate) fn has(self, flags: u32) -> bool {
        self.flags() & flags != 0
    }

    #[inline]
    pub(crate) fn magic(self) -> Option<&'i [u8; 8]> {
        self.head().first_chunk()
    }

    /// Where a section ends: the next one begins there.
    #[inline]
    pub(crate) fn end(self, section: usize) -> usize {
        let at = 24 + section * 4;
        let word = self.head().get(at..at + 4).and_then(|bytes| bytes.first_chunk());
        word.map_or(0, |word| u32::from_le_bytes(*word) as usize)
    }

    #[inline]
    pub(crate) fn section(self, section: Section) -> &'i [u8] {
        let index = section as usize;
        let start = if index == 0 { HEAD } else { self.end(index - 1) };
        match self.bytes.get(start..self.end(index)) {
            Some(section) => section,
            None => no_section(),
        }
    }
}

/// Out of the way, as the next one.
#[cold]
#[inline(never)]
fn closed() -> Image<'static> {
    Image { bytes: &CLOSED }
}

/// Out of the way: opening saw to it that every section is there.
#[cold]
#[inline(never)]
fn no_section() -> &'static [u8] {
    &[]
}

/// The head of an image under construction.
pub(crate) struct HeadWriter([u8; HEAD]);

impl HeadWriter {
    pub(crate) fn new() -> Self {
        let mut head = Self([0; HEAD]);
        head.put(0, IMAGE_MAGIC);
        head
    }

    /// Writes at a fixed place of the head.
    pub(crate) fn put(&mut self, at: usize, bytes: &[u8]) {
        for (to, from) in self.0.iter_mut().skip(at).zip(bytes) {
            *to = *from;
        }
    }

    pub(crate) fn put_end(&mut self, section: Section, end: usize) {
        self.put(24 + section as usize * 4, &(end as u32).to_le_bytes());
    }

    pub(crate) fn bytes(&self) -> &[u8; HEAD] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::{HEAD, Image, NO_MAX_AGE, SECTIONS};
    use crate::decision::shape;

    #[test]
    fn what_is_no_image_lets_nobody_in_and_has_no_section() {
        let closed = Image::or_closed(b"");
        assert_eq!((closed.flags(), closed.status(), closed.denied_status(), closed.max_age()), (0, 0, 0, NO_MAX_AGE));
        for section in 0..SECTIONS {
            assert_eq!(closed.end(section), HEAD, "{section}");
        }
        let shapes = [closed.plain_shape(), closed.actual_shape(), closed.listed_shape(), closed.preflight_shape()];
        assert_eq!(shapes, [shape::VARY_ORIGIN, 0, shape::VARY_PREFLIGHT, 0]);
    }
}
