//! The findings of a policy file for people.

use corsac::{OwnedFinding, Severity};
use corsac_dialects::commands::{Drawn, counted, draw_one};

use crate::findings::Findings;

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
