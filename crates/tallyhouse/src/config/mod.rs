//! The configuration: a TOML file, the environment before it, the command line before both. One file for each section.
//!
//! Invariants: every fault is found in one run and named with the place it was set and its key; a key that no section
//! knows is a fault; a secret prints as `***`.

mod acme;
mod admin;
mod alerts;
mod backup;
mod bags;
mod database;
mod directory;
mod erp;
mod fault;
mod given;
mod log;
mod mail;
mod metrics;
mod passes;
mod portal;
mod reader;
mod reports;
mod secret;
mod server;
mod session;
mod sign_in;
mod site;
#[cfg(test)]
mod tests;
mod tls;
mod wings;

use std::path::Path;

pub use acme::Acme;
pub use admin::Admin;
pub use alerts::Alerts;
pub use backup::Backup;
pub use bags::Bags;
pub use database::Database;
pub use directory::Directory;
pub use fault::Faults;
use fault::Origin;
pub use given::Environment;
pub use log::Log;
pub use mail::Mail;
pub use metrics::Metrics;
pub use passes::Passes;
pub use reports::Reports;
pub use secret::Secret;
pub use server::Server;
pub use session::Session;
pub use sign_in::SignIn;
pub use site::Site;
pub use tls::{Certificate, Files, Tls};
use toml::Value;

/// Everything that a site has set.
#[derive(Clone, Debug)]
pub struct Config {
    /// `wings`: the names of the wings that the site has
    pub wings: Vec<&'static str>,
    /// `[server]`
    pub server: Server,
    /// `[tls]`; `None` when the server serves no TLS by itself
    pub tls: Option<Tls>,
    /// `[database]`
    pub database: Database,
    /// `[bags]`
    pub bags: Bags,
    /// `[session]`
    pub session: Session,
    /// `[sign_in]`
    pub sign_in: SignIn,
    /// `[site]`
    pub site: Site,
    /// `[admin]`
    pub admin: Admin,
    /// `[mail]`; `None` when the site has no mail
    pub mail: Option<Mail>,
    /// `[directory]`; `None` when everybody has a password here
    pub directory: Option<Directory>,
    /// `[reports]`
    pub reports: Reports,
    /// What the codes on passes are signed with.
    pub passes: Passes,
    /// `[erp]`; `None` when the site is not connected to one
    pub erp: Option<portal_erp::Settings>,
    /// `[portal]`
    pub portal: base_web::look::Look,
    /// `[backup]`
    pub backup: Backup,
    /// `[log]`
    pub log: Log,
    /// `[metrics]`
    pub metrics: Metrics,
    /// `[alerts]`
    pub alerts: Alerts,
    /// Names in the environment that are accepted and set nothing.
    pub accepted: Vec<String>,
}

/// Where the configuration is read from.
#[derive(Clone, Copy, Debug)]
pub struct Sources<'s> {
    /// The file; `None` is `tallyhouse.toml` if there is one.
    pub file: Option<&'s Path>,
    /// The environment.
    pub environment: &'s Environment,
    /// The database of the command line.
    pub database: Option<&'s str>,
}

impl Config {
    /// Reads everything, or names everything that is wrong.
    pub fn load(sources: Sources<'_>) -> Result<Self, Faults> {
        let mut settings = given::Settings::gather(sources.file, sources.environment);
        if let Some(url) = sources.database {
            settings.set("database.url", Value::from(url), Origin::Option("--database"));
        }
        let mut reader = reader::Reader::new(settings);
        let bags = Bags::read(&mut reader);
        let server = Server::read(&mut reader);
        let config = Self {
            wings: wings::read(&mut reader),
            tls: Tls::read(&mut reader, server.public_url.as_deref()),
            server,
            database: Database::read(&mut reader),
            directory: Directory::read(&mut reader, &bags.areas),
            bags,
            session: Session::read(&mut reader),
            sign_in: SignIn::read(&mut reader),
            site: Site::read(&mut reader),
            admin: Admin::read(&mut reader),
            mail: Mail::read(&mut reader),
            passes: Passes::read(&mut reader),
            reports: Reports::read(&mut reader),
            erp: erp::read(&mut reader),
            portal: portal::read(&mut reader),
            backup: Backup::read(&mut reader),
            log: Log::read(&mut reader),
            metrics: Metrics::read(&mut reader),
            alerts: Alerts::read(&mut reader),
            accepted: given::accepted_names(sources.environment),
        };
        let is_public = config.server.public_url.as_ref().is_some_and(|url| url.starts_with("https://"));
        if !is_public {
            let fault = "server.public_url is not an address with https://: plain requests cannot be led there";
            reader.fault("tls.redirect_from", fault);
        }
        if config.tls.as_ref().is_some_and(|tls| tls.acme().is_some()) && config.session.secret.is_none() {
            let fault =
                "session.secret is not set: the keys of certificates are kept encrypted with it; set SESSION_SECRET";
            reader.fault("tls.acme.contact", fault);
        }
        if config.portal.public_url.is_some() && config.portal.public_url == config.server.public_url {
            reader.fault("portal.public_url", "is server.public_url: customers need a host name of their own, or none");
        }
        let faults = reader.finish();
        if faults.is_empty() { Ok(config) } else { Err(Faults(faults)) }
    }

    /// What a site can start with, and should not stay with.
    pub fn warnings(&self) -> Vec<String> {
        let is_public = self.server.public_url.as_ref().is_some_and(|url| url.starts_with("https://"));
        let mut warnings = Vec::new();
        if is_public && self.session.secret.is_none() {
            let warning = "session.secret is not set: no second factor can be stored, and admins sign in without one; set \
                           SESSION_SECRET";
            warnings.push(warning.to_owned());
        }
        if self.directory.as_ref().is_some_and(Directory::gives_nothing) {
            warnings.push("directory.groups is empty: nobody can sign in by the directory".to_owned());
        }
        warnings.extend(self.backup.warning());
        warnings
    }
}
