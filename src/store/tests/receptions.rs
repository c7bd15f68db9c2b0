//! Tests of what companies set about their agents: kept per tenant, never overwritten unread; and of keys that are replaced.

use entities::webhook_test;
use secrecy::ExposeSecret;
use serde_json::json;

use super::*;
use crate::domain::deployment::reception::Reception;

fn silent() -> Reception {
    let mut reception = Reception::default();
    let change = serde_json::from_value(json!({"enabled": false})).unwrap();
    reception.change_function("list_services", change).unwrap();
    reception
}

async fn webhook_keys(books: &Books, tenant: Tenant) -> Vec<String> {
    let directory = books.store.directory().load().await.unwrap();
    let keys = &directory.company(tenant.company).unwrap().webhook_keys;
    keys.iter().map(|key| key.expose_secret().to_owned()).collect()
}

#[tokio::test]
async fn settings_are_read_as_they_were_kept_and_say_when_and_by_whom() {
    let books = Books::new().await;
    let anna = books.anna().await;
    let receptions = books.store.receptions(anna.company);
    assert_eq!(receptions.of(None).await.unwrap().version, 0);

    assert!(receptions.put(None, (&silent(), 0), (at(1), "Agentur Beispiel")).await.unwrap());

    let kept = receptions.of(None).await.unwrap();
    assert_eq!((kept.reception, kept.version), (silent(), 1));
    assert_eq!(kept.changed, Some((at(1), "Agentur Beispiel".to_owned())));
    let branch = anna.branch;
    assert_eq!(receptions.of(Some(branch)).await.unwrap().version, 0);
}

#[tokio::test]
async fn of_two_who_change_the_same_version_the_second_is_told() {
    let books = Books::new().await;
    let anna = books.anna().await;
    let receptions = books.store.receptions(anna.company);
    let none = Reception::default();

    assert!(receptions.put(None, (&silent(), 0), (at(1), "eine")).await.unwrap());
    assert!(!receptions.put(None, (&none, 0), (at(2), "andere")).await.unwrap());
    assert!(receptions.put(None, (&none, 1), (at(3), "eine")).await.unwrap());
    assert!(!receptions.put(None, (&silent(), 1), (at(4), "andere")).await.unwrap());

    assert_eq!(receptions.of(None).await.unwrap().version, 2);
}

#[tokio::test]
async fn another_company_neither_reads_nor_changes_them() {
    let books = Books::new().await;
    let (anna, praxis) = (books.anna().await, books.praxis().await);
    let branch = Some(anna.branch);
    let ours = books.store.receptions(anna.company);
    ours.put(branch, (&silent(), 0), (at(1), "eine")).await.unwrap();

    let theirs = books.store.receptions(praxis.company);
    assert_eq!(theirs.of(branch).await.unwrap().version, 0);
    assert!(!theirs.put(branch, (&Reception::default(), 1), (at(2), "andere")).await.unwrap());

    assert_eq!(ours.of(branch).await.unwrap().reception, silent());
}

#[tokio::test]
async fn a_replaced_key_counts_beside_the_new_one_until_its_time_is_over() {
    let books = Books::new().await;
    let anna = books.anna().await;
    let directory = books.store.directory();
    let before = webhook_keys(&books, anna).await;

    assert!(directory.replace_webhook_key(anna.company, &"key_neu".into(), Some(at(60))).await.unwrap());

    assert_eq!(webhook_keys(&books, anna).await, ["key_neu".to_owned(), before[0].clone()]);
    let signing = directory.signing(anna.company).await.unwrap().unwrap();
    assert_eq!((signing.is_api_key, signing.replaced_until), (false, Some(at(60))));
    let version = directory.version().await.unwrap();
    directory.forget_replaced_keys(at(59)).await.unwrap();
    assert_eq!(directory.version().await.unwrap(), version);
    directory.forget_replaced_keys(at(60)).await.unwrap();
    assert_eq!(directory.version().await.unwrap(), version + 1);
    assert_eq!(webhook_keys(&books, anna).await, ["key_neu"]);
}

#[tokio::test]
async fn every_key_that_was_replaced_counts_until_its_own_time_is_over() {
    let books = Books::new().await;
    let anna = books.anna().await;
    let directory = books.store.directory();
    let before = webhook_keys(&books, anna).await;
    let replace = async |key: &str, until: Option<Timestamp>| {
        assert!(directory.replace_webhook_key(anna.company, &key.into(), until).await.unwrap());
    };

    replace("key_vertippt", Some(at(60))).await;
    replace("key_richtig", Some(at(90))).await;

    let sorted = async || {
        let mut keys = webhook_keys(&books, anna).await;
        keys[1..].sort();
        keys
    };
    let mut kept = vec![before[0].clone(), "key_vertippt".to_owned()];
    kept.sort();
    assert_eq!(sorted().await, [vec!["key_richtig".to_owned()], kept].concat());
    directory.forget_replaced_keys(at(60)).await.unwrap();
    assert_eq!(webhook_keys(&books, anna).await, ["key_richtig", "key_vertippt"]);
    replace("key_vertippt", None).await;
    assert_eq!(webhook_keys(&books, anna).await, ["key_vertippt"]);
}

#[tokio::test]
async fn the_key_that_counts_already_replaces_nothing() {
    let books = Books::new().await;
    let anna = books.anna().await;
    let directory = books.store.directory();
    let before = webhook_keys(&books, anna).await;

    let same = SecretString::from(before[0].clone());
    assert!(!directory.replace_webhook_key(anna.company, &same, Some(at(60))).await.unwrap());

    assert_eq!(webhook_keys(&books, anna).await, before);
}

#[tokio::test]
async fn the_last_test_of_the_webhook_is_the_one_that_is_known() {
    let books = Books::new().await;
    let anna = books.anna().await;
    let receptions = books.store.receptions(anna.company);
    let test = |minute: i64, success| webhook_test::Model {
        company_id: anna.company.into(),
        tested_at: at(minute).into(),
        success,
        status_code: Some(204),
        latency_ms: 12,
        message: "went all the way".into(),
    };
    assert_eq!(receptions.last_test().await.unwrap(), None);

    receptions.tested(test(1, false)).await.unwrap();
    receptions.tested(test(2, true)).await.unwrap();

    assert_eq!(receptions.last_test().await.unwrap(), Some(test(2, true)));
}
