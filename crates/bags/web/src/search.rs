//! The search box: bags, bills and people by any part of their code, number or name.

use axum::Json;
use axum::extract::State;
use bags_rules::bag::BagKind;
use bags_rules::permission::{BAG_READ, BILL_READ};
use bags_store::bag::{BagFilter, BagLine};
use bags_store::bill::{BillFilter, BillLine};
use bags_store::{bag, bill};
use base_core::permission::ACCOUNT_MANAGE;
use base_db::Reader;
use base_records::account;
use base_web::error::Problem;
use base_web::parameters::Parameters;
use base_web::session::{Caller, STAFF};
use base_web::view::path_part;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::filter::text;
use crate::state::Bags;

/// Results unless asked otherwise.
const LIMIT_DEFAULT: u32 = 8;
/// Most results.
const LIMIT_MAX: u32 = 20;

/// What is handled here, with its description.
pub fn router() -> OpenApiRouter<Bags> {
    OpenApiRouter::new().routes(routes!(search))
}

/// What is looked for.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct SearchQuery {
    /// A piece of a code, a bill's number or a user name; with fewer than three characters, its beginning.
    q: Option<String>,
    /// Most results, 1 to 20; 8 when not given.
    #[param(minimum = 1, maximum = 20)]
    limit: Option<u32>,
}

/// What was found.
#[derive(Default, Serialize, ToSchema)]
pub struct SearchResults {
    /// Exact matches first, then one of each kind in turn.
    pub(crate) results: Vec<Found>,
    /// How many bags were looked at, when the search stopped there: type more of the code. Null otherwise.
    pub(crate) looked_through: Option<u32>,
}

/// One thing that was found.
#[derive(Clone, Serialize, ToSchema)]
pub struct Found {
    /// `bag`, `bill` or `person`.
    pub(crate) kind: &'static str,
    /// Its code, number or name.
    pub(crate) label: String,
    /// A short detail: how many children, which bill, which parent.
    pub(crate) detail: String,
    /// Its page.
    pub(crate) address: String,
}

impl From<&BagLine> for Found {
    fn from(line: &BagLine) -> Self {
        let detail = match (line.kind, &line.bill, &line.parent) {
            (BagKind::Parent, Some(bill), _) => format!("{} · {bill}", line.children),
            (BagKind::Parent, None, _) => line.children.to_string(),
            (BagKind::Child, _, Some(parent)) => parent.to_string(),
            (BagKind::Child, _, None) => String::new(),
        };
        let address = format!("/bags/{}", path_part(line.code.as_str()));
        Self { kind: "bag", label: line.code.to_string(), detail, address }
    }
}

impl From<&BillLine> for Found {
    fn from(line: &BillLine) -> Self {
        let detail = format!("{} / {}", line.parents, line.capacity);
        Self {
            kind: "bill",
            label: line.number.clone(),
            detail,
            address: format!("/bills/{}", path_part(line.key.as_str())),
        }
    }
}

/// Searches the bags and bills of the caller's areas, and people if the caller may manage them.
#[utoipa::path(get, path = "/api/v1/search", extensions(("x-permission" = json!(BAG_READ.name()))),
    params(SearchQuery), responses(
    (status = 200, description = "What was found.", body = SearchResults)))]
pub async fn search(
    State(app): State<Bags>,
    caller: Caller,
    Parameters(query): Parameters<SearchQuery>,
) -> Result<Json<SearchResults>, Problem> {
    caller.must(BAG_READ)?;
    let limit @ 1..=LIMIT_MAX = query.limit.unwrap_or(LIMIT_DEFAULT) else {
        return Err(Problem::field("limit", format!("Ask for 1 to {LIMIT_MAX} results.")));
    };
    let Some(wanted) = text("q", query.q.as_deref())? else { return Ok(Json(SearchResults::default())) };
    Ok(Json(look(&app, &caller, &wanted, limit).await?))
}

/// What the search page shows: the same as under the search box, only more of it.
pub async fn results(app: &Bags, caller: &Caller, wanted: &str) -> Result<SearchResults, Problem> {
    look(app, caller, wanted, LIMIT_MAX).await
}

async fn look(app: &Bags, caller: &Caller, wanted: &str, limit: u32) -> Result<SearchResults, Problem> {
    let mut reader = app.db.read().await?;
    let (bags, looked_through) = bags(&mut reader, caller, wanted, limit).await?;
    let kinds =
        [bags, bills(&mut reader, caller, wanted, limit).await?, people(&mut reader, caller, wanted, limit).await?];
    Ok(SearchResults { results: in_turn(&kinds, wanted, limit as usize), looked_through })
}

/// The bags, and how many were looked at if the search stopped there.
async fn bags(
    reader: &mut Reader,
    caller: &Caller,
    wanted: &str,
    limit: u32,
) -> Result<(Vec<Found>, Option<u32>), Problem> {
    let filter = BagFilter { text: Some(wanted.to_owned()), ..BagFilter::default() };
    let page = bag::list(reader.conn(), &filter, &caller.scope(), None, limit).await?;
    Ok((page.lines.iter().map(Found::from).collect(), page.looked_through))
}

async fn bills(reader: &mut Reader, caller: &Caller, wanted: &str, limit: u32) -> Result<Vec<Found>, Problem> {
    if !caller.person.may(BILL_READ) {
        return Ok(Vec::new());
    }
    let filter = BillFilter { text: Some(wanted.to_owned()), ..BillFilter::default() };
    let page = bill::list(reader.conn(), &filter, &caller.scope(), None, limit).await?;
    Ok(page.bills.iter().map(Found::from).collect())
}

async fn people(reader: &mut Reader, caller: &Caller, wanted: &str, limit: u32) -> Result<Vec<Found>, Problem> {
    if !caller.person.may(ACCOUNT_MANAGE) {
        return Ok(Vec::new());
    }
    let found = account::search(reader.conn(), STAFF, wanted, limit).await?;
    let person = |(_, name): (_, String)| Found {
        kind: "person",
        detail: String::new(),
        address: format!("/reports/people/{}", path_part(&name)),
        label: name,
    };
    Ok(found.into_iter().map(person).collect())
}

/// Exact matches, then one of each kind in turn, so that no kind crowds out the others.
fn in_turn(kinds: &[Vec<Found>], wanted: &str, limit: usize) -> Vec<Found> {
    let is_exact = |found: &Found| found.label.eq_ignore_ascii_case(wanted.trim());
    let all = || kinds.iter().flatten();
    let mut results: Vec<Found> = all().filter(|found| is_exact(found)).cloned().collect();
    let longest = kinds.iter().map(Vec::len).max().unwrap_or_default();
    let rest = (0..longest).flat_map(|at| kinds.iter().filter_map(move |kind| kind.get(at)));
    results.extend(rest.filter(|found| !is_exact(found)).cloned());
    results.truncate(limit);
    results
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(kind: &'static str, label: &str) -> Found {
        Found { kind, label: label.into(), detail: String::new(), address: String::new() }
    }

    #[test]
    fn the_exact_one_is_first_and_no_kind_crowds_the_others_out() {
        let bags = (0..5).map(|n| found("bag", &format!("SB0000{n}"))).collect();
        let kinds = [bags, vec![found("bill", "B-SB0"), found("bill", "sb0")], vec![found("person", "sb0mit")]];
        let labels: Vec<String> = in_turn(&kinds, "SB0", 5).into_iter().map(|found| found.label).collect();
        assert_eq!(labels, ["sb0", "SB00000", "B-SB0", "sb0mit", "SB00001"]);
    }
}
