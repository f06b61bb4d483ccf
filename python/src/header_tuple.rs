//! A decision's headers as Python tuples. Most are the same for every request that a policy
//! decides, so they are made once.

use corsac::{Class, Header};
use pyo3::exceptions::PySystemError;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBytes, PyTuple};

/// The names that core writes, in the order of its headers.
const NAMES: [&str; 9] = [
    "Access-Control-Allow-Origin",
    "Access-Control-Allow-Credentials",
    "Access-Control-Allow-Methods",
    "Access-Control-Allow-Headers",
    "Access-Control-Max-Age",
    "Access-Control-Expose-Headers",
    "Timing-Allow-Origin",
    "Access-Control-Allow-Private-Network",
    VARY,
];
const VARY: &str = "Vary";

/// A name in lower case and a value.
#[derive(Debug)]
pub(crate) struct HeaderTuple {
    /// The position of the name in `NAMES`.
    place: usize,
    line: Py<PyTuple>,
}

/// For each name, a value and the header with it.
type Slots = [PyOnceLock<(Box<[u8]>, Py<PyTuple>)>; NAMES.len()];

/// The first header of each name that a policy wrote, for preflights and for other requests.
pub(crate) struct KnownHeaders {
    preflight: Slots,
    other: Slots,
}

impl KnownHeaders {
    pub(crate) fn new() -> Self {
        Self {
            preflight: [const { PyOnceLock::new() }; NAMES.len()],
            other: [const { PyOnceLock::new() }; NAMES.len()],
        }
    }
}

impl HeaderTuple {
    pub(crate) fn new(py: Python<'_>, class: Class, header: Header<'_>, known: &KnownHeaders) -> PyResult<Self> {
        let place = NAMES.iter().position(|name| *name == header.name);
        let place =
            place.ok_or_else(|| PySystemError::new_err(format!("{} is not a header of a decision", header.name)))?;
        let slots = if class == Class::Preflight { &known.preflight } else { &known.other };
        if let Some(slot) = slots.get(place) {
            let (value, line) = slot.get_or_try_init(py, || {
                lower(py, place, header.value).map(|line| (header.value.into(), line.unbind()))
            })?;
            if **value == *header.value {
                return Ok(Self { place, line: line.clone_ref(py) });
            }
        }
        Ok(Self { place, line: lower(py, place, header.value)?.unbind() })
    }

    /// A header of a pickle. Anybody can write a pickle, so a value that no policy writes gives
    /// `None`.
    pub(crate) fn restore(py: Python<'_>, name: &[u8], value: &[u8]) -> PyResult<Option<Self>> {
        let place = NAMES.iter().position(|known| known.as_bytes() == name);
        match place.filter(|_| value.iter().all(|byte| matches!(byte, b' '..=b'~'))) {
            Some(place) => Ok(Some(Self { place, line: lower(py, place, value)?.unbind() })),
            None => Ok(None),
        }
    }

    pub(crate) fn is_vary(&self) -> bool {
        NAMES.get(self.place) == Some(&VARY)
    }

    pub(crate) fn value<'a>(&'a self, py: Python<'a>) -> &'a [u8] {
        let value = self.line.bind(py).get_borrowed_item(1).ok().and_then(|value| value.extract::<&'a [u8]>().ok());
        value.unwrap_or_default()
    }

    /// The name as in the Fetch standard, and the value.
    pub(crate) fn written<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        let name = NAMES.get(self.place).map_or(&b""[..], |name| name.as_bytes());
        (PyBytes::new(py, name), PyBytes::new(py, self.value(py))).into_pyobject(py)
    }

    /// The name in lower case, and the value.
    pub(crate) fn lower<'py>(&self, py: Python<'py>) -> Bound<'py, PyTuple> {
        self.line.bind(py).clone()
    }

    /// The name in lower case, and a part of the value.
    pub(crate) fn with<'py>(&self, py: Python<'py>, value: &[u8]) -> PyResult<Bound<'py, PyTuple>> {
        lower(py, self.place, value)
    }

    /// Two headers with the same key are equal.
    pub(crate) fn key<'a>(&'a self, py: Python<'a>) -> (usize, &'a [u8]) {
        (self.place, self.value(py))
    }
}

/// A new tuple, which is not one of the known headers.
fn lower<'py>(py: Python<'py>, place: usize, value: &[u8]) -> PyResult<Bound<'py, PyTuple>> {
    static LOWER_NAMES: PyOnceLock<[Py<PyBytes>; NAMES.len()]> = PyOnceLock::new();
    let made = |name: &str| PyBytes::new(py, name.to_ascii_lowercase().as_bytes()).unbind();
    let names = LOWER_NAMES.get_or_init(py, || NAMES.map(made));
    (names.get(place), PyBytes::new(py, value)).into_pyobject(py)
}
