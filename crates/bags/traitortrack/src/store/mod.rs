//! Bringing the rows of an earlier system over. Reading it stands in `traitortrack`, what becomes of each row in
//! `core::earlier`, writing here.
//!
//! Invariants: a page of rows, what it makes of the counters, and how far it came are one transaction; so an import that
//! was cut off goes on where it stood, a second run changes nothing, and a grown database brings only what is new.
//! What was here before, and what was done here since, is never overwritten.

mod bags;
mod bills;
mod links;
mod people;
mod requests;
mod scans;
mod trail;
pub mod traitortrack;

use std::collections::HashMap;

use base_core::account::AccountId;
use base_core::area::Area;
use base_core::audit::Origin;
use base_core::time::Moment;
use base_db::batch::Batch;
use base_db::{Conn, StoreError};

use crate::rules::{
    EarlierBag, EarlierBill, EarlierEntry, EarlierNotification, EarlierPromotion, EarlierScan, EarlierUser, Finding,
    Site,
};

/// Counters are sums over shards; this one is as good as any.
const SHARD: i64 = 0;

static IDS: Batch = Batch::rows(
    "with r (source, kind, earlier_id, ours) as (values ",
    4,
    ") insert into earlier_ids (source, kind, earlier_id, ours) select source, kind, earlier_id, ours from r
     where source is not null on conflict (source, kind, earlier_id) do nothing",
);

/// The kinds of rows, in the order in which they come over: each needs only what stands before it.
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
    fn table(self) -> &'static str {
        match self {
            Self::Promotion => "promotionrequest",
            Self::Audit => "audit_log",
            other => other.name(),
        }
    }
}

/// A row of `link`, with what hangs on it.
#[derive(Clone, Debug)]
pub struct LinkRow {
    id: i64,
    parent: Option<String>,
    child: Option<String>,
    linked_at: Option<Moment>,
    /// The scan of the same moment: its number and time.
    scan: Option<(i64, Moment)>,
    user_id: Option<i64>,
}

/// A row of `bill_bag`, with its code.
#[derive(Clone, Debug)]
pub struct BillBagRow {
    id: i64,
    bill_id: i64,
    parent: Option<String>,
    linked_at: Option<Moment>,
}

/// A row of `scan`, with what hangs on it.
#[derive(Clone, Debug)]
pub struct ScanRow {
    scan: EarlierScan,
    /// The bill on which its parent was put in the same moment.
    bill_id: Option<i64>,
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
    rows: Rows,
}

impl Page {
    /// How many rows it holds.
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

    /// True when it holds none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// What became of a page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Brought {
    /// Rows that are here now and were not before.
    pub brought: u64,
    /// Rows that say what is here already.
    pub known: u64,
    /// Rows that could not be kept; each is told in `findings`.
    pub left_out: u64,
    /// Everything that was not as it should be.
    pub findings: Vec<Finding>,
}

/// Encrypts a secret that must be read again.
pub type Encrypt<'a> = &'a (dyn Fn(&str) -> String + Send + Sync);

/// An import: what comes from where, and how the site takes it.
pub struct Import<'a> {
    /// The source's name; bags, links and bills carry it as the id of their import.
    pub source: String,
    /// The site.
    pub site: Site<'a>,
    /// How secrets are encrypted; `None` when they cannot be.
    pub encrypt: Option<Encrypt<'a>>,
    /// Who brings it, for the audit trail.
    pub origin: Origin,
    /// The rows that those who scan write to are left alone: a dry run would keep them until its end.
    pub is_dry: bool,
    people: HashMap<i64, Someone>,
    bills: HashMap<i64, String>,
}

/// An account, and the area in which its scans count.
#[derive(Clone, Debug)]
struct Someone {
    account: AccountId,
    area: Option<Area>,
}

impl<'a> Import<'a> {
    /// An import that knows nobody yet.
    pub fn new(source: &str, site: Site<'a>, encrypt: Option<Encrypt<'a>>, origin: Origin) -> Self {
        let (people, bills) = (HashMap::new(), HashMap::new());
        Self { source: source.to_owned(), site, encrypt, origin, is_dry: false, people, bills }
    }

    /// Learns who is who and which bill is which. Asked for before each kind.
    pub async fn learn(&mut self, mut conn: Conn<'_>) -> Result<(), StoreError> {
        const PEOPLE: &str = "select e.earlier_id, a.id, a.area from earlier_ids e
            join accounts a on cast(a.id as text) = e.ours where e.source = $1 and e.kind = 'user'";
        const BILLS: &str = "select earlier_id, ours from earlier_ids where source = $1 and kind = 'bill'";
        let people: Vec<(i64, i64, Option<String>)> =
            on!(conn, c => sqlx::query_as(PEOPLE).bind(&self.source).fetch_all(&mut **c).await?);
        let someone = |(earlier_id, account, area): (i64, i64, Option<String>)| {
            (earlier_id, Someone { account, area: area.as_deref().map(Area::new) })
        };
        self.people = people.into_iter().map(someone).collect();
        let bills: Vec<(i64, String)> =
            on!(conn, c => sqlx::query_as(BILLS).bind(&self.source).fetch_all(&mut **c).await?);
        self.bills = bills.into_iter().collect();
        Ok(())
    }

    /// Up to which number the rows of a kind came over.
    pub async fn mark(&self, mut conn: Conn<'_>, kind: Kind) -> Result<i64, StoreError> {
        const MARK: &str = "select up_to from earlier_marks where source = $1 and kind = $2";
        let found: Option<i64> = on!(conn, c => sqlx::query_scalar(MARK)
            .bind(&self.source).bind(kind.name()).fetch_optional(&mut **c).await?);
        Ok(found.unwrap_or_default())
    }

    /// Writes what becomes of a page, and that it came over. [`StoreError::Conflict`] when somebody else works on the
    /// same rows: the page can be tried again in a new transaction.
    pub async fn bring(&self, mut conn: Conn<'_>, page: &Page) -> Result<Brought, StoreError> {
        const SET: &str = "insert into earlier_marks (source, kind, up_to) values ($1, $2, $3)
            on conflict (source, kind) do update set up_to = excluded.up_to";
        let brought = match &page.rows {
            Rows::Users(rows) => people::bring(conn.reborrow(), self, rows).await?,
            Rows::Bags(rows) => bags::bring(conn.reborrow(), self, rows).await?,
            Rows::Links(rows) => links::bring(conn.reborrow(), self, rows).await?,
            Rows::Bills(rows) => bills::bring(conn.reborrow(), self, rows).await?,
            Rows::BillBags(rows) => bills::bring_parents(conn.reborrow(), self, rows).await?,
            Rows::Scans(rows) => scans::bring(conn.reborrow(), self, rows).await?,
            Rows::Promotions(rows) => requests::bring_promotions(conn.reborrow(), self, rows).await?,
            Rows::Notifications(rows) => requests::bring_notifications(conn.reborrow(), self, rows).await?,
            Rows::Audit(rows) => trail::bring(conn.reborrow(), self, rows).await?,
        };
        execute!(conn, SET, &self.source, page.kind.name(), page.up_to);
        Ok(brought)
    }

    fn account(&self, earlier_id: Option<i64>) -> Option<AccountId> {
        self.people.get(&earlier_id?).map(|someone| someone.account)
    }

    /// Remembers whose number there is what here.
    async fn remember(&self, mut conn: Conn<'_>, kind: Kind, ids: &[(i64, String)]) -> Result<(), StoreError> {
        let _new = execute_rows!(conn, IDS, ids, |row| [
            self.source.as_str() => &str,
            kind.name() => &str,
            row.0 => i64,
            row.1.as_str() => &str,
        ]);
        Ok(())
    }
}

/// A count of rows.
fn count(n: usize) -> u64 {
    u64::try_from(n).unwrap_or(u64::MAX)
}
