//! The forms of bills, and what they do. Every change goes through the desk; the page that follows says what became of
//! it.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use bags_rules::bill::{
    BillNumber, BillTexts, CAPACITY_MAX, DESCRIPTION_LENGTH_MAX, DESTINATION_LENGTH_MAX, VEHICLE_LENGTH_MAX,
};
use bags_rules::outcome::Outcome;
use bags_rules::permission::{BILL_DELETE, BILL_EDIT};
use bags_rules::scan::{Action, Details};
use base_web::error::Problem;
use base_web::form::{Form, NoFields};
use base_web::session::Caller;
use base_web::view::{Frame, path_part, render};
use serde::Deserialize;

use super::Shown;
use crate::bills::work;
use crate::bills::work::{Change, submit};
use crate::said::sentence;
use crate::state::Bags;

/// How long each text may be, in characters.
#[derive(Clone, Copy)]
pub(crate) struct Longest {
    pub(crate) description: usize,
    pub(crate) destination: usize,
    pub(crate) vehicle: usize,
}

impl Default for Longest {
    fn default() -> Self {
        Self { description: DESCRIPTION_LENGTH_MAX, destination: DESTINATION_LENGTH_MAX, vehicle: VEHICLE_LENGTH_MAX }
    }
}

#[derive(Template)]
#[template(path = "bills/form.html")]
pub(crate) struct FormPage {
    pub(crate) frame: Frame,
    /// `None` for a new bill.
    pub(crate) bill: Option<Shown>,
    pub(crate) number: String,
    pub(crate) capacity: String,
    pub(crate) capacity_min: i64,
    pub(crate) capacity_max: i64,
    pub(crate) texts: BillTexts,
    pub(crate) longest: Longest,
    /// What was wrong, and with which field.
    pub(crate) fault: Option<(&'static str, String)>,
    /// What somebody else has changed since the form was opened: the label of each field, and its value now.
    pub(crate) meanwhile: Vec<(String, String)>,
}

impl FormPage {
    fn fault_of(&self, field: &str) -> &str {
        self.fault.as_ref().filter(|(wrong, _)| *wrong == field).map(|(_, words)| words.as_str()).unwrap_or_default()
    }

    fn blank(caller: &Caller) -> Self {
        Self {
            frame: Frame::of(caller, "bills"),
            bill: None,
            number: String::new(),
            // It is asked for: whoever overlooks it would find the bill full after the first parent.
            capacity: String::new(),
            capacity_min: 1,
            capacity_max: CAPACITY_MAX,
            texts: BillTexts::default(),
            longest: Longest::default(),
            fault: None,
            meanwhile: Vec::new(),
        }
    }

    fn of(caller: &Caller, bill: Shown) -> Self {
        Self {
            number: bill.number.clone(),
            capacity: bill.capacity.to_string(),
            capacity_min: bill.parents.max(1),
            capacity_max: CAPACITY_MAX.max(bill.capacity),
            texts: bill.texts.clone(),
            bill: Some(bill),
            ..Self::blank(caller)
        }
    }

    /// The form as it was filled in, with what was wrong.
    fn refused(mut self, fields: &BillFields, outcome: Outcome, words: String) -> Response {
        let field = match outcome {
            Outcome::BadCapacity | Outcome::CapacityBelowLinked => "capacity",
            Outcome::BadDescription => "description",
            Outcome::BadTransport if fields.has_long_destination() => "destination",
            Outcome::BadTransport => "vehicle_number",
            Outcome::BadBill | Outcome::BillExists => "bill",
            _ => "",
        };
        self.capacity.clone_from(&fields.capacity);
        self.texts = fields.texts(&self.texts);
        if self.bill.is_none() {
            self.number.clone_from(&fields.bill);
        }
        self.fault = Some((field, words));
        let mut response = render(&self);
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
        response
    }
}

/// A bill as a form sends it.
#[derive(Deserialize)]
pub struct BillFields {
    #[serde(default)]
    bill: String,
    #[serde(default)]
    capacity: String,
    #[serde(default)]
    description: String,
    /// Whoever does not send these leaves them as they are.
    destination: Option<String>,
    vehicle_number: Option<String>,
    /// The capacity that the form was opened with.
    was_capacity: Option<String>,
    /// The description that the form was opened with.
    was_description: Option<String>,
    /// The destination that the form was opened with.
    was_destination: Option<String>,
    /// The number of the vehicle that the form was opened with.
    was_vehicle_number: Option<String>,
}

impl BillFields {
    /// The fields that are not what they were when the form was opened, with their values now. A program that does not say
    /// what it saw is not asked.
    fn changed_meanwhile(&self, bill: &Shown, frame: &Frame) -> Vec<(String, String)> {
        let capacity = bill.capacity.to_string();
        let seen = |text: &str| text.replace("\r\n", "\n");
        let mut changed = Vec::new();
        if self.was_capacity.as_ref().is_some_and(|was| *was != capacity) {
            changed.push((frame.t("bill-capacity"), capacity));
        }
        for (was, now, label) in [
            (&self.was_description, &bill.texts.description, "bill-description"),
            (&self.was_destination, &bill.texts.destination, "bill-destination"),
            (&self.was_vehicle_number, &bill.texts.vehicle_number, "bill-vehicle"),
        ] {
            if was.as_ref().is_some_and(|was| seen(was) != *now) {
                changed.push((frame.t(label), now.clone()));
            }
        }
        changed
    }

    fn has_long_destination(&self) -> bool {
        self.destination.as_ref().is_some_and(|text| text.trim().chars().count() > DESTINATION_LENGTH_MAX)
    }

    fn details(&self) -> Details {
        // A text that is not a number is no capacity; the rule refuses it.
        let capacity = Some(self.capacity.trim().parse().unwrap_or(0));
        let description = Some(self.description());
        let (destination, vehicle_number) = (self.destination.clone(), self.vehicle_number.clone());
        Details { capacity, description, destination, vehicle_number, ..Details::default() }
    }

    /// Browsers send line ends as two characters.
    fn description(&self) -> String {
        self.description.replace("\r\n", "\n")
    }

    /// What was typed, over what a bill had.
    fn texts(&self, was: &BillTexts) -> BillTexts {
        let typed = |typed: &Option<String>, was: &String| typed.as_ref().unwrap_or(was).clone();
        BillTexts {
            description: self.description(),
            destination: typed(&self.destination, &was.destination),
            vehicle_number: typed(&self.vehicle_number, &was.vehicle_number),
        }
    }
}

fn page_of(key: &str, said: &str) -> Response {
    Redirect::to(&format!("/bills/{}?said={said}", path_part(key))).into_response()
}

/// `GET /bills/new`
pub async fn ask_new(caller: Caller) -> Result<Response, Problem> {
    caller.must(BILL_EDIT)?;
    Ok(render(&FormPage::blank(&caller)))
}

/// `POST /bills/new`
pub async fn create(State(app): State<Bags>, form: Form<BillFields>) -> Result<Response, Problem> {
    let Form { caller, fields } = form;
    let change = Change { action: Action::BillCreate, bill: &fields.bill, code: "", details: fields.details() };
    let told = submit(&app, &caller, None, &change).await?;
    match BillNumber::parse(&fields.bill) {
        Some(number) if told.outcome == Outcome::BillCreated => Ok(page_of(number.key().as_str(), told.id())),
        _ => {
            let page = FormPage::blank(&caller);
            let words = sentence(&page.frame, &told.answer).map(|said| said.words).unwrap_or_default();
            Ok(page.refused(&fields, told.outcome, words))
        }
    }
}

/// `GET /bills/{number}/edit`
pub async fn ask_edit(
    State(app): State<Bags>,
    caller: Caller,
    Path(number): Path<String>,
) -> Result<Response, Problem> {
    caller.must(BILL_EDIT)?;
    let line = work::find(&app, &caller, &number).await?;
    Ok(render(&FormPage::of(&caller, Shown::of(&line, &app))))
}

/// `POST /bills/{number}/edit`
pub async fn edit(
    State(app): State<Bags>,
    Path(number): Path<String>,
    form: Form<BillFields>,
) -> Result<Response, Problem> {
    let Form { caller, fields } = form;
    caller.must(BILL_EDIT)?;
    let line = work::find(&app, &caller, &number).await?;
    let mut page = FormPage::of(&caller, Shown::of(&line, &app));
    page.meanwhile = page.bill.as_ref().map(|bill| fields.changed_meanwhile(bill, &page.frame)).unwrap_or_default();
    if !page.meanwhile.is_empty() {
        // What was typed stays; saving again writes it over what is shown.
        page.capacity.clone_from(&fields.capacity);
        page.texts = fields.texts(&page.texts);
        let mut response = render(&page);
        *response.status_mut() = StatusCode::CONFLICT;
        return Ok(response);
    }
    let change = Change { action: Action::BillEdit, bill: &line.number, code: "", details: fields.details() };
    let told = submit(&app, &caller, None, &change).await?;
    if told.outcome.is_refusal() {
        let page = FormPage::of(&caller, Shown::of(&line, &app));
        let words = sentence(&page.frame, &told.answer).map(|said| said.words).unwrap_or_default();
        return Ok(page.refused(&fields, told.outcome, words));
    }
    Ok(page_of(line.key.as_str(), told.id()))
}

/// What the buttons of a bill's page send.
#[derive(Deserialize)]
pub struct ActFields {
    /// The parent.
    #[serde(default)]
    code: String,
}

/// `POST /bills/{number}/{action}`
pub async fn act(
    State(app): State<Bags>,
    Path((number, action)): Path<(String, String)>,
    form: Form<ActFields>,
) -> Result<Response, Problem> {
    let Form { caller, fields } = form;
    let key = BillNumber::kept(&number).ok_or_else(|| Problem::not_found("This bill"))?.key();
    let tell = |word: &str| Redirect::to(&format!("/bills/{}?told={word}", path_part(key.as_str()))).into_response();
    let action = match action.as_str() {
        "complete" => Action::BillComplete,
        "reopen" => Action::BillReopen,
        "enter" => Action::BillEnter,
        "unlink" => Action::BillUnlink,
        "delete" => Action::BillDelete,
        "recalculate" => {
            let found = work::recalculate(&app, &caller, &number).await?;
            return Ok(tell(if found.was_wrong { "recalculated" } else { "right" }));
        }
        _ => return Err(Problem::not_found("This action")),
    };
    caller.must(action.permission())?;
    let change = Change { action, bill: &number, code: fields.code.trim(), details: Details::default() };
    let told = submit(&app, &caller, None, &change).await?;
    if matches!(told.outcome, Outcome::BillDeleted | Outcome::UnknownBill) {
        return Ok(Redirect::to(&format!("/bills?said={}", told.id())).into_response());
    }
    Ok(page_of(key.as_str(), told.id()))
}

#[derive(Template)]
#[template(path = "bills/recalculate.html")]
pub(crate) struct RecalculatePage {
    pub(crate) frame: Frame,
    /// The result, after they were counted.
    pub(crate) done: Option<(i64, i64)>,
}

/// `GET /bills/recalculate`
pub async fn ask_recalculate(caller: Caller) -> Result<Response, Problem> {
    caller.must(BILL_DELETE)?;
    Ok(render(&RecalculatePage { frame: Frame::of(&caller, "bills"), done: None }))
}

/// `POST /bills/recalculate`
pub async fn recalculate(State(app): State<Bags>, form: Form<NoFields>) -> Result<Response, Problem> {
    let caller = form.caller;
    let all = work::recalculate_every_bill(&app, &caller).await?;
    Ok(render(&RecalculatePage { frame: Frame::of(&caller, "bills"), done: Some((all.bills, all.wrong)) }))
}
