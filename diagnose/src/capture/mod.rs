//! Reads captured traffic: the output of `curl -i` and `curl -v` as people paste it, and HAR files, which are recognised by their
//! content. What cannot be read becomes a note with its place. Nothing is diagnosed here.

mod asked;
mod chain;
mod code;
mod command;
mod connection;
mod conversation;
mod copied_fetch;
mod har;
mod har_entry;
mod har_interest;
mod head;
mod httpie;
mod lenient;
mod line;
mod lossy;
mod open_head;
mod options;
mod pair;
mod pane;
mod parsed;
mod place;
mod powershell;
#[cfg(test)]
mod samples;
mod script;
mod spoken;
mod step;
mod text;
mod written;

use std::io::{BufReader, Cursor, Read};

pub use chain::CapturedExchange;
use chain::HopPlace;
pub use head::is_token_with_space;
pub(crate) use pane::is_pane;
pub use place::{At, Note, Place};

use crate::Urls;
use crate::exchange::{Exchange, Hop, ScriptRequest};
use crate::neighbours::{Documents, Suffixes, refusing};
use crate::printable::printable;
use pair::Pairing;
use place::Notes;

/// A command whose output is a complete capture of a preflight.
const GOOD_CAPTURE: &str = "a good capture: curl -i -X OPTIONS -H 'Origin: https://app.example' \
                            -H 'Access-Control-Request-Method: PUT' https://api.example/path";

/// Bytes that are enough to recognise a file.
const START: u64 = 512;

/// Reads captures, one file after the other. A preflight in one text and the response in the next belong to one exchange.
///
/// ```
/// use corsac_diagnose::UrlCrate;
/// use corsac_diagnose::capture::Captures;
///
/// let mut captures = Captures::new(&UrlCrate);
/// let mut found = vec![];
/// // A preflight in one file, and the request in the next.
/// let preflight = "> OPTIONS /x HTTP/1.1\n> Host: api.example\n> Origin: https://app.example\n\
///                  > Access-Control-Request-Method: PUT\n>\n< HTTP/1.1 204 No Content\n<\n";
/// let request = "> PUT /x HTTP/1.1\n> Host: api.example\n> Origin: https://app.example\n>\n< HTTP/1.1 200 OK\n<\n";
/// captures.read("preflight.txt", preflight.as_bytes(), &mut |exchange| found.push(exchange))?;
/// captures.read("request.txt", request.as_bytes(), &mut |exchange| found.push(exchange))?;
/// for note in captures.finish(&mut |exchange| found.push(exchange)) {
///     eprintln!("{note}");
/// }
/// assert_eq!(found.len(), 1);
/// let hop = &found[0].exchange.hops[0];
/// assert!(hop.preflight.is_some() && hop.response.is_some());
///
/// assert!(Captures::default().read("empty.txt", "".as_bytes(), &mut |_| ()).is_err());
/// # Ok::<(), String>(())
/// ```
#[derive(Debug)]
pub struct Captures {
    texts: Pairing,
    notes: Notes,
    suffixes: Option<&'static dyn Suffixes>,
    documents: Documents,
}

#[cfg(feature = "url")]
impl Default for Captures {
    /// With the crate `url`.
    fn default() -> Self {
        Self::new(&crate::UrlCrate)
    }
}

impl Captures {
    /// `urls`: the parser of URLs, which finds out what a redirect leads to.
    #[must_use]
    pub fn new(urls: &'static dyn Urls) -> Self {
        Self { texts: Pairing::new(urls), notes: Notes::default(), suffixes: None, documents: Documents::default() }
    }

    /// Lends the public suffix list. Without it, whether two hosts are one site is at most possible.
    ///
    /// ```
    /// use corsac_diagnose::Suffixes;
    /// use corsac_diagnose::capture::Captures;
    ///
    /// /// Each host is a site of its own.
    /// #[derive(Debug)]
    /// struct Hosts;
    ///
    /// impl Suffixes for Hosts {
    ///     fn registrable_domain<'h>(&self, host: &'h str) -> Option<&'h str> {
    ///         Some(host)
    ///     }
    /// }
    /// let mut captures = Captures::default().with_suffixes(&Hosts);
    /// assert!(captures.read("curl.txt", "HTTP/1.1 200 OK\n\n".as_bytes(), &mut |_| ()).is_ok());
    /// ```
    #[must_use]
    pub fn with_suffixes(self, suffixes: &'static dyn Suffixes) -> Self {
        Self { suffixes: Some(suffixes), ..self }
    }

    /// Reads one file, whose `name` is for messages. `on` gets each exchange as soon as it is complete. A caller decodes UTF-16
    /// before: here a file is UTF-8 or bytes.
    ///
    /// # Errors
    ///
    /// One sentence, safe for a terminal: the file cannot be read, or contains nothing.
    #[inline(never)] // Inlined, it would be compiled for speed in the Python package.
    pub fn read(
        &mut self,
        name: &str,
        mut from: impl Read,
        on: &mut dyn FnMut(CapturedExchange),
    ) -> Result<(), String> {
        let place = Place::of_file(name);
        let cannot = |error| format!("cannot read {}: {error}", printable(name));
        let mut start = Vec::new();
        from.by_ref().take(START).read_to_end(&mut start).map_err(cannot)?;
        // Firefox and editors of Windows write a byte order mark.
        if start.starts_with(b"\xEF\xBB\xBF") {
            start.drain(..3);
        }
        let kind = kind(&start);
        let whole = BufReader::with_capacity(1 << 16, Cursor::new(start).chain(from));
        let found = match kind {
            Kind::Har => {
                let urls = self.texts.urls();
                har::read(&place, whole, urls, self.suffixes, &mut self.documents, &mut self.notes, on)
            }
            .map_err(cannot)?,
            Kind::Text => text::read(&place, whole, &mut self.texts, &mut self.notes, on).map_err(cannot)?,
            Kind::Packed => Err("a compressed file: unpack it first (gunzip, unzip)".to_owned()),
            Kind::Empty => Err("no byte".to_owned()),
        };
        self.notes.end_file(&place);
        found.map_err(|found| {
            format!(
                "nothing to explain in {}: expected the output of curl -i or curl -v, heads copied from DevTools, or a HAR file; found {found}; {GOOD_CAPTURE}",
                printable(name)
            )
        })
    }

    /// The request to `url` that a page of a HAR forbids by its own policy. Chromium lists no request that `fetch()` was not allowed to
    /// make, so a person has to name it. `name` is the file's.
    ///
    /// ```
    /// use corsac_diagnose::capture::Captures;
    /// let captures = Captures::default();
    /// // No HAR was read, so no page forbids it.
    /// assert_eq!(captures.refused_by_page("trace.har", "https://api.example/x"), None);
    /// ```
    #[must_use]
    pub fn refused_by_page(&self, name: &str, url: &str) -> Option<CapturedExchange> {
        let url = self.texts.urls().parse(url, None).ok()?;
        let (page, stopped) = refusing(&self.documents, &url).next()?;
        let request = ScriptRequest {
            origin: Some(page.as_bytes().to_vec()),
            url: Some(url.as_bytes().to_vec()),
            ..ScriptRequest::default()
        };
        Some(CapturedExchange {
            exchange: Exchange { request, hops: vec![Hop::default()] },
            place: Place::of_file(name),
            hops: vec![HopPlace::default()],
            started: None,
            failed: None,
            stopped: Some(stopped),
        })
    }

    /// Returns the exchanges that were still incomplete, and notes about what could not be read.
    #[inline(never)] // Inlined, it would be compiled for speed in the Python package.
    pub fn finish(mut self, on: &mut dyn FnMut(CapturedExchange)) -> Vec<Note> {
        self.texts.finish(&mut self.notes, on);
        self.notes.into_list()
    }
}

/// Whether a text is a capture: the headers of the network panel, or a request and its response as curl and others write them. People
/// paste them where a message of the console is asked for.
///
/// ```
/// use corsac_diagnose::capture::is_capture;
///
/// assert!(is_capture("Request URL: https://api.example/x\nRequest Method: OPTIONS\n"));
/// assert!(is_capture("$ curl -i https://api.example/x\nHTTP/1.1 403 Forbidden\n"));
/// assert!(!is_capture("GET https://api.example/x net::ERR_FAILED"));
/// assert!(!is_capture("HTTP/1.1 403 Forbidden\n"));
/// ```
#[must_use]
pub fn is_capture(text: &str) -> bool {
    if is_har(text) {
        return true;
    }
    let has =
        |is: &dyn Fn(&[u8]) -> bool| text.lines().any(|line| is(line.trim_start_matches(['>', '<', ' ']).as_bytes()));
    is_pane(text)
        || has(&|line| head::status_line(line).is_some())
            && (has(&|line| head::request_line(line).is_some()) || has(&|line| command::start(line).is_some()))
}

/// Whether a text is a HAR, whose words are no messages.
pub(crate) fn is_har(text: &str) -> bool {
    let text = text.trim_start();
    kind(text.get(..3.min(text.len())).unwrap_or_default().as_bytes()) == Kind::Har
        && ["\"log\"", "\"entries\"", "\"request\""].iter().all(|name| text.contains(name))
}

/// What a file is, by its first bytes.
#[derive(Debug, PartialEq, Eq)]
enum Kind {
    Har,
    Text,
    Packed,
    Empty,
}

fn kind(start: &[u8]) -> Kind {
    let text = start.trim_ascii_start();
    let object = |rest: &[u8]| matches!(rest.trim_ascii_start().first(), Some(b'"' | b'}') | None);
    match text {
        [] => Kind::Empty,
        [0x1F, 0x8B, ..] | [b'P', b'K', 3, 4, ..] => Kind::Packed,
        // `{ [5 bytes data]` is a line of curl -v.
        [b'{', rest @ ..] if object(rest) => Kind::Har,
        _ => Kind::Text,
    }
}

#[cfg(test)]
mod tests {
    use super::{Captures, Kind, kind};

    fn failure(bytes: &[u8]) -> String {
        let mut captures = Captures::default();
        captures.read("a\u{1b}.txt", bytes, &mut |_| panic!("an exchange")).unwrap_err()
    }

    #[test]
    fn a_har_is_known_by_its_first_bytes() {
        assert_eq!(kind(b" \n{\n \"log\": {"), Kind::Har);
        assert_eq!(kind(b"{ [5 bytes data]\n< HTTP/1.1 200"), Kind::Text);
        assert_eq!(kind(b"[me@host ~]$ curl -i http://a"), Kind::Text);
        assert_eq!(kind(b"\x1F\x8B\x08\0"), Kind::Packed);
        assert_eq!(kind(b" \r\n\t"), Kind::Empty);
    }

    #[test]
    fn says_what_was_expected_and_what_was_found() {
        for (bytes, found) in [
            (&b""[..], "found no byte"),
            (b"PK\x03\x04 zip", "unpack it first"),
            (b"\n\nhello\x1b[31m\n", r#"found on line 3 "hello\x1B[31m""#),
            (b"* Trying\n> CONNECT b:443 HTTP/1.1\n\ncurl: (7) Failed", "found on line 4 \"curl: (7) Failed\""),
            (b"0000: HTTP/1.1 200 OK\n<= Recv header\n\n", "found on line 1 \"0000: "),
            (b"{\"name\":\"x\"}", "JSON without \"log\""),
            (
                b"Access to fetch at 'https://b' has been blocked by CORS policy",
                "a console message: give it to --console",
            ),
            (b"{\"log\":{\"entries\":[]}}", "a HAR without an entry"),
        ] {
            let failure = failure(bytes);
            assert!(failure.contains(found), "{failure}");
            assert!(failure.contains("curl -i -X OPTIONS -H 'Origin: "), "{failure}");
            assert!(!failure.contains('\u{1b}') && failure.contains("u{1b}"), "{failure}");
        }
    }
}
