//! A decision's header lines as Python bytes: names and constant values are made once, lists once per policy.

use corsac::Header;
use pyo3::exceptions::PySystemError;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBytes, PyTuple};

/// The names that core writes, in its order.
const NAMES: [&str; 8] = [
    "Access-Control-Allow-Origin",
    "Access-Control-Allow-Credentials",
    "Access-Control-Allow-Methods",
    "Access-Control-Allow-Headers",
    "Access-Control-Max-Age",
    "Access-Control-Expose-Headers",
    "Access-Control-Allow-Private-Network",
    VARY,
];
pub(crate) const VARY: &str = "Vary";

/// Values that do not depend on the policy.
const VALUES: [&[u8]; 4] =
    [b"*", b"true", b"Origin", b"Origin, Access-Control-Request-Method, Access-Control-Request-Headers"];

struct Constants {
    names: [Py<PyBytes>; NAMES.len()],
    lower_names: [Py<PyBytes>; NAMES.len()],
    values: [Py<PyBytes>; VALUES.len()],
}

fn constants(py: Python<'_>) -> &'static Constants {
    static CONSTANTS: PyOnceLock<Constants> = PyOnceLock::new();
    let bytes = |bytes: &[u8]| PyBytes::new(py, bytes).unbind();
    CONSTANTS.get_or_init(py, || Constants {
        names: NAMES.map(|name| bytes(name.as_bytes())),
        lower_names: NAMES.map(|name| bytes(&name.to_ascii_lowercase().into_bytes())),
        values: VALUES.map(bytes),
    })
}

/// Values that are slices of one policy's image: one for each name.
pub(crate) struct ImageValues([PyOnceLock<Py<PyBytes>>; NAMES.len()]);

impl ImageValues {
    pub(crate) const fn new() -> Self {
        Self([const { PyOnceLock::new() }; NAMES.len()])
    }
}

/// One header line.
#[derive(Debug)]
pub(crate) struct FieldLine {
    /// In `NAMES`.
    place: usize,
    pub(crate) value: Py<PyBytes>,
}

impl FieldLine {
    pub(crate) fn new(py: Python<'_>, header: Header<'_>, image: &[u8], known: &ImageValues) -> PyResult<Self> {
        let place = NAMES.iter().position(|name| *name == header.name);
        let place = place.ok_or_else(|| PySystemError::new_err(format!("{} has no place here", header.name)))?;
        Ok(Self { place, value: value(py, place, header.value, image, known) })
    }

    pub(crate) fn is_vary(&self) -> bool {
        NAMES.get(self.place) == Some(&VARY)
    }

    /// The name as the Fetch standard writes it, and the value.
    pub(crate) fn written<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        (constants(py).names.get(self.place), &self.value).into_pyobject(py)
    }

    /// The name in lower case, and the value.
    pub(crate) fn lower<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        (constants(py).lower_names.get(self.place), &self.value).into_pyobject(py)
    }

    /// The name in lower case, and a part of the value.
    pub(crate) fn lower_with<'py>(&self, py: Python<'py>, value: &[u8]) -> PyResult<Bound<'py, PyTuple>> {
        (constants(py).lower_names.get(self.place), PyBytes::new(py, value)).into_pyobject(py)
    }

    /// What makes two lines the same.
    pub(crate) fn key<'a>(&'a self, py: Python<'_>) -> (usize, &'a [u8]) {
        (self.place, self.value.as_bytes(py))
    }
}

fn value(py: Python<'_>, place: usize, value: &[u8], image: &[u8], known: &ImageValues) -> Py<PyBytes> {
    if let Some(at) = VALUES.iter().position(|constant| *constant == value)
        && let Some(constant) = constants(py).values.get(at)
    {
        return constant.clone_ref(py);
    }
    if image.as_ptr_range().contains(&value.as_ptr())
        && let Some(slot) = known.0.get(place)
    {
        let listed = slot.get_or_init(py, || PyBytes::new(py, value).unbind());
        if listed.as_bytes(py) == value {
            return listed.clone_ref(py);
        }
    }
    PyBytes::new(py, value).unbind()
}
