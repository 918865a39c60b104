//! The page of mails: those that failed first, with what went wrong and a button to send them again.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use base_core::time::Moment;
use base_records::mail::MailLine;
use base_web::error::Problem;
use base_web::filter::{FilterBar, wrong_filter};
use base_web::form::{Form, NoFields};
use base_web::list::{self, Above, Act, Bulk, Cell, Column, Kept, List, ListKind, Picked, Row, Tone, View};
use base_web::pages::apart_from_said;
use base_web::session::Caller;
use base_web::view::{Fragment, Frame, Said, render};
use people_rules::permission::MAIL_MANAGE;
use people_store::mail::{Counts, Page};
use serde::Deserialize;

use super::work;
use crate::accounts::pages::shown;
use crate::state::People;

/// The list of mails.
pub const MAILS: &ListKind = &ListKind {
    id: "mails",
    path: "/admin/mail",
    title: "nav-mail",
    columns: &[
        Column::key("subject", "mail-subject"),
        Column::new("status", "status"),
        Column::new("recipient", "mail-recipient"),
        Column::new("kind", "mail-kind"),
        Column::number("tries", "mail-tries").on_demand(),
        Column::new("error", "mail-error"),
        Column::new("time", "time"),
        Column::new("sent", "mail-sent-at").on_demand(),
        Column::acts("acts", "user-acts"),
    ],
};

fn row(mail: MailLine, frame: &Frame, app: &People) -> Row {
    let tone = match mail.state.as_str() {
        "sent" => Tone::Ok,
        "failed" => Tone::Stop,
        _ => Tone::Look,
    };
    let time = |at: i64| Cell::time(shown(Moment(at), app));
    let row = Row::new()
        .with("subject", Cell::words(&mail.subject))
        .with("status", Cell::chip(tone, frame.t(&format!("mail-state-{}", mail.state))))
        .with("recipient", Cell::words(mail.recipient))
        .with("kind", Cell::words(frame.words_for("mail", &mail.kind)))
        .with("tries", Cell::words(mail.tries.to_string()))
        .with("error", Cell::words(mail.last_error.unwrap_or_default()))
        .with("time", time(mail.at))
        .with("sent", mail.sent_at.map(time).unwrap_or_default());
    if mail.state != "failed" {
        return row;
    }
    let label = frame.t1("mail-again-of", "subject", &mail.subject);
    let again = Cell::button(frame.t("mail-again"), label, format!("/admin/mail/{}/again", mail.id), Vec::new());
    row.with("acts", again).picked_as(mail.id.to_string())
}

#[derive(Template)]
#[template(path = "mail/list.html")]
pub(crate) struct ListPage {
    pub(crate) frame: Frame,
    pub(crate) bar: FilterBar,
    pub(crate) above: Above,
    pub(crate) list: Fragment,
    pub(crate) total: i64,
    pub(crate) next: Option<i64>,
    pub(crate) is_open: bool,
    pub(crate) said: Option<Said>,
}

/// Which mails.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Asked {
    q: Option<String>,
    status: Option<String>,
    cursor: Option<String>,
}

impl Asked {
    fn of(&self) -> work::Asked<'_> {
        work::Asked { text: self.q.as_deref(), state: self.status.as_deref(), below: self.cursor.as_deref() }
    }
}

/// `GET /admin/mail`
pub async fn list(State(app): State<People>, caller: Caller, uri: Uri) -> Result<Response, Problem> {
    caller.must(MAIL_MANAGE)?;
    let frame = Frame::of(&caller, "mail");
    let (said, asked) = apart_from_said::<Asked>(&uri);
    let asked = asked?;
    let status = asked.status.as_deref();
    let (page, wrong) = match work::page(&app, &caller, asked.of()).await {
        Ok(page) => (page, None),
        Err(problem) => (Page::default(), Some(wrong_filter(&frame, problem)?)),
    };
    let is_wrong = wrong.is_some();
    let bar = FilterBar::new("/admin/mail", "mail-filters")
        .text("q", frame.t("mail-filter"), asked.q.as_deref())
        .keep("status", status.filter(|status| *status != "all"))
        .wrong(wrong);
    let kept = Kept::of(app.db.read().await?.conn(), &caller, MAILS).await?;
    let views = views(&frame, work::counts(&app, &caller).await?, status, &bar);
    let rows: Vec<Row> = page.mails.into_iter().map(|mail| row(mail, &frame, &app)).collect();
    let act = Act { name: "again", words: frame.t("mail-again"), removes: false };
    let bulk = Bulk { address: "/lists/mails/selected".into(), acts: vec![act] };
    let has_failed = rows.iter().any(Row::can_be_picked);
    let mut response = render(&ListPage {
        above: list::above(&frame, MAILS, &kept, &bar, views)?,
        list: List::new(&frame, MAILS, &kept, rows).bulk(has_failed.then_some(bulk)).shown()?,
        bar,
        total: page.total,
        next: page.next,
        is_open: app.settings.outbox.is_open(),
        said: said_of(&frame, &said),
        frame,
    });
    if is_wrong {
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(response)
}

/// One view for each state, with how many mails are in it.
fn views(frame: &Frame, counts: Counts, status: Option<&str>, bar: &FilterBar) -> Vec<View> {
    let shown = status.filter(|status| *status != "all").unwrap_or_default();
    let view = |status: &str, key: &str, n: i64| View {
        words: frame.t(key),
        count: Some(n),
        address: bar.with("status", status),
        is_shown: shown == status,
    };
    let Counts { failed, waiting, sent } = counts;
    vec![
        view("", "all", failed + waiting + sent),
        view("failed", "mail-state-failed", failed),
        view("waiting", "mail-state-waiting", waiting),
        view("sent", "mail-state-sent", sent),
    ]
}

fn said_of(frame: &Frame, said: &str) -> Option<Said> {
    if let Some(n) = said.strip_prefix("again-").and_then(|n| n.parse::<u32>().ok()) {
        return Some(Said::yes(frame.count("mails-said-again", n)));
    }
    match said {
        "again" => Some(Said::yes(frame.t("mail-said-again"))),
        "none" => Some(Said::no(frame.t("picked-nothing"))),
        _ => None,
    }
}

/// `POST /lists/mails/selected`
pub async fn selected(State(app): State<People>, form: Form<Picked>) -> Result<Response, Problem> {
    form.caller.must(MAIL_MANAGE)?;
    if form.fields.act() != "again" {
        return Err(Problem::not_found("This action"));
    }
    let rows = form.fields.rows()?;
    if rows.is_empty() {
        return Ok(Redirect::to("/admin/mail?said=none").into_response());
    }
    let retried = work::retry_all(&app, &form.caller, &rows).await?;
    Ok(Redirect::to(&format!("/admin/mail?said=again-{retried}")).into_response())
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
