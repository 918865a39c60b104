//! The rows of an earlier system, by kind and by page.

use base_core::time::Moment;

use crate::rules::{
    EarlierBag, EarlierBill, EarlierEntry, EarlierNotification, EarlierPromotion, EarlierScan, EarlierUser,
};

/// The kinds of rows, in the order in which they are imported: each needs only what comes before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// People.
    User,
    /// Bags.
    Bag,
    /// Links.
    Link,
    /// Bills.
    Bill,
    /// Parents on bills.
    BillBag,
    /// Scans.
    Scan,
    /// Requests for promotion.
    Promotion,
    /// Notifications.
    Notification,
    /// The audit trail.
    Audit,
}

impl Kind {
    /// Every kind, in order.
    pub const ALL: [Self; 9] = [
        Self::User,
        Self::Bag,
        Self::Link,
        Self::Bill,
        Self::BillBag,
        Self::Scan,
        Self::Promotion,
        Self::Notification,
        Self::Audit,
    ];

    /// The stored name.
    pub fn name(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Bag => "bag",
            Self::Link => "link",
            Self::Bill => "bill",
            Self::BillBag => "bill_bag",
            Self::Scan => "scan",
            Self::Promotion => "promotion",
            Self::Notification => "notification",
            Self::Audit => "audit",
        }
    }

    /// The table of TraitorTrack.
    pub(super) fn table(self) -> &'static str {
        match self {
            Self::Promotion => "promotionrequest",
            Self::Audit => "audit_log",
            other => other.name(),
        }
    }
}

/// A row of `link`, with what was found for it.
#[derive(Clone, Debug)]
pub struct LinkRow {
    pub(super) id: i64,
    pub(super) parent: Option<String>,
    pub(super) child: Option<String>,
    pub(super) linked_at: Option<Moment>,
    /// The scan of the same moment: its number and time.
    pub(super) scan: Option<(i64, Moment)>,
    pub(super) user_id: Option<i64>,
}

/// A row of `bill_bag`, with its code.
#[derive(Clone, Debug)]
pub struct BillBagRow {
    pub(super) id: i64,
    pub(super) bill_id: i64,
    pub(super) parent: Option<String>,
    pub(super) linked_at: Option<Moment>,
    /// The scan that put it there: its number and time.
    pub(super) scan: Option<(i64, Moment)>,
    pub(super) user_id: Option<i64>,
}

/// A row of `scan`, with what was found for it.
#[derive(Clone, Debug)]
pub struct ScanRow {
    pub(super) scan: EarlierScan,
    /// The bill on which its parent was put in the same moment.
    pub(super) bill_id: Option<i64>,
}

/// Rows of one kind.
#[derive(Clone, Debug)]
pub enum Rows {
    /// [`Kind::User`]
    Users(Vec<EarlierUser>),
    /// [`Kind::Bag`]
    Bags(Vec<EarlierBag>),
    /// [`Kind::Link`]
    Links(Vec<LinkRow>),
    /// [`Kind::Bill`]
    Bills(Vec<EarlierBill>),
    /// [`Kind::BillBag`]
    BillBags(Vec<BillBagRow>),
    /// [`Kind::Scan`]
    Scans(Vec<ScanRow>),
    /// [`Kind::Promotion`]
    Promotions(Vec<EarlierPromotion>),
    /// [`Kind::Notification`]
    Notifications(Vec<EarlierNotification>),
    /// [`Kind::Audit`]
    Audit(Vec<EarlierEntry>),
}

/// Some rows, and the number of the last of them.
#[derive(Clone, Debug)]
pub struct Page {
    /// Their kind.
    pub kind: Kind,
    /// The number of the last one.
    pub up_to: i64,
    pub(super) rows: Rows,
}

impl Page {
    /// How many rows it has.
    pub fn len(&self) -> usize {
        match &self.rows {
            Rows::Users(rows) => rows.len(),
            Rows::Bags(rows) => rows.len(),
            Rows::Links(rows) => rows.len(),
            Rows::Bills(rows) => rows.len(),
            Rows::BillBags(rows) => rows.len(),
            Rows::Scans(rows) => rows.len(),
            Rows::Promotions(rows) => rows.len(),
            Rows::Notifications(rows) => rows.len(),
            Rows::Audit(rows) => rows.len(),
        }
    }

    /// True when it has none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
