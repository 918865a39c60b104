//! The audit trail as its pages show it: a list with filters, one entry, and what has happened lately.
//!
//! Scans that went as they should are most of the trail, and have a list of their own; they are left out unless they are
//! asked for, so that every other filter finds its entries by an index.

use base_core::realm::Realm;
use base_core::time::Moment;
use base_db::query::Query;
use base_db::{Conn, StoreError};

/// Actions of scans, which the list leaves out unless they are asked for.
pub const SCANS: [&str; 3] = ["link_created", "parent_selected", "scan_refused"];

/// Entries that belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// Signing in, successful or not.
    SignIns,
    /// What failed or was refused at the door.
    Failures,
    /// What was deleted.
    Deletions,
    /// Who may do what.
    Rights,
    /// What was refused because it was too much.
    Limits,
    /// What customers did, and what was done with them.
    Customers,
}

impl Group {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::SignIns, Self::Failures, Self::Deletions, Self::Rights, Self::Limits, Self::Customers];
    /// Those of which there are entries for somebody who reads those of customers alone.
    pub const OF_CUSTOMERS: [Self; 4] = [Self::SignIns, Self::Failures, Self::Rights, Self::Limits];

    /// Its name in an address.
    pub fn name(self) -> &'static str {
        match self {
            Self::SignIns => "sign_ins",
            Self::Failures => "failures",
            Self::Deletions => "deletions",
            Self::Rights => "rights",
            Self::Limits => "limits",
            Self::Customers => "customers",
        }
    }

    /// Reads a name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|group| group.name() == name)
    }

    fn condition(self) -> &'static str {
        match self {
            Self::SignIns => {
                " and e.action in ('login_success', 'login_failed', 'login_locked', 'login_pending_2fa', 'login_honeypot',
                    'logout', '2fa_verify_success', '2fa_verify_failed', 'rate_limit_exceeded', 'session_locked',
                    'session_resumed', 'session_ended', 'CUSTOMER_LOGIN', 'CUSTOMER_LOGOUT', 'CUSTOMER_SESSION_KICK')"
            }
            Self::Failures => {
                " and e.action in ('login_failed', 'login_locked', 'login_honeypot', '2fa_verify_failed',
                    'rate_limit_exceeded', 'password_refused', 'registration_failed')"
            }
            Self::Deletions => {
                " and e.action in ('delete_bag', 'delete_bill', 'user_deleted', 'delete_user', 'pass_cancelled',
                    'comprehensive_data_delete_success')"
            }
            Self::Rights => {
                " and e.action in ('role_change', 'promotion_approved', 'promote_to_admin', 'demote_admin', 'demote_user',
                    'user_created', '2fa_enabled', '2fa_disabled', 'token_created', 'setting_changed', 'work_handed_over',
                    'CUSTOMER_CREATE', 'CUSTOMER_UPDATE', 'CUSTOMER_DEACTIVATE', 'CUSTOMER_REACTIVATE')"
            }
            Self::Limits => " and e.action in ('rate_limit_exceeded', 'request_refused', 'login_locked')",
            Self::Customers => " and e.entity_type = 'customer'",
        }
    }
}

/// Which entries.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Of this realm.
    pub realm: Option<Realm>,
    /// What customers did, or what was done with them, and nothing else.
    pub of_customers: bool,
    /// By this account.
    pub actor: Option<i64>,
    /// With this action.
    pub action: Option<String>,
    /// Of this group.
    pub group: Option<Group>,
    /// About things of this kind.
    pub entity_type: Option<String>,
    /// About this thing.
    pub entity: Option<String>,
    /// From this address.
    pub address: Option<String>,
    /// Of this request.
    pub request_id: Option<String>,
    /// Not before.
    pub from: Option<Moment>,
    /// Before.
    pub until: Option<Moment>,
    /// With scans that went as they should.
    pub with_scans: bool,
    /// Below this number.
    pub below: Option<i64>,
}

/// An entry with what is known of its person and its proof.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Line {
    /// Its number.
    pub seq: i64,
    /// When, in microseconds.
    pub at: i64,
    /// In which realm.
    pub realm: String,
    /// Whose account; `None` is the system.
    pub actor_id: Option<i64>,
    /// What that account is called.
    pub person: Option<String>,
    /// What.
    pub action: String,
    /// To what kind of thing.
    pub entity_type: String,
    /// To which thing.
    pub entity: String,
    /// The old values, JSON.
    pub before: Option<String>,
    /// The new values, JSON.
    pub after: Option<String>,
    /// From which address.
    pub address: String,
    /// With which browser.
    pub agent: String,
    /// In which request.
    pub request_id: String,
    /// At which station.
    pub station: Option<String>,
}

/// Entries, the newest first.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// The entries.
    pub lines: Vec<Line>,
    /// Where the next page begins: below this number.
    pub next: Option<i64>,
}

const LINES: &str =
    "select e.seq, e.at, e.realm, e.actor_id, a.called as person, e.action, e.entity_type, e.entity, e.before,
        e.after, coalesce(o.address, '') as address, coalesce(o.agent, '') as agent, e.request_id, e.station
    from audit e left join origins o on o.id = e.origin_id left join accounts a on a.id = e.actor_id";
const WITHOUT_SCANS: &str = " and e.action not in ('link_created', 'parent_selected', 'scan_refused')";

/// The numbers between which all entries of some days are.
async fn bounds(mut conn: Conn<'_>, filter: &Filter) -> Result<(i64, i64), StoreError> {
    const BOUNDS: &str = "select min(first_seq), max(last_seq) from audit_leaves where last_at >= $1 and first_at < $2";
    const SEEN: &str = "select coalesce(max(last_seq), 0), coalesce(max(last_at), 0) from audit_leaves";
    let from = filter.from.map_or(i64::MIN, |from| from.0);
    let until = filter.until.map_or(i64::MAX, |until| until.0);
    if filter.from.is_none() && filter.until.is_none() {
        return Ok((i64::MIN, i64::MAX));
    }
    let (first, last): (Option<i64>, Option<i64>) =
        on!(conn, c => sqlx::query_as(BOUNDS).bind(from).bind(until).fetch_one(&mut **c).await?);
    let (seen, newest): (i64, i64) = on!(conn, c => sqlx::query_as(SEEN).fetch_one(&mut **c).await?);
    // What has no leaf yet is the newest, whenever it was.
    let last = if until > newest { i64::MAX } else { last.unwrap_or(seen) };
    Ok((first.unwrap_or(seen), last))
}

/// A page of entries.
pub async fn list(mut conn: Conn<'_>, filter: &Filter, limit: u32) -> Result<Page, StoreError> {
    let (first, last) = bounds(conn.reborrow(), filter).await?;
    let below = filter.below.unwrap_or(i64::MAX).min(last.saturating_add(1));
    let mut query = Query::new(LINES);
    query.bind(" where e.seq < ? and e.seq >= ?", [below.into(), first.into()]);
    let asks_for_scans = filter.action.as_deref().is_some_and(|action| SCANS.contains(&action));
    if !(filter.with_scans || asks_for_scans || filter.request_id.is_some()) {
        query.push(WITHOUT_SCANS);
    }
    if let Some(actor) = filter.actor {
        query.bind(" and e.actor_id = ?", [actor.into()]);
    }
    if let Some(group) = filter.group {
        query.push(group.condition());
    }
    if filter.of_customers {
        query.push(" and (e.realm = 'customer' or e.entity_type = 'customer')");
    }
    if let Some(address) = &filter.address {
        query.bind(" and e.origin_id in (select id from origins where address = ?)", [address.as_str().into()]);
    }
    let texts = [
        (" and e.realm = ?", filter.realm.map(Realm::name)),
        (" and e.action = ?", filter.action.as_deref()),
        (" and e.entity_type = ?", filter.entity_type.as_deref()),
        (" and e.entity = ?", filter.entity.as_deref()),
        (" and e.request_id = ?", filter.request_id.as_deref()),
    ];
    for (fragment, text) in texts {
        if let Some(text) = text {
            query.bind(fragment, [text.into()]);
        }
    }
    let times = [(" and e.at >= ?", filter.from), (" and e.at < ?", filter.until)];
    for (fragment, at) in times {
        if let Some(at) = at {
            query.bind(fragment, [at.0.into()]);
        }
    }
    query.bind(" order by e.seq desc limit ?", [i64::from(limit + 1).into()]);
    let mut lines = select_query!(conn, query, Line);
    let is_more = lines.len() > limit as usize;
    lines.truncate(limit as usize);
    let next = lines.last().filter(|_| is_more).map(|line| line.seq);
    Ok(Page { lines, next })
}

/// One entry.
pub async fn find(mut conn: Conn<'_>, seq: i64) -> Result<Option<Line>, StoreError> {
    let mut query = Query::new(LINES);
    query.bind(" where e.seq = ?", [seq.into()]);
    Ok(select_query!(conn, query, Line).pop())
}

/// The actions that there are about customers.
pub async fn actions_of_customers(mut conn: Conn<'_>) -> Result<Vec<String>, StoreError> {
    const ACTIONS: &str = "with recursive a (x) as (
            select min(action) from audit where entity_type = 'customer'
            union all
            select (select min(action) from audit where entity_type = 'customer' and action > a.x)
            from a where a.x is not null
        ) select x from a where x is not null";
    Ok(on!(conn, c => sqlx::query_scalar(ACTIONS).fetch_all(&mut **c).await?))
}

/// The actions that there are, without those of scans.
pub async fn actions(mut conn: Conn<'_>) -> Result<Vec<String>, StoreError> {
    const ACTIONS: &str = "with recursive a (x) as (
            select min(action) from audit where action not in ('link_created', 'parent_selected', 'scan_refused')
            union all
            select (select min(action) from audit
                where action not in ('link_created', 'parent_selected', 'scan_refused') and action > a.x)
            from a where a.x is not null
        ) select x from a where x is not null";
    Ok(on!(conn, c => sqlx::query_scalar(ACTIONS).fetch_all(&mut **c).await?))
}
