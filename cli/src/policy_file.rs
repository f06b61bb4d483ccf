//! A policy file: TOML whose keys are the options' names. It is read into a spec whose entries know their places.

use std::borrow::Cow;
use std::ops::Range;

use corsac::{Field, Finding, PolicySpec, PublicSuffixes, Severity};
use corsac_hosted::unknown_option;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::finding_report::{Record, Report};

/// One string of a list, and where it stands.
#[derive(Debug)]
pub(crate) struct Entry<'s> {
    text: Cow<'s, str>,
    span: Range<usize>,
    /// Which entry of the list in the file: entries of a wrong type are left out of the spec.
    index: usize,
}

impl AsRef<[u8]> for Entry<'_> {
    fn as_ref(&self) -> &[u8] {
        self.text.as_bytes()
    }
}

/// An option that the file sets.
#[derive(Debug)]
struct Setting {
    field: Field,
    key: Range<usize>,
    value: Range<usize>,
    /// It holds a value of a wrong type, so what the compiler says about the whole of it is not to be trusted.
    broken: bool,
}

/// The options that a file sets. What a file leaves out is left to the engine.
#[derive(Debug, Default)]
pub(crate) struct PolicyFile<'s> {
    set: Vec<Setting>,
    allow_origins: Vec<Entry<'s>>,
    allow_methods: Option<Vec<Entry<'s>>>,
    allow_headers: Vec<Entry<'s>>,
    expose_headers: Vec<Entry<'s>>,
    max_age: Option<i64>,
    preflight_status: Option<i64>,
    denied_preflight_status: Option<i64>,
    switches: Vec<Field>,
    public_suffixes: Vec<Entry<'s>>,
}

impl<'s> PolicyFile<'s> {
    /// Reads the table of a whole file; wrong types and unknown keys go to the report.
    pub(crate) fn read(source: &str, table: DeTable<'s>, report: &mut Report) -> Self {
        let mut file = Self::default();
        for (key, value) in table {
            match Field::ALL.iter().find(|field| field.as_str() == key.get_ref().as_ref()) {
                Some(&field) => file.set(source, field, key.span(), value, report),
                None => report.add(Severity::Error, || unknown_key(&key, value.get_ref())),
            }
        }
        file
    }

    fn set(&mut self, source: &str, field: Field, key: Range<usize>, value: Spanned<DeValue<'s>>, report: &mut Report) {
        let at = value.span();
        let errors = report.errors();
        let mut taken = Taken { source, field, report };
        match field {
            Field::AllowOrigins => self.allow_origins = taken.list(value),
            Field::AllowMethods => self.allow_methods = Some(taken.list(value)),
            Field::AllowHeaders => self.allow_headers = taken.list(value),
            Field::ExposeHeaders => self.expose_headers = taken.list(value),
            Field::MaxAge => self.max_age = taken.number(&value),
            Field::PreflightStatus => self.preflight_status = taken.number(&value),
            Field::DeniedPreflightStatus => self.denied_preflight_status = taken.number(&value),
            Field::DangerouslyAllowPublicSuffixes if matches!(value.get_ref(), DeValue::Array(_)) => {
                self.public_suffixes = taken.list(value);
            }
            _ => {
                if taken.switch(&value) {
                    self.switches.push(field);
                }
            }
        }
        let broken = report.errors() > errors;
        self.set.push(Setting { field, key, value: at, broken });
    }

    /// What the file says, for the engine.
    pub(crate) fn spec(&self) -> PolicySpec<'_, Entry<'s>> {
        let on = |field| self.switches.contains(&field);
        let default = PolicySpec::<Entry<'s>>::new(&[]);
        PolicySpec {
            allow_methods: self.allow_methods.as_deref(),
            allow_headers: &self.allow_headers,
            allow_credentials: on(Field::AllowCredentials),
            expose_headers: &self.expose_headers,
            max_age: self.max_age,
            preflight_status: self.preflight_status.unwrap_or(default.preflight_status),
            denied_preflight_status: self.denied_preflight_status,
            external_origins: on(Field::ExternalOrigins),
            allow_timing: on(Field::AllowTiming),
            allow_private_network: on(Field::AllowPrivateNetwork),
            dangerously_allow_null_origin: on(Field::DangerouslyAllowNullOrigin),
            dangerously_allow_insecure_origins: on(Field::DangerouslyAllowInsecureOrigins),
            dangerously_allow_public_suffixes: match self.public_suffixes.as_slice() {
                _ if on(Field::DangerouslyAllowPublicSuffixes) => PublicSuffixes::Allowed,
                [] => PublicSuffixes::Refused,
                listed => PublicSuffixes::Listed(listed),
            },
            ..PolicySpec::new(&self.allow_origins)
        }
    }

    /// Adds a finding of the compiler, at the bytes of the file that it is about.
    pub(crate) fn report(&self, source: &str, finding: &Finding<'_>, report: &mut Report) {
        let set = self.set.iter().find(|option| option.field == finding.field);
        if finding.index.is_none() && set.is_some_and(|option| option.broken) {
            return;
        }
        let entry = finding.index.and_then(|index| self.entries(finding.field).get(index));
        let is_list = !self.entries(finding.field).is_empty() || finding.field == Field::AllowOrigins;
        report.add(finding.severity, || match (entry, set) {
            (Some(entry), _) => Record::of(finding, Some(entry.index), Some(bytes_of(source, entry, &finding.at))),
            (None, Some(option)) if is_list => Record::of(finding, finding.index, Some(option.key.clone())),
            (None, Some(option)) => Record::of(finding, finding.index, Some(option.value.clone())),
            (None, None) => Record::of(finding, finding.index, None),
        });
    }

    fn entries(&self, field: Field) -> &[Entry<'s>] {
        match field {
            Field::AllowOrigins => &self.allow_origins,
            Field::AllowMethods => self.allow_methods.as_deref().unwrap_or_default(),
            Field::AllowHeaders => &self.allow_headers,
            Field::ExposeHeaders => &self.expose_headers,
            Field::DangerouslyAllowPublicSuffixes => &self.public_suffixes,
            _ => &[],
        }
    }
}

/// Where bytes of an entry stand in the source: exactly if it was written without escapes, else the whole string.
fn bytes_of(source: &str, entry: &Entry<'_>, at: &Range<usize>) -> Range<usize> {
    let written = source.get(entry.span.clone()).unwrap_or_default();
    let quotes = written.len().saturating_sub(entry.text.len()) / 2;
    let plain = written.get(quotes..).is_some_and(|rest| rest.starts_with(entry.text.as_ref()))
        && written.len() == entry.text.len() + 2 * quotes;
    let end = at.end.min(entry.text.len());
    let on_boundaries = entry.text.is_char_boundary(at.start) && entry.text.is_char_boundary(end);
    if plain && on_boundaries && at.start < end {
        let text_start = entry.span.start + quotes;
        text_start + at.start..text_start + end
    } else {
        entry.span.clone()
    }
}

/// Takes the value of one option, and reports what is not of its type.
struct Taken<'r, 't> {
    source: &'t str,
    field: Field,
    report: &'r mut Report,
}

impl Taken<'_, '_> {
    fn list<'s>(&mut self, value: Spanned<DeValue<'s>>) -> Vec<Entry<'s>> {
        let span = value.span();
        let array = match value.into_inner() {
            DeValue::Array(array) => array,
            other => {
                let in_brackets = matches!(other, DeValue::String(_)).then(|| {
                    let written = self.source.get(span.clone()).unwrap_or_default();
                    let written = if written.len() > 128 { "\"...\"" } else { written };
                    format!("write [{written}]")
                });
                self.wrong(None, "a list of strings", &other, span, in_brackets);
                return Vec::new();
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
        entries
    }

    /// A number beyond 64 bits stays out of range for whatever range the engine knows.
    fn number(&mut self, value: &Spanned<DeValue<'_>>) -> Option<i64> {
        let DeValue::Integer(number) = value.get_ref() else {
            self.wrong(None, "a whole number", value.get_ref(), value.span(), None);
            return None;
        };
        let beyond = if number.as_str().starts_with('-') { i64::MIN } else { i64::MAX };
        Some(i64::from_str_radix(number.as_str(), number.radix()).unwrap_or(beyond))
    }

    fn switch(&mut self, value: &Spanned<DeValue<'_>>) -> bool {
        if let DeValue::Boolean(on) = value.get_ref() {
            return *on;
        }
        let meant = match value.get_ref() {
            DeValue::String(text) if text.eq_ignore_ascii_case("true") => Some("write true".to_owned()),
            DeValue::String(text) if text.eq_ignore_ascii_case("false") => Some("write false".to_owned()),
            _ => None,
        };
        self.wrong(None, "true or false", value.get_ref(), value.span(), meant);
        false
    }

    fn wrong(
        &mut self,
        index: Option<usize>,
        wanted: &str,
        found: &DeValue<'_>,
        span: Range<usize>,
        suggestion: Option<String>,
    ) {
        let (field, found) = (self.field.as_str(), kind(found));
        let message = match index {
            Some(_) => format!("an entry of {field} is {wanted}, not {found}"),
            None => format!("{field} is {wanted}, not {found}"),
        };
        let item = index.map(|_| self.source.get(span.clone()).unwrap_or_default().as_bytes().to_vec());
        self.report.add(Severity::Error, || Record {
            severity: Severity::Error,
            code: "wrong-type",
            field: field.to_owned(),
            index,
            item,
            message,
            suggestion,
            span: Some(span),
        });
    }
}

fn kind(value: &DeValue<'_>) -> &'static str {
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

fn unknown_key(key: &Spanned<Cow<'_, str>>, value: &DeValue<'_>) -> Record {
    let name = key.get_ref().as_ref();
    let (message, suggestion) = unknown_option(name, matches!(value, DeValue::Table(_)));
    Record {
        severity: Severity::Error,
        code: "unknown-key",
        field: name.to_owned(),
        index: None,
        item: None,
        message,
        suggestion,
        span: Some(key.span()),
    }
}
