//! Who is signed in, and which parent they have in hand: what a station needs to continue.

use axum::Json;
use axum::extract::State;
use bags_rules::bag::BagStatus;
use bags_rules::code::{Code, LabelFormat};
use bags_rules::permission::{BAG_SCAN, BILL_EDIT};
use bags_store::{bag, workplace};
use base_core::area::Area;
use base_web::error::Problem;
use base_web::openapi;
use base_web::session::Caller;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::state::Bags;

/// What is handled here, with its description.
pub fn router() -> OpenApiRouter<Bags> {
    OpenApiRouter::new().routes(routes!(show))
}

/// The person and their workplace.
#[derive(Serialize, ToSchema)]
pub struct Me {
    /// The account's number.
    id: i64,
    name: String,
    area: Option<String>,
    /// The area as people read it.
    area_name: Option<String>,
    /// Send it as X-CSRF-Token with every change; empty for tokens.
    csrf: String,
    /// The parent in hand.
    selected_parent: Option<SelectedParent>,
    station: Option<String>,
    /// Most children in one parent.
    capacity: u32,
    /// The parent labels in use.
    parent_labels: Vec<Label>,
    locale: String,
    can_scan: bool,
    /// True for people who may fill and complete bills.
    can_bill: bool,
}

/// A parent label: a fixed beginning and a number of digits.
#[derive(Serialize, ToSchema)]
pub struct Label {
    prefix: String,
    digits: usize,
}

/// The parent in hand.
#[derive(Serialize, ToSchema)]
pub struct SelectedParent {
    code: String,
    children: u32,
    capacity: u32,
    status: BagStatus,
}

/// Tells who is signed in and which parent they have in hand.
#[utoipa::path(get, path = "/api/v1/me", extensions(("x-permission" = json!(openapi::SIGNED_IN))), responses(
    (status = 200, description = "The person who is signed in.", body = Me)))]
pub async fn show(State(app): State<Bags>, caller: Caller) -> Result<Json<Me>, Problem> {
    let place = workplace::find(&app.db, caller.person.id).await?;
    let mut selected_parent = None;
    if let Some(code) = place.parent.as_deref().map(Code::stored) {
        let mut reader = app.db.read().await?;
        let line = bag::find(reader.conn(), &code, &caller.scope()).await?;
        selected_parent = line.map(|line| SelectedParent {
            code: line.code.to_string(),
            children: line.children,
            capacity: app.rules.capacity,
            status: line.status,
        });
    }
    let person = &caller.person;
    let can_scan = person.may(BAG_SCAN);
    Ok(Json(Me {
        id: person.id,
        name: person.name.clone(),
        area: person.area.as_ref().map(ToString::to_string),
        area_name: person.area.as_ref().map(Area::title),
        selected_parent,
        station: place.station,
        capacity: app.rules.capacity,
        parent_labels: app.rules.labels.formats().iter().map(Label::from).collect(),
        can_scan,
        can_bill: person.may(BILL_EDIT),
        locale: caller.locale,
        csrf: caller.csrf,
    }))
}

impl From<&LabelFormat> for Label {
    fn from(format: &LabelFormat) -> Self {
        Self { prefix: format.prefix.clone(), digits: format.digits }
    }
}
