//! A field of a change: left as it is, or given anew, perhaps as nothing.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Deserializer};

/// What a change says about one field; in a struct it needs `#[serde(default)]`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Field<T> {
    /// Nothing is said about it.
    #[default]
    Left,
    /// It is this now; None: what holds where nothing is set.
    Given(Option<T>),
}

impl<T> Field<T> {
    /// Writes down what was said.
    pub fn put(self, into: &mut Option<T>) {
        if let Self::Given(value) = self {
            *into = value;
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Field<T> {
    /// What is given counts, null too; a field that is left out takes the default.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Option::deserialize(deserializer).map(Self::Given)
    }
}

impl<T: JsonSchema> JsonSchema for Field<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        Option::<T>::schema_name()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        Option::<T>::json_schema(generator)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize)]
    struct Change {
        #[serde(default)]
        length: Field<u32>,
    }

    #[test]
    fn what_is_left_out_stays_and_null_empties() {
        let mut length = Some(7);
        for (text, after) in [("{}", Some(7)), (r#"{"length":9}"#, Some(9)), (r#"{"length":null}"#, None)] {
            let change: Change = serde_json::from_str(text).unwrap();

            change.length.put(&mut length);

            assert_eq!(length, after, "{text}");
        }
    }
}
