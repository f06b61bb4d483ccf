//! `corsac eval FILE --from DIALECT --jsonl`: a request in, what the product sends out.

use std::io::{self, Write};

use corsac_diagnose::exchange::Headers;
use corsac_diagnose::json_text::{write_bytes, write_text};
use serde::Deserialize;

use super::file::Given;
use crate::{Configuration, Received, Sent, Upstream};

/// A configuration that responds to lines of JSON.
///
/// ```
/// use corsac_dialects::commands::{Chosen, Given, Simulator};
/// let text = "plugins: [{name: cors, config: {origins: ['https://a.example']}}]";
/// let simulator = Simulator::of(&Given { name: "kong.yaml", text, chosen: Chosen::default() })?;
/// let sent = simulator.respond(br#"{"method": "GET", "headers": [["Origin", "https://a.example"]]}"#)?;
/// assert!(sent.all("access-control-allow-origin").eq([b"https://a.example"]));
/// assert!(simulator.respond(b"{}").is_err());
/// # Ok::<(), String>(())
/// ```
#[derive(Debug)]
pub struct Simulator(Box<dyn Configuration>);

/// A line: a request, and what the application responds if it sees it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    method: String,
    headers: Vec<(String, String)>,
    #[serde(default)]
    upstream: Option<LineResponse>,
    /// These products decide by host and route, not by the path of a request.
    #[serde(default, rename = "path")]
    _path: Option<String>,
    #[serde(default, rename = "raw_path")]
    _raw_path: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LineResponse {
    status: u16,
    #[serde(default)]
    headers: Vec<(String, String)>,
}

impl Simulator {
    /// The simulator of the file's configuration.
    ///
    /// # Errors
    /// A sentence: there is not exactly one configuration, the options do not fit, or the product refuses the configuration.
    pub fn of(given: &Given<'_>) -> Result<Self, String> {
        let (_, configuration) = given.only_one()?;
        configuration.refused().map_or(Ok(Self(configuration)), Err)
    }

    /// What the product sends for a request that is a line of JSON. Write it with [`write_sent`].
    ///
    /// # Errors
    /// A sentence: the line cannot be read.
    pub fn respond(&self, line: &[u8]) -> Result<Sent, String> {
        // The line number that serde_json counts is always 1.
        let line: Line = serde_json::from_slice(line)
            .map_err(|error| error.to_string().replace(" at line 1 column ", " at column "))?;
        let request = Received { method: bytes(&line.method)?, headers: headers(&line.headers)? };
        let upstream = match line.upstream {
            Some(upstream) => Upstream { status: upstream.status, headers: headers(&upstream.headers)? },
            None => Upstream::default(),
        };
        Ok(self.0.respond(&request, &upstream))
    }
}

fn headers(list: &[(String, String)]) -> Result<Headers, String> {
    list.iter().map(|(name, value)| Ok((bytes(name)?, bytes(value)?))).collect()
}

fn bytes(text: &str) -> Result<Vec<u8>, String> {
    let byte = |c| u8::try_from(c).map_err(|_| "a code point above 255 is not a byte".to_owned());
    text.chars().map(byte).collect()
}

/// Writes what a product sends as a line of JSON.
///
/// # Errors
/// Those of `out`.
///
/// ```
/// use corsac_dialects::Sent;
/// use corsac_dialects::commands::write_sent;
/// let mut sent = Sent::by_product(204);
/// sent.add("Vary", "Origin");
/// let mut out = vec![];
/// write_sent(&mut out, &sent)?;
/// assert_eq!(out, b"{\"status\":204,\"headers\":[[\"Vary\",\"Origin\"]],\"reaches_upstream\":false,\"unknown\":[]}\n");
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn write_sent(out: &mut impl Write, sent: &Sent) -> io::Result<()> {
    write!(out, "{{\"status\":{},\"headers\":[", sent.status)?;
    for (at, (name, value)) in sent.headers.iter().enumerate() {
        out.write_all(if at > 0 { b",[" } else { b"[" })?;
        write_bytes(out, name)?;
        out.write_all(b",")?;
        write_bytes(out, value)?;
        out.write_all(b"]")?;
    }
    write!(out, "],\"reaches_upstream\":{},\"unknown\":[", sent.reaches_upstream)?;
    for (at, what) in sent.unknown.iter().enumerate() {
        if at > 0 {
            out.write_all(b",")?;
        }
        write_text(out, what)?;
    }
    out.write_all(b"]}\n")
}
