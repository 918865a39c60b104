//! The list of events, and the page of one: its figures, its state and its people.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use base_core::time::{Moment, QUARTER_US};
use base_sheet::report::{Bar, Bars};
use base_web::error::Problem;
use base_web::filter::FilterBar;
use base_web::form::Form;
use base_web::list::{self, Above, Cell, Column, Kept, List, ListKind, Row, Tone};
use base_web::names::account_of;
use base_web::parameters::Parameters;
use base_web::report::picture::Picture;
use base_web::session::Caller;
use base_web::view::{Fragment, Frame, Said, grouped, render};
use jiff::tz::TimeZone;
use passes_rules::event::{EventId, EventState};
use passes_rules::figures::{SoldOf, Sums, hundredths, tenths};
use passes_rules::permission::{EVENT_MANAGE, EVENT_READ, PASS_REVENUE};
use passes_store::event::{self, AtEvent, EVENTS_SHOWN_MAX, EventLine};
use passes_store::pass::{self, AtGate};
use passes_store::sales;
use serde::Deserialize;

use super::work::{by, find, seen};
use crate::rights::Rights as _;
use crate::shown::{shown_in, zone};
use crate::state::Passes;

/// Most quarters of an hour that the chart of entries shows.
const QUARTERS_MAX: i64 = 48;

/// The list of events.
pub const EVENTS: &ListKind = &ListKind {
    id: "events",
    path: "/events",
    title: "nav-events",
    columns: &[
        Column::key("name", "event-name"),
        Column::new("state", "status"),
        Column::new("place", "event-place"),
        Column::new("starts", "event-starts"),
        Column::number("sold", "event-sold"),
        Column::number("capacity", "event-capacity").on_demand(),
    ],
};

/// The same for who scans and sees nothing else.
const EVENTS_AT_GATE: &ListKind = &ListKind {
    id: EVENTS.id,
    path: EVENTS.path,
    title: EVENTS.title,
    columns: &[
        Column::key("name", "event-name"),
        Column::new("state", "status"),
        Column::new("place", "event-place"),
        Column::new("starts", "event-starts"),
    ],
};

/// The colour of a state.
fn tone(state: EventState) -> Tone {
    match state {
        EventState::Open => Tone::Ok,
        EventState::OnSale => Tone::Look,
        EventState::Draft | EventState::Closed => Tone::Plain,
    }
}

#[derive(Template)]
#[template(path = "events/list.html")]
struct ListPage {
    frame: Frame,
    above: Above,
    list: Fragment,
    count: usize,
    next: Option<EventId>,
}

/// Where the page begins.
#[derive(Deserialize)]
pub struct ListQuery {
    before: Option<EventId>,
}

/// `GET /events`
pub async fn list(
    State(app): State<Passes>,
    caller: Caller,
    Parameters(query): Parameters<ListQuery>,
) -> Result<Response, Problem> {
    caller.must(EVENT_READ)?;
    let frame = Frame::of(&caller, "events");
    let mut reader = app.db.read().await?;
    let events = event::list(reader.conn(), seen(&caller), query.before).await?;
    let kept = Kept::of(reader.conn(), &caller, EVENTS).await?;
    drop(reader);
    let row = |line: &EventLine| {
        let details = &line.details;
        Row::new()
            .with("name", Cell::link(&details.name, format!("/events/{}", line.id)))
            .with("state", Cell::chip(tone(line.state), frame.t(&format!("event-state-{}", line.state.name()))))
            .with("place", Cell::words(&details.place))
            .with(
                "starts",
                Cell::time(details.starts_at.map(|at| shown_in(at, &zone(&app, details))).unwrap_or_default()),
            )
            .with("sold", Cell::words(grouped(line.sold)))
            .with("capacity", Cell::words(details.capacity.map(grouped).unwrap_or_default()))
    };
    let kind = if frame.may_read_passes() { EVENTS } else { EVENTS_AT_GATE };
    let list = List::new(&frame, kind, &kept, events.iter().map(row).collect());
    let is_full = events.len() == usize::try_from(EVENTS_SHOWN_MAX).unwrap_or(usize::MAX);
    let bar = FilterBar::new("/events", "event-filters");
    Ok(render(&ListPage {
        count: events.len(),
        next: events.last().filter(|_| is_full).map(|line| line.id),
        above: list::above(&frame, kind, &kept, &bar, Vec::new())?,
        list: list.shown()?,
        frame,
    }))
}

#[derive(Template)]
#[template(path = "events/show.html")]
struct ShowPage {
    frame: Frame,
    event: EventLine,
    /// Empty for who scans and sees nothing else, as is what follows.
    figures: Vec<Fact>,
    /// Empty for who may not see what was taken.
    revenue: Vec<Fact>,
    times: String,
    gates: Vec<AtGate>,
    /// What was sold by kind and payment; empty for who may not see what was taken.
    sales: Vec<SoldOf>,
    people: Vec<AtEvent>,
    picture: Option<Picture>,
    said: Option<Said>,
}

impl ShowPage {
    /// What everybody sees who works at the event.
    fn bare(frame: Frame, event: EventLine) -> Self {
        Self {
            frame,
            event,
            figures: Vec::new(),
            revenue: Vec::new(),
            times: String::new(),
            gates: Vec::new(),
            sales: Vec::new(),
            people: Vec::new(),
            picture: None,
            said: None,
        }
    }

    fn is(&self, state: &str) -> bool {
        self.event.state.name() == state
    }

    /// The states that it can be moved to; none once its guests were erased.
    fn others(&self) -> Vec<&'static str> {
        if self.event.erased_at.is_some() && self.is("closed") {
            return Vec::new();
        }
        EventState::ALL.into_iter().filter(|state| *state != self.event.state).map(EventState::name).collect()
    }

    fn kind_words(&self, sold: &SoldOf) -> String {
        let of = |what: &str, name: &str| self.frame.t(&format!("pass-{what}-{name}"));
        format!("{} · {}", of("kind", sold.kind.name()), of("mode", sold.mode.name()))
    }

    fn rupees(&self, n: i64) -> String {
        format!("₹{}", grouped(n))
    }

    fn state_words(&self, state: &str) -> String {
        self.frame.t(&format!("event-state-{state}"))
    }

    fn move_words(&self, state: &str) -> String {
        self.frame.t(&format!("event-move-{state}"))
    }
}

/// A figure with its name.
pub(crate) struct Fact {
    pub(crate) key: &'static str,
    pub(crate) id: &'static str,
    pub(crate) shown: String,
}

fn fact(key: &'static str, id: &'static str, shown: impl Into<String>) -> Fact {
    Fact { key, id, shown: shown.into() }
}

pub(crate) fn figures(sums: &Sums) -> Vec<Fact> {
    vec![
        fact("event-total", "total", grouped(sums.total())),
        fact("pass-kind-SINGLE", "single", grouped(sums.single)),
        fact("pass-kind-COUPLE", "couple", grouped(sums.couple)),
        fact("pass-status-scanned", "scanned", grouped(sums.scanned)),
        fact("pass-status-unscanned", "unscanned", grouped(sums.unscanned())),
        fact("event-rate", "rate", format!("{}%", tenths(sums.scan_rate_permille()))),
        fact("event-inside", "inside", grouped(sums.inside)),
        fact("pass-status-cancelled", "cancelled", grouped(sums.cancelled)),
    ]
}

pub(crate) fn revenue(sums: &Sums) -> Vec<Fact> {
    let rupees = |n: i64| format!("₹{}", grouped(n));
    vec![
        fact("event-revenue", "revenue-total", rupees(sums.revenue())),
        fact("pass-mode-CASH", "revenue-cash", rupees(sums.cash)),
        fact("pass-mode-ONLINE", "revenue-online", rupees(sums.online)),
        fact("event-average", "revenue-average", format!("₹{}", hundredths(sums.average_paise()))),
        fact("event-refunded", "revenue-refunded", rupees(sums.refunded)),
    ]
}

/// What was done a moment ago.
#[derive(Deserialize)]
pub struct ShowQuery {
    #[serde(default)]
    said: String,
}

/// `GET /events/{event}`
pub async fn show(
    State(app): State<Passes>,
    caller: Caller,
    Path(id): Path<String>,
    Parameters(query): Parameters<ShowQuery>,
) -> Result<Response, Problem> {
    let line = find(&app, &caller, &id).await?;
    let frame = Frame::of(&caller, "events");
    let said = match query.said.as_str() {
        word @ ("created" | "saved" | "moved" | "assigned" | "taken-off" | "erased") => {
            Some(Said::yes(frame.t(&format!("event-done-{word}"))))
        }
        "nobody" => Some(Said::no(frame.t("event-nobody"))),
        word @ ("no-logo" | "wrong-logo" | "other-name" | "not-closed" | "stays-closed") => {
            Some(Said::no(frame.t(&format!("event-not-{word}"))))
        }
        _ => None,
    };
    let mut reader = app.db.snapshot().await?;
    let mut page = ShowPage { times: times(&line, &app), said, ..ShowPage::bare(frame, line) };
    if page.frame.may_read_passes() {
        let id = page.event.id;
        let sums = pass::sums(reader.conn(), id).await?;
        let entries = pass::entries(reader.conn(), id, QUARTERS_MAX * QUARTER_US).await?;
        page.picture = picture(&entries, &page.frame, &zone(&app, &page.event.details));
        page.figures = figures(&sums);
        page.gates = pass::by_gate(reader.conn(), id).await?;
        page.people = event::people(reader.conn(), id).await?;
        if caller.person.may(PASS_REVENUE) {
            page.revenue = revenue(&sums);
            page.sales = sales::of_event(reader.conn(), id).await?;
        }
    }
    drop(reader);
    Ok(render(&page))
}

fn times(line: &EventLine, app: &Passes) -> String {
    let zone = zone(app, &line.details);
    let of = |at: Option<Moment>| at.map(|at| shown_in(at, &zone));
    let times: Vec<String> = [of(line.details.starts_at), of(line.details.ends_at)].into_iter().flatten().collect();
    times.join(" – ")
}

/// Entries by quarter of an hour, from the first to the last.
fn picture(entries: &[(i64, i64)], frame: &Frame, zone: &TimeZone) -> Option<Picture> {
    let (first, last) = (entries.first()?.0, entries.last()?.0);
    let bars = (0..=(last - first) / QUARTER_US).map(|n| {
        let at = first + n * QUARTER_US;
        let count = entries.iter().find(|(quarter, _)| *quarter == at).map_or(0, |(_, count)| *count);
        #[expect(clippy::cast_precision_loss, reason = "no quarter of an hour has 2^53 entries")]
        let value = count as f64;
        Bar { label: Moment(at).display(zone, "%H:%M"), value, shown: grouped(count) }
    });
    let title = frame.t("event-entries");
    Some(Picture::of(&Bars { title, bars: bars.collect(), ..Bars::default() }))
}

/// The state that is chosen.
#[derive(Deserialize)]
pub struct StateFields {
    #[serde(default)]
    state: String,
}

/// `POST /events/{event}/state`
pub async fn set_state(
    State(app): State<Passes>,
    Path(id): Path<String>,
    form: Form<StateFields>,
) -> Result<Response, Problem> {
    let Form { caller, fields } = form;
    caller.must(EVENT_MANAGE)?;
    let line = find(&app, &caller, &id).await?;
    let wrong = || Problem::field("state", "The state must be `draft`, `on_sale`, `open` or `closed`.");
    let state = EventState::parse(&fields.state).ok_or_else(wrong)?;
    let is_moved = event::set_state(&app.db, &line, state, by(&app, &caller.origin(None))).await?;
    Ok(back_to(line.id, if is_moved { "moved" } else { "stays-closed" }))
}

/// Who is assigned, or taken off.
#[derive(Deserialize)]
pub struct AssignFields {
    #[serde(default)]
    person: String,
    /// `off` takes them off.
    #[serde(default)]
    act: String,
}

/// `POST /events/{event}/people`
pub async fn assign(
    State(app): State<Passes>,
    Path(id): Path<String>,
    form: Form<AssignFields>,
) -> Result<Response, Problem> {
    let Form { caller, fields } = form;
    caller.must(EVENT_MANAGE)?;
    let line = find(&app, &caller, &id).await?;
    let account = match account_of(&app, fields.person.trim()).await {
        Ok(account) => account,
        Err(problem) if problem.code() == Problem::NOBODY || problem.code() == Problem::SEVERAL => {
            return Ok(back_to(line.id, "nobody"));
        }
        Err(problem) => return Err(problem),
    };
    let works = fields.act != "off";
    event::assign(&app.db, line.id, account, works, by(&app, &caller.origin(None))).await?;
    app.assigned.forget(account);
    Ok(back_to(line.id, if works { "assigned" } else { "taken-off" }))
}

/// The page of an event, with what was done.
pub fn back_to(id: EventId, said: &str) -> Response {
    Redirect::to(&format!("/events/{id}?said={said}")).into_response()
}
