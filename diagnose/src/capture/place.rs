//! Places in a capture, and notes about what could not be read there.

use std::fmt;
use std::sync::Arc;

use crate::printable::printable;

/// How many notes of one file are kept. Further ones are only counted.
const NOTES: usize = 100;

/// A file and a place in it. `Display` is safe for a terminal.
///
/// ```
/// use corsac_diagnose::capture::{At, Place};
/// let place = Place { file: "trace.har".into(), at: At::Entry(3) };
/// assert_eq!(place.to_string(), "trace.har, entry 3");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The name of the file. Not safe for a terminal.
    pub file: Arc<str>,
    /// Where in it.
    pub at: At,
}

/// Lines and entries are counted from 1.
///
/// ```
/// use corsac_diagnose::capture::{At, Place};
/// let shown = |at| Place { file: "curl.txt".into(), at }.to_string();
/// assert_eq!([shown(At::File), shown(At::Line(7))], ["curl.txt", "curl.txt:7"]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum At {
    /// The whole file.
    File,
    /// A line of a text.
    Line(u64),
    /// An entry of a HAR.
    Entry(u64),
}

impl Place {
    pub(super) fn of_file(name: &str) -> Self {
        Self { file: name.into(), at: At::File }
    }

    pub(super) fn line(&self, number: u64) -> Self {
        Self { file: Arc::clone(&self.file), at: At::Line(number) }
    }

    pub(super) fn entry(&self, number: u64) -> Self {
        Self { file: Arc::clone(&self.file), at: At::Entry(number) }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&printable(&self.file))?;
        match self.at {
            At::File => Ok(()),
            At::Line(line) => write!(f, ":{line}"),
            At::Entry(entry) => write!(f, ", entry {entry}"),
        }
    }
}

/// Something that could not be read, or had to be guessed. The message is safe for a terminal.
///
/// ```
/// use corsac_diagnose::capture::{At, Note, Place};
/// let note = Note { place: Place { file: "curl.txt".into(), at: At::Line(2) }, message: "not a header".to_owned() };
/// assert_eq!(note.to_string(), "curl.txt:2: not a header");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// What it is about.
    pub place: Place,
    /// One sentence.
    pub message: String,
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.message)
    }
}

/// The notes so far. Of one file, only the first ones are kept.
#[derive(Debug, Default)]
pub(super) struct Notes {
    list: Vec<Note>,
    file_start: usize,
    left_off: u64,
}

impl Notes {
    pub(super) fn push(&mut self, place: Place, message: impl Into<String>) {
        if self.list.len() - self.file_start < NOTES {
            self.list.push(Note { place, message: message.into() });
        } else {
            self.left_off += 1;
        }
    }

    /// Another file follows.
    pub(super) fn end_file(&mut self, place: &Place) {
        if self.left_off > 0 {
            let message = format!("{} more notes like these are left out", self.left_off);
            self.list.push(Note { place: place.clone(), message });
        }
        self.file_start = self.list.len();
        self.left_off = 0;
    }

    pub(super) fn into_list(self) -> Vec<Note> {
        self.list
    }
}

#[cfg(test)]
mod tests {
    use super::{Notes, Place};

    #[test]
    fn a_place_is_shown_without_control_bytes() {
        let file = Place::of_file("a\u{1b}[2J.har");
        assert_eq!(file.entry(3).to_string(), "a\\u{1b}[2J.har, entry 3");
        assert_eq!(Place::of_file("a.txt").line(7).to_string(), "a.txt:7");
    }

    #[test]
    fn notes_without_end_are_counted() {
        let (mut notes, file) = (Notes::default(), Place::of_file("x"));
        (0..1000).for_each(|line| notes.push(file.line(line), "bad"));
        notes.end_file(&file);
        notes.push(file.line(1), "of the next file");
        let list = notes.into_list();
        assert_eq!(list.len(), 102);
        assert_eq!(list[100].message, "900 more notes like these are left out");
    }
}
