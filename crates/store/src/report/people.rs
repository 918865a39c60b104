//! What people have done. Nothing here reads more scans than it shows, or than a stated budget, but [`bags`].

use tallyhouse_core::account::AccountId;
use tallyhouse_core::area::Area;
use tallyhouse_core::permission::Role;
use tallyhouse_core::report::ScanCounts;
use tallyhouse_core::time::Moment;

use crate::db::Conn;
use crate::error::StoreError;

/// How many of a person's newest scans are looked through for refusals.
pub const REFUSALS_BUDGET: u32 = 500;

/// A quarter of an hour fits an `integer`, which PostgreSQL adds up three times as fast as a `bigint`.
const FIGURES: &str = "select cast(coalesce(sum(cast(parents as integer)), 0) as bigint) as parents,
        cast(coalesce(sum(cast(children as integer)), 0) as bigint) as children,
        cast(coalesce(sum(cast(bills as integer)), 0) as bigint) as bills,
        cast(coalesce(sum(cast(others as integer)), 0) as bigint) as others,
        cast(coalesce(sum(cast(refused as integer)), 0) as bigint) as refused,
        max(last_at) as last_at, (select signed_in_at from accounts where id = $1) as signed_in_at,
        string_agg(case when quarter >= $2 then cast(quarter / 900000000 as text) || ':'
            || cast(parents + children + bills + others as text) end, ',') as quarters
    from person_scans where account_id = $1";
/// The person is a part of the order; see `Dialect::of_owner`.
const SCANS: &str = "select at, action, code, parent, bill, outcome, undone_at from scans
    where (account_id, seq) >= ($1, 0) and (account_id, seq) <= ($1, 9223372036854775807) order by account_id desc, seq desc limit $2";
const REFUSALS: &str = "select at, action, code, parent, bill, outcome, undone_at from
        (select * from scans where (account_id, seq) >= ($1, 0) and (account_id, seq) <= ($1, 9223372036854775807)
            order by account_id desc, seq desc limit $2) s
    where $3 like '%,' || s.outcome || ',%' order by s.seq desc limit $4";
/// Reads every scan of the person.
const BAGS: &str = "select count(distinct code) from scans
    where (account_id, seq) >= ($1, 0) and (account_id, seq) <= ($1, 9223372036854775807)
        and $2 like '%,' || outcome || ',%'";
const AUDIT: &str = "select at, action, entity_type, entity from audit
    where (actor_id, seq) >= ($1, 0) and (actor_id, seq) <= ($1, 9223372036854775807) order by actor_id desc, seq desc limit $2";
const LIST: &str = "select a.id, a.username, a.username_folded, a.area, a.is_active, a.signed_in_at,
        (select string_agg(r.role, ',') from account_roles r where r.account_id = a.id) as roles,
        (select max(p.last_at) from person_scans p where p.account_id = a.id and p.quarter =
            (select max(q.quarter) from person_scans q where q.account_id = a.id)) as scanned_at,
        (select cast(coalesce(sum(p.parents + p.children + p.bills + p.others), 0) as bigint) from person_scans p
            where p.account_id = a.id and p.quarter >= $2 and p.quarter < $3) as scans,
        (select cast(coalesce(sum(p.parents + p.children + p.bills + p.others), 0) as bigint) from person_scans p
            where p.account_id = a.id) as scans_total
    from accounts a where a.username_folded > $1 order by a.username_folded limit $4";

#[derive(sqlx::FromRow)]
struct FigureRow {
    parents: i64,
    children: i64,
    bills: i64,
    others: i64,
    refused: i64,
    last_at: Option<i64>,
    signed_in_at: Option<i64>,
    quarters: Option<String>,
}

/// What a person has scanned.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// All scans ever.
    pub total: ScanCounts,
    /// When the last of them was.
    pub last_at: Option<Moment>,
    /// The last sign-in.
    pub signed_in_at: Option<Moment>,
    /// Scans since a moment that were not refused, by the quarter of an hour.
    pub quarters: Vec<(Moment, i64)>,
}

/// A scan of a person.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct OwnScan {
    /// When it was decided, in microseconds.
    pub at: i64,
    /// What was asked for.
    pub action: String,
    /// The code.
    pub code: String,
    /// The parent concerned.
    pub parent: Option<String>,
    /// The bill that was named.
    pub bill: Option<String>,
    /// The stable code of what became of it.
    pub outcome: String,
    /// When it was taken back, in microseconds.
    pub undone_at: Option<i64>,
}

/// An entry of the audit trail about what a person did.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct OwnEntry {
    /// When, in microseconds.
    pub at: i64,
    /// What.
    pub action: String,
    /// What kind of thing.
    pub entity_type: String,
    /// Which one.
    pub entity: String,
}

#[derive(sqlx::FromRow)]
struct PersonRow {
    id: i64,
    username: String,
    username_folded: String,
    area: Option<String>,
    is_active: bool,
    signed_in_at: Option<i64>,
    roles: Option<String>,
    scanned_at: Option<i64>,
    scans: i64,
    scans_total: i64,
}

/// A person in the list of people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonLine {
    /// The account.
    pub id: AccountId,
    /// The name.
    pub name: String,
    /// The name for the next page.
    pub cursor: String,
    /// The roles.
    pub roles: Vec<Role>,
    /// The dispatch area.
    pub area: Option<Area>,
    /// False for accounts that may not sign in.
    pub is_active: bool,
    /// The last sign-in.
    pub signed_in_at: Option<Moment>,
    /// The last scan.
    pub scanned_at: Option<Moment>,
    /// Scans of the span that were not refused.
    pub scans: i64,
    /// All scans that were not refused.
    pub scans_total: i64,
}

/// What a person has scanned, in quarters of an hour since a moment. One walk: the rows lie wide apart.
pub async fn figures(mut conn: Conn<'_>, account: AccountId, since: Moment) -> Result<Figures, StoreError> {
    let row: FigureRow = on!(conn, c => sqlx::query_as(FIGURES).bind(account).bind(since.0).fetch_one(&mut **c).await?);
    let FigureRow { parents, children, bills, others, refused, last_at, signed_in_at, quarters } = row;
    Ok(Figures {
        total: ScanCounts { parents, children, bills, others, refused },
        last_at: last_at.map(Moment),
        signed_in_at: signed_in_at.map(Moment),
        quarters: super::read_quarters(quarters),
    })
}

/// A person's newest scans.
pub async fn scans(mut conn: Conn<'_>, account: AccountId, limit: u32) -> Result<Vec<OwnScan>, StoreError> {
    Ok(on!(conn, c => sqlx::query_as(SCANS).bind(account).bind(i64::from(limit)).fetch_all(&mut **c).await?))
}

/// A person's newest refusals among the newest [`REFUSALS_BUDGET`] scans. `codes` are the outcomes that refuse.
pub async fn refusals(
    mut conn: Conn<'_>,
    account: AccountId,
    codes: &[&str],
    limit: u32,
) -> Result<Vec<OwnScan>, StoreError> {
    let codes = format!(",{},", codes.join(","));
    Ok(on!(conn, c => sqlx::query_as(REFUSALS)
        .bind(account).bind(i64::from(REFUSALS_BUDGET)).bind(&codes).bind(i64::from(limit))
        .fetch_all(&mut **c).await?))
}

/// How many different bags a person's scans name. Reads all of them: a person of a million takes seconds. `codes` are the
/// outcomes that are about a bag.
pub async fn bags(mut conn: Conn<'_>, account: AccountId, codes: &[&str]) -> Result<i64, StoreError> {
    let codes = format!(",{},", codes.join(","));
    Ok(on!(conn, c => sqlx::query_scalar(BAGS).bind(account).bind(&codes).fetch_one(&mut **c).await?))
}

/// What a person did last, by the audit trail.
pub async fn entries(mut conn: Conn<'_>, account: AccountId, limit: u32) -> Result<Vec<OwnEntry>, StoreError> {
    Ok(on!(conn, c => sqlx::query_as(AUDIT)
        .bind(account).bind(i64::from(limit)).fetch_all(&mut **c).await?))
}

/// People by name after a cursor, with their scans of a span.
pub async fn list(
    mut conn: Conn<'_>,
    after: &str,
    (from, until): (Moment, Moment),
    limit: u32,
) -> Result<Vec<PersonLine>, StoreError> {
    let rows: Vec<PersonRow> = on!(conn, c => sqlx::query_as(LIST)
        .bind(after).bind(from.0).bind(until.0).bind(i64::from(limit)).fetch_all(&mut **c).await?);
    let line = |row: PersonRow| PersonLine {
        id: row.id,
        name: row.username,
        cursor: row.username_folded,
        roles: row.roles.unwrap_or_default().split(',').filter_map(Role::parse).collect(),
        area: row.area.as_deref().map(Area::new),
        is_active: row.is_active,
        signed_in_at: row.signed_in_at.map(Moment),
        scanned_at: row.scanned_at.map(Moment),
        scans: row.scans,
        scans_total: row.scans_total,
    };
    Ok(rows.into_iter().map(line).collect())
}

/// Every text of this file, for [`super::plans`].
pub(super) fn texts() -> Vec<String> {
    [FIGURES, SCANS, REFUSALS, BAGS, AUDIT, LIST].map(str::to_owned).into()
}
