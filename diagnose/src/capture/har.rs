//! Reads a HAR as a stream, entry by entry, so that a large file takes no more memory than its largest entry
//! ([HAR 1.2](http://www.softwareishard.com/blog/har-12-spec/)).

use std::collections::HashMap;
use std::io::{self, BufRead, BufReader};

use corsac::browser::{AddressSpace, Profile};
use serde::de::{DeserializeSeed, MapAccess, SeqAccess};
use serde_json::error::Category;

use super::chain::CapturedExchange;
use super::har_entry::Entry;
use super::har_interest::{Interest, LeftOut, interest};
use super::lenient::{Any, Fields, ITEMS, Lenient, List, Object, Text, skip};
use super::lossy::Lossy;
use super::pair::Pairing;
use super::place::{Notes, Place};
use super::step::{CapturedRequest, Step, origin_of};
use crate::Urls;
use crate::printable::printable;

/// Reads a HAR. The error says what it has instead of a request to another origin.
pub(super) fn read(
    file: &Place,
    from: impl BufRead,
    urls: &'static dyn Urls,
    notes: &mut Notes,
    on: &mut dyn FnMut(CapturedExchange),
) -> io::Result<Result<(), String>> {
    let mut har = Har {
        file,
        notes,
        on,
        pairing: Pairing::new(urls),
        pages: HashMap::new(),
        documents: HashMap::new(),
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
    let Har { file, notes, entries, seen, given, left_out, .. } = har;
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
        _ => format!("a HAR without a request to another origin: of {entries} entries {left_out}"),
    }))
}

struct Har<'h> {
    file: &'h Place,
    notes: &'h mut Notes,
    on: &'h mut dyn FnMut(CapturedExchange),
    pairing: Pairing,
    /// The title of each page by its id. In Chromium it is a URL, and gives the origin if no header does.
    pages: HashMap<String, String>,
    /// The address space of each origin that a document came from.
    documents: HashMap<Vec<u8>, AddressSpace>,
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
        self.learn_page(&asked, entry.kind.0.as_deref());
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
        if found != Interest::Script && !(found == Interest::SameOrigin && is_redirect) {
            self.left_out.count(found);
            return;
        }
        asked.page_space = asked.origin().and_then(|origin| self.documents.get(origin)).copied();
        let listed_after = kind == Some("preflight");
        let answered = entry.answered(&asked, &place, self.notes);
        let (failed, started) = (entry.failed(), entry.started.0.take());
        let step = Step { asked: Some(asked), answered, started, failed, listed_after };
        let (given, left_out, on) = (&mut self.given, &mut self.left_out, &mut *self.on);
        self.pairing.push(step, self.notes, &mut |captured| give(captured, given, left_out, on));
    }

    /// Remembers where a document came from, and gives that to the requests of its origin.
    fn learn_page(&mut self, asked: &CapturedRequest, kind: Option<&str>) {
        let is_document = kind == Some("document") || asked.header("sec-fetch-mode") == Some(b"navigate");
        if let (true, Some(origin), Some(address)) =
            (is_document, asked.url.as_deref().and_then(origin_of), &asked.address)
        {
            // Chromium writes most HARs, and browsers differ only in a few reserved addresses.
            self.documents.extend(AddressSpace::of_address(address, Profile::Chromium).map(|space| (origin, space)));
        }
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
mod tests {
    use std::cell::Cell;
    use std::fs;
    use std::io::{self, Cursor, Read};

    use crate::capture::Captures;

    /// A HAR that is written while it is read: entries with bodies, as many as fit.
    struct Large {
        entries: usize,
        body: usize,
        given: usize,
        text: Cursor<Vec<u8>>,
    }

    impl Large {
        fn new(size: usize, body: usize) -> Self {
            Self { entries: size / (2 * body), body, given: 0, text: Cursor::new(b"{\"log\":{\"entries\":[".to_vec()) }
        }

        fn entry(&self) -> Vec<u8> {
            let (comma, body) = (if self.given > 0 { "," } else { "" }, "x".repeat(self.body));
            format!(
                r#"{comma}{{"request":{{"method":"GET","url":"https://b.test/{}","headers":
                [{{"name":"Origin","value":"https://a.test"}}],"postData":{{"text":"{body}"}}}},"response":{{"status":200,
                "headers":[{{"name":"access-control-allow-origin","value":"*"}}],"content":{{"text":"{body}\u00e9\n"}}}}}}"#,
                self.given,
            )
            .into_bytes()
        }
    }

    impl Read for Large {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            let mut read = self.text.read(into)?;
            if read == 0 && self.given <= self.entries {
                self.text = Cursor::new(if self.given == self.entries { b"]}}".to_vec() } else { self.entry() });
                self.given += 1;
                read = self.text.read(into)?;
            }
            Ok(read)
        }
    }

    struct Counted<'r, R> {
        from: R,
        read: &'r Cell<u64>,
    }

    impl<R: Read> Read for Counted<'_, R> {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            let read = self.from.read(into)?;
            self.read.set(self.read.get() + u64::try_from(read).unwrap());
            Ok(read)
        }
    }

    /// How many exchanges came, and after how many bytes the first of them.
    fn read(from: impl Read) -> (usize, u64) {
        let (mut captures, read, mut count, mut first) = (Captures::default(), Cell::new(0), 0, 0);
        let mut on = |_| {
            count += 1;
            first = if count == 1 { read.get() } else { first };
        };
        captures.read("large.har", Counted { from, read: &read }, &mut on).unwrap();
        assert_eq!(captures.finish(&mut on), []);
        (count, first)
    }

    #[test]
    fn exchanges_come_while_a_large_file_is_still_being_read() {
        let (count, first) = read(Large::new(20 << 20, 5 << 10));
        assert_eq!(count, 2048);
        assert!(first < 4 << 20, "the first exchange came after {first} bytes");
    }

    /// The most memory that this process ever had, in KiB.
    fn peak() -> usize {
        let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        line.map_or(0, |line| line.trim_end_matches("kB").trim().parse().unwrap())
    }

    #[test]
    #[ignore = "reads 200 MB: cargo test -p corsac-diagnose --release -- --ignored"]
    fn two_hundred_megabytes_take_no_more_memory_than_one_entry() {
        let before = peak();
        assert_eq!(read(Large::new(200 << 20, 20 << 10)).0, 5120);
        let many = peak() - before;
        assert!(many < 16 << 10, "{many} KiB for many entries");
        // The test itself holds one entry of 40 MB; the reader walks over it.
        assert_eq!(read(Large::new(40 << 20, 20 << 20)).0, 1);
        let one = peak() - before;
        assert!(one < 140 << 10, "{one} KiB for one large entry");
    }
}
