//! Policies and tables of policy sets from mappings, such as settings. A key is the name of an
//! option; an unknown key is a finding.

use corsac::{Field, UnknownOption, policy_option};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyByteArray, PyBytes, PyMapping, PyString};

use crate::finding::Finding;
use crate::options::{Options, Place, Text, shown, switch};

/// One table of a policy set.
pub(crate) struct Table<'py> {
    pub(crate) path: Text<'py>,
    /// None for `cors = false`, which leaves the path untouched.
    pub(crate) options: Option<Options<'py>>,
}

/// What a mapping holds.
pub(crate) enum Read<'py> {
    Policy(Options<'py>, Vec<Finding>),
    Tables(Vec<Table<'py>>, Vec<Finding>),
}

type Items<'py> = Vec<(String, Bound<'py, PyAny>)>;

/// The options that a mapping sets, and a finding for each key that is not an option.
pub(crate) fn read<'py>(mapping: &Bound<'py, PyAny>) -> PyResult<(Options<'py>, Vec<Finding>)> {
    let items = items(mapping, "a policy")?;
    if items.iter().any(|(key, _)| key == Field::Policy.as_str()) {
        return Err(PyValueError::new_err(
            "this is a policy set, with a list of tables under policy: read it with PolicySet.from_mapping or PolicySet.from_toml",
        ));
    }
    let (mut options, mut unknown) = (Options::default(), Vec::new());
    for (key, value) in &items {
        match policy_option(key.as_bytes()) {
            Some(field) => options.set(Place::Policy, field, value)?,
            None => unknown.push(unknown_key(key, value)),
        }
    }
    Ok((options, unknown))
}

/// The contents of a mapping with the keys of a policy file: a list of tables under `policy`, or
/// the options of one policy.
pub(crate) fn read_set<'py>(mapping: &Bound<'py, PyAny>) -> PyResult<Read<'py>> {
    let items = items(mapping, "a policy set")?;
    let Some((_, tables)) = items.iter().find(|(key, _)| key == Field::Policy.as_str()) else {
        let (options, unknown) = read(mapping)?;
        return Ok(Read::Policy(options, unknown));
    };
    let (tables, mut findings) = read_tables(tables)?;
    let outside = items.iter().filter(|(key, _)| key != Field::Policy.as_str());
    findings.extend(outside.map(|(key, value)| match policy_option(key.as_bytes()) {
        Some(field) => misplaced(
            None,
            key,
            format!("{field} is outside of the [[policy]] tables"),
            "move it into each [[policy]] table that needs it",
        ),
        None => unknown_key(key, value),
    }));
    Ok(Read::Tables(tables, findings))
}

/// The tables of a policy set, and a finding for each key that is not an option.
pub(crate) fn read_tables<'py>(tables: &Bound<'py, PyAny>) -> PyResult<(Vec<Table<'py>>, Vec<Finding>)> {
    let not_a_list = || {
        PyTypeError::new_err(format!(
            "policy must be a list of tables, not {}: write [{{\"path\": \"/api\", \"allow_origins\": [\"https://app.example.com\"]}}]",
            shown(tables)
        ))
    };
    let is_text = tables.is_instance_of::<PyString>() || tables.is_instance_of::<PyBytes>();
    if is_text || tables.is_instance_of::<PyByteArray>() || tables.is_instance_of::<PyMapping>() {
        return Err(not_a_list());
    }
    let mut findings = Vec::new();
    let each = tables.try_iter().map_err(|_| not_a_list())?.enumerate();
    let tables = each.map(|(number, table)| read_table(number, &table?, &mut findings)).collect::<PyResult<_>>()?;
    Ok((tables, findings))
}

fn read_table<'py>(number: usize, table: &Bound<'py, PyAny>, findings: &mut Vec<Finding>) -> PyResult<Table<'py>> {
    let place = Place::Table(number);
    let items = items(table, &format!("policy[{number}]"))?;
    let (mut path, mut options, mut is_governed) = (Text::Default("/"), Options::default(), true);
    let mut set = Vec::new();
    for (key, value) in items {
        match (key.as_str(), policy_option(key.as_bytes())) {
            ("path", _) => path = Text::new(&place.name("path"), value)?,
            ("cors", _) => is_governed = switch(&place.name("cors"), &value)?,
            (_, Some(field)) => {
                options.set(place, field, &value)?;
                set.push(key);
            }
            (_, None) => {
                findings.push(unknown(UnknownOption::of_table(key.as_bytes()), Some(number), &key));
            }
        }
    }
    if is_governed {
        return Ok(Table { path, options: Some(options) });
    }
    findings.extend(set.iter().map(|key| {
        let message = format!("{key} has no effect with cors = false");
        misplaced(Some(number), key, message, "remove it, or remove cors = false")
    }));
    Ok(Table { path, options: None })
}

fn items<'py>(mapping: &Bound<'py, PyAny>, what: &str) -> PyResult<Items<'py>> {
    let Ok(mapping) = mapping.cast::<PyMapping>() else {
        return Err(PyTypeError::new_err(format!("{what} must be a mapping of options, not {}", shown(mapping))));
    };
    let item = |item: Bound<'py, PyAny>| {
        let (key, value): (Bound<'py, PyAny>, Bound<'py, PyAny>) = item.extract()?;
        match key.cast::<PyString>() {
            Ok(name) => Ok((name.to_string_lossy().into_owned(), value)),
            Err(_) => Err(PyTypeError::new_err(format!("an option's name must be a str, not {}", shown(&key)))),
        }
    };
    mapping.items()?.iter().map(item).collect()
}

fn unknown_key(name: &str, value: &Bound<'_, PyAny>) -> Finding {
    unknown(UnknownOption::of_policy(name.as_bytes(), value.cast::<PyMapping>().is_ok()), None, name)
}

fn unknown(option: UnknownOption<'_>, table: Option<usize>, name: &str) -> Finding {
    let advice = option.advice().map(|advice| advice.to_string());
    Finding::of_key("unknown-key", table, name, option.to_string(), advice)
}

fn misplaced(table: Option<usize>, key: &str, message: String, suggestion: &str) -> Finding {
    Finding::of_key("misplaced-option", table, key, message, Some(suggestion.to_owned()))
}
