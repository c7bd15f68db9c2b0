//! Tests of whose data lie where: the map of the books, and what an erasure takes and leaves.

use std::collections::BTreeSet;

use sea_orm::{DbBackend, Statement};

use super::super::persons::map::{Fate, MAP};
use super::super::persons::{Scrubbed, Sought, Trail};
use super::super::retention::Ran;
use super::*;
use crate::domain::retention::Kind;

/// Every column of the books as the database knows it, as "table.column".
async fn columns(books: &Books) -> BTreeSet<String> {
    let backend = books.store.read.get_database_backend();
    let sql = if backend == DbBackend::Sqlite {
        "SELECT m.name AS t, p.name AS c FROM sqlite_master m, pragma_table_info(m.name) p WHERE m.type = 'table'"
    } else {
        "SELECT table_name::text AS t, column_name::text AS c FROM information_schema.columns \
         WHERE table_schema = current_schema()"
    };
    let rows = books.store.read.query_all_raw(Statement::from_string(backend, sql)).await.unwrap();
    let name = |row: &sea_orm::QueryResult| {
        let (table, column): (String, String) =
            (row.try_get("", "t").unwrap(), row.try_get("", "c").unwrap());
        (table, column)
    };
    let foreign = |table: &str| table == "seaql_migrations" || table.starts_with("sqlite_");
    let named = rows.iter().map(name).filter(|(table, _)| !foreign(table));
    named.map(|(table, column)| format!("{table}.{column}")).collect()
}

#[tokio::test]
async fn every_column_of_the_books_stands_in_the_map_once() {
    let books = Books::new().await;

    let mut mapped = BTreeSet::new();
    for table in MAP {
        for column in table.callers.iter().chain(table.ours).chain(table.rest) {
            assert!(
                mapped.insert(format!("{}.{column}", table.name)),
                "{}.{column} is there twice",
                table.name
            );
        }
        assert_eq!(table.callers.is_empty(), table.fate == Fate::Nothing, "{}", table.name);
    }

    let there = columns(&books).await;
    let unmapped: Vec<_> = there.difference(&mapped).collect();
    assert!(
        unmapped.is_empty(),
        "store/persons/map.rs must say what these hold, and erasing, export and retention must follow: {unmapped:?}"
    );
    assert_eq!(mapped.difference(&there).collect::<Vec<_>>(), Vec::<&String>::new());
}

#[test]
fn the_plan_of_the_house_names_every_table_that_holds_callers() {
    let plan = include_str!("../../../ARCHITECTURE.md");

    for table in MAP.iter().filter(|table| !table.callers.is_empty()) {
        assert!(plan.contains(&format!("`{}`", table.name)), "ARCHITECTURE.md does not name {}", table.name);
    }
}

fn sought(name: Option<&str>) -> Sought {
    Sought { number: phone(CALLER), name: name.map(Into::into), until: at(60) }
}

/// A settled call of Erika's with everything that may hang on it; its booking is over.
async fn settled(books: &Books, tenant: Tenant, retell_id: &str) -> Story {
    let mut story = Story::new(tenant, retell_id);
    story.begins(&books.store).await;
    let (event, mut invocation) = answered("k1");
    invocation.arguments = Hidden(r#"{"name":"Erika Beispiel","telefonnummer":"0151 12345678"}"#.into());
    let mut body = delivery("call_ended", Some(&format!("{retell_id} call_ended")));
    body.body = Some(Hidden(r#"{"transcript":"Erika Beispiel, 0151 12345678"}"#.into()));
    let append = Append {
        invocation: Some(invocation),
        delivery: Some(body),
        callbacks: vec![story.callback(Reason::CallersWish, 30)],
        ..story.append(&[heard(erika()), event], 1)
    };
    story.tell(&books.store, append).await.unwrap();
    let promise = story.promise(&[tenant.calendar]);
    story.tell(&books.store, promise).await.unwrap();
    books
        .store
        .write
        .execute_unprepared("UPDATE bookings SET state = 'booked', calcom_uid = 'uid-1', due_at = NULL")
        .await
        .unwrap();
    story
}

#[tokio::test]
async fn what_is_erased_is_in_no_byte_of_the_files_and_of_the_booking_its_time_stays() {
    let books = Books::new().await;
    let tenant = books.anna().await;
    let story = settled(&books, tenant, "call_1").await;
    let stray = Delivery {
        body: Some(Hidden("{\"from_number\":\"+49 151 1234-5678\"}".into())),
        ..delivery("call_inbound", None)
    };
    books.store.deliveries().keep(stray, Some(tenant.company), None, "answered", at(1)).await.unwrap();
    let persons = books.store.persons(tenant.company);
    let trail = persons.find(&sought(None)).await.unwrap();
    assert_eq!(
        (trail.customers.len(), trail.calls.len(), trail.bookings.len(), trail.strays.len()),
        (1, 1, 1, 1)
    );

    let erased = persons.erase(&sought(None), &trail, at(61)).await.unwrap();

    assert_eq!(
        (erased.calls, erased.bookings, erased.customers, erased.bodies, erased.waiting),
        (1, 1, 1, 2, 0)
    );
    assert!(persons.find(&sought(None)).await.unwrap().is_empty());
    let again = persons.erase(&sought(None), &Trail::default(), at(62)).await.unwrap();
    assert_eq!(again.rows(), 0);
    let row = books.store.bookings(Scope::All).of_call(story.call.id).await.unwrap().swap_remove(0);
    assert_eq!((row.attendee_name, row.service_name.as_str()), (None, "Haarschnitt"));
    assert_eq!(Timestamp::from(row.starts_at), at(60));
    // The journal still tells what happened, without the words.
    let call = story.read_again(&books.store).await;
    assert_eq!(call.version, story.call.version);
    let scrubbed = books.store.scrub().await.unwrap();
    let Some(bytes) = books.bytes() else { return assert_eq!(scrubbed, Scrubbed::Vacuum) };
    assert_eq!(scrubbed, Scrubbed::Done);
    for needle in ["Erika", "erika", "beispiel.example", "12345678", "1234-5678", "klingeln"] {
        let is_there = bytes.windows(needle.len()).any(|window| window == needle.as_bytes());
        assert!(!is_there, "the files still hold {needle}");
    }
}

#[tokio::test]
async fn what_still_needs_its_words_waits() {
    let books = Books::new().await;
    let tenant = books.anna().await;
    let mut live = Story::new(tenant, "call_live");
    live.begins(&books.store).await;
    let mut promised = Story::new(tenant, "call_promised");
    promised.begins(&books.store).await;
    let promise = promised.promise(&[tenant.calendar]);
    promised.tell(&books.store, promise).await.unwrap();
    let persons = books.store.persons(tenant.company);

    let trail = persons.find(&sought(None)).await.unwrap();
    let erased = persons.erase(&sought(None), &trail, at(61)).await.unwrap();

    assert_eq!((erased.waiting, erased.calls, erased.bookings), (2, 0, 0));
    let row = books.store.bookings(Scope::All).of_call(promised.call.id).await.unwrap().swap_remove(0);
    assert_eq!(row.attendee_name.as_deref(), Some("Erika Beispiel"));
}

#[tokio::test]
async fn another_company_and_what_came_later_are_left_alone() {
    let books = Books::new().await;
    let (anna, praxis) = (books.anna().await, books.praxis().await);
    settled(&books, anna, "call_1").await;
    settled(&books, praxis, "call_2").await;
    let early = Sought { until: at(-1), ..sought(None) };

    assert!(books.store.persons(anna.company).find(&early).await.unwrap().is_empty());
    let persons = books.store.persons(anna.company);
    let trail = persons.find(&sought(None)).await.unwrap();
    persons.erase(&sought(None), &trail, at(61)).await.unwrap();

    let theirs = books.store.persons(praxis.company).find(&sought(None)).await.unwrap();
    assert_eq!((theirs.customers.len(), theirs.calls.len(), theirs.bookings.len()), (1, 1, 1));
}

#[tokio::test]
async fn of_several_at_one_number_only_the_one_who_is_named_is_meant() {
    let books = Books::new().await;
    let tenant = books.anna().await;
    settled(&books, tenant, "call_1").await;
    let mut other = Story::new(tenant, "call_2");
    other.begins(&books.store).await;
    let max = Person { name: Some("Max Mustermann".into()), ..erika() };
    let mut promise = other.promise(&[tenant.calendars[1]]);
    promise.events.insert(0, heard(max.clone()));
    promise.intents[0].person = max;
    let mut after = other.call.clone();
    promise.events.iter().for_each(|event| after.apply(event, at(3)));
    promise.after = Head::of(&after, "call_2", None);
    other.tell(&books.store, promise).await.unwrap();
    let persons = books.store.persons(tenant.company);

    let erika = persons.find(&sought(Some("erika beispiel"))).await.unwrap();

    let names: Vec<_> = erika.customers.iter().map(|row| row.name.clone().unwrap()).collect();
    assert_eq!((names, erika.calls.len(), erika.bookings.len()), (vec!["Erika Beispiel".to_owned()], 1, 1));
    assert_eq!(persons.find(&sought(None)).await.unwrap().calls.len(), 2);
}

#[tokio::test]
async fn every_kind_goes_with_its_time_but_for_what_an_open_item_needs_and_what_went_adds_up() {
    let books = Books::new().await;
    let tenant = books.anna().await;
    let story = settled(&books, tenant, "call_1").await;
    let kept = books.store.kept(tenant.company);
    let forget = async |kind| kept.forget(kind, at(100), at(100)).await.unwrap();
    assert_eq!(kept.oldest(Kind::Functions).await.unwrap(), Some(at(1)));
    assert_eq!(
        (forget(Kind::Calls).await, forget(Kind::Callbacks).await),
        (0, 0),
        "somebody still has to call"
    );
    assert_eq!((forget(Kind::Transcripts).await, forget(Kind::Functions).await), (1, 1));
    assert_eq!((forget(Kind::Messages).await, forget(Kind::Exchanges).await), (0, 0));
    books.store.write.execute_unprepared("UPDATE callbacks SET state = 'done'").await.unwrap();

    assert_eq!((forget(Kind::Calls).await, forget(Kind::Callbacks).await), (1, 1));

    for kind in Kind::ALL {
        assert_eq!(kept.oldest(kind).await.unwrap(), None, "{kind:?}");
    }
    assert_eq!(story.row(&books.store).await.caller_number, None);
    let booking = books.store.bookings(Scope::All).of_call(story.call.id).await.unwrap().swap_remove(0);
    assert_eq!(booking.attendee_name.as_deref(), Some("Erika Beispiel"));
    for gone in [2, 3] {
        let ran = Ran { kind: Kind::Calls, days: 90, at: at(100 + 1), gone, oldest: None };
        kept.note(ran).await.unwrap();
    }
    let noted = books.store.retentions(Scope::one(tenant.company)).list().await.unwrap();
    assert_eq!((noted.len(), noted[0].gone, noted[0].gone_ever), (1, 3, 5));
}
