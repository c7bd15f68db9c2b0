//! Tests of the schema: up, up again, down, and what a start without migrations refuses.

use entities::company;
use migrations::{Migrator, MigratorTrait};
use sea_orm::{Database, DbBackend, Statement};

use super::*;

#[tokio::test]
async fn an_empty_place_gets_the_newest_schema_and_a_second_time_changes_nothing() {
    let books = Books::new().await;
    let tenant = books.anna().await;

    let (again, _writer) = open(&books.settings, keyring(), true).await.unwrap();

    let applied = Migrator::get_applied_migrations(&again.write).await.unwrap();
    assert_eq!(applied.len(), Migrator::migrations().len());
    assert!(again.directory().load().await.unwrap().company(tenant.company).is_some());
    assert!(again.is_well().await);
}

#[tokio::test]
async fn down_takes_everything_away_and_up_brings_it_back_empty() {
    let books = Books::new().await;
    let mut story = Story::new(books.anna().await, "call_1");
    story.begins(&books.store).await;
    let db = Database::connect(&books.settings.url).await.unwrap();

    Migrator::down(&db, None).await.unwrap();

    assert!(call::Entity::find().count(&db).await.is_err());
    Migrator::up(&db, None).await.unwrap();
    assert_eq!(call::Entity::find().count(&db).await.unwrap(), 0);
    assert_eq!(books.store.directory().load().await.unwrap().companies().count(), 0);
}

#[tokio::test]
async fn without_migrating_an_old_schema_is_refused_and_a_new_one_is_not() {
    let books = Books::new().await;
    assert!(open(&books.settings, keyring(), false).await.is_ok());
    let db = Database::connect(&books.settings.url).await.unwrap();

    Migrator::down(&db, Some(1)).await.unwrap();

    assert!(matches!(open(&books.settings, keyring(), false).await, Err(Error::OldSchema)));
    assert!(open(&books.settings, keyring(), true).await.is_ok());
    assert!(open(&books.settings, keyring(), false).await.is_ok());
}

#[tokio::test]
async fn without_migrating_an_empty_place_is_refused_and_stays_empty() {
    let (settings, _folder) = fresh_place().await;

    assert!(matches!(open(&settings, keyring(), false).await, Err(Error::OldSchema)));

    let db = Database::connect(&settings.url).await.unwrap();
    assert!(db.execute_unprepared("SELECT * FROM seaql_migrations").await.is_err());
}

#[tokio::test]
async fn two_nodes_that_start_at_once_both_get_the_schema() {
    let (settings, _folder) = fresh_place().await;

    let (one, other) = tokio::join!(open(&settings, keyring(), true), open(&settings, keyring(), true));

    assert!(one.unwrap().0.is_well().await && other.unwrap().0.is_well().await);
}

#[tokio::test]
async fn a_url_that_names_no_database_of_ours_is_refused() {
    for url in ["mysql://localhost/books", "sqlite::memory:", "sqlite://", "books.db"] {
        let settings = Settings { url: url.into(), ..Settings::default() };

        assert!(matches!(open(&settings, keyring(), true).await, Err(Error::Url(_))), "{url}");
    }
}

#[tokio::test]
async fn a_schema_that_cannot_be_finished_is_not_begun() {
    let (settings, _folder) = fresh_place().await;
    let db = Database::connect(&settings.url).await.unwrap();
    // A stranger's table stands where the last migration wants to put one of ours.
    db.execute_unprepared("CREATE TABLE callbacks (id INTEGER)").await.unwrap();

    assert!(matches!(open(&settings, keyring(), true).await, Err(Error::Database(_))));

    assert!(company::Entity::find().count(&db).await.is_err());
    db.execute_unprepared("DROP TABLE callbacks").await.unwrap();
    assert!(open(&settings, keyring(), true).await.is_ok());
}

#[tokio::test]
async fn what_belongs_to_a_call_is_found_without_reading_its_companys_other_rows() {
    let books = Books::new().await;
    if books.store.read.get_database_backend() != DbBackend::Sqlite {
        return;
    }
    for (table, order) in [("inbox", "received_at"), ("bookings", "created_at")] {
        let sql = format!(
            "EXPLAIN QUERY PLAN SELECT * FROM {table} WHERE company_id = x'01' AND call_id = x'02' ORDER BY {order} DESC"
        );
        let plan =
            books.store.read.query_all_raw(Statement::from_string(DbBackend::Sqlite, sql)).await.unwrap();
        let steps: Vec<String> = plan.iter().map(|row| row.try_get("", "detail").unwrap()).collect();

        assert!(steps[0].contains("call_id=?"), "{steps:?}");
    }
}
