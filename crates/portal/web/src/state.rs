//! Everything that handlers of this wing share: the parts of the base, and its own.

use std::ops::Deref;
use std::sync::Arc;

use axum::extract::FromRef;
use base_web::App;
use portal_work::live::Live;

/// How customers see the site: its name and colours, where they differ from the program's own.
#[derive(Clone, Debug)]
pub struct Look {
    /// The name above every page and in every mail.
    pub name: String,
    /// The strong colour, as `#2d5016`; `None` is the program's own.
    pub colour: Option<[u8; 3]>,
    /// The logo, a PNG; `None` shows the name.
    pub logo: Option<Arc<[u8]>>,
    /// How customers reach the site, where that differs from how staff do.
    pub public_url: Option<String>,
}

impl Default for Look {
    fn default() -> Self {
        Self { name: "Tallyhouse".into(), colour: None, logo: None, public_url: None }
    }
}

/// The parts. It dereferences to those of the base. Cheap to clone.
#[derive(Clone)]
pub struct Portal {
    app: App,
    /// The stock; `None` where no ERP is configured.
    pub live: Option<Live>,
    /// How customers see the site.
    pub look: Arc<Look>,
}

impl Portal {
    /// Puts the parts together.
    pub fn new(app: App, live: Option<Live>, look: Look) -> Self {
        Self { app, live, look: Arc::new(look) }
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
