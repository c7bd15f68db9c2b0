//! Questions to the books by named views: read only, within one company, nothing of them ever becomes SQL but bound values.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value as Json};

use super::{Error, Principal, company_of, limit};
use crate::actors::Switchboard;
use crate::store::views::{Column, Kind, Question, Row, Test, Trouble, VIEWS, Value, View};

/// The most conditions of one question.
const TESTS_MAX: usize = 20;
/// The most values a column is held against at once.
const VALUES_MAX: usize = 100;
/// The longest text a column is held against, in characters.
const TEXT_MAX: usize = 500;

/// A question to a view.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Query {
    /// The slug; needed by whoever sees several companies.
    #[serde(default)]
    pub company: Option<String>,
    /// One of those that `database.getSchema` lists.
    pub view: String,
    /// Columns and what they are held against; all of it has to hold. At most 20.
    #[serde(default, rename = "where")]
    pub conditions: BTreeMap<String, Condition>,
    /// A column that is never empty; with a minus before it, the greatest first. Left out: the newest first.
    #[serde(default)]
    pub order: Option<String>,
    /// 1 to 200; 50 where nothing is said.
    #[serde(default)]
    pub limit: Option<u64>,
    /// `next_cursor` of the page before, with the same view and order.
    #[serde(default)]
    pub cursor: Option<String>,
}

/// What a column is held against: a value it is equal to (null: it is empty), or several tests that all have to hold.
#[derive(Clone, Debug, JsonSchema)]
#[schemars(untagged)]
pub enum Condition {
    Tests(Box<Tests>),
    Value(Json),
}

impl<'de> Deserialize<'de> for Condition {
    /// An object is tests, whatever else is a value: a list in particular is neither and is refused with its column.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Json::deserialize(deserializer)?;
        if !value.is_object() {
            return Ok(Self::Value(value));
        }
        serde_json::from_value(value).map(Self::Tests).map_err(D::Error::custom)
    }
}

/// Tests of a column. Times are RFC 3339, ids and texts are strings.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Tests {
    /// It is equal to this.
    pub eq: Option<Json>,
    /// It is not equal to this, or empty.
    pub ne: Option<Json>,
    /// Of times and numbers.
    pub lt: Option<Json>,
    /// Of times and numbers.
    pub lte: Option<Json>,
    /// Of times and numbers.
    pub gt: Option<Json>,
    /// Of times and numbers.
    pub gte: Option<Json>,
    /// At most 100.
    #[serde(rename = "in")]
    pub one_of: Option<Vec<Json>>,
    /// Whether it is empty.
    pub is_null: Option<bool>,
    /// Of texts: this text stands in it, letter by letter; no sign in it has a meaning of its own.
    pub contains: Option<String>,
}

/// The answer to a question.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Rows {
    pub company: String,
    pub view: String,
    /// Each an object with all columns of the view.
    pub items: Vec<Map<String, Json>>,
    pub next_cursor: Option<String>,
}

/// What may be asked for.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Schema {
    pub views: Vec<ViewView>,
    /// The most rows of one page.
    pub limit_max: u64,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ViewView {
    pub name: String,
    pub about: String,
    /// The order where none is asked for: this column, the greatest first.
    pub order: String,
    pub columns: Vec<ColumnView>,
}

#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ColumnView {
    pub name: String,
    /// `id`, `text`, `number`, `time` (RFC 3339) or `flag`.
    #[serde(rename = "type")]
    pub kind: String,
    /// It may be null; nothing can be put in order by it then.
    pub nullable: bool,
}

/// The views the principal may ask.
pub fn schema(who: &Principal) -> Result<Schema, Error> {
    who.may_see_appointments()?;
    let column = |column: &Column| ColumnView {
        name: column.name.to_owned(),
        kind: column.kind.as_str().to_owned(),
        nullable: column.is_optional,
    };
    let view = |view: &View| ViewView {
        name: view.name.to_owned(),
        about: view.about.to_owned(),
        order: view.order.to_owned(),
        columns: view.columns.iter().map(column).collect(),
    };
    Ok(Schema { views: seen(who).map(view).collect(), limit_max: super::LIMIT_MAX })
}

/// A page of a view, of one company.
pub async fn query(house: &Switchboard, who: &Principal, asked: &Query) -> Result<Rows, Error> {
    who.may_see_appointments()?;
    let company = company_of(&house.directory(), who, asked.company.as_deref())?;
    let view = seen(who).find(|view| view.name == asked.view);
    let view = view.ok_or_else(|| unknown("view", &asked.view, seen(who).map(|view| view.name)))?;
    let question = question(view, asked)?;
    let mut rows = house.store().views(company.id).ask(&question).await.map_err(refusal)?;
    let more = rows.len() > usize::try_from(question.limit).unwrap_or(usize::MAX);
    if more {
        rows.pop();
    }
    Ok(Rows {
        company: company.slug.clone(),
        view: view.name.to_owned(),
        next_cursor: rows.last().filter(|_| more).map(|row| cursor(&question, row)),
        items: rows.into_iter().map(|row| object(view, row)).collect(),
    })
}

fn refusal(trouble: Trouble) -> Error {
    match trouble {
        Trouble::Books(error) => Error::Store(error),
        Trouble::TooLong => Error::Invalid("the question took too long; ask for a shorter time".into()),
    }
}

fn seen(who: &Principal) -> impl Iterator<Item = &'static View> {
    let sees_all = who.may_see_calls().is_ok();
    VIEWS.iter().filter(move |view| sees_all || view.is_for_staff)
}

fn question(view: &'static View, asked: &Query) -> Result<Question, Error> {
    let mut tests = Vec::new();
    for (name, condition) in &asked.conditions {
        let column = column(view, name)?;
        tests.extend(tests_of(column, condition)?.into_iter().map(|test| (column, test)));
    }
    if tests.len() > TESTS_MAX {
        return Err(Error::Invalid(format!("where must hold at most {TESTS_MAX} tests")));
    }
    let (order, is_descending) = match asked.order.as_deref() {
        None => (column(view, view.order)?, true),
        Some(name) => (column(view, name.trim_start_matches('-'))?, name.starts_with('-')),
    };
    if order.is_optional {
        let name = order.name;
        return Err(Error::Invalid(format!("order: {name} may be null; choose a column that may not")));
    }
    let mut question =
        Question { view, tests, order, is_descending, after: None, limit: limit(asked.limit)? };
    if let Some(text) = &asked.cursor {
        let place = after(&question, text);
        let not_one = "not a cursor; pass next_cursor of the page before as it is, with its view and order";
        question.after = Some(place.ok_or_else(|| Error::Invalid(not_one.into()))?);
    }
    Ok(question)
}

fn column(view: &'static View, name: &str) -> Result<&'static Column, Error> {
    view.column(name).ok_or_else(|| unknown("column", name, view.columns.iter().map(|column| column.name)))
}

fn unknown<'a>(what: &str, name: &str, known: impl Iterator<Item = &'a str>) -> Error {
    let shown: String = name.chars().filter(|sign| !sign.is_control()).take(60).collect();
    Error::Invalid(format!("there is no {what} \"{shown}\"; one of {}", known.collect::<Vec<_>>().join(", ")))
}

/// How a value becomes a test.
type Make = fn(Value) -> Test;

fn tests_of(column: &Column, condition: &Condition) -> Result<Vec<Test>, Error> {
    let tests = match condition {
        Condition::Value(Json::Null) => return Ok(vec![Test::IsNull(true)]),
        Condition::Value(value) => return Ok(vec![Test::Is(value_of(column, value)?)]),
        Condition::Tests(tests) => tests,
    };
    let mut all = Vec::new();
    let equal: [(&Option<Json>, Make); 2] = [(&tests.eq, Test::Is), (&tests.ne, Test::IsNot)];
    for (value, make) in equal {
        all.extend(value.as_ref().map(|value| value_of(column, value).map(make)).transpose()?);
    }
    let ordered: [(&Option<Json>, Make); 4] = [
        (&tests.lt, Test::Below),
        (&tests.lte, Test::AtMost),
        (&tests.gt, Test::Above),
        (&tests.gte, Test::AtLeast),
    ];
    for (value, make) in ordered {
        let Some(value) = value else { continue };
        if !matches!(column.kind, Kind::Time | Kind::Number | Kind::Large) {
            return Err(wrong(column, "lt, lte, gt and gte are for times and numbers"));
        }
        all.push(make(value_of(column, value)?));
    }
    if let Some(values) = &tests.one_of {
        if values.is_empty() || values.len() > VALUES_MAX {
            return Err(wrong(column, &format!("in must hold 1 to {VALUES_MAX} values")));
        }
        let values: Result<Vec<Value>, Error> = values.iter().map(|value| value_of(column, value)).collect();
        all.push(Test::OneOf(values?));
    }
    all.extend(tests.is_null.map(Test::IsNull));
    if let Some(text) = &tests.contains {
        if column.kind != Kind::Text {
            return Err(wrong(column, "contains is for texts"));
        }
        let text = text_of(text).filter(|text| !text.is_empty());
        all.push(Test::Contains(text.ok_or_else(|| wrong(column, &expected(column.kind)))?));
    }
    if all.is_empty() {
        return Err(wrong(column, "a test is needed: eq, ne, lt, lte, gt, gte, in, is_null or contains"));
    }
    Ok(all)
}

fn wrong(column: &Column, what: &str) -> Error {
    Error::Invalid(format!("where.{}: {what}", column.name))
}

fn value_of(column: &Column, value: &Json) -> Result<Value, Error> {
    parsed(column.kind, value).ok_or_else(|| wrong(column, &expected(column.kind)))
}

fn expected(kind: Kind) -> String {
    match kind {
        Kind::Id => "must be an id (a UUID as a string)".into(),
        Kind::Text => format!("must be a string of at most {TEXT_MAX} visible characters"),
        Kind::Number | Kind::Large => "must be a whole number".into(),
        Kind::Time => "must be a time, such as \"2026-10-20T14:30:00+02:00\"".into(),
        Kind::Flag => "must be true or false".into(),
    }
}

fn parsed(kind: Kind, value: &Json) -> Option<Value> {
    match kind {
        Kind::Id => value.as_str()?.parse().ok().map(Value::Id),
        Kind::Text => text_of(value.as_str()?).map(Value::Text),
        Kind::Number | Kind::Large => value.as_i64().map(Value::Number),
        Kind::Time => value.as_str()?.parse().ok().map(Value::Time),
        Kind::Flag => value.as_bool().map(Value::Flag),
    }
}

/// A text that every database takes.
fn text_of(text: &str) -> Option<String> {
    let is_sound = text.chars().count() <= TEXT_MAX && !text.contains(char::is_control);
    is_sound.then(|| text.to_owned())
}

fn json(value: Value) -> Json {
    match value {
        Value::Id(id) => Json::String(id.to_string()),
        Value::Text(text) => Json::String(text),
        Value::Number(number) => Json::from(number),
        Value::Time(at) => Json::String(at.to_string()),
        Value::Flag(flag) => Json::Bool(flag),
    }
}

fn object(view: &View, row: Row) -> Map<String, Json> {
    let names = view.columns.iter().map(|column| column.name.to_owned());
    names.zip(row.into_iter().map(|value| value.map_or(Json::Null, json))).collect()
}

/// Where the page after this row begins: what it is in order by and its key, bound to view and order.
fn cursor(question: &Question, row: &Row) -> String {
    let of = |name: &str| {
        let at = question.view.columns.iter().position(|column| column.name == name);
        at.and_then(|at| row.get(at)?.clone()).map_or(Json::Null, json)
    };
    let place = (tag(question), of(question.order.name), of(question.view.key));
    hex::encode(serde_json::to_vec(&place).unwrap_or_default())
}

fn after(question: &Question, cursor: &str) -> Option<(Value, Value)> {
    let text = hex::decode(cursor).ok()?;
    let (its_tag, at, key): (String, Json, Json) = serde_json::from_slice(&text).ok()?;
    let key_kind = question.view.column(question.view.key)?.kind;
    let place = (parsed(question.order.kind, &at)?, parsed(key_kind, &key)?);
    (its_tag == tag(question)).then_some(place)
}

fn tag(question: &Question) -> String {
    let direction = if question.is_descending { "-" } else { "" };
    format!("{} {direction}{}", question.view.name, question.order.name)
}
