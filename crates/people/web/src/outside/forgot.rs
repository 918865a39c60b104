//! `/forgot` and `/portal/forgot`: a mail with a link for a new password. Whoever asks reads the same and waits as long,
//! whether there is such an account or not.

use askama::Template;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use base_core::time::MINUTE_US;
use base_web::door::Door;
use base_web::error::Problem;
use base_web::request::RequestFacts;
use base_web::view::Frame;
use people_rules::sign_in::Outside;
use people_store::{By, Failed, password};
use serde::Deserialize;

use super::link::{LinkPages, link_pages};
use super::{Proven, Sent, Visitor, answered_at_earliest, read};
use crate::accounts::work::send_link;
use crate::refused::problem;
use crate::sign_in::tries::Judge;
use crate::state::People;

/// Longest e-mail that is looked for, in bytes.
const EMAIL_BYTES_MAX: usize = 320;

/// A link that is younger than this stays, and no second mail goes.
const SPARED_US: i64 = 5 * MINUTE_US;

#[derive(Template)]
#[template(path = "outside/forgot.html")]
struct ForgotPage {
    frame: Frame,
    door: &'static Door,
    pages: &'static LinkPages,
    /// True where a mail can go at all.
    can_mail: bool,
    /// What was wrong with the form; empty if nothing was.
    fault: String,
    is_done: bool,
}

impl ForgotPage {
    fn of(app: &People, visitor: &Visitor) -> Self {
        let pages = link_pages(visitor.facts.realm);
        let can_mail = pages.can_mail(app);
        Self { frame: visitor.frame(), door: visitor.door(), pages, can_mail, fault: String::new(), is_done: false }
    }
}

/// `GET /forgot` and `GET /portal/forgot`
pub async fn ask(State(app): State<People>, headers: HeaderMap, facts: RequestFacts) -> Response {
    let visitor = Visitor::new(&app, headers, facts);
    let page = ForgotPage::of(&app, &visitor);
    visitor.page(&app, &page, StatusCode::OK)
}

/// Who forgot their password.
#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
struct Fields {
    csrf: String,
    hp_email: String,
    email: String,
}

impl Proven for Fields {
    fn csrf(&self) -> &str {
        &self.csrf
    }

    fn trap(&self) -> &str {
        &self.hp_email
    }
}

/// `POST /forgot` and `POST /portal/forgot`
pub async fn send(State(app): State<People>, request: Request) -> Result<Response, Problem> {
    let earliest = answered_at_earliest();
    let (visitor, sent) = read::<Fields>(&app, request).await?;
    let mut page = ForgotPage::of(&app, &visitor);
    let fields = match sent {
        Sent::Fields(fields) => fields,
        Sent::Trapped(_) => {
            page.is_done = true;
            return Ok(visitor.page(&app, &page, StatusCode::OK));
        }
        Sent::Stale(_) => {
            page.fault = page.frame.t("sign-in-stale");
            return Ok(visitor.page(&app, &page, StatusCode::UNPROCESSABLE_ENTITY));
        }
    };
    let email = fields.email.trim().to_lowercase();
    visitor.admitted(&app, Outside::Link).await?;
    if page.can_mail && email.len() <= EMAIL_BYTES_MAX && email.contains('@') {
        send_if_known(&app, &visitor, &email).await?;
    }
    page.is_done = true;
    tokio::time::sleep_until(earliest).await;
    Ok(visitor.page(&app, &page, StatusCode::OK))
}

async fn send_if_known(app: &People, visitor: &Visitor, email: &str) -> Result<(), Problem> {
    let (mut reader, realm) = (app.db.read().await?, visitor.facts.realm);
    let to = password::recipient(reader.conn(), realm, email).await?;
    drop(reader);
    let Some(to) = to else { return Ok(()) };
    let origin = visitor.origin();
    let by = By { at: app.clock.now(), origin: &origin };
    // Where the site has mailed enough, whoever asks reads what everybody reads.
    let of_site = Judge::of_outside(Outside::LinkMail(realm), &visitor.facts.counted_address());
    if of_site.admits(app).await?.is_err() {
        return Ok(());
    }
    // The mail before is on its way: another one would only make its link open nothing.
    match send_link(app, (realm, &to), Some(by.at.plus_us(-SPARED_US)), by).await {
        // A full outbox is told to admins, and to nobody here: it would tell who is there.
        Err(Failed::Refused(_)) => Ok(()),
        other => other.map_err(problem),
    }
}
