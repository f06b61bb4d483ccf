//! `corsac export`: a policy in another product's words.

use std::io::Write;
use std::path::Path;

use corsac_dialects::only_policy;

use crate::args::Export;
use crate::compile::write_file;
use crate::dialect_file::named;
use crate::failure::{Failure, Outcome, write_out};
use crate::input::shown_name;
use crate::policy_source::load_usable;

pub(crate) fn run(export: &Export) -> Result<Outcome, Failure> {
    let dialect = named(&export.to)?;
    let Some(policies) = load_usable(&export.policy)? else {
        return Ok(Outcome::Problem);
    };
    let name = shown_name(&export.policy);
    let policy = only_policy(&policies).ok_or_else(|| {
        Failure::because(
            &name,
            "only a single policy for every path can be exported: write each policy of the set to a file",
        )
    })?;
    match dialect.write(&policy) {
        Ok(written) => {
            if export.output == Path::new("-") {
                write_out(written.text.as_bytes())?;
            } else {
                write_file(&export.output, written.text.as_bytes())?;
            }
            let mut err = anstream::stderr();
            for loss in &written.losses {
                let _ = writeln!(err, "note: {loss}");
            }
            Ok(Outcome::Fine)
        }
        Err(refused) => {
            let mut err = anstream::stderr();
            for what in &refused {
                let _ = writeln!(err, "error: {} cannot say this: {what}", dialect.name());
            }
            let _ = writeln!(err, "{name}: nothing is written, because it would be weaker than the policy");
            Ok(Outcome::Problem)
        }
    }
}
