//! `/admin/sessions`: the sessions of everybody, and ending those of one person, or those that were picked.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use base_core::permission::CUSTOMER_MANAGE;
use base_core::realm::Realm;
use base_core::setting::CUSTOMER_IDLE_MINUTES;
use base_web::app::App;
use base_web::error::Problem;
use base_web::filter::{FilterBar, wrong_filter};
use base_web::form::Form;
use base_web::list::{self, Above, Act, Bulk, Button, Cell, Column, Kept, List, ListKind, Picked, Row, Tone, View};
use base_web::parameters::Parameters;
use base_web::session::Caller;
use base_web::view::{Fragment, Frame, Said, render};
use people_rules::setting::CUSTOMER_KICK;
use serde::Deserialize;

use super::{EndFields, Shown, back, said};
use crate::sessions::work::{self, Asked, SessionPage};
use crate::settings::work::switch_kick;
use crate::state::People;

/// The list of sessions.
pub const SESSIONS: &ListKind = &ListKind {
    id: "sessions",
    path: "/admin/sessions",
    title: "nav-sessions",
    columns: &[
        Column::key("person", "session-person"),
        Column::new("status", "status"),
        Column::new("from", "session-from"),
        Column::new("device", "session-device"),
        Column::new("agent", "session-agent"),
        Column::new("created", "session-created"),
        Column::new("seen", "session-seen"),
        Column::new("ends", "session-ends").on_demand(),
        Column::acts("acts", "session-actions"),
    ],
};

impl Shown {
    fn row(&self, frame: &Frame, realm: Realm) -> Row {
        let person = match realm {
            Realm::Staff => Cell::link(&self.person, format!("/admin/users/{}", self.account_id)),
            Realm::Customer => Cell::words(&self.person),
        };
        let status = match () {
            () if self.is_this => Cell::chip(Tone::Plain, frame.t("session-this")),
            () if self.is_locked => Cell::chip(Tone::Look, frame.t("session-locked")),
            () => Cell::chip(Tone::Ok, frame.t("session-active")),
        };
        let button = |words: &str, label: &str, address: &str, field: (&'static str, &str)| Button {
            words: frame.t(words),
            label: frame.t1(label, "name", &self.person),
            address: address.into(),
            fields: vec![(field.0, field.1.to_owned()), ("realm", realm.name().to_owned())],
        };
        let acts = vec![
            button("session-end", "session-end-of", "/admin/sessions/end", ("id", &self.id)),
            button("session-end-all", "session-end-all-of", "/admin/sessions/end-all", ("person", &self.person)),
        ];
        Row::new()
            .with("person", person)
            .with("status", status)
            .with("from", Cell::words(&self.address))
            .with("device", Cell::words(&self.device))
            .with("agent", Cell::words(&self.agent))
            .with("created", Cell::time(&self.created_at))
            .with("seen", Cell::time(&self.seen_at))
            .with("ends", Cell::time(&self.ends_at))
            .with("acts", Cell::buttons(acts))
            .picked_as(format!("{}.{}", realm.name(), self.id))
    }
}

#[derive(Template)]
#[template(path = "sessions/list.html")]
struct ListPage {
    frame: Frame,
    bar: FilterBar,
    above: Above,
    list: Fragment,
    count: usize,
    next: Option<String>,
    /// What happens to customers who do nothing, where customers are listed.
    kick: Option<Kick>,
    said: Option<Said>,
}

/// Whether the sessions of customers end by themselves.
struct Kick {
    words: String,
    is_on: bool,
    may_change: bool,
}

/// What the address of the list holds.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct ListQuery {
    #[serde(default)]
    cursor: String,
    #[serde(default)]
    q: String,
    #[serde(default)]
    realm: String,
    #[serde(default)]
    said: String,
}

/// `GET /admin/sessions`
pub async fn list(
    State(app): State<App>,
    caller: Caller,
    Parameters(query): Parameters<ListQuery>,
) -> Result<Response, Problem> {
    let frame = Frame::of(&caller, "sessions");
    let asked = Asked { realm: &query.realm, text: &query.q, cursor: &query.cursor, limit: work::PAGE };
    let (page, wrong) = match work::page(&app, &caller, asked).await {
        Ok(page) => (page, None),
        Err(problem) => (SessionPage::default(), Some(wrong_filter(&frame, problem)?)),
    };
    let is_wrong = wrong.is_some();
    let bar = FilterBar::new("/admin/sessions", "session-filters")
        .text("q", frame.t("sessions-find"), Some(&query.q))
        .keep("realm", Some(&query.realm))
        .wrong(wrong);
    let realm = Realm::parse(&query.realm).unwrap_or_else(|| work::first_realm(&caller));
    let view = |of: Realm, name: &str| View {
        words: frame.t(&format!("realm-{}", of.name())),
        count: None,
        address: bar.with("realm", name),
        is_shown: of == realm,
    };
    let mut views = vec![view(Realm::Customer, "customer")];
    if work::must_manage(&caller, Realm::Staff).is_ok() {
        views.insert(0, view(Realm::Staff, ""));
    }
    let kept = Kept::of(app.db.read().await?.conn(), &caller, SESSIONS).await?;
    let rows: Vec<Row> =
        page.sessions.into_iter().map(|line| Shown::of(&app, &caller, realm, line).row(&frame, realm)).collect();
    let mut response = render(&ListPage {
        above: list::above(&frame, SESSIONS, &kept, &bar, views)?,
        count: rows.len(),
        list: List::new(&frame, SESSIONS, &kept, rows).bulk(Some(bulk(&frame))).shown()?,
        bar,
        next: page.next,
        kick: (realm == Realm::Customer).then(|| kick(&app, &caller, &frame)),
        said: said(&frame, &query.said),
        frame,
    });
    if is_wrong {
        *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    }
    Ok(response)
}

fn kick(app: &App, caller: &Caller, frame: &Frame) -> Kick {
    let minutes = app.stored.number(&CUSTOMER_IDLE_MINUTES);
    let is_on = app.stored.flag(&CUSTOMER_KICK);
    let words = if is_on { frame.count("sessions-kick-on", minutes) } else { frame.t("sessions-kick-off") };
    Kick { words, is_on, may_change: caller.person.may(CUSTOMER_MANAGE) }
}

fn bulk(frame: &Frame) -> Bulk {
    let act = Act { name: "end", words: frame.t("sessions-end-picked"), removes: true };
    Bulk { address: "/lists/sessions/selected".into(), acts: vec![act] }
}

/// `POST /admin/sessions/end`
pub async fn end(State(app): State<App>, form: Form<EndFields>) -> Result<Response, Problem> {
    let Form { caller, fields } = form;
    let realm = work::realm_of_action(&fields.realm)?;
    work::must_manage(&caller, realm)?;
    let said = if work::end(&app, &caller, realm, &fields.id).await? { "ended-1" } else { "gone" };
    Ok(back("/admin/sessions", of_customers(realm), said))
}

/// `POST /admin/sessions/end-all`
pub async fn end_all(State(app): State<App>, form: Form<EndFields>) -> Result<Response, Problem> {
    let Form { caller, fields } = form;
    let realm = work::realm_of_action(&fields.realm)?;
    work::must_manage(&caller, realm)?;
    let said = match work::end_all(&app, &caller, realm, &fields.person).await {
        Ok(ended) => format!("ended-{ended}"),
        Err(problem) if problem.code() == Problem::NOBODY => "nobody".to_owned(),
        Err(problem) => return Err(problem),
    };
    Ok(back("/admin/sessions", of_customers(realm), &said))
}

/// `POST /lists/sessions/selected`
pub async fn selected(State(app): State<App>, form: Form<Picked>) -> Result<Response, Problem> {
    work::must_manage(&form.caller, Realm::Customer)?;
    if form.fields.act() != "end" {
        return Err(Problem::not_found("This action"));
    }
    let (mut ended, mut shown) = (0, Realm::Staff);
    let rows = form.fields.rows()?;
    for row in &rows {
        let (realm, id) = row.split_once('.').unwrap_or_default();
        shown = work::realm_of_action(realm)?;
        work::must_manage(&form.caller, shown)?;
        ended += u64::from(work::end(&app, &form.caller, shown, id).await?);
    }
    let said = if rows.is_empty() { "none".to_owned() } else { format!("ended-{ended}") };
    Ok(back("/admin/sessions", of_customers(shown), &said))
}

/// Whether idle customers are signed out.
#[derive(Deserialize)]
pub struct KickFields {
    #[serde(default)]
    enabled: String,
}

/// `POST /admin/sessions/set-autokick`
pub async fn set_kick(State(app): State<People>, form: Form<KickFields>) -> Result<Response, Problem> {
    work::must_manage(&form.caller, Realm::Customer)?;
    form.caller.must_be_signed_in()?;
    switch_kick(&app, &form.caller, form.fields.enabled == "true").await?;
    Ok(back("/admin/sessions", of_customers(Realm::Customer), ""))
}

/// The list of staff is the one that opens first.
fn of_customers(realm: Realm) -> &'static str {
    if realm == Realm::Customer { realm.name() } else { "" }
}
