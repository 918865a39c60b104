//! The wing of people, as the program puts it into its list. It cannot be left out.

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};
use base_core::permission::{ACCOUNT_MANAGE, AUDIT_READ, AUDIT_READ_CUSTOMERS, CUSTOMER_MANAGE, Permission};
use base_jobs::Job;
use base_web::App;
use base_web::list::ListKind;
use base_web::locale::{Locale, Text};
use base_web::menu::{Group, MenuEntry};
use base_wing::{Open, Outside, Wing};
use people_rules::permission::{ACCOUNT_READ, ALL, GRANTS, MAIL_MANAGE, PROMOTION_DECIDE, SETTING_MANAGE};
use people_rules::setting;
use people_store::OfCustomers;
use people_store::person_data::OfPerson;

use crate::home::PeopleCard;
use crate::notices::live::Unread;
use crate::state::People;
use crate::{
    accounts, devices, jobs, language, lock, mail, passkeys, portal, promotions, routes, second_factor, sessions,
    sign_in, sign_out, tokens, trail,
};

/// The texts of this wing.
const LOCALES: &[Locale] = &[
    Locale { lang: "en", wing: "people", text: Text::Fluent(include_str!("../locales/en/people.ftl")) },
    Locale { lang: "hi", wing: "people", text: Text::Fluent(include_str!("../locales/hi/people.ftl")) },
];

/// The lists.
const LISTS: &[&ListKind] = &[
    accounts::pages::list::USERS,
    sessions::pages::list::SESSIONS,
    mail::pages::MAILS,
    tokens::pages::TOKENS,
    devices::pages::DEVICES,
    second_factor::admin::WITHOUT,
    promotions::pages::PROMOTIONS,
    trail::pages::TRAIL,
];

/// The menu.
const MENU: &[MenuEntry] = &[
    entry("users", "/admin/users", "people", "nav-users", &[ACCOUNT_READ]),
    entry("sessions", "/admin/sessions", "people", "nav-sessions", &[ACCOUNT_MANAGE, CUSTOMER_MANAGE]),
    entry("second-factors", "/admin/second-factors", "people", "nav-second-factors", &[ACCOUNT_MANAGE]),
    entry("devices", "/admin/devices", "station", "nav-devices", &[ACCOUNT_MANAGE]),
    entry("promotions", "/admin/promotions", "promotion", "nav-promotions", &[PROMOTION_DECIDE]),
    entry("audit", "/admin/audit", "history", "nav-audit", &[AUDIT_READ, AUDIT_READ_CUSTOMERS]),
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
        customer_menu: portal::MENU,
        locales: LOCALES.to_vec(),
        person_data: Some(Arc::new(OfPerson)),
        customers: Some(Arc::new(OfCustomers)),
        settings: setting::ALL,
        lists: LISTS,
        open: Box::new(open),
        ..Wing::named("people")
    }
}

/// Signing in and out, and what a person does for themselves.
fn own() -> Router<App> {
    Router::new()
        .route("/login", get(sign_in::pages::ask).post(sign_in::pages::sign_in))
        .route("/login/second-factor", get(second_factor::step::ask).post(second_factor::step::answer))
        .route("/logout", get(sign_out::ask).post(sign_out::sign_out))
        .route("/lock", get(lock::pages::ask).post(lock::pages::resume))
        .route("/lock/passkey", get(passkeys::sign_in::lock_options))
        .route("/lock/now", post(lock::pages::lock))
        .route("/locale", post(language::choose))
        .route("/profile/second-factor", get(second_factor::pages::show))
        .route("/profile/second-factor/on", post(second_factor::pages::turn_on))
        .route("/profile/second-factor/off", post(second_factor::pages::turn_off))
        .route("/profile/second-factor/codes", post(second_factor::pages::renew_codes))
        .route("/login/passkey", get(passkeys::sign_in::options).post(passkeys::sign_in::sign_in))
        .route("/login/second-factor/passkey", get(passkeys::sign_in::step_options))
        .route("/profile/passkeys", get(passkeys::own::show))
        .route("/profile/passkeys/options", get(passkeys::own::options))
        .route("/profile/passkeys/add", post(passkeys::own::add))
        .route("/profile/passkeys/rename", post(passkeys::own::rename))
        .route("/profile/passkeys/remove", post(passkeys::own::remove))
        .route("/profile/sessions", get(sessions::pages::own))
        .route("/profile/sessions/end", post(sessions::pages::end_own))
        .route("/profile/sessions/end-others", post(sessions::pages::end_others))
        .route("/profile/tokens", get(tokens::pages::list).post(tokens::pages::create))
        .route("/profile/tokens/revoke", post(tokens::pages::revoke))
        .route("/devices/enrol", get(devices::enrol::ask).post(devices::enrol::enrol))
}

/// What admins do for others.
fn of_others() -> Router<App> {
    Router::new()
        .route("/admin/sessions", get(sessions::pages::list::list))
        .route("/admin/sessions/end", post(sessions::pages::list::end))
        .route("/admin/sessions/end-all", post(sessions::pages::list::end_all))
        .route("/lists/sessions/selected", post(sessions::pages::list::selected))
        .route("/admin/devices", get(devices::pages::list).post(devices::pages::create))
        .route("/admin/devices/code", post(devices::pages::renew))
        .route("/admin/devices/revoke", post(devices::pages::revoke))
}

/// What customers reach: their own door, and their own account.
fn of_customers() -> Router<App> {
    Router::new()
        .route("/portal/login", get(sign_in::pages::ask).post(sign_in::pages::sign_in))
        .route("/portal/login/passkey", get(passkeys::sign_in::options).post(passkeys::sign_in::sign_in))
        .route("/portal/login/second-factor", get(second_factor::step::ask).post(second_factor::step::answer))
        .route("/portal/login/second-factor/passkey", get(passkeys::sign_in::step_options))
        .route("/portal/passkeys", get(passkeys::own::show))
        .route("/portal/passkeys/options", get(passkeys::own::options))
        .route("/portal/passkeys/add", post(passkeys::own::add))
        .route("/portal/passkeys/rename", post(passkeys::own::rename))
        .route("/portal/passkeys/remove", post(passkeys::own::remove))
        .route("/portal/logout", get(sign_out::ask).post(sign_out::sign_out))
        .route("/portal/sessions", get(sessions::pages::own))
        .route("/portal/sessions/end", post(sessions::pages::end_own))
        .route("/portal/sessions/end-others", post(sessions::pages::end_others))
}

fn open(app: &App) -> Open {
    let people = People::new(app.clone());
    let calls =
        lock::api::router().merge(sessions::api::router()).merge(tokens::api::router()).merge(devices::api::router());
    let mut jobs: Vec<Arc<dyn Job>> = vec![Arc::new(jobs::OldPasswords), Arc::new(jobs::IdleCustomers(people.clone()))];
    let mut outside: Vec<Arc<dyn Outside>> = Vec::new();
    if let Some(directory) = app.settings.sign_in.directory.clone() {
        outside.push(Arc::new(jobs::OfDirectory(directory.clone())));
        jobs.push(Arc::new(jobs::DirectoryPeople { app: people.clone(), directory }));
    }
    Open {
        pages: own()
            .merge(of_others())
            .merge(of_customers())
            .with_state(app.clone())
            .merge(routes::pages().with_state(people.clone())),
        api: calls.with_state(app.clone()).merge(routes::api().with_state(people.clone())),
        home: vec![Arc::new(PeopleCard(people.clone()))],
        live: vec![Arc::new(Unread(people.clone()))],
        jobs,
        outside,
        ..Open::default()
    }
}
