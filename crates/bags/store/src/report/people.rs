//! What people have done. Except for [`bags`], nothing here reads more scans than it shows, or than a stated budget.

use bags_rules::report::ScanCounts;
use base_core::account::AccountId;
use base_core::area::Area;
use base_core::permission::Role;
use base_core::realm::Realm;
use base_core::time::Moment;
use base_db::query::Query;
use base_db::{Conn, StoreError};

use super::quarters::read_quarters;

/// How many of a person's newest scans are searched for refusals.
pub const REFUSALS_BUDGET: u32 = 500;

/// Both in one statement: a scan that arrives meanwhile is in neither or in both.
const FIGURES: &str = "select a.signed_in_at, t.parents, t.children, t.bills, t.others, t.refused, t.last_at,
        (select string_agg(cast(quarter + parents + children + bills + others as text), ',')
            from person_scans where account_id = $1 and quarter >= $2) as quarters
    from accounts a left join person_totals t on t.account_id = a.id where a.id = $1";
const QUARTERS: &str = "select string_agg(cast(quarter + parents + children + bills + others as text), ',')
    from person_scans where account_id = $1 and quarter >= $2 and quarter < $3";
/// The person is a part of the order; see `Dialect::of_owner`.
const SCANS: &str = "select at, action, code, parent, bill, outcome, undone_at from scans
    where (account_id, seq) >= ($1, 0) and (account_id, seq) <= ($1, 9223372036854775807) order by account_id desc, seq desc limit $2";
const AUDIT: &str = "select at, action, entity_type, entity from audit
    where (actor_id, seq) >= ($1, 0) and (actor_id, seq) <= ($1, 9223372036854775807) order by actor_id desc, seq desc limit $2";
const LIST: &str = "select a.id, a.username, a.username_folded, a.area, a.is_active, a.signed_in_at,
        (select string_agg(r.role, ',') from account_roles r where r.account_id = a.id) as roles,
        t.last_at as scanned_at, coalesce(t.parents + t.children + t.bills + t.others, 0) as scans_total,
        (select cast(coalesce(sum(p.parents + p.children + p.bills + p.others), 0) as bigint) from person_scans p
            where p.account_id = a.id and p.quarter >= $2 and p.quarter < $3) as scans
    from accounts a left join person_totals t on t.account_id = a.id
    where a.realm = $5 and a.removed_at is null and a.username_folded > $1 order by a.username_folded limit $4";

#[derive(sqlx::FromRow)]
struct FigureRow {
    parents: Option<i64>,
    children: Option<i64>,
    bills: Option<i64>,
    others: Option<i64>,
    refused: Option<i64>,
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
    /// Scans since a moment that were not refused, by the quarter of an hour that they fell into.
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
    /// The stable code of its outcome.
    pub outcome: String,
    /// When it was undone, in microseconds.
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

fn newest_but(account: AccountId, accepted: &[&str], limit: u32) -> Query {
    let mut query = Query::default();
    query.bind(
        "select at, action, code, parent, bill, outcome, undone_at from
            (select seq, at, action, code, parent, bill, outcome, undone_at from scans
                where (account_id, seq) >= (?, 0) and (account_id, seq) <= (?, 9223372036854775807)
                order by account_id desc, seq desc limit ?) s",
        [account.into(), account.into(), i64::from(REFUSALS_BUDGET).into()],
    );
    one_of(query.push(" where s.outcome not in ("), accepted);
    query.bind(" order by s.seq desc limit ?", [i64::from(limit).into()]);
    query
}

fn bags_of(account: AccountId, codes: &[&str]) -> Query {
    let mut query = Query::default();
    query.bind(
        "select count(distinct code) from scans
            where (account_id, seq) >= (?, 0) and (account_id, seq) <= (?, 9223372036854775807)",
        [account.into(), account.into()],
    );
    one_of(query.push(" and outcome in ("), codes);
    query
}

/// Ends an open `in (`.
fn one_of(query: &mut Query, codes: &[&str]) {
    for (n, code) in codes.iter().enumerate() {
        query.bind(if n == 0 { "?" } else { ", ?" }, [(*code).into()]);
    }
    query.push(")");
}

/// What a person has scanned, in quarters of an hour since a moment.
pub async fn figures(mut conn: Conn<'_>, account: AccountId, since: Moment) -> Result<Figures, StoreError> {
    let row: Option<FigureRow> =
        on!(conn, c => sqlx::query_as(FIGURES).bind(account).bind(since.0).fetch_optional(&mut **c).await?);
    let Some(row) = row else { return Ok(Figures::default()) };
    let FigureRow { parents, children, bills, others, refused, last_at, signed_in_at, quarters } = row;
    let sum = Option::unwrap_or_default;
    let total = ScanCounts {
        parents: sum(parents),
        children: sum(children),
        bills: sum(bills),
        others: sum(others),
        refused: sum(refused),
    };
    Ok(Figures {
        total,
        last_at: last_at.map(Moment),
        signed_in_at: signed_in_at.map(Moment),
        quarters: read_quarters(quarters),
    })
}

/// A person's scans of a span that were not refused, by the quarter of an hour.
pub async fn quarters(
    mut conn: Conn<'_>,
    account: AccountId,
    (from, until): (Moment, Moment),
) -> Result<Vec<(Moment, i64)>, StoreError> {
    let text: Option<String> = on!(conn, c => sqlx::query_scalar(QUARTERS)
        .bind(account).bind(from.0).bind(until.0).fetch_one(&mut **c).await?);
    Ok(read_quarters(text))
}

/// A person's newest scans.
pub async fn scans(mut conn: Conn<'_>, account: AccountId, limit: u32) -> Result<Vec<OwnScan>, StoreError> {
    Ok(on!(conn, c => sqlx::query_as(SCANS).bind(account).bind(i64::from(limit)).fetch_all(&mut **c).await?))
}

/// A person's newest refusals among the newest [`REFUSALS_BUDGET`] scans. `accepted` are the outcomes that are not
/// refusals: there are fewer of them, and most scans have one of the first.
pub async fn refusals(
    mut conn: Conn<'_>,
    account: AccountId,
    accepted: &[&str],
    limit: u32,
) -> Result<Vec<OwnScan>, StoreError> {
    Ok(select_query!(conn, newest_but(account, accepted, limit), OwnScan))
}

/// How many different bags a person's scans name. Reads all of them: for a person with a million scans, that takes
/// seconds. `codes` are the outcomes that concern a bag.
pub async fn bags(mut conn: Conn<'_>, account: AccountId, codes: &[&str]) -> Result<i64, StoreError> {
    let rows = select_query!(conn, bags_of(account, codes), (i64,));
    Ok(rows.first().map_or(0, |row| row.0))
}

/// What a person did last, by the audit trail.
pub async fn entries(mut conn: Conn<'_>, account: AccountId, limit: u32) -> Result<Vec<OwnEntry>, StoreError> {
    Ok(on!(conn, c => sqlx::query_as(AUDIT)
        .bind(account).bind(i64::from(limit)).fetch_all(&mut **c).await?))
}

/// Staff by name after a cursor, with their scans of a span.
pub async fn list(
    mut conn: Conn<'_>,
    after: &str,
    (from, until): (Moment, Moment),
    limit: u32,
) -> Result<Vec<PersonLine>, StoreError> {
    let rows: Vec<PersonRow> = on!(conn, c => sqlx::query_as(LIST)
        .bind(after).bind(from.0).bind(until.0).bind(i64::from(limit)).bind(Realm::Staff.name()).fetch_all(&mut **c).await?);
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

/// The statements of this file, for [`super::plans`].
pub(super) fn texts() -> Vec<String> {
    let built = [newest_but(1, &["linked"], 9), bags_of(1, &["linked"])];
    let fixed = [FIGURES, QUARTERS, SCANS, AUDIT, LIST].map(str::to_owned);
    fixed.into_iter().chain(built.map(|query| query.text().to_owned())).collect()
}
