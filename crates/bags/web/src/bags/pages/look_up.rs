//! Looking something up: what is called so opens, in whichever wing it is; otherwise everything whose code, number or name
//! has the text in it is listed, as under the search box; what is not there gets suggestions.

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use bags_rules::permission::BAG_READ;
use bags_store::bag;
use bags_store::bag::BagFilter;
use base_web::error::Problem;
use base_web::parameters::Parameters;
use base_web::resolve;
use base_web::session::Caller;
use base_web::view::{Frame, render};
use serde::Deserialize;

use crate::search;
use crate::search::Found;
use crate::state::Bags;

/// How many suggestions a code that does not exist gets, and how many of its characters they contain.
const SUGGESTIONS: u32 = 3;
const CHARACTERS: usize = 3;
/// Longest text that is shown again, in characters.
const SHOWN_MAX: usize = 100;

#[derive(Template)]
#[template(path = "bags/lookup.html")]
pub(crate) struct LookUpPage {
    pub(crate) frame: Frame,
    pub(crate) q: String,
    /// Bags, bills and people with the text in their code, number or name.
    pub(crate) found: Vec<Found>,
    pub(crate) suggestions: Vec<String>,
    /// How many codes were looked at, when the search for suggestions stopped there.
    pub(crate) looked_through: Option<u32>,
}

/// What is looked for; `qr_id` is the name of the earlier system.
#[derive(Deserialize)]
pub struct LookUpQuery {
    #[serde(default, alias = "qr_id")]
    q: String,
}

/// `GET /lookup`
pub async fn look_up(
    State(app): State<Bags>,
    caller: Caller,
    Parameters(query): Parameters<LookUpQuery>,
) -> Result<Response, Problem> {
    caller.must(BAG_READ)?;
    let q: String = query.q.trim().chars().take(SHOWN_MAX).collect();
    let (mut found, mut suggestions, mut looked_through) = (Vec::new(), Vec::new(), None);
    if !q.is_empty() && !q.chars().any(char::is_control) {
        if let Some(address) = resolve::address(&app, &caller, &q).await? {
            return Ok(Redirect::to(&address).into_response());
        }
        let results = search::results(&app, &caller, &q).await?;
        (found, looked_through) = (results.results, results.looked_through);
    }
    if !q.is_empty() && !q.chars().any(char::is_control) && found.is_empty() {
        let first: String = q.chars().take(CHARACTERS).collect();
        let filter = BagFilter { text: Some(first), ..BagFilter::default() };
        let mut reader = app.db.read().await?;
        let alike = bag::list(reader.conn(), &filter, &caller.scope(), None, SUGGESTIONS).await?;
        suggestions = alike.lines.iter().map(|line| line.code.to_string()).collect();
        looked_through = alike.looked_through.or(looked_through);
    }
    Ok(render(&LookUpPage { frame: Frame::of(&caller, "lookup"), q, found, suggestions, looked_through }))
}
