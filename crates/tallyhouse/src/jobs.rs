//! The jobs of imports and exports (the engine of the base with what the wings hand in), and of backups, and of
//! certificates.

pub mod archives;
pub mod backups;
mod exports;
mod imports;
pub mod integrity;

use std::sync::Arc;

use base_files::export::Exports;
use base_files::import::Runner;
use base_jobs::Job;
use base_secret::SecretKeys;
use base_web::App;

use crate::acme::job::Certificates;
use crate::config::Config;
use crate::site::Site;

/// Every job that looks after the whole site: upkeep of the database, its integrity, backups and archives.
pub fn of_site(config: &Arc<Config>, app: &App) -> Vec<Arc<dyn Job>> {
    let mut jobs = here(config);
    jobs.extend(archives::of(config, app.exports.clone(), app.export_setting.clone()));
    jobs
}

/// Those of them that need no open site, so that the command line can run them, too.
pub fn here(config: &Arc<Config>) -> Vec<Arc<dyn Job>> {
    let mut jobs = base_jobs::jobs::upkeep::all(&config.bags.zone);
    jobs.push(Arc::new(integrity::Integrity(config.clone())));
    jobs.extend(backups::of(config));
    jobs
}

/// Every job of imports and exports; `runner` carries imports on, `kinds` are what can be taken out.
pub fn of_files(runner: Runner, kinds: Exports) -> Vec<Arc<dyn Job>> {
    vec![
        Arc::new(exports::Exports(kinds)),
        Arc::new(exports::OldExports),
        Arc::new(imports::OldFiles),
        Arc::new(imports::Imports(runner)),
    ]
}

/// The job that asks for certificates, where the site has one by ACME.
pub fn certificates(site: &Site, keys: Option<&Arc<SecretKeys>>) -> Option<Arc<dyn Job>> {
    let acme = site.config.tls.as_ref()?.acme()?.clone();
    Some(Arc::new(Certificates::new(acme, keys?.clone(), site.entropy.clone())))
}
