//! Captures: the output of `curl -v`, heads from developer tools, HAR files.

use corsac::browser::{Credentials, Verdict};
use corsac_diagnose::capture::{CapturedExchange, Captures};
use corsac_diagnose::{Deliveries, Diagnosis, Row, Shown, number, ready, rows, show_each, with, write_line};
use serde::{Deserialize, Serialize};

use crate::boundary::respond;
use crate::options::{Network, Script, Shape};
use crate::urls::RuntimeUrls;

/// From this many exchanges on, a list is easier to read than one diagram after the other.
const MANY: usize = 4;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Options {
    /// What follows the options, one after the other.
    files: Vec<CapturedFile>,
    request: Script,
    entry: Option<u64>,
    network: Network,
    shape: Shape,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CapturedFile {
    name: String,
    len: usize,
}

#[derive(Serialize)]
struct Explained {
    text: String,
    notes: Vec<String>,
    exchanges: Vec<Line>,
    /// As the exit code of the command line: 0 allowed, 1 blocked, 2 unknown.
    outcome: u8,
}

#[derive(Serialize)]
struct Line {
    place: String,
    number: u64,
    /// What `corsac explain --jsonl` prints. `None`: something else than CORS stopped the request, and `code` names it.
    json: Option<String>,
    stopped: Option<&'static str>,
}

/// Explains captures.
#[unsafe(no_mangle)]
extern "C" fn capture(options_len: usize) -> usize {
    respond(options_len, |options: Options, body| explain(&options, body))
}

fn explain(options: &Options, mut body: &[u8]) -> Result<Explained, String> {
    let stacks = options.shape.stacks()?;
    let surroundings = options.network.surroundings()?;
    let request = options.request.request()?;
    let url = options.request.url.as_deref();
    let mut exchanges: Vec<CapturedExchange> = Vec::new();
    let mut captures = Captures::new(&RuntimeUrls);
    for file in &options.files {
        let (bytes, rest) = body.split_at_checked(file.len).ok_or("a file is longer than the room")?;
        body = rest;
        let read = captures.read(&file.name, bytes, &mut |captured| exchanges.push(captured));
        let is_known =
            |url: &str| exchanges.iter().any(|known| known.exchange.request.url.as_deref() == Some(url.as_bytes()));
        match url.filter(|url| !is_known(url)).and_then(|url| captures.refused_by_page(&file.name, url)) {
            Some(refused) => exchanges.push(refused),
            None => read?,
        }
    }
    let mut notes = captures.finish(&mut |captured| exchanges.push(captured));
    let mut ready = ready(exchanges, &request, url, &RuntimeUrls, &mut notes);
    if let Some(entry) = options.entry {
        ready.retain(|captured| number(captured) == entry);
        if ready.is_empty() {
            return Err(format!("no exchange that can be explained begins at {entry}"));
        }
    }
    let deliver = |exchange: &_| surroundings.deliver(exchange);
    let shown = Shown { stacks: &stacks, secrets: options.shape.secrets, suffixes: None };
    let (text, worst) = if ready.len() >= MANY {
        let (rows, worst) = rows(&ready, &deliver);
        (draw_rows(&rows), worst)
    } else {
        show_each(&ready, shown, &deliver)
    };
    let is_refused = ready.iter().any(|captured| deliver(&captured.exchange).are_refused(surroundings.deployed));
    let outcome = match worst {
        Some(_) if is_refused => 1,
        Some(Verdict::Allowed | Verdict::Opaque) => 0,
        Some(Verdict::Blocked | Verdict::Throws) => 1,
        _ => 2,
    };
    Ok(Explained {
        text: options.shape.text(text),
        notes: notes.iter().map(|note| format!("{}: {}", note.place, note.message)).collect(),
        exchanges: ready.iter().map(|captured| line(captured, &deliver(&captured.exchange))).collect(),
        outcome,
    })
}

/// A list of rows in columns. The first is the worst.
fn draw_rows(rows: &[Row]) -> String {
    let lines: Vec<[String; 5]> =
        std::iter::once(Row::HEADINGS.map(str::to_owned)).chain(rows.iter().map(Row::cells)).collect();
    let widths: Vec<usize> =
        (0..5).map(|cell| lines.iter().map(|line| line[cell].chars().count()).max().unwrap_or(0)).collect();
    let mut text = String::new();
    for line in &lines {
        let padded = line.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}"));
        text.push_str(padded.collect::<Vec<_>>().join("  ").trim_end());
        text.push('\n');
    }
    if let Some(first) = rows.first() {
        text.push_str(&format!("\n--entry {} shows the first of them in full\n", first.number));
    }
    text
}

fn line(captured: &CapturedExchange, deliveries: &Deliveries) -> Line {
    let stopped = captured.stopped.as_ref();
    let json = stopped.is_none().then(|| {
        with(&captured.exchange, Credentials::SameOrigin, |exchange| {
            let mut out = Vec::new();
            // A vector takes everything, and the output is ASCII.
            let _ = write_line(&mut out, &Diagnosis::of(exchange), deliveries, &[], None);
            String::from_utf8(out).unwrap_or_default()
        })
    });
    Line {
        place: captured.place.to_string(),
        number: number(captured),
        json,
        stopped: stopped.map(|neighbour| neighbour.code),
    }
}
