//! `corsac check` on another product's configuration: what browsers would really get from it.

use std::io::{self, Write};

use corsac::Severity;
use corsac_diagnose::json_text::{write_bytes, write_text};

use super::drawing::{Drawn, SHOWN, counted, draw_one};
use super::file::{Found, Given, shown_label};
use super::{Format, Outcome, Ran};
use crate::{Ask, Finding, findings};

/// A finding, and the configuration that it is about.
type About<'f> = (&'f Found, Finding);

/// The findings of all configurations of a file. `None`: the file is not in a dialect, so it is a policy. `path` is the name of the file as
/// it was given, for machines.
///
/// # Errors
/// A sentence: the file cannot be read, or the options do not fit.
///
/// ```
/// use corsac_dialects::commands::{Chosen, Format, Given, check};
/// let policy = Given { name: "cors.toml", text: "allow_origins = ['*']", chosen: Chosen::default() };
/// assert_eq!(check(&policy, b"cors.toml", Format::Json)?, None);
///
/// let text = "plugins: [{name: cors, config: {origins: ['https://a.example']}}]";
/// let kong = Given { name: "kong.yaml", text, ..policy };
/// let checked = check(&kong, b"kong.yaml", Format::Json)?.expect("a configuration of Kong");
/// assert!(checked.out.starts_with("{\"findings\":["));
/// # Ok::<(), String>(())
/// ```
pub fn check(given: &Given<'_>, path: &[u8], format: Format) -> Result<Option<Ran>, String> {
    let mut found = given.try_configurations()?;
    if found.is_empty() {
        return Ok(None);
    }
    if given.chosen.only.is_some() {
        found = vec![given.choose(found)?];
    }
    let all: Vec<About<'_>> =
        found.iter().flat_map(|one| findings(&*one.1).into_iter().map(move |finding| (one, finding))).collect();
    let errors = all.iter().filter(|(_, finding)| finding.severity == Severity::Error).count();
    let out = match format {
        Format::Text => text(given, &found, &all, errors),
        Format::Json => written(|out| write_json(out, path, &all, errors)),
    };
    Ok(Some(Ran::said(out, if errors > 0 { Outcome::Problem } else { Outcome::Fine })))
}

fn text(given: &Given<'_>, found: &[Found], all: &[About<'_>], errors: usize) -> String {
    let mut text = String::new();
    for (one, finding) in all.iter().take(SHOWN) {
        text.push_str(&drawn(given, one, finding));
        text.push_str("\n\n");
    }
    if let Some(more) = all.len().checked_sub(SHOWN).filter(|&more| more > 0) {
        text.push_str(&format!("... and {more} more that are not shown here: --format json shows all\n"));
    }
    let labels: Vec<String> =
        found.iter().map(|(dialect, one)| format!("{} {}", dialect.name(), shown_label(&**one))).collect();
    text.push_str(&format!("{}: {}: {}\n", given.name, labels.join(", "), counted(errors, all.len() - errors)));
    text
}

/// A finding under its own line of the file.
pub(super) fn drawn(given: &Given<'_>, (dialect, configuration): &Found, finding: &Finding) -> String {
    draw_one(&Drawn {
        name: given.name,
        source: given.text,
        is_error: finding.severity == Severity::Error,
        code: finding.code.as_str(),
        message: &finding.message,
        place: Some((&finding.place.span, finding.place.line, finding.place.column)),
        notes: finding
            .witness
            .iter()
            .map(ToString::to_string)
            .chain([format!("in {} ({})", shown_label(&**configuration), dialect.name())])
            .collect(),
        help: finding.suggestion.as_deref(),
    })
}

fn write_json(out: &mut impl Write, file: &[u8], all: &[About<'_>], errors: usize) -> io::Result<()> {
    out.write_all(b"{\"findings\":[")?;
    for (at, ((dialect, configuration), finding)) in all.iter().enumerate() {
        if at > 0 {
            out.write_all(b",")?;
        }
        write!(out, "{{\"severity\":\"{}\",\"code\":\"{}\",", finding.severity.as_str(), finding.code)?;
        write!(out, "\"dialect\":\"{}\",\"configuration\":", dialect.name())?;
        write_text(out, configuration.label())?;
        out.write_all(b",\"message\":")?;
        write_text(out, &finding.message)?;
        out.write_all(b",\"suggestion\":")?;
        match &finding.suggestion {
            Some(suggestion) => write_text(out, suggestion)?,
            None => out.write_all(b"null")?,
        }
        out.write_all(b",\"witness\":")?;
        match &finding.witness {
            Some(witness) => {
                write_ask(out, &witness.ask)?;
                write!(out, ",\"reads\":{}}}", witness.reads)?;
            }
            None => out.write_all(b"null")?,
        }
        out.write_all(b",\"file\":")?;
        write_bytes(out, file)?;
        write!(out, ",\"line\":{},\"column\":{}}}", finding.place.line, finding.place.column)?;
    }
    writeln!(out, "],\"errors\":{errors},\"warnings\":{}}}", all.len() - errors)
}

/// Writes the beginning of an object: the members of a request.
pub(super) fn write_ask(out: &mut impl Write, ask: &Ask) -> io::Result<()> {
    out.write_all(b"{\"origin\":")?;
    write_text(out, &ask.origin)?;
    out.write_all(b",\"method\":")?;
    write_text(out, &ask.method)?;
    out.write_all(b",\"headers\":[")?;
    for (at, name) in ask.headers.iter().enumerate() {
        if at > 0 {
            out.write_all(b",")?;
        }
        write_text(out, name)?;
    }
    write!(out, "],\"credentials\":{}", ask.credentials)
}

/// What is written, as text. Memory takes everything, and JSON here is plain ASCII.
pub(super) fn written(write: impl FnOnce(&mut Vec<u8>) -> io::Result<()>) -> String {
    let mut out = Vec::new();
    let _ = write(&mut out);
    String::from_utf8_lossy(&out).into_owned()
}
