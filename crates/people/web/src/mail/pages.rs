//! The page of mails: those that failed first, with what went wrong and a button to send them again.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use base_core::time::Moment;
use base_records::mail::MailLine;
use base_web::error::Problem;
use base_web::filter::{Choice, FilterBar, wrong_filter};
use base_web::form::Form;
use base_web::pages::apart_from_said;
use base_web::session::Caller;
use base_web::view::{Frame, Said, render};
use people_rules::permission::MAIL_MANAGE;
use people_store::mail::Page;
use serde::Deserialize;

use super::work;
use crate::accounts::pages::show::NoFields;
use crate::accounts::pages::shown;
use crate::state::People;

/// A mail as the page shows it.
pub(crate) struct Shown {
    pub(crate) id: i64,
    pub(crate) at: String,
    pub(crate) kind: String,
    pub(crate) recipient: String,
    pub(crate) subject: String,
    pub(crate) state: String,
    pub(crate) tries: i64,
    pub(crate) error: String,
}

impl Shown {
    fn of(mail: MailLine, frame: &Frame, app: &People) -> Self {
        Self {
            id: mail.id,
            at: shown(Moment(mail.at), app),
            kind: frame.words_for("mail", &mail.kind),
            recipient: mail.recipient,
            subject: mail.subject,
            state: mail.state,
            tries: mail.tries,
            error: mail.last_error.unwrap_or_default(),
        }
    }

    fn state_key(&self) -> String {
        format!("mail-state-{}", self.state)
    }

    fn class(&self) -> &'static str {
        match self.state.as_str() {
            "sent" => "ok",
            "failed" => "stop",
            _ => "look",
        }
    }
}

#[derive(Template)]
#[template(path = "mail/list.html")]
pub(crate) struct ListPage {
    pub(crate) frame: Frame,
    pub(crate) bar: FilterBar,
    pub(crate) mails: Vec<Shown>,
    pub(crate) total: i64,
    pub(crate) next: Option<i64>,
    pub(crate) is_open: bool,
    pub(crate) said: Option<Said>,
}

/// Which mails.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Asked {
    status: Option<String>,
    cursor: Option<String>,
}

/// `GET /admin/mail`
pub async fn list(State(app): State<People>, caller: Caller, uri: Uri) -> Result<Response, Problem> {
    caller.must(MAIL_MANAGE)?;
    let frame = Frame::of(&caller, "mail");
    let (said, asked) = apart_from_said::<Asked>(&uri);
    let asked = asked?;
    let status = asked.status.as_deref();
    let (page, wrong) = match work::page(&app, &caller, status, asked.cursor.as_deref()).await {
        Ok(page) => (page, None),
        Err(problem) => (Page::default(), Some(wrong_filter(&frame, problem)?)),
    };
    let choices = work::STATES.map(|state| Choice::new(state, frame.t(&format!("mail-state-{state}")))).into();
    let is_wrong = wrong.is_some();
    let said = (said == "again").then(|| Said::yes(frame.t("mail-said-again")));
    let mut response = render(&ListPage {
        bar: FilterBar::new("/admin/mail", "mail-filters")
            .choice("status", frame.t("status"), status, choices)
            .wrong(wrong),
        mails: page.mails.into_iter().map(|mail| Shown::of(mail, &frame, &app)).collect(),
        total: page.total,
        next: page.next,
        is_open: app.settings.outbox.is_open(),
        said,
        frame,
    });
    if is_wrong {
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(response)
}

/// `POST /admin/mail/{id}/again`
pub async fn again(
    State(app): State<People>,
    Path(id): Path<String>,
    form: Form<NoFields>,
) -> Result<Response, Problem> {
    work::retry(&app, &form.caller, &id).await?;
    Ok(Redirect::to("/admin/mail?said=again").into_response())
}
