//! The page on which a person is removed: what goes, what stays, who takes over, and the name to type.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use base_web::error::Problem;
use base_web::form::Form;
use base_web::session::Caller;
use base_web::view::{Frame, grouped, render};
use people_rules::permission::PERSON_ERASE;
use people_store::account::Account;
use people_store::remove::Removal;
use serde::Deserialize;

use super::show::Figure;
use crate::accounts::work;
use crate::refused;
use crate::refused::Fault;
use crate::state::People;

#[derive(Template)]
#[template(path = "accounts/remove.html")]
pub(crate) struct RemovePage {
    pub(crate) frame: Frame,
    pub(crate) user: Account,
    pub(crate) figures: Vec<Figure>,
    /// Who takes over, as it was typed.
    pub(crate) heir: String,
    pub(crate) masks_trail: bool,
    pub(crate) fault: Option<Fault>,
}

impl RemovePage {
    fn fault(&self, field: &str) -> &str {
        self.fault.as_ref().filter(|(wrong, _)| wrong == field).map_or("", |(_, words)| words.as_str())
    }

    fn fault_of_all(&self) -> &str {
        let fields = ["confirm", "hand_over_to"];
        self.fault
            .as_ref()
            .filter(|(wrong, _)| !fields.contains(&wrong.as_str()))
            .map_or("", |(_, words)| words.as_str())
    }

    async fn of(app: &People, caller: &Caller, user: Account) -> Result<Self, Problem> {
        let frame = Frame::of(caller, "users");
        let about = work::about(app, &user).await?;
        let figure = |(wing, kept): &(&'static str, base_seams::Kept)| Figure {
            words: frame.t(&format!("kept-{wing}-{}", kept.what)),
            n: grouped(kept.n),
        };
        let figures = about.kept.iter().map(figure).collect();
        Ok(Self { figures, user, heir: String::new(), masks_trail: false, fault: None, frame })
    }
}

/// `GET /admin/users/{id}/delete`
pub async fn ask(State(app): State<People>, caller: Caller, Path(id): Path<String>) -> Result<Response, Problem> {
    caller.must(PERSON_ERASE)?;
    let account = work::find(&app, &caller, &id).await?;
    Ok(render(&RemovePage::of(&app, &caller, account).await?))
}

/// How a person is removed.
#[derive(Deserialize)]
pub struct RemoveFields {
    #[serde(default)]
    confirm: String,
    #[serde(default)]
    hand_over_to: String,
    #[serde(default)]
    mask: String,
}

/// `POST /admin/users/{id}/delete`
pub async fn remove(
    State(app): State<People>,
    Path(id): Path<String>,
    form: Form<RemoveFields>,
) -> Result<Response, Problem> {
    let Form { caller, fields } = form;
    caller.must(PERSON_ERASE)?;
    let account = work::find(&app, &caller, &id).await?;
    let masks_trail = !fields.mask.is_empty();
    let removal = Removal { confirm: &fields.confirm, heir: None, masks_trail };
    match work::remove_person(&app, &caller, account.id, removal, &fields.hand_over_to).await {
        Ok(_) => Ok(Redirect::to("/admin/users?said=deleted").into_response()),
        Err(failed) => {
            let mut page = RemovePage::of(&app, &caller, account).await?;
            page.fault = Some(refused::fault(&page.frame, failed)?);
            page.heir = fields.hand_over_to;
            page.masks_trail = masks_trail;
            let mut response = render(&page);
            *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
            Ok(response)
        }
    }
}
