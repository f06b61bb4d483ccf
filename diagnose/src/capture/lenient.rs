//! Reads JSON whose shape is not reliable. A value of an unexpected type is skipped, and reading goes on.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// How many items of a list are kept.
pub(super) const ITEMS: usize = 2000;

/// A string, or nothing.
#[derive(Debug, Default)]
pub(super) struct Text(pub(super) Option<String>);

/// A whole number, or nothing.
#[derive(Debug, Default)]
pub(super) struct Number(pub(super) Option<i64>);

/// Whether the value is `true`.
#[derive(Debug, Default)]
pub(super) struct IsTrue(pub(super) bool);

/// An object with the fields of `T`, or nothing.
#[derive(Debug)]
pub(super) struct Object<T>(pub(super) Option<T>);

/// A list, or nothing. Of one that is longer than any real list, only the beginning is kept.
#[derive(Debug)]
pub(super) struct List<T>(pub(super) Option<Vec<T>>);

/// What an object is made of.
pub(super) trait Fields: Default {
    /// Takes the value of `key` out of `map`.
    fn take<'de, A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error>;
}

impl<T> Default for Object<T> {
    fn default() -> Self {
        Self(None)
    }
}

impl<T> Default for List<T> {
    fn default() -> Self {
        Self(None)
    }
}

/// Walks over a value that is not kept.
pub(super) fn skip<'de, A: MapAccess<'de>>(map: &mut A) -> Result<(), A::Error> {
    map.next_value::<IgnoredAny>().map(|_| ())
}

/// What is made of a JSON value; every method that is left out makes nothing of it.
pub(super) trait Lenient<'de>: Sized {
    type Value: Default;
    fn text(self, _: &str) -> Self::Value {
        Self::Value::default()
    }
    fn null(self) -> Self::Value {
        Self::Value::default()
    }
    fn number(self, _: i64) -> Self::Value {
        Self::Value::default()
    }
    fn boolean(self, _: bool) -> Self::Value {
        Self::Value::default()
    }
    fn list<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Self::Value::default())
    }
    fn object<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Self::Value::default())
    }
}

impl Lenient<'_> for PhantomData<Text> {
    type Value = Text;
    fn text(self, text: &str) -> Text {
        Text(Some(text.to_owned()))
    }
}

impl Lenient<'_> for PhantomData<Number> {
    type Value = Number;
    fn number(self, number: i64) -> Number {
        Number(Some(number))
    }
}

impl Lenient<'_> for PhantomData<IsTrue> {
    type Value = IsTrue;
    fn boolean(self, is_true: bool) -> IsTrue {
        IsTrue(is_true)
    }
}

impl<'de, T: Fields> Lenient<'de> for PhantomData<Object<T>> {
    type Value = Object<T>;
    fn object<A: MapAccess<'de>>(self, mut map: A) -> Result<Object<T>, A::Error> {
        let mut fields = T::default();
        while let Some(Text(key)) = map.next_key()? {
            fields.take(&key.unwrap_or_default(), &mut map)?;
        }
        Ok(Object(Some(fields)))
    }
}

impl<'de, T: Deserialize<'de>> Lenient<'de> for PhantomData<List<T>> {
    type Value = List<T>;
    fn list<A: SeqAccess<'de>>(self, mut list: A) -> Result<List<T>, A::Error> {
        let mut items = Vec::new();
        while items.len() < ITEMS {
            let Some(item) = list.next_element()? else { return Ok(List(Some(items))) };
            items.push(item);
        }
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(List(Some(items)))
    }
}

/// Reads a value of any type.
pub(super) struct Any<L>(pub(super) L);

impl<'de, L: Lenient<'de>> DeserializeSeed<'de> for Any<L> {
    type Value = L::Value;
    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<L::Value, D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de, L: Lenient<'de>> Visitor<'de> for Any<L> {
    type Value = L::Value;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }
    fn visit_str<E>(self, text: &str) -> Result<L::Value, E> {
        Ok(self.0.text(text))
    }
    fn visit_i64<E>(self, number: i64) -> Result<L::Value, E> {
        Ok(self.0.number(number))
    }
    fn visit_u64<E>(self, number: u64) -> Result<L::Value, E> {
        Ok(i64::try_from(number).map_or_else(|_| L::Value::default(), |number| self.0.number(number)))
    }
    fn visit_f64<E>(self, _: f64) -> Result<L::Value, E> {
        Ok(L::Value::default())
    }
    fn visit_bool<E>(self, is_true: bool) -> Result<L::Value, E> {
        Ok(self.0.boolean(is_true))
    }
    fn visit_unit<E>(self) -> Result<L::Value, E> {
        Ok(self.0.null())
    }
    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<L::Value, A::Error> {
        self.0.list(list)
    }
    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<L::Value, A::Error> {
        self.0.object(map)
    }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Any(PhantomData::<Self>).deserialize(from)
    }
}

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Any(PhantomData::<Self>).deserialize(from)
    }
}

impl<'de> Deserialize<'de> for IsTrue {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Any(PhantomData::<Self>).deserialize(from)
    }
}

impl<'de, T: Fields> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Any(PhantomData::<Self>).deserialize(from)
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for List<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Any(PhantomData::<Self>).deserialize(from)
    }
}

#[cfg(test)]
mod tests {
    use super::{Fields, List, MapAccess, Number, Object, Text, skip};

    #[derive(Default)]
    struct Pair {
        name: Text,
        number: Number,
    }

    impl Fields for Pair {
        fn take<'de, A: MapAccess<'de>>(&mut self, key: &str, map: &mut A) -> Result<(), A::Error> {
            match key {
                "name" => self.name = map.next_value()?,
                "number" => self.number = map.next_value()?,
                _ => skip(map)?,
            }
            Ok(())
        }
    }

    #[test]
    fn another_type_is_nothing_and_the_rest_goes_on() {
        let json = r#"[{"name":{"a":[1]},"number":7},3,{"name":"b","name":"c","x":[{}],"number":1e99},null,[[]],"s"]"#;
        let List(Some(list)): List<Object<Pair>> = serde_json::from_reader(json.as_bytes()).unwrap() else { panic!() };
        let seen: Vec<_> = list.into_iter().map(|Object(pair)| pair.map(|pair| (pair.name.0, pair.number.0))).collect();
        let expected = [Some((None, Some(7))), None, Some((Some("c".to_owned()), None)), None, None, None];
        assert_eq!(seen, expected);
        assert!(serde_json::from_str::<List<Text>>("{\"a\":1}").unwrap().0.is_none());
    }
}
