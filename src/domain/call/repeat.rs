//! When a function call is one that has been answered already.

use jiff::Timestamp;

use super::Call;

/// What a function call is recognised by when it comes again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mark {
    /// Retell's id of the invocation.
    Id(String),
    /// For want of one: what identifies the function with its arguments, and the body they came in. Its transcript has
    /// grown when the same is said again, so an equal body is a repeat whenever it comes.
    Content { words: String, body: String },
}

impl Mark {
    /// The key that its answer is kept under.
    pub fn key(&self) -> String {
        match self {
            Self::Id(id) => format!("id:{id}"),
            Self::Content { words, body } => format!("{}{body}", keys_of(words)),
        }
    }
}

/// How the keys of all calls of a function with equal arguments begin.
fn keys_of(words: &str) -> String {
    format!("arguments:{words} ")
}

impl Call {
    /// The key that a function call was answered under before; None: it is a new one. Equal arguments in another body
    /// are a repeat if they were answered since that instant, and after the call's end in any case: then nobody is there
    /// who could say the same again.
    pub fn answered_as(&self, mark: &Mark, since: Timestamp) -> Option<&str> {
        let exactly = mark.key();
        let known = self.answered.iter().rev().find(|answered| answered.key == exactly);
        let alike = || {
            let Mark::Content { words, .. } = mark else { return None };
            let (beginning, is_over) = (keys_of(words), self.ended);
            let mut latest = self.answered.iter().rev();
            latest.find(|one| one.key.starts_with(&beginning) && (is_over || one.at >= since))
        };
        known.or_else(alike).map(|answered| answered.key.as_str())
    }
}

#[cfg(test)]
mod tests {
    use jiff::ToSpan as _;
    use uuid::Uuid;

    use super::*;
    use crate::domain::answer::Status;
    use crate::domain::call::{Ending, Event};
    use crate::domain::phone::Caller;

    const WINDOW_SECONDS: i64 = 10;

    fn at(second: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + second.seconds()
    }

    fn said(words: &str, body: &str) -> Mark {
        Mark::Content { words: words.into(), body: body.into() }
    }

    /// A call in which these were answered at those seconds.
    fn call(answered: &[(&Mark, i64)]) -> Call {
        let mut call =
            Call::new(Uuid::from_u128(1).into(), Uuid::from_u128(2).into(), Caller::Withheld, at(0));
        for (mark, second) in answered {
            let status = Status::Held;
            call.apply(
                &Event::Answered { key: mark.key(), function: "collect_appointment".into(), status },
                at(*second),
            );
        }
        call
    }

    fn repeats(call: &Call, mark: &Mark, second: i64) -> Option<String> {
        call.answered_as(mark, at(second - WINDOW_SECONDS)).map(str::to_owned)
    }

    #[test]
    fn an_id_is_a_repeat_at_any_time_and_another_id_never() {
        let (one, other) = (Mark::Id("tool_call_1".into()), Mark::Id("tool_call_2".into()));
        let mut call = call(&[(&one, 5)]);

        assert_eq!(repeats(&call, &one, 9_999), Some(one.key()));
        assert_eq!(repeats(&call, &other, 6), None);
        call.apply(&Event::Ended { ending: Ending::HungUp }, at(20));
        assert_eq!(repeats(&call, &other, 21), None, "a first delivery that is late");
    }

    #[test]
    fn an_equal_body_is_a_repeat_at_any_time_and_gets_its_own_answer() {
        let (first, again) = (said("ja", "short"), said("ja", "longer"));
        let call = call(&[(&first, 5), (&again, 60)]);

        assert_eq!(repeats(&call, &first, 9_999), Some(first.key()));
        assert_eq!(repeats(&call, &again, 9_999), Some(again.key()));
    }

    #[test]
    fn the_same_words_in_another_body_are_a_repeat_for_a_while_and_after_the_end_for_ever() {
        let (first, again) = (said("ja", "short"), said("ja", "longer"));
        let mut call = call(&[(&first, 5)]);

        assert_eq!(repeats(&call, &again, 15), Some(first.key()));
        assert_eq!(repeats(&call, &again, 16), None, "the caller says it again");
        assert_eq!(repeats(&call, &said("j", "longer"), 6), None);
        call.apply(&Event::Ended { ending: Ending::HungUp }, at(20));
        assert_eq!(repeats(&call, &again, 9_999), Some(first.key()));
        assert_eq!(repeats(&call, &said("nein", "longer"), 21), None, "a first delivery that is late");
    }
}
