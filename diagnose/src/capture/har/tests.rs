//! A HAR is read as a stream.

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
#[ignore = "it reads 200 MB: make nightly-diagnose"]
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
