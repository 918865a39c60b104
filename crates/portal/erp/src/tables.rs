//! The tables of Deacom as far as they are read: for the demo and for tests.
//!
//! Only those columns are here. Their statements are one text for SQLite and PostgreSQL; SQL Server is never given any.

use jiff::civil::Date;

/// Rows of one statement.
const ROWS_AT_ONCE: usize = 500;

/// What the tables are made with.
const CREATE: [&str; 11] = [
    "create table dmpr1 (p1_id integer not null primary key, p1_name varchar(100))",
    "create table dmunit (un_id integer not null primary key, un_name varchar(20))",
    "create table dmloc (lo_id integer not null primary key, lo_name varchar(40))",
    "create table dmprod (pr_id integer not null primary key, pr_codenum varchar(60) not null, pr_descrip varchar(200), \
     pr_unid integer, pr_user5 integer)",
    "create table dtfifo (fi_prid integer not null, fi_loid integer not null, fi_balance numeric(18, 6) not null, \
     fi_type varchar(20), fi_qc varchar(20), fi_action varchar(40), fi_postref varchar(60), fi_lotnum varchar(40), \
     fi_userlot varchar(60), fi_attrib2 varchar(60), fi_expires timestamp, fi_date timestamp, fi_lotdate timestamp)",
    "create table dtljob (lj_jobnum bigint, lj_orid integer)",
    "create table dtord (or_id integer not null primary key, or_ordnum integer)",
    "create table dttord (to_id integer not null primary key, to_ordnum integer, to_billpo varchar(60))",
    "create index dtfifo_lot on dtfifo (fi_lotnum, fi_action)",
    "create index dtfifo_part on dtfifo (fi_prid)",
    "create index dtljob_job on dtljob (lj_jobnum)",
];

/// An inventory layer: a posted quantity of a lot at a place, with what is left of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the columns of `dtfifo`")]
pub struct Layer {
    pub part: i64,
    pub location: i64,
    /// A plain decimal number.
    pub balance: String,
    pub segment: Option<String>,
    pub quality: Option<String>,
    pub action: Option<String>,
    pub reference_of_posting: Option<String>,
    pub lot_number: Option<String>,
    pub user_lot: Option<String>,
    pub attribute: Option<String>,
    pub expires: Option<Date>,
    pub posted: Option<Date>,
    pub received: Option<Date>,
}

/// A part.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the columns of `dmprod`")]
pub struct Part {
    pub id: i64,
    pub number: String,
    pub description: Option<String>,
    pub unit: Option<i64>,
    pub customer: Option<i64>,
}

/// An id and a name: a customer, a unit or a place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "an id and a name")]
pub struct Named {
    pub id: i64,
    pub name: Option<String>,
}

/// A line of a job: what it makes is for this line of an order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the columns of `dtljob`")]
pub struct JobLine {
    pub job: i64,
    pub order_line: i64,
}

/// A line of an order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the columns of `dtord`")]
pub struct OrderLine {
    pub id: i64,
    pub order: i64,
}

/// One version of an order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the columns of `dttord`")]
pub struct OrderVersion {
    pub id: i64,
    pub order: i64,
    pub purchase_order: Option<String>,
}

/// The contents of all tables.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "one field for each table")]
pub struct Tables {
    pub customers: Vec<Named>,
    pub units: Vec<Named>,
    pub locations: Vec<Named>,
    pub parts: Vec<Part>,
    pub layers: Vec<Layer>,
    pub job_lines: Vec<JobLine>,
    pub order_lines: Vec<OrderLine>,
    pub order_versions: Vec<OrderVersion>,
}

impl Tables {
    /// The statements that make the tables and fill them.
    pub fn statements(&self) -> Vec<String> {
        let mut all: Vec<String> = CREATE.iter().map(|text| (*text).to_owned()).collect();
        let named = |one: &Named| vec![int(one.id), text(one.name.as_ref())];
        insert(&mut all, "dmpr1", self.customers.iter().map(named));
        insert(&mut all, "dmunit", self.units.iter().map(named));
        insert(&mut all, "dmloc", self.locations.iter().map(named));
        insert(&mut all, "dmprod", self.parts.iter().map(part));
        insert(&mut all, "dtfifo", self.layers.iter().map(layer));
        insert(&mut all, "dtljob", self.job_lines.iter().map(|line| vec![int(line.job), int(line.order_line)]));
        insert(&mut all, "dtord", self.order_lines.iter().map(|line| vec![int(line.id), int(line.order)]));
        let version = |one: &OrderVersion| vec![int(one.id), int(one.order), text(one.purchase_order.as_ref())];
        insert(&mut all, "dttord", self.order_versions.iter().map(version));
        all
    }
}

fn part(part: &Part) -> Vec<String> {
    vec![
        int(part.id),
        text(Some(&part.number)),
        text(part.description.as_ref()),
        part.unit.map_or_else(null, int),
        part.customer.map_or_else(null, int),
    ]
}

fn layer(layer: &Layer) -> Vec<String> {
    vec![
        int(layer.part),
        int(layer.location),
        layer.balance.clone(),
        text(layer.segment.as_ref()),
        text(layer.quality.as_ref()),
        text(layer.action.as_ref()),
        text(layer.reference_of_posting.as_ref()),
        text(layer.lot_number.as_ref()),
        text(layer.user_lot.as_ref()),
        text(layer.attribute.as_ref()),
        day(layer.expires),
        day(layer.posted),
        day(layer.received),
    ]
}

fn insert(all: &mut Vec<String>, table: &str, rows: impl Iterator<Item = Vec<String>>) {
    let rows: Vec<String> = rows.map(|cells| format!("({})", cells.join(", "))).collect();
    for some in rows.chunks(ROWS_AT_ONCE) {
        all.push(format!("insert into {table} values {}", some.join(", ")));
    }
}

fn null() -> String {
    "null".to_owned()
}

fn int(number: i64) -> String {
    number.to_string()
}

fn text(text: Option<&String>) -> String {
    text.map_or_else(null, |text| format!("'{}'", text.replace('\'', "''")))
}

fn day(day: Option<Date>) -> String {
    day.map_or_else(null, |day| format!("'{day} 00:00:00'"))
}
