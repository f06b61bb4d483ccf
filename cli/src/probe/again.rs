//! `corsac probe --twice`: sends the questions that show whether a cache mixes up pages.

use std::fmt::Write as _;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::thread::sleep;
use std::time::Duration;

use corsac::browser::Credentials;
use url::Url;

use super::client::{Client, Step};
use super::target;
use crate::failure::Failure;
use corsac_diagnose::exchange::{Exchange, Headers, ScriptRequest};
use corsac_diagnose::{Mixed, Twice, request_headers, sendable, with};

/// Five requests a second are polite to a server that is not the user's own machine.
pub(crate) const PAUSE: Duration = Duration::from_millis(200);

/// The parameter that makes a URL new to every cache.
const PARAMETER: &str = "corsac-probe";

/// Refuses requests whose responses no cache keeps.
pub(super) fn check(request: &ScriptRequest) -> Result<(), Failure> {
    match request.method.as_deref() {
        None | Some(b"GET" | b"HEAD") => Ok(()),
        Some(_) => Err(Failure::Message(
            "--twice is for GET and HEAD, because caches keep no response to another method: leave out --twice or --method".to_owned(),
        )),
    }
}

/// Asks the URL of the first hop, and writes what the responses say together. No redirect is followed.
pub(super) fn ask(client: &Client, exchange: &Exchange, text: &mut String) -> Mixed {
    let origin = exchange.request.origin.as_deref().unwrap_or_default();
    let first = with(exchange, Credentials::SameOrigin, |exchange| {
        let step = exchange.steps().next()?;
        let url = Url::parse(str::from_utf8(step.url()).ok()?).ok()?;
        Some((url, step.method().to_vec(), sendable(request_headers(&step))))
    });
    let Some((url, method, mut headers)) = first else { return Mixed::Unknown };
    headers.retain(|(name, _)| !name.eq_ignore_ascii_case(b"origin"));
    let is_own = target::is_loopback(&url);
    let mut twice = Twice::new(origin, random());
    while let Some(question) = twice.next() {
        if !is_own {
            sleep(PAUSE);
        }
        let mut url = url.clone();
        url.query_pairs_mut().append_pair(PARAMETER, &question.token);
        let origin = question.origin.map(|origin| (b"Origin".to_vec(), origin));
        let headers: Headers = origin.into_iter().chain(headers.iter().cloned()).collect();
        match client.take(&url, Step::Request { method: &method, headers: &headers }) {
            Ok(received) => twice.take(received.response),
            Err(trouble) => {
                let _ = writeln!(text, "\nNo response when asked again: {trouble}");
                break;
            }
        }
    }
    twice.push(text);
    twice.outcome()
}

/// A number that no run had before: the standard library seeds its hashes from the system.
pub(crate) fn random() -> u64 {
    RandomState::new().build_hasher().finish()
}
