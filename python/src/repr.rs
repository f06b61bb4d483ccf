//! A policy as a call that would make it, and its lists as Python has them.

use corsac::{Field, Policy, PolicySpec};
use pyo3::prelude::*;
use pyo3::types::{PyString, PyTuple};

/// How many entries of a list are shown.
const SHOWN: usize = 8;

/// Entries of an image: ASCII, all of them.
pub(crate) fn strings<'py, 'a>(
    py: Python<'py>,
    entries: impl Iterator<Item = &'a [u8]>,
) -> PyResult<Bound<'py, PyTuple>> {
    let strings: Vec<_> = entries.map(|entry| PyString::new(py, &String::from_utf8_lossy(entry))).collect();
    PyTuple::new(py, strings)
}

pub(crate) fn policy(policy: &Policy<Vec<u8>>) -> String {
    let mut options = Vec::new();
    let mut list = |field: Field, entries: &mut dyn Iterator<Item = &[u8]>| {
        let mut shown: Vec<String> =
            (&mut *entries).take(SHOWN).map(|entry| format!("'{}'", corsac::Escaped(entry))).collect();
        let more = entries.count();
        if more > 0 {
            shown.push(format!("... {more} more"));
        }
        // No method is not the default.
        if !shown.is_empty() || field == Field::AllowMethods {
            options.push(format!("{field}=[{}]", shown.join(", ")));
        }
    };
    list(Field::AllowOrigins, &mut policy.origins());
    list(Field::AllowMethods, &mut policy.methods());
    list(Field::AllowHeaders, &mut policy.request_headers());
    list(Field::ExposeHeaders, &mut policy.exposed_headers());
    options.extend(policy.max_age().map(|seconds| format!("{}={seconds}", Field::MaxAge)));
    let usual = PolicySpec::<&str>::new(&[]).preflight_status;
    if i64::from(policy.preflight_status()) != usual {
        options.push(format!("{}={}", Field::PreflightStatus, policy.preflight_status()));
    }
    options.extend(policy.denied_preflight_status().map(|status| format!("{}={status}", Field::DeniedPreflightStatus)));
    let switches = Field::ALL.iter().filter(|field| policy.is_on(**field));
    options.extend(switches.map(|field| format!("{field}=True")));
    format!("Policy({})", options.join(", "))
}
