//! What the words of a command ask for, with the headers that its program adds.

use super::head::header_line;
use super::parsed::Command;
use crate::exchange::Headers;

#[derive(Default)]
pub(super) struct Options {
    pub(super) method: Option<Vec<u8>>,
    implied: Option<&'static [u8]>,
    get: bool,
    pub(super) url: Option<Vec<u8>>,
    headers: Headers,
    defaults: Headers,
    removed: Vec<Vec<u8>>,
}

impl Options {
    pub(super) fn option(&mut self, long: &[u8], value: &[u8]) {
        match long {
            b"request" => self.method = Some(value.to_vec()),
            b"head" => self.implied = Some(b"HEAD"),
            b"get" => self.get = true,
            b"url" => self.url = Some(value.to_vec()),
            b"data" | b"data-raw" | b"data-binary" | b"data-ascii" | b"data-urlencode" => {
                self.body(b"POST", b"application/x-www-form-urlencoded");
            }
            b"json" => {
                self.body(b"POST", b"application/json");
                self.unless_given(b"Accept", b"application/json");
            }
            b"form" | b"form-string" => self.body(b"POST", b"multipart/form-data"),
            b"upload-file" => self.implied = Some(b"PUT"),
            b"cookie" => self.unless_given(b"Cookie", value),
            // The password stays secret.
            b"user" => self.unless_given(b"Authorization", b"Basic"),
            b"oauth2-bearer" => self.unless_given(b"Authorization", b"Bearer"),
            b"range" => self.unless_given(b"Range", &[b"bytes=", value].concat()),
            b"user-agent" => self.unless_given(b"User-Agent", value),
            b"referer" => self.unless_given(b"Referer", value),
            b"header" => self.header(value),
            _ => {}
        }
    }

    pub(super) fn body(&mut self, method: &'static [u8], kind: &[u8]) {
        self.implied = Some(method);
        self.unless_given(b"Content-Type", kind);
    }

    /// A header that the command line's own `-H` of that name replaces.
    pub(super) fn unless_given(&mut self, name: &[u8], value: &[u8]) {
        self.defaults.retain(|(have, _)| have != name);
        self.defaults.push((name.to_vec(), value.to_vec()));
    }

    /// `Name: value`; `Name;` is a header without a value, `Name:` takes one away.
    pub(super) fn header(&mut self, value: &[u8]) {
        if let Some((name, value)) = header_line(value) {
            if value.is_empty() {
                self.removed.push(name.to_vec());
            } else {
                self.headers.push((name.to_vec(), value.to_vec()));
            }
        } else if let Some(name) = value.strip_suffix(b";").filter(|name| corsac::is_token(name)) {
            self.headers.push((name.to_vec(), Vec::new()));
        }
    }

    /// The first word that has a scheme, or else the first that could be a host.
    pub(super) fn positional(&mut self, word: Vec<u8>) {
        let could_be =
            has_scheme(&word) || word.iter().any(|b| matches!(b, b'.' | b':' | b'/')) || word == b"localhost";
        if could_be && self.url.as_deref().is_none_or(|have| !has_scheme(have) && has_scheme(&word)) {
            self.url = Some(word);
        }
    }

    pub(super) fn finish(self) -> Command {
        let Self { method, implied, get, url, mut headers, defaults, removed } = self;
        let without_body = get && implied == Some(b"POST");
        let is_replaced = |name: &[u8]| {
            let names = headers.iter().map(|(have, _)| have).chain(&removed);
            names.into_iter().any(|have| have.eq_ignore_ascii_case(name))
        };
        let kept = defaults.into_iter().filter(|(name, _)| {
            let of_body = without_body && name == b"Content-Type";
            !is_replaced(name) && !of_body
        });
        let kept: Vec<_> = kept.collect();
        headers.extend(kept);
        let implied = implied.filter(|_| !without_body).unwrap_or(b"GET");
        let url = url.map(|url| if has_scheme(&url) { url } else { [b"http://", &url[..]].concat() });
        Command { method: method.unwrap_or_else(|| implied.to_vec()), url, headers, ..Command::default() }
    }
}

/// Whether a URL names its scheme: a command may leave it out.
pub(super) fn has_scheme(url: &[u8]) -> bool {
    url.windows(3).any(|part| part == b"://")
}
