//! A policy file: TOML with the options of one policy, or with `[[policy]]` tables, read into specs whose entries know their places.

mod options;
mod value;

use std::borrow::Cow;
use std::ops::Range;

use corsac::{CompileError, Field, Finding, PolicySet, PolicySetSpec, PolicyTable, Severity};
use corsac_hosted::{policy_option, table_option, unknown_option, unknown_table_option};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::finding_report::{Record, Report};
use options::PolicyOptions;
use value::{Entry, Reader, kind};

/// What a policy file says.
#[derive(Debug)]
pub(crate) enum PolicyFile<'s> {
    /// The options of one policy.
    Policy(PolicyOptions<'s>),
    /// `[[policy]]` tables: a policy set.
    Set(Set<'s>),
}

/// The tables of a policy set.
#[derive(Debug)]
pub(crate) struct Set<'s> {
    /// Where the key `policy` is: in the header of the first table.
    key: Range<usize>,
    tables: Vec<Table<'s>>,
    /// Something in the place of a table, or of all of them, is not one.
    is_broken: bool,
}

/// One `[[policy]]` table.
#[derive(Debug)]
pub(crate) struct Table<'s> {
    /// Which element of `policy` it is: what is not a table is left out.
    number: usize,
    header: Range<usize>,
    path: Option<Entry<'s>>,
    /// `cors`, and where its value is.
    cors: Option<(bool, Range<usize>)>,
    options: PolicyOptions<'s>,
}

impl<'s> PolicyFile<'s> {
    /// Reads the table of a whole file. Values of a wrong type and unknown keys go to the report.
    pub(crate) fn read(source: &str, mut file: DeTable<'s>, report: &mut Report) -> Self {
        let tables = set_key(&file).and_then(|name| file.remove_entry(name.as_str()));
        let Some((key, value)) = tables else {
            let mut options = PolicyOptions::default();
            for (key, value) in file {
                match policy_option(key.get_ref()) {
                    Some(field) => options.read(&mut Reader { source, field, table: None, report }, key.span(), value),
                    None => report.add(Severity::Error, || unknown_key(&key, value.get_ref())),
                }
            }
            return Self::Policy(options);
        };
        for (key, value) in &file {
            report.add(Severity::Error, || match policy_option(key.get_ref()) {
                Some(_) => outside_of_tables(key),
                None => unknown_key(key, value.get_ref()),
            });
        }
        if key.get_ref() != Field::Policy.as_str() {
            report.add(Severity::Error, || misspelt_tables(&key));
        }
        Self::Set(Set::read(source, key.span(), value, report))
    }

    /// Compiles what the file says, and reports each finding at its place.
    pub(crate) fn compile(&self, source: &str, report: &mut Report) -> Result<PolicySet<Vec<u8>>, CompileError> {
        match self {
            Self::Policy(options) => {
                let spec = options.spec();
                let storage = vec![0; spec.image_len()];
                spec.compile(storage, |finding| options.report(source, finding, None, report)).map(PolicySet::from)
            }
            Self::Set(set) => {
                let specs: Vec<PolicyTable<'_, Entry<'s>>> = set.tables.iter().map(Table::spec).collect();
                let spec = PolicySetSpec::new(&specs);
                let storage = vec![0; spec.image_len()];
                spec.compile(storage, |finding| set.report(source, finding, report))
            }
        }
    }
}

/// The key that holds the tables of a set, if the file is one: `policy`, or a list of tables under another name, which is a slip.
fn set_key(file: &DeTable<'_>) -> Option<String> {
    if file.contains_key(Field::Policy.as_str()) {
        return Some(Field::Policy.as_str().to_owned());
    }
    let is_slip = |key: &str, value: &DeValue<'_>| policy_option(key).is_none() && holds_tables(value);
    file.iter().find(|(key, value)| is_slip(key.get_ref(), value.get_ref())).map(|(key, _)| key.get_ref().to_string())
}

/// A list whose first element is a table, as after `[[...]]`.
fn holds_tables(value: &DeValue<'_>) -> bool {
    value.as_array().and_then(|array| array.iter().next()).is_some_and(|first| first.get_ref().is_table())
}

impl<'s> Set<'s> {
    fn read(source: &str, key: Range<usize>, value: Spanned<DeValue<'s>>, report: &mut Report) -> Self {
        let mut set = Self { key, tables: Vec::new(), is_broken: false };
        let span = value.span();
        let elements = match value.into_inner() {
            DeValue::Array(elements) => elements,
            other => {
                report.add(Severity::Error, || not_tables(&other, span));
                set.is_broken = true;
                return set;
            }
        };
        for (number, element) in elements.into_iter().enumerate() {
            let span = element.span();
            match element.into_inner() {
                DeValue::Table(table) => set.tables.push(Table::read(source, number, span, table, report)),
                other => {
                    let mut reader = Reader { source, field: Field::Policy, table: Some(number), report };
                    reader.wrong(Some(number), "a table", &other, span, Some("write a [[policy]] table".to_owned()));
                    set.is_broken = true;
                }
            }
        }
        set
    }

    /// Reports a finding at the bytes of the file that it is about.
    fn report(&self, source: &str, finding: &Finding<'_>, report: &mut Report) {
        let Some(table) = finding.table.and_then(|number| self.tables.get(number)) else {
            // What is said about the set as a whole is said about a set that nobody wrote.
            if !self.is_broken {
                report.add(finding.severity, || Record::of(finding, None, finding.index, Some(self.key.clone())));
            }
            return;
        };
        let span = match finding.field {
            Field::Path => table.path.as_ref().map(|path| path.place_of(source, &finding.at)),
            Field::Cors => table.cors.as_ref().map(|(_, span)| span.clone()),
            Field::Policy => None,
            _ => return table.options.report(source, finding, Some((table.number, &table.header)), report),
        };
        let span = span.unwrap_or_else(|| table.header.clone());
        report.add(finding.severity, || Record::of(finding, Some(table.number), finding.index, Some(span)));
    }
}

impl<'s> Table<'s> {
    fn read(source: &str, number: usize, header: Range<usize>, table: DeTable<'s>, report: &mut Report) -> Self {
        let mut read = Self { number, header, path: None, cors: None, options: PolicyOptions::default() };
        for (key, value) in table {
            let Some(field) = table_option(key.get_ref()) else {
                report.add(Severity::Error, || unknown_key_of_table(&key, number));
                continue;
            };
            let mut reader = Reader { source, field, table: Some(number), report };
            match field {
                Field::Path => read.path = reader.text(value),
                Field::Cors => read.cors = reader.switch(&value).map(|on| (on, value.span())),
                _ => read.options.read(&mut reader, key.span(), value),
            }
        }
        if read.is_untouched() {
            for (field, key) in read.options.written() {
                report.add(Severity::Error, || option_without_cors(field, key, number));
            }
        }
        read
    }

    fn is_untouched(&self) -> bool {
        matches!(self.cors, Some((false, _)))
    }

    fn spec(&self) -> PolicyTable<'_, Entry<'s>> {
        let path = self.path.as_ref().map_or(b"/".as_slice(), AsRef::as_ref);
        if self.is_untouched() { PolicyTable::untouched(path) } else { PolicyTable::new(path, self.options.spec()) }
    }
}

type Key<'s> = Spanned<Cow<'s, str>>;

fn error(code: &'static str, field: &str, span: Range<usize>, message: String, suggestion: Option<String>) -> Record {
    Record {
        severity: Severity::Error,
        code,
        table: None,
        field: field.to_owned(),
        index: None,
        item: None,
        message,
        suggestion,
        span: Some(span),
    }
}

fn unknown_key(key: &Key<'_>, value: &DeValue<'_>) -> Record {
    let (message, suggestion) = unknown_option(key.get_ref(), value.is_table() || holds_tables(value));
    error("unknown-key", key.get_ref(), key.span(), message, suggestion)
}

fn unknown_key_of_table(key: &Key<'_>, number: usize) -> Record {
    let (message, suggestion) = unknown_table_option(key.get_ref());
    Record { table: Some(number), ..error("unknown-key", key.get_ref(), key.span(), message, suggestion) }
}

fn misspelt_tables(key: &Key<'_>) -> Record {
    let (message, _) = unknown_option(key.get_ref(), true);
    error("unknown-key", key.get_ref(), key.span(), message, Some("did you mean [[policy]]?".to_owned()))
}

fn outside_of_tables(key: &Key<'_>) -> Record {
    let message = format!("{} is outside of the [[policy]] tables", key.get_ref());
    let suggestion = "move it into each [[policy]] table that needs it".to_owned();
    error("misplaced-option", key.get_ref(), key.span(), message, Some(suggestion))
}

fn option_without_cors(field: Field, key: Range<usize>, number: usize) -> Record {
    let message = format!("{field} has no effect with cors = false");
    let suggestion = "remove it, or remove cors = false".to_owned();
    Record { table: Some(number), ..error("misplaced-option", field.as_str(), key, message, Some(suggestion)) }
}

fn not_tables(found: &DeValue<'_>, span: Range<usize>) -> Record {
    let message = format!("policy is a list of tables, not {}", kind(found));
    let suggestion = match found {
        DeValue::Table(_) => "write [[policy]] in double brackets above the options of each policy",
        _ => "write [[policy]] above the options of each policy",
    };
    error("wrong-type", Field::Policy.as_str(), span, message, Some(suggestion.to_owned()))
}
