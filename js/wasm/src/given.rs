//! The options of policies as JavaScript writes them into the room: words that hold addresses,
//! lengths and switches. All of them are checked before one is used.

use corsac::{PolicySpec, PublicSuffixes, Tables};

/// Switches of [`Table::flags`]. JavaScript has the same numbers in `src/engine/spec.ts`.
mod flag {
    pub(super) const UNTOUCHED: u32 = 1;
    pub(super) const METHODS: u32 = 1 << 1;
    pub(super) const CREDENTIALS: u32 = 1 << 2;
    pub(super) const MAX_AGE: u32 = 1 << 3;
    pub(super) const DENIED_STATUS: u32 = 1 << 4;
    pub(super) const EXTERNAL: u32 = 1 << 5;
    pub(super) const TIMING: u32 = 1 << 6;
    pub(super) const PRIVATE_NETWORK: u32 = 1 << 7;
    pub(super) const NULL: u32 = 1 << 8;
    pub(super) const INSECURE: u32 = 1 << 9;
    pub(super) const SUFFIXES_ALL: u32 = 1 << 10;
    pub(super) const SUFFIXES_LISTED: u32 = 1 << 11;
}

/// A text: its address and its length in bytes.
#[repr(C)]
#[derive(Clone, Copy)]
pub(crate) struct Text {
    at: u32,
    len: u32,
}

/// A list of texts: the address of the first [`Text`], and how many there are.
#[repr(C)]
#[derive(Clone, Copy)]
struct Texts {
    at: u32,
    count: u32,
}

/// The options of one policy, and its path in a set.
#[repr(C)]
#[derive(Clone, Copy)]
pub(crate) struct Table {
    path: Text,
    flags: u32,
    max_age: i32,
    preflight_status: i32,
    denied_preflight_status: i32,
    allow_origins: Texts,
    allow_methods: Texts,
    allow_headers: Texts,
    expose_headers: Texts,
    public_suffixes: Texts,
}

/// Tables whose addresses were all checked.
#[derive(Clone, Copy)]
pub(crate) struct Given<'m>(&'m [Table]);

/// Items of this type inside the input. `None`: a part of them is outside, or they are misaligned.
///
/// Every `T` here consists of 32-bit numbers, so any bytes are one.
fn items<T: Copy>(input: &[u8], at: u32, count: u32) -> Option<&[T]> {
    if count == 0 {
        return Some(&[]);
    }
    let start = (at as usize).checked_sub(input.as_ptr().addr())?;
    let len = (count as usize).checked_mul(size_of::<T>())?;
    let bytes = input.get(start..start.checked_add(len)?)?;
    let first = bytes.as_ptr().cast::<T>();
    // SAFETY: `bytes` has as many of them, and is borrowed as long as `input`.
    first.is_aligned().then(|| unsafe { core::slice::from_raw_parts(first, count as usize) })
}

impl AsRef<[u8]> for Text {
    fn as_ref(&self) -> &[u8] {
        // SAFETY: `Given::read`, which alone hands out texts, found these bytes inside the input.
        unsafe { core::slice::from_raw_parts(core::ptr::with_exposed_provenance(self.at as usize), self.len as usize) }
    }
}

impl Text {
    fn is_inside(&self, input: &[u8]) -> bool {
        // An empty text needs an address that is not 0 all the same.
        self.at != 0 && items::<u8>(input, self.at, self.len).is_some()
    }
}

impl Texts {
    fn is_inside(&self, input: &[u8]) -> bool {
        items::<Text>(input, self.at, self.count).is_some_and(|texts| texts.iter().all(|text| text.is_inside(input)))
    }

    fn list<'m>(&self) -> &'m [Text] {
        if self.count == 0 {
            return &[];
        }
        let first = core::ptr::with_exposed_provenance(self.at as usize);
        // SAFETY: as for a text.
        unsafe { core::slice::from_raw_parts(first, self.count as usize) }
    }
}

impl Table {
    fn is_inside(&self, input: &[u8]) -> bool {
        let lists = [
            &self.allow_origins,
            &self.allow_methods,
            &self.allow_headers,
            &self.expose_headers,
            &self.public_suffixes,
        ];
        self.path.is_inside(input) && lists.into_iter().all(|list| list.is_inside(input))
    }

    fn has(&self, flag: u32) -> bool {
        self.flags & flag != 0
    }

    fn spec<'m>(&self) -> PolicySpec<'m, Text> {
        // No `..`: a new option does not compile here until it is read.
        PolicySpec {
            allow_origins: self.allow_origins.list(),
            allow_methods: self.has(flag::METHODS).then(|| self.allow_methods.list()),
            allow_headers: self.allow_headers.list(),
            allow_credentials: self.has(flag::CREDENTIALS),
            expose_headers: self.expose_headers.list(),
            max_age: self.has(flag::MAX_AGE).then(|| self.max_age.into()),
            preflight_status: self.preflight_status.into(),
            denied_preflight_status: self.has(flag::DENIED_STATUS).then(|| self.denied_preflight_status.into()),
            external_origins: self.has(flag::EXTERNAL),
            allow_timing: self.has(flag::TIMING),
            allow_private_network: self.has(flag::PRIVATE_NETWORK),
            dangerously_allow_null_origin: self.has(flag::NULL),
            dangerously_allow_insecure_origins: self.has(flag::INSECURE),
            dangerously_allow_public_suffixes: match () {
                () if self.has(flag::SUFFIXES_ALL) => PublicSuffixes::Allowed,
                () if self.has(flag::SUFFIXES_LISTED) => PublicSuffixes::Listed(self.public_suffixes.list()),
                () => PublicSuffixes::Refused,
            },
        }
    }
}

impl<'m> Given<'m> {
    /// The tables at the start of the input. `None`: something in them is outside of it.
    pub(crate) fn read(input: &'m [u8], count: u32) -> Option<Self> {
        let tables = items::<Table>(input, u32::try_from(input.as_ptr().addr()).ok()?, count)?;
        tables.iter().all(|table| table.is_inside(input)).then_some(Self(tables))
    }

    /// The options of the first table.
    pub(crate) fn first(&self) -> Option<PolicySpec<'m, Text>> {
        self.0.first().map(Table::spec)
    }
}

impl Tables for Given<'_> {
    type Text = Text;

    fn count(&self) -> usize {
        self.0.len()
    }

    fn path(&self, table: usize) -> &[u8] {
        self.0.get(table).map_or(&[], |table| table.path.as_ref())
    }

    fn policy(&self, table: usize) -> Option<PolicySpec<'_, Text>> {
        self.0.get(table).filter(|table| !table.has(flag::UNTOUCHED)).map(Table::spec)
    }
}
