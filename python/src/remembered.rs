//! What is made once of the decisions of one policy, or of the policies of one path of a set.

use corsac::{Class, Request};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;

use crate::decision::Decision;
use crate::field_line::KnownLines;

/// Header lines that most decisions share, and the decision for every request without an origin: nothing of the request is in it.
pub(crate) struct Remembered {
    lines: KnownLines,
    plain: PyOnceLock<Py<Decision>>,
}

impl Remembered {
    pub(crate) fn new() -> Self {
        Self { lines: KnownLines::new(), plain: PyOnceLock::new() }
    }

    /// The decision as a Python object. The engine decides only if it has to.
    pub(crate) fn decision<'d>(
        &self,
        py: Python<'_>,
        request: &Request<'_>,
        decide: impl FnOnce() -> corsac::Decision<'d>,
    ) -> PyResult<Py<Decision>> {
        if request.class() != Class::Plain {
            return Decision::new(py, &decide(), &self.lines);
        }
        let plain = self.plain.get_or_try_init(py, || Decision::new(py, &decide(), &self.lines))?;
        Ok(plain.clone_ref(py))
    }
}
