//! The panes of DevTools, as people copy them: sections with titles, and names and values on one line or on two.

use corsac::browser::HttpVersion;

use super::head::{Whose, header_line, may_begin_head, request_line, status_line, whose_name};
use super::spoken::is_title_of_preflight;
use super::written::{bare_request, bare_status};
use crate::exchange::Headers;

/// What Chromium writes above headers that it did not send, or took from its cache.
const PROVISIONAL: &[u8] = b"Provisional headers are shown";

/// No pane has more headers.
const LINES: usize = 2000;

/// The request and the response of one pane.
#[derive(Debug, Default)]
pub(super) struct Pane {
    section: Section,
    pub(super) line: u64,
    pub(super) method: Option<Vec<u8>>,
    pub(super) url: Option<Vec<u8>>,
    pub(super) http_version: HttpVersion,
    pub(super) status: Option<u16>,
    /// Of the section of response headers.
    pub(super) response_line: Option<u64>,
    pub(super) request: Option<Headers>,
    pub(super) response: Option<Headers>,
    /// Firefox names the parts of the URL one by one.
    scheme: Option<Vec<u8>>,
    host: Option<Vec<u8>>,
    /// The response is the one to the preflight of the request.
    pub(super) of_preflight: bool,
    /// The browser shows headers that it may not have sent.
    pub(super) is_provisional: bool,
    /// A name whose value is the next line.
    name: Option<Vec<u8>>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Section {
    #[default]
    General,
    Request,
    Response,
    /// Headers of both kinds, because somebody left the titles out.
    Untitled,
}

/// What a pane did with a line.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Took {
    Yes,
    /// The line begins the next pane.
    Next,
    /// The line does not belong to a pane.
    No,
}

/// The section that a line is the title of. Short titles, which are common words, only count within a pane.
pub(super) fn title(line: &[u8], within: bool) -> Option<Section> {
    let line = line.strip_prefix("▼".as_bytes()).unwrap_or(line).trim_ascii();
    let line = line.trim_ascii_start();
    let line = line.get(line.iter().take_while(|&&b| b == b'#').count()..).unwrap_or_default().trim_ascii_start();
    let line = line.strip_prefix(b"**").and_then(|line| line.strip_suffix(b"**")).unwrap_or(line);
    // Firefox: `Response Headers (345 B)`.
    let line = line.split(|&b| b == b'(').next().unwrap_or_default().trim_ascii();
    let line = line.strip_suffix(b":").unwrap_or(line);
    let is = |text: &str| text.as_bytes().eq_ignore_ascii_case(line);
    if is("Request Headers") || is("Request Header") || (within && is("Request")) {
        Some(Section::Request)
    } else if is("Response Headers") || is("Response Header") || (within && (is("Response") || is("Redirect Response")))
    {
        Some(Section::Response)
    } else {
        (is("General") || is("Summary")).then_some(Section::General)
    }
}

/// A line without the marks of code that Markdown has around it.
fn bare(line: &[u8]) -> &[u8] {
    let line = line.trim_ascii();
    let line = line.strip_prefix(b"`").unwrap_or(line);
    line.strip_suffix(b"`").unwrap_or(line).trim_ascii()
}

/// Whether a text has headers as DevTools show them, so that it can be read as a capture: the title of
/// a section of headers, or the URL with its method or status.
pub(crate) fn is_pane(text: &str) -> bool {
    let has = |is: &dyn Fn(&[u8]) -> bool| text.lines().any(|line| is(bare(line.as_bytes())));
    has(&|line| matches!(title(line, false), Some(Section::Request | Section::Response)))
        || is_pane_of_firefox(text)
        || has(&is_url) && has(&|line| line.starts_with(b"Request Method") || line.starts_with(b"Status Code"))
}

/// Whether a text has the parts of a request as Firefox lists them.
fn is_pane_of_firefox(text: &str) -> bool {
    ["Scheme", "Host", "Filename"].iter().all(|name| text.lines().any(|line| line.trim() == *name))
}

/// A line with which a pane begins, `Request URL: ...` where the title was not copied. `Request:` and `Response:` are titles of what
/// somebody describes.
pub(super) fn is_start(line: &[u8]) -> bool {
    let line = bare(line);
    let described = line.strip_suffix(b":").is_some() && title(line, true).is_some();
    let is_written = || {
        let (start, rest) = line.split_at_checked(4).unwrap_or((b"", line));
        start.eq_ignore_ascii_case(b"URL:") && rest.trim_ascii_start().starts_with(b"http")
    };
    described
        || title(line, false).is_some()
        || is_url(line)
        || is_written()
        || line == b"Scheme"
        || bare_request(line).is_some()
}

/// Whether a line is a title of the response to a preflight: `Preflight headers:`
fn is_title_of_preflight_line(line: &[u8]) -> bool {
    str::from_utf8(line).is_ok_and(is_title_of_preflight)
}

fn says_preflight(line: &[u8]) -> bool {
    line.get(..9).is_some_and(|start| start.eq_ignore_ascii_case(b"preflight")) || line.starts_with(b"OPTIONS ")
}

fn is_url(line: &[u8]) -> bool {
    line.strip_prefix(b"Request URL").is_some_and(|rest| rest.is_empty() || rest.starts_with(b":"))
}

impl Pane {
    pub(super) fn new(line: u64) -> Self {
        Self { line, ..Self::default() }
    }

    /// Whether it says more than which request was sent.
    pub(super) fn has_facts(&self) -> bool {
        let has = |headers: &Option<Headers>| headers.as_ref().is_some_and(|headers| !headers.is_empty());
        self.status.is_some() || has(&self.request) || has(&self.response)
    }

    pub(super) fn take(&mut self, line: &[u8], number: u64) -> Took {
        let line = bare(line);
        if line.is_empty() {
            self.name = None;
            return Took::Yes;
        }
        if line.windows(PROVISIONAL.len()).any(|part| part == PROVISIONAL) {
            self.is_provisional = true;
            return Took::Yes;
        }
        if is_title_of_preflight_line(line) {
            if self.response.as_ref().is_some_and(|headers| !headers.is_empty()) {
                return Took::Next;
            }
            self.of_preflight = true;
            self.section = Section::Response;
            self.response = Some(Headers::new());
            self.response_line = Some(number);
            return Took::Yes;
        }
        if let Some(section) = title(line, true) {
            let again = match section {
                Section::General => self.url.is_some() || self.response.is_some() || self.request.is_some(),
                Section::Request => self.request.as_ref().is_some_and(|headers| !headers.is_empty()),
                Section::Response => self.response.as_ref().is_some_and(|headers| !headers.is_empty()),
                Section::Untitled => false,
            };
            if again {
                return Took::Next;
            }
            self.section = section;
            self.name = None;
            match section {
                Section::General | Section::Untitled => {}
                Section::Request => self.request = Some(Headers::new()),
                Section::Response => {
                    self.response = Some(Headers::new());
                    self.response_line = Some(number);
                }
            }
            return Took::Yes;
        }
        if let Some(name) = self.name.take() {
            self.put(&name, line);
            return Took::Yes;
        }
        if is_start(line) && self.url.is_some() {
            return Took::Next;
        }
        if let Some((method, url)) = bare_request(line) {
            self.method = Some(method.to_vec());
            self.url = Some(url.to_vec());
            self.section = Section::Request;
            return Took::Yes;
        }
        if self.section == Section::Response
            && let Some(found) = status_line(line)
        {
            self.status = Some(found.status);
            self.http_version = found.http_version;
            return Took::Yes;
        }
        let first = status_line(line).map(|found| found.status).or_else(|| bare_status(line));
        if let Some(status) = first.filter(|_| self.status.is_none()) {
            self.status = Some(status);
            self.of_preflight |= says_preflight(line);
            // A response that somebody describes goes on with its headers.
            if self.section == Section::Request {
                self.section = Section::Response;
                self.response_line = Some(number);
            }
            return Took::Yes;
        }
        if let Some(found) = request_line(line) {
            if self.section != Section::Request || self.method.is_some() {
                return Took::Next;
            }
            self.method = Some(found.method.to_vec());
            if found.target.starts_with(b"http") {
                self.url = Some(found.target.to_vec());
            } else {
                self.put(b":path", found.target);
            }
            return Took::Yes;
        }
        if self.section == Section::General {
            let is_header = |&(name, value): &(&[u8], &[u8])| !value.is_empty() && may_begin_head(name);
            match self.general(line) {
                Took::No if self.url.is_some() && header_line(line).as_ref().is_some_and(is_header) => {
                    self.section = Section::Untitled;
                    self.response_line = Some(number);
                }
                // Browsers copy the headers in two lines each.
                Took::No if self.url.is_some() && may_begin_head(line) => {
                    self.section = Section::Untitled;
                    self.response_line = Some(number);
                }
                took => return took,
            }
        }
        let lines = [&self.request, &self.response].into_iter().flatten().map(Vec::len).sum::<usize>();
        match header_line(line) {
            _ if lines > LINES => return Took::Next,
            Some((name, b"")) => self.name = Some(name.to_vec()),
            Some((name, value)) => self.put(name, value),
            None if (corsac::is_token(line) && line.iter().any(u8::is_ascii_alphabetic)) || may_begin_head(line) => {
                self.name = Some(line.to_vec());
            }
            None => return Took::No,
        }
        Took::Yes
    }

    /// The names of this section are words with blanks.
    fn general(&mut self, line: &[u8]) -> Took {
        const NAMES: [&str; 18] = [
            "Request URL",
            "Request Method",
            "Response Code",
            "Status Code",
            "Remote Address",
            "Referrer Policy",
            "Request Priority",
            "DNS Resolution",
            "Transferred",
            "URL",
            "Status",
            "Method",
            "Verb",
            "Page",
            "Scheme",
            "Host",
            "Filename",
            "Version",
        ];
        for name in NAMES {
            let (start, rest) = line.split_at_checked(name.len()).unwrap_or((b"", line));
            if !start.eq_ignore_ascii_case(name.as_bytes()) || rest.first().is_some_and(u8::is_ascii_alphanumeric) {
                continue;
            }
            match rest.strip_prefix(b":").unwrap_or(rest).trim_ascii() {
                b"" => self.name = Some(name.as_bytes().to_vec()),
                value => self.put(name.as_bytes(), value),
            }
            return Took::Yes;
        }
        Took::No
    }

    fn put(&mut self, name: &[u8], value: &[u8]) {
        let number = |value: &[u8]| {
            let digits = value.iter().position(u8::is_ascii_digit)?;
            str::from_utf8(value.get(digits..digits + 3)?).ok()?.parse().ok()
        };
        // Only HTTP/2 and HTTP/3 have pseudo headers.
        if name.starts_with(b":") {
            self.http_version = HttpVersion::Http2;
        }
        match (self.section, name) {
            (Section::General, b"Request URL" | b"URL") => self.url = Some(value.to_vec()),
            (Section::General, b"Request Method" | b"Method" | b"Verb") => self.method = Some(value.to_vec()),
            (Section::General, b"Status Code" | b"Status" | b"Response Code") => self.status = number(value),
            (Section::General, b"Page") => {
                self.request.get_or_insert_default().push((b"Origin".to_vec(), value.to_vec()));
            }
            (Section::General, b"Scheme") => self.scheme = Some(value.to_vec()),
            (Section::General, b"Host") => self.host = Some(value.to_vec()),
            (Section::General, b"Filename") => {
                if let (Some(scheme), Some(host)) = (&self.scheme, &self.host) {
                    self.url = Some([scheme, b"://".as_slice(), host, value].concat());
                }
            }
            (Section::General, _) => {}
            (Section::Request, name) if name.eq_ignore_ascii_case(b"URL") => self.url = Some(value.to_vec()),
            (Section::Request, name) if name.eq_ignore_ascii_case(b"Method") => self.method = Some(value.to_vec()),
            (Section::Request, b":method") => self.method = Some(value.to_vec()),
            (Section::Response, b":status") => self.status = number(value),
            (Section::Untitled, b":method") => self.method = Some(value.to_vec()),
            (Section::Untitled, b":status") => self.status = number(value),
            (Section::Untitled, _) if whose_name(name) == Some(Whose::Request) => {
                self.request.get_or_insert_default().push((name.to_vec(), value.to_vec()));
            }
            (Section::Untitled, _) => self.response.get_or_insert_default().push((name.to_vec(), value.to_vec())),
            (Section::Request, _) => self.request.get_or_insert_default().push((name.to_vec(), value.to_vec())),
            (Section::Response, _) => self.response.get_or_insert_default().push((name.to_vec(), value.to_vec())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Pane, Took};

    fn read(text: &str) -> Pane {
        let mut pane = Pane::new(1);
        for (number, line) in (1..).zip(text.lines()) {
            assert_ne!(pane.take(line.as_bytes(), number), Took::Next, "{line}");
        }
        pane
    }

    #[test]
    fn reads_names_and_values_on_one_line_or_on_two() {
        let one = "General\nRequest URL: https://b.test/x\nRequest Method: OPTIONS\nStatus Code: 204 No Content\n\
                   Response Headers\naccess-control-allow-origin: *\nRequest Headers\n:method: OPTIONS\norigin: https://a.test\n";
        let two = "Request URL:\nhttps://b.test/x\nRequest Method:\nOPTIONS\nStatus Code:\n204 No Content\n\
                   Response Headers\naccess-control-allow-origin:\n*\nRequest Headers\n:method:\nOPTIONS\norigin:\nhttps://a.test\n";
        let bare = "Request URL\nhttps://b.test/x\nRequest Method\nOPTIONS\nStatus Code\n204 No Content\n\
                    Response Headers\naccess-control-allow-origin\n*\nRequest Headers\n:method\nOPTIONS\norigin\nhttps://a.test\n";
        let safari = "Summary\nURL: https://b.test/x\nStatus: 204\n\nRequest\n:method: OPTIONS\norigin: https://a.test\n\n\
                      Response\n:status: 204\naccess-control-allow-origin: *\n";
        for text in [one, two, bare, safari] {
            let pane = read(text);
            assert_eq!(pane.url.as_deref(), Some(&b"https://b.test/x"[..]), "{text}");
            assert_eq!((pane.method.as_deref(), pane.status), (Some(&b"OPTIONS"[..]), Some(204)), "{text}");
            let header = |name: &[u8], value: &[u8]| Some(vec![(name.to_vec(), value.to_vec())]);
            assert_eq!(pane.request, header(b"origin", b"https://a.test"), "{text}");
            assert_eq!(pane.response, header(b"access-control-allow-origin", b"*"), "{text}");
        }
    }

    #[test]
    fn headers_without_titles_are_told_apart() {
        let pane = read(
            "`Request URL: https://b.test/x\nRequest Method: POST\nStatus Code: 200\nReferrer Policy: origin\n\
             Access-Control-Allow-Origin: https://a.test\nServer: nginx\nOrigin: https://a.test\nAuthorization: Bearer x\nAccept-Ranges: none`\n",
        );
        let names = |headers: Option<super::Headers>| -> Vec<String> {
            headers.unwrap_or_default().iter().map(|(name, _)| String::from_utf8_lossy(name).into_owned()).collect()
        };
        assert_eq!((pane.method.as_deref(), pane.status), (Some(&b"POST"[..]), Some(200)));
        assert_eq!(names(pane.response), ["Access-Control-Allow-Origin", "Server", "Accept-Ranges"]);
        assert_eq!(names(pane.request), ["Origin", "Authorization"]);
    }

    #[test]
    fn titles_and_values_may_be_bold() {
        let pane = read(
            "Request URL: https://b.test/x\nRequest Method: OPTIONS\nStatus Code: **403 Forbidden**\n\n**Response Headers**\nvary: Origin\n\
             **Request Headers**\nOrigin: https://a.test\n",
        );
        assert_eq!(pane.status, Some(403));
        assert_eq!(pane.response, Some(vec![(b"vary".to_vec(), b"Origin".to_vec())]));
    }

    #[test]
    fn a_second_url_begins_the_next_pane() {
        let mut pane = read("Request URL: https://b.test/x\n");
        assert_eq!(pane.take(b"Request URL: https://b.test/y", 2), Took::Next);
    }
}
