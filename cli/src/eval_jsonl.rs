//! `corsac eval --jsonl`: requests in, decisions out.

use std::io::{self, Write};

use corsac::{Decision, PolicySet, Request};
use corsac_diagnose::json_text::write_bytes;

use crate::failure::{Failure, Outcome};
use crate::jsonl;
use crate::jsonl_request::LineRequest;

pub(crate) fn run(policies: &PolicySet<Vec<u8>>) -> Result<Outcome, Failure> {
    let mut request = LineRequest::default();
    jsonl::run(|line, out| {
        request.read(line)?;
        let mut asked = Request::new(request.method());
        for (name, value) in request.headers() {
            asked.header(name, value);
        }
        Ok(match policies.evaluate(&request.path(), &asked) {
            Some(decision) => write_decision(out, &decision),
            None => out.write_all(b"{\"untouched\":true}\n"),
        })
    })
}

fn write_decision(out: &mut impl Write, decision: &Decision<'_>) -> io::Result<()> {
    out.write_all(b"{\"class\":\"")?;
    out.write_all(decision.class().as_str().as_bytes())?;
    out.write_all(if decision.is_allowed() { &b"\",\"allowed\":true"[..] } else { &b"\",\"allowed\":false"[..] })?;
    match decision.denial() {
        Some(denial) => {
            out.write_all(b",\"denial\":{\"code\":\"")?;
            out.write_all(denial.code().as_str().as_bytes())?;
            out.write_all(b"\",\"bytes\":")?;
            write_bytes(out, denial.bytes())?;
            out.write_all(b"}")?;
        }
        None => out.write_all(b",\"denial\":null")?,
    }
    match decision.status() {
        Some(status) => write!(out, ",\"status\":{status},\"headers\":[")?,
        None => out.write_all(b",\"status\":null,\"headers\":[")?,
    }
    for (at, header) in decision.headers().enumerate() {
        out.write_all(if at > 0 { &b",[\""[..] } else { &b"[\""[..] })?;
        out.write_all(header.name.as_bytes())?;
        out.write_all(b"\",")?;
        write_bytes(out, header.value)?;
        out.write_all(b"]")?;
    }
    out.write_all(b"]}\n")
}
