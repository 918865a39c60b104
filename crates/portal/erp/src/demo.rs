//! The ERP of the demo: a file of SQLite, or a database of PostgreSQL, with the tables of Deacom.
//!
//! Invariant: the same seed and day make the same rows, and every customer has stock in all eight states.

use std::path::Path;

use jiff::ToSpan;
use jiff::civil::Date;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection};

use crate::error::ErpError;
use crate::tables::{JobLine, Layer, Named, OrderLine, OrderVersion, Part, Tables};

/// The customers of the demo. One has a vertical bar in its name and one an apostrophe, as happens.
pub const CUSTOMERS: [&str; 12] = [
    "Acme Nutrition",
    "Bluewater Botanicals",
    "Cedar & Sage",
    "Delta Wellness",
    "Evergreen Labs",
    "Fairfield Foods",
    "Golden Gate Teas",
    "Harbor|Nut House",
    "Ironwood Supplements",
    "Juniper Skincare",
    "Kestrel Coffee",
    "O'Brien Organics",
];

const UNITS: [&str; 4] = ["EA", "CS", "LB", "KG"];
const PRODUCTS: [&str; 10] = [
    "Protein Bar, Cocoa",
    "Whey Powder, Vanilla",
    "Green Tea Sachet",
    "Almond Butter 12 oz",
    "Carton, printed",
    "Label roll, front",
    "Vitamin C tablets",
    "Face cream 50 ml",
    "Coffee pods, dark",
    "Gift box, large",
];
/// Parts of each customer.
const PARTS_EACH: usize = 15;
/// Segment and quality of each of the eight states. Where the quality is `Failed`, a failed check stands beside it.
const SEGMENTS: [(&str, &str); 8] = [
    ("quarantine", "Pending"),
    ("job", ""),
    ("sal-reserv", "Passed"),
    ("staging", ""),
    ("stock", "Failed"),
    ("stock", "Pending"),
    ("stock", ""),
    ("stock", "Passed"),
];

/// How much the demo has.
#[derive(Clone, Copy, Debug)]
pub struct Sizes {
    /// Rows with stock left.
    pub rows: usize,
    /// The day on which it is looked at: some stock has expired then, some will soon.
    pub today: Date,
    /// Another seed, another stock.
    pub seed: u64,
}

impl Sizes {
    /// What `tallyhouse demo` shows: 5,000 rows.
    pub fn demo(today: Date) -> Self {
        Self { rows: 5_000, today, seed: 17 }
    }
}

/// Makes the tables of the demo.
pub fn tables(sizes: Sizes) -> Tables {
    let mut tables = Tables {
        customers: named(&CUSTOMERS),
        units: named(&UNITS),
        locations: (1..=60).map(|id| Named { id, name: Some(bin(id)) }).collect(),
        ..Tables::default()
    };
    for number in 0..CUSTOMERS.len() * PARTS_EACH {
        tables.parts.push(part(number));
    }
    // A part that belongs to nobody: only those who see everything see it.
    let nobodys = int(tables.parts.len()) + 1;
    tables.parts.push(Part { id: nobodys, number: "PALLET-48x40".into(), unit: Some(1), ..Part::default() });
    let mut chance = Chance(sizes.seed);
    for row in 0..sizes.rows {
        let part = if row % 500 == 499 { nobodys } else { part_of(row, &mut chance) };
        add_lot(&mut tables, Lot { row, part, sizes }, &mut chance);
    }
    tables
}

fn told(fault: &sqlx::Error) -> ErpError {
    ErpError::Unreachable(fault.to_string())
}

/// Writes the demo's ERP to an empty database of PostgreSQL, as who owns it.
pub async fn write_to_postgres(address: &str, sizes: Sizes) -> Result<(), ErpError> {
    let mut connection = PgConnection::connect(address).await.map_err(|fault| told(&fault))?;
    let mut tx = connection.begin().await.map_err(|fault| told(&fault))?;
    for statement in tables(sizes).statements() {
        sqlx::query(AssertSqlSafe(statement)).execute(&mut *tx).await.map_err(|fault| told(&fault))?;
    }
    tx.commit().await.map_err(|fault| told(&fault))?;
    connection.close().await.map_err(|fault| told(&fault))
}

/// Writes the demo's ERP to a file that does not exist yet.
pub async fn write(file: &Path, sizes: Sizes) -> Result<(), ErpError> {
    let options = SqliteConnectOptions::new().filename(file).create_if_missing(true);
    let mut connection = options.connect().await.map_err(|fault| told(&fault))?;
    let mut tx = connection.begin().await.map_err(|fault| told(&fault))?;
    for statement in tables(sizes).statements() {
        sqlx::query(AssertSqlSafe(statement)).execute(&mut *tx).await.map_err(|fault| told(&fault))?;
    }
    tx.commit().await.map_err(|fault| told(&fault))?;
    connection.close().await.map_err(|fault| told(&fault))
}

/// The next lot of the demo.
#[derive(Clone, Copy)]
struct Lot {
    row: usize,
    part: i64,
    sizes: Sizes,
}

fn add_lot(tables: &mut Tables, lot: Lot, chance: &mut Chance) {
    let Lot { row, part, sizes } = lot;
    // Customers take turns, so each of them has a row in each state within a hundred rows.
    let state = (row / CUSTOMERS.len()) % SEGMENTS.len();
    let (segment, quality) = SEGMENTS[state];
    let lot_number = format!("{}", 100_000 + row);
    let days_ago = chance.below(400);
    let posted = sizes.today.saturating_sub(days_ago.days());
    let expires = (chance.below(10) > 0).then(|| sizes.today.saturating_add((chance.below(760) - 60).days()));
    let layer = Layer {
        part,
        location: 1 + chance.below(60),
        balance: format!("{}.{:02}", 1 + chance.below(4_000), if chance.below(3) == 0 { chance.below(100) } else { 0 }),
        segment: Some(segment.into()),
        quality: Some(quality.into()),
        action: Some("Receive".into()),
        reference_of_posting: None,
        lot_number: Some(lot_number.clone()),
        user_lot: Some(user_lot(row)),
        attribute: (chance.below(3) == 0).then(|| format!("REF-{:04}", chance.below(10_000))),
        expires,
        posted: Some(posted),
        received: Some(posted.saturating_sub(chance.below(30).days())),
    };
    let spent = Layer { balance: "0".into(), ..layer.clone() };
    if quality == "Failed" {
        tables.layers.push(Layer { action: Some("Failed QC".into()), ..spent.clone() });
    }
    if !(row / CUSTOMERS.len()).is_multiple_of(3) {
        let job = 40_000 + int(row);
        let reference = Some(format!("JJ-{job}"));
        tables.layers.push(Layer { action: Some("Finish Job".into()), reference_of_posting: reference, ..spent });
        add_order(tables, row, job);
    }
    tables.layers.push(layer);
}

/// An order for what a job makes. Every fifth was changed once: only its second version has the number that counts.
fn add_order(tables: &mut Tables, row: usize, job: i64) {
    let order = 70_000 + int(row);
    let line = int(tables.order_lines.len()) + 1;
    tables.job_lines.push(JobLine { job, order_line: line });
    tables.order_lines.push(OrderLine { id: line, order });
    let version = |id: i64, number: String| OrderVersion { id, order, purchase_order: Some(number) };
    let id = int(row) * 2 + 1;
    if row.is_multiple_of(5) {
        tables.order_versions.push(version(id, format!("PO-{order}-OLD")));
    }
    tables.order_versions.push(version(id + 1, format!("PO-{order}")));
}

fn named(names: &[&str]) -> Vec<Named> {
    names.iter().zip(1..).map(|(name, id)| Named { id, name: Some((*name).to_owned()) }).collect()
}

fn bin(id: i64) -> String {
    format!("{}-{:02}-{}", ["A", "B", "C"][usize::try_from(id % 3).unwrap_or(0)], id, 1 + id % 4)
}

/// A part of the customer whose turn it is.
fn part_of(row: usize, chance: &mut Chance) -> i64 {
    let each = int(PARTS_EACH);
    int(row % CUSTOMERS.len()) * each + chance.below(each) + 1
}

/// Some parts have numbers that a spreadsheet would spoil.
fn part(number: usize) -> Part {
    let customer = number / PARTS_EACH;
    let text = match number % PARTS_EACH {
        0 => format!("{:05}", 100 + number),
        1 => format!("{}E4", 10 + customer),
        _ => format!("{}-{:04}", &CUSTOMERS[customer][..2].to_uppercase(), 1_000 + number * 7),
    };
    let product = PRODUCTS[number % PRODUCTS.len()];
    Part {
        id: int(number) + 1,
        number: text,
        description: Some(product.to_owned()),
        unit: Some(1 + int(number % UNITS.len())),
        customer: Some(int(customer) + 1),
    }
}

/// Some lots look like numbers.
fn user_lot(row: usize) -> String {
    match row % 10 {
        0 => format!("{}E4", 10 + row % 90),
        1 => format!("{row:06}"),
        _ => format!("L{:05}{}", row, ["A", "B", "C"][row % 3]),
    }
}

fn int(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// Numbers that look like chance and are the same for the same seed (splitmix64).
struct Chance(u64);

impl Chance {
    /// A number from 0 to below `end`.
    fn below(&mut self, end: i64) -> i64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^= mixed >> 31;
        i64::try_from(mixed % u64::try_from(end.max(1)).unwrap_or(1)).unwrap_or(0)
    }
}
