//! The list of an event's passes.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use base_web::error::Problem;
use base_web::filter::{Choice, FilterBar, wrong_filter};
use base_web::list::{self, Above, Cell, Column, Kept, List, ListKind, Row, Tone, View};
use base_web::parameters::Parameters;
use base_web::session::Caller;
use base_web::view::{Fragment, Frame, grouped, render};
use jiff::tz::TimeZone;
use passes_rules::pass::{PassKind, PaymentMode};
use passes_rules::permission::PASS_READ;
use passes_store::event::EventLine;
use passes_store::pass::{self, PassLine};

use super::filter::{PassesQuery, after, given, write_cursor};
use crate::events::work::find;
use crate::rights::Rights as _;
use crate::shown::{shown_in, zone};
use crate::state::Passes;

/// The list of passes. Its address is that of the newest event; the page of each event has it below its own.
pub const PASSES: &ListKind = &ListKind {
    id: "passes",
    path: "/database",
    title: "nav-passes",
    columns: &[
        Column::key("name", "pass-name"),
        Column::new("phone", "pass-phone"),
        Column::new("kind", "pass-kind"),
        Column::number("amount", "pass-amount"),
        Column::new("payment", "pass-payment"),
        Column::new("timing", "pass-timing").on_demand(),
        Column::new("created", "pass-created"),
        Column::new("status", "status"),
        Column::new("entered", "pass-entered"),
    ],
};

#[derive(Template)]
#[template(path = "passes/list.html")]
struct ListPage {
    frame: Frame,
    event: EventLine,
    bar: FilterBar,
    above: Above,
    list: Fragment,
    count: usize,
    total: i64,
    next: Option<String>,
    /// The query of the filters, for the files.
    query: String,
}

impl ListPage {
    fn shown_of(&self) -> String {
        let values = [("n", self.count.to_string()), ("total", self.total.to_string())];
        let values = values.each_ref().map(|(name, value)| (*name, value.as_str()));
        base_web::locale::text(self.frame.locale, "passes-shown", &values)
    }

    fn file(&self, format: &str) -> String {
        let and = if self.query.is_empty() { "" } else { "&" };
        format!("/events/{}/passes/file?format={format}{and}{}", self.event.id, self.query)
    }
}

/// What a pass is called in lists: its guest, while they are known.
pub fn called(line: &PassLine, frame: &Frame) -> String {
    if line.is_erased { frame.t("pass-erased") } else { line.name1.clone() }
}

/// The chip of a pass.
pub fn status(line: &PassLine) -> (Tone, &'static str) {
    match (line.cancelled_at, line.entered_at) {
        (Some(_), _) => (Tone::Stop, "pass-status-cancelled"),
        (None, Some(_)) => (Tone::Ok, "pass-status-scanned"),
        (None, None) => (Tone::Look, "pass-status-unscanned"),
    }
}

fn row(line: &PassLine, frame: &Frame, zone: &TimeZone) -> Row {
    let second = |text: &Option<String>| text.clone().unwrap_or_default();
    let (tone, key) = status(line);
    let by = line.entered_by.clone().unwrap_or_default();
    let entered = line.entered_at.map(|at| shown_in(at, zone)).unwrap_or_default();
    let payment = frame.t(&format!("pass-mode-{}", line.mode.name()));
    Row::new()
        .with("name", Cell::link(called(line, frame), format!("/passes/{}", line.id)).with_note(second(&line.name2)))
        .with("phone", Cell::words(&line.phone1).with_note(second(&line.phone2)))
        .with("kind", Cell::words(frame.t(&format!("pass-kind-{}", line.kind.name()))))
        .with("amount", Cell::words(format!("₹{}", grouped(line.amount))))
        .with("payment", Cell::words(payment).with_note(second(&line.txn_info)))
        .with("timing", Cell::words(&line.timing))
        .with("created", Cell::time_by(shown_in(line.created_at, zone), second(&line.created_by)))
        .with("status", Cell::chip(tone, frame.t(key)))
        .with("entered", Cell::time_by(entered, by))
}

/// `GET /events/{event}/passes`
pub async fn list(
    State(app): State<Passes>,
    caller: Caller,
    Path(id): Path<String>,
    Parameters(query): Parameters<PassesQuery>,
) -> Result<Response, Problem> {
    caller.must(PASS_READ)?;
    let event = find(&app, &caller, &id).await?;
    let frame = Frame::of(&caller, "events");
    let (filter, cursor, wrong) = match query.filter().and_then(|filter| Ok((filter, query.cursor(&app, &caller)?))) {
        Ok((filter, cursor)) => (Some(filter), cursor, None),
        Err(problem) => (None, None, Some(wrong_filter(&frame, problem)?)),
    };
    let page = query.page(cursor.as_ref());
    let mut reader = app.db.snapshot().await?;
    let (mut lines, mut total) = (Vec::new(), 0);
    if let Some(filter) = &filter {
        lines = pass::list(reader.conn(), event.id, filter, page).await?;
        total = pass::count(reader.conn(), event.id, filter).await?;
    }
    let sums = pass::sums(reader.conn(), event.id).await?;
    let kept = Kept::of(reader.conn(), &caller, PASSES).await?;
    drop(reader);
    let more = lines.len() > page.limit as usize;
    lines.truncate(page.limit as usize);
    let is_wrong = wrong.is_some();
    let bar = filter_bar(&event, &frame, &query).wrong(wrong);
    let shown_now = given(query.status.as_deref()).unwrap_or_default();
    let view = |status, key, count| View {
        words: frame.t(key),
        count: Some(count),
        address: bar.with("status", status),
        is_shown: shown_now == status,
    };
    let views = vec![
        view("", "all", sums.total() + sums.cancelled),
        view("scanned", "pass-status-scanned", sums.scanned),
        view("unscanned", "pass-status-unscanned", sums.unscanned()),
        view("cancelled", "pass-status-cancelled", sums.cancelled),
    ];
    let zone = zone(&app, &event.details);
    let list = List::new(&frame, PASSES, &kept, lines.iter().map(|line| row(line, &frame, &zone)).collect());
    let mut response = render(&ListPage {
        count: lines.len(),
        total,
        next: lines.last().filter(|_| more).map(|last| write_cursor(&app, &caller, &after(last))),
        above: list::above(&frame, PASSES, &kept, &bar, views)?,
        list: list.shown()?,
        query: bar.query(),
        bar,
        event,
        frame,
    });
    if is_wrong {
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(response)
}

fn filter_bar(event: &EventLine, frame: &Frame, query: &PassesQuery) -> FilterBar {
    let kinds = PassKind::ALL.map(|kind| Choice::new(kind.name(), frame.t(&format!("pass-kind-{}", kind.name()))));
    let modes = PaymentMode::ALL.map(|mode| Choice::new(mode.name(), frame.t(&format!("pass-mode-{}", mode.name()))));
    FilterBar::new(format!("/events/{}/passes", event.id), "pass-filters")
        .text("q", frame.t("pass-filter-text"), query.q.as_deref())
        .choice("type", frame.t("pass-kind"), query.kind.as_deref(), kinds.into())
        .choice("mode", frame.t("pass-payment"), query.mode.as_deref(), modes.into())
        .keep("status", given(query.status.as_deref()))
}
