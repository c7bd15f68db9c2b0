//! Reading how an agent stands at Retell.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use crate::domain::deployment::{AtRetell, Bound, Object, Place, Version, bindings};
use crate::retell::{Client, ReadFailure};

/// Why it is not known how an agent stands.
#[derive(Clone, Copy, Debug)]
pub(super) enum Unread {
    NoAgent,
    Failed(ReadFailure),
}

impl From<ReadFailure> for Unread {
    fn from(failure: ReadFailure) -> Self {
        Self::Failed(failure)
    }
}

/// Asks a second time; reading again is always safe.
pub(super) async fn twice<T, F>(ask: impl Fn() -> F) -> Result<T, ReadFailure>
where
    F: Future<Output = Result<T, ReadFailure>>,
{
    match ask().await {
        Err(_) => ask().await,
        answer => answer,
    }
}

/// How the agent stands: its numbers, its versions, what each of them is like that somebody may hear, and the one that answers.
/// `also` are words that nobody asks by now, but may again.
pub(super) async fn at_retell(client: &Client, place: &Place, also: &[Bound]) -> Result<AtRetell, Unread> {
    let agent_id = place.agent_id.as_str();
    let numbers = twice(|| client.raw_numbers()).await?;
    let versions = twice(|| client.versions(agent_id)).await?.ok_or(Unread::NoAgent)?;
    let empty = Version { agent: Object::default(), engine: None };
    let (resolved, contents) = (BTreeMap::new(), BTreeMap::new());
    let mut at = AtRetell { answering: empty, versions, numbers, resolved, contents };
    let last = at.latest().ok_or(Unread::NoAgent)?;
    let mut words = vec![Bound::Published, Bound::Latest];
    words.extend(at.numbers.iter().flat_map(|number| bindings(number, agent_id)));
    words.extend_from_slice(also);
    for word in words {
        resolve(client, place, &mut at, &word).await?;
    }
    let answers = |number: &String| at.answers(number, agent_id).into_iter().next();
    let answering = place.numbers.iter().chain(&place.hotlines).find_map(answers);
    let version = answering.or(at.published()).unwrap_or(last);
    at.answering = at.content(Some(version)).cloned().ok_or(Unread::NoAgent)?;
    Ok(at)
}

/// Which version a word stands for, and what that is like; a word that stands for none is left out.
async fn resolve(client: &Client, place: &Place, at: &mut AtRetell, word: &Bound) -> Result<(), Unread> {
    if at.resolved.contains_key(word.word()) {
        return Ok(());
    }
    let agent_id = place.agent_id.as_str();
    let version = match word {
        Bound::Published => at.published(),
        Bound::Latest => at.latest(),
        Bound::Pinned(word) => match word.parse().ok() {
            Some(version) => Some(version),
            None => twice(|| client.version_of(agent_id, word)).await?,
        },
    };
    let Some(version) = version else { return Ok(()) };
    if let Entry::Vacant(vacant) = at.contents.entry(version) {
        let Some(content) = twice(|| client.version(agent_id, version)).await? else { return Ok(()) };
        vacant.insert(content);
    }
    at.resolved.insert(word.word().to_owned(), version);
    Ok(())
}
