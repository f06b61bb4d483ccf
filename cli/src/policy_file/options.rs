//! The options of one policy, and where each of them is in the file.

use std::ops::Range;

use corsac::{Field, Finding, PolicySpec, PublicSuffixes};
use toml::Spanned;
use toml::de::DeValue;

use super::value::{Entry, Reader};
use crate::finding_report::{Record, Report};

/// An option that is written in the file.
#[derive(Debug)]
struct Written {
    field: Field,
    key: Range<usize>,
    value: Range<usize>,
    /// The value is of a wrong type, so a finding about the option as a whole would be about a value that nobody wrote.
    is_broken: bool,
}

/// The options of one policy. An option that is not written has the engine's default.
#[derive(Debug, Default)]
pub(crate) struct PolicyOptions<'s> {
    written: Vec<Written>,
    allow_origins: Vec<Entry<'s>>,
    allow_methods: Option<Vec<Entry<'s>>>,
    allow_headers: Vec<Entry<'s>>,
    expose_headers: Vec<Entry<'s>>,
    max_age: Option<i64>,
    preflight_status: Option<i64>,
    denied_preflight_status: Option<i64>,
    switches: Vec<Field>,
    public_suffixes: Option<Vec<Entry<'s>>>,
}

impl<'s> PolicyOptions<'s> {
    /// Reads the value of the reader's option.
    pub(super) fn read(&mut self, reader: &mut Reader<'_, '_>, key: Range<usize>, value: Spanned<DeValue<'s>>) {
        let (field, span, errors) = (reader.field, value.span(), reader.report.errors());
        match field {
            Field::AllowOrigins => self.allow_origins = reader.list(value),
            Field::AllowMethods => self.allow_methods = Some(reader.list(value)),
            Field::AllowHeaders => self.allow_headers = reader.list(value),
            Field::ExposeHeaders => self.expose_headers = reader.list(value),
            Field::MaxAge => self.max_age = reader.number(&value),
            Field::PreflightStatus => self.preflight_status = reader.number(&value),
            Field::DeniedPreflightStatus => self.denied_preflight_status = reader.number(&value),
            Field::DangerouslyAllowPublicSuffixes if !value.get_ref().is_bool() => {
                self.public_suffixes = reader.list_or_switch(value);
            }
            _ => {
                if reader.switch(&value) == Some(true) {
                    self.switches.push(field);
                }
            }
        }
        let is_broken = reader.report.errors() > errors;
        self.written.push(Written { field, key, value: span, is_broken });
    }

    /// Every option that is written, and where its name is.
    pub(super) fn written(&self) -> impl Iterator<Item = (Field, Range<usize>)> {
        self.written.iter().map(|option| (option.field, option.key.clone()))
    }

    pub(super) fn spec(&self) -> PolicySpec<'_, Entry<'s>> {
        let is_on = |field| self.switches.contains(&field);
        let default = PolicySpec::<Entry<'s>>::new(&[]);
        PolicySpec {
            allow_origins: &self.allow_origins,
            allow_methods: self.allow_methods.as_deref(),
            allow_headers: &self.allow_headers,
            allow_credentials: is_on(Field::AllowCredentials),
            expose_headers: &self.expose_headers,
            max_age: self.max_age,
            preflight_status: self.preflight_status.unwrap_or(default.preflight_status),
            denied_preflight_status: self.denied_preflight_status,
            external_origins: is_on(Field::ExternalOrigins),
            allow_timing: is_on(Field::AllowTiming),
            allow_private_network: is_on(Field::AllowPrivateNetwork),
            dangerously_allow_null_origin: is_on(Field::DangerouslyAllowNullOrigin),
            dangerously_allow_insecure_origins: is_on(Field::DangerouslyAllowInsecureOrigins),
            dangerously_allow_public_suffixes: match &self.public_suffixes {
                _ if is_on(Field::DangerouslyAllowPublicSuffixes) => PublicSuffixes::Allowed,
                Some(listed) => PublicSuffixes::Listed(listed),
                None => PublicSuffixes::Refused,
            },
        }
    }

    /// Reports a finding at the bytes of the file that it is about. `table` is the number and the header of the table these options are in.
    pub(super) fn report(
        &self,
        source: &str,
        finding: &Finding<'_>,
        table: Option<(usize, &Range<usize>)>,
        report: &mut Report,
    ) {
        let written = self.written.iter().find(|option| option.field == finding.field);
        if finding.index.is_none() && written.is_some_and(|option| option.is_broken) {
            return;
        }
        let entries = self.entries(finding.field);
        let entry = finding.index.and_then(|index| entries.get(index));
        let is_list = !entries.is_empty() || finding.field == Field::AllowOrigins;
        let span = match (entry, written) {
            (Some(entry), _) => Some(entry.place_of(source, &finding.at)),
            (None, Some(option)) if is_list => Some(option.key.clone()),
            (None, Some(option)) => Some(option.value.clone()),
            (None, None) => table.map(|(_, header)| header.clone()),
        };
        let index = entry.map_or(finding.index, |entry| Some(entry.index));
        report.add(finding.severity, || Record::of(finding, table.map(|(number, _)| number), index, span));
    }

    fn entries(&self, field: Field) -> &[Entry<'s>] {
        match field {
            Field::AllowOrigins => &self.allow_origins,
            Field::AllowMethods => self.allow_methods.as_deref().unwrap_or_default(),
            Field::AllowHeaders => &self.allow_headers,
            Field::ExposeHeaders => &self.expose_headers,
            Field::DangerouslyAllowPublicSuffixes => self.public_suffixes.as_deref().unwrap_or_default(),
            _ => &[],
        }
    }
}
