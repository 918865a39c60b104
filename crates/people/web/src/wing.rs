//! The wing of people, as the program puts it into its list. It cannot be left out.

use axum::Router;
use axum::routing::{get, post};
use base_web::App;
use base_web::locale::{Locale, Text};
use base_wing::{Open, Wing};

use crate::sessions;

/// The texts of this wing.
const LOCALES: &[Locale] = &[
    Locale { lang: "en", wing: "people", text: Text::Fluent(include_str!("../locales/en/people.ftl")) },
    Locale { lang: "hi", wing: "people", text: Text::Fluent(include_str!("../locales/hi/people.ftl")) },
];

/// The wing.
pub fn wing() -> Wing {
    Wing { locales: LOCALES.to_vec(), open: Box::new(open), ..Wing::named("people") }
}

fn open(app: &App) -> Open {
    let pages = Router::new()
        .route("/login", get(sessions::pages::ask).post(sessions::pages::sign_in))
        .route("/logout", post(sessions::pages::sign_out))
        .route("/locale", post(sessions::pages::choose_locale));
    Open {
        pages: pages.with_state(app.clone()),
        api: sessions::api::router().with_state(app.clone()),
        ..Open::default()
    }
}
