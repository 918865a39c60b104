//! The page of one's own notices.

use askama::Template;
use axum::extract::State;
use axum::http::Uri;
use axum::response::{IntoResponse, Redirect, Response};
use base_core::time::Moment;
use base_web::error::Problem;
use base_web::form::Form;
use base_web::pages::apart_from_said;
use base_web::session::Caller;
use base_web::view::{Frame, Said, render};
use people_store::notification::Notice;
use serde::Deserialize;

use super::work;
use crate::accounts::pages::shown;
use crate::profile::pages::{SECTIONS, Section};
use crate::state::People;

/// A notice as the page shows it.
pub(crate) struct Shown {
    pub(crate) id: i64,
    pub(crate) title: String,
    pub(crate) message: String,
    pub(crate) kind: String,
    pub(crate) is_read: bool,
    pub(crate) link: String,
    pub(crate) at: String,
}

impl Shown {
    fn of(notice: Notice, frame: &Frame, app: &People) -> Self {
        // Only addresses of this site are links.
        let inside = |link: &String| link.starts_with('/') && !link.starts_with("//");
        Self {
            id: notice.id,
            title: frame.t(&notice.title),
            message: notice.message,
            kind: notice.kind,
            is_read: notice.is_read,
            link: notice.link.filter(inside).unwrap_or_default(),
            at: shown(Moment(notice.created_at), app),
        }
    }

    fn class(&self) -> &'static str {
        match self.kind.as_str() {
            "success" => "ok",
            "warning" => "look",
            "error" => "stop",
            _ => "",
        }
    }
}

#[derive(Template)]
#[template(path = "notices/list.html")]
pub(crate) struct ListPage {
    pub(crate) frame: Frame,
    pub(crate) sections: &'static [Section],
    pub(crate) here: &'static str,
    pub(crate) notices: Vec<Shown>,
    pub(crate) unread: i64,
    pub(crate) only_unread: bool,
    pub(crate) next: Option<i64>,
    pub(crate) said: Option<Said>,
}

/// Which notices.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Asked {
    unread: String,
    cursor: Option<String>,
}

/// `GET /notifications`
pub async fn list(State(app): State<People>, caller: Caller, uri: Uri) -> Result<Response, Problem> {
    let (said, asked) = apart_from_said::<Asked>(&uri);
    let asked = asked?;
    let only_unread = asked.unread == "1";
    let (notices, next) = work::page(&app, &caller, only_unread, asked.cursor.as_deref()).await?;
    let unread = work::unread(&app, &caller).await?;
    let frame = Frame::of(&caller, "profile");
    let said = (said == "read").then(|| Said::yes(frame.t("notices-said-read")));
    Ok(render(&ListPage {
        sections: SECTIONS,
        here: "/notifications",
        notices: notices.into_iter().map(|notice| Shown::of(notice, &frame, &app)).collect(),
        unread,
        only_unread,
        next,
        said,
        frame,
    }))
}

/// Which notice was read; all of them without a number.
#[derive(Deserialize)]
pub struct ReadFields {
    #[serde(default)]
    id: String,
}

/// `POST /notifications/read`
pub async fn read(State(app): State<People>, form: Form<ReadFields>) -> Result<Response, Problem> {
    let Form { caller, fields } = form;
    let id = match fields.id.as_str() {
        "" => None,
        text => Some(text.parse().map_err(|_| Problem::not_found("This notice"))?),
    };
    work::read(&app, &caller, id).await?;
    Ok(Redirect::to("/notifications?said=read").into_response())
}
