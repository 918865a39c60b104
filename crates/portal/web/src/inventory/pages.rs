//! The page of the stock: for the customer, and for staff who look at what a customer sees.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use base_core::account::AccountId;
use base_core::realm::Realm;
use base_records::account;
use base_web::error::Problem;
use base_web::session::Caller;
use base_web::view::{Frame, render};
use portal_rules::permission::CUSTOMER_VIEW;
use portal_store::By;

use super::work::{choices, scope_of, told};
use crate::state::Portal;
use crate::words::words_of;

#[derive(Template)]
#[template(path = "inventory/show.html")]
struct StockPage {
    frame: Frame,
    has_erp: bool,
    words: String,
    choices: String,
    account: AccountId,
    rows: &'static str,
    csrf: String,
}

/// `GET /inventory`
pub async fn show(State(portal): State<Portal>, caller: Caller) -> Result<Response, Problem> {
    let frame = Frame::of(&caller, "stock");
    let account = caller.person.id;
    let choices = serde_json::to_string(&choices(&portal, account).await?).map_err(|error| Problem::ours(&error))?;
    let (words, csrf) = (words_of(frame.locale), frame.csrf.clone());
    let has_erp = portal.live.is_some();
    Ok(render(&StockPage { frame, has_erp, words, choices, account, rows: "/inventory/api/rows", csrf }))
}

#[derive(Template)]
#[template(path = "inventory/view_as.html")]
struct ViewAsPage {
    frame: Frame,
    has_erp: bool,
    words: String,
    choices: String,
    account: AccountId,
    rows: String,
    csrf: String,
    name: String,
}

/// The customer of an address, for staff who may look.
async fn customer(portal: &Portal, caller: &Caller, id: &str) -> Result<(AccountId, String), Problem> {
    caller.must(CUSTOMER_VIEW)?;
    let unknown = || Problem::not_found("This customer");
    let id: AccountId = id.parse().map_err(|_| unknown())?;
    let mut reader = portal.db.read().await?;
    let person = account::person(reader.conn(), &portal.grants, id).await?;
    let person = person.filter(|person| person.realm == Realm::Customer).ok_or_else(unknown)?;
    Ok((id, person.called().to_owned()))
}

/// `GET /admin/customers/{id}/stock`
pub async fn view_as(
    State(portal): State<Portal>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let (account, name) = customer(&portal, &caller, &id).await?;
    let choices = serde_json::to_string(&choices(&portal, account).await?).map_err(|error| Problem::ours(&error))?;
    let frame = Frame::of(&caller, "customers");
    let words = words_of(frame.locale);
    let rows = format!("/admin/customers/{account}/stock/rows");
    let has_erp = portal.live.is_some();
    // Without the proof the page has nothing that could change anything.
    Ok(render(&ViewAsPage { frame, has_erp, words, choices, account, rows, csrf: String::new(), name }))
}

/// `GET /admin/customers/{id}/stock/rows`: each look is in the trail.
pub async fn view_as_rows(
    State(portal): State<Portal>,
    caller: Caller,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let (account, _) = customer(&portal, &caller, &id).await?;
    let scope = scope_of(&portal, account).await?;
    let origin = caller.origin(None);
    let by = By { at: portal.clock.now(), origin: &origin };
    let mut tx = portal.db.write().await?;
    by.note_about(tx.conn(), ("stock_viewed_as", account), |entry| entry).await?;
    tx.commit().await?;
    Ok(([(header::CONTENT_TYPE, "application/json")], told(&portal, &scope).await).into_response())
}
