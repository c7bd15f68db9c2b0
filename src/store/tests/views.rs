//! Tests of the views: each can be asked in every order and with every test, and shows one tenant's rows alone.

use super::*;
use crate::domain::sought::SearchText;
use crate::store::search::Sought;
use crate::store::views::{Column, Kind, Question, Row, Test, VIEWS, Value, View};

/// Texts that would break out of a statement they were pasted into, or match everything as a pattern.
const HOSTILE: [&str; 7] = ["%", "_", "'", "' OR '1'='1", "\"; DROP TABLE bookings; --", "\\", "$1"];

/// Calls with a booking and a callback item each, one delivery, and a number beside them.
async fn told(books: &Books, tenant: Tenant, count: i64) {
    for number in 0..count {
        let mut story = Story::new(tenant, &format!("call_{number}"));
        story.call.began_at = at(number);
        let append = Append {
            intents: vec![story.intent(1, tenant.calendar)],
            callbacks: vec![story.callback(Reason::CutOff, number)],
            delivery: Some(delivery("call_started", Some(&format!("call_started call_{number}")))),
            ..story.append(&[story.began()], number)
        };
        assert_eq!(story.tell(&books.store, append).await.unwrap(), Appended::Done);
    }
}

fn question(view: &'static View, limit: u64) -> Question {
    let order = view.column(view.order).unwrap();
    Question { view, tests: Vec::new(), order, is_descending: true, after: None, limit }
}

async fn ask(books: &Books, tenant: Tenant, question: &Question) -> Vec<Row> {
    books.store.views(tenant.company).ask(question).await.unwrap()
}

fn place(view: &View, name: &str) -> usize {
    view.columns.iter().position(|column| column.name == name).unwrap()
}

/// All pages of a view in an order, as the keys of its rows.
async fn keys_of(books: &Books, tenant: Tenant, order: (&'static View, &'static Column, bool)) -> Vec<Value> {
    let (view, column, is_descending) = order;
    let (mut keys, mut after) = (Vec::new(), None);
    loop {
        let question = Question { order: column, is_descending, after, ..question(view, 2) };
        let mut rows = ask(books, tenant, &question).await;
        let more = rows.len() > 2;
        rows.truncate(2);
        let key = |row: &Row| row[place(view, view.key)].clone().unwrap();
        keys.extend(rows.iter().map(key));
        let Some(last) = rows.last().filter(|_| more) else { return keys };
        after = Some((last[place(view, column.name)].clone().unwrap(), key(last)));
    }
}

#[tokio::test]
async fn over_the_pages_of_every_view_in_every_order_each_row_comes_once() {
    let books = Books::new().await;
    let tenant = books.anna().await;
    told(&books, tenant, 5).await;
    for view in VIEWS {
        let all = ask(&books, tenant, &question(view, 200)).await.len();
        let orders = view.columns.iter().filter(|column| !column.is_optional);
        for (column, is_descending) in orders.flat_map(|column| [(column, false), (column, true)]) {
            let mut keys = keys_of(&books, tenant, (view, column, is_descending)).await;

            assert_eq!(keys.len(), all, "{} by {}", view.name, column.name);
            keys.sort_by_key(|key| format!("{key:?}"));
            keys.dedup();
            assert_eq!(keys.len(), all, "{} by {}", view.name, column.name);
        }
    }
    assert_eq!(ask(&books, tenant, &question(View::called("calls").unwrap(), 200)).await.len(), 5);
    assert_eq!(ask(&books, tenant, &question(View::called("deliveries").unwrap(), 200)).await.len(), 5);
    assert_eq!(ask(&books, tenant, &question(View::called("numbers").unwrap(), 200)).await.len(), 3);
}

#[tokio::test]
async fn every_view_shows_one_tenants_rows_alone() {
    let books = Books::new().await;
    let (anna, praxis) = (books.anna().await, books.praxis().await);
    told(&books, anna, 3).await;
    // These are in the file of each company.
    let own = [("branches", "slug"), ("numbers", "branch")];
    for view in VIEWS {
        let theirs = ask(&books, praxis, &question(view, 200)).await;

        let slug = own.iter().find(|(name, _)| *name == view.name).map(|(_, column)| place(view, column));
        let is_theirs = |row: &Row| slug.is_some_and(|slug| row[slug] == Some(Value::Text("zentrum".into())));
        assert!(theirs.iter().all(is_theirs), "{}: {theirs:?}", view.name);
    }
}

/// Every test a column of that kind can be held against.
fn tests(kind: Kind) -> Vec<Test> {
    let value = match kind {
        Kind::Id => Value::Id(mint()),
        Kind::Text => Value::Text("x".into()),
        Kind::Number | Kind::Large => Value::Number(i64::MAX),
        Kind::Time => Value::Time(at(0)),
        Kind::Flag => Value::Flag(true),
    };
    let several = vec![value.clone(), value.clone()];
    let mut tests = vec![Test::Is(value.clone()), Test::IsNot(value.clone()), Test::OneOf(several)];
    tests.extend([Test::IsNull(true), Test::IsNull(false)]);
    if matches!(kind, Kind::Number | Kind::Large | Kind::Time) {
        tests.extend([Test::Below, Test::AtMost, Test::Above, Test::AtLeast].map(|make| make(value.clone())));
    }
    if kind == Kind::Text {
        tests.push(Test::Contains("x".into()));
    }
    tests
}

#[tokio::test]
async fn every_column_can_be_held_against_everything_of_its_kind() {
    let books = Books::new().await;
    let tenant = books.anna().await;
    told(&books, tenant, 1).await;
    for view in VIEWS {
        let held = view
            .columns
            .iter()
            .flat_map(|column| tests(column.kind).into_iter().map(move |test| (column, test)));
        for (column, test) in held {
            let shown = format!("{}.{}: {test:?}", view.name, column.name);
            let asked = Question { tests: vec![(column, test)], ..question(view, 5) };
            let answer = books.store.views(tenant.company).ask(&asked).await;

            assert!(answer.is_ok(), "{shown}: {answer:?}");
        }
    }
}

#[tokio::test]
async fn signs_that_mean_something_in_sql_mean_themselves() {
    let books = Books::new().await;
    let tenant = books.anna().await;
    told(&books, tenant, 2).await;
    let view = View::called("bookings").unwrap();
    let name = view.column("customer_name").unwrap();
    for text in HOSTILE {
        for test in [Test::Is(Value::Text(text.into())), Test::Contains(text.into())] {
            let asked = Question { tests: vec![(name, test)], ..question(view, 5) };

            assert_eq!(ask(&books, tenant, &asked).await, Vec::<Row>::new(), "{text}");
        }
        let name = SearchText::parse(text).ok();
        let sought = Sought { name, digits: Some(text.into()), retell_call_id: Some(text.into()) };
        let search = books.store.search(tenant.company);
        assert_eq!(search.customers(&sought, 5).await.unwrap(), [], "{text}");
        assert_eq!(search.bookings(&[], Some(text), 5).await.unwrap(), [], "{text}");
        assert_eq!(search.calls(&[], &sought, 5).await.unwrap(), [], "{text}");
    }
    let asked = Question { tests: vec![(name, Test::Contains("ika Bei".into()))], ..question(view, 5) };
    assert_eq!(ask(&books, tenant, &asked).await.len(), 2);
}

#[tokio::test]
async fn people_are_found_by_name_and_by_number_within_their_company() {
    let books = Books::new().await;
    let (anna, praxis) = (books.anna().await, books.praxis().await);
    told(&books, anna, 1).await;
    let by_name = Sought { name: SearchText::parse("erika").ok(), ..Sought::default() };
    let by_number = Sought { digits: Some("15112345".into()), ..Sought::default() };

    for sought in [&by_name, &by_number] {
        let found = books.store.search(anna.company).customers(sought, 5).await.unwrap();

        assert_eq!(found.len(), 1, "{sought:?}");
        assert_eq!(found[0].numbers[0].number, CALLER);
        let id = found[0].row.id;
        assert_eq!(books.store.search(anna.company).bookings(&[id], None, 5).await.unwrap().len(), 1);
        assert_eq!(books.store.search(praxis.company).customers(sought, 5).await.unwrap(), []);
        assert_eq!(books.store.search(praxis.company).customer(id.into()).await.unwrap(), None);
        assert_eq!(books.store.search(praxis.company).bookings(&[id], Some("1511"), 5).await.unwrap(), []);
        assert_eq!(books.store.search(praxis.company).calls(&[id], sought, 5).await.unwrap(), []);
    }
    assert_eq!(books.store.search(anna.company).calls(&[], &by_number, 5).await.unwrap().len(), 1);
}
