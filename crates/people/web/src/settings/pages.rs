//! The page of settings: each with what it is now, what it is unless somebody sets it, and its limits. What only the
//! configuration says is shown below.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use base_core::setting::Kind;
use base_web::error::Problem;
use base_web::form::Form;
use base_web::pages::apart_from_said;
use base_web::session::Caller;
use base_web::view::{Frame, Said, path_part, render};
use serde::Deserialize;

use super::work;
use crate::state::People;

/// A setting as the page shows it.
pub(crate) struct Shown {
    pub(crate) name: &'static str,
    /// The name as the key of its words has it.
    pub(crate) words: String,
    pub(crate) help: String,
    pub(crate) value: String,
    pub(crate) default: String,
    pub(crate) is_set: bool,
    pub(crate) kind: Kind,
    /// The page on which it is set instead.
    pub(crate) page: &'static str,
    pub(crate) fault: String,
}

impl Shown {
    fn is_flag(&self) -> bool {
        self.kind == Kind::Flag
    }

    /// The limits of a number.
    fn limits(&self) -> Option<(i64, i64)> {
        if let Kind::Number { min, max } = self.kind { Some((min, max)) } else { None }
    }

    fn is_on(&self) -> bool {
        self.value == "true"
    }
}

/// Settings about one thing.
pub(crate) struct Group {
    /// The beginning of their names.
    pub(crate) name: &'static str,
    pub(crate) title: String,
    pub(crate) settings: Vec<Shown>,
}

/// Settings whose names begin alike stand together, in the order of the first of each.
fn grouped(frame: &Frame, settings: impl Iterator<Item = Shown>) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for setting in settings {
        let name = setting.name.split('.').next().unwrap_or_default();
        if let Some(group) = groups.iter_mut().find(|group| group.name == name) {
            group.settings.push(setting);
        } else {
            let title = frame.words_for("settings-group", name);
            groups.push(Group { name, title, settings: vec![setting] });
        }
    }
    groups
}

#[derive(Template)]
#[template(path = "settings/list.html")]
pub(crate) struct ListPage {
    pub(crate) frame: Frame,
    pub(crate) groups: Vec<Group>,
    pub(crate) fixed: Vec<(String, String)>,
    pub(crate) said: Option<Said>,
}

/// The key of words for a name such as `session.idle_minutes`.
fn key(kind: &str, name: &str) -> String {
    format!("{kind}-{}", name.replace('.', "-"))
}

async fn page(app: &People, caller: &Caller) -> Result<ListPage, Problem> {
    let all = work::all(app, caller).await?;
    let frame = Frame::of(caller, "settings");
    let in_words = |kind: Kind, value: &str| match (kind, value) {
        (Kind::Flag, "true") => frame.t("yes"),
        (Kind::Flag, _) => frame.t("no"),
        (Kind::Time, "") => frame.t("setting-never"),
        _ => value.to_owned(),
    };
    let shown = |present: work::Present<'_>| {
        let declared = present.offered.declared;
        Shown {
            name: declared.name,
            words: frame.t(&key("setting", declared.name)),
            help: frame.t(&key("setting-help", declared.name)),
            default: in_words(declared.kind, &present.offered.default),
            value: if declared.page.is_empty() { present.value } else { in_words(declared.kind, &present.value) },
            is_set: present.is_set,
            kind: declared.kind,
            page: declared.page,
            fault: String::new(),
        }
    };
    let groups = grouped(&frame, all.into_iter().map(shown));
    let fixed = app.stored.fixed.iter().map(|one| (frame.t(&key("fixed", one.name)), one.value.clone())).collect();
    Ok(ListPage { groups, fixed, said: None, frame })
}

/// `GET /admin/settings`
pub async fn list(State(app): State<People>, caller: Caller, uri: Uri) -> Result<Response, Problem> {
    let mut page = page(&app, &caller).await?;
    let (said, _) = apart_from_said::<serde::de::IgnoredAny>(&uri);
    let known = ["saved", "unchanged"].contains(&said.as_str());
    page.said = known.then(|| Said::yes(page.frame.t(&format!("setting-said-{said}"))));
    Ok(render(&page))
}

/// A value.
#[derive(Deserialize)]
pub struct ValueFields {
    #[serde(default)]
    value: String,
}

/// `POST /admin/settings/{name}`
pub async fn put(
    State(app): State<People>,
    Path(name): Path<String>,
    form: Form<ValueFields>,
) -> Result<Response, Problem> {
    let Form { caller, fields } = form;
    match work::put(&app, &caller, &name, &fields.value).await {
        Ok(changed) => {
            let said = if changed { "saved" } else { "unchanged" };
            Ok(Redirect::to(&format!("/admin/settings?said={said}#setting-{}", path_part(&name))).into_response())
        }
        Err(problem) if problem.field_name() == Some("value") => {
            let mut page = page(&app, &caller).await?;
            let all = page.groups.iter_mut().flat_map(|group| &mut group.settings);
            for one in all.filter(|one| one.name == name) {
                one.fault = page.frame.t("setting-wrong");
                one.value.clone_from(&fields.value);
            }
            let mut response = render(&page);
            *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
            Ok(response)
        }
        Err(problem) => Err(problem),
    }
}
