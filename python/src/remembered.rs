//! Python objects that are made once and used for many decisions of one policy, or of one path of a
//! set.

use corsac::{Class, Request};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;

use crate::decision::Decision;
use crate::header_tuple::KnownHeaders;

/// Headers that most decisions share, and the decision for requests without an origin. That
/// decision depends on the policy only.
pub(crate) struct Remembered {
    lines: KnownHeaders,
    plain: PyOnceLock<Py<Decision>>,
}

impl Remembered {
    pub(crate) fn new() -> Self {
        Self { lines: KnownHeaders::new(), plain: PyOnceLock::new() }
    }

    /// The decision as a Python object. The engine is called only if no kept decision fits.
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
