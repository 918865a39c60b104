//! Many customers at once from a file, by the import wizard: each row an account, and a mail with a password that works once.
//!
//! Invariants: the rows of a step and the note of how far the import has come are written together; an e-mail that somebody
//! has changes nothing; what is taken back is deactivated, never deleted, and only while nobody has signed in to it.

use std::borrow::Cow;
use std::sync::Arc;

use async_trait::async_trait;
use base_core::audit::{Entry, Origin};
use base_core::file::FileKind;
use base_core::import::{ImportMode, ImportState};
use base_core::time::{MINUTE_US, Moment};
use base_db::{Db, StoreError};
use base_desk::DeskError;
use base_files::import::{
    Acting, DryRun, ImportKinds, ImportWork, LabelText, OwnRows, ReadAs, RowReader, RunStep, TableRow, WouldBe,
};
use base_records::audit::{self, Record};
use base_records::import::{self, Figures, Import, Phase, RowNote, TakenBack, cells_text};
use base_wing::Doing;
use portal_rules::customer::Customer;
use portal_rules::file::CUSTOMERS;
use portal_store::customer;
use portal_store::earlier::{self, Kind};
use serde_json::json;

use super::choice;
use super::work::{self, Invited, Made, Way};
use crate::state::Portal;

/// What is counted when an import is undone.
const UNDONE: [&str; 1] = ["customers"];
/// Why an import that is all or nothing takes itself back.
const ROW_REFUSED: &str = "row_refused";
/// Why an import ends before its last row.
const ERP_AWAY: &str = "erp_away";
/// How long an import waits for the ERP.
const AWAY_US: i64 = 15 * MINUTE_US;
/// Why an account stays when an import is undone.
const IN_USE: &str = "customer_in_use";

/// A row.
#[derive(Clone, Debug)]
pub struct Invite {
    number: i64,
    email: String,
    name: String,
    customers: String,
}

fn note(row: &Invite, outcome: &str, message: String) -> RowNote {
    RowNote {
        row_number: row.number,
        code: row.email.clone(),
        outcome: outcome.to_owned(),
        message,
        cells: cells_text([row.email.as_str(), &row.name, "", &row.customers].into_iter()),
    }
}

/// The kinds of files, without the portal that makes their rows true.
pub struct Kinds;

impl ImportKinds for Kinds {
    fn kinds(&self) -> Vec<&'static FileKind> {
        vec![&CUSTOMERS]
    }

    fn reader(&self, _: ReadAs) -> Box<dyn RowReader> {
        Box::new(Reader(Vec::new()))
    }

    fn label_text<'c>(&self, _: &FileKind, cells: &[&'c str]) -> LabelText<'c> {
        LabelText { cells: cells.iter().map(|cell| Cow::Borrowed(*cell)).collect(), is_likely: false }
    }

    fn undone(&self, _: &FileKind) -> &'static [&'static str] {
        &UNDONE
    }
}

struct Reader(Vec<Invite>);

impl RowReader for Reader {
    fn read(&mut self, _: i64, row: TableRow<'_>) -> Result<bool, RowNote> {
        let cell = |at: usize| row.cells.get(at).map(|cell| cell.trim()).unwrap_or_default();
        let invite = Invite {
            number: row.number,
            email: cell(0).to_lowercase(),
            name: format!("{} {}", cell(1), cell(2)).trim().to_owned(),
            customers: cell(3).to_owned(),
        };
        if invite.email.is_empty() {
            return Err(note(&invite, "bad_email", "There is no e-mail in this row.".to_owned()));
        }
        self.0.push(invite);
        Ok(true)
    }

    fn take(&mut self) -> OwnRows {
        Box::new(std::mem::take(&mut self.0))
    }
}

fn rows_of(rows: OwnRows) -> Vec<Invite> {
    *rows.downcast().expect("only rows that were read here are handed in")
}

/// Makes rows true.
pub struct Invites(pub Portal);

impl ImportKinds for Invites {
    fn kinds(&self) -> Vec<&'static FileKind> {
        Kinds.kinds()
    }

    fn reader(&self, read_as: ReadAs) -> Box<dyn RowReader> {
        Kinds.reader(read_as)
    }

    fn label_text<'c>(&self, kind: &FileKind, cells: &[&'c str]) -> LabelText<'c> {
        Kinds.label_text(kind, cells)
    }

    fn undone(&self, kind: &FileKind) -> &'static [&'static str] {
        Kinds.undone(kind)
    }
}

/// A step whose rows were opened.
struct Known {
    by: Acting,
    before: Import,
    unreadable: Vec<RowNote>,
    rows_read: i64,
    next_round: i64,
}

/// What became of rows.
#[derive(Default)]
struct Became {
    made: Vec<(i64, i64)>,
    known: i64,
    refused: Vec<RowNote>,
}

/// Rows of a step, and what was made and asked for before its transaction: nobody else can write meanwhile.
struct Rows<'r> {
    invites: &'r [Invite],
    /// A password for each of them.
    passwords: &'r [Option<Made>],
    /// The customers of the ERP; `None` where it does not answer.
    known: Option<&'r [Customer]>,
}

/// Creates the accounts of rows in a transaction. Without passwords, as in a dry run, nobody is written to.
async fn make_all(
    portal: &Portal,
    tx: &mut base_db::Tx,
    rows: &Rows<'_>,
    doing: Doing<'_>,
) -> Result<Became, StoreError> {
    let mut became = Became::default();
    for (row, password) in rows.invites.iter().zip(rows.passwords) {
        let wanted = work::invitation(&row.name, &row.email, &row.customers, rows.known);
        let done = match wanted {
            Ok(wanted) => work::invite(portal, tx, &wanted, password.as_ref(), doing).await?,
            Err((code, words)) => Invited::Refused(code, words),
        };
        match done {
            Invited::Made(id) => became.made.push((row.number, id)),
            Invited::Known => became.known += 1,
            Invited::Refused(code, words) => became.refused.push(note(row, code, words)),
        }
    }
    Ok(became)
}

fn store(error: StoreError) -> DeskError {
    DeskError::Store(Arc::new(error))
}

fn len(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

fn entry(action: &'static str, import: &Import) -> Entry {
    let counts = &import.counts;
    Entry::new(action, "import", import.id.as_str()).with_after(&json!({
        "state": import.state.name(), "created": counts.created, "known": counts.known, "refused": counts.refused,
    }))
}

async fn tell(tx: &mut base_db::Tx, entry: Entry, at: Moment, origin: &Origin) -> Result<(), StoreError> {
    audit::insert(tx.conn(), &[Record { at, entry, origin }]).await
}

/// An import that is all or nothing gives back what it made.
fn begin_taking_back(import: &mut Import, fault: &str) {
    (import.state, import.fault) = (ImportState::RollingBack, Some(fault.into()));
    let figures = Figures::none_of(&UNDONE);
    import.taken_back = Some(TakenBack { is_automatic: true, figures, ..TakenBack::default() });
    (import.work_done, import.work_total) = (0, import.counts.created);
}

impl Invites {
    /// The ERP does not say whom the rows mean: they are tried again, and not refused one by one. Where it stays away, the
    /// import ends and says why; the same file can be brought again. Other imports go on meanwhile.
    async fn wait(&self, before: &Import, by: &Acting) -> Result<Import, DeskError> {
        tracing::warn!(import.id = before.id, "an import of customers waits for the ERP");
        if self.0.clock.now().since_us(before.updated_at) < AWAY_US {
            return Err(DeskError::Busy);
        }
        self.give_up(before, by).await.map_err(store)
    }

    async fn give_up(&self, before: &Import, by: &Acting) -> Result<Import, StoreError> {
        let (portal, now) = (&self.0, self.0.clock.now());
        let mut tx = portal.db.write().await?;
        let Some(mut after) = import::lock(tx.conn(), &before.id).await? else { return Err(StoreError::Conflict) };
        let stands = (after.round, after.rows_done) == (before.round, before.rows_done);
        if !stands || after.state != ImportState::Running {
            return Ok(after);
        }
        if after.mode == ImportMode::AllOrNothing {
            begin_taking_back(&mut after, ERP_AWAY);
        } else {
            (after.state, after.fault, after.finished_at) = (ImportState::Failed, Some(ERP_AWAY.into()), Some(now));
        }
        after.updated_at = now;
        import::put(tx.conn(), &after).await?;
        tell(&mut tx, entry("import_finished", &after), now, &by.origin).await?;
        tx.commit().await?;
        Ok(after)
    }

    async fn step(&self, step: RunStep) -> Result<Import, DeskError> {
        let portal = &self.0;
        let RunStep { by, before, rows, unreadable, rows_read, next_round } = step;
        let rows = rows_of(rows);
        let known = choice::known(portal).await;
        let asks_erp = portal.live.is_some() && rows.iter().any(|row| work::names_customers(&row.customers));
        if asks_erp && known.is_none() {
            return self.wait(&before, &by).await;
        }
        let step = Known { by, before, unreadable, rows_read, next_round };
        self.invite_all(step, &rows, known.as_deref()).await.map_err(store)
    }

    async fn invite_all(&self, step: Known, rows: &[Invite], known: Option<&[Customer]>) -> Result<Import, StoreError> {
        let (portal, now) = (&self.0, self.0.clock.now());
        // Hashes are made before the transaction: each keeps a core busy for 20 ms.
        let mut passwords = Vec::with_capacity(rows.len());
        for row in rows {
            let made = work::password_for(portal, &[&row.name, &row.email], Way::Mail).await;
            passwords.push(made.filter(|_| work::can_mail(portal)));
        }
        let doing = Doing { at: now, origin: &step.by.origin };
        let mut tx = portal.db.write().await?;
        let Some(mut after) = import::lock(tx.conn(), &step.before.id).await? else { return Err(StoreError::Conflict) };
        let stands = (after.round, after.rows_done) == (step.before.round, step.before.rows_done);
        if !stands || after.state != ImportState::Running {
            return Ok(after);
        }
        let rows = Rows { invites: rows, passwords: &passwords, known };
        let mut became = make_all(portal, &mut tx, &rows, doing).await?;
        became.refused.extend(step.unreadable);
        let takes_back = after.mode == ImportMode::AllOrNothing && !became.refused.is_empty();
        if takes_back {
            // What was made in this step never becomes true.
            tx.rollback().await?;
            tx = portal.db.write().await?;
            let Some(found) = import::lock(tx.conn(), &step.before.id).await? else { return Err(StoreError::Conflict) };
            after = found;
            begin_taking_back(&mut after, ROW_REFUSED);
        } else {
            earlier::remember(tx.conn(), &after.id, Kind::Customer, &became.made).await?;
            after.counts.created += len(became.made.len());
            after.counts.known += became.known;
            let turns = step.next_round != step.before.round;
            after.round = step.next_round;
            after.rows_done = if turns { 0 } else { after.rows_done + step.rows_read };
            if after.round > CUSTOMERS.rounds {
                (after.state, after.finished_at) = (ImportState::Done, Some(now));
            }
        }
        after.counts.refused += len(became.refused.len());
        became.refused.iter().for_each(|note| after.outcomes.count(note));
        after.updated_at = now;
        import::put_rows(tx.conn(), &after.id, Phase::Run, &became.refused).await?;
        import::put(tx.conn(), &after).await?;
        tell(&mut tx, entry("import_rows", &after), now, &step.by.origin).await?;
        if after.state != ImportState::Running {
            tell(&mut tx, entry("import_finished", &after), now, &step.by.origin).await?;
        }
        tx.commit().await?;
        Ok(after)
    }

    async fn undo(&self, by: &Acting, id: &str) -> Result<Import, StoreError> {
        let portal = &self.0;
        let now = portal.clock.now();
        let doing = Doing { at: now, origin: &by.origin };
        let mut tx = portal.db.write().await?;
        let Some(mut after) = import::lock(tx.conn(), id).await? else { return Err(StoreError::Conflict) };
        if after.state != ImportState::RollingBack {
            return Ok(after);
        }
        let mut taken = after.taken_back.clone().unwrap_or_default();
        if taken.figures.is_empty() {
            taken.figures = Figures::none_of(&UNDONE);
        }
        let made = earlier::known(tx.conn(), id, Kind::Customer).await?;
        let mut kept = Vec::new();
        for (row, account) in &made {
            let Some(line) = customer::find(tx.conn(), *account).await? else { continue };
            if line.facts.last_sign_in.is_some() {
                let row = Invite { number: *row, email: line.email, name: line.called, customers: String::new() };
                kept.push(note(&row, IN_USE, "The customer has signed in since.".to_owned()));
            } else if work::switch_off(portal, &mut tx, *account, doing).await? {
                taken.figures.count(UNDONE[0]);
            }
        }
        taken.kept = len(kept.len());
        for note in &kept {
            taken.outcomes.count(note);
        }
        (after.work_done, after.updated_at) = (len(made.len()), now);
        (after.state, after.finished_at) = (ImportState::RolledBack, Some(now));
        after.taken_back = Some(taken);
        import::put_rows(tx.conn(), id, Phase::Back, &kept).await?;
        import::put(tx.conn(), &after).await?;
        tell(&mut tx, entry("import_rolled_back", &after), now, &by.origin).await?;
        tx.commit().await?;
        portal.sessions.forget_all();
        Ok(after)
    }
}

#[async_trait]
impl ImportWork for Invites {
    async fn run(&self, step: RunStep) -> Result<Import, DeskError> {
        self.step(step).await
    }

    async fn take_back(&self, by: Acting, import_id: &str) -> Result<Import, DeskError> {
        self.undo(&by, import_id).await.map_err(store)
    }

    fn dry_run(&self, _: &'static FileKind, _: Acting) -> Box<dyn DryRun> {
        Box::new(Trial { portal: self.0.clone(), db: self.0.db.clone(), before: Vec::new() })
    }
}

/// A dry run: the accounts are created in a transaction that is never committed.
struct Trial {
    portal: Portal,
    db: Db,
    /// The rows of the steps before, which later ones see.
    before: Vec<Invite>,
}

#[async_trait]
impl DryRun for Trial {
    async fn decide(&mut self, rows: OwnRows) -> Result<WouldBe, StoreError> {
        let rows = rows_of(rows);
        let origin = Origin::default();
        let doing = Doing { at: self.portal.clock.now(), origin: &origin };
        let is_again = |row: &Invite| self.before.iter().any(|one| one.email == row.email);
        let (again, new): (Vec<Invite>, Vec<Invite>) = rows.into_iter().partition(is_again);
        let none: Vec<Option<Made>> = new.iter().map(|_| None).collect();
        let known = choice::known(&self.portal).await;
        let rows = Rows { invites: &new, passwords: &none, known: known.as_deref() };
        let mut tx = self.db.write().await?;
        let became = make_all(&self.portal, &mut tx, &rows, doing).await?;
        tx.rollback().await?;
        let mut would_be = WouldBe { refused: became.refused, ..WouldBe::default() };
        would_be.counts.created = len(became.made.len());
        would_be.counts.known = became.known + len(again.len());
        self.before.extend(new);
        Ok(would_be)
    }
}
