//! The list of wings, and the web server that is put together from it. A new wing is an entry in [`MIGRATIONS`],
//! [`declared`] and [`all`]; nothing else in the program names it.

use std::sync::Arc;

use axum::Router;
use bags_rules::rules::Rules;
use base_core::entropy::Entropy;
use base_core::permission::Grants;
use base_core::time::Clock;
use base_db::{Db, Migrations};
use base_files::import::ImportWork;
use base_jobs::Job;
use base_web::app::Base;
use base_web::live::LiveFeed;
use base_web::{App, Settings};
use base_wing::{Keepers, Open, Outside, Wing};

use crate::routes;

/// The migrations. The tables of all wings exist, whichever of them a site uses.
pub const MIGRATIONS: Migrations = &[
    base_records::migrations::MIGRATIONS,
    people_store::migrations::MIGRATIONS,
    bags_store::migrations::MIGRATIONS,
    bags_traitortrack::migrations::MIGRATIONS,
    passes_store::migrations::MIGRATIONS,
    portal_store::migrations::MIGRATIONS,
];

/// The wings that cannot be left out.
pub const ALWAYS: &[&str] = &["people"];

/// All wings. `bags`, `passes` and `portal` are called when their wings are opened.
pub fn all(
    rules: Arc<Rules>,
    bags: impl FnOnce() -> bags_web::wing::Parts + Send + 'static,
    passes: impl FnOnce() -> passes_web::wing::Parts + Send + 'static,
    portal: impl FnOnce() -> portal_web::wing::Parts + Send + 'static,
) -> Vec<Wing> {
    vec![
        people_web::wing::wing(),
        bags_web::wing::wing(rules, bags),
        passes_web::wing::wing(passes),
        portal_web::wing::wing(portal),
    ]
}

/// What all wings declare, for commands that open none of them.
pub fn declared(rules: &Arc<Rules>) -> Vec<Wing> {
    vec![
        people_web::wing::wing(),
        bags_web::wing::declared(rules),
        passes_web::wing::declared(),
        portal_web::wing::declared(),
    ]
}

/// The names of all wings, as the configuration uses them.
pub fn names() -> Vec<&'static str> {
    declared(&Arc::default()).iter().map(|wing| wing.name).collect()
}

/// What all wings keep of a person.
pub fn keepers(rules: &Arc<Rules>) -> Keepers {
    base_wing::keepers(&declared(rules))
}

/// Which role may do what, over all wings.
pub fn grants() -> Arc<Grants> {
    Arc::new(base_wing::grants(&declared(&Arc::default())))
}

/// The web server of a site, ready to serve.
pub struct WebSide {
    /// The parts that every handler uses.
    pub app: App,
    /// Every address.
    pub router: Router,
    /// The feed, to be closed before the site closes.
    pub feed: LiveFeed,
    /// The jobs of all wings.
    pub jobs: Vec<Arc<dyn Job>>,
    /// Who makes the rows of files true, over all wings.
    pub imports: Vec<Arc<dyn ImportWork>>,
    /// Other systems that the wings need.
    pub outside: Vec<Arc<dyn Outside>>,
}

/// Puts the web server together over a migrated database.
pub fn open(db: Db, clock: Arc<dyn Clock>, entropy: Arc<dyn Entropy>, settings: Settings, wings: Vec<Wing>) -> WebSide {
    base_wing::learn_texts(&wings);
    base_web::figures::begin(&base_wing::figures(&wings));
    let (grants, menu) = (Arc::new(base_wing::grants(&wings)), base_wing::menu(&wings));
    let resolvers = wings.iter().filter_map(|wing| wing.resolve.clone()).collect();
    let files = base_wing::files(&wings);
    let lists = base_wing::lists(&wings);
    let keepers = base_wing::keepers(&wings);
    let customers = base_wing::customers(&wings);
    let settings_offered = wings.iter().flat_map(|wing| wing.settings).copied().collect();
    let settings_fixed = wings.iter().flat_map(|wing| wing.fixed.clone()).collect();
    let base = Base {
        db,
        clock,
        entropy,
        grants,
        menu,
        resolvers,
        files,
        lists,
        keepers,
        customers,
        settings_offered,
        settings_fixed,
    };
    let app = App::new(base, settings);
    let mut open: Vec<Open> = wings.into_iter().map(|wing| (wing.open)(&app)).collect();
    let jobs = open.iter_mut().flat_map(|wing| std::mem::take(&mut wing.jobs)).collect();
    let imports = open.iter_mut().flat_map(|wing| std::mem::take(&mut wing.imports)).collect();
    let outside = open.iter_mut().flat_map(|wing| std::mem::take(&mut wing.outside)).collect();
    let (router, feed) = routes::router(&app, open);
    WebSide { app, router, feed, jobs, imports, outside }
}
