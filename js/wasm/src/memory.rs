//! The memory behind the module's own data: first the image, then the room for input, then output.
//!
//! Only exports use it. JavaScript calls one export at a time, and an export calls nothing outside,
//! so for as long as an export runs nothing else reads or writes this memory.

use core::arch::wasm32::{memory_grow, memory_size};
use core::cell::Cell;

const PAGE: usize = 1 << 16;
/// The alignment of the image and of the room. Words in the room have 4 bytes.
const ALIGN: usize = 8;

unsafe extern "C" {
    /// Where the linker's own data ends.
    static __heap_base: u8;
}

struct Single<T>(T);

// SAFETY: the module has one thread.
unsafe impl<T> Sync for Single<T> {}

/// Lengths of the image and of the room, in bytes.
static IMAGE_LEN: Single<Cell<usize>> = Single(Cell::new(0));
static ROOM_LEN: Single<Cell<usize>> = Single(Cell::new(0));
static OUTPUT_AT: Single<Cell<usize>> = Single(Cell::new(0));

fn image_at() -> usize {
    (&raw const __heap_base).addr().next_multiple_of(ALIGN)
}

fn room_at() -> usize {
    image_at().saturating_add(IMAGE_LEN.0.get()).next_multiple_of(ALIGN)
}

/// Grows the memory so that it holds this address. `false`: it cannot grow as far.
pub(crate) fn reserve(end: usize) -> bool {
    let pages = end.div_ceil(PAGE).saturating_sub(memory_size(0));
    pages == 0 || memory_grow(0, pages) != usize::MAX
}

/// # Safety
/// The bytes are below the end of the memory, and nothing writes to them during `'m`.
unsafe fn bytes<'m>(at: usize, len: usize) -> &'m [u8] {
    // SAFETY: this function's own condition. The memory is initialised, because it starts as zeros.
    unsafe { core::slice::from_raw_parts(core::ptr::with_exposed_provenance(at), len) }
}

/// Room for this many bytes of input. 0: the memory cannot grow as far. Views of the memory are
/// detached where it grew.
#[unsafe(no_mangle)]
pub(crate) extern "C" fn room(len: usize) -> usize {
    let at = room_at();
    match at.checked_add(len) {
        Some(end) if reserve(end) => {
            ROOM_LEN.0.set(len);
            at
        }
        // The room stays as it was.
        _ => 0,
    }
}

/// Where the output of the last export begins that returned a length.
#[unsafe(no_mangle)]
pub(crate) extern "C" fn output() -> usize {
    OUTPUT_AT.0.get()
}

/// Where the image begins; its length is what [`image_len`] returns.
#[unsafe(no_mangle)]
pub(crate) extern "C" fn image() -> usize {
    image_at()
}

/// The length of the image. 0: there is none yet.
#[unsafe(no_mangle)]
pub(crate) extern "C" fn image_len() -> usize {
    IMAGE_LEN.0.get()
}

/// The input that JavaScript wrote into the room. `None`: the room is smaller.
pub(crate) fn input<'m>(len: usize) -> Option<&'m [u8]> {
    // SAFETY: `room` reserved it. Exports write only behind it, as `lend` and `Output` do.
    (len <= ROOM_LEN.0.get()).then(|| unsafe { bytes(room_at(), len) })
}

/// Whether these bytes are in the room.
#[cfg(feature = "engine")]
pub(crate) fn is_input(text: &[u8]) -> bool {
    let at = text.as_ptr().addr();
    (room_at()..room_at() + ROOM_LEN.0.get()).contains(&at)
}

/// The image that was compiled or opened. Empty: there is none.
pub(crate) fn opened<'m>() -> &'m [u8] {
    // SAFETY: `keep` saw it there, and nothing writes to it after that.
    unsafe { bytes(image_at(), IMAGE_LEN.0.get()) }
}

/// The address behind the room, where output and storage begin.
fn behind_room() -> usize {
    room_at().saturating_add(ROOM_LEN.0.get()).next_multiple_of(ALIGN)
}

/// Zeroed memory behind the room, and from there on the place for output. `None`: the memory cannot
/// grow as far.
pub(crate) fn lend<'m>(len: usize) -> Option<(&'m mut [u8], usize)> {
    lend_at(behind_room(), len)
}

/// The same from this address on, which is where the memory that was lent before ends.
pub(crate) fn lend_at<'m>(at: usize, len: usize) -> Option<(&'m mut [u8], usize)> {
    let end = at.checked_add(len)?;
    if !reserve(end) {
        return None;
    }
    // SAFETY: it was just reserved, and is behind everything that was lent before.
    let storage = unsafe { core::slice::from_raw_parts_mut(core::ptr::with_exposed_provenance_mut(at), len) };
    storage.fill(0);
    Some((storage, end.next_multiple_of(ALIGN)))
}

/// Moves an image from storage to its place. From now on decisions come from it.
///
/// Everything that was read from the room is overwritten.
pub(crate) fn keep(image: &[u8]) {
    let to: *mut u8 = core::ptr::with_exposed_provenance_mut(image_at());
    // SAFETY: the place is below the storage, so it is inside the memory; the two may overlap.
    unsafe { core::ptr::copy(image.as_ptr(), to, image.len()) };
    IMAGE_LEN.0.set(image.len());
    ROOM_LEN.0.set(0);
}

/// Takes the first bytes of the room as the image, without moving them. They are at its place,
/// because there was no image before.
#[cfg(feature = "engine")]
pub(crate) fn keep_input(len: usize) {
    IMAGE_LEN.0.set(len);
    ROOM_LEN.0.set(0);
}

/// The output of an export: text that grows behind the room.
pub(crate) struct Output {
    start: usize,
    end: usize,
}

impl Output {
    /// Behind the room.
    #[cfg(feature = "engine")]
    pub(crate) fn new() -> Self {
        Self::at(behind_room())
    }

    /// From this address on, which is behind everything that was lent.
    pub(crate) fn at(start: usize) -> Self {
        OUTPUT_AT.0.set(start);
        Self { start, end: start }
    }

    /// How many bytes were written.
    pub(crate) fn len(&self) -> usize {
        self.end - self.start
    }

    /// Appends bytes. `false`: the memory cannot grow as far.
    pub(crate) fn push(&mut self, text: &[u8]) -> bool {
        let Some(end) = self.end.checked_add(text.len()).filter(|&end| reserve(end)) else { return false };
        let to: *mut u8 = core::ptr::with_exposed_provenance_mut(self.end);
        // SAFETY: it was just reserved, and is behind everything that can be read, `text` included.
        unsafe { core::ptr::copy(text.as_ptr(), to, text.len()) };
        self.end = end;
        true
    }
}
