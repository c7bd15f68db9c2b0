//! A day at the telephone: how many call two companies between opening and closing, and how it is played faster.

use futures_util::stream::{self, StreamExt as _};

use super::scenario::{Played, Stage, Story, programme};

/// Calls of a busy day: two companies, nine opening hours, one call every nine minutes at each.
pub const CALLS: usize = 120;
/// How often in a day the calendar fails.
const OUTAGES: usize = 3;

/// Half a day, with the number of each story in the day.
#[derive(Clone, Debug, Default)]
pub struct HalfDay {
    stories: Vec<(usize, Story)>,
    /// Played one by one when the others have hung up: what they come to depends on who else is calling.
    outages: Vec<(usize, Story)>,
}

/// Morning and afternoon of a day of so many calls, all the demo's stories in turn.
pub fn halves(calls: usize) -> [HalfDay; 2] {
    let (outages, mut stories): (Vec<_>, Vec<_>) =
        programme(calls).into_iter().enumerate().partition(|(_, story)| *story == Story::CalendarOutage);
    let afternoon = stories.split_off(stories.len() / 2);
    let outages: Vec<_> = outages.into_iter().take(OUTAGES).collect();
    let (early, late) = outages.split_at(outages.len() / 2);
    [HalfDay { stories, outages: early.to_vec() }, HalfDay { stories: afternoon, outages: late.to_vec() }]
}

impl HalfDay {
    /// Plays it: the demo has one story after the other, here so many are on the telephone at a time.
    pub async fn play(&self, stage: &Stage, at_a_time: usize) -> Vec<Played> {
        let stories = stream::iter(self.stories.iter().map(|(n, story)| story.play(stage, *n)));
        let mut played: Vec<Vec<Played>> = stories.buffer_unordered(at_a_time).collect().await;
        for (n, story) in &self.outages {
            played.push(story.play(stage, *n).await);
        }
        played.into_iter().flatten().collect()
    }
}
