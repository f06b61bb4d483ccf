//! `repr()` of policies and policy sets, as a call that would make them, and their lists as tuples
//! of str.

use corsac::{Escaped, Field, Policy, PolicySet, PolicySpec};
use pyo3::prelude::*;
use pyo3::types::{PyString, PyTuple};

/// How many entries of a list and how many tables of a set are shown, so that the line stays
/// readable.
const SHOWN: usize = 8;

/// The entries of an image, which are all ASCII.
pub(crate) fn strings<'py, 'a>(
    py: Python<'py>,
    entries: impl Iterator<Item = &'a [u8]>,
) -> PyResult<Bound<'py, PyTuple>> {
    let strings: Vec<_> = entries.map(|entry| PyString::new(py, &String::from_utf8_lossy(entry))).collect();
    PyTuple::new(py, strings)
}

pub(crate) fn policy(policy: Policy<&[u8]>) -> String {
    let options = options(policy).into_iter().map(|(field, value)| format!("{field}={value}"));
    format!("Policy({})", options.collect::<Vec<_>>().join(", "))
}

pub(crate) fn policy_set(set: PolicySet<&[u8]>) -> String {
    let table = |(path, policy): (&[u8], Option<Policy<&[u8]>>)| {
        let options = match policy {
            Some(policy) => options(policy),
            None => vec![(Field::Cors, "False".to_owned())],
        };
        let path = (Field::Path, format!("'{}'", Escaped(path)));
        let items = [path].into_iter().chain(options).map(|(field, value)| format!("'{field}': {value}"));
        format!("{{{}}}", items.collect::<Vec<_>>().join(", "))
    };
    format!("PolicySet([{}])", first(&mut set.tables().map(table)))
}

/// The options that are not the defaults, with their values.
fn options(policy: Policy<&[u8]>) -> Vec<(Field, String)> {
    let mut options = Vec::new();
    let mut list = |field: Field, entries: &mut dyn Iterator<Item = &[u8]>| {
        let shown = first(&mut entries.map(|entry| format!("'{}'", Escaped(entry))));
        // An empty list of methods is not the default, so it is shown.
        if !shown.is_empty() || field == Field::AllowMethods {
            options.push((field, format!("[{shown}]")));
        }
    };
    list(Field::AllowOrigins, &mut policy.origins());
    list(Field::AllowMethods, &mut policy.methods());
    list(Field::AllowHeaders, &mut policy.request_headers());
    list(Field::ExposeHeaders, &mut policy.exposed_headers());
    options.extend(policy.max_age().map(|seconds| (Field::MaxAge, seconds.to_string())));
    let usual = PolicySpec::<&str>::new(&[]).preflight_status;
    if i64::from(policy.preflight_status()) != usual {
        options.push((Field::PreflightStatus, policy.preflight_status().to_string()));
    }
    let denied = policy.denied_preflight_status();
    options.extend(denied.map(|status| (Field::DeniedPreflightStatus, status.to_string())));
    let switches = Field::ALL.iter().filter(|field| policy.is_on(**field));
    options.extend(switches.map(|&field| (field, "True".to_owned())));
    let suffixes = first(&mut policy.public_suffixes().map(|suffix| format!("'{}'", Escaped(suffix))));
    if !suffixes.is_empty() {
        options.push((Field::DangerouslyAllowPublicSuffixes, format!("[{suffixes}]")));
    }
    options
}

/// The first entries, joined with commas.
fn first(entries: &mut dyn Iterator<Item = String>) -> String {
    let mut shown: Vec<String> = entries.take(SHOWN).collect();
    let more = entries.count();
    if more > 0 {
        shown.push(format!("... {more} more"));
    }
    shown.join(", ")
}
