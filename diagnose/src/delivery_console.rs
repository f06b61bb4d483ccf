//! Messages of a console about mixed content and the local network, which are not about CORS.

use std::fmt::Write;

use anstyle::Style;
use corsac::browser::{
    AddressSpace, BlockedCode, ConsoleMessage, DeliveryMessage, Profile, decode_console, decode_delivery,
};

use crate::explain::sentence;
use crate::printable::printable;

const HEAD: Style = Style::new().bold();

/// The messages of a paste that no message about CORS explains. `whole` is the paste on one line. Messages about CORS that say only that
/// the request failed go, because these say why.
pub(crate) fn of<'t>(text: &'t str, whole: &'t str, cors: &mut Vec<ConsoleMessage<'_>>) -> Vec<DeliveryMessage<'t>> {
    let is_explained = |line: &&str| decode_console(line).is_some_and(|message| message.code.is_some());
    let mut found: Vec<DeliveryMessage<'t>> =
        text.lines().filter(|line| !is_explained(line)).filter_map(decode_delivery).collect();
    if found.is_empty() && !cors.iter().any(|message| message.code.is_some()) {
        found.extend(decode_delivery(whole));
    }
    found.dedup();
    cors.retain(|message| {
        let says_only_that = matches!(message.code, None | Some(BlockedCode::NetworkError));
        !(says_only_that && found.iter().any(|why| why.is_blocked && why.profile == message.profile))
    });
    found
}

/// The browser that writes a message.
pub(crate) const fn browser(profile: Profile) -> &'static str {
    match profile {
        Profile::Chromium => "Chromium (Chrome, Edge, Opera)",
        Profile::Firefox => "Firefox",
        _ => "WebKit (Safari)",
    }
}

/// What one of them means.
pub(crate) fn push(out: &mut String, message: &DeliveryMessage<'_>) {
    let mut row = |head: &str, value: &str| {
        let _ = writeln!(out, "{HEAD}{head:<9}{HEAD:#} {}", printable(value));
    };
    row("Browser:", browser(message.profile));
    row("Code:", message.code.as_str());
    for (head, value) in
        [("Page:", message.page), ("URL:", message.url), ("Space:", message.space.map(AddressSpace::as_str))]
    {
        if let Some(value) = value {
            row(head, value);
        }
    }
    row(
        "Cause:",
        &format!("{} This is not about CORS: no header of the server changes it.", sentence(&message.to_string(), '.')),
    );
    if !message.is_blocked {
        row("Blocked:", "The message does not say so. If the request failed, look for another message.");
    }
    row("Fix:", &sentence(message.code.advice(), '.'));
    row("More:", &format!("corsac explain {}", message.code));
}
