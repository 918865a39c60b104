//! The menu beside every page, put together from what the base and the wings bring.

use std::sync::Arc;

use base_core::permission::{EXPORT_RUN, HEALTH_READ, IMPORT_OWN, IMPORT_RUN, Permission, SITE_MAINTAIN};
use base_core::realm::Realm;

use crate::door::door;

/// The heading above an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// Above all headings.
    Top,
    /// Under a wing's own heading: the key of its text.
    Wing(&'static str),
    /// Under the heading that all share, below those of the wings.
    Office,
}

/// An entry in the row at the foot of a phone.
#[derive(Clone, Copy, Debug)]
pub struct Foot {
    /// The key of the text there, which is shorter.
    pub text: &'static str,
    /// Not for those who hold this permission: they have another entry in its place.
    pub unless: Option<Permission>,
}

/// One entry.
#[derive(Clone, Copy, Debug)]
pub struct MenuEntry {
    /// The name by which a page says that it belongs to this entry.
    pub place: &'static str,
    /// Its address.
    pub address: &'static str,
    /// Its picture in `icons.svg`.
    pub icon: &'static str,
    /// The key of its text.
    pub text: &'static str,
    /// Its heading.
    pub group: Group,
    /// Those who hold one of these see it; everybody does if this is empty.
    pub any_of: &'static [Permission],
    /// Whether it is at the foot of a phone, too.
    pub foot: Option<Foot>,
}

/// What the frame of every page shows besides the page.
#[derive(Clone, Debug)]
pub struct Menu {
    /// All entries, in order.
    pub entries: Arc<[MenuEntry]>,
    /// Those of the pages of customers; the first is their first page.
    pub of_customers: Arc<[MenuEntry]>,
    /// Those who hold one of these see the search box.
    pub find: Arc<[Permission]>,
}

impl Menu {
    /// The entries of the base around those of the wings, in the order of the wings.
    pub fn of(base: &[MenuEntry], wings: &[MenuEntry], find: &[Permission]) -> Self {
        let of = |entries: &[MenuEntry], group: fn(Group) -> bool| -> Vec<MenuEntry> {
            entries.iter().filter(|entry| group(entry.group)).copied().collect()
        };
        let (top, office) = (|group| group == Group::Top, |group| group == Group::Office);
        let mut entries = of(base, top);
        entries.extend(of(wings, top));
        entries.extend(of(wings, |group| matches!(group, Group::Wing(_))));
        entries.extend(of(wings, office));
        entries.extend(of(base, office));
        Self { entries: entries.into(), of_customers: Arc::default(), find: find.into() }
    }

    /// The same with the entries of customers: those without a heading first.
    #[must_use]
    pub fn with_customers(self, entries: impl IntoIterator<Item = MenuEntry>) -> Self {
        let (mut of_customers, rest): (Vec<_>, Vec<_>) =
            entries.into_iter().partition(|entry| entry.group == Group::Top);
        of_customers.extend(rest);
        Self { of_customers: of_customers.into(), ..self }
    }

    /// The first page of a realm.
    pub fn home(&self, realm: Realm) -> &'static str {
        let first = self.of_customers.first().filter(|_| realm == Realm::Customer);
        first.map_or(door(realm).home, |entry| entry.address)
    }
}

/// The entry of the home page.
pub const HOME: MenuEntry = MenuEntry {
    place: "home",
    address: "/",
    icon: "home",
    text: "nav-home",
    group: Group::Top,
    any_of: &[],
    foot: Some(Foot { text: "nav-home", unless: None }),
};

/// The entry of the exports.
pub const EXPORTS: MenuEntry = office("exports", "/exports", "export", "nav-exports", &[EXPORT_RUN]);

/// The entry of the imports.
pub const IMPORTS: MenuEntry = office("imports", "/imports", "import", "nav-imports", &[IMPORT_RUN, IMPORT_OWN]);

/// The entry of the jobs, and of the backups that they make.
pub const JOBS: MenuEntry = office("jobs", "/admin/jobs", "history", "nav-jobs", &[SITE_MAINTAIN]);

/// The entry of the health of the site.
pub const HEALTH: MenuEntry = office("health", "/system_health", "report", "nav-health", &[HEALTH_READ]);

/// The entry of the description of the API.
pub const API: MenuEntry = office("docs", "/api/docs", "api", "nav-api", &[]);

const fn office(
    place: &'static str,
    address: &'static str,
    icon: &'static str,
    text: &'static str,
    any_of: &'static [Permission],
) -> MenuEntry {
    MenuEntry { place, address, icon, text, group: Group::Office, any_of, foot: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_of_wings_stand_between_those_of_the_base() {
        let of = |place, group| MenuEntry { place, group, ..HOME };
        let wings = [of("report", Group::Office), of("gate", Group::Wing("passes")), of("scan", Group::Wing("passes"))];
        let menu = Menu::of(&[HOME, API], &wings, &[]);
        let places: Vec<&str> = menu.entries.iter().map(|entry| entry.place).collect();
        assert_eq!(places, ["home", "gate", "scan", "report", "docs"]);
    }
}
