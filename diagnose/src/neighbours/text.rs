//! What stopped a request, in words.

use std::fmt::Write;

use anstyle::{AnsiColor, Style};

use super::found::{Evidence, Neighbour};
use crate::certainty::Certainty;
use crate::codes::neighbour;
use crate::printable::printable;

const BAD: Style = AnsiColor::Red.on_default().bold();
const HEAD: Style = Style::new().bold();

/// No policy that a person reads is longer.
const SHOWN: usize = 300;

/// Writes what stopped the request to `url`. `failed`: the browser's own word for it.
pub(crate) fn push(text: &mut String, found: &Neighbour, url: &str, failed: Option<&str>) {
    let who = if found.is_decided() {
        "stopped by the browser, and not by CORS"
    } else {
        "no response, so CORS was not asked"
    };
    let _ = writeln!(text, "{BAD}{who}{BAD:#}: {}\n", printable(url));
    if let Some(failed) = failed {
        let who = if failed.starts_with("curl: ") { "The program" } else { "The browser" };
        let _ = writeln!(text, "{who} reports: {}", printable(failed));
    }
    let Some(entry) = neighbour(found.code) else { return };
    let plain = |text: &str| text.replace('\n', " ").replace('`', "");
    let certainty = match found.certainty {
        Certainty::Certain => "",
        Certainty::Likely => ", likely",
        Certainty::Possible => ", possible",
    };
    let _ = writeln!(text, "{HEAD}Cause:{HEAD:#} {} [{}{certainty}]", plain(entry.means), entry.code);
    if let Some(seen) = seen(&found.evidence) {
        let _ = writeln!(text, "       {seen}");
    }
    let _ = writeln!(text, "{HEAD}Fix:{HEAD:#}   {}", plain(entry.fix));
    if let Some(avoid) = entry.avoid {
        let _ = writeln!(text, "{HEAD}Avoid:{HEAD:#} {}", plain(avoid));
    }
}

/// What it was seen by, in a sentence.
fn seen(evidence: &Evidence) -> Option<String> {
    Some(match evidence {
        Evidence::Nothing => return None,
        Evidence::Directive(refused) => {
            let why = if refused.is_default { ", which counts because there is no connect-src" } else { "" };
            format!("The page sends \"{}\"{why}.", cut(&refused.directive))
        }
        Evidence::ResourcePolicy(policy) => format!("The response has \"Cross-Origin-Resource-Policy: {policy}\"."),
        Evidence::EmbedderPolicy(policy) => format!(
            "The page sends \"Cross-Origin-Embedder-Policy: {}\", and the response has no valid Cross-Origin-Resource-Policy.",
            policy.as_str()
        ),
        Evidence::ContentType(essence) => format!("The type of the response is \"{}\".", cut(essence)),
    })
}

/// Untrusted text for a terminal, cut to what a person reads.
fn cut(text: &str) -> String {
    let shown: String = text.chars().take(SHOWN).collect();
    let more = if shown.len() < text.len() { "..." } else { "" };
    format!("{}{more}", printable(&shown))
}
