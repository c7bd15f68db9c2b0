//! What the tests of the books share: books in a fresh file (or a fresh PostgreSQL database), two companies, calls to write down.

mod booking_rows;
mod bookings;
mod deployments;
mod directory;
mod generated;
mod holds;
mod journal;
mod journal_races;
mod lists;
mod lost;
mod measures;
mod persons;
mod post;
mod receptions;
mod schema;
mod statistics;
mod tenants;
mod views;

use entities::{booking, call, call_event, callback, inbox};
use jiff::{SignedDuration, Timestamp};
use sea_orm::{ConnectionTrait, Database, EntityTrait, PaginatorTrait};
use secrecy::SecretString;
use tempfile::TempDir;
use uuid::Uuid;

use super::directory::{Keys, Refused};
use super::journal::{Delivery, Head, Invocation};
use super::secrets::Keyring;
use super::{Append, Appended, Error, Scope, Settings, Store, Writer, open};
use crate::clock::Clock;
use crate::domain::Hidden;
use crate::domain::answer::Status;
use crate::domain::appointment::{Person, Wish};
use crate::domain::call::{Call, Ending, Event, Intent, Outcome, Yes};
use crate::domain::callback::{Callback, Reason};
use crate::domain::consent::Consent;
use crate::domain::ids::{BookingId, BranchId, CalendarId, CompanyId, CustomerId};
use crate::domain::measures::Measures;
use crate::domain::phone::{Caller, PhoneNumber};
use crate::domain::plan::Plan;
use crate::domain::slot::Slot;

const MASTER_KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const CALLER: &str = "+4915112345678";

/// Two branches, two calendars, three services.
const ANNA: &str = r#"
    [company]
    slug = "salon-anna"
    name = "Salon Anna"
    phone_numbers = ["+493083793300"]
    [company.retell]
    api_key = "retell-geheim-1"
    [company.calcom]
    api_key = "calcom-geheim-1"
    [[branch]]
    slug = "mitte"
    name = "Salon Anna Mitte"
    phone_numbers = ["+493083793369"]
    hours = "mon-fri 09:00-18:00"
      [[branch.service]]
      slug = "haarschnitt"
      name = "Haarschnitt"
      duration_minutes = 30
      event_type_id = 1001
      calendar = "anna"
      [[branch.service]]
      slug = "farbe"
      name = "Farbe"
      synonyms = ["Coloration"]
      duration_minutes = 90
      event_type_id = 1002
      calendar = "ben"
    [[branch]]
    slug = "nord"
    name = "Salon Anna Nord"
    phone_numbers = ["+493083793370"]
      [[branch.service]]
      slug = "haarschnitt"
      name = "Haarschnitt"
      duration_minutes = 30
      event_type_id = 1003
      calendar = "anna"
"#;

const PRAXIS: &str = r#"
    [company]
    slug = "praxis-muster"
    name = "Praxis Muster"
    [company.retell]
    api_key = "retell-geheim-2"
    [company.calcom]
    api_key = "calcom-geheim-2"
    [[branch]]
    slug = "zentrum"
    name = "Praxis Muster"
    phone_numbers = ["+493083793380"]
      [[branch.service]]
      slug = "vorsorge"
      name = "Vorsorge"
      duration_minutes = 20
      event_type_id = 2001
      calendar = "muster"
"#;

/// Books that nobody else uses.
struct Books {
    store: Store,
    settings: Settings,
    /// Removed with the books; None on PostgreSQL.
    folder: Option<TempDir>,
}

/// A company as the tests need it.
#[derive(Clone, Copy)]
struct Tenant {
    company: CompanyId,
    branch: BranchId,
    calendar: CalendarId,
    calendars: [CalendarId; 2],
}

/// A call that is written down step by step.
struct Story {
    tenant: Tenant,
    retell_id: String,
    call: Call,
}

fn at(minutes: i64) -> Timestamp {
    let nine: Timestamp = "2026-11-23T09:00:00Z".parse().unwrap();
    nine + SignedDuration::from_mins(minutes)
}

fn mint() -> Uuid {
    Clock::default().mint()
}

fn keyring() -> Keyring {
    Keyring::parse([MASTER_KEY]).unwrap()
}

/// Settings of a place that holds no books yet.
async fn fresh_place() -> (Settings, Option<TempDir>) {
    let Ok(server) = std::env::var("FERNAMT_TEST_DATABASE_URL") else {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}?mode=rwc", folder.path().join("books.db").display());
        return (Settings { url, ..Settings::default() }, Some(folder));
    };
    // The server is a throw-away one; its databases go with it.
    let name = format!("fernamt_test_{}", mint().simple());
    let admin = Database::connect(&server).await.unwrap();
    admin.execute_unprepared(&format!("CREATE DATABASE {name}")).await.unwrap();
    let (host, _) = server.rsplit_once('/').unwrap();
    (Settings { url: format!("{host}/{name}"), ..Settings::default() }, None)
}

#[expect(clippy::disallowed_methods, reason = "the writer runs beside the test until its journal is gone")]
fn run(writer: Writer) {
    drop(tokio::spawn(writer.run()));
}

impl Books {
    async fn new() -> Self {
        let (settings, folder) = fresh_place().await;
        let (store, writer) = open(&settings, keyring(), true).await.unwrap();
        run(writer);
        Self { store, settings, folder }
    }

    /// Another process at the same books.
    async fn another_node(&self) -> Store {
        let (store, writer) = open(&self.settings, keyring(), false).await.unwrap();
        run(writer);
        store
    }

    async fn anna(&self) -> Tenant {
        self.tenant(ANNA, ["anna", "ben"]).await
    }

    async fn praxis(&self) -> Tenant {
        self.tenant(PRAXIS, ["muster", "muster"]).await
    }

    async fn tenant(&self, text: &str, calendars: [&str; 2]) -> Tenant {
        self.apply(text, false).await.unwrap();
        let directory = self.store.directory().load().await.unwrap();
        let company = directory.company_by_slug(&plan(text).company.slug).unwrap();
        let calendars =
            calendars.map(|slug| company.calendars.iter().find(|calendar| calendar.slug == slug).unwrap().id);
        Tenant { company: company.id, branch: company.branches[0].id, calendar: calendars[0], calendars }
    }

    /// Applies a plan whose keys are written as they are.
    async fn apply(&self, text: &str, dry_run: bool) -> Result<Vec<String>, Refused> {
        let plan = plan(text);
        self.store.directory().apply(&plan, &keys(&plan), (at(0), &mint), dry_run).await
    }

    /// How many rows calls, events, deliveries, bookings and callbacks have.
    async fn rows(&self) -> [u64; 5] {
        let db = &self.store.read;
        [
            call::Entity::find().count(db).await.unwrap(),
            call_event::Entity::find().count(db).await.unwrap(),
            inbox::Entity::find().count(db).await.unwrap(),
            booking::Entity::find().count(db).await.unwrap(),
            callback::Entity::find().count(db).await.unwrap(),
        ]
    }

    /// All that the files of the books hold; None on PostgreSQL.
    fn bytes(&self) -> Option<Vec<u8>> {
        let mut all = Vec::new();
        for entry in std::fs::read_dir(self.folder.as_ref()?.path()).unwrap() {
            all.extend(std::fs::read(entry.unwrap().path()).unwrap());
        }
        Some(all)
    }
}

fn plan(text: &str) -> Plan {
    let plan: Plan = toml::from_str(text).unwrap();
    assert_eq!(plan.complaints(), Vec::<String>::new());
    plan
}

fn keys(plan: &Plan) -> Keys {
    let secret = |text: &String| SecretString::from(text.clone());
    let retell = &plan.company.retell;
    Keys {
        retell_api: secret(&retell.api_key),
        retell_webhook: retell.webhook_key.as_ref().map(secret),
        retell_previous: retell.previous_webhook_key.as_ref().map(secret),
        accounts: plan
            .accounts()
            .map(|account| (secret(&account.api_key), account.webhook_secret.as_ref().map(secret)))
            .collect(),
        channels: plan.company.channel.iter().map(|one| one.secret.as_ref().map(secret)).collect(),
    }
}

fn slot(calendar: CalendarId, from_minute: i64, to_minute: i64) -> Slot {
    Slot { start: at(from_minute), end: at(to_minute), event_type_id: 1001, calendar, staff: None }
}

fn phone(text: &str) -> PhoneNumber {
    PhoneNumber::parse_e164(text).unwrap()
}

fn erika() -> Person {
    Person {
        name: Some("Erika Beispiel".into()),
        phone: Some(phone(CALLER)),
        email: Some("erika@beispiel.example".into()),
        note: Some("bitte klingeln".into()),
    }
}

fn heard(person: Person) -> Event {
    Event::Heard { appointment: 1, wish: Wish::default(), name: None, person }
}

impl Story {
    fn new(tenant: Tenant, retell_id: &str) -> Self {
        let caller = Caller::Number(phone(CALLER));
        let mut call = Call::new(mint().into(), tenant.company, caller, at(0));
        call.branch = Some(tenant.branch);
        Self { tenant, retell_id: retell_id.into(), call }
    }

    /// The call as a process that remembers nothing finds it.
    async fn read_again(&self, store: &Store) -> Call {
        let calls = store.calls(Scope::one(self.tenant.company));
        let row = calls.find(self.call.id).await.unwrap().unwrap();
        calls.replay(&row).await.unwrap()
    }

    fn append(&self, events: &[Event], minute: i64) -> Append {
        let mut after = self.call.clone();
        for event in events {
            after.apply(event, at(minute));
        }
        Append {
            before: Head::of(&self.call, &self.retell_id, None),
            after: Head::of(&after, &self.retell_id, None),
            events: events.to_vec(),
            at: at(minute),
            invocation: None,
            delivery: None,
            intents: Vec::new(),
            callbacks: Vec::new(),
            alerts: Vec::new(),
            releases: Vec::new(),
            done: Vec::new(),
            replaced: Vec::new(),
            measures: Measures::default(),
            zone: "Europe/Berlin".into(),
            language: "de",
        }
    }

    /// Hands an append in; what went in has happened to the call.
    async fn tell(&mut self, store: &Store, append: Append) -> Result<Appended, Error> {
        let told = store.journal().append(append.clone()).await?;
        if told == Appended::Done {
            append.events.iter().for_each(|event| self.call.apply(event, append.at));
        }
        Ok(told)
    }

    async fn happens(&mut self, store: &Store, events: &[Event], minute: i64) {
        let append = self.append(events, minute);
        assert_eq!(self.tell(store, append).await.unwrap(), Appended::Done);
    }

    async fn begins(&mut self, store: &Store) {
        self.happens(store, &[self.began(), Event::Started], 0).await;
    }

    fn began(&self) -> Event {
        Event::Began { branch: self.call.branch, withheld: false, at: self.call.began_at }
    }

    fn intent(&self, appointment: u8, calendar: CalendarId) -> Intent {
        Intent {
            booking: BookingId::of(self.call.id, appointment),
            branch: self.tenant.branch,
            appointment,
            slot: slot(calendar, 60, 90),
            service_name: "Haarschnitt".into(),
            customer: CustomerId::first_met(self.call.id, &appointment.to_string()),
            customer_is_new: true,
            person: erika(),
            may_notify: None,
            test_mode: false,
        }
    }

    /// The end of a call that promised these appointments, one in each calendar.
    fn promise(&self, calendars: &[CalendarId]) -> Append {
        let intents: Vec<Intent> =
            (1..).zip(calendars).map(|(number, calendar)| self.intent(number, *calendar)).collect();
        let requested = intents
            .iter()
            .map(|intent| Event::Requested { appointment: intent.appointment, booking: intent.booking });
        let mut events = vec![Event::Ended { ending: Ending::HungUp }];
        events.extend(requested);
        events.push(Event::Settled { outcome: Outcome::Promised });
        Append { intents, ..self.append(&events, 3) }
    }

    fn callback(&self, reason: Reason, due_minute: i64) -> Callback {
        Callback {
            appointment: 1,
            call: self.call.id,
            booking: None,
            reason,
            name: Some(Hidden("Erika Beispiel".into())),
            phone: Some(phone(CALLER)),
            wish: Some(Hidden("morgen".into())),
            wished: None,
            is_urgent: false,
            due: at(due_minute),
        }
    }

    /// The row of the call.
    async fn row(&self, store: &Store) -> call::Model {
        store.calls(Scope::All).find(self.call.id).await.unwrap().unwrap()
    }
}

fn answered(key: &str) -> (Event, Invocation) {
    let function = "list_services".to_owned();
    let event = Event::Answered { key: key.into(), function: function.clone(), status: Status::Available };
    let invocation = Invocation {
        key: key.into(),
        function,
        arguments: Hidden("{}".into()),
        answer: Hidden(r#"{"status":"ok"}"#.into()),
        status: "available",
        received_at: at(1),
        duration_ms: 12,
    };
    (event, invocation)
}

fn delivery(event: &str, once: Option<&str>) -> Delivery {
    Delivery {
        id: mint().into(),
        route: "/retell/webhook",
        event: event.into(),
        once: once.map(Into::into),
        our_number: Some("+493083793369".into()),
        signed_by: None,
        consent: Consent::default(),
        headers: None,
        body: Some(Hidden(format!(r#"{{"event":"{event}"}}"#))),
    }
}
