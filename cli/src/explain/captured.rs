//! `corsac explain FILE...`: reads captures, adds what the options say, and shows the diagnosis.

use std::fs::File;
use std::io::{self, IsTerminal, Read, Write};
use std::time::Duration;

use corsac::browser::{Credentials, Profile, Verdict};
use encoding_rs_io::DecodeReaderBytesBuilder;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use url::Url;

use super::table;
use crate::args::{Explain, NetworkOptions};
use crate::failure::{Failure, Outcome, print_out};
use crate::input::{is_stdin, shown_name};
use crate::probe::target;
use crate::script_options::script_request;
use corsac_diagnose::capture::{At, CapturedExchange, Captures, Note};
use corsac_diagnose::exchange::{Exchange, Response, ScriptRequest};
use corsac_diagnose::{
    Diagnosis, Failure as Fault, Shown, push_cors_headline, push_missing, push_others, push_report, resolve, with,
};

/// Takes the place of an unknown URL. No page has this origin.
const SOMEWHERE: &[u8] = b"https://server.invalid/";

const UNKNOWN_ORIGIN: &str = "the page's origin is not in the capture, and CORS depends on it: add it, such as \
                              --origin https://app.example.com";

const NO_ORIGIN_LINE: &str = "the request has no Origin header, and many servers send CORS headers only if it has one: capture it \
                              with curl -v -H 'Origin: ...' to be sure";

/// From this many exchanges on, a table is easier to read than one diagram after the other.
const MANY: usize = 4;

pub(crate) fn run(explain: &Explain) -> Result<Outcome, Failure> {
    let options =
        script_request(explain.origin.as_ref(), explain.method.as_ref(), &explain.headers, explain.credentials)
            .map_err(Failure::Message)?;
    explain.network.check().map_err(Failure::Message)?;
    let (mut exchanges, mut notes) = read(explain)?;
    let mut ready = Vec::with_capacity(exchanges.len());
    for mut captured in exchanges.drain(..) {
        let place = captured.place.clone();
        let mut note = |message: &str| notes.push(Note { place: place.clone(), message: message.to_owned() });
        let exchange = &mut captured.exchange;
        let has_origin = exchange.request.origin.is_some();
        fill(&mut exchange.request, &options, explain.url.as_deref());
        if exchange.request.origin.is_none() {
            note(UNKNOWN_ORIGIN);
            continue;
        }
        if exchange.request.url.is_none() && exchange.hops.first().is_none_or(|hop| hop.url.is_none()) {
            note("the URL is not in the capture, so another origin than the page's is assumed: add it with --url");
            exchange.request.url = Some(SOMEWHERE.to_vec());
        }
        if let Err(message) = resolve(exchange) {
            note(&message);
            continue;
        }
        if !has_origin && lacks_allow_origin(exchange) {
            note(NO_ORIGIN_LINE);
        }
        let origin = exchange.request.origin.as_deref().unwrap_or_default();
        if urls(exchange).all(|url| target::is_same_origin(origin, &url)) {
            note("the page and the URL have the same origin, so CORS does not apply");
        }
        ready.push(captured);
    }
    let mut err = anstream::stderr();
    for note in &notes {
        let _ = writeln!(err, "{}: {}", note.place, note.message);
    }
    if let Some(entry) = explain.entry {
        ready.retain(|captured| number(captured) == entry);
        if ready.is_empty() {
            return Err(Failure::Message(format!("no exchange that can be explained begins at {entry}")));
        }
    }
    let shown = Shown { stack: explain.stack, secrets: explain.show_secrets };
    let network = &explain.network;
    let (text, worst) =
        if ready.len() >= MANY { show_table(&ready, network) } else { show_each(&ready, shown, network) };
    print_out(&text)?;
    let is_refused = |captured: &CapturedExchange| network.deliver(&captured.exchange).are_refused(network.deployed);
    match worst {
        Some(_) if ready.iter().any(is_refused) => Ok(Outcome::Problem),
        Some(Verdict::Allowed | Verdict::Opaque) => Ok(Outcome::Fine),
        Some(Verdict::Blocked | Verdict::Throws) => Ok(Outcome::Problem),
        _ => Err(Failure::AlreadyShown),
    }
}

/// Every exchange of every file, and notes about what could not be read.
fn read(explain: &Explain) -> Result<(Vec<CapturedExchange>, Vec<Note>), Failure> {
    let mut exchanges = Vec::new();
    let mut captures = Captures::default();
    let standard = [std::ffi::OsString::from("-")];
    let files = if explain.files.is_empty() { &standard } else { explain.files.as_slice() };
    for file in files {
        let name = shown_name(file);
        let on = &mut |captured| exchanges.push(captured);
        if is_stdin(file) {
            if io::stdin().is_terminal() {
                let _ = writeln!(anstream::stderr(), "reading a capture from standard input, up to its end (Ctrl-D)");
            }
            captures.read(&name, decoded(io::stdin().lock()), on).map_err(Failure::Message)?;
        } else {
            let opened = File::open(file).and_then(|opened| opened.metadata().map(|facts| (opened, facts.len())));
            let (opened, length) =
                opened.map_err(|error| Failure::because(format_args!("cannot read {name}"), error))?;
            let bar = progress(length);
            captures.read(&name, decoded(bar.wrap_read(opened)), on).map_err(Failure::Message)?;
            bar.finish_and_clear();
        }
    }
    let notes = captures.finish(&mut |captured| exchanges.push(captured));
    Ok((exchanges, notes))
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

/// The options fill what the capture lacks.
fn fill(request: &mut ScriptRequest, options: &ScriptRequest, url: Option<&str>) {
    if request.origin.is_none() {
        request.origin.clone_from(&options.origin);
    }
    if request.method.is_none() {
        request.method.clone_from(&options.method);
    }
    if request.credentials.is_none() {
        request.credentials = options.credentials;
    }
    if request.url.is_none() {
        request.url = url.map(|url| url.as_bytes().to_vec());
    }
    for (name, value) in &options.headers {
        match request.headers.iter_mut().find(|(known, _)| known.eq_ignore_ascii_case(name)) {
            Some((_, known)) if known.is_none() => known.clone_from(value),
            Some(_) => {}
            None => request.headers.push((name.clone(), value.clone())),
        }
    }
}

/// The URLs of the request and of every hop.
fn urls(exchange: &Exchange) -> impl Iterator<Item = Url> {
    let urls = exchange.request.url.iter().chain(exchange.hops.iter().filter_map(|hop| hop.url.as_ref()));
    urls.filter_map(|url| Url::parse(str::from_utf8(url).ok()?).ok())
}

fn lacks_allow_origin(exchange: &Exchange) -> bool {
    let lacks = |response: &Response| {
        !response.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case(b"access-control-allow-origin"))
    };
    exchange.hops.iter().flat_map(|hop| [&hop.preflight, &hop.response]).flatten().any(lacks)
}

/// The number of the entry in a HAR, or of the line in a text.
fn number(captured: &CapturedExchange) -> u64 {
    match captured.place.at {
        At::Entry(number) | At::Line(number) => number,
        At::File => 0,
    }
}

/// Each exchange in full, one after the other, and the worst verdict of all.
fn show_each(ready: &[CapturedExchange], shown: Shown, network: &NetworkOptions) -> (String, Option<Verdict>) {
    let mut text = String::new();
    let mut worst = None;
    for (place, captured) in ready.iter().enumerate() {
        if place != 0 {
            text.push_str("\n────────────────────────────────────────────────────────────────────────\n\n");
        }
        if ready.len() > 1 {
            text.push_str(&format!("{}\n", captured.place));
        }
        worst = worse(worst, show_one(&mut text, captured, shown, network));
    }
    (text, worst)
}

/// One exchange in full. Unknown credentials are judged both ways, and shown without, because that is the default of `fetch()`.
fn show_one(text: &mut String, captured: &CapturedExchange, shown: Shown, network: &NetworkOptions) -> Verdict {
    let exchange = &captured.exchange;
    let deliveries = network.deliver(exchange);
    let deliveries = if captured.failed.is_some() { deliveries.at_most_likely() } else { deliveries };
    with(exchange, Credentials::SameOrigin, |without| {
        let diagnosis = Diagnosis::of(without);
        push_report(text, &diagnosis, &deliveries, &without, shown);
        if Profile::ALL.iter().any(|profile| diagnosis.judgements.get(*profile).verdict == Verdict::Incomplete) {
            push_missing(text, captured, shown.secrets);
        }
        if exchange.request.credentials.is_none() {
            with(exchange, Credentials::Include, |with| push_with_credentials(text, &diagnosis, &Diagnosis::of(with)));
        }
        worst_of(&diagnosis)
    })
}

/// What else is wrong if the request carries credentials.
fn push_with_credentials(text: &mut String, without: &Diagnosis<'_>, with: &Diagnosis<'_>) {
    let is_new = |failure: &&Fault<'_>| !without.failures.iter().any(|known| known.blocked == failure.blocked);
    let mut new = with.failures.iter().filter(is_new).peekable();
    if new.peek().is_none() {
        return;
    }
    if worst_of(without) == worst_of(with) {
        text.push_str("\nWith credentials: \"include\", this is wrong too:\n");
    } else {
        text.push_str("\nThis is without credentials, the default of fetch(). With credentials: \"include\": ");
        push_cors_headline(text, with);
    }
    let mut explained = without.failures.iter().map(|failure| failure.cause).collect();
    push_others(text, new, &mut explained);
}

fn show_table(ready: &[CapturedExchange], network: &NetworkOptions) -> (String, Option<Verdict>) {
    let several =
        ready.iter().any(|captured| ready.first().is_some_and(|first| first.place.file != captured.place.file));
    let mut worst = None;
    let mut rows = Vec::with_capacity(ready.len());
    for captured in ready {
        with(&captured.exchange, Credentials::SameOrigin, |exchange| {
            let diagnosis = Diagnosis::of(exchange);
            worst = worse(worst, worst_of(&diagnosis));
            rows.push(
                table::Row::of(number(captured), &diagnosis, &network.deliver(&captured.exchange))
                    .of_file(several.then(|| &*captured.place.file)),
            );
        });
    }
    let is_har = ready.iter().all(|captured| matches!(captured.place.at, At::Entry(_)));
    let (mut text, first) = table::draw(rows, if is_har { "entry" } else { "line" });
    if let Some(first) = first {
        text.push_str(&format!("\n--entry {first} shows the first of them in full\n"));
    }
    (text, worst)
}

/// The worst verdict of any browser.
pub(crate) fn worst_of(diagnosis: &Diagnosis<'_>) -> Verdict {
    let verdicts = Profile::ALL.map(|profile| Some(diagnosis.judgements.get(profile).verdict));
    verdicts
        .into_iter()
        .fold(None, |worst, verdict| verdict.map_or(worst, |verdict| worse(worst, verdict)))
        .unwrap_or(Verdict::Incomplete)
}

fn worse(known: Option<Verdict>, other: Verdict) -> Option<Verdict> {
    let rank = |verdict: Verdict| match verdict {
        Verdict::Blocked => 0,
        Verdict::Throws => 1,
        Verdict::Incomplete => 2,
        Verdict::Opaque => 3,
        Verdict::Allowed => 4,
    };
    match known {
        Some(known) if rank(known) <= rank(other) => Some(known),
        _ => Some(other),
    }
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
