//! A JSON object of somebody else's: every member in its place and, until it is set, in its very letters.

use std::fmt::{self, Debug, Formatter};

use serde::de::{MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;
use serde_json::value::RawValue;

/// Members may hold secrets, so none is shown by `Debug`.
#[derive(Clone, Default)]
pub struct Object(Vec<(String, Box<RawValue>)>);

impl Object {
    /// None: it is no JSON object.
    pub fn parse(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    /// As JSON, on one line unless it came on several.
    pub fn text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(key, _)| key.as_str())
    }

    /// The letters of a member.
    pub fn raw(&self, key: &str) -> Option<&RawValue> {
        self.0.iter().find(|(known, _)| known == key).map(|(_, raw)| raw.as_ref())
    }

    /// What a member says; null where there is none.
    pub fn value(&self, key: &str) -> Value {
        self.raw(key).and_then(|raw| serde_json::from_str(raw.get()).ok()).unwrap_or(Value::Null)
    }

    /// A member that is a text; None where it is none, or empty.
    pub fn string(&self, key: &str) -> Option<String> {
        self.value(key).as_str().filter(|text| !text.is_empty()).map(str::to_owned)
    }

    /// The elements of a member that is a list, each in its letters; none where it is no list.
    pub fn items(&self, key: &str) -> Vec<Box<RawValue>> {
        self.raw(key).and_then(|raw| serde_json::from_str(raw.get()).ok()).unwrap_or_default()
    }

    /// Those of its elements that are objects.
    pub fn objects(&self, key: &str) -> Vec<Self> {
        self.items(key).iter().filter_map(|item| Self::parse(item.get())).collect()
    }

    /// Sets a member in its place, or at the end.
    pub fn set(&mut self, key: &str, value: &Value) {
        if let Ok(raw) = serde_json::value::to_raw_value(value) {
            self.set_raw(key, raw);
        }
    }

    pub fn set_raw(&mut self, key: &str, raw: Box<RawValue>) {
        match self.0.iter_mut().find(|(known, _)| known == key) {
            Some((_, there)) => *there = raw,
            None => self.0.push((key.to_owned(), raw)),
        }
    }

    /// A list of elements in their letters.
    pub fn set_items(&mut self, key: &str, items: &[Box<RawValue>]) {
        if let Ok(raw) = serde_json::value::to_raw_value(items) {
            self.set_raw(key, raw);
        }
    }

    pub fn remove(&mut self, key: &str) {
        self.0.retain(|(known, _)| known != key);
    }

    /// With every member that the patch names as the patch has it.
    pub fn with(&self, patch: &Self) -> Self {
        let mut patched = self.clone();
        for (key, raw) in &patch.0 {
            if raw.get() == "null" {
                patched.remove(key);
            } else {
                patched.set_raw(key, raw.clone());
            }
        }
        patched
    }

    /// As an element of a list.
    pub fn to_raw(&self) -> Option<Box<RawValue>> {
        serde_json::value::to_raw_value(self).ok()
    }
}

/// Whether both say the same: 8000 and 8000.0 do, and the order of members says nothing.
pub(super) fn is_same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => one == other || one.as_f64() == other.as_f64(),
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| is_same(one, other))
        }
        (Value::Object(one), Value::Object(other)) => {
            one.len() == other.len()
                && one.iter().all(|(key, value)| other.get(key).is_some_and(|other| is_same(value, other)))
        }
        (one, other) => one == other,
    }
}

impl Debug for Object {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.keys()).finish()
    }
}

impl Serialize for Object {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (key, raw) in &self.0 {
            map.serialize_entry(key, raw)?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Members)
    }
}

/// Takes the members in their order.
struct Members;

impl<'de> Visitor<'de> for Members {
    type Value = Object;

    fn expecting(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(Object(members))
    }
}
