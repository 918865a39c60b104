//! Everything that handlers of this wing share: the parts of the base, and its own.

use std::ops::Deref;
use std::sync::Arc;

use axum::extract::FromRef;
use bags_rules::rules::Rules;
use bags_work::Desk;
use base_web::app::App;

use crate::memory::Memory;

/// The parts. It dereferences to those of the base. Cheap to clone.
#[derive(Clone)]
pub struct Bags {
    app: App,
    /// The desk that scans are handed to.
    pub desk: Desk,
    /// The rules' settings.
    pub rules: Arc<Rules>,
    /// The hash (`base_secret::hash_token`) of what a scheduled call for the end-of-day report must know; `None` where
    /// there is no such call.
    pub eod_secret_hash: Option<Arc<str>>,
    /// What is being computed, or was a moment ago.
    pub(crate) memory: Arc<Memory>,
}

impl Bags {
    /// Puts the parts together.
    pub fn new(app: App, desk: Desk, rules: Arc<Rules>, eod_secret_hash: Option<String>) -> Self {
        let eod_secret_hash = eod_secret_hash.map(Into::into);
        Self { app, desk, rules, eod_secret_hash, memory: Arc::default() }
    }

    /// The parts of the base.
    pub fn app(&self) -> &App {
        &self.app
    }
}

impl Deref for Bags {
    type Target = App;
    fn deref(&self) -> &App {
        &self.app
    }
}

impl FromRef<Bags> for App {
    fn from_ref(bags: &Bags) -> Self {
        bags.app.clone()
    }
}

impl AsRef<App> for Bags {
    fn as_ref(&self) -> &App {
        &self.app
    }
}
