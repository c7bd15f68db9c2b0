//! A letter from Retell, or from whoever says so: opened only if it looks signed, read within its time and size.

use std::cell::RefCell;
use std::pin::Pin;
use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::http::header::CONTENT_LENGTH;
use actix_web::web::{Bytes, BytesMut, Data};
use actix_web::{FromRequest, HttpRequest};
use dashmap::mapref::entry::Entry;
use futures_util::StreamExt as _;

use super::{Limits, Source, give_back, take};
use crate::clock::Clock;
use crate::http::Rooms;
use crate::http::error::Refusal;
use crate::meters;
use crate::retell::signature::{self, Invalid};

/// The bytes of a body, exactly as they came; counted as a stranger's until somebody vouches for them.
pub(in crate::http) struct Letter {
    body: Bytes,
    shelf: RefCell<Option<Shelf>>,
}

impl Letter {
    pub(in crate::http) fn body(&self) -> &[u8] {
        &self.body
    }

    /// Its signature was right: it is no stranger's letter any more.
    pub(in crate::http) fn vouch(&self) {
        drop(self.shelf.take());
    }
}

impl FromRequest for Letter {
    type Error = Refusal;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Refusal>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let opened = open(request);
        let payload = payload.take();
        Box::pin(async move { opened?.read(payload).await })
    }
}

/// What the head alone tells: a body that could not be good is not read.
fn open(request: &HttpRequest) -> Result<Reading, Refusal> {
    let no_house = || Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "not_ready", "the house is not open");
    let rooms = request.app_data::<Data<Rooms>>().ok_or_else(no_house)?;
    let (limits, now) = (&rooms.limits, rooms.house.clock().now());
    let signed = request.headers().get(signature::HEADER).and_then(|value| value.to_str().ok());
    match signature::verify(&[], signed, &[], now) {
        Err(invalid @ (Invalid::Missing | Invalid::Malformed | Invalid::Stale)) => {
            limits.wrong_signature(request);
            return Err(crate::http::door::refusal(invalid));
        }
        // Whose it is stands in the body.
        Ok(_) | Err(Invalid::Wrong) => {}
    }
    let length = request.headers().get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
    let reading = Reading::new(limits, limits.source(request), rooms.body_max_bytes, length.unwrap_or(0));
    if length.is_some_and(|length| length > rooms.body_max_bytes) {
        return Err(reading.too_large());
    }
    Ok(reading)
}

/// A body on its way in.
struct Reading {
    limits: Arc<Limits>,
    shelf: Option<Shelf>,
    body_max_bytes: usize,
    promised: usize,
}

impl Reading {
    fn new(limits: &Arc<Limits>, source: Option<Source>, body_max_bytes: usize, promised: usize) -> Self {
        let now = limits.clock.now();
        let shelf = source.map(|source| Shelf {
            limits: limits.clone(),
            source,
            is_proven: limits.sources.is_proven(source, now),
            bytes: 0,
        });
        Self { limits: limits.clone(), shelf, body_max_bytes, promised }
    }

    async fn read(mut self, mut payload: Payload) -> Result<Letter, Refusal> {
        let watch = Clock::stopwatch();
        let mut body = BytesMut::new();
        loop {
            let left = watch.left_of(self.allowed_ms(body.len()));
            let chunk = match tokio::time::timeout(left, payload.next()).await {
                Err(_) => return Err(self.too_slow()),
                Ok(None) => break,
                Ok(Some(Err(_))) => return Err(cut_off()),
                Ok(Some(Ok(chunk))) => chunk,
            };
            if body.len() + chunk.len() > self.body_max_bytes {
                return Err(self.too_large());
            }
            self.shelve(chunk.len())?;
            if body.is_empty() && chunk.len() == self.promised {
                return Ok(self.letter(chunk));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(self.letter(body.freeze()))
    }

    /// How long a body may have taken of which so much has come.
    fn allowed_ms(&self, bytes: usize) -> u64 {
        let settings = &self.limits.settings;
        let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
        let earned_ms = bytes.saturating_mul(1_000) / settings.body_bytes_per_second_min.max(1);
        settings.body_wait_ms.saturating_add(earned_ms)
    }

    fn shelve(&mut self, bytes: usize) -> Result<(), Refusal> {
        let Some(room) = &mut self.shelf else { return Ok(()) };
        room.take(bytes).map_err(|limit| {
            meters::turned_away(limit);
            let message = "too much that nobody has vouched for is being read; try again in a moment";
            Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "busy", message).after(1)
        })
    }

    fn letter(self, body: Bytes) -> Letter {
        Letter { body, shelf: RefCell::new(self.shelf) }
    }

    /// Whoever keeps us waiting is counted like one who signs wrongly.
    fn too_slow(&self) -> Refusal {
        meters::turned_away("body_time");
        if let Some(shelf) = self.shelf.as_ref().filter(|shelf| !shelf.is_proven) {
            self.limits.sources.wrong_signature(shelf.source, self.limits.clock.now());
        }
        Refusal::new(StatusCode::REQUEST_TIMEOUT, "too_slow", "the body came too slowly")
    }

    fn too_large(&self) -> Refusal {
        meters::turned_away("body_size");
        let message = format!("the body is larger than {} bytes", self.body_max_bytes);
        Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", &message)
    }
}

fn cut_off() -> Refusal {
    Refusal::new(StatusCode::BAD_REQUEST, "cut_off", "the body ended before its end")
}

/// The room that an unverified body takes up, given back when it is gone or vouched for.
struct Shelf {
    limits: Arc<Limits>,
    source: Source,
    /// Somebody at its source has signed rightly: it has room of its own, and all of Retell may share one source.
    is_proven: bool,
    bytes: usize,
}

impl Shelf {
    fn take(&mut self, bytes: usize) -> Result<(), &'static str> {
        let limits = &self.limits;
        if self.is_proven {
            if !take(&limits.proven_bytes, bytes, limits.settings.proven_bytes_max) {
                return Err("proven_bytes");
            }
            self.bytes += bytes;
            return Ok(());
        }
        if !take(&limits.stranger_bytes, bytes, limits.settings.stranger_bytes_max) {
            return Err("stranger_bytes");
        }
        let mut of_source = limits.bytes_by_source.entry(self.source).or_insert(0);
        if *of_source + bytes > limits.settings.stranger_bytes_per_source_max {
            drop(of_source);
            give_back(&limits.stranger_bytes, bytes);
            return Err("stranger_bytes_of_source");
        }
        *of_source += bytes;
        self.bytes += bytes;
        Ok(())
    }
}

impl Drop for Shelf {
    fn drop(&mut self) {
        if self.is_proven {
            return give_back(&self.limits.proven_bytes, self.bytes);
        }
        give_back(&self.limits.stranger_bytes, self.bytes);
        if let Entry::Occupied(mut of_source) = self.limits.bytes_by_source.entry(self.source) {
            *of_source.get_mut() = of_source.get().saturating_sub(self.bytes);
            if *of_source.get() == 0 {
                of_source.remove();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use crate::http::limit::Settings;

    fn limits() -> Arc<Limits> {
        let defaults = Config::defaults().unwrap().limits;
        let settings = Settings {
            stranger_bytes_max: 100,
            stranger_bytes_per_source_max: 60,
            proven_bytes_max: 120,
            body_wait_ms: 1_000,
            body_bytes_per_second_min: 500,
            ..defaults
        };
        Limits::new(&settings, &[], Clock::default())
    }

    fn source(text: &str) -> Source {
        text.parse::<std::net::IpAddr>().unwrap().into()
    }

    fn shelf(limits: &Arc<Limits>, of: &str) -> Shelf {
        Shelf { limits: limits.clone(), source: source(of), is_proven: false, bytes: 0 }
    }

    #[test]
    fn strangers_letters_take_no_more_room_than_there_is_and_give_it_back() {
        let limits = limits();
        let (mut one, mut other) = (shelf(&limits, "192.0.2.7"), shelf(&limits, "192.0.2.8"));

        assert_eq!(one.take(60), Ok(()));
        assert_eq!(one.take(1), Err("stranger_bytes_of_source"));
        assert_eq!(other.take(41), Err("stranger_bytes"));
        drop(one);
        assert_eq!(other.take(41), Ok(()));
        drop(other);
        assert_eq!(limits.stranger_bytes.load(std::sync::atomic::Ordering::Relaxed), 0);
        assert!(limits.bytes_by_source.is_empty());
    }

    #[test]
    fn the_more_has_come_the_longer_the_rest_may_take() {
        let reading = Reading::new(&limits(), None, 1_000, 0);

        assert_eq!([0, 500, 750].map(|bytes| reading.allowed_ms(bytes)), [1_000, 2_000, 2_500]);
        assert_eq!(reading.allowed_ms(usize::MAX), u64::MAX / 500 + 1_000);
    }

    #[test]
    fn a_letter_of_a_source_that_signed_rightly_takes_no_strangers_room_but_has_a_bound_too() {
        let limits = limits();
        limits.sources.prove(source("192.0.2.7"), limits.clock.now());
        let shelf = |address| Reading::new(&limits, Some(source(address)), 1_000, 0).shelf.unwrap();
        let (mut proven, mut strange) = (shelf("192.0.2.7"), shelf("192.0.2.8"));

        assert_eq!(proven.take(100), Ok(()), "more than one stranger's source may have");
        assert_eq!(strange.take(60), Ok(()));
        assert_eq!(proven.take(21), Err("proven_bytes"));
        drop(proven);
        assert_eq!(shelf("192.0.2.7").take(120), Ok(()));
    }
}
