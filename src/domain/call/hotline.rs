//! Before the branch is known, and when another one is asked about: what was said stays, and nothing moves unasked.

use super::desk::{Asked, Desk};
use super::facts::Need;
use super::finish::wished;
use super::{Event, Function, Parting, Request, Words};
use crate::domain::answer::{Answer, Status};
use crate::domain::appointment::{Draft, Stage, Wish};
use crate::domain::callback::Reason;
use crate::domain::directory::{Branch, Called, Company, Service};
use crate::domain::speech::names::fold;
use crate::domain::speech::sentences;

/// Words by which a caller leaves it to us where to come; folded.
const ANYWHERE: [&str; 9] =
    ["egal", "beliebig", "irgendwo", "irgendeine", "any", "anywhere", "either", "whichever", "whatever"];

impl<'a> Desk<'a> {
    /// The branch of this call; a hotline asks for it.
    pub(super) fn branch(&mut self, request: &Request) -> Result<&'a Branch, Box<Answer>> {
        let company = self.company;
        let known = self.call.branch.and_then(|id| company.branch(id));
        let called = self.branch_named(request);
        // A time that was offered at another branch is one there.
        let called = called.or_else(|| self.branch_of(request.slot_id.as_deref()?, known?).map(Called::One));
        let branch = match (known, called) {
            (Some(known), None) => return Ok(known),
            (_, Some(Called::One(called))) => called,
            (_, Some(Called::Several(several))) => return Err(Box::new(self.which_branch(&several, false))),
            (_, Some(Called::Nobody)) => return Err(Box::new(self.which_branch(&all(company), true))),
            (None, None) => match company.branches.as_slice() {
                [only] => only,
                _ => return Err(Box::new(self.which_branch(&all(company), false))),
            },
        };
        if known.is_some_and(|known| known.id == branch.id) {
            return Ok(branch);
        }
        if let Some(known) = known.filter(|_| self.call.drafts.values().any(|draft| draft.is_promised())) {
            let sentence = sentences::one_branch_a_call(&known.name, company.language);
            return Err(Box::new(
                Answer::new(Status::Clarify, sentence).with("candidates", vec![known.name.clone()]),
            ));
        }
        self.choose_branch(branch);
        Ok(branch)
    }

    /// What was named as the branch; None: nothing was, or it is all the same.
    fn branch_named(&self, request: &Request) -> Option<Called<&'a Branch>> {
        let company = self.company;
        // Where there is only one to go to, nothing else can be meant.
        let words = request.branch.as_deref().filter(|_| company.branches.len() > 1)?;
        let called = company.branches_called(words);
        let is_anywhere = fold(words).split(' ').any(|word| ANYWHERE.contains(&word));
        Some(called).filter(|called| !(is_anywhere && matches!(called, Called::Nobody)))
    }

    /// From now on it is about this branch; what was wanted elsewhere and is given here, too, is wanted here.
    pub(super) fn choose_branch(&mut self, branch: &'a Branch) {
        let company = self.company;
        let elsewhere = |draft: &Draft| !draft.is_promised() && draft.change.is_none();
        let open = self.call.drafts.iter().filter(|(_, draft)| elsewhere(draft));
        let wishes: Vec<(u8, Wish)> =
            open.map(|(number, draft)| (*number, here(company, branch, &draft.wish))).collect();
        self.record(Event::BranchChosen { branch: branch.id });
        for (appointment, wish) in wishes {
            if !wish.is_empty() {
                self.record(Event::heard(appointment, wish));
            }
        }
    }

    /// The other branch at which this slot was offered, if it was.
    fn branch_of(&self, handle: &str, known: &Branch) -> Option<&'a Branch> {
        let event_type = self.call.slot_called(handle)?.slot.event_type_id;
        let offers_it =
            |branch: &&Branch| branch.services.iter().any(|service| service.offer_of(event_type).is_some());
        self.company.branches.iter().find(offers_it).filter(|_| !offers_it(&known))
    }

    fn which_branch(&self, branches: &[&Branch], is_unknown: bool) -> Answer {
        let names: Vec<String> = branches.iter().map(|branch| branch.name.clone()).collect();
        let question = sentences::which_branch(&names, is_unknown, self.company.language);
        Answer::new(Status::Incomplete, question).with("missing", vec!["filiale"]).with("branches", names)
    }

    /// What is asked about another branch is answered for it, and the call stays where it is.
    pub(super) fn about_another_branch(&self, function: &Function, request: &Request) -> Option<Answer> {
        self.call.branch?;
        let Some(Called::One(branch)) = self.branch_named(request) else { return None };
        match function {
            Function::ListServices => Some(self.list_services(branch)),
            Function::OpeningHours => Some(self.opening_hours(branch, request)),
            Function::CheckAvailability
            | Function::CollectAppointment
            | Function::RequestCallback
            | Function::FindAppointments
            | Function::ConfirmAppointment
            | Function::ChangeAppointment
            | Function::CancelAppointment
            | Function::Unknown(_) => None,
        }
    }

    /// Nobody knows yet where the caller wants to come: what is there already needs no branch, a callback is noted for the
    /// company, and what is wanted is kept until the branch is named.
    pub(super) fn without_a_branch(
        &mut self,
        function: &Function,
        request: &Request,
        question: Answer,
    ) -> Result<Answer, Need> {
        let Some(first) = self.here_or_first() else { return Ok(question) };
        match function {
            Function::CheckAvailability | Function::CollectAppointment => {
                self.keep_for_the_branch(first, request);
                Ok(question)
            }
            Function::RequestCallback => Ok(self.request_callback(first, request)),
            Function::FindAppointments => self.find_appointments(first, request),
            Function::ConfirmAppointment => self.confirm_appointment(first, request),
            Function::ChangeAppointment => {
                let answer = self.change_appointment(first, request);
                self.settle_where_it_is();
                answer
            }
            Function::CancelAppointment => {
                let answer = self.cancel_appointment(first, request);
                self.settle_where_it_is();
                answer
            }
            Function::ListServices | Function::OpeningHours | Function::Unknown(_) => Ok(question),
        }
    }

    /// What is being changed is at one branch, and the call is about that one.
    fn settle_where_it_is(&mut self) {
        let mut changes = self.call.drafts.values().filter_map(|draft| draft.change.as_ref());
        if let Some(branch) = changes.next().map(|change| change.branch) {
            self.record(Event::BranchChosen { branch });
        }
    }

    /// Takes in what was said as if it were about whichever branch gives that service.
    fn keep_for_the_branch(&mut self, first: &'a Branch, request: &Request) {
        let company = self.company;
        let Some(number) = self.appointment_of(request) else { return };
        let before = self.draft(number);
        let gives_it = |branch: &&Branch| match (request.service.as_deref(), before.wish.service) {
            (Some(words), _) => branch.service_called(words).is_some(),
            (None, Some(service)) => branch.service(service).is_some(),
            (None, None) => false,
        };
        let place = company.branches.iter().find(gives_it).unwrap_or(first);
        let mut heard = self.hear(place, number, request);
        if request.service.is_none() {
            heard.wish.service = before.wish.service;
        }
        self.take_in(number, &before, &heard);
    }

    /// The caller hung up before saying where, and all else was known: somebody asks.
    pub(super) fn ask_where(&mut self, words: &Words) {
        let Some(first) = self.here_or_first() else { return };
        if self.call.taken_over || words.parting() == Parting::PutThrough {
            return;
        }
        let reason = if self.call.is_unreported() { Reason::NeverReported } else { Reason::CutOff };
        let company = self.company;
        let is_whole = |draft: &Draft| {
            let wish = &draft.wish;
            draft.stage == Stage::Open
                && draft.change.is_none()
                && wish.service.is_some()
                && wish.says_a_day()
                && wish.says_a_time()
                && draft.person.name.is_some()
        };
        let whole: Vec<u8> = self
            .call
            .drafts
            .iter()
            .filter(|(number, draft)| is_whole(draft) && self.call.reachable_at(**number).is_some())
            .map(|(number, _)| *number)
            .collect();
        for number in whole {
            let draft = self.draft(number);
            let gives_it =
                |branch: &&Branch| draft.wish.service.is_some_and(|id| branch.service(id).is_some());
            let place = company.branches.iter().find(gives_it).unwrap_or(first);
            let asked = Asked { wish: wished(&draft, place), ..Asked::default() };
            self.call_back_as(place, number, reason, asked);
        }
    }
}

fn all(company: &Company) -> Vec<&Branch> {
    company.branches.iter().collect()
}

/// The service and the person of a wish, as far as this branch has them by the same name.
fn here(company: &Company, branch: &Branch, wish: &Wish) -> Wish {
    let named = wish.service.and_then(|id| company.branches.iter().find_map(|other| other.service(id)));
    let is_it = |service: &&Service, one: &Service| {
        service.slug == one.slug || fold(&service.name) == fold(&one.name)
    };
    let service = named.and_then(|one| branch.offered().find(|service| is_it(service, one)));
    let staff = wish
        .staff
        .clone()
        .filter(|staff| service.is_some_and(|service| service.offers_by(Some(staff)).next().is_some()));
    Wish { service: service.map(|service| service.id), staff, ..Wish::default() }
}
