//! Whether a cache mixes up pages: what to ask next, and what the responses say together.

use corsac_diagnose::exchange::Response;
use corsac_diagnose::{Mixed, Twice};
use serde::{Deserialize, Serialize};

use crate::boundary::{bytes, respond};
use crate::options::Shape;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Options {
    /// The page's origin.
    page: String,
    /// A number that no run had before.
    random: u64,
    shape: Shape,
}

/// The response to one question. Texts have one character for each byte.
#[derive(Deserialize)]
struct Taken {
    status: u16,
    headers: Vec<(String, String)>,
}

#[derive(Serialize)]
struct Asked {
    next: Option<Question>,
    /// What was asked and what it means.
    text: String,
    /// `yes`, `possible`, `no` or `unknown`.
    mixed: &'static str,
}

#[derive(Serialize)]
struct Question {
    /// The value of the query parameter `corsac-probe`.
    token: String,
    /// null: without the header `Origin`.
    origin: Option<String>,
}

/// What to ask after the responses that follow the options: a list of them.
#[unsafe(no_mangle)]
extern "C" fn twice(options_len: usize) -> usize {
    respond(options_len, |options: Options, taken| {
        let taken: Vec<Taken> = serde_json::from_slice(taken).map_err(|error| error.to_string())?;
        let mut twice = Twice::new(options.page.as_bytes(), options.random);
        for Taken { status, headers } in taken {
            let headers = headers.iter().map(|(name, value)| (bytes(name), bytes(value))).collect();
            twice.take(Response { status, headers });
        }
        let mut text = String::new();
        twice.push(&mut text);
        let next = twice.next().map(|question| Question {
            token: question.token,
            origin: question.origin.map(|origin| String::from_utf8_lossy(&origin).into_owned()),
        });
        let mixed = match twice.outcome() {
            Mixed::Yes => "yes",
            Mixed::Possible => "possible",
            Mixed::No => "no",
            Mixed::Unknown => "unknown",
        };
        Ok(Asked { next, text: options.shape.text(text), mixed })
    })
}
