//! Whether a cache mixes up pages: what to ask next, and what the responses say together.

use corsac_diagnose::exchange::Response;
use corsac_diagnose::{Mixed, Twice};
use serde::Serialize;

use crate::boundary::respond;
use crate::options::Shape;

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

/// What to ask after the responses in the options: `page` is the page's origin, and `random` a number that no run had before.
#[unsafe(no_mangle)]
extern "C" fn twice(options_len: usize) -> usize {
    respond(options_len, |mut fields, _| {
        let page = fields.text("page")?.unwrap_or_default();
        let mut twice = Twice::new(page.as_bytes(), fields.number("random")?.unwrap_or_default());
        for mut response in fields.objects("taken")? {
            twice.take(Response { status: response.status()?, headers: response.lines("headers")? });
        }
        let shape = Shape::take(&mut fields)?;
        fields.end()?;
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
        Ok(Asked { next, text: shape.text(text), mixed })
    })
}
