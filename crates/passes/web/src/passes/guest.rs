//! The page of a pass for its guest, at an address that nobody guesses: the pass, and whether it was used.
//!
//! Invariants: whoever does not know the address learns nothing, not even whether there is such a pass; programs that look
//! pages through for previews and searches get no name, and are told to keep nothing; after a transfer the address of before
//! shows nothing any more. Whoever tries addresses is soon told to wait, and those who know theirs are not: guests who share
//! an address of the network, as behind one router, are counted by nothing.

use askama::Template;
use axum::Extension;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::response::Response;
use base_web::error::Problem;
use base_web::locale;
use base_web::pages::accept_language;
use base_web::refusals::Refusal;
use base_web::request::RequestFacts;
use base_web::view::{Fragment, Frame, render};
use passes_store::event::{self, EventLine, Seen};
use passes_store::pass::{self, PassLine};

use super::card::Shown;
use super::work::mark_is_right;
use crate::shown::{shown_in, zone};
use crate::state::Passes;

const ROBOTS: HeaderName = HeaderName::from_static("x-robots-tag");
/// What programs call themselves that look pages through.
const ROBOT_WORDS: [&str; 9] = ["bot", "crawl", "spider", "preview", "whatsapp", "facebook", "slurp", "curl", "python"];

#[derive(Template)]
#[template(path = "passes/guest.html")]
struct GuestPage {
    frame: Frame,
    /// Empty for a program that looks pages through.
    card: Option<Fragment>,
    event: EventLine,
    status: &'static str,
    used_at: String,
    address: String,
    file: String,
}

/// True for a program that looks pages through.
fn is_robot(agent: &str) -> bool {
    let agent = agent.to_ascii_lowercase();
    agent.is_empty() || ROBOT_WORDS.iter().any(|word| agent.contains(word))
}

/// The pass of an address, with its event.
async fn find(app: &Passes, (id, mark): (&str, &str), facts: &RequestFacts) -> Result<(PassLine, EventLine), Problem> {
    let not_found = || {
        let address = facts.counted_address();
        if app.wrong_looks.allows(&address) {
            return Problem::not_found("This pass");
        }
        app.refusals.count(Refusal::RATE_LIMIT, &address, app.clock.now());
        Problem::too_often(60)
    };
    let mut reader = app.db.read().await?;
    let line = pass::find(reader.conn(), id).await?.ok_or_else(not_found)?;
    if !mark_is_right(app, &line, mark) || line.is_erased {
        return Err(not_found());
    }
    let event = event::find(reader.conn(), line.event, Seen::All).await?.ok_or_else(not_found)?;
    Ok((line, event))
}

fn kept_nowhere(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(ROBOTS, HeaderValue::from_static("noindex, nofollow, noarchive, nosnippet, noimageindex"));
    response
}

/// `GET /p/{pass}/{mark}`
pub async fn show(
    State(app): State<Passes>,
    Path((id, mark)): Path<(String, String)>,
    Extension(facts): Extension<RequestFacts>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let (line, event) = find(&app, (&id, &mark), &facts).await?;
    let frame = Frame::outside(accept_language(&headers), String::new(), &facts);
    let shown = Shown { pass: &line, event: &event, locale: frame.locale };
    let card = if is_robot(&facts.agent) { None } else { Some(shown.picture(&app).await?) };
    let status = match (line.cancelled_at, line.entered_at) {
        (Some(_), _) => "guest-cancelled",
        (None, Some(_)) => "guest-used",
        (None, None) => "guest-unused",
    };
    let used_at = line.entered_at.filter(|_| line.cancelled_at.is_none());
    let zone = zone(&app, &event.details);
    let page = GuestPage {
        used_at: used_at.map(|at| shown_in(at, &zone)).unwrap_or_default(),
        address: format!("/p/{id}/{mark}"),
        file: shown.file_name(),
        status,
        card,
        event,
        frame,
    };
    Ok(kept_nowhere(render(&page)))
}

/// `GET /p/{pass}/{mark}/{file}`: `card.svg` or `pass.pdf`.
pub async fn file(
    State(app): State<Passes>,
    Path((id, mark, file)): Path<(String, String, String)>,
    Extension(facts): Extension<RequestFacts>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let (line, event) = find(&app, (&id, &mark), &facts).await?;
    let locale = locale::choose(accept_language(&headers));
    let shown = Shown { pass: &line, event: &event, locale };
    let is_for_people = !is_robot(&facts.agent);
    match file.as_str() {
        "card.svg" if is_for_people => Ok(kept_nowhere(shown.svg(&app).await?)),
        "pass.pdf" if is_for_people => Ok(kept_nowhere(shown.paper(&app).await?)),
        _ => Err(Problem::not_found("This file")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_that_look_pages_through_are_known_by_their_names() {
        for agent in ["", "WhatsApp/2.23.20.0 A", "facebookexternalhit/1.1", "Mozilla/5.0 (compatible; Googlebot/2.1)"]
        {
            assert!(is_robot(agent), "{agent}");
        }
        assert!(!is_robot("Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/120.0 Mobile Safari/537.36"));
    }
}
