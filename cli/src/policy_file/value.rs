//! The value of one option: a list of strings, a number, a switch, a string. A value of a wrong type goes to the report.

use std::borrow::Cow;
use std::ops::Range;

use corsac::{Field, Severity};
use toml::Spanned;
use toml::de::DeValue;

use crate::finding_report::{Record, Report};

/// A string, and where it is in the file.
#[derive(Debug)]
pub(crate) struct Entry<'s> {
    text: Cow<'s, str>,
    span: Range<usize>,
    /// Which entry of the list in the file. The spec lacks entries of a wrong type, so it may count fewer.
    pub(super) index: usize,
}

impl AsRef<[u8]> for Entry<'_> {
    fn as_ref(&self) -> &[u8] {
        self.text.as_bytes()
    }
}

impl Entry<'_> {
    /// Where these bytes of the string are in the file: exactly if it is written without escapes, else the whole string.
    pub(super) fn place_of(&self, source: &str, at: &Range<usize>) -> Range<usize> {
        let written = source.get(self.span.clone()).unwrap_or_default();
        let quotes = written.len().saturating_sub(self.text.len()) / 2;
        let is_plain = written.get(quotes..).is_some_and(|rest| rest.starts_with(self.text.as_ref()))
            && written.len() == self.text.len() + 2 * quotes;
        let end = at.end.min(self.text.len());
        let is_on_boundaries = self.text.is_char_boundary(at.start) && self.text.is_char_boundary(end);
        if is_plain && is_on_boundaries && at.start < end {
            let text_start = self.span.start + quotes;
            text_start + at.start..text_start + end
        } else {
            self.span.clone()
        }
    }
}

/// Reads the value of one option.
pub(super) struct Reader<'r, 't> {
    pub(super) source: &'t str,
    pub(super) field: Field,
    /// The number of the `[[policy]]` table.
    pub(super) table: Option<usize>,
    pub(super) report: &'r mut Report,
}

impl Reader<'_, '_> {
    pub(super) fn list<'s>(&mut self, value: Spanned<DeValue<'s>>) -> Vec<Entry<'s>> {
        self.list_of("a list of strings", value).unwrap_or_default()
    }

    /// A list where a switch would be possible, too.
    pub(super) fn list_or_switch<'s>(&mut self, value: Spanned<DeValue<'s>>) -> Option<Vec<Entry<'s>>> {
        if is_switch_in_quotes(value.get_ref()) {
            self.switch(&value);
            return None;
        }
        self.list_of("true, false or a list of strings", value)
    }

    fn list_of<'s>(&mut self, wanted: &str, value: Spanned<DeValue<'s>>) -> Option<Vec<Entry<'s>>> {
        let span = value.span();
        let array = match value.into_inner() {
            DeValue::Array(array) => array,
            other => {
                let in_brackets = matches!(other, DeValue::String(_)).then(|| {
                    let written = self.source.get(span.clone()).unwrap_or_default();
                    let written = if written.len() > 128 { "\"...\"" } else { written };
                    format!("write [{written}]")
                });
                self.wrong(None, wanted, &other, span, in_brackets);
                return None;
            }
        };
        let mut entries = Vec::with_capacity(array.len());
        for (index, item) in array.into_iter().enumerate() {
            let span = item.span();
            match item.into_inner() {
                DeValue::String(text) => entries.push(Entry { text, span, index }),
                other => self.wrong(Some(index), "a string", &other, span, None),
            }
        }
        Some(entries)
    }

    pub(super) fn text<'s>(&mut self, value: Spanned<DeValue<'s>>) -> Option<Entry<'s>> {
        let span = value.span();
        match value.into_inner() {
            DeValue::String(text) => Some(Entry { text, span, index: 0 }),
            other => {
                self.wrong(None, "a string", &other, span, None);
                None
            }
        }
    }

    /// A number that 64 bits cannot hold becomes the nearest one that they can, which is out of range for every option.
    pub(super) fn number(&mut self, value: &Spanned<DeValue<'_>>) -> Option<i64> {
        let DeValue::Integer(number) = value.get_ref() else {
            self.wrong(None, "a whole number", value.get_ref(), value.span(), None);
            return None;
        };
        let nearest = if number.as_str().starts_with('-') { i64::MIN } else { i64::MAX };
        Some(i64::from_str_radix(number.as_str(), number.radix()).unwrap_or(nearest))
    }

    pub(super) fn switch(&mut self, value: &Spanned<DeValue<'_>>) -> Option<bool> {
        if let DeValue::Boolean(on) = value.get_ref() {
            return Some(*on);
        }
        let meant = match value.get_ref() {
            DeValue::String(text) if is_switch_in_quotes(value.get_ref()) => {
                Some(format!("write {}", text.to_ascii_lowercase()))
            }
            _ => None,
        };
        self.wrong(None, "true or false", value.get_ref(), value.span(), meant);
        None
    }

    pub(super) fn wrong(
        &mut self,
        index: Option<usize>,
        wanted: &str,
        found: &DeValue<'_>,
        span: Range<usize>,
        suggestion: Option<String>,
    ) {
        let (field, table, found) = (self.field, self.table, kind(found));
        let message = match index {
            Some(_) => format!("an entry of {field} is {wanted}, not {found}"),
            None => format!("{field} is {wanted}, not {found}"),
        };
        let item = index.map(|_| self.source.get(span.clone()).unwrap_or_default().as_bytes().to_vec());
        self.report.add(Severity::Error, || Record {
            severity: Severity::Error,
            code: "wrong-type",
            table,
            field: field.as_str().to_owned(),
            index,
            item,
            message,
            suggestion,
            span: Some(span),
        });
    }
}

fn is_switch_in_quotes(value: &DeValue<'_>) -> bool {
    value.as_str().is_some_and(|text| text.eq_ignore_ascii_case("true") || text.eq_ignore_ascii_case("false"))
}

/// What a value is, in words.
pub(super) fn kind(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a string",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a number with a fraction",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date or time",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}
