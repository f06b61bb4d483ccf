//! Finds the response to each request, and requests that are only mentioned in the lines around a response.

use corsac::browser::{HttpVersion, Profile, is_forbidden_header, is_safelisted_header};
use corsac::{Escaped, is_token};

use super::chain::CapturedExchange;
use super::connection::Connection;
use super::head::{self, StatusLine, Whose};
use super::pair::Pairing;
use super::pane::Pane;
use super::parsed::Command;
use super::place::{Notes, Place};
use super::spoken::Spoken;
use super::step::{CapturedRequest, CapturedResponse, Sender, Step, header};
use crate::exchange::{Headers, Response};
use crate::neighbours::reported_by_program;

const NO_OUTPUT: &str =
    "this command has no response below it: run it so that it prints the headers (curl -i, http --headers)";

const NO_STATUS: &str = "these response headers have no status: 200 is assumed";

const NO_MATCH: &str = "this command shows only the headers of CORS, and there are none below it. The status is not shown either: 200 is assumed";

const PROVISIONAL: &str = "provisional headers are shown, so the browser did not send this request, something stopped it, or no response came: the \
                           console has a line about it, which says why. Give that line to corsac explain --console";

pub(super) const ASSUMED_METHOD: &[u8] = b"PUT";

pub(super) const ASSUMED: &str =
    "this OPTIONS request is taken for a preflight. The text does not say for which method: PUT is assumed";

/// The heads of one text, in their order.
pub(super) struct Conversation<'t> {
    pub(super) file: &'t Place,
    pairing: &'t mut Pairing,
    pub(super) notes: &'t mut Notes,
    on: &'t mut dyn FnMut(CapturedExchange),
    pub(super) connection: Connection,
    /// What the words around the heads say.
    pub(super) spoken: Spoken,
    /// The command whose output comes next.
    pub(super) command: Option<(Command, u64)>,
    /// A response to that request's preflight was in the text, so the request's own may be missing.
    has_preflight: bool,
    /// The request of the next response.
    asked: Option<CapturedRequest>,
    /// The request was a CONNECT, to which a proxy responds.
    tunnel: bool,
    /// The last response with marks, which `curl -iv` writes once more without them.
    shown: Option<Response>,
    has_guessed: bool,
    /// What curl last reported about a failure, and where.
    failure: Option<(u64, String)>,
    pub(super) steps: u64,
}

/// What a text contained.
pub(super) struct End {
    /// How many requests and responses there were.
    pub(super) steps: u64,
    /// The line of a command without its output.
    pub(super) command: Option<u64>,
    pub(super) failure: Option<(u64, String)>,
}

impl<'t> Conversation<'t> {
    pub(super) fn new(
        file: &'t Place,
        pairing: &'t mut Pairing,
        notes: &'t mut Notes,
        on: &'t mut dyn FnMut(CapturedExchange),
    ) -> Self {
        Self {
            file,
            pairing,
            notes,
            on,
            connection: Connection::default(),
            spoken: Spoken::default(),
            command: None,
            has_preflight: false,
            asked: None,
            tunnel: false,
            shown: None,
            has_guessed: false,
            failure: None,
            steps: 0,
        }
    }

    pub(super) fn end(mut self) -> End {
        self.end_request();
        self.end_grep();
        let command = self.command.take().map(|(_, line)| line).filter(|_| !self.has_preflight);
        if let Some(line) = command.filter(|_| self.steps > 0) {
            self.note(line, NO_OUTPUT);
        }
        End { steps: self.steps, command, failure: self.failure }
    }

    /// curl reports that the request before failed: `curl: (6) Could not resolve host: b.example`.
    pub(super) fn failed(&mut self, message: &[u8], line: u64) {
        let message = String::from_utf8_lossy(message.get(..200).unwrap_or(message)).into_owned();
        if let Some(asked) = self.asked.take().or_else(|| self.request_from_command()) {
            self.step(Some(asked), None, Some(message.clone()));
        }
        self.failure = Some((line, message));
    }

    pub(super) fn note(&mut self, line: u64, message: impl Into<String>) {
        self.notes.push(self.file.line(line), message);
    }

    /// wget writes which URL it asks for, also below its command.
    pub(super) fn asks_by_wget(&mut self, url: Option<Vec<u8>>, line: u64) {
        let is_known = self.command.as_ref().is_some_and(|(command, _)| command.url == url);
        if !is_known {
            self.command(Command { method: b"GET".to_vec(), url, ..Command::default() }, line);
        }
    }

    /// A command that shows only the headers of CORS shows nothing: there are none.
    fn end_grep(&mut self) {
        if let Some((_, line)) = self.command.as_ref().filter(|(command, _)| command.greps) {
            let line = *line;
            self.note(line, NO_MATCH);
            let found = StatusLine { http_version: HttpVersion::Http1, status: 200, reason: b"" };
            self.response(line, found, Headers::new(), false);
        }
    }

    /// The output of this command follows.
    pub(super) fn command(&mut self, command: Command, line: u64) {
        self.end_request();
        self.end_grep();
        let has_preflight = std::mem::take(&mut self.has_preflight);
        if let Some((_, before)) = self.command.replace((command, line)).filter(|_| !has_preflight) {
            self.note(before, NO_OUTPUT);
        }
        self.connection = Connection::default();
        self.shown = None;
    }

    /// Headers without a first line. Their names show whether they are of a request or a response.
    pub(super) fn headers_alone(&mut self, line: u64, headers: Headers) {
        match head::whose(&headers) {
            Some(Whose::Request) => {
                let requested = header(&headers, "access-control-request-method");
                if requested.is_some_and(|method| !is_token(method)) {
                    // A sentence about the header.
                    return;
                }
                let requested = requested.map(|_| &b"OPTIONS"[..]);
                let method = header(&headers, ":method").or(requested).map(<[u8]>::to_vec);
                let target = header(&headers, ":path").unwrap_or(b"/").to_vec();
                self.end_request();
                self.asked = Some(self.asked(line, method, &target, headers));
            }
            Some(Whose::Response) => {
                let http_version = version_of(&headers);
                let status = header(&headers, ":status").and_then(|status| str::from_utf8(status).ok()?.parse().ok());
                if status.is_none() {
                    self.note(line, NO_STATUS);
                }
                let found = StatusLine { http_version, status: status.unwrap_or(200), reason: b"" };
                self.response(line, found, headers, false);
            }
            None => {
                let message = "these headers have no first line, and could be a request's or a response's";
                self.note(line, message);
            }
        }
    }

    /// A request with its head.
    pub(super) fn request(&mut self, line: u64, method: Vec<u8>, target: &[u8], headers: Headers) {
        self.end_request();
        self.tunnel = method == b"CONNECT";
        if !self.tunnel {
            self.asked = Some(self.asked(line, Some(method), target, headers));
        }
    }

    /// A response, to the request before it if it has one.
    pub(super) fn response(&mut self, line: u64, first: StatusLine<'_>, mut headers: Headers, marked: bool) {
        let StatusLine { http_version, status, reason } = first;
        headers.retain(|(name, _)| !name.starts_with(b":"));
        let place = self.file.line(line);
        if status < 200 {
            return;
        }
        let response = Response { status, headers };
        let is_tunnel = self.asked.is_none() && !marked && reason.eq_ignore_ascii_case(b"connection established");
        if self.tunnel || is_tunnel {
            if !(200..300).contains(&status) {
                self.notes
                    .push(place, format!("a proxy responded with {status}: the request did not reach its server"));
            }
            self.tunnel = false;
            return;
        }
        if marked {
            self.shown = Some(response.clone());
        } else if self.asked.is_none() && self.shown.as_ref() == Some(&response) {
            return;
        }
        let asked = self.asked.take().or_else(|| self.request_from_notes());
        let asked = asked.map(|asked| as_redirected(asked, &response));
        let is_of_preflight = self.spoken.is_of_preflight;
        let preflight = self.preflight_of_command().filter(|_| asked.is_none() && is_of_preflight);
        self.has_preflight |= preflight.is_some();
        let asked = asked.or(preflight).or_else(|| self.request_from_command());
        self.step(asked, Some(CapturedResponse { place, response, http_version, revalidates: false }), None);
    }

    /// A request and its response, as DevTools shows them together.
    pub(super) fn pane(&mut self, pane: Pane) {
        let Pane {
            line,
            method,
            url,
            http_version,
            status,
            response_line,
            request,
            response,
            is_provisional,
            of_preflight,
            ..
        } = pane;
        if is_provisional && response.is_none() {
            self.note(line, PROVISIONAL);
        }
        // A browser sends OPTIONS as a preflight. What it is for is in the headers, which were not copied.
        let is_bare_preflight = request.as_ref().is_none_or(Vec::is_empty) && method.as_deref() == Some(b"OPTIONS");
        let mut headers = request.unwrap_or_default();
        if method.is_none() && url.is_none() && headers.is_empty() && response.is_none() {
            return;
        }
        self.end_request();
        let host = header(&headers, ":authority").or_else(|| header(&headers, "host")).map(<[u8]>::to_vec);
        let path = header(&headers, ":path").unwrap_or(b"/").to_vec();
        let found = self.connection.take_url(host.as_deref(), &path);
        let scheme_is_guessed = url.is_none() && found.as_ref().is_some_and(|found| found.scheme_is_guessed);
        let url = url.or_else(|| found.map(|found| found.url));
        headers.retain(|(name, _)| !name.starts_with(b":"));
        let is_known = method.is_some() || url.is_some() || !headers.is_empty();
        let asks_for = method.as_ref().filter(|method| of_preflight && **method != b"OPTIONS").cloned();
        let method = if asks_for.is_some() { Some(b"OPTIONS".to_vec()) } else { method };
        if let Some(asked) = asks_for {
            let names = requested(&headers);
            headers.push((b"access-control-request-method".to_vec(), asked));
            headers.extend(names.map(|names| (b"access-control-request-headers".to_vec(), names)));
        } else if is_bare_preflight {
            let spoken = self.spoken.method(url.as_deref().unwrap_or_default());
            if spoken.is_none() {
                self.note(line, ASSUMED);
            }
            let method = spoken.unwrap_or_else(|| ASSUMED_METHOD.to_vec());
            headers.push((b"access-control-request-method".to_vec(), method));
            let names = listed(self.spoken.headers.clone());
            headers.extend(names.map(|names| (b"access-control-request-headers".to_vec(), names)));
        }
        let asked = CapturedRequest::new(self.file.line(line), Sender::Browser, headers);
        let asked = is_known.then_some(CapturedRequest { method, url, scheme_is_guessed, ..asked });
        let asked = asked.or_else(|| self.request_from_command());
        let place = self.file.line(response_line.unwrap_or(line));
        // Whatever its headers are, a preflight with such a status fails.
        let is_refused = is_bare_preflight && status.is_some_and(|status| !(200..300).contains(&status));
        if is_refused && response.is_none() {
            self.note(line, "the headers of the response are not in the text");
        }
        let answered = response
            .or_else(|| is_refused.then(Headers::new))
            .filter(|headers| status.is_some() || !headers.is_empty())
            .map(|headers| {
                if status.is_none() {
                    self.notes.push(place.clone(), NO_STATUS);
                }
                CapturedResponse {
                    place,
                    response: Response { status: status.unwrap_or(200), headers },
                    http_version,
                    revalidates: false,
                }
            });
        if asked.is_some() || answered.is_some() {
            self.step(asked, answered, None);
        }
    }

    /// Ends the request before, which has no response in the text.
    pub(super) fn end_request(&mut self) {
        if let Some(asked) = self.asked.take() {
            self.notes.push(asked.place.clone(), "the response to this request is not in the text");
            self.step(Some(asked), None, None);
        }
    }

    fn step(&mut self, asked: Option<CapturedRequest>, answered: Option<CapturedResponse>, failed: Option<String>) {
        let is_of_preflight = std::mem::take(&mut self.spoken.is_of_preflight);
        let asked = self.with_spoken(asked, answered.as_ref(), is_of_preflight);
        self.steps += 1;
        if let Some(asked) = &asked
            && asked.scheme_is_guessed
            && !self.has_guessed
            && let Some(url) = &asked.url
        {
            self.has_guessed = true;
            let message = format!("the text does not say whether this was http or https, so {} is assumed", shown(url));
            self.notes.push(asked.place.clone(), message);
        }
        let stopped = failed.as_deref().and_then(reported_by_program);
        let step = Step { asked, answered, started: None, failed, stopped, listed_after: false };
        self.pairing.push(step, self.notes, self.on);
    }
}

/// A redirect from `http:` to the same URL on `https:` shows which of them was asked for.
fn as_redirected(mut asked: CapturedRequest, response: &Response) -> CapturedRequest {
    let location = header(&response.headers, "location");
    if asked.scheme_is_guessed
        && (300..400).contains(&response.status)
        && let Some(rest) = asked.url.as_deref().and_then(|url| url.strip_prefix(b"https://"))
        && location.is_some_and(|to| to.strip_prefix(b"https://").is_some_and(|to| to == rest))
    {
        asked.url = Some([b"http://", rest].concat());
        asked.scheme_is_guessed = false;
    }
    asked
}

/// The names of headers as a preflight lists them: in lower case, sorted, each once.
pub(super) fn listed(mut names: Vec<Vec<u8>>) -> Option<Vec<u8>> {
    names.iter_mut().for_each(|name| name.make_ascii_lowercase());
    names.sort_unstable();
    names.dedup();
    (!names.is_empty()).then(|| names.join(&b","[..]))
}

/// What a preflight asks for because of these headers of the script's request. Browsers set `User-Agent` themselves.
pub(super) fn requested(headers: &Headers) -> Option<Vec<u8>> {
    let is_requested = |name: &[u8], value: &[u8]| {
        let header = (name, Some(value));
        !is_forbidden_header(header)
            && !is_safelisted_header(Profile::Spec, header)
            && !name.eq_ignore_ascii_case(b"user-agent")
    };
    listed(headers.iter().filter(|(name, value)| is_requested(name, value)).map(|(name, _)| name.clone()).collect())
}

/// Only HTTP/2 and HTTP/3 have pseudo headers.
fn version_of(headers: &Headers) -> HttpVersion {
    let is_pseudo = |(name, _): &(Vec<u8>, Vec<u8>)| name.starts_with(b":");
    if headers.iter().any(is_pseudo) { HttpVersion::Http2 } else { HttpVersion::Http1 }
}

/// Who sent a request, by its headers.
pub(super) fn sender(headers: &Headers) -> Sender {
    let is_browser = header(headers, "user-agent").is_some_and(|agent| agent.starts_with(b"Mozilla/"))
        || header(headers, "sec-fetch-mode").is_some();
    if is_browser { Sender::Browser } else { Sender::Person }
}

pub(super) fn shown(bytes: &[u8]) -> Escaped<'_> {
    Escaped(bytes.get(..80).unwrap_or(bytes))
}

#[cfg(test)]
mod tests {
    use super::requested;
    use corsac::browser::HttpVersion;

    use crate::capture::{CapturedExchange, Captures};

    fn read(text: &str) -> (Vec<CapturedExchange>, Vec<String>) {
        let (mut captures, mut exchanges) = (Captures::default(), Vec::new());
        captures.read("x", text.as_bytes(), &mut |captured| exchanges.push(captured)).unwrap();
        let notes = captures.finish(&mut |captured| exchanges.push(captured));
        (exchanges, notes.into_iter().map(|note| format!("{} {}", note.place, note.message)).collect())
    }

    #[test]
    fn a_head_that_is_written_twice_is_one() {
        let once =
            "> GET http://b.test/ HTTP/1.1\n> Origin: https://a.test\n> \n< HTTP/1.1 200 OK\n< Vary: Origin\n< \n";
        let twice = format!("{once}HTTP/1.1 200 OK\r\nVary: Origin\r\n\r\nbody");
        assert_eq!(read(&twice), read(once));
        let other = format!("{once}HTTP/1.1 200 OK\r\nVary: Accept\r\n\r\n");
        assert_eq!(read(&other).0.len(), 2);
    }

    #[test]
    fn a_request_or_a_command_without_a_response_is_noted() {
        let (exchanges, notes) =
            read("> GET http://b.test/ HTTP/1.1\n> Origin: https://a.test\n> \n$ curl http://c.test/\nhello\n");
        assert_eq!(exchanges.len(), 1);
        assert_eq!(exchanges[0].exchange.hops[0].response, None);
        let expected = [
            "x:1 the response to this request is not in the text",
            "x:4 this command has no response below it: run it so that it prints the headers (curl -i, http --headers)",
        ];
        assert_eq!(notes, expected);
    }

    #[test]
    fn head_without_a_first_line_is_known_by_names() {
        let text =
            "> Origin: https://a.test\n> Access-Control-Request-Method: PUT\n> Host: b.test\n> \n< HTTP/2 204\n< \n";
        let (exchanges, _) = read(text);
        let request = &exchanges[0].exchange.request;
        assert_eq!(
            (request.method.as_deref(), request.url.as_deref()),
            (Some(&b"PUT"[..]), Some(&b"https://b.test/"[..]))
        );
        assert_eq!(exchanges[0].exchange.hops[0].preflight.as_ref().unwrap().status, 204);
    }

    #[test]
    fn preflight_lists_what_a_browser_would() {
        let of = |lines: &[(&str, &str)]| {
            requested(
                &lines.iter().map(|(name, value)| (name.as_bytes().to_vec(), value.as_bytes().to_vec())).collect(),
            )
        };
        let all = [("X-B", "1"), ("Content-Type", "application/json"), ("x-a", "1"), ("Accept", "*/*"), ("X-A", "2")];
        assert_eq!(of(&all), Some(b"content-type,x-a,x-b".to_vec()));
        assert_eq!(of(&[("Content-Type", "text/plain"), ("User-Agent", "x"), ("Cookie", "a=b")]), None);
    }

    #[test]
    fn version_of_http_is_that_of_the_last_response() {
        let version = |text: &str| read(text).0.remove(0).exchange.request.http_version;
        let request = "> GET http://b.test/ HTTP/1.1\n> Origin: https://a.test\n> \n";
        for (first, expected) in [
            ("< HTTP/1.1 200 OK", HttpVersion::Http1),
            ("< HTTP/1.0 200 OK", HttpVersion::Http1),
            ("< HTTP/2 200 ", HttpVersion::Http2),
            ("< HTTP/3 200", HttpVersion::Http2),
        ] {
            assert_eq!(version(&format!("{request}{first}\n< Vary: Origin\n< \n")), expected, "{first}");
        }
        let moved = "< HTTP/1.1 302 Found\n< Location: https://b.test/\n< \n";
        let next = "> GET https://b.test/ HTTP/2\n> Origin: https://a.test\n> \n< HTTP/2 200 \n< \n";
        assert_eq!(version(&format!("{request}{moved}{next}")), HttpVersion::Http2);
        assert_eq!(version(&format!("{request}{moved}")), HttpVersion::Http1);
        // Without a first line, pseudo headers show it.
        assert_eq!(version(":status: 200\naccess-control-allow-origin: *\n\n"), HttpVersion::Http2);
        assert_eq!(version("access-control-allow-origin: *\n\n"), HttpVersion::Http1);
        let pane = "Request URL: https://b.test/x\nStatus Code: 204\nResponse Headers\nvary: a\nRequest Headers\n";
        assert_eq!(version(&format!("{pane}:method: GET\norigin: https://a.test\n")), HttpVersion::Http2);
        assert_eq!(version(&format!("{pane}Origin: https://a.test\n")), HttpVersion::Http1);
    }

    #[test]
    fn a_command_copied_from_a_browser_has_the_browsers_headers() {
        let text = "curl 'https://b.test/x' -i -H 'accept-language: en' -H 'origin: https://a.test' -H 'x-trace: 1' \\\n  \
                    -H 'user-agent: Mozilla/5.0' -H 'sec-fetch-mode: cors'\nHTTP/2 200\n\n";
        let names: Vec<_> = read(text).0.remove(0).exchange.request.headers.into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, [b"x-trace".to_vec()]);
    }

    #[test]
    fn quotations_and_sentences_change_nothing() {
        let pane = "Request URL:https://b.test/x\nRequest Method:OPTIONS\nStatus Code:200 OK\n\nResponse Header\nvary:origin\n";
        let quoted: String = pane.lines().map(|line| format!("> {line}\n")).collect();
        let hops = |text: &str| read(text).0.remove(0).exchange.hops;
        assert_eq!(hops(&quoted), hops(pane));
        assert_eq!(hops(pane)[0].preflight.as_ref().unwrap().headers.len(), 1);
        let head = "GET https://b.test/x HTTP/1.1\nOrigin: https://a.test\n\nHTTP/1.1 500 Error\n\n";
        let told = format!("Access-Control-Request-Method: GET fails, and I get 500\n\n{head}");
        assert_eq!(read(&told).0.len(), read(head).0.len());
    }
}
