//! Files in another product's words: which dialect they are in, and the configurations in them.

use crate::document;
use crate::{ALL, Configuration, Dialect, Reading, Version, dialect, recognise};

/// What the options say about a file.
///
/// ```
/// use corsac_dialects::commands::{Chosen, Given};
/// let chosen = Chosen { from: Some("kong"), version: Some("latest"), only: None };
/// let given = Given { name: "kong.yaml", text: "origins: ['*']", chosen };
/// let error = given.only_one().err();
/// assert_eq!(error.as_deref(), Some("\"latest\" is not a version: write numbers, such as 3.9.1"));
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Chosen<'o> {
    /// `--from`: the dialect.
    pub from: Option<&'o str>,
    /// `--product-version`.
    pub version: Option<&'o str>,
    /// `--only`: which of several configurations.
    pub only: Option<&'o str>,
}

/// A file as a command is given it.
///
/// ```
/// use corsac_dialects::commands::{Chosen, Given};
/// let text = "plugins: [{name: cors, config: {origins: ['*']}}, {name: cors, config: {origins: ['*']}}]";
/// let given = Given { name: "kong.yaml", text, chosen: Chosen::default() };
/// assert!(given.only_one().is_err());
/// let chosen = Chosen { only: Some("plugins[1]"), ..Chosen::default() };
/// let (dialect, configuration) = Given { chosen, ..given }.only_one()?;
/// assert_eq!((dialect.name(), configuration.label()), ("kong", "plugins[1]"));
///
/// let policy = Given { name: "cors.toml", text: "allow_origins = ['*']", ..given };
/// assert!(policy.only_one_or_policy()?.is_none());
/// # Ok::<(), String>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Given<'g> {
    /// Its name as messages show it.
    pub name: &'g str,
    /// Its text: see [`text_of`].
    pub text: &'g str,
    /// What the options say about it.
    pub chosen: Chosen<'g>,
}

/// A configuration, and the dialect that it is in.
///
/// ```
/// use corsac_dialects::commands::{Chosen, Found, Given};
/// let text = "plugins: [{name: cors, config: {origins: ['*']}}]";
/// let given = Given { name: "kong.yaml", text, chosen: Chosen::default() };
/// let (dialect, _): Found = given.only_one()?;
/// assert_eq!(dialect.name(), "kong");
/// # Ok::<(), String>(())
/// ```
pub type Found = (&'static dyn Dialect, Box<dyn Configuration>);

/// The dialect with this name.
///
/// # Errors
/// A sentence with the names of all dialects.
///
/// ```
/// use corsac_dialects::commands::named;
/// assert!(named("express").is_ok());
/// assert!(named("iis").is_err_and(|error| error.starts_with("\"iis\" is not a dialect: write one of kong, ")));
/// ```
pub fn named(name: &str) -> Result<&'static dyn Dialect, String> {
    dialect(name).ok_or_else(|| {
        let name = corsac::Escaped(name.as_bytes());
        format!("\"{name}\" is not a dialect: write one of {}", known())
    })
}

/// The text of a file. `name` is for messages.
///
/// # Errors
/// A sentence with the line that is not UTF-8.
///
/// ```
/// use corsac_dialects::commands::text_of;
/// assert_eq!(text_of(b"\xEF\xBB\xBFa: 1".to_vec(), "a.yaml")?, "a: 1");
/// let error = text_of(b"a: 1\n\xFF".to_vec(), "a.yaml").unwrap_err();
/// assert_eq!(error, "a.yaml: not UTF-8 text: line 2 holds a byte that is not UTF-8");
/// # Ok::<(), String>(())
/// ```
pub fn text_of(bytes: Vec<u8>, name: &str) -> Result<String, String> {
    let mut text = String::from_utf8(bytes).map_err(|error| {
        let line = 1 + error.as_bytes().iter().take(error.utf8_error().valid_up_to()).filter(|&&b| b == b'\n').count();
        format!("{name}: not UTF-8 text: line {line} holds a byte that is not UTF-8")
    })?;
    // Editors do not show a byte order mark, so columns do not count it.
    if text.starts_with('\u{FEFF}') {
        text.remove(0);
    }
    Ok(text)
}

impl Given<'_> {
    /// The only configuration, or the one that `--only` names.
    ///
    /// # Errors
    /// A sentence: the file cannot be read, has none, or has several.
    pub fn only_one(&self) -> Result<Found, String> {
        let found = self.configurations()?;
        self.choose(found)
    }

    /// The same, and `None` if no dialect is named and the text is not in one that is known by its shape.
    ///
    /// # Errors
    /// As [`only_one`](Self::only_one).
    pub fn only_one_or_policy(&self) -> Result<Option<Found>, String> {
        let found = self.try_configurations()?;
        if found.is_empty() { Ok(None) } else { self.choose(found).map(Some) }
    }

    /// Every configuration. With `--from`, there is at least one.
    fn configurations(&self) -> Result<Vec<Found>, String> {
        let documents = document::read(self.text).map_err(|error| format!("{}: {error}", self.name))?;
        let Some(from) = self.chosen.from else { return Ok(documents.iter().flat_map(recognise).collect()) };
        let dialect = named(from)?;
        if !dialect.is_read() {
            return Err(format!("the dialect {from} is only written: ask the running server with corsac verify"));
        }
        let version = match self.chosen.version {
            Some(version) => Some(Version::parse(version).ok_or_else(|| {
                let version = corsac::Escaped(version.as_bytes());
                format!("\"{version}\" is not a version: write numbers, such as 3.9.1")
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
            let name = self.name;
            return Err(format!("{name}: no CORS configuration of the dialect {from}: {}", dialect.about()));
        }
        Ok(found)
    }

    /// Every configuration. Without `--from`, a text that is not in a known dialect has none.
    pub(super) fn try_configurations(&self) -> Result<Vec<Found>, String> {
        if self.chosen.from.is_some() {
            return self.configurations();
        }
        let name = self.name;
        let is_known_by_name = [".yaml", ".yml", ".json", ".tf"].iter().any(|end| name.ends_with(end));
        let documents = document::read(self.text);
        // A policy file is TOML, which is not YAML. What is wrong in such a file is its own reader's to say.
        if documents.is_err() && is_known_by_name {
            return self.configurations();
        }
        let found: Vec<Found> = documents.iter().flatten().flat_map(recognise).collect();
        if found.is_empty() && name.ends_with(".tf") {
            return Err(format!(
                "{name}: no resource with CORS is written in this file. If modules make it, write the plan: run terraform plan -out plan.out, \
                 then terraform show -json plan.out > plan.json, and check plan.json"
            ));
        }
        if found.is_empty() && is_known_by_name {
            return Err(format!(
                "{name}: no CORS configuration that is known by its shape: name the dialect with --from ({})",
                known()
            ));
        }
        Ok(found)
    }

    /// The only one of some, or the one that `--only` names.
    pub(super) fn choose(&self, mut found: Vec<Found>) -> Result<Found, String> {
        let name = self.name;
        let all: Vec<String> = found.iter().map(|(_, configuration)| shown_label(&**configuration)).collect();
        if let Some(only) = self.chosen.only {
            found.retain(|(_, configuration)| configuration.label() == only);
        }
        let count = found.len();
        match (found.pop(), count) {
            (Some(one), 1) => Ok(one),
            (None, _) if all.is_empty() => {
                Err(format!("{name}: no CORS configuration that is known by its shape: name the dialect with --from"))
            }
            _ => Err(format!("{name}: {} configurations: choose one with --only: {}", all.len(), all.join(", "))),
        }
    }
}

/// The name of a configuration in its file.
pub(super) fn shown_label(configuration: &dyn Configuration) -> String {
    let label = configuration.label();
    corsac_diagnose::printable(if label.is_empty() { "(the whole file)" } else { label }).into_owned()
}

fn known() -> String {
    ALL.map(|dialect| dialect.name()).join(", ")
}
