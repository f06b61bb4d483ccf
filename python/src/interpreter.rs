//! Only one interpreter of a process can load the module, because its classes and exceptions belong
//! to that interpreter.

use pyo3::exceptions::PyImportError;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;

/// The module `sys` of the first interpreter, because each interpreter has its own. It is never
/// freed, so no other object can get its address.
static FIRST: PyOnceLock<Py<PyModule>> = PyOnceLock::new();

/// Raises ImportError in every interpreter of this process except the first that calls it.
///
/// In a second interpreter, `except PolicyError` would not catch the error, because the class
/// belongs to the first one. And when the first one ends, its classes stop working.
pub(crate) fn refuse_second_interpreter(py: Python<'_>) -> PyResult<()> {
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
