//! What the messages of a browser's console mean, for Python.

use corsac_diagnose::console::{self, Known};
use corsac_diagnose::{PublicSuffixList, Stack, without_styles};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

/// More than any console has, as for the command line.
const LIMIT: usize = 1 << 20;

/// The readings of a paste as JSON, and the same as text for people.
#[pyfunction]
#[pyo3(name = "_read_paste", signature = (text, stack, url, origin, /))]
pub(crate) fn read_paste(
    py: Python<'_>,
    text: &str,
    stack: Option<&str>,
    url: Option<&str>,
    origin: Option<&str>,
) -> PyResult<(String, String)> {
    if text.len() > LIMIT {
        return Err(PyValueError::new_err("the text has more than 1 MiB: pass the messages alone"));
    }
    let stack = stack.map(stack_named).transpose()?;
    let known = Known { url, origin, stacks: stack.as_slice(), suffixes: Some(&PublicSuffixList) };
    let explained = py.detach(|| console::explain(text, known)).map_err(PyValueError::new_err)?;
    Ok((console::as_json(&explained.readings), without_styles(&explained.text)))
}

/// A stack by its name.
pub(crate) fn stack_named(name: &str) -> PyResult<Stack> {
    Stack::named(name).ok_or_else(|| {
        let names: Vec<&str> = Stack::ALL.into_iter().map(Stack::name).collect();
        let shown = corsac::Escaped(name.as_bytes().get(..40).unwrap_or(name.as_bytes()));
        PyValueError::new_err(format!("\"{shown}\" is not a known stack: write one of {}", names.join(", ")))
    })
}
