//! Everything that handlers of this wing share: the parts of the base, and its own.

use std::ops::Deref;

use axum::extract::FromRef;
use base_web::App;
use portal_work::live::Live;

use crate::inventory::turn::Exporting;

/// The parts. It dereferences to those of the base. Cheap to clone.
#[derive(Clone)]
pub struct Portal {
    app: App,
    /// The stock; `None` where no ERP is configured.
    pub live: Option<Live>,
    /// Whose file is under way.
    pub exporting: Exporting,
}

impl Portal {
    /// Puts the parts together.
    pub fn new(app: App, live: Option<Live>) -> Self {
        Self { app, live, exporting: Exporting::default() }
    }

    /// What links in mails to customers begin with.
    pub fn base_url(&self) -> &str {
        self.app.settings.look.base_url("/inventory", &self.app.settings.base_url)
    }
}

impl Deref for Portal {
    type Target = App;
    fn deref(&self) -> &App {
        &self.app
    }
}

impl FromRef<Portal> for App {
    fn from_ref(portal: &Portal) -> Self {
        portal.app.clone()
    }
}

impl AsRef<App> for Portal {
    fn as_ref(&self) -> &App {
        &self.app
    }
}
