//! `corsac export`: a policy in another product's words.

use corsac_dialects::commands::{export, named};

use crate::args::Export;
use crate::dialect::write;
use crate::failure::{Failure, Outcome};
use crate::input::shown_name;
use crate::policy_source::load_usable;

pub(crate) fn run(options: &Export) -> Result<Outcome, Failure> {
    let dialect = named(&options.to).map_err(Failure::Message)?;
    let Some(policies) = load_usable(&options.policy)? else {
        return Ok(Outcome::Problem);
    };
    write(&export(dialect, &policies, &shown_name(&options.policy)).map_err(Failure::Message)?, &options.output)
}
