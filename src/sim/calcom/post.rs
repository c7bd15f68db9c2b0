//! The post: carries webhooks to whoever subscribed, once and without looking back, or as badly as a dial says.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use actix_rt::{Arbiter, ArbiterHandle};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use tokio::sync::{mpsc, oneshot};

use super::engine::{Engine, pause};
use super::ledger::Delivery;

/// What becomes of one delivery.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Fate {
    #[default]
    OnTime,
    Lost,
    Twice,
    /// So much later, when others have overtaken it and the booking has long been answered.
    Delayed {
        ms: u64,
    },
}

/// Something to be carried, or a time at which a late commit falls due.
#[derive(Debug)]
enum Errand {
    Carry(Parcel),
    Commit { after_ms: u64 },
}

/// An errand and who waits for it.
type HandedIn = (Errand, oneshot::Sender<()>);

/// One delivery to one subscriber.
#[derive(Debug)]
pub(super) struct Parcel {
    pub(super) url: String,
    pub(super) secret: Option<String>,
    pub(super) body: Vec<u8>,
    pub(super) fate: Fate,
    pub(super) trigger: &'static str,
    pub(super) uid: String,
}

/// Resolves once a delivery has been answered or given up; a delayed or lost one at once.
pub(super) type Told = oneshot::Receiver<()>;

/// What has been handed in; it goes out as soon as the post is open.
#[derive(Debug)]
pub(super) struct Post {
    counter: mpsc::UnboundedSender<HandedIn>,
    bag: Mutex<Option<mpsc::UnboundedReceiver<HandedIn>>>,
    /// Made at the first delivery: a calendar nobody subscribed to needs none.
    http: OnceLock<reqwest::Client>,
}

impl Default for Post {
    fn default() -> Self {
        let (counter, bag) = mpsc::unbounded_channel();
        Self { counter, bag: Mutex::new(Some(bag)), http: OnceLock::new() }
    }
}

impl Post {
    pub(super) fn hand_in(&self, parcel: Parcel) -> Told {
        self.send(Errand::Carry(parcel))
    }

    /// A late commit becomes visible, and its webhook goes out, though nobody asks.
    pub(super) fn commit_in(&self, after_ms: u64) {
        drop(self.send(Errand::Commit { after_ms }));
    }

    fn send(&self, errand: Errand) -> Told {
        let (done, told) = oneshot::channel();
        // With the post closed for good nobody is told, which is what a dead Cal.com does.
        drop(self.counter.send((errand, done)));
        told
    }

    fn client(&self) -> Option<&reqwest::Client> {
        if self.http.get().is_none() {
            // Whoever came first has installed it.
            drop(rustls::crypto::ring::default_provider().install_default());
            let built = reqwest::Client::builder()
                .redirect(reqwest::redirect::Policy::none())
                .timeout(Duration::from_secs(30))
                .build();
            drop(self.http.set(built.ok()?));
        }
        self.http.get()
    }
}

/// Opens the post on this thread; it is open as long as the thread runs.
pub(super) fn open(engine: &Arc<Engine>, arbiter: &ArbiterHandle) {
    let bag = engine.post.bag.lock().unwrap_or_else(PoisonError::into_inner).take();
    let Some(mut bag) = bag else { return };
    let engine = Arc::clone(engine);
    arbiter.spawn(async move {
        while let Some((errand, done)) = bag.recv().await {
            let engine = Arc::clone(&engine);
            Arbiter::current().spawn(async move { run(&engine, errand, done).await });
        }
    });
}

async fn run(engine: &Engine, errand: Errand, done: oneshot::Sender<()>) {
    match errand {
        Errand::Carry(parcel) => carry(engine, parcel, done).await,
        Errand::Commit { after_ms } => {
            pause(after_ms).await;
            drop(engine.books(engine.now()));
        }
    }
}

async fn carry(engine: &Engine, parcel: Parcel, done: oneshot::Sender<()>) {
    let mut done = Some(done);
    let times = match parcel.fate {
        Fate::OnTime => 1,
        Fate::Twice => 2,
        Fate::Lost => 0,
        Fate::Delayed { ms } => {
            drop(done.take());
            pause(ms).await;
            1
        }
    };
    let mut status = None;
    for _ in 0..times {
        status = post(engine, &parcel).await;
    }
    let Parcel { trigger, uid, fate, .. } = parcel;
    engine.log().deliveries.push(Delivery { at: engine.now(), trigger, uid, fate, status });
    drop(done);
}

/// The status is noted and otherwise ignored: Cal.com never tries again.
async fn post(engine: &Engine, parcel: &Parcel) -> Option<u16> {
    let signature = match &parcel.secret {
        Some(secret) => sign(secret, &parcel.body),
        None => "no-secret-provided".to_owned(),
    };
    let request = engine
        .post
        .client()?
        .post(&parcel.url)
        .header("Content-Type", "application/json")
        .header("X-Cal-Signature-256", signature)
        .header("X-Cal-Webhook-Version", "2021-10-20")
        .body(parcel.body.clone());
    Some(request.send().await.ok()?.status().as_u16())
}

/// The signature header of a webhook: lower-case hex of the HMAC over the raw body.
pub fn sign(secret: &str, body: &[u8]) -> String {
    match Hmac::<Sha256>::new_from_slice(secret.as_bytes()) {
        Ok(mut mac) => {
            mac.update(body);
            hex::encode(mac.finalize().into_bytes())
        }
        // HMAC takes keys of every length; an empty digest would be refused like any wrong one.
        Err(_) => String::new(),
    }
}

/// The fates of the next deliveries, in order; after them everything comes on time.
pub(super) fn next(fates: &mut VecDeque<Fate>) -> Fate {
    fates.pop_front().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;

    #[test]
    fn the_signature_is_that_of_the_vendors_vector() {
        let path = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/tests/fixtures/samples/calcom/delivery.signature-vector.json"
        );
        let vector: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        let (secret, body) = (vector["secret"].as_str().unwrap(), vector["rawBody"].as_str().unwrap());

        assert_eq!(sign(secret, body.as_bytes()), vector["headers"]["X-Cal-Signature-256"]);
    }
}
