//! Tests of what is measured of calls: what is told later replaces what was told before, and an imported call is known as one.

use super::*;
use crate::domain::call::Event;

#[tokio::test]
async fn what_is_told_later_replaces_what_was_told_before_and_what_is_not_told_stays() {
    let books = Books::new().await;
    let mut story = Story::new(books.anna().await, "call_1");
    story.begins(&books.store).await;
    let first = Measures { ended_at: Some(at(3)), duration_ms: Some(61_000), ..Measures::default() };
    let then = Measures { cost_millicents: Some(7_040), duration_ms: Some(62_000), ..Measures::default() };
    for (event, measures) in [(Event::Ended { ending: Ending::HungUp }, first), (Event::Analyzed, then)] {
        let append = Append { measures, ..story.append(&[event], 4) };
        story.tell(&books.store, append).await.unwrap();
    }

    let measured = books.store.measured(Scope::one(story.tenant.company));
    let row = measured.of_call(story.call.id).await.unwrap().unwrap();

    assert_eq!((row.duration_ms, row.cost_millicents, row.imported), (Some(62_000), Some(7_040), false));
    assert_eq!(Timestamp::from(row.ended_at.unwrap()), at(3));
    let other = books.praxis().await;
    let measured = books.store.measured(Scope::one(other.company));
    assert_eq!(measured.of_call(story.call.id).await.unwrap(), None);
}

#[tokio::test]
async fn an_imported_call_is_known_as_one_and_ended_when_it_ended() {
    let books = Books::new().await;
    let mut story = Story::new(books.anna().await, "call_1");
    let events = [
        story.began(),
        Event::Ended { ending: Ending::Imported },
        Event::Settled { outcome: Outcome::Nothing },
    ];
    let measures = Measures { ended_at: Some(at(-500)), ..Measures::default() };
    let append = Append { measures, ..story.append(&events, 9) };

    story.tell(&books.store, append).await.unwrap();

    let row = story.row(&books.store).await;
    assert_eq!((row.phase.as_str(), row.ended_at.map(Timestamp::from)), ("settled", Some(at(-500))));
    let kept = books.store.measured(Scope::All).of_call(story.call.id).await.unwrap();
    assert!(kept.unwrap().imported);
}
