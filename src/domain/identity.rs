//! Who the caller is: by what a company's policy lets somebody hear of appointments that exist already, and change them.
//!
//! Pure: whoever asks has looked up what is known; here it is only judged. A number can be forged and is shared, so it
//! proves nothing about a name; a name proves nothing without a number or a code.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::ids::CustomerId;
use super::policy::CallerId;
use super::speech::names::{Likeness, fold, likeness};

/// A customer who may be the caller.
#[derive(Clone, PartialEq, Eq)]
pub struct Known {
    pub customer: CustomerId,
    /// Folded.
    pub name: String,
    /// The caller's number was seen on a call of theirs; one that was only spoken does not count.
    pub is_at_this_number: bool,
}

impl fmt::Debug for Known {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Known").field("customer", &self.customer).finish_non_exhaustive()
    }
}

impl fmt::Debug for Said<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Said").field("code", &self.code).finish_non_exhaustive()
    }
}

/// By what a caller was identified.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// The number alone; only where the policy says so.
    Number,
    /// The number of one customer, and a name that fits.
    Name,
    /// The number of several, and the full name of one.
    FullName,
    /// The code of one of their bookings, and a name that fits.
    Code,
}

/// What came of a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    NotGiven,
    Wrong,
    /// It is that of a booking of theirs.
    Right(CustomerId),
}

/// What a caller has put forward this time.
#[derive(Clone, Copy)]
pub struct Said<'a> {
    pub name: Option<&'a str>,
    pub code: Code,
}

/// What is known when a caller is judged.
#[derive(Clone, Copy, Debug)]
pub struct Evidence<'a> {
    pub policy: CallerId,
    pub known: &'a [Known],
    /// Who the caller has shown to be earlier in this call.
    pub before: &'a [CustomerId],
    pub said: Said<'a>,
}

/// The judgement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// They may hear of these customers' appointments. None: as was judged before in this call.
    Granted { customers: Vec<CustomerId>, basis: Option<Basis> },
    /// Nothing has been put forward so far.
    Open,
    /// What was put forward fits nobody: one of the tries is used up.
    Failed,
}

impl Basis {
    /// Whether the caller may also hear what an appointment is for and with whom; a number with a name is told day and
    /// time only, since whoever shares the number knows the name.
    pub fn tells_what_for(self) -> bool {
        match self {
            Self::Code => true,
            Self::Number | Self::Name | Self::FullName => false,
        }
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Number => "number",
            Self::Name => "name",
            Self::FullName => "full_name",
            Self::Code => "code",
        }
    }
}

/// Who the caller is. The same for a name that is wrong and a person who does not exist.
pub fn judge(evidence: &Evidence<'_>) -> Verdict {
    if let Code::Right(customer) = evidence.said.code {
        return Verdict::Granted { customers: vec![customer], basis: Some(Basis::Code) };
    }
    if let Some((customers, basis)) = by_number(evidence) {
        return Verdict::Granted { customers, basis: Some(basis) };
    }
    let Said { name, code } = evidence.said;
    if !evidence.before.is_empty() && code == Code::NotGiven && name.is_none_or(|name| still(evidence, name))
    {
        return Verdict::Granted { customers: evidence.before.to_vec(), basis: None };
    }
    if name.is_none() && code == Code::NotGiven { Verdict::Open } else { Verdict::Failed }
}

fn by_number(evidence: &Evidence<'_>) -> Option<(Vec<CustomerId>, Basis)> {
    if evidence.policy == CallerId::Code {
        return None;
    }
    let here: Vec<&Known> = evidence.known.iter().filter(|known| known.is_at_this_number).collect();
    match (here.as_slice(), evidence.said.name) {
        ([only], None) if evidence.policy == CallerId::Match => Some((vec![only.customer], Basis::Number)),
        ([only], Some(name)) if likeness(name, &only.name) != Likeness::Other => {
            Some((vec![only.customer], Basis::Name))
        }
        ([_] | [], _) | (_, None) => None,
        (several, Some(name)) => one_of(several, name).map(|customers| (customers, Basis::FullName)),
    }
}

/// The one of a family who is called like that in full; by sound only where nobody is spelled so.
fn one_of(several: &[&Known], name: &str) -> Option<Vec<CustomerId>> {
    let whole: Vec<&&Known> =
        several.iter().filter(|known| likeness(name, &known.name) == Likeness::Whole).collect();
    let folded = fold(name);
    let spelled: Vec<CustomerId> =
        whole.iter().filter(|known| known.name == folded).map(|known| known.customer).collect();
    match (spelled.is_empty(), whole.as_slice()) {
        // Two of exactly one name cannot be told apart by anybody.
        (false, _) => Some(spelled),
        (true, [only]) => Some(vec![only.customer]),
        (true, _) => None,
    }
}

/// Whether a name still means who the caller has shown to be.
fn still(evidence: &Evidence<'_>, name: &str) -> bool {
    let mut before = evidence.known.iter().filter(|known| evidence.before.contains(&known.customer));
    before.any(|known| likeness(name, &known.name) != Likeness::Other)
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn erika() -> CustomerId {
        Uuid::from_u128(1).into()
    }

    fn jonas() -> CustomerId {
        Uuid::from_u128(2).into()
    }

    fn known(customer: CustomerId, name: &str) -> Known {
        Known { customer, name: name.into(), is_at_this_number: true }
    }

    fn alone() -> Vec<Known> {
        vec![known(erika(), "erika beispiel")]
    }

    fn family() -> Vec<Known> {
        vec![known(erika(), "erika beispiel"), known(jonas(), "jonas beispiel")]
    }

    fn by(policy: CallerId, known: &[Known], name: Option<&str>) -> Verdict {
        judge(&Evidence { policy, known, before: &[], said: Said { name, code: Code::NotGiven } })
    }

    fn granted(customer: CustomerId, basis: Basis) -> Verdict {
        Verdict::Granted { customers: vec![customer], basis: Some(basis) }
    }

    #[test]
    fn the_number_of_one_customer_needs_a_name_that_fits() {
        let name = |name| by(CallerId::MatchAndName, &alone(), name);

        assert_eq!(name(None), Verdict::Open);
        for fitting in ["Erika Beispiel", "Frau Beispiel", "Erica Baispiel", "Beispiel"] {
            assert_eq!(name(Some(fitting)), granted(erika(), Basis::Name), "{fitting}");
        }
        for other in ["Erika", "Jonas Beispiel", "Muster"] {
            assert_eq!(name(Some(other)), Verdict::Failed, "{other}");
        }
    }

    #[test]
    fn a_family_number_needs_the_full_name() {
        let name = |name| by(CallerId::MatchAndName, &family(), name);

        assert_eq!(name(None), Verdict::Open);
        assert_eq!(name(Some("Beispiel")), Verdict::Failed);
        assert_eq!(name(Some("Herr Jonas Beispiel")), granted(jonas(), Basis::FullName));
        assert_eq!(name(Some("Erica Beispiel")), granted(erika(), Basis::FullName));
    }

    #[test]
    fn of_two_who_sound_alike_the_one_who_is_spelled_so_is_meant() {
        let twins = [known(erika(), "anna beispiel"), known(jonas(), "hanna beispiel")];
        let name = |name| by(CallerId::MatchAndName, &twins, Some(name));

        assert_eq!(name("Hanna Beispiel"), granted(jonas(), Basis::FullName));
        assert_eq!(name("Ana Beispiel"), Verdict::Failed, "it may be either");
    }

    #[test]
    fn a_number_nobody_was_seen_at_and_a_wrong_name_are_judged_alike() {
        for policy in [CallerId::Match, CallerId::MatchAndName, CallerId::Code] {
            assert_eq!(by(policy, &[], Some("Erika Beispiel")), by(policy, &alone(), Some("Otto Muster")));
        }
        let spoken = [Known { is_at_this_number: false, ..known(erika(), "erika beispiel") }];
        assert_eq!(by(CallerId::Match, &spoken, Some("Erika Beispiel")), Verdict::Failed);
    }

    #[test]
    fn the_policy_says_how_much_a_number_is_worth() {
        assert_eq!(by(CallerId::Match, &alone(), None), granted(erika(), Basis::Number));
        assert_eq!(by(CallerId::Match, &family(), None), Verdict::Open);
        assert_eq!(by(CallerId::Match, &alone(), Some("Otto Muster")), Verdict::Failed);
        assert_eq!(by(CallerId::Code, &alone(), Some("Erika Beispiel")), Verdict::Failed);
    }

    #[test]
    fn a_right_code_stands_for_its_customer_alone_and_a_wrong_one_uses_up_a_try() {
        let code = |code| {
            let said = Said { name: Some("Jonas Beispiel"), code };
            judge(&Evidence { policy: CallerId::Code, known: &family(), before: &[], said })
        };

        assert_eq!(code(Code::Right(jonas())), granted(jonas(), Basis::Code));
        assert_eq!(code(Code::Wrong), Verdict::Failed);
    }

    #[test]
    fn who_was_identified_once_stays_so_until_another_name_is_given() {
        let known = [Known { is_at_this_number: false, ..known(erika(), "erika beispiel") }];
        let before = [erika()];
        let name = |name| {
            let said = Said { name, code: Code::NotGiven };
            judge(&Evidence { policy: CallerId::MatchAndName, known: &known, before: &before, said })
        };
        let as_before = Verdict::Granted { customers: vec![erika()], basis: None };

        assert_eq!(name(None), as_before);
        assert_eq!(name(Some("Frau Beispiel")), as_before);
        assert_eq!(name(Some("Jonas Beispiel")), Verdict::Failed);
    }
}
