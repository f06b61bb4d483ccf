//! Policies and policy sets from the text of a policy file. Core reads and compiles it; this file
//! converts the findings.

use corsac::{CompileError, PolicyText, TextError, TextFinding, TextSlot};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::finding::Finding;
use crate::policy::{Policy, QUICK, accepted};
use crate::policy_set::PolicySet;

/// What a text holds, compiled.
enum Compiled {
    Policy(corsac::Policy<Vec<u8>>),
    Set(corsac::PolicySet<Vec<u8>>),
}

/// Why a text was not compiled.
enum Refusal {
    /// The text is not TOML; the message has place and cause.
    NotToml(String),
    /// The text is a policy set, but a single policy is needed.
    Set,
    Text(TextError),
    Compile(CompileError),
}

/// A policy from the text of a policy file. Raises ValueError if it is not TOML or if it is a
/// policy set, and PolicyError with all findings.
#[pyfunction]
#[pyo3(name = "_policy_of_text", signature = (text, /))]
pub(crate) fn policy_of_text(py: Python<'_>, text: &[u8]) -> PyResult<Policy> {
    match read(py, text, true)? {
        (Compiled::Policy(policy), findings) => Ok(Policy::new(policy, findings)),
        (Compiled::Set(_), _) => Err(PyValueError::new_err(IS_SET)),
    }
}

/// A policy set from the text of a policy file; a single policy gives a set of one. Raises the same
/// exceptions as `_policy_of_text`.
#[pyfunction]
#[pyo3(name = "_policy_set_of_text", signature = (text, /))]
pub(crate) fn policy_set_of_text(py: Python<'_>, text: &[u8]) -> PyResult<PolicySet> {
    match read(py, text, false)? {
        (Compiled::Policy(policy), findings) => Ok(PolicySet::new(policy.into(), findings)),
        (Compiled::Set(set), findings) => Ok(PolicySet::new(set, findings)),
    }
}

/// The policy or the policy set of a text. Raises the same exceptions as `_policy_set_of_text`.
#[pyfunction]
#[pyo3(name = "_policy_or_set_of_text", signature = (text, /))]
pub(crate) fn policy_or_set_of_text<'py>(py: Python<'py>, text: &[u8]) -> PyResult<Bound<'py, PyAny>> {
    match read(py, text, false)? {
        (Compiled::Policy(policy), findings) => Ok(Bound::new(py, Policy::new(policy, findings))?.into_any()),
        (Compiled::Set(set), findings) => Ok(Bound::new(py, PolicySet::new(set, findings))?.into_any()),
    }
}

const IS_SET: &str = "this is a policy set, with [[policy]] tables: read it with PolicySet.from_toml";

fn read(py: Python<'_>, text: &[u8], is_policy: bool) -> PyResult<(Compiled, Vec<Finding>)> {
    let mut findings = Vec::new();
    let mut run = || compile(text, is_policy, &mut findings);
    let compiled = if text.len() < QUICK { run() } else { py.detach(run) };
    match compiled {
        Ok(compiled) => accepted(py, Ok(compiled), findings),
        Err(Refusal::Compile(error)) => accepted(py, Err(error), findings),
        Err(Refusal::NotToml(said)) => Err(PyValueError::new_err(said)),
        Err(Refusal::Set) => Err(PyValueError::new_err(IS_SET)),
        Err(Refusal::Text(error)) => Err(PyValueError::new_err(error.to_string())),
    }
}

fn compile(text: &[u8], is_policy: bool, findings: &mut Vec<Finding>) -> Result<Compiled, Refusal> {
    let mut scratch = vec![TextSlot::default(); TextSlot::needed(text)];
    let mut fault = None;
    let mut add = |finding: &TextFinding<'_>| {
        if matches!(finding.code(), "not-toml" | "not-text") {
            fault = Some(format!("line {}, column {}: {finding}", finding.line, finding.column));
        }
        findings.push(Finding::of_text(finding));
    };
    let read = match PolicyText::read(text, &mut scratch, &mut add) {
        Ok(read) => read,
        Err(TextError::NotToml) => return Err(Refusal::NotToml(fault.unwrap_or_default())),
        Err(error) => return Err(Refusal::Text(error)),
    };
    if is_policy && read.is_set() {
        return Err(Refusal::Set);
    }
    let storage = vec![0; read.image_len()];
    let compiled = match read.is_set() {
        true => read.compile(storage, add).map(Compiled::Set),
        false => read.compile_policy(storage, add).ok_or(Refusal::Set)?.map(Compiled::Policy),
    };
    compiled.map_err(Refusal::Compile)
}
