//! Reads one line of `--jsonl`, a request as JSON, into storage that the next line uses again.

use std::fmt;
use std::ops::Range;

use corsac::RequestPath;
use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

/// The request of the last line.
#[derive(Debug, Default)]
pub(crate) struct LineRequest {
    bytes: Vec<u8>,
    method: Range<usize>,
    headers: Vec<(Range<usize>, Range<usize>)>,
    path: Option<Range<usize>>,
    raw_path: Option<Range<usize>>,
}

impl LineRequest {
    /// Reads `{"method":"GET","headers":[["Name","value"]]}`, with `"path"`, `"raw_path"`, both or neither. The error is a sentence.
    pub(crate) fn read(&mut self, line: &[u8]) -> Result<(), String> {
        self.bytes.clear();
        self.headers.clear();
        (self.path, self.raw_path) = (None, None);
        let mut json = serde_json::Deserializer::from_slice(line);
        Line(self).deserialize(&mut json).and_then(|()| json.end()).map_err(|error| {
            // The line number that serde_json counts is always 1.
            error.to_string().replace(" at line 1 column ", " at column ")
        })
    }

    pub(crate) fn method(&self) -> &[u8] {
        self.bytes.get(self.method.clone()).unwrap_or_default()
    }

    /// The path of the request: `/` if the line has none.
    pub(crate) fn path(&self) -> RequestPath<'_> {
        let bytes = |range: &Option<Range<usize>>| self.bytes.get(range.clone()?);
        match (bytes(&self.path), bytes(&self.raw_path)) {
            (Some(path), Some(raw)) => RequestPath::decoded(path).with_raw(raw),
            (Some(path), None) => RequestPath::decoded(path),
            (None, Some(raw)) => RequestPath::raw(raw),
            (None, None) => RequestPath::decoded("/"),
        }
    }

    pub(crate) fn headers(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        let bytes = |range: &Range<usize>| self.bytes.get(range.clone()).unwrap_or_default();
        self.headers.iter().map(move |(name, value)| (bytes(name), bytes(value)))
    }
}

struct Line<'a>(&'a mut LineRequest);

impl<'de> DeserializeSeed<'de> for Line<'_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Line<'_> {
    type Value = ();
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object with \"method\" and \"headers\"")
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        const KEYS: &[&str] = &["method", "headers", "path", "raw_path"];
        let (mut method, mut headers) = (false, false);
        while let Some(key) = map.next_key::<std::borrow::Cow<'de, str>>()? {
            match key.as_ref() {
                "method" if !method => {
                    self.0.method = map.next_value_seed(Bytes(&mut self.0.bytes))?;
                    method = true;
                }
                "headers" if !headers => {
                    map.next_value_seed(Headers(self.0))?;
                    headers = true;
                }
                "path" if self.0.path.is_none() => {
                    self.0.path = Some(map.next_value_seed(Bytes(&mut self.0.bytes))?);
                }
                "raw_path" if self.0.raw_path.is_none() => {
                    self.0.raw_path = Some(map.next_value_seed(Bytes(&mut self.0.bytes))?);
                }
                known if KEYS.contains(&known) => return Err(de::Error::custom(format_args!("\"{key}\" twice"))),
                other => return Err(de::Error::unknown_field(other, KEYS)),
            }
        }
        match (method, headers) {
            (true, true) => Ok(()),
            (false, _) => Err(de::Error::missing_field("method")),
            _ => Err(de::Error::missing_field("headers")),
        }
    }
}

struct Headers<'a>(&'a mut LineRequest);

impl<'de> DeserializeSeed<'de> for Headers<'_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        from.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Headers<'_> {
    type Value = ();
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of [name, value] pairs")
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while let Some(pair) = list.next_element_seed(Pair(&mut self.0.bytes))? {
            self.0.headers.push(pair);
        }
        Ok(())
    }
}

struct Pair<'a>(&'a mut Vec<u8>);

impl<'de> DeserializeSeed<'de> for Pair<'_> {
    type Value = (Range<usize>, Range<usize>);
    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Self::Value, D::Error> {
        from.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Pair<'_> {
    type Value = (Range<usize>, Range<usize>);
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a [name, value] pair of strings")
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut pair: A) -> Result<Self::Value, A::Error> {
        let name = pair.next_element_seed(Bytes(self.0))?.ok_or_else(|| de::Error::invalid_length(0, &"a name"))?;
        let value = pair.next_element_seed(Bytes(self.0))?.ok_or_else(|| de::Error::invalid_length(1, &"a value"))?;
        Ok((name, value))
    }
}

/// A string, one byte per code point, appended to the bytes of the line.
struct Bytes<'a>(&'a mut Vec<u8>);

impl<'de> DeserializeSeed<'de> for Bytes<'_> {
    type Value = Range<usize>;
    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Self::Value, D::Error> {
        from.deserialize_str(self)
    }
}

impl Visitor<'_> for Bytes<'_> {
    type Value = Range<usize>;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }
    fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
        let start = self.0.len();
        if text.is_ascii() {
            self.0.extend_from_slice(text.as_bytes());
        } else {
            for c in text.chars() {
                let byte = u8::try_from(c).map_err(|_| E::custom("a code point above 255 is not a byte"))?;
                self.0.push(byte);
            }
        }
        Ok(start..self.0.len())
    }
}
