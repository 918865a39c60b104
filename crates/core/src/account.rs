//! People: who acts, with which roles and in which area.

use crate::area::{Area, Scope};
use crate::permission::{Permission, Role};

/// When an account locks, and for how long (`bags.md` 0.1 and 6.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LockOut {
    /// Failed sign-ins in a row after which it locks.
    pub failures_max: i64,
    /// How long it stays locked, in minutes.
    pub minutes: i64,
}

impl Default for LockOut {
    fn default() -> Self {
        Self { failures_max: 5, minutes: 30 }
    }
}

/// An account's number in the database.
pub type AccountId = i64;

/// A signed-in person, as every handler and the desk see him.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// The account's number.
    pub id: AccountId,
    /// The user name.
    pub name: String,
    /// The roles held.
    pub roles: Vec<Role>,
    /// The dispatch area, for dispatchers.
    pub area: Option<Area>,
}

impl Person {
    /// True when one of the roles holds the permission.
    pub fn may(&self, permission: Permission) -> bool {
        self.roles.iter().any(|role| role.permissions().contains(&permission))
    }

    /// What the person may see (`bags.md` section 4): everything, one area, or nothing.
    pub fn scope(&self) -> Scope {
        if self.roles.iter().any(|role| role.sees_every_area()) {
            return Scope::All;
        }
        match (&self.area, self.roles.contains(&Role::Dispatcher)) {
            (Some(area), true) => Scope::Area(area.clone()),
            _ => Scope::Nothing,
        }
    }
}

/// Why a user name cannot be used: 3 to 64 characters of `A-Z a-z 0-9 _ . -` (`bags.md` 0.1).
pub fn username_is_valid(name: &str) -> bool {
    (3..=64).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"_.-".contains(&b))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(roles: &[Role], area: Option<&str>) -> Person {
        Person { id: 1, name: "someone".into(), roles: roles.to_vec(), area: area.map(Area::new) }
    }

    #[test]
    fn a_dispatcher_without_area_sees_nothing() {
        assert_eq!(person(&[Role::Dispatcher], None).scope(), Scope::Nothing);
        assert_eq!(person(&[Role::Steward], Some("lucknow")).scope(), Scope::Nothing);
        assert_eq!(person(&[Role::Dispatcher], Some("lucknow")).scope(), Scope::Area(Area::new("lucknow")));
        assert_eq!(person(&[Role::Dispatcher, Role::Biller], Some("lucknow")).scope(), Scope::All);
    }

    #[test]
    fn user_names_keep_to_plain_signs() {
        assert!(username_is_valid("dock.1_night-shift"));
        for name in ["ab", "with blank", "näme", "", "a@b"] {
            assert!(!username_is_valid(name), "{name}");
        }
    }
}
