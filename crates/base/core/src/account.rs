//! People: who acts, with which roles and in which area.

use uuid::Uuid;

use crate::area::{Area, Scope};
use crate::permission::{Grants, Permission, Role};
use crate::realm::Realm;
use crate::time::Moment;

/// When signing in pauses after failures, and for how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LockOut {
    /// Failures of one account from one address, or on one known device, after which there is a pause.
    pub failures_max: i64,
    /// How long the first pause lasts, in minutes.
    pub minutes: i64,
    /// Failures of one account from anywhere, within an hour, after which it is locked for everybody but known devices.
    pub account_failures_max: i64,
}

impl Default for LockOut {
    fn default() -> Self {
        Self { failures_max: 5, minutes: 30, account_failures_max: 50 }
    }
}

/// An account's number in the database.
pub type AccountId = i64;

/// A signed-in person, as every handler and the desk see them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// The account's number.
    pub id: AccountId,
    /// Whether they are staff or a customer.
    pub realm: Realm,
    /// The user name.
    pub name: String,
    /// What pages call them, where it is not the user name.
    pub display_name: Option<String>,
    /// Light or dark pages, as they chose; `system` is as the device has it.
    pub colours: String,
    /// True while they have a password that somebody else gave them: they may do nothing but choose their own.
    pub must_change_password: bool,
    /// Their roles.
    pub roles: Vec<Role>,
    /// The dispatch area, for dispatchers.
    pub area: Option<Area>,
    /// The permissions of all their roles together.
    permissions: Vec<Permission>,
    /// The one area that is left of what they may see, for a token that may do less than its owner.
    narrowed_to: Option<Area>,
}

/// Whose account it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Who {
    /// The account's number.
    pub id: AccountId,
    /// Whether they are staff or a customer.
    pub realm: Realm,
    /// The user name.
    pub name: String,
}

impl Person {
    /// A person with all permissions of their roles.
    pub fn new(who: Who, roles: Vec<Role>, area: Option<Area>, grants: &Grants) -> Self {
        let Who { id, realm, name } = who;
        let permissions = grants.of_roles(&roles);
        let (display_name, colours) = (None, "system".to_owned());
        let (must_change_password, narrowed_to) = (false, None);
        Self { id, realm, name, display_name, colours, must_change_password, roles, area, permissions, narrowed_to }
    }

    /// What pages call the person.
    pub fn called(&self) -> &str {
        self.display_name.as_deref().unwrap_or(&self.name)
    }

    /// True when one of the roles has the permission.
    pub fn may(&self, permission: Permission) -> bool {
        self.permissions.contains(&permission)
    }

    /// The same person with less: of their permissions those that are named, if any are, and one area, if one is. Nobody
    /// gets a permission or an area in this way that they do not have.
    #[must_use]
    pub fn narrowed(mut self, permissions: Option<&[&str]>, area: Option<Area>) -> Self {
        if let Some(kept) = permissions {
            self.permissions.retain(|permission| kept.contains(&permission.name()));
        }
        self.narrowed_to = area.or(self.narrowed_to);
        self
    }

    /// The names of all their permissions, in order.
    pub fn permission_names(&self) -> Vec<&'static str> {
        self.permissions.iter().map(|permission| permission.name()).collect()
    }

    /// What the person may see: everything, one area, or nothing.
    pub fn scope(&self) -> Scope {
        let whole = self.whole_scope();
        match (&self.narrowed_to, &whole) {
            (None, _) => whole,
            (Some(area), Scope::All) => Scope::Area(area.clone()),
            (Some(area), Scope::Area(own)) if area == own => whole,
            _ => Scope::Nothing,
        }
    }

    fn whole_scope(&self) -> Scope {
        if self.roles.iter().any(|role| role.sees_every_area()) {
            return Scope::All;
        }
        match (&self.area, self.roles.contains(&Role::Dispatcher)) {
            (Some(area), true) => Scope::Area(area.clone()),
            _ => Scope::Nothing,
        }
    }
}

/// Who is asking, as far as the rules need to know.
#[derive(Clone, Debug)]
pub struct Actor {
    /// The account; `None` is the system itself.
    pub account: Option<AccountId>,
    /// What they may see and touch.
    pub scope: Scope,
}

/// True when this can be a user name: 3 to 64 characters of `A-Z a-z 0-9 _ . -`.
pub fn username_is_valid(name: &str) -> bool {
    (3..=64).contains(&name.len()) && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"_.-".contains(&b))
}

/// Who is asking, under which id, and when it is decided.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// Who.
    pub actor: &'a Actor,
    /// The command's id, for its answer.
    pub id: Uuid,
    /// The time of the decision.
    pub now: Moment,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::permission::{ACCOUNT_MANAGE, HOME_READ};

    fn person(roles: &[Role], area: Option<&str>) -> Person {
        let who = Who { id: 1, realm: Realm::Staff, name: "someone".into() };
        Person::new(who, roles.to_vec(), area.map(Area::new), &Grants::default())
    }

    #[test]
    fn a_dispatcher_without_area_sees_nothing() {
        assert_eq!(person(&[Role::Dispatcher], None).scope(), Scope::Nothing);
        assert_eq!(person(&[Role::Steward], Some("lucknow")).scope(), Scope::Nothing);
        assert_eq!(person(&[Role::Dispatcher], Some("lucknow")).scope(), Scope::Area(Area::new("lucknow")));
        assert_eq!(person(&[Role::Dispatcher, Role::Biller], Some("lucknow")).scope(), Scope::All);
    }

    #[test]
    fn whoever_is_narrowed_has_less_and_never_more() {
        let all = [HOME_READ.name(), ACCOUNT_MANAGE.name()];
        let grants = Grants::of([]);
        let of = |role, area: Option<&str>| {
            let who = Who { id: 1, realm: Realm::Staff, name: "someone".into() };
            Person::new(who, vec![role], area.map(Area::new), &grants)
        };
        let biller = of(Role::Biller, None).narrowed(Some(&all), Some(Area::new("lucknow")));
        assert!(biller.may(HOME_READ) && !biller.may(ACCOUNT_MANAGE));
        assert_eq!(biller.scope(), Scope::Area(Area::new("lucknow")));
        assert_eq!(of(Role::Biller, None).narrowed(Some(&[]), None).permission_names(), [""; 0]);
        let elsewhere = of(Role::Dispatcher, Some("indore")).narrowed(None, Some(Area::new("lucknow")));
        assert_eq!(elsewhere.scope(), Scope::Nothing);
        assert_eq!(of(Role::Steward, None).narrowed(None, Some(Area::new("lucknow"))).scope(), Scope::Nothing);
        let own = of(Role::Dispatcher, Some("indore")).narrowed(None, Some(Area::new("indore")));
        assert_eq!(own.scope(), Scope::Area(Area::new("indore")));
    }

    #[test]
    fn user_names_keep_to_plain_characters() {
        assert!(username_is_valid("dock.1_night-shift"));
        for name in ["ab", "with blank", "näme", "", "a@b"] {
            assert!(!username_is_valid(name), "{name}");
        }
    }
}
