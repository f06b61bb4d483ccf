//! `corsac diff`: where two policies or configurations differ for browsers, each with a request that shows it.

use std::ffi::OsStr;
use std::io::{self, BufWriter, Write};

use comfy_table::{ContentArrangement, Table, presets};
use corsac::{IMAGE_MAGIC, PolicySet};
use corsac_diagnose::printable;
use corsac_dialects::{Ask, Difference, Side, diff};

use crate::annotation::{Level, annotation};
use crate::args::{Diff, DiffFormat};
use crate::check_dialect::write_ask;
use crate::dialect_file::{Chosen, Found, choose, text_of, try_configurations};
use crate::failure::{Failure, Outcome, print_out, written};
use crate::input::{checked_path, is_stdin, read_policy, shown_name};
use crate::json_text::write_text;
use crate::policy_source::usable;

/// How many rows are shown to people.
const ROWS: usize = 40;

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
    let chosen = |from: &Option<String>, only: &Option<String>| (from.clone(), only.clone());
    let (Some(before), Some(after)) = (
        read(&options.before, &chosen(&options.from_before, &options.only_before))?,
        read(&options.after, &chosen(&options.from_after, &options.only_after))?,
    ) else {
        return Ok(Outcome::Problem);
    };
    let differences = diff(&side(&before, path)?, &side(&after, path)?);
    match options.format {
        DiffFormat::Text => print_out(&text(&differences, options))?,
        DiffFormat::Json => {
            let mut out = BufWriter::new(io::stdout().lock());
            written(write_json(&mut out, &differences).and_then(|()| out.flush()))?;
        }
        DiffFormat::Github => print_out(&annotations(&differences, options))?,
    }
    match (differences.iter().any(|one| !one.is_uncertain), differences.is_empty()) {
        (true, _) => Ok(Outcome::Problem),
        (false, true) => Ok(Outcome::Fine),
        // All of them rest on facts that are not certain.
        (false, false) => Err(Failure::AlreadyShown),
    }
}

/// `None`: a policy has errors, which were shown.
fn read(file: &OsStr, (from, only): &(Option<String>, Option<String>)) -> Result<Option<Read>, Failure> {
    let bytes = read_policy(file)?;
    let name = shown_name(file);
    let chosen = Chosen { from: from.as_deref(), version: None, only: only.as_deref() };
    let is_image = IMAGE_MAGIC.split_last().is_some_and(|(_, magic)| bytes.starts_with(magic));
    if !is_image {
        let source = text_of(bytes.clone(), &name)?;
        let found = try_configurations(&name, &source, &chosen)?;
        if !found.is_empty() {
            return choose(&name, found, &chosen).map(|found| Some(Read::Configuration(found)));
        }
    }
    Ok(usable(file, bytes)?.map(Read::Policies))
}

fn side<'r>(read: &'r Read, path: &'r [u8]) -> Result<Side<'r>, Failure> {
    match read {
        Read::Policies(policies) => Ok(Side::policy(policies, path)),
        Read::Configuration((_, configuration)) => match configuration.refused() {
            Some(why) => Err(Failure::Message(why)),
            None => Ok(Side::configuration(&**configuration)),
        },
    }
}

/// "GET with x-a, with cookies, from https://a.example".
fn request(Ask { origin, method, headers, credentials }: &Ask) -> String {
    let with = if headers.is_empty() { String::new() } else { format!(" with {}", headers.join(", ")) };
    let cookies = if *credentials { ", with cookies" } else { "" };
    printable(&format!("{method}{with}{cookies}, from {origin}")).into_owned()
}

fn certainty(difference: &Difference) -> &'static str {
    if difference.is_uncertain { " (not known for certain)" } else { "" }
}

fn text(differences: &[Difference], options: &Diff) -> String {
    if differences.is_empty() {
        return "no difference for browsers\n".to_owned();
    }
    let mut table = Table::new();
    table.load_preset(presets::UTF8_HORIZONTAL_ONLY).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(["change", "request", &shown_name(&options.before), &shown_name(&options.after)]);
    for difference in differences.iter().take(ROWS) {
        let change = format!("{}{}", difference.change, certainty(difference));
        table.add_row([change, request(&difference.ask), difference.before.clone(), difference.after.clone()]);
    }
    let mut text = format!("{table}\n");
    if differences.len() > ROWS {
        text.push_str(&format!("... and {} more: --format json shows all\n", differences.len() - ROWS));
    }
    text
}

/// Annotations of a review on GitHub.
fn annotations(differences: &[Difference], options: &Diff) -> String {
    let file = shown_name(&options.after);
    let mut text = String::new();
    for difference in differences {
        let is_wider = difference.change <= corsac_dialects::Change::Opens;
        let level = if is_wider { Level::Error } else { Level::Warning };
        let Difference { change, ask, before, after, .. } = difference;
        let message = format!("{}: {before}, then {after}{}", request(ask), certainty(difference));
        text.push_str(&annotation(level, Some(&file), &format!("corsac diff: {change}"), &message));
    }
    text
}

fn write_json(out: &mut impl Write, differences: &[Difference]) -> io::Result<()> {
    out.write_all(b"{\"differences\":[")?;
    for (at, Difference { change, ask, before, after, is_uncertain }) in differences.iter().enumerate() {
        if at > 0 {
            out.write_all(b",")?;
        }
        write!(out, "{{\"change\":\"{change}\",\"request\":")?;
        write_ask(out, ask)?;
        out.write_all(b"},\"before\":")?;
        write_text(out, before)?;
        out.write_all(b",\"after\":")?;
        write_text(out, after)?;
        write!(out, ",\"uncertain\":{is_uncertain}}}")?;
    }
    out.write_all(b"]}\n")
}
