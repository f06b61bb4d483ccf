//! Reads a HAR as a stream, entry by entry, so that a large file takes no more memory than its largest entry
//! ([HAR 1.2](http://www.softwareishard.com/blog/har-12-spec/)).

use std::collections::HashMap;
use std::io::{self, BufRead, BufReader};

use corsac::browser::Mode;
use serde::de::{DeserializeSeed, MapAccess, SeqAccess};
use serde_json::error::Category;

use super::chain::{CapturedExchange, HopPlace};
use super::har_entry::Entry;
use super::har_interest::{Interest, LeftOut, interest};
use super::lenient::{Any, Fields, ITEMS, Lenient, List, Object, Text, skip};
use super::lossy::Lossy;
use super::pair::Pairing;
use super::place::{Notes, Place};
use super::step::{CapturedRequest, CapturedResponse, Step, origin_of};
use crate::Urls;
use crate::exchange::{Exchange, Hop, Response, ScriptRequest};
use crate::neighbours::{Asked, Documents, Neighbour, Reported, Suffixes, by_worker, of_load, of_script, of_socket};
use crate::printable::printable;

const FROM_CACHE: &str = "this response came from the browser's cache, where it may have been stored for a request without Origin, such as that of an image: \
                          let the server send Vary: Origin, and the CORS headers also without Origin, and empty the cache once";

/// Reads a HAR. The error says what it has instead of a request to another origin.
pub(super) fn read(
    file: &Place,
    from: impl BufRead,
    urls: &'static dyn Urls,
    suffixes: Option<&'static dyn Suffixes>,
    documents: &mut Documents,
    notes: &mut Notes,
    on: &mut dyn FnMut(CapturedExchange),
) -> io::Result<Result<(), String>> {
    let mut har = Har {
        file,
        notes,
        on,
        pairing: Pairing::new(urls),
        pages: HashMap::new(),
        documents,
        suffixes,
        entries: 0,
        in_entries: false,
        seen: Seen::default(),
        given: 0,
        left_out: LeftOut::default(),
    };
    let mut json = serde_json::Deserializer::from_reader(BufReader::with_capacity(1 << 16, Lossy::new(from)));
    let read = Any(Root(&mut har)).deserialize(&mut json).and_then(|()| json.end());
    har.finish();
    if let Err(error) = read {
        if error.classify() == Category::Io {
            return Err(error.into());
        }
        har.broken(&error);
    }
    let Har { file, notes, documents, entries, seen, given, left_out, .. } = har;
    if given > 0 {
        if !left_out.is_empty() {
            notes.push(file.clone(), format!("of {entries} entries these are left out: {left_out}"));
        }
        return Ok(Ok(()));
    }
    Ok(Err(match seen {
        Seen { log: false, .. } => "JSON without \"log\" (requests as lines of JSON are for --jsonl)".to_owned(),
        Seen { entries: false, .. } => "a HAR without \"log.entries\"".to_owned(),
        _ if entries == 0 => "a HAR without an entry".to_owned(),
        _ if left_out.is_empty() => format!("a HAR of {entries} entries, none of which can be read"),
        _ => {
            // Chromium lists no request that fetch() was not allowed to make.
            let policy = if documents.have_policies() {
                "; the page has a Content-Security-Policy, and a request that it forbids is not in the file: give its URL with --url"
            } else {
                ""
            };
            format!("a HAR without a request to another origin: of {entries} entries {left_out}{policy}")
        }
    }))
}

struct Har<'h> {
    file: &'h Place,
    notes: &'h mut Notes,
    on: &'h mut dyn FnMut(CapturedExchange),
    pairing: Pairing,
    /// The title of each page by its id. In Chromium it is a URL, and gives the origin if no header does.
    pages: HashMap<String, String>,
    documents: &'h mut Documents,
    suffixes: Option<&'static dyn Suffixes>,
    entries: u64,
    in_entries: bool,
    seen: Seen,
    given: u64,
    left_out: LeftOut,
}

#[derive(Clone, Copy, Debug, Default)]
struct Seen {
    log: bool,
    entries: bool,
}

impl Har<'_> {
    fn entry(&mut self, Object(entry): Object<Entry>) {
        let place = self.file.entry(self.entries);
        let Some(mut entry) = entry else {
            self.notes.push(place, "no entry, which is an object");
            return;
        };
        let mut asked = match entry.asked(&place) {
            Ok(asked) => asked,
            Err(missing) => {
                self.notes.push(place, format!("{missing}: the entry is left out"));
                return;
            }
        };
        self.learn_page(&asked, &entry);
        let title = entry.page.0.as_ref().and_then(|page| self.pages.get(page));
        let kind = entry.kind.0.as_deref();
        let found = interest(&mut asked, kind, entry.status(), title.map(String::as_str));
        if entry.is_cut() {
            self.notes
                .push(place.clone(), format!("no message has {ITEMS} headers: what comes after them is left out"));
        }
        let is_redirect = (300..400).contains(&entry.status());
        if let Some(missing) = entry.missing().filter(|_| matches!(found, Interest::Script | Interest::Unknown)) {
            self.notes.push(place.clone(), missing);
        }
        if found == Interest::Load
            && let Some(stopped) = self.stopped_load(&asked, &entry)
        {
            self.given += 1;
            (self.on)(loaded(asked, entry, place, stopped));
            return;
        }
        if found == Interest::Socket
            && entry.status() != 101
            && matches!(entry.reported(), Reported::Named(_))
            && asked.origin().is_some()
        {
            self.given += 1;
            (self.on)(loaded(asked, entry, place, of_socket()));
            return;
        }
        if found != Interest::Script && !(found == Interest::SameOrigin && is_redirect) {
            self.left_out.count(found);
            return;
        }
        asked.page_space = asked.origin().and_then(|origin| self.documents.space_of(origin));
        let listed_after = kind == Some("preflight");
        let answered = entry.answered(&asked, &place, self.notes);
        let lacks = |answered: &CapturedResponse| {
            super::step::header(&answered.response.headers, "access-control-allow-origin").is_none()
        };
        if entry.is_from_cache() && answered.as_ref().is_some_and(lacks) {
            self.notes.push(place.clone(), FROM_CACHE);
        }
        let response = answered.as_ref().map(|answered| &answered.response);
        let stopped = self.with_asked(&asked, &entry, response, of_script);
        let stopped = stopped.or_else(|| entry.failed_in_worker().then(by_worker));
        let (failed, started) = (entry.failed(), entry.started.0.take());
        let step = Step { asked: Some(asked), answered, started, failed, stopped, listed_after };
        let (given, left_out, on) = (&mut self.given, &mut self.left_out, &mut *self.on);
        self.pairing.push(step, self.notes, &mut |captured| give(captured, given, left_out, on));
    }

    /// Remembers what a document's response says, for the requests of its page.
    fn learn_page(&mut self, asked: &CapturedRequest, entry: &Entry) {
        let is_document =
            entry.kind.0.as_deref() == Some("document") || asked.header("sec-fetch-mode") == Some(b"navigate");
        let is_final = !matches!(entry.status(), 0 | 300..=399);
        if is_document
            && is_final
            && let Some(origin) = asked.url.as_deref().and_then(origin_of)
        {
            self.documents.learn(entry.page.0.as_deref(), origin, asked.address.as_deref(), &entry.response_headers());
        }
    }

    /// What stopped a request that an element made without CORS.
    fn stopped_load(&self, asked: &CapturedRequest, entry: &Entry) -> Option<Neighbour> {
        // Most loads are fine, and Chromium says so.
        if *entry.reported() == Reported::Fine {
            return None;
        }
        // Without these headers, it is unknown how the element asked.
        let kind = asked.header("sec-fetch-dest").or(entry.kind.0.as_deref().map(str::as_bytes))?;
        let kind = str::from_utf8(kind).ok()?;
        let is_known = asked.header("sec-fetch-mode") == Some(b"no-cors") || entry.kind.0.is_some();
        let response = match entry.status() {
            0 => None,
            status => Some(Response { status, headers: entry.response_headers() }),
        };
        let (has_body, cookies) = (entry.has_body(), asked.header("cookie").is_some());
        let judge = |asked: Asked<'_>| of_load(asked, kind, has_body, cookies, self.suffixes);
        self.with_asked(asked, entry, response.as_ref(), judge).filter(|_| is_known)
    }

    fn with_asked<R>(
        &self,
        asked: &CapturedRequest,
        entry: &Entry,
        response: Option<&Response>,
        judge: impl FnOnce(Asked<'_>) -> Option<R>,
    ) -> Option<R> {
        let origin = asked.origin()?;
        let facts = self.documents.of(entry.page.0.as_deref(), origin);
        judge(Asked {
            page: str::from_utf8(origin).ok()?,
            facts: facts.as_deref(),
            url: str::from_utf8(asked.url.as_deref()?).ok()?,
            response,
            reported: entry.reported(),
        })
    }

    fn finish(&mut self) {
        let (given, left_out, on) = (&mut self.given, &mut self.left_out, &mut *self.on);
        self.pairing.finish(self.notes, &mut |captured| give(captured, given, left_out, on));
    }

    /// What came before is kept, and what follows is lost.
    fn broken(&mut self, error: &serde_json::Error) {
        let place = if self.in_entries { self.file.entry(self.entries + 1) } else { self.file.clone() };
        let (line, column) = (error.line(), error.column());
        let message = if error.is_eof() {
            format!("the file is cut off here, at line {line}, column {column}")
        } else {
            format!("the rest of the file is not JSON: {}", printable(&error.to_string()))
        };
        self.notes.push(place, message);
    }
}

/// An element's request, which is worth a report only because something stopped it.
fn loaded(asked: CapturedRequest, mut entry: Entry, place: Place, stopped: Neighbour) -> CapturedExchange {
    let request = ScriptRequest {
        origin: asked.origin().map(<[u8]>::to_vec),
        url: asked.url,
        method: asked.method,
        mode: Mode::NoCors,
        ..ScriptRequest::default()
    };
    let (failed, started) = (entry.failed(), entry.started.0.take());
    let hop = Hop { address: asked.address, ..Hop::default() };
    let exchange = Exchange { request, hops: vec![hop] };
    CapturedExchange { exchange, place, hops: vec![HopPlace::default()], started, failed, stopped: Some(stopped) }
}

/// CORS does not apply to a chain that never left the page's origin.
fn give(captured: CapturedExchange, given: &mut u64, left_out: &mut LeftOut, on: &mut dyn FnMut(CapturedExchange)) {
    let exchange = &captured.exchange;
    let urls = exchange.request.url.iter().chain(exchange.hops.iter().filter_map(|hop| hop.url.as_ref()));
    let origin = exchange.request.origin.as_ref();
    if origin.is_some() && urls.map(|url| origin_of(url)).all(|own| own.as_ref() == origin) {
        left_out.count(Interest::SameOrigin);
    } else {
        *given += 1;
        on(captured);
    }
}

/// The object of the file.
struct Root<'a, 'h>(&'a mut Har<'h>);

impl<'de> Lenient<'de> for Root<'_, '_> {
    type Value = ();
    fn object<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(Text(key)) = map.next_key()? {
            if key.as_deref() == Some("log") {
                self.0.seen.log = true;
                map.next_value_seed(Any(Log(&mut *self.0)))?;
            } else {
                skip(&mut map)?;
            }
        }
        Ok(())
    }
}

/// The object `log`.
struct Log<'a, 'h>(&'a mut Har<'h>);

impl<'de> Lenient<'de> for Log<'_, '_> {
    type Value = ();
    fn object<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(Text(key)) = map.next_key()? {
            match key.as_deref() {
                Some("entries") => map.next_value_seed(Any(Entries(&mut *self.0)))?,
                Some("pages") => {
                    let List(pages) = map.next_value::<List<Object<Page>>>()?;
                    for Page { id, title } in pages.unwrap_or_default().into_iter().filter_map(|Object(page)| page) {
                        self.0.pages.extend(id.0.zip(title.0));
                    }
                }
                _ => skip(&mut map)?,
            }
        }
        Ok(())
    }
}

/// The list `log.entries`.
struct Entries<'a, 'h>(&'a mut Har<'h>);

impl<'de> Lenient<'de> for Entries<'_, '_> {
    type Value = ();
    fn list<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        self.0.seen.entries = true;
        self.0.in_entries = true;
        while let Some(entry) = list.next_element()? {
            self.0.entries += 1;
            self.0.entry(entry);
        }
        self.0.in_entries = false;
        Ok(())
    }
}

/// One item of `log.pages`.
#[derive(Debug, Default)]
struct Page {
    id: Text,
    title: Text,
}

impl Fields for Page {
    fn take<'de, A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
        match key {
            "id" => self.id = map.next_value()?,
            "title" => self.title = map.next_value()?,
            _ => skip(map)?,
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
