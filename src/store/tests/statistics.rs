//! Tests of what is counted: calls with what came of them, deliveries, and what waits for Cal.com or came to nothing.

use super::*;
use crate::domain::appointment::{Came, Change};
use crate::domain::statistics::Counted;

async fn counted(books: &Books, scope: Scope) -> Vec<Counted> {
    let statistics = books.store.statistics(scope);
    let (mut all, mut after) = (Vec::new(), None);
    loop {
        let page = statistics.calls((at(-100), at(100)), after, 2).await.unwrap();
        all.extend(page.items);
        after = page.next;
        if after.is_none() {
            return all;
        }
    }
}

fn changing(appointment: u8, cancels: bool) -> [Event; 2] {
    let change = Change {
        booking: mint().into(),
        branch: mint().into(),
        event_type_id: 1001,
        cancels,
        customer: None,
        from: at(500),
        tells_what_for: true,
        to: None,
        agreed_at: None,
        came: None,
        anew: 0,
    };
    [Event::Changing { appointment, change }, Event::Changed { appointment, came: Came::Done }]
}

#[tokio::test]
async fn a_call_is_counted_with_what_came_of_it() {
    let books = Books::new().await;
    let (anna, praxis) = (books.anna().await, books.praxis().await);
    let mut story = Story::new(anna, "call_1");
    story.begins(&books.store).await;
    let [moving, moved] = changing(100, false);
    let [calling_off, called_off] = changing(101, true);
    let failed = Event::Changed { appointment: 100, came: Came::Failed };
    story.happens(&books.store, &[moving, moved, failed, calling_off, called_off], 1).await;
    let measures =
        Measures { duration_ms: Some(60_000), cost_millicents: Some(7_040), ..Measures::default() };
    let append = Append {
        measures,
        callbacks: vec![story.callback(Reason::CallersWish, 9)],
        ..story.promise(&[anna.calendar])
    };
    story.tell(&books.store, append).await.unwrap();
    for number in 2..=5 {
        Story::new(anna, &format!("call_{number}")).begins(&books.store).await;
    }
    Story::new(praxis, "call_1").begins(&books.store).await;

    let calls = counted(&books, Scope::one(anna.company)).await;

    assert_eq!(calls.len(), 5);
    let call = calls.iter().find(|call| call.callbacks > 0).unwrap();
    assert_eq!((call.moved, call.cancelled, call.callbacks, call.booked), (1, 1, 1, 0), "it waits still");
    assert_eq!((call.duration_ms, call.cost_millicents), (Some(60_000), Some(7_040)));
    assert_eq!(counted(&books, Scope::one(praxis.company)).await.len(), 1);
    let none = books.store.statistics(Scope::All).calls((at(1), at(100)), None, 9).await.unwrap();
    assert_eq!(none.items, [], "they began before");
}

#[tokio::test]
async fn what_waits_for_a_calendar_is_told_to_its_company_alone() {
    let books = Books::new().await;
    let (anna, praxis) = (books.anna().await, books.praxis().await);
    let mut story = Story::new(anna, "call_1");
    story.begins(&books.store).await;
    let promise = story.promise(&anna.calendars);
    story.tell(&books.store, promise).await.unwrap();
    let queues = books.store.queues(Scope::one(anna.company));

    let waiting = queues.waiting().await.unwrap();

    assert_eq!(waiting.len(), 2);
    assert!(
        waiting.iter().all(|row| row.number == 1 && row.state == "waiting" && row.oldest == at(3).into())
    );
    let last = queues.last(anna.calendar).await.unwrap().unwrap();
    assert_eq!(CalendarId::from(last.calendar_id), anna.calendar);
    assert_eq!(queues.failed(None, None, 9).await.unwrap().items, []);
    assert_eq!(queues.sent(at(-9), 9).await.unwrap(), []);
    let theirs = books.store.queues(Scope::one(praxis.company));
    assert_eq!(theirs.waiting().await.unwrap(), []);
    assert_eq!(theirs.last(anna.calendar).await.unwrap(), None);
    assert_eq!(theirs.callbacks_about(&[last.id]).await.unwrap(), []);
}

#[tokio::test]
async fn deliveries_are_counted_by_door_event_and_status() {
    let books = Books::new().await;
    let anna = books.anna().await;
    let mut story = Story::new(anna, "call_1");
    for (event, minute) in [("call_started", 1), ("call_ended", 2)] {
        let once = format!("{event} call_1");
        let append = Append {
            delivery: Some(delivery(event, Some(&once))),
            ..story.append(&[Event::Started], minute)
        };
        story.tell(&books.store, append).await.unwrap();
    }
    let inbox = books.store.inbox(Scope::one(anna.company));
    inbox.came_again("call_ended call_1", at(3)).await.unwrap();
    inbox.came_again("call_ended call_1", at(4)).await.unwrap();

    let counts = inbox.counts((at(0), at(9))).await.unwrap();

    let seen: Vec<_> = counts.iter().map(|row| (row.event.as_str(), row.number, row.repeats)).collect();
    assert_eq!(seen, [("call_ended", 1, 2), ("call_started", 1, 0)]);
    assert_eq!(inbox.counts((at(2), at(9))).await.unwrap().len(), 1);
    let praxis = books.praxis().await;
    assert_eq!(books.store.inbox(Scope::one(praxis.company)).counts((at(0), at(9))).await.unwrap(), []);
}
