//! `corsac explain FILE...`: reads captures, adds what the options say, and shows the diagnosis. One file that has a console's messages in
//! the place of a capture is read as `--console` reads it.

use std::fs::File;
use std::io::{self, Cursor, IsTerminal, Read, Write};
use std::time::Duration;

use corsac::browser::Verdict;
use encoding_rs_io::DecodeReaderBytesBuilder;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::table;
use crate::args::{Explain, Format, NetworkOptions};
use crate::failure::{Failure, Outcome as Ended, print_out};
use crate::input::{MESSAGE_LIMIT, is_stdin, shown_name};
use crate::script_options::script_request;
use corsac_diagnose::capture::{At, CapturedExchange, Captures, Note};
use corsac_diagnose::exchange::Hop;
use corsac_diagnose::{Outcome, PublicSuffixList, Shown, UrlCrate, captures_json, number, ready, rows, show_each};

/// From this many exchanges on, a table is easier to read than one diagram after the other.
const MANY: usize = 4;

/// Reads a text as one of a console. `None`: it has no message.
type ReadMessage = fn(&str, &Explain) -> Option<Result<Ended, Failure>>;

/// `pasted`: a text in the place of files. `as_message` gets a file that is not a capture.
pub(crate) fn run(explain: &Explain, pasted: Option<&str>, as_message: ReadMessage) -> Result<Ended, Failure> {
    let options =
        script_request(explain.origin.as_ref(), explain.method.as_ref(), &explain.headers, explain.credentials)
            .map_err(Failure::Message)?;
    explain.network.check().map_err(Failure::Message)?;
    let mut start = None;
    let captured = read(explain, pasted, &mut start);
    let message = || start.as_deref().and_then(|text| as_message(text, explain));
    let (exchanges, mut notes) = match captured {
        Ok(captured) => captured,
        Err(failure) => return message().unwrap_or(Err(failure)),
    };
    let mut ready = ready(exchanges, &options, explain.url.as_deref(), &UrlCrate, &mut notes);
    // A request without any response says less than a message about it.
    if !ready.iter().any(has_response)
        && let Some(ended) = message()
    {
        return ended;
    }
    let mut err = anstream::stderr();
    for note in &notes {
        let _ = writeln!(err, "{note}");
    }
    if let Some(entry) = explain.entry {
        ready.retain(|captured| number(captured) == entry);
        if ready.is_empty() {
            return Err(Failure::Message(format!("no exchange that can be explained begins at {entry}")));
        }
    }
    let shown = Shown { stacks: &explain.stacks, secrets: explain.show_secrets, suffixes: Some(&PublicSuffixList) };
    let network = &explain.network;
    let deliver = |exchange: &_| network.deliver(exchange);
    if explain.format == Format::Json {
        let worst = rows(&ready, &deliver).1;
        let outcome = Outcome::of(&ready, worst, &deliver, network.deployed);
        print_out(&captures_json(&ready, &notes, outcome, &deliver, shown.suffixes.map(|list| list as _)))?;
        return ended(outcome);
    }
    let (text, worst) =
        if ready.len() >= MANY { show_table(&ready, network) } else { show_each(&ready, shown, &deliver) };
    print_out(&text)?;
    ended(Outcome::of(&ready, worst, &deliver, network.deployed))
}

/// Whether a capture shows more than what was asked.
fn has_response(captured: &CapturedExchange) -> bool {
    let is_known = |hop: &Hop| hop.preflight.is_some() || hop.response.is_some() || hop.revalidated.is_some();
    captured.stopped.is_some() || captured.failed.is_some() || captured.exchange.hops.iter().any(is_known)
}

/// How the command ends.
fn ended(outcome: Outcome) -> Result<Ended, Failure> {
    match outcome {
        Outcome::Allowed => Ok(Ended::Fine),
        Outcome::Blocked => Ok(Ended::Problem),
        Outcome::Unknown => Err(Failure::AlreadyShown),
    }
}

/// Every exchange of every file, and notes about what could not be read. `whole` gets the text of a file that is the only one, if it is
/// as short as what a person copies from a console.
fn read(
    explain: &Explain,
    pasted: Option<&str>,
    whole: &mut Option<String>,
) -> Result<(Vec<CapturedExchange>, Vec<Note>), Failure> {
    let mut exchanges = Vec::new();
    let mut captures = Captures::default().with_suffixes(&PublicSuffixList);
    if let Some(text) = pasted {
        let on = &mut |captured| exchanges.push(captured);
        captures.read("the text", text.as_bytes(), on).map_err(Failure::Message)?;
        let notes = captures.finish(on);
        return Ok((exchanges, notes));
    }
    let standard = [std::ffi::OsString::from("-")];
    let files = if explain.files.is_empty() { &standard } else { explain.files.as_slice() };
    for file in files {
        let name = shown_name(file);
        let on = &mut |captured| exchanges.push(captured);
        let mut keep = |from: &mut dyn Read| -> io::Result<Vec<u8>> {
            let mut start = Vec::new();
            if files.len() == 1 {
                from.take(MESSAGE_LIMIT + 1).read_to_end(&mut start)?;
                let is_whole = u64::try_from(start.len()).is_ok_and(|len| len <= MESSAGE_LIMIT);
                *whole = is_whole.then(|| String::from_utf8_lossy(&start).into_owned());
            }
            Ok(start)
        };
        let cannot = |error| Failure::because(format_args!("cannot read {name}"), error);
        if is_stdin(file) {
            if io::stdin().is_terminal() {
                let _ = writeln!(anstream::stderr(), "reading a capture from standard input, up to its end (Ctrl-D)");
            }
            let mut from = decoded(io::stdin().lock());
            let start = keep(&mut from).map_err(cannot)?;
            captures.read(&name, Cursor::new(start).chain(from), on).map_err(Failure::Message)?;
        } else {
            let opened = File::open(file).and_then(|opened| opened.metadata().map(|facts| (opened, facts.len())));
            let (opened, length) = opened.map_err(cannot)?;
            let bar = progress(length);
            let mut from = decoded(bar.wrap_read(opened));
            let start = keep(&mut from).map_err(cannot)?;
            let read = captures.read(&name, Cursor::new(start).chain(from), on);
            bar.finish_and_clear();
            match refused_by_page(&captures, &name, explain, &exchanges) {
                Some(refused) => exchanges.push(refused),
                None => read.map_err(Failure::Message)?,
            }
        }
    }
    let notes = captures.finish(&mut |captured| exchanges.push(captured));
    Ok((exchanges, notes))
}

/// The request to `--url`, if no file has it, and a page forbids it.
fn refused_by_page(
    captures: &Captures,
    name: &str,
    explain: &Explain,
    known: &[CapturedExchange],
) -> Option<CapturedExchange> {
    let url = explain.url.as_deref()?;
    let is_known = known.iter().any(|captured| captured.exchange.request.url.as_deref() == Some(url.as_bytes()));
    captures.refused_by_page(name, url).filter(|_| !is_known)
}

/// The bytes of a file as UTF-8, if it begins with a byte order mark: Windows PowerShell redirects output as UTF-16.
fn decoded(from: impl Read) -> impl Read {
    DecodeReaderBytesBuilder::new().utf8_passthru(true).strip_bom(true).bom_override(true).build(from)
}

/// A progress bar on standard error, if that is a terminal and the file is large.
fn progress(length: u64) -> ProgressBar {
    const LARGE: u64 = 8 << 20;
    if length < LARGE || !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::with_draw_target(Some(length), ProgressDrawTarget::stderr());
    let style = ProgressStyle::with_template("reading {bytes} of {total_bytes} [{bar:40}] {eta}");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}

fn show_table(ready: &[CapturedExchange], network: &NetworkOptions) -> (String, Option<Verdict>) {
    let (rows, worst) = rows(ready, &|exchange| network.deliver(exchange));
    let is_har = ready.iter().all(|captured| matches!(captured.place.at, At::Entry(_)));
    let mut text = table::draw(&rows, if is_har { "entry" } else { "line" });
    if let Some(first) = rows.first() {
        text.push_str(&format!("\n--entry {} shows the first of them in full\n", first.number));
    }
    (text, worst)
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::decoded;

    #[test]
    fn reads_what_powershell_wrote_as_utf_16() {
        let text = "HTTP/1.1 200 OK\r\nAccess-Control-Allow-Origin: *\r\n\r\n";
        let mut bytes = vec![0xFF, 0xFE];
        bytes.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
        let mut read = String::new();
        decoded(&bytes[..]).read_to_string(&mut read).unwrap();
        assert_eq!(read, text);
    }
}
