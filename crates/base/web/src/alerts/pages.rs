//! The page of alerts.

use askama::Template;
use axum::extract::State;
use axum::http::Uri;
use axum::response::{IntoResponse, Redirect, Response};
use base_core::permission::SITE_MAINTAIN;
use base_core::time::Moment;
use base_health::tell;
use base_records::alert::Alert;

use super::work::{self, Calls, ListQuery};
use crate::app::App;
use crate::error::Problem;
use crate::form::{Form, NoFields};
use crate::locale;
use crate::pages::apart_from_said;
use crate::session::Caller;
use crate::view::{Frame, Said, TIME, grouped, render};

/// An alert as the page shows it.
pub(crate) struct Shown {
    pub(crate) says: String,
    pub(crate) node: String,
    pub(crate) since: String,
    /// Empty while it lasts.
    pub(crate) until: String,
}

impl Shown {
    fn of(alert: Alert, app: &App, locale: &str) -> Self {
        let time = |at: i64| Moment(at).display(&app.settings.zone, TIME);
        Self {
            says: tell::said(&alert, locale),
            since: time(alert.raised_at),
            until: alert.cleared_at.map(time).unwrap_or_default(),
            node: alert.node,
        }
    }
}

#[derive(Template)]
#[template(path = "alerts/list.html")]
pub(crate) struct ListPage {
    pub(crate) frame: Frame,
    pub(crate) alerts: Vec<Shown>,
    pub(crate) next: Option<String>,
    /// Who gets mails, as a sentence.
    pub(crate) by_mail: String,
    /// The webhook, as a sentence.
    pub(crate) by_webhook: String,
    /// What went wrong last with the webhook's calls; empty without a fault.
    pub(crate) fault: String,
    pub(crate) may_try: bool,
    pub(crate) said: Option<Said>,
}

/// `GET /admin/alerts`
pub async fn list(State(app): State<App>, caller: Caller, uri: Uri) -> Result<Response, Problem> {
    let (said, query) = apart_from_said::<ListQuery>(&uri);
    let (alerts, next) = work::page(&app, &caller, &query?).await?;
    let calls = work::calls(&app, &caller).await?;
    let frame = Frame::of(&caller, "health");
    let locale = frame.locale;
    Ok(render(&ListPage {
        alerts: alerts.into_iter().map(|alert| Shown::of(alert, &app, locale)).collect(),
        next,
        by_mail: by_mail(&app, &frame),
        by_webhook: by_webhook(&app, &frame, &calls),
        fault: calls.last_error.unwrap_or_default(),
        may_try: caller.person.may(SITE_MAINTAIN),
        said: (said == "tried").then(|| Said::yes(frame.t("alerts-said-tried"))),
        frame,
    }))
}

fn by_mail(app: &App, frame: &Frame) -> String {
    let alerts = &app.settings.watch.alerts;
    if !alerts.by_mail || !app.settings.outbox.is_open() {
        frame.t("alerts-mail-off")
    } else if alerts.addresses.is_empty() {
        frame.t("alerts-mail-admins")
    } else {
        frame.t1("alerts-mail-to", "addresses", &alerts.addresses.join(", "))
    }
}

fn by_webhook(app: &App, frame: &Frame, calls: &Calls) -> String {
    let Some(server) = &app.settings.watch.alerts.webhook else { return frame.t("alerts-webhook-off") };
    let (waiting, failed) = (grouped(calls.counts.waiting), grouped(calls.counts.failed));
    let counts = [("server", server.as_str()), ("waiting", waiting.as_str()), ("failed", failed.as_str())];
    locale::text(frame.locale, "alerts-webhook-to", &counts)
}

/// `POST /admin/alerts/try`
pub async fn try_out(State(app): State<App>, form: Form<NoFields>) -> Result<Response, Problem> {
    work::try_out(&app, &form.caller).await?;
    Ok(Redirect::to("/admin/alerts?said=tried").into_response())
}
