//! Why a request is denied, as a Python object that outlives the request.

use corsac::DenialCode;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

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
}

#[pymethods]
impl Denial {
    /// The stable code.
    #[getter]
    fn code(&self) -> &'static str {
        self.code.as_str()
    }

    /// The first offending bytes of the request. Untrusted: `message` has them escaped.
    #[getter]
    fn bytes<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.bytes)
    }

    /// One line with at most 128 bytes of the request, escaped: fit for a log.
    #[getter]
    pub(crate) fn message(&self) -> String {
        corsac::Denial::new(self.code, &self.bytes).to_string()
    }

    fn __str__(&self) -> String {
        self.message()
    }

    fn __repr__(&self) -> String {
        format!("<Denial {}: {}>", self.code.as_str(), self.message())
    }
}
