//! The values of a YAML or JSON document, each with its place.

use std::sync::Arc;

use super::place::Place;

/// A value with its place.
///
/// ```
/// use corsac_dialects::document::{Booleans, read};
///
/// let text = "origins: ['https://a.example', null]\ncredentials: yes\nmax_age: 600\nsecret: !Ref Name\n";
/// let root = &read(text)?[0].root;
/// assert!(root.is_map() && !root.is_list());
/// let keys: Vec<&str> = root.entries().map(|(key, _)| key.text.as_str()).collect();
/// assert_eq!(keys, ["origins", "credentials", "max_age", "secret"]);
///
/// let origins = root.get("origins").expect("a list");
/// assert_eq!((origins.items().len(), origins.items()[0].text()), (2, Some("https://a.example")));
/// assert!(!origins.items()[0].is_plain() && origins.items()[1].is_null());
/// let credentials = root.at(&["credentials"]).expect("a scalar");
/// assert_eq!((credentials.boolean(Booleans::Yaml11), credentials.boolean(Booleans::Yaml12)), (Some(true), None));
/// assert_eq!(credentials.place.line, 2);
/// assert_eq!(root.get("max_age").and_then(|age| age.integer()), Some(600));
/// assert!(root.get("secret").is_some_and(|secret| secret.unknown().is_some()));
/// # Ok::<(), corsac_dialects::document::ReadError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Node {
    /// Where it is. An alias has the place of what it repeats.
    pub place: Place,
    /// What it is.
    pub value: Value,
    /// How many values it holds, itself included.
    pub(super) size: usize,
}

/// What a value is. Lists and mappings are shared, so that an alias costs nothing.
///
/// ```
/// use corsac_dialects::document::{Value, read};
/// assert!(matches!(&read("[1, 2]")?[0].root.value, Value::List(items) if items.len() == 2));
/// # Ok::<(), corsac_dialects::document::ReadError>(())
/// ```
#[derive(Clone, Debug)]
pub enum Value {
    /// A text, number, boolean or null.
    Scalar(Scalar),
    /// A list.
    List(Arc<Vec<Node>>),
    /// A mapping in its order. Each key is there once.
    Map(Arc<Vec<(Key, Node)>>),
    /// Something that only another program can know: `!Ref Name`, `{"Ref": "Name"}`, or a value with `{{ }}`. It holds what is written instead of a value.
    Unknown(String),
}

/// A scalar as it is written.
///
/// ```
/// use corsac_dialects::document::{Scalar, Value, read};
/// let Value::Scalar(scalar) = &read("'true'")?[0].root.value else { panic!("a text") };
/// assert_eq!(scalar, &Scalar { text: "true".to_owned(), is_plain: false });
/// # Ok::<(), corsac_dialects::document::ReadError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scalar {
    /// The text, without its quotes.
    pub text: String,
    /// Whether it has no quotes, so that it may be a number, a boolean or null.
    pub is_plain: bool,
}

/// A key of a mapping.
///
/// ```
/// use corsac_dialects::document::{Key, read};
/// let documents = read("a: 1\nb: 2")?;
/// let keys: Vec<&Key> = documents[0].root.entries().map(|(key, _)| key).collect();
/// assert_eq!((keys[1].text.as_str(), keys[1].place.line), ("b", 2));
/// # Ok::<(), corsac_dialects::document::ReadError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Key {
    /// The text.
    pub text: String,
    /// Where it is.
    pub place: Place,
}

/// Which words a product reads as booleans.
///
/// ```
/// use corsac_dialects::document::{Booleans, read};
/// let root = &read("off")?[0].root;
/// assert_eq!([Booleans::Yaml11, Booleans::Yaml12].map(|words| root.boolean(words)), [Some(false), None]);
/// # Ok::<(), corsac_dialects::document::ReadError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Booleans {
    /// `true` and `false`.
    Yaml12,
    /// Also `yes`, `no`, `on` and `off`.
    Yaml11,
}

impl Node {
    /// The value of this key of a mapping.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Self> {
        self.entries().find(|(known, _)| known.text == key).map(|(_, node)| node)
    }

    /// The value at the end of a path of keys.
    #[must_use]
    pub fn at(&self, path: &[&str]) -> Option<&Self> {
        path.iter().try_fold(self, |node, key| node.get(key))
    }

    /// The entries of a mapping. Nothing else has any.
    pub fn entries(&self) -> impl Iterator<Item = (&Key, &Self)> {
        let entries = if let Value::Map(entries) = &self.value { entries.as_slice() } else { &[] };
        entries.iter().map(|(key, node)| (key, node))
    }

    /// The items of a list. Nothing else has any.
    #[must_use]
    pub fn items(&self) -> &[Self] {
        if let Value::List(items) = &self.value { items } else { &[] }
    }

    /// Whether it is a mapping.
    #[must_use]
    pub const fn is_map(&self) -> bool {
        matches!(self.value, Value::Map(_))
    }

    /// Whether it is a list.
    #[must_use]
    pub const fn is_list(&self) -> bool {
        matches!(self.value, Value::List(_))
    }

    /// The text of a scalar, with or without quotes. Null has none.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Scalar(scalar) if !self.is_null() => Some(&scalar.text),
            _ => None,
        }
    }

    /// Whether it is null, or nothing is written.
    #[must_use]
    pub fn is_null(&self) -> bool {
        let Value::Scalar(scalar) = &self.value else { return false };
        scalar.is_plain && matches!(scalar.text.as_str(), "" | "~" | "null" | "Null" | "NULL")
    }

    /// The boolean that a scalar without quotes is.
    #[must_use]
    pub fn boolean(&self, words: Booleans) -> Option<bool> {
        let Value::Scalar(Scalar { text, is_plain: true }) = &self.value else { return None };
        match (text.as_str(), words) {
            ("true" | "True" | "TRUE", _) => Some(true),
            ("false" | "False" | "FALSE", _) => Some(false),
            ("yes" | "Yes" | "YES" | "on" | "On" | "ON", Booleans::Yaml11) => Some(true),
            ("no" | "No" | "NO" | "off" | "Off" | "OFF", Booleans::Yaml11) => Some(false),
            _ => None,
        }
    }

    /// Whether it is a scalar without quotes.
    #[must_use]
    pub const fn is_plain(&self) -> bool {
        matches!(self.value, Value::Scalar(Scalar { is_plain: true, .. }))
    }

    /// The whole number that a scalar is, with or without quotes.
    #[must_use]
    pub fn integer(&self) -> Option<i64> {
        self.text().and_then(|text| text.parse().ok())
    }

    /// What is written where only another program knows the value.
    #[must_use]
    pub fn unknown(&self) -> Option<&str> {
        if let Value::Unknown(written) = &self.value { Some(written) } else { None }
    }
}
