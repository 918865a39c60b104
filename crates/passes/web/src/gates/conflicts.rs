//! The inbox of conflicts: people whom a device let in by itself and whose entry does not count. Each shows both sides, who
//! decided what, with which device and from which snapshot, and is settled in one step.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use base_core::time::Moment;
use base_web::error::Problem;
use base_web::form::Form;
use base_web::parameters::Parameters;
use base_web::session::Caller;
use base_web::view::{Frame, render};
use passes_rules::pass::REASON_LENGTH_MAX;
use passes_rules::permission::{PASS_READ, PASS_UNDO_ENTRY};
use passes_rules::settle::SettledAs;
use passes_store::conflict::{self, ConflictLine, SHOWN_MAX};
use serde::Deserialize;

use crate::events::work::{by, seen};
use crate::shown::{named_zone, shown_in};
use crate::state::Passes;

/// One side of a conflict.
struct Side {
    /// When.
    at: String,
    /// Who, where, and with which device.
    who: String,
    /// What the device knew then.
    knew: String,
}

/// A conflict as the page shows it.
struct Shown {
    id: i64,
    pass: String,
    title: String,
    event: String,
    why: String,
    counts: Option<Side>,
    other: Side,
    settled: String,
    note: String,
}

#[derive(Template)]
#[template(path = "gates/conflicts.html")]
struct ConflictsPage {
    frame: Frame,
    conflicts: Vec<Shown>,
    is_settled: bool,
    may_read: bool,
    next: Option<i64>,
    said: Option<String>,
}

/// Which conflicts.
#[derive(Deserialize)]
pub struct ConflictsQuery {
    /// `settled` for those that somebody has looked at.
    #[serde(default)]
    view: String,
    /// Those from before this one.
    #[serde(default)]
    before: String,
    /// What has just been done.
    #[serde(default)]
    said: String,
}

fn together(parts: [Option<String>; 3]) -> String {
    parts.into_iter().flatten().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
}

fn of(line: ConflictLine, frame: &Frame, app: &Passes) -> Shown {
    let zone = named_zone(app, &line.zone);
    let time = |at: i64| shown_in(Moment(at), &zone);
    let device = |device: Option<String>| device.map(|device| frame.t1("conflict-device", "device", &device));
    let knew = |at: Option<i64>, otherwise: &str| match at {
        Some(at) => frame.t1("conflict-snapshot", "at", &time(at)),
        None => frame.t(otherwise),
    };
    let counts = line.first_at.map(|at| Side {
        at: time(at),
        who: together([line.first_person, line.first_gate, device(line.first_device)]),
        knew: knew(line.first_snapshot_at, "conflict-online"),
    });
    let names: Vec<String> = [line.name1, line.name2].into_iter().flatten().collect();
    let title = if names.is_empty() { frame.t("conflict-unknown") } else { names.join(" + ") };
    let as_what = line.settled_as.map(|name| frame.t(&format!("conflict-as-{name}")));
    Shown {
        id: line.id,
        pass: line.pass_id.unwrap_or_default(),
        title,
        event: line.event,
        why: frame.t(&format!("gate-outcome-{}", line.outcome)),
        counts,
        other: Side {
            at: time(line.let_in_at),
            who: together([line.person, line.gate, device(line.device)]),
            knew: knew(line.snapshot_at, "conflict-online"),
        },
        settled: together([as_what, line.settled_at.map(time), line.settled_person]),
        note: line.note.unwrap_or_default(),
    }
}

/// `GET /gate/conflicts`
pub async fn list(
    State(app): State<Passes>,
    caller: Caller,
    Parameters(query): Parameters<ConflictsQuery>,
) -> Result<Response, Problem> {
    caller.must(PASS_UNDO_ENTRY)?;
    let is_settled = query.view == "settled";
    let before = match query.before.as_str() {
        "" => None,
        text => Some(text.parse().map_err(|_| Problem::field("before", "This is not the number of a conflict."))?),
    };
    let lines = conflict::list(app.db.read().await?.conn(), seen(&caller), is_settled, before).await?;
    let next = lines.last().map(|line| line.id).filter(|_| lines.len() == usize::try_from(SHOWN_MAX).unwrap_or(0));
    let frame = Frame::of(&caller, "conflicts");
    let said = match query.said.as_str() {
        "settled" | "before" | "wrong" => Some(frame.t(&format!("conflict-said-{}", query.said))),
        _ => None,
    };
    let conflicts = lines.into_iter().map(|line| of(line, &frame, &app)).collect();
    let may_read = caller.person.may(PASS_READ);
    Ok(render(&ConflictsPage { frame, conflicts, is_settled, may_read, next, said }))
}

/// What it was, and what somebody writes about it.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct SettleFields {
    was: String,
    note: String,
}

/// `POST /gate/conflicts/{conflict}/settle`
pub async fn settle(
    State(app): State<Passes>,
    Path(id): Path<String>,
    form: Form<SettleFields>,
) -> Result<Response, Problem> {
    let Form { caller, fields } = form;
    caller.must(PASS_UNDO_ENTRY)?;
    let not_found = || Problem::not_found("This conflict");
    let id: i64 = id.parse().map_err(|_| not_found())?;
    let found = conflict::find(app.db.read().await?.conn(), id, seen(&caller)).await?;
    let line = found.ok_or_else(not_found)?;
    let back = |said: &str| Redirect::to(&format!("/gate/conflicts?said={said}")).into_response();
    let note = fields.note.trim();
    let is_plain = note.chars().count() <= REASON_LENGTH_MAX && !note.chars().any(char::is_control);
    let Some(was) = SettledAs::parse(&fields.was).filter(|_| is_plain) else {
        return Ok(back("wrong"));
    };
    let origin = caller.origin(None);
    let done = conflict::settle(&app.db, &line, was, note, by(&app, &origin)).await?;
    Ok(back(if done { "settled" } else { "before" }))
}
