//! Everything that handlers of this wing share: the parts of the base, and its own.

use std::ops::Deref;
use std::sync::Arc;

use axum::extract::FromRef;
use base_web::App;
use base_web::rate::Rate;
use passes_rules::payload::Keyring;
use passes_work::Desk;
use tokio::sync::watch;

use crate::gates::guests::Guests;
use crate::memory::Assigned;
use crate::recent::Recent;

/// The parts. It dereferences to those of the base. Cheap to clone.
#[derive(Clone)]
pub struct Passes {
    app: App,
    /// The desk that scans are handed to.
    pub desk: Desk,
    /// The keys that codes are made with.
    pub keys: Arc<Keyring>,
    /// How often pages of guests are asked for that there are not, by address.
    pub wrong_looks: Arc<Rate>,
    /// Looks up the names of guests that go with answers at gates.
    pub guests: Guests,
    /// At which events people work.
    pub assigned: Assigned,
    /// Figures of events that were computed a moment ago.
    pub recent: Recent,
    /// Changes with each sale.
    pub sold: Arc<watch::Sender<u64>>,
}

/// Most wrong addresses of guests' pages in a minute, from one place.
const WRONG_LOOKS_A_MINUTE: u32 = 60;

impl Passes {
    /// Puts the parts together.
    pub fn new(app: App, desk: Desk, keys: Arc<Keyring>) -> Self {
        Self {
            app,
            desk,
            keys,
            wrong_looks: Arc::new(Rate::per_minute(WRONG_LOOKS_A_MINUTE)),
            guests: Guests::default(),
            assigned: Assigned::default(),
            recent: Recent::default(),
            sold: Arc::new(watch::Sender::new(0)),
        }
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
