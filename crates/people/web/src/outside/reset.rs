//! `/reset/…` and `/portal/reset/…`: a new password by a link, once. Nobody is signed in by it, and a second factor is still asked for.

use askama::Template;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use base_secret::hash_token;
use base_web::door::Door;
use base_web::error::Problem;
use base_web::pages::moved;
use base_web::request::RequestFacts;
use base_web::view::{Frame, path_part};
use people_rules::account::Refusal;
use people_store::password::Recipient;
use people_store::{By, Failed, password};
use serde::Deserialize;

use super::link::{LinkPages, link_pages};
use super::{Proven, Sent, Visitor, answered_at_earliest, read};
use crate::refused::{Fault, problem};
use crate::state::People;
use crate::{hashing, refused};

#[derive(Template)]
#[template(path = "outside/reset.html")]
struct ResetPage {
    frame: Frame,
    door: &'static Door,
    pages: &'static LinkPages,
    /// The end of the link.
    token: String,
    names: String,
    /// True while the link opens.
    is_open: bool,
    is_done: bool,
    fault: Option<Fault>,
}

impl ResetPage {
    fn fault(&self, field: &str) -> &str {
        self.fault.as_ref().filter(|(wrong, _)| wrong == field).map_or("", |(_, words)| words.as_str())
    }

    fn fault_of_all(&self) -> &str {
        let fields = ["new_password", "again"];
        self.fault
            .as_ref()
            .filter(|(wrong, _)| !fields.contains(&wrong.as_str()))
            .map_or("", |(_, words)| words.as_str())
    }

    async fn of(app: &People, visitor: &Visitor, token: String) -> Result<(Self, Option<Recipient>), Problem> {
        let (mut reader, realm) = (app.db.read().await?, visitor.facts.realm);
        let to = password::of_link(reader.conn(), realm, &hash_token(&token), app.clock.now()).await?;
        let names = to.as_ref().map(|to| format!("{} {}", to.username, to.called)).unwrap_or_default();
        let (frame, door, pages) = (visitor.frame(), visitor.door(), link_pages(realm));
        Ok((Self { frame, door, pages, token, names, is_open: to.is_some(), is_done: false, fault: None }, to))
    }
}

/// `GET /reset/{token}` and `GET /portal/reset/{token}`
pub async fn ask(
    State(app): State<People>,
    Path(token): Path<String>,
    headers: HeaderMap,
    facts: RequestFacts,
) -> Result<Response, Problem> {
    let visitor = Visitor::new(&app, headers, facts);
    let (page, to) = ResetPage::of(&app, &visitor, token).await?;
    let status = if to.is_some() { StatusCode::OK } else { StatusCode::GONE };
    Ok(visitor.page(&app, &page, status))
}

/// `GET /reset_password/{token}`: an address of the earlier system.
pub async fn moved_here(Path(token): Path<String>) -> Response {
    moved(&format!("/reset/{}", path_part(&token)))
}

/// A new password.
#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
struct Fields {
    csrf: String,
    hp_email: String,
    new_password: String,
    again: String,
}

impl Proven for Fields {
    fn csrf(&self) -> &str {
        &self.csrf
    }

    fn trap(&self) -> &str {
        &self.hp_email
    }
}

/// `POST /reset/{token}` and `POST /portal/reset/{token}`
pub async fn set(State(app): State<People>, Path(token): Path<String>, request: Request) -> Result<Response, Problem> {
    let earliest = answered_at_earliest();
    let (visitor, sent) = read::<Fields>(&app, request).await?;
    visitor.limited(&app, &app.own().resets, &[visitor.facts.counted_address()])?;
    let (mut page, to) = ResetPage::of(&app, &visitor, token).await?;
    let done = match (sent, to) {
        (Sent::Fields(fields), Some(to)) => by_link(&app, &visitor, &page, (&fields, &to)).await?,
        (_, None) => Err((String::new(), refused::words(&page.frame, Refusal::BadLink))),
        (Sent::Stale(_) | Sent::Trapped(_), Some(_)) => Err((String::new(), page.frame.t("sign-in-stale"))),
    };
    tokio::time::sleep_until(earliest).await;
    match done {
        Ok(()) => {
            page.is_done = true;
            Ok(visitor.page(&app, &page, StatusCode::OK))
        }
        Err(fault) => {
            page.fault = Some(fault);
            let status = if page.is_open { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::GONE };
            Ok(visitor.page(&app, &page, status))
        }
    }
}

async fn by_link(
    app: &People,
    visitor: &Visitor,
    page: &ResetPage,
    (fields, to): (&Fields, &Recipient),
) -> Result<Result<(), Fault>, Problem> {
    if fields.new_password != fields.again {
        return Ok(Err(("again".to_owned(), page.frame.t("password-differs"))));
    }
    let rule = hashing::rule(app, [to.username.as_str(), to.called.as_str(), to.email.as_str()]);
    if let Err(fault) = rule.check(&fields.new_password) {
        return Ok(Err(("new_password".to_owned(), refused::weak_words(&page.frame, fault))));
    }
    let hash = hashing::hash_for_stranger(app, &fields.new_password).await?;
    let origin = visitor.origin();
    let by = By { at: app.clock.now(), origin: &origin };
    let mut tx = app.db.write().await?;
    match password::by_link(tx.conn(), visitor.facts.realm, &hash_token(&page.token), &hash, by).await {
        Ok(_) => {
            tx.commit().await?;
            app.rights_changed();
            Ok(Ok(()))
        }
        Err(Failed::Refused(refusal)) => Ok(Err((String::new(), refused::words(&page.frame, refusal)))),
        Err(failed) => Err(problem(failed)),
    }
}
