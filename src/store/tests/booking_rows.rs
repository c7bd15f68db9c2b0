//! Tests of how a booking stands in its row, whatever it has been through before.

use proptest::prelude::*;
use sea_orm::{ActiveModelTrait, ActiveValue, IntoActiveModel, Iterable, TryIntoModel};

use super::*;
use crate::domain::booking::tests::{any_input, rules, waiting};
use crate::domain::booking::{Booking, Standing, State};
use crate::store::bookings::{columns, machine};

fn instant() -> impl Strategy<Value = Timestamp> {
    (0_i64..4_102_444_800_000).prop_map(|ms| Timestamp::from_millisecond(ms).unwrap())
}

fn count() -> impl Strategy<Value = u32> {
    0..=i32::MAX.unsigned_abs()
}

fn state(attempts: u32) -> impl Strategy<Value = State> {
    prop_oneof![
        proptest::option::of(instant()).prop_map(|not_before| State::Waiting { not_before }),
        instant().prop_map(move |since| State::Sent { attempt: attempts, since }),
        (instant(), count(), ".*", instant()).prop_map(|(since, looks, why, look_at)| State::Unsure {
            since,
            looks,
            why,
            look_at
        }),
        (".*", any::<bool>()).prop_map(|(uid, sure)| State::Booked {
            uid,
            standing: if sure { Standing::Accepted } else { Standing::Pending },
        }),
        ".*".prop_map(|why| State::Refused { why }),
        ".*".prop_map(|why| State::Failed { why }),
        ".*".prop_map(|why| State::Cancelled { why }),
    ]
}

fn any_booking() -> impl Strategy<Value = Booking> {
    let numbers = (instant(), instant(), count(), count());
    numbers.prop_flat_map(|(start, requested_at, attempts, sent_maybe)| {
        (state(attempts), instant()).prop_map(move |(state, sent_for)| Booking {
            attempts,
            sent_maybe,
            sent_for: (attempts > 0).then_some(sent_for),
            state,
            ..Booking::new(Uuid::from_u128(5).into(), start, requested_at)
        })
    })
}

/// The row of a booking that has been through this and that before.
fn worn_row(booking: &Booking) -> booking::Model {
    booking::Model {
        id: booking.id.into(),
        company_id: Uuid::nil(),
        branch_id: Uuid::nil(),
        call_id: Uuid::nil(),
        appointment: 1,
        calendar_id: Uuid::nil(),
        customer_id: Uuid::nil(),
        service_name: "Haarschnitt".into(),
        staff: None,
        event_type_id: 1001,
        starts_at: booking.start.into(),
        ends_at: booking.start.into(),
        zone: "Europe/Berlin".into(),
        language: "de".into(),
        attendee_name: None,
        attendee_email: None,
        attendee_phone: None,
        version: 7,
        state: "unsure".into(),
        state_since: at(0).into(),
        attempts: 4,
        sent_maybe: 3,
        looks: 2,
        not_before: Some(at(1).into()),
        reason: Some("timeout".into()),
        calcom_uid: Some("older".into()),
        due_at: None,
        course: None,
        may_notify: None,
        created_at: booking.requested_at.into(),
        updated_at: at(0).into(),
    }
}

/// The row after the machine has gone on to `next`.
fn written(row: booking::Model, next: &Booking, moved_at: Timestamp) -> booking::Model {
    let changes = columns(&row, next, moved_at);
    let mut after = row.into_active_model();
    for column in booking::Column::iter() {
        if let ActiveValue::Set(value) = changes.get(column) {
            after.set(column, value);
        }
    }
    after.try_into_model().unwrap()
}

proptest! {
    #[test]
    fn whatever_a_booking_is_its_columns_say_it(next in any_booking(), moved_at in instant()) {
        let row = written(worn_row(&next), &next, moved_at);

        prop_assert_eq!(machine(&row).unwrap(), next);
    }

    /// A process may end after any step: what it has written is all that the next one knows, and has to be all there is.
    #[test]
    fn whatever_happens_to_it_after_each_step_its_row_says_everything(
        inputs in prop::collection::vec((any_input(), 0i64..60_000), 1..40)
    ) {
        let (mut booking, mut now) = (waiting(), 0);
        let mut row = booking::Model { attempts: 0, sent_maybe: 0, ..worn_row(&booking) };
        for (input, pause) in inputs {
            now += pause;
            let now = Timestamp::from_millisecond(now).unwrap();
            let Some(next) = booking.step(input, &rules(), now).next else { continue };
            row = written(row, &next, now);
            booking = machine(&row).unwrap();
            prop_assert_eq!(&booking, &next);
        }
    }
}
