//! How what is read for an export becomes cells.

use bags_rules::bag::BagKind;
use bags_rules::bill::{BillStatus, BillWeights};
use bags_rules::counter::Counter;
use bags_store::counter;
use bags_store::export::ActivityRow;
use base_core::area::{Area, Scope};
use base_core::realm::Realm;
use base_core::time::Moment;
use base_db::{Db, StoreError};
use base_files::export::Setting;
use base_records::account;
use base_sheet::Cell;

/// How many figures there are.
pub(super) const STATISTICS: u64 = 8;

/// A time in the zone of the file; an empty cell where it is not known.
fn time(text: &str, setting: &Setting) -> Option<Cell<'static>> {
    let at = Moment(text.parse().ok()?);
    Some(at.known().map_or(Cell::Empty, |at| Cell::Time(setting.local(at))))
}

/// The name of an area as people read it; most rows have no underscore and need no new text.
fn title(area: &str) -> Cell<'static> {
    if area.is_empty() { Cell::Empty } else { Cell::text(Area::new(area).title()) }
}

/// The cells of a bag, in the order of its file's columns.
pub(super) fn bag<'l>(fields: [&'l str; 7], setting: &Setting) -> Option<[Cell<'l>; 7]> {
    let [code, kind, children, bill, created_at, area, parent] = fields;
    let is_parent = kind == BagKind::Parent.name();
    Some([
        Cell::text(code),
        Cell::text(if is_parent { "PARENT" } else { "CHILD" }),
        if is_parent { Cell::Int(children.parse().ok()?) } else { Cell::text("N/A") },
        Cell::text(if bill.is_empty() { "Not linked" } else { bill }),
        time(created_at, setting)?,
        title(area),
        if parent.is_empty() { Cell::Empty } else { Cell::text(parent) },
    ])
}

/// The cells of a bill, in the order of its file's columns.
pub(super) fn bill<'l>(fields: [&'l str; 11], setting: &Setting, full_children: u32) -> Option<[Cell<'l>; 13]> {
    let [number, description, status, capacity, parents, children, person, created_at, updated_at, to, vehicle] =
        fields;
    let whole = |text: &str| text.parse::<i64>().ok();
    let (capacity, parents, children) = (whole(capacity)?, whole(parents)?, whole(children)?);
    let weights = BillWeights::of(parents, children, capacity, full_children);
    #[expect(clippy::cast_precision_loss, reason = "no bill weighs as much as a lorry of lorries")]
    let weight = |kg: i64| Cell::Kilograms(kg as f64);
    Some([
        Cell::text(number),
        Cell::text(description),
        Cell::text(status.to_ascii_uppercase()),
        Cell::Int(capacity),
        Cell::Int(parents),
        Cell::Int(children),
        weight(weights.actual_kg),
        weight(weights.expected_kg),
        Cell::text(person),
        time(created_at, setting)?,
        time(updated_at, setting)?,
        Cell::text(to),
        Cell::text(vehicle),
    ])
}

/// The cells of a person.
pub(super) fn person(row: ActivityRow, setting: &Setting) -> Vec<Cell<'static>> {
    let is_locked = row.locked_until.is_some_and(|until| until > setting.at.0);
    let status = match (row.is_active, is_locked) {
        (false, _) => "Inactive",
        (true, true) => "Locked",
        (true, false) => "Active",
    };
    vec![
        Cell::text(row.username),
        Cell::maybe(row.email),
        Cell::maybe(row.roles),
        title(row.area.as_deref().unwrap_or_default()),
        Cell::Int(row.scans),
        Cell::Int(row.scans_total),
        Cell::text(status),
        Cell::Time(setting.local(Moment(row.created_at))),
    ]
}

/// The figures, one in a row.
pub(super) async fn statistics(db: &Db, setting: &Setting) -> Result<Vec<Vec<Cell<'static>>>, StoreError> {
    let mut reader = db.read().await?;
    let totals = counter::totals(reader.conn(), &Scope::All).await?;
    drop(reader);
    let of = |counters: &[Counter]| counters.iter().filter_map(|counter| totals.get(counter)).sum::<i64>();
    let parents = of(&[Counter::ParentsPending, Counter::ParentsInProgress, Counter::ParentsCompleted]);
    let children = of(&[Counter::Children]);
    let scans = [Counter::ScansParent, Counter::ScansChild, Counter::ScansBill, Counter::ScansOther];
    let figures = [
        ("Total Bags", parents + children),
        ("Parent Bags", parents),
        ("Child Bags", children),
        ("Total Bills", of(&BillStatus::ALL.map(Counter::of_bill))),
        ("Total Users", account::count(db, Realm::Staff).await?),
        ("Total Scans", of(&scans)),
        ("Total Links", of(&[Counter::Links])),
    ];
    let mut rows: Vec<Vec<Cell<'static>>> =
        figures.into_iter().map(|(label, n)| vec![Cell::text(label), Cell::Int(n)]).collect();
    rows.push(vec![Cell::text(setting.in_zone("Generated")), Cell::Time(setting.local(setting.at))]);
    Ok(rows)
}
