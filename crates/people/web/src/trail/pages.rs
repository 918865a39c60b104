//! `/admin/audit`: the list of entries with its filters, and the same as a file.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use base_core::audit::Entry;
use base_core::permission::AUDIT_READ;
use base_core::realm::Realm;
use base_core::time::Moment;
use base_records::audit;
use base_records::audit::Record;
use base_sheet::report::Table;
use base_sheet::{Cell as FileCell, Column as FileColumn, Kind};
use base_web::error::Problem;
use base_web::filter::{Choice, DaysAsked, FilterBar, wrong_filter};
use base_web::list::{self, Above, Cell, Column, Kept, List, ListKind, Row, View};
use base_web::names;
use base_web::parameters::Parameters;
use base_web::report::download::{self, Pages};
use base_web::session::Caller;
use base_web::view::{Fragment, Frame, render};
use people_rules::mask::Mask;
use people_store::trail::{self, Filter, Group, Line, Page};
use serde_json::json;

use super::facts;
use super::work::{self, Asked, Sees};
use crate::accounts::pages::shown;
use crate::state::People;

/// Entries on a page.
const PAGE: u32 = 50;
/// Entries that are read together for a file.
const FILE_PAGE: u32 = 1_000;

/// The list of entries.
pub const TRAIL: &ListKind = &ListKind {
    id: "audit",
    path: "/admin/audit",
    title: "nav-audit",
    columns: &[
        Column::key("time", "time"),
        Column::new("person", "trail-person"),
        Column::new("action", "trail-action"),
        Column::new("thing", "trail-thing"),
        Column::new("changes", "trail-changes"),
        Column::new("address", "trail-address"),
        Column::new("realm", "trail-realm").on_demand(),
        Column::new("station", "trail-station").on_demand(),
        Column::number("seq", "trail-number").on_demand(),
    ],
};

fn row(app: &People, frame: &Frame, mask: Mask, line: &Line) -> Row {
    let entry = format!("/admin/audit/{}", line.seq);
    let thing = facts::thing(frame, mask, line);
    let thing = match facts::history(line) {
        Some(history) => Cell::link(thing, history),
        None => Cell::words(thing),
    };
    Row::new()
        .with("time", Cell::link(shown(Moment(line.at), app), entry))
        .with("person", Cell::words(facts::person(frame, line)))
        .with("action", Cell::words(frame.words_for("action", &line.action)))
        .with("thing", thing)
        .with("changes", Cell::words(facts::in_short(frame, mask, line)))
        .with("address", Cell::words(mask.address(&line.address)))
        .with("realm", Cell::words(frame.words_for("realm", &line.realm)))
        .with("station", Cell::words(line.station.clone().unwrap_or_default()))
        .with("seq", Cell::words(line.seq.to_string()))
}

#[derive(Template)]
#[template(path = "trail/list.html")]
struct ListPage {
    frame: Frame,
    bar: FilterBar,
    above: Above,
    list: Fragment,
    count: usize,
    next: Option<i64>,
    file: Option<String>,
    sees_all: bool,
}

async fn bar(app: &People, caller: &Caller, frame: &Frame, asked: &Asked) -> Result<FilterBar, Problem> {
    let mut reader = app.db.read().await?;
    let sees = work::may_read(caller)?;
    let actions = match sees {
        Sees::All => trail::actions(reader.conn()).await?,
        Sees::OfCustomers => trail::actions_of_customers(reader.conn()).await?,
    };
    drop(reader);
    let mut actions: Vec<Choice> =
        actions.into_iter().map(|action| Choice::new(action.clone(), frame.words_for("action", &action))).collect();
    actions.sort_by(|one, two| one.words.cmp(&two.words));
    let realms = Realm::ALL.map(|realm| Choice::new(realm.name(), frame.t(&format!("realm-{}", realm.name()))));
    let person = names::picked(app, caller, Some(&asked.person)).await?;
    let given = DaysAsked { period: &asked.days, from: &asked.from, to: &asked.to };
    let mut bar = FilterBar::new("/admin/audit", "audit-filters")
        .person("person", frame.t("trail-person"), person)
        .choice("action", frame.t("trail-action"), Some(&asked.action), actions)
        .text("kind", frame.t("trail-kind"), Some(&asked.kind))
        .text("entity", frame.t("trail-thing"), Some(&asked.entity))
        .text("address", frame.t("trail-address"), Some(&asked.address))
        .days(frame, frame.t("trail-days"), given, None);
    if sees == Sees::All {
        bar = bar.choice("realm", frame.t("trail-realm"), Some(&asked.realm), realms.into());
    }
    Ok(bar.keep("view", Some(&asked.view)).keep("request", Some(&asked.request)).keep("same", Some(&asked.same)))
}

/// The views in which somebody can find anything.
fn views(frame: &Frame, bar: &FilterBar, asked: &Asked, sees: Sees) -> Vec<View> {
    let (groups, last): (&[Group], _) = match sees {
        Sees::All => (&Group::ALL, Some("everything")),
        Sees::OfCustomers => (&Group::OF_CUSTOMERS, None),
    };
    let names = [""].into_iter().chain(groups.iter().map(|group| group.name())).chain(last);
    let view = |name: &str| View {
        words: frame.t(&format!("trail-view-{}", if name.is_empty() { "changes" } else { name })),
        count: None,
        address: bar.with("view", name),
        is_shown: asked.view == name,
    };
    names.map(view).collect()
}

/// `GET /admin/audit`
pub async fn list(
    State(app): State<People>,
    caller: Caller,
    Parameters(asked): Parameters<Asked>,
) -> Result<Response, Problem> {
    let sees = work::may_read(&caller)?;
    let frame = Frame::of(&caller, "audit");
    let found = match work::filter(&app, &caller, &asked).await {
        Ok(filter) => work::page(&app, &filter, PAGE).await,
        Err(problem) => Err(problem),
    };
    let (page, wrong) = match found {
        Ok(page) => (page, None),
        Err(problem) => (Page::default(), Some(wrong_filter(&frame, problem)?)),
    };
    let is_wrong = wrong.is_some();
    let bar = bar(&app, &caller, &frame, &asked).await?.wrong(wrong);
    let kept = Kept::of(app.db.read().await?.conn(), &caller, TRAIL).await?;
    let mask = work::mask(&app);
    let rows: Vec<Row> = page.lines.iter().map(|line| row(&app, &frame, mask, line)).collect();
    let query = bar.query();
    let mut response = render(&ListPage {
        above: list::above(&frame, TRAIL, &kept, &bar, views(&frame, &bar, &asked, sees))?,
        count: rows.len(),
        list: List::new(&frame, TRAIL, &kept, rows).shown()?,
        next: page.next,
        file: (!is_wrong).then(|| format!("/admin/audit/file?{}", query.trim_start_matches('?'))),
        sees_all: sees == Sees::All,
        bar,
        frame,
    });
    if is_wrong {
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(response)
}

/// The rows of a file, page by page.
struct Rows {
    app: People,
    filter: Filter,
    mask: Mask,
    is_done: bool,
}

impl Pages for Rows {
    async fn next(&mut self) -> Result<Vec<Vec<FileCell<'static>>>, Problem> {
        if self.is_done {
            return Ok(Vec::new());
        }
        let page = work::page(&self.app, &self.filter, FILE_PAGE).await?;
        self.filter.below = page.next;
        self.is_done = page.next.is_none();
        Ok(page.lines.into_iter().map(|line| cells(self.mask, line)).collect())
    }
}

/// Internal names, so that the file can be read by programs.
fn cells(mask: Mask, line: Line) -> Vec<FileCell<'static>> {
    let masked = |text: Option<String>| {
        let value = text.as_deref().and_then(|text| serde_json::from_str(text).ok());
        FileCell::maybe(value.map_or(text, |value| Some(mask.values(value).to_string())))
    };
    vec![
        FileCell::text(line.seq.to_string()),
        FileCell::text(Moment(line.at).rfc3339()),
        FileCell::text(line.realm),
        FileCell::maybe(line.actor_id.map(|id| id.to_string())),
        FileCell::maybe(line.person),
        FileCell::text(line.action),
        FileCell::text(line.entity_type),
        FileCell::text(mask.email(&line.entity)),
        masked(line.before),
        masked(line.after),
        FileCell::text(mask.address(&line.address)),
        FileCell::text(line.agent),
        FileCell::text(line.request_id),
        FileCell::maybe(line.station),
    ]
}

const COLUMNS: [&str; 14] = [
    "number", "time", "realm", "account", "person", "action", "kind", "thing", "before", "after", "address", "browser",
    "request", "station",
];

/// `GET /admin/audit/file`
pub async fn file(
    State(app): State<People>,
    caller: Caller,
    Parameters(asked): Parameters<Asked>,
) -> Result<Response, Problem> {
    caller.must(AUDIT_READ)?;
    let filter = work::filter(&app, &caller, &Asked { cursor: String::new(), ..asked.clone() }).await?;
    let told = [
        ("person", &asked.person),
        ("action", &asked.action),
        ("kind", &asked.kind),
        ("entity", &asked.entity),
        ("address", &asked.address),
        ("realm", &asked.realm),
        ("view", &asked.view),
        ("days", &asked.days),
        ("from", &asked.from),
        ("to", &asked.to),
        ("same", &asked.same),
    ];
    let told: serde_json::Map<_, _> = told
        .into_iter()
        .filter(|(_, text)| !text.is_empty())
        .map(|(name, text)| (name.to_owned(), json!(text)))
        .collect();
    let entry = Entry::new("export", "audit", "").with_after(&json!({ "format": "csv", "filter": told }));
    let mut tx = app.db.write().await?;
    audit::insert(tx.conn(), &[Record { at: app.clock.now(), entry, origin: &caller.origin(None) }]).await?;
    tx.commit().await?;
    let columns = COLUMNS.map(|name| FileColumn::new(name, Kind::Text, 20)).into();
    let table = Table { name: "audit".into(), title: "audit".into(), columns, ..Table::default() };
    let rows = Rows { mask: work::mask(&app), app: app.clone(), filter, is_done: false };
    Ok(download::stream(&app, &caller, "audit", table, rows))
}
