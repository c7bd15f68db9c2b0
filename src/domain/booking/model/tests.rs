//! The worlds that are looked at, and the rules whose absence is noticed.

use stateright::{Checker, HasDiscoveries, Model};

use super::*;

/// Looks at every state the world can come to; prints how many there are.
#[expect(clippy::print_stderr, reason = "the number of states is what a reader of the test's output wants")]
fn check(world: World) -> impl Checker<World> {
    let what = format!("{:?} {:?} {:?}", world.kind, world.without, world.people);
    // A world without one of the rules has shown enough once it has failed.
    let until = match world.without {
        Without::Nothing => HasDiscoveries::All,
        Without::LookingBeforeSendingAgain | Without::ComparingMetadata | Without::WatchingAfterwards => {
            HasDiscoveries::AnyFailures
        }
    };
    let checker = world.checker().threads(2).finish_when(until).spawn_bfs().join();
    eprintln!("{} states: {what}", checker.unique_state_count());
    checker
}

fn world(kind: Kind, people: People, ticks: u8) -> World {
    World { kind, without: Without::Nothing, ticks, late: 2, people, sturdy: false, rules: Arc::new(rules()) }
}

/// A world where a request may be carried out when it has long been sent again.
fn late_world(kind: Kind, people: People, ticks: u8) -> World {
    World { late: 5, ..world(kind, people, ticks) }
}

/// The same where nothing else goes wrong: people act while a request is late.
fn late_among_people(kind: Kind, people: People, ticks: u8) -> World {
    // The last look comes when nothing can come any more.
    let rules = Arc::new(Rules { watch_after_ms: vec![5], ..rules() });
    World { sturdy: true, rules, ..late_world(kind, people, ticks) }
}

const NOBODY: People = People {
    visitor: false,
    cancels: false,
    moves: false,
    orders_move: false,
    orders_cancel: false,
    calls_back: false,
    stands: false,
};

#[test]
fn a_personal_calendar_keeps_the_promise_whatever_is_late_lost_or_repeated() {
    let people = People { visitor: true, calls_back: true, ..NOBODY };
    check(world(Kind::Personal, people, 8)).assert_properties();
}

#[test]
fn a_round_robin_keeps_the_promise() {
    let people = People { visitor: true, calls_back: true, ..NOBODY };
    check(world(Kind::RoundRobin, people, 8)).assert_properties();
}

#[test]
fn a_round_robin_keeps_the_promise_though_the_first_request_comes_after_the_second() {
    check(late_world(Kind::RoundRobin, NOBODY, 9)).assert_properties();
}

#[test]
fn what_a_person_has_moved_is_no_hiding_place_for_a_request_that_comes_late() {
    check(late_among_people(Kind::RoundRobin, People { moves: true, ..NOBODY }, 10)).assert_properties();
}

#[test]
fn what_a_person_has_cancelled_does_not_come_back_with_a_request_that_comes_late() {
    check(late_among_people(Kind::Confirmed, People { cancels: true, ..NOBODY }, 10)).assert_properties();
}

#[test]
fn an_order_that_comes_before_it_stands_is_kept() {
    let people = People { orders_cancel: true, ..NOBODY };
    check(late_among_people(Kind::RoundRobin, people, 9)).assert_properties();
}

#[test]
fn what_an_owner_must_confirm_keeps_the_promise() {
    let people = People { calls_back: true, ..NOBODY };
    check(world(Kind::Confirmed, people, 8)).assert_properties();
}

#[test]
fn a_person_who_cancels_at_the_calendar_does_no_harm() {
    check(world(Kind::Personal, People { cancels: true, ..NOBODY }, 8)).assert_properties();
}

#[test]
fn a_person_who_moves_it_at_the_calendar_does_no_harm() {
    check(world(Kind::Personal, People { moves: true, ..NOBODY }, 8)).assert_properties();
}

#[test]
fn a_caller_who_moves_it_gets_that_or_what_a_person_would_call_right() {
    let people = People { stands: true, orders_move: true, moves: true, cancels: true, ..NOBODY };
    check(world(Kind::Personal, people, 5)).assert_properties();
}

#[test]
fn a_caller_who_cancels_gets_that() {
    let people = People { stands: true, orders_cancel: true, moves: true, cancels: true, ..NOBODY };
    check(world(Kind::Personal, people, 5)).assert_properties();
}

const AGREE: &str = "calm means one live booking, the recorded one, or none";

#[test]
fn the_checker_finds_a_request_sent_again_without_looking() {
    let without = Without::LookingBeforeSendingAgain;
    check(World { without, ..world(Kind::RoundRobin, NOBODY, 8) }).assert_any_discovery(AGREE);
}

#[test]
fn the_checker_finds_a_foreign_booking_taken_for_ours() {
    let people = People { visitor: true, ..NOBODY };
    check(World { without: Without::ComparingMetadata, ..world(Kind::RoundRobin, people, 8) })
        .assert_any_discovery("what is said to stand is ours");
}

#[test]
fn the_checker_finds_a_repeat_nobody_looks_at_again() {
    check(World { without: Without::WatchingAfterwards, ..late_world(Kind::RoundRobin, NOBODY, 9) })
        .assert_any_discovery(AGREE);
}
