//! Tests of the journal: what goes in stands, what is stale leaves nothing, personal words stay apart.

use entities::{call_particulars, customer, function_invocation};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, QueryFilter};

use super::*;
use crate::domain::appointment::Chosen;
use crate::domain::call::Offered;
use crate::domain::callback::Wished;

#[tokio::test]
async fn the_first_append_makes_the_call_and_every_event_moves_its_version() {
    let books = Books::new().await;
    let mut story = Story::new(books.anna().await, "call_1");

    story.begins(&books.store).await;
    let row = story.row(&books.store).await;
    assert_eq!((row.version, row.phase.as_str(), row.outcome.as_deref()), (2, "live", None));
    assert_eq!(row.caller_number.as_deref(), Some(CALLER));
    assert_eq!(row.branch_id, Some(story.tenant.branch.into()));

    story.happens(&books.store, &[heard(erika())], 2).await;
    let row = story.row(&books.store).await;
    assert_eq!((row.version, row.last_event_at), (3, at(2).into()));
    assert_eq!(books.rows().await, [1, 3, 0, 0, 0]);
}

#[tokio::test]
async fn a_stale_append_is_a_conflict_and_leaves_nothing() {
    let books = Books::new().await;
    let mut story = Story::new(books.anna().await, "call_1");
    story.begins(&books.store).await;
    let stale = Append {
        delivery: Some(delivery("call_ended", Some("call_ended call_1"))),
        invocation: Some(answered("tool_1").1),
        callbacks: vec![story.callback(Reason::CutOff, 30)],
        ..story.promise(&[story.tenant.calendar])
    };
    story.happens(&books.store, &[heard(erika())], 1).await;
    let before = (books.rows().await, story.row(&books.store).await);

    assert_eq!(books.store.journal().append(stale).await.unwrap(), Appended::Conflict);

    assert_eq!((books.rows().await, story.row(&books.store).await), before);
    assert_eq!(customer::Entity::find().count(&books.store.read).await.unwrap(), 0);
    assert_eq!(function_invocation::Entity::find().count(&books.store.read).await.unwrap(), 0);
}

#[tokio::test]
async fn all_that_belongs_to_an_append_goes_in_with_it() {
    let books = Books::new().await;
    let mut story = Story::new(books.anna().await, "call_1");
    story.begins(&books.store).await;
    let (event, invocation) = answered("tool_1");
    let asked = Append { invocation: Some(invocation), ..story.append(&[event], 1) };
    assert_eq!(story.tell(&books.store, asked).await.unwrap(), Appended::Done);
    let ended = Append {
        delivery: Some(delivery("call_ended", Some("call_ended call_1"))),
        callbacks: vec![story.callback(Reason::CutOff, 30), story.callback(Reason::CutOff, 60)],
        ..story.promise(&[story.tenant.calendar])
    };
    assert_eq!(story.tell(&books.store, ended).await.unwrap(), Appended::Done);

    let calls = books.store.calls(Scope::one(story.tenant.company));
    let id = story.call.id;
    assert_eq!(calls.answer(id, "tool_1").await.unwrap().as_deref(), Some(r#"{"status":"ok"}"#));
    assert_eq!(calls.invocations(id).await.unwrap().len(), 1);
    assert_eq!(calls.last_body(id).await.unwrap().unwrap(), br#"{"event":"call_ended"}"#);
    let callbacks = books.store.callbacks(Scope::one(story.tenant.company));
    let items = callbacks.of_call(id).await.unwrap();
    assert_eq!(items.len(), 1, "one item per call, appointment and reason, with the newest words");
    assert_eq!((items[0].due_at, items[0].priority.as_str()), (at(60).into(), "low"));
    let booked = books.store.bookings(Scope::one(story.tenant.company)).of_call(id).await.unwrap();
    assert_eq!(booked.len(), 1);
    assert_eq!((booked[0].state.as_str(), booked[0].zone.as_str()), ("waiting", "Europe/Berlin"));
    assert_eq!(booked[0].customer_id, Uuid::from(CustomerId::first_met(id, "1")));
}

#[tokio::test]
async fn why_somebody_wants_to_be_called_stays_when_they_say_when() {
    let books = Books::new().await;
    let mut story = Story::new(books.anna().await, "call_1");
    story.begins(&books.store).await;
    let told = [(Some("Rechnung"), None), (Some("morgen um 14 Uhr"), Some((40, 50))), (None, None)];
    for (tool, (wish, wished)) in told.into_iter().enumerate() {
        let (event, invocation) = answered(&format!("tool_{tool}"));
        let item = Callback {
            wish: wish.map(|words| Hidden(words.into())),
            wished: wished.map(|(from, to)| Wished { from: at(from), to: at(to) }),
            ..story.callback(Reason::CallersWish, if wished.is_some() { 60 } else { 30 })
        };
        let append =
            Append { invocation: Some(invocation), callbacks: vec![item], ..story.append(&[event], 1) };
        assert_eq!(story.tell(&books.store, append).await.unwrap(), Appended::Done);
    }

    let callbacks = books.store.callbacks(Scope::one(story.tenant.company));
    let items = callbacks.of_call(story.call.id).await.unwrap();

    assert_eq!(items[0].wish.as_deref(), Some("Rechnung / morgen um 14 Uhr"));
    assert_eq!((items.len(), items[0].wished_from), (1, Some(at(40).into())));
    assert_eq!(items[0].due_at, at(60).into(), "nobody is due before they would like to be called");
}

#[tokio::test]
async fn a_call_that_ends_and_is_settled_in_one_step_keeps_the_time_of_its_end() {
    let books = Books::new().await;
    let mut story = Story::new(books.anna().await, "call_1");
    story.begins(&books.store).await;

    let end = story.promise(&[story.tenant.calendar]);
    story.tell(&books.store, end).await.unwrap();
    story.happens(&books.store, &[Event::Analyzed], 5).await;

    let row = story.row(&books.store).await;
    assert_eq!((row.phase.as_str(), row.ended_at), ("settled", Some(at(3).into())));
}

#[tokio::test]
async fn a_call_that_ends_first_and_is_settled_later_ended_at_its_end() {
    let books = Books::new().await;
    let mut story = Story::new(books.anna().await, "call_1");
    story.begins(&books.store).await;

    story.happens(&books.store, &[Event::Ended { ending: Ending::HungUp }], 4).await;
    assert_eq!(books.store.recovery().unsettled_calls().await.unwrap().len(), 1);
    story.happens(&books.store, &[Event::Settled { outcome: Outcome::Abandoned }], 9).await;

    let row = story.row(&books.store).await;
    assert_eq!((row.ended_at, row.outcome.as_deref()), (Some(at(4).into()), Some("abandoned")));
    assert_eq!(books.store.recovery().unsettled_calls().await.unwrap(), []);
}

#[tokio::test]
async fn a_call_read_again_is_the_call_in_memory() {
    let books = Books::new().await;
    let mut story = Story::new(books.anna().await, "call_1");
    story.begins(&books.store).await;
    let place = slot(story.tenant.calendar, 60, 90);
    let chosen = Chosen { slot: place.clone(), verified: true, seen_at: at(2), until: Some(at(12)) };
    let said = [
        heard(Person { note: Some("nur kurz".into()), ..Person::default() }),
        Event::Offered {
            appointment: 1,
            slots: vec![Offered { handle: "a1".into(), slot: place }],
            sought: None,
        },
        heard(erika()),
        Event::Chosen { appointment: 1, chosen },
        Event::ReadBack { appointment: 1 },
        Event::Confirmed { appointment: 1, yes: Yes::Said },
        answered("tool_1").0,
        Event::CallbackNoted { reason: Reason::CallersWish },
    ];
    story.happens(&books.store, &said, 2).await;
    assert_eq!(story.read_again(&books.store).await, story.call);

    let end = story.promise(&[story.tenant.calendar]);
    story.tell(&books.store, end).await.unwrap();

    assert_eq!(story.read_again(&books.store).await, story.call);
    let journal = books.store.calls(Scope::All).journal(story.call.id).await.unwrap();
    let versions: Vec<i32> = journal.iter().map(|entry| entry.version).collect();
    assert_eq!(versions, (1..=13).collect::<Vec<_>>());
}

#[tokio::test]
async fn personal_words_stand_apart_and_without_them_the_call_still_reads() {
    let books = Books::new().await;
    let mut story = Story::new(books.anna().await, "call_1");
    story.begins(&books.store).await;
    story.happens(&books.store, &[heard(erika())], 1).await;

    let db = &books.store.read;
    let events = format!("{:?}", call_event::Entity::find().into_json().all(db).await.unwrap());
    let words = format!("{:?}", call_particulars::Entity::find().into_json().all(db).await.unwrap());
    for word in ["Erika", "Beispiel", "beispiel.example", "klingeln", CALLER] {
        assert!(!events.contains(word), "{word} in {events}");
        assert!(words.contains(word), "{word} not in {words}");
    }

    call_particulars::Entity::delete_many()
        .filter(call_particulars::Column::CallId.eq(Uuid::from(story.call.id)))
        .exec(&books.store.write)
        .await
        .unwrap();
    let erased = story.read_again(&books.store).await;
    assert_eq!((erased.version, erased.drafts[&1].person.clone()), (3, Person::default()));
}

#[tokio::test]
async fn an_event_this_program_does_not_know_is_named_not_skipped() {
    let books = Books::new().await;
    let mut story = Story::new(books.anna().await, "call_1");
    story.begins(&books.store).await;
    call_event::Entity::update_many()
        .col_expr(call_event::Column::Payload, Expr::value(serde_json::json!({"kind": "teleported"})))
        .filter(call_event::Column::Version.eq(2))
        .exec(&books.store.write)
        .await
        .unwrap();

    let row = story.row(&books.store).await;
    let read = books.store.calls(Scope::All).replay(&row).await;

    assert!(matches!(read, Err(Error::Corrupt { table: "call_events", .. })), "{read:?}");
}

#[tokio::test]
async fn what_is_acknowledged_is_there_after_a_power_cut() {
    let books = Books::new().await;
    let mut story = Story::new(books.anna().await, "call_1");
    story.begins(&books.store).await;
    let mut settings = books.settings.clone();
    // The files as they lie there at this moment, without anything the process still has in memory.
    let wreck = tempfile::tempdir().unwrap();
    if let Some(folder) = &books.folder {
        for name in ["books.db", "books.db-wal"] {
            std::fs::copy(folder.path().join(name), wreck.path().join(name)).unwrap();
        }
        settings.url = format!("sqlite://{}?mode=rw", wreck.path().join("books.db").display());
    }

    let (found, _writer) = open(&settings, keyring(), false).await.unwrap();

    assert_eq!(story.read_again(&found).await, story.call);
}

#[tokio::test]
async fn a_lifecycle_event_of_a_company_is_taken_in_once() {
    let books = Books::new().await;
    let (anna, praxis) = (books.anna().await, books.praxis().await);
    let taken = |story: &Story| Append {
        delivery: Some(delivery("call_started", Some("call_started call_1"))),
        ..story.append(&[story.began()], 0)
    };
    let mut first = Story::new(anna, "call_1");
    let append = taken(&first);
    assert_eq!(first.tell(&books.store, append).await.unwrap(), Appended::Done);

    // Another call that claims the same delivery is an error of ours, and it leaves nothing.
    let mut twice = Story::new(anna, "call_2");
    let append = taken(&twice);
    assert!(twice.tell(&books.store, append).await.is_err());
    assert_eq!(books.rows().await, [1, 1, 1, 0, 0]);

    let mut elsewhere = Story::new(praxis, "call_1");
    let append = taken(&elsewhere);
    assert_eq!(elsewhere.tell(&books.store, append).await.unwrap(), Appended::Done);
    for _ in 0..2 {
        let other = Append {
            delivery: Some(delivery("transcript_updated", None)),
            ..first.append(&[Event::Analyzed], 1)
        };
        assert_eq!(first.tell(&books.store, other).await.unwrap(), Appended::Done);
    }
    assert_eq!(books.rows().await[2], 4);
}
