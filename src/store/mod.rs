//! The books: all SQL of the house, and only through a tenant. A journal of calls, bookings, holds, the directory.

pub mod alerts;
pub mod audit;
pub mod bell;
pub mod bookings;
pub mod callbacks;
pub mod calls;
pub mod codes;
mod consents;
pub mod customers;
pub mod deliveries;
pub mod deployments;
pub mod directory;
pub mod erasures;
pub mod exchanges;
pub mod figures;
mod forgetting;
pub mod holds;
pub mod inbox;
pub mod journal;
pub mod ledger;
pub mod lost;
pub mod measures;
pub mod outbox;
pub mod persons;
pub mod queues;
pub mod receptions;
pub mod recovery;
pub mod reservations;
pub mod retention;
pub mod search;
pub mod secrets;
pub mod sessions;
pub mod statistics;
pub mod tokens;
pub mod users;
pub mod views;

mod open;
mod page;
#[cfg(test)]
mod tests;
mod visits;

use sea_orm::{DatabaseConnection, DatabaseTransaction, DbErr, TransactionOptions, TransactionTrait};
use uuid::Uuid;

pub use journal::{Append, Appended, Journal, Writer};
pub use open::{Settings, open};
pub use page::{Cursor, NotACursor, Page};

use crate::domain::ids::CompanyId;

/// Why the books could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("the database did not do as asked")]
    Database(#[from] DbErr),
    #[error("{table} {row}: {what}")]
    Corrupt { table: &'static str, row: String, what: &'static str },
    #[error("a stored secret could not be opened")]
    Secret(#[from] secrets::Unreadable),
    #[error("the database's schema is older than this program; run without --no-migrate once")]
    OldSchema,
    #[error("the database url is not usable: {0}")]
    Url(String),
    #[error("the journal's writer has stopped")]
    Closed,
}

/// Which tenants a question may see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// The whole installation: platform administrators and the house itself.
    All,
    Companies(Vec<CompanyId>),
}

impl Scope {
    pub fn one(company: CompanyId) -> Self {
        Self::Companies(vec![company])
    }

    /// What both scopes see.
    pub fn and(self, company: CompanyId) -> Self {
        match self {
            Self::All => Self::one(company),
            Self::Companies(companies) if companies.contains(&company) => Self::one(company),
            Self::Companies(_) => Self::Companies(Vec::new()),
        }
    }

    fn condition(&self, column: impl sea_orm::ColumnTrait) -> sea_orm::Condition {
        match self {
            Self::All => sea_orm::Condition::all(),
            Self::Companies(companies) => {
                let ids = companies.iter().map(|id| Uuid::from(*id));
                sea_orm::Condition::all().add(column.is_in(ids))
            }
        }
    }
}

/// The books. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Store {
    write: DatabaseConnection,
    read: DatabaseConnection,
    keyring: secrets::Keyring,
    journal: Journal,
    notes: exchanges::Notes,
    bell: bell::Bell,
}

impl Store {
    /// Waits until whatever is being read or written has ended, and lets nobody begin anything more.
    pub async fn close(&self) {
        for books in [&self.write, &self.read] {
            if let Err(error) = books.close_by_ref().await {
                tracing::warn!(error = &error as &dyn std::error::Error, "the books could not be closed");
            }
        }
    }

    /// Rings when something has changed that a page may show.
    pub fn bell(&self) -> &bell::Bell {
        &self.bell
    }

    /// The journal of calls, written in groups.
    pub fn journal(&self) -> &Journal {
        &self.journal
    }

    pub fn calls(&self, scope: Scope) -> calls::Calls<'_> {
        calls::Calls { store: self, scope }
    }

    pub fn bookings(&self, scope: Scope) -> bookings::Bookings<'_> {
        bookings::Bookings { store: self, scope }
    }

    pub fn callbacks(&self, scope: Scope) -> callbacks::Callbacks<'_> {
        callbacks::Callbacks { store: self, scope }
    }

    pub fn alerts(&self, scope: Scope) -> alerts::Alerts<'_> {
        alerts::Alerts { store: self, scope }
    }

    /// What is on its way out.
    pub fn outbox(&self, scope: Scope) -> outbox::Outbox<'_> {
        outbox::Outbox { store: self, scope }
    }

    pub fn customers(&self, company: CompanyId) -> customers::Customers<'_> {
        customers::Customers { store: self, company }
    }

    /// The codes by which customers of bookings can be known again.
    pub fn codes(&self, company: CompanyId) -> codes::Codes<'_> {
        codes::Codes { store: self, company }
    }

    pub fn holds(&self, company: CompanyId) -> holds::Holds<'_> {
        holds::Holds { store: self, company }
    }

    pub fn reservations(&self, company: CompanyId) -> reservations::Reservations<'_> {
        reservations::Reservations { store: self, company }
    }

    /// The whole directory is one document: it is read by the house and written by `apply`.
    pub fn directory(&self) -> directory::Directories<'_> {
        directory::Directories { store: self }
    }

    /// What a company has set about its agents.
    pub fn receptions(&self, company: CompanyId) -> receptions::Receptions<'_> {
        receptions::Receptions { store: self, company }
    }

    /// Where requests to Cal.com are noted.
    pub fn notes(&self) -> &exchanges::Notes {
        &self.notes
    }

    pub fn exchanges(&self, scope: Scope) -> exchanges::Exchanges<'_> {
        exchanges::Exchanges { store: self, scope }
    }

    /// Deliveries as people read them.
    pub fn inbox(&self, scope: Scope) -> inbox::Inbox<'_> {
        inbox::Inbox { store: self, scope }
    }

    /// Deliveries as the doors keep them.
    pub fn deliveries(&self) -> deliveries::Deliveries<'_> {
        deliveries::Deliveries { store: self }
    }

    /// What was installed at Retell.
    pub fn deployments(&self, scope: Scope) -> deployments::Deployments<'_> {
        deployments::Deployments { store: self, scope }
    }

    /// One person of a company at a time.
    pub fn persons(&self, company: CompanyId) -> persons::Persons<'_> {
        persons::Persons { store: self, company }
    }

    /// What a company keeps, and for how long.
    pub fn kept(&self, company: CompanyId) -> retention::Kept<'_> {
        retention::Kept { store: self, company }
    }

    /// What went with its time.
    pub fn retentions(&self, scope: Scope) -> retention::Retentions<'_> {
        retention::Retentions { store: self, scope }
    }

    /// What was erased.
    pub fn erasures(&self, scope: Scope) -> erasures::Erasures<'_> {
        erasures::Erasures { store: self, scope }
    }

    pub fn tokens(&self) -> tokens::Tokens<'_> {
        tokens::Tokens { store: self }
    }

    /// Calls to be counted.
    pub fn statistics(&self, scope: Scope) -> statistics::Statistics<'_> {
        statistics::Statistics { store: self, scope }
    }

    /// Bookings on their way to Cal.com, and those that did not arrive.
    pub fn queues(&self, scope: Scope) -> queues::Queues<'_> {
        queues::Queues { store: self, scope }
    }

    /// People looked up by a name or a number.
    pub fn search(&self, company: CompanyId) -> search::Search<'_> {
        search::Search { store: self, company }
    }

    /// Views of the books by name.
    pub fn views(&self, company: CompanyId) -> views::Views<'_> {
        views::Views { store: self, company }
    }

    /// What was measured of calls.
    pub fn measured(&self, scope: Scope) -> measures::Measured<'_> {
        measures::Measured { store: self, scope }
    }

    /// Numbers for whoever watches the house.
    pub fn figures(&self) -> figures::Figures<'_> {
        figures::Figures { store: self }
    }

    pub fn users(&self) -> users::Users<'_> {
        users::Users { store: self }
    }

    /// Who is signed in at a browser.
    pub fn sessions(&self) -> sessions::Sessions<'_> {
        sessions::Sessions { store: self }
    }

    /// Who did or read what.
    pub fn audit(&self, scope: Scope) -> audit::Audit<'_> {
        audit::Audit { store: self, scope }
    }

    /// What may have been lost between Retell and this house.
    pub fn lost(&self) -> lost::Lost<'_> {
        lost::Lost { store: self }
    }

    /// What Retell said about calls when it was asked.
    pub fn enquiries(&self, scope: Scope) -> lost::Enquiries<'_> {
        lost::Enquiries { store: self, scope }
    }

    /// What a starting process has to take up again.
    pub fn recovery(&self) -> recovery::Recovery<'_> {
        recovery::Recovery { store: self }
    }

    /// How safe a commit is, as the connection that writes says itself.
    pub async fn durability(&self) -> Result<String, Error> {
        Ok(open::durability(&self.write).await?)
    }

    /// Whether the database answers.
    pub async fn is_well(&self) -> bool {
        self.read.ping().await.is_ok() && self.write.ping().await.is_ok()
    }

    /// A writing transaction; on SQLite it takes the lock at once, so that it cannot fail half way for want of it.
    async fn begin(&self) -> Result<DatabaseTransaction, DbErr> {
        begin(&self.write).await
    }
}

async fn begin(write: &DatabaseConnection) -> Result<DatabaseTransaction, DbErr> {
    let is_sqlite = write.get_database_backend() == sea_orm::DbBackend::Sqlite;
    let sqlite_transaction_mode = is_sqlite.then_some(sea_orm::SqliteTransactionMode::Immediate);
    write.begin_with_options(TransactionOptions { sqlite_transaction_mode, ..Default::default() }).await
}

/// Companies as a row names them.
fn write_ids(companies: &[CompanyId]) -> serde_json::Value {
    companies.iter().map(|id| Uuid::from(*id).to_string()).collect()
}

/// The companies that a row names; None: it is no list of ids.
fn read_ids(value: serde_json::Value) -> Option<Vec<CompanyId>> {
    let ids: Vec<Uuid> = serde_json::from_value(value).ok()?;
    Some(ids.into_iter().map(CompanyId::from).collect())
}

/// Where a stored value is not what this program could have written.
fn corrupt(table: &'static str, row: &dyn std::fmt::Display, what: &'static str) -> Error {
    Error::Corrupt { table, row: row.to_string(), what }
}
