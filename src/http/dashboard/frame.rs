//! What stands around every page: where one may go, whose company is looked at, who is signed in, in which language.

use super::assets::MARK;
use super::desk::{Asked, escaped};
use super::words::{Language, Words};
use crate::operations::{Principal, Role};

/// A page that is reached from everywhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Today,
    Calls,
    Callbacks,
    Bookings,
    Setup,
    Retell,
    Analytics,
    People,
    Deliveries,
    Audit,
    /// One's own password; reached from the name of who is signed in.
    Password,
}

impl Place {
    /// In the order they are linked.
    pub(super) const ALL: [Self; 11] = [
        Self::Today,
        Self::Calls,
        Self::Callbacks,
        Self::Bookings,
        Self::Setup,
        Self::Retell,
        Self::Analytics,
        Self::People,
        Self::Deliveries,
        Self::Audit,
        Self::Password,
    ];

    /// An address behind this place, if the place is there.
    pub(super) fn link(self, rest: &str, company: Option<&str>) -> Option<String> {
        let path = format!("{}{rest}", self.path());
        let joint = if rest.contains('?') { '&' } else { '?' };
        let company = company.map(|slug| format!("{joint}company={}", escaped(slug))).unwrap_or_default();
        self.is_linked().then(|| path + &company)
    }

    pub(super) fn path(self) -> &'static str {
        match self {
            Self::Today => "/admin",
            Self::Calls => "/admin/calls",
            Self::Callbacks => "/admin/callbacks",
            Self::Bookings => "/admin/bookings",
            Self::Setup => "/admin/setup",
            Self::Retell => "/admin/retell-webhook",
            Self::Analytics => "/admin/analytics",
            Self::People => "/admin/people",
            Self::Deliveries => "/admin/deliveries",
            Self::Audit => "/admin/audit",
            Self::Password => "/admin/password",
        }
    }

    /// The key of its name.
    pub(super) fn key(self) -> &'static str {
        match self {
            Self::Today => "place-today",
            Self::Calls => "place-calls",
            Self::Callbacks => "place-callbacks",
            Self::Bookings => "place-bookings",
            Self::Setup => "place-setup",
            Self::Retell => "place-retell",
            Self::Analytics => "place-analytics",
            Self::People => "place-people",
            Self::Deliveries => "place-deliveries",
            Self::Audit => "place-audit",
            Self::Password => "place-password",
        }
    }

    /// Whether the page exists and is linked. A new page says so here, and nowhere else.
    fn is_linked(self) -> bool {
        match self {
            Self::Today
            | Self::Calls
            | Self::Callbacks
            | Self::Bookings
            | Self::Setup
            | Self::Retell
            | Self::Analytics
            | Self::People
            | Self::Deliveries
            | Self::Audit => true,
            Self::Password => false,
        }
    }

    /// Staff see appointments and callbacks; voice agents have no desk. What may be read is decided in `operations`.
    pub(super) fn is_for(self, role: Role) -> bool {
        match role {
            Role::PlatformAdmin | Role::Agency | Role::CompanyAdmin => true,
            Role::Staff => matches!(self, Self::Today | Self::Callbacks | Self::Bookings),
            Role::Agent => false,
        }
    }
}

/// A link of the frame.
pub(super) struct Link {
    pub(super) href: String,
    pub(super) label: String,
    pub(super) is_current: bool,
}

/// What the frame shows.
pub(super) struct Frame {
    pub(super) w: Words,
    pub(super) title: String,
    pub(super) links: Vec<Link>,
    /// Who is signed in; empty: nobody.
    pub(super) name: String,
    pub(super) role: String,
    pub(super) csrf: String,
    /// Slugs to choose from; empty where there is nothing to choose.
    pub(super) companies: Vec<String>,
    pub(super) company: String,
    /// Where the page stands, without what follows the question mark.
    pub(super) here: String,
    /// The page with all that follows, to come back to.
    pub(super) back: String,
    pub(super) notice: Option<String>,
    pub(super) mark: &'static str,
    pub(super) languages: Vec<(Language, bool)>,
}

/// What is to be put into a frame.
pub(super) struct Wanted<'a> {
    pub(super) w: Words,
    pub(super) title: String,
    pub(super) place: Option<Place>,
    pub(super) who: &'a Principal,
    pub(super) companies: Vec<String>,
    pub(super) company: Option<&'a str>,
    pub(super) csrf: String,
    pub(super) asked: &'a Asked,
}

impl Frame {
    pub(super) fn new(wanted: Wanted<'_>) -> Self {
        let Wanted { w, title, place, who, companies, company, csrf, asked } = wanted;
        let places = Place::ALL.into_iter().filter(|open| open.is_linked() && open.is_for(who.role));
        let links = places.map(|open| Link {
            href: with_company(open.path(), company),
            label: w.t(open.key()),
            is_current: Some(open) == place,
        });
        let notice = asked.notice.as_deref().map(|notice| format!("notice-{notice}"));
        Self {
            links: links.collect(),
            name: who.name.clone(),
            role: w.word("role", who.role.as_str()),
            csrf,
            companies: if companies.len() > 1 { companies } else { Vec::new() },
            company: company.unwrap_or_default().to_owned(),
            here: asked.path.split('?').next().unwrap_or_default().to_owned(),
            back: asked.path.clone(),
            // Only what there are words for is said: the address is anybody's to write.
            notice: notice.filter(|key| w.has(key)).map(|key| w.t(&key)),
            ..Self::bare(w, title)
        }
    }

    /// The frame of a page that says nothing of who is signed in.
    pub(super) fn bare(w: Words, title: String) -> Self {
        Self {
            w,
            title,
            links: Vec::new(),
            name: String::new(),
            role: String::new(),
            csrf: String::new(),
            companies: Vec::new(),
            company: String::new(),
            here: String::new(),
            back: "/admin".to_owned(),
            notice: None,
            mark: &MARK,
            languages: Language::ALL.map(|one| (one, one == w.language())).to_vec(),
        }
    }
}

/// A path of ours that keeps to the company that is looked at.
pub(super) fn with_company(path: &str, company: Option<&str>) -> String {
    company.map_or_else(|| path.to_owned(), |slug| format!("{path}?company={}", escaped(slug)))
}
