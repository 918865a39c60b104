//! The pages of a gate. The usual one is a shell: its script scans, decides without a network and keeps what waits; the shell
//! holds nothing personal, so that a service worker may keep it. The plain one works without script: a scanner types the
//! code and Enter, and the page that follows says yes or no. A name or a phone number finds passes instead.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::Response;
use base_core::time::Moment;
use base_web::error::Problem;
use base_web::form::Form;
use base_web::pages::moved;
use base_web::parameters::Parameters;
use base_web::request::allow_code_reader;
use base_web::session::Caller;
use base_web::view::{Frame, render};
use passes_rules::event::EventId;
use passes_rules::outcome::Outcome;
use passes_rules::permission::PASS_REDEEM;
use passes_rules::redeem::Action;
use passes_store::event::{self, EventLine};
use passes_store::gate::{self, FoundPass};
use passes_work::Shown;
use serde::Deserialize;
use serde_json::Value;

use super::api::check_gate;
use super::work::{Sent, Source, Told, check_reason, search_text, submit};
use crate::events::work::{find, seen};
use crate::rights::Rights as _;
use crate::shown::{shown_in, zone};
use crate::state::Passes;

#[derive(Template)]
#[template(path = "gates/choose.html")]
struct ChoosePage {
    frame: Frame,
    events: Vec<EventLine>,
}

/// `GET /gate`: the gates of the events that somebody works at; with one event, its gate.
pub async fn choose(State(app): State<Passes>, caller: Caller) -> Result<Response, Problem> {
    caller.must(PASS_REDEEM)?;
    let events = event::list(app.db.read().await?.conn(), seen(&caller), None).await?;
    let mut open: Vec<EventLine> = events.into_iter().filter(|line| line.state.sells()).collect();
    if let [only] = open.as_mut_slice() {
        return Ok(moved(&format!("/events/{}/gate", only.id)));
    }
    Ok(render(&ChoosePage { frame: Frame::of(&caller, "gate"), events: open }))
}

/// What is shown in large letters.
struct Verdict {
    /// `yes`, `again` or `no`.
    class: &'static str,
    words: String,
    name: String,
    partner: String,
    remarks: Vec<String>,
    /// The pass, where somebody has just come in with it: the entry may be undone.
    entered: Option<String>,
}

#[derive(Template)]
#[template(path = "gates/shell.html")]
struct ShellPage {
    frame: Frame,
    event: EventId,
    zone: String,
}

#[derive(Template)]
#[template(path = "gates/show.html")]
struct GatePage {
    frame: Frame,
    event: EventLine,
    gate: String,
    verdict: Option<Verdict>,
    /// What was searched for.
    text: String,
    found: Vec<FoundPass>,
    is_too_short: bool,
    /// True when an undo was asked for without saying why.
    lacks_reason: bool,
}

impl GatePage {
    fn kind(&self, pass: &FoundPass) -> String {
        self.frame.t(&format!("pass-kind-{}", pass.kind))
    }
}

/// At which gate.
#[derive(Deserialize)]
pub struct GateQuery {
    #[serde(default)]
    gate: String,
}

/// `GET /events/{event}/gate`
pub async fn shell(State(app): State<Passes>, caller: Caller, Path(id): Path<String>) -> Result<Response, Problem> {
    caller.must(PASS_REDEEM)?;
    let event = find(&app, &caller, &id).await?;
    let zone = zone(&app, &event.details).iana_name().unwrap_or("UTC").to_owned();
    let mut response = render(&ShellPage { frame: Frame::of(&caller, "gate"), event: event.id, zone });
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    allow_code_reader(&mut response);
    Ok(response)
}

/// `GET /events/{event}/gate/plain`
pub async fn show(
    State(app): State<Passes>,
    caller: Caller,
    Path(id): Path<String>,
    Parameters(query): Parameters<GateQuery>,
) -> Result<Response, Problem> {
    caller.must(PASS_REDEEM)?;
    let event = find(&app, &caller, &id).await?;
    let gate = check_gate(Some(query.gate))?.unwrap_or_default();
    Ok(render(&GatePage {
        frame: Frame::of(&caller, "gate"),
        event,
        gate,
        verdict: None,
        text: String::new(),
        found: Vec::new(),
        is_too_short: false,
        lacks_reason: false,
    }))
}

/// What a gate sends.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct GateFields {
    gate: String,
    /// What was scanned or typed.
    code: String,
    /// A pass that was found by name.
    pass: String,
    /// `leave` lets them out, `undo` undoes the last entry.
    act: String,
    /// How many come, where the two of a pass may come one by one.
    people: String,
    /// Why an entry is undone.
    reason: String,
}

impl GateFields {
    /// What is asked for; `None` for an undo that says no reason.
    fn sent(&self, shown: Shown, event: EventId) -> Option<Sent> {
        let sent = Sent::admit(shown, Some(event));
        let people = self.people.parse().ok().filter(|people| (1..=2).contains(people));
        match self.act.as_str() {
            "undo" => Some(Sent { action: Action::Undo, reason: Some(check_reason(Some(&self.reason)).ok()?), ..sent }),
            "leave" => Some(Sent { action: Action::Leave, people, ..sent }),
            _ => Some(Sent { people, ..sent }),
        }
    }
}

/// True for a text that a scanner has read: people do not type such.
fn is_code(text: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"+/=-_".contains(&byte);
    text.len() > 40 && text.bytes().all(is_plain)
}

/// `POST /events/{event}/gate`
pub async fn scan(
    State(app): State<Passes>,
    Path(id): Path<String>,
    form: Form<GateFields>,
) -> Result<Response, Problem> {
    let Form { caller, fields } = form;
    caller.must(PASS_REDEEM)?;
    let event = find(&app, &caller, &id).await?;
    let gate = check_gate(Some(fields.gate.clone()))?;
    let frame = Frame::of(&caller, "gate");
    let text = fields.code.trim().to_owned();
    let shown = match (fields.pass.trim(), is_code(&text)) {
        ("", true) => Some(Shown::code(&text)),
        ("", false) => None,
        (pass, _) => Some(Shown::pass(pass)),
    };
    let mut page = GatePage {
        gate: gate.clone().unwrap_or_default(),
        verdict: None,
        text,
        found: Vec::new(),
        is_too_short: false,
        lacks_reason: false,
        event,
        frame,
    };
    if let Some(shown) = shown {
        let Some(sent) = fields.sent(shown, page.event.id) else {
            page.lacks_reason = true;
            return Ok(render(&page));
        };
        let from = Source { gate, device: None };
        let told = submit(&app, &caller, from, vec![sent], Told::Names).await?;
        page.verdict = told.first().map(|answer| of(answer, &page, &app));
    } else if let Some(text) = search_text(&page.text)? {
        page.found = gate::search(app.db.read().await?.conn(), page.event.id, text).await?;
    } else {
        page.is_too_short = true;
    }
    Ok(render(&page))
}

/// An answer of the desk in large letters.
fn of(answer: &Value, page: &GatePage, app: &Passes) -> Verdict {
    let frame = &page.frame;
    let outcome = answer["outcome"].as_str().and_then(Outcome::parse).unwrap_or(Outcome::BadCode);
    let class = match outcome {
        Outcome::Admitted | Outcome::Left | Outcome::EntryUndone => "yes",
        Outcome::AlreadyAdmitted => "again",
        _ => "no",
    };
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let guest = &answer["guest"];
    let mut remarks = Vec::new();
    if let Some(kind) = answer["kind"].as_str() {
        remarks.push(frame.t(&format!("pass-kind-{kind}")));
    }
    remarks.extend(guest["timing"].as_str().map(ToOwned::to_owned));
    if outcome == Outcome::AlreadyAdmitted {
        let at = answer["entered_at"].as_str().and_then(Moment::parse);
        if answer["just_now"] == true {
            let seconds = at.map_or(0, |at| app.clock.now().since_us(at) / base_core::time::SECOND_US);
            remarks.push(frame.count("gate-just-now", seconds));
        } else if let Some(at) = at {
            remarks.push(frame.t1("gate-entered", "at", &shown_in(at, &zone(app, &page.event.details))));
        }
        let by = [text(&guest["entered_by"]), text(&answer["gate"])];
        remarks.push(by.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · "));
    }
    remarks.retain(|remark| !remark.is_empty());
    let entered = answer["pass"].as_str().filter(|_| outcome == Outcome::Admitted).map(ToOwned::to_owned);
    Verdict {
        entered,
        class,
        words: frame.t(&format!("gate-outcome-{}", outcome.code())),
        name: text(&guest["name1"]),
        partner: text(&guest["name2"]),
        remarks,
    }
}
