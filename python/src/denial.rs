//! Why a request is denied, as a Python object that outlives the request.

use corsac::DenialCode;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

/// Why a request is denied.
#[pyclass(frozen, module = "corsac")]
#[derive(Debug)]
pub(crate) struct Denial {
    code: DenialCode,
    bytes: Py<PyBytes>,
    /// One line with at most 128 bytes of the request, escaped: fit for a log.
    #[pyo3(get)]
    pub(crate) message: String,
}

impl Denial {
    pub(crate) fn of(py: Python<'_>, denial: &corsac::Denial<'_>) -> PyResult<Py<Self>> {
        let bytes = PyBytes::new(py, denial.bytes()).unbind();
        Py::new(py, Self { code: denial.code(), bytes, message: denial.to_string() })
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
    fn bytes(&self, py: Python<'_>) -> Py<PyBytes> {
        self.bytes.clone_ref(py)
    }

    fn __str__(&self) -> &str {
        &self.message
    }

    fn __repr__(&self) -> String {
        format!("<Denial {}: {}>", self.code.as_str(), self.message)
    }

    fn __eq__(&self, py: Python<'_>, other: &Self) -> bool {
        self.code == other.code && self.bytes.as_bytes(py) == other.bytes.as_bytes(py)
    }

    fn __hash__(&self, py: Python<'_>) -> PyResult<isize> {
        self.bytes.bind(py).hash()
    }
}
