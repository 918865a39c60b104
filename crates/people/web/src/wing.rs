//! The wing of people, as the program puts it into its list. It cannot be left out.

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};
use base_core::permission::Permission;
use base_web::App;
use base_web::locale::{Locale, Text};
use base_web::menu::{Group, MenuEntry};
use base_wing::{Open, Wing};
use people_rules::permission::{ACCOUNT_READ, ALL, GRANTS, MAIL_MANAGE, PROMOTION_DECIDE, SETTING_MANAGE};
use people_rules::setting;
use people_store::person_data::OfPerson;

use crate::home::PeopleCard;
use crate::notices::live::Unread;
use crate::state::People;
use crate::{jobs, routes, sessions};

/// The texts of this wing.
const LOCALES: &[Locale] = &[
    Locale { lang: "en", wing: "people", text: Text::Fluent(include_str!("../locales/en/people.ftl")) },
    Locale { lang: "hi", wing: "people", text: Text::Fluent(include_str!("../locales/hi/people.ftl")) },
];

/// The menu.
const MENU: &[MenuEntry] = &[
    entry("users", "/admin/users", "people", "nav-users", &[ACCOUNT_READ]),
    entry("promotions", "/admin/promotions", "promotion", "nav-promotions", &[PROMOTION_DECIDE]),
    entry("mail", "/admin/mail", "mail", "nav-mail", &[MAIL_MANAGE]),
    entry("settings", "/admin/settings", "settings", "nav-settings", &[SETTING_MANAGE]),
];

const fn entry(
    place: &'static str,
    address: &'static str,
    icon: &'static str,
    text: &'static str,
    any_of: &'static [Permission],
) -> MenuEntry {
    MenuEntry { place, address, icon, text, group: Group::Office, any_of, foot: None }
}

/// The wing.
pub fn wing() -> Wing {
    Wing {
        permissions: ALL,
        grants: GRANTS,
        menu: MENU,
        locales: LOCALES.to_vec(),
        person_data: Some(Arc::new(OfPerson)),
        settings: setting::ALL,
        open: Box::new(open),
        ..Wing::named("people")
    }
}

fn open(app: &App) -> Open {
    let people = People::new(app.clone());
    let pages = Router::new()
        .route("/login", get(sessions::pages::ask).post(sessions::pages::sign_in))
        .route("/logout", post(sessions::pages::sign_out))
        .route("/locale", post(sessions::pages::choose_locale))
        .with_state(app.clone());
    Open {
        pages: pages.merge(routes::pages().with_state(people.clone())),
        api: sessions::api::router().with_state(app.clone()).merge(routes::api().with_state(people.clone())),
        home: vec![Arc::new(PeopleCard(people.clone()))],
        live: vec![Arc::new(Unread(people))],
        jobs: vec![Arc::new(jobs::OldPasswords)],
        ..Open::default()
    }
}
