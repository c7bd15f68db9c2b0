//! Services and their event types at Cal.com: whether each can be found, fits, and can be booked by telephone.

use super::bookable::{Unbookable, unbookable};
use super::{AccountFacts, Area, Asked, EventType, Facts, Finding, Knowledge, Scheduling};
use crate::domain::directory::{Branch, Company, Offer, Service};

/// How many event types are proposed where one is missing.
const PROPOSED_MAX: usize = 8;

pub(super) fn findings(company: &Company, facts: &Facts) -> Vec<Finding> {
    let services = company.branches.iter().flat_map(|branch| {
        branch.services.iter().map(move |service| Place { company, branch, service, facts })
    });
    services.flat_map(Place::findings).collect()
}

/// A service of a branch, and what is known.
#[derive(Clone, Copy)]
struct Place<'a> {
    company: &'a Company,
    branch: &'a Branch,
    service: &'a Service,
    facts: &'a Facts,
}

impl Place<'_> {
    fn findings(self) -> Vec<Finding> {
        if self.service.offers.is_empty() {
            return vec![self.missing()];
        }
        self.service.offers.iter().flat_map(|offer| self.offer(offer)).collect()
    }

    fn missing(self) -> Finding {
        let fix = format!("{}: event_type_id = {}; then fernamt apply FILE", self.place(), self.proposals());
        let what = "no event_type_id: nobody can book it, so it is not offered to callers";
        Finding::red(Area::Service, self.subject(), what, fix)
    }

    /// What Cal.com has to offer, those of the right length first.
    fn proposals(self) -> String {
        let accounts = self.company.accounts.iter();
        let known = accounts.filter_map(|account| self.facts.accounts.get(&account.id));
        let mut types: Vec<_> = known.flat_map(|known: &AccountFacts| &known.own_event_types).collect();
        types.sort_by_key(|(_, _, length)| *length != Some(self.service.duration_minutes));
        let told = types.iter().take(PROPOSED_MAX).map(|(id, title, length)| {
            let length = length.map(|minutes| format!(", {minutes} min")).unwrap_or_default();
            format!("{id} (\"{title}\"{length})")
        });
        let told: Vec<String> = told.collect();
        if told.is_empty() {
            return "the number at the end of the event type's address at Cal.com (…/event-types/NUMBER)"
                .into();
        }
        format!("one of Cal.com's: {}", told.join(", "))
    }

    fn offer(self, offer: &Offer) -> Vec<Finding> {
        let nothing = Knowledge::default();
        let calendar = self.company.calendar(offer.calendar);
        let key = calendar.map(|calendar| (calendar.account, offer.event_type_id));
        let known = key.and_then(|key| self.facts.event_types.get(&key)).unwrap_or(&nothing);
        let id = offer.event_type_id;
        match &known.event_type {
            Asked::Known(Some(event_type)) => self.of_event_type(offer, event_type, known.has_listed_booking),
            Asked::Known(None) => {
                let what = format!("Cal.com has no event type {id} that this key may read");
                let fix = format!(
                    "{}: event_type_id = {}; then fernamt apply FILE",
                    self.place(),
                    self.proposals()
                );
                vec![Finding::red(Area::Service, self.subject(), what, fix)]
            }
            unknown @ (Asked::NotAsked | Asked::BadKey | Asked::Failed(_)) => {
                let why = unknown.why_unknown().unwrap_or_default();
                let fix = "see the findings about the Cal.com account";
                vec![Finding::yellow(Area::Service, self.subject(), format!("event type {id}: {why}"), fix)]
            }
        }
    }

    fn of_event_type(self, offer: &Offer, event_type: &EventType, is_listed: bool) -> Vec<Finding> {
        let at = At { place: self, id: offer.event_type_id, event_type };
        let mut findings = vec![at.length()];
        findings.extend(at.notice());
        findings.extend(at.window());
        findings.extend(at.buffers());
        findings.extend(at.kind());
        findings.extend(at.fixed());
        findings.extend(at.refusals());
        if !is_listed {
            findings.extend(at.visibility(offer));
        }
        findings
    }

    /// Whether another event type of this service takes so long.
    fn takes_elsewhere(self, minutes: u32) -> bool {
        let known = self.service.offers.iter().filter_map(|offer| {
            let account = self.company.calendar(offer.calendar)?.account;
            self.facts.event_types.get(&(account, offer.event_type_id))?.event_type.known()?.as_ref()
        });
        known.into_iter().any(|event_type| event_type.length_minutes == Some(minutes))
    }

    fn subject(self) -> String {
        format!("{}/{}", self.branch.slug, self.service.slug)
    }

    fn place(self) -> String {
        format!(
            "in the company's file, under [[branch]] \"{}\", [[branch.service]] \"{}\"",
            self.branch.slug, self.service.slug
        )
    }
}

/// An event type in the place where it is used.
#[derive(Clone, Copy)]
struct At<'a> {
    place: Place<'a>,
    id: i64,
    event_type: &'a EventType,
}

impl At<'_> {
    /// The event type's own length is what is booked.
    fn length(self) -> Finding {
        let ours = self.place.service.duration_minutes;
        let id = self.id;
        match self.event_type.length_minutes {
            Some(theirs) if theirs == ours => {
                let what = format!("event type {id} is there and takes {ours} minutes");
                Finding::green(Area::Service, self.place.subject(), what)
            }
            Some(theirs) => {
                let several =
                    if self.event_type.length_options.len() > 1 { " unless told otherwise" } else { "" };
                let what = format!(
                    "event type {id} takes {theirs} minutes{several}, the service says {ours}: {theirs} would be booked"
                );
                let fix = if self.place.takes_elsewhere(ours) {
                    format!(
                        "at Cal.com let event type {id} take {ours} minutes, as the service's others do; or make a service of its \
                         own of it in the company's file, with duration_minutes = {theirs}"
                    )
                } else {
                    format!(
                        "{}: duration_minutes = {theirs}; then fernamt apply FILE; or at Cal.com let event type {id} take {ours} \
                         minutes",
                        self.place.place()
                    )
                };
                Finding::red(Area::Service, self.place.subject(), what, fix)
            }
            None => {
                let what = "Cal.com does not say how long it takes";
                self.yellow(
                    what,
                    format!("at Cal.com → Event types → {id}: set a duration of {ours} minutes"),
                )
            }
        }
    }

    fn notice(self) -> Option<Finding> {
        let (theirs, ours) =
            (self.event_type.minimum_notice_minutes, self.place.company.policy.min_notice_minutes);
        let what = format!(
            "Cal.com wants {theirs} minutes of notice, the company's rules {ours}: sooner times are never free"
        );
        let fix = format!(
            "in the company's file, under [company.policy]: min_notice_minutes = {theirs}, so that callers hear the reason; \
             then fernamt apply FILE"
        );
        (theirs > ours).then(|| self.yellow(&what, fix))
    }

    fn window(self) -> Option<Finding> {
        let ours = self.place.company.policy.max_horizon_days;
        let until = self.event_type.window_until.map(|last| {
            let now = self.place.facts.now.to_zoned(self.place.branch.zone.clone()).date();
            u32::try_from(now.until(last).map_or(0, |span| span.get_days())).unwrap_or(0)
        });
        let theirs = self.event_type.window_days.into_iter().chain(until).min()?;
        let what = format!(
            "Cal.com lets it be booked {theirs} days ahead, the company's rules {ours}: later times are never free"
        );
        let fix = format!(
            "at Cal.com → Event types → {} → Limits: a longer booking window; or in the company's file, under \
             [company.policy]: max_horizon_days = {theirs}, so that callers hear the reason; then fernamt apply FILE",
            self.id
        );
        (theirs < ours).then(|| self.yellow(&what, fix))
    }

    /// What callers are promised can be changed, and Cal.com forbids.
    fn fixed(self) -> Option<Finding> {
        let of = self.event_type;
        let (what, switch) = match (of.disables_cancelling, of.disables_rescheduling) {
            (false, false) => return None,
            (true, false) => ("called off", "Disable cancelling"),
            (false, true) => ("moved", "Disable rescheduling"),
            (true, true) => ("moved or called off", "Disable cancelling\" and \"Disable rescheduling"),
        };
        let what = format!("its bookings cannot be {what}: a caller who asks for it is called back");
        let fix = format!("at Cal.com → Event types → {} → Advanced: switch off \"{switch}\"", self.id);
        Some(self.yellow(&what, fix))
    }

    fn buffers(self) -> Option<Finding> {
        let minutes = self.event_type.buffer_minutes;
        let what = format!(
            "Cal.com keeps {minutes} minutes free round each appointment; holds do not, so that of two callers for \
             neighbouring times the second may be called back"
        );
        let fix = format!("at Cal.com → Event types → {} → Limits: no buffers, or live with it", self.id);
        (minutes > 0).then(|| self.yellow(&what, fix))
    }

    /// Kinds that are booked, but mean something else than a caller thinks.
    fn kind(self) -> Vec<Finding> {
        let of = self.event_type;
        let fix = |what: &str| format!("at Cal.com → Event types → {}: {what}", self.id);
        let mut findings = Vec::new();
        if of.requires_confirmation {
            let what = "its owner must confirm each booking at Cal.com: until then it is only requested";
            findings.push(self.yellow(what, fix("switch off \"Requires confirmation\"")));
        }
        if of.is_hidden {
            let what = "it is hidden at Cal.com: only the telephone books it";
            findings.push(self.yellow(what, fix("show it, unless that is meant")));
        }
        if of.scheduling == Scheduling::RoundRobin {
            let what = "Cal.com chooses who takes it (round robin): whoever is named on the telephone may not be who comes";
            let fix = format!("{}: leave staff out, or name one person's own event type", self.place.place());
            findings.extend(
                self.place
                    .service
                    .offers
                    .iter()
                    .any(|offer| offer.staff.is_some())
                    .then(|| self.yellow(what, fix)),
            );
        }
        findings
    }

    /// Kinds that are not booked at all.
    fn refusals(self) -> Vec<Finding> {
        let refused = unbookable(self.event_type).into_iter();
        refused
            .map(|Unbookable { why, fix }| {
                self.red(&why, format!("at Cal.com → Event types → {}: {fix}", self.id))
            })
            .collect()
    }

    /// Whether this key lists bookings of other people is only known once one stands there.
    fn visibility(self, offer: &Offer) -> Option<Finding> {
        let calendar = self.place.company.calendar(offer.calendar)?;
        let me = self.place.facts.accounts.get(&calendar.account)?.me.known()?;
        if self.event_type.hosts.is_empty() || self.event_type.hosts.contains(me) {
            return None;
        }
        let what = format!(
            "the key belongs to user {me}, event type {} to others: whether their bookings can be listed, which a lost answer \
             makes necessary, is not known before the first one stands",
            self.id
        );
        let account =
            self.place.company.account_of(offer.calendar).map_or("default", |account| &account.name);
        let fix = format!(
            "{}: a key of the host, or of somebody who administers the host's team; or check again after the first booking",
            super::calendars::place(account)
        );
        Some(self.yellow(&what, fix))
    }

    fn red(self, what: &str, fix: String) -> Finding {
        Finding::red(Area::Service, self.place.subject(), format!("event type {}: {what}", self.id), fix)
    }

    fn yellow(self, what: &str, fix: String) -> Finding {
        Finding::yellow(Area::Service, self.place.subject(), format!("event type {}: {what}", self.id), fix)
    }
}
