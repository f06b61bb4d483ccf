//! `policy!`: a policy written in Rust source, compiled and checked while rustc runs.
//!
//! The macro holds no rule of its own. It reads the options, hands them to the very compiler that
//! [`corsac::PolicySpec::compile`] is, and expands to the image: a wrong policy fails `cargo build`
//! at the entry itself, and a device carries only the bytes.
//!
//! ```
//! use corsac::{Policy, Request};
//!
//! static POLICY: Policy<&'static [u8]> = corsac_macros::policy! {
//!     allow_origins: ["https://app.example.com", "https://*.preview.example.com"],
//!     allow_methods: ["GET", "PUT"],
//!     max_age: 600,
//!     allow_credentials: true,
//! };
//!
//! let mut request = Request::new("GET");
//! request.header("Origin", "https://app.example.com");
//! assert!(POLICY.evaluate(&request).is_allowed());
//! ```

use corsac::{CompileError, Field, PolicySpec, Severity};
use proc_macro2::{Ident, Literal, Span, TokenStream, TokenTree};
use quote::{format_ident, quote, quote_spanned};
use syn::parse::{ParseStream, Parser};
use syn::{Lit, LitStr, Token, bracketed};

/// Compiles a policy at build time; an expression of type `corsac::Policy<&'static [u8]>`.
///
/// The options are the fields of [`corsac::PolicySpec`], each `name: value`, separated by commas:
/// lists of strings in brackets, whole numbers, `true` and `false`. What is left out has its
/// default. The crate that uses the macro depends on `corsac` under that name.
///
/// Every error is a compile error at its own literal. What cannot be read (an unknown option, a
/// value of the wrong kind) is reported first: the policy is judged once all of it can be read.
/// Every warning is a warning of rustc at its literal, under the lint `deprecated` (the only one
/// that a macro can raise on stable Rust), so `#[allow(deprecated)]` on the item silences it.
/// Wildcards are checked against the public suffix list whatever features the program's `corsac` has.
///
/// ```compile_fail
/// static POLICY: corsac::Policy<&'static [u8]> = corsac_macros::policy! {
///     allow_origins: ["https://app.example.com/"], // browsers send no trailing slash
/// };
/// ```
#[proc_macro]
pub fn policy(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    expand(input.into()).into()
}

/// Something to tell, and the place that it is about.
struct Note {
    span: Span,
    text: String,
}

impl Note {
    fn new(span: Span, text: impl Into<String>) -> Self {
        Self { span, text: text.into() }
    }
}

fn expand(input: TokenStream) -> TokenStream {
    let mut errors = Vec::new();
    let options = read_options(input, &mut errors);
    if !errors.is_empty() {
        return refuse(&errors);
    }
    match compile(&options) {
        Ok((image, warnings)) => {
            let image = Literal::byte_string(&image);
            let warnings = warnings.iter().map(|(name, note)| warn(name, note));
            quote!({ #(#warnings)* ::corsac::Policy::from_compiled(#image) })
        }
        Err(errors) => refuse(&errors),
    }
}

/// One block, so that several `compile_error!` fit where one expression is expected; it has the
/// policy's type, so that rustc complains of nothing but the policy.
fn refuse(errors: &[Note]) -> TokenStream {
    let errors = errors.iter().map(|Note { span, text }| {
        // The whole invocation takes the span: rustc points at `compile_error`, the `!` and the text.
        quote_spanned!(*span=> ::core::compile_error! { #text })
    });
    quote!({ #(#errors)* ::corsac::Policy::from_compiled(b"") })
}

/// A warning on stable Rust: the use of a deprecated constant, standing where the literal stands.
fn warn(name: &str, Note { span, text }: &Note) -> TokenStream {
    let name = format_ident!("{}", name.replace('-', "_").to_uppercase(), span = *span);
    quote! {
        const _: () = {
            #[deprecated(note = #text)]
            const #name: () = ();
            #name
        };
    }
}

/// A list of strings, each with the place where it stands.
type Texts = Vec<LitStr>;

/// The options as they were written; `None` where an option was left out.
#[derive(Default)]
struct Options {
    written: Vec<(Field, Span)>,
    lists: Vec<(Field, Texts)>,
    numbers: Vec<(Field, i64)>,
    switches: Vec<(Field, bool)>,
}

impl Options {
    fn texts(&self, field: Field) -> Option<&Texts> {
        self.lists.iter().find(|(at, _)| *at == field).map(|(_, list)| list)
    }

    fn list(&self, field: Field) -> Option<Vec<String>> {
        Some(self.texts(field)?.iter().map(LitStr::value).collect())
    }

    fn number(&self, field: Field) -> Option<i64> {
        self.numbers.iter().find(|(at, _)| *at == field).map(|(_, number)| *number)
    }

    fn switch(&self, field: Field) -> bool {
        self.switches.contains(&(field, true))
    }

    /// The entry's own literal; else the option's name; else the macro's name.
    fn span(&self, field: Field, index: Option<usize>) -> Span {
        let entry = index.and_then(|index| self.texts(field)?.get(index));
        let name = self.written.iter().find(|(at, _)| *at == field);
        entry.map(LitStr::span).or(name.map(|(_, span)| *span)).unwrap_or_else(Span::call_site)
    }
}

type Warnings = Vec<(&'static str, Note)>;

fn compile(options: &Options) -> Result<(Vec<u8>, Warnings), Vec<Note>> {
    let origins = options.list(Field::AllowOrigins).unwrap_or_default();
    let methods = options.list(Field::AllowMethods);
    let headers = options.list(Field::AllowHeaders).unwrap_or_default();
    let exposed = options.list(Field::ExposeHeaders).unwrap_or_default();
    let default = PolicySpec::new(&origins);
    let spec = PolicySpec {
        allow_origins: &origins,
        allow_methods: methods.as_deref(),
        allow_headers: &headers,
        allow_credentials: options.switch(Field::AllowCredentials),
        expose_headers: &exposed,
        max_age: options.number(Field::MaxAge),
        preflight_status: options.number(Field::PreflightStatus).unwrap_or(default.preflight_status),
        denied_preflight_status: options.number(Field::DeniedPreflightStatus),
        external_origins: options.switch(Field::ExternalOrigins),
        allow_private_network: options.switch(Field::AllowPrivateNetwork),
        dangerously_allow_null_origin: options.switch(Field::DangerouslyAllowNullOrigin),
        dangerously_allow_insecure_origins: options.switch(Field::DangerouslyAllowInsecureOrigins),
        dangerously_allow_public_suffixes: options.switch(Field::DangerouslyAllowPublicSuffixes),
    };

    let mut errors = Vec::new();
    let mut warnings = Vec::new();
    let compiled = spec.compile(vec![0; spec.image_len()], |finding| {
        let text = if finding.suggestion.is_none() {
            finding.to_string()
        } else {
            format!("{finding}: {}", finding.suggestion)
        };
        let note = Note::new(options.span(finding.field, finding.index), text);
        match finding.severity {
            Severity::Error => errors.push(note),
            Severity::Warning => warnings.push((finding.code.as_str(), note)),
        }
    });
    match compiled {
        Ok(policy) => Ok((policy.image().to_vec(), warnings)),
        Err(CompileError::Findings { .. }) if !errors.is_empty() => Err(errors),
        Err(error) => Err(vec![Note::new(Span::call_site(), error.to_string())]),
    }
}

/// Reads option by option, so that one that cannot be read does not hide the others.
fn read_options(input: TokenStream, errors: &mut Vec<Note>) -> Options {
    let mut options = Options::default();
    for entry in split_at_commas(input) {
        if let Err(error) = read_option.parse2(entry).and_then(|(name, value)| {
            let field = field_named(&name)?;
            if options.written.iter().any(|(at, _)| *at == field) {
                let text = format!("`{name}` is written twice: keep one of the two");
                return Err(syn::Error::new(name.span(), text));
            }
            options.written.push((field, name.span()));
            read_value(field, &name, value, &mut options)
        }) {
            errors.extend(error.into_iter().map(|e| Note::new(e.span(), e.to_string())));
        }
    }
    options
}

/// The tokens between commas; a comma may follow the last option.
fn split_at_commas(input: TokenStream) -> Vec<TokenStream> {
    let tokens: Vec<TokenTree> = input.into_iter().collect();
    let comma = |token: &TokenTree| matches!(token, TokenTree::Punct(at) if at.as_char() == ',');
    let mut entries: Vec<TokenStream> = tokens.split(comma).map(|entry| entry.iter().cloned().collect()).collect();
    if entries.last().is_some_and(TokenStream::is_empty) {
        entries.pop();
    }
    entries
}

fn read_option(input: ParseStream<'_>) -> syn::Result<(Ident, TokenStream)> {
    if input.is_empty() {
        return Err(input.error("an option is missing between two commas"));
    }
    let name: Ident = input.parse().map_err(|error| {
        let text = "expected an option, such as `allow_origins: [\"https://app.example.com\"]`";
        syn::Error::new(error.span(), text)
    })?;
    let colon: syn::Result<Token![:]> = input.parse();
    if colon.is_err() {
        let text = format!("`{name}` has no value: write `{name}: ...`");
        return Err(syn::Error::new(name.span(), text));
    }
    Ok((name, input.parse()?))
}

fn field_named(name: &Ident) -> syn::Result<Field> {
    let written = name.to_string();
    if let Some(field) = Field::ALL.iter().find(|field| field.as_str() == written) {
        return Ok(*field);
    }
    let near = Field::ALL
        .iter()
        .map(|field| (distance(field.as_str(), &written), field.as_str()))
        .min()
        .filter(|(distance, _)| *distance <= 4);
    let text = match near {
        Some((_, near)) => format!("unknown option `{written}`: did you mean `{near}`?"),
        None => {
            let all: Vec<&str> = Field::ALL.iter().map(|field| field.as_str()).collect();
            format!("unknown option `{written}`: there are {}", all.join(", "))
        }
    };
    Err(syn::Error::new(name.span(), text))
}

/// How many bytes must be put in, left out or changed to turn one text into the other.
fn distance(left: &str, right: &str) -> usize {
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (i, a) in left.bytes().enumerate() {
        let mut corner = i;
        let mut before = i + 1;
        row[0] = before;
        for (b, cell) in right.bytes().zip(row.iter_mut().skip(1)) {
            before = (corner + usize::from(a != b)).min(before.min(*cell) + 1);
            corner = std::mem::replace(cell, before);
        }
    }
    row.last().copied().unwrap_or(0)
}

/// What may stand as the value of an option.
fn read_value(field: Field, name: &Ident, value: TokenStream, options: &mut Options) -> syn::Result<()> {
    let wrong = |span: Span, wanted: &str| {
        let text = format!("`{name}` takes {wanted}");
        Err(syn::Error::new(span, text))
    };
    let span = whole(&value).unwrap_or_else(|| name.span());
    match field {
        Field::AllowOrigins | Field::AllowMethods | Field::AllowHeaders | Field::ExposeHeaders => {
            match read_list.parse2(value) {
                Ok(Some(list)) => {
                    let mut texts = Texts::new();
                    let mut errors: Option<syn::Error> = None;
                    for entry in list {
                        match entry {
                            Ok(text) => texts.push(text),
                            Err(error) => match &mut errors {
                                Some(all) => all.combine(error),
                                None => errors = Some(error),
                            },
                        }
                    }
                    options.lists.push((field, texts));
                    errors.map_or(Ok(()), Err)
                }
                _ => wrong(span, "a list of strings in brackets: `[\"...\", \"...\"]`"),
            }
        }
        Field::MaxAge | Field::PreflightStatus | Field::DeniedPreflightStatus => match read_number.parse2(value) {
            Ok(number) => {
                options.numbers.push((field, number));
                Ok(())
            }
            Err(_) => wrong(span, "a whole number, without quotes"),
        },
        _ => match syn::parse2::<syn::LitBool>(value) {
            Ok(switch) => {
                options.switches.push((field, switch.value));
                Ok(())
            }
            Err(_) => wrong(span, "`true` or `false`"),
        },
    }
}

/// The first token's place: on stable Rust the places of several tokens cannot be joined.
fn whole(value: &TokenStream) -> Option<Span> {
    value.clone().into_iter().next().map(|token| token.span())
}

type Entries = Vec<syn::Result<LitStr>>;

/// `None`: not a list at all. Entries that are no strings are reported each at its own place.
fn read_list(input: ParseStream<'_>) -> syn::Result<Option<Entries>> {
    if !input.peek(syn::token::Bracket) {
        let _: TokenStream = input.parse()?;
        return Ok(None);
    }
    let inside;
    bracketed!(inside in input);
    if !input.is_empty() {
        let _: TokenStream = input.parse()?;
        return Ok(None);
    }
    let entries = split_at_commas(inside.parse()?);
    Ok(Some(entries.into_iter().map(read_text).collect()))
}

fn read_text(entry: TokenStream) -> syn::Result<LitStr> {
    let span = whole(&entry).unwrap_or_else(Span::call_site);
    match syn::parse2::<Lit>(entry) {
        Ok(Lit::Str(text)) => Ok(text),
        _ => Err(syn::Error::new(span, "expected a string: `\"...\"`")),
    }
}

fn read_number(input: ParseStream<'_>) -> syn::Result<i64> {
    let minus: Option<Token![-]> = input.parse()?;
    let digits: syn::LitInt = input.parse()?;
    if !digits.suffix().is_empty() {
        return Err(syn::Error::new(digits.span(), "a suffix"));
    }
    // The sign belongs to the number: the least i64 has no positive counterpart.
    let sign = if minus.is_some() { "-" } else { "" };
    format!("{sign}{}", digits.base10_digits()).parse().map_err(|error| syn::Error::new(digits.span(), error))
}

/// The examples of the project's README run as they stand there.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;
