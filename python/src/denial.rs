//! Why a request is denied, as a Python object that outlives the request.

use corsac::DenialCode;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyTuple};

/// Why a request is denied.
#[pyclass(frozen, eq, hash, module = "corsac")]
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Denial {
    code: DenialCode,
    bytes: Box<[u8]>,
}

impl Denial {
    pub(crate) fn of(denial: &corsac::Denial<'_>) -> Self {
        Self { code: denial.code(), bytes: denial.bytes().into() }
    }

    pub(crate) fn lend(&self) -> corsac::Denial<'_> {
        corsac::Denial::new(self.code, &self.bytes)
    }
}

#[pymethods]
impl Denial {
    /// The stable code.
    #[getter]
    fn code(&self) -> &'static str {
        self.code.as_str()
    }

    /// The first bytes of the request that are not allowed. Do not trust them: `message` has them
    /// escaped.
    #[getter]
    fn bytes<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.bytes)
    }

    /// One line for a log, with at most 128 bytes of the request, escaped.
    #[getter]
    pub(crate) fn message(&self) -> String {
        self.lend().to_string()
    }

    fn __str__(&self) -> String {
        self.message()
    }

    fn __repr__(&self) -> String {
        format!("<Denial {}: {}>", self.code.as_str(), self.message())
    }

    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyTuple>)> {
        let restore = py.import("corsac._native")?.getattr("_restore_denial")?;
        Ok((restore, (self.code(), self.bytes(py)).into_pyobject(py)?))
    }
}

/// Pickles call this.
#[pyfunction]
#[pyo3(name = "_restore_denial", signature = (code, offence, /))]
pub(crate) fn restore_denial(code: &str, offence: &[u8]) -> PyResult<Denial> {
    let known = DenialCode::ALL.iter().find(|known| known.as_str() == code);
    let code = *known.ok_or_else(|| PyValueError::new_err("this is not the code of a denial"))?;
    Ok(Denial { code, bytes: offence.into() })
}
