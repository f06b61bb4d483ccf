//! Finds the URL of a request in the notes of `curl -v`. A request head has the host and the path, but not the scheme.

use super::head::header_line;
use crate::exchange::Headers;

/// The connection that the next request goes over.
#[derive(Debug, Default)]
pub(super) struct Connection {
    /// TLS, or the port of it.
    secure: Option<bool>,
    /// The URL that curl names itself.
    url: Option<Vec<u8>>,
    /// The header list of an HTTP/2 or HTTP/3 stream, as notes write it.
    stream: Headers,
    /// The line on which that began.
    stream_line: u64,
}

/// The URL of a request.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) url: Vec<u8>,
    pub(super) scheme_is_guessed: bool,
}

impl Connection {
    /// Reads a note, without its mark.
    pub(super) fn note(&mut self, note: &[u8], line: u64) {
        let note = note.trim_ascii();
        let has = |part: &str| note.windows(part.len()).any(|window| window == part.as_bytes());
        if let Some(field) = stream_field(note) {
            if self.stream.is_empty() {
                self.stream_line = line;
            }
            if self.stream.len() < 1000 {
                self.stream.push((field.0.to_vec(), field.1.to_vec()));
            }
        } else if note.starts_with(b"Trying ") {
            self.secure = None;
        } else if has(" port 443 ")
            || note.ends_with(b" port 443")
            || has("SSL connection")
            || has("ALPN")
            || has("TLSv1")
        {
            self.secure = Some(true);
        } else if note.starts_with(b"Connected to ") || note.starts_with(b"Established connection to ") {
            self.secure = self.secure.or(Some(false));
        } else if let Some((_, url)) = cut(note, b" OPENED stream for ") {
            self.url = Some(url.to_vec());
        } else if let Some((_, url)) = cut(note, b"Issue another request to this URL: ") {
            let url = url.strip_prefix(b"'").and_then(|url| url.strip_suffix(b"'")).unwrap_or(url);
            self.url = Some(url.to_vec());
        }
    }

    /// The request of a stream, and its line.
    pub(super) fn stream(&self) -> Option<(Headers, u64)> {
        let has_method = self.stream.iter().any(|(name, _)| name == b":method");
        has_method.then(|| (self.stream.clone(), self.stream_line))
    }

    /// The URL of a request to `host` for `target`.
    pub(super) fn take_url(&mut self, host: Option<&[u8]>, target: &[u8]) -> Option<Found> {
        let stream = std::mem::take(&mut self.stream);
        let field = |name: &[u8]| stream.iter().find(|(have, _)| have == name).map(|(_, value)| &value[..]);
        let noted = self.url.take().filter(|url| super::step::origin_of(url).is_some());
        if target.windows(3).any(|part| part == b"://") {
            return Some(Found { url: target.to_vec(), scheme_is_guessed: false });
        }
        if let Some(url) = noted {
            return Some(Found { url, scheme_is_guessed: false });
        }
        let host = host.or_else(|| field(b":authority"))?;
        let known = field(b":scheme").map(|scheme| scheme == b"https").or(self.secure);
        let secure = known.unwrap_or_else(|| !is_local(host));
        let scheme: &[u8] = if secure { b"https://" } else { b"http://" };
        let path = if target.starts_with(b"/") { target } else { b"/" };
        Some(Found { url: [scheme, host, path].concat(), scheme_is_guessed: known.is_none() })
    }
}

/// A host that development servers have, mostly without TLS, or a port that is HTTP's.
fn is_local(host: &[u8]) -> bool {
    let name = host.strip_prefix(b"[::1]").map_or_else(|| host.split(|&b| b == b':').next(), |_| Some(b"localhost"));
    let name = name.unwrap_or_default();
    let is_private = [b"192.168.".as_slice(), b"10.", b"0.0.0.0"].iter().any(|start| name.starts_with(start));
    host.ends_with(b":80")
        || is_private && !host.ends_with(b"443")
        || name == b"localhost"
        || name.ends_with(b".localhost")
        || name.starts_with(b"127.")
}

/// `[HTTP/2] [1] [:method: OPTIONS]`, and older `h2h3 [:method: OPTIONS]`, `h2 [origin: ...]`.
fn stream_field(note: &[u8]) -> Option<(&[u8], &[u8])> {
    let rest = if let Some(rest) = note.strip_prefix(b"[HTTP/2] [").or_else(|| note.strip_prefix(b"[HTTP/3] [")) {
        let digits = rest.iter().position(|b| !b.is_ascii_digit())?;
        rest.get(digits..)?.strip_prefix(b"] [")?
    } else {
        [&b"h2h3 ["[..], b"h2 [", b"h3 ["].into_iter().find_map(|mark| note.strip_prefix(mark))?
    };
    header_line(rest.strip_suffix(b"]")?)
}

fn cut<'a>(bytes: &'a [u8], by: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let at = bytes.windows(by.len()).position(|part| part == by)?;
    Some((bytes.get(..at)?, bytes.get(at + by.len()..)?))
}

#[cfg(test)]
mod tests {
    use super::{Connection, Found};

    fn url(notes: &[&str], host: &str, target: &str) -> Option<(String, bool)> {
        let mut connection = Connection::default();
        notes.iter().for_each(|note| connection.note(note.as_bytes(), 1));
        let found = connection.take_url(Some(host.as_bytes()).filter(|host| !host.is_empty()), target.as_bytes());
        found.map(|Found { url, scheme_is_guessed }| (String::from_utf8(url).unwrap(), scheme_is_guessed))
    }

    #[test]
    fn notes_give_the_scheme() {
        let noted = |url: &str| Some((url.to_owned(), false));
        let guessed = |url: &str| Some((url.to_owned(), true));
        let plain = ["  Trying 127.0.0.1:8080...", "Connected to a.test (127.0.0.1) port 8080"];
        assert_eq!(url(&plain, "a.test:8080", "/x"), noted("http://a.test:8080/x"));
        let tls = ["Connected to a.test (::1) port 8443 (#0)", "ALPN: curl offers h2,http/1.1"];
        assert_eq!(url(&tls, "a.test:8443", "/"), noted("https://a.test:8443/"));
        assert_eq!(
            url(&["[HTTP/2] [1] OPENED stream for https://b.test/y?z"], "b.test", "/y?z"),
            noted("https://b.test/y?z")
        );
        let stream = ["[HTTP/2] [1] [:method: PUT]", "[HTTP/2] [1] [:scheme: https]", "h2h3 [:authority: c.test]"];
        assert_eq!(url(&stream, "", "/z"), noted("https://c.test/z"));
        assert_eq!(
            url(&["Issue another request to this URL: 'https://d.test/'"], "d.test", "/"),
            noted("https://d.test/")
        );
        assert_eq!(url(&[], "a.test", "http://a.test/p"), noted("http://a.test/p"));
        assert_eq!(url(&[], "a.test", "/"), guessed("https://a.test/"));
        assert_eq!(url(&[], "localhost:3000", "/"), guessed("http://localhost:3000/"));
        assert_eq!(url(&[], "", "/"), None);
    }
}
