//! How surely a name is known: which of two hearings counts, and when what was understood is spelled back.

use serde::{Deserialize, Serialize};

use super::{folded_title, is_salutation, sound_alike, split_titles};
use crate::domain::speech::folded_letters;

/// Where a name comes from, the surest last: what stands lower never takes the place of what stands higher. What the books
/// say of a customer would stand below the agent's words; it only tells who is calling, and is nobody's name in a call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// Found after the call, by the analysis.
    Analysis,
    /// Among the variables that the agent has collected.
    Variables,
    /// Passed on by the agent with a function.
    #[default]
    Said,
    /// Read back, and the caller said yes.
    ReadBack,
    Spelled,
}

/// What is known of a name beside the name: no word of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    pub by: Source,
    /// It is not what was understood before: it is spelled back before a yes counts.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_unsure: bool,
}

/// What counts of a name that was known and one that was heard; None: all stays as it was.
pub fn settle(known: Option<(&str, Mark)>, heard: (&str, Mark)) -> Option<(String, Mark)> {
    let (name, mark) = heard;
    let Some((before, was)) = known else { return Some((name.to_owned(), mark)) };
    if mark.by < was.by && mark.by < Source::Said {
        return None;
    }
    if !is_another_hearing(name, before, mark.by) {
        // Whoever corrects what was spelled is right, but has to hear that it was understood.
        let is_unsure = mark.is_unsure || mark.by == Source::Spelled || was.by == Source::Spelled;
        return Some((name.to_owned(), Mark { is_unsure, ..mark }));
    }
    let is_surer = mark.by > was.by;
    let (surer, other) = if mark.by >= was.by { (name, before) } else { (before, name) };
    let joined = join(surer, other, (name, before));
    let is_the_same = joined == before
        || !is_surer && folded(&joined) == folded(before) && !has_new_degree(&joined, before);
    if is_the_same {
        return is_surer
            .then(|| (before.to_owned(), Mark { is_unsure: was.is_unsure || mark.is_unsure, ..mark }));
    }
    let is_respelled = mark.by == Source::Spelled && folded(&joined).last() != folded(before).last();
    let is_unsure = was.is_unsure || mark.is_unsure || is_respelled;
    Some((joined, Mark { by: mark.by.max(was.by), is_unsure }))
}

/// Whether one may be the other, understood better or worse or said in part.
fn is_another_hearing(name: &str, before: &str, by: Source) -> bool {
    let (one, other) = (words(name), words(before));
    let (fewer, more) = if one.len() <= other.len() { (&one, &other) } else { (&other, &one) };
    let all_fit = fewer.iter().all(|word| more.iter().any(|other| sound_alike(word, other)));
    if fewer.is_empty() || all_fit {
        return true;
    }
    // What is spelled alone is a part of the name that was hard to understand.
    match (by, one.as_slice(), other.last()) {
        (Source::Spelled, [only], Some(surname)) => super::spelling::starts_alike(only, surname),
        _ => false,
    }
}

/// The surer words, and what only the others have; the titles of both.
fn join(surer: &str, other: &str, (heard, before): (&str, &str)) -> String {
    let (sure, others) = (words(surer), words(other));
    let mut left: Vec<&str> = sure.clone();
    let mut joined: Vec<&str> = Vec::new();
    if others.len() > sure.len() {
        for word in &others {
            let at = left.iter().position(|one| sound_alike(one, word));
            joined.push(at.map_or(*word, |at| left.remove(at)));
        }
        // A spelled word that only begins like the surname stands in its place.
        if let (Some(last), [only]) = (joined.last_mut(), left.as_slice()) {
            *last = only;
        }
    } else {
        joined = sure;
    }
    titles(heard, before).into_iter().chain(joined).collect::<Vec<_>>().join(" ")
}

/// The titles of both; of two salutations the newer one.
fn titles<'a>(heard: &'a str, before: &'a str) -> Vec<&'a str> {
    let (new, old) = (split_titles(heard).0, split_titles(before).0);
    let is_addressed = new.iter().any(|title| is_salutation(title));
    let mut titles: Vec<&str> =
        old.into_iter().filter(|title| !(is_addressed && is_salutation(title))).collect();
    for title in new {
        let is_known = titles.iter().any(|one| folded_title(one) == folded_title(title));
        if is_salutation(title) {
            titles.insert(0, title);
        } else if !is_known {
            titles.push(title);
        }
    }
    titles
}

/// A form of address alone is no news of a name that is known; a degree is.
fn has_new_degree(name: &str, before: &str) -> bool {
    let known: Vec<String> = split_titles(before).0.into_iter().map(folded_title).collect();
    let mut titles = split_titles(name).0.into_iter();
    titles.any(|title| !is_salutation(title) && !known.contains(&folded_title(title)))
}

/// The words of a name as they are written, without its titles.
fn words(name: &str) -> Vec<&str> {
    split_titles(name).1
}

fn folded(name: &str) -> Vec<String> {
    words(name).into_iter().map(folded_letters).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn by(by: Source) -> Mark {
        Mark { by, is_unsure: false }
    }

    /// What is known after both hearings.
    fn after(known: (&str, Source), heard: (&str, Source)) -> (String, Source, bool) {
        let settled = settle(Some((known.0, by(known.1))), (heard.0, by(heard.1)));
        let (name, mark) = settled.unwrap_or((known.0.to_owned(), by(known.1)));
        (name, mark.by, mark.is_unsure)
    }

    #[test]
    fn the_order_of_trust_is_that_of_the_house() {
        let order = [Source::Analysis, Source::Variables, Source::Said, Source::ReadBack, Source::Spelled];

        assert!(order.is_sorted());
    }

    #[test]
    fn another_hearing_of_a_surer_name_changes_nothing() {
        for (known, heard) in [
            (("Erika Meyer", Source::Spelled), ("Erika Maier", Source::Said)),
            (("Erika Meyer", Source::Spelled), ("Frau Mayr", Source::Said)),
            (("Erika Meyer", Source::Spelled), ("Erika", Source::Said)),
            (("Erika Meyer", Source::ReadBack), ("Maier", Source::Said)),
            (("Erika Meyer", Source::Said), ("Jonas Muster", Source::Variables)),
            (("Erika Meyer", Source::Variables), ("Jonas Muster", Source::Analysis)),
            (("Erika Meyer", Source::Said), ("Frau Meyer", Source::Said)),
            (("Jürgen Groß", Source::Said), ("JUERGEN GROSS", Source::Said)),
        ] {
            assert_eq!(after(known, heard), (known.0.to_owned(), known.1, false), "{known:?} {heard:?}");
        }
    }

    #[test]
    fn what_is_surer_is_joined_with_what_else_was_said() {
        for (known, heard, name) in [
            (("Erika Maier", Source::Said), ("Meyer", Source::Spelled), "Erika Meyer"),
            (("Meyer", Source::Spelled), ("Erika Maier", Source::Said), "Erika Meyer"),
            (("Erica Beispiel", Source::Said), ("Erika", Source::Spelled), "Erika Beispiel"),
            (("Erika Lemar", Source::Said), ("Lehmann", Source::Spelled), "Erika Lehmann"),
            (("Mueller", Source::Said), ("Müller", Source::Spelled), "Müller"),
            (("Maier", Source::Said), ("Mayer", Source::Said), "Mayer"),
            (("Beispiel", Source::Said), ("Erika Beispiel", Source::Said), "Erika Beispiel"),
        ] {
            assert_eq!(after(known, heard).0, name, "{known:?} {heard:?}");
        }
    }

    #[test]
    fn another_name_that_the_caller_gives_always_counts() {
        let (name, mark, is_unsure) = after(("Erika Meyer", Source::Said), ("Jonas Muster", Source::Said));
        assert_eq!((name.as_str(), mark, is_unsure), ("Jonas Muster", Source::Said, false));

        let (name, mark, is_unsure) = after(("Erika Meyer", Source::Spelled), ("Jonas Muster", Source::Said));
        assert_eq!((name.as_str(), mark, is_unsure), ("Jonas Muster", Source::Said, true));
    }

    #[test]
    fn what_was_spelled_otherwise_than_it_was_understood_is_unsure() {
        assert!(after(("Erika Maier", Source::Said), ("Meyer", Source::Spelled)).2);
        assert!(after(("Erika Meyer", Source::Spelled), ("Mayer", Source::Spelled)).2);
        assert!(!after(("Erika Meyer", Source::Said), ("Meyer", Source::Spelled)).2);
        assert_eq!(after(("Erika Meyer", Source::Said), ("Meyer", Source::Spelled)).1, Source::Spelled);
    }

    #[test]
    fn titles_are_kept_beside_the_name() {
        for (known, heard, name) in [
            ("Frau Beispiel", "Erika Beispiel", "Frau Erika Beispiel"),
            ("Frau Beispiel", "Dr. Erika Beispiel", "Frau Dr. Erika Beispiel"),
            ("Erika Beispiel", "Dr. Beispiel", "Dr. Erika Beispiel"),
            ("Herr Beispiel", "Frau Erika Beispiel", "Frau Erika Beispiel"),
            ("Frau Dr. Beispiel", "Dr. Beispiel", "Frau Dr. Beispiel"),
        ] {
            assert_eq!(after((known, Source::Said), (heard, Source::Said)).0, name, "{known} {heard}");
        }
    }

    #[test]
    fn a_mark_is_stored_in_a_few_letters() {
        let stored = serde_json::to_string(&by(Source::Spelled)).unwrap();

        assert_eq!(stored, r#"{"by":"spelled"}"#);
    }

    proptest! {
        #[test]
        fn whatever_is_heard_afterwards_a_surer_name_keeps_its_mark_or_is_unsure(
            known in "[A-Z][a-z]{2,8}( [A-Z][a-z]{2,8})?",
            heard in "\\PC{1,30}",
        ) {
            let (name, mark, is_unsure) = after((&known, Source::Spelled), (&heard, Source::Said));

            prop_assert!(mark == Source::Spelled || is_unsure);
            prop_assert!(!name.is_empty());
        }

        #[test]
        fn hearing_the_same_again_changes_nothing(name in "[A-Z][a-z]{2,8}( [A-Z][a-z]{2,8}){0,2}") {
            prop_assert_eq!(settle(Some((&name, by(Source::Said))), (&name, by(Source::Said))), None);
        }
    }
}
