//! Compiles the options into an image, with each finding at its own literal.

use corsac::{CompileError, Finding, PolicySetSpec, PolicyTable, Severity};
use proc_macro2::{Literal, Span, TokenStream};
use quote::quote;

use crate::note::{Note, warn};
use crate::options::{Options, Texts};
use crate::read::{read_policy, read_tables};

/// An image, and the warnings with their codes.
pub(crate) struct Compiled {
    image: Vec<u8>,
    warnings: Vec<(&'static str, Note)>,
}

impl Compiled {
    pub(crate) fn expand(&self, of_type: &TokenStream) -> TokenStream {
        let image = Literal::byte_string(&self.image);
        let warnings = self.warnings.iter().map(|(code, note)| warn(code, note));
        quote!({ #(#warnings)* #of_type::from_compiled(#image) })
    }
}

pub(crate) fn policy(input: TokenStream) -> Result<Compiled, Vec<Note>> {
    let options = read_policy(input)?;
    let texts = Texts::of(&options);
    let spec = texts.spec(&options);
    let mut notes = Notes::default();
    let compiled = spec
        .compile(vec![0; spec.image_len()], |finding| notes.add(finding, options.span(finding.field, finding.index)));
    notes.compiled(compiled.map(|policy| policy.image().to_vec()))
}

pub(crate) fn policy_set(input: TokenStream) -> Result<Compiled, Vec<Note>> {
    let tables: Vec<Options> = read_tables(input)?;
    let texts: Vec<Texts> = tables.iter().map(Texts::of).collect();
    let specs: Vec<PolicyTable<'_, String>> =
        texts.iter().zip(&tables).map(|(texts, options)| texts.table(options)).collect();
    let spec = PolicySetSpec::new(&specs);
    let mut notes = Notes::default();
    let compiled = spec.compile(vec![0; spec.image_len()], |finding| {
        let table = finding.table.and_then(|number| tables.get(number));
        let span = table.map_or_else(Span::call_site, |options| options.span(finding.field, finding.index));
        notes.add(finding, span);
    });
    notes.compiled(compiled.map(|set| set.image().to_vec()))
}

/// Collects what the compiler reports.
#[derive(Default)]
struct Notes {
    errors: Vec<Note>,
    warnings: Vec<(&'static str, Note)>,
}

impl Notes {
    fn add(&mut self, finding: &Finding<'_>, span: Span) {
        let note = Note::of(finding, span);
        if finding.severity == Severity::Error {
            self.errors.push(note);
        } else {
            self.warnings.push((finding.code.as_str(), note));
        }
    }

    fn compiled(self, result: Result<Vec<u8>, CompileError>) -> Result<Compiled, Vec<Note>> {
        match result {
            Ok(image) => Ok(Compiled { image, warnings: self.warnings }),
            Err(CompileError::Findings { .. }) if !self.errors.is_empty() => Err(self.errors),
            Err(error) => Err(vec![Note::new(Span::call_site(), error.to_string())]),
        }
    }
}
