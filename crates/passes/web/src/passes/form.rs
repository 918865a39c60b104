//! The form of a pass: a new one, a correction, and a transfer to somebody else.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use base_core::time::DAY_US;
use base_web::error::Problem;
use base_web::form::Form;
use base_web::parameters::Parameters;
use base_web::session::Caller;
use base_web::view::{Frame, Said, render};
use jiff::tz::TimeZone;
use passes_rules::event::EventDetails;
use passes_rules::pass::{Described, Fault, PassKind};
use passes_rules::permission::{PASS_CREATE, PASS_EDIT};
use passes_store::event::EventLine;
use passes_store::pass::PassLine;
use passes_store::sale::{self, Sold};
use serde::Deserialize;

use super::card::DATE;
use super::hand_out::{self, email_is_right};
use super::work;
use crate::events::work::{by, find};
use crate::shown::zone;
use crate::state::Passes;

/// A pass as its form sends it, with the names of E-Pass.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct PassFields {
    name1: String,
    phone1: String,
    name2: String,
    phone2: String,
    pass_type: String,
    timing: String,
    payment_mode: String,
    txn_info: String,
    /// `next` opens an empty form afterwards.
    then: String,
    /// Set when the pass goes to somebody else.
    transfer: String,
    /// Where the pass is mailed to.
    email: String,
    /// The gate at which it is sold.
    pub(super) gate: String,
    /// The id of the sale at a gate, so that a form that is sent twice sells once.
    pub(super) scan: String,
}

impl PassFields {
    fn of(line: &PassLine) -> Self {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        Self {
            name1: line.name1.clone(),
            phone1: line.phone1.clone(),
            name2: text(&line.name2),
            phone2: text(&line.phone2),
            pass_type: line.kind.name().into(),
            timing: line.timing.clone(),
            payment_mode: line.mode.name().into(),
            txn_info: text(&line.txn_info),
            ..Self::default()
        }
    }

    /// An empty form.
    pub(super) fn new_at(gate: String) -> Self {
        Self { pass_type: "SINGLE".into(), payment_mode: "CASH".into(), gate, ..Self::default() }
    }

    pub(super) fn described(&self) -> Described {
        Described {
            name1: self.name1.clone(),
            phone1: self.phone1.clone(),
            name2: self.name2.clone(),
            phone2: self.phone2.clone(),
            pass_type: self.pass_type.clone(),
            timing: self.timing.clone(),
            payment_mode: self.payment_mode.clone(),
            txn_info: self.txn_info.clone(),
        }
    }
}

#[derive(Template)]
#[template(path = "passes/form.html")]
pub(super) struct FormPage {
    frame: Frame,
    event: EventLine,
    /// The id of the pass that is changed.
    pass: Option<String>,
    fields: PassFields,
    /// What is wrong, by field; that of the whole form has none.
    faults: Vec<(&'static str, String)>,
    said: Option<Said>,
    /// The times to choose from; of an event of several days, those of each day.
    slots: Vec<String>,
    /// It is sold at the gate, and its guests are let in.
    is_at_gate: bool,
    can_mail: bool,
}

/// Most days of an event whose slots are offered day by day.
const DAYS_MAX: usize = 31;

/// The times to choose from. An event of several days has the slots of each day.
fn offered(details: &EventDetails, zone: &TimeZone) -> Vec<String> {
    let slots = details.slots().into_iter().map(ToOwned::to_owned).collect();
    let Some((starts, ends)) = details.starts_at.zip(details.ends_at) else { return slots };
    // Whoever dances past midnight is still at the evening of the day before.
    let mut at = starts;
    let mut days = Vec::new();
    while at < ends && days.len() < DAYS_MAX {
        days.push(at.display(zone, DATE));
        at = at.plus_us(DAY_US);
    }
    if days.len() < 2 {
        return slots;
    }
    let of_day = |day: &String| match slots.as_slice() {
        [] => vec![day.clone()],
        slots => slots.iter().map(|slot| format!("{day} {slot}")).collect(),
    };
    days.iter().flat_map(of_day).collect()
}

impl FormPage {
    fn new(app: &Passes, caller: &Caller, event: EventLine, fields: PassFields) -> Self {
        let frame = Frame::of(caller, "events");
        let (faults, said) = (Vec::new(), None);
        let slots = offered(&event.details, &zone(app, &event.details));
        Self { frame, event, pass: None, fields, faults, said, slots, is_at_gate: false, can_mail: false }
    }

    /// The form of a sale at the gate.
    pub(super) fn at_gate(app: &Passes, caller: &Caller, event: EventLine, fields: PassFields) -> Self {
        let page = Self::new(app, caller, event, fields);
        Self { frame: Frame::of(caller, "gate"), is_at_gate: true, ..page }
    }

    /// The page after a sale: who is in.
    pub(super) fn made(mut self, pass: &str) -> Self {
        self.said = (!pass.is_empty()).then(|| Said::yes(self.frame.t("pass-done-sold-in")));
        self
    }

    pub(super) fn shown(&self) -> Response {
        render(self)
    }

    /// The form with the reason why nobody was let in.
    pub(super) fn refused_for(mut self, words: &str) -> Response {
        self.faults = vec![("", self.frame.t(words))];
        self.refused(StatusCode::CONFLICT)
    }

    fn title(&self) -> String {
        self.frame.t(match (&self.pass, self.is_at_gate) {
            (Some(_), _) => "pass-edit",
            (None, true) => "pass-sell-in",
            (None, false) => "pass-create",
        })
    }

    fn fault(&self, field: &str) -> &str {
        self.faults.iter().find(|(wrong, _)| *wrong == field).map(|(_, words)| words.as_str()).unwrap_or_default()
    }

    fn back(&self) -> String {
        self.pass.as_ref().map_or_else(|| format!("/events/{}", self.event.id), |pass| format!("/passes/{pass}"))
    }

    /// The only slot, or what was typed.
    fn timing(&self) -> &str {
        match self.slots.as_slice() {
            [only] if self.fields.timing.is_empty() => only,
            _ => &self.fields.timing,
        }
    }

    fn is_couple(&self) -> bool {
        self.fields.pass_type.eq_ignore_ascii_case(PassKind::Couple.name())
    }

    fn is_online(&self) -> bool {
        self.fields.payment_mode.eq_ignore_ascii_case("ONLINE")
    }

    pub(super) fn wrong(mut self, faults: &[Fault]) -> Response {
        self.faults = faults.iter().map(|fault| (fault.field(), self.frame.t(fault.words()))).collect();
        self.refused(StatusCode::UNPROCESSABLE_ENTITY)
    }

    pub(super) fn not_sold(mut self, sold: Sold) -> Response {
        let name = [("name", self.fields.name1.trim()), ("phone", self.fields.phone1.trim())];
        let words = match sold {
            Sold::Duplicate => base_web::locale::text(self.frame.locale, "pass-duplicate", &name),
            _ => self.frame.t("pass-no-place"),
        };
        let field = if sold == Sold::Duplicate { "name1" } else { "" };
        self.faults = vec![(field, words)];
        self.refused(StatusCode::CONFLICT)
    }

    fn refused(&self, status: StatusCode) -> Response {
        let mut response = render(self);
        *response.status_mut() = status;
        response
    }
}

/// What was done a moment ago.
#[derive(Deserialize)]
pub struct NewQuery {
    /// The pass that was just created.
    #[serde(default)]
    made: String,
}

/// `GET /events/{event}/passes/new`
pub async fn ask_new(
    State(app): State<Passes>,
    caller: Caller,
    Path(id): Path<String>,
    Parameters(query): Parameters<NewQuery>,
) -> Result<Response, Problem> {
    caller.must(PASS_CREATE)?;
    let event = find(&app, &caller, &id).await?;
    let mut page = FormPage::new(&app, &caller, event, PassFields::new_at(String::new()));
    page.can_mail = app.settings.outbox.is_open();
    page.said = (!query.made.is_empty()).then(|| Said::yes(page.frame.t("pass-done-created")));
    Ok(render(&page))
}

/// `POST /events/{event}/passes/new`
pub async fn create(
    State(app): State<Passes>,
    Path(id): Path<String>,
    form: Form<PassFields>,
) -> Result<Response, Problem> {
    let Form { caller, fields } = form;
    caller.must(PASS_CREATE)?;
    let event = find(&app, &caller, &id).await?;
    sell(&app, &caller, event, fields).await
}

/// Sells what a form describes, and leads to the pass.
pub async fn sell(app: &Passes, caller: &Caller, event: EventLine, fields: PassFields) -> Result<Response, Problem> {
    let details = match fields.described().read() {
        Ok(details) => details,
        Err(faults) => return Ok(FormPage::new(app, caller, event, fields).wrong(&faults)),
    };
    let email = fields.email.trim().to_owned();
    if !email.is_empty() && !email_is_right(&email) {
        let mut page = FormPage::new(app, caller, event, fields);
        page.can_mail = app.settings.outbox.is_open();
        page.faults = vec![("email", page.frame.t("pass-not-email"))];
        return Ok(page.refused(StatusCode::UNPROCESSABLE_ENTITY));
    }
    let (sold, pass) = work::sell(app, caller, &event, &details).await?;
    if sold != Sold::Done {
        return Ok(FormPage::new(app, caller, event, fields).not_sold(sold));
    }
    if !email.is_empty() {
        let (line, event) = work::find(app, caller, &pass).await?;
        // The pass is sold whatever becomes of the mail; its page says where it was mailed to.
        hand_out::mail(app, caller, (&line, &event), &email).await?;
    }
    let to = match fields.then.as_str() {
        "next" => format!("/events/{}/passes/new?made={pass}", event.id),
        _ => format!("/passes/{pass}?said=created"),
    };
    Ok(Redirect::to(&to).into_response())
}

/// A pass whose guest was not erased.
async fn known_guest(app: &Passes, caller: &Caller, id: &str) -> Result<(PassLine, EventLine), Problem> {
    let (line, event) = work::find(app, caller, id).await?;
    if line.is_erased { Err(Problem::not_found("The guest of this pass")) } else { Ok((line, event)) }
}

/// `GET /passes/{pass}/edit`
pub async fn ask_edit(State(app): State<Passes>, caller: Caller, Path(id): Path<String>) -> Result<Response, Problem> {
    caller.must(PASS_EDIT)?;
    let (line, event) = known_guest(&app, &caller, &id).await?;
    let page = FormPage::new(&app, &caller, event, PassFields::of(&line));
    Ok(render(&FormPage { pass: Some(line.id), ..page }))
}

/// `POST /passes/{pass}/edit`
pub async fn edit(
    State(app): State<Passes>,
    Path(id): Path<String>,
    form: Form<PassFields>,
) -> Result<Response, Problem> {
    let Form { caller, fields } = form;
    caller.must(PASS_EDIT)?;
    let (line, event) = known_guest(&app, &caller, &id).await?;
    // The kind was paid for: it stays.
    let fields = PassFields { pass_type: line.kind.name().into(), ..fields };
    let page = |event, fields| FormPage { pass: Some(line.id.clone()), ..FormPage::new(&app, &caller, event, fields) };
    let details = match fields.described().read() {
        Ok(details) => details,
        Err(faults) => return Ok(page(event, fields).wrong(&faults)),
    };
    let is_transfer = !fields.transfer.is_empty();
    let origin = caller.origin(None);
    let done = sale::correct(&app.db, &line, &details, is_transfer, by(&app, &origin)).await?;
    if done != Sold::Done {
        return Ok(page(event, fields).not_sold(done));
    }
    let said = if is_transfer { "transferred" } else { "corrected" };
    Ok(Redirect::to(&format!("/passes/{}?said={said}", line.id)).into_response())
}
