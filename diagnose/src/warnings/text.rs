//! Warnings in words. What is only possible is a hint.

use std::fmt::{self, Write};

use anstyle::{AnsiColor, Style};
use corsac::Escaped;

use super::found::{Seen, Warning, Why};
use crate::certainty::Certainty;

const WARN: Style = AnsiColor::Yellow.on_default().bold();
const HEAD: Style = Style::new().bold();

/// More names of cookies than these do not help.
const COOKIES: usize = 3;

/// Longest value that is shown, in bytes.
const SHOWN: usize = 80;

/// Writes each warning on a line of its own.
pub(crate) fn push<'w>(text: &mut String, warnings: impl IntoIterator<Item = &'w Warning>) {
    for warning in warnings {
        let _ = match warning.certainty {
            Certainty::Certain => writeln!(text, "{WARN}Warning:{WARN:#} {warning} [{}]", warning.code),
            Certainty::Likely => writeln!(text, "{WARN}Warning:{WARN:#} {warning} [{}, likely]", warning.code),
            Certainty::Possible => writeln!(text, "{HEAD}Hint:{HEAD:#}  {warning} [{}, possible]", warning.code),
        };
    }
}

impl fmt::Display for Warning {
    /// What is wrong and what to do, in sentences that are safe for a terminal.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&sentence(self))
    }
}

fn sentence(warning: &Warning) -> String {
    let cache =
        |name: &[u8], value: &[u8]| format!("{}: {}", Escaped(name), Escaped(value.get(..SHOWN).unwrap_or(value)));
    match (&warning.seen, warning.code) {
        (Seen::Cache { name, value }, "vary-origin-missing") => format!(
            "A cache sent this response ({}), it names this origin, and it has no Vary: Origin. If the server allows other origins too, add Vary: \
             Origin; corsac probe --twice finds out whether the cache mixes them up.",
            cache(name, value)
        ),
        (Seen::Cache { name, value }, _) => format!(
            "A cache sent this response ({}), and it has no Vary: Origin, so it may have been made for another request. Let the server send Vary: \
             Origin on every response and empty the cache once; corsac probe --twice asks past it.",
            cache(name, value)
        ),
        (Seen::Stored, _) => "Caches may keep this response, it names this origin, and it has no Vary: Origin. If the server allows other origins \
                              too, add Vary: Origin; corsac probe --twice finds out."
            .to_owned(),
        (Seen::Cookies { names, why }, _) => of_cookies(names, *why, warning.certainty),
    }
}

fn of_cookies(names: &[Vec<u8>], why: Why, certainty: Certainty) -> String {
    let shown: Vec<String> =
        names.iter().take(COOKIES).map(|name| Escaped(name.get(..SHOWN).unwrap_or(name)).to_string()).collect();
    let more = if names.len() > COOKIES { " and others" } else { "" };
    let cookie = format!("The cookie {}{more}", shown.join(", "));
    // Without the public suffix list, the page and the server may still be one site.
    let site = if certainty == Certainty::Possible {
        ", if the page is on another site"
    } else {
        ", because the page is on another site"
    };
    match why {
        Why::LaxOrStrict => {
            format!("{cookie} is not kept{site}: set it with SameSite=None; Secure, or serve both from one site.")
        }
        Why::NoSameSite => {
            format!(
                "{cookie} has no SameSite, so Chromium does not keep it{site}: set it with SameSite=None; Secure, or serve both from one site."
            )
        }
        Why::NotSecure => {
            format!("{cookie} is not kept, because it lacks Secure: SameSite=None and Partitioned need it.")
        }
        Why::ThirdParty => format!(
            "{cookie} is of another site than the page: Safari does not keep it, and users can refuse it elsewhere. Add Partitioned, or serve both \
             from one site."
        ),
        Why::SecureOverHttp => {
            format!("{cookie} is Secure and comes over http:, so browsers do not keep it: use https:.")
        }
        Why::OtherDomain => {
            format!("{cookie} has a Domain that is not the server's, so browsers do not keep it: leave Domain out.")
        }
        Why::Prefix => format!(
            "{cookie} has a name that needs more: __Secure- needs Secure, and __Host- needs Secure, Path=/ and no Domain. Browsers do not keep it."
        ),
    }
}
