//! The wing of the portal, as the program puts it into its list.

use std::sync::Arc;

use base_web::App;
use base_web::locale::{Locale, Text};
use base_web::menu::{Group, MenuEntry};
use base_wing::{Open, Wing};
use portal_erp::Erp;
use portal_rules::permission::{ALL, GRANTS};
use portal_rules::setting;
use portal_work::live::Live;
pub use portal_work::live::Patience;

use crate::routes;
pub use crate::state::Look;
use crate::state::Portal;

/// What the wing is opened with.
pub struct Parts {
    /// The ERP; `None` where none is configured.
    pub erp: Option<Arc<dyn Erp>>,
    /// How long its answers may take.
    pub patience: Patience,
    /// How customers see the site.
    pub look: Look,
}

/// The texts.
const LOCALES: &[Locale] = &[
    Locale { lang: "en", wing: "portal", text: Text::Fluent(include_str!("../locales/en/portal.ftl")) },
    Locale { lang: "hi", wing: "portal", text: Text::Fluent(include_str!("../locales/hi/portal.ftl")) },
];

/// The menu of customers: the stock is their first page.
const CUSTOMER_MENU: &[MenuEntry] = &[MenuEntry {
    place: "stock",
    address: "/inventory",
    icon: "home",
    text: "stock",
    group: Group::Top,
    any_of: &[],
    foot: None,
}];

/// The wing. `parts` are made when it is opened.
pub fn wing(parts: impl FnOnce() -> Parts + Send + 'static) -> Wing {
    Wing { open: Box::new(move |app| open(app, parts())), ..declared() }
}

/// What the wing declares, for who does not open it: it has no pages.
pub fn declared() -> Wing {
    Wing {
        permissions: ALL,
        grants: GRANTS,
        customer_menu: CUSTOMER_MENU,
        locales: LOCALES.to_vec(),
        settings: setting::ALL,
        ..Wing::named("portal")
    }
}

fn open(app: &App, parts: Parts) -> Open {
    let live = parts.erp.map(|erp| Live::new(erp, app.clock.clone(), parts.patience));
    let portal = Portal::new(app.clone(), live, parts.look);
    Open { pages: routes::pages().with_state(portal.clone()), api: routes::api().with_state(portal), ..Open::default() }
}
