//! Imports of a run: files of chance, brought in and taken back step by step, with scans in between.

use bags_rules::code::readable;
use bags_rules::import::{ImportKind, Origin as FileOrigin, read_row, round_of};
use bags_work::{Desk, ImportRow, ImportStep, Step, TakeBackStep, with_figures};
use base_core::account::Actor;
use base_core::audit::Origin;
use base_core::import::{ImportMode, ImportState};
use base_core::time::Moment;
use base_db::Db;
use base_records::import;
use base_records::import::{Import, RowNote, TakenBack, cells_text};

use crate::dice::Dice;

/// An import on its way, and the rows of its file.
pub struct Brought {
    pub import: Import,
    pub actor: Actor,
    origin: Origin,
    rows: Vec<Vec<String>>,
}

fn cells(kind: ImportKind, dice: &mut Dice) -> Vec<String> {
    match kind {
        ImportKind::Bags => match dice.roll(12) {
            0 => vec![dice.parent(), "box".into(), String::new()],
            1..5 => vec![dice.parent(), "Parent".into(), String::new()],
            _ => vec![dice.child(), " child".into(), dice.parent()],
        },
        ImportKind::Children => vec![dice.child(), dice.parent()],
        ImportKind::Parents => vec![dice.parent(), dice.bill()],
        ImportKind::Bills => {
            let capacity = match dice.roll(8) {
                0 => "a dozen".into(),
                1 => String::new(),
                _ => dice.whole(0, 60).to_string(),
            };
            vec![dice.bill(), format!("note {}", dice.roll(5)), capacity, "900".into()]
        }
    }
}

impl Brought {
    /// A new import that runs, with its row in the database.
    pub async fn begin(db: &Db, dice: &mut Dice, number: usize, who: (&Actor, Origin), now: Moment) -> Self {
        let kind = *dice.pick(&ImportKind::ALL);
        let (actor, origin) = (who.0.clone(), who.1);
        let rows: Vec<Vec<String>> = (0..5 + dice.roll(40)).map(|_| cells(kind, dice)).collect();
        let import = Import {
            id: format!("import-{number:03}"),
            kind: kind.name().into(),
            file_name: format!("{number}.csv"),
            account_id: actor.account,
            acting_id: actor.account,
            area: None,
            state: ImportState::Running,
            mode: if dice.one_in(3) { ImportMode::AllOrNothing } else { ImportMode::SkipBad },
            is_stored: false,
            file_bytes: 0,
            mapping: "{}".into(),
            sheet: None,
            round: 1,
            rows_done: 0,
            rows_total: i64::try_from(rows.len()).expect("few"),
            work_done: 0,
            work_total: 0,
            counts: import::Counts::default(),
            outcomes: import::Outcomes::default(),
            checked: None,
            taken_back: None,
            fault: None,
            address: origin.address.clone(),
            agent: origin.agent.clone(),
            request_id: origin.request_id.clone(),
            started_at: now,
            updated_at: now,
            finished_at: None,
        };
        let mut tx = db.write().await.expect("a transaction");
        assert!(import::create(tx.conn(), &import).await.expect("the database answers"));
        tx.commit().await.expect("a commit");
        Self { import, actor, origin, rows }
    }

    /// One step on, whichever way it goes. False once there is nothing left to do.
    pub async fn step(&mut self, desk: &Desk, dice: &mut Dice, now: Moment) -> bool {
        match self.import.state {
            ImportState::Running => {
                let step = self.next_rows(dice, now);
                self.import = desk.step(Step::Import(Box::new(step))).await.expect("the desk answers");
            }
            ImportState::RollingBack => {
                let (actor, origin) = (self.actor.clone(), self.origin.clone());
                let step = TakeBackStep { actor, origin, import_id: self.import.id.clone() };
                self.import = desk.step(Step::TakeBack(step)).await.expect("the desk answers");
            }
            _ => return false,
        }
        true
    }

    fn next_rows(&self, dice: &mut Dice, now: Moment) -> ImportStep {
        let kind = ImportKind::parse(&self.import.kind).expect("a kind");
        let round = self.import.round;
        let from = usize::try_from(self.import.rows_done).expect("few");
        let until = (from + 1 + dice.roll(20)).min(self.rows.len());
        let (mut rows, mut unreadable) = (Vec::new(), Vec::new());
        for (at, row) in self.rows.iter().enumerate().take(until).skip(from) {
            let cells: Vec<&str> = row.iter().map(String::as_str).collect();
            if round_of(kind, &cells) != round {
                continue;
            }
            let row_number = i64::try_from(at + 2).expect("few");
            match read_row(kind, &cells, now) {
                Ok(scan) => {
                    rows.push(ImportRow { row_number, scan, is_for_next: false, origin: FileOrigin::List, area: None });
                }
                Err(fault) => unreadable.push(RowNote {
                    row_number,
                    code: readable(&row[0]),
                    outcome: fault.outcome.into(),
                    message: fault.message,
                    cells: cells_text(cells.into_iter()),
                }),
            }
        }
        ImportStep {
            actor: self.actor.clone(),
            origin: self.origin.clone(),
            before: self.import.clone(),
            rows,
            unreadable,
            rows_read: i64::try_from(until - from).expect("few"),
            next_round: round + i64::from(until == self.rows.len()),
        }
    }

    /// Has what it made taken back.
    pub async fn turn_back(&mut self, db: &Db) {
        let mut tx = db.write().await.expect("a transaction");
        let mut import = import::lock(tx.conn(), &self.import.id).await.expect("a look").expect("it is there");
        (import.state, import.taken_back) = (ImportState::RollingBack, Some(with_figures(TakenBack::default())));
        (import.work_done, import.work_total) = (0, import.counts.created + import.counts.linked);
        import::put(tx.conn(), &import).await.expect("it is written");
        tx.commit().await.expect("a commit");
        self.import = import;
    }

    /// How it stands, as a line of the record.
    pub fn line(&self) -> String {
        let import = &self.import;
        let json = |value: &serde_json::Value| value.to_string();
        format!(
            "{} {} pass {} rows {} work {}/{} counts {} outcomes {} taken back {} fault {:?}",
            import.id,
            import.state.name(),
            import.round,
            import.rows_done,
            import.work_done,
            import.work_total,
            json(&serde_json::json!(import.counts)),
            json(&serde_json::json!(import.outcomes)),
            json(&serde_json::json!(import.taken_back)),
            import.fault,
        )
    }
}
