//! Findings for people: place, line and mark, drawn as rustc draws them.

use std::ops::Range;

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use corsac::{OwnedFinding, Severity};

use crate::findings::Findings;
use crate::source_place::excerpt;
use corsac_diagnose::printable;

/// Every kept finding under its own line of `source`, then how many there are.
pub(crate) fn draw(name: &str, source: &str, report: Findings) -> String {
    let (errors, warnings) = (report.errors(), report.warnings());
    let (records, more) = report.in_order();
    let mut text = String::new();
    for record in &records {
        text.push_str(&draw_record(name, source, record));
        text.push_str("\n\n");
    }
    if more > 0 {
        text.push_str(&format!("... and {more} more that are not shown here: --format json shows all\n"));
    }
    text.push_str(&format!("{name}: {}\n", counted(errors, warnings)));
    text
}

/// "2 errors, 1 warning".
pub(crate) fn counted(errors: usize, warnings: usize) -> String {
    let some = |n: usize, one: &str| format!("{n} {one}{}", if n == 1 { "" } else { "s" });
    match (errors, warnings) {
        (0, 0) => "no findings".to_owned(),
        (0, warnings) => some(warnings, "warning"),
        (errors, 0) => some(errors, "error"),
        (errors, warnings) => format!("{}, {}", some(errors, "error"), some(warnings, "warning")),
    }
}

/// What is drawn of a finding.
pub(crate) struct Drawn<'d> {
    pub(crate) name: &'d str,
    pub(crate) source: &'d str,
    pub(crate) is_error: bool,
    pub(crate) code: &'d str,
    pub(crate) message: &'d str,
    /// The bytes, the line and the column.
    pub(crate) place: Option<(&'d Range<usize>, usize, usize)>,
    pub(crate) notes: Vec<String>,
    pub(crate) help: Option<&'d str>,
}

fn draw_record(name: &str, source: &str, record: &OwnedFinding) -> String {
    draw_one(&Drawn {
        name,
        source,
        is_error: record.severity == Severity::Error,
        code: record.code,
        message: &record.message,
        place: record.span.as_ref().map(|span| (span, record.line, record.column)),
        notes: record.table.map(|table| format!("in [[policy]] table {}", table + 1)).into_iter().collect(),
        help: record.suggestion.as_deref(),
    })
}

/// Draws one finding: its title, its place with the line that it is in, its notes and its help.
pub(crate) fn draw_one(drawn: &Drawn<'_>) -> String {
    let level = if drawn.is_error { Level::ERROR } else { Level::WARNING };
    let title = level.primary_title(printable(drawn.message)).id(drawn.code);
    let mut group = match drawn.place {
        Some((span, at, column)) => {
            let (line, mark) = excerpt(drawn.source, span);
            Group::with_title(title)
                .element(Origin::path(drawn.name).line(at).char_column(column))
                .element(Snippet::source(line).line_start(at).annotation(AnnotationKind::Primary.span(mark)))
        }
        None => Group::with_title(title).element(Origin::path(drawn.name)),
    };
    for note in &drawn.notes {
        group = group.element(Level::NOTE.message(printable(note).into_owned()));
    }
    if let Some(help) = drawn.help {
        group = group.element(Level::HELP.message(printable(help).into_owned()));
    }
    // The renderer adds a mark to a snippet without a path, as if it were from another file.
    let rendered = Renderer::styled().render(&[group]);
    let lines = rendered.lines().filter(|line| anstream::adapter::strip_str(line).to_string().trim() != ":::");
    lines.collect::<Vec<_>>().join("\n")
}
