//! Reads a pasted message about a request that did not leave, or not without the user.

use super::super::blocked::BlockedCode;
use super::super::decode::decode_console;
use super::super::profile::Profile;
use super::super::text::split_once;
use super::address_space::AddressSpace;
use super::code::DeliveryCode;
use super::console_text::{DeliveryText, TEXTS};

/// What a message says about the delivery of a request.
///
/// `Display` writes one sentence, without the bytes of the message.
///
/// ```
/// use corsac::browser::{DeliveryMessage, Profile, decode_delivery};
/// let message: Option<DeliveryMessage> = decode_delivery("net::ERR_BLOCKED_BY_LOCAL_NETWORK_ACCESS_CHECKS");
/// let message = message.expect("an error of Chromium");
/// assert_eq!((message.profile, message.is_blocked), (Profile::Chromium, true));
/// assert_eq!(message.blocked_code().map(|code| code.as_str()), Some("local-network-denied"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeliveryMessage<'a> {
    /// The browser that writes messages like this.
    pub profile: Profile,
    /// Why.
    pub code: DeliveryCode,
    /// Whether the request did not leave. `false`: the message only informs, and the request may
    /// have left.
    pub is_blocked: bool,
    /// The page: its URL, its origin or its site.
    pub page: Option<&'a str>,
    /// The requested URL.
    pub url: Option<&'a str>,
    /// The address space of the server.
    pub space: Option<AddressSpace>,
}

/// Decodes a message of Chromium, Firefox or WebKit about mixed content, local network access or
/// Private Network Access. Text around the message does no harm. `None` if it is another message.
///
/// ```
/// use corsac::browser::{DeliveryCode, decode_delivery};
/// let message = decode_delivery("Blocked loading mixed active content “http://api.example/x”").unwrap();
/// assert_eq!((message.code, message.url), (DeliveryCode::MixedContent, Some("http://api.example/x")));
/// assert!(message.is_blocked);
/// ```
#[must_use]
pub fn decode_delivery(text: &str) -> Option<DeliveryMessage<'_>> {
    let found = TEXTS.iter().find_map(|known| {
        let mut message = DeliveryMessage {
            profile: known.profile,
            code: known.code,
            is_blocked: known.is_blocked,
            page: None,
            url: None,
            space: None,
        };
        fill(&mut message, known.text, text).then_some(message)
    });
    let mut message = found?;
    // Chromium begins some of them as it begins a message about CORS.
    if let Some(cors) = decode_console(text).filter(|cors| cors.profile == message.profile) {
        message.url = message.url.or(cors.url);
        message.page = message.page.or(cors.origin);
    }
    Some(message)
}

/// Every text that [`decode_delivery`] knows, for a reader of pastes. Of several that fit, the first
/// counts.
///
/// ```
/// let texts = corsac::browser::delivery_texts();
/// assert!(texts.iter().any(|text| text.text.starts_with("Mixed Content: The page at '{page}'")));
/// ```
#[must_use]
pub const fn delivery_texts() -> &'static [DeliveryText] {
    TEXTS
}

/// Whether the template is in the text; what the browser filled in goes to the message.
fn fill<'t>(message: &mut DeliveryMessage<'t>, template: &str, text: &'t str) -> bool {
    let (start, mut marked) = split_once(template, "{").map_or((template, None), |(start, rest)| (start, Some(rest)));
    let Some((_, mut rest)) = split_quoted(text, start) else { return false };
    while let Some((mark, after)) = marked.and_then(|marked| split_once(marked, "}")) {
        let (piece, next) = split_once(after, "{").map_or((after, None), |(piece, next)| (piece, Some(next)));
        let Some((value, behind)) = split_quoted(rest, piece) else { return false };
        // There the next message begins, and what follows is of that one.
        if !start.is_empty() && split_once(value, start).is_some() {
            return false;
        }
        match mark {
            "page" => message.page = Some(value),
            "target" => message.url = Some(value),
            "" => message.space = AddressSpace::parse(value),
            _ => {}
        }
        (rest, marked) = (behind, next);
    }
    true
}

/// Splits at a piece of a message. Copying changes quotes, so each of them fits any other.
fn split_quoted<'t>(text: &'t str, piece: &str) -> Option<(&'t str, &'t str)> {
    if let Some(parts) = split_once(text, piece) {
        return Some(parts);
    }
    let is_quote = |c: char| matches!(c, '“' | '”' | '‘' | '’' | '"' | '\'' | '`');
    if !piece.contains(is_quote) {
        return None;
    }
    text.char_indices().find_map(|(at, _)| {
        let before = text.get(..at)?;
        let mut rest = text.get(at..)?.chars();
        let fits =
            piece.chars().all(|wanted| rest.next().is_some_and(|c| c == wanted || (is_quote(wanted) && is_quote(c))));
        fits.then_some((before, rest.as_str()))
    })
}

impl DeliveryMessage<'_> {
    /// The code under which the CORS codes know the same failure, if they do.
    #[must_use]
    pub const fn blocked_code(&self) -> Option<BlockedCode> {
        match self.code {
            DeliveryCode::LocalNetworkDenied => Some(BlockedCode::LocalNetworkDenied),
            DeliveryCode::LocalNetworkNotSecure => Some(BlockedCode::LocalNetworkNotSecure),
            DeliveryCode::LocalNetworkSpaceMismatch => Some(BlockedCode::LocalNetworkSpaceMismatch),
            _ => None,
        }
    }
}
