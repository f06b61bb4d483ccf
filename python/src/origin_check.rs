//! The caller's origin check: a Python function that is asked about an origin that no pattern
//! matched.

use pyo3::call::PyCallArgs;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyBytes};

use crate::options::shown;

/// A caller's origin check, and the exception that it raised.
pub(crate) struct OriginCheck<'a, 'py> {
    function: Option<&'a Bound<'py, PyAny>>,
    raised: Option<PyErr>,
}

impl<'a, 'py> OriginCheck<'a, 'py> {
    pub(crate) fn new(function: Option<&'a Bound<'py, PyAny>>) -> Self {
        Self { function, raised: None }
    }

    /// Calls the check of a policy.
    pub(crate) fn passes(&mut self, origin: &[u8]) -> bool {
        self.ask(|py| (PyBytes::new(py, origin),))
    }

    /// Calls the check of a policy set, which also gets the number of the table.
    pub(crate) fn passes_for(&mut self, table: usize, origin: &[u8]) -> bool {
        self.ask(|py| (table, PyBytes::new(py, origin)))
    }

    fn ask<A: PyCallArgs<'py>>(&mut self, arguments: impl FnOnce(Python<'py>) -> A) -> bool {
        let Some(function) = self.function else { return false };
        match function.call1(arguments(function.py())).and_then(|result| is_true(&result)) {
            Ok(passes) => passes,
            Err(error) => {
                self.raised = Some(error);
                false
            }
        }
    }

    /// The decision, unless the check raised an exception.
    pub(crate) fn or_raise<T>(self, decided: PyResult<T>) -> PyResult<T> {
        self.raised.map_or(decided, Err)
    }
}

/// Takes True and False only, because a coroutine that is not awaited would count as true.
fn is_true(result: &Bound<'_, PyAny>) -> PyResult<bool> {
    match result.cast::<PyBool>() {
        Ok(result) => Ok(result.is_true()),
        Err(_) => Err(PyTypeError::new_err(format!("origin_check must return True or False, not {}", shown(result)))),
    }
}
