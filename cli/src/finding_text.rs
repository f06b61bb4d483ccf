//! Findings for people: place, line and mark, drawn as rustc draws them.

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use corsac::{OwnedFinding, Severity};

use crate::findings::Findings;
use crate::source_place::excerpt;
use corsac_diagnose::printable;

/// Every kept finding under its own line of `source`, then how many there are.
pub(crate) fn draw(name: &str, source: &str, report: Findings) -> String {
    let (errors, warnings) = (report.errors(), report.warnings());
    let (records, more) = report.in_order();
    let renderer = Renderer::styled();
    let mut text = String::new();
    for record in &records {
        text.push_str(&draw_one(&renderer, name, source, record));
        text.push_str("\n\n");
    }
    if more > 0 {
        text.push_str(&format!("... and {more} more that are not shown here: --format json shows all\n"));
    }
    text.push_str(&format!("{name}: {}\n", counted(errors, warnings)));
    text
}

/// "2 errors, 1 warning".
fn counted(errors: usize, warnings: usize) -> String {
    let some = |n: usize, one: &str| format!("{n} {one}{}", if n == 1 { "" } else { "s" });
    match (errors, warnings) {
        (0, 0) => "no findings".to_owned(),
        (0, warnings) => some(warnings, "warning"),
        (errors, 0) => some(errors, "error"),
        (errors, warnings) => format!("{}, {}", some(errors, "error"), some(warnings, "warning")),
    }
}

fn draw_one(renderer: &Renderer, name: &str, source: &str, record: &OwnedFinding) -> String {
    let level = if record.severity == Severity::Error { Level::ERROR } else { Level::WARNING };
    let title = level.primary_title(printable(&record.message)).id(record.code);
    let mut group = match &record.span {
        Some(span) => {
            let (at, column) = (record.line, record.column);
            let (line, mark) = excerpt(source, span);
            Group::with_title(title)
                .element(Origin::path(name).line(at).char_column(column))
                .element(Snippet::source(line).line_start(at).annotation(AnnotationKind::Primary.span(mark)))
        }
        None => Group::with_title(title).element(Origin::path(name)),
    };
    if let Some(table) = record.table {
        group = group.element(Level::NOTE.message(format!("in [[policy]] table {}", table + 1)));
    }
    if let Some(suggestion) = &record.suggestion {
        group = group.element(Level::HELP.message(printable(suggestion).into_owned()));
    }
    // The renderer adds a mark to a snippet without a path, as if it were from another file.
    let drawn = renderer.render(&[group]);
    let lines = drawn.lines().filter(|line| anstream::adapter::strip_str(line).to_string().trim() != ":::");
    lines.collect::<Vec<_>>().join("\n")
}
