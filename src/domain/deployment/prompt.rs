//! The agent's prompt, from a template of its language and trade: it speaks of the functions that are on, and of no other.

use askama::Template;

use super::catalogue::{self, Place};
use super::reception::{Reception, Trade};
use crate::domain::directory::{Branch, Company};
use crate::domain::policy::{BookingMoment, CallerId};
use crate::domain::speech::Language;

/// What a template speaks of.
#[expect(clippy::struct_excessive_bools, reason = "independent settings of a company")]
struct Speaker<'a> {
    company: &'a str,
    /// Company and branch, as they are named in the greeting.
    house: String,
    on: On,
    hotline: bool,
    asks_for_yes: bool,
    in_call: bool,
    by_code: bool,
    recording: Option<&'a str>,
    extra: Option<&'a str>,
    /// What the inbound webhook tells while it rings, line by line.
    known: String,
    emergency: &'static str,
    trade: &'static str,
}

/// Which functions are on.
#[expect(clippy::struct_excessive_bools, reason = "one switch for each function of the contract")]
struct On {
    check: bool,
    collect: bool,
    change: bool,
    cancel: bool,
    find: bool,
    confirm: bool,
    callback: bool,
    services: bool,
    hours: bool,
}

#[derive(Template)]
#[template(path = "prompt/de.txt")]
struct German<'a> {
    it: &'a Speaker<'a>,
}

#[derive(Template)]
#[template(path = "prompt/en.txt")]
struct English<'a> {
    it: &'a Speaker<'a>,
}

/// The prompt for the agent of a branch, in the company's language.
pub fn text(company: &Company, branch: &Branch, reception: &Reception) -> String {
    let language = company.language;
    let place = Place::of(company, reception.trade());
    let speaker = Speaker {
        company: &company.name,
        house: house(company, branch, place),
        on: On::of(reception),
        hotline: place.has_several_branches,
        asks_for_yes: place.asks_for_yes,
        in_call: company.policy.booking_moment == BookingMoment::InCall,
        by_code: company.policy.caller_id == CallerId::Code,
        recording: reception.recording(),
        extra: reception.extra(),
        known: known(language, place),
        emergency: emergency(reception.trade(), language),
        trade: of_trade(reception.trade(), language),
    };
    let text = match language {
        Language::De => German { it: &speaker }.render(),
        Language::En => English { it: &speaker }.render(),
    };
    // Writing into a text does not fail.
    let text = text.unwrap_or_default();
    text.trim().to_owned() + "\n"
}

/// A hotline speaks for the company, and so does an agent of several branches; a branch whose name has the company's in it needs
/// no second name.
fn house(company: &Company, branch: &Branch, place: Place) -> String {
    let is_its = |other: &&Branch| other.agent_id.is_some() && other.agent_id == branch.agent_id;
    let is_shared = company.branches.iter().filter(is_its).count() > 1;
    if place.has_several_branches || is_shared || branch.name.is_empty() {
        return company.name.clone();
    }
    if branch.name.contains(&company.name) {
        branch.name.clone()
    } else {
        format!("{}, {}", company.name, branch.name)
    }
}

impl On {
    fn of(reception: &Reception) -> Self {
        let is_on = |name: &str| catalogue::entry(name).is_some_and(|entry| reception.is_on(entry));
        Self {
            check: is_on("check_availability"),
            collect: is_on("collect_appointment"),
            change: is_on("change_appointment"),
            cancel: is_on("cancel_appointment"),
            find: is_on("find_appointments"),
            confirm: is_on("confirm_appointment"),
            callback: is_on("request_callback"),
            services: is_on("list_services"),
            hours: is_on("opening_hours"),
        }
    }

    fn existing(&self) -> bool {
        self.change || self.cancel || self.find || self.confirm
    }
}

/// The variables of the inbound webhook (`domain::ringing`), each with what it is.
fn known(language: Language, place: Place) -> String {
    let mut lines = match language {
        Language::De => vec![
            "Heute ist {{heute}} ({{wochentag}}, {{heute_datum}}), es ist {{uhrzeit_jetzt}}.",
            "Die nächsten Tage: {{naechste_tage}}",
            "Jetzt geöffnet: {{geoeffnet}}. {{oeffnungsstatus}} Heute: {{oeffnungszeiten_heute}}",
            "Leistungen: {{dienstleistungen}}. Mitarbeiter: {{mitarbeiter}}.",
            "Zum Anrufer, nur für dich: {{stammkunde_hinweis}}",
        ],
        Language::En => vec![
            "Today is {{heute}} ({{wochentag}}, {{heute_datum}}), it is {{uhrzeit_jetzt}}.",
            "The next days: {{naechste_tage}}",
            "Open now: {{geoeffnet}}. {{oeffnungsstatus}} Today: {{oeffnungszeiten_heute}}",
            "Services: {{dienstleistungen}}. Staff: {{mitarbeiter}}.",
            "About the caller, for you alone: {{stammkunde_hinweis}}",
        ],
    };
    if place.has_several_branches {
        lines.push(match language {
            Language::De => "Filialen: {{filialen}}. Angerufen wurde: {{filiale}}",
            Language::En => "Branches: {{filialen}}. The one that was called: {{filiale}}",
        });
    }
    lines.join("\n")
}

fn emergency(trade: Trade, language: Language) -> &'static str {
    match (trade, language) {
        (Trade::Practice, Language::De) => {
            "Schildert jemand einen Notfall (Brustschmerz, Atemnot, Lähmung, starke Blutung, Bewusstlosigkeit), sage sofort, dass \
             er die 112 anrufen soll; bei dringenden Beschwerden außerhalb der Sprechzeit die 116 117. Beurteile selbst nichts."
        }
        (Trade::Practice, Language::En) => {
            "If somebody describes an emergency (chest pain, trouble breathing, paralysis, heavy bleeding, unconsciousness), tell \
             them at once to call 112; for what is urgent outside the hours, 116 117 in Germany. Judge nothing yourself."
        }
        (Trade::Workshop, Language::De) => {
            "Ist jemand verletzt oder in Gefahr, sage sofort, dass er die 112 anrufen soll. Ist jemand liegen geblieben, frage \
             zuerst, ob er an einer sicheren Stelle steht."
        }
        (Trade::Workshop, Language::En) => {
            "If somebody is hurt or in danger, tell them at once to call 112. If somebody has broken down, first ask whether they \
             are in a safe place."
        }
        (Trade::General | Trade::Salon, Language::De) => {
            "Ist jemand verletzt oder in Gefahr, sage sofort, dass er die 112 anrufen soll."
        }
        (Trade::General | Trade::Salon, Language::En) => {
            "If somebody is hurt or in danger, tell them at once to call 112."
        }
    }
}

fn of_trade(trade: Trade, language: Language) -> &'static str {
    match (trade, language) {
        (Trade::General, _) => "",
        (Trade::Salon, Language::De) => {
            "\n\n# Im Salon\nFrage, welche Leistung gewünscht ist, und bei wem, wenn der Anrufer jemanden nennt. Dauer und Preis nennst \
             du nur, wenn sie in einer Antwort stehen. Ob eine Farbe oder Behandlung passt, klärt das Team vor Ort."
        }
        (Trade::Salon, Language::En) => {
            "\n\n# In the salon\nAsk which service is wanted, and by whom if the caller names somebody. Say how long it takes or what it \
             costs only if an answer has it. Whether a colour or treatment suits is for the team to say."
        }
        (Trade::Practice, Language::De) => {
            "\n\n# In der Praxis\nFrage nicht nach Beschwerden, Diagnosen oder Medikamenten; die Terminart genügt. Erzählt jemand davon, \
             nimm es freundlich an, wiederhole es nicht und schreibe es nirgends hin. Gib keinen medizinischen Rat, keine Befunde und \
             keine Auskunft an Dritte. Rezepte, Überweisungen und Befunde klärt das Praxisteam."
        }
        (Trade::Practice, Language::En) => {
            "\n\n# In the practice\nDo not ask about complaints, diagnoses or medicines; the kind of appointment is enough. If somebody \
             speaks of them, take it kindly, do not repeat it and write it down nowhere. Give no medical advice, no results, and \
             nothing to third parties. Prescriptions, referrals and results are for the practice's team."
        }
        (Trade::Workshop, Language::De) => {
            "\n\n# In der Werkstatt\nFrage, welche Arbeit gewünscht ist. Fahrzeug, Gerät oder Kennzeichen nimmst du auf, wenn der Anrufer \
             es nennt. Stelle keine Ferndiagnose und nenne keine Preise oder Fertigstellungstermine, die nicht in einer Antwort stehen."
        }
        (Trade::Workshop, Language::En) => {
            "\n\n# In the workshop\nAsk which work is wanted. Take down the vehicle, appliance or number plate if the caller names it. Make \
             no diagnosis from afar, and name no prices or completion dates that no answer has."
        }
    }
}

#[cfg(test)]
mod tests;
