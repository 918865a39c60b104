//! Rights as named permissions, and roles as sets of them. Code asks for a permission, never for a role.
//!
//! Each wing declares its own permissions and which roles have them; [`Grants`] collects all of them once, at start.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

/// One thing a person may do, such as `audit.read`. The name is what tokens, audit and answers show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Permission(&'static str);

impl Permission {
    /// Declares a permission: `thing.act`.
    pub const fn new(name: &'static str) -> Self {
        Self(name)
    }

    /// The stable name.
    pub const fn name(self) -> &'static str {
        self.0
    }
}

/// See the home page and one's own profile.
pub const HOME_READ: Permission = Permission::new("home.read");
/// Export everything as files.
pub const EXPORT_RUN: Permission = Permission::new("export.run");
/// Import rows of bags and bills from files, and see the imports of everybody.
pub const IMPORT_RUN: Permission = Permission::new("import.run");
/// Import rows from files of the kinds whose permission one has, and see one's own imports.
pub const IMPORT_OWN: Permission = Permission::new("import.own");
/// Create accounts and change their roles, areas and passwords.
pub const ACCOUNT_MANAGE: Permission = Permission::new("account.manage");
/// Look after the accounts of customers and their sessions.
pub const CUSTOMER_MANAGE: Permission = Permission::new("customer.manage");
/// Read the audit trail.
pub const AUDIT_READ: Permission = Permission::new("audit.read");
/// Read those entries of the audit trail that belong to the realm of customers.
pub const AUDIT_READ_CUSTOMERS: Permission = Permission::new("audit.read_customers");
/// See the health and the counts of the whole site.
pub const HEALTH_READ: Permission = Permission::new("health.read");
/// Look after the site itself: see and run its jobs, see its backups.
pub const SITE_MAINTAIN: Permission = Permission::new("site.maintain");

/// Read the figures of the running program.
pub const METRICS_READ: Permission = Permission::new("metrics.read");

/// What roles may do besides what wings grant. Admins may do everything anyway.
pub const GRANTS: &[Grant] = &[
    (
        Role::Admin,
        &[
            HOME_READ,
            EXPORT_RUN,
            IMPORT_RUN,
            IMPORT_OWN,
            ACCOUNT_MANAGE,
            CUSTOMER_MANAGE,
            AUDIT_READ,
            AUDIT_READ_CUSTOMERS,
            HEALTH_READ,
            SITE_MAINTAIN,
            METRICS_READ,
        ],
    ),
    (Role::Biller, &[HOME_READ]),
    (Role::Dispatcher, &[HOME_READ]),
    (Role::Organiser, &[HOME_READ]),
    (Role::Steward, &[HOME_READ]),
    (Role::Service, &[HOME_READ, AUDIT_READ_CUSTOMERS]),
];

/// Permissions of a role.
pub type Grant = (Role, &'static [Permission]);

/// Which role has which permissions, over all wings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Grants(BTreeMap<Role, BTreeSet<Permission>>);

impl Grants {
    /// Collects the grants of the base and of all wings. Admins get every permission that any role has.
    pub fn of<'g>(wings: impl IntoIterator<Item = &'g [Grant]>) -> Self {
        let mut held: BTreeMap<Role, BTreeSet<Permission>> = BTreeMap::new();
        for (role, permissions) in [GRANTS].into_iter().chain(wings).flatten() {
            held.entry(*role).or_default().extend(*permissions);
        }
        let all = held.values().flatten().copied().collect();
        held.insert(Role::Admin, all);
        Self(held)
    }

    /// What one role may do.
    pub fn of_role(&self, role: Role) -> impl Iterator<Item = Permission> {
        self.0.get(&role).into_iter().flatten().copied()
    }

    /// What somebody with these roles may do, each permission once, in order.
    pub fn of_roles(&self, roles: &[Role]) -> Vec<Permission> {
        let held: BTreeSet<Permission> = roles.iter().flat_map(|role| self.of_role(*role)).collect();
        held.into_iter().collect()
    }
}

/// A staff role. A person may have several.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Everything.
    Admin,
    /// Works in all areas.
    Biller,
    /// Works in one dispatch area.
    Dispatcher,
    /// Creates and looks after passes.
    Organiser,
    /// The gate only.
    Steward,
    /// Looks after customers.
    Service,
}

impl Role {
    /// Every role, the most powerful first.
    pub const ALL: [Self; 6] =
        [Self::Admin, Self::Biller, Self::Dispatcher, Self::Organiser, Self::Steward, Self::Service];

    /// The stored name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Biller => "biller",
            Self::Dispatcher => "dispatcher",
            Self::Organiser => "organiser",
            Self::Steward => "steward",
            Self::Service => "service",
        }
    }

    /// Reads a stored name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }

    /// True when the role works in every area.
    pub fn sees_every_area(self) -> bool {
        matches!(self, Self::Admin | Self::Biller)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OPEN: Permission = Permission::new("door.open");
    const PAINT: Permission = Permission::new("door.paint");

    #[test]
    fn grants_of_all_wings_add_up_and_an_admin_has_every_permission() {
        let grants = Grants::of([&[(Role::Biller, &[OPEN][..])][..], &[(Role::Steward, &[PAINT][..])][..]]);
        assert_eq!(grants.of_roles(&[Role::Biller]), [OPEN, HOME_READ]);
        assert_eq!(grants.of_roles(&[Role::Biller, Role::Steward]), [OPEN, PAINT, HOME_READ]);
        let admin = grants.of_roles(&[Role::Admin]);
        for role in Role::ALL {
            assert!(grants.of_role(role).all(|permission| admin.contains(&permission)), "{}", role.name());
        }
    }

    #[test]
    fn role_names_are_read_back() {
        for role in Role::ALL {
            assert_eq!(Role::parse(role.name()), Some(role));
        }
        assert_eq!(Role::parse("root"), None);
    }
}
