//! What a simulated Cal.com consists of: keys, hosts, event types and limits, as plain data.

use jiff::SignedDuration;
use jiff::civil::{Time, Weekday};

/// Everything a simulated Cal.com is started with.
#[derive(Clone, Debug)]
pub struct Settings {
    pub keys: Vec<ApiKey>,
    pub hosts: Vec<Host>,
    pub event_types: Vec<EventType>,
    /// Per key; `None` switches the limit off.
    pub requests_per_minute: Option<u32>,
    pub window_ms: u64,
    pub block_ms: u64,
    /// How long an answer to GET /v2/slots is repeated before it is computed again.
    pub slots_stale_ms: u64,
    /// Whether a lost race answers the redacted 400 of production builds or the 409 of others.
    pub production: bool,
    pub clock_offset: SignedDuration,
    /// 0 takes any free port.
    pub port: u16,
    pub seed: u64,
}

/// A key, the user it belongs to and the other hosts whose bookings that user may list.
#[derive(Clone, Debug)]
pub struct ApiKey {
    pub key: String,
    pub owner: i64,
    pub sees: Vec<i64>,
}

/// A person with a calendar.
#[derive(Clone, Debug)]
pub struct Host {
    pub id: i64,
    pub name: String,
    pub email: String,
    pub username: String,
    pub time_zone: String,
    pub hours: Vec<Block>,
}

/// One stretch of working time on one weekday, in the host's local time.
#[derive(Clone, Copy, Debug)]
pub struct Block {
    pub weekday: Weekday,
    pub from: Time,
    pub until: Time,
}

/// How an event type finds its host and whether a booking stands at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Personal,
    RoundRobin,
    Collective,
    RequiresConfirmation,
}

/// Something that can be booked.
#[derive(Clone, Debug)]
pub struct EventType {
    pub id: i64,
    pub slug: String,
    pub title: String,
    pub length_minutes: i64,
    pub host_ids: Vec<i64>,
    pub kind: Kind,
    /// Team event types have no owner of their own on the wire; here it is who may read the type.
    pub owner_id: i64,
    pub slot_interval_minutes: Option<i64>,
    pub minimum_notice_minutes: i64,
    pub window_days: Option<i64>,
    pub email_required: bool,
    /// Whoever books has to type in a code sent to that address.
    pub email_verified: bool,
    pub before_buffer_minutes: i64,
    pub after_buffer_minutes: i64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            keys: Vec::new(),
            hosts: Vec::new(),
            event_types: Vec::new(),
            requests_per_minute: Some(120),
            window_ms: 60_000,
            block_ms: 60_000,
            slots_stale_ms: 2_000,
            production: true,
            clock_offset: SignedDuration::ZERO,
            port: 0,
            seed: 7,
        }
    }
}

impl Settings {
    /// `n` hosts with one personal event type of 30 minutes each, ids 1001 and up, under the key `cal_sim_key`.
    pub fn with_hosts(n: u16) -> Self {
        let hosts: Vec<Host> = (1..=i64::from(n)).map(Host::numbered).collect();
        let event_types = hosts.iter().map(|host| EventType::personal(1000 + host.id, host.id)).collect();
        let sees = hosts.iter().map(|host| host.id).collect();
        let keys = vec![ApiKey { key: "cal_sim_key".into(), owner: 1, sees }];
        Self { keys, hosts, event_types, ..Self::default() }
    }

    /// Adds an event type.
    pub fn and(mut self, event_type: EventType) -> Self {
        self.event_types.push(event_type);
        self
    }

    pub(super) fn host(&self, id: i64) -> Option<&Host> {
        self.hosts.iter().find(|host| host.id == id)
    }

    pub(super) fn event_type(&self, id: i64) -> Option<&EventType> {
        self.event_types.iter().find(|event_type| event_type.id == id)
    }

    pub(super) fn key(&self, key: &str) -> Option<&ApiKey> {
        self.keys.iter().find(|known| known.key == key)
    }
}

impl Host {
    /// An invented host working Monday to Saturday, 09:00 to 18:00 in Berlin.
    pub fn numbered(id: i64) -> Self {
        let days = [
            Weekday::Monday,
            Weekday::Tuesday,
            Weekday::Wednesday,
            Weekday::Thursday,
            Weekday::Friday,
            Weekday::Saturday,
        ];
        let hours = days
            .into_iter()
            .map(|weekday| Block {
                weekday,
                from: Time::constant(9, 0, 0, 0),
                until: Time::constant(18, 0, 0, 0),
            })
            .collect();
        Self {
            id,
            name: format!("Host {id}"),
            email: format!("host{id}@calendar.example"),
            username: format!("host{id}"),
            time_zone: "Europe/Berlin".into(),
            hours,
        }
    }
}

impl EventType {
    /// A personal event type of 30 minutes without notice, buffers or a duty to give an e-mail address.
    pub fn personal(id: i64, host: i64) -> Self {
        Self {
            id,
            slug: format!("termin-{id}"),
            title: format!("Termin {id}"),
            length_minutes: 30,
            host_ids: vec![host],
            kind: Kind::Personal,
            owner_id: host,
            slot_interval_minutes: None,
            minimum_notice_minutes: 0,
            window_days: None,
            email_required: false,
            email_verified: false,
            before_buffer_minutes: 0,
            after_buffer_minutes: 0,
        }
    }

    /// The same for several hosts, shared in the way `kind` says.
    pub fn team(id: i64, kind: Kind, host_ids: &[i64]) -> Self {
        let first = host_ids.first().copied().unwrap_or_default();
        Self { kind, host_ids: host_ids.to_vec(), ..Self::personal(id, first) }
    }

    pub(super) fn is_team(&self) -> bool {
        matches!(self.kind, Kind::RoundRobin | Kind::Collective)
    }
}
