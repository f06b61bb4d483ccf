//! What the analyser of `corsac-regexes` proves and advises about a regular expression of origins.

use corsac_regexes::{Language, Matching, Reading, Switches};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;

use crate::options::shown;
use crate::policy::Policy;
use crate::policy_set::PolicySet;

/// How the middlewares use an expression: it must match the whole origin.
const fn reading(ignores_case: bool) -> Reading {
    Reading { language: Language::Python, matching: Matching::Whole, ignores_case }
}

/// The switches of each policy that uses the expressions.
fn switches(policies: &[Bound<'_, PyAny>]) -> PyResult<Vec<Switches>> {
    let mut all = Vec::new();
    for policy in policies {
        let mut add = |policy: corsac::Policy<&[u8]>| {
            if policy.allows_external_origins() {
                all.push(Switches::of(&policy));
            }
        };
        if let Ok(policy) = policy.cast_exact::<Policy>() {
            add(policy.get().view());
        } else if let Ok(set) = policy.cast_exact::<PolicySet>() {
            set.get().views().for_each(add);
        } else if policy.is_none() {
            all.push(Switches { allow_credentials: true, ..Switches::default() });
        } else {
            return Err(PyTypeError::new_err(format!(
                "a policy must be a Policy or a PolicySet, not {}",
                shown(policy)
            )));
        }
    }
    Ok(all)
}

/// Patterns that together match everything that an expression matches. Each policy that uses the
/// expression with credentials accepts them. The result is None if there is no such policy. None
/// instead of a policy is any policy with credentials and without switches.
///
/// Raises ValueError if the expression is refused. Its text is the rest of a sentence that begins
/// with the expression.
#[pyfunction]
#[pyo3(name = "_prove_regex", signature = (expression, ignores_case, policies, /))]
pub(crate) fn prove_regex(
    expression: &str,
    ignores_case: bool,
    policies: Vec<Bound<'_, PyAny>>,
) -> PyResult<Option<Vec<String>>> {
    let mut bounds = None;
    for switches in switches(&policies)?.iter().filter(|switches| switches.allow_credentials) {
        let proved = corsac_regexes::prove(expression, reading(ignores_case), switches);
        bounds = Some(proved.map_err(|refusal| PyValueError::new_err(refusal.to_string()))?);
    }
    Ok(bounds)
}

/// The patterns to write instead of an expression, and how they differ from it, if they do. None if
/// no pattern helps.
#[pyfunction]
#[pyo3(name = "_advise_regex", signature = (expression, ignores_case, policies, /))]
pub(crate) fn advise_regex(
    expression: &str,
    ignores_case: bool,
    policies: Vec<Bound<'_, PyAny>>,
) -> PyResult<Option<(Vec<String>, Option<&'static str>)>> {
    let mut switches = switches(&policies)?;
    // Patterns that the strictest policy accepts, the others accept too.
    switches.sort_by_key(|switches| {
        (
            !switches.allow_credentials,
            switches.insecure_origins,
            switches.any_public_suffix,
            switches.public_suffixes.len(),
        )
    });
    let switches = switches.into_iter().next().unwrap_or_default();
    let advice = corsac_regexes::advise(expression, reading(ignores_case), &switches);
    Ok(advice.map(|advice| {
        let difference = advice.difference();
        (advice.patterns, difference)
    }))
}
