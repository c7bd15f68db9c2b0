//! The prompt: as the template of a language and a trade makes it, and what a company sets of it.

use actix_web::HttpResponse;
use actix_web::web::Query;
use askama::Template;

use super::{At, Fields, Head, PROMPT, Whose};
use crate::domain::Field;
use crate::domain::deployment::reception::{Author, PromptChange, Trade};
use crate::http::dashboard::around::{complaint, filled, show_refused};
use crate::http::dashboard::desk::{Away, Desk, Signed};
use crate::http::dashboard::frame::{Frame, Place};
use crate::http::dashboard::times::Moment;
use crate::operations::reception::prompt::{self, PromptAsked, PromptView};

const TRADES: [(Trade, &str); 4] = [
    (Trade::General, "general"),
    (Trade::Salon, "salon"),
    (Trade::Practice, "practice"),
    (Trade::Workshop, "workshop"),
];
const LANGUAGES: [&str; 2] = ["de", "en"];

#[derive(Template)]
#[template(path = "desk/retell_prompt.html")]
struct Page {
    f: Frame,
    head: Head,
    complaint: Option<String>,
    company: String,
    branch: String,
    /// As it would be, where another template is looked at.
    shown: PromptView,
    is_ours: bool,
    recording: String,
    extra: String,
    /// The trade that is set.
    trades: Vec<Choice>,
    preview_trades: Vec<Choice>,
    preview_languages: Vec<Choice>,
    changed: Option<Moment>,
}

struct Choice {
    name: &'static str,
    label: String,
    is_chosen: bool,
}

async fn draw(desk: &Desk, (whose, at): (&Whose, &At), complaint: Option<String>) -> Result<Page, Away> {
    let house = &desk.rooms.house;
    let (company, branch) = (Some(whose.company.slug.clone()), whose.branch.clone());
    let asked = PromptAsked { company, branch, ..PromptAsked::default() };
    let set = prompt::get(house, desk.who(), asked.clone()).await?;
    let trade = at.trade.as_deref().and_then(trade);
    let asked = PromptAsked { trade, language: at.language.clone(), ..asked };
    let shown = prompt::get(house, desk.who(), asked).await?;
    let w = desk.w;
    let trades = |chosen: Trade| {
        let choice =
            |(trade, name)| Choice { name, label: w.word("trade", name), is_chosen: trade == chosen };
        TRADES.map(choice).into()
    };
    let languages = LANGUAGES.map(|name| Choice {
        name,
        label: w.word("language", name),
        is_chosen: name == shown.language,
    });
    Ok(Page {
        f: desk.frame(Place::Retell),
        head: whose.head(w, PROMPT),
        complaint,
        company: whose.company.slug.clone(),
        branch: whose.branch.clone().unwrap_or_default(),
        is_ours: set.author == Author::Ours,
        trades: trades(set.trade),
        preview_trades: trades(shown.trade),
        preview_languages: languages.into(),
        changed: set.changed_at.as_deref().map(|at| desk.when(at, (&set.company, set.branch.as_deref()))),
        recording: set.recording.unwrap_or_default(),
        extra: set.extra.unwrap_or_default(),
        shown,
    })
}

fn trade(name: &str) -> Option<Trade> {
    TRADES.iter().find(|(_, own)| *own == name).map(|(trade, _)| *trade)
}

pub(super) async fn page(desk: Desk, at: Query<At>) -> Result<HttpResponse, Away> {
    let whose = match Whose::of(&desk, &at)? {
        Ok(whose) => whose,
        Err(choose) => return Ok(choose),
    };
    desk.show(&draw(&desk, (&whose, &at), None).await?)
}

pub(super) async fn change(form: Signed<Fields>, at: Query<At>) -> Result<HttpResponse, Away> {
    let Signed { desk, form } = form;
    let whose = match Whose::of(&desk, &at)? {
        Ok(whose) => whose,
        Err(choose) => return Ok(choose),
    };
    let author = match form.get("author").map(String::as_str) {
        Some("ours") => Field::Given(Some(Author::Ours)),
        Some(_) => Field::Given(Some(Author::Theirs)),
        None => Field::Left,
    };
    let change = PromptChange {
        author,
        trade: form
            .get("trade")
            .and_then(|name| trade(name))
            .map_or(Field::Left, |one| Field::Given(Some(one))),
        recording: Field::Given(filled(form.get("recording"))),
        extra: Field::Given(filled(form.get("extra")).map(|text| text.replace("\r\n", "\n"))),
    };
    match prompt::change(&desk.rooms.house, desk.who(), &whose.agents(), change).await {
        Ok(_) => Ok(whose.back(PROMPT, "prompt-changed")),
        Err(error) => show_refused(&draw(&desk, (&whose, &at), Some(complaint(error)?)).await?),
    }
}
