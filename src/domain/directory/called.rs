//! Which service, which person a caller means: by name, synonym, part of a compound or a slip of the tongue; never a guess.

use std::ops::Range;

use super::{Branch, Company, Service};
use crate::domain::appointment::StaffWish;
use crate::domain::speech::names;

/// Words round a service that say nothing about which one; folded.
const FILLERS: [&str; 26] = [
    "bitte",
    "ein",
    "eine",
    "einen",
    "einem",
    "einer",
    "einmal",
    "mal",
    "termin",
    "fuer",
    "zum",
    "zur",
    "zu",
    "den",
    "die",
    "das",
    "der",
    "gern",
    "gerne",
    "nur",
    "a",
    "an",
    "the",
    "please",
    "appointment",
    "for",
];
/// Words that join what is wanted; folded.
const JOINTS: [&str; 6] = ["und", "oder", "mit", "and", "or", "with"];
/// A part of a compound this long names it: "Schnitt" in "Haarschnitt", but not "ab" in anything.
const PART_CHARS_MIN: usize = 5;
/// Words less alike than this (of 1, by Jaro and Winkler) do not sound alike.
const LIKE: f64 = 0.85;
/// Longer words are no service somebody said; it bounds the work.
const WORDS_CHARS_MAX: usize = 200;

/// Words that make a name one that is not wanted; folded.
const REFUSALS: [&str; 15] = [
    "nicht",
    "ausser",
    "kein",
    "keine",
    "keinen",
    "keinesfalls",
    "ohne",
    "not",
    "except",
    "without",
    "but",
    "anders",
    "anderes",
    "andere",
    "anderen",
];
/// Words after which somebody is wanted again; folded.
const RATHER: [&str; 6] = ["lieber", "sondern", "dafuer", "rather", "instead", "prefer"];

/// What words come to when one of several is to be named by them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Called<T> {
    One(T),
    /// More than one fits: only the caller can say.
    Several(Vec<T>),
    Nobody,
}

impl<T> Called<T> {
    fn of(mut fitting: Vec<T>) -> Self {
        match fitting.len() {
            0 => Self::Nobody,
            1 => fitting.pop().map_or(Self::Nobody, Self::One),
            _ => Self::Several(fitting),
        }
    }

    /// This, unless nobody fits; then what comes of the other way.
    fn or_else(self, other: impl FnOnce() -> Self) -> Self {
        if matches!(self, Self::Nobody) { other() } else { self }
    }

    /// The one that is meant, if it is one.
    pub fn one(self) -> Option<T> {
        if let Self::One(only) = self { Some(only) } else { None }
    }
}

/// Words round a branch that say nothing about which one; folded.
const WHERE: [&str; 34] = [
    "in",
    "im",
    "bei",
    "beim",
    "am",
    "an",
    "auf",
    "nach",
    "zur",
    "zu",
    "von",
    "der",
    "die",
    "das",
    "den",
    "dem",
    "filiale",
    "filialen",
    "standort",
    "praxis",
    "laden",
    "geschaeft",
    "salon",
    "haus",
    "ihre",
    "ihrer",
    "eure",
    "nein",
    "ja",
    "doch",
    "branch",
    "at",
    "location",
    "one",
];

impl Company {
    /// The branch a caller means by these words, if exactly one fits.
    pub fn branch_called(&self, words: &str) -> Option<&Branch> {
        self.branches_called(words).one()
    }

    /// The branches a caller may mean by these words: by name, by the part that tells it from the others, by a slip or by
    /// its sound; one that is not wanted is left out.
    pub fn branches_called(&self, words: &str) -> Called<&Branch> {
        let folded = names::fold(&words.chars().take(WORDS_CHARS_MAX).collect::<String>());
        let is_whole =
            |branch: &&Branch| [&branch.slug, &branch.name].iter().any(|name| names::fold(name) == folded);
        let whole: Vec<&Branch> = self.branches.iter().filter(is_whole).collect();
        if !whole.is_empty() {
            return Called::of(whole);
        }
        let (mut wanted, mut unclear): (Vec<&Branch>, Vec<&Branch>) = (Vec::new(), Vec::new());
        let mut is_refused = false;
        for word in folded.split(' ') {
            is_refused = (is_refused || REFUSALS.contains(&word)) && !RATHER.contains(&word);
            match self.branches_with(word) {
                _ if is_refused => {}
                Called::One(branch) if !wanted.iter().any(|one| one.id == branch.id) => wanted.push(branch),
                Called::One(_) | Called::Nobody => {}
                Called::Several(several) => unclear = several,
            }
        }
        // A part that some have is made clear by another beside it.
        Called::of(if wanted.is_empty() { unclear } else { wanted })
    }

    /// Which have this word in their name, or nearly so, or one that sounds like it; what all have tells nothing.
    fn branches_with(&self, word: &str) -> Called<&Branch> {
        let says_nothing =
            [&WHERE[..], &FILLERS, &JOINTS, &REFUSALS, &RATHER].iter().any(|words| words.contains(&word));
        if says_nothing || word.chars().count() < 2 {
            return Called::Nobody;
        }
        let having = |fits: &dyn Fn(&str) -> bool| {
            let fits = |branch: &&Branch| {
                [&branch.name, &branch.slug].iter().any(|name| names::fold(name).split([' ', '-']).any(fits))
            };
            let fitting: Vec<&Branch> = self.branches.iter().filter(fits).collect();
            Called::of(if fitting.len() == self.branches.len() { Vec::new() } else { fitting })
        };
        // "Pasinger" is of Pasing.
        let stem = word.strip_suffix("er").filter(|stem| stem.chars().count() >= PART_CHARS_MIN);
        having(&|part| part == word || Some(part) == stem)
            .or_else(|| having(&|part| is_a_slip(word, part)))
            .or_else(|| {
                having(&|part| word.chars().count() >= PART_CHARS_MIN && names::sound_alike(word, part))
            })
    }
}

impl Branch {
    /// The service a caller means by these words, as far as one can tell.
    pub fn services_called(&self, words: &str) -> Called<&Service> {
        let folded = names::fold(&words.chars().take(WORDS_CHARS_MAX).collect::<String>());
        let kept: Vec<&str> = folded.split(' ').filter(|word| !FILLERS.contains(word)).collect();
        let wanted = if kept.is_empty() { folded.clone() } else { kept.join(" ") };
        if wanted.is_empty() {
            return Called::Nobody;
        }
        let services: Vec<(&Service, Vec<String>)> = self
            .offered()
            .map(|service| {
                (service, service.words().map(names::fold).filter(|word| !word.is_empty()).collect())
            })
            .collect();
        let fitting = |fits: &dyn Fn(&str) -> bool| {
            let fits = |(_, words): &&(&Service, Vec<String>)| words.iter().any(|word| fits(word));
            Called::of(services.iter().filter(fits).map(|(service, _)| *service).collect())
        };
        fitting(&|word| word == wanted || word == folded)
            .or_else(|| Called::of(named_within(&wanted, &services)))
            .or_else(|| fitting(&|word| names_all(&wanted, word)))
            .or_else(|| fitting(&|word| is_a_slip(&wanted, word)))
    }

    /// The one service a caller means by these words; None when none or more than one fits.
    pub fn service_called(&self, words: &str) -> Option<&Service> {
        self.services_called(words).one()
    }

    /// The names of what is offered: what sounds much like these words first, the rest as the branch has them.
    pub fn services_like(&self, words: &str) -> Vec<String> {
        let folded = names::fold(&words.chars().take(WORDS_CHARS_MAX).collect::<String>());
        let said: Vec<&str> =
            folded.split(' ').filter(|word| !FILLERS.contains(word) && !JOINTS.contains(word)).collect();
        let likeness = |service: &Service| {
            let names: Vec<String> = service.words().map(names::fold).collect();
            let parts = names.iter().flat_map(|name| name.split(' '));
            let each = parts.flat_map(|part| said.iter().map(move |said| strsim::jaro_winkler(said, part)));
            each.filter(|likeness| *likeness >= LIKE).fold(0.0, f64::max)
        };
        let mut services: Vec<(f64, &Service)> =
            self.offered().map(|service| (likeness(service), service)).collect();
        services.sort_by(|(one, _), (other, _)| other.total_cmp(one));
        services.into_iter().map(|(_, service)| service.name.clone()).collect()
    }

    /// Whom a caller wants, or does not want, by these words; Several: names that more than one person has.
    pub fn staff_called(&self, words: &str) -> Called<StaffWish> {
        let folded = names::fold(&words.chars().take(WORDS_CHARS_MAX).collect::<String>());
        let staff = self.staff_names();
        if let Some(name) = staff.iter().find(|name| names::fold(name) == folded) {
            return Called::One(StaffWish::Named((*name).to_owned()));
        }
        let (mut wanted, mut refused, mut unclear) = (Vec::new(), Vec::new(), Vec::new());
        let mut is_refused = false;
        for word in folded.split(' ') {
            is_refused = (is_refused || REFUSALS.contains(&word)) && !RATHER.contains(&word);
            match (person_called(word, &staff), is_refused) {
                (Called::One(name), true) => refused.push(name),
                (Called::One(name), false) => wanted.push(name),
                (Called::Several(names), _) => unclear.push(names),
                (Called::Nobody, _) => {}
            }
        }
        wanted.dedup();
        refused.dedup();
        // A first name that two people have is made clear by the surname beside it.
        let is_clear =
            |names: &Vec<&str>| names.iter().any(|name| wanted.contains(name) || refused.contains(name));
        if let Some(names) = unclear.iter().find(|names| !is_clear(names)) {
            return Called::Several(names.iter().map(|name| StaffWish::Named((*name).to_owned())).collect());
        }
        let named = |name: &&str| StaffWish::Named((*name).to_owned());
        if wanted.is_empty() && !refused.is_empty() {
            return Called::One(StaffWish::AnyoneBut(refused.into_iter().map(str::to_owned).collect()));
        }
        Called::of(wanted.iter().map(named).collect())
    }

    /// Everybody who is named as giving a service here, each once.
    pub fn staff_names(&self) -> Vec<&str> {
        let mut staff: Vec<&str> = Vec::new();
        for name in self.staff() {
            if !staff.contains(&name) {
                staff.push(name);
            }
        }
        staff
    }
}

/// The services that are named in full among the words; one whose name lies within another's is not meant.
fn named_within<'a>(wanted: &str, services: &[(&'a Service, Vec<String>)]) -> Vec<&'a Service> {
    let padded = format!(" {wanted} ");
    let mut found: Vec<(Range<usize>, &Service)> = Vec::new();
    for (service, words) in services {
        let places = words.iter().filter_map(|word| {
            let at = padded.find(&format!(" {word} "))?;
            Some(at..at + word.len())
        });
        if let Some(longest) = places.max_by_key(Range::len) {
            found.push((longest, service));
        }
    }
    let is_within = |one: &Range<usize>, other: &Range<usize>| {
        one.len() < other.len() && other.start <= one.start && one.end <= other.end
    };
    let outer = found.iter().filter(|(place, _)| !found.iter().any(|(other, _)| is_within(place, other)));
    outer.map(|(_, service)| *service).collect()
}

/// Whether each word that was said is a word of this name, or the beginning or end of one: "Schnitt" of "Haarschnitt".
fn names_all(wanted: &str, name: &str) -> bool {
    let is_part = |said: &str, of: &str| {
        said == of || (said.chars().count() >= PART_CHARS_MIN && (of.ends_with(said) || of.starts_with(said)))
    };
    let said: Vec<&str> = wanted.split(' ').filter(|word| !JOINTS.contains(word)).collect();
    !said.is_empty() && said.iter().all(|said| name.split(' ').any(|of| is_part(said, of)))
}

/// Whether this is the name but for a letter or two: wrong, missing, too many, or changed places.
fn is_a_slip(said: &str, name: &str) -> bool {
    let slips_max = match name.chars().count() {
        0..4 => 0,
        4..8 => 1,
        _ => 2,
    };
    let (said, name) = (said.replace(' ', ""), name.replace(' ', ""));
    strsim::osa_distance(&said, &name) <= slips_max
}

/// Who has this as a first name or a surname, or nearly so.
fn person_called<'a>(word: &str, staff: &[&'a str]) -> Called<&'a str> {
    let says_nothing = [&FILLERS[..], &JOINTS, &REFUSALS, &RATHER].iter().any(|words| words.contains(&word));
    if says_nothing || word.chars().count() < 2 {
        return Called::Nobody;
    }
    let having = |fits: &dyn Fn(&str) -> bool| {
        let fits = |name: &&&str| names::fold(name).split(' ').any(fits);
        Called::of(staff.iter().filter(fits).copied().collect())
    };
    having(&|part| part == word).or_else(|| having(&|part| is_a_slip(word, part)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::call::tests::house::{company, cut};

    /// A salon whose services resemble each other.
    fn salon() -> Branch {
        let mut branch = company().branches.remove(0);
        let (cut, dye) = (branch.services[0].clone(), branch.services[1].clone());
        let like = |of: &Service, name: &str, synonyms: &[&str], n: u128| Service {
            id: uuid::Uuid::from_u128(n).into(),
            slug: names::fold(name).replace(' ', "-"),
            name: name.into(),
            synonyms: synonyms.iter().map(|one| (*one).to_owned()).collect(),
            ..of.clone()
        };
        branch.services = vec![
            like(&cut, "Herrenhaarschnitt", &["Haare schneiden Herren", "Fasson"], 1),
            like(&cut, "Damenhaarschnitt", &["Haare schneiden Damen", "Spitzen"], 2),
            like(&dye, "Färben", &["Farbe"], 3),
            like(&dye, "Farbe und Schnitt", &[], 4),
            like(&cut, "Waschen und Föhnen", &["nur waschen und legen"], 5),
        ];
        let staff = ["Anna Klein", "Anna Groß", "Bea Winter"];
        for service in &mut branch.services {
            let offer = service.offers[0].clone();
            service.offers =
                staff.map(|name| super::super::Offer { staff: Some(name.into()), ..offer.clone() }).into();
        }
        branch
    }

    fn services(words: &str) -> Vec<String> {
        match salon().services_called(words) {
            Called::One(service) => vec![service.name.clone()],
            Called::Several(several) => several.iter().map(|service| service.name.clone()).collect(),
            Called::Nobody => Vec::new(),
        }
    }

    #[test]
    fn what_is_meant_is_found_by_name_synonym_part_and_slip() {
        for (words, meant) in [
            ("Färben", "Färben"),
            ("faerben bitte", "Färben"),
            ("einmal Farbe", "Färben"),
            ("einen Termin zum Färben", "Färben"),
            ("die Spitzen", "Damenhaarschnitt"),
            ("Spitzen schneiden lassen", "Damenhaarschnitt"),
            ("Farbe und Schnitt", "Farbe und Schnitt"),
            ("bitte Farbe und Schnitt", "Farbe und Schnitt"),
            ("nur waschen und legen", "Waschen und Föhnen"),
            ("Waschen", "Waschen und Föhnen"),
            ("Herrenharschnitt", "Herrenhaarschnitt"),
            ("Damen Haarschnitt", "Damenhaarschnitt"),
            ("Fasson", "Herrenhaarschnitt"),
            ("Fason", "Herrenhaarschnitt"),
        ] {
            assert_eq!(services(words), [meant], "{words}");
        }
    }

    #[test]
    fn what_may_be_several_is_several_and_what_is_none_is_none() {
        assert_eq!(services("Haarschnitt"), ["Herrenhaarschnitt", "Damenhaarschnitt"]);
        assert_eq!(services("Spitzen und Fasson"), ["Herrenhaarschnitt", "Damenhaarschnitt"]);
        for words in ["", "  ", "bitte", "Maniküre", "ab", "Zahnreinigung", "und"] {
            assert_eq!(services(words).len(), 0, "{words}");
        }
    }

    #[test]
    fn what_sounds_most_like_it_is_named_first() {
        assert_eq!(salon().services_like("Föhnwelle waschen")[0], "Waschen und Föhnen");
        assert_eq!(salon().services_like("").len(), 5);
        assert_eq!(company().branches[0].service_called("Haarschnit").map(|service| service.id), Some(cut()));
    }

    #[test]
    fn a_branch_is_found_however_it_is_said_and_never_guessed() {
        let mut company = company();
        let (mut third, names) = (company.branches[0].clone(), ["Sendling", "Pasing", "Pasing Ost"]);
        third.id = uuid::Uuid::from_u128(0x13).into();
        company.branches.push(third);
        for (branch, name) in company.branches.iter_mut().zip(names) {
            branch.name = format!("Physiotherapie Isartal {name}");
            branch.slug = name.to_lowercase().replace(' ', "-");
        }
        let called = |words: &str| match company.branches_called(words) {
            Called::One(branch) => vec![branch.slug.clone()],
            Called::Several(several) => several.iter().map(|branch| branch.slug.clone()).collect(),
            Called::Nobody => Vec::new(),
        };

        for words in [
            "Sendling",
            "in Sendling bitte",
            "die Sendlinger Filiale",
            "Sentling",
            "nicht Pasing, lieber Sendling",
            "Physiotherapie Isartal Sendling",
            "nein, doch lieber nach Sendling",
        ] {
            assert_eq!(called(words), ["sendling"], "{words}");
        }
        assert_eq!(called("Pasing"), ["pasing"], "the whole of a name comes first");
        assert_eq!(called("die in Pasing Ost"), ["pasing-ost"]);
        assert_eq!(called("in Passing"), ["pasing", "pasing-ost"], "asked");
        assert_eq!(called("Sendling oder Ost"), ["sendling", "pasing-ost"], "asked");
        for words in ["egal", "Isartal", "Schwabing", "", "die zweite", "in der Filiale", "Physiotherapie"] {
            assert_eq!(called(words).len(), 0, "{words}");
        }
    }

    #[test]
    fn whoever_is_wanted_or_not_is_found_by_either_name() {
        let one = |name: &str| Called::One(StaffWish::Named(name.into()));
        let but = |names: &[&str]| {
            Called::One(StaffWish::AnyoneBut(names.iter().map(|name| (*name).to_owned()).collect()))
        };
        for (words, wish) in [
            ("bei der Bea", one("Bea Winter")),
            ("Frau Winter", one("Bea Winter")),
            ("Anna Klein", one("Anna Klein")),
            ("bei Anna Groß bitte", one("Anna Groß")),
            ("Wintr", one("Bea Winter")),
            ("egal, nur nicht bei Herrn Klein", but(&["Anna Klein"])),
            ("außer Bea und Frau Klein", but(&["Bea Winter", "Anna Klein"])),
            ("nicht zu Bea, lieber zu Anna Klein", one("Anna Klein")),
            ("Klaus", Called::Nobody),
            ("", Called::Nobody),
        ] {
            assert_eq!(salon().staff_called(words), wish, "{words}");
        }
    }

    #[test]
    fn a_first_name_that_two_people_have_is_asked_about() {
        let both = ["Anna Klein", "Anna Groß"].map(|name| StaffWish::Named(name.into()));

        assert_eq!(salon().staff_called("bei der Anna"), Called::Several(both.to_vec()));
        let two = ["Bea Winter", "Anna Klein"].map(|name| StaffWish::Named(name.into()));
        assert_eq!(salon().staff_called("Bea oder Frau Klein"), Called::Several(two.to_vec()));
    }

    proptest! {
        #[test]
        fn no_words_make_it_panic(words in "\\PC{0,300}") {
            let branch = salon();
            let called = branch.services_called(&words);
            prop_assert!(!matches!(called, Called::Several(several) if several.len() < 2));
            drop(branch.staff_called(&words));
            prop_assert_eq!(branch.services_like(&words).len(), 5);
        }
    }
}
