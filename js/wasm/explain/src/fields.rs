//! The members of a JSON object from JavaScript. Deriving the reader of each kind of options would make the module 20 kB larger.

use serde_json::{Map, Value};

/// Header lines: names and values in bytes.
pub(crate) type Lines = Vec<(Vec<u8>, Vec<u8>)>;

/// The members that were not taken yet.
pub(crate) struct Fields(Map<String, Value>);

impl Fields {
    pub(crate) fn read(json: &[u8]) -> Result<Self, String> {
        serde_json::from_slice(json).map_err(|error| error.to_string()).and_then(|value| Self::of(value, "the input"))
    }

    fn of(value: Value, name: &str) -> Result<Self, String> {
        match value {
            Value::Object(members) => Ok(Self(members)),
            Value::Null => Ok(Self(Map::new())),
            _ => Err(wrong(name, "an object")),
        }
    }

    /// Null and a missing member are the same, because JSON has no undefined.
    fn take(&mut self, name: &str) -> Value {
        self.0.remove(name).unwrap_or_default()
    }

    pub(crate) fn text(&mut self, name: &str) -> Result<Option<String>, String> {
        match self.take(name) {
            Value::String(text) => Ok(Some(text)),
            Value::Null => Ok(None),
            _ => Err(wrong(name, "a string")),
        }
    }

    pub(crate) fn flag(&mut self, name: &str) -> Result<bool, String> {
        match self.take(name) {
            Value::Bool(flag) => Ok(flag),
            Value::Null => Ok(false),
            _ => Err(wrong(name, "true or false")),
        }
    }

    pub(crate) fn number(&mut self, name: &str) -> Result<Option<u64>, String> {
        match self.take(name) {
            Value::Null => Ok(None),
            value => value.as_u64().map(Some).ok_or_else(|| wrong(name, "a whole number")),
        }
    }

    /// The member `status`.
    pub(crate) fn status(&mut self) -> Result<u16, String> {
        let status = self.number("status")?.and_then(|status| u16::try_from(status).ok());
        status.ok_or_else(|| wrong("status", "the status of a response"))
    }

    pub(crate) fn object(&mut self, name: &str) -> Result<Self, String> {
        Self::of(self.take(name), name)
    }

    pub(crate) fn list(&mut self, name: &str) -> Result<Vec<Value>, String> {
        items(self.take(name), name)
    }

    pub(crate) fn objects(&mut self, name: &str) -> Result<Vec<Self>, String> {
        self.list(name)?.into_iter().map(|item| Self::of(item, name)).collect()
    }

    pub(crate) fn texts(&mut self, name: &str) -> Result<Vec<String>, String> {
        let text = |item| match item {
            Value::String(text) => Ok(text),
            _ => Err(wrong(name, "a list of strings")),
        };
        self.list(name)?.into_iter().map(text).collect()
    }

    /// Header lines whose texts have one character for each byte.
    pub(crate) fn lines(&mut self, name: &str) -> Result<Lines, String> {
        let line = |item| match items(item, name)?.as_slice() {
            [Value::String(name), Value::String(value)] => Ok((bytes(name), bytes(value))),
            _ => Err(wrong(name, "a list of names and values")),
        };
        self.list(name)?.into_iter().map(line).collect()
    }

    /// Whether there is none, or none any more.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Every member must have been taken: JavaScript and this module have to know the same names.
    pub(crate) fn end(self) -> Result<(), String> {
        self.0.into_iter().next().map_or(Ok(()), |(name, _)| Err(format!("\"{name}\" is not known")))
    }
}

fn items(value: Value, name: &str) -> Result<Vec<Value>, String> {
    match value {
        Value::Array(items) => Ok(items),
        Value::Null => Ok(Vec::new()),
        _ => Err(wrong(name, "a list")),
    }
}

fn wrong(name: &str, wanted: &str) -> String {
    format!("{name} must be {wanted}")
}

/// One byte for each code point.
pub(crate) fn bytes(text: &str) -> Vec<u8> {
    text.chars().map(|character| u8::try_from(character).unwrap_or(b'?')).collect()
}
