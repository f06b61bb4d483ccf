//! Files in another product's words: which dialect they are in, and the configurations in them.

use std::ffi::OsStr;

use corsac_dialects::{ALL, Configuration, Dialect, Reading, Version, dialect, document, recognise};

use crate::failure::Failure;
use crate::input::{read_policy, shown_name};

/// What the options say about a file.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Chosen<'o> {
    /// `--from`.
    pub(crate) from: Option<&'o str>,
    /// `--product-version`.
    pub(crate) version: Option<&'o str>,
    /// `--only`.
    pub(crate) only: Option<&'o str>,
}

/// A configuration, and the dialect that it is in.
pub(crate) type Found = (&'static dyn Dialect, Box<dyn Configuration>);

/// The dialect with this name. The error names all of them.
pub(crate) fn named(name: &str) -> Result<&'static dyn Dialect, Failure> {
    dialect(name).ok_or_else(|| {
        let known: Vec<&str> = ALL.iter().map(|dialect| dialect.name()).collect();
        let name = corsac::Escaped(name.as_bytes());
        Failure::Message(format!("\"{name}\" is not a dialect: write one of {}", known.join(", ")))
    })
}

/// The text of a file. `name` is for messages.
pub(crate) fn text_of(bytes: Vec<u8>, name: &str) -> Result<String, Failure> {
    let mut text = String::from_utf8(bytes).map_err(|error| {
        let line = 1 + error.as_bytes().iter().take(error.utf8_error().valid_up_to()).filter(|&&b| b == b'\n').count();
        Failure::because(name, format_args!("not UTF-8 text: line {line} holds a byte that is not UTF-8"))
    })?;
    // Editors do not show a byte order mark, so columns do not count it.
    if text.starts_with('\u{FEFF}') {
        text.remove(0);
    }
    Ok(text)
}

/// Every configuration of a text. With `--from`, there is at least one.
pub(crate) fn configurations(name: &str, text: &str, chosen: &Chosen<'_>) -> Result<Vec<Found>, Failure> {
    let documents = document::read(text).map_err(|error| Failure::because(name, error))?;
    let Some(from) = chosen.from else { return Ok(documents.iter().flat_map(recognise).collect()) };
    let dialect = named(from)?;
    if !dialect.is_read() {
        return Err(Failure::Message(format!(
            "the dialect {from} is only written: ask the running server with corsac verify"
        )));
    }
    let version = match chosen.version {
        Some(version) => Some(Version::parse(version).ok_or_else(|| {
            let version = corsac::Escaped(version.as_bytes());
            Failure::Message(format!("\"{version}\" is not a version: write numbers, such as 3.9.1"))
        })?),
        None => None,
    };
    let how = Reading { version, is_named: true };
    let found: Vec<Found> = documents
        .iter()
        .flat_map(|document| dialect.read(document, &how))
        .map(|configuration| (dialect, configuration))
        .collect();
    if found.is_empty() {
        return Err(Failure::because(
            name,
            format_args!("no CORS configuration of the dialect {from}: {}", dialect.about()),
        ));
    }
    Ok(found)
}

/// Every configuration of a text. Without `--from`, a text that is not in a known dialect has none.
pub(crate) fn try_configurations(name: &str, text: &str, chosen: &Chosen<'_>) -> Result<Vec<Found>, Failure> {
    if chosen.from.is_some() {
        return configurations(name, text, chosen);
    }
    if name.ends_with(".tf") {
        return Err(Failure::because(
            name,
            "files of Terraform are programs, so Corsac reads plans: run terraform plan -out plan.out, then terraform show -json plan.out > \
             plan.json, and check plan.json",
        ));
    }
    let documents = document::read(text);
    // A policy file is TOML, which is not YAML. What is wrong in such a file is its own reader's to say.
    if documents.is_err() && [".yaml", ".yml", ".json"].iter().any(|end| name.ends_with(end)) {
        return configurations(name, text, chosen);
    }
    let found: Vec<Found> = documents.iter().flatten().flat_map(recognise).collect();
    if found.is_empty() && [".yaml", ".yml", ".json"].iter().any(|end| name.ends_with(end)) {
        let known: Vec<&str> = ALL.iter().map(|dialect| dialect.name()).collect();
        return Err(Failure::because(
            name,
            format_args!(
                "no CORS configuration that is known by its shape: name the dialect with --from ({})",
                known.join(", ")
            ),
        ));
    }
    Ok(found)
}

/// The only configuration, or the one that `--only` names.
pub(crate) fn choose(name: &str, mut found: Vec<Found>, chosen: &Chosen<'_>) -> Result<Found, Failure> {
    let all: Vec<String> = found.iter().map(|(_, configuration)| shown_label(&**configuration)).collect();
    if let Some(only) = chosen.only {
        found.retain(|(_, configuration)| configuration.label() == only);
    }
    let count = found.len();
    match (found.pop(), count) {
        (Some(one), 1) => Ok(one),
        (None, _) if all.is_empty() => Err(Failure::because(
            name,
            "no CORS configuration that is known by its shape: name the dialect with --from",
        )),
        _ => Err(Failure::because(
            name,
            format_args!("{} configurations: choose one with --only: {}", all.len(), all.join(", ")),
        )),
    }
}

/// The text of a file, and its only configuration or the one that `--only` names.
pub(crate) fn only_one(file: &OsStr, chosen: &Chosen<'_>) -> Result<(String, Found), Failure> {
    let name = shown_name(file);
    let text = text_of(read_policy(file)?, &name)?;
    let found = configurations(&name, &text, chosen)?;
    let one = choose(&name, found, chosen)?;
    Ok((text, one))
}

/// The name of a configuration in its file.
pub(crate) fn shown_label(configuration: &dyn Configuration) -> String {
    let label = configuration.label();
    corsac_diagnose::printable(if label.is_empty() { "(the whole file)" } else { label }).into_owned()
}
