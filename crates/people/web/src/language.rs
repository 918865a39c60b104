//! The language that a person reads.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use base_records::account;
use base_web::app::App;
use base_web::error::Problem;
use base_web::form::Form;
use base_web::locale;
use people_rules::next::safe_next;
use serde::Deserialize;

/// The language a person wants.
#[derive(Deserialize)]
pub struct LocaleFields {
    locale: String,
    #[serde(default)]
    next: String,
}

/// `POST /locale`
pub async fn choose(State(app): State<App>, form: Form<LocaleFields>) -> Result<Response, Problem> {
    let chosen = locale::choose(&form.fields.locale);
    let mut tx = app.db.write().await?;
    account::set_locale(tx.conn(), form.caller.person.id, chosen).await?;
    tx.commit().await?;
    app.sessions.forget_of(form.caller.person.id);
    Ok(Redirect::to(safe_next(&form.fields.next)).into_response())
}
