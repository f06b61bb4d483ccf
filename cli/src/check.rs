//! `corsac check`: all findings of a policy or a policy set, for people or for machines.

use std::io::{self, BufWriter, Write};

use corsac::{Escaped, IMAGE_MAGIC, PolicySet, RequestPath};
use corsac_dialects::commands::{self, Given, Ran, SHOWN, text_of};

use crate::args::{Check, Format};
use crate::failure::{Failure, Outcome, print_out, written};
use crate::findings::Findings;
use crate::input::{checked_path, read_policy, shown_name};
use crate::policy_source::{Loaded, load_bytes};
use crate::{dialect, finding_json, finding_text};

pub(crate) fn run(check: &Check) -> Result<Outcome, Failure> {
    let path = check.path.as_deref().map(checked_path).transpose().map_err(Failure::Message)?;
    let bytes = read_policy(&check.policy)?;
    if let Some(ran) = in_a_dialect(check, &bytes).map_err(Failure::Message)? {
        return dialect::show(&ran);
    }
    let limit = if check.format == Format::Json { usize::MAX } else { SHOWN };
    let (file, policies) = match load_bytes(&check.policy, bytes, limit)? {
        Loaded::Image(policies) => (None, Some(policies)),
        Loaded::File { source, report, policies } => (Some((source, report)), policies),
    };
    let errors = file.as_ref().map_or(0, |(_, report)| report.errors());
    let asked = path.zip(policies.as_ref()).map(|(path, policies)| PathPolicies::of(policies, path));
    let name = shown_name(&check.policy);
    if check.format == Format::Json {
        let report = file.map_or_else(|| Findings::keeping(limit), |(_, report)| report);
        let mut out = BufWriter::new(io::stdout().lock());
        let file = check.policy.as_encoded_bytes();
        let result = finding_json::write(&mut out, file, report)
            .and_then(|()| asked.map_or(Ok(()), |asked| asked.write_json(&mut out)))
            .and_then(|()| out.write_all(b"}\n"))
            .and_then(|()| out.flush());
        written(result)?;
    } else {
        let mut text = match (file, &policies) {
            (Some((source, report)), _) => finding_text::draw(&name, &source, report),
            (None, policies) => {
                let length = policies.as_ref().map_or(0, |policies| policies.image().len());
                format!("{name}: a sound image of {length} bytes\n")
            }
        };
        if let Some(asked) = asked {
            text.push_str(&asked.sentence());
        }
        print_out(&text)?;
    }
    Ok(if errors > 0 { Outcome::Problem } else { Outcome::Fine })
}

/// The check of a file that is in another product's words: `--from` says so, or its shape. `None`: it is a policy.
fn in_a_dialect(check: &Check, bytes: &[u8]) -> Result<Option<Ran>, String> {
    if IMAGE_MAGIC.split_last().is_some_and(|(_, magic)| bytes.starts_with(magic)) {
        return Ok(None);
    }
    let chosen = check.dialect.chosen();
    if chosen.from.is_none() && std::str::from_utf8(bytes).is_err() {
        return Ok(None);
    }
    let name = shown_name(&check.policy);
    let text = text_of(bytes.to_vec(), &name)?;
    let format = match check.format {
        Format::Text => commands::Format::Text,
        Format::Json => commands::Format::Json,
    };
    commands::check(&Given { name: &name, text: &text, chosen }, check.policy.as_encoded_bytes(), format)
}

/// The policies that decide requests of a path.
pub(crate) struct PathPolicies<'p> {
    path: &'p [u8],
    is_ambiguous: bool,
    /// The numbers of their tables, in the order in which they are tried.
    tables: Vec<usize>,
}

impl<'p> PathPolicies<'p> {
    pub(crate) fn of(policies: &PolicySet<Vec<u8>>, path: &'p [u8]) -> Self {
        let request_path = RequestPath::raw(path);
        let at = policies.at(&request_path);
        Self {
            path,
            is_ambiguous: at.is_some_and(|policies| policies.is_ambiguous()),
            tables: at.iter().flat_map(|policies| policies.policies()).map(|(table, _)| table).collect(),
        }
    }

    fn sentence(&self) -> String {
        let says = match self.tables.as_slice() {
            [] if self.is_ambiguous => {
                "this path can be read in more than one way, so every request is denied".to_owned()
            }
            [] => "no policy is for this path".to_owned(),
            [one] => format!("[[policy]] table {} decides", one + 1),
            several => {
                let numbers: Vec<String> = several.iter().map(|table| (table + 1).to_string()).collect();
                format!("[[policy]] tables {} are asked in this order", numbers.join(", "))
            }
        };
        format!("{}: {says}\n", Escaped(self.path))
    }

    pub(crate) fn write_json(&self, out: &mut impl Write) -> io::Result<()> {
        let tables: Vec<String> = self.tables.iter().map(usize::to_string).collect();
        write!(out, ",\"path\":{{\"ambiguous\":{},\"tables\":[{}]}}", self.is_ambiguous, tables.join(","))
    }
}
