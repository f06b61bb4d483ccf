//! Reads lines of JSON and writes a line of JSON for each, in constant memory: the loop behind every `--jsonl`.

use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};

use corsac_diagnose::json_text::write_text;

use crate::failure::{Failure, Outcome, written};

/// The longest line that is read, in bytes. A longer one is reported as a bad line.
const LINE_LIMIT: usize = 16 << 20;

/// Where the output goes.
pub(crate) type Out<'o> = BufWriter<io::StdoutLock<'o>>;

/// Calls `respond` for every line of standard input. For a line that it cannot read, it returns a sentence and writes nothing.
pub(crate) fn run(
    mut respond: impl FnMut(&[u8], &mut Out<'_>) -> Result<io::Result<()>, String>,
) -> Result<Outcome, Failure> {
    let mut out = BufWriter::with_capacity(1 << 16, io::stdout().lock());
    let mut lines = BufReader::with_capacity(1 << 16, io::stdin().lock());
    let mut line = Vec::new();
    let (mut number, mut bad) = (0_u64, false);
    loop {
        // A program that waits for a line of output before it sends the next line gets it.
        let flushed = if lines.buffer().is_empty() { out.flush() } else { Ok(()) };
        if flushed.as_ref().is_err_and(|error| error.kind() == io::ErrorKind::BrokenPipe) {
            break;
        }
        written(flushed)?;
        let read = next_line(&mut lines, &mut line, LINE_LIMIT)
            .map_err(|error| Failure::because("cannot read standard input", error))?;
        let Some(fits) = read else { break };
        number += 1;
        let result = match (fits, line.trim_ascii().is_empty()) {
            (true, true) => continue,
            (true, false) => respond(&line, &mut out),
            (false, _) => Err(format!("the line is longer than {LINE_LIMIT} bytes")),
        };
        let wrote = result.unwrap_or_else(|error| {
            bad = true;
            write_error(&mut out, &error, number)
        });
        if wrote.as_ref().is_err_and(|error| error.kind() == io::ErrorKind::BrokenPipe) {
            break;
        }
        written(wrote)?;
    }
    written(out.flush())?;
    if bad { Err(Failure::AlreadyShown) } else { Ok(Outcome::Fine) }
}

/// Reads one line without its end. `None`: the input has ended. `Some(false)`: the line was longer than `limit` and is skipped.
pub(crate) fn next_line(from: &mut impl BufRead, line: &mut Vec<u8>, limit: usize) -> io::Result<Option<bool>> {
    line.clear();
    let most = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    let read = from.by_ref().take(most).read_until(b'\n', line)?;
    if line.last() == Some(&b'\n') {
        line.pop();
    } else if read > limit {
        from.skip_until(b'\n')?;
        return Ok(Some(false));
    }
    Ok((read > 0).then_some(true))
}

fn write_error(out: &mut impl Write, error: &str, line: u64) -> io::Result<()> {
    out.write_all(b"{\"error\":")?;
    write_text(out, error)?;
    writeln!(out, ",\"line\":{line}}}")
}
