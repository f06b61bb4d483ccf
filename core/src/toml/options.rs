//! The options of one policy: read from the nodes of a table, lent to the compiler, and found again
//! for its findings.

use core::ops::Range;

use crate::spec::field::Field;
use crate::spec::finding::Finding;
use crate::spec::finding_code::FindingCode;
use crate::spec::policy_spec::{PolicySpec, PublicSuffixes};
use crate::toml::finding::{About, Instead, TextFinding};
use crate::toml::reporter::Reporter;
use crate::toml::slot::{Bytes, Entry, Held, TextSlot, Value, ValueKind};
use crate::toml::store::Store;

/// Reads the value of one option. It reports a value of a wrong type.
pub(crate) struct OptionReader<'r, 's, 'f, 't> {
    pub(crate) store: &'r mut Store<'s, 't>,
    pub(crate) report: &'r mut Reporter<'f, 't>,
    pub(crate) field: Field,
    /// The number of the `[[policy]]` table.
    pub(crate) table: Option<usize>,
}

impl OptionReader<'_, '_, '_, '_> {
    /// Checks the value of this node, and keeps the strings of a list.
    pub(crate) fn read(&mut self, id: u32) {
        let errors = self.report.errors();
        let Some(node) = self.store.node(id) else { return };
        let (span, value) = (node.span, node.value);
        let kind = value.kind();
        match self.field {
            Field::AllowOrigins | Field::AllowMethods | Field::AllowHeaders | Field::ExposeHeaders => {
                self.read_list(id, span, value, "a list of strings");
            }
            Field::DangerouslyAllowPublicSuffixes if !matches!(kind, ValueKind::Switch) => match as_switch(value) {
                Some(on) => self.wrong(None, "true or false", kind, span, Instead::Switch(on)),
                None => self.read_list(id, span, value, "true, false or a list of strings"),
            },
            Field::MaxAge | Field::PreflightStatus | Field::DeniedPreflightStatus => {
                if kind != ValueKind::Whole {
                    self.wrong(None, "a whole number", kind, span, number_instead(self.field, value));
                }
            }
            Field::Path => {
                if !matches!(kind, ValueKind::String | ValueKind::Escaped) {
                    self.wrong(None, "a string", kind, span, Instead::Nothing);
                }
            }
            _ => {
                if kind != ValueKind::Switch {
                    let instead = as_switch(value).map_or(Instead::Nothing, Instead::Switch);
                    self.wrong(None, "true or false", kind, span, instead);
                }
            }
        }
        let is_broken = self.report.errors() > errors || kind == ValueKind::Escaped;
        let field = self.field;
        if let Some(node) = self.store.node_mut(id) {
            node.field = Some(field);
            node.is_broken |= is_broken;
        }
    }

    /// Keeps the strings of a list. It reports everything else in it.
    fn read_list(&mut self, id: u32, span: Bytes, value: Value<'_>, wanted: &'static str) {
        let (from, count) = match value {
            Value::List { from, count } => (from, count),
            Value::Tables(children) => return self.refuse_tables(children.first),
            Value::String(_) | Value::Escaped => {
                return self.wrong(None, wanted, value.kind(), span, Instead::List(self.store.bytes(span)));
            }
            _ => return self.wrong(None, wanted, value.kind(), span, Instead::Nothing),
        };
        let (mut kept, mut is_broken) = (0, false);
        for at in 0..count {
            let Some(slot) = self.store.list(from, count).get(at as usize).copied() else { break };
            let Held::Entry(entry) = slot.held else { break };
            match entry.kind {
                ValueKind::String => {
                    if let Some(place) = self.store.list_mut(from, count).get_mut(kept as usize) {
                        place.held = slot.held;
                    }
                    kept += 1;
                }
                // There is a finding already.
                ValueKind::Escaped => is_broken = true,
                kind => self.wrong(Some(entry.index as usize), "a string", kind, entry.span, Instead::Nothing),
            }
        }
        if let Some(node) = self.store.node_mut(id) {
            node.value = Value::List { from, count: kept };
            node.is_broken |= is_broken;
        }
    }

    /// Reports each table under headers in double brackets with the name of an option.
    fn refuse_tables(&mut self, first: u32) {
        let (mut next, mut index) = (first, 0);
        while let Some(&node) = self.store.node(next) {
            self.wrong(Some(index), "a string", node.value.kind(), node.span, Instead::Nothing);
            next = node.sibling;
            index += 1;
        }
    }

    pub(crate) fn wrong(
        &mut self,
        index: Option<usize>,
        wanted: &'static str,
        found: ValueKind,
        span: Bytes,
        instead: Instead<'_>,
    ) {
        let field = self.field;
        self.report.add(TextFinding {
            table: self.table,
            field: field.as_str().as_bytes(),
            index,
            item: index.map(|_| self.store.bytes(span)),
            span: Some(span.range()),
            ..TextFinding::error(About::WrongType { field, wanted, found, instead })
        });
    }
}

/// What to write instead of a value that is not a number. `"600"` and `"10m"` say which number is
/// meant.
fn number_instead(field: Field, value: Value<'_>) -> Instead<'static> {
    let meant = match value {
        Value::String(text) => as_number(field, text),
        _ => None,
    };
    let example = match field {
        Field::MaxAge => "write a number of seconds, such as 600",
        _ => "write a status, such as 204",
    };
    meant.map_or(Instead::Words(example), Instead::Number)
}

/// The number that a string says: digits, and for `max_age` perhaps a unit of time, which gives
/// seconds.
fn as_number(field: Field, text: &[u8]) -> Option<u32> {
    let text = text.trim_ascii();
    let end = text.iter().position(|b| !b.is_ascii_digit()).unwrap_or(text.len());
    let (digits, unit) = text.split_at_checked(end)?;
    let seconds = match unit.trim_ascii_start() {
        b"" => 1,
        _ if field != Field::MaxAge => return None,
        b"s" | b"sec" | b"second" | b"seconds" => 1,
        b"m" | b"min" | b"minute" | b"minutes" => 60,
        b"h" | b"hour" | b"hours" => 60 * 60,
        b"d" | b"day" | b"days" => 24 * 60 * 60,
        _ => return None,
    };
    core::str::from_utf8(digits).ok()?.parse::<u32>().ok()?.checked_mul(seconds)
}

/// `true` or `false` in quotes, in any case.
fn as_switch(value: Value<'_>) -> Option<bool> {
    match value {
        Value::String(text) if text.eq_ignore_ascii_case(b"true") => Some(true),
        Value::String(text) if text.eq_ignore_ascii_case(b"false") => Some(false),
        _ => None,
    }
}

/// The policy that the table of this node describes. An option that is missing, or whose value
/// cannot be used, has the engine's default.
pub(crate) fn spec<'a, 't>(store: &'a Store<'_, 't>, table: u32) -> PolicySpec<'a, TextSlot<'t>> {
    let mut spec = PolicySpec::new(&[]);
    for (_, node) in store.children(table) {
        let list = match node.value {
            Value::List { from, count } => store.list(from, count),
            _ => &[],
        };
        let number = match node.value {
            Value::Whole(number) => Some(number),
            _ => None,
        };
        let is_on = matches!(node.value, Value::Switch(true));
        match node.field {
            Some(Field::AllowOrigins) => spec.allow_origins = list,
            Some(Field::AllowMethods) => spec.allow_methods = Some(list),
            Some(Field::AllowHeaders) => spec.allow_headers = list,
            Some(Field::ExposeHeaders) => spec.expose_headers = list,
            Some(Field::AllowCredentials) => spec.allow_credentials = is_on,
            Some(Field::MaxAge) => spec.max_age = number,
            Some(Field::PreflightStatus) => spec.preflight_status = number.unwrap_or(spec.preflight_status),
            Some(Field::DeniedPreflightStatus) => spec.denied_preflight_status = number,
            Some(Field::ExternalOrigins) => spec.external_origins = is_on,
            Some(Field::AllowTiming) => spec.allow_timing = is_on,
            Some(Field::AllowPrivateNetwork) => spec.allow_private_network = is_on,
            Some(Field::DangerouslyAllowNullOrigin) => spec.dangerously_allow_null_origin = is_on,
            Some(Field::DangerouslyAllowInsecureOrigins) => spec.dangerously_allow_insecure_origins = is_on,
            Some(Field::DangerouslyAllowPublicSuffixes) => {
                spec.dangerously_allow_public_suffixes = match node.value {
                    Value::Switch(true) => PublicSuffixes::Allowed,
                    Value::List { .. } => PublicSuffixes::Listed(list),
                    _ => PublicSuffixes::Refused,
                };
            }
            _ => {}
        }
    }
    spec
}

/// The node of an option in a table.
pub(crate) fn written(store: &Store<'_, '_>, table: u32, field: Field) -> Option<u32> {
    store.children(table).find(|(_, node)| node.field == Some(field)).map(|(id, _)| id)
}

/// The place of the compiler's finding about an option of this table: which entry as it is written,
/// and which bytes. `None`: the finding is about a value that cannot be used, or about a list whose
/// name is misspelt, and another finding has reported that.
pub(crate) fn place(
    store: &Store<'_, '_>,
    table: u32,
    finding: &Finding<'_>,
) -> Option<(Option<usize>, Option<Range<usize>>)> {
    let node = written(store, table, finding.field).and_then(|id| store.node(id));
    if finding.code == FindingCode::NoOrigins && store.node(table).is_some_and(|table| table.is_broken) {
        return None;
    }
    if finding.index.is_none() && node.is_some_and(|node| node.is_broken) {
        return None;
    }
    let Some(node) = node else { return Some((finding.index, None)) };
    let list = match node.value {
        Value::List { from, count } => store.list(from, count),
        _ => &[],
    };
    let entry = finding.index.and_then(|index| list.get(index)).map(|slot| slot.held);
    if let Some(Held::Entry(entry)) = entry {
        return Some((Some(entry.index as usize), Some(part(store, &entry, &finding.at))));
    }
    let is_list = !list.is_empty() || finding.field == Field::AllowOrigins;
    let span = if is_list { node.key } else { node.span };
    Some((finding.index, Some(span.range())))
}

/// Where these bytes of an entry are, or the whole entry if that is not known.
pub(crate) fn part(store: &Store<'_, '_>, entry: &Entry<'_>, at: &Range<usize>) -> Range<usize> {
    let (span, text) = (entry.span.range(), entry.text);
    let quotes = span.len().saturating_sub(text.len()) / 2;
    // The text of a string in three quotes may begin on the next line.
    let is_plain = span.len() == text.len() + 2 * quotes
        && store.bytes(entry.span).get(quotes..).is_some_and(|rest| rest.starts_with(text));
    let end = at.end.min(text.len());
    let is_boundary = |at: usize| text.get(at).is_none_or(|b| b & 0xC0 != 0x80);
    if is_plain && at.start < end && is_boundary(at.start) && is_boundary(end) {
        let start = span.start + quotes;
        start + at.start..start + end
    } else {
        span
    }
}
