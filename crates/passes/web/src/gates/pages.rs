//! The page of a gate. It works without script: a scanner types the code and Enter, and the page that follows says yes or no.
//! A name or a phone number finds passes instead.

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use base_core::time::Moment;
use base_web::error::Problem;
use base_web::form::Form;
use base_web::pages::moved;
use base_web::parameters::Parameters;
use base_web::request::allow_camera;
use base_web::session::Caller;
use base_web::view::{Frame, render};
use passes_rules::event::EventId;
use passes_rules::outcome::Outcome;
use passes_rules::permission::PASS_REDEEM;
use passes_rules::redeem::Action;
use passes_store::event::{self, EventLine};
use passes_store::pass::{self, PassFilter, PassLine};
use passes_work::Shown;
use serde::Deserialize;
use serde_json::Value;
use uuid::Uuid;

use super::api::check_gate;
use super::work::{Sent, submit};
use crate::events::work::{find, seen};
use crate::passes::filter::TEXT_LENGTH_MAX;
use crate::shown::shown;
use crate::state::Passes;

/// Passes that a search shows.
const FOUND_MAX: u32 = 20;
/// Shortest text that is searched for, in characters: a steward finds who stands there, not a list of everybody.
const TEXT_LENGTH_MIN: usize = 3;

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
    found: Vec<PassLine>,
    is_too_short: bool,
}

impl GatePage {
    fn kind(&self, pass: &PassLine) -> String {
        self.frame.t(&format!("pass-kind-{}", pass.kind.name()))
    }

    /// Enough of a phone number to ask for the rest.
    fn phone(&self, pass: &PassLine) -> String {
        pass.phone1.chars().skip(6).collect()
    }
}

/// At which gate.
#[derive(Deserialize)]
pub struct GateQuery {
    #[serde(default)]
    gate: String,
}

/// `GET /events/{event}/gate`
pub async fn show(
    State(app): State<Passes>,
    caller: Caller,
    Path(id): Path<String>,
    Parameters(query): Parameters<GateQuery>,
) -> Result<Response, Problem> {
    caller.must(PASS_REDEEM)?;
    let event = find(&app, &caller, &id).await?;
    let gate = check_gate(Some(query.gate))?.unwrap_or_default();
    Ok(page(&GatePage {
        frame: Frame::of(&caller, "gate"),
        event,
        gate,
        verdict: None,
        text: String::new(),
        found: Vec::new(),
        is_too_short: false,
    }))
}

fn page(page: &GatePage) -> Response {
    let mut response = render(page);
    allow_camera(&mut response);
    response
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
    /// `leave` lets them out.
    act: String,
    /// The id of the scan, from a page with script: a lost reply is asked for again under the same one.
    scan: String,
    /// When it was scanned, by the page's clock.
    at: String,
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
    let gate = check_gate(Some(fields.gate))?;
    let frame = Frame::of(&caller, "gate");
    let text = fields.code.trim().to_owned();
    let shown = match (fields.pass.trim(), is_code(&text)) {
        ("", true) => Some(Shown::Code(text.clone())),
        ("", false) => None,
        (pass, _) => Some(Shown::Pass(pass.to_owned())),
    };
    let mut verdict = None;
    let mut found = Vec::new();
    let is_too_short = shown.is_none() && text.chars().count() < TEXT_LENGTH_MIN;
    if shown.is_none() && (text.chars().count() > TEXT_LENGTH_MAX || text.chars().any(char::is_control)) {
        return Err(Problem::field("code", format!("Search for at most {TEXT_LENGTH_MAX} plain characters.")));
    }
    if let Some(shown) = shown {
        let action = if fields.act == "leave" { Action::Leave } else { Action::Admit };
        let (id, at) = (Uuid::parse_str(&fields.scan).ok(), Moment::parse(&fields.at));
        let sent = Sent { id, at, action, ..Sent::admit(shown, Some(event.id)) };
        let told = submit(&app, &caller, gate.clone(), vec![sent]).await?;
        verdict = told.first().map(|answer| of(answer, &frame, &app));
    } else if !is_too_short {
        found = search(&app, event.id, &text).await?;
    }
    let gate = gate.unwrap_or_default();
    Ok(page(&GatePage { frame, event, gate, verdict, text, found, is_too_short }))
}

async fn search(app: &Passes, event: EventId, text: &str) -> Result<Vec<PassLine>, Problem> {
    let filter = PassFilter { text: Some(text.to_owned()), cancelled: Some(false), ..PassFilter::default() };
    let mut found = pass::list(app.db.read().await?.conn(), event, &filter, None, FOUND_MAX).await?;
    found.truncate(FOUND_MAX as usize);
    Ok(found)
}

/// An answer of the desk in large letters.
fn of(answer: &Value, frame: &Frame, app: &Passes) -> Verdict {
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
            remarks.push(frame.t1("gate-entered", "at", &shown(at, app)));
        }
        let by = [text(&guest["entered_by"]), text(&answer["gate"])];
        remarks.push(by.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · "));
    }
    remarks.retain(|remark| !remark.is_empty());
    Verdict {
        class,
        words: frame.t(&format!("gate-outcome-{}", outcome.code())),
        name: text(&guest["name1"]),
        partner: text(&guest["name2"]),
        remarks,
    }
}
