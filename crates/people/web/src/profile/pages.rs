//! The pages of one's own account. Their order stands in [`SECTIONS`]: a page of one's own belongs there.

use askama::Template;
use axum::extract::State;
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use base_core::permission::HOME_READ;
use base_core::time::Moment;
use base_web::error::Problem;
use base_web::form::{Form, NoFields};
use base_web::locale::LOCALES;
use base_web::pages::apart_from_said;
use base_web::session::Caller;
use base_web::view::{Frame, Said, render};
use people_store::profile as store;
use people_store::profile::Change;
use serde::Deserialize;

use super::work;
use super::work::{NewPassword, NotDone};
use crate::accounts::pages::show::file_of;
use crate::accounts::pages::{Shown, shown};
use crate::accounts::work::{note_export, own_data};
use crate::refused;
use crate::refused::{Fault, problem};
use crate::state::People;

/// Entries of one's own activity.
const ENTRIES: u32 = 15;
/// Light or dark pages, or as the device has it.
pub(crate) const COLOURS: [&str; 3] = ["system", "light", "dark"];

/// A page of one's own.
pub(crate) struct Section {
    /// Its address.
    pub(crate) address: &'static str,
    /// The key of its name.
    pub(crate) text: &'static str,
}

/// The pages of one's own, in order.
pub(crate) const SECTIONS: &[Section] = &[
    Section { address: "/profile", text: "profile-own" },
    Section { address: "/profile/password", text: "profile-password" },
    Section { address: "/profile/second-factor", text: "second-factor" },
    Section { address: "/profile/passkeys", text: "passkeys" },
    Section { address: "/profile/sessions", text: "sessions-own" },
    Section { address: "/profile/tokens", text: "tokens" },
    Section { address: "/promotion", text: "profile-promotion" },
    Section { address: "/notifications", text: "profile-notices" },
];

/// A line of one's own activity.
pub(crate) struct Line {
    pub(crate) at: String,
    pub(crate) action: String,
    pub(crate) subject: String,
    pub(crate) address: String,
}

#[derive(Template)]
#[template(path = "profile/show.html")]
pub(crate) struct ProfilePage {
    pub(crate) frame: Frame,
    pub(crate) sections: &'static [Section],
    pub(crate) here: &'static str,
    pub(crate) user: Shown,
    pub(crate) display_name: String,
    pub(crate) email: String,
    pub(crate) locale: String,
    pub(crate) colours: String,
    pub(crate) activity: Vec<Line>,
    pub(crate) fault: Option<Fault>,
    pub(crate) said: Option<Said>,
}

impl ProfilePage {
    fn fault(&self, field: &str) -> &str {
        self.fault.as_ref().filter(|(wrong, _)| wrong == field).map_or("", |(_, words)| words.as_str())
    }
}

async fn page(app: &People, caller: &Caller) -> Result<ProfilePage, Problem> {
    caller.must(HOME_READ)?;
    let frame = Frame::of(caller, "profile");
    let own = work::own(app, caller).await?;
    let mut reader = app.db.read().await?;
    let did = store::activity(reader.conn(), own.id, ENTRIES).await?;
    let line = |done: store::Done| Line {
        at: shown(Moment(done.at), app),
        action: frame.words_for("action", &done.action),
        subject: format!("{} {}", frame.words_for("entity", &done.entity_type), done.entity),
        address: done.address,
    };
    Ok(ProfilePage {
        sections: SECTIONS,
        here: "/profile",
        user: Shown::of(&own, &frame, app),
        display_name: own.display_name.clone().unwrap_or_default(),
        email: own.email.clone().unwrap_or_default(),
        locale: own.locale.clone(),
        colours: own.colours,
        activity: did.into_iter().map(line).collect(),
        fault: None,
        said: None,
        frame,
    })
}

/// `GET /profile`
pub async fn show(State(app): State<People>, caller: Caller, uri: Uri) -> Result<Response, Problem> {
    let mut page = page(&app, &caller).await?;
    let (said, _) = apart_from_said::<serde::de::IgnoredAny>(&uri);
    let known = ["saved", "password"].contains(&said.as_str());
    page.said = known.then(|| Said::yes(page.frame.t(&format!("profile-said-{said}"))));
    Ok(render(&page))
}

/// What people change of themselves.
#[derive(Deserialize)]
#[serde(default)]
#[derive(Default)]
pub struct ProfileFields {
    display_name: String,
    email: String,
    locale: String,
    colours: String,
    current_password: String,
}

/// `POST /profile`
pub async fn change(State(app): State<People>, form: Form<ProfileFields>) -> Result<Response, Problem> {
    let Form { caller, fields } = form;
    caller.must(HOME_READ)?;
    let one_of = |all: &[&str], value: &str| all.contains(&value).then(|| value.to_owned());
    let change = Change {
        display_name: Some(fields.display_name.clone()),
        email: Some(fields.email.clone()),
        locale: one_of(&LOCALES, &fields.locale),
        colours: one_of(&COLOURS, &fields.colours),
    };
    match work::change(&app, &caller, &change, &fields.current_password).await {
        Ok(_) => Ok(Redirect::to("/profile?said=saved").into_response()),
        Err(not_done) => {
            let mut page = page(&app, &caller).await?;
            page.fault = Some(fault_of(&page.frame, not_done)?);
            page.display_name = fields.display_name;
            page.email = fields.email;
            let mut response = render(&page);
            *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
            Ok(response)
        }
    }
}

/// The words for a form; a problem of another kind is given back.
pub(crate) fn fault_of(frame: &Frame, not_done: NotDone) -> Result<Fault, Problem> {
    match not_done {
        NotDone::Failed(failed) => refused::fault(frame, failed),
        NotDone::Weak(fault) => Ok(("new_password".to_owned(), refused::weak_words(frame, fault))),
        NotDone::Problem(problem) => Err(problem),
    }
}

#[derive(Template)]
#[template(path = "profile/password.html")]
pub(crate) struct PasswordPage {
    pub(crate) frame: Frame,
    pub(crate) sections: &'static [Section],
    pub(crate) here: &'static str,
    /// True for a person whose password was given to them: it is not asked for again, and nothing else is open to them.
    pub(crate) must_change: bool,
    pub(crate) names: String,
    pub(crate) fault: Option<Fault>,
}

impl PasswordPage {
    fn fault(&self, field: &str) -> &str {
        self.fault.as_ref().filter(|(wrong, _)| wrong == field).map_or("", |(_, words)| words.as_str())
    }

    fn of(caller: &Caller) -> Self {
        let must_change = caller.person.must_change_password;
        let names = format!("{} {}", caller.person.name, caller.person.called());
        let sections = if must_change { &[] } else { SECTIONS };
        let frame = Frame::of(caller, "profile");
        Self { frame, sections, here: "/profile/password", must_change, names, fault: None }
    }
}

/// `GET /profile/password`
pub async fn ask_password(caller: Caller) -> Response {
    render(&PasswordPage::of(&caller))
}

/// A new password.
#[derive(Deserialize)]
pub struct PasswordFields {
    #[serde(default)]
    pub(crate) current_password: String,
    #[serde(default)]
    pub(crate) new_password: String,
    #[serde(default)]
    pub(crate) again: String,
    /// `yes` where tokens of the API end as well.
    #[serde(default)]
    pub(crate) revoke_tokens: String,
}

/// `POST /profile/password`
pub async fn change_password(State(app): State<People>, form: Form<PasswordFields>) -> Result<Response, Problem> {
    let Form { caller, fields } = form;
    let mut page = PasswordPage::of(&caller);
    let fault = if fields.new_password == fields.again {
        let (present, new) = (&fields.current_password, &fields.new_password);
        let asked = NewPassword { present, new, revokes_tokens: fields.revoke_tokens == "yes" };
        match work::change_password(&app, &caller, asked).await {
            Ok(()) => return Ok(Redirect::to("/profile?said=password").into_response()),
            Err(not_done) => fault_of(&page.frame, not_done)?,
        }
    } else {
        ("again".to_owned(), page.frame.t("password-differs"))
    };
    page.fault = Some(fault);
    let mut response = render(&page);
    *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    Ok(response)
}

/// `POST /profile/data`: a file with everything that is kept of oneself.
pub async fn data(State(app): State<People>, form: Form<NoFields>) -> Result<Response, Problem> {
    let caller = form.caller;
    caller.must(HOME_READ)?;
    let own = work::own(&app, &caller).await?;
    let data = own_data(&app, own.id).await?;
    note_export(&app, &caller, &own, data.rows).await.map_err(problem)?;
    file_of(&own.username, &data)
}
