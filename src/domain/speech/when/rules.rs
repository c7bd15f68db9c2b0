//! The rules: which tokens say which part of a date or time, by the tables of the language.

mod clock;
mod days;
mod dial;
mod figures;
mod spans;

use jiff::civil::Date;

use super::place::Place;
use super::said::{Alternatives, Bound, Phrase, Said};
use super::tokens::{Kind, Token};

type Match = Option<(usize, Alternatives)>;
type Rule = fn(&Place<'_>) -> Match;

/// The first rule that matches has the word; so the longer shapes stand before the shorter.
const RULES: [Rule; 29] = [
    set_phrase,
    figures::iso_date,
    figures::eight_figures,
    clock::with_colon,
    clock::with_dot,
    figures::dotted_date,
    figures::slashed_date,
    figures::dashed_date,
    spans::nth_weekday,
    spans::week_of_month,
    figures::named_date,
    spans::numbered_week,
    spans::third,
    days::amount,
    dial::related,
    clock::by_the_hour,
    clock::half_of_the_day,
    clock::noon,
    clock::part_of_day,
    days::relative_day,
    days::weekday,
    days::habit,
    spans::weekend,
    spans::counted,
    spans::season,
    spans::month,
    days::gone,
    clock::two_numbers,
    clock::number_alone,
];

/// Everything said, in parts that an "oder" divides; none where something is left that no rule knows.
pub(super) fn read(place: Place<'_>) -> Option<Vec<Vec<Phrase>>> {
    let mut reader = Reader { place, pending: Bound::At, opener: None, segments: vec![Segment::default()] };
    while reader.place.at < reader.place.tokens.len() {
        let taken = reader.next().filter(|taken| *taken > 0)?;
        reader.place.at += taken;
    }
    reader.finish()
}

struct Reader<'a> {
    place: Place<'a>,
    /// How the next phrase is meant.
    pending: Bound,
    /// The word that opened a range, until its end was said.
    opener: Option<String>,
    segments: Vec<Segment>,
}

#[derive(Default)]
struct Segment {
    phrases: Vec<Phrase>,
    /// How many phrases stood before the last correction.
    corrected: usize,
    /// Whether a correction or a bound leaves open what is meant.
    is_in_doubt: bool,
}

impl Reader<'_> {
    fn segment(&mut self) -> &mut Segment {
        if self.segments.is_empty() {
            self.segments.push(Segment::default());
        }
        let last = self.segments.len() - 1;
        &mut self.segments[last]
    }

    /// How many tokens the next thing takes; none if nothing is known of it.
    fn next(&mut self) -> Option<usize> {
        let (words, idioms) = (self.place.words, self.place.idioms);
        // What stands behind it is not meant.
        if self.place.phrase(&["instead of"]).is_some() {
            return None;
        }
        let bound = self.place.longest(idioms.bounds);
        if let Some(taken) = self.place.phrase(idioms.corrections)
            && bound.is_none_or(|(longer, _)| longer <= taken)
        {
            self.correct();
            return Some(taken);
        }
        if let Some((taken, bound)) = self.place.longest(idioms.trailing_bounds)
            && self.bind_last(bound)
        {
            return Some(taken);
        }
        if self.place.is_word_of(0, idioms.or) {
            if self.pending != Bound::At || self.segment().phrases.is_empty() {
                return None;
            }
            self.segments.push(Segment::default());
            return Some(1);
        }
        let filler =
            [words.fillers, idioms.fillers].into_iter().filter_map(|list| self.place.phrase(list)).max();
        // "von mir aus" opens no range.
        if filler.is_none_or(|taken| taken == 1)
            && let Some(taken) = self.range_word()
        {
            return Some(taken);
        }
        if let Some((taken, alternatives)) = RULES.iter().find_map(|rule| rule(&self.place)) {
            self.push(alternatives);
            return Some(taken);
        }
        if let Some((taken, bound)) = bound {
            self.pending = self.pending.then(bound)?;
            return Some(taken);
        }
        filler.or_else(|| self.place.idle_mark())
    }

    /// "von … bis …", "zwischen … und …", "14–16 Uhr".
    fn range_word(&mut self) -> Option<usize> {
        let idioms = self.place.idioms;
        if let Some(word) = self.place.word(0).filter(|word| idioms.range_openers.contains(word)) {
            let is_followed = self.place.token(1).is_some();
            if self.pending == Bound::At && is_followed && self.place.longest(idioms.bounds).is_none() {
                self.opener = Some(word.to_owned());
                self.pending = Bound::From;
                return Some(1);
            }
        }
        let (opener, middle) = idioms.opened_middles;
        let closes = self.opener.as_deref() == Some(opener) && self.place.word(0) == Some(middle);
        let taken = if closes { Some(1) } else { self.place.phrase(idioms.range_middles) };
        let taken = taken.or_else(|| self.place.dash_between())?;
        let is_begun = self.pending == Bound::At && self.segment().phrases.len() > self.segment().corrected;
        if !is_begun {
            return None;
        }
        self.opener = None;
        self.pending = Bound::Until;
        Some(taken)
    }

    fn push(&mut self, alternatives: Alternatives) {
        let bound = std::mem::replace(&mut self.pending, Bound::At);
        let phrase = Phrase { bound, alternatives };
        // "November 5 to 10" ends on a day and not at an hour.
        let place = &self.place;
        let is_bare_number = place.small(0).is_some()
            && !place.is_hour_mark(1)
            && place.half(1).is_none()
            && !place.glued_mark(1, ':');
        let segment = self.segment();
        if bound == Bound::Until
            && is_bare_number
            && phrase.is_clock()
            && segment
                .phrases
                .last()
                .is_some_and(|last| last.date().is_some() || last.day_of_month().is_some())
        {
            segment.is_in_doubt = true;
        }
        // "Montag bis Mittwoch": what stands before "bis" is where the range begins.
        if bound == Bound::Until
            && let Some(before) = segment.phrases.last_mut()
            && before.bound == Bound::At
            && ((before.is_clock() && phrase.is_clock()) || (before.is_day() && phrase.is_day()))
        {
            before.bound = Bound::From;
        }
        segment.phrases.push(phrase);
    }

    /// "um vier herum", "um elf oder später"; only behind something that is not bound yet.
    fn bind_last(&mut self, bound: Bound) -> bool {
        if self.pending != Bound::At {
            return false;
        }
        match self.segment().phrases.last_mut() {
            Some(last) if last.bound == Bound::At || last.bound == bound => {
                last.bound = bound;
                true
            }
            Some(_) | None => false,
        }
    }

    /// What comes now stands instead of what was said before, as far as it is about the same.
    fn correct(&mut self) {
        self.pending = Bound::At;
        self.opener = None;
        let is_of_several = self.segments.len() > 1;
        let segment = self.segment();
        if segment.phrases.len() > segment.corrected {
            // "Montag oder Dienstag, nein, Mittwoch" does not say which of them.
            segment.is_in_doubt |= is_of_several;
            segment.settle();
            segment.corrected = segment.phrases.len();
        }
    }

    fn finish(mut self) -> Option<Vec<Vec<Phrase>>> {
        let pending = self.pending;
        if pending != Bound::At {
            self.pending = Bound::At;
            // "um elf spätestens": nothing comes after it; "zehn nach" and "drei bis" were not said to the end.
            let may_trail = matches!(pending, Bound::From | Bound::Until | Bound::Around | Bound::Except);
            let last = self.place.tokens.iter().rev().find_map(Token::word);
            let opens =
                last.is_some_and(|word| ["bis", "ab", "until", "till", "til", "by", "to"].contains(&word));
            if !may_trail || opens || !self.bind_last(pending) {
                return None;
            }
        }
        for segment in &mut self.segments {
            segment.settle();
        }
        if self.segments.iter().any(|segment| segment.is_in_doubt || segment.loses_a_bound()) {
            return None;
        }
        let said: Vec<Vec<Phrase>> = self.segments.into_iter().map(|segment| segment.phrases).collect();
        said.iter().all(|phrases| !phrases.is_empty()).then_some(said)
    }
}

impl Segment {
    fn settle(&mut self) {
        let Some((before, after)) = self.phrases.split_at_checked(self.corrected) else { return };
        if before.is_empty() {
            return;
        }
        let (new_day, new_clock) =
            (after.iter().any(|phrase| !phrase.is_clock()), after.iter().any(Phrase::is_clock));
        let kept = before.iter().filter(|old| if old.is_clock() { !new_clock } else { !new_day });
        let kept: Vec<Phrase> = kept.cloned().collect();
        self.is_in_doubt |= new_day && drops(before, after, Phrase::is_clock, false);
        self.is_in_doubt |= new_clock && drops(before, after, Phrase::is_clock, true);
        // "in zwei Wochen, nein drei", "am 20., nein 21": a bare figure stands for what was said in its place.
        self.is_in_doubt |= new_clock && !new_day && !before.iter().any(Phrase::is_clock);
        // "Freitag, nein" takes back and says nothing instead.
        let kept = if after.is_empty() { Vec::new() } else { kept };
        self.corrected = 0;
        self.phrases = kept.into_iter().chain(after.iter().cloned()).collect();
    }

    /// "bis Freitag, den 23." binds both, and a bound holds but one.
    fn loses_a_bound(&self) -> bool {
        let days = || self.phrases.iter().filter(|phrase| !phrase.is_clock());
        let is_bound = |phrase: &&Phrase| phrase.bound.is_end();
        if days().filter(is_bound).count() != 1 {
            return false;
        }
        let mut behind = days().skip_while(|phrase| !phrase.bound.is_end()).skip(1);
        behind.next().is_some_and(Phrase::is_day)
    }
}

/// Whether a correction leaves out a week, a month, a part of the day or a bound that what it takes back had.
fn drops(before: &[Phrase], after: &[Phrase], is_clock: fn(&Phrase) -> bool, clock: bool) -> bool {
    let count = |phrases: &[Phrase], fits: fn(&Phrase) -> bool| {
        phrases.iter().filter(|phrase| is_clock(phrase) == clock && fits(phrase)).count()
    };
    let is_lost = |fits: fn(&Phrase) -> bool| count(before, fits) > count(after, fits);
    is_lost(|phrase| phrase.bound.is_end()) || is_lost(Phrase::is_frame)
}

fn sure(said: Said) -> Alternatives {
    vec![(0, said)]
}

/// Whether there is such a day in some year.
fn is_a_day(month: i8, day: i8) -> bool {
    Date::new(2028, month, day).is_ok()
}

fn is_a_time(hour: i8, minute: i8) -> bool {
    (0..24).contains(&hour) && (0..60).contains(&minute)
}

/// What the tokens say already: a machine's moment, a feast, "as soon as possible".
fn set_phrase(place: &Place<'_>) -> Match {
    match place.token(0)?.kind {
        Kind::Instant(instant) => Some((1, sure(Said::Instant(instant)))),
        Kind::Local(local) => Some((1, sure(Said::Local(local)))),
        Kind::Feast(feast) => Some((1, sure(Said::Feast(feast)))),
        Kind::Soonest => Some((1, sure(Said::Soonest))),
        Kind::Word(_) | Kind::Number(_) | Kind::Mark(_) => None,
    }
}
