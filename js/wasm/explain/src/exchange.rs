//! One exchange as JSON: its diagnosis, its report, and what a browser sends next.

use corsac::browser::{Credentials, Verdict};
use corsac_diagnose::{
    CapturedRequest, Diagnosis, Shown, later_preflights, next_step, probed, push_delivery, push_verdicts,
    read_resolved, sendable, with, worst_of, write_line,
};
use serde::Serialize;

use crate::boundary::{respond, text};
use crate::fields::Fields;
use crate::options::{Network, Shape};
use crate::urls::RuntimeUrls;

/// Which text a diagnosis has.
#[derive(Clone, Copy)]
enum Text {
    None,
    /// The verdicts and the delivery alone, as `corsac eval` ends.
    Verdicts,
    /// The whole report, with its diagram.
    Report,
}

struct Options {
    text: Text,
    /// The preflight alone is of interest, and the request is not sent.
    no_request: bool,
    /// What a cache may do is asked for, too: what is only possible is left out.
    is_asked_again: bool,
    network: Network,
    shape: Shape,
}

impl Options {
    fn read(mut fields: Fields) -> Result<Self, String> {
        let options = Self {
            text: match fields.text("text")?.as_deref() {
                Some("none") => Text::None,
                Some("verdicts") => Text::Verdicts,
                Some("report") => Text::Report,
                _ => return Err("text must be none, verdicts or report".to_owned()),
            },
            no_request: fields.flag("no_request")?,
            is_asked_again: fields.flag("is_asked_again")?,
            network: Network::take(&mut fields)?,
            shape: Shape::take(&mut fields)?,
        };
        fields.end().map(|()| options)
    }
}

#[derive(Serialize)]
struct Explained {
    /// What `corsac explain --jsonl` prints for the line.
    json: String,
    text: String,
    /// As the exit code of the command line: 0 allowed, 1 blocked, 2 unknown.
    outcome: u8,
}

/// Explains the exchange that follows the options: a line of `corsac explain --jsonl`.
#[unsafe(no_mangle)]
extern "C" fn exchange(options_len: usize) -> usize {
    respond(options_len, |fields, line| explain(&Options::read(fields)?, line))
}

fn explain(options: &Options, line: &[u8]) -> Result<Explained, String> {
    let CapturedRequest { exchange, then, id } = read_resolved(line, &RuntimeUrls)?;
    let surroundings = options.network.surroundings()?;
    let stacks = options.shape.stacks()?;
    let deliveries = surroundings.deliver(&exchange);
    let mut json = Vec::new();
    let mut text = String::new();
    let verdict = with(&exchange, Credentials::SameOrigin, |exchange| {
        let mut diagnosis = Diagnosis::of(exchange);
        if options.is_asked_again {
            diagnosis.leave_out_possible_mixing();
        }
        let then = later_preflights(&exchange, &then);
        // A vector takes everything.
        let _ = write_line(&mut json, &diagnosis, &deliveries, &then, id.as_ref());
        match options.text {
            Text::None => {}
            Text::Verdicts => {
                push_verdicts(&mut text, &diagnosis);
                push_delivery(&mut text, &deliveries);
            }
            Text::Report => {
                let shown = Shown { stacks: &stacks, secrets: options.shape.secrets, suffixes: None };
                return probed(&mut text, &diagnosis, &deliveries, &exchange, shown, options.no_request);
            }
        }
        worst_of(&diagnosis)
    });
    let outcome = match verdict {
        Verdict::Blocked | Verdict::Throws => 1,
        _ if deliveries.are_refused(surroundings.deployed) => 1,
        Verdict::Allowed | Verdict::Opaque => 0,
        Verdict::Incomplete => 2,
    };
    Ok(Explained { json: String::from_utf8(json).unwrap_or_default(), text: options.shape.text(text), outcome })
}

#[derive(Serialize)]
struct Next {
    next: Option<ToSend>,
}

/// Texts have one character for each byte.
#[derive(Serialize)]
struct ToSend {
    hop: usize,
    url: String,
    is_preflight: bool,
    method: String,
    headers: Vec<(String, String)>,
}

/// What a browser sends next for the exchange that follows the options.
#[unsafe(no_mangle)]
extern "C" fn next(options_len: usize) -> usize {
    respond(options_len, |mut fields, line| {
        // Sent to a real server: without cookies, and without headers whose value is not known.
        let (no_request, is_sent) = (fields.flag("no_request")?, fields.flag("is_sent")?);
        fields.end()?;
        let CapturedRequest { exchange, .. } = read_resolved(line, &RuntimeUrls)?;
        let next = next_step(&exchange, no_request);
        Ok(Next {
            next: next.map(|next| ToSend {
                hop: next.hop,
                url: text(&next.url),
                is_preflight: next.is_preflight,
                method: text(&next.method),
                headers: if is_sent { sendable(next.headers) } else { next.headers }
                    .iter()
                    .map(|(name, value)| (text(name), text(value)))
                    .collect(),
            }),
        })
    })
}
