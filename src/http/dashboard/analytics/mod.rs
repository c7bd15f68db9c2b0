//! `/admin/analytics`: how calls went, as charts with their numbers below, and as a file for spreadsheets.

mod chart;

use std::collections::BTreeSet;

use actix_web::HttpResponse;
use actix_web::web::{self, ServiceConfig};
use askama::Template;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Deserialize;

use self::chart::{Bars, Series};
use super::around::query as written;
use super::desk::{Away, Desk};
use super::frame::{Frame, Place};
use crate::operations::Error;
use crate::operations::analytics::{self, Analytics, Query};
use crate::operations::statistics::TallyView;

pub(super) fn routes(config: &mut ServiceConfig) {
    config
        .service(web::resource("/analytics").route(web::get().to(page)))
        .service(web::resource("/analytics.csv").route(web::get().to(csv)));
}

#[derive(Template)]
#[template(path = "desk/analytics.html")]
struct Page {
    f: Frame,
    company: String,
    from: String,
    to: String,
    csv: String,
    figures: Vec<(String, String)>,
    parts: Vec<Part>,
}

/// A chart and its numbers.
struct Part {
    id: &'static str,
    title: String,
    svg: Option<String>,
    /// The names of the series, where the chart has several.
    legend: Vec<String>,
    head: Vec<String>,
    rows: Vec<(String, Vec<String>)>,
}

/// Days as people choose them; the last one counts as a whole.
#[derive(Debug, Default, Deserialize)]
struct Asked {
    from: Option<String>,
    to: Option<String>,
}

/// What is asked for, in the zone of the company that is looked at.
fn query(desk: &Desk, asked: &Asked) -> Result<Query, Error> {
    let zone = desk.zone(desk.company.as_deref().unwrap_or_default(), None);
    let day = |text: &Option<String>| -> Result<Option<Date>, Error> {
        let text = text.as_deref().filter(|text| !text.is_empty());
        let parsed = text.map(str::parse::<Date>).transpose();
        parsed.map_err(|_| Error::Invalid("a day is written like 2026-10-20".into()))
    };
    let begins = |day: Date| -> Result<Timestamp, Error> {
        let begins = day.to_zoned(zone.clone()).map(|zoned| zoned.timestamp());
        begins.map_err(|_| Error::Invalid("there is no such day".into()))
    };
    let until = day(&asked.to)?.map(|day| begins(day.tomorrow().unwrap_or(day))).transpose()?;
    Ok(Query {
        company: desk.company.clone(),
        from: day(&asked.from)?.map(begins).transpose()?,
        to: until,
        ..Query::default()
    })
}

async fn page(desk: Desk, asked: web::Query<Asked>) -> Result<HttpResponse, Away> {
    let read = analytics::read(&desk.rooms.house, desk.who(), &query(&desk, &asked)?).await?;
    let (from, to) = (asked.from.clone().unwrap_or_default(), asked.to.clone().unwrap_or_default());
    let pairs =
        [("company", desk.company.as_deref()), ("from", Some(from.as_str())), ("to", Some(to.as_str()))];
    let page = Page {
        f: desk.frame(Place::Analytics),
        company: desk.company.clone().unwrap_or_default(),
        csv: format!("/admin/analytics.csv?{}", written(&pairs)),
        figures: figures(&desk, &read.total),
        parts: vec![
            funnel(&desk, &read),
            outcomes(&desk, &read),
            reasons(&desk, &read),
            hours(&desk, &read),
            functions(&desk, &read),
            places(&desk, &read),
        ],
        from,
        to,
    };
    desk.show(&page)
}

/// Cents as an amount of dollars, which is what Retell charges in.
fn dollars(cents: i64) -> String {
    format!("{}.{:02} $", cents / 100, cents % 100)
}

fn percent(share: Option<u64>) -> String {
    share.map_or_else(|| "–".to_owned(), |share| format!("{share} %"))
}

fn figures(desk: &Desk, total: &TallyView) -> Vec<(String, String)> {
    let w = desk.w;
    vec![
        (w.t("figure-calls"), total.calls.to_string()),
        (w.t("figure-answered"), total.answered.to_string()),
        (w.t("figure-booked"), total.booked.to_string()),
        (w.t("figure-moved"), total.moved.to_string()),
        (w.t("figure-cancelled"), total.cancelled.to_string()),
        (w.t("figure-callbacks"), total.callbacks.to_string()),
        (w.t("figure-minutes"), total.minutes.to_string()),
        (w.t("figure-cost"), dollars(total.cost_cents)),
        (w.t("figure-after-hours"), percent(total.after_hours_percent)),
    ]
}

fn count(number: u64) -> f64 {
    u32::try_from(number).map_or(f64::from(u32::MAX), f64::from)
}

fn one_series(title: String, labels: Vec<String>, numbers: &[u64]) -> Option<String> {
    let values = numbers.iter().map(|number| count(*number)).collect();
    let series = vec![Series { name: title.clone(), values }];
    Bars { title, labels, series, is_stacked: false }.svg()
}

fn funnel(desk: &Desk, read: &Analytics) -> Part {
    let (w, funnel) = (desk.w, read.funnel);
    let steps = [
        (w.t("figure-calls"), funnel.calls),
        (w.t("figure-answered"), funnel.answered),
        (w.t("funnel-served"), funnel.served),
        (w.t("funnel-booked"), funnel.booked),
    ];
    let title = w.t("analytics-funnel");
    let share = |number: u64| (number * 100).checked_div(funnel.calls);
    Part {
        id: "funnel",
        svg: one_series(
            title.clone(),
            steps.iter().map(|(label, _)| label.clone()).collect(),
            &steps.each_ref().map(|(_, n)| *n),
        ),
        title,
        legend: Vec::new(),
        head: vec![w.t("funnel-step"), w.t("figure-calls"), w.t("share")],
        rows: steps
            .into_iter()
            .map(|(label, number)| (label, vec![number.to_string(), percent(share(number))]))
            .collect(),
    }
}

fn outcomes(desk: &Desk, read: &Analytics) -> Part {
    let title = desk.w.t("analytics-outcomes");
    by_day(desk, read, ("outcomes", title, "call-outcome"), |day| &day.outcomes)
}

fn reasons(desk: &Desk, read: &Analytics) -> Part {
    let title = desk.w.t("analytics-reasons");
    by_day(desk, read, ("reasons", title, "reason"), |day| &day.reasons)
}

/// What is counted by day and name: a stack of names on each day.
fn by_day(
    desk: &Desk,
    read: &Analytics,
    (id, title, family): (&'static str, String, &str),
    of: impl Fn(&analytics::Day) -> &std::collections::BTreeMap<String, u64>,
) -> Part {
    let days: Vec<&analytics::Day> = read.days.iter().filter(|day| !of(day).is_empty()).collect();
    let names: BTreeSet<&String> = days.iter().flat_map(|day| of(day).keys()).collect();
    let word = |name: &str| desk.w.word(family, name.trim_matches(['(', ')']));
    let at = |day: &analytics::Day, name: &str| of(day).get(name).copied().unwrap_or_default();
    let series = names.iter().map(|name| Series {
        name: word(name),
        values: days.iter().map(|day| count(at(day, name))).collect(),
    });
    let bars = Bars {
        title: title.clone(),
        labels: days.iter().map(|day| short(&day.date)).collect(),
        series: series.collect(),
        is_stacked: true,
    };
    let date = |day: &analytics::Day| {
        day.date.parse::<Date>().map_or_else(|_| day.date.clone(), |date| desk.w.date(date))
    };
    Part {
        id,
        svg: bars.svg(),
        title,
        legend: bars.series.into_iter().map(|one| one.name).collect(),
        head: std::iter::once(desk.w.t("day")).chain(names.iter().map(|name| word(name))).collect(),
        rows: days
            .iter()
            .map(|day| (date(day), names.iter().map(|name| at(day, name).to_string()).collect()))
            .collect(),
    }
}

/// Day and month, as there is room for below a bar.
fn short(date: &str) -> String {
    date.parse::<Date>().map_or_else(|_| date.to_owned(), |date| format!("{}.{}.", date.day(), date.month()))
}

fn hours(desk: &Desk, read: &Analytics) -> Part {
    let title = desk.w.t("analytics-hours");
    let labels: Vec<String> = (0..read.hours.len()).map(|hour| hour.to_string()).collect();
    let rows = read.hours.iter().enumerate().filter(|(_, calls)| **calls > 0);
    Part {
        id: "hours",
        svg: one_series(title.clone(), labels, &read.hours),
        title,
        legend: Vec::new(),
        head: vec![desk.w.t("hour"), desk.w.t("figure-calls")],
        rows: rows.map(|(hour, calls)| (format!("{hour}:00–{hour}:59"), vec![calls.to_string()])).collect(),
    }
}

fn functions(desk: &Desk, read: &Analytics) -> Part {
    let (w, title) = (desk.w, desk.w.t("analytics-functions"));
    let words: Vec<String> = read.functions.iter().map(|one| w.word("function", &one.function)).collect();
    let series = |name: &str, ms: fn(&analytics::FunctionTimes) -> i32| Series {
        name: name.to_owned(),
        values: read.functions.iter().map(|one| f64::from(ms(one))).collect(),
    };
    let series = vec![series("p50", |one| one.p50_ms), series("p95", |one| one.p95_ms)];
    let bars = Bars { title: title.clone(), labels: words.clone(), series, is_stacked: false };
    let row = |one: &analytics::FunctionTimes| {
        vec![one.calls.to_string(), format!("{} ms", one.p50_ms), format!("{} ms", one.p95_ms)]
    };
    Part {
        id: "functions",
        svg: bars.svg(),
        title,
        legend: vec!["p50".into(), "p95".into()],
        head: vec![w.t("function"), w.t("times-called"), "p50".into(), "p95".into()],
        rows: words.into_iter().zip(read.functions.iter().map(row)).collect(),
    }
}

fn places(desk: &Desk, read: &Analytics) -> Part {
    let (w, title) = (desk.w, desk.w.t("analytics-places"));
    let calls: Vec<u64> = read.places.iter().map(|place| place.tally.calls).collect();
    let keys: Vec<String> = read.places.iter().map(|place| place.key.clone()).collect();
    let rows = read.places.iter().map(|place| {
        let tally = &place.tally;
        let numbers =
            [tally.calls, tally.answered, tally.booked, tally.callbacks].map(|number| number.to_string());
        let more = [tally.minutes.to_string(), dollars(tally.cost_cents), percent(tally.after_hours_percent)];
        (place.key.clone(), numbers.into_iter().chain(more).collect())
    });
    let heads = ["calls", "answered", "booked", "callbacks", "minutes", "cost", "after-hours"];
    Part {
        id: "places",
        svg: one_series(title.clone(), keys, &calls),
        title,
        legend: Vec::new(),
        head: std::iter::once(w.t("one-branch")).chain(heads.map(|head| w.word("figure", head))).collect(),
        rows: rows.collect(),
    }
}

/// The numbers as a file: one line for each day, place and figure, so that any spreadsheet can turn them as it likes.
async fn csv(desk: Desk, asked: web::Query<Asked>) -> Result<HttpResponse, Away> {
    let read = analytics::read(&desk.rooms.house, desk.who(), &query(&desk, &asked)?).await?;
    let mut lines = vec!["part,key,name,value".to_owned()];
    let mut line = |part: &str, key: &str, name: &str, value: &dyn std::fmt::Display| {
        lines.push(format!("{part},{},{},{value}", quoted(key), quoted(name)));
    };
    for group in
        read.groups.iter().map(|group| ("day", group)).chain(read.places.iter().map(|place| ("place", place)))
    {
        let (part, group) = group;
        for (name, value) in numbers(&group.tally) {
            line(part, &group.key, name, &value);
        }
    }
    for day in &read.days {
        day.outcomes.iter().for_each(|(name, number)| line("outcome", &day.date, name, number));
        day.reasons.iter().for_each(|(name, number)| line("reason", &day.date, name, number));
    }
    read.hours.iter().enumerate().for_each(|(hour, calls)| line("hour", &hour.to_string(), "calls", calls));
    for one in &read.functions {
        line("function", &one.function, "calls", &one.calls);
        line("function", &one.function, "p50_ms", &one.p50_ms);
        line("function", &one.function, "p95_ms", &one.p95_ms);
    }
    Ok(HttpResponse::Ok()
        .content_type("text/csv; charset=utf-8")
        .insert_header(("Content-Disposition", "attachment; filename=\"analytics.csv\""))
        .body(lines.join("\r\n") + "\r\n"))
}

fn numbers(tally: &TallyView) -> [(&'static str, i64); 9] {
    let signed = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
    [
        ("calls", signed(tally.calls)),
        ("answered", signed(tally.answered)),
        ("booked", signed(tally.booked)),
        ("moved", signed(tally.moved)),
        ("cancelled", signed(tally.cancelled)),
        ("callbacks", signed(tally.callbacks)),
        ("minutes", tally.minutes),
        ("cost_cents", tally.cost_cents),
        ("after_hours", signed(tally.after_hours)),
    ]
}

/// A field of the file; what a spreadsheet would take for a formula is none.
fn quoted(text: &str) -> String {
    let text = if text.starts_with(['=', '+', '-', '@']) { format!("'{text}") } else { text.to_owned() };
    if text.contains([',', '"', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}
