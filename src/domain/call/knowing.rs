//! Who is calling, at the desk: until that is settled, every function about existing appointments answers alike.

use super::desk::{Asked, Desk, iso};
use super::facts::{Fact, Need};
use super::{Event, Request};
use crate::domain::Hidden;
use crate::domain::answer::{Answer, Status};
use crate::domain::appointment::{Person, Wish};
use crate::domain::callback::{self, Reason};
use crate::domain::directory::Branch;
use crate::domain::identity::{self, Basis, Code, Evidence, Known, Said, Verdict};
use crate::domain::ids::CustomerId;
use crate::domain::phone::{PhoneNumber, in_figures};
use crate::domain::speech::names::{Likeness, likeness};
use crate::domain::speech::sentences;

/// How many figures a code has.
const CODE_FIGURES: usize = 6;
/// How many times the tries of one number all callers without a number have in a day, together.
const WITHHELD_SHARE: u32 = 20;

/// Whose appointments the caller may hear of, and by what that is settled.
pub(super) type Granted = Vec<(CustomerId, Basis)>;

/// What there is to judge a caller by, this time.
pub(super) struct Inquest {
    /// There were too many tries, in this call or from this number.
    pub(super) is_over: bool,
    known: Vec<Known>,
    before: Granted,
    name: Option<String>,
    code: Code,
}

impl Desk<'_> {
    /// What there is to judge by.
    pub(super) fn inquest(&self, branch: &Branch, request: &Request) -> Result<Inquest, Need> {
        let policy = &self.company.policy;
        let number = self.call.caller.number().filter(|_| !request.as_withheld).cloned();
        let number_is_known = number.is_some();
        let before = self.identified_before(request);
        let (known, failed_today) =
            self.persons(number, before.iter().map(|(customer, _)| *customer).collect())?;
        let is_over = self.call.failed_tries >= policy.identity_tries_max
            || failed_today >= self.tries_a_day_max(number_is_known);
        let name = self.person_of(branch, request).0.name;
        let mut inquest = Inquest { is_over, known, before, name, code: Code::NotGiven };
        if let Some(said) = request.code.as_deref().filter(|_| !self.would_be_granted(&inquest)) {
            inquest.code = self.code_said(&inquest, said)?;
        }
        Ok(inquest)
    }

    /// Callers who hide their number share one allowance, which is wider, since they are many.
    fn tries_a_day_max(&self, number_is_known: bool) -> u32 {
        let most = self.company.policy.identity_tries_a_day_max;
        if number_is_known { most } else { most.saturating_mul(WITHHELD_SHARE) }
    }

    /// Who may be calling from that number, with these customers, and how often somebody there failed to show who.
    fn persons(&self, number: Option<PhoneNumber>, and: Vec<CustomerId>) -> Result<(Vec<Known>, u32), Need> {
        let fact = self.about(Need::Persons { number, and })?;
        let Fact::Persons { known, failed_today } = fact else { return Ok((Vec::new(), 0)) };
        Ok((known.clone(), *failed_today))
    }

    /// Whose code it is; without a name nobody looks.
    fn code_said(&self, inquest: &Inquest, said: &str) -> Result<Code, Need> {
        let Some(name) = inquest.name.clone().filter(|_| !inquest.is_over) else {
            return Ok(Code::NotGiven);
        };
        let figures: String = in_figures(said).chars().filter(char::is_ascii_digit).collect();
        if figures.len() != CODE_FIGURES {
            return Ok(Code::Wrong);
        }
        let need = Need::Code { figures: Hidden(figures), name: Hidden(name) };
        Ok(match self.about(need)? {
            Fact::Customer(Some(customer)) => Code::Right(*customer),
            Fact::Customer(None)
            | Fact::Slots(_)
            | Fact::Held(_)
            | Fact::Persons { .. }
            | Fact::Appointments(_)
            | Fact::Earlier(_)
            | Fact::Settled(_) => Code::Wrong,
        })
    }

    /// What a number has shown earlier counts for nothing where nobody vouches for it now.
    fn identified_before(&self, request: &Request) -> Granted {
        let counts = |basis: Basis| !request.as_withheld || basis == Basis::Code;
        self.call.identified.iter().filter(|(_, basis)| counts(*basis)).copied().collect()
    }

    /// Judges and writes down what it comes to: whose appointments it is about, or what to answer.
    pub(super) fn identify(
        &mut self,
        branch: &Branch,
        request: &Request,
        inquest: Inquest,
    ) -> Result<Granted, Answer> {
        if inquest.is_over {
            return Err(self.unidentified(branch, request));
        }
        match self.verdict(&inquest) {
            Verdict::Granted { customers, basis: None } => {
                Ok(inquest.before.into_iter().filter(|(customer, _)| customers.contains(customer)).collect())
            }
            Verdict::Granted { customers, basis: Some(basis) } => {
                let granted: Granted = customers.iter().map(|customer| (*customer, basis)).collect();
                if granted.iter().any(|one| !self.call.identified.contains(one)) {
                    self.record(Event::Identified { customers, basis });
                }
                Ok(granted)
            }
            Verdict::Open => Err(self.identity_needed()),
            Verdict::Failed => {
                self.record(Event::NotIdentified { appointment: None });
                if self.call.failed_tries < self.company.policy.identity_tries_max {
                    return Err(self.identity_needed());
                }
                Err(self.unidentified(branch, request))
            }
        }
    }

    /// The name of an appointment of this call was put forward, and fits nobody: one of the tries, whoever asks how often.
    pub(super) fn count_the_name_of(&mut self, number: u8, inquest: &Inquest) {
        let is_new = !inquest.is_over && !self.draft(number).past.name_was_tried;
        if is_new && self.verdict(inquest) == Verdict::Failed {
            self.record(Event::NotIdentified { appointment: Some(number) });
        }
    }

    /// Whose appointments the name of an appointment of this call opens, by the same tries as any other name.
    pub(super) fn known_as(&mut self, number: u8, inquest: &Inquest) -> Vec<CustomerId> {
        self.count_the_name_of(number, inquest);
        match self.verdict(inquest) {
            Verdict::Granted { customers, .. } if !inquest.is_over => customers,
            Verdict::Granted { .. } | Verdict::Open | Verdict::Failed => Vec::new(),
        }
    }

    /// Whether they would be identified; nothing is written down.
    pub(super) fn would_be_granted(&self, inquest: &Inquest) -> bool {
        !inquest.is_over && matches!(self.verdict(inquest), Verdict::Granted { .. })
    }

    fn verdict(&self, inquest: &Inquest) -> Verdict {
        let before: Vec<CustomerId> = inquest.before.iter().map(|(customer, _)| *customer).collect();
        identity::judge(&Evidence {
            policy: self.company.policy.caller_id,
            known: &inquest.known,
            before: &before,
            said: Said { name: inquest.name.as_deref(), code: inquest.code },
        })
    }

    /// The same for whoever asks whatever: it tells nothing about anybody.
    fn identity_needed(&self) -> Answer {
        Answer::new(Status::IdentityNeeded, sentences::identity_needed(self.company.language))
            .with("missing", vec!["name", "code"])
    }

    /// It is given up for this call: a person calls back, if there is a number to call.
    fn unidentified(&mut self, branch: &Branch, request: &Request) -> Answer {
        let language = self.company.language;
        let person = self.person_of(branch, request).0;
        let said = Person { phone: person.phone, ..Person::default() }.changes_to(&self.draft(1).person);
        if !said.is_empty() {
            self.record(Event::Heard { appointment: 1, wish: Wish::default(), name: None, person: said });
        }
        if self.call.reachable_at(1).is_none() {
            let sentence = sentences::unidentified_without_number(language);
            return Answer::new(Status::Incomplete, sentence).with("missing", vec!["telefonnummer"]);
        }
        let due = match self.call.unidentified_at {
            None => {
                let wish = request.reason.as_deref().map(super::hear::kept);
                let asked = Asked { name: person.name, wish, ..Asked::default() };
                self.call_back_as(branch, 1, Reason::Unidentified, asked)
            }
            // It was promised before, and until when.
            Some(noted_at) => {
                let within = self.company.policy.callback_within_minutes;
                callback::due_from(branch.opening.as_ref(), &branch.zone, within, (None, noted_at))
            }
        };
        let sentence = sentences::unidentified(&self.spoken(due, &branch.zone), language);
        Answer::new(Status::CallbackNoted, sentence).with("until", iso(due, &branch.zone))
    }
}

impl Inquest {
    /// Whether this fits what the caller has put forward: no code, and no name or this one.
    pub(super) fn may_be_about(&self, name: Option<&str>) -> bool {
        let fits = |said: &String| name.is_some_and(|name| likeness(said, name) != Likeness::Other);
        self.code == Code::NotGiven && self.name.as_ref().is_none_or(fits)
    }
}
