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
use base_web::filter::{FilterForm, wrong_filter};
use base_web::pages::apart_from_said;
use base_web::parameters::Parameters;
use base_web::session::Caller;
use base_web::view::{Frame, Said, address_of, path_part, render};
use serde::Deserialize;

use crate::filter::given;
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
    pub(crate) query: ScansQuery,
    pub(crate) areas: Vec<(String, String)>,
    pub(crate) sees_all: bool,
    pub(crate) outcomes: Vec<(&'static str, String)>,
    pub(crate) totals: Totals,
    pub(crate) events: Vec<Event>,
    pub(crate) next: Option<String>,
    pub(crate) looked_through: Option<u32>,
    pub(crate) inside: bool,
    pub(crate) wrong: Option<(String, String)>,
}

impl FilterForm for ListPage {
    fn wrong(&self) -> Option<&(String, String)> {
        self.wrong.as_ref()
    }
}

impl ListPage {
    fn parts(&self) -> [(&'static str, Option<&str>); 6] {
        let query = &self.query;
        [
            ("q", given(query.q.as_deref())),
            ("person", given(query.person.as_deref())),
            ("result", given(query.result.as_deref())),
            ("from", given(query.from.as_deref())),
            ("to", given(query.to.as_deref())),
            ("area", given(query.area.as_deref())),
        ]
    }

    fn has_filters(&self) -> bool {
        self.parts().iter().any(|(_, value)| value.is_some())
    }

    fn next_address(&self, cursor: &str) -> String {
        let limit = self.query.limit.map(|limit| limit.to_string());
        address_of("/scans", self.parts().into_iter().chain([("limit", limit.as_deref())]), ("cursor", cursor))
    }
}

/// `GET /scans`
pub async fn list(State(app): State<Bags>, caller: Caller, uri: Uri) -> Result<Response, Problem> {
    caller.must(BAG_READ)?;
    let query = apart_from_said::<ScansQuery>(&uri).1?;
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
    let areas = app.settings.areas.iter().filter(|area| caller.scope().covers(Some(area)));
    let is_wrong = wrong.is_some();
    let mut response = render(&ListPage {
        areas: areas.map(|area| (area.to_string(), area.title())).collect(),
        sees_all: caller.scope() == Scope::All,
        outcomes: Outcome::ALL.iter().map(|one| (one.code(), frame.t(&format!("outcome-{}", one.code())))).collect(),
        totals,
        events,
        next: page.next.map(|next| cursor::write(&app, &caller, &next.to_string())),
        looked_through: page.looked_through,
        inside: page.inside,
        wrong,
        query,
        frame,
    });
    if is_wrong {
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(response)
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
    let text = |value: serde_json::Value| match value {
        serde_json::Value::String(text) => text,
        other => other.to_string(),
    };
    Ok(render(&ShowPage {
        event: events.remove(0),
        action: frame.words_for("action", &detail.line.action),
        scan_id: detail.scan_id,
        client_at: shown_to_the_second(detail.line.client_at, &app),
        answer: answer.into_iter().map(|(name, value)| fact(&frame, &name, &text(value))).collect(),
        frame,
        said,
    }))
}

/// A fact of an answer, in words.
fn fact(frame: &Frame, name: &str, value: &str) -> (String, String) {
    let value = match name {
        "outcome" => frame.words_for("outcome", value),
        "status" => frame.words_for("status", &value.replace('_', "-")),
        "bill_status" => frame.words_for("bill-status", value),
        _ => value.to_owned(),
    };
    (frame.words_for("field", name), value)
}

/// `GET /scan/{id}`, the address of the earlier system.
pub async fn moved(Path(seq): Path<String>) -> Response {
    base_web::pages::moved(&format!("/scans/{}", path_part(&seq)))
}
