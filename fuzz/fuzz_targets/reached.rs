//! Which code of the browser model an exchange reaches, for a generator that looks for what is not reached yet: `tests/browsers`.
//!
//! This is not a target. It reads lines of `corsac explain --jsonl`, and writes for each of them an array of numbers: the edges of the
//! compiled code. The numbers are those of this build.

use std::io::{self, BufRead, Write};

use corsac::browser::Credentials;
use corsac_diagnose::{CapturedRequest, UrlCrate, deliver, later_preflights, read_resolved, with};
use corsac_fuzz::{edges_of, say_everything};
// It has the functions that instrumented code calls.
use libfuzzer_sys as _;

fn main() -> io::Result<()> {
    let mut out = io::stdout().lock();
    for line in io::stdin().lock().lines() {
        let line = line?;
        let CapturedRequest { exchange, then, .. } =
            read_resolved(line.as_bytes(), &UrlCrate).map_err(|error| io::Error::other(format!("{error}: {line}")))?;
        let edges = with(&exchange, Credentials::SameOrigin, |lent| {
            edges_of(|| {
                say_everything(lent);
                let _ = later_preflights(&lent, &then);
                let _ = deliver(&exchange);
            })
        });
        writeln!(out, "{edges:?}")?;
        out.flush()?;
    }
    Ok(())
}
