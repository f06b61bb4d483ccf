//! `corsac import`: another product's configuration as a policy file.

use corsac_diagnose::printable;

use super::check::drawn;
use super::file::Given;
use super::{Outcome, Ran};

/// The policy file that lets in what the configuration does, and never more.
///
/// # Errors
/// A sentence: there is not exactly one configuration, or the options do not fit.
pub fn import(given: &Given<'_>) -> Result<Ran, String> {
    let found = given.only_one()?;
    match crate::import(&*found.1) {
        Ok(imported) => {
            let from = format!("{} ({})", given.name, found.0.name());
            Ok(Ran::said(imported.to_text(&printable(&from)), Outcome::Fine))
        }
        Err(refusals) => {
            let mut err = String::new();
            for refusal in &refusals {
                err.push_str(&drawn(given, &found, refusal));
                err.push_str("\n\n");
            }
            err.push_str(given.name);
            err.push_str(": no policy is written, because it would let more in, or less than is listed\n");
            Ok(Ran::refused(err))
        }
    }
}
