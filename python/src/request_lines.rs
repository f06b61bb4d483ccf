//! A request's header lines as slices of the caller's bytes: nothing is copied where they are a list of tuples of bytes, as
//! ASGI has them, or of ASCII.

use std::borrow::Cow;

use corsac::{Request, is_read_header};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyList, PyString, PyTuple};
use smallvec::SmallVec;

use crate::options::shown;

/// The caller's lines, kept alive while a request borrows them: an origin check may change the caller's list.
#[derive(Default)]
pub(crate) struct RequestLines<'py> {
    tuples: SmallVec<[Bound<'py, PyTuple>; 4]>,
    copies: Vec<(Vec<u8>, Vec<u8>)>,
}

impl<'py> RequestLines<'py> {
    /// Hands every line to the engine that it reads.
    pub(crate) fn add_to<'a>(&'a mut self, headers: &Bound<'py, PyAny>, request: &mut Request<'a>) -> PyResult<()> {
        if let Some(tuples) = tuples(headers) {
            self.tuples = tuples;
            for (name, value) in self.tuples.iter().filter_map(|line| borrowed(line, 0).zip(borrowed(line, 1))) {
                request.header(name, value);
            }
            return Ok(());
        }
        self.copies = headers.try_iter()?.map(|line| copy(&line?)).collect::<PyResult<_>>()?;
        for (name, value) in &self.copies {
            request.header(name, value);
        }
        Ok(())
    }
}

/// Those of a list of tuples that the engine reads; `None`: there is something to copy, or to refuse. Nobody looks at another line's value.
fn tuples<'py>(headers: &Bound<'py, PyAny>) -> Option<SmallVec<[Bound<'py, PyTuple>; 4]>> {
    let mut read = SmallVec::new();
    for line in headers.cast_exact::<PyList>().ok()?.iter() {
        let line = line.cast_into_exact::<PyTuple>().ok().filter(|line| line.len() == 2)?;
        if is_read_header(borrowed(&line, 0)?) {
            borrowed(&line, 1)?;
            read.push(line);
        }
    }
    Some(read)
}

/// The bytes of a name or a value that need not be copied.
fn borrowed<'a>(line: &'a Bound<'_, PyTuple>, place: usize) -> Option<&'a [u8]> {
    let item = line.get_borrowed_item(place).ok()?;
    if let Ok(bytes) = item.extract::<&'a [u8]>() {
        return Some(bytes);
    }
    // As many bytes as code points: it is ASCII, and so are its bytes.
    let text = item.extract::<&'a str>().ok()?;
    item.len().is_ok_and(|points| points == text.len()).then_some(text.as_bytes())
}

fn copy(line: &Bound<'_, PyAny>) -> PyResult<(Vec<u8>, Vec<u8>)> {
    let (name, value) = pair_of(line)?;
    Ok((latin_1(&name, "a header's name")?.into_owned(), latin_1(&value, "a header's value")?.into_owned()))
}

/// A line's name and value: a tuple or a list of two.
pub(crate) fn pair_of<'py>(line: &Bound<'py, PyAny>) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyAny>)> {
    if let Ok(tuple) = line.cast::<PyTuple>() {
        return tuple.extract().map_err(|_| no_pair(line));
    }
    match line.cast::<PyList>() {
        Ok(list) => list.to_tuple().extract().map_err(|_| no_pair(line)),
        Err(_) => Err(no_pair(line)),
    }
}

fn no_pair(line: &Bound<'_, PyAny>) -> PyErr {
    PyTypeError::new_err(format!(
        "headers is a list of (name, value) pairs, and {} is no pair: write [(b\"origin\", b\"https://a.example\")]",
        shown(line)
    ))
}

/// Bytes, or a str that holds one byte per code point, as WSGI has it.
pub(crate) fn latin_1<'a>(text: &'a Bound<'_, PyAny>, what: &str) -> PyResult<Cow<'a, [u8]>> {
    if let Ok(bytes) = text.cast::<PyBytes>() {
        return Ok(Cow::Borrowed(bytes.as_bytes()));
    }
    let Ok(text) = text.cast::<PyString>() else {
        return Err(PyTypeError::new_err(format!("{what} is bytes or str, not {}", shown(text))));
    };
    let beyond = || {
        PyValueError::new_err(format!("{what} is a str with a code point above U+00FF, which is no byte: write bytes"))
    };
    let text = text.to_str().map_err(|_| beyond())?;
    if text.is_ascii() {
        return Ok(Cow::Borrowed(text.as_bytes()));
    }
    text.chars().map(u8::try_from).collect::<Result<_, _>>().map(Cow::Owned).map_err(|_| beyond())
}

/// A decoded path: bytes, or a str as UTF-8. Nothing equals a str with lone surrogates.
pub(crate) fn path_bytes<'a>(path: &'a Bound<'_, PyAny>) -> PyResult<Cow<'a, [u8]>> {
    if let Ok(bytes) = path.cast::<PyBytes>() {
        return Ok(Cow::Borrowed(bytes.as_bytes()));
    }
    let Ok(text) = path.cast::<PyString>() else {
        return Err(PyTypeError::new_err(format!("path is str or bytes, not {}", shown(path))));
    };
    Ok(match text.to_string_lossy() {
        Cow::Borrowed(text) => Cow::Borrowed(text.as_bytes()),
        Cow::Owned(text) => Cow::Owned(text.into_bytes()),
    })
}
