//! The requests to Cal.com: one attempt each, with the right version, within their time, and silent.

use std::fmt::{self, Debug, Formatter};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use reqwest::{Method, Url};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use tracing::Instrument as _;
use tracing::field::Empty;

use super::event_type::EventType;
use super::exchange::{Asked, Observer};
use super::headers::{RateLeft, date_of, rate_of, retry_after_s};
use super::json::whole;
use super::kind::kind_of;
use super::outcome::{Attempt, Change, Doubt, No, Offline, ReadFailure, Setback};
use super::request::{Lookup, NewBooking};
use super::texts::{Answer, Fault};
use super::webhook::Subscription;
use super::wire::{Booking, Me, Reservation, Slot, Uid};
use super::{Error, Settings};
use crate::clock::Clock;
use crate::meters;

const API_PATH: &str = "v2";
const VERSION_HEADER: &str = "cal-api-version";
const PAGE_SIZE: usize = 250;
const PAGES_MAX: usize = 4;
/// How many changed bookings are listed at once: so few that a slow calendar answers in time.
const CHANGED_MAX: usize = 100;

/// One account at Cal.com; cheap to clone.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    base: Url,
    key: SecretString,
    settings: Arc<Settings>,
    rate: Arc<Mutex<Option<RateLeft>>>,
    observer: Option<Observer>,
}

/// The HTTP client for all accounts: it follows no redirect and repeats no request by itself.
pub fn http(settings: &Settings) -> Result<reqwest::Client, Error> {
    reqwest::Client::builder()
        .connect_timeout(Duration::from_millis(settings.connect_timeout_ms))
        .pool_idle_timeout(Duration::from_millis(settings.pool_idle_ms))
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .user_agent(concat!("fernamt/", env!("CARGO_PKG_VERSION")))
        .build()
        .map_err(Error::Http)
}

impl Client {
    /// An account with an HTTP client of its own; fails on a base URL or key that cannot be used.
    pub fn new(base_url: &str, api_key: SecretString, settings: &Settings) -> Result<Self, Error> {
        Self::with_http(http(settings)?, base_url, api_key, settings)
    }

    /// An account that shares an HTTP client; the base URL may end in `/v2` or not.
    pub fn with_http(
        http: reqwest::Client,
        base_url: &str,
        api_key: SecretString,
        settings: &Settings,
    ) -> Result<Self, Error> {
        let key = api_key.expose_secret();
        // What is no visible ASCII would fail in every request's header.
        if key.is_empty() || !key.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(Error::Key);
        }
        let base = base(base_url).ok_or(Error::BaseUrl)?;
        let settings = Arc::new(settings.clone());
        Ok(Self { http, base, key: api_key, settings, rate: Arc::default(), observer: None })
    }

    /// The same account; whoever is named is told of each request.
    pub fn observed_by(&self, observer: Observer) -> Self {
        Self { observer: Some(observer), ..self.clone() }
    }

    /// What the last answer said about the allowance; nothing before the first.
    pub fn rate_left(&self) -> Option<RateLeft> {
        *self.rate.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The same, once: nothing until another answer has said something.
    pub fn take_rate_left(&self) -> Option<RateLeft> {
        self.rate.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Whose key it is; the cheapest question there is.
    pub async fn me(&self) -> Result<Me, ReadFailure> {
        Me::read(&self.read(self.get(&["me"], None)).await?).ok_or(ReadFailure::Unreadable)
    }

    /// The same, and what Cal.com's clock said.
    pub async fn me_dated(&self) -> Result<(Me, Option<Timestamp>), ReadFailure> {
        let answer = self.good(self.get(&["me"], None)).await?;
        let me = answer.data().as_ref().and_then(Me::read).ok_or(ReadFailure::Unreadable)?;
        Ok((me, answer.date))
    }

    /// The teams of the key's owner; none where this Cal.com has no teams.
    pub async fn teams(&self) -> Result<Vec<i64>, ReadFailure> {
        let Some(data) = self.find(self.get(&["teams"], None)).await? else { return Ok(Vec::new()) };
        let teams = data.as_array().ok_or(ReadFailure::Unreadable)?;
        Ok(teams.iter().filter_map(|team| whole(team, "id")).collect())
    }

    /// Where the key's owner is told of bookings.
    pub async fn webhooks(&self) -> Result<Vec<Subscription>, ReadFailure> {
        let data = self.read(self.get(&["webhooks"], None)).await?;
        Subscription::read_all(&data).ok_or(ReadFailure::Unreadable)
    }

    /// One event type, none if this key sees no such.
    pub async fn event_type(&self, id: i64) -> Result<Option<EventType>, ReadFailure> {
        let version = &self.settings.versions.event_types;
        let found = self.find(self.get(&["event-types", &id.to_string()], Some(version))).await?;
        found.map(|data| EventType::read(&data).ok_or(ReadFailure::Unreadable)).transpose()
    }

    /// The event types of the key's owner.
    pub async fn event_types(&self) -> Result<Vec<EventType>, ReadFailure> {
        let version = &self.settings.versions.event_types;
        let data = self.read(self.get(&["event-types"], Some(version))).await?;
        EventType::read_all(&data).ok_or(ReadFailure::Unreadable)
    }

    /// The event types of a team.
    pub async fn team_event_types(&self, team_id: i64) -> Result<Vec<EventType>, ReadFailure> {
        let version = &self.settings.versions.event_types;
        let path = ["teams", &team_id.to_string(), "event-types"];
        let data = self.read(self.get(&path, Some(version))).await?;
        EventType::read_all(&data).ok_or(ReadFailure::Unreadable)
    }

    /// The free times that start in `from..to`, as far as Cal.com knew a moment ago; what the booking that is to be moved takes
    /// up itself counts as free.
    pub async fn slots(
        &self,
        event_type_id: i64,
        (from, to): (Timestamp, Timestamp),
        zone: &str,
        moving: Option<&Uid>,
    ) -> Result<Vec<Slot>, ReadFailure> {
        let mut query = vec![
            ("eventTypeId", event_type_id.to_string()),
            ("start", from.to_string()),
            ("end", to.to_string()),
            ("timeZone", zone.to_owned()),
            ("format", "range".into()),
        ];
        query.extend(moving.map(|uid| ("bookingUidToReschedule", uid.expose().into())));
        let request = self.get(&["slots"], Some(&self.settings.versions.slots)).query(&query);
        let data = self.read(request).await?;
        let mut slots = Slot::read_all(&data).ok_or(ReadFailure::Unreadable)?;
        // Cal.com takes an end at midnight for the end of the day that begins there.
        slots.retain(|slot| (from..to).contains(&slot.start));
        Ok(slots)
    }

    /// Hides a slot from web visitors for some minutes; it binds nobody, and no failure of it matters.
    pub async fn reserve(
        &self,
        event_type_id: i64,
        start: Timestamp,
        minutes: u32,
    ) -> Result<Reservation, ReadFailure> {
        let body = json!({
            "eventTypeId": event_type_id,
            "slotStart": start.to_string(),
            "reservationDuration": minutes,
        });
        let data = self.read(self.reservation_route(Method::POST, &[]).json(&body)).await?;
        Reservation::read(&data).ok_or(ReadFailure::Unreadable)
    }

    /// Shows the slot again; repeating it does no harm.
    pub async fn release(&self, reservation: &Uid) -> Result<(), ReadFailure> {
        let request = self.reservation_route(Method::DELETE, &[reservation.expose()]);
        let answer = self.send(request, self.settings.read_timeout_ms).await?;
        if answer.is_success() { Ok(()) } else { Err(answer.read_failure()) }
    }

    /// Books once; whatever comes of it, nothing is sent a second time.
    pub async fn create_booking(&self, booking: &NewBooking) -> Attempt {
        let request = self.booking_route(Method::POST, &[]).json(&booking.body());
        match self.write(request).await {
            Ok(booking) => Attempt::Created(Box::new(booking)),
            Err(setback) => setback.into(),
        }
    }

    /// All bookings of any status that fit, newest first; none found is no proof that there will be none.
    pub async fn find_bookings(&self, lookup: &Lookup) -> Result<Vec<Booking>, ReadFailure> {
        self.bookings(&lookup.query()).await
    }

    /// Whether this key may list bookings at all, and whether one of this event type is among them.
    pub async fn lists(&self, event_type_id: Option<i64>) -> Result<bool, ReadFailure> {
        let ids = event_type_id.map(|id| ("eventTypeIds", id.to_string()));
        let query: Vec<_> = ids.into_iter().chain([("take", "1".to_owned())]).collect();
        let data = self.read(self.booking_route(Method::GET, &[]).query(&query)).await?;
        data.as_array().map(|rows| !rows.is_empty()).ok_or(ReadFailure::Unreadable)
    }

    /// The bookings changed since then, the longest unchanged first; 100 at most, and whether there may be more.
    pub async fn bookings_updated_since(
        &self,
        since: Timestamp,
    ) -> Result<(Vec<Booking>, bool), ReadFailure> {
        let query = [
            ("afterUpdatedAt", since.to_string()),
            ("sortUpdatedAt", "asc".to_owned()),
            ("take", CHANGED_MAX.to_string()),
        ];
        let data = self.read(self.booking_route(Method::GET, &[]).query(&query)).await?;
        let bookings = Booking::read_all(&data).ok_or(ReadFailure::Unreadable)?;
        let is_full = bookings.len() >= CHANGED_MAX;
        Ok((bookings, is_full))
    }

    /// One booking, none if there is no such.
    pub async fn booking(&self, uid: &Uid) -> Result<Option<Booking>, ReadFailure> {
        let found = self.find(self.booking_route(Method::GET, &[uid.expose()])).await?;
        found.map(|data| Booking::read_first(&data).ok_or(ReadFailure::Unreadable)).transpose()
    }

    /// Cancels; a booking cancelled before counts as done, one moved elsewhere does not.
    pub async fn cancel(&self, uid: &Uid, reason: &str) -> Change {
        let body = json!({ "cancellationReason": reason });
        let request = self.booking_route(Method::POST, &[uid.expose(), "cancel"]).json(&body);
        match self.write(request).await {
            Ok(booking) => Change::Done(Some(Box::new(booking))),
            Err(Setback::DefiniteNo(No::AlreadyCancelled)) => Change::Done(None),
            Err(setback) => setback.into(),
        }
    }

    /// Moves to another start under a new uid; `by` is the e-mail of who moves it, the owner's confirms at once.
    pub async fn reschedule(&self, uid: &Uid, start: Timestamp, reason: &str, by: Option<&str>) -> Change {
        let mut body = json!({ "start": start.to_string(), "reschedulingReason": reason });
        if let Some(by) = by {
            body["rescheduledBy"] = by.into();
        }
        let request = self.booking_route(Method::POST, &[uid.expose(), "reschedule"]).json(&body);
        match self.write(request).await {
            Ok(booking) => Change::Done(Some(Box::new(booking))),
            Err(setback) => setback.into(),
        }
    }

    /// Page after page. What Cal.com says of further pages is counted without the times asked for: a page that is not full
    /// is the last one.
    async fn bookings(&self, query: &[(&'static str, String)]) -> Result<Vec<Booking>, ReadFailure> {
        let mut bookings = Vec::new();
        for page in 0..PAGES_MAX {
            let window = [("take", PAGE_SIZE), ("skip", page * PAGE_SIZE)];
            let request = self.booking_route(Method::GET, &[]).query(query).query(&window);
            let answer = self.good(request).await?;
            let json = answer.json().ok_or(ReadFailure::Unreadable)?;
            let read = Booking::read_all(&json["data"]).ok_or(ReadFailure::Unreadable)?;
            let is_last = read.len() < PAGE_SIZE || json["pagination"]["hasNextPage"] != Value::Bool(true);
            bookings.extend(read);
            if is_last {
                break;
            }
        }
        Ok(bookings)
    }

    fn get(&self, path: &[&str], version: Option<&str>) -> reqwest::RequestBuilder {
        self.request(Method::GET, path, version)
    }

    fn booking_route(&self, method: Method, path: &[&str]) -> reqwest::RequestBuilder {
        let path: Vec<&str> = ["bookings"].iter().chain(path).copied().collect();
        self.request(method, &path, Some(&self.settings.versions.bookings))
    }

    fn reservation_route(&self, method: Method, path: &[&str]) -> reqwest::RequestBuilder {
        let path: Vec<&str> = ["slots", "reservations"].iter().chain(path).copied().collect();
        self.request(method, &path, Some(&self.settings.versions.slots))
    }

    fn request(&self, method: Method, path: &[&str], version: Option<&str>) -> reqwest::RequestBuilder {
        let mut url = self.base.clone();
        // The base was found to have a path when the client was made.
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.extend(path);
        }
        let request = self.http.request(method, url).bearer_auth(self.key.expose_secret());
        match version {
            Some(version) => request.header(VERSION_HEADER, version),
            None => request,
        }
    }

    async fn read(&self, request: reqwest::RequestBuilder) -> Result<Value, ReadFailure> {
        self.good(request).await?.data().ok_or(ReadFailure::Unreadable)
    }

    async fn find(&self, request: reqwest::RequestBuilder) -> Result<Option<Value>, ReadFailure> {
        let answer = self.send(request, self.settings.read_timeout_ms).await?;
        if answer.is_not_found() {
            return Ok(None);
        }
        if !answer.is_success() {
            return Err(answer.read_failure());
        }
        answer.data().map(Some).ok_or(ReadFailure::Unreadable)
    }

    async fn good(&self, request: reqwest::RequestBuilder) -> Result<Answer, ReadFailure> {
        let answer = self.send(request, self.settings.read_timeout_ms).await?;
        if answer.is_success() { Ok(answer) } else { Err(answer.read_failure()) }
    }

    async fn write(&self, request: reqwest::RequestBuilder) -> Result<Booking, Setback> {
        let answer = self.send(request, self.settings.write_timeout_ms).await?;
        if !answer.is_success() {
            return Err(answer.setback());
        }
        let booking = answer.data().as_ref().and_then(Booking::read_first);
        booking.ok_or(Setback::Ambiguous(Doubt::Unreadable))
    }

    async fn send(&self, request: reqwest::RequestBuilder, timeout_ms: u64) -> Result<Answer, Fault> {
        let request = request.timeout(Duration::from_millis(timeout_ms)).build();
        let request = request.map_err(|error| fault(&error))?;
        let (kind, watch) = (kind_of(request.method(), request.url().path()), Clock::stopwatch());
        let asked = self.observer.as_ref().map(|observer| (observer, Asked::of(&request)));
        let span = tracing::info_span!("calcom", kind, status = Empty);
        let answer = self.exchange(request).instrument(span.clone()).await;
        let outcome = answer.as_ref().map_or_else(|fault| fault.code(), Answer::class);
        let took_ms = watch.elapsed_ms();
        span.record("status", answer.as_ref().map_or(0, |answer| answer.status));
        span.in_scope(|| tracing::debug!(outcome, took_ms, "cal.com, {kind}: {outcome} after {took_ms} ms"));
        meters::calcom_request(kind, outcome, watch.elapsed());
        if let Some((observer, asked)) = asked {
            let (status, code) = match &answer {
                Ok(answer) => (Some(answer.status), answer.code()),
                Err(fault) => (None, fault.code()),
            };
            observer(asked.ended(status, code, watch.elapsed_ms()));
        }
        answer
    }

    async fn exchange(&self, request: reqwest::Request) -> Result<Answer, Fault> {
        let mut response = self.http.execute(request).await.map_err(|error| fault(&error))?;
        let status = response.status().as_u16();
        let rate = rate_of(response.headers());
        let retry_after_s = retry_after_s(response.headers(), rate);
        let date = date_of(response.headers());
        if rate.is_some() {
            *self.rate.lock().unwrap_or_else(PoisonError::into_inner) = rate;
        }
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| fault(&error))? {
            if body.len() + chunk.len() > self.settings.body_max_bytes {
                return Err(Fault::TooLarge);
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Answer { status, body, retry_after_s, date })
    }
}

impl Debug for Client {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Client").field("base", &self.base.as_str()).finish_non_exhaustive()
    }
}

fn base(url: &str) -> Option<Url> {
    let mut url: Url = url.trim().trim_end_matches('/').parse().ok()?;
    let is_usable = matches!(url.scheme(), "http" | "https") && url.has_host();
    if !is_usable || url.query().is_some() || url.fragment().is_some() {
        return None;
    }
    let has_api_path = url.path_segments()?.next_back() == Some(API_PATH);
    if !has_api_path {
        url.path_segments_mut().ok()?.pop_if_empty().push(API_PATH);
    }
    Some(url)
}

/// Only a failure to connect is known to come before the first byte of a request.
fn fault(error: &reqwest::Error) -> Fault {
    if error.is_connect() || error.is_builder() {
        return Fault::Offline(offline(error));
    }
    if error.is_timeout() { Fault::TimedOut } else { Fault::Broken }
}

fn offline(error: &reqwest::Error) -> Offline {
    if error.is_timeout() {
        return Offline::TimedOut;
    }
    if error.is_dns() {
        return Offline::NoAddress;
    }
    let is_refused = |error: &(dyn std::error::Error + 'static)| {
        let io = error.downcast_ref::<std::io::Error>();
        io.is_some_and(|io| io.kind() == std::io::ErrorKind::ConnectionRefused)
    };
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        if is_refused(cause) {
            return Offline::Refused;
        }
        source = cause.source();
    }
    Offline::Other
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::io::{BufRead, BufReader, Read, Write};
    use std::net::{Shutdown, TcpListener, TcpStream};
    use std::thread::JoinHandle;

    use super::super::outcome::Unsent;
    use super::super::request::Attendee;
    use super::super::{Status, sample};
    use super::*;

    enum Reply {
        Json(u16, String),
        With(u16, &'static str, String),
        /// Reads the request and hangs up.
        Cut,
        /// Promises more than it sends.
        Half(u16, String),
        /// Reads the request and never answers.
        Silence,
    }

    impl Reply {
        /// Takes one connection; its stream is handed back, since a silent one must stay open.
        fn give(self, listener: &TcpListener) -> (Request, TcpStream) {
            let (mut stream, _) = listener.accept().unwrap();
            let request = Request::read(&stream);
            let (status, headers, missing, body) = match self {
                Self::Json(status, body) => (status, "", 0, body),
                Self::With(status, headers, body) => (status, headers, 0, body),
                Self::Half(status, body) => (status, "", 9, body),
                Self::Cut => {
                    stream.shutdown(Shutdown::Both).unwrap();
                    return (request, stream);
                }
                Self::Silence => return (request, stream),
            };
            let length = body.len() + missing;
            let head = format!(
                "HTTP/1.1 {status} X\r\nConnection: close\r\n{headers}Content-Length: {length}\r\n\r\n"
            );
            stream.write_all((head + &body).as_bytes()).unwrap();
            stream.shutdown(Shutdown::Write).unwrap();
            (request, stream)
        }
    }

    struct Request {
        line: String,
        headers: BTreeMap<String, String>,
        body: String,
    }

    impl Request {
        fn read(stream: &TcpStream) -> Self {
            let mut reader = BufReader::new(stream);
            let mut line = String::new();
            reader.read_line(&mut line).unwrap();
            let mut headers = BTreeMap::new();
            let mut header = String::new();
            while reader.read_line(&mut header).unwrap() > 2 {
                let (name, value) = header.trim_end().split_once(": ").unwrap();
                headers.insert(name.to_ascii_lowercase(), value.to_owned());
                header.clear();
            }
            let length = headers.get("content-length").map_or(0, |length| length.parse().unwrap());
            let mut body = vec![0; length];
            reader.read_exact(&mut body).unwrap();
            Self { line: line.trim_end().to_owned(), headers, body: String::from_utf8(body).unwrap() }
        }

        /// The query in the order sent, decoded as far as these tests need it.
        fn query(&self) -> String {
            let target = self.line.split(' ').nth(1).unwrap();
            let query = target.split_once('?').unwrap().1;
            query.replace("%3A", ":").replace("%2F", "/").replace("%40", "@").replace("%2B", "+")
        }
    }

    /// Cal.com for one test: answers one connection after the other and hands over what it was asked.
    struct Desk {
        url: String,
        thread: JoinHandle<Vec<(Request, TcpStream)>>,
    }

    impl Desk {
        fn open(replies: Vec<Reply>) -> Self {
            let listener = TcpListener::bind("127.0.0.1:0").unwrap();
            let url = format!("http://{}", listener.local_addr().unwrap());
            let thread =
                std::thread::spawn(move || replies.into_iter().map(|reply| reply.give(&listener)).collect());
            Self { url, thread }
        }

        fn client(&self) -> Client {
            client(&self.url, &patient())
        }

        fn asked(self) -> Vec<Request> {
            self.thread.join().unwrap().into_iter().map(|(request, _)| request).collect()
        }
    }

    fn client(url: &str, settings: &Settings) -> Client {
        // Another test may have installed it before.
        drop(rustls::crypto::ring::default_provider().install_default());
        Client::new(url, SecretString::from("cal_live_1234"), settings).unwrap()
    }

    fn hasty() -> Settings {
        Settings { read_timeout_ms: 300, write_timeout_ms: 300, ..Settings::default() }
    }

    fn patient() -> Settings {
        Settings { read_timeout_ms: 20_000, connect_timeout_ms: 20_000, ..Settings::default() }
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn uid() -> Uid {
        Uid::new("hQ2v9rT7cXb4N1kLm8Zs5p")
    }

    fn new_booking() -> NewBooking {
        let attendee = Attendee {
            name: "Marta Ruiz".into(),
            email: Some("marta.ruiz@example.com".into()),
            phone: None,
            zone: "Europe/Madrid".into(),
            language: "es".into(),
        };
        NewBooking::new(4711, at("2026-12-01T09:00:00Z"), attendee, BTreeMap::new()).unwrap()
    }

    /// Books at a desk that answers like this.
    async fn book(reply: Reply) -> Attempt {
        // Short only where no answer comes, so that a busy machine fails no test.
        let settings = if matches!(reply, Reply::Silence) { hasty() } else { patient() };
        let desk = Desk::open(vec![reply]);
        let attempt = client(&desk.url, &settings).create_booking(&new_booking()).await;
        assert_eq!(desk.asked().len(), 1);
        attempt
    }

    #[tokio::test]
    async fn a_booking_is_sent_once_with_key_version_and_body() {
        let desk = Desk::open(vec![Reply::Json(201, sample!("booking.create.201.json").into())]);

        let attempt = desk.client().create_booking(&new_booking()).await;

        let Attempt::Created(booking) = attempt else { panic!("{attempt:?}") };
        assert_eq!(booking.uid, uid());
        let asked = desk.asked();
        assert_eq!(asked[0].line, "POST /v2/bookings HTTP/1.1");
        assert_eq!(asked[0].headers["authorization"], "Bearer cal_live_1234");
        assert_eq!(asked[0].headers["cal-api-version"], "2024-08-13");
        let body: Value = serde_json::from_str(&asked[0].body).unwrap();
        assert_eq!(body, new_booking().body());
    }

    #[tokio::test]
    async fn a_write_that_gets_no_whole_answer_is_ambiguous() {
        let created = sample!("booking.create.201.json");

        assert_eq!(book(Reply::Silence).await, Attempt::Ambiguous { why: Doubt::TimedOut });
        assert_eq!(book(Reply::Cut).await, Attempt::Ambiguous { why: Doubt::Broken });
        assert_eq!(book(Reply::Half(201, created.into())).await, Attempt::Ambiguous { why: Doubt::Broken });
        for body in ["", "{}", "<html>", r#"{"status":"success","data":{}}"#] {
            let attempt = book(Reply::Json(201, body.into())).await;
            assert_eq!(attempt, Attempt::Ambiguous { why: Doubt::Unreadable }, "{body}");
        }
    }

    #[tokio::test]
    async fn errors_are_classified_by_status_and_text() {
        let no = |why| Attempt::DefiniteNo { why };
        let expected = [
            (401, sample!("error.401-bad-key.json"), no(No::BadKey)),
            (400, sample!("error.400-past.json"), no(No::Past)),
            (400, sample!("error.400-slot-taken.json"), Attempt::Ambiguous { why: Doubt::NotAvailable }),
            (500, sample!("error.500.json"), Attempt::Ambiguous { why: Doubt::ServerError { status: 500 } }),
        ];

        for (status, body, outcome) in expected {
            assert_eq!(book(Reply::Json(status, body.into())).await, outcome);
        }
    }

    #[tokio::test]
    async fn a_redirect_is_not_followed() {
        let reply = Reply::With(307, "Location: http://127.0.0.1:9/v2/bookings\r\n", String::new());

        assert_eq!(book(reply).await, Attempt::Ambiguous { why: Doubt::UnknownText { status: 307 } });
    }

    #[tokio::test]
    async fn a_refused_connection_means_that_nothing_was_sent() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        drop(listener);
        let client = client(&url, &Settings::default());

        let attempt = client.create_booking(&new_booking()).await;

        assert_eq!(attempt, Attempt::NotExecuted { why: Unsent::Offline(Offline::Refused) });
        assert!(attempt.counts_against_wire());
        assert_eq!(client.me().await, Err(ReadFailure::Unreachable(Offline::Refused)));
    }

    #[tokio::test]
    async fn too_many_requests_say_how_long_to_wait() {
        let headers = "X-RateLimit-Limit-Default: 120\r\nX-RateLimit-Remaining-Default: 0\r\nX-RateLimit-Reset-Default: 42\r\n";
        let desk = Desk::open(vec![Reply::With(429, headers, sample!("error.429.json").into())]);
        let client = desk.client();
        assert_eq!(client.rate_left(), None);

        let attempt = client.create_booking(&new_booking()).await;

        assert_eq!(attempt.throttled_s(), Some(42));
        assert!(!attempt.counts_against_wire());
        assert_eq!(client.rate_left(), Some(RateLeft { remaining: 0, limit: Some(120), reset_s: 42 }));
        drop(desk.asked());
    }

    #[tokio::test]
    async fn without_a_reset_a_whole_window_is_waited() {
        let attempt = book(Reply::Json(429, sample!("error.429.json").into())).await;

        assert_eq!(attempt.throttled_s(), Some(60));
    }

    #[tokio::test]
    async fn of_several_limits_the_most_generous_counts() {
        let headers = "X-RateLimit-Remaining-Short: 3\r\nX-RateLimit-Reset-Short: 5\r\n\
                       X-RateLimit-Remaining-Long: 90\r\nX-RateLimit-Reset-Long: 50\r\n";
        let desk = Desk::open(vec![Reply::With(200, headers, sample!("me.200.json").into())]);
        let client = desk.client();

        let me = client.me().await.unwrap();

        assert_eq!(me.id, "1201");
        assert_eq!(client.rate_left(), Some(RateLeft { remaining: 90, limit: None, reset_s: 50 }));
        assert_eq!(desk.asked()[0].line, "GET /v2/me HTTP/1.1");
    }

    #[tokio::test]
    async fn slots_outside_what_was_asked_are_left_out() {
        let body = r#"{"status":"success","data":{
            "2026-12-01":[{"start":"2026-12-01T08:30:00.000Z"},{"start":"2026-12-01T10:00:00.000+01:00"}],
            "2026-12-02":[{"start":"2026-12-02T00:00:00.000Z"},{"start":"2026-12-02T09:00:00.000Z"}]}}"#;
        let desk = Desk::open(vec![Reply::Json(200, body.into())]);
        let (from, to) = (at("2026-12-01T09:00:00Z"), at("2026-12-02T00:00:00Z"));

        let slots = desk.client().slots(4711, (from, to), "Europe/Berlin", None).await.unwrap();

        assert_eq!(slots, [Slot { start: from, end: None }]);
        let asked = desk.asked();
        assert_eq!(asked[0].headers["cal-api-version"], "2024-09-04");
        assert_eq!(
            asked[0].query(),
            "eventTypeId=4711&start=2026-12-01T09:00:00Z&end=2026-12-02T00:00:00Z&timeZone=Europe/Berlin&format=range"
        );
    }

    #[tokio::test]
    async fn a_look_asks_for_all_statuses_of_one_attendee_and_time() {
        let desk = Desk::open(vec![Reply::Json(200, sample!("bookings.list.200.json").into())]);
        let lookup = Lookup {
            attendee_email: Some("marta+1@example.com".into()),
            event_type_id: 4711,
            start: at("2026-12-01T09:00:00Z"),
            end: Some(at("2026-12-01T09:30:00Z")),
        };

        let found = desk.client().find_bookings(&lookup).await.unwrap();

        assert_eq!(found.len(), 1);
        let asked = desk.asked();
        assert!(asked[0].line.contains("marta%2B1%40example.com"), "{}", asked[0].line);
        assert_eq!(
            asked[0].query(),
            "eventTypeIds=4711&afterStart=2026-12-01T09:00:00Z&sortCreated=desc&attendeeEmail=marta+1@example.com\
             &beforeEnd=2026-12-01T09:30:00Z&take=250&skip=0"
        );
    }

    fn at_nine() -> Lookup {
        Lookup {
            attendee_email: None,
            event_type_id: 1,
            start: at("2026-12-01T09:00:00Z"),
            end: Some(at("2026-12-02T09:00:00Z")),
        }
    }

    /// A page of so many, of which Cal.com says that it is not the last.
    fn page(length: usize) -> String {
        let one =
            json!({"uid": "abcdefgh", "status": "accepted", "start": "2026-12-01T09:00:00Z", "duration": 30});
        json!({"status": "success", "data": vec![one; length], "pagination": {"hasNextPage": true}})
            .to_string()
    }

    #[tokio::test]
    async fn a_page_that_is_not_full_is_the_last_whatever_is_counted_behind_it() {
        let desk = Desk::open(vec![Reply::Json(200, page(PAGE_SIZE)), Reply::Json(200, page(3))]);

        let found = desk.client().find_bookings(&at_nine()).await;

        assert_eq!(found.unwrap().len(), PAGE_SIZE + 3);
    }

    #[tokio::test]
    async fn what_has_changed_is_listed_a_hundred_at_a_time() {
        let desk =
            Desk::open(vec![Reply::Json(200, page(CHANGED_MAX)), Reply::Json(200, page(CHANGED_MAX - 1))]);
        let client = desk.client();
        let since = at("2026-12-01T09:00:00Z");

        let (first, is_more) = client.bookings_updated_since(since).await.unwrap();
        let (second, is_any_more) = client.bookings_updated_since(since).await.unwrap();

        assert_eq!((first.len(), is_more), (CHANGED_MAX, true));
        assert_eq!((second.len(), is_any_more), (CHANGED_MAX - 1, false));
        let asked = desk.asked()[0].query().clone();
        assert_eq!(asked, "afterUpdatedAt=2026-12-01T09:00:00Z&sortUpdatedAt=asc&take=100");
    }

    #[tokio::test]
    async fn at_most_four_pages_are_followed() {
        let desk = Desk::open((0..PAGES_MAX).map(|_| Reply::Json(200, page(PAGE_SIZE))).collect());

        let found = desk.client().find_bookings(&at_nine()).await;

        assert_eq!(found.unwrap().len(), PAGES_MAX * PAGE_SIZE);
        let skips: Vec<_> =
            desk.asked().iter().map(|asked| asked.query().rsplit_once('=').unwrap().1.to_owned()).collect();
        assert_eq!(skips, ["0", "250", "500", "750"]);
    }

    #[tokio::test]
    async fn what_is_not_there_is_none_and_a_wrong_address_is_not() {
        let desk = Desk::open(vec![
            Reply::Json(404, sample!("error.404-booking.json").into()),
            Reply::Json(404, sample!("error.404-route.json").into()),
            Reply::Json(200, sample!("booking.get.rescheduled-old.200.json").into()),
        ]);
        let client = desk.client();

        assert_eq!(client.booking(&uid()).await, Ok(None));
        let refused = ReadFailure::Refused { status: 404, code: "refused" };
        assert_eq!(client.booking(&uid()).await, Err(refused));
        let booking = client.booking(&uid()).await.unwrap().unwrap();
        assert_eq!(booking.rescheduled_to, Some(Uid::new("n4Yb6uQw2EzR8tKm1VsX7d")));
        assert_eq!(desk.asked()[0].line, "GET /v2/bookings/hQ2v9rT7cXb4N1kLm8Zs5p HTTP/1.1");
    }

    #[tokio::test]
    async fn a_read_that_fails_says_how() {
        let desk = Desk::open(vec![
            Reply::Cut,
            Reply::Silence,
            Reply::Json(503, "<html>".into()),
            Reply::Json(401, String::new()),
            Reply::Json(200, "<html>".into()),
        ]);
        let hasty = client(&desk.url, &hasty());
        let client = desk.client();

        assert_eq!(client.me().await, Err(ReadFailure::Broken));
        assert_eq!(hasty.me().await, Err(ReadFailure::TimedOut));
        assert_eq!(client.me().await, Err(ReadFailure::ServerError { status: 503 }));
        assert_eq!(client.me().await, Err(ReadFailure::BadKey));
        assert_eq!(client.me().await, Err(ReadFailure::Unreadable));
        assert_eq!(desk.asked().len(), 5);
    }

    #[tokio::test]
    async fn a_body_beyond_the_bound_is_not_read() {
        let desk = Desk::open(vec![Reply::Json(200, sample!("me.200.json").into())]);
        let settings = Settings { body_max_bytes: 20, ..patient() };

        assert_eq!(client(&desk.url, &settings).me().await, Err(ReadFailure::Unreadable));
        drop(desk.asked());
    }

    #[tokio::test]
    async fn cancelling_twice_is_done_and_cancelling_what_was_moved_is_not() {
        let moved = sample!("error.400-reschedule-twice.json");
        let desk = Desk::open(vec![
            Reply::Json(200, sample!("booking.cancel.200.json").into()),
            Reply::Json(400, sample!("error.400-cancel-twice.json").into()),
            Reply::Json(400, moved.into()),
        ]);
        let client = desk.client();

        let first = client.cancel(&uid(), "Caller cancelled by phone").await;
        let Change::Done(Some(booking)) = first else { panic!("{first:?}") };
        assert_eq!(booking.status, Status::Cancelled);
        assert_eq!(client.cancel(&uid(), "x").await, Change::Done(None));
        assert_eq!(client.cancel(&uid(), "x").await, Change::Ambiguous { why: Doubt::AlreadyMoved });
        let asked = desk.asked();
        assert_eq!(asked[0].line, "POST /v2/bookings/hQ2v9rT7cXb4N1kLm8Zs5p/cancel HTTP/1.1");
        let body: Value = serde_json::from_str(&asked[0].body).unwrap();
        let recorded: Value = serde_json::from_str(sample!("booking.cancel.request.json")).unwrap();
        assert_eq!(body, recorded);
    }

    #[tokio::test]
    async fn moving_gives_the_new_booking() {
        let desk = Desk::open(vec![Reply::Json(201, sample!("booking.reschedule.201.json").into())]);
        let start = at("2026-12-03T10:00:00Z");

        let by = Some("marta.ruiz@example.com");
        let change = desk.client().reschedule(&uid(), start, "Caller asked to move", by).await;

        let Change::Done(Some(booking)) = change else { panic!("{change:?}") };
        assert_eq!((booking.start, booking.rescheduled_from), (start, Some(uid())));
        let body: Value = serde_json::from_str(&desk.asked()[0].body).unwrap();
        let recorded: Value = serde_json::from_str(sample!("booking.reschedule.request.json")).unwrap();
        assert_eq!(body, recorded);
    }

    #[tokio::test]
    async fn a_slot_is_hidden_and_shown_again() {
        let desk = Desk::open(vec![
            Reply::Json(201, sample!("reservation.create.201.json").into()),
            Reply::Json(200, sample!("reservation.delete.200.json").into()),
        ]);
        let client = desk.client();

        let reservation = client.reserve(4711, at("2026-12-01T09:00:00Z"), 10).await.unwrap();
        assert_eq!(client.release(&reservation.uid).await, Ok(()));

        let asked = desk.asked();
        let body: Value = serde_json::from_str(&asked[0].body).unwrap();
        let recorded: Value = serde_json::from_str(sample!("reservation.create.request.json")).unwrap();
        assert_eq!(body, recorded);
        assert_eq!(
            asked[1].line,
            "DELETE /v2/slots/reservations/e84be5a3-4696-49e3-acc7-b2f3999c3b94 HTTP/1.1"
        );
        assert_eq!(asked[1].headers["cal-api-version"], "2024-09-04");
    }

    #[tokio::test]
    async fn event_types_are_read_one_and_all() {
        let list = sample!("event-types.list.200.json");
        let one = serde_json::from_str::<Value>(list).unwrap()["data"][0].clone();
        let one = json!({"status": "success", "data": one}).to_string();
        let missing = r#"{"status":"error","error":{"code":"NotFoundException","message":"Event type with id 5 not found"}}"#;
        let team = sample!("team-event-types.list.200.json");
        let replies = [(200, list), (200, &one), (404, missing), (200, team)];
        let desk = Desk::open(replies.map(|(status, body)| Reply::Json(status, body.to_owned())).into());
        let client = desk.client();

        assert_eq!(client.event_types().await.unwrap()[0].id, 4711);
        assert_eq!(client.event_type(4711).await.unwrap().unwrap().slug, "consultation");
        assert_eq!(client.event_type(5).await, Ok(None));
        assert_eq!(client.team_event_types(77).await.unwrap()[0].id, 5200);
        let asked = desk.asked();
        assert_eq!(asked[0].headers["cal-api-version"], "2024-06-14");
        assert_eq!(asked[1].line, "GET /v2/event-types/4711 HTTP/1.1");
        assert_eq!(asked[3].line, "GET /v2/teams/77/event-types HTTP/1.1");
    }

    #[test]
    fn the_base_url_may_name_the_api_version_or_not() {
        let base = |url| base(url).map(|url| url.to_string());

        assert_eq!(base("https://api.cal.com").as_deref(), Some("https://api.cal.com/v2"));
        assert_eq!(base("https://api.cal.com/v2/").as_deref(), Some("https://api.cal.com/v2"));
        assert_eq!(base("http://127.0.0.1:5555/api").as_deref(), Some("http://127.0.0.1:5555/api/v2"));
        for wrong in ["", "api.cal.com", "ftp://api.cal.com", "https://api.cal.com/?a=b", "data:x"] {
            assert_eq!(base(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_uid_cannot_lead_to_another_route() {
        let client = client("https://api.cal.com", &Settings::default());

        let request = client.booking_route(Method::GET, &["../me?x=1/cancel"]).build().unwrap();

        assert_eq!(request.url().path(), "/v2/bookings/..%2Fme%3Fx=1%2Fcancel");
    }

    #[test]
    fn an_unusable_key_is_refused_and_a_good_one_never_shown() {
        let with =
            |key: &str| Client::new("https://api.cal.com", SecretString::from(key), &Settings::default());
        drop(rustls::crypto::ring::default_provider().install_default());

        for key in ["", "cal live", "cal_\n", "schlüssel"] {
            assert!(matches!(with(key), Err(Error::Key)), "{key}");
        }
        assert!(!format!("{:?}", with("cal_live_1234").unwrap()).contains("1234"));
    }
}
