//! Reads options from tokens. It goes on after an option that it cannot read, so all errors are
//! reported at once.

use corsac::{Field, UnknownOption, policy_option, policy_options, table_option};
use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use syn::parse::{ParseStream, Parser};
use syn::{Lit, LitStr, Token, bracketed};

use crate::note::Note;
use crate::options::Options;

/// Whose options are read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Owner {
    /// A policy.
    Policy,
    /// A table of a policy set.
    Table,
}

/// The options of `policy!`.
pub(crate) fn read_policy(input: TokenStream) -> Result<Options, Vec<Note>> {
    let mut errors = Vec::new();
    let options = read_options(input, Options::new(Span::call_site()), Owner::Policy, &mut errors);
    if errors.is_empty() { Ok(options) } else { Err(errors) }
}

/// The policies of `policy_set!`, each in braces.
pub(crate) fn read_tables(input: TokenStream) -> Result<Vec<Options>, Vec<Note>> {
    let (mut tables, mut errors) = (Vec::new(), Vec::new());
    for entry in split_at_commas(input) {
        match read_braces(entry) {
            Ok(group) => {
                let options = Options::new(group.span_open());
                let options = read_options(group.stream(), options, Owner::Table, &mut errors);
                if options.is_untouched() {
                    let without_effect =
                        options.names.iter().filter(|(field, _)| !matches!(field, Field::Path | Field::Cors));
                    errors.extend(without_effect.map(|(field, span)| {
                        let text = format!("`{field}` has no effect with `cors: false`: remove one of the two");
                        Note::new(*span, text)
                    }));
                }
                tables.push(options);
            }
            Err(note) => errors.push(note),
        }
    }
    if errors.is_empty() { Ok(tables) } else { Err(errors) }
}

fn read_braces(entry: TokenStream) -> Result<Group, Note> {
    let span = first_span(&entry).unwrap_or_else(Span::call_site);
    let mut tokens = entry.into_iter();
    match (tokens.next(), tokens.next()) {
        (Some(TokenTree::Group(group)), None) if group.delimiter() == Delimiter::Brace => Ok(group),
        (None, _) => Err(Note::new(span, "a policy is missing between two commas")),
        _ => {
            let text = "expected a policy in braces, such as `{ path: \"/api\", allow_origins: [\"https://app.example.com\"] }`";
            Err(Note::new(span, text))
        }
    }
}

fn read_options(input: TokenStream, mut options: Options, owner: Owner, errors: &mut Vec<Note>) -> Options {
    for entry in split_at_commas(input) {
        let read = read_option.parse2(entry).and_then(|(name, value)| {
            let field = field_named(&name, owner)?;
            if options.names.iter().any(|(other, _)| *other == field) {
                let text = format!("`{name}` is written twice: remove one of the two");
                return Err(syn::Error::new(name.span(), text));
            }
            options.names.push((field, name.span()));
            read_value(field, &name, value, &mut options)
        });
        if let Err(error) = read {
            errors.extend(Note::from_syntax(error));
        }
    }
    options
}

/// Splits tokens at commas. A comma may follow the last entry.
fn split_at_commas(input: TokenStream) -> Vec<TokenStream> {
    let tokens: Vec<TokenTree> = input.into_iter().collect();
    let is_comma = |token: &TokenTree| matches!(token, TokenTree::Punct(at) if at.as_char() == ',');
    let mut entries: Vec<TokenStream> = tokens.split(is_comma).map(|entry| entry.iter().cloned().collect()).collect();
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

fn field_named(name: &Ident, owner: Owner) -> syn::Result<Field> {
    let written = name.to_string();
    let key = written.as_bytes();
    let (field, unknown) = match owner {
        Owner::Policy => (policy_option(key), UnknownOption::of_policy(key, false)),
        Owner::Table => (table_option(key), UnknownOption::of_table(key)),
    };
    field.ok_or_else(|| {
        let suggestion = match (owner, unknown.advice()) {
            (Owner::Policy, Some(advice)) if table_option(key).is_some() => {
                format!("{advice}, which you write with `policy_set!`")
            }
            (_, Some(advice)) => advice.to_string(),
            (owner, None) => {
                let own: &[Field] = if owner == Owner::Table { &[Field::Path, Field::Cors] } else { &[] };
                let all: Vec<&str> = own.iter().copied().chain(policy_options()).map(Field::as_str).collect();
                format!("the options are {}", all.join(", "))
            }
        };
        syn::Error::new(name.span(), format!("{unknown}: {suggestion}"))
    })
}

fn read_value(field: Field, name: &Ident, value: TokenStream, options: &mut Options) -> syn::Result<()> {
    let span = first_span(&value).unwrap_or_else(|| name.span());
    let wrong = |wanted: &str| syn::Error::new(span, format!("`{name}` takes {wanted}"));
    match field {
        Field::AllowOrigins | Field::AllowMethods | Field::AllowHeaders | Field::ExposeHeaders => {
            read_texts(field, value, options)
                .unwrap_or_else(|| Err(wrong("a list of strings in brackets: `[\"...\", \"...\"]`")))
        }
        Field::MaxAge | Field::PreflightStatus | Field::DeniedPreflightStatus => {
            let number = read_number.parse2(value).map_err(|_| wrong("a whole number, without quotes"))?;
            options.numbers.push((field, number));
            Ok(())
        }
        Field::Path => {
            options.path = Some(syn::parse2(value).map_err(|_| wrong("a string, such as `\"/api\"`"))?);
            Ok(())
        }
        _ => match syn::parse2::<syn::LitBool>(value.clone()) {
            Ok(switch) => {
                options.switches.push((field, switch.value));
                Ok(())
            }
            Err(_) if field == Field::DangerouslyAllowPublicSuffixes => read_texts(field, value, options)
                .unwrap_or_else(|| Err(wrong("`true`, `false` or a list of strings in brackets: `[\"kuleuven.be\"]`"))),
            Err(_) => Err(wrong("`true` or `false`")),
        },
    }
}

/// Reads a list of strings. `None`: the value is not a list. Each entry that is not a string is an
/// error of its own.
fn read_texts(field: Field, value: TokenStream, options: &mut Options) -> Option<syn::Result<()>> {
    let list = read_list.parse2(value).ok().flatten()?;
    let mut literals = Vec::with_capacity(list.len());
    let mut errors: Option<syn::Error> = None;
    for entry in list {
        match (entry, &mut errors) {
            (Ok(literal), _) => literals.push(literal),
            (Err(error), Some(all)) => all.combine(error),
            (Err(error), none) => *none = Some(error),
        }
    }
    options.lists.push((field, literals));
    Some(errors.map_or(Ok(()), Err))
}

type Entries = Vec<syn::Result<LitStr>>;

/// `None`: the value is not a list.
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
    let span = first_span(&entry).unwrap_or_else(Span::call_site);
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
    // The sign belongs to the number, because the least i64 has no positive counterpart.
    let sign = if minus.is_some() { "-" } else { "" };
    format!("{sign}{}", digits.base10_digits()).parse().map_err(|error| syn::Error::new(digits.span(), error))
}

/// The place of the first token, because stable Rust cannot join the places of several tokens.
fn first_span(tokens: &TokenStream) -> Option<Span> {
    tokens.clone().into_iter().next().map(|token| token.span())
}
