//! Captures: the output of `curl -v`, heads from developer tools, HAR files.

use corsac_diagnose::capture::{CapturedExchange, Captures};
use corsac_diagnose::{Deliveries, Outcome, Shown, captured_json, drawn_rows, number, ready, rows, show_each};
use serde::Serialize;

use crate::boundary::respond;
use crate::fields::Fields;
use crate::options::{Network, Script, Shape};
use crate::urls::RuntimeUrls;

/// From this many exchanges on, a list is easier to read than one diagram after the other.
const MANY: usize = 4;

struct Options {
    /// What follows the options, one after the other.
    files: Vec<CapturedFile>,
    request: Script,
    entry: Option<u64>,
    network: Network,
    shape: Shape,
}

impl Options {
    fn read(mut fields: Fields) -> Result<Self, String> {
        let options = Self {
            files: fields.objects("files")?.into_iter().map(CapturedFile::read).collect::<Result<_, _>>()?,
            request: Script::take(&mut fields)?,
            entry: fields.number("entry")?,
            network: Network::take(&mut fields)?,
            shape: Shape::take(&mut fields)?,
        };
        fields.end().map(|()| options)
    }
}

struct CapturedFile {
    name: String,
    len: usize,
}

impl CapturedFile {
    fn read(mut fields: Fields) -> Result<Self, String> {
        let len = fields.number("len")?.and_then(|len| usize::try_from(len).ok()).ok_or("a file has no length")?;
        Ok(Self { name: fields.text("name")?.unwrap_or_default(), len })
    }
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
    respond(options_len, |fields, body| explain(&Options::read(fields)?, body))
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
        (drawn_rows(&rows), worst)
    } else {
        show_each(&ready, shown, &deliver)
    };
    let outcome = match Outcome::of(&ready, worst, &deliver, surroundings.deployed) {
        Outcome::Allowed => 0,
        Outcome::Blocked => 1,
        Outcome::Unknown => 2,
    };
    Ok(Explained {
        text: options.shape.text(text),
        notes: notes.iter().map(ToString::to_string).collect(),
        exchanges: ready.iter().map(|captured| line(captured, &deliver(&captured.exchange))).collect(),
        outcome,
    })
}

fn line(captured: &CapturedExchange, deliveries: &Deliveries) -> Line {
    Line {
        place: captured.place.to_string(),
        number: number(captured),
        json: captured_json(captured, deliveries, None),
        stopped: captured.stopped.as_ref().map(|neighbour| neighbour.code),
    }
}
