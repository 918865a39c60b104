//! What the trail calls what is done with accounts. What concerns a customer has the names of the earlier portal, so that
//! its entries and those of today are one history.
//!
//! Invariant: every entry about an account of a customer is about a `customer`, by e-mail.

use base_core::audit::Entry;
use base_core::realm::Realm;

/// What an entry about a customer is about.
pub const CUSTOMER: &str = "customer";

/// A customer signed in.
pub const LOGIN: &str = "CUSTOMER_LOGIN";
/// A customer signed out.
pub const LOGOUT: &str = "CUSTOMER_LOGOUT";
/// An account was made.
pub const CREATE: &str = "CUSTOMER_CREATE";
/// Something of an account was changed.
pub const UPDATE: &str = "CUSTOMER_UPDATE";
/// An account may not be used any more.
pub const DEACTIVATE: &str = "CUSTOMER_DEACTIVATE";
/// An account may be used again.
pub const REACTIVATE: &str = "CUSTOMER_REACTIVATE";
/// A password was given by somebody else, who told it.
pub const PASSWORD_SET: &str = "CUSTOMER_PW_SET_BY_ADMIN";
/// A password was given and mailed.
pub const PASSWORD_MAILED: &str = "ADMIN_PW_RESET_EMAIL";
/// A session was ended by somebody else, or because nobody used it.
pub const KICK: &str = "CUSTOMER_SESSION_KICK";
/// Whether idle customers are signed out was switched.
pub const SETTING: &str = "SYSTEM_SETTING_CHANGE";

/// An entry about an account of a realm, by the name that the action has among staff.
pub fn entry(realm: Realm, action: &'static str, username: &str) -> Entry {
    if realm == Realm::Staff {
        return Entry::new(action, "account", username);
    }
    let action = match action {
        "user_created" => CREATE,
        "user_updated" => UPDATE,
        "password_temporary" => PASSWORD_SET,
        "session_ended" => KICK,
        other => other,
    };
    Entry::new(action, CUSTOMER, username)
}

/// An entry about somebody who signs in or out.
pub fn session_entry(realm: Realm, action: &'static str, username: &str) -> Entry {
    match (realm, action) {
        (Realm::Staff, _) => Entry::new(action, "session", ""),
        (Realm::Customer, "login_success") => Entry::new(LOGIN, CUSTOMER, username),
        (Realm::Customer, "logout") => Entry::new(LOGOUT, CUSTOMER, username),
        (Realm::Customer, other) => Entry::new(other, CUSTOMER, username),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn customers_have_the_names_of_the_earlier_portal_and_staff_their_own() {
        let told = |entry: Entry| (entry.action, entry.entity_type, entry.entity);
        assert_eq!(told(entry(Realm::Staff, "user_created", "asha")), ("user_created", "account", "asha".into()));
        let made = entry(Realm::Customer, "user_created", "ann@acme.example");
        assert_eq!(told(made), (CREATE, CUSTOMER, "ann@acme.example".into()));
        assert_eq!(told(session_entry(Realm::Staff, "logout", "asha")), ("logout", "session", String::new()));
        let left = session_entry(Realm::Customer, "logout", "ann@acme.example");
        assert_eq!(told(left), (LOGOUT, CUSTOMER, "ann@acme.example".into()));
        assert_eq!(told(entry(Realm::Customer, "password_change", "a")), ("password_change", CUSTOMER, "a".into()));
    }
}
