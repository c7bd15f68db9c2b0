//! Tests of holds: who comes first keeps the time, and a hold moves as one piece or not at all.

use entities::hold;
use futures_util::future::join_all;

use super::*;
use crate::domain::appointment::Chosen;
use crate::domain::call::Yes;
use crate::domain::ids::CallId;
use crate::store::holds::Owner;

/// Two calls of one company that both want something.
struct Two {
    books: Books,
    tenant: Tenant,
    first: Owner,
    second: Owner,
}

impl Two {
    async fn new() -> Self {
        let books = Books::new().await;
        let tenant = books.anna().await;
        let owner = |id: u128| Owner { call: CallId::from(Uuid::from_u128(id)), appointment: 1 };
        Self { books, tenant, first: owner(1), second: owner(2) }
    }

    async fn claim(&self, owner: Owner, slot: &Slot, until: i64, now: i64) -> bool {
        let holds = self.books.store.holds(self.tenant.company);
        holds.claim(owner, (slot, 1), at(until), at(now)).await.unwrap()
    }

    /// The minutes at which steps are held by others than this one.
    async fn others(&self, owner: Owner, now: i64) -> Vec<i64> {
        let holds = self.books.store.holds(self.tenant.company);
        let day = (at(0), at(24 * 60));
        let kept = holds.kept_by_others(&self.tenant.calendars, day, owner, at(now)).await.unwrap();
        let mut minutes: Vec<i64> =
            kept.iter().map(|one| one.kept.start.duration_since(at(0)).as_mins()).collect();
        minutes.sort_unstable();
        minutes
    }

    fn slot(&self, from: i64, to: i64) -> Slot {
        slot(self.tenant.calendar, from, to)
    }
}

impl Story {
    fn confirmed(slot: &Slot) -> Event {
        let chosen = Chosen { slot: slot.clone(), verified: true, seen_at: at(0), until: None };
        Event::Chosen { appointment: 1, chosen }
    }
}

#[tokio::test]
async fn a_slot_is_held_by_one_and_the_loser_keeps_what_it_had() {
    let two = Two::new().await;
    assert!(two.claim(two.second, &two.slot(200, 215), 10, 0).await);
    assert!(two.claim(two.first, &two.slot(60, 90), 10, 0).await);

    assert!(!two.claim(two.second, &two.slot(60, 90), 10, 0).await);

    assert_eq!(two.others(two.first, 0).await, [200, 205, 210]);
    assert_eq!(two.others(two.second, 0).await, [60, 65, 70, 75, 80, 85]);
}

#[tokio::test]
async fn an_overlap_of_five_minutes_is_refused_and_touching_is_not() {
    let two = Two::new().await;
    assert!(two.claim(two.first, &two.slot(60, 90), 10, 0).await);

    assert!(!two.claim(two.second, &two.slot(85, 115), 10, 0).await);
    assert!(!two.claim(two.second, &two.slot(35, 65), 10, 0).await);
    assert!(two.claim(two.second, &two.slot(90, 120), 10, 0).await);
}

#[tokio::test]
async fn a_hold_that_ran_out_is_taken_over_and_not_shown() {
    let two = Two::new().await;
    assert!(two.claim(two.first, &two.slot(60, 90), 10, 0).await);

    assert!(!two.claim(two.second, &two.slot(70, 80), 20, 9).await);
    assert_eq!(two.others(two.second, 10).await, Vec::<i64>::new());
    assert!(two.claim(two.second, &two.slot(70, 80), 20, 10).await);
    assert_eq!(two.others(two.first, 10).await, [70, 75]);
}

#[tokio::test]
async fn what_is_confirmed_is_held_until_it_would_be_over_from_the_commit_that_says_so() {
    let two = Two::new().await;
    let (slot, mut story) = (two.slot(60, 90), Story::new(two.tenant, "call_1"));
    let owner = Owner { call: story.call.id, appointment: 1 };
    assert!(two.claim(owner, &slot, 10, 0).await);
    let confirmed = [Story::confirmed(&slot), Event::Confirmed { appointment: 1, yes: Yes::Said }];

    story.happens(&two.books.store, &confirmed, 5).await;

    assert_eq!(two.books.store.recovery().drop_expired_holds(at(89)).await.unwrap(), 0);
    assert!(!two.claim(two.second, &slot, 99, 89).await);
    assert!(two.claim(two.second, &slot, 99, 90).await, "nothing is kept for ever");
}

#[tokio::test]
async fn what_is_given_up_is_let_go_in_the_commit_that_says_so() {
    let two = Two::new().await;
    let (slot, mut story) = (two.slot(60, 90), Story::new(two.tenant, "call_1"));
    let owner = Owner { call: story.call.id, appointment: 1 };
    assert!(two.claim(owner, &slot, 10, 0).await);
    story.happens(&two.books.store, &[Story::confirmed(&slot)], 5).await;
    let withdrawn = [Event::Withdrawn { appointment: 1 }];
    let gives_up = |story: &Story| Append { releases: vec![1], ..story.append(&withdrawn, 6) };

    // Whoever comes too late for the journal lets go of nothing.
    let mut late = gives_up(&story);
    late.before.version -= 1;
    assert_eq!(story.tell(&two.books.store, late).await.unwrap(), Appended::Conflict);
    assert_eq!(two.others(two.second, 6).await.len(), 6);
    let append = gives_up(&story);
    assert_eq!(story.tell(&two.books.store, append).await.unwrap(), Appended::Done);

    assert_eq!(two.others(two.second, 6).await, Vec::<i64>::new());
}

#[tokio::test]
async fn ones_own_hold_moves_in_one_piece_even_onto_itself() {
    let two = Two::new().await;
    assert!(two.claim(two.first, &two.slot(60, 90), 10, 0).await);

    assert!(two.claim(two.first, &two.slot(75, 105), 10, 0).await);
    assert_eq!(two.others(two.second, 0).await, [75, 80, 85, 90, 95, 100]);
    assert!(two.claim(two.first, &two.slot(75, 105), 999, 0).await);
    assert_eq!(two.others(two.second, 500).await, [75, 80, 85, 90, 95, 100]);
}

#[tokio::test]
async fn another_appointment_of_the_same_call_is_another_hold() {
    let two = Two::new().await;
    let again = Owner { appointment: 2, ..two.first };
    assert!(two.claim(two.first, &two.slot(60, 70), 10, 0).await);
    assert!(two.claim(again, &two.slot(120, 130), 10, 0).await);
    assert!(!two.claim(again, &two.slot(60, 70), 10, 0).await);

    two.books.store.holds(two.tenant.company).release(two.first).await.unwrap();

    assert_eq!(two.others(two.second, 0).await, [120, 125]);
    assert_eq!(two.others(two.first, 0).await, [120, 125], "its other appointments are others to each");
    assert_eq!(two.others(again, 0).await, Vec::<i64>::new());
}

#[tokio::test]
async fn another_calendar_and_another_company_are_not_concerned() {
    let two = Two::new().await;
    let praxis = two.books.praxis().await;
    let holds = two.books.store.holds(praxis.company);
    assert!(two.claim(two.first, &two.slot(60, 90), 999, 0).await);

    let elsewhere = slot(praxis.calendar, 60, 90);
    assert!(holds.claim(two.second, (&elsewhere, 1), at(999), at(0)).await.unwrap());
    assert!(two.claim(two.second, &slot(two.tenant.calendars[1], 60, 90), 999, 0).await);

    // The same call id under another company releases nothing here.
    holds.release(two.first).await.unwrap();
    assert_eq!(two.others(two.second, 0).await.len(), 6);
    let day = (at(0), at(24 * 60));
    let seen = holds.kept_by_others(&two.tenant.calendars, day, two.second, at(0)).await.unwrap();
    assert_eq!(seen, []);
}

#[tokio::test]
async fn a_call_can_hold_before_it_stands_in_the_books() {
    let two = Two::new().await;
    assert_eq!(two.books.rows().await[0], 0);

    assert!(two.claim(two.first, &two.slot(60, 90), 10, 0).await);
}

#[tokio::test]
async fn of_many_who_ask_at_once_exactly_one_gets_the_slot() {
    let two = Two::new().await;
    let other_node = two.books.another_node().await;
    let slot = two.slot(60, 90);
    let asks = (1_u128..=30).map(|id| {
        let store = if id % 2 == 0 { &two.books.store } else { &other_node };
        let owner = Owner { call: CallId::from(Uuid::from_u128(id)), appointment: 1 };
        let (slot, company) = (&slot, two.tenant.company);
        async move { store.holds(company).claim(owner, (slot, 1), at(10), at(0)).await.unwrap() }
    });

    let got = join_all(asks).await.into_iter().filter(|got| *got).count();

    assert_eq!(got, 1);
    assert_eq!(hold::Entity::find().count(&two.books.store.read).await.unwrap(), 6);
}

#[tokio::test]
async fn callers_who_want_each_others_slots_do_not_block_one_another() {
    let two = Two::new().await;
    let (morning, noon) = (two.slot(60, 90), two.slot(180, 210));
    let other_node = two.books.another_node().await;
    let (here, there) = (two.books.store.holds(two.tenant.company), other_node.holds(two.tenant.company));
    for round in 0..10 {
        assert!(two.claim(two.first, &morning, 10, 0).await);
        assert!(two.claim(two.second, &noon, 10, 0).await, "{round}");

        let (first, second) = tokio::join!(
            here.claim(two.first, (&noon, 1), at(10), at(0)),
            there.claim(two.second, (&morning, 1), at(10), at(0)),
        );

        assert!(!first.unwrap() && !second.unwrap());
        assert_eq!(hold::Entity::find().count(&two.books.store.read).await.unwrap(), 12);
    }
}

#[tokio::test]
async fn sweeping_up_and_claiming_do_not_get_in_each_others_way() {
    let two = Two::new().await;
    let sweeper = two.books.another_node().await;
    for round in 0..10 {
        for number in 0..20 {
            let owner = Owner { call: CallId::from(Uuid::from_u128(100 + number)), appointment: 1 };
            let start = 600 - i64::try_from(number).unwrap() * 30;
            assert!(two.claim(owner, &two.slot(start, start + 30), round, round - 1).await);
        }

        let whole_day = two.slot(30, 630);
        let (swept, claimed) = tokio::join!(
            async { sweeper.recovery().drop_expired_holds(at(round)).await },
            two.claim(two.first, &whole_day, round, round),
        );

        assert!(claimed && swept.is_ok(), "{swept:?}");
    }
}

#[tokio::test]
async fn a_pool_of_two_has_room_for_two_callers_at_a_time() {
    let two = Two::new().await;
    let holds = two.books.store.holds(two.tenant.company);
    let owner = |id: u128| Owner { call: CallId::from(Uuid::from_u128(id)), appointment: 1 };
    let (slot, later, over_both) = (two.slot(60, 90), two.slot(90, 120), two.slot(75, 105));
    let claim = async |id: u128, slot: &Slot| holds.claim(owner(id), (slot, 2), at(10), at(0)).await.unwrap();

    assert!(claim(1, &slot).await && claim(2, &slot).await);
    assert!(!claim(3, &slot).await && !claim(3, &over_both).await);
    assert!(claim(3, &later).await && claim(2, &slot).await, "one's own hold is in nobody's way");

    let day = (at(0), at(24 * 60));
    let kept = holds.kept_by_others(&two.tenant.calendars, day, owner(9), at(0)).await.unwrap();
    assert!(slot.is_kept_in_all(&kept, 2) && over_both.is_kept_in_all(&kept, 2));
    assert!(!later.is_kept_in_all(&kept, 2));
    holds.release(owner(1)).await.unwrap();
    let kept = holds.kept_by_others(&two.tenant.calendars, day, owner(9), at(0)).await.unwrap();
    assert!(!slot.is_kept_in_all(&kept, 2));
    assert!(claim(4, &slot).await);
}

#[tokio::test]
async fn what_was_reserved_is_given_up_with_its_hold_and_kept_while_the_hold_only_lasts_longer() {
    let two = Two::new().await;
    let reservations = two.books.store.reservations(two.tenant.company);
    let wanted = async || {
        let rows = reservations.of_call(two.first.call, at(0)).await.unwrap();
        let mut wanted: Vec<bool> = rows.iter().map(|row| row.wanted).collect();
        wanted.sort_unstable();
        wanted
    };
    let slot = two.slot(60, 90);
    assert!(!reservations.begin(Uuid::from_u128(1), two.first, &slot, at(10)).await.unwrap());
    assert!(two.claim(two.first, &slot, 10, 0).await);
    assert!(reservations.begin(Uuid::from_u128(1), two.first, &slot, at(10)).await.unwrap());
    assert!(reservations.made(Uuid::from_u128(1), "res_1").await.unwrap().unwrap().wanted);

    assert!(two.claim(two.first, &slot, 999, 5).await);
    assert_eq!(wanted().await, [true]);
    assert!(two.claim(two.first, &two.slot(120, 150), 10, 5).await);
    assert_eq!(wanted().await, [false]);
    assert!(!reservations.begin(Uuid::from_u128(2), two.first, &slot, at(10)).await.unwrap(), "it was moved");
    assert!(reservations.begin(Uuid::from_u128(2), two.first, &two.slot(120, 150), at(10)).await.unwrap());
    two.books.store.holds(two.tenant.company).release(two.first).await.unwrap();
    assert_eq!(wanted().await, [false, false]);

    // Whose answer never came has no uid: it runs out by itself.
    let recovery = two.books.store.recovery();
    let given_up = recovery.given_up_reservations(9).await.unwrap();
    assert_eq!(given_up.iter().map(|row| row.uid.as_deref()).collect::<Vec<_>>(), [Some("res_1")]);
    assert!(!format!("{given_up:?}").contains("res_1"), "whoever knows a uid can take the reservation back");
    assert_eq!(recovery.drop_expired_reservations(at(10)).await.unwrap(), 2);
}

#[tokio::test]
async fn what_hides_a_slot_that_nobody_holds_any_more_is_given_up_the_oldest_first() {
    let two = Two::new().await;
    let (recovery, reservations) =
        (two.books.store.recovery(), two.books.store.reservations(two.tenant.company));
    let again = Owner { appointment: 2, ..two.first };
    for (n, owner, minute, until) in [(1, two.first, 60, 10), (2, two.second, 120, 10), (3, again, 180, 99)] {
        let (id, slot) = (Uuid::from_u128(n), two.slot(minute, minute + 30));
        assert!(two.claim(owner, &slot, until, 0).await);
        assert!(reservations.begin(id, owner, &slot, at(30 - minute / 10)).await.unwrap());
        reservations.made(id, &format!("res_{n}")).await.unwrap();
    }
    assert_eq!(recovery.give_up_unheld_reservations().await.unwrap(), 0);
    recovery.drop_expired_holds(at(10)).await.unwrap();

    assert_eq!(recovery.give_up_unheld_reservations().await.unwrap(), 2);

    let given_up = recovery.given_up_reservations(9).await.unwrap();
    let uids: Vec<_> = given_up.iter().filter_map(|row| row.uid.as_deref()).collect();
    assert_eq!(uids, ["res_2", "res_1"]);
}

#[tokio::test]
async fn a_hold_that_is_there_already_stays_as_long_as_it_was_to_stay() {
    let two = Two::new().await;
    let (holds, slot) = (two.books.store.holds(two.tenant.company), two.slot(60, 90));
    let claim = async |owner, until, now| holds.claim_if_none(owner, (&slot, 1), at(until), at(now)).await;
    assert!(claim(two.first, 50, 0).await.unwrap());

    assert!(claim(two.first, 10, 5).await.unwrap());
    assert!(!claim(two.second, 55, 20).await.unwrap());
    assert!(claim(two.second, 60, 50).await.unwrap(), "it ran out");
    assert!(!claim(two.first, 60, 51).await.unwrap());
}
