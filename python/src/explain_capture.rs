//! Captures and HAR files explained, for Python.

use corsac::browser::AddressSpace;
use corsac_diagnose::capture::{CapturedExchange, Captures};
use corsac_diagnose::{
    Outcome, PublicSuffixList, Shown, Stack, Surroundings, UrlCrate, captures_json, drawn_rows, number, ready, rows,
    script_request, show_each, without_styles,
};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::explain_text::stack_named;

/// From this many exchanges on, a list is easier to read than one diagram after the other.
const MANY: usize = 4;

/// The exchanges of a capture as JSON, and the same as text for people.
#[pyfunction]
#[pyo3(
    name = "_read_capture",
    signature = (data, name, stacks, origin, url, method, headers, credentials, entry, page_space, deployed, show_secrets, /)
)]
#[expect(clippy::too_many_arguments, reason = "what a person knows about a capture, by name")]
pub(crate) fn read_capture(
    py: Python<'_>,
    data: &[u8],
    name: &str,
    stacks: Vec<String>,
    origin: Option<&str>,
    url: Option<&str>,
    method: Option<&str>,
    headers: Vec<String>,
    credentials: bool,
    entry: Option<u64>,
    page_space: Option<&str>,
    deployed: bool,
    show_secrets: bool,
) -> PyResult<(String, String)> {
    let stacks: Vec<Stack> = stacks.iter().map(|name| stack_named(name)).collect::<PyResult<_>>()?;
    let lines: Vec<&[u8]> = headers.iter().map(String::as_bytes).collect();
    let bytes = |text: Option<&str>| text.map(|text| text.as_bytes().to_vec());
    let request = script_request(bytes(origin).as_deref(), bytes(method).as_deref(), &lines, credentials)
        .map_err(PyValueError::new_err)?;
    let space = |name: &str| {
        let shown = corsac::Escaped(name.as_bytes().get(..40).unwrap_or(name.as_bytes()));
        let unknown = || PyValueError::new_err(format!("page_space is \"{shown}\": write public, local or loopback"));
        AddressSpace::parse(name).ok_or_else(unknown)
    };
    let page_space = page_space.map(space).transpose()?;
    let surroundings = Surroundings { page_space, deployed, ..Surroundings::default() };
    let explain = || -> Result<(String, String), String> {
        let mut exchanges: Vec<CapturedExchange> = Vec::new();
        let mut captures = Captures::default().with_suffixes(&PublicSuffixList);
        let read = captures.read(name, data, &mut |captured| exchanges.push(captured));
        let is_known =
            |url: &str| exchanges.iter().any(|known| known.exchange.request.url.as_deref() == Some(url.as_bytes()));
        match url.filter(|url| !is_known(url)).and_then(|url| captures.refused_by_page(name, url)) {
            Some(refused) => exchanges.push(refused),
            None => read?,
        }
        let mut notes = captures.finish(&mut |captured| exchanges.push(captured));
        let mut ready = ready(exchanges, &request, url, &UrlCrate, &mut notes);
        if let Some(entry) = entry {
            ready.retain(|captured| number(captured) == entry);
            if ready.is_empty() {
                return Err(format!("no exchange that can be explained begins at {entry}"));
            }
        }
        let deliver = |exchange: &_| surroundings.deliver(exchange);
        let shown = Shown { stacks: &stacks, secrets: show_secrets, suffixes: Some(&PublicSuffixList) };
        let (text, worst) = if ready.len() >= MANY {
            let (rows, worst) = rows(&ready, &deliver);
            (drawn_rows(&rows), worst)
        } else {
            show_each(&ready, shown, &deliver)
        };
        let outcome = Outcome::of(&ready, worst, &deliver, deployed);
        let json = captures_json(&ready, &notes, outcome, &deliver, Some(&PublicSuffixList));
        Ok((json, without_styles(&text)))
    };
    py.detach(explain).map_err(PyValueError::new_err)
}
