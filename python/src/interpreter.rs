//! One interpreter of a process loads the module: its classes, exceptions among them, are objects of that interpreter.

use pyo3::exceptions::PyImportError;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;

/// An object that each interpreter has of its own. It is held for good, so no other object ever has its address.
static FIRST: PyOnceLock<Py<PyModule>> = PyOnceLock::new();

/// Raises ImportError in every interpreter of this process but the first that comes here.
///
/// In a second one, `except PolicyError` would not catch what is raised here, and after the end of the first one its classes are broken.
pub(crate) fn refuse_a_second(py: Python<'_>) -> PyResult<()> {
    let sys = py.import("sys")?;
    let first = FIRST.get_or_init(py, || sys.clone().unbind());
    if first.is(&sys) {
        return Ok(());
    }
    Err(PyImportError::new_err(
        "corsac is already loaded in another interpreter of this process, and only one can load it: run one application in each process, \
         or all of them in the main interpreter (mod_wsgi: WSGIApplicationGroup %{GLOBAL}, or a WSGIDaemonProcess for each; \
         uWSGI: single-interpreter = true)",
    ))
}
