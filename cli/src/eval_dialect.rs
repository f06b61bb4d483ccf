//! `corsac eval FILE --from DIALECT --jsonl`: requests in, what the product sends out.

use std::ffi::OsStr;
use std::io::{self, Write};

use corsac_diagnose::exchange::Headers;
use corsac_dialects::{Received, Sent, Upstream};
use serde::Deserialize;

use crate::dialect_file::{Chosen, only_one};
use crate::failure::{Failure, Outcome};
use crate::json_text::{write_bytes, write_text};
use crate::jsonl;

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

pub(crate) fn run(file: &OsStr, chosen: &Chosen<'_>) -> Result<Outcome, Failure> {
    let (_, (_, configuration)) = only_one(file, chosen)?;
    if let Some(why) = configuration.refused() {
        return Err(Failure::Message(why));
    }
    let mut is_uncertain = false;
    let outcome = jsonl::run(|line, out| {
        let (request, upstream) = read(line)?;
        let sent = configuration.respond(&request, &upstream);
        is_uncertain |= !sent.unknown.is_empty();
        Ok(write_sent(out, &sent))
    })?;
    if is_uncertain { Err(Failure::AlreadyShown) } else { Ok(outcome) }
}

fn read(line: &[u8]) -> Result<(Received, Upstream), String> {
    // The line number that serde_json counts is always 1.
    let line: Line =
        serde_json::from_slice(line).map_err(|error| error.to_string().replace(" at line 1 column ", " at column "))?;
    let request = Received { method: bytes(&line.method)?, headers: headers(&line.headers)? };
    let upstream = match line.upstream {
        Some(upstream) => Upstream { status: upstream.status, headers: headers(&upstream.headers)? },
        None => Upstream::default(),
    };
    Ok((request, upstream))
}

fn headers(list: &[(String, String)]) -> Result<Headers, String> {
    list.iter().map(|(name, value)| Ok((bytes(name)?, bytes(value)?))).collect()
}

fn bytes(text: &str) -> Result<Vec<u8>, String> {
    let byte = |c| u8::try_from(c).map_err(|_| "a code point above 255 is not a byte".to_owned());
    text.chars().map(byte).collect()
}

fn write_sent(out: &mut impl Write, sent: &Sent) -> io::Result<()> {
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
