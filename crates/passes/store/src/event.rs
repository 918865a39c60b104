//! Events, and who works at them.

use base_core::account::AccountId;
use base_core::audit::{Entry, Origin};
use base_core::time::Moment;
use base_db::{Conn, Db, StoreError, Tx};
use base_records::audit::{self, Record};
use passes_rules::event::{EventDetails, EventId, EventState, GateRules, Prices};
use passes_rules::redeem::MayScan;
use serde_json::json;

/// Who changes something, and when.
#[derive(Clone, Copy, Debug)]
pub struct By<'o> {
    /// The time.
    pub at: Moment,
    /// Who, and from where.
    pub origin: &'o Origin,
}

impl By<'_> {
    /// Writes an entry of the trail in the transaction of its change.
    pub async fn note(&self, tx: &mut Tx, entry: Entry) -> Result<(), StoreError> {
        audit::insert(tx.conn(), &[Record { at: self.at, entry, origin: self.origin }]).await
    }
}

/// An event as pages show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventLine {
    /// Its number.
    pub id: EventId,
    /// What was said about it.
    pub details: EventDetails,
    /// Where it stands.
    pub state: EventState,
    /// When it was closed; `None` where it is not, or where nobody kept that.
    pub closed_at: Option<Moment>,
    /// How many people have a place.
    pub sold: i64,
    /// When it was created.
    pub created_at: Moment,
    /// When its guests were erased.
    pub erased_at: Option<Moment>,
    /// When its logo was changed; `None` without one.
    pub logo_at: Option<Moment>,
}

impl EventLine {
    /// What the gate needs to know of it. How much room there is inside is not known here.
    pub fn gate_rules(&self) -> GateRules {
        GateRules {
            id: self.id,
            state: self.state,
            closed_at: self.closed_at,
            starts_at: self.details.starts_at,
            ends_at: self.details.ends_at,
            early_minutes: self.details.early_minutes,
            one_by_one: self.details.one_by_one,
            re_entry: self.details.re_entry,
            room: None,
        }
    }
}

#[derive(sqlx::FromRow)]
struct EventRow {
    id: i64,
    name: String,
    place: String,
    starts_at: Option<i64>,
    ends_at: Option<i64>,
    early_minutes: i64,
    slots: String,
    price_single: i64,
    price_couple: i64,
    capacity: Option<i64>,
    inside_max: Option<i64>,
    organiser: String,
    contact: String,
    terms: String,
    colour: String,
    one_by_one: bool,
    re_entry: bool,
    zone: String,
    colour_end: String,
    compact_codes: bool,
    state: String,
    closed_at: Option<i64>,
    sold: i64,
    created_at: i64,
    erased_at: Option<i64>,
    logo_at: Option<i64>,
}

/// Reads a stored state.
pub(crate) fn read_state(name: &str) -> Result<EventState, StoreError> {
    let unreadable = || StoreError::Unreadable { what: "state of an event", value: name.to_owned() };
    EventState::parse(name).ok_or_else(unreadable)
}

impl EventRow {
    fn into_line(self) -> Result<EventLine, StoreError> {
        Ok(EventLine {
            id: self.id,
            state: read_state(&self.state)?,
            closed_at: self.closed_at.map(Moment),
            sold: self.sold,
            created_at: Moment(self.created_at),
            erased_at: self.erased_at.map(Moment),
            logo_at: self.logo_at.map(Moment),
            details: EventDetails {
                name: self.name,
                place: self.place,
                starts_at: self.starts_at.map(Moment),
                ends_at: self.ends_at.map(Moment),
                early_minutes: self.early_minutes,
                slots: self.slots,
                prices: Prices { single: self.price_single, couple: self.price_couple },
                capacity: self.capacity,
                inside_max: self.inside_max,
                organiser: self.organiser,
                contact: self.contact,
                terms: self.terms,
                colour: self.colour,
                one_by_one: self.one_by_one,
                re_entry: self.re_entry,
                zone: self.zone,
                colour_end: self.colour_end,
                compact_codes: self.compact_codes,
            },
        })
    }
}

/// Which events a person sees: every one, or those that they are assigned to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen {
    /// Every one.
    All,
    /// Those of this person.
    Of(AccountId),
}

impl Seen {
    /// The account, or a number that no account has.
    pub(crate) fn account(self) -> i64 {
        match self {
            Self::All => 0,
            Self::Of(account) => account,
        }
    }
}

macro_rules! columns {
    ($rest:literal) => {
        concat!(
            "select id, name, place, starts_at, ends_at, early_minutes, slots, price_single, price_couple, capacity,
                inside_max, organiser, contact, terms, colour, one_by_one, re_entry, zone, colour_end, compact_codes, state,
                closed_at, sold, created_at, erased_at,
                (select l.changed_at from event_logos l where l.event_id = events.id) as logo_at
            from events ",
            $rest
        )
    };
}

/// Most events on a page.
pub const EVENTS_SHOWN_MAX: i64 = 200;

/// The events that somebody sees, the newest first, from before `before`.
pub async fn list(mut conn: Conn<'_>, seen: Seen, before: Option<EventId>) -> Result<Vec<EventLine>, StoreError> {
    const LIST: &str = columns!(
        "where id < $1 and ($2 = 0 or id in (select event_id from event_people where account_id = $2))
        order by id desc limit $3"
    );
    let rows: Vec<EventRow> = on!(conn, c => sqlx::query_as(LIST)
        .bind(before.unwrap_or(i64::MAX)).bind(seen.account()).bind(EVENTS_SHOWN_MAX).fetch_all(&mut **c).await?);
    rows.into_iter().map(EventRow::into_line).collect()
}

/// The events whose passes are sold and that the person sees, the newest first.
pub async fn selling(mut conn: Conn<'_>, seen: Seen) -> Result<Vec<EventLine>, StoreError> {
    const SELLING: &str = columns!(
        "where state in ('on_sale', 'open') and ($2 = 0 or exists (
            select 1 from event_people where event_id = events.id and account_id = $2)) order by id desc limit $1"
    );
    let rows: Vec<EventRow> =
        on!(conn, c => sqlx::query_as(SELLING).bind(EVENTS_SHOWN_MAX).bind(seen.account()).fetch_all(&mut **c).await?);
    rows.into_iter().map(EventRow::into_line).collect()
}

/// One event, if the person sees it.
pub async fn find(mut conn: Conn<'_>, id: EventId, seen: Seen) -> Result<Option<EventLine>, StoreError> {
    const FIND: &str = columns!(
        "where id = $1 and ($2 = 0 or exists (
            select 1 from event_people where event_id = events.id and account_id = $2))"
    );
    let row: Option<EventRow> =
        on!(conn, c => sqlx::query_as(FIND).bind(id).bind(seen.account()).fetch_optional(&mut **c).await?);
    row.map(EventRow::into_line).transpose()
}

/// Which passes somebody may scan.
pub async fn may_scan(mut conn: Conn<'_>, seen: Seen) -> Result<MayScan, StoreError> {
    const EVENTS: &str = "select event_id from event_people where account_id = $1 order by event_id";
    match seen {
        Seen::All => Ok(MayScan::All),
        Seen::Of(account) => {
            Ok(MayScan::These(on!(conn, c => sqlx::query_scalar(EVENTS).bind(account).fetch_all(&mut **c).await?)))
        }
    }
}

/// An event with the names of its fields, for the trail.
fn told(details: &EventDetails) -> serde_json::Value {
    json!({
        "name": details.name, "place": details.place, "capacity": details.capacity, "inside_max": details.inside_max,
        "price_single": details.prices.single, "price_couple": details.prices.couple,
        "starts_at": details.starts_at.map(Moment::rfc3339), "ends_at": details.ends_at.map(Moment::rfc3339),
        "one_by_one": details.one_by_one, "re_entry": details.re_entry, "zone": details.zone,
        "compact_codes": details.compact_codes,
    })
}

/// Creates an event, and assigns whoever creates it. `imported_as` is what an importer knows it by.
pub async fn create(
    db: &Db,
    details: &EventDetails,
    state: EventState,
    imported_as: Option<&str>,
    by: By<'_>,
) -> Result<EventId, StoreError> {
    const CREATE: &str = "insert into events (name, place, starts_at, ends_at, early_minutes, slots, price_single,
            price_couple, capacity, inside_max, organiser, contact, terms, colour, one_by_one, re_entry, state, created_at,
            created_by, imported_as, zone, colour_end, compact_codes)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23)
        returning id";
    let mut tx = db.write().await?;
    let id: i64 = on!(tx.conn(), c => sqlx::query_scalar(CREATE)
        .bind(&details.name).bind(&details.place).bind(details.starts_at.map(|at| at.0))
        .bind(details.ends_at.map(|at| at.0)).bind(details.early_minutes).bind(&details.slots)
        .bind(details.prices.single).bind(details.prices.couple).bind(details.capacity).bind(details.inside_max)
        .bind(&details.organiser).bind(&details.contact).bind(&details.terms).bind(&details.colour)
        .bind(details.one_by_one).bind(details.re_entry).bind(state.name()).bind(by.at.0).bind(by.origin.actor)
        .bind(imported_as).bind(&details.zone).bind(&details.colour_end).bind(details.compact_codes)
        .fetch_one(&mut **c).await?);
    if let Some(account) = by.origin.actor {
        execute!(tx.conn(), "insert into event_people (event_id, account_id) values ($1, $2)", id, account);
    }
    by.note(&mut tx, Entry::new("event_created", "event", id.to_string()).with_after(&told(details))).await?;
    tx.commit().await?;
    Ok(id)
}

/// The event that an importer made before.
pub async fn imported(mut conn: Conn<'_>, known_as: &str) -> Result<Option<EventId>, StoreError> {
    const FIND: &str = "select id from events where imported_as = $1";
    Ok(on!(conn, c => sqlx::query_scalar(FIND).bind(known_as).fetch_optional(&mut **c).await?))
}

/// Changes what is said about an event. False if the capacity is below what is sold already: then nothing is changed.
pub async fn edit(db: &Db, before: &EventLine, details: &EventDetails, by: By<'_>) -> Result<bool, StoreError> {
    const EDIT: &str = "update events set name = $2, place = $3, starts_at = $4, ends_at = $5, early_minutes = $6,
            slots = $7, price_single = $8, price_couple = $9, capacity = $10, inside_max = $11, organiser = $12,
            contact = $13, terms = $14, colour = $15, one_by_one = $16, re_entry = $17, zone = $18, colour_end = $19,
            compact_codes = $20
        where id = $1 and ($10 is null or $10 >= sold)";
    let mut tx = db.write().await?;
    let changed = on!(tx.conn(), c => sqlx::query(EDIT)
        .bind(before.id).bind(&details.name).bind(&details.place).bind(details.starts_at.map(|at| at.0))
        .bind(details.ends_at.map(|at| at.0)).bind(details.early_minutes).bind(&details.slots)
        .bind(details.prices.single).bind(details.prices.couple).bind(details.capacity).bind(details.inside_max)
        .bind(&details.organiser).bind(&details.contact).bind(&details.terms).bind(&details.colour)
        .bind(details.one_by_one).bind(details.re_entry).bind(&details.zone).bind(&details.colour_end)
        .bind(details.compact_codes).execute(&mut **c).await?.rows_affected());
    if changed == 1 {
        let entry = Entry::new("event_changed", "event", before.id.to_string())
            .with_before(&told(&before.details))
            .with_after(&told(details));
        by.note(&mut tx, entry).await?;
    }
    tx.commit().await?;
    Ok(changed == 1)
}

/// Moves an event on, or back, and keeps when it was closed. False where its guests were erased: it stays closed, because
/// whoever bought a pass now would be erased with them.
pub async fn set_state(db: &Db, before: &EventLine, state: EventState, by: By<'_>) -> Result<bool, StoreError> {
    const MOVE: &str = "update events set state = $2, closed_at = case when $2 <> 'closed' then null
            when state = 'closed' then closed_at else $3 end
        where id = $1 and (erased_at is null or $2 = 'closed')";
    let mut tx = db.write().await?;
    if execute!(tx.conn(), MOVE, before.id, state.name(), by.at.0) == 0 {
        tx.rollback().await?;
        return Ok(false);
    }
    let entry = Entry::new("event_state_changed", "event", before.id.to_string())
        .with_before(&json!({ "state": before.state.name() }))
        .with_after(&json!({ "state": state.name() }));
    by.note(&mut tx, entry).await?;
    tx.commit().await?;
    Ok(true)
}

/// Somebody who works at an event.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct AtEvent {
    /// Their account.
    pub account: AccountId,
    /// What pages call them.
    pub name: String,
}

/// Who works at an event, by name.
pub async fn people(mut conn: Conn<'_>, id: EventId) -> Result<Vec<AtEvent>, StoreError> {
    const PEOPLE: &str = "select a.id as account, a.called as name from event_people p
        join accounts a on a.id = p.account_id where p.event_id = $1 order by a.called, a.id";
    Ok(on!(conn, c => sqlx::query_as(PEOPLE).bind(id).fetch_all(&mut **c).await?))
}

/// Assigns somebody to an event, or takes them off. True if that changed anything.
pub async fn assign(db: &Db, id: EventId, account: AccountId, works: bool, by: By<'_>) -> Result<bool, StoreError> {
    const PUT: &str = "insert into event_people (event_id, account_id) values ($1, $2) on conflict do nothing";
    const TAKE: &str = "delete from event_people where event_id = $1 and account_id = $2";
    let mut tx = db.write().await?;
    let changed = execute!(tx.conn(), if works { PUT } else { TAKE }, id, account) == 1;
    if changed {
        let action = if works { "event_person_assigned" } else { "event_person_taken_off" };
        let entry = Entry::new(action, "event", id.to_string()).with_after(&json!({ "account": account }));
        by.note(&mut tx, entry).await?;
    }
    tx.commit().await?;
    Ok(changed)
}
