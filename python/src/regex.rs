//! What the analyser proves and advises about an expression of origins.

use corsac_regexes::{Language, Matching, Reading, Switches};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;

use crate::options::shown;
use crate::policy::Policy;
use crate::policy_set::PolicySet;

/// The middlewares match whole origins.
const fn reading(ignores_case: bool) -> Reading {
    Reading { language: Language::Python, matching: Matching::Whole, ignores_case }
}

/// The switches of each policy that asks expressions.
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
            return Err(PyTypeError::new_err(format!("a Policy or a PolicySet is needed, not {}", shown(policy))));
        }
    }
    Ok(all)
}

/// The patterns that together match all that an expression matches, accepted by each of the policies that asks it with credentials; None if
/// there is none of these. None in place of a policy: any policy with credentials and without switches.
///
/// Raises ValueError that says why the expression is refused, in words that follow the expression as the subject.
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

/// The patterns to write in the place of an expression, and how they differ from it, if they do; None: there are none.
#[pyfunction]
#[pyo3(name = "_advise_regex", signature = (expression, ignores_case, policies, /))]
pub(crate) fn advise_regex(
    expression: &str,
    ignores_case: bool,
    policies: Vec<Bound<'_, PyAny>>,
) -> PyResult<Option<(Vec<String>, Option<&'static str>)>> {
    let mut switches = switches(&policies)?;
    // What the strictest takes, the others take.
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
