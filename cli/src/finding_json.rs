//! Findings for machines: one JSON object with every finding, in the order of the file.

use std::io::{self, Write};

use corsac::OwnedFinding;
use corsac_diagnose::json_text::{write_bytes, write_text};

use crate::findings::Findings;

/// Writes `{"findings":[...],"errors":N,"warnings":N`. The caller can add to it, and must close it.
pub(crate) fn write(out: &mut impl Write, file: &[u8], report: Findings) -> io::Result<()> {
    let (errors, warnings) = (report.errors(), report.warnings());
    let (records, _) = report.in_order();
    out.write_all(b"{\"findings\":[")?;
    for (at, record) in records.iter().enumerate() {
        if at > 0 {
            out.write_all(b",")?;
        }
        write_one(out, file, record)?;
    }
    write!(out, "],\"errors\":{errors},\"warnings\":{warnings}")
}

fn write_one(out: &mut impl Write, file: &[u8], record: &OwnedFinding) -> io::Result<()> {
    write!(out, "{{\"severity\":\"{}\",\"code\":\"{}\",", record.severity.as_str(), record.code)?;
    match record.table {
        Some(table) => write!(out, "\"table\":{table},\"field\":")?,
        None => out.write_all(b"\"table\":null,\"field\":")?,
    }
    write_bytes(out, record.field.as_bytes())?;
    match record.index {
        Some(index) => write!(out, ",\"index\":{index},\"item\":")?,
        None => out.write_all(b",\"index\":null,\"item\":")?,
    }
    match &record.item {
        Some(item) => write_bytes(out, item)?,
        None => out.write_all(b"null")?,
    }
    out.write_all(b",\"message\":")?;
    write_text(out, &record.message)?;
    out.write_all(b",\"suggestion\":")?;
    match &record.suggestion {
        Some(suggestion) => write_text(out, suggestion)?,
        None => out.write_all(b"null")?,
    }
    out.write_all(b",\"file\":")?;
    write_bytes(out, file)?;
    match &record.span {
        Some(_) => {
            let OwnedFinding { line, column, .. } = record;
            write!(out, ",\"line\":{line},\"column\":{column}}}")
        }
        None => out.write_all(b",\"line\":null,\"column\":null}"),
    }
}
