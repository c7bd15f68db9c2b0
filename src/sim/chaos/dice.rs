//! Chance from one seed: the same seed gives the same decisions, whoever throws first.

use rand::rngs::ChaCha8Rng;
use rand::{RngExt as _, SeedableRng as _};

/// A generator of its own for one purpose; what another purpose draws does not move it.
#[derive(Debug)]
pub(super) struct Dice(ChaCha8Rng);

impl Dice {
    /// `ChaCha8` with this seed, in the stream of this number.
    pub(super) fn of(seed: u64, stream: u64) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(stream);
        Self(rng)
    }

    /// True in so many of a hundred throws.
    pub(super) fn percent(&mut self, chance: u32) -> bool {
        self.0.random_ratio(chance.min(100), 100)
    }

    /// A number between the two, both included.
    pub(super) fn between(&mut self, min: u64, max: u64) -> u64 {
        self.0.random_range(min..=max.max(min))
    }

    /// An index below `length`; 0 where there is nothing to choose from.
    pub(super) fn below(&mut self, length: usize) -> usize {
        if length == 0 { 0 } else { self.0.random_range(0..length) }
    }

    /// One of several, by weight; the last where the weights are all 0.
    pub(super) fn one_of<T: Copy>(&mut self, choices: &[(u32, T)], otherwise: T) -> T {
        let total: u32 = choices.iter().map(|(weight, _)| weight).sum();
        if total == 0 {
            return otherwise;
        }
        let mut left = self.0.random_range(0..total);
        for (weight, choice) in choices {
            if left < *weight {
                return *choice;
            }
            left -= weight;
        }
        otherwise
    }

    pub(super) fn shuffle<T>(&mut self, things: &mut [T]) {
        for last in (1..things.len()).rev() {
            let other = self.below(last + 1);
            things.swap(last, other);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_and_stream_throw_the_same() {
        let throws = |seed, stream| -> Vec<u64> {
            let mut dice = Dice::of(seed, stream);
            (0..20).map(|_| dice.between(0, 1_000_000)).collect()
        };

        assert_eq!(throws(7, 1), throws(7, 1));
        assert_ne!(throws(7, 1), throws(7, 2));
        assert_ne!(throws(7, 1), throws(8, 1));
    }

    #[test]
    fn what_is_weighed_nothing_is_never_chosen() {
        let mut dice = Dice::of(3, 3);

        assert!((0..200).all(|_| dice.one_of(&[(0, 'a'), (5, 'b')], 'c') == 'b'));
        assert!((0..200).all(|_| (10..=12).contains(&dice.between(10, 12))));
    }
}
