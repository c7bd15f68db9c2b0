//! What a company allows: the `[company.policy]` table, every key optional, defaults as in the contract.

use serde::{Deserialize, Serialize, Serializer};

use super::outbox::appointments::Quiet;
use super::retention::Retention;

/// When the appointment is made at Cal.com.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BookingMoment {
    /// After the call.
    #[default]
    CallEnd,
    /// While the caller is on the line.
    InCall,
}

/// What a caller must show before hearing or changing an existing appointment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CallerId {
    Match,
    #[default]
    MatchAndName,
    Code,
}

/// What callers say when no appointment helps, in German and English.
const EMERGENCY_WORDS: [&str; 10] = [
    "Notfall",
    "Brustschmerz",
    "Atemnot",
    "bewusstlos",
    "liegen geblieben",
    "liegengeblieben",
    "emergency",
    "chest pain",
    "cannot breathe",
    "unconscious",
];

/// What callers say when it should not wait.
const URGENT_WORDS: [&str; 4] = ["Schmerz", "dringend", "urgent", "severe pain"];

/// The rules of one company.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "the switches of the contract, each its own key")]
pub struct Policy {
    pub booking_moment: BookingMoment,
    pub require_confirmation: bool,
    pub hold_minutes: u32,
    pub calcom_reservation: bool,
    pub test_mode: bool,
    pub min_notice_minutes: u32,
    pub max_horizon_days: u32,
    pub change_until_hours: u32,
    pub caller_id: CallerId,
    pub alternatives_max: u8,
    pub holidays: Option<String>,
    pub customer_hints: bool,
    /// Whether Cal.com is told why something was called off or moved at the desk; in a practice that may be medical.
    pub calcom_reasons: bool,
    /// What the agent calls itself: nobody who calls is called just that.
    pub agent_name: Option<String>,
    /// Opening time, in minutes, within which a callback is promised.
    pub callback_within_minutes: u32,
    /// The most appointments that one customer may have ahead of them; None: as many as they like.
    pub open_appointments_max: Option<u32>,
    /// Whoever says one of these is offered no appointment, but put through or told what to do; parts of words count.
    pub emergency_words: Vec<String>,
    /// What is said then; by default where to call for help.
    pub emergency_sentence: Option<String>,
    /// Whoever says one of these, or an emergency word, is called back first; parts of words count.
    pub urgent_words: Vec<String>,
    /// The most appointments one call may keep slots for at a time, 1 to 9.
    pub holds_max: u8,
    /// How often one call may try to show whose appointments it is about, 1 or more.
    pub identity_tries_max: u32,
    /// The same for all calls of one number within 24 hours.
    pub identity_tries_a_day_max: u32,
    /// Customers who have agreed to it and whose address is known are written to about their appointments, beside what
    /// Cal.com may send itself.
    pub confirmations: bool,
    /// Messages to customers say what an appointment is for; not where that is nobody else's business.
    pub messages_name_service: bool,
    /// Customers are reminded so many hours before; 0: not at all.
    pub reminder_hours: u32,
    /// When nobody is reminded, on the clock of the branch, such as "20:00-08:00"; empty: at any time.
    pub reminder_quiet: String,
    /// Somebody is told when nobody has rung for so many hours of opening time; 0: never.
    pub alert_without_calls_hours: u32,
    /// How long what is known of callers is kept, by kind.
    pub retention: Retention,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            booking_moment: BookingMoment::CallEnd,
            require_confirmation: true,
            hold_minutes: 10,
            calcom_reservation: true,
            test_mode: false,
            min_notice_minutes: 60,
            max_horizon_days: 90,
            change_until_hours: 2,
            caller_id: CallerId::MatchAndName,
            alternatives_max: 3,
            holidays: None,
            customer_hints: false,
            calcom_reasons: false,
            agent_name: None,
            callback_within_minutes: 120,
            open_appointments_max: None,
            emergency_words: EMERGENCY_WORDS.map(str::to_owned).to_vec(),
            emergency_sentence: None,
            urgent_words: URGENT_WORDS.map(str::to_owned).to_vec(),
            holds_max: 3,
            identity_tries_max: 3,
            identity_tries_a_day_max: 10,
            confirmations: false,
            messages_name_service: true,
            reminder_hours: 24,
            reminder_quiet: "20:00-08:00".into(),
            alert_without_calls_hours: 0,
            retention: Retention::default(),
        }
    }
}

impl Policy {
    /// Keys that must be at least 1, or two times of day, and are not.
    pub(super) fn too_little(&self) -> impl Iterator<Item = String> {
        let least = [
            ("max_horizon_days", self.max_horizon_days),
            ("alternatives_max", u32::from(self.alternatives_max)),
            ("identity_tries_max", self.identity_tries_max),
            ("identity_tries_a_day_max", self.identity_tries_a_day_max),
        ];
        let too_little = least.into_iter().filter(|(_, value)| *value == 0);
        let too_little = too_little.map(|(key, _)| format!("company.policy: {key} must be at least 1"));
        let quiet = (!self.reminder_quiet.is_empty() && self.quiet().is_none()).then(|| {
            let text = &self.reminder_quiet;
            format!(
                "company.policy: reminder_quiet \"{text}\" must be two times such as \"20:00-08:00\", or \"\""
            )
        });
        too_little.chain(quiet)
    }

    /// The hours in which no customer is reminded.
    pub fn quiet(&self) -> Option<Quiet> {
        Quiet::parse(&self.reminder_quiet)
    }
}

pub(super) fn is_default(policy: &Policy) -> bool {
    *policy == Policy::default()
}

/// Writes the keys that differ from the defaults, as a file would.
pub(super) fn differences<S: Serializer>(policy: &Policy, to: S) -> Result<S::Ok, S::Error> {
    let keys =
        |policy: &Policy| serde_json::to_value(policy).ok().and_then(|value| value.as_object().cloned());
    let defaults = keys(&Policy::default()).unwrap_or_default();
    let differs = |key: &String, value: &serde_json::Value| defaults.get(key) != Some(value);
    let all = keys(policy).unwrap_or_default();
    to.collect_map(all.iter().filter(|(key, value)| differs(key, value)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_table_means_the_defaults_of_the_contract() {
        let policy: Policy = serde_json::from_str("{}").unwrap();

        assert_eq!(policy, Policy::default());
        assert_eq!((policy.hold_minutes, policy.min_notice_minutes, policy.max_horizon_days), (10, 60, 90));
    }

    #[test]
    fn what_must_be_at_least_one_is_named() {
        let policy = Policy { alternatives_max: 0, identity_tries_max: 0, ..Policy::default() };

        assert_eq!(
            policy.too_little().collect::<Vec<_>>(),
            [
                "company.policy: alternatives_max must be at least 1",
                "company.policy: identity_tries_max must be at least 1"
            ]
        );
    }

    #[test]
    fn a_misspelt_key_is_refused() {
        let error = serde_json::from_str::<Policy>(r#"{"hold_minute": 3}"#).unwrap_err();

        assert!(error.to_string().contains("hold_minute"), "{error}");
    }
}
