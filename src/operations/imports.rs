//! Calls of earlier days taken over from Retell, to be counted and looked up; nothing follows from them.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::audit::{self, Action, Deed};
use super::{Error, Principal, company_of, moments, statistics};
use crate::actors::Switchboard;
use crate::actors::import::{Failure, Imported, Place, Wanted, import};

const LIMIT_DEFAULT: u64 = 100;
const LIMIT_MAX: u64 = 1_000;
/// Retell's keys of pages are opaque, but never as long as this.
const CURSOR_MAX: usize = 4_000;

/// Which calls are to be imported.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Import {
    /// The slug; needed by whoever sees several companies.
    pub company: Option<String>,
    /// RFC 3339 or a day; calls that ended from then on. Left out: 30 days before `to`.
    #[schemars(with = "Option<String>")]
    #[serde(default, deserialize_with = "moments::from")]
    pub from: Option<Timestamp>,
    /// RFC 3339 or a day; calls that ended until then, at most 366 days after `from`. Left out: now.
    #[schemars(with = "Option<String>")]
    #[serde(default, deserialize_with = "moments::to")]
    pub to: Option<Timestamp>,
    /// New calls asked for one by one, 1 to 1000; 100 where nothing is said.
    pub limit: Option<u64>,
    /// `next_cursor` of the import before, with the same span.
    pub cursor: Option<String>,
}

/// What came of an import.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct ImportView {
    pub company: String,
    pub from: String,
    pub to: String,
    /// Calls of this company that Retell listed.
    pub seen: usize,
    /// Calls that were not known and are kept now.
    pub new: usize,
    /// Calls that were known; they stay as they are.
    pub known: usize,
    /// Listed, but not to be read, or gone by now.
    pub unreadable: usize,
    /// Listed for numbers or agents that are none of this company's; not imported.
    pub elsewhere: usize,
    /// So recent that the backfill takes them in by itself, with all that follows from them.
    pub left_to_backfill: usize,
    /// Everything in the span has been gone through. If not: import again with the same span and `next_cursor`.
    pub complete: bool,
    pub next_cursor: Option<String>,
    /// Why it stopped before its time, if Retell would not go on.
    pub stopped: Option<String>,
}

/// Imports calls of one company; for those who may see calls. Importing again changes nothing.
pub async fn run(house: &Switchboard, who: &Principal, asked: &Import) -> Result<ImportView, Error> {
    who.may_see_calls()?;
    let directory = house.directory();
    let company = company_of(&directory, who, asked.company.as_deref())?;
    let (from, to) = statistics::span((asked.from, asked.to), house.clock().now())?;
    let limit = asked.limit.unwrap_or(LIMIT_DEFAULT);
    if !(1..=LIMIT_MAX).contains(&limit) {
        return Err(Error::Invalid(format!("limit must be 1 to {LIMIT_MAX}")));
    }
    if asked.cursor.as_ref().is_some_and(|cursor| cursor.len() > CURSOR_MAX) {
        return Err(Error::Invalid("not a cursor; pass next_cursor of the import before as it is".into()));
    }
    let wanted = Wanted {
        company: company.id,
        range: (from, to),
        place: asked.cursor.as_deref().map(place).unwrap_or_default(),
        calls_max: usize::try_from(limit).unwrap_or(usize::MAX),
    };
    let imported = import(house, wanted).await.map_err(refusal)?;
    let deed = Deed::new(Action::CallsImported).at(company.id).about("company", &company.slug);
    audit::done(house, who, deed.with(json!({"new": imported.new}))).await?;
    Ok(view(&company.slug, (from, to), imported))
}

/// Where to go on, as text: how far on the page, and its name.
fn cursor(is_complete: bool, Place { page, done }: Place) -> Option<String> {
    (!is_complete).then(|| format!("{done}.{}", page.unwrap_or_default()))
}

/// What a cursor stands for; any other text is the name of a page, for Retell to judge.
fn place(cursor: &str) -> Place {
    let parts = cursor.split_once('.').and_then(|(done, page)| Some((done.parse().ok()?, page)));
    let (done, page) = parts.unwrap_or((0, cursor));
    Place { page: Some(page.to_owned()).filter(|page| !page.is_empty()), done }
}

fn refusal(failure: Failure) -> Error {
    match failure {
        Failure::NoWorkspace => Error::Conflict(
            "the company has no usable API key or address for Retell; set them in its file and apply it"
                .into(),
        ),
        Failure::Retell(failure) => Error::Conflict(format!("nothing was imported: {failure}")),
        Failure::Books(error) => Error::Store(error),
    }
}

fn view(company: &str, (from, to): (Timestamp, Timestamp), imported: Imported) -> ImportView {
    ImportView {
        company: company.to_owned(),
        from: from.to_string(),
        to: to.to_string(),
        seen: imported.seen,
        new: imported.new,
        known: imported.known,
        unreadable: imported.unreadable,
        elsewhere: imported.elsewhere,
        left_to_backfill: imported.left_to_backfill,
        complete: imported.is_complete,
        next_cursor: cursor(imported.is_complete, imported.place),
        stopped: imported.stopped.map(|failure| failure.to_string()),
    }
}
