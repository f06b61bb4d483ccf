//! The arguments of the tools, read strictly: an unknown name or another type is an error that says what is wanted.

use std::ffi::OsString;

use corsac_diagnose::{Stack, printable};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::args::{NetworkOptions, PageSpace};

/// The most bytes of all arguments together: an assistant that has more cuts out what matters.
pub(super) const ARGUMENTS_LIMIT: usize = 64 * 1024;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Explain {
    pub(super) text: String,
    pub(super) origin: Option<String>,
    pub(super) url: Option<String>,
    pub(super) method: Option<String>,
    #[serde(default)]
    pub(super) headers: Vec<String>,
    #[serde(default)]
    pub(super) credentials: bool,
    #[serde(default)]
    pub(super) deployed: bool,
    #[serde(default)]
    pub(super) stacks: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Check {
    pub(super) policy: String,
    pub(super) path: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Eval {
    pub(super) policy: String,
    pub(super) origin: String,
    pub(super) method: Option<String>,
    #[serde(default)]
    pub(super) headers: Vec<String>,
    #[serde(default)]
    pub(super) credentials: bool,
    pub(super) path: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Probe {
    pub(super) url: String,
    pub(super) origin: String,
    pub(super) method: Option<String>,
    #[serde(default)]
    pub(super) headers: Vec<String>,
    #[serde(default)]
    pub(super) credentials: bool,
    #[serde(default)]
    pub(super) deployed: bool,
    #[serde(default)]
    pub(super) stacks: Vec<String>,
}

/// Reads the arguments of a tool. The error is a sentence.
pub(super) fn read<T: DeserializeOwned>(arguments: Map<String, Value>) -> Result<T, String> {
    let arguments = Value::Object(arguments);
    let length = length(&arguments);
    if length > ARGUMENTS_LIMIT {
        return Err(format!(
            "the arguments have {length} bytes, and at most {ARGUMENTS_LIMIT} are read: pass the part that shows the request, its preflight and their responses"
        ));
    }
    serde_json::from_value(arguments).map_err(|error| printable(&error.to_string()).into_owned())
}

/// The bytes of all texts.
fn length(value: &Value) -> usize {
    match value {
        Value::String(text) => text.len(),
        Value::Array(items) => items.iter().map(length).sum(),
        Value::Object(members) => members.iter().map(|(name, value)| name.len() + length(value)).sum(),
        _ => 1,
    }
}

/// The stacks by their names.
pub(super) fn stacks(names: &[String]) -> Result<Vec<Stack>, String> {
    let named = |name: &String| {
        let known = || Stack::ALL.map(Stack::name).join(", ");
        let shown: String = name.chars().take(40).collect();
        Stack::named(name)
            .ok_or_else(|| format!("\"{}\" is not a known stack: write one of {}", printable(&shown), known()))
    };
    names.iter().map(named).collect()
}

/// Where the page is.
pub(super) fn network(deployed: bool) -> NetworkOptions {
    NetworkOptions { page_space: None::<PageSpace>, as_url: None, deployed }
}

pub(super) fn os(texts: &[String]) -> Vec<OsString> {
    texts.iter().map(OsString::from).collect()
}
