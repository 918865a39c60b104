//! What the pages and the API of bills share: finding bills and their parents, and handing changes to the desk.

use std::sync::Arc;

use bags_rules::bill::{BillKey, BillNumber};
use bags_rules::code::Code;
use bags_rules::outcome::Outcome;
use bags_rules::permission::{BILL_DELETE, BILL_READ};
use bags_rules::scan::{Action, Details, Scan};
use bags_store::bill::{BillLine, BillPage, BilledParent, ParentCursor, ParentFigures, Recalculated, RecalculatedAll};
use bags_store::{bill, scan};
use base_core::entropy::new_id;
use base_core::time::Moment;
use base_db::Conn;
use base_web::cursor::Given;
use base_web::error::Problem;
use base_web::names::account_of;
use base_web::session::Caller;
use base_web::{App, cursor};
use uuid::Uuid;

use crate::bills::filter::BillsQuery;
use crate::state::Bags;
use crate::told::Told;

/// How often a change is tried when two calls with the same new id arrive at once.
const TRIES: u32 = 2;

/// One page of bills.
pub async fn page(app: &Bags, caller: &Caller, query: &BillsQuery) -> Result<BillPage, Problem> {
    caller.must(BILL_READ)?;
    let (cursor, limit) = (query.cursor(app, caller)?, query.limit()?);
    let mut filter = query.filter(app)?;
    if let Some(person) = query.person() {
        match account_of(app, person).await {
            Ok(id) => filter.created_by = Some(id),
            // Nobody has created no bill.
            Err(problem) if problem.code() == Problem::NOBODY => return Ok(BillPage::default()),
            Err(problem) => return Err(problem.about("created_by")),
        }
    }
    let mut reader = app.db.read().await?;
    Ok(bill::list(reader.conn(), &filter, &caller.scope(), cursor.as_ref(), limit).await?)
}

/// The bill whose number is in an address, if the caller may see it.
pub async fn find(app: &Bags, caller: &Caller, number: &str) -> Result<BillLine, Problem> {
    find_in(app.db.read().await?.conn(), caller, number).await
}

/// The same, as of the snapshot of a connection.
pub async fn find_in(conn: Conn<'_>, caller: &Caller, number: &str) -> Result<BillLine, Problem> {
    caller.must(BILL_READ)?;
    let not_found = || Problem::not_found("This bill");
    let key = BillNumber::kept(number).ok_or_else(not_found)?.key();
    bill::find(conn, &key, &caller.scope()).await?.ok_or_else(not_found)
}

fn write_parent_cursor(app: &App, caller: &Caller, parent: &BilledParent) -> String {
    cursor::write(app, caller, &format!("{}.{}", parent.linked_at.0, parent.code))
}

fn read_parent_cursor(app: &App, caller: &Caller, text: Option<&str>) -> Result<Option<ParentCursor>, Problem> {
    cursor::read(app, caller, Given::of(text), |text| {
        let (at, code) = text.split_once('.')?;
        Some(ParentCursor { linked_at: Moment(at.parse().ok()?), code: Code::stored(code) })
    })
}

/// Which parents of a bill are asked for.
pub struct ParentsAsked<'a> {
    /// The parts that encrypt cursors.
    pub app: &'a App,
    /// Where the page begins: the cursor of the page before.
    pub cursor: Option<&'a str>,
    /// Parents on it.
    pub limit: u32,
    /// Whether the codes of their children are wanted.
    pub with_children: bool,
}

/// One page of the parents on a bill that the caller may see.
pub struct Parents {
    /// Those of the page.
    pub page: Vec<BilledParent>,
    /// Where the next page begins.
    pub next: Option<String>,
    /// The figures of all of them.
    pub figures: ParentFigures,
}

impl Parents {
    /// How many of a bill's parents the caller may not see.
    pub fn other_areas(&self, line: &BillLine) -> i64 {
        (line.parents - self.figures.seen).max(0)
    }
}

/// Reads a page of the parents on a bill and counts all of them; a parent with `full` children is full.
pub async fn parents(
    mut conn: Conn<'_>,
    caller: &Caller,
    key: &BillKey,
    asked: ParentsAsked<'_>,
    full: u32,
) -> Result<Parents, Problem> {
    let (scope, cursor) = (caller.scope(), read_parent_cursor(asked.app, caller, asked.cursor)?);
    let at = (cursor.as_ref(), asked.limit + 1);
    let mut page = bill::parents(conn.reborrow(), key, &scope, at, asked.with_children).await?;
    let more = page.len() > asked.limit as usize;
    page.truncate(asked.limit as usize);
    let next = page.last().filter(|_| more).map(|last| write_parent_cursor(asked.app, caller, last));
    let figures = if cursor.is_none() && !more {
        ParentFigures::of(&page, full)
    } else {
        bill::parent_figures(conn, key, &scope, full).await?
    };
    Ok(Parents { page, next, figures })
}

/// A change that is asked for of a bill.
#[derive(Clone, Debug, Default)]
pub struct Change<'a> {
    /// What is to be done.
    pub action: Action,
    /// The bill's number, as it was given.
    pub bill: &'a str,
    /// The parent, for actions on one.
    pub code: &'a str,
    /// What else was given.
    pub details: Details,
}

/// Hands one change to the desk, under the sender's id or a new one.
pub async fn submit(app: &Bags, caller: &Caller, id: Option<Uuid>, change: &Change<'_>) -> Result<Told, Problem> {
    caller.must(change.action.permission())?;
    let mut tries = 1;
    loop {
        let now = app.clock.now();
        // The sender gives no time; a repeat under the same id must have the time of the first try.
        let client_at = match id {
            Some(id) => scan::client_at(&app.db, id).await?.unwrap_or(now),
            None => now,
        };
        let scan = Scan {
            id: id.unwrap_or_else(|| new_id(&*app.entropy, now)),
            client_at,
            action: change.action,
            code: change.code.to_owned(),
            parent: None,
            bill: Some(change.bill.to_owned()),
            details: (change.details != Details::default()).then(|| Box::new(change.details.clone())),
        };
        let answers = app.desk.submit(caller.actor(), Arc::new(caller.origin(None)), vec![scan]).await?;
        let told = Told::of(answers.into_iter().next().expect("one scan has one answer"));
        if told.outcome != Outcome::ScanIdReused || tries >= TRIES {
            return Ok(told);
        }
        tries += 1;
    }
}

/// Counts one bill again.
pub async fn recalculate(app: &Bags, caller: &Caller, number: &str) -> Result<Recalculated, Problem> {
    caller.must(BILL_DELETE)?;
    let not_found = || Problem::not_found("This bill");
    let key = BillNumber::kept(number).ok_or_else(not_found)?.key();
    let found = bill::recalculate(&app.db, &key, app.clock.now(), &caller.origin(None)).await?;
    found.ok_or_else(not_found)
}

/// Counts every bill again, in steps so small that no scan waits for them.
pub async fn recalculate_every_bill(app: &Bags, caller: &Caller) -> Result<RecalculatedAll, Problem> {
    caller.must(BILL_DELETE)?;
    Ok(bill::recalculate_all(&app.db, app.clock.now(), &caller.origin(None)).await?)
}
