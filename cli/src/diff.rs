//! `corsac diff`: where two policies or configurations differ for browsers, each with a request that shows it.

use std::ffi::OsStr;

use comfy_table::Table;
use corsac::{IMAGE_MAGIC, PolicySet};
use corsac_dialects::Side;
use corsac_dialects::commands::{Chosen, Comparison, DiffFormat, Found, Given, side_of, text_of};

use crate::args::{Diff, DiffFormat as Form};
use crate::dialect::show;
use crate::failure::{Failure, Outcome};
use crate::input::{checked_path, is_stdin, read_policy, shown_name};
use crate::policy_source::usable;

/// What one of the two arguments names.
enum Read {
    Policies(PolicySet<Vec<u8>>),
    Configuration(Found),
}

pub(crate) fn run(options: &Diff) -> Result<Outcome, Failure> {
    if is_stdin(&options.before) && is_stdin(&options.after) {
        return Err(Failure::Message("only one of the two can be standard input".to_owned()));
    }
    let path = match &options.path {
        Some(path) => checked_path(path).map_err(Failure::Message)?,
        None => b"/",
    };
    let (Some(before), Some(after)) = (
        read(&options.before, options.from_before.as_deref(), options.only_before.as_deref())?,
        read(&options.after, options.from_after.as_deref(), options.only_after.as_deref())?,
    ) else {
        return Ok(Outcome::Problem);
    };
    let names = [shown_name(&options.before), shown_name(&options.after)];
    let [name_before, name_after] = &names;
    let comparison = Comparison {
        names: [name_before, name_after],
        format: match options.format {
            Form::Text => DiffFormat::Text,
            Form::Json => DiffFormat::Json,
            Form::Github => DiffFormat::Github,
        },
        // The terminal's, if standard output is one.
        width: Table::new().width(),
    };
    show(&comparison.of(&side(&before, path)?, &side(&after, path)?))
}

/// `None`: a policy has errors, which were shown.
fn read(file: &OsStr, from: Option<&str>, only: Option<&str>) -> Result<Option<Read>, Failure> {
    let bytes = read_policy(file)?;
    let is_image = IMAGE_MAGIC.split_last().is_some_and(|(_, magic)| bytes.starts_with(magic));
    if !is_image {
        let name = shown_name(file);
        let text = text_of(bytes.clone(), &name).map_err(Failure::Message)?;
        let given = Given { name: &name, text: &text, chosen: Chosen { from, version: None, only } };
        if let Some(found) = given.only_one_or_policy().map_err(Failure::Message)? {
            return Ok(Some(Read::Configuration(found)));
        }
    }
    Ok(usable(file, bytes)?.map(Read::Policies))
}

fn side<'r>(read: &'r Read, path: &'r [u8]) -> Result<Side<'r>, Failure> {
    match read {
        Read::Policies(policies) => Ok(Side::policy(policies, path)),
        Read::Configuration(found) => side_of(found).map_err(Failure::Message),
    }
}
