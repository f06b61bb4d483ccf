//! The simulator: what Kong with this plugin sends.

use super::entries::{Entry, is_plain};
use super::plugin::Plugin;
use super::url::Normal;
use crate::members::plain;
use crate::message::{ACAC, ACAH, ACAM, ACAO, ACEH, ACMA, ACRH, Received, Sent, Upstream};

pub(super) fn respond(plugin: &Plugin, request: &Received, upstream: &Upstream) -> Sent {
    let options = &plugin.options;
    if request.is_preflight() {
        if options.preflight_continue {
            return Sent::by_upstream(upstream);
        }
        let mut sent = Sent::by_product(200);
        allow(plugin, request, &mut sent, Vary::Set);
        match (&options.headers, request.first(ACRH)) {
            (Some(headers), _) => sent.set(ACAH, headers.join(",")),
            (None, Some(requested)) => sent.set(ACAH, requested),
            (None, None) => {}
        }
        sent.set(ACAM, plain(&options.methods).join(","));
        if let Some(seconds) = &options.max_age {
            sent.set(ACMA, seconds);
        }
        if options.private_network && request.first("Access-Control-Request-Private-Network") == Some(b"true") {
            sent.set("Access-Control-Allow-Private-Network", "true");
        }
        return sent;
    }
    let mut sent = Sent::by_upstream(upstream);
    if request.first("origin").is_none() && !options.allow_origin_absent {
        return sent;
    }
    allow(plugin, request, &mut sent, Vary::Add);
    if !options.exposed.is_empty() {
        sent.set(ACEH, options.exposed.join(","));
    }
    sent
}

/// A preflight has one `Vary`; a response gets one more.
#[derive(Clone, Copy)]
enum Vary {
    Set,
    Add,
}

impl Vary {
    fn write(self, sent: &mut Sent) {
        match self {
            Self::Set => sent.set("Vary", "Origin"),
            Self::Add => sent.add("Vary", "Origin"),
        }
    }
}

/// Writes `Access-Control-Allow-Origin`, `Access-Control-Allow-Credentials` and `Vary`.
fn allow(plugin: &Plugin, request: &Received, sent: &mut Sent, vary: Vary) {
    let origin = request.first("origin");
    let allows_all = allow_origin(plugin, origin, sent, vary);
    if !plugin.options.credentials {
        return;
    }
    if !allows_all {
        // A denied origin gets it too.
        sent.set(ACAC, "true");
    } else if let Some(origin) = origin {
        vary.write(sent);
        sent.set(ACAO, origin);
        sent.set(ACAC, "true");
    }
}

/// Whether any origin is allowed.
fn allow_origin(plugin: &Plugin, origin: Option<&[u8]>, sent: &mut Sent, vary: Vary) -> bool {
    if plugin.is_any() {
        sent.set(ACAO, "*");
        return true;
    }
    vary.write(sent);
    if let [(one, _)] = plugin.options.origins.as_slice()
        && is_plain(one)
    {
        // One text is sent to every page, whether it is the page's origin or not.
        sent.set(ACAO, one);
        return false;
    }
    if let Some(origin) = origin {
        if plugin.entries.iter().any(|entry| matches!(entry, Entry::Any)) {
            sent.set(ACAO, "*");
            return true;
        }
        let origin = Normal::of(&origin.iter().map(|&b| char::from(b)).collect::<String>());
        if plugin.entries.iter().any(|entry| entry.matches(&origin)) {
            let bytes: Vec<u8> = origin.whole.chars().filter_map(|c| u8::try_from(c).ok()).collect();
            sent.set(ACAO, bytes);
            return false;
        }
    }
    sent.remove(ACAO);
    false
}
