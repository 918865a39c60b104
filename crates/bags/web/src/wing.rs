//! The wing of bags and bills, as the program puts it into its list.

use std::sync::Arc;

use bags_rules::permission::{ALL, BAG_READ, BAG_SCAN, BILL_READ, BILL_SUMMARY, GRANTS, REPORT_READ};
use bags_rules::rules::Rules;
use bags_work::person_data::OfPerson;
use bags_work::{Desk, checks, export, import_kinds, jobs};
use base_files::Files;
use base_files::import::ImportWork;
use base_web::App;
use base_web::menu::{Foot, Group, MenuEntry};
use base_web::stored::Fixed;
use base_wing::{Open, Wing};

use crate::bags::pages::list::BAGS;
use crate::bags::pages::show::CHILDREN_OF;
use crate::bills::pages::BILLS;
use crate::home::live::Figures;
use crate::home::pages::BagsCard;
use crate::reports::work::sender;
use crate::resolve::BagsAndBills;
use crate::scans::pages::SCANS;
use crate::state::Bags;
use crate::{routes, words};

/// What the wing is opened with.
pub struct Parts {
    /// The desk that scans are handed to.
    pub desk: Desk,
    /// The hash of what a scheduled call for the end-of-day report must know; `None` where there is no such call.
    pub eod_secret_hash: Option<String>,
    /// Who makes the rows of files true.
    pub imports: Arc<dyn ImportWork>,
}

const GROUP: Group = Group::Wing("nav-group-bags");

const fn entry(place: &'static str, address: &'static str, icon: &'static str, text: &'static str) -> MenuEntry {
    MenuEntry { place, address, icon, text, group: GROUP, any_of: &[BAG_READ], foot: None }
}

/// The menu.
const MENU: &[MenuEntry] = &[
    MenuEntry {
        any_of: &[BAG_SCAN],
        foot: Some(Foot { text: "nav-scan", unless: None }),
        ..entry("scan", "/scan", "scan", "nav-scan")
    },
    MenuEntry { any_of: &[BAG_SCAN], ..entry("station", "/station", "station", "nav-station") },
    MenuEntry {
        foot: Some(Foot { text: "nav-bags", unless: Some(BILL_READ) }),
        ..entry("bags", "/bags", "bag", "nav-bags")
    },
    entry("scans", "/scans", "history", "nav-scans"),
    MenuEntry {
        any_of: &[BILL_READ],
        foot: Some(Foot { text: "nav-bills", unless: None }),
        ..entry("bills", "/bills", "bill", "nav-bills")
    },
    MenuEntry {
        foot: Some(Foot { text: "nav-search", unless: None }),
        ..entry("lookup", "/lookup", "search", "nav-lookup")
    },
    MenuEntry {
        group: Group::Office,
        any_of: &[REPORT_READ, BILL_SUMMARY],
        ..entry("reports", "/reports", "report", "nav-reports")
    },
];

/// The wing. `parts` are made when it is opened.
pub fn wing(rules: Arc<Rules>, parts: impl FnOnce() -> Parts + Send + 'static) -> Wing {
    let declared = declared(&rules);
    Wing { open: Box::new(move |app| open(app, rules, parts())), ..declared }
}

/// What the wing declares, for who does not open it: it has no pages.
pub fn declared(rules: &Arc<Rules>) -> Wing {
    Wing {
        permissions: ALL,
        grants: GRANTS,
        menu: MENU,
        locales: words::locales(),
        find: &[BAG_READ],
        checks: checks::all(rules),
        resolve: Some(Arc::new(BagsAndBills)),
        person_data: Some(Arc::new(OfPerson)),
        files: Files {
            imports: vec![import_kinds(rules)],
            exports: export::kinds(),
            setting: export::site_setting(rules.capacity),
        },
        lists: &[BAGS, BILLS, SCANS, CHILDREN_OF],
        figures: &[bags_work::figures::FIGURES],
        settings: &[bags_work::eod::TIME_OF_REPORT],
        fixed: vec![Fixed { name: "bags.capacity", value: rules.capacity.to_string() }],
        ..Wing::named("bags")
    }
}

fn open(app: &App, rules: Arc<Rules>, parts: Parts) -> Open {
    bags_work::figures::begin();
    let bags = Bags::new(app.clone(), parts.desk, rules, parts.eod_secret_hash);
    Open {
        pages: routes::pages().with_state(bags.clone()),
        files: routes::files().with_state(bags.clone()),
        api: routes::api().with_state(bags.clone()),
        home: vec![Arc::new(BagsCard(bags.clone()))],
        imports: vec![parts.imports],
        jobs: jobs::all(bags.rules.clone(), sender(&bags)),
        live: vec![Arc::new(Figures(bags))],
        ..Open::default()
    }
}
