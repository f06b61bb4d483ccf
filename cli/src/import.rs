//! `corsac import`: another product's configuration as a policy file.

use std::io::Write;
use std::path::Path;

use corsac_diagnose::printable;
use corsac_dialects::import;

use crate::args::Import;
use crate::check_dialect::drawn;
use crate::compile::write_file;
use crate::dialect_file::{Chosen, only_one};
use crate::failure::{Failure, Outcome, write_out};
use crate::input::shown_name;

pub(crate) fn run(options: &Import) -> Result<Outcome, Failure> {
    let chosen: Chosen<'_> = options.dialect.chosen();
    let name = shown_name(&options.file);
    let (source, found) = only_one(&options.file, &chosen)?;
    let imported = match import(&*found.1) {
        Ok(imported) => imported,
        Err(refusals) => {
            let mut err = anstream::stderr();
            for refusal in &refusals {
                let _ = writeln!(err, "{}\n", drawn(&name, &source, &found, refusal));
            }
            let _ = writeln!(err, "{name}: no policy is written, because it would let more in, or less than is listed");
            return Ok(Outcome::Problem);
        }
    };
    let from = format!("{} ({})", name, found.0.name());
    let text = imported.to_text(&printable(&from));
    if options.output == Path::new("-") {
        write_out(text.as_bytes())?;
    } else {
        write_file(&options.output, text.as_bytes())?;
    }
    Ok(Outcome::Fine)
}
