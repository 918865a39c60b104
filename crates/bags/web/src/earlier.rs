//! Addresses of the earlier system that hold a number of its database.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use bags_rules::permission::{BAG_READ, BILL_READ};
use bags_store::earlier;
use bags_store::earlier::{EarlierKind, Lead};
use base_records::account;
use base_web::error::Problem;
use base_web::pages::moved;
use base_web::session::Caller;

use crate::bills::work;
use crate::filter::chosen;
use crate::state::Bags;

/// 404: the number leads to nothing.
fn leads_nowhere(what: &str, number: i64, lead: &Lead) -> Problem {
    let detail = match lead {
        Lead::Several => {
            format!("Several earlier systems had a {what} with the number {number}. Search for it by name.")
        }
        _ => format!("{number} is the number of a {what} in the earlier system, and none with it came over."),
    };
    Problem::new(StatusCode::NOT_FOUND, "earlier_number", detail)
}

fn number(text: &str) -> Option<i64> {
    let is_number = !text.is_empty() && text.len() <= 10 && text.bytes().all(|byte| byte.is_ascii_digit());
    if is_number { text.parse().ok() } else { None }
}

/// The number of the bill that an old address names: by its own number, or by that of its row there. A text of digits is
/// the latter, as it was there, unless no bill can have had it.
pub async fn bill(app: &Bags, caller: &Caller, text: &str) -> Result<String, Problem> {
    let Some(number) = number(text) else { return Ok(text.to_owned()) };
    caller.must(BILL_READ)?;
    let lead = earlier::lead(app.db.read().await?.conn(), EarlierKind::Bill, number).await?;
    match lead {
        Lead::To(bill) => {
            // Who may not see the bill does not learn its number.
            let seen = work::find(app, caller, &bill).await.map_err(|problem| match problem.status() {
                StatusCode::NOT_FOUND => leads_nowhere("bill", number, &Lead::Gone),
                _ => problem,
            })?;
            Ok(seen.number)
        }
        Lead::Foreign => Ok(text.to_owned()),
        nowhere => Err(leads_nowhere("bill", number, &nowhere)),
    }
}

/// The user name of the person that an old parameter names: by name, by a word, or by their number there.
pub async fn person(app: &Bags, text: Option<&str>) -> Result<Option<String>, Problem> {
    let Some(text) = chosen(text) else { return Ok(None) };
    let Some(number) = number(text) else { return Ok(Some(text.to_owned())) };
    let mut reader = app.db.read().await?;
    let lead = earlier::lead(reader.conn(), EarlierKind::User, number).await?;
    let id = if let Lead::To(account) = &lead { account.parse().ok() } else { None };
    let Some(id) = id else { return Err(leads_nowhere("person", number, &lead)) };
    let name = account::name(reader.conn(), id).await?;
    name.map(Some).ok_or_else(|| leads_nowhere("person", number, &Lead::Gone))
}

/// `GET /scan/{id}`
pub async fn scan(State(app): State<Bags>, caller: Caller, Path(text): Path<String>) -> Result<Response, Problem> {
    caller.must(BAG_READ)?;
    let Some(number) = number(&text) else { return Err(Problem::not_found("This scan")) };
    let mut reader = app.db.read().await?;
    let lead = earlier::lead(reader.conn(), EarlierKind::Scan, number).await?;
    let seq = match &lead {
        Lead::To(id) => earlier::scan_with(reader.conn(), id).await?,
        _ => None,
    };
    let seq = seq.ok_or_else(|| leads_nowhere("scan", number, &lead))?;
    Ok(moved(&format!("/scans/{seq}")))
}
