//! The wing of the portal, as the program puts it into its list.

use std::sync::Arc;

use base_files::Files;
use base_files::import::ImportWork;
use base_jobs::Job;
use base_web::App;
use base_web::list::ListKind;
use base_web::locale::{Locale, Text};
use base_web::menu::{Group, MenuEntry};
use base_wing::{Open, Outside, Wing};
use portal_erp::Erp;
use portal_rules::permission::{ALL, CUSTOMER_READ, GRANTS};
use portal_rules::setting;
pub use portal_work::live::Patience;
use portal_work::live::{Live, OfErp};
use portal_work::mailing::Mailings;
use portal_work::parties::Parties;
use portal_work::person_data::OfPerson;

use crate::customers::invites::{Invites, Kinds};
use crate::health::StockCard;
use crate::state::Portal;
use crate::words::title_of;
use crate::{customers, routes};

/// What the wing is opened with.
pub struct Parts {
    /// The ERP; `None` where none is configured.
    pub erp: Option<Arc<dyn Erp>>,
    /// How long its answers may take.
    pub patience: Patience,
}

/// The texts.
const LOCALES: &[Locale] = &[
    Locale { lang: "en", wing: "portal", text: Text::Fluent(include_str!("../locales/en/portal.ftl")) },
    Locale { lang: "hi", wing: "portal", text: Text::Fluent(include_str!("../locales/hi/portal.ftl")) },
];

/// The menu of staff.
const MENU: &[MenuEntry] = &[
    entry("customers", "/admin/customers", "people", "nav-customers"),
    entry("usage", "/admin/analytics", "report", "nav-usage"),
    entry("panel", "/admin/panel", "more", "nav-panel"),
];

const fn entry(place: &'static str, address: &'static str, icon: &'static str, text: &'static str) -> MenuEntry {
    MenuEntry { place, address, icon, text, group: Group::Office, any_of: &[CUSTOMER_READ], foot: None }
}

/// The lists.
const LISTS: &[&ListKind] = &[customers::pages::list::CUSTOMERS];

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
        menu: MENU,
        customer_menu: CUSTOMER_MENU,
        lists: LISTS,
        files: Files { imports: vec![Arc::new(Kinds)], ..Files::default() },
        locales: LOCALES.to_vec(),
        figures: &[portal_work::figures::FIGURES],
        settings: setting::ALL,
        person_data: Some(Arc::new(OfPerson)),
        ..Wing::named("portal")
    }
}

fn open(app: &App, parts: Parts) -> Open {
    let live = parts.erp.map(|erp| Live::new(erp, app.clock.clone(), parts.patience));
    let parties = live.iter().map(|live| Arc::new(Parties(live.clone())) as Arc<dyn Job>);
    let parties: Vec<Arc<dyn Job>> = parties.collect();
    let outside = live.iter().map(|live| Arc::new(OfErp(live.clone())) as Arc<dyn Outside>).collect();
    let portal = Portal::new(app.clone(), live);
    let mailings = mailings(&portal).map(|job| Arc::new(job) as Arc<dyn Job>);
    let jobs = parties.into_iter().chain(mailings).collect();
    let imports: Vec<Arc<dyn ImportWork>> = vec![Arc::new(Invites(portal.clone()))];
    Open {
        pages: routes::pages().with_state(portal.clone()),
        api: routes::api().with_state(portal.clone()),
        jobs,
        imports,
        home: vec![Arc::new(StockCard(portal))],
        outside,
        ..Open::default()
    }
}

/// The job of the mails about stock, where there is stock.
fn mailings(portal: &Portal) -> Option<Mailings> {
    let settings = &portal.settings;
    Some(Mailings {
        live: portal.live.clone()?,
        outbox: settings.outbox,
        base_url: portal.base_url().to_owned(),
        zone: settings.zone.clone(),
        site: settings.look.name.clone(),
        entropy: portal.entropy.clone(),
        titles: title_of,
    })
}
