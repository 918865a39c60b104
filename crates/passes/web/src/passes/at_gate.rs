//! Selling at the gate: a pass is sold and whoever bought it is let in, in one act.
//!
//! Invariants: the same scan id gives the same pass and the same answer, so a reply that was lost is asked for again without
//! harm; the same id with anything else sells nothing and lets nobody in; whoever is not let in has bought nothing.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use base_core::entropy::new_id;
use base_core::time::{Moment, SECOND_US};
use base_web::body::JsonBody;
use base_web::error::{Problem, ProblemBody};
use base_web::form::Form;
use base_web::parameters::Parameters;
use base_web::session::Caller;
use passes_rules::event::Gate;
use passes_rules::pass::{Described, Details};
use passes_rules::permission::PASS_SELL_AT_GATE;
use passes_store::event::EventLine;
use passes_store::pass;
use passes_store::sale::{self, NewPass, Sold};
use passes_work::Shown;
use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::{Builder, Uuid};

use super::form::{FormPage, PassFields};
use crate::events::work::{by, find};
use crate::gates::api::{GateAnswer, check_gate};
use crate::gates::work::{Sent, Source, Told, submit};
use crate::state::Passes;

/// What is handled here, with its description.
pub fn router() -> OpenApiRouter<Passes> {
    OpenApiRouter::new().routes(routes!(create))
}

/// A sale at the gate.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GateSaleBody {
    /// The sender's id for it, best a UUID version 7. The same id sells once and always gets the same answer.
    id: Uuid,
    /// The event.
    event: i64,
    /// The gate's name.
    #[serde(default)]
    #[schema(max_length = 64)]
    gate: Option<String>,
    /// The first person.
    #[schema(max_length = 100)]
    name1: String,
    /// Their phone number: ten digits.
    #[schema(pattern = "^[0-9]{10}$")]
    phone1: String,
    /// The second person.
    #[serde(default)]
    name2: String,
    /// Their phone number.
    #[serde(default)]
    phone2: String,
    /// `SINGLE` or `COUPLE`.
    pass_type: String,
    /// The slot; the event's only one where it is left out.
    #[serde(default)]
    timing: String,
    /// `CASH` or `ONLINE`.
    payment_mode: String,
    /// What is said about the payment.
    #[serde(default)]
    txn_info: String,
}

/// What became of a sale.
pub(crate) enum AtGate {
    /// It was sold, and this was answered at the gate.
    Sold(Value),
    /// It was not sold.
    Not(Sold),
    /// The gate is not open.
    Closed(Gate),
    /// The same id has sold something else before.
    Other,
}

/// Sells a pass and lets its guests in.
pub(crate) async fn sell_in(
    app: &Passes,
    caller: &Caller,
    (event, gate): (&EventLine, Option<String>),
    details: &Details,
    scan: Uuid,
) -> Result<AtGate, Problem> {
    caller.must(PASS_SELL_AT_GATE)?;
    let now = app.clock.now();
    // The pass follows from the scan: asked again, it is the same one.
    let secret = app.keys.epass.first().ok_or_else(|| Problem::busy("The keys of codes are not there yet."))?;
    let seed = secret.sign(&format!("sale at a gate\n{}\n{scan}", caller.person.id));
    let id = Builder::from_random_bytes(seed[..16].try_into().expect("a signature is longer")).into_uuid().to_string();
    let amount = event.details.prices.of(details.kind);
    let new = NewPass { id: &id, event: event.id, details, amount };
    let origin = caller.origin(gate.clone());
    let mut sold = Sold::Done;
    if pass::find(app.db.read().await?.conn(), &id).await?.is_none() {
        let open = event.gate_rules().gate(now);
        if open != Gate::Open {
            return Ok(AtGate::Closed(open));
        }
        sold = sale::sell(&app.db, new, by(app, &origin)).await?;
        app.sold.send_modify(|n| *n += 1);
    }
    // Sold just now, or before; or somebody asked for the same at the same moment, and was first.
    let Some(line) = pass::find(app.db.read().await?.conn(), &id).await? else { return Ok(AtGate::Not(sold)) };
    if !line.is_of(event.id, details) {
        return Ok(AtGate::Other);
    }
    // The time is part of what a scan asks for: asked again, it is the same.
    let at = time_of(scan).or(Some(line.created_at));
    let sent = Sent { id: Some(scan), at, ..Sent::admit(Shown::pass(&id), Some(event.id)) };
    let from = Source { gate, device: None };
    let told = submit(app, caller, from, vec![sent], Told::Names).await?.into_iter().next().unwrap_or_default();
    let is_in = matches!(told["outcome"].as_str(), Some("admitted" | "already_admitted"));
    if !is_in && let Some(line) = pass::find(app.db.read().await?.conn(), &id).await? {
        sale::take_back(&app.db, &line, by(app, &origin)).await?;
        app.sold.send_modify(|n| *n += 1);
    }
    Ok(AtGate::Sold(told))
}

/// When an id of version 7 was made.
fn time_of(scan: Uuid) -> Option<Moment> {
    let (seconds, nanoseconds) = scan.get_timestamp()?.to_unix();
    let seconds = i64::try_from(seconds).ok()?.checked_mul(SECOND_US)?;
    Some(Moment(seconds + i64::from(nanoseconds / 1_000)))
}

/// Sells a pass and lets its guests in, in one act. Whoever cannot be let in has bought nothing; the answer says why.
#[utoipa::path(post, path = "/api/v1/gate/sales", extensions(("x-permission" = json!(PASS_SELL_AT_GATE.name()))),
    request_body = GateSaleBody, responses(
    (status = 200, description = "What the gate answered.", body = GateAnswer),
    (status = 404, description = "The event was not found, or is not yours.", body = ProblemBody),
    (status = 409, description = "There is no place left, the guest has a pass, the gate is not open, or the id has sold \
        something else.",
        body = ProblemBody)))]
pub async fn create(
    State(app): State<Passes>,
    caller: Caller,
    JsonBody(body): JsonBody<GateSaleBody>,
) -> Result<Json<Value>, Problem> {
    caller.must(PASS_SELL_AT_GATE)?;
    let event = find(&app, &caller, &body.event.to_string()).await?;
    let gate = check_gate(body.gate)?;
    let mut timing = body.timing;
    if let ("", [only]) = (timing.trim(), event.details.slots().as_slice()) {
        timing = (*only).to_owned();
    }
    let described = Described {
        name1: body.name1,
        phone1: body.phone1,
        name2: body.name2,
        phone2: body.phone2,
        pass_type: body.pass_type,
        timing,
        payment_mode: body.payment_mode,
        txn_info: body.txn_info,
    };
    let details = described.read().map_err(|faults| {
        let first = faults.first().map_or("name1", |fault| fault.field());
        Problem::field(first, "This field is missing or wrong.")
    })?;
    let conflict = |code, detail: &str| Problem::new(StatusCode::CONFLICT, code, detail);
    match sell_in(&app, &caller, (&event, gate), &details, body.id).await? {
        AtGate::Sold(told) => Ok(Json(told)),
        AtGate::Not(Sold::Duplicate) => Err(conflict("guest_has_pass", "This guest has a pass of this event already.")),
        AtGate::Other => {
            Err(conflict("scan_id_reused", "This id has sold something else before. Send another sale with a new id."))
        }
        AtGate::Not(_) => Err(conflict("no_place", "There is no place left, or the event is not on sale.")),
        AtGate::Closed(Gate::TooLate) => Err(conflict("too_late", "The event is over.")),
        AtGate::Closed(_) => Err(conflict("not_yet", "The gate is not open yet.")),
    }
}

/// What was sold a moment ago, and at which gate.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct SellQuery {
    gate: String,
    made: String,
}

/// The id of a sale: a form that is sent twice sells once.
fn new_scan(app: &Passes) -> String {
    new_id(&*app.entropy, app.clock.now()).to_string()
}

/// `GET /events/{event}/gate/sell`
pub async fn ask(
    State(app): State<Passes>,
    caller: Caller,
    Path(id): Path<String>,
    Parameters(query): Parameters<SellQuery>,
) -> Result<Response, Problem> {
    caller.must(PASS_SELL_AT_GATE)?;
    let event = find(&app, &caller, &id).await?;
    let gate = check_gate(Some(query.gate))?.unwrap_or_default();
    let mut fields = PassFields::new_at(gate);
    fields.scan = new_scan(&app);
    Ok(FormPage::at_gate(&app, &caller, event, fields).made(&query.made).shown())
}

/// `POST /events/{event}/gate/sell`
pub async fn sell(
    State(app): State<Passes>,
    Path(id): Path<String>,
    form: Form<PassFields>,
) -> Result<Response, Problem> {
    let Form { caller, fields } = form;
    caller.must(PASS_SELL_AT_GATE)?;
    let event = find(&app, &caller, &id).await?;
    let gate = check_gate(Some(fields.gate.clone()))?;
    let details = match fields.described().read() {
        Ok(details) => details,
        Err(faults) => return Ok(FormPage::at_gate(&app, &caller, event, fields).wrong(&faults)),
    };
    let scan = Uuid::parse_str(&fields.scan).unwrap_or_else(|_| new_id(&*app.entropy, app.clock.now()));
    let number = event.id;
    match sell_in(&app, &caller, (&event, gate.clone()), &details, scan).await? {
        AtGate::Sold(told) if told["outcome"] == "admitted" || told["outcome"] == "already_admitted" => {
            let gate = base_web::view::path_part(&gate.unwrap_or_default());
            let pass = told["pass"].as_str().unwrap_or_default();
            Ok(Redirect::to(&format!("/events/{number}/gate/sell?gate={gate}&made={pass}")).into_response())
        }
        AtGate::Sold(told) => {
            let outcome = format!("gate-outcome-{}", told["outcome"].as_str().unwrap_or("bad_code"));
            // This sale has its answer; the next try is another one.
            let mut fields = fields;
            fields.scan = new_scan(&app);
            Ok(FormPage::at_gate(&app, &caller, event, fields).refused_for(&outcome))
        }
        AtGate::Not(sold) => Ok(FormPage::at_gate(&app, &caller, event, fields).not_sold(sold)),
        AtGate::Other => {
            let mut fields = fields;
            fields.scan = new_scan(&app);
            Ok(FormPage::at_gate(&app, &caller, event, fields).refused_for("pass-sold-other"))
        }
        AtGate::Closed(Gate::TooLate) => {
            Ok(FormPage::at_gate(&app, &caller, event, fields).refused_for("gate-outcome-too_late"))
        }
        AtGate::Closed(_) => Ok(FormPage::at_gate(&app, &caller, event, fields).refused_for("gate-outcome-not_yet")),
    }
}
