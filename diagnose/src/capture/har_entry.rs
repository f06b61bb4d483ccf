//! One entry of a HAR, as far as CORS needs it. Bodies and timings are skipped.

use corsac::browser::{AddressSpace, HttpVersion, Profile};
use serde::de::MapAccess;

use super::head::is_token_with_space;
use super::lenient::{Any, Fields, ITEMS, IsTrue, Lenient, List, Number, Object, Text, skip};
use super::place::{Notes, Place};
use super::script;
use super::step::{CapturedRequest, CapturedResponse, Sender, header};
use crate::exchange::{Headers, Response};
use crate::neighbours::Reported;

#[derive(Debug, Default)]
pub(super) struct Entry {
    pub(super) started: Text,
    pub(super) page: Text,
    /// Chromium's name for the kind of request: `xhr`, `fetch`, `preflight`, `image`.
    pub(super) kind: Text,
    /// The address of the server, or of a proxy on the way to it.
    address: Text,
    request: Object<EntryRequest>,
    response: Object<EntryResponse>,
    /// A service worker of the page gave the response.
    by_worker: IsTrue,
    /// `disk` or `memory`.
    cache: Text,
}

impl Fields for Entry {
    fn take<'de, A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        match key {
            "startedDateTime" => self.started = map.next_value()?,
            "pageref" => self.page = map.next_value()?,
            "serverIPAddress" => self.address = map.next_value()?,
            "_resourceType" => self.kind = map.next_value()?,
            "_fetchedViaServiceWorker" => self.by_worker = map.next_value()?,
            "_fromCache" => self.cache = map.next_value()?,
            "request" => self.request = map.next_value()?,
            "response" => self.response = map.next_value()?,
            _ => skip(map)?,
        }
        Ok(())
    }
}

#[derive(Debug, Default)]
struct EntryRequest {
    method: Text,
    url: Text,
    headers: List<Object<NameValue>>,
    cookies: List<Object<NameValue>>,
}

impl Fields for EntryRequest {
    fn take<'de, A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        match key {
            "method" => self.method = map.next_value()?,
            "url" => self.url = map.next_value()?,
            "headers" => self.headers = map.next_value()?,
            "cookies" => self.cookies = map.next_value()?,
            _ => skip(map)?,
        }
        Ok(())
    }
}

#[derive(Debug, Default)]
struct EntryResponse {
    status: Number,
    version: Text,
    headers: List<Object<NameValue>>,
    redirect: Text,
    error: Reported,
    content: Object<EntryContent>,
    by_worker: IsTrue,
}

impl Fields for EntryResponse {
    fn take<'de, A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        match key {
            "status" => self.status = map.next_value()?,
            "httpVersion" => self.version = map.next_value()?,
            "headers" => self.headers = map.next_value()?,
            "redirectURL" => self.redirect = map.next_value()?,
            "content" => self.content = map.next_value()?,
            "_fetchedViaServiceWorker" => self.by_worker = map.next_value()?,
            // DevTools and Playwright.
            "_error" | "_failureText" => {
                let error = map.next_value_seed(Any(Failed))?;
                if self.error == Reported::Unknown || matches!(error, Reported::Named(_)) {
                    self.error = error;
                }
            }
            _ => skip(map)?,
        }
        Ok(())
    }
}

/// The body itself is skipped.
#[derive(Debug, Default)]
struct EntryContent {
    size: Number,
}

impl Fields for EntryContent {
    fn take<'de, A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        match key {
            "size" => self.size = map.next_value()?,
            _ => skip(map)?,
        }
        Ok(())
    }
}

/// What the browser reports about a failure.
struct Failed;

impl Lenient<'_> for Failed {
    type Value = Reported;
    fn null(self) -> Reported {
        Reported::Fine
    }
    fn text(self, text: &str) -> Reported {
        if text.is_empty() { Reported::Unnamed } else { Reported::Named(text.to_owned()) }
    }
}

#[derive(Debug, Default)]
struct NameValue {
    name: Text,
    value: Text,
}

impl Fields for NameValue {
    fn take<'de, A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        match key {
            "name" => self.name = map.next_value()?,
            "value" => self.value = map.next_value()?,
            _ => skip(map)?,
        }
        Ok(())
    }
}

impl Entry {
    /// The request. The error says which part is missing.
    pub(super) fn asked(&self, place: &Place) -> Result<CapturedRequest, &'static str> {
        let request = self.request.0.as_ref().ok_or("no \"request\", which is an object")?;
        let url = request.url.0.as_deref().ok_or("no \"request.url\", which is a string")?;
        let mut headers = lines(request.headers.0.as_deref().unwrap_or_default());
        let cookies = request.cookies.0.as_ref().is_some_and(|cookies| !cookies.is_empty());
        if cookies && header(&headers, "cookie").is_none() {
            // A HAR that is meant to be shared has no values of cookies.
            headers.push((b"Cookie".to_vec(), b"...".to_vec()));
        }
        let asked = CapturedRequest::new(place.clone(), Sender::Browser, headers);
        Ok(CapturedRequest {
            method: request.method.0.as_deref().map(bytes),
            url: Some(bytes(url)),
            address: self.address.0.as_deref().filter(|text| is_address(text)).map(bytes),
            ..asked
        })
    }

    /// 0 if it is hidden or missing.
    pub(super) fn status(&self) -> u16 {
        let status = self.response.0.as_ref().and_then(|response| response.status.0);
        status.and_then(|status| u16::try_from(status).ok()).unwrap_or(0)
    }

    /// A part of the request that is missing, but not needed.
    pub(super) fn missing(&self) -> Option<&'static str> {
        let request = self.request.0.as_ref()?;
        if request.method.0.is_none() {
            Some("no \"request.method\", which is a string")
        } else {
            request.headers.0.is_none().then_some("no \"request.headers\", which is a list")
        }
    }

    /// Whether headers may have been left out.
    pub(super) fn is_cut(&self) -> bool {
        let full = |headers: &List<_>| headers.0.as_ref().is_some_and(|headers| headers.len() >= ITEMS);
        let request = self.request.0.as_ref().is_some_and(|request| full(&request.headers));
        request || self.response.0.as_ref().is_some_and(|response| full(&response.headers))
    }

    /// The response, unless the browser hid it or a part of it is missing.
    pub(super) fn answered(
        &self,
        asked: &CapturedRequest,
        place: &Place,
        notes: &mut Notes,
    ) -> Option<CapturedResponse> {
        let Some(response) = self.response.0.as_ref() else {
            notes.push(place.clone(), "no \"response\", which is an object: the response is unknown");
            return None;
        };
        let status = match response.status.0.map(u16::try_from) {
            // The browser hid the response, or there was none.
            Some(Ok(0)) | Some(Err(_)) => return None,
            Some(Ok(status)) => status,
            None => {
                notes.push(place.clone(), "no \"response.status\", which is a number: the response is unknown");
                return None;
            }
        };
        let Some(headers) = response.headers.0.as_deref() else {
            notes.push(place.clone(), "no \"response.headers\", which is a list: the response is unknown");
            return None;
        };
        let http_version = version(response.version.0.as_deref().unwrap_or_default());
        let mut headers = response_lines(headers, http_version);
        if let Some(url) = response.redirect.0.as_deref().filter(|url| !url.is_empty())
            && header(&headers, "location").is_none()
            && (300..400).contains(&status)
        {
            headers.push((b"Location".to_vec(), bytes(url)));
        }
        // The headers of a 304 replace those of the stored response. Without CORS headers in the 304, the stored ones count, and no
        // HAR has them.
        let has_own = header(&headers, "access-control-allow-origin").is_some();
        let revalidates = script::revalidates(asked, status) && !has_own;
        let response = Response { status, headers };
        Some(CapturedResponse { place: place.clone(), response, http_version, revalidates })
    }

    /// The headers of the response.
    pub(super) fn response_headers(&self) -> Headers {
        let headers = self.response.0.as_ref().and_then(|response| response.headers.0.as_deref());
        lines(headers.unwrap_or_default())
    }

    /// What the browser reports about the failure.
    pub(super) fn failed(&self) -> Option<String> {
        match self.reported() {
            Reported::Named(text) => Some(text.clone()),
            _ => None,
        }
    }

    /// What the HAR reports about a failure.
    pub(super) fn reported(&self) -> &Reported {
        self.response.0.as_ref().map_or(&Reported::Unknown, |response| &response.error)
    }

    /// Whether the browser had stored the response.
    pub(super) fn is_from_cache(&self) -> bool {
        self.cache.0.as_deref().is_some_and(|cache| matches!(cache, "disk" | "memory"))
    }

    /// Whether a service worker of the page took the request, and the page got an error.
    pub(super) fn failed_in_worker(&self) -> bool {
        let of_response = self.response.0.as_ref().is_some_and(|response| response.by_worker.0);
        let is_failed = matches!(self.reported(), Reported::Named(text) if text == "net::ERR_FAILED");
        (of_response || self.by_worker.0) && self.status() == 0 && is_failed
    }

    /// Whether the page got a body.
    pub(super) fn has_body(&self) -> bool {
        let content = self.response.0.as_ref().and_then(|response| response.content.0.as_ref());
        content.and_then(|content| content.size.0).is_some_and(|size| size > 0)
    }
}

/// `HTTP/1.1`, `http/2.0` and `HTTP/2`; `h2`, `h3` and `h3-29` of Chromium and WebKit.
fn version(text: &str) -> HttpVersion {
    let text = text.to_ascii_lowercase();
    let number = text.strip_prefix("http/").or_else(|| text.strip_prefix('h')).unwrap_or_default();
    if number.starts_with(['2', '3']) { HttpVersion::Http2 } else { HttpVersion::Http1 }
}

/// Chromium leaves the address empty where it did not connect.
fn is_address(text: &str) -> bool {
    AddressSpace::of_address(text.as_bytes(), Profile::Spec).is_some()
}

/// The headers without pseudo headers. Several headers of one name may be one value here, with a line for each.
fn lines(list: &[Object<NameValue>]) -> Headers {
    lines_of(list, corsac::is_token)
}

/// The same of a response. Over HTTP/1, white space behind a name stays, because Chromium reads such a header.
fn response_lines(list: &[Object<NameValue>], version: HttpVersion) -> Headers {
    lines_of(list, |name| corsac::is_token(name) || (version == HttpVersion::Http1 && is_token_with_space(name)))
}

fn lines_of(list: &[Object<NameValue>], is_name: impl Fn(&[u8]) -> bool) -> Headers {
    let pair = |Object(pair): &Object<NameValue>| {
        let pair = pair.as_ref()?;
        Some((bytes(pair.name.0.as_deref()?), bytes(pair.value.0.as_deref()?)))
    };
    let mut lines = Headers::new();
    for (name, value) in list.iter().filter_map(pair).filter(|(name, _)| is_name(name)) {
        for line in value.split(|&b| b == b'\n') {
            lines.push((name.clone(), line.trim_ascii().to_vec()));
        }
    }
    lines
}

/// A byte per code point, as browsers write header bytes, or UTF-8 if that is not possible.
fn bytes(text: &str) -> Vec<u8> {
    let narrow: Option<Vec<u8>> = text.chars().map(|c| u8::try_from(c).ok()).collect();
    narrow.unwrap_or_else(|| text.as_bytes().to_vec())
}

#[cfg(test)]
mod tests {
    use corsac::browser::HttpVersion;

    use crate::capture::{CapturedExchange, Captures};

    /// An entry with these request and response lines.
    fn read(request: &str, response: &str) -> CapturedExchange {
        let json = format!(
            r#"{{"log":{{"entries":[{{"request":{{"method":"GET","url":"https://b.test/x","headers":
            [{{"name":"Origin","value":"https://a.test"}}{request}}},"response":{{{response}}}}}]}}}}"#
        );
        let (mut captures, mut exchanges) = (Captures::default(), Vec::new());
        captures.read("x", json.as_bytes(), &mut |captured| exchanges.push(captured)).unwrap();
        exchanges.remove(0)
    }

    #[test]
    fn cookies_whose_values_are_left_out_still_count() {
        let captured = read(r#"],"cookies":[{"name":"session"}]"#, "");
        assert_eq!(captured.exchange.request.credentials, Some(corsac::browser::Credentials::Include));
        assert_eq!(read(r#"],"cookies":[]"#, "").exchange.request.credentials, None);
    }

    #[test]
    fn a_304_without_cors_headers_freshens_a_stored_response() {
        let condition = r#",{"name":"If-None-Match","value":"1"}]"#;
        let hop = |response| read(condition, response).exchange.hops.remove(0);
        let bare = hop(r#""status":304,"headers":[{"name":"etag","value":"1"}]"#);
        assert_eq!((bare.response, bare.revalidated.map(|lines| lines.len())), (None, Some(1)));
        let own = hop(r#""status":304,"headers":[{"name":"Access-Control-Allow-Origin","value":"*"}]"#);
        assert_eq!((own.response.map(|response| response.status), own.revalidated), (Some(304), None));
    }

    #[test]
    fn joined_lines_are_split_and_pseudo_headers_removed() {
        let headers =
            r#"{"name":":status","value":"200"},{"name":"vary","value":"a \n b"},{"name":"x","value":"é\u4e2d"}"#;
        let hop = read("]", &format!(r#""status":200,"headers":[{headers}]"#)).exchange.hops.remove(0);
        let line = |name: &str, value: &str| (name.as_bytes().to_vec(), value.as_bytes().to_vec());
        assert_eq!(hop.response.unwrap().headers, [line("vary", "a"), line("vary", "b"), line("x", "é中")]);
    }

    #[test]
    fn version_of_http_is_read_in_every_spelling() {
        let version = |text: &str| {
            let captured = read("]", &format!(r#""status":200,"headers":[],"httpVersion":{text}"#));
            captured.exchange.request.http_version
        };
        for text in ["h2", "h3", "h3-29", "HTTP/2", "http/2.0", "HTTP/2.0", "HTTP/3", "http/2+quic/46"] {
            assert_eq!(version(&format!("\"{text}\"")), HttpVersion::Http2, "{text}");
        }
        for text in ["\"HTTP/1.1\"", "\"http/1.0\"", "\"unknown\"", "\"\"", "\"2\"", "\"data\"", "2", "null"] {
            assert_eq!(version(text), HttpVersion::Http1, "{text}");
        }
    }

    #[test]
    fn redirect_without_location_has_the_url_of_the_har() {
        let hop = read("]", r#""status":302,"headers":[],"redirectURL":"https://c.test/""#).exchange.hops.remove(0);
        assert_eq!(hop.response.unwrap().headers, [(b"Location".to_vec(), b"https://c.test/".to_vec())]);
        assert_eq!(read("]", r#""status":0,"headers":[{"name":"a","value":"b"}]"#).exchange.hops[0].response, None);
    }
}
