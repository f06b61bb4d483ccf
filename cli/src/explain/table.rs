//! A table of many exchanges, one row each, the worst first.

use comfy_table::{ContentArrangement, Table, presets};
use corsac_diagnose::Row;

/// Draws the table. `numbers`: what the first column counts.
pub(crate) fn draw(rows: &[Row], numbers: &str) -> String {
    let mut table = Table::new();
    table.load_preset(presets::UTF8_HORIZONTAL_ONLY).set_content_arrangement(ContentArrangement::Dynamic);
    let mut headings = Row::HEADINGS;
    headings[0] = numbers;
    table.set_header(headings);
    for row in rows {
        table.add_row(row.cells());
    }
    format!("{table}\n")
}
