//! What the branches of one agent want together: the same, or it is said where they contradict each other.

use super::wanted::{Wanted, WantedFunction};

/// What all of them want, as the first has it, and what stands in the way of giving it to all.
pub fn joined(of: &[(String, Wanted)]) -> Option<(Wanted, Vec<String>)> {
    let (first, rest) = of.split_first()?;
    let obstacles = rest.iter().filter_map(|other| contradiction(first, other));
    Some((first.1.clone(), obstacles.collect()))
}

fn contradiction((name, one): &(String, Wanted), (other_name, other): &(String, Wanted)) -> Option<String> {
    let mut what = Vec::new();
    let functions = one.functions.iter().zip(&other.functions);
    what.extend(functions.filter_map(|(one, other)| of_function(one, other)));
    let rest = [
        ("webhook_events", one.webhook_events != other.webhook_events),
        ("webhook_timeout_ms", one.webhook_timeout_ms != other.webhook_timeout_ms),
        ("the prompt", one.prompt != other.prompt),
    ];
    what.extend(rest.iter().filter(|(_, differs)| *differs).map(|(what, _)| (*what).to_owned()));
    if what.is_empty() {
        return None;
    }
    Some(format!(
        "branches {name} and {other_name} have one agent, but want it otherwise: {}; set the same for both, or for the company \
         and not for a branch, or give each branch an agent of its own",
        what.join(", ")
    ))
}

fn of_function(one: &WantedFunction, other: &WantedFunction) -> Option<String> {
    if one.is_on != other.is_on {
        return Some(format!("{} (enabled)", one.name));
    }
    // What nobody gets may be set as it likes.
    let members = [
        ("description", one.description != other.description),
        ("parameters", one.parameters != other.parameters),
        ("timeout_ms", one.timeout_ms != other.timeout_ms),
        ("speak_during", one.speak_during != other.speak_during),
    ];
    let differ: Vec<&str> =
        members.iter().filter(|(_, differs)| *differs && one.is_on).map(|(name, _)| *name).collect();
    (!differ.is_empty()).then(|| format!("{} ({})", one.name, differ.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn branch(name: &str) -> (String, Wanted) {
        (name.to_owned(), Wanted::plain("https://house.example"))
    }

    #[test]
    fn branches_that_want_the_same_get_it() {
        let (wanted, obstacles) = joined(&[branch("mitte"), branch("nord")]).unwrap();

        assert_eq!((wanted, obstacles.len()), (branch("mitte").1, 0));
        assert!(joined(&[]).is_none());
    }

    #[test]
    fn a_contradiction_names_both_branches_and_what_it_is_about() {
        let mut nord = branch("nord");
        nord.1.functions[0].timeout_ms = 5_000;
        nord.1.functions[1].is_on = false;
        nord.1.functions[1].timeout_ms = 5_000;
        nord.1.prompt = Some("Nord.".into());

        let (_, obstacles) = joined(&[branch("mitte"), nord]).unwrap();

        assert_eq!(obstacles.len(), 1);
        assert!(obstacles[0].starts_with(
            "branches mitte and nord have one agent, but want it otherwise: check_availability (timeout_ms), collect_appointment \
             (enabled), the prompt;"
        ), "{obstacles:?}");
    }
}
