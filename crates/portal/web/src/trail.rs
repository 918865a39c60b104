//! `/admin/customers/trail`: what customers did and what was done with their accounts, with the names of the earlier portal.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use base_core::time::Moment;
use base_web::cursor::{self, Given};
use base_web::error::Problem;
use base_web::filter::{Choice, FilterBar, wrong_filter};
use base_web::list::{self, Above, Cell, Column, Kept, List, ListKind, Row};
use base_web::parameters::Parameters;
use base_web::session::Caller;
use base_web::view::{Fragment, Frame, TIME, render};
use portal_rules::permission::CUSTOMER_READ;
use portal_store::usage::{self, EntryFilter, EntryLine};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::state::Portal;

/// Entries on a page.
const PAGE: u32 = 50;
/// Longest text that is looked for, in characters.
const TEXT_CHARS_MAX: usize = 200;

/// The actions that the filter offers.
const ACTIONS: [&str; 13] = [
    "CUSTOMER_LOGIN",
    "CUSTOMER_LOGOUT",
    "CUSTOMER_CREATE",
    "CUSTOMER_UPDATE",
    "CUSTOMER_DEACTIVATE",
    "CUSTOMER_REACTIVATE",
    "CUSTOMER_PW_SET_BY_ADMIN",
    "ADMIN_PW_RESET_EMAIL",
    "CUSTOMER_SESSION_KICK",
    "stock_exported",
    "SYSTEM_SETTING_CHANGE",
    "password_change",
    "session_ended",
];

/// The list.
pub const TRAIL: &ListKind = &ListKind {
    id: "customer-trail",
    path: "/admin/customers/trail",
    title: "nav-customer-trail",
    columns: &[
        Column::key("action", "customer-action"),
        Column::new("time", "time"),
        Column::new("customer", "customer-email"),
        Column::new("by", "customer-by"),
        Column::new("details", "customer-details"),
        Column::new("address", "customer-from"),
    ],
};

/// An entry as pages show it.
pub(crate) struct Line {
    pub(crate) at: String,
    pub(crate) action: String,
    pub(crate) by: String,
    pub(crate) details: String,
    pub(crate) address: String,
}

/// An entry in words. Of an entry that came over from elsewhere, it says itself who did it.
pub(crate) fn line_of(entry: &EntryLine, frame: &Frame, portal: &Portal) -> Line {
    let read = |text: &Option<String>| -> Map<String, Value> {
        text.as_deref().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
    };
    let (before, mut after) = (read(&entry.before), read(&entry.after));
    let named = after.remove("by").and_then(|by| by.as_str().map(str::to_owned));
    let shown = |value: Option<&Value>| match value {
        None | Some(Value::Null) => "–".to_owned(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    };
    let details = after.iter().map(|(field, to)| match before.get(field) {
        Some(from) => format!("{field}: {} → {}", shown(Some(from)), shown(Some(to))),
        None => format!("{field}: {}", shown(Some(to))),
    });
    Line {
        at: Moment(entry.at).display(&portal.settings.zone, TIME),
        action: frame.words_for("action", &entry.action),
        by: entry
            .actor
            .as_deref()
            .map(|name| frame.called(name))
            .or(named)
            .unwrap_or_else(|| frame.t("customer-system")),
        details: details.collect::<Vec<_>>().join("; "),
        address: entry.address.clone(),
    }
}

#[derive(Template)]
#[template(path = "usage/trail.html")]
struct TrailPage {
    frame: Frame,
    bar: FilterBar,
    above: Above,
    list: Fragment,
    count: usize,
    next: Option<String>,
}

/// What the address holds.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct TrailQuery {
    cursor: String,
    action: String,
    person: String,
    q: String,
}

impl TrailQuery {
    fn check(&self) -> Result<(), Problem> {
        for (field, text) in [("q", &self.q), ("person", &self.person), ("action", &self.action)] {
            if text.chars().count() > TEXT_CHARS_MAX || text.chars().any(char::is_control) {
                let detail = format!("Use at most {TEXT_CHARS_MAX} characters, without control characters.");
                return Err(Problem::field(field, detail));
            }
        }
        Ok(())
    }
}

async fn page(portal: &Portal, caller: &Caller, query: &TrailQuery) -> Result<Vec<EntryLine>, Problem> {
    query.check()?;
    let given = Given::of(Some(query.cursor.as_str()));
    let before = cursor::read(portal, caller, given, |text| text.parse::<i64>().ok())?;
    let filter = EntryFilter { action: query.action.trim(), actor: query.person.trim(), email: &query.q, before };
    let mut reader = portal.db.read().await?;
    Ok(usage::entries(reader.conn(), filter, PAGE + 1).await?)
}

/// `GET /admin/customers/trail`
pub async fn list(
    State(portal): State<Portal>,
    caller: Caller,
    Parameters(query): Parameters<TrailQuery>,
) -> Result<Response, Problem> {
    caller.must(CUSTOMER_READ)?;
    let frame = Frame::of(&caller, "customer-trail");
    let (mut entries, wrong) = match page(&portal, &caller, &query).await {
        Ok(entries) => (entries, None),
        Err(problem) => (Vec::new(), Some(wrong_filter(&frame, problem)?)),
    };
    let is_wrong = wrong.is_some();
    let is_more = entries.len() > PAGE as usize;
    entries.truncate(PAGE as usize);
    let actions = ACTIONS.map(|action| Choice::new(action, frame.words_for("action", action))).into();
    let bar = FilterBar::new("/admin/customers/trail", "customer-trail-filters")
        .text("q", frame.t("customer-trail-email"), Some(&query.q))
        .choice("action", frame.t("customer-action"), Some(&query.action), actions)
        .text("person", frame.t("customer-trail-by"), Some(&query.person))
        .wrong(wrong);
    let kept = Kept::of(portal.db.read().await?.conn(), &caller, TRAIL).await?;
    let row = |entry: &EntryLine| {
        let line = line_of(entry, &frame, &portal);
        Row::new()
            .with("action", Cell::words(line.action).with_note(&entry.action))
            .with("time", Cell::time(line.at))
            .with("customer", Cell::words(&entry.email))
            .with("by", Cell::words(line.by))
            .with("details", Cell::words(line.details))
            .with("address", Cell::words(line.address))
    };
    let rows = entries.iter().map(row).collect();
    let mut response = render(&TrailPage {
        above: list::above(&frame, TRAIL, &kept, &bar, Vec::new())?,
        list: List::new(&frame, TRAIL, &kept, rows).shown()?,
        count: entries.len(),
        next: entries.last().filter(|_| is_more).map(|last| cursor::write(&portal, &caller, &last.seq.to_string())),
        bar,
        frame,
    });
    if is_wrong {
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(response)
}
