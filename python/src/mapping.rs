//! A policy from a mapping, whose keys are the options' names: a policy file, settings. A key that is none is refused with the nearest.

use corsac::{Escaped, Field};
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
        match Field::ALL.iter().find(|field| field.as_str() == name) {
            Some(&field) => options.set(field, &value)?,
            None => unknown.push(unknown_key(&name, &value)),
        }
    }
    Ok((options, unknown))
}

fn unknown_key(name: &str, value: &Bound<'_, PyAny>) -> Finding {
    let shown = name.as_bytes().get(..128).unwrap_or(name.as_bytes());
    let more = if shown.len() < name.len() { "..." } else { "" };
    let suggestion = match meant(name) {
        Some(field) => Some(format!("did you mean {field}?")),
        None if value.cast::<PyMapping>().is_ok() => {
            Some("the options of a policy stand at the top, outside of any table".to_owned())
        }
        None => None,
    };
    Finding::unknown_key(name, format!("no option is called \"{}{more}\"", Escaped(shown)), suggestion)
}

/// The option whose name is nearest to a key, if any is near: `allowOrigins`, `allow-origin`, `origins`.
fn meant(key: &str) -> Option<Field> {
    if key.is_empty() || key.len() > 64 {
        return None;
    }
    let mut snake = String::with_capacity(key.len() + 8);
    for c in key.chars() {
        match c {
            '-' | '.' | ' ' => snake.push('_'),
            c if c.is_ascii_uppercase() && snake.ends_with(|last: char| last.is_ascii_lowercase()) => {
                snake.push('_');
                snake.push(c.to_ascii_lowercase());
            }
            c => snake.push(c.to_ascii_lowercase()),
        }
    }
    let distance = |field: Field| strsim::damerau_levenshtein(&snake, field.as_str());
    let nearest = Field::ALL.iter().copied().min_by_key(|field| distance(*field))?;
    if distance(nearest) <= 1 + nearest.as_str().len() / 5 {
        return Some(nearest);
    }
    let last_word = |field: &Field| field.as_str().strip_suffix(snake.as_str()).is_some_and(|rest| rest.ends_with('_'));
    Field::ALL.iter().copied().find(last_word)
}
