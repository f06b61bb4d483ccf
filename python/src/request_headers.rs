//! A request's headers as slices of the caller's bytes. ASGI servers have a list or a tuple of
//! tuples of bytes, which is not copied, and neither is ASCII text. Other iterables of pairs, which
//! ASGI permits too, are copied.

use std::borrow::Cow;

use corsac::{Request, is_read_header};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyByteArray, PyBytes, PyIterator, PyList, PyMapping, PyMemoryView, PyString, PyTuple};
use smallvec::SmallVec;

use crate::options::shown;

/// The caller's headers. They are kept alive while a request borrows them, because an origin check
/// could change the list.
#[derive(Default)]
pub(crate) struct RequestHeaders<'py> {
    tuples: SmallVec<[Bound<'py, PyTuple>; 4]>,
    copies: Vec<(Vec<u8>, Vec<u8>)>,
}

impl<'py> RequestHeaders<'py> {
    /// Adds each header that the engine reads.
    pub(crate) fn add_to<'a>(&'a mut self, headers: &Bound<'py, PyAny>, request: &mut Request<'a>) -> PyResult<()> {
        if let Some(tuples) = tuples(headers) {
            self.tuples = tuples;
            for (name, value) in self.tuples.iter().filter_map(|line| borrowed(line, 0).zip(borrowed(line, 1))) {
                request.header(name, value);
            }
            return Ok(());
        }
        self.copies = each_header(headers)?.map(|line| copy(&line?)).collect::<PyResult<_>>()?;
        for (name, value) in &self.copies {
            request.header(name, value);
        }
        Ok(())
    }
}

/// The headers of a list or tuple of tuples that the engine reads. The values of other headers are
/// not checked. `None` if a header must be copied or refused.
fn tuples<'py>(headers: &Bound<'py, PyAny>) -> Option<SmallVec<[Bound<'py, PyTuple>; 4]>> {
    let mut read = SmallVec::new();
    for line in as_tuple(headers)?.iter_borrowed() {
        let line = line.cast_exact::<PyTuple>().ok().filter(|line| line.len() == 2)?;
        if is_read_header(borrowed(&line, 0)?) {
            borrowed(&line, 1)?;
            read.push(line.to_owned());
        }
    }
    Some(read)
}

/// The headers of a list or a tuple, as a tuple, because headers can only be borrowed from
/// something that cannot change. Copying a list is cheaper than counting a reference to each of its
/// headers.
pub(crate) fn as_tuple<'py>(headers: &Bound<'py, PyAny>) -> Option<Bound<'py, PyTuple>> {
    match headers.cast_exact::<PyList>() {
        Ok(list) => Some(list.to_tuple()),
        Err(_) => headers.cast_exact::<PyTuple>().ok().cloned(),
    }
}

/// The bytes of a name or a value, if they need not be copied.
fn borrowed<'a>(line: &'a Bound<'_, PyTuple>, place: usize) -> Option<&'a [u8]> {
    let item = line.get_borrowed_item(place).ok()?;
    if let Ok(bytes) = item.extract::<&'a [u8]>() {
        return Some(bytes);
    }
    // A str with as many bytes as code points is ASCII, so its bytes are those of the header.
    let text = item.extract::<&'a str>().ok()?;
    item.len().is_ok_and(|points| points == text.len()).then_some(text.as_bytes())
}

pub(crate) fn copy(line: &Bound<'_, PyAny>) -> PyResult<(Vec<u8>, Vec<u8>)> {
    let (name, value) = pair_of(line)?;
    Ok((latin_1(&name, "a header's name")?.into_owned(), latin_1(&value, "a header's value")?.into_owned()))
}

/// The same headers if they can be read twice, otherwise a list of them. The application reads them
/// after the adapter, and an iterator can be read only once.
#[pyfunction]
#[pyo3(name = "_reusable_headers", signature = (headers, /))]
pub(crate) fn reusable_headers<'py>(headers: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let is_reusable = as_tuple(headers).is_some_and(|lines| {
        let mut lines = lines.iter_borrowed();
        lines.all(|line| line.is_exact_instance_of::<PyTuple>() || line.is_exact_instance_of::<PyList>())
    });
    if is_reusable {
        return Ok(headers.clone());
    }
    let pairs = each_header(headers)?.map(|line| pair_of(&line?)).collect::<PyResult<Vec<_>>>()?;
    PyList::new(headers.py(), pairs).map(Bound::into_any)
}

/// The headers of any iterable, except a str, bytes and a mapping, whose elements are not headers.
pub(crate) fn each_header<'py>(headers: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyIterator>> {
    if headers.cast::<PyMapping>().is_ok() {
        return Err(PyTypeError::new_err(format!(
            "headers must be an iterable of (name, value) pairs, not {}: write headers.items()",
            shown(headers)
        )));
    }
    match headers.try_iter() {
        Ok(lines) if !is_text(headers) => Ok(lines),
        _ => Err(PyTypeError::new_err(format!(
            "headers must be an iterable of (name, value) pairs, not {}: write [(b\"origin\", b\"https://a.example\")]",
            shown(headers)
        ))),
    }
}

/// The name and the value of a header, which is any iterable of two. A str of two letters or a
/// mapping with two keys is not a pair.
pub(crate) fn pair_of<'py>(line: &Bound<'py, PyAny>) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyAny>)> {
    if let Ok(tuple) = line.cast_exact::<PyTuple>() {
        return tuple.extract().map_err(|_| not_a_pair(line));
    }
    if is_text(line) || line.cast::<PyMapping>().is_ok() {
        return Err(not_a_pair(line));
    }
    let mut items = line.try_iter().map_err(|_| not_a_pair(line))?;
    match (items.next().transpose()?, items.next().transpose()?, items.next().transpose()?) {
        (Some(name), Some(value), None) => Ok((name, value)),
        _ => Err(not_a_pair(line)),
    }
}

fn is_text(value: &Bound<'_, PyAny>) -> bool {
    value.is_instance_of::<PyString>() || is_bytes(value)
}

fn is_bytes(value: &Bound<'_, PyAny>) -> bool {
    value.is_instance_of::<PyBytes>() || value.is_instance_of::<PyByteArray>() || value.is_instance_of::<PyMemoryView>()
}

fn not_a_pair(line: &Bound<'_, PyAny>) -> PyErr {
    PyTypeError::new_err(format!(
        "every header must be a (name, value) pair, not {}: write [(b\"origin\", b\"https://a.example\")]",
        described(line)
    ))
}

/// The name of a type, with the length of a list or tuple, because the length is what is wrong.
fn described(line: &Bound<'_, PyAny>) -> String {
    let length = match line.cast::<PyTuple>() {
        Ok(tuple) => Some(tuple.len()),
        Err(_) => line.cast::<PyList>().ok().map(|list| list.len()),
    };
    match length {
        Some(length) => format!("a {} of {length}", shown(line)),
        None => shown(line),
    }
}

/// The bytes of `bytes`, `bytearray` or `memoryview`; the last two are copied, because they can
/// change.
pub(crate) fn bytes_of<'py>(value: &Bound<'py, PyAny>) -> PyResult<Option<Bound<'py, PyBytes>>> {
    if let Ok(bytes) = value.cast::<PyBytes>() {
        return Ok(Some(bytes.clone()));
    }
    if !is_bytes(value) {
        return Ok(None);
    }
    Ok(Some(value.py().get_type::<PyBytes>().call1((value,))?.cast_into::<PyBytes>()?))
}

/// Bytes, or a str with one code point for each byte, as in WSGI.
pub(crate) fn latin_1<'a>(text: &'a Bound<'_, PyAny>, what: &str) -> PyResult<Cow<'a, [u8]>> {
    if let Ok(bytes) = text.cast::<PyBytes>() {
        return Ok(Cow::Borrowed(bytes.as_bytes()));
    }
    let Ok(text) = text.cast::<PyString>() else {
        return match bytes_of(text)? {
            Some(bytes) => Ok(Cow::Owned(bytes.as_bytes().to_vec())),
            None => Err(PyTypeError::new_err(format!("{what} must be bytes or str, not {}", shown(text)))),
        };
    };
    let beyond = || {
        PyValueError::new_err(format!(
            "{what} is a str with a code point above U+00FF, which is not one byte: write bytes"
        ))
    };
    let text = text.to_str().map_err(|_| beyond())?;
    if text.is_ascii() {
        return Ok(Cow::Borrowed(text.as_bytes()));
    }
    text.chars().map(u8::try_from).collect::<Result<_, _>>().map(Cow::Owned).map_err(|_| beyond())
}

/// A decoded path: bytes, or the UTF-8 of a str. A str with lone surrogates matches no path.
pub(crate) fn path_bytes<'a>(path: &'a Bound<'_, PyAny>) -> PyResult<Cow<'a, [u8]>> {
    if let Ok(bytes) = path.cast::<PyBytes>() {
        return Ok(Cow::Borrowed(bytes.as_bytes()));
    }
    let Ok(text) = path.cast::<PyString>() else {
        return Err(PyTypeError::new_err(format!("path must be str or bytes, not {}", shown(path))));
    };
    Ok(match text.to_string_lossy() {
        Cow::Borrowed(text) => Cow::Borrowed(text.as_bytes()),
        Cow::Owned(text) => Cow::Owned(text.into_bytes()),
    })
}
