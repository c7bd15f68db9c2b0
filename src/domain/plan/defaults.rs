//! What a company's file means where it says nothing.

pub(super) fn berlin() -> String {
    "Europe/Berlin".into()
}

pub(super) fn retell() -> String {
    "https://api.retellai.com".into()
}

pub(super) fn calcom() -> String {
    "https://api.cal.com".into()
}

pub(super) fn account() -> String {
    "default".into()
}

pub(super) fn hundred() -> u32 {
    100
}

pub(super) fn one() -> u32 {
    1
}

pub(super) fn is_retell(url: &str) -> bool {
    url == retell()
}

pub(super) fn is_calcom(url: &str) -> bool {
    url == calcom()
}

pub(super) fn is_default_account(name: &str) -> bool {
    name == account()
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
pub(super) fn is_hundred(number: &u32) -> bool {
    *number == hundred()
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
pub(super) fn is_one(number: &u32) -> bool {
    *number == one()
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference")]
pub(super) fn is_false(truth: &bool) -> bool {
    !truth
}
