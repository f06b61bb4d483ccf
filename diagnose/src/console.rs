//! What a message of a browser's console means, and what to do next.

use std::fmt::Write;

use anstyle::Style;
use corsac::browser::{BlockedCode, Cause, ConsoleMessage, Part, Profile, decode_console};

use crate::delivery_console;
use crate::explain::{fix, sentence, shell_word};
use crate::printable::printable;

const HEAD: Style = Style::new().bold();

/// What the person says, for a message that does not.
#[derive(Clone, Copy, Debug, Default)]
pub struct Known<'a> {
    /// The requested URL.
    pub url: Option<&'a str>,
    /// The page's origin.
    pub origin: Option<&'a str>,
}

/// What the messages of a text mean.
#[derive(Clone, Debug)]
pub struct Explained {
    /// The explanation, as lines with colours.
    pub text: String,
    /// Whether something is blocked: some messages only inform.
    pub is_blocked: bool,
}

/// Explains every message of a text.
///
/// # Errors
///
/// One sentence: the text has no message of a browser.
pub fn explain(text: &str, known: Known<'_>) -> Result<Explained, String> {
    // A terminal may have wrapped the message.
    let whole = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut messages: Vec<ConsoleMessage<'_>> = text.lines().filter_map(decode_console).collect();
    if !messages.iter().any(|message| message.code.is_some()) {
        messages = decode_console(&whole).into_iter().collect();
    }
    keep_reasons(&mut messages);
    let deliveries = delivery_console::of(text, &whole, &mut messages);
    if messages.is_empty() && deliveries.is_empty() {
        return Err(
            "this is not a message about CORS of Chromium, Firefox or WebKit: paste the whole line, which begins with \
             \"Access to ...\", \"Cross-Origin Request Blocked: ...\", \"Origin ... is not allowed ...\" or \"Mixed Content: ...\""
                .to_owned(),
        );
    }
    let mut out = String::new();
    for (place, message) in deliveries.iter().enumerate() {
        out.push_str(if place == 0 { "" } else { "\n" });
        delivery_console::push(&mut out, message);
    }
    if !deliveries.is_empty() && !messages.is_empty() {
        out.push('\n');
    }
    for (place, message) in messages.iter().enumerate() {
        if place != 0 {
            out.push('\n');
        }
        let (url, origin) = (message.url.or(known.url), message.origin.or(known.origin));
        push(&mut out, &ConsoleMessage { url, origin, ..*message });
    }
    let is_blocked = !messages.is_empty() || deliveries.iter().any(|message| message.is_blocked);
    Ok(Explained { text: out, is_blocked })
}

/// Firefox and Safari write two lines about one failure: why it failed, and that it failed. Keeps the first, with the URL of the
/// second if it has none.
fn keep_reasons(messages: &mut Vec<ConsoleMessage<'_>>) {
    let says_only_that = |message: &ConsoleMessage<'_>| matches!(message.code, None | Some(BlockedCode::NetworkError));
    let all = messages.clone();
    messages.dedup();
    messages.retain(|message| {
        let why = |other: &ConsoleMessage<'_>| {
            !says_only_that(other)
                && other.profile == message.profile
                && (other.url.is_none() || other.url == message.url)
        };
        !(says_only_that(message) && all.iter().any(why))
    });
    for message in messages {
        let same = all.iter().find(|other| other.profile == message.profile && other.url.is_some());
        message.url = message.url.or(same.and_then(|other| other.url));
    }
}

fn push(out: &mut String, message: &ConsoleMessage<'_>) {
    let browser = delivery_console::browser(message.profile);
    let row = |out: &mut String, head: &str, value: &str| {
        let _ = writeln!(out, "{HEAD}{head:<9}{HEAD:#} {}", printable(value));
    };
    row(out, "Browser:", browser);
    row(out, "Code:", message.code.map_or("not known", |code| code.as_str()));
    let part = match message.part {
        Some(Part::Preflight) => Some("the response to the preflight (OPTIONS)"),
        Some(_) => Some("the response to the request itself"),
        None => None,
    };
    let status = message.status.map(|status| format!("{status}"));
    let rows = [
        ("Page:", message.origin),
        ("URL:", message.url),
        ("Was:", message.redirected_from),
        ("In:", part),
        ("Value:", message.value),
        ("Status:", status.as_deref()),
    ];
    for (head, value) in rows {
        if let Some(value) = value {
            row(out, head, value);
        }
    }
    match message.cause() {
        Some(cause) => {
            row(out, "Cause:", &format!("{} [{cause}]", sentence(cause.sentence(), '.')));
            row(out, "Fix:", &fix(cause.advice(), cause.is_fixed_by_headers()));
            if cause.is_fixed_by_headers() {
                push_lines(out, message);
            }
        }
        None if message.profile == Profile::Chromium => {
            row(
                out,
                "Cause:",
                "This reason is not known. It may be one of Private Network Access, which Chromium gave up.",
            );
        }
        None => row(out, "Cause:", "This line says that the request failed, but not why. Look for the line before it."),
    }
    if let Some(code) = message.code {
        row(out, "More:", &format!("corsac explain {code}"));
    }
    // If the server's response does not count, there is nothing to look at.
    if !matches!(message.cause(), Some(Cause::LocalNetwork | Cause::ScriptMistake)) {
        row(out, "Next:", &probe_command(message));
    }
}

/// The command that sends the request of the message again, as far as the message says what that is.
fn probe_command(message: &ConsoleMessage<'_>) -> String {
    let mut command = format!(
        "corsac probe {} --origin {}",
        shell_word(message.url.unwrap_or("URL")),
        shell_word(message.origin.unwrap_or("ORIGIN")),
    );
    match (message.code, message.value) {
        (Some(BlockedCode::MethodNotAllowed), Some(method)) => {
            let _ = write!(command, " --method {}", shell_word(method));
        }
        (Some(BlockedCode::HeaderNotAllowed), Some(name)) => {
            let _ = write!(command, " --header {}", shell_word(name));
        }
        (Some(BlockedCode::AcacNotTrue | BlockedCode::AcaoWildcardWithCredentials), _) => {
            command.push_str(" --credentials");
        }
        _ => {}
    }
    command
}

/// The headers to send, as far as the message says.
fn push_lines(out: &mut String, message: &ConsoleMessage<'_>) {
    let line = |name: &str, value: &str| format!("          {name}: {}\n", printable(value));
    out.push_str(&line("Access-Control-Allow-Origin", message.origin.unwrap_or("(the page's origin)")));
    match (message.code, message.value) {
        (Some(BlockedCode::AcacNotTrue | BlockedCode::AcaoWildcardWithCredentials), _) => {
            out.push_str(&line("Access-Control-Allow-Credentials", "true"));
        }
        (Some(BlockedCode::MethodNotAllowed), Some(method)) => {
            out.push_str(&line("Access-Control-Allow-Methods", method));
        }
        (Some(BlockedCode::HeaderNotAllowed), Some(name)) => out.push_str(&line("Access-Control-Allow-Headers", name)),
        _ => {}
    }
}
