//! An import from an earlier system: who and what it already knows, and how far it came.

use std::collections::{HashMap, HashSet};

use base_core::account::AccountId;
use base_core::area::Area;
use base_core::audit::Origin;
use base_db::batch::Batch;
use base_db::{Conn, StoreError};

use super::rows::Kind;
use crate::rules::{Finding, Site};

/// Counters are sums over shards, so any shard will do.
pub(super) const SHARD: i64 = 0;

static IDS: Batch = Batch::rows(
    "with r (source, kind, earlier_id, ours) as (values ",
    4,
    ") insert into earlier_ids (source, kind, earlier_id, ours) select source, kind, earlier_id, ours from r
     where source is not null on conflict (source, kind, earlier_id) do nothing",
);

/// What became of a page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Brought {
    /// Rows that are here now and were not before.
    pub brought: u64,
    /// Rows whose content is here already.
    pub known: u64,
    /// Rows that could not be kept; each is reported in `findings`.
    pub left_out: u64,
    /// Rows that came before and whose place one of these took: they are not here any more.
    pub replaced: u64,
    /// All problems that were found.
    pub findings: Vec<Finding>,
    /// The numbers of the rows that were left out.
    pub left_out_ids: Vec<i64>,
}

impl Brought {
    /// Leaves a row out, and says why.
    pub(super) fn leave_out(&mut self, finding: Finding) {
        self.left_out += 1;
        self.left_out_ids.push(finding.earlier_id);
        self.findings.push(finding);
    }
}

/// Encrypts a secret that must be read again.
pub type Encrypt<'a> = &'a (dyn Fn(&str) -> String + Send + Sync);

/// An import: from where, into which site, and by whom.
pub struct Import<'a> {
    /// The source's name; bags, links and bills carry it as the id of their import.
    pub source: String,
    /// The site.
    pub site: Site<'a>,
    /// How secrets are encrypted; `None` when they cannot be.
    pub encrypt: Option<Encrypt<'a>>,
    /// Who runs it, for the audit trail.
    pub origin: Origin,
    /// True for a dry run: it must not write rows that scans write to, because it would lock them until its end.
    pub is_dry: bool,
    /// Who is who.
    pub identities: Identities,
    pub(super) people: HashMap<i64, Someone>,
    pub(super) bills: HashMap<i64, String>,
}

/// Who is who among people, as far as it is not plain.
#[derive(Clone, Debug, Default)]
pub struct Identities {
    /// The user names there.
    pub there: HashSet<String>,
    /// Whom somebody decided: the user name here by that there. Nobody of that name here: a new account gets it.
    pub map: HashMap<String, String>,
}

/// An account, its name, and the area in which its scans count.
#[derive(Clone, Debug)]
pub(super) struct Someone {
    pub(super) account: AccountId,
    pub(super) name: String,
    pub(super) area: Option<Area>,
}

impl<'a> Import<'a> {
    /// An import that has not read any accounts or bills yet.
    pub fn new(source: &str, site: Site<'a>, encrypt: Option<Encrypt<'a>>, origin: Origin) -> Self {
        let (people, bills) = (HashMap::new(), HashMap::new());
        let identities = Identities::default();
        Self { source: source.to_owned(), site, encrypt, origin, is_dry: false, identities, people, bills }
    }

    /// Reads which account and which bill here belongs to which number there. To be called before each kind.
    pub async fn learn(&mut self, mut conn: Conn<'_>) -> Result<(), StoreError> {
        const PEOPLE: &str = "select e.earlier_id, a.id, a.username, a.area from earlier_ids e
            join accounts a on cast(a.id as text) = e.ours where e.source = $1 and e.kind = 'user'";
        const BILLS: &str = "select earlier_id, ours from earlier_ids where source = $1 and kind = 'bill'";
        let people: Vec<(i64, i64, String, Option<String>)> =
            on!(conn, c => sqlx::query_as(PEOPLE).bind(&self.source).fetch_all(&mut **c).await?);
        let someone = |(earlier_id, account, name, area): (i64, i64, String, Option<String>)| {
            (earlier_id, Someone { account, name, area: area.as_deref().map(Area::new) })
        };
        self.people = people.into_iter().map(someone).collect();
        let bills: Vec<(i64, String)> =
            on!(conn, c => sqlx::query_as(BILLS).bind(&self.source).fetch_all(&mut **c).await?);
        self.bills = bills.into_iter().collect();
        Ok(())
    }

    /// The number up to which the rows of a kind were imported.
    pub async fn mark(&self, mut conn: Conn<'_>, kind: Kind) -> Result<i64, StoreError> {
        const MARK: &str = "select up_to from earlier_marks where source = $1 and kind = $2";
        let found: Option<i64> = on!(conn, c => sqlx::query_scalar(MARK)
            .bind(&self.source).bind(kind.name()).fetch_optional(&mut **c).await?);
        Ok(found.unwrap_or_default())
    }

    pub(super) fn account(&self, earlier_id: Option<i64>) -> Option<AccountId> {
        self.people.get(&earlier_id?).map(|someone| someone.account)
    }

    /// Stores which rows here belong to which numbers there.
    pub(super) async fn remember(
        &self,
        mut conn: Conn<'_>,
        kind: Kind,
        ids: &[(i64, String)],
    ) -> Result<(), StoreError> {
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
pub(super) fn count(n: usize) -> u64 {
    u64::try_from(n).unwrap_or(u64::MAX)
}
