//! What people do before they can sign in: register, ask for a link for a new password, set one by it.
//!
//! Invariants: no answer says whether there is an account, nor does the time that it takes; every form carries the proof that
//! it is ours; a field that people do not see stops programs that fill in every field; tries are limited.

pub mod forgot;
pub mod link;
pub mod register;
pub mod reset;

use std::time::Duration;

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;
use base_core::audit::Origin;
use base_secret as secret;
use base_secret::Token;
use base_web::door::{Door, door};
use base_web::error::Problem;
use base_web::pages::accept_language;
use base_web::rate::Rate;
use base_web::refusals::Refusal;
use base_web::request::RequestFacts;
use base_web::session::{cookie, form_cookie, set_cookie};
use base_web::view::{Frame, render};
use base_web::{body, form};
use people_rules::sign_in::Outside;
use serde::de::DeserializeOwned;

use crate::sign_in::tries::Judge;
use crate::state::People;

/// Every answer to a form takes at least this long, whatever was found.
const ANSWER_TIME_MIN: Duration = Duration::from_millis(500);
/// Largest form, in bytes.
const FORM_BYTES_MAX: usize = 16 * 1024;
/// What the proof of these forms is derived for.
const PURPOSE: &str = "outside";

/// What came with a request of somebody who is not signed in.
pub(crate) struct Visitor {
    pub(crate) headers: HeaderMap,
    pub(crate) facts: RequestFacts,
    proof: String,
}

impl Visitor {
    pub(crate) fn new(app: &People, headers: HeaderMap, facts: RequestFacts) -> Self {
        let known = cookie(&headers, form_cookie(app)).filter(|value| value.len() == 64).map(ToOwned::to_owned);
        let proof = known.unwrap_or_else(|| Token::new("", &*app.entropy).text);
        Self { headers, facts, proof }
    }

    /// The frame of a page for this visitor.
    pub(crate) fn frame(&self) -> Frame {
        Frame::outside(accept_language(&self.headers), secret::derive(&self.proof, PURPOSE), &self.facts)
    }

    /// A page, with the cookie that belongs to its form.
    pub(crate) fn page(&self, app: &People, page: &impl askama::Template, status: StatusCode) -> Response {
        let mut response = render(page);
        *response.status_mut() = status;
        let set = HeaderValue::from_str(&set_cookie(app, form_cookie(app), &self.proof)).expect("hex digits");
        response.headers_mut().append(header::SET_COOKIE, set);
        response
    }

    /// Where people of this realm come in.
    pub(crate) fn door(&self) -> &'static Door {
        door(self.facts.realm)
    }

    /// Who did it, for the trail: nobody whom we know.
    pub(crate) fn origin(&self) -> Origin {
        Origin {
            realm: self.facts.realm,
            actor: None,
            address: self.facts.address.clone(),
            agent: self.facts.agent.clone(),
            request_id: self.facts.id.clone(),
            station: None,
        }
    }

    /// Refuses what all nodes of the site together have had too often, from this address or at all.
    pub(crate) async fn admitted(&self, app: &People, what: Outside<'_>) -> Result<(), Problem> {
        let address = self.facts.counted_address();
        let Err(seconds) = Judge::of_outside(what, &address).admits(app).await? else { return Ok(()) };
        app.refusals.count(Refusal::RATE_LIMIT, &address, app.clock.now());
        Err(Problem::too_often(seconds))
    }

    /// Refuses one try too many on this node, and counts it.
    pub(crate) fn limited(&self, app: &People, rate: &Rate, keys: &[String]) -> Result<(), Problem> {
        if keys.iter().all(|key| rate.allows(key)) {
            return Ok(());
        }
        app.refusals.count(Refusal::RATE_LIMIT, &self.facts.counted_address(), app.clock.now());
        Err(Problem::too_often(60))
    }
}

/// The proof and the field that people do not see, in every form.
pub(crate) trait Proven {
    /// The proof that the form is ours.
    fn csrf(&self) -> &str;
    /// What a program filled in that fills in every field.
    fn trap(&self) -> &str;
}

/// What became of a form before it is looked at.
pub(crate) enum Sent<T> {
    /// It is ours, and of a person.
    Fields(T),
    /// It was open for too long, or is not ours.
    Stale(T),
    /// A program filled it in.
    Trapped(T),
}

/// Reads a form of a visitor.
pub(crate) async fn read<T: DeserializeOwned + Proven>(
    app: &People,
    request: Request,
) -> Result<(Visitor, Sent<T>), Problem> {
    let headers = request.headers().clone();
    let facts = request.extensions().get::<RequestFacts>().cloned().expect("`wrap` stands around every route");
    let has_cookie = cookie(&headers, form_cookie(app)).is_some_and(|value| value.len() == 64);
    let visitor = Visitor::new(app, headers, facts);
    let bytes = body::read(request, FORM_BYTES_MAX).await?;
    let fields: T = form::fields(&bytes).await?;
    if !fields.trap().is_empty() {
        app.refusals.count(Refusal::HONEYPOT, &visitor.facts.counted_address(), app.clock.now());
        return Ok((visitor, Sent::Trapped(fields)));
    }
    // Without the cookie there is no proof: anybody can compute the proof for an empty one.
    let is_ours = has_cookie && secret::equal(&secret::derive(&visitor.proof, PURPOSE), fields.csrf());
    Ok((visitor, if is_ours { Sent::Fields(fields) } else { Sent::Stale(fields) }))
}

/// The moment before which no answer to a form goes.
pub(crate) fn answered_at_earliest() -> tokio::time::Instant {
    tokio::time::Instant::now() + ANSWER_TIME_MIN
}
