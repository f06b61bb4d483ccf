//! `corsac check` on another product's configuration: what browsers would really get from it.

use std::io::{self, BufWriter, Write};

use corsac::Severity;
use corsac_dialects::{Finding, findings};

use crate::args::{Check, Format};
use crate::dialect_file::{Found, shown_label};
use crate::failure::{Failure, Outcome, print_out, written};
use crate::finding_text::{Drawn, counted, draw_one};
use crate::findings::SHOWN;
use crate::json_text::{write_bytes, write_text};

/// A finding, and the configuration that it is about.
type About<'f> = (&'f Found, Finding);

/// Writes the findings of all configurations of a file.
pub(crate) fn run(check: &Check, name: &str, source: &str, found: &[Found]) -> Result<Outcome, Failure> {
    let all: Vec<About<'_>> =
        found.iter().flat_map(|one| findings(&*one.1).into_iter().map(move |finding| (one, finding))).collect();
    let errors = all.iter().filter(|(_, finding)| finding.severity == Severity::Error).count();
    if check.format == Format::Json {
        let mut out = BufWriter::new(io::stdout().lock());
        written(write_json(&mut out, check.policy.as_encoded_bytes(), &all).and_then(|()| out.flush()))?;
    } else {
        print_out(&text(name, source, found, &all))?;
    }
    Ok(if errors > 0 { Outcome::Problem } else { Outcome::Fine })
}

fn text(name: &str, source: &str, found: &[Found], all: &[About<'_>]) -> String {
    let mut text = String::new();
    for (one, finding) in all.iter().take(SHOWN) {
        text.push_str(&drawn(name, source, one, finding));
        text.push_str("\n\n");
    }
    if let Some(more) = all.len().checked_sub(SHOWN).filter(|&more| more > 0) {
        text.push_str(&format!("... and {more} more that are not shown here: --format json shows all\n"));
    }
    let errors = all.iter().filter(|(_, finding)| finding.severity == Severity::Error).count();
    let labels: Vec<String> =
        found.iter().map(|(dialect, one)| format!("{} {}", dialect.name(), shown_label(&**one))).collect();
    text.push_str(&format!("{name}: {}: {}\n", labels.join(", "), counted(errors, all.len() - errors)));
    text
}

/// A finding under its own line of the file.
pub(crate) fn drawn(name: &str, source: &str, (dialect, configuration): &Found, finding: &Finding) -> String {
    draw_one(&Drawn {
        name,
        source,
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

fn write_json(out: &mut impl Write, file: &[u8], all: &[About<'_>]) -> io::Result<()> {
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
    let errors = all.iter().filter(|(_, finding)| finding.severity == Severity::Error).count();
    writeln!(out, "],\"errors\":{errors},\"warnings\":{}}}", all.len() - errors)
}

/// Writes the beginning of an object: the members of a request.
pub(crate) fn write_ask(out: &mut impl Write, ask: &corsac_dialects::Ask) -> io::Result<()> {
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
