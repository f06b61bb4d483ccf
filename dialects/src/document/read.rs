//! Reads documents from the events of a YAML parser, within limits.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::fmt;
use std::sync::Arc;

use saphyr_parser::{Event, Parser, ScalarStyle, Span, Tag};

use super::node::{Key, Node, Scalar, Value};
use super::place::{Offsets, Place};
use crate::shown::shown;

/// The longest text that is read. Configurations have kilobytes; a plan of Terraform may have megabytes.
const BYTES_MAX: usize = 10_000_000;

/// How deep lists and mappings may be. A template of CloudFormation has about 12 levels.
pub(super) const DEPTH_MAX: usize = 64;

/// How many values all aliases together may repeat. Nested aliases grow exponentially ("billion laughs").
const REPEATED_MAX: usize = 10_000;

/// One document of a file.
///
/// ```
/// use corsac_dialects::document::{Document, read};
/// let documents: Vec<Document> = read("a: 1\n---\nb: 2\n")?;
/// assert!(documents.len() == 2 && documents[1].root.get("b").is_some());
/// # Ok::<(), corsac_dialects::document::ReadError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Document {
    /// Its value.
    pub root: Node,
}

/// Why a text has no documents.
///
/// ```
/// use corsac_dialects::document::{ReadError, read};
/// let error: ReadError = read("a: 1\na: 2\n").unwrap_err();
/// assert_eq!(error.place.map(|place| place.line), Some(2));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadError {
    /// What is wrong, in one sentence without its end.
    pub message: String,
    /// Where. `None`: the text as a whole.
    pub place: Option<Place>,
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(place) = &self.place {
            write!(f, "line {}, column {}: ", place.line, place.column)?;
        }
        f.write_str(&self.message)
    }
}

impl std::error::Error for ReadError {}

/// Refuses a text that is too long.
pub(super) fn check_length(text: &str) -> Result<(), ReadError> {
    if text.len() > BYTES_MAX {
        return Err(ReadError { message: format!("the file is longer than {BYTES_MAX} bytes"), place: None });
    }
    Ok(())
}

/// Reads YAML or JSON.
pub(super) fn read(text: &str) -> Result<Vec<Document>, ReadError> {
    let text = &*with_long_escapes(text);
    let mut builder = Builder { offsets: Offsets::of(text), ..Builder::new(text) };
    let mut parser = Parser::new_from_str(text);
    while let Some(event) = parser.next_event() {
        let (event, span) = event.map_err(|error| {
            let marker = error.marker();
            let at = builder.offsets.byte(marker.index());
            let place = Place { span: at..at, line: marker.line().max(1), column: marker.col() + 1 };
            unreadable(text, error.info(), place)
        })?;
        builder.take(event, span)?;
    }
    Ok(builder.documents)
}

/// JSON writes a character outside of the basic plane as two escapes, which YAML does not know: `\ud83e\udd8a` becomes `\U0001F98A`. Places
/// after it on its line are two bytes too small.
fn with_long_escapes(text: &str) -> Cow<'_, str> {
    let is_json = text.trim_start().starts_with(['{', '[']);
    let has_pair = || text.contains("\\ud") || text.contains("\\uD");
    if !is_json || !has_pair() {
        return Cow::Borrowed(text);
    }
    let mut long = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        let (before, escape) = rest.split_at(at);
        long.push_str(before);
        let unit = |from: usize| {
            let digits = escape.get(from..from + 6)?.strip_prefix("\\u")?;
            u16::from_str_radix(digits, 16).ok()
        };
        let pair = unit(0).zip(unit(6)).and_then(|(high, low)| char::decode_utf16([high, low]).next()?.ok());
        let taken = match pair.filter(|c| u32::from(*c) > 0xFFFF) {
            Some(character) => {
                long.push_str(&format!("\\U{:08X}", u32::from(character)));
                12
            }
            None => {
                // An escaped backslash is taken whole.
                let len = escape.chars().take(2).map(char::len_utf8).sum();
                long.push_str(escape.get(..len).unwrap_or_default());
                len
            }
        };
        rest = escape.get(taken..).unwrap_or_default();
    }
    long.push_str(rest);
    Cow::Owned(long)
}

/// Templates of Helm are not YAML before they are rendered, and the parser's own words would not say so.
fn unreadable(text: &str, info: &str, place: Place) -> ReadError {
    let line = text.lines().nth(place.line - 1).unwrap_or_default();
    let before = text.lines().nth(place.line.saturating_sub(2)).unwrap_or_default();
    let message = if line.contains("{{") || before.contains("{{") {
        "this line has {{ }}: the file is a template. Render it first (helm template), then read the result".to_owned()
    } else {
        format!("not valid YAML or JSON: {}", corsac_diagnose::printable(info))
    };
    ReadError { message, place: Some(place) }
}

/// A list or mapping that is not complete.
enum Open {
    List { items: Vec<Node> },
    Map { entries: Vec<(Key, Node)>, keys: HashSet<String>, key: Option<Key> },
}

struct Frame {
    open: Open,
    start: Span,
    anchor: usize,
    tag: Option<String>,
    size: usize,
}

struct Builder<'t> {
    offsets: Offsets<'t>,
    documents: Vec<Document>,
    frames: Vec<Frame>,
    anchors: HashMap<usize, Node>,
    repeated: usize,
}

impl<'t> Builder<'t> {
    fn new(text: &'t str) -> Self {
        let (documents, frames, anchors) = (Vec::new(), Vec::new(), HashMap::new());
        Self { offsets: Offsets::of(text), documents, frames, anchors, repeated: 0 }
    }

    fn take(&mut self, event: Event<'_>, span: Span) -> Result<(), ReadError> {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let scalar = Scalar { text: text.into_owned(), is_plain: style == ScalarStyle::Plain };
                let value = match own_tag(tag.as_deref()) {
                    Some(tag) => Value::Unknown(format!("{tag} {}", scalar.text)),
                    None if scalar.text.contains("{{") => Value::Unknown(scalar.text),
                    None => Value::Scalar(scalar),
                };
                let node = Node { place: self.place(span, span), value, size: 1 };
                self.keep(anchor, &node);
                self.add(node)
            }
            Event::SequenceStart(anchor, tag) => {
                self.open(Open::List { items: Vec::new() }, span, anchor, tag.as_deref())
            }
            Event::MappingStart(anchor, tag) => {
                let open = Open::Map { entries: Vec::new(), keys: HashSet::new(), key: None };
                self.open(open, span, anchor, tag.as_deref())
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(span),
            Event::Alias(anchor) => {
                let place = self.place(span, span);
                let Some(node) = self.anchors.get(&anchor).cloned() else {
                    return Err(ReadError { message: "this alias repeats itself".to_owned(), place: Some(place) });
                };
                self.repeated = self.repeated.saturating_add(node.size);
                if self.repeated > REPEATED_MAX {
                    let message = format!("the aliases of this file repeat more than {REPEATED_MAX} values");
                    return Err(ReadError { message, place: Some(place) });
                }
                self.add(node)
            }
            Event::DocumentStart(_) => {
                self.anchors.clear();
                Ok(())
            }
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => Ok(()),
        }
    }

    fn open(&mut self, open: Open, start: Span, anchor: usize, tag: Option<&Tag>) -> Result<(), ReadError> {
        if self.frames.len() >= DEPTH_MAX {
            let message = format!("more than {DEPTH_MAX} levels of lists and mappings");
            return Err(ReadError { message, place: Some(self.place(start, start)) });
        }
        self.frames.push(Frame { open, start, anchor, tag: own_tag(tag), size: 1 });
        Ok(())
    }

    fn close(&mut self, end: Span) -> Result<(), ReadError> {
        let Some(Frame { open, start, anchor, tag, size }) = self.frames.pop() else { return Ok(()) };
        let value = match (tag, open) {
            (Some(tag), _) => Value::Unknown(format!("{tag} ...")),
            (None, Open::List { items }) => Value::List(Arc::new(items)),
            (None, Open::Map { entries, .. }) => match entries.as_slice() {
                [(key, _)] if key.text == "Ref" || key.text.starts_with("Fn::") => {
                    Value::Unknown(format!("{} ...", key.text))
                }
                _ => Value::Map(Arc::new(entries)),
            },
        };
        let node = Node { place: self.place(start, end), value, size };
        self.keep(anchor, &node);
        self.add(node)
    }

    fn keep(&mut self, anchor: usize, node: &Node) {
        // 0: there is no anchor.
        if anchor > 0 {
            self.anchors.insert(anchor, node.clone());
        }
    }

    fn add(&mut self, node: Node) -> Result<(), ReadError> {
        let Some(frame) = self.frames.last_mut() else {
            self.documents.push(Document { root: node });
            return Ok(());
        };
        frame.size = frame.size.saturating_add(node.size);
        match &mut frame.open {
            Open::List { items } => items.push(node),
            Open::Map { entries, keys, key } => match key.take() {
                Some(key) => entries.push((key, node)),
                None => {
                    let text = match node.value {
                        Value::Scalar(scalar) => scalar.text,
                        Value::Unknown(written) => written,
                        Value::List(_) | Value::Map(_) => {
                            let message = "a key must be a text, not a list or a mapping ({{ }} makes one: render the template first)";
                            return Err(ReadError { message: message.to_owned(), place: Some(node.place) });
                        }
                    };
                    if !keys.insert(text.clone()) {
                        let message = format!("the key {} is there twice: remove one", shown(&text));
                        return Err(ReadError { message, place: Some(node.place) });
                    }
                    *key = Some(Key { text, place: node.place });
                }
            },
        }
        Ok(())
    }

    fn place(&self, start: Span, end: Span) -> Place {
        let from = self.offsets.byte(start.start.index());
        let to = self.offsets.byte(end.end.index()).max(from);
        Place { span: from..to, line: start.start.line().max(1), column: start.start.col() + 1 }
    }
}

/// A tag that YAML does not define, such as `!Ref`: the value is not what is written.
fn own_tag(tag: Option<&Tag>) -> Option<String> {
    let tag = tag.filter(|tag| !(tag.is_yaml_core_schema() || (tag.handle == "!" && tag.suffix.is_empty())))?;
    Some(format!("{}{}", tag.handle, tag.suffix))
}
