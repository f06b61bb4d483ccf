//! The lists of headers that decisions had so far. JavaScript makes its strings once for each of
//! them, so that hardly any decision reads text from this memory.

use core::cell::UnsafeCell;

/// How many lists are remembered. Further ones have no number, and JavaScript reads them each time.
const LISTS: usize = 32;
/// How many headers a list can have: one of each name, and `Vary`. Lists with echoed lines are not
/// remembered.
const HEADERS: usize = 9;

/// Instead of an address: the value is the request's `Origin`.
pub(crate) const ORIGIN: u32 = 1;
/// Instead of an address: the value is the requested method.
pub(crate) const METHOD: u32 = 2;

/// A header: addresses and lengths of its name and its value.
#[repr(C)]
#[derive(Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Place {
    pub(crate) name: u32,
    pub(crate) name_len: u32,
    pub(crate) value: u32,
    pub(crate) value_len: u32,
}

struct Lists {
    count: usize,
    lists: [(usize, [Place; HEADERS]); LISTS],
}

struct Single(UnsafeCell<Lists>);

// SAFETY: the module has one thread.
unsafe impl Sync for Single {}

const EMPTY: Place = Place { name: 0, name_len: 0, value: 0, value_len: 0 };
static KNOWN: Single = Single(UnsafeCell::new(Lists { count: 0, lists: [(0, [EMPTY; HEADERS]); LISTS] }));

/// The number of a list of headers, from 1. It gets one if there is room. 0: it has none.
pub(crate) fn number_of(headers: &[Place]) -> u32 {
    // SAFETY: only this function reads or writes it, and it does not call itself.
    let Lists { count, lists } = unsafe { &mut *KNOWN.0.get() };
    let known = lists.iter().take(*count).position(|(len, list)| list.get(..*len) == Some(headers));
    if let Some(known) = known {
        return known as u32 + 1;
    }
    let Some((len, list)) = lists.get_mut(*count) else { return 0 };
    let Some(room) = list.get_mut(..headers.len()) else { return 0 };
    room.copy_from_slice(headers);
    *len = headers.len();
    *count += 1;
    *count as u32
}
