//! Where the people of a realm ask for a link for a new password, and where it leads.
//!
//! Invariant: a link leads to the door of its own realm, and its address never follows from what a browser sends.

use base_core::realm::Realm;
use base_web::App;

/// The pages around a link for a new password.
#[derive(Debug)]
pub struct LinkPages {
    realm: Realm,
    /// Where it is asked for.
    pub ask: &'static str,
    /// What the address begins with by which a password is set.
    pub reset: &'static str,
    /// The key of what helps where no mail can go.
    pub help: &'static str,
}

const OF_STAFF: LinkPages = LinkPages { realm: Realm::Staff, ask: "/forgot", reset: "/reset/", help: "sign-in-help" };
const OF_CUSTOMERS: LinkPages =
    LinkPages { realm: Realm::Customer, ask: "/portal/forgot", reset: "/portal/reset/", help: "portal-sign-in-help" };

/// The pages of a realm.
pub fn link_pages(realm: Realm) -> &'static LinkPages {
    match realm {
        Realm::Staff => &OF_STAFF,
        Realm::Customer => &OF_CUSTOMERS,
    }
}

impl LinkPages {
    /// True where a mail with a link can go at all: the site has a way to send it, and says its own address.
    pub fn can_mail(&self, app: &App) -> bool {
        let of_customers = self.realm == Realm::Customer && app.settings.look.public_url.is_some();
        app.settings.outbox.is_open() && (app.settings.has_public_url || of_customers)
    }

    /// The full address by which a password is set.
    pub fn link(&self, app: &App, token: &str) -> String {
        let base = app.settings.look.base_url(self.reset, &app.settings.base_url);
        format!("{base}{}{token}", self.reset)
    }
}
