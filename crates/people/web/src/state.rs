//! Everything that handlers of this wing share: the parts of the base, and its own.

use std::ops::Deref;
use std::sync::Arc;

use axum::extract::FromRef;
use base_web::App;
use base_web::rate::Rate;
use tokio::sync::watch;

/// New passwords by a link a minute, for each address.
const RESETS_PER_MINUTE: u32 = 5;
/// Looks at the strength of a password a minute, for each address: one for each pause in typing.
const LOOKS_PER_MINUTE: u32 = 120;

/// The parts. It dereferences to those of the base. Cheap to clone.
#[derive(Clone)]
pub struct People {
    app: App,
    own: Arc<Own>,
}

/// What only this wing needs.
pub struct Own {
    /// New passwords by a link, by address.
    pub resets: Rate,
    /// Looks at the strength of a password, by address.
    pub looks: Rate,
    /// Changes whenever a notice was written on this node.
    pub notices: watch::Sender<u64>,
}

impl People {
    /// Puts the parts together.
    pub fn new(app: App) -> Self {
        let own = Own {
            resets: Rate::per_minute(RESETS_PER_MINUTE),
            looks: Rate::per_minute(LOOKS_PER_MINUTE),
            notices: watch::Sender::new(0),
        };
        Self { app, own: Arc::new(own) }
    }

    /// The parts of the base.
    pub fn app(&self) -> &App {
        &self.app
    }

    /// What only this wing needs.
    pub fn own(&self) -> &Own {
        &self.own
    }

    /// Somebody's rights have changed, or ended: nobody is remembered on this node.
    pub fn rights_changed(&self) {
        self.app.sessions.forget_all();
    }

    /// Somebody has a new notice.
    pub fn notices_changed(&self) {
        self.own.notices.send_modify(|n| *n = n.wrapping_add(1));
    }
}

impl Deref for People {
    type Target = App;
    fn deref(&self) -> &App {
        &self.app
    }
}

impl FromRef<People> for App {
    fn from_ref(people: &People) -> Self {
        people.app.clone()
    }
}
