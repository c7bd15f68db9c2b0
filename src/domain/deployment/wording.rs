//! The prompt: replaced where it is ours, and only between our marks where somebody else's stands round them.

use serde_json::json;

use super::change::{Area, Change};
use super::object::Object;
use super::plan::Plan;
use super::wanted::Wanted;

/// What stands between these is ours.
pub(super) const BEGIN: &str = "<!-- fernamt -->";
pub(super) const END: &str = "<!-- /fernamt -->";
/// Lines that are shown of each side of a difference.
const LINES_MAX: usize = 6;

pub(super) fn fit(plan: &mut Plan, (engine, field): (&Object, &str), wanted: &Wanted) {
    let Some(prompt) = &wanted.prompt else { return };
    let before = engine.value(field).as_str().unwrap_or_default().to_owned();
    // Whatever it is put together from, it never ends its own part.
    let after = put_in(&before, &prompt.replace(BEGIN, "").replace(END, ""));
    if before == after {
        return;
    }
    plan.engine.set(field, &json!(after));
    let (gone, new) = difference(&before, &after);
    let change = Change::new(Area::Prompt, field, "the prompt");
    plan.changes.push(change.from(Some(gone).filter(|gone| !gone.is_empty())).to(new));
}

fn put_in(before: &str, prompt: &str) -> String {
    let marked = before.split_once(BEGIN).and_then(|(head, rest)| Some((head, rest.split_once(END)?.1)));
    match marked {
        Some((head, tail)) => format!("{head}{BEGIN}\n{prompt}\n{END}{tail}"),
        None => prompt.to_owned(),
    }
}

/// The lines that go and those that come, without what both begin and end with.
pub(super) fn difference(before: &str, after: &str) -> (String, String) {
    let (old, new): (Vec<&str>, Vec<&str>) = (before.lines().collect(), after.lines().collect());
    let head = old.iter().zip(&new).take_while(|(old, new)| old == new).count();
    let rest = old[head..].iter().rev().zip(new[head..].iter().rev());
    let tail = rest.take_while(|(old, new)| old == new).count();
    (few(&old[head..old.len() - tail]), few(&new[head..new.len() - tail]))
}

fn few(lines: &[&str]) -> String {
    let mut shown: Vec<String> = lines.iter().take(LINES_MAX).map(|line| (*line).to_owned()).collect();
    if lines.len() > LINES_MAX {
        shown.push(format!("… and {} lines more", lines.len() - LINES_MAX));
    }
    shown.join("\n")
}
