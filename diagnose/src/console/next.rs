//! What to send next.

use std::fmt::Write;

use corsac::browser::Cause;

use super::reading::Reading;
use crate::explain::shell_word;
use crate::place::Place;

/// The command that sends the request of the message again, as far as the message says what that is. `None`: the server's response
/// does not count, or there is no server.
pub(super) fn command(reading: &Reading) -> Option<String> {
    const ABOUT_RESPONSES: [&str; 7] = [
        "gateway-timeout",
        "bad-gateway",
        "server-error",
        "rate-limited",
        "too-large",
        "login-redirect",
        "authorization-wildcard",
    ];
    let cause = reading.cause.unwrap_or_default();
    let is_neighbour = crate::codes::neighbour(cause).is_some();
    if (is_neighbour && !ABOUT_RESPONSES.contains(&cause))
        || [Cause::LocalNetwork, Cause::ScriptMistake].iter().any(|other| other.as_str() == cause)
    {
        return None;
    }
    let url = reading.redirected_from.as_deref().or(reading.url.as_deref());
    if url.is_some_and(|url| !url.starts_with("http:") && !url.starts_with("https:") && url.contains(':')) {
        return None;
    }
    // What a console has cut short, or a person has removed, is not the URL.
    let is_starred = |text: &str| {
        text.split_once("://")
            .and_then(|(_, rest)| rest.split('/').next())
            .is_some_and(|host| host.contains(['*', '%']))
    };
    let is_hidden = |text: &str| is_starred(text) || Place::of(text).is_some_and(|place| place.is_placeholder());
    let is_whole = |text: &&str| !text.contains(['…', '<', '>']) && !text.contains("...") && !is_hidden(text);
    let url = url.filter(is_whole);
    let page = reading.page.as_deref().filter(is_whole);
    let mut command =
        format!("corsac probe {} --origin {}", shell_word(url.unwrap_or("URL")), shell_word(page.unwrap_or("ORIGIN")));
    let mut add = |option: &str, value: &str| {
        let _ = write!(command, " {option} {}", shell_word(value));
    };
    match (reading.code.unwrap_or_default(), reading.value.as_deref()) {
        ("method-not-allowed", Some(method)) => add("--method", method),
        // A server says so without the name: it is to be filled in, as the URL is.
        ("method-not-allowed", None) => add("--method", "METHOD"),
        ("header-not-allowed", None) => add("--header", "NAME"),
        ("header-not-allowed", Some(name)) => {
            if let Some(method) = reading.method.as_deref().filter(|method| *method != "GET") {
                add("--method", method);
            }
            add("--header", name);
        }
        _ => match reading.method.as_deref() {
            Some(method)
                if method != "GET"
                    && (reading.part != Some("preflight") || !matches!(method, "POST" | "HEAD" | "OPTIONS")) =>
            {
                add("--method", method);
            }
            // Something must need a preflight, or none is sent.
            _ if reading.part == Some("preflight") => add("--method", "PUT"),
            _ => {}
        },
    }
    if matches!(reading.code, Some("acac-not-true" | "acao-wildcard-with-credentials")) {
        command.push_str(" --credentials");
    }
    Some(command)
}
