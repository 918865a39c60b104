//! One person: who they are, what they did, what can be done about the account.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{StatusCode, Uri, header};
use axum::response::{IntoResponse, Redirect, Response};
use base_core::permission::{ACCOUNT_MANAGE, AUDIT_READ};
use base_core::time::Moment;
use base_web::error::Problem;
use base_web::form::{Form, NoFields};
use base_web::pages::{apart_from_said, moved};
use base_web::session::Caller;
use base_web::view::{Frame, Said, Undo, grouped, path_part, render};
use people_rules::permission::PERSON_ERASE;
use people_store::account::{Account, State as AccountState};
use serde::Deserialize;

use super::{Shown, shown};
use crate::accounts::archive;
use crate::accounts::work;
use crate::accounts::work::{About, Act, Given, OwnData, Way};
use crate::refused;
use crate::state::People;

/// A line of a person's history.
pub(crate) struct Line {
    pub(crate) at: String,
    pub(crate) action: String,
    pub(crate) subject: String,
    pub(crate) by: String,
    pub(crate) address: String,
}

/// How much is kept of one kind.
pub(crate) struct Figure {
    pub(crate) words: String,
    pub(crate) n: String,
}

#[derive(Template)]
#[template(path = "accounts/show.html")]
#[expect(clippy::struct_excessive_bools, reason = "each decides about one part of the page")]
pub(crate) struct ShowPage {
    pub(crate) frame: Frame,
    pub(crate) user: Shown,
    pub(crate) temporary_until: String,
    pub(crate) link_until: String,
    pub(crate) figures: Vec<Figure>,
    /// Pages about what the person did, by wing.
    pub(crate) more: Vec<String>,
    pub(crate) did: Vec<Line>,
    pub(crate) changes: Vec<Line>,
    /// What may be done here: nobody changes their own account on this page.
    pub(crate) may_manage: bool,
    pub(crate) may_erase: bool,
    pub(crate) is_own: bool,
    /// True where a mail can go to the person.
    pub(crate) can_mail: bool,
    /// True where a link in it leads here.
    pub(crate) can_link: bool,
    /// True where the caller may look at all sign-ins of the person.
    pub(crate) reads_trail: bool,
    pub(crate) said: Option<Said>,
}

impl ShowPage {
    fn is_active(&self) -> bool {
        self.user.state != AccountState::Inactive
    }

    fn address(&self, act: &str) -> String {
        format!("/admin/users/{}/{act}", self.user.id)
    }
}

/// `GET /admin/users/{id}`
pub async fn show(
    State(app): State<People>,
    caller: Caller,
    Path(id): Path<String>,
    uri: Uri,
) -> Result<Response, Problem> {
    let account = work::find(&app, &caller, &id).await?;
    let (said, _) = apart_from_said::<serde::de::IgnoredAny>(&uri);
    let frame = Frame::of(&caller, "users");
    let said = said_of(&frame, &account, &said);
    show_page(&app, &caller, &account, said).await
}

/// The words for what a button did, with a way back where there is one.
fn said_of(frame: &Frame, account: &Account, said: &str) -> Option<Said> {
    let known = ["created", "saved", "unchanged", "activate", "deactivate", "unlock", "send-link", "void-link"];
    let done =
        known.contains(&said).then(|| Said::yes(frame.t1(&format!("user-said-{said}"), "name", &account.called)))?;
    let back = match said {
        "activate" => "deactivate",
        "deactivate" => "activate",
        _ => return Some(done),
    };
    let undo = Undo { address: format!("/admin/users/{}/{back}", account.id), fields: Vec::new() };
    Some(Said { undo: Some(undo), ..done })
}

async fn show_page(app: &People, caller: &Caller, account: &Account, said: Option<Said>) -> Result<Response, Problem> {
    let about = work::about(app, account).await?;
    let frame = Frame::of(caller, "users");
    let (did, changes) = lines(app, &frame, &about);
    let time = |at: Option<Moment>| at.map(|at| shown(at, app)).unwrap_or_default();
    let now = app.clock.now();
    let can_mail = account.email.is_some() && app.settings.outbox.is_open();
    let figure = |(wing, kept): &(&'static str, base_seams::Kept)| Figure {
        words: frame.t(&format!("kept-{wing}-{}", kept.what)),
        n: grouped(kept.n),
    };
    Ok(render(&ShowPage {
        user: Shown::of(account, &frame, app),
        temporary_until: time(account.temporary_until.filter(|until| *until > now)),
        link_until: time(about.link_until),
        figures: about.kept.iter().map(figure).collect(),
        more: app.keepers.each().filter_map(|keeper| keeper.data.page(&account.username)).collect(),
        did,
        changes,
        is_own: caller.person.id == account.id,
        may_manage: caller.person.may(ACCOUNT_MANAGE),
        reads_trail: caller.person.may(AUDIT_READ),
        may_erase: caller.person.may(PERSON_ERASE),
        can_mail,
        can_link: can_mail
            && app.settings.has_public_url
            && account.standing.is_active
            && account.directory_guid.is_none(),
        said,
        frame,
    }))
}

fn lines(app: &People, frame: &Frame, about: &About) -> (Vec<Line>, Vec<Line>) {
    let did = about.did.iter().map(|done| Line {
        at: shown(Moment(done.at), app),
        action: frame.words_for("action", &done.action),
        subject: format!("{} {}", frame.words_for("entity", &done.entity_type), done.entity),
        by: String::new(),
        address: done.address.clone(),
    });
    let changes = about.changes.iter().map(|change| Line {
        at: shown(Moment(change.at), app),
        action: frame.words_for("action", &change.action),
        subject: change.after.clone().unwrap_or_default(),
        by: change.person.as_deref().map(|name| frame.called(name)).unwrap_or_default(),
        address: String::new(),
    });
    (did.collect(), changes.collect())
}

/// `GET /admin/users/{id}/profile`: an address of the earlier system.
pub async fn moved_here(Path(id): Path<String>) -> Response {
    moved(&format!("/admin/users/{}", path_part(&id)))
}

/// `GET /edit_user/{id}`: an address of the earlier system.
pub async fn moved_to_edit(Path(id): Path<String>) -> Response {
    moved(&format!("/admin/users/{}/edit", path_part(&id)))
}

/// `GET /delete_user/{id}`: an address of the earlier system.
pub async fn moved_to_delete(Path(id): Path<String>) -> Response {
    moved(&format!("/admin/users/{}/delete", path_part(&id)))
}

/// `POST /admin/users/{id}/{action}`
pub async fn act(
    State(app): State<People>,
    Path((id, action)): Path<(String, String)>,
    form: Form<NoFields>,
) -> Result<Response, Problem> {
    let caller = form.caller;
    work::must_manage(&caller)?;
    let account = work::find(&app, &caller, &id).await?;
    let act = Act::parse(&action)?;
    match work::act(&app, &caller, account.id, act).await {
        Ok(()) => Ok(Redirect::to(&format!("/admin/users/{}?said={}", account.id, act.name())).into_response()),
        Err(failed) => {
            let (_, words) = refused::fault(&Frame::of(&caller, "users"), failed)?;
            let mut response = show_page(&app, &caller, &account, Some(Said::no(words))).await?;
            *response.status_mut() = StatusCode::CONFLICT;
            Ok(response)
        }
    }
}

#[derive(Template)]
#[template(path = "accounts/given.html")]
pub(crate) struct GivenPage {
    pub(crate) frame: Frame,
    pub(crate) given: Given,
    pub(crate) until: String,
    pub(crate) is_new: bool,
}

/// Shows a temporary password, once.
pub(crate) fn given_page(app: &People, caller: &Caller, given: Given, is_new: bool) -> Response {
    let until = shown(given.until, app);
    render(&GivenPage { frame: Frame::of(caller, "users"), given, until, is_new })
}

/// How somebody gets a temporary password.
#[derive(Deserialize)]
pub struct WayFields {
    /// `mail`, or anything else for showing it.
    #[serde(default)]
    way: String,
}

/// `POST /admin/users/{id}/password`
pub async fn give_password(
    State(app): State<People>,
    Path(id): Path<String>,
    form: Form<WayFields>,
) -> Result<Response, Problem> {
    let Form { caller, fields } = form;
    work::must_manage(&caller)?;
    let account = work::find(&app, &caller, &id).await?;
    let way = if fields.way == "mail" { Way::Mail } else { Way::Show };
    match work::give_password(&app, &caller, account.id, way).await {
        Ok(given) => Ok(given_page(&app, &caller, given, false)),
        Err(failed) => {
            let (_, words) = refused::fault(&Frame::of(&caller, "users"), failed)?;
            let mut response = show_page(&app, &caller, &account, Some(Said::no(words))).await?;
            *response.status_mut() = StatusCode::CONFLICT;
            Ok(response)
        }
    }
}

/// `POST /admin/users/{id}/data`: a file with everything that is kept of the person.
pub async fn data(
    State(app): State<People>,
    Path(id): Path<String>,
    form: Form<NoFields>,
) -> Result<Response, Problem> {
    let (account, data) = work::data(&app, &form.caller, &id).await?;
    file_of(&account.username, &data)
}

/// A file of a person's data: all of it as JSON, and a table for each kind.
pub(crate) fn file_of(username: &str, data: &OwnData) -> Result<Response, Problem> {
    let packed = archive::pack(&data.all, &data.text)?;
    let name = format!("attachment; filename=\"{username}.zip\"");
    let headers = [(header::CONTENT_TYPE, "application/zip".to_owned()), (header::CONTENT_DISPOSITION, name)];
    Ok((headers, packed).into_response())
}
