//! Whoever reads the books from outside, over REST, as an operator would.

use serde_json::Value;

/// A log-in at a running house.
#[derive(Debug)]
pub(super) struct Desk {
    pub(super) http: reqwest::Client,
    pub(super) url: String,
    pub(super) token: String,
}

impl Desk {
    /// Why the call came out as it did, in the words of the house.
    pub(super) async fn why(&self, call_id: &str) -> anyhow::Result<String> {
        let url = format!("{}/api/admin/v1/calls/{call_id}/timeline", self.url);
        let answer = self.http.get(url).bearer_auth(&self.token).send().await?;
        let story: Value = answer.error_for_status()?.json().await?;
        Ok(story["why"].as_str().unwrap_or("no reason is known").to_owned())
    }

    /// Every row of a list, page by page.
    pub(super) async fn all(&self, what: &str) -> anyhow::Result<Vec<Value>> {
        let (mut rows, mut cursor) = (Vec::new(), None);
        loop {
            let mut query = vec![("limit", "200".to_owned())];
            query.extend(cursor.take().map(|cursor| ("cursor", cursor)));
            let url = format!("{}/api/admin/v1/{what}", self.url);
            let answer = self.http.get(url).bearer_auth(&self.token).query(&query).send().await?;
            let page: Value = answer.error_for_status()?.json().await?;
            rows.extend(page["items"].as_array().cloned().unwrap_or_default());
            match page["next_cursor"].as_str() {
                Some(next) => cursor = Some(next.to_owned()),
                None => return Ok(rows),
            }
        }
    }
}
