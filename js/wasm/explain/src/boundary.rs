//! The buffers between JavaScript and this module, and how a call reads and writes them.

use std::cell::{Cell, RefCell};

use serde::Serialize;

use crate::fields::Fields;

thread_local! {
    static INPUT: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
    static OUTPUT: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
    static URL: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// Room for the input of the next call. Views of the memory are detached where it grew.
#[unsafe(no_mangle)]
extern "C" fn room(len: usize) -> *mut u8 {
    INPUT.with_borrow_mut(|input| {
        *input = vec![0; len];
        input.as_mut_ptr()
    })
}

/// Room for the URL that `parse_url` returns.
#[unsafe(no_mangle)]
extern "C" fn url_room(len: usize) -> *mut u8 {
    let mut url = vec![0; len];
    // The bytes of a vector stay where they are when it is moved.
    let at = url.as_mut_ptr();
    URL.set(url);
    at
}

/// The URL that JavaScript wrote.
pub(crate) fn take_url() -> Vec<u8> {
    URL.take()
}

/// Where the output of the last call begins.
#[unsafe(no_mangle)]
extern "C" fn output() -> *const u8 {
    OUTPUT.with_borrow(|output| output.as_ptr())
}

#[derive(Serialize)]
struct Wrong<'a> {
    error: &'a str,
}

/// Responds to a call: reads the options, runs it with what follows them, and keeps the output, whose length is returned.
pub(crate) fn respond<Result_: Serialize>(
    options_len: usize,
    run: impl FnOnce(Fields, &[u8]) -> Result<Result_, String>,
) -> usize {
    let input = INPUT.take();
    let result = input
        .split_at_checked(options_len)
        .ok_or_else(|| "the room is smaller than the options".to_owned())
        .and_then(|(options, body)| run(Fields::read(options)?, body));
    let output = match result {
        Ok(result) => serde_json::to_vec(&result),
        Err(error) => serde_json::to_vec(&Wrong { error: &error }),
    };
    // Texts and numbers can always be written.
    let output = output.unwrap_or_default();
    let len = output.len();
    OUTPUT.set(output);
    len
}

/// One code point for each byte.
pub(crate) fn text(bytes: &[u8]) -> String {
    bytes.iter().copied().map(char::from).collect()
}
