//! The layout of a compiled policy: one position-independent run of little-endian bytes, which is
//! read in place.
//!
//! [`Head`] is the only table of the fixed part: the reader, the writer, the tests and the drawing
//! in `docs/internals.md` are made from it. The sections follow the head one after the other without
//! gaps. The head holds where each of them ends.

use core::mem::{offset_of, size_of};

use crate::image::shape;

/// The first bytes of every image of a policy or of a policy set. They distinguish an image from
/// the text of a policy file, because no text begins with 0x89. The last byte is the version of the
/// format.
///
/// ```
/// use corsac::{IMAGE_MAGIC, PolicySpec};
/// let policy = PolicySpec::new(&["https://app.example.com"]).compile([0; 256], |_| ())?;
/// assert!(policy.image().starts_with(IMAGE_MAGIC));
/// assert!(!b"allow_origins = ['https://app.example.com']".starts_with(IMAGE_MAGIC));
/// # Ok::<(), corsac::CompileError>(())
/// ```
pub const IMAGE_MAGIC: &[u8; 8] = b"\x89corsac\x02";

/// Bytes of the head.
pub(crate) const HEAD: usize = size_of::<Head>();
/// The stored max age of a policy that sends no `Access-Control-Max-Age`.
pub(crate) const NO_MAX_AGE: u32 = u32::MAX;

macro_rules! sections {
    ($(#[doc = $doc:literal] $name:ident,)+) => {
        /// The sections, in their order.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Section { $(#[doc = $doc] $name,)+ }

        /// How many sections there are.
        pub(crate) const SECTIONS: usize = [$(Section::$name),+].len();

        /// Name and content of each section.
        #[cfg(test)]
        const SECTION_DOCS: [(&str, &str); SECTIONS] = [$((stringify!($name), $doc)),+];
    };
}

sections! {
    /// The listed methods, as `Access-Control-Allow-Methods` carries them.
    Methods,
    /// The listed request headers, as `Access-Control-Allow-Headers` carries them.
    RequestHeaders,
    /// The value of `Access-Control-Expose-Headers`.
    ExposedHeaders,
    /// The value of `Access-Control-Max-Age`.
    MaxAge,
    /// The prefixes of request headers as they are written, such as `x-amz-meta-*, in one list.
    HeaderPrefixes,
    /// The public suffixes that wildcards may be over, in one list.
    PublicSuffixes,
    /// A number of eight bytes for each listed method.
    MethodIndex,
    /// The length of each listed request header, and a hash index over them.
    HeaderIndex,
    /// Where each bucket of exact patterns ends.
    ExactDirectory,
    /// The buckets of exact patterns.
    ExactRecords,
    /// Where each bucket of wildcards ends.
    WildcardDirectory,
    /// The buckets of wildcards, and of hosts with any port.
    WildcardRecords,
    /// Address ranges.
    Ranges,
}

/// Defines the head: the offset of each number, the function that reads it, and the function that
/// writes it.
macro_rules! layout {
    ($(#[doc = $doc:literal] $name:ident, $set:ident: $type:ty,)+) => {
        /// The head, byte by byte. Arrays have no padding, so the order is the offset.
        #[repr(C)]
        struct Head {
            magic: [u8; 8],
            $(#[doc = $doc] $name: [u8; size_of::<$type>()],)+
            /// Where each section ends; the first begins after the head.
            section_ends: [[u8; 4]; SECTIONS],
        }

        impl Image<'_> {
            $(#[doc = $doc]
            #[inline]
            pub(crate) fn $name(self) -> $type {
                let bytes = self.head().get(offset_of!(Head, $name)..).and_then(<[u8]>::first_chunk);
                bytes.map_or(0, |bytes| <$type>::from_le_bytes(*bytes))
            })+
        }

        impl HeadWriter {
            $(#[doc = $doc]
            pub(crate) fn $set(&mut self, number: $type) {
                self.put(offset_of!(Head, $name), &number.to_le_bytes());
            })+
        }

        /// Name, offset, size and meaning of each number of the head, for the tests and the drawing
        /// in the docs.
        #[cfg(test)]
        pub(crate) const FIELDS: &[(&str, usize, usize, &str)] = &[
            ("magic", 0, 8, " The name and the version of the format."),
            $((stringify!($name), offset_of!(Head, $name), size_of::<$type>(), $doc),)+
            ("section_ends", offset_of!(Head, section_ends), 4 * SECTIONS, " Where each section ends."),
        ];
    };
}

layout! {
    /// Bytes of the whole image.
    length, set_length: u32,
    /// Bits of [`flag`].
    flags, set_flags: u32,
    /// Status of an allowed preflight.
    status, set_status: u16,
    /// Status of every denied preflight; 0: unset.
    denied_status, set_denied_status: u16,
    /// Seconds, or [`NO_MAX_AGE`].
    max_age, set_max_age: u32,
    /// Which headers the response to a plain request has: bits of [`shape`].
    plain_shape, set_plain_shape: u16,
    /// The same for an allowed actual request.
    actual_shape, set_actual_shape: u16,
    /// The same for a preflight that is denied by its method or headers.
    listed_shape, set_listed_shape: u16,
    /// The same for an allowed preflight.
    preflight_shape, set_preflight_shape: u16,
    /// Seed of the table of exact patterns.
    exact_seed, set_exact_seed: u32,
    /// Seed of the table of wildcards.
    wildcard_seed, set_wildcard_seed: u32,
    /// How many labels the fixed parts after `*.` have: a bit for every two numbers.
    fixed_labels, set_fixed_labels: u64,
    /// Length of the longest fixed part of a wildcard.
    longest_fixed, set_longest_fixed: u16,
    /// Length of the longest exact pattern.
    longest_exact, set_longest_exact: u16,
    /// Length of the longest listed request header.
    longest_header, set_longest_header: u16,
    /// How many request headers are listed.
    header_count, set_header_count: u16,
    /// Seed of the index over them.
    header_seed, set_header_seed: u16,
}

/// The offset of a number of the head.
#[cfg(test)]
pub(crate) fn field(name: &str) -> usize {
    FIELDS.iter().find(|(field, ..)| *field == name).expect(name).1
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
    /// Wildcards over any public suffix. Those over some are listed in a section.
    pub(crate) const SUFFIX_SWITCH: u32 = 1 << 8;
    /// Compiled with the public suffix list at hand.
    pub(crate) const SUFFIX_CHECKED: u32 = 1 << 9;
    pub(crate) const TIMING: u32 = 1 << 10;
    /// Some `*.` or glob has a given port, or none.
    pub(crate) const WILDCARD_FIXED_PORT: u32 = 1 << 11;
    /// Some `*.` or glob has the port `*`.
    pub(crate) const WILDCARD_ANY_PORT: u32 = 1 << 12;
    /// There is a `https://*` or `http://*`.
    pub(crate) const WEB_ANY_HOST: u32 = 1 << 13;
    /// There is a glob.
    pub(crate) const GLOB: u32 = 1 << 14;
    /// There is a host of `https` or `http` with the port `*`.
    pub(crate) const HOST_ANY_PORT: u32 = 1 << 15;
    /// There is a `*` in a pattern of another scheme.
    pub(crate) const OTHER_SCHEME: u32 = 1 << 16;
    /// There is an address range.
    pub(crate) const RANGE: u32 = 1 << 17;
    /// All of the above.
    pub(crate) const ALL: u32 = (1 << 18) - 1;
    /// Whether the policy has patterns that are not exact.
    pub(crate) const NOT_EXACT: u32 =
        WILDCARD_FIXED_PORT | WILDCARD_ANY_PORT | WEB_ANY_HOST | HOST_ANY_PORT | OTHER_SCHEME | RANGE;
    /// The image of a policy set, which has a layout of its own.
    pub(crate) const SET: u32 = 1 << 31;
}

/// An image, seen through its fixed head.
#[derive(Clone, Copy)]
pub(crate) struct Image<'i> {
    /// Not shorter than the head.
    bytes: &'i [u8],
}

/// An image that allows no origin. It replaces bytes that are not an image at all, which cannot
/// happen after opening.
const CLOSED: [u8; HEAD] = {
    let mut head = with([0; HEAD], offset_of!(Head, max_age), NO_MAX_AGE.to_le_bytes());
    let mut section = 0;
    while section < SECTIONS {
        head = with(head, section_end(section), (HEAD as u32).to_le_bytes());
        section += 1;
    }
    // Its responses vary on the origin, so no cache keeps them for another one.
    head = with(head, offset_of!(Head, plain_shape), shape::VARY_ORIGIN.to_le_bytes());
    with(head, offset_of!(Head, listed_shape), shape::VARY_PREFLIGHT.to_le_bytes())
};

const fn with<const N: usize>(mut head: [u8; HEAD], at: usize, bytes: [u8; N]) -> [u8; HEAD] {
    let mut i = 0;
    while i < N {
        head[at + i] = bytes[i];
        i += 1;
    }
    head
}

/// Where the head says where a section ends.
pub(crate) const fn section_end(section: usize) -> usize {
    offset_of!(Head, section_ends) + section * 4
}

impl<'i> Image<'i> {
    /// Checks only that there is a whole head.
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

    /// The image, or one that allows nothing if the bytes have no head.
    #[inline]
    pub(crate) fn or_closed(bytes: &'i [u8]) -> Self {
        match Self::new(bytes) {
            Some(image) => image,
            None => closed(),
        }
    }

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
        let word = self.head().get(section_end(section)..).and_then(|bytes| bytes.first_chunk());
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

/// The bytes of an opened policy always hold a head. `#[cold]` makes the compiler branch to this
/// function. Otherwise it would use a conditional move, which costs every request (5 % of a
/// preflight, together with [`no_section`]).
#[cold]
#[inline(never)]
fn closed() -> Image<'static> {
    Image { bytes: &CLOSED }
}

/// Opening checks that every section is there. It is `#[cold]` for the same reason as [`closed`].
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

    fn put(&mut self, at: usize, bytes: &[u8]) {
        for (to, from) in self.0.iter_mut().skip(at).zip(bytes) {
            *to = *from;
        }
    }

    pub(crate) fn put_end(&mut self, section: Section, end: usize) {
        self.put(section_end(section as usize), &(end as u32).to_le_bytes());
    }

    pub(crate) fn bytes(&self) -> &[u8; HEAD] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::{FIELDS, HEAD, Image, NO_MAX_AGE, SECTION_DOCS, SECTIONS};
    use crate::image::shape;
    use std::{format, string::String};

    #[test]
    fn bytes_without_head_allow_no_origin_and_have_no_section() {
        let closed = Image::or_closed(b"");
        assert_eq!((closed.flags(), closed.status(), closed.denied_status(), closed.max_age()), (0, 0, 0, NO_MAX_AGE));
        for section in 0..SECTIONS {
            assert_eq!(closed.end(section), HEAD, "{section}");
        }
        let shapes = [closed.plain_shape(), closed.actual_shape(), closed.listed_shape(), closed.preflight_shape()];
        assert_eq!(shapes, [shape::VARY_ORIGIN, 0, shape::VARY_PREFLIGHT, 0]);
    }

    #[test]
    fn fields_fill_the_head_without_a_gap() {
        let end = FIELDS.iter().fold(0, |end, &(name, offset, size, _)| {
            assert_eq!(offset, end, "{name}");
            offset + size
        });
        assert_eq!(end, HEAD);
    }

    /// Checks the drawing in `docs/internals.md`. If you change the layout, copy what this test prints
    /// into the page.
    #[test]
    fn drawing_in_the_docs_is_the_layout() {
        let line = |text: &str| String::from(text.trim().trim_end_matches('.'));
        let plain = |text: &str| line(text).replace(['[', ']', '`'], "");
        let fields =
            FIELDS.iter().map(|(name, offset, size, doc)| format!("{offset:>6} {size:>5}  {name:<16} {}", plain(doc)));
        let sections = SECTION_DOCS.iter().map(|(name, doc)| format!("{:>12}  {name:<17} {}", "", plain(doc)));
        let head = String::from("offset bytes  the head");
        let drawing: std::vec::Vec<String> = [head]
            .into_iter()
            .chain(fields)
            .chain([String::from("              the sections")])
            .chain(sections)
            .collect();
        let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/pages/internals.txt"))
            .expect("docs/internals.md");
        let drawing = drawing.join("\n");
        assert!(page.contains(&drawing), "docs/internals.md lacks this drawing:\n{drawing}");
    }
}
