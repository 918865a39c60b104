//! Erasing the guests of an event that is over, by hand.

use axum::extract::{Path, State};
use axum::response::Response;
use base_web::error::Problem;
use base_web::form::Form;
use passes_rules::permission::EVENT_MANAGE;
use passes_store::erase;
use serde::Deserialize;

use super::pages::back_to;
use super::work::{by, find};
use crate::state::Passes;

/// Passes that are erased before the page answers; a job does the rest.
const AT_ONCE: u32 = 5;

/// Whether it is meant.
#[derive(Deserialize)]
pub struct EraseFields {
    /// The name of the event, typed by hand.
    #[serde(default)]
    name: String,
}

/// `POST /events/{event}/erase`
pub async fn erase(
    State(app): State<Passes>,
    Path(id): Path<String>,
    form: Form<EraseFields>,
) -> Result<Response, Problem> {
    let Form { caller, fields } = form;
    caller.must(EVENT_MANAGE)?;
    let event = find(&app, &caller, &id).await?;
    if fields.name.trim() != event.details.name.trim() {
        return Ok(back_to(event.id, "other-name"));
    }
    let origin = caller.origin(None);
    if !erase::begin(&app.db, event.id, by(&app, &origin)).await? {
        return Ok(back_to(event.id, "not-closed"));
    }
    for _ in 0..AT_ONCE {
        if erase::some(&app.db, app.clock.now()).await? == 0 {
            break;
        }
    }
    Ok(back_to(event.id, "erased"))
}
