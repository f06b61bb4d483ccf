//! Bytes, lists and header lines as C hands them over: a pointer and a length, never a NUL at the end.

use crate::pointer::inputs;
use crate::result::Outcome;

/// A run of bytes that somebody else owns. It is not NUL-terminated and may hold any byte. Empty: `len` 0, and `ptr` anything, NULL too.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct corsac_bytes {
    /// The first byte.
    pub ptr: *const u8,
    /// How many bytes there are.
    pub len: usize,
}

/// A list of texts that somebody else owns. Empty: `len` 0.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct corsac_list {
    /// The first text.
    pub ptr: *const corsac_bytes,
    /// How many texts there are.
    pub len: usize,
}

/// One header line: its name, and its value without the white space around it.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct corsac_header {
    /// The field name, without the colon.
    pub name: corsac_bytes,
    /// The field value.
    pub value: corsac_bytes,
}

impl corsac_bytes {
    /// Nothing: what is not there at all.
    pub(crate) const NONE: Self = Self { ptr: core::ptr::null(), len: 0 };

    /// For C to read while the bytes live.
    #[inline]
    pub(crate) const fn of(bytes: &[u8]) -> Self {
        Self { ptr: bytes.as_ptr(), len: bytes.len() }
    }

    /// The caller's bytes.
    ///
    /// # Safety
    /// `ptr` is NULL, or `len` bytes from it are initialised and nobody writes to them during `'a`.
    #[inline]
    pub(crate) unsafe fn read<'a>(self) -> Outcome<&'a [u8]> {
        // An empty run may come with any pointer at all.
        if self.len == 0 {
            return Ok(&[]);
        }
        // SAFETY: this function's own condition.
        unsafe { inputs(self.ptr, self.len) }
    }
}

impl corsac_list {
    pub(crate) const EMPTY: Self = Self { ptr: core::ptr::null(), len: 0 };

    /// The caller's texts, each of them looked at.
    ///
    /// # Safety
    /// `ptr` is NULL, or misaligned, or `len` texts from it are initialised, [`corsac_bytes::read`] may read each of them, and nobody writes
    /// to any of it during `'a`.
    pub(crate) unsafe fn read<'a>(self) -> Outcome<&'a [Text]> {
        // SAFETY: this function's own condition.
        let texts: &'a [corsac_bytes] = unsafe { inputs(self.ptr, self.len)? };
        for text in texts {
            // SAFETY: as above.
            unsafe { text.read()? };
        }
        // SAFETY: `Text` is a transparent `corsac_bytes`, and what it asks of it was just seen.
        Ok(unsafe { core::slice::from_raw_parts(texts.as_ptr().cast(), texts.len()) })
    }
}

/// A text of a list that was looked at: it can be read for as long as the list.
#[repr(transparent)]
#[derive(Debug)]
pub(crate) struct Text(corsac_bytes);

impl AsRef<[u8]> for Text {
    #[inline]
    fn as_ref(&self) -> &[u8] {
        // SAFETY: `corsac_list::read`, which alone makes these, demands that the bytes can be read for as long as its slice lives.
        unsafe { self.0.read() }.unwrap_or(&[])
    }
}
