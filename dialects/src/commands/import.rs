//! `corsac import`: another product's configuration as a policy file.

use corsac_diagnose::printable;

use super::check::drawn;
use super::file::{Found, Given};
use super::{Outcome, Ran};
use crate::Finding;
use crate::import::{CoreError, refused_by_core};

/// The policy file that lets in what the configuration does, and never more.
///
/// # Errors
/// A sentence: there is not exactly one configuration, or the options do not fit.
///
/// ```
/// use corsac_dialects::commands::{Chosen, Given, Outcome, import};
/// let text = "plugins: [{name: cors, config: {origins: ['https://a.example']}}]";
/// let ran = import(&Given { name: "kong.yaml", text, chosen: Chosen::default() })?;
/// assert_eq!(ran.outcome, Outcome::Fine);
/// assert!(ran.out.starts_with("# Imported from kong.yaml (kong).\n"));
/// # Ok::<(), String>(())
/// ```
pub fn import(given: &Given<'_>) -> Result<Ran, String> {
    let found = given.only_one()?;
    match crate::import(&*found.1) {
        Ok(imported) => {
            let from = format!("{} ({})", given.name, found.0.name());
            Ok(Ran::said(imported.to_text(&printable(&from)), Outcome::Fine))
        }
        Err(refusals) => Ok(refused(given, &found, &refusals)),
    }
}

/// What [`import`] says where the policy has errors. A program that is built without the public suffix list compiles the policy that it got
/// once more with the list, and calls this with what is wrong.
///
/// # Errors
/// As [`import`].
///
/// ```
/// use corsac_dialects::CoreError;
/// use corsac_dialects::commands::{Chosen, Given, Outcome, import_refused};
/// let text = "plugins: [{name: cors, config: {origins: ['https://a.github.io'], credentials: true}}]";
/// let given = Given { name: "kong.yaml", text, chosen: Chosen::default() };
/// let item = b"https://a.github.io";
/// let error = CoreError { code: "public-suffix", item, message: "strangers can register names there", suggestion: None };
/// let ran = import_refused(&given, &[error])?;
/// assert_eq!((ran.outcome, ran.out.as_str()), (Outcome::Problem, ""));
/// assert!(ran.err.contains("strangers can register names there"));
/// # Ok::<(), String>(())
/// ```
pub fn import_refused(given: &Given<'_>, errors: &[CoreError<'_>]) -> Result<Ran, String> {
    let found = given.only_one()?;
    let refusals = refused_by_core(errors, &*found.1);
    Ok(refused(given, &found, &refusals))
}

fn refused(given: &Given<'_>, found: &Found, refusals: &[Finding]) -> Ran {
    let mut err = String::new();
    for refusal in refusals {
        err.push_str(&drawn(given, found, refusal));
        err.push_str("\n\n");
    }
    err.push_str(given.name);
    err.push_str(": no policy is written, because it would let more in, or less than is listed\n");
    Ran::refused(err)
}
