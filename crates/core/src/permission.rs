//! Rights as named permissions, and roles as sets of them. Code asks for a permission, never for a role.

use serde::Serialize;

/// One thing a person may do. The text form is what tokens, audit and answers show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Permission {
    /// See the home dashboard and one's own profile.
    HomeRead,
    /// Scan parents and children, undo, unlink, move, close.
    BagScan,
    /// Look bags, their history and their scans up.
    BagRead,
    /// Remove bags (rules D1 to D4).
    BagDelete,
    /// Replace the whole list of a parent's children.
    BagEdit,
    /// Look at bills; a dispatcher only at those that hold a bag of his area.
    BillRead,
    /// Create, fill, complete and reopen bills.
    BillEdit,
    /// Remove bills, and have their figures recalculated.
    BillDelete,
    /// Sum up one's own bills.
    BillSummary,
    /// Sum up everybody's bills, and read and send the day's report.
    BillSummaryAll,
    /// Read the scan report and the area report of one's scope.
    ReportRead,
    /// Take everything out as files.
    ExportRun,
    /// Bring bags, links and bills in from files.
    ImportRun,
    /// Create accounts and change their roles, areas and passwords.
    AccountManage,
    /// Read the audit trail.
    AuditRead,
    /// See the health and the counts of the whole house.
    HealthRead,
}

impl Permission {
    /// The stable name, such as `bag.scan`.
    pub fn name(self) -> &'static str {
        match self {
            Self::HomeRead => "home.read",
            Self::BagScan => "bag.scan",
            Self::BagRead => "bag.read",
            Self::BagDelete => "bag.delete",
            Self::BagEdit => "bag.edit",
            Self::BillRead => "bill.read",
            Self::BillEdit => "bill.edit",
            Self::BillDelete => "bill.delete",
            Self::BillSummary => "bill.summary",
            Self::BillSummaryAll => "bill.summary_all",
            Self::ReportRead => "report.read",
            Self::ExportRun => "export.run",
            Self::ImportRun => "import.run",
            Self::AccountManage => "account.manage",
            Self::AuditRead => "audit.read",
            Self::HealthRead => "health.read",
        }
    }
}

/// A staff role. A person may hold several.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Everything.
    Admin,
    /// All areas; bills; bag deletion; reports.
    Biller,
    /// Scans and looks in one dispatch area.
    Dispatcher,
    /// Creates and looks after passes.
    Organiser,
    /// The gate only.
    Steward,
}

impl Role {
    /// Every role, the mightiest first.
    pub const ALL: [Self; 5] = [Self::Admin, Self::Biller, Self::Dispatcher, Self::Organiser, Self::Steward];

    /// The stored name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Biller => "biller",
            Self::Dispatcher => "dispatcher",
            Self::Organiser => "organiser",
            Self::Steward => "steward",
        }
    }

    /// Reads a stored name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }

    /// What the role may do (`bags.md` section 4).
    pub fn permissions(self) -> &'static [Permission] {
        use Permission as P;
        match self {
            Self::Admin => &[
                P::HomeRead,
                P::BagScan,
                P::BagRead,
                P::BagDelete,
                P::BagEdit,
                P::BillRead,
                P::BillEdit,
                P::BillDelete,
                P::BillSummary,
                P::BillSummaryAll,
                P::ReportRead,
                P::ExportRun,
                P::ImportRun,
                P::AccountManage,
                P::AuditRead,
                P::HealthRead,
            ],
            Self::Biller => &[
                P::HomeRead,
                P::BagScan,
                P::BagRead,
                P::BagDelete,
                P::BillRead,
                P::BillEdit,
                P::BillSummary,
                P::ReportRead,
            ],
            Self::Dispatcher => &[P::HomeRead, P::BagScan, P::BagRead, P::BillRead, P::ReportRead],
            Self::Organiser | Self::Steward => &[P::HomeRead],
        }
    }

    /// True when the role works in every area.
    pub fn sees_every_area(self) -> bool {
        matches!(self, Self::Admin | Self::Biller)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_admin_holds_every_right_that_any_role_holds() {
        for role in Role::ALL {
            for permission in role.permissions() {
                assert!(Role::Admin.permissions().contains(permission), "{}", permission.name());
            }
        }
    }

    #[test]
    fn only_admin_and_biller_remove_bags() {
        let may: Vec<Role> =
            Role::ALL.into_iter().filter(|role| role.permissions().contains(&Permission::BagDelete)).collect();
        assert_eq!(may, [Role::Admin, Role::Biller]);
    }

    #[test]
    fn role_names_are_read_back() {
        for role in Role::ALL {
            assert_eq!(Role::parse(role.name()), Some(role));
        }
        assert_eq!(Role::parse("root"), None);
    }
}
