//! What shows a finding: a request as a curl command line, and the response's headers that matter.

use corsac::Escaped;

use crate::exchange::Response;
use crate::explain::shell_word;

use super::ask::Ask;
use super::finding::LiveResponse;

/// The request as a command line of curl. `secrets`: names of headers, in lower case, that the caller adds to requests that are not
/// preflights. Their values are not shown.
///
/// ```
/// use corsac_diagnose::live::{Ask, curl};
/// let ask = Ask {
///     url: "https://api.example/x".to_owned(),
///     method: b"PUT".to_vec(),
///     headers: vec![(b"Origin".to_vec(), b"https://app.example".to_vec())],
///     is_preflight: false,
/// };
/// assert_eq!(curl(&ask, &[]), "curl -i -X PUT -H 'Origin: https://app.example' https://api.example/x");
/// ```
#[must_use]
pub fn curl(ask: &Ask, secrets: &[String]) -> String {
    let mut text = String::from("curl -i");
    match ask.method.as_slice() {
        b"GET" => {}
        b"HEAD" => text = "curl -I".to_owned(),
        other => {
            text.push_str(" -X ");
            text.push_str(&shell_word(&Escaped(other).to_string()));
        }
    }
    for (name, value) in &ask.headers {
        let line = format!("{}: {}", Escaped(name), Escaped(value));
        text.push_str(" -H ");
        text.push_str(&shell_word(&line));
    }
    for name in secrets.iter().filter(|_| !ask.is_preflight) {
        text.push_str(" -H ");
        text.push_str(&shell_word(&format!("{name}: ...")));
    }
    text.push(' ');
    text.push_str(&shell_word(&ask.url));
    text
}

/// The longest value that is shown.
const LONGEST: usize = 400;
/// The most headers that are shown.
const MOST: usize = 24;

/// Status and CORS headers.
pub(super) fn shown(response: &Response, is_preflight: bool) -> LiveResponse {
    let is_shown = |name: &[u8]| {
        let name = name.to_ascii_lowercase();
        name.starts_with(b"access-control-")
            || matches!(name.as_slice(), b"vary" | b"age" | b"x-cache" | b"location" | b"www-authenticate")
    };
    let text = |bytes: &[u8]| Escaped(bytes.get(..LONGEST).unwrap_or(bytes)).to_string();
    let lines = response.headers.iter().filter(|(name, _)| is_shown(name)).take(MOST);
    LiveResponse {
        at: if is_preflight { "preflight" } else { "response" },
        status: response.status,
        headers: lines.map(|(name, value)| (text(name), text(value))).collect(),
    }
}
