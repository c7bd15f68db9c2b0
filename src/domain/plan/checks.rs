//! Checks of single texts in a company's file.

use super::BranchPlan;
use crate::domain::hours::{DateRange, SpecialHours};

/// Days that are not as the week's hours say.
pub(super) fn check_exceptions(place: &str, branch: &BranchPlan, complaints: &mut Vec<String>) {
    for closure in &branch.closures {
        if let Err(error) = DateRange::parse(closure) {
            complaints.push(format!("{place}: closures: {error}"));
        }
    }
    for special in &branch.special_hours {
        if let Err(error) = SpecialHours::parse(special) {
            complaints.push(format!("{place}: special_hours: {error}"));
        }
    }
    if branch.hours.is_none() && !branch.special_hours.is_empty() {
        complaints.push(format!("{place}: special_hours need hours from which they differ"));
    }
}

pub(super) fn is_domain(text: &str) -> bool {
    let sound = |label: &str| {
        let signs = label.chars().all(|sign| sign.is_ascii_alphanumeric() || sign == '-');
        signs && !label.is_empty() && label.len() <= 63 && !label.starts_with('-') && !label.ends_with('-')
    };
    text.len() <= 190 && text.contains('.') && text.split('.').all(sound)
}

pub(super) fn check_zone(place: &str, zone: &str, complaints: &mut Vec<String>) {
    if jiff::tz::TimeZone::get(zone).is_err() {
        complaints.push(format!("{place}: timezone \"{zone}\" is not an IANA name like Europe/Berlin"));
    }
}

pub(super) fn check_url(place: &str, url: &str, complaints: &mut Vec<String>) {
    if !(url.starts_with("https://") || url.starts_with("http://")) {
        complaints.push(format!(
            "{place}: base_url \"{url}\" must begin with https:// (or http:// on your own network)"
        ));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complaints(branch: &str) -> Vec<String> {
        let branch: BranchPlan =
            toml::from_str(&format!("slug = \"mitte\"\nname = \"Mitte\"\n{branch}")).unwrap();
        let mut complaints = Vec::new();
        check_exceptions("branch mitte", &branch, &mut complaints);
        complaints
    }

    #[test]
    fn special_hours_that_cannot_be_read_or_differ_from_nothing_are_named() {
        let hours = "hours = \"mon-fri 09:00-18:00\"\n";
        let special = |text: &str| format!("special_hours = [\"{text}\"]");

        assert!(complaints(&format!("{hours}{}", special("2026-12-24 09:00-13:00"))).is_empty());
        let unread = complaints(&format!("{hours}{}", special("Heiligabend")));
        assert!(unread[0].starts_with("branch mitte: special_hours: \"heiligabend\""), "{unread:?}");
        let alone = complaints(&special("2026-12-24 09:00-13:00"));
        assert_eq!(alone, ["branch mitte: special_hours need hours from which they differ"]);
    }
}
