//! Views of the books by name, for questions nobody thought of: columns from a list, values bound, one tenant, a bounded answer.

mod catalogue;

use std::time::Duration;

use entities::Ms;
use jiff::Timestamp;
use sea_orm::sea_query::{Expr, ExprTrait as _, Func, Order, Query, SelectStatement};
use sea_orm::{
    ConnectionTrait as _, DatabaseConnection, DbBackend, DbErr, QueryResult, TransactionTrait as _,
};
use uuid::Uuid;

use super::{Error, Store};
use crate::domain::ids::CompanyId;

pub use catalogue::VIEWS;

/// How long a question may take; PostgreSQL ends it then, SQLite is not waited for any longer.
const PATIENCE: Duration = Duration::from_secs(5);

/// A view: which columns of which tables, and what it is in order by.
#[derive(Debug)]
pub struct View {
    pub name: &'static str,
    pub about: &'static str,
    /// Has the column `company_id`, to which every question is narrowed.
    table: &'static str,
    /// Rows whose column begins so are none of the view's.
    but: Option<(&'static str, &'static str)>,
    joins: &'static [Join],
    pub columns: &'static [Column],
    /// The column that names a row.
    pub key: &'static str,
    /// The order where none is asked for: a column, descending.
    pub order: &'static str,
    /// Staff may see it; else it is for those who look after the set-up.
    pub is_for_staff: bool,
}

/// Another table that has at most one row for each of the view's.
#[derive(Debug)]
struct Join {
    table: &'static str,
    theirs: &'static str,
    ours: &'static str,
}

/// A column of a view.
#[derive(Debug)]
pub struct Column {
    pub name: &'static str,
    pub kind: Kind,
    table: &'static str,
    field: &'static str,
    /// It may be empty, and nothing can be put in order by it.
    pub is_optional: bool,
}

/// What stands in a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Id,
    Text,
    /// Up to 2^31.
    Number,
    /// Up to 2^63.
    Large,
    Time,
    Flag,
}

/// A value as it is bound or read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    Id(Uuid),
    Text(String),
    Number(i64),
    Time(Timestamp),
    Flag(bool),
}

/// A question to a view.
#[derive(Debug)]
pub struct Question {
    pub view: &'static View,
    /// All of them have to hold.
    pub tests: Vec<(&'static Column, Test)>,
    pub order: &'static Column,
    pub is_descending: bool,
    /// The last row of the page before: what it was in order by, and its key.
    pub after: Option<(Value, Value)>,
    pub limit: u64,
}

/// What a column is held against.
#[derive(Clone, Debug)]
pub enum Test {
    Is(Value),
    IsNot(Value),
    Below(Value),
    AtMost(Value),
    Above(Value),
    AtLeast(Value),
    OneOf(Vec<Value>),
    IsNull(bool),
    /// A text that stands anywhere in it, letter by letter.
    Contains(String),
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    #[error("the books failed")]
    Books(#[from] Error),
    #[error("the question took too long")]
    TooLong,
}

/// A row: a value for each column, None where it is empty.
pub type Row = Vec<Option<Value>>;

/// Views of one tenant's books.
#[derive(Debug)]
pub struct Views<'a> {
    pub(super) store: &'a Store,
    pub(super) company: CompanyId,
}

impl View {
    pub fn called(name: &str) -> Option<&'static Self> {
        VIEWS.iter().find(|view| view.name == name)
    }

    pub fn column(&self, name: &str) -> Option<&'static Column> {
        self.columns.iter().find(|column| column.name == name)
    }
}

impl Kind {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::Text => "text",
            Self::Number | Self::Large => "number",
            Self::Time => "time",
            Self::Flag => "flag",
        }
    }
}

impl Views<'_> {
    /// The rows that fit, with one more than asked for where there are more.
    pub async fn ask(&self, question: &Question) -> Result<Vec<Row>, Trouble> {
        let read = &self.store.read;
        let backend = read.get_database_backend();
        let statement = statement(question, self.company, backend);
        let asking = rows(read, &statement, backend);
        let rows = tokio::time::timeout(PATIENCE, asking).await.map_err(|_| Trouble::TooLong)?;
        let rows = rows.map_err(|error| match error.to_string() {
            text if text.contains("statement timeout") => Trouble::TooLong,
            _ => Trouble::Books(error.into()),
        })?;
        let columns = question.view.columns;
        let read = |row: &QueryResult| columns.iter().map(|column| value(row, column)).collect();
        let rows: Result<Vec<Row>, DbErr> = rows.iter().map(read).collect();
        Ok(rows.map_err(Error::from)?)
    }
}

async fn rows(
    read: &DatabaseConnection,
    statement: &SelectStatement,
    backend: DbBackend,
) -> Result<Vec<QueryResult>, DbErr> {
    if backend != DbBackend::Postgres {
        return read.query_all(statement).await;
    }
    let tx = read.begin().await?;
    tx.execute_unprepared(&format!("SET LOCAL statement_timeout = {}", PATIENCE.as_millis())).await?;
    let rows = tx.query_all(statement).await?;
    tx.commit().await?;
    Ok(rows)
}

fn statement(question: &Question, company: CompanyId, backend: DbBackend) -> SelectStatement {
    let view = question.view;
    let mut query = Query::select();
    query.from(view.table);
    for join in view.joins {
        let is_its = Expr::col((join.table, join.theirs)).equals((view.table, join.ours));
        query.left_join(join.table, is_its);
    }
    for column in view.columns {
        query.expr_as(column.expr(), column.name);
    }
    query.and_where(Expr::col((view.table, "company_id")).eq(Uuid::from(company)));
    if let Some((field, beginning)) = view.but {
        query.and_where(Expr::col((view.table, field)).not_like(format!("{beginning}%")));
    }
    for (column, test) in &question.tests {
        query.and_where(holds(column, test, backend));
    }
    let key = view.column(view.key).map_or_else(|| question.order.expr(), Column::expr);
    if let Some((at, last)) = &question.after {
        let here = Expr::tuple([question.order.expr(), key.clone()]);
        let there = Expr::tuple([bound(at), bound(last)]);
        query.and_where(if question.is_descending { here.lt(there) } else { here.gt(there) });
    }
    let order = if question.is_descending { Order::Desc } else { Order::Asc };
    query.order_by_expr(question.order.expr(), order.clone());
    query.order_by_expr(key, order);
    query.limit(question.limit + 1);
    query
}

impl Column {
    fn expr(&self) -> Expr {
        Expr::col((self.table, self.field))
    }
}

fn holds(column: &Column, asked: &Test, backend: DbBackend) -> Expr {
    let it = column.expr();
    match asked {
        Test::Is(value) => it.eq(bound(value)),
        // What is empty is nothing, and nothing is not that value.
        Test::IsNot(value) if column.is_optional => it.clone().ne(bound(value)).or(it.is_null()),
        Test::IsNot(value) => it.ne(bound(value)),
        Test::Below(value) => it.lt(bound(value)),
        Test::AtMost(value) => it.lte(bound(value)),
        Test::Above(value) => it.gt(bound(value)),
        Test::AtLeast(value) => it.gte(bound(value)),
        Test::OneOf(values) => it.is_in(values.iter().map(bound)),
        Test::IsNull(true) => it.is_null(),
        Test::IsNull(false) => it.is_not_null(),
        Test::Contains(text) => contains(it, text, backend),
    }
}

/// Whether a text stands in a column: by a function that knows no wildcards, so that none has to be escaped.
pub(super) fn contains(column: Expr, text: &str, backend: DbBackend) -> Expr {
    let position = if backend == DbBackend::Postgres { "strpos" } else { "instr" };
    Expr::from(Func::cust(position).arg(column).arg(Expr::value(text))).gt(0)
}

fn bound(value: &Value) -> Expr {
    match value {
        Value::Id(id) => Expr::value(*id),
        Value::Text(text) => Expr::value(text.as_str()),
        Value::Number(number) => Expr::value(*number),
        Value::Time(at) => Expr::value(at.as_millisecond()),
        Value::Flag(flag) => Expr::value(*flag),
    }
}

fn value(row: &QueryResult, column: &Column) -> Result<Option<Value>, DbErr> {
    let name = column.name;
    Ok(match column.kind {
        Kind::Id => row.try_get::<Option<Uuid>>("", name)?.map(Value::Id),
        Kind::Text => row.try_get::<Option<String>>("", name)?.map(Value::Text),
        Kind::Number => row.try_get::<Option<i32>>("", name)?.map(|number| Value::Number(number.into())),
        Kind::Large => row.try_get::<Option<i64>>("", name)?.map(Value::Number),
        Kind::Time => row.try_get::<Option<i64>>("", name)?.map(|ms| Value::Time(Ms(ms).into())),
        Kind::Flag => row.try_get::<Option<bool>>("", name)?.map(Value::Flag),
    })
}
