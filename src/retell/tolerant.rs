//! Reading JSON of any shape without failing: what has the wrong type counts as absent.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::{Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// A JSON value that is neither object nor array; null counts as absent and is never passed on.
pub(super) enum Scalar<'a> {
    Truth(bool),
    Whole(i128),
    Fraction(f64),
    Text(Cow<'a, str>),
}

impl Scalar<'_> {
    /// The value as a person would write it; nothing for an empty text.
    pub(super) fn into_text(self) -> Option<String> {
        match self {
            Self::Truth(truth) => Some(truth.to_string()),
            Self::Whole(number) => Some(number.to_string()),
            Self::Fraction(number) => Some(number.to_string()),
            Self::Text(text) if text.trim().is_empty() => None,
            Self::Text(text) => Some(text.into_owned()),
        }
    }
}

/// What can be read from every JSON value; each method it leaves out reads as the default.
pub(super) trait Shape: Default {
    fn from_scalar(scalar: Scalar<'_>) -> Self {
        drop(scalar);
        Self::default()
    }

    fn from_map<'de, A: MapAccess<'de>>(mut map: A) -> Result<Self, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Self::default())
    }

    fn from_seq<'de, A: SeqAccess<'de>>(mut seq: A) -> Result<Self, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Self::default())
    }
}

/// Any JSON value, read as far as it has this shape.
#[derive(Default)]
pub(super) struct Tolerant<T>(pub(super) T);

impl<'de, T: Shape> Deserialize<'de> for Tolerant<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyShape(PhantomData)).map(Self)
    }
}

/// The next value of a map as this shape.
pub(super) fn next_value<'de, T: Shape, A: MapAccess<'de>>(map: &mut A) -> Result<T, A::Error> {
    map.next_value::<Tolerant<T>>().map(|read| read.0)
}

/// Passes over the next value of a map.
pub(super) fn skip_value<'de, A: MapAccess<'de>>(map: &mut A) -> Result<(), A::Error> {
    map.next_value::<IgnoredAny>().map(|_| ())
}

impl Shape for Option<String> {
    fn from_scalar(scalar: Scalar<'_>) -> Self {
        scalar.into_text()
    }
}

struct AnyShape<T>(PhantomData<T>);

impl<'de, T: Shape> Visitor<'de> for AnyShape<T> {
    type Value = T;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("any JSON value")
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<T, E> {
        Ok(T::from_scalar(Scalar::Truth(value)))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<T, E> {
        Ok(T::from_scalar(Scalar::Whole(value.into())))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<T, E> {
        Ok(T::from_scalar(Scalar::Whole(value.into())))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<T, E> {
        Ok(T::from_scalar(Scalar::Fraction(value)))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<T, E> {
        Ok(T::from_scalar(Scalar::Text(Cow::Borrowed(value))))
    }

    fn visit_string<E: Error>(self, value: String) -> Result<T, E> {
        Ok(T::from_scalar(Scalar::Text(Cow::Owned(value))))
    }

    fn visit_unit<E: Error>(self) -> Result<T, E> {
        Ok(T::default())
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
        T::from_map(map)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<T, A::Error> {
        T::from_seq(seq)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Option<String> {
        serde_json::from_str::<Tolerant<Option<String>>>(json).unwrap().0
    }

    #[test]
    fn scalars_become_text_and_everything_else_is_absent() {
        assert_eq!(read("\"call_1\"").as_deref(), Some("call_1"));
        assert_eq!(read("17").as_deref(), Some("17"));
        assert_eq!(read("-2").as_deref(), Some("-2"));
        assert_eq!(read("1.5").as_deref(), Some("1.5"));
        assert_eq!(read("true").as_deref(), Some("true"));
        for absent in ["null", "\"\"", "\"  \"", "{\"a\":[1,{}]}", "[[],{}]"] {
            assert_eq!(read(absent), None, "{absent}");
        }
    }
}
