//! Where the people of a realm come in.
//!
//! Invariant: the address alone decides the realm of a request. Below `/portal` and `/inventory` it is that of customers,
//! everywhere else that of staff; each has a cookie of its own, and neither is read at an address of the other.

use base_core::realm::Realm;

/// The addresses that every page of a realm may lead to.
#[derive(Debug, PartialEq, Eq)]
pub struct Door {
    /// The first page.
    pub home: &'static str,
    /// Where people sign in.
    pub sign_in: &'static str,
    /// Where people sign out.
    pub sign_out: &'static str,
    /// Where people choose a password of their own.
    pub own_password: &'static str,
}

const OF_STAFF: Door = Door { home: "/", sign_in: "/login", sign_out: "/logout", own_password: "/profile/password" };
const OF_CUSTOMERS: Door =
    Door { home: "/portal", sign_in: "/portal/login", sign_out: "/portal/logout", own_password: "/portal/password" };

/// The door of a realm.
pub fn door(realm: Realm) -> &'static Door {
    match realm {
        Realm::Staff => &OF_STAFF,
        Realm::Customer => &OF_CUSTOMERS,
    }
}

/// The realm of a path, as the router reads it: what is written in another way is another address.
pub fn realm_of(path: &str) -> Realm {
    let below = |page: &str| path == page || path.strip_prefix(page).is_some_and(|rest| rest.starts_with('/'));
    if ["/portal", "/api/portal", "/inventory"].into_iter().any(below) { Realm::Customer } else { Realm::Staff }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_alone_decides_the_realm() {
        for path in ["/portal", "/portal/", "/portal/login", "/api/portal/stock", "/inventory", "/inventory/api/rows"] {
            assert_eq!(realm_of(path), Realm::Customer, "{path}");
        }
        for path in [
            "/",
            "/login",
            "/portals",
            "/api/v1/portal",
            "/%70ortal",
            "//portal",
            "/Portal",
            "/profile/portal",
            "/inventories",
        ] {
            assert_eq!(realm_of(path), Realm::Staff, "{path}");
        }
        for realm in Realm::ALL {
            let Door { home, sign_in, sign_out, own_password } = door(realm);
            assert!([home, sign_in, sign_out, own_password].into_iter().all(|path| realm_of(path) == realm));
        }
    }
}
