//! Everything that handlers of this wing share: the parts of the base, and its own.

use std::ops::Deref;
use std::sync::Arc;

use axum::extract::FromRef;
use base_web::App;
use passes_rules::payload::Keyring;
use passes_work::Desk;

/// The parts. It dereferences to those of the base. Cheap to clone.
#[derive(Clone)]
pub struct Passes {
    app: App,
    /// The desk that scans are handed to.
    pub desk: Desk,
    /// The keys that codes are made with.
    pub keys: Arc<Keyring>,
}

impl Passes {
    /// Puts the parts together.
    pub fn new(app: App, desk: Desk, keys: Arc<Keyring>) -> Self {
        Self { app, desk, keys }
    }

    /// The parts of the base.
    pub fn app(&self) -> &App {
        &self.app
    }
}

impl Deref for Passes {
    type Target = App;
    fn deref(&self) -> &App {
        &self.app
    }
}

impl FromRef<Passes> for App {
    fn from_ref(passes: &Passes) -> Self {
        passes.app.clone()
    }
}

impl AsRef<App> for Passes {
    fn as_ref(&self) -> &App {
        &self.app
    }
}
