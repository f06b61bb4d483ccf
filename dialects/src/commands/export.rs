//! `corsac export`: a policy in another product's words.

use corsac::PolicySet;

use super::{Outcome, Ran};
use crate::{Dialect, only_policy};

/// The policy in the dialect's words, or what the dialect cannot say. `name` is that of the policy file, for messages.
///
/// # Errors
/// A sentence: there is not exactly one policy.
///
/// ```
/// use corsac::PolicySet;
/// use corsac_dialects::commands::{Outcome, export, named};
/// let policies = PolicySet::from_toml("allow_origins = ['https://a.example']", |_| ()).expect("it compiles");
/// let ran = export(named("kong")?, &policies, "cors.toml")?;
/// assert_eq!(ran.outcome, Outcome::Fine);
/// assert!(ran.out.contains("https://a.example"));
/// # Ok::<(), String>(())
/// ```
pub fn export(dialect: &dyn Dialect, policies: &PolicySet<Vec<u8>>, name: &str) -> Result<Ran, String> {
    let policy = only_policy(policies).ok_or_else(|| {
        format!("{name}: only a single policy for every path can be exported: write each policy of the set to a file")
    })?;
    Ok(match dialect.write(&policy) {
        Ok(written) => {
            let err = written.losses.iter().map(|loss| format!("note: {loss}\n")).collect();
            Ran { out: written.text, err, outcome: Outcome::Fine }
        }
        Err(refused) => {
            let mut err = String::new();
            for what in &refused {
                err.push_str(&format!("error: {} cannot say this: {what}\n", dialect.name()));
            }
            err.push_str(&format!("{name}: nothing is written, because it would be weaker than the policy\n"));
            Ran::refused(err)
        }
    })
}
