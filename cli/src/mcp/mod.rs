//! `corsac mcp`: the diagnosis as tools of a Model Context Protocol server, for coding assistants. Messages come from standard input, one a
//! line, and what they ask for goes to standard output. A tool takes texts and never opens a file.

mod arguments;
mod check;
mod eval;
mod explain;
mod message;
mod output;
mod probe;
mod rate;
mod tools;

use std::io::{self, BufReader, IsTerminal, Write};

use crate::args::Mcp;
use crate::failure::{Failure, Outcome, written};
use crate::jsonl::next_line;
use crate::probe::listed::Listed;
use tools::Tools;

/// The longest line: room for a text of the longest size, written with six bytes for each of its own, and for what is around it.
const LINE_LIMIT: usize = 512 * 1024;

pub(crate) fn run(mcp: &Mcp) -> Result<Outcome, Failure> {
    let listed = Listed::parse(mcp.probe.iter().map(String::as_str)).map_err(Failure::Message)?;
    if io::stdin().is_terminal() {
        let _ = writeln!(
            anstream::stderr(),
            "reading messages of the Model Context Protocol from standard input: an assistant starts this program, see corsac mcp --help"
        );
    }
    let mut tools = Tools::new(listed);
    let mut lines = BufReader::with_capacity(1 << 16, io::stdin().lock());
    let mut line = Vec::new();
    let mut out = io::stdout().lock();
    loop {
        let read = next_line(&mut lines, &mut line, LINE_LIMIT)
            .map_err(|error| Failure::because("cannot read standard input", error))?;
        let Some(fits) = read else { return Ok(Outcome::Fine) };
        let response = if fits { message::respond(&line, &mut tools) } else { Some(message::too_long(LINE_LIMIT)) };
        let Some(response) = response else { continue };
        let sent = out.write_all(response.as_bytes()).and_then(|()| out.write_all(b"\n")).and_then(|()| out.flush());
        if sent.as_ref().is_err_and(|error| error.kind() == io::ErrorKind::BrokenPipe) {
            return Ok(Outcome::Fine);
        }
        written(sent)?;
    }
}
