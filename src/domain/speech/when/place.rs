//! A place in the tokens, and what stands before and after it.

use jiff::civil::Weekday;

use super::super::words::Words;
use super::idioms::{Idioms, Unit, Which};
use super::tokens::{Kind, Token, spoken};

/// A place in the tokens, and the words round it.
pub(super) struct Place<'a> {
    pub(super) tokens: &'a [Token],
    pub(super) at: usize,
    pub(super) words: &'a Words,
    pub(super) idioms: &'a Idioms,
}

impl Place<'_> {
    pub(super) fn token(&self, ahead: usize) -> Option<&Token> {
        self.tokens.get(self.at + ahead)
    }

    pub(super) fn word(&self, ahead: usize) -> Option<&str> {
        self.token(ahead)?.word()
    }

    pub(super) fn is_word_of(&self, ahead: usize, list: &[&str]) -> bool {
        self.word(ahead).is_some_and(|word| list.contains(&word))
    }

    /// The word before, over a comma.
    pub(super) fn is_after(&self, list: &[&str]) -> bool {
        let before = self.tokens[..self.at].iter().rev().find(|token| !token.is_mark(','));
        before.and_then(Token::word).is_some_and(|word| list.contains(&word))
    }

    pub(super) fn is_after_weekday(&self) -> bool {
        let before =
            self.tokens[..self.at].iter().rev().find(|token| !token.is_mark(',') && !token.is_mark('.'));
        before.and_then(Token::word).is_some_and(|word| lookup(self.words.named_weekdays, word).is_some())
    }

    fn word_before(&self, back: usize) -> Option<&str> {
        let mut before = self.tokens[..self.at].iter().rev().filter(|token| !token.is_mark(','));
        before.nth(back)?.word()
    }

    /// Whether a month was named already.
    pub(super) fn is_behind_a_month(&self) -> bool {
        let mut words = self.tokens[..self.at].iter().filter_map(Token::word);
        words.any(|word| lookup(self.words.named_months, word).is_some())
    }

    /// Whether another word of the clock stands on this side of an "oder": then a bare number is no day of the month.
    pub(super) fn has_other_clock(&self) -> bool {
        let is_or = |at: &usize| self.tokens[*at].word().is_some_and(|word| self.idioms.or.contains(&word));
        let before = (0..self.at).rev().take_while(|at| !is_or(at));
        let mut around = before.chain((self.at + 1..self.tokens.len()).take_while(|at| !is_or(at)));
        around.any(|at| {
            let there = Place { tokens: self.tokens, at, words: self.words, idioms: self.idioms };
            there.figures(0).is_some()
                || there.longest(self.idioms.parts_of_day).is_some()
                || (there.idioms.morning.is_some() && there.word(0) == Some("morgen"))
                || [self.idioms.half, self.idioms.quarter, self.idioms.three_quarters, self.idioms.noon]
                    .into_iter()
                    .any(|list| there.is_word_of(0, list))
        })
    }

    /// Whether a small ordinal picks one of several and names no day: "den ersten Termin", "the second one".
    pub(super) fn is_a_choice(&self, number: i8) -> bool {
        const COUNTED: [&str; 10] =
            ["termin", "termine", "mal", "one", "appointment", "slot", "available", "time", "free", "option"];
        const DAY_AFTER: [&str; 27] = [
            "am", "dem", "vom", "ab", "bis", "nach", "vor", "zwischen", "und", "oder", "ist", "nein", "auf",
            "on", "from", "by", "until", "till", "before", "after", "between", "and", "or", "to", "no",
            "starting", "through",
        ];
        if self.is_word_of(2, &COUNTED) {
            return true;
        }
        if number > 5 {
            return false;
        }
        // "am ersten Freitag" is not the first of a month.
        if self.weekday_at(2).is_some() {
            return true;
        }
        let is_of_a_month = (2..6).any(|ahead| self.word(ahead).is_some_and(|word| word.starts_with("mon")));
        let article = usize::from(self.is_after(&["der", "den", "the", "das", "die"]));
        let names_a_day = self.word_before(article).is_some_and(|word| {
            DAY_AFTER.contains(&word)
                || lookup(self.words.named_weekdays, word).is_some()
                || (word == "zum" && self.word_before(article + 1) == Some("bis"))
        });
        !is_of_a_month && !names_a_day
    }

    /// Whether a bare number counts people or chooses an offer.
    pub(super) fn is_a_count(&self) -> bool {
        self.is_after(&["fuer", "for", "zu", "die", "das", "option", "nummer", "number"])
            || self.is_word_of(1, &["mal", "times"])
    }

    pub(super) fn is_after_dotted_number(&self) -> bool {
        let before = |back: usize| self.at.checked_sub(back).and_then(|at| self.tokens.get(at));
        before(1).is_some_and(|token| token.is_mark('.'))
            && before(2).is_some_and(|token| token.figures().is_some())
    }

    pub(super) fn mark(&self, ahead: usize, mark: char) -> bool {
        self.token(ahead).is_some_and(|token| token.is_mark(mark))
    }

    pub(super) fn glued_mark(&self, ahead: usize, mark: char) -> bool {
        self.token(ahead).is_some_and(|token| token.glued && token.is_mark(mark))
    }

    pub(super) fn is_glued(&self, ahead: usize) -> bool {
        self.token(ahead).is_some_and(|token| token.glued)
    }

    pub(super) fn figures(&self, ahead: usize) -> Option<&str> {
        self.token(ahead)?.figures()
    }

    /// A number of at most so many figures.
    pub(super) fn number(&self, ahead: usize, figures_max: usize) -> Option<i16> {
        let figures = self.figures(ahead)?;
        if figures.len() > figures_max { None } else { figures.parse().ok() }
    }

    pub(super) fn small(&self, ahead: usize) -> Option<i8> {
        self.number(ahead, 2).and_then(|number| i8::try_from(number).ok())
    }

    /// Two figures, as minutes are written.
    pub(super) fn minutes(&self, ahead: usize) -> Option<i8> {
        if self.figures(ahead)?.len() == 2 { self.small(ahead) } else { None }
    }

    pub(super) fn month(&self, ahead: usize) -> Option<i8> {
        lookup(self.words.named_months, self.word(ahead)?)
    }

    /// A year of four figures in living memory, and not the hour of what follows.
    pub(super) fn year(&self, ahead: usize) -> Option<i16> {
        if self.figures(ahead)?.len() != 4 || self.mark(ahead + 1, ':') {
            return None;
        }
        self.number(ahead, 4).filter(|year| (1900..2200).contains(year))
    }

    pub(super) fn is_hour_mark(&self, ahead: usize) -> bool {
        self.is_word_of(ahead, self.words.hour_marks)
    }

    pub(super) fn is_last(&self, ahead: usize) -> bool {
        self.token(ahead + 1).is_none()
    }

    /// How many tokens the longest of these phrases takes here.
    pub(super) fn phrase(&self, phrases: &[&str]) -> Option<usize> {
        self.phrase_at(0, phrases)
    }

    pub(super) fn phrase_at(&self, ahead: usize, phrases: &[&str]) -> Option<usize> {
        let rest = self.rest(ahead)?;
        let first = rest.first()?.word()?;
        let likely = phrases.iter().filter(|phrase| phrase.starts_with(first));
        likely.filter_map(|phrase| spoken(rest, phrase)).max()
    }

    /// The longest of these phrases and what it stands for.
    pub(super) fn longest<T: Copy>(&self, table: &[(&str, T)]) -> Option<(usize, T)> {
        self.longest_at(0, table)
    }

    pub(super) fn longest_at<T: Copy>(&self, ahead: usize, table: &[(&str, T)]) -> Option<(usize, T)> {
        let rest = self.rest(ahead)?;
        let first = rest.first()?.word()?;
        let likely = table.iter().filter(|(phrase, _)| phrase.starts_with(first));
        let found = likely.filter_map(|&(phrase, value)| Some((spoken(rest, phrase)?, value)));
        found.max_by_key(|&(taken, _)| taken)
    }

    fn rest(&self, ahead: usize) -> Option<&[Token]> {
        self.tokens.get(self.at + ahead..).filter(|rest| !rest.is_empty())
    }

    /// Punctuation that says nothing about the time.
    pub(super) fn idle_mark(&self) -> Option<usize> {
        let Kind::Mark(mark) = &self.token(0)?.kind else { return None };
        let after_word = self.at.checked_sub(1).is_some_and(|before| self.tokens[before].figures().is_none());
        let is_idle = match mark {
            ',' | ';' | '!' | '?' | '"' | '„' | '“' | '”' => true,
            '.' => after_word || self.is_last(0),
            '-' | '–' | '—' => self.figures(1).is_none() && !self.is_last(0),
            _ => false,
        };
        is_idle.then_some(1)
    }

    /// A dash with something said on both sides: "14–16 Uhr", "Mo-Fr".
    pub(super) fn dash_between(&self) -> Option<usize> {
        let is_dash = ['-', '–', '—'].iter().any(|dash| self.mark(0, *dash));
        let is_followed = self.figures(1).is_some() || self.weekday_at(1).is_some();
        (is_dash && is_followed).then_some(1)
    }

    /// Whether a dash stands there that leads to nothing.
    pub(super) fn dashes_on(&self, ahead: usize) -> bool {
        let is_dash = ['-', '–', '—'].iter().any(|dash| self.mark(ahead, *dash));
        is_dash && self.figures(ahead + 1).is_none()
    }

    pub(super) fn weekday_at(&self, ahead: usize) -> Option<Weekday> {
        lookup(self.words.named_weekdays, self.word(ahead)?)
    }

    /// Which of several: "nächsten", with whatever ending.
    pub(super) fn which(&self, ahead: usize) -> Option<Which> {
        let word = self.word(ahead)?;
        let idioms = self.idioms;
        let fits = |stem: &str| match word.strip_prefix(stem) {
            Some("") => idioms.endings.is_empty(),
            Some(ending) => idioms.endings.contains(&ending),
            None => false,
        };
        idioms.which.iter().find(|(stem, _)| fits(stem)).map(|&(_, which)| which)
    }

    /// How many words stand there that only link.
    pub(super) fn links(&self, ahead: usize) -> usize {
        (ahead..ahead + 3).take_while(|at| self.is_word_of(*at, self.idioms.links)).count()
    }

    /// A number of units: "drei Wochen", "einer Woche".
    pub(super) fn amount(&self, ahead: usize) -> Option<(usize, i32, Unit)> {
        let number = match self.small(ahead) {
            Some(number) => Some(i32::from(number)),
            None => self.is_word_of(ahead, self.idioms.ones).then_some(1),
        };
        if let (None, Some((taken, unit))) = (number, self.longest_at(ahead, self.idioms.units)) {
            return (unit == Unit::HalfYear).then_some((taken, 1, unit));
        }
        let (taken, unit) = self.longest_at(ahead + 1, self.idioms.units)?;
        Some((taken + 1, number?, unit))
    }

    pub(super) fn is_ordinal(&self, ahead: usize) -> bool {
        self.is_glued(ahead) && self.is_word_of(ahead, self.words.ordinal_endings)
    }

    /// Whether "pm" (true) or "am" (false) stands there.
    pub(super) fn half(&self, ahead: usize) -> Option<bool> {
        if !self.words.halves_of_the_day {
            return None;
        }
        match self.word(ahead)? {
            "pm" => Some(true),
            "am" => Some(false),
            _ => None,
        }
    }
}

/// The value of a word in a table.
pub(super) fn lookup<T: Copy>(table: &[(&str, T)], word: &str) -> Option<T> {
    table.iter().find(|(known, _)| *known == word).map(|&(_, value)| value)
}
