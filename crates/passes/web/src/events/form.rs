//! The form of an event.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use base_web::error::Problem;
use base_web::form::Form;
use base_web::session::Caller;
use base_web::view::{Frame, render};
use jiff::tz::TimeZone;
use passes_rules::event::{EARLY_MINUTES, EventDetails, EventFault, EventId, EventState, Prices};
use passes_rules::permission::EVENT_MANAGE;
use passes_store::event;
use serde::Deserialize;

use super::pages::back_to;
use super::work::{by, find};
use crate::shown::{field, read_field, zone};
use crate::state::Passes;

/// An event as its form sends it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct EventFields {
    name: String,
    place: String,
    starts_at: String,
    ends_at: String,
    early_minutes: String,
    slots: String,
    price_single: String,
    price_couple: String,
    capacity: String,
    inside_max: String,
    organiser: String,
    contact: String,
    terms: String,
    colour: String,
    one_by_one: String,
    re_entry: String,
    zone: String,
    colour_end: String,
    compact_codes: String,
}

/// A number that no field may have, so that the rules refuse it.
const NO_NUMBER: i64 = -1;

impl EventFields {
    fn of(details: &EventDetails, app: &Passes) -> Self {
        let number = |n: Option<i64>| n.map(|n| n.to_string()).unwrap_or_default();
        let flag = |is_set: bool| if is_set { "1".to_owned() } else { String::new() };
        Self {
            name: details.name.clone(),
            place: details.place.clone(),
            starts_at: field(details.starts_at, &zone(app, details)),
            ends_at: field(details.ends_at, &zone(app, details)),
            early_minutes: details.early_minutes.to_string(),
            slots: details.slots.clone(),
            price_single: details.prices.single.to_string(),
            price_couple: details.prices.couple.to_string(),
            capacity: number(details.capacity),
            inside_max: number(details.inside_max),
            organiser: details.organiser.clone(),
            contact: details.contact.clone(),
            terms: details.terms.clone(),
            colour: details.colour.clone(),
            one_by_one: flag(details.one_by_one),
            re_entry: flag(details.re_entry),
            zone: details.zone.clone(),
            colour_end: details.colour_end.clone(),
            compact_codes: flag(details.compact_codes),
        }
    }

    /// What the fields say, and what is wrong with them.
    fn read(&self, app: &Passes) -> (EventDetails, Vec<EventFault>) {
        let text = |text: &str| text.trim().replace("\r\n", "\n");
        let number = |text: &str| text.trim().parse().unwrap_or(NO_NUMBER);
        let maybe = |text: &str| (!text.trim().is_empty()).then(|| number(text));
        let mut faults = Vec::new();
        let zone_name = text(&self.zone);
        let zone = if zone_name.is_empty() {
            app.settings.zone.clone()
        } else {
            TimeZone::get(&zone_name).unwrap_or_else(|_| {
                faults.push(EventFault { field: "zone", words: "event-wrong-zone" });
                app.settings.zone.clone()
            })
        };
        let mut time = |text: &str, field: &'static str| {
            let read = read_field(text, &zone);
            if read.is_err() {
                faults.push(EventFault { field, words: "event-wrong-time" });
            }
            read.unwrap_or_default()
        };
        let (starts_at, ends_at) = (time(&self.starts_at, "starts_at"), time(&self.ends_at, "ends_at"));
        let details = EventDetails {
            name: text(&self.name),
            place: text(&self.place),
            starts_at,
            ends_at,
            early_minutes: number(&self.early_minutes),
            slots: text(&self.slots),
            prices: Prices { single: number(&self.price_single), couple: number(&self.price_couple) },
            capacity: maybe(&self.capacity),
            inside_max: maybe(&self.inside_max),
            organiser: text(&self.organiser),
            contact: text(&self.contact),
            terms: text(&self.terms),
            colour: text(&self.colour),
            one_by_one: !self.one_by_one.is_empty(),
            re_entry: !self.re_entry.is_empty(),
            zone: zone_name,
            colour_end: text(&self.colour_end),
            compact_codes: !self.compact_codes.is_empty(),
        };
        faults.extend(details.faults());
        (details, faults)
    }
}

#[derive(Template)]
#[template(path = "events/form.html")]
struct FormPage {
    frame: Frame,
    /// Which event; `None` for a new one.
    id: Option<EventId>,
    fields: EventFields,
    /// What is wrong, by field.
    faults: Vec<(&'static str, String)>,
}

impl FormPage {
    fn fault(&self, field: &str) -> &str {
        self.faults.iter().find(|(wrong, _)| *wrong == field).map(|(_, words)| words.as_str()).unwrap_or_default()
    }

    fn refused(mut self, faults: &[EventFault]) -> Response {
        self.faults = faults.iter().map(|fault| (fault.field, self.frame.t(fault.words))).collect();
        let mut response = render(&self);
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
        response
    }

    fn new(caller: &Caller, id: Option<EventId>, fields: EventFields) -> Self {
        Self { frame: Frame::of(caller, "events"), id, fields, faults: Vec::new() }
    }
}

/// `GET /events/new`
pub async fn ask_new(State(app): State<Passes>, caller: Caller) -> Result<Response, Problem> {
    caller.must(EVENT_MANAGE)?;
    let details = EventDetails { early_minutes: EARLY_MINUTES, ..EventDetails::default() };
    Ok(render(&FormPage::new(&caller, None, EventFields::of(&details, &app))))
}

/// `POST /events/new`
pub async fn create(State(app): State<Passes>, form: Form<EventFields>) -> Result<Response, Problem> {
    let Form { caller, fields } = form;
    caller.must(EVENT_MANAGE)?;
    let (details, faults) = fields.read(&app);
    if !faults.is_empty() {
        return Ok(FormPage::new(&caller, None, fields).refused(&faults));
    }
    let origin = caller.origin(None);
    let id = event::create(&app.db, &details, EventState::Draft, None, by(&app, &origin)).await?;
    Ok(back_to(id, "created"))
}

/// `GET /events/{event}/edit`
pub async fn ask_edit(State(app): State<Passes>, caller: Caller, Path(id): Path<String>) -> Result<Response, Problem> {
    caller.must(EVENT_MANAGE)?;
    let line = find(&app, &caller, &id).await?;
    Ok(render(&FormPage::new(&caller, Some(line.id), EventFields::of(&line.details, &app))))
}

/// `POST /events/{event}/edit`
pub async fn edit(
    State(app): State<Passes>,
    Path(id): Path<String>,
    form: Form<EventFields>,
) -> Result<Response, Problem> {
    let Form { caller, fields } = form;
    caller.must(EVENT_MANAGE)?;
    let line = find(&app, &caller, &id).await?;
    let (details, mut faults) = fields.read(&app);
    let origin = caller.origin(None);
    if faults.is_empty() && !event::edit(&app.db, &line, &details, by(&app, &origin)).await? {
        faults.push(EventFault { field: "capacity", words: "event-wrong-sold" });
    }
    if faults.is_empty() {
        return Ok(back_to(line.id, "saved"));
    }
    Ok(FormPage::new(&caller, Some(line.id), fields).refused(&faults))
}
