//! Tests of deployments in the books: one at a time for a company, sealed, and seen by their own company alone.

use super::*;
use crate::store::deployments::{Begun, Entry};

fn begun(tenant: &Tenant, at: &str) -> Begun {
    Begun {
        id: Uuid::now_v7(),
        company: tenant.company,
        branch: tenant.branch,
        at: at.parse().unwrap(),
        by: "test".into(),
        undoes: None,
        before: SecretString::from("{\"tools\":\"geheim\"}"),
    }
}

#[tokio::test]
async fn one_is_under_way_at_a_time_until_it_has_ended_or_nothing_more_was_heard_of_it() {
    let books = Books::new().await;
    let (anna, praxis) = (books.anna().await, books.praxis().await);
    let deployments = books.store.deployments(Scope::All);
    let first = begun(&anna, "2026-10-14T08:00:00Z");
    let id = first.id;

    let at = |time: &str| format!("2026-10-14T{time}Z").parse().unwrap();
    let other = Entry::UnderWay { since: at("08:00:00"), by: "test".into(), free_at: at("08:05:00") };
    assert_eq!(deployments.begin(first).await.unwrap(), Entry::Entered);
    assert_eq!(deployments.begin(begun(&anna, "2026-10-14T08:04:00Z")).await.unwrap(), other);
    assert_eq!(deployments.begin(begun(&praxis, "2026-10-14T08:04:00Z")).await.unwrap(), Entry::Entered);
    deployments.end(id, "done", serde_json::json!({})).await.unwrap();
    assert_eq!(deployments.begin(begun(&anna, "2026-10-14T08:05:00Z")).await.unwrap(), Entry::Entered);
    assert_eq!(deployments.begin(begun(&anna, "2026-10-14T08:30:00Z")).await.unwrap(), Entry::Entered);

    let outcomes: Vec<Option<String>> =
        deployments.list(Some(anna.branch), 9).await.unwrap().into_iter().map(|row| row.outcome).collect();
    assert_eq!(outcomes, [None, Some("unknown".into()), Some("done".into())]);
}

#[tokio::test]
async fn what_stood_there_before_is_sealed_and_opened_for_its_own_company_alone() {
    let books = Books::new().await;
    let (anna, praxis) = (books.anna().await, books.praxis().await);
    let first = begun(&anna, "2026-10-14T08:00:00Z");
    let id = first.id;
    books.store.deployments(Scope::All).begin(first).await.unwrap();

    let (row, before) = books.store.deployments(Scope::one(anna.company)).find(id).await.unwrap().unwrap();

    assert_eq!(before, "{\"tools\":\"geheim\"}");
    assert!(!row.before.contains("geheim"));
    assert!(books.store.deployments(Scope::one(praxis.company)).find(id).await.unwrap().is_none());
}
