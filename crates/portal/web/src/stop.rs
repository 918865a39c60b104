//! The link of a mail by which it is stopped. It needs nobody to be signed in, and does nothing before its button is pressed:
//! programs that look at mails open every link.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use base_core::audit::Origin;
use base_core::realm::Realm;
use base_web::error::Problem;
use base_web::pages::accept_language;
use base_web::request::RequestFacts;
use base_web::view::{Frame, render};
use portal_rules::watch::Mailing;
use portal_store::{By, view, watch};
use portal_work::stop::{StopKey, Stops};

use crate::state::Portal;

#[derive(Template)]
#[template(path = "stop/show.html")]
struct StopPage {
    frame: Frame,
    address: String,
    /// What became of it; empty before the button is pressed.
    said: &'static str,
}

/// A link, taken apart.
type Link = Path<(String, i64, i64, String)>;

struct Target {
    stops: Stops,
    account: i64,
    id: i64,
}

async fn target(
    portal: &Portal,
    (what, account, id, proof): (String, i64, i64, String),
) -> Result<Option<Target>, Problem> {
    let key = StopKey::of(&portal.db, &*portal.entropy).await?;
    let stops = Stops::parse(&what).filter(|stops| key.is_proof(*stops, account, id, &proof));
    Ok(stops.map(|stops| Target { stops, account, id }))
}

fn page(facts: &RequestFacts, headers: &HeaderMap, said: &'static str) -> Response {
    let frame = Frame::outside(accept_language(headers), String::new(), facts);
    render(&StopPage { frame, address: facts.path.clone(), said })
}

/// `GET /portal/stop/{what}/{account}/{id}/{proof}`
pub async fn ask(
    State(portal): State<Portal>,
    Path(link): Link,
    headers: HeaderMap,
    facts: RequestFacts,
) -> Result<Response, Problem> {
    let is_known = target(&portal, link).await?.is_some();
    Ok(page(&facts, &headers, if is_known { "" } else { "stop-wrong" }))
}

/// `POST /portal/stop/{what}/{account}/{id}/{proof}`: stopping twice is stopping once.
pub async fn stop(
    State(portal): State<Portal>,
    Path(link): Link,
    headers: HeaderMap,
    facts: RequestFacts,
) -> Result<Response, Problem> {
    let Some(Target { stops, account, id }) = target(&portal, link).await? else {
        let mut response = page(&facts, &headers, "stop-wrong");
        *response.status_mut() = StatusCode::NOT_FOUND;
        return Ok(response);
    };
    let origin = Origin {
        realm: Realm::Customer,
        actor: Some(account),
        address: facts.address.clone(),
        agent: facts.agent.clone(),
        request_id: facts.id.clone(),
        station: None,
    };
    let by = By { at: portal.clock.now(), origin: &origin };
    let mut tx = portal.db.write().await?;
    let is_stopped = match stops {
        Stops::View => {
            let changed = view::set_mailing(tx.conn(), (account, id), (Mailing::Off, None), by).await?;
            changed.is_some()
        }
        Stops::Watch => watch::remove(tx.conn(), account, id).await?,
    };
    if is_stopped {
        by.note_about(tx.conn(), ("stock_mail_stopped", account), |entry| entry).await?;
    }
    tx.commit().await?;
    Ok(page(&facts, &headers, "stop-done"))
}
