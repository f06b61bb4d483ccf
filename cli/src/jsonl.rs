//! `corsac eval --jsonl`: a stream of requests in, a stream of decisions out, in constant memory.

use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};

use corsac::{Decision, Policy, Request};

use crate::failure::{Answer, Failure, written};
use crate::json_text::{write_bytes, write_text};
use crate::jsonl_request::LineRequest;

/// The longest line that is read, in bytes; a longer one is a bad line.
const LINE_LIMIT: usize = 16 << 20;

pub(crate) fn run(policy: &Policy<Vec<u8>>) -> Result<Answer, Failure> {
    let mut out = BufWriter::with_capacity(1 << 16, io::stdout().lock());
    let mut lines = BufReader::with_capacity(1 << 16, io::stdin().lock());
    let (mut line, mut request) = (Vec::new(), LineRequest::default());
    let (mut number, mut bad) = (0_u64, false);
    loop {
        // Whoever waits for an answer before asking again gets it.
        let flushed = if lines.buffer().is_empty() { out.flush() } else { Ok(()) };
        if flushed.as_ref().is_err_and(|error| error.kind() == io::ErrorKind::BrokenPipe) {
            break;
        }
        written(flushed)?;
        let read =
            next_line(&mut lines, &mut line).map_err(|error| Failure::because("cannot read standard input", error))?;
        let Some(fits) = read else { break };
        number += 1;
        let result = match (fits, line.trim_ascii().is_empty()) {
            (true, true) => continue,
            (true, false) => request.read(&line),
            (false, _) => Err(format!("the line is longer than {LINE_LIMIT} bytes")),
        };
        let wrote = match result {
            Ok(()) => {
                let mut asked = Request::new(request.method());
                for (name, value) in request.headers() {
                    asked.header(name, value);
                }
                write_decision(&mut out, &policy.evaluate(&asked))
            }
            Err(error) => {
                bad = true;
                write_error(&mut out, &error, number)
            }
        };
        if wrote.as_ref().is_err_and(|error| error.kind() == io::ErrorKind::BrokenPipe) {
            break;
        }
        written(wrote)?;
    }
    written(out.flush())?;
    if bad { Err(Failure::Told) } else { Ok(Answer::Fine) }
}

/// Reads one line without its end. `None`: there is none; `Some(false)`: it was too long and is skipped.
fn next_line(from: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<Option<bool>> {
    line.clear();
    let limit = u64::try_from(LINE_LIMIT).unwrap_or(u64::MAX);
    let read = from.by_ref().take(limit + 1).read_until(b'\n', line)?;
    if line.last() == Some(&b'\n') {
        line.pop();
    } else if read > LINE_LIMIT {
        from.skip_until(b'\n')?;
        return Ok(Some(false));
    }
    Ok((read > 0).then_some(true))
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

fn write_error(out: &mut impl Write, error: &str, line: u64) -> io::Result<()> {
    out.write_all(b"{\"error\":")?;
    write_text(out, error)?;
    writeln!(out, ",\"line\":{line}}}")
}
