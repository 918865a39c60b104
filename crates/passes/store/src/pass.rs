//! Passes: one, a page of them, and their figures.

use base_core::account::AccountId;
use base_core::time::{Moment, QUARTER_US};
use base_db::query::{Query, anywhere};
use base_db::{Batch, Conn, StoreError};
use passes_rules::event::EventId;
use passes_rules::figures::Sums;
use passes_rules::pass::{Details, PassKind, PaymentMode};

use crate::read::{read_kind, read_mode};
use crate::sales;

/// Names and phone numbers as the search compares them: in small letters of whatever script.
pub fn folded(details: &Details) -> String {
    let texts = [Some(&details.name1), Some(&details.phone1), details.name2.as_ref(), details.phone2.as_ref()];
    let texts: Vec<String> = texts.into_iter().flatten().map(|text| text.to_lowercase()).collect();
    texts.join("\n")
}

/// A pass as pages show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PassLine {
    /// Its id.
    pub id: String,
    /// Its event.
    pub event: EventId,
    /// The first person.
    pub name1: String,
    /// Their phone number.
    pub phone1: String,
    /// The second person.
    pub name2: Option<String>,
    /// Their phone number.
    pub phone2: Option<String>,
    /// How many it is for.
    pub kind: PassKind,
    /// What was paid.
    pub amount: i64,
    /// How.
    pub mode: PaymentMode,
    /// What was said about the payment.
    pub txn_info: Option<String>,
    /// The slot.
    pub timing: String,
    /// When it was sold.
    pub created_at: Moment,
    /// By whom.
    pub created_by: Option<String>,
    /// When it was cancelled.
    pub cancelled_at: Option<Moment>,
    /// Why.
    pub cancel_reason: Option<String>,
    /// What was given back.
    pub refunded: i64,
    /// Codes that were made before are no longer taken.
    pub codes_since: Option<Moment>,
    /// How many got in.
    pub admitted: i64,
    /// How many are inside.
    pub inside: i64,
    /// When somebody got in last.
    pub entered_at: Option<Moment>,
    /// Who let them in.
    pub entered_by: Option<String>,
    /// The user name of that person, which E-Pass tells.
    pub scanned_by: Option<String>,
    /// At which gate.
    pub entered_gate: Option<String>,
    /// Where it was mailed to last.
    pub email: Option<String>,
    /// When that was.
    pub mailed_at: Option<Moment>,
    /// True when its guest was erased.
    pub is_erased: bool,
}

impl PassLine {
    /// True for the pass of this event that these details describe.
    pub fn is_of(&self, event: EventId, details: &Details) -> bool {
        let own = Details {
            name1: self.name1.clone(),
            phone1: self.phone1.clone(),
            name2: self.name2.clone(),
            phone2: self.phone2.clone(),
            kind: self.kind,
            timing: self.timing.clone(),
            mode: self.mode,
            txn_info: self.txn_info.clone(),
        };
        self.event == event && own == *details
    }

    /// When its present code was made.
    pub fn code_made_at(&self) -> Moment {
        self.codes_since.unwrap_or(self.created_at)
    }
}

#[derive(sqlx::FromRow)]
struct PassRow {
    pass_id: String,
    event_id: i64,
    name1: String,
    phone1: String,
    name2: Option<String>,
    phone2: Option<String>,
    kind: String,
    amount: i64,
    mode: String,
    txn_info: Option<String>,
    timing: String,
    created_at: i64,
    created_by: Option<String>,
    cancelled_at: Option<i64>,
    cancel_reason: Option<String>,
    refunded: i64,
    codes_since: Option<i64>,
    admitted: i64,
    inside: i64,
    entered_at: Option<i64>,
    entered_by: Option<String>,
    scanned_by: Option<String>,
    entered_gate: Option<String>,
    email: Option<String>,
    mailed_at: Option<i64>,
    erased_at: Option<i64>,
}

impl PassRow {
    fn into_line(self) -> Result<PassLine, StoreError> {
        Ok(PassLine {
            kind: read_kind(&self.kind)?,
            mode: read_mode(&self.mode)?,
            id: self.pass_id,
            event: self.event_id,
            name1: self.name1,
            phone1: self.phone1,
            name2: self.name2,
            phone2: self.phone2,
            amount: self.amount,
            txn_info: self.txn_info,
            timing: self.timing,
            created_at: Moment(self.created_at),
            created_by: self.created_by,
            cancelled_at: self.cancelled_at.map(Moment),
            cancel_reason: self.cancel_reason,
            refunded: self.refunded,
            codes_since: self.codes_since.map(Moment),
            admitted: self.admitted,
            inside: self.inside,
            entered_at: self.entered_at.map(Moment),
            entered_by: self.entered_by,
            scanned_by: self.scanned_by,
            entered_gate: self.entered_gate,
            email: self.email,
            mailed_at: self.mailed_at.map(Moment),
            is_erased: self.erased_at.is_some(),
        })
    }
}

macro_rules! columns {
    ($rest:literal) => {
        concat!(
            "select p.pass_id, p.event_id, p.name1, p.phone1, p.name2, p.phone2, p.kind, p.amount, p.mode, p.txn_info,
                p.timing, p.created_at, c.called as created_by, p.cancelled_at, p.cancel_reason, p.refunded,
                p.codes_since, p.admitted, p.inside, p.entered_at, coalesce(e.called, p.entered_by_name) as entered_by,
                coalesce(e.username, p.entered_by_name) as scanned_by,
                p.entered_gate, p.email, p.mailed_at, p.erased_at
            from passes p left join accounts c on c.id = p.created_by left join accounts e on e.id = p.entered_by ",
            $rest
        )
    };
}

/// One pass.
pub async fn find(mut conn: Conn<'_>, id: &str) -> Result<Option<PassLine>, StoreError> {
    const FIND: &str = columns!("where p.pass_id = $1");
    let row: Option<PassRow> = on!(conn, c => sqlx::query_as(FIND).bind(id).fetch_optional(&mut **c).await?);
    row.map(PassRow::into_line).transpose()
}

/// Several passes, for the names that go with answers.
pub async fn find_all(mut conn: Conn<'_>, ids: &[&str]) -> Result<Vec<PassLine>, StoreError> {
    static FIND: Batch = Batch::list(columns!("where p.pass_id in ("), ")");
    let rows = select_in!(conn, FIND, PassRow, ids);
    rows.into_iter().map(PassRow::into_line).collect()
}

/// The kind of the pass that a guest has of an event.
pub async fn kind_of_guest(
    mut conn: Conn<'_>,
    event: EventId,
    guest: &Details,
) -> Result<Option<PassKind>, StoreError> {
    const KIND: &str = "select kind from passes where event_id = $1 and name1 = $2 and phone1 = $3
        and cancelled_at is null and erased_at is null";
    let kind: Option<String> = on!(conn, c => sqlx::query_scalar(KIND)
        .bind(event).bind(&guest.name1).bind(&guest.phone1).fetch_optional(&mut **c).await?);
    kind.as_deref().map(read_kind).transpose()
}

/// Passes that an import made, in the order of their ids, from after `after`.
pub async fn made_by(mut conn: Conn<'_>, import: &str, after: &str, limit: u32) -> Result<Vec<PassLine>, StoreError> {
    const MADE: &str = columns!("where p.import_id = $1 and p.pass_id > $2 order by p.pass_id limit $3");
    let rows: Vec<PassRow> = on!(conn, c => sqlx::query_as(MADE)
        .bind(import).bind(after).bind(i64::from(limit)).fetch_all(&mut **c).await?);
    rows.into_iter().map(PassRow::into_line).collect()
}

/// Notes where a pass was mailed to, in the transaction in which the mail was written at this time.
pub async fn note_mailed(mut conn: Conn<'_>, pass: &str, email: &str, at: Moment) -> Result<(), StoreError> {
    const MAIL: &str = "insert into pass_mails (mail_id, pass_id) select m.id, $1 from (
            select max(id) as id from mails where kind = 'pass' and recipient = $2 and at = $3) m
        where m.id is not null on conflict do nothing";
    execute!(conn, MAIL, pass, email, at.0);
    execute!(conn, "update passes set email = $2, mailed_at = $3 where pass_id = $1", pass, email, at.0);
    Ok(())
}

/// Which passes of an event are asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PassFilter {
    /// A piece of a name or a phone number.
    pub text: Option<String>,
    /// Only those that somebody used, or that nobody did.
    pub scanned: Option<bool>,
    /// Only those of this kind.
    pub kind: Option<PassKind>,
    /// Only those that were paid like this.
    pub mode: Option<PaymentMode>,
    /// Only those that were cancelled, or only the others; all where it is not given.
    pub cancelled: Option<bool>,
}

/// Where a page of passes begins, and how many it has at most.
#[derive(Clone, Copy, Debug)]
pub struct Page<'c> {
    /// After this one.
    pub after: Option<&'c PassCursor>,
    /// So many further on.
    pub skipped: u32,
    /// At most so many, and one more if there are more.
    pub limit: u32,
}

/// A pass after which a page begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PassCursor {
    /// When it was sold.
    pub created_at: Moment,
    /// Which it is.
    pub id: String,
}

fn narrow(query: &mut Query, filter: &PassFilter) {
    if let Some(text) = filter.text.as_deref().map(str::trim).filter(|text| !text.is_empty()) {
        query.bind(" and p.folded like ? escape '\\'", [anywhere(&text.to_lowercase()).into()]);
    }
    match filter.scanned {
        Some(true) => query.push(" and p.entered_at is not null"),
        Some(false) => query.push(" and p.entered_at is null"),
        None => query,
    };
    match filter.cancelled {
        Some(true) => query.push(" and p.cancelled_at is not null"),
        Some(false) => query.push(" and p.cancelled_at is null"),
        None => query,
    };
    if let Some(kind) = filter.kind {
        query.bind(" and p.kind = ?", [kind.name().to_owned().into()]);
    }
    if let Some(mode) = filter.mode {
        query.bind(" and p.mode = ?", [mode.name().to_owned().into()]);
    }
}

/// A page of passes, the newest first, and one more row than its limit if there are more.
pub async fn list(
    mut conn: Conn<'_>,
    event: EventId,
    filter: &PassFilter,
    page: Page<'_>,
) -> Result<Vec<PassLine>, StoreError> {
    let mut query = Query::new(columns!("where"));
    query.bind(" p.event_id = ?", [event.into()]);
    if let Some(after) = page.after {
        let values = [after.created_at.0.into(), after.id.clone().into()];
        query.bind(" and (p.created_at, p.pass_id) < (?, ?)", values);
    }
    narrow(&mut query, filter);
    query.bind(
        " order by p.created_at desc, p.pass_id desc limit ? offset ?",
        [(i64::from(page.limit) + 1).into(), i64::from(page.skipped).into()],
    );
    let rows = select_query!(conn, query, PassRow);
    rows.into_iter().map(PassRow::into_line).collect()
}

/// How many passes fit a filter.
pub async fn count(mut conn: Conn<'_>, event: EventId, filter: &PassFilter) -> Result<i64, StoreError> {
    let mut query = Query::new("select count(*) from passes p where");
    query.bind(" p.event_id = ?", [event.into()]);
    narrow(&mut query, filter);
    let rows = select_query!(conn, query, (i64,));
    Ok(rows.first().map_or(0, |row| row.0))
}

/// The sums of an event: what was sold as it was counted, and who got in.
pub async fn sums(mut conn: Conn<'_>, event: EventId) -> Result<Sums, StoreError> {
    const IN: &str = "select count(case when cancelled_at is null then 1 end) as scanned,
            cast(coalesce(sum(inside), 0) as bigint) as inside, cast(coalesce(sum(admitted), 0) as bigint) as people_in
        from passes where event_id = $1 and entered_at is not null";
    let sold = sales::of_event(conn.reborrow(), event).await?;
    let (scanned, inside, people_in) = on!(conn, c => sqlx::query_as(IN).bind(event).fetch_one(&mut **c).await?);
    Ok(Sums { scanned, inside, people_in, ..Sums::of_sales(&sold) })
}

/// How many passes were used in each quarter of an hour, in the last `span_us` before the newest entry: its beginning, and
/// the number.
pub async fn entries(mut conn: Conn<'_>, event: EventId, span_us: i64) -> Result<Vec<(i64, i64)>, StoreError> {
    const ENTRIES: &str = "select entered_at / $3 * $3 as quarter, count(*) as n from passes
        where event_id = $1 and entered_at is not null and entered_at > (
            select max(entered_at) from passes where event_id = $1 and entered_at is not null) - $2
        group by 1 order by 1";
    Ok(on!(conn, c => sqlx::query_as(ENTRIES).bind(event).bind(span_us).bind(QUARTER_US).fetch_all(&mut **c).await?))
}

/// Who let in how many passes, and at which gate.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct AtGate {
    /// The gate; none where none was named.
    pub gate: Option<String>,
    /// The person.
    pub person: Option<String>,
    /// How many passes.
    pub n: i64,
}

/// Entries of an event by gate and person, most first.
pub async fn by_gate(mut conn: Conn<'_>, event: EventId) -> Result<Vec<AtGate>, StoreError> {
    const BY_GATE: &str =
        "select p.entered_gate as gate, coalesce(a.called, p.entered_by_name) as person, count(*) as n
        from passes p left join accounts a on a.id = p.entered_by
        where p.event_id = $1 and p.entered_at is not null group by 1, 2 order by 3 desc, 1, 2 limit 100";
    Ok(on!(conn, c => sqlx::query_as(BY_GATE).bind(event).fetch_all(&mut **c).await?))
}

/// Passes that let in more people than they were sold for, or that belong to no event, for a check.
pub async fn wrong(mut conn: Conn<'_>) -> Result<Vec<String>, StoreError> {
    const WRONG: &str = "select p.pass_id from passes p where p.inside > p.admitted or p.inside < 0
            or p.admitted > case when p.kind = 'COUPLE' then 2 else 1 end
            or not exists (select 1 from events e where e.id = p.event_id)
        order by p.pass_id limit 1000";
    Ok(on!(conn, c => sqlx::query_scalar(WRONG).fetch_all(&mut **c).await?))
}

/// The newest event that somebody sees and whose passes can be scanned or sold, for addresses that name none.
pub async fn newest_event(mut conn: Conn<'_>, account: Option<AccountId>) -> Result<Option<EventId>, StoreError> {
    const NEWEST: &str = "select id from events where ($1 = 0 or id in (
            select event_id from event_people where account_id = $1))
        order by case state when 'open' then 0 when 'on_sale' then 1 when 'draft' then 2 else 3 end, id desc limit 1";
    Ok(on!(conn, c => sqlx::query_scalar(NEWEST).bind(account.unwrap_or(0)).fetch_optional(&mut **c).await?))
}
