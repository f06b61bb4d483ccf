//! The tool `check`: the findings of a policy that the caller wrote.

use serde_json::{Map, Value};

use super::arguments::Check;
use super::output::Done;
use crate::check::PathPolicies;
use crate::finding_json;
use crate::findings::Findings;
use crate::input::checked_path;
use crate::policy_source::{Loaded, Unread, read};

/// How many findings are in a result. A caller that has fixed them checks again.
const FINDINGS: usize = 20;

/// How messages name the text.
pub(super) const NAME: &str = "policy";

pub(super) fn run(asked: &Check) -> Done {
    let path = asked.path.as_deref().map(|path| checked_path(path.as_ref())).transpose()?;
    let (report, policies) = match read(NAME, asked.policy.clone(), FINDINGS) {
        Ok(Loaded::File { report, policies, .. }) => (report, policies),
        Ok(Loaded::Image(policies)) => (Findings::keeping(FINDINGS), Some(policies)),
        Err(Unread::NotToml { report, .. }) => (report, None),
        Err(Unread::Because(message)) => return Err(message),
    };
    let mut object = findings(report)?;
    if let Some((path, policies)) = path.zip(policies.as_ref()) {
        let mut text = b"{\"\":0".to_vec();
        let wrote = PathPolicies::of(policies, path).write_json(&mut text);
        let read: Map<String, Value> = wrote
            .map_err(|error| error.to_string())
            .and_then(|()| serde_json::from_slice(&[&text, &b"}"[..]].concat()).map_err(|error| error.to_string()))?;
        object.extend(read.into_iter().filter(|(name, _)| !name.is_empty()));
    }
    Ok(object)
}

/// The findings as an object, as `corsac check --format json` writes them.
pub(super) fn findings(report: Findings) -> Done {
    let mut text = Vec::new();
    let wrote = finding_json::write(&mut text, NAME.as_bytes(), report);
    text.push(b'}');
    wrote.map_err(|error| error.to_string())?;
    serde_json::from_slice(&text).map_err(|error| error.to_string())
}
