//! Whether one source expression of a Content Security Policy matches a URL
//! ([CSP 6.7.2](https://www.w3.org/TR/CSP3/#match-url-to-source-expression)).

use crate::place::Place;

/// Whether `source` matches a serialised `http:` or `https:` URL that a page asks for. `redirected`: the path does not count, because it would tell a
/// page where another site redirects to.
pub(super) fn matches(source: &str, page: &str, url: &str, redirected: bool) -> bool {
    let (Some(own), Some(target)) = (Origin::of(page), Origin::of(url)) else { return false };
    if source == "*" {
        return matches!(target.scheme, "http" | "https") || scheme_matches(own.scheme, target.scheme);
    }
    if source.eq_ignore_ascii_case("'self'") {
        return is_self(&own, &target);
    }
    match Source::of(source) {
        None => false,
        Some(Source::Scheme(scheme)) => scheme_matches(scheme, target.scheme),
        Some(Source::Host { scheme, host, port, path }) => {
            let scheme = scheme.unwrap_or(own.scheme);
            scheme_matches(scheme, target.scheme)
                && host_matches(host, target.host)
                && port_matches(port, scheme, &target)
                && (redirected || path_matches(path, target.path))
        }
    }
}

/// A URL, cut into what a source expression is compared with.
struct Origin<'u> {
    scheme: &'u str,
    host: &'u str,
    port: u16,
    path: &'u str,
}

impl<'u> Origin<'u> {
    fn of(url: &'u str) -> Option<Self> {
        let place = Place::of(url)?;
        let port = place.port().or_else(|| default_port(place.scheme))?;
        let path = place.path.split(['?', '#']).next().unwrap_or_default();
        Some(Self { scheme: place.scheme, host: place.host, port, path })
    }
}

fn default_port(scheme: &str) -> Option<u16> {
    match scheme {
        "http" | "ws" => Some(80),
        "https" | "wss" => Some(443),
        _ => None,
    }
}

fn is_self(own: &Origin<'_>, target: &Origin<'_>) -> bool {
    let are_default = |one: &Origin<'_>| default_port(one.scheme) == Some(one.port);
    let same_port = own.port == target.port || (are_default(own) && are_default(target));
    own.host.eq_ignore_ascii_case(target.host)
        && ((own.scheme == target.scheme && own.port == target.port)
            || (same_port
                && (matches!(target.scheme, "https" | "wss") || (own.scheme == "http" && target.scheme == "ws"))))
}

enum Source<'s> {
    /// `https:`
    Scheme(&'s str),
    /// `https://*.example.com:8443/path/`
    Host { scheme: Option<&'s str>, host: &'s str, port: Option<&'s str>, path: &'s str },
}

impl<'s> Source<'s> {
    /// `None`: a keyword, a nonce, a hash, or not a source at all.
    fn of(text: &'s str) -> Option<Self> {
        let is_scheme = |text: &str| {
            text.starts_with(|c: char| c.is_ascii_alphabetic())
                && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'))
        };
        if let Some(scheme) = text.strip_suffix(':') {
            return is_scheme(scheme).then_some(Self::Scheme(scheme));
        }
        let (scheme, rest) = match text.split_once("://") {
            Some((scheme, rest)) => (Some(scheme), rest),
            None => (None, text),
        };
        let (authority, path) = rest.split_at_checked(rest.find('/').unwrap_or(rest.len()))?;
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (authority, None),
        };
        let is_port = |port: &str| port == "*" || (!port.is_empty() && port.bytes().all(|b| b.is_ascii_digit()));
        let label = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        let bare = host.strip_prefix("*.").unwrap_or(host);
        let is_host = host == "*" || bare.strip_suffix('.').unwrap_or(bare).split('.').all(label);
        // A question mark or a number sign is not part of a path here.
        let path = path.split(['?', '#']).next().unwrap_or_default();
        (is_host && scheme.is_none_or(is_scheme) && port.is_none_or(is_port)).then_some(Self::Host {
            scheme,
            host,
            port,
            path,
        })
    }
}

/// A safer scheme than the listed one matches as well.
fn scheme_matches(listed: &str, asked: &str) -> bool {
    let is = |scheme: &str| listed.eq_ignore_ascii_case(scheme);
    is(asked)
        || (is("http") && asked == "https")
        || (is("ws") && matches!(asked, "wss" | "http" | "https"))
        || (is("wss") && asked == "https")
}

/// The standard matches no address, but every browser compares addresses as it compares names.
fn host_matches(listed: &str, asked: &str) -> bool {
    if listed == "*" {
        return true;
    }
    match listed.strip_prefix('*') {
        // `.example.com`, so that the name itself does not match.
        Some(end) => {
            let start = asked.len().checked_sub(end.len());
            start
                .filter(|start| *start > 0)
                .and_then(|start| asked.get(start..))
                .is_some_and(|last| last.eq_ignore_ascii_case(end))
        }
        None => listed.eq_ignore_ascii_case(asked),
    }
}

fn port_matches(listed: Option<&str>, scheme: &str, target: &Origin<'_>) -> bool {
    match listed {
        None => default_port(target.scheme) == Some(target.port),
        Some("*") => true,
        // Where browsers take `http:` for `https:`, they take port 80 for 443.
        Some("80") if scheme.eq_ignore_ascii_case("http") && target.scheme == "https" => target.port == 443,
        Some(listed) => listed.parse() == Ok(target.port),
    }
}

fn path_matches(listed: &str, asked: &str) -> bool {
    if listed.is_empty() || (listed == "/" && asked.is_empty()) {
        return true;
    }
    let is_exact = !listed.ends_with('/');
    let (mut listed, asked): (Vec<&str>, Vec<&str>) = (listed.split('/').collect(), asked.split('/').collect());
    if listed.len() > asked.len() || (is_exact && listed.len() != asked.len()) {
        return false;
    }
    if !is_exact {
        listed.pop();
    }
    listed.iter().zip(&asked).all(|(one, other)| decoded(one) == decoded(other))
}

/// The bytes of a path's segment without percent encoding.
fn decoded(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let hex = |at: usize| {
            after.get(at).and_then(|b| char::from(*b).to_digit(16)).and_then(|digit| u8::try_from(digit).ok())
        };
        match (first, hex(0), hex(1)) {
            (b'%', Some(high), Some(low)) => {
                bytes.push((high << 4) | low);
                rest = after.get(2..).unwrap_or_default();
            }
            _ => {
                bytes.push(first);
                rest = after;
            }
        }
    }
    bytes
}

#[cfg(test)]
mod tests;
