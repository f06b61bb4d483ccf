//! `corsac import`: another product's configuration as a policy file.

use corsac_dialects::commands::import;

use crate::args::Import;
use crate::dialect::{with_file, write};
use crate::failure::{Failure, Outcome};

pub(crate) fn run(options: &Import) -> Result<Outcome, Failure> {
    write(&with_file(&options.file, options.dialect.chosen(), import)?, &options.output)
}
