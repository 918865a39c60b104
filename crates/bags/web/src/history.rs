//! A scan of the history, as the API and the pages of every noun show it.

use bags_rules::outcome::Outcome;
use bags_store::scan::ScanLine;
use base_core::area::Area;
use base_core::time::Moment;
use base_web::view::Frame;
use serde::Serialize;
use utoipa::ToSchema;

use crate::shown::{shown, shown_to_the_second};
use crate::state::Bags;

/// A time as the API writes it, RFC 3339 in UTC.
#[derive(Serialize, ToSchema)]
#[schema(value_type = String, format = DateTime)]
pub struct Stamp(pub Moment);

/// A scan in the history.
#[derive(Serialize, ToSchema)]
pub struct HistoryJson {
    /// Its number; higher is later.
    seq: i64,
    at: Stamp,
    client_at: Stamp,
    person: Option<String>,
    station: Option<String>,
    action: String,
    code: String,
    parent: Option<String>,
    /// The bill that was named, in capitals.
    bill: Option<String>,
    /// The area that it counts in.
    area: Option<String>,
    outcome: Outcome,
    undone_at: Option<Stamp>,
    undone_by: Option<String>,
}

impl From<ScanLine> for HistoryJson {
    fn from(line: ScanLine) -> Self {
        Self {
            seq: line.seq,
            at: Stamp(line.at),
            client_at: Stamp(line.client_at),
            person: line.person,
            station: line.station,
            action: line.action,
            code: line.code,
            parent: line.parent,
            bill: line.bill,
            area: line.area.map(|area| area.to_string()),
            outcome: line.outcome,
            undone_at: line.undone_at.map(Stamp),
            undone_by: line.undone_by,
        }
    }
}

/// A scan as pages show it.
pub(crate) struct Event {
    pub(crate) seq: i64,
    pub(crate) at: String,
    pub(crate) code: String,
    pub(crate) parent: String,
    pub(crate) bill: String,
    pub(crate) area: String,
    pub(crate) outcome: String,
    pub(crate) refused: bool,
    pub(crate) person: String,
    pub(crate) station: String,
    pub(crate) undone: String,
    /// The link that this scan made still exists.
    pub(crate) undoable: bool,
}

/// A scan in the words of a page.
pub(crate) fn event(line: &ScanLine, app: &Bags, frame: &Frame) -> Event {
    let undone = line.undone_at.map(|at| {
        let by = line.undone_by.as_deref().unwrap_or_default();
        format!("{} {by}", shown(at, app))
    });
    Event {
        seq: line.seq,
        at: shown_to_the_second(line.at, app),
        code: line.code.clone(),
        parent: line.parent.clone().unwrap_or_default(),
        bill: line.bill.clone().unwrap_or_default(),
        area: line.area.as_ref().map(Area::title).unwrap_or_default(),
        outcome: frame.t(&format!("outcome-{}", line.outcome.code())),
        refused: line.outcome.is_refusal(),
        person: line.person.clone().unwrap_or_default(),
        station: line.station.clone().unwrap_or_default(),
        undone: undone.unwrap_or_default(),
        undoable: false,
    }
}
