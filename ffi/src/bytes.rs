//! Bytes, lists and headers as C passes them: a pointer and a length, never a NUL at the end.

use crate::pointer::inputs;
use crate::result::Outcome;

/// Bytes that someone else owns. They are not NUL-terminated and may have any value. Empty: `len` is 0, and `ptr` may be anything, NULL too.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct corsac_bytes {
    /// The first byte.
    pub ptr: *const u8,
    /// The number of bytes.
    pub len: usize,
}

/// A list of texts that someone else owns. Empty: `len` is 0.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct corsac_list {
    /// The first text.
    pub ptr: *const corsac_bytes,
    /// The number of texts.
    pub len: usize,
}

/// One header: a name, and a value without the white space around it.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct corsac_header {
    /// The field name, without the colon.
    pub name: corsac_bytes,
    /// The field value.
    pub value: corsac_bytes,
}

impl corsac_bytes {
    /// Not there at all.
    pub(crate) const NONE: Self = Self { ptr: core::ptr::null(), len: 0 };

    /// For C to read while the bytes live.
    #[inline]
    pub(crate) const fn of(bytes: &[u8]) -> Self {
        Self { ptr: bytes.as_ptr(), len: bytes.len() }
    }

    /// The caller's bytes.
    ///
    /// # Safety
    /// `ptr` is NULL, or `len` bytes from it are initialised and nothing writes to them during `'a`.
    #[inline]
    pub(crate) unsafe fn read<'a>(self) -> Outcome<&'a [u8]> {
        // Empty bytes may come with any pointer at all.
        if self.len == 0 {
            return Ok(&[]);
        }
        // SAFETY: this function's own condition.
        unsafe { inputs(self.ptr, self.len) }
    }

    /// As [`read`](Self::read); `None` where `ptr` is NULL and `len` 0.
    ///
    /// # Safety
    /// As [`read`](Self::read).
    #[inline]
    pub(crate) unsafe fn read_if_any<'a>(self) -> Outcome<Option<&'a [u8]>> {
        if self.ptr.is_null() && self.len == 0 {
            return Ok(None);
        }
        // SAFETY: this function's own condition.
        unsafe { self.read() }.map(Some)
    }
}

impl corsac_list {
    pub(crate) const EMPTY: Self = Self { ptr: core::ptr::null(), len: 0 };

    /// The caller's texts, each of them checked.
    ///
    /// # Safety
    /// `ptr` is NULL, or misaligned, or `len` texts from it are initialised, [`corsac_bytes::read`] may read each of them, and nothing writes
    /// to any of it during `'a`.
    pub(crate) unsafe fn read<'a>(self) -> Outcome<&'a [Text]> {
        // SAFETY: this function's own condition.
        let texts: &'a [corsac_bytes] = unsafe { inputs(self.ptr, self.len)? };
        for text in texts {
            // SAFETY: as above.
            unsafe { text.read()? };
        }
        // SAFETY: `Text` is a transparent `corsac_bytes`, and what it asks of it was just checked.
        Ok(unsafe { core::slice::from_raw_parts(texts.as_ptr().cast(), texts.len()) })
    }
}

/// A text of a list that was checked: it can be read for as long as the list.
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
