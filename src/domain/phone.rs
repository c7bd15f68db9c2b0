//! Telephone numbers: parsed once at the door, compared as E.164, hidden wherever they are shown.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::domain::speech::{Language, digit_word};

/// A valid number in E.164; shows itself only masked.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PhoneNumber {
    e164: String,
    /// Digits of the country calling code that stand behind the plus.
    calling_digits: u8,
}

/// The country whose national spellings are understood, as two letters (ISO 3166-1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Region([u8; 2]);

/// The fewest digits of any number with its country code, and of a German mobile one without.
const DIGITS_MIN: usize = 7;
const GERMAN_MOBILE_DIGITS_MIN: usize = 10;

/// Why a text is no telephone number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotANumber {
    #[error("no digits given; expected for example 030 83793369 or +49 30 83793369")]
    Empty,
    #[error("there are signs in it that no telephone number has")]
    ForeignSigns,
    #[error("too few digits for a number of its country")]
    TooShort,
    #[error("more than the 15 digits a number can have")]
    TooLong,
    #[error("the country code is missing or not assigned; write it like +493012345678")]
    UnknownCountry,
    #[error("no number of its country has this shape")]
    WrongShape,
}

/// Who rings: a number, or somebody who does not show one.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Caller {
    Number(PhoneNumber),
    Withheld,
}

impl Region {
    pub const DE: Self = Self(*b"DE");
    pub const AT: Self = Self(*b"AT");
    pub const CH: Self = Self(*b"CH");

    /// The region of a two-letter code, if there is such a country.
    pub fn parse(code: &str) -> Option<Self> {
        let code = code.trim().to_ascii_uppercase();
        phonelib::country_by_code(&code)?;
        code.as_bytes().try_into().ok().map(Self)
    }

    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("DE")
    }
}

impl Default for Region {
    fn default() -> Self {
        Self::DE
    }
}

impl PhoneNumber {
    /// The number meant by what was said or typed in this region; refused with the reason.
    pub fn parse(text: &str, region: Region) -> Result<Self, NotANumber> {
        let written = in_figures(text);
        let bare: String = written.chars().filter(char::is_ascii_digit).collect();
        // Nobody in these countries dials a national number without its zero, but models drop the plus.
        let calling = phonelib::country_by_code(region.code()).map_or(0, |country| country.prefix);
        if !written.contains('+')
            && [43, 41, 49].contains(&calling)
            && bare.starts_with(&calling.to_string())
            && let Ok(number) = phonelib::PhoneNumber::try_parse(&format!("+{bare}"))
        {
            return Ok(Self::of(&number));
        }
        phonelib::PhoneNumber::try_parse_with_country(&written, region.code())
            .map(|number| Self::of(&number))
            .map_err(reason)
    }

    /// The same where the region may be unknown: then only what names its country is understood.
    pub fn heard(text: &str, region: Option<Region>) -> Result<Self, NotANumber> {
        let heard = match region {
            Some(region) => Self::parse(text, region),
            None => {
                let written = in_figures(text);
                let abroad = written.trim().strip_prefix("00").map(|rest| format!("+{rest}"));
                Self::parse_e164(&abroad.unwrap_or(written))
            }
        };
        heard.and_then(|number| if number.is_whole() { Ok(number) } else { Err(NotANumber::TooShort) })
    }

    /// Whether it can be all of a number: what is cut short has its country's shape now and then, and is refused elsewhere.
    fn is_whole(&self) -> bool {
        let (calling, national) = self.parts();
        let is_mobile = calling == "49" && ["15", "16", "17"].iter().any(|start| national.starts_with(start));
        let least =
            if is_mobile { GERMAN_MOBILE_DIGITS_MIN } else { DIGITS_MIN.saturating_sub(calling.len()) };
        national.len() >= least
    }

    /// Where a number like this is dialled without its country code.
    pub fn region(&self) -> Option<Region> {
        Region::parse(phonelib::PhoneNumber::try_parse(&self.e164).ok()?.country().code)
    }

    /// The number of an E.164 text (`+` and digits, blanks allowed); anything else is refused.
    pub fn parse_e164(text: &str) -> Result<Self, NotANumber> {
        let text = text.trim();
        if !text.starts_with('+') {
            return Err(if text.is_empty() { NotANumber::Empty } else { NotANumber::UnknownCountry });
        }
        phonelib::PhoneNumber::try_parse(text).map(|number| Self::of(&number)).map_err(reason)
    }

    /// The whole number, for the wire and the database; never for a log.
    pub fn e164(&self) -> &str {
        &self.e164
    }

    /// Its digits without the country code: what all its spellings have in common.
    pub fn national_digits(&self) -> &str {
        self.parts().1
    }

    /// The number digit by digit in pairs, as it is read back to the caller.
    pub fn spoken(&self, language: Language) -> String {
        let (calling, national) = self.parts();
        let (head, rest) = if language == Language::De && calling == "49" {
            let (area, rest) = national.split_at(german_area_digits(national).min(national.len()));
            (if area.is_empty() { String::new() } else { format!("0{area}") }, rest)
        } else {
            (format!("+{calling}"), national)
        };

        if head.is_empty() {
            return pairs(&format!("0{rest}"), language);
        }
        format!("{} – {}", words(&head, language), pairs(rest, language))
    }

    fn of(number: &phonelib::PhoneNumber) -> Self {
        let e164 = number.e164().to_owned();
        let calling = number.country_code().to_string();
        // North American territories carry their area code in the table's calling code.
        let calling_digits = if calling.starts_with('1') { 1 } else { calling.len() };
        Self { e164, calling_digits: u8::try_from(calling_digits).unwrap_or(1) }
    }

    fn parts(&self) -> (&str, &str) {
        let digits = self.e164.trim_start_matches('+');
        digits.split_at(usize::from(self.calling_digits).min(digits.len()))
    }
}

impl Caller {
    /// The caller behind the number field of a call; what is no number counts as withheld.
    pub fn from_wire(number: Option<&str>) -> Self {
        let text = number.unwrap_or_default().trim();
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        // 266696687 spells "anonymous" on a keypad and is sent by some exchanges in its place.
        if digits == "266696687" || text.chars().any(char::is_alphabetic) {
            return Self::Withheld;
        }
        PhoneNumber::parse(text, Region::default()).map_or(Self::Withheld, Self::Number)
    }

    pub fn number(&self) -> Option<&PhoneNumber> {
        match self {
            Self::Number(number) => Some(number),
            Self::Withheld => None,
        }
    }
}

impl fmt::Display for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (calling, national) = self.parts();
        let head = if national.len() < 6 { "" } else { &national[..2] };
        let tail = national.len().saturating_sub(6).min(3);
        let tail = &national[national.len() - tail..];
        let shown: Vec<&str> = [head, "••••", tail].into_iter().filter(|part| !part.is_empty()).collect();
        write!(f, "+{calling} {}", shown.join(" "))
    }
}

impl fmt::Debug for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PhoneNumber({self})")
    }
}

impl FromStr for PhoneNumber {
    type Err = NotANumber;

    fn from_str(text: &str) -> Result<Self, NotANumber> {
        Self::parse_e164(text)
    }
}

impl TryFrom<String> for PhoneNumber {
    type Error = NotANumber;

    fn try_from(text: String) -> Result<Self, NotANumber> {
        Self::parse_e164(&text)
    }
}

impl From<PhoneNumber> for String {
    fn from(number: PhoneNumber) -> Self {
        number.e164
    }
}

fn reason(error: phonelib::ParseError) -> NotANumber {
    use phonelib::ParseError as P;
    #[expect(clippy::wildcard_enum_match_arm, reason = "a foreign enum that may grow")]
    match error {
        P::Empty => NotANumber::Empty,
        P::InvalidCharacter => NotANumber::ForeignSigns,
        P::TooLong => NotANumber::TooLong,
        P::TooShort => NotANumber::TooShort,
        P::UnknownCountryCode | P::MissingCallingCode | P::UnknownCountry => NotANumber::UnknownCountry,
        _ => NotANumber::WrongShape,
    }
}

/// Digits that were said as words become figures; all else stays as it is.
pub(super) fn in_figures(text: &str) -> String {
    let figures = text.split_whitespace().map(|part| {
        let word = part.trim_matches([',', '.', ';']).to_lowercase();
        spoken_digit(&word).map_or_else(|| part.to_owned(), str::to_owned)
    });
    figures.collect::<Vec<_>>().join(" ")
}

fn spoken_digit(word: &str) -> Option<&'static str> {
    let digit = match word {
        "null" | "zero" | "oh" => "0",
        "eins" | "ein" | "one" => "1",
        "zwei" | "zwo" | "two" => "2",
        "drei" | "three" => "3",
        "vier" | "four" => "4",
        "fünf" | "fuenf" | "five" => "5",
        "sechs" | "six" => "6",
        "sieben" | "seven" => "7",
        "acht" | "eight" => "8",
        "neun" | "nine" => "9",
        "plus" => "+",
        _ => return None,
    };
    Some(digit)
}

/// Digits of the area code where it is certain: mobiles and the four two-digit cities.
fn german_area_digits(national: &str) -> usize {
    match national.get(..2) {
        Some("30" | "40" | "69" | "89") => 2,
        Some("15" | "16" | "17") => 3,
        _ => 0,
    }
}

fn words(figures: &str, language: Language) -> String {
    figures.chars().map(|figure| digit_word(figure, language)).collect::<Vec<_>>().join(" ")
}

/// Two digits at a time, since that is how people take a number down; an odd one joins the last pair.
fn pairs(digits: &str, language: Language) -> String {
    let count = (digits.len() / 2).max(1);
    let group = |n: usize| {
        let end = if n + 1 == count { digits.len() } else { 2 * n + 2 };
        words(&digits[2 * n..end], language)
    };
    (0..count).map(group).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn german(text: &str) -> String {
        PhoneNumber::parse(text, Region::DE).unwrap().e164().to_owned()
    }

    #[test]
    fn national_spellings_become_e164() {
        assert_eq!(german("0171/234 56 78"), "+491712345678");
        assert_eq!(german("0049 171 2345678"), "+491712345678");
        assert_eq!(german("+49 (0) 30 83793369"), "+493083793369");
        assert_eq!(german("030 - 83 79 33 69"), "+493083793369");
        assert_eq!(german("null eins sieben eins, zwo drei vier fünf sechs sieben acht"), "+491712345678");
    }

    #[test]
    fn what_was_heard_in_part_is_no_number() {
        for region in [Some(Region::DE), None] {
            for part in ["0049 171 1", "+49 171 234567", "+49 11"] {
                assert!(PhoneNumber::heard(part, region).is_err(), "{part}");
            }
            for whole in ["+49 171 2345678", "+49 30 83793369", "0049 171 23456789"] {
                assert!(PhoneNumber::heard(whole, region).is_ok(), "{whole}");
            }
        }
        assert_eq!(PhoneNumber::heard("0171 1", Some(Region::DE)), Err(NotANumber::TooShort));
    }

    #[test]
    fn a_country_code_without_its_plus_is_still_one() {
        assert_eq!(german("491712345678"), "+491712345678");
        assert_eq!(german("49 30 83793369"), "+493083793369");
    }

    #[test]
    fn neighbours_are_read_in_their_own_region() {
        let vienna = PhoneNumber::parse("0660 1234567", Region::AT).unwrap();
        let zurich = PhoneNumber::parse("044 668 18 00", Region::parse("ch").unwrap()).unwrap();

        assert_eq!(vienna.e164(), "+436601234567");
        assert_eq!(zurich.e164(), "+41446681800");
        assert_eq!(Region::parse("Deutschland"), None);
    }

    #[test]
    fn a_number_without_its_country_is_one_of_the_country_it_was_said_in() {
        let docklands = PhoneNumber::parse_e164("+35315550101").unwrap();
        let heard = |text, region| PhoneNumber::heard(text, region).map(|number| number.e164().to_owned());

        assert_eq!(heard("085 123 45 70", docklands.region()).unwrap(), "+353851234570");
        assert_eq!(heard("085 123 45 70", None), Err(NotANumber::UnknownCountry));
        assert_eq!(heard("00353 85 123 45 70", None).unwrap(), "+353851234570");
        assert_eq!(heard("+353 85 123 45 70", None).unwrap(), "+353851234570");
    }

    #[test]
    fn numbers_of_the_samples_are_valid() {
        for number in ["+12025550143", "+12025550198", "+493083793369"] {
            assert_eq!(PhoneNumber::parse_e164(number).unwrap().e164(), number);
            assert_eq!(PhoneNumber::parse(number, Region::DE).unwrap().e164(), number);
        }
    }

    #[test]
    fn what_is_no_number_says_why() {
        let why = |text| PhoneNumber::parse(text, Region::DE).unwrap_err();

        assert_eq!(why(""), NotANumber::Empty);
        assert_eq!(why("anonymous"), NotANumber::ForeignSigns);
        assert_eq!(why("110"), NotANumber::WrongShape);
        assert_eq!(why("01712345678901234567"), NotANumber::TooLong);
        assert_eq!(PhoneNumber::parse_e164("030 83793369"), Err(NotANumber::UnknownCountry));
    }

    #[test]
    fn a_number_shows_itself_only_masked() {
        let number = PhoneNumber::parse_e164("+493083793369").unwrap();

        assert_eq!(number.to_string(), "+49 30 •••• 369");
        assert_eq!(format!("{number:?}"), "PhoneNumber(+49 30 •••• 369)");
        assert_eq!(PhoneNumber::parse_e164("+12025550143").unwrap().to_string(), "+1 20 •••• 143");
    }

    #[test]
    fn serde_writes_e164_and_refuses_everything_else() {
        let number = PhoneNumber::parse_e164("+493083793369").unwrap();

        assert_eq!(serde_json::to_string(&number).unwrap(), "\"+493083793369\"");
        assert_eq!(serde_json::from_str::<PhoneNumber>("\"+493083793369\"").unwrap(), number);
        assert!(serde_json::from_str::<PhoneNumber>("\"anonymous\"").is_err());
    }

    #[test]
    fn callers_without_a_number_are_withheld() {
        let sentinels = [
            "anonymous",
            "Unknown",
            "unavailable",
            "restricted",
            "withheld",
            "private",
            "",
            " ",
            "00000000",
            "+266696687",
            "266696687",
            "sip:anonymous@anonymous.invalid",
            "110",
            "{{user_number}}",
        ];
        for sentinel in sentinels {
            assert_eq!(Caller::from_wire(Some(sentinel)), Caller::Withheld, "{sentinel}");
        }
        assert_eq!(Caller::from_wire(None), Caller::Withheld);
    }

    #[test]
    fn a_shown_number_is_the_caller() {
        let caller = Caller::from_wire(Some("+491712345678"));

        assert_eq!(caller.number().unwrap().e164(), "+491712345678");
    }

    #[test]
    fn a_number_is_read_back_in_pairs() {
        let spoken = |number, language| PhoneNumber::parse_e164(number).unwrap().spoken(language);

        assert_eq!(
            spoken("+493083793369", Language::De),
            "null drei null – acht drei, sieben neun, drei drei, sechs neun"
        );
        assert_eq!(
            spoken("+491712345678", Language::De),
            "null eins sieben eins – zwei drei, vier fünf, sechs sieben acht"
        );
        assert_eq!(spoken("+4952112345", Language::De), "null fünf, zwei eins, eins zwei, drei vier fünf");
        assert_eq!(
            spoken("+12025550143", Language::En),
            "plus one – two zero, two five, five five, zero one, four three"
        );
    }

    proptest! {
        #[test]
        fn nothing_makes_it_panic_and_what_parses_parses_again(text in "\\PC{0,30}") {
            if let Ok(number) = PhoneNumber::parse(&text, Region::DE) {
                prop_assert_eq!(PhoneNumber::parse_e164(number.e164()), Ok(number.clone()));
                prop_assert!(!number.to_string().contains(number.e164()));
                prop_assert!(!number.spoken(Language::De).is_empty());
            }
        }

        #[test]
        fn national_numbers_never_show_more_than_their_ends(digits in "0[1-9][0-9]{5,10}") {
            if let Ok(number) = PhoneNumber::parse(&digits, Region::DE) {
                let shown = number.to_string().chars().filter(char::is_ascii_digit).count();
                prop_assert!(number.e164().len() - 1 - shown >= 4);
            }
        }
    }
}
