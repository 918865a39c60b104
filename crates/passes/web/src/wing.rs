//! The wing of passes, as the program puts it into its list.

use std::sync::Arc;

use base_files::Files;
use base_web::App;
use base_web::locale::{Locale, Text};
use base_web::menu::{Foot, Group, MenuEntry};
use base_wing::{Check, Open, Wing};
use passes_rules::payload::Keyring;
use passes_rules::permission::{ALL, EVENT_READ, GRANTS, PASS_READ, PASS_REDEEM, PASS_UNDO_ENTRY};
use passes_work::checks::GateCounts;
use passes_work::jobs::{GATE_SCANS_DAYS, OldGateScans};
use passes_work::office::{self, ERASE_AFTER_DAYS};
use passes_work::person_data::OfPerson;
use passes_work::{Desk, import_kinds, import_work};

use crate::events::pages::EVENTS;
use crate::home::{Figures, PassesCard};
use crate::passes::pages::PASSES;
use crate::resolve::Guests;
use crate::routes;
use crate::state::Passes;

/// What the wing is opened with.
pub struct Parts {
    /// The desk that scans are handed to.
    pub desk: Desk,
    /// The keys of codes.
    pub keys: Arc<Keyring>,
}

const GROUP: Group = Group::Wing("nav-group-passes");

/// The menu.
const MENU: &[MenuEntry] = &[
    MenuEntry {
        place: "gate",
        address: "/gate",
        icon: "scan",
        text: "nav-gate",
        group: GROUP,
        any_of: &[PASS_REDEEM],
        foot: Some(Foot { text: "nav-gate", unless: Some(EVENT_NOT_ALONE) }),
    },
    MenuEntry {
        place: "conflicts",
        address: "/gate/conflicts",
        icon: "bell",
        text: "nav-conflicts",
        group: GROUP,
        any_of: &[PASS_UNDO_ENTRY],
        foot: None,
    },
    MenuEntry {
        place: "events",
        address: "/events",
        icon: "history",
        text: "nav-events",
        group: GROUP,
        any_of: &[EVENT_READ],
        foot: Some(Foot { text: "nav-events", unless: Some(EVENT_NOT_ALONE) }),
    },
];

/// Who has every right has the foot of a phone full already.
const EVENT_NOT_ALONE: base_core::permission::Permission = passes_rules::permission::EVENT_READ_ALL;

/// The texts.
const LOCALES: &[Locale] = &[
    Locale { lang: "en", wing: "passes", text: Text::Fluent(include_str!("../locales/en/passes.ftl")) },
    Locale { lang: "hi", wing: "passes", text: Text::Fluent(include_str!("../locales/hi/passes.ftl")) },
];

/// The counts of gates and of people inside equal a recount.
fn gate_counts() -> Arc<dyn Check> {
    Arc::new(GateCounts)
}

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
        locales: LOCALES.to_vec(),
        find: &[PASS_READ],
        resolve: Some(Arc::new(Guests)),
        person_data: Some(Arc::new(OfPerson)),
        checks: office::checks().into_iter().chain([gate_counts()]).collect(),
        files: Files { imports: vec![import_kinds()], ..Files::default() },
        lists: &[EVENTS, PASSES],
        figures: &[passes_work::figures::FIGURES, passes_work::figures::OF_SALES],
        settings: &[ERASE_AFTER_DAYS, GATE_SCANS_DAYS],
        ..Wing::named("passes")
    }
}

fn open(app: &App, parts: Parts) -> Open {
    passes_work::figures::begin();
    let passes = Passes::new(app.clone(), parts.desk, parts.keys);
    let parts_of_base = app.clone();
    let erase_after_days = Arc::new(move || parts_of_base.stored.number(&ERASE_AFTER_DAYS));
    let office_jobs = office::jobs(app.settings.zone.clone(), erase_after_days);
    Open {
        pages: routes::pages().with_state(passes.clone()),
        api: routes::api().with_state(passes.clone()),
        home: vec![Arc::new(PassesCard(passes.clone()))],
        live: vec![Arc::new(Figures::of_gates(passes.clone())), Arc::new(Figures::of_sales(passes))],
        jobs: office_jobs.into_iter().chain([Arc::new(OldGateScans) as _]).collect(),
        imports: vec![import_work(&app.db, app.clock.clone(), app.entropy.clone())],
        ..Open::default()
    }
}
