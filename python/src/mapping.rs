//! A policy from a mapping, whose keys are the options' names: a policy file, settings. A key that is none is refused with the nearest.

use corsac::Field;
use corsac_hosted::unknown_option;
use pyo3::prelude::*;
use pyo3::types::{PyMapping, PyString};

use crate::finding::Finding;
use crate::options::{Options, shown};

/// The options that a mapping sets, and a finding for each key that is no option.
pub(crate) fn read<'py>(mapping: &Bound<'py, PyAny>) -> PyResult<(Options<'py>, Vec<Finding>)> {
    let Ok(mapping) = mapping.cast::<PyMapping>() else {
        return Err(pyo3::exceptions::PyTypeError::new_err(format!(
            "a policy is a mapping of options, not {}",
            shown(mapping)
        )));
    };
    let (mut options, mut unknown) = (Options::default(), Vec::new());
    for item in mapping.items()?.iter() {
        let (key, value): (Bound<'py, PyAny>, Bound<'py, PyAny>) = item.extract()?;
        let Ok(name) = key.cast::<PyString>() else {
            return Err(pyo3::exceptions::PyTypeError::new_err(format!(
                "an option's name is a str, not {}",
                shown(&key)
            )));
        };
        let name = name.to_string_lossy();
        match option(&name) {
            Some(field) => options.set(field, &value)?,
            None => unknown.push(unknown_key(&name, &value)),
        }
    }
    Ok((options, unknown))
}

/// The option of this name. What only a table of a policy set has is none.
fn option(name: &str) -> Option<Field> {
    let field = Field::ALL.iter().copied().find(|field| field.as_str() == name)?;
    (!matches!(field, Field::Path | Field::Cors | Field::Policy)).then_some(field)
}

fn unknown_key(name: &str, value: &Bound<'_, PyAny>) -> Finding {
    let (message, suggestion) = unknown_option(name, value.cast::<PyMapping>().is_ok());
    Finding::unknown_key(None, name, message, suggestion)
}
