//! Entries of the trail as the tree needs them: every field that is part of a leaf.

use base_db::batch::Batch;
use base_db::query::{Query, anywhere};
use base_db::{Conn, StoreError};
use base_proof::leaf::Fields;

packed_row! {
    pub(super) struct Row {
        seq: i64,
        at: i64,
        realm: String,
        actor: Option<i64>,
        action: String,
        entity_type: String,
        request_id: String,
        station: Option<String>,
        entity: String,
        before: Option<String>,
        after: Option<String>,
        address: String,
        agent: String,
    }
}

impl Row {
    pub(super) fn fields(self) -> Fields {
        let Self { seq, at, realm, actor, action, entity_type, request_id, station, .. } = self;
        let Self { entity, before, after, address, agent, .. } = self;
        Fields {
            seq,
            at,
            realm,
            actor,
            action,
            entity_type,
            request_id,
            station,
            entity,
            before,
            after,
            address,
            agent,
        }
    }
}

const COLUMNS: &str =
    "select e.seq, e.at, e.realm, e.actor_id as actor, e.action, e.entity_type, e.request_id, e.station,
        e.entity, e.before, e.after, coalesce(o.address, '') as address, coalesce(o.agent, '') as agent
    from audit e left join origins o on o.id = e.origin_id";

static LISTED: Batch = Batch::rows(
    "with r (seq) as (values ",
    1,
    ") select e.seq, e.at, e.realm, e.actor_id as actor, e.action, e.entity_type, e.request_id, e.station,
        e.entity, e.before, e.after, coalesce(o.address, '') as address, coalesce(o.agent, '') as agent
    from r join audit e on e.seq = r.seq left join origins o on o.id = e.origin_id
    where r.seq is not null order by e.seq",
);

/// Up to `limit` entries with numbers above `after`, up to `last`, in order.
pub(super) async fn between(conn: Conn<'_>, after: i64, last: i64, limit: i64) -> Result<Vec<Fields>, StoreError> {
    let mut query = Query::new(COLUMNS);
    query.bind(" where e.seq > ? and e.seq <= ?", [after.into(), last.into()]);
    query.bind(" order by e.seq limit ?", [limit.into()]);
    let mut conn = conn;
    let rows = select_packed!(conn, query, Row);
    Ok(rows.into_iter().map(Row::fields).collect())
}

/// Up to `limit` entries of one person with numbers above `after`, in order.
pub(super) async fn of_actor(conn: Conn<'_>, actor: i64, after: i64, limit: i64) -> Result<Vec<Fields>, StoreError> {
    let mut query = Query::new(COLUMNS);
    query.bind(" where e.actor_id = ? and e.seq > ?", [actor.into(), after.into()]);
    query.bind(" order by e.seq limit ?", [limit.into()]);
    let mut conn = conn;
    let rows = select_packed!(conn, query, Row);
    Ok(rows.into_iter().map(Row::fields).collect())
}

/// Entries about one thing that were written since a moment.
pub(super) struct About<'a> {
    pub(super) entity_type: &'a str,
    pub(super) entity: &'a str,
    /// Not before this moment, in microseconds.
    pub(super) since: i64,
    /// With numbers from here on.
    pub(super) from: i64,
    /// With numbers below.
    pub(super) until: i64,
}

/// Up to `limit` entries about one thing with numbers above `after`, in order.
pub(super) async fn about(conn: Conn<'_>, of: &About<'_>, limit: i64) -> Result<Vec<Fields>, StoreError> {
    let mut query = Query::new(COLUMNS);
    query.bind(" where e.entity_type = ? and e.entity = ?", [of.entity_type.into(), of.entity.into()]);
    query.bind(" and e.at >= ? and e.seq >= ? and e.seq < ?", [of.since.into(), of.from.into(), of.until.into()]);
    query.bind(" order by e.seq limit ?", [limit.into()]);
    let mut conn = conn;
    let rows = select_packed!(conn, query, Row);
    Ok(rows.into_iter().map(Row::fields).collect())
}

/// Up to `limit` entries that count refusals of a realm and may count some of an account.
pub(super) async fn refusals(
    conn: Conn<'_>,
    realm: &str,
    of: &About<'_>,
    limit: i64,
) -> Result<Vec<Fields>, StoreError> {
    let mut query = Query::new(COLUMNS);
    query.push(
        " where e.action in ('login_failed', 'login_locked', 'registration_refused') and e.entity_type = 'session'
            and e.action not in ('link_created', 'parent_selected', 'scan_refused')",
    );
    let quoted = anywhere(&serde_json::Value::from(of.entity).to_string());
    query.bind(" and e.realm = ? and e.after like ? escape '\\'", [realm.into(), quoted.as_str().into()]);
    query.bind(" and e.at >= ? and e.seq >= ? and e.seq < ?", [of.since.into(), of.from.into(), of.until.into()]);
    query.bind(" order by e.seq limit ?", [limit.into()]);
    let mut conn = conn;
    let rows = select_packed!(conn, query, Row);
    Ok(rows.into_iter().map(Row::fields).collect())
}

/// The entries with these numbers, in order; those that are not there are left out.
pub(super) async fn listed(mut conn: Conn<'_>, seqs: &[i64]) -> Result<Vec<Fields>, StoreError> {
    let dialect = conn.dialect();
    let mut found = Vec::with_capacity(seqs.len());
    for chunk in seqs.chunks(base_db::batch::ROWS_MAX) {
        let rows: Vec<Row> = on!(conn, c => {
            let mut query = sqlx::query_as(LISTED.text(dialect, chunk.len()));
            for seq in chunk {
                query = query.bind(Some(*seq));
            }
            for _ in chunk.len()..Batch::padded(chunk.len()) {
                query = query.bind(None::<i64>);
            }
            query.fetch_all(&mut **c).await?
        });
        found.extend(rows.into_iter().map(Row::fields));
    }
    Ok(found)
}
