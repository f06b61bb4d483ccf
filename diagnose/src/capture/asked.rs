//! What a request was: from its own lines, from curl's notes, from the command, or from the words of the text.

use super::connection::Found;
use super::conversation::{ASSUMED, ASSUMED_METHOD, Conversation, listed, requested, sender, shown};
use super::parsed::Command;
use super::step::{CapturedRequest, CapturedResponse, Sender, header, origin_of};
use crate::exchange::Headers;

impl Conversation<'_> {
    /// The request whose head was read, with what the lines before it say.
    pub(super) fn asked(
        &mut self,
        line: u64,
        method: Option<Vec<u8>>,
        target: &[u8],
        mut headers: Headers,
    ) -> CapturedRequest {
        let host = header(&headers, "host").or_else(|| header(&headers, ":authority")).map(<[u8]>::to_vec);
        let mut found = self.connection.take_url(host.as_deref(), target);
        if let Some((Command { url: Some(url), .. }, _)) = self.command.take()
            && found.as_ref().is_none_or(|found| found.scheme_is_guessed)
        {
            found = Some(Found { url, scheme_is_guessed: false });
        }
        headers.retain(|(name, _)| !name.starts_with(b":"));
        let (url, scheme_is_guessed) = found.map_or((None, false), |found| (Some(found.url), found.scheme_is_guessed));
        let asked = CapturedRequest::new(self.file.line(line), sender(&headers), headers);
        CapturedRequest { method, url, scheme_is_guessed, ..asked }
    }

    /// The request from curl's notes, if its own lines are missing.
    pub(super) fn request_from_notes(&mut self) -> Option<CapturedRequest> {
        let (stream, line) = self.connection.stream()?;
        let field = |name: &str| header(&stream, name).map(<[u8]>::to_vec);
        let (method, target) = (field(":method"), field(":path").unwrap_or_default());
        Some(self.asked(line, method, &target, stream))
    }

    /// The preflight of the request that a command shows, for a response that the text calls one to a preflight.
    pub(super) fn preflight_of_command(&self) -> Option<CapturedRequest> {
        let (Command { method, url, headers, .. }, line) =
            self.command.as_ref().filter(|(asked, _)| asked.method != b"OPTIONS")?;
        let mut sent = vec![(b"Access-Control-Request-Method".to_vec(), method.clone())];
        sent.extend(header(headers, "origin").map(|origin| (b"Origin".to_vec(), origin.to_vec())));
        sent.extend(requested(headers).map(|names| (b"Access-Control-Request-Headers".to_vec(), names)));
        let included = header(headers, "sec-fetch-storage-access");
        sent.extend(included.map(|value| (b"Sec-Fetch-Storage-Access".to_vec(), value.to_vec())));
        let asked = CapturedRequest::new(self.file.line(*line), Sender::Person, sent);
        Some(CapturedRequest { method: Some(b"OPTIONS".to_vec()), url: url.clone(), ..asked })
    }

    pub(super) fn request_from_command(&mut self) -> Option<CapturedRequest> {
        let (Command { method, url, headers, .. }, line) = self.command.take()?;
        let asked = CapturedRequest::new(self.file.line(line), sender(&headers), headers);
        Some(CapturedRequest { method: Some(method), url, ..asked })
    }

    /// The request with what only the words of the text say: its page, or all of it before the first response.
    pub(super) fn with_spoken(
        &mut self,
        asked: Option<CapturedRequest>,
        answered: Option<&CapturedResponse>,
        is_of_preflight: bool,
    ) -> Option<CapturedRequest> {
        let mut asked = match asked {
            Some(asked) => asked,
            None => {
                let (method, url) = self.spoken.request().filter(|_| self.steps == 0)?;
                let mut sent = Headers::new();
                let is_preflight = is_of_preflight && method.as_deref() != Some(b"OPTIONS");
                if is_preflight {
                    if method.is_none() {
                        self.notes.push(answered?.place.clone(), ASSUMED);
                    }
                    let asked = method.clone().unwrap_or_else(|| ASSUMED_METHOD.to_vec());
                    sent.push((b"Access-Control-Request-Method".to_vec(), asked));
                    let names = listed(self.spoken.headers.clone());
                    sent.extend(names.map(|names| (b"Access-Control-Request-Headers".to_vec(), names)));
                }
                let method = if is_preflight { b"OPTIONS".to_vec() } else { method.unwrap_or_else(|| b"GET".to_vec()) };
                let asked = CapturedRequest::new(answered?.place.clone(), Sender::Person, sent);
                CapturedRequest { method: Some(method), url: Some(url), ..asked }
            }
        };
        if asked.sender == Sender::Browser && asked.origin().is_none() {
            asked.page = asked.header("referer").and_then(origin_of);
        }
        if asked.origin().is_none()
            && let Some(page) = asked.url.as_deref().and_then(|url| self.spoken.page(url))
        {
            let message = format!("the page's origin is taken from the words of the text: {}", shown(&page));
            self.notes.push(asked.place.clone(), message);
            asked.page = Some(page);
        }
        if self.spoken.has_credentials && asked.header("cookie").is_none() {
            // A browser sends this only where the script includes credentials.
            asked.headers.push((b"Sec-Fetch-Storage-Access".to_vec(), b"active".to_vec()));
        }
        Some(asked)
    }
}
