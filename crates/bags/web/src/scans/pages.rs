//! The history of scans: the list, and one scan with the answer that was given to it.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use bags_rules::code::Code;
use bags_rules::counter::Counter;
use bags_rules::outcome::{Answer, Outcome};
use bags_rules::permission::{BAG_READ, BAG_SCAN};
use bags_store::scan::{Page, ScanLine};
use bags_store::{counter, link, scan};
use base_core::area::Scope;
use base_db::Conn;
use base_web::cursor;
use base_web::error::Problem;
use base_web::filter::{Choice, FilterBar, wrong_filter};
use base_web::list::{self, Above, Cell, Column, Kept, List, ListKind, Row, Tone};
use base_web::names::{Picked, picked};
use base_web::pages::apart_from_said;
use base_web::parameters::Parameters;
use base_web::session::Caller;
use base_web::view::{Fragment, Frame, Said, grouped, path_part, render};
use serde::Deserialize;

use crate::facts;
use crate::filter::{every_area, period_wins, shown_days};
use crate::history::{Event, event};
use crate::said::said;
use crate::scans::work;
use crate::scans::work::ScansQuery;
use crate::shown::shown_to_the_second;
use crate::state::Bags;

/// Scans on a page unless asked otherwise.
const LIMIT_DEFAULT: u32 = 20;

/// Marks the scans whose links still exist: made at that moment, into that parent.
async fn mark_undoable(conn: Conn<'_>, lines: &[ScanLine], events: &mut [Event]) -> Result<(), Problem> {
    let made =
        |line: &ScanLine| matches!(line.outcome, Outcome::Linked | Outcome::Relinked) && line.undone_at.is_none();
    let mut children: Vec<&str> = lines.iter().filter(|line| made(line)).map(|line| line.code.as_str()).collect();
    children.sort_unstable();
    children.dedup();
    let found = link::of_children(conn, &children).await?;
    for (line, event) in lines.iter().zip(events).filter(|(line, _)| made(line)) {
        let parent = line.parent.as_deref().map(Code::stored);
        event.undoable = found.iter().any(|(child, link)| {
            child.as_str() == line.code && link.linked_at == line.at && Some(&link.parent) == parent.as_ref()
        });
    }
    Ok(())
}

/// How much was scanned in total.
#[derive(Default)]
pub(crate) struct Totals {
    pub(crate) all: i64,
    pub(crate) today: i64,
    pub(crate) parents: i64,
    pub(crate) children: i64,
}

#[derive(Template)]
#[template(path = "scans/list.html")]
pub(crate) struct ListPage {
    pub(crate) frame: Frame,
    pub(crate) bar: FilterBar,
    pub(crate) totals: Totals,
    pub(crate) above: Above,
    pub(crate) list: Fragment,
    /// How many scans are shown.
    pub(crate) count: usize,
    pub(crate) next: Option<String>,
    pub(crate) looked_through: Option<u32>,
    pub(crate) inside: bool,
}

impl ListPage {
    fn figure(&self, n: &i64) -> String {
        grouped(*n)
    }
}

/// The list of scans.
pub const SCANS: &ListKind = &ListKind {
    id: "scans",
    path: "/scans",
    title: "nav-scans",
    columns: &[
        Column::key("time", "time"),
        Column::new("code", "code"),
        Column::new("parent", "parent"),
        Column::new("bill", "bill"),
        Column::new("result", "result"),
        Column::new("person", "person"),
        Column::new("station", "station"),
        Column::new("area", "area"),
        Column::acts("corrections", "corrections"),
    ],
};

impl Event {
    fn row(self, frame: &Frame) -> Row {
        let to =
            |path: &str, text: &str| if text.is_empty() { String::new() } else { format!("{path}{}", path_part(text)) };
        let undo = || {
            let (address, label) = (format!("/bags/{}/undo-link", path_part(&self.code)), "act-undo-of");
            let fields = vec![("scan", self.seq.to_string())];
            Cell::button(frame.t("act-undo-link"), frame.t1(label, "code", &self.code), address, fields)
        };
        let tone = if self.refused { Tone::Stop } else { Tone::Ok };
        let undone =
            if self.undone.is_empty() { String::new() } else { format!("{} {}", frame.t("undone-at"), self.undone) };
        Row::new()
            .with("time", Cell::done_by(&self.at, "").leading_to(format!("/scans/{}", self.seq)))
            .with("corrections", if self.undoable { undo() } else { Cell::default() })
            .with("code", Cell::code(&self.code, to("/lookup?q=", &self.code)))
            .with("parent", Cell::code(&self.parent, to("/bags/", &self.parent)))
            .with("bill", Cell::code(&self.bill, to("/bills/", &self.bill)))
            .with("result", Cell::chip(tone, self.outcome).with_note(undone))
            .with("person", Cell::words(frame.called(&self.person)))
            .with("station", Cell::words(self.station))
            .with("area", Cell::words(self.area))
    }
}

/// `GET /scans`
pub async fn list(State(app): State<Bags>, caller: Caller, uri: Uri) -> Result<Response, Problem> {
    caller.must(BAG_READ)?;
    let mut query = apart_from_said::<ScansQuery>(&uri).1?;
    period_wins(query.days.as_deref(), [&mut query.from, &mut query.to]);
    let frame = Frame::of(&caller, "scans");
    let (page, wrong) = match work::page(&app, &caller, &query, LIMIT_DEFAULT).await {
        Ok(page) => (page, None),
        Err(problem) => (Page::default(), Some(wrong_filter(&frame, problem)?)),
    };
    let mut events: Vec<Event> = page.lines.iter().map(|line| event(line, &app, &frame)).collect();
    let totals = totals(&app, &caller.scope()).await?;
    if caller.person.may(BAG_SCAN) {
        let mut reader = app.db.read().await?;
        mark_undoable(reader.conn(), &page.lines, &mut events).await?;
    }
    let person = picked(&app, &caller, query.person.as_deref()).await?;
    let is_wrong = wrong.is_some();
    let bar = filter_bar(&app, &caller, &frame, &query, person).wrong(wrong);
    let kept = Kept::of(app.db.read().await?.conn(), &caller, SCANS).await?;
    let count = events.len();
    let rows = events.into_iter().map(|event| event.row(&frame)).collect();
    let mut response = render(&ListPage {
        above: list::above(&frame, SCANS, &kept, &bar, Vec::new())?,
        list: List::new(&frame, SCANS, &kept, rows).shown()?,
        bar,
        totals,
        count,
        next: page.next.map(|next| cursor::write(&app, &caller, &next.to_string())),
        looked_through: page.looked_through,
        inside: page.inside,
        frame,
    });
    if is_wrong {
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(response)
}

fn filter_bar(app: &Bags, caller: &Caller, frame: &Frame, query: &ScansQuery, person: Picked) -> FilterBar {
    let asked = query.days();
    let shown = shown_days(asked, &app.settings.zone, app.clock.now());
    let mut results =
        vec![Choice::new("accepted", frame.t("scans-accepted")), Choice::new("refused", frame.t("scans-refused"))];
    let one = |outcome: &Outcome| Choice::new(outcome.code(), frame.t(&format!("outcome-{}", outcome.code())));
    let (refused, accepted): (Vec<&Outcome>, Vec<&Outcome>) = Outcome::ALL.iter().partition(|one| one.is_refusal());
    for (key, outcomes) in [("scans-accepted", accepted), ("scans-refused", refused)] {
        let mut choices: Vec<Choice> = outcomes.into_iter().map(one).collect();
        choices.sort_by(|one, other| one.words.cmp(&other.words));
        if let Some(first) = choices.first_mut() {
            first.group = frame.t(key);
        }
        results.extend(choices);
    }
    let limit = query.limit.map(|limit| limit.to_string());
    let mut bar = FilterBar::new("/scans", "scan-filters")
        .text("q", frame.t("scans-filter-text"), query.q.as_deref())
        .person("person", frame.t("person"), person)
        .choice("result", frame.t("result"), query.result.as_deref(), results);
    if let Some(areas) = every_area(app, caller, frame) {
        bar = bar.choice("area", frame.t("filter-area"), query.area.as_deref(), areas);
    }
    bar.days(frame, frame.t("time"), asked, shown).keep("limit", limit.as_deref())
}

async fn totals(app: &Bags, scope: &Scope) -> Result<Totals, Problem> {
    let zone = &app.settings.zone;
    let now = app.clock.now();
    let mut reader = app.db.read().await?;
    let all = counter::totals(reader.conn(), scope).await?;
    let n = |counter: Counter| all.get(&counter).copied().unwrap_or_default();
    let kinds =
        [Counter::ScansParent, Counter::ScansChild, Counter::ScansBill, Counter::ScansOther, Counter::ScansRefused];
    Ok(Totals {
        all: kinds.into_iter().map(n).sum(),
        today: counter::scans_in_all(reader.conn(), scope, now.start_of_day(zone), now.end_of_day(zone)).await?,
        parents: n(Counter::ScansParent),
        children: n(Counter::ScansChild),
    })
}

#[derive(Template)]
#[template(path = "scans/show.html")]
pub(crate) struct ShowPage {
    pub(crate) frame: Frame,
    pub(crate) event: Event,
    pub(crate) action: String,
    pub(crate) scan_id: String,
    pub(crate) client_at: String,
    /// The answer, field by field.
    pub(crate) answer: Vec<(String, String)>,
    pub(crate) said: Option<Said>,
}

/// What became of an action on this page.
#[derive(Deserialize)]
pub struct ShowQuery {
    #[serde(default)]
    said: String,
}

/// `GET /scans/{seq}`
pub async fn show(
    State(app): State<Bags>,
    caller: Caller,
    Path(seq): Path<String>,
    Parameters(query): Parameters<ShowQuery>,
) -> Result<Response, Problem> {
    caller.must(BAG_READ)?;
    let not_found = || Problem::not_found("This scan");
    let seq: i64 = seq.parse().map_err(|_| not_found())?;
    let frame = Frame::of(&caller, "scans");
    let said = said(&app, &caller, &frame, &query.said).await?;
    let mut reader = app.db.read().await?;
    let detail = scan::find(reader.conn(), seq, &caller.scope()).await?.ok_or_else(not_found)?;
    let mut events = vec![event(&detail.line, &app, &frame)];
    if caller.person.may(BAG_SCAN) {
        mark_undoable(reader.conn(), std::slice::from_ref(&detail.line), &mut events).await?;
    }
    drop(reader);
    let mut answer: serde_json::Map<String, serde_json::Value> =
        serde_json::from_str(&detail.answer).unwrap_or_default();
    if caller.scope() != Scope::All && detail.line.person.as_deref() != Some(&*caller.person.name) {
        answer.retain(|name, _| Answer::PLAIN_FACTS.contains(&name.as_str()));
    }
    // The sentence was kept in one language; the outcome says the same in the reader's.
    answer.remove("message");
    Ok(render(&ShowPage {
        event: events.remove(0),
        action: frame.words_for("action", &detail.line.action),
        scan_id: detail.scan_id,
        client_at: shown_to_the_second(detail.line.client_at, &app),
        answer: answer
            .iter()
            .map(|(name, value)| (facts::field(&frame, name), facts::value(&frame, name, value)))
            .collect(),
        frame,
        said,
    }))
}
