//! Putting a parent on a bill from its own page: choose an open bill, scan or type a number, or create the bill.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use bags_rules::bag::BagKind;
use bags_rules::bill::{BillNumber, BillStatus, CAPACITY_MAX};
use bags_rules::permission::BILL_EDIT;
use bags_rules::scan::{Action, Details};
use bags_store::bag::BagLine;
use bags_store::bill;
use bags_store::bill::{BillFilter, BillLine, StatusFilter};
use base_web::error::Problem;
use base_web::form::Form;
use base_web::parameters::Parameters;
use base_web::session::Caller;
use base_web::view::{Frame, render};
use serde::Deserialize;

use super::{Row, act};
use crate::bags::work;
use crate::bills::pages::Shown;
use crate::bills::work::{Change, submit};
use crate::said::sentence;
use crate::state::Bags;

/// Open bills to choose from, the newest first.
const OPEN_BILLS: u32 = 20;
/// Longest number that is shown again, in characters.
const SHOWN_MAX: usize = 100;

#[derive(Template)]
#[template(path = "bags/bill.html")]
pub(crate) struct BillPage {
    pub(crate) frame: Frame,
    pub(crate) bag: Row,
    /// What was scanned, typed or chosen.
    pub(crate) wanted: String,
    /// Why the parent cannot go there.
    pub(crate) fault: String,
    /// The bill that the parent goes on.
    pub(crate) to: Option<Shown>,
    /// The number is free: a bill can be created.
    pub(crate) is_new: bool,
    /// The number of parents of the new bill, as it was typed.
    pub(crate) capacity: String,
    pub(crate) capacity_max: i64,
    pub(crate) open: Vec<Shown>,
}

/// The bill, once it is chosen.
#[derive(Deserialize)]
pub struct BillQuery {
    #[serde(default)]
    bill: String,
}

/// `GET /bags/{code}/bill`
pub async fn ask(
    State(app): State<Bags>,
    caller: Caller,
    Path(code): Path<String>,
    Parameters(query): Parameters<BillQuery>,
) -> Result<Response, Problem> {
    caller.must(BILL_EDIT)?;
    let line = parent(&app, &caller, &code).await?;
    let page = BillPage::of(&app, &caller, &line, &query.bill).await?;
    Ok(page.answer())
}

/// The bill that is meant.
#[derive(Deserialize)]
pub struct BillFields {
    #[serde(default)]
    bill: String,
    /// Only for a new bill: how many parents it is for.
    capacity: Option<String>,
}

/// `POST /bags/{code}/bill`
pub async fn put(
    State(app): State<Bags>,
    Path(code): Path<String>,
    form: Form<BillFields>,
) -> Result<Response, Problem> {
    let Form { caller, fields } = form;
    caller.must(BILL_EDIT)?;
    let line = parent(&app, &caller, &code).await?;
    if let Some(capacity) = &fields.capacity {
        // A text that is not a number is no capacity; the rule refuses it.
        let details = Details { capacity: Some(capacity.trim().parse().unwrap_or(0)), ..Details::default() };
        let create = Change { action: Action::BillCreate, bill: &fields.bill, code: "", details };
        let told = submit(&app, &caller, None, &create).await?;
        if told.outcome.is_refusal() {
            let mut page = BillPage::of(&app, &caller, &line, &fields.bill).await?;
            page.fault = sentence(&page.frame, &told.answer).map(|said| said.words).unwrap_or_default();
            page.capacity.clone_from(capacity);
            return Ok(page.answer());
        }
    }
    let put =
        Change { action: Action::BillLink, bill: &fields.bill, code: line.code.as_str(), details: Details::default() };
    let told = submit(&app, &caller, None, &put).await?;
    act::back(line.code.as_str(), told.id())
}

/// The parent of an address; a child goes on no bill.
async fn parent(app: &Bags, caller: &Caller, code: &str) -> Result<BagLine, Problem> {
    let line = work::find(app, caller, code).await?;
    if line.kind == BagKind::Parent { Ok(line) } else { Err(Problem::not_found("This parent")) }
}

impl BillPage {
    async fn of(app: &Bags, caller: &Caller, line: &BagLine, wanted: &str) -> Result<Self, Problem> {
        let frame = Frame::of(caller, "bags");
        let wanted: String = wanted.trim().chars().take(SHOWN_MAX).collect();
        let mut reader = app.db.read().await?;
        let mut found: Option<BillLine> = None;
        if let Some(number) = BillNumber::kept(&wanted) {
            found = bill::find(reader.conn(), &number.key(), &caller.scope()).await?;
        }
        let filter = BillFilter { status: Some(StatusFilter::Open), ..BillFilter::default() };
        let open = bill::list(reader.conn(), &filter, &caller.scope(), None, OPEN_BILLS).await?.bills;
        drop(reader);
        let fault = match &found {
            _ if wanted.is_empty() || line.bill.is_some() => String::new(),
            None if BillNumber::parse(&wanted).is_none() => frame.t1("put-bad-number", "bill", &wanted),
            Some(bill) if bill.status == BillStatus::Completed => frame.t1("put-completed", "bill", &bill.number),
            Some(bill) if bill.parents >= bill.capacity => frame.t1("put-full", "bill", &bill.number),
            None | Some(_) => String::new(),
        };
        let is_possible = fault.is_empty() && !wanted.is_empty() && line.bill.is_none();
        Ok(Self {
            bag: Row::of(line, app),
            is_new: is_possible && found.is_none(),
            to: found.filter(|_| is_possible).map(|bill| Shown::of(&bill, app)),
            open: open.iter().filter(|bill| bill.parents < bill.capacity).map(|bill| Shown::of(bill, app)).collect(),
            capacity: String::new(),
            capacity_max: CAPACITY_MAX,
            frame,
            wanted,
            fault,
        })
    }

    fn answer(self) -> Response {
        let is_wrong = !self.fault.is_empty();
        let mut response = render(&self);
        if is_wrong {
            *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
        }
        response
    }
}
