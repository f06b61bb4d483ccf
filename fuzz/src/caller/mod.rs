//! A C program that calls the library: as the header asks, but for the arguments that the input
//! makes wrong. Those calls are refused, leave their outputs as they were, and are made again.

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

pub use browser::{Asked, as_told};

/// What memory holds that nobody wrote.
const PAPER: u8 = 0xA5;

/// The caller, and what it gets wrong; the default: nothing.
#[derive(Clone, Default)]
pub struct Caller {
    /// Which of the arguments is wrong, and how.
    wrong: BTreeMap<usize, u8>,
    handed_over: usize,
    is_spoilt: bool,
}

impl Caller {
    /// `*`, the number of an argument, and what is wrong with it.
    pub fn new(data: &[u8]) -> Self {
        let wrong = records(data).filter_map(|record| match record {
            (b'*', &[number, kind, ..]) => Some((usize::from(number), kind)),
            _ => None,
        });
        Self { wrong: wrong.collect(), handed_over: 0, is_spoilt: false }
    }

    /// How the next argument is wrong, if it is: each once.
    fn next(&mut self) -> Option<u8> {
        self.handed_over += 1;
        let kind = self.wrong.remove(&(self.handed_over - 1));
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

    /// A number below `end`, and none that is negative.
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

    /// Calls until nothing is wrong: what the output is then, or the result.
    fn call<T>(&mut self, mut call: impl FnMut(&mut Self, *mut T) -> corsac_result) -> Result<T, corsac_result> {
        loop {
            self.is_spoilt = false;
            let mut room = Box::new(MaybeUninit::<T>::uninit());
            // SAFETY: the room is there.
            unsafe { room.as_mut_ptr().write_bytes(PAPER, 1) };
            let pointer = self.pointer(room.as_mut_ptr());
            let result = call(self, pointer);
            if self.is_spoilt {
                assert_eq!(result, CORSAC_INVALID_ARGUMENT);
            } else if result == CORSAC_OK {
                // SAFETY: the output is written where the result is 0; what is not is paper, which
                // any of the structs may hold.
                return Ok(unsafe { room.assume_init_read() });
            }
            // SAFETY: every byte was written above.
            let bytes = unsafe { std::slice::from_raw_parts(room.as_ptr().cast::<u8>(), size_of::<T>()) };
            assert!(bytes.iter().all(|byte| *byte == PAPER), "written, and the result is {result}");
            if !self.is_spoilt {
                return Err(result);
            }
        }
    }

    /// Calls until nothing is wrong: all that is told then, or the result. Who is refused is told
    /// nothing.
    fn told<T>(
        &mut self,
        mut call: impl FnMut(&mut Self, *mut c_void) -> corsac_result,
    ) -> Result<Vec<T>, corsac_result> {
        let mut told: Vec<T> = vec![];
        loop {
            self.is_spoilt = false;
            let result = call(self, (&raw mut told).cast());
            if self.is_spoilt {
                assert_eq!(result, CORSAC_INVALID_ARGUMENT);
            } else if result == CORSAC_OK {
                return Ok(told);
            }
            assert!(told.is_empty(), "told, and the result is {result}");
            if !self.is_spoilt {
                return Err(result);
            }
        }
    }

    /// Asks until nothing is wrong: yes, no, or the result.
    fn truth(&mut self, mut ask: impl FnMut(&mut Self) -> i32) -> Result<bool, corsac_result> {
        loop {
            self.is_spoilt = false;
            match ask(self) {
                result if self.is_spoilt => assert_eq!(result, CORSAC_INVALID_ARGUMENT),
                0 => return Ok(false),
                1 => return Ok(true),
                result => return Err(result),
            }
        }
    }

    /// Changes what is there until nothing is wrong. That a refused call changes nothing shows in
    /// what comes of it.
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

    /// What a function writes into a buffer, and nothing into one that is a byte too small.
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
        assert!(buffer[length..].iter().all(|byte| *byte == PAPER), "written behind the end");
        buffer.truncate(length);
        let text = String::from_utf8(buffer.clone()).expect("a message is text");
        buffer.fill(PAPER);
        if let Some((_, too_small)) = buffer.split_last_mut() {
            assert_eq!(into(self, too_small), Err(CORSAC_STORAGE_TOO_SMALL));
            assert!(too_small.iter().all(|byte| *byte == PAPER), "written, and it is too small");
        }
        assert_eq!(into(self, &mut buffer), Ok(length));
        assert_eq!(buffer, text.as_bytes());
        Ok(text)
    }
}

fn read<'a>(bytes: corsac_bytes) -> &'a [u8] {
    // SAFETY: what the library gives back can be read while the input lives.
    if bytes.len == 0 { &[] } else { unsafe { std::slice::from_raw_parts(bytes.ptr, bytes.len) } }
}

/// One of the functions that list names.
pub type Names = extern "C" fn(usize) -> corsac_bytes;

/// The name at a place.
pub fn name_at(names: Names, place: usize) -> &'static str {
    name(names(place))
}

/// All of them, as the header says: from 0 until one is empty.
pub fn listed(names: Names) -> Vec<&'static str> {
    (0..).map(|place| name_at(names, place)).take_while(|name| !name.is_empty()).collect()
}

fn name(bytes: corsac_bytes) -> &'static str {
    std::str::from_utf8(read(bytes)).expect("a name is text")
}
