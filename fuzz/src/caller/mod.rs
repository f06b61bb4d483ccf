//! A C program that calls the library as the header requires, except for the arguments that the
//! input makes wrong. Those calls must be refused and leave their outputs unchanged. Then they are
//! repeated without the mistake.

mod browser;
mod engine;

use std::collections::BTreeMap;
use std::ffi::c_void;
use std::mem::MaybeUninit;
use std::ptr::{null, null_mut};

use corsac_ffi::{
    CORSAC_INVALID_ARGUMENT, CORSAC_OK, CORSAC_STORAGE_TOO_SMALL, corsac_bytes, corsac_list, corsac_result,
};

use crate::record::records;
use crate::reference::Bytes;

pub use browser::{Asked, as_reported};

/// Fills memory that was not written yet.
const PAPER: u8 = 0xA5;

/// The caller and its mistakes. By default, it makes none.
#[derive(Clone, Default)]
pub struct Caller {
    /// Which arguments are wrong, and how.
    wrong: BTreeMap<usize, u8>,
    passed: usize,
    is_spoilt: bool,
}

impl Caller {
    /// `*`, the number of an argument, and what is wrong with it.
    pub fn new(data: &[u8]) -> Self {
        let wrong = records(data).filter_map(|record| match record {
            (b'*', &[number, kind, ..]) => Some((usize::from(number), kind)),
            _ => None,
        });
        Self { wrong: wrong.collect(), passed: 0, is_spoilt: false }
    }

    /// How the next argument is wrong, if it is. Each one is wrong only once.
    fn next(&mut self) -> Option<u8> {
        self.passed += 1;
        let kind = self.wrong.remove(&(self.passed - 1));
        self.is_spoilt |= kind.is_some();
        kind
    }

    fn pointer<T>(&mut self, right: *mut T) -> *mut T {
        match self.next() {
            None => right,
            Some(kind) if kind % 2 == 1 && align_of::<T>() > 1 => right.cast::<u8>().wrapping_add(1).cast(),
            Some(_) => null_mut(),
        }
    }

    fn text(&mut self, text: &[u8]) -> corsac_bytes {
        let ptr = text.as_ptr();
        match self.next() {
            None if text.is_empty() => corsac_bytes { ptr: null(), len: 0 },
            None => corsac_bytes { ptr, len: text.len() },
            Some(kind) if kind % 2 == 1 => corsac_bytes { ptr, len: usize::MAX - usize::from(kind) },
            Some(kind) => corsac_bytes { ptr: null(), len: 1 + usize::from(kind) },
        }
    }

    fn texts(&mut self, texts: &[Bytes]) -> Vec<corsac_bytes> {
        texts.iter().map(|text| self.text(text)).collect()
    }

    fn list(&mut self, texts: &[corsac_bytes]) -> corsac_list {
        let ptr = if texts.is_empty() { texts.as_ptr() } else { self.pointer(texts.as_ptr().cast_mut()) };
        corsac_list { ptr, len: texts.len() }
    }

    /// An array and its length.
    fn array<T>(&mut self, right: &[T]) -> (*const T, usize) {
        match self.next() {
            None if right.is_empty() => (null(), 0),
            None => (right.as_ptr(), right.len()),
            Some(kind) if kind % 3 == 1 => (right.as_ptr(), usize::MAX - usize::from(kind)),
            Some(kind) if kind % 3 == 2 => (right.as_ptr().wrapping_byte_add(1), right.len().max(1)),
            Some(kind) => (null(), right.len() + 1 + usize::from(kind)),
        }
    }

    /// A number from 0 to below `end`, unless it is wrong.
    fn number(&mut self, right: i32, end: i32) -> i32 {
        match self.next() {
            None => right,
            Some(kind) if kind % 2 == 1 => -i32::from(kind),
            Some(kind) => end + i32::from(kind),
        }
    }

    fn function<F>(&mut self, right: F) -> Option<F> {
        if self.next().is_some() { None } else { Some(right) }
    }

    fn switch(&mut self, is_on: bool) -> u8 {
        self.next().map_or(u8::from(is_on), |kind| kind.max(2))
    }

    /// Calls until nothing is wrong. Returns the output, or the result.
    fn call<T>(&mut self, mut call: impl FnMut(&mut Self, *mut T) -> corsac_result) -> Result<T, corsac_result> {
        loop {
            self.is_spoilt = false;
            let mut room = Box::new(MaybeUninit::<T>::uninit());
            // SAFETY: the memory is there.
            unsafe { room.as_mut_ptr().write_bytes(PAPER, 1) };
            let pointer = self.pointer(room.as_mut_ptr());
            let result = call(self, pointer);
            if self.is_spoilt {
                assert_eq!(result, CORSAC_INVALID_ARGUMENT);
            } else if result == CORSAC_OK {
                // SAFETY: with the result 0, the output is written. Bytes that are not written have
                // the value `PAPER`, which is valid in all of these structs.
                return Ok(unsafe { room.assume_init_read() });
            }
            // SAFETY: every byte was written above.
            let bytes = unsafe { std::slice::from_raw_parts(room.as_ptr().cast::<u8>(), size_of::<T>()) };
            assert!(bytes.iter().all(|byte| *byte == PAPER), "the output was written, and the result is {result}");
            if !self.is_spoilt {
                return Err(result);
            }
        }
    }

    /// Calls until nothing is wrong. Returns everything that was reported, or the result. A call
    /// that is refused must report nothing.
    fn reported<T>(
        &mut self,
        mut call: impl FnMut(&mut Self, *mut c_void) -> corsac_result,
    ) -> Result<Vec<T>, corsac_result> {
        let mut reported: Vec<T> = vec![];
        loop {
            self.is_spoilt = false;
            let result = call(self, (&raw mut reported).cast());
            if self.is_spoilt {
                assert_eq!(result, CORSAC_INVALID_ARGUMENT);
            } else if result == CORSAC_OK {
                return Ok(reported);
            }
            assert!(reported.is_empty(), "something was reported, and the result is {result}");
            if !self.is_spoilt {
                return Err(result);
            }
        }
    }

    /// Calls until nothing is wrong. Returns true, false, or the result.
    fn truth(&mut self, mut call: impl FnMut(&mut Self) -> i32) -> Result<bool, corsac_result> {
        loop {
            self.is_spoilt = false;
            match call(self) {
                result if self.is_spoilt => assert_eq!(result, CORSAC_INVALID_ARGUMENT),
                0 => return Ok(false),
                1 => return Ok(true),
                result => return Err(result),
            }
        }
    }

    /// Changes an object until nothing is wrong. Later calls show whether a refused call has
    /// changed it.
    fn change(&mut self, mut call: impl FnMut(&mut Self) -> corsac_result) {
        loop {
            self.is_spoilt = false;
            let result = call(self);
            assert_eq!(result, if self.is_spoilt { CORSAC_INVALID_ARGUMENT } else { CORSAC_OK });
            if !self.is_spoilt {
                return;
            }
        }
    }

    /// Returns what a function writes into a buffer. It must write nothing into one that is a byte
    /// too small.
    fn written(
        &mut self,
        capacity: usize,
        mut write: impl FnMut(&mut Self, *mut u8, usize, *mut usize) -> corsac_result,
    ) -> Result<String, corsac_result> {
        let mut buffer = vec![PAPER; capacity];
        let mut into = |caller: &mut Self, buffer: &mut [u8]| {
            caller.call(|caller, written| {
                let (start, capacity) = (buffer.as_mut_ptr(), buffer.len());
                let start = if capacity == 0 { start } else { caller.pointer(start) };
                write(caller, start, capacity, written)
            })
        };
        let length = into(self, &mut buffer)?;
        assert!(buffer[length..].iter().all(|byte| *byte == PAPER), "bytes after the end were written");
        buffer.truncate(length);
        let text = String::from_utf8(buffer.clone()).expect("a message is text");
        buffer.fill(PAPER);
        if let Some((_, too_small)) = buffer.split_last_mut() {
            assert_eq!(into(self, too_small), Err(CORSAC_STORAGE_TOO_SMALL));
            assert!(too_small.iter().all(|byte| *byte == PAPER), "a buffer that is too small was written");
        }
        assert_eq!(into(self, &mut buffer), Ok(length));
        assert_eq!(buffer, text.as_bytes());
        Ok(text)
    }
}

fn read<'a>(bytes: corsac_bytes) -> &'a [u8] {
    // SAFETY: what the library returns is valid as long as the input.
    if bytes.len == 0 { &[] } else { unsafe { std::slice::from_raw_parts(bytes.ptr, bytes.len) } }
}

/// A function that lists names.
pub type Names = extern "C" fn(usize) -> corsac_bytes;

/// The name at a place.
pub fn name_at(names: Names, place: usize) -> &'static str {
    name(names(place))
}

/// All names, found as the header says: from 0 until one is empty.
pub fn listed(names: Names) -> Vec<&'static str> {
    (0..).map(|place| name_at(names, place)).take_while(|name| !name.is_empty()).collect()
}

fn name(bytes: corsac_bytes) -> &'static str {
    std::str::from_utf8(read(bytes)).expect("a name is text")
}
