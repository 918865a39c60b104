//! What a wing brings to the program. The program knows its wings by one list of [`Wing`]s, and everything that is put
//! together from several wings is put together from that list.

use std::sync::Arc;

use axum::Router;
use base_core::figure::Figure;
use base_core::permission::{Grant, Grants, Permission};
use base_core::setting::Declared;
use base_files::Files;
use base_files::import::ImportWork;
use base_jobs::Job;
pub use base_seams::{
    Check, CustomerAccounts, CustomerChange, CustomerFault, CustomerSettings, Doing, Finding, Found, GivenPassword,
    Keeper, Keepers, Kept, KnownCustomer, NewCustomer, Outside, Page, PasswordRule, PersonData, Resolve,
};
use base_web::App;
use base_web::home::HomeCard;
use base_web::imports::IMPORTS as IMPORTS_LIST;
use base_web::kit::KIT;
use base_web::list::ListKind;
use base_web::live::LiveSource;
use base_web::locale::Locale;
use base_web::menu::{API, EXPORTS, HEALTH, HOME, IMPORTS, JOBS, Menu, MenuEntry};
use base_web::stored::Fixed;
use utoipa_axum::router::OpenApiRouter;

/// A wing: what it declares, and how it opens.
pub struct Wing {
    /// Its name, as `wings` in the configuration says it.
    pub name: &'static str,
    /// What people may do in it.
    pub permissions: &'static [Permission],
    /// Which roles may.
    pub grants: &'static [Grant],
    /// Its entries in the menu.
    pub menu: &'static [MenuEntry],
    /// Its entries in the menu of customers.
    pub customer_menu: &'static [MenuEntry],
    /// Its texts.
    pub locales: Vec<Locale>,
    /// With one of these permissions, the search box finds something in this wing.
    pub find: &'static [Permission],
    /// What can be checked of it.
    pub checks: Vec<Arc<dyn Check>>,
    /// What a code is here.
    pub resolve: Option<Arc<dyn Resolve>>,
    /// What it keeps of a person.
    pub person_data: Option<Arc<dyn PersonData>>,
    /// The accounts of customers, if it has them.
    pub customers: Option<Arc<dyn CustomerAccounts>>,
    /// What it takes in and lets out as files.
    pub files: Files,
    /// Its lists.
    pub lists: &'static [&'static ListKind],
    /// What it counts, for whoever watches the site.
    pub figures: &'static [&'static [Figure]],
    /// What people set while the site runs.
    pub settings: &'static [Declared],
    /// What only the configuration says of it.
    pub fixed: Vec<Fixed>,
    /// Opens it over the parts that all wings share.
    pub open: Box<dyn FnOnce(&App) -> Open + Send>,
}

impl Wing {
    /// A wing that declares nothing but its name.
    pub fn named(name: &'static str) -> Self {
        Self {
            name,
            permissions: &[],
            grants: &[],
            menu: &[],
            customer_menu: &[],
            locales: Vec::new(),
            find: &[],
            checks: Vec::new(),
            resolve: None,
            person_data: None,
            customers: None,
            files: Files::default(),
            lists: &[],
            figures: &[],
            settings: &[],
            fixed: Vec::new(),
            open: Box::new(|_| Open::default()),
        }
    }
}

/// What a wing provides once the program runs.
#[derive(Default)]
pub struct Open {
    /// Its pages, and the addresses of the system that it replaces. Here, an error is answered with a page.
    pub pages: Router,
    /// Its static files, which need no signing in.
    pub files: Router,
    /// Its API, described where it is handled.
    pub api: OpenApiRouter,
    /// What it shows on the home page.
    pub home: Vec<Arc<dyn HomeCard>>,
    /// What updates itself on open pages.
    pub live: Vec<Arc<dyn LiveSource>>,
    /// What runs by itself.
    pub jobs: Vec<Arc<dyn Job>>,
    /// Who makes the rows of its files true.
    pub imports: Vec<Arc<dyn ImportWork>>,
    /// Other systems that it needs.
    pub outside: Vec<Arc<dyn Outside>>,
}

/// Which role may do what, over all wings.
pub fn grants(wings: &[Wing]) -> Grants {
    Grants::of(wings.iter().map(|wing| wing.grants))
}

/// The menu of every page.
pub fn menu(wings: &[Wing]) -> Menu {
    let entries: Vec<MenuEntry> = wings.iter().flat_map(|wing| wing.menu).copied().collect();
    let mut base = vec![HOME];
    base.extend(wings.iter().any(|wing| !wing.files.exports.is_empty()).then_some(EXPORTS));
    base.extend(wings.iter().any(|wing| !wing.files.imports.is_empty()).then_some(IMPORTS));
    base.extend([HEALTH, JOBS]);
    base.push(API);
    let find: Vec<Permission> = wings.iter().flat_map(|wing| wing.find).copied().collect();
    let of_customers = wings.iter().flat_map(|wing| wing.customer_menu).copied();
    Menu::of(&base, &entries, &find).with_customers(of_customers)
}

/// What the base and all wings count.
pub fn figures(wings: &[Wing]) -> Vec<Figure> {
    let base = [base_db::FIGURES, base_jobs::FIGURES, base_web::figures::FIGURES, base_web::metrics::FIGURES];
    base.into_iter().chain(wings.iter().flat_map(|wing| wing.figures).copied()).flatten().copied().collect()
}

/// What all wings keep of a person.
pub fn keepers(wings: &[Wing]) -> Keepers {
    let keeper = |wing: &Wing| Some(Keeper { wing: wing.name, data: wing.person_data.clone()? });
    Keepers::of(wings.iter().filter_map(keeper))
}

/// The accounts of customers, of the one wing that has them.
pub fn customers(wings: &[Wing]) -> Option<Arc<dyn CustomerAccounts>> {
    wings.iter().find_map(|wing| wing.customers.clone())
}

/// What all wings take in and let out as files.
pub fn files(wings: &[Wing]) -> Files {
    Files::of_all(wings.iter().map(|wing| wing.files.clone()))
}

/// The lists of the base and of all wings.
pub fn lists(wings: &[Wing]) -> Vec<&'static ListKind> {
    let base = [IMPORTS_LIST, KIT].into_iter();
    base.chain(wings.iter().flat_map(|wing| wing.lists).copied()).collect()
}

/// Makes the texts of all wings available to every page.
pub fn learn_texts(wings: &[Wing]) {
    base_web::locale::learn(wings.iter().map(|wing| wing.locales.clone()));
}
