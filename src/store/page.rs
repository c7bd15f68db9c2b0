//! Pages of a list: newest first, continued behind a cursor that names the last row seen.

use std::fmt;
use std::str::FromStr;

use entities::Ms;
use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{ColumnTrait, IntoSimpleExpr as _};
use uuid::Uuid;

/// A part of a list and where the next part begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    pub items: Vec<T>,
    pub next: Option<Cursor>,
}

/// The last row of the page before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    pub(super) at: Ms,
    pub(super) id: Uuid,
}

/// The text is no cursor of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a cursor; pass next_cursor of the page before as it is")]
pub struct NotACursor;

impl Cursor {
    /// Rows before this one in a list ordered by time, then id.
    pub(super) fn before<C: ColumnTrait>(self, at: C, id: C) -> Expr {
        Expr::tuple([at.into_simple_expr(), id.into_simple_expr()]).lt(self.place())
    }

    /// Rows after this one in a list ordered by time, then id.
    pub(super) fn after<C: ColumnTrait>(self, at: C, id: C) -> Expr {
        Expr::tuple([at.into_simple_expr(), id.into_simple_expr()]).gt(self.place())
    }

    fn place(self) -> Expr {
        Expr::tuple([Expr::value(self.at.0), Expr::value(self.id)])
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.at.0, self.id.simple())
    }
}

impl FromStr for Cursor {
    type Err = NotACursor;

    fn from_str(text: &str) -> Result<Self, NotACursor> {
        let (at, id) = text.rsplit_once('-').ok_or(NotACursor)?;
        Ok(Self {
            at: Ms(at.parse().map_err(|_| NotACursor)?),
            id: Uuid::parse_str(id).map_err(|_| NotACursor)?,
        })
    }
}

impl<T> Page<T> {
    /// Cuts a list that was asked for with one row more than the page holds.
    pub(super) fn cut<R>(
        mut rows: Vec<R>,
        limit: u64,
        cursor: fn(&R) -> Cursor,
        item: impl Fn(R) -> T,
    ) -> Self {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next = rows.last().filter(|_| more).map(cursor);
        Self { items: rows.into_iter().map(item).collect(), next }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_reads_back_as_written() {
        let cursor = Cursor { at: Ms(1_795_186_800_123), id: Uuid::from_u128(42) };

        assert_eq!(cursor.to_string().parse(), Ok(cursor));
        assert_eq!("1795186800123".parse::<Cursor>(), Err(NotACursor));
    }
}
