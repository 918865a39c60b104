//! `/admin/analytics`: how customers use the portal. Every figure is counted from the trail and the sessions when the page is
//! opened, all of one moment.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use base_core::realm::Realm;
use base_core::time::{DAY_US, Moment, SECOND_US};
use base_web::error::Problem;
use base_web::report::Words;
use base_web::report::picture::Picture;
use base_web::session::Caller;
use base_web::view::{Frame, TIME, grouped, render};
use portal_rules::permission::CUSTOMER_READ;
use portal_rules::usage::{days, first_day, hours};
use portal_store::usage::{self, DoneLine, Figures, Since};
use serde_json::Value;

use crate::state::Portal;

/// The days over which sign-ins are counted.
const DAYS: i64 = 7;

/// A figure with its name.
struct Fact {
    key: &'static str,
    id: &'static str,
    shown: String,
}

/// A row of a table.
struct Row {
    first: String,
    second: String,
    third: String,
}

#[derive(Template)]
#[template(path = "usage/analytics.html")]
struct AnalyticsPage {
    frame: Frame,
    facts: Vec<Fact>,
    by_day: Picture,
    by_hour: Picture,
    active: Vec<Row>,
    sign_ins: Vec<Row>,
    exports: Vec<Row>,
    zone: String,
}

/// From when on figures count, at this moment.
pub(crate) fn since(portal: &Portal) -> Since {
    let now = portal.clock.now();
    let idle = now.plus_us(-portal.session_idle_s_of(Realm::Customer) * SECOND_US);
    Since { from: now.plus_us(-DAYS * DAY_US), idle, now }
}

fn facts(figures: Figures) -> Vec<Fact> {
    let fact = |key, id, n: i64| Fact { key, id, shown: grouped(n) };
    vec![
        fact("usage-active", "active-customers", figures.active),
        fact("usage-sign-ins", "sign-ins", figures.sign_ins),
        fact("usage-people", "unique-sign-ins", figures.people),
        fact("usage-sessions", "sessions-now", figures.sessions),
        fact("usage-exports", "exports", figures.exports),
    ]
}

/// `GET /admin/analytics`
pub async fn show(State(portal): State<Portal>, caller: Caller) -> Result<Response, Problem> {
    caller.must(CUSTOMER_READ)?;
    let frame = Frame::of(&caller, "usage");
    let zone = &portal.settings.zone;
    let since = since(&portal);
    let mut snapshot = portal.db.snapshot().await?;
    let figures = usage::figures(snapshot.conn(), since).await?;
    let times = usage::sign_ins_since(snapshot.conn(), first_day(since.now, zone)).await?;
    let active = usage::most_active(snapshot.conn()).await?;
    let sign_ins = usage::recent_sign_ins(snapshot.conn()).await?;
    let exports = usage::recent_exports(snapshot.conn()).await?;
    drop(snapshot);
    let words = Words { app: &portal, frame: &frame };
    let by_day = days(&times, since.now, zone).into_iter();
    let by_day = words.bars("usage-by-day", by_day.map(|day| (day.date.strftime("%d/%m").to_string(), day.n)));
    let by_hour = (0_u32..).zip(hours(&times, zone));
    let by_hour = words.hours("usage-by-hour", by_hour.map(|(hour, n)| (format!("{hour:02}"), n)));
    let time = |at: i64| Moment(at).display(zone, TIME);
    let done = |line: &DoneLine, third: String| Row { first: line.email.clone(), second: time(line.at), third };
    Ok(render(&AnalyticsPage {
        facts: facts(figures),
        by_day: Picture::of(&words.until_today(by_day)),
        by_hour: Picture::of(&by_hour),
        active: active
            .into_iter()
            .map(|line| Row { first: line.email, second: grouped(line.n), third: time(line.last_at) })
            .collect(),
        sign_ins: sign_ins.iter().map(|line| done(line, line.address.clone())).collect(),
        exports: exports.iter().map(|line| done(line, what_of(line))).collect(),
        zone: zone.iana_name().unwrap_or("UTC").replace('_', " "),
        frame,
    }))
}

/// What was exported, as far as its entry says.
fn what_of(line: &DoneLine) -> String {
    let facts: Value = line.after.as_deref().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default();
    let text = |name: &str| match &facts[name] {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    ["format", "rows"].into_iter().filter_map(text).collect::<Vec<_>>().join(" · ")
}
