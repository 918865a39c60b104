//! Addresses of the earlier system that name a bill. None of them changes anything, whatever its name says.

use axum::extract::{Path, State};
use axum::http::Uri;
use axum::response::Response;
use bags_rules::bill::BillNumber;
use base_web::error::Problem;
use base_web::pages::{moved, moved_with};
use base_web::session::Caller;
use base_web::view::path_part;

use crate::earlier;
use crate::state::Bags;

async fn address(app: &Bags, caller: &Caller, number: &str) -> Result<String, Problem> {
    let number = earlier::bill(app, caller, number).await?;
    let number = BillNumber::kept(&number).ok_or_else(|| Problem::not_found("This bill"))?;
    Ok(path_part(number.key().as_str()))
}

/// `GET /bill_management`: the list, or with `generate_summary` the summary that stood below it.
pub async fn management(uri: Uri) -> Response {
    let pairs = || uri.query().unwrap_or_default().split('&').filter_map(|pair| pair.split_once('='));
    if !pairs().any(|pair| pair == ("generate_summary", "true")) {
        return moved_with("/bills", &uri);
    }
    let day = |(name, day): (&str, &str)| match name {
        "date_from" => Some(format!("from={day}")),
        "date_to" => Some(format!("to={day}")),
        _ => None,
    };
    let days: Vec<String> = pairs().filter(|(_, day)| !day.is_empty()).filter_map(day).collect();
    moved(&format!("/reports/bills?{}", days.join("&")))
}

/// `GET /bill/{id}` and `GET /bill/{id}/finish`
pub async fn bill(State(app): State<Bags>, caller: Caller, Path(number): Path<String>) -> Result<Response, Problem> {
    Ok(moved(&format!("/bills/{}", address(&app, &caller, &number).await?)))
}

/// `GET /bill/{id}/edit`
pub async fn edit(State(app): State<Bags>, caller: Caller, Path(number): Path<String>) -> Result<Response, Problem> {
    Ok(moved(&format!("/bills/{}/edit", address(&app, &caller, &number).await?)))
}

/// `GET /bill/{id}/scan_parent` and `GET /scan_bill_parent/{id}`
pub async fn station(State(app): State<Bags>, caller: Caller, Path(number): Path<String>) -> Result<Response, Problem> {
    Ok(moved(&format!("/bills/station?bill={}", address(&app, &caller, &number).await?)))
}
