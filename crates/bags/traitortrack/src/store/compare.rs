//! What differs between a page of the earlier system and what is here, once it came over.

use std::collections::{BTreeMap, HashMap, HashSet};

use bags_rules::bill::BillStatus;
use bags_rules::code::Code;
use bags_store::{bill, link};
use base_db::batch::Batch;
use base_db::{Conn, StoreError};

use super::import::{Import, count};
use super::rows::{BillBagRow, Kind, LinkRow, Page, Rows, ScanRow};
use crate::rules;
use crate::rules::{EarlierBag, EarlierBill, EarlierUser};

static BAGS: Batch = Batch::list("select code, kind, coalesce(name, '') from bags where code in (", ")");
static BILLS: Batch = Batch::list(
    "select key, capacity, status, description, destination, vehicle_number from bills where key in (",
    ")",
);

/// A value that is not the same there and here; an empty text is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The number of the row there.
    pub earlier_id: i64,
    /// Its code, number or name.
    pub code: String,
    /// What differs: `missing`, or a field.
    pub field: &'static str,
    /// There.
    pub there: String,
    /// Here.
    pub here: String,
}

/// What a page was compared to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ComparedPage {
    /// Rows that are the same there and here.
    pub same: u64,
    /// What is not.
    pub differences: Vec<Difference>,
}

impl ComparedPage {
    /// Takes in a row: each field as it is there and here, `None` when the row is not here.
    fn row(&mut self, earlier_id: i64, code: &str, here: Option<Vec<(&'static str, String, String)>>) {
        let before = self.differences.len();
        let mut tell = |field, there: String, here: String| {
            self.differences.push(Difference { earlier_id, code: code.to_owned(), field, there, here });
        };
        match here {
            None => tell("missing", code.to_owned(), String::new()),
            Some(fields) => {
                for (field, there, here) in fields {
                    if there != here {
                        tell(field, there, here);
                    }
                }
            }
        }
        self.same += u64::from(self.differences.len() == before);
    }
}

impl Import<'_> {
    /// Compares a page; `None` for kinds that are only counted.
    pub async fn compare(&self, conn: Conn<'_>, page: &Page) -> Result<Option<ComparedPage>, StoreError> {
        Ok(Some(match &page.rows {
            Rows::Users(rows) => self.compare_people(rows),
            Rows::Bags(rows) => self.compare_bags(conn, rows).await?,
            Rows::Links(rows) => compare_links(conn, rows).await?,
            Rows::Bills(rows) => self.compare_bills(conn, rows).await?,
            Rows::BillBags(rows) => self.compare_places(conn, rows).await?,
            Rows::Scans(rows) => self.compare_scans(conn, rows).await?,
            Rows::Promotions(_) | Rows::Notifications(_) | Rows::Audit(_) => return Ok(None),
        }))
    }

    fn compare_people(&self, rows: &[EarlierUser]) -> ComparedPage {
        let mut compared = ComparedPage::default();
        for row in rows {
            let name = row.username.as_deref().unwrap_or_default().trim();
            let here = self.people.get(&row.id);
            compared.row(row.id, name, here.map(|here| vec![("name", name.to_owned(), here.name.clone())]));
        }
        compared
    }

    async fn compare_bags(&self, mut conn: Conn<'_>, rows: &[EarlierBag]) -> Result<ComparedPage, StoreError> {
        let mut compared = ComparedPage::default();
        let kept: Vec<_> = rows.iter().map(|row| (row, rules::bag(row, &self.site).0)).collect();
        let codes: Vec<&str> = kept.iter().filter_map(|(_, bag)| Some(bag.as_ref()?.code.as_str())).collect();
        let found = select_in!(conn, BAGS, (String, String, String), &codes);
        let found: HashMap<String, (String, String)> =
            found.into_iter().map(|(code, kind, name)| (code, (kind, name))).collect();
        for (row, bag) in kept {
            let here = bag.as_ref().and_then(|bag| {
                let (kind, name) = found.get(bag.code.as_str())?;
                let there = bag.name.clone().unwrap_or_default();
                Some(vec![("kind", bag.kind.name().to_owned(), kind.clone()), ("name", there, name.clone())])
            });
            compared.row(row.id, row.qr_id.as_deref().unwrap_or_default(), here);
        }
        Ok(compared)
    }

    async fn compare_bills(&self, mut conn: Conn<'_>, rows: &[EarlierBill]) -> Result<ComparedPage, StoreError> {
        type Row = (String, i64, String, String, String, String);
        let mut compared = ComparedPage::default();
        let key = |id: &i64| self.bills.get(id).map(|number| number.to_uppercase());
        let keys: Vec<String> = rows.iter().filter_map(|row| key(&row.id)).collect();
        let texts: Vec<&str> = keys.iter().map(String::as_str).collect();
        let found: BTreeMap<String, Row> =
            select_in!(conn, BILLS, Row, &texts).into_iter().map(|row| (row.0.clone(), row)).collect();
        for row in rows {
            let (there, _) = rules::bill(row);
            let here = key(&row.id).and_then(|key| found.get(&key)).map(|here| {
                // A bill with a parent is under way here, whatever it was called there.
                let status = |name: &str| if name == BillStatus::New.name() { "processing" } else { name }.to_owned();
                vec![
                    ("capacity", there.capacity.to_string(), here.1.to_string()),
                    ("status", status(there.status.name()), status(&here.2)),
                    ("description", there.texts.description.clone(), here.3.clone()),
                    ("destination", there.texts.destination.clone(), here.4.clone()),
                    ("vehicle_number", there.texts.vehicle_number.clone(), here.5.clone()),
                ]
            });
            compared.row(row.id, &there.number, here);
        }
        Ok(compared)
    }

    async fn compare_places(&self, conn: Conn<'_>, rows: &[BillBagRow]) -> Result<ComparedPage, StoreError> {
        let mut compared = ComparedPage::default();
        let codes: Vec<Code> = rows.iter().filter_map(|row| row.parent.as_deref().and_then(Code::kept)).collect();
        let texts: Vec<&str> = codes.iter().map(Code::as_str).collect();
        let found = bill::of_parents(conn, &texts).await?;
        let found: HashMap<Code, String> =
            found.into_iter().map(|(code, key)| (code, key.as_str().to_owned())).collect();
        for row in rows {
            let code = row.parent.as_deref().and_then(Code::kept);
            let there = self.bills.get(&row.bill_id).map(|number| number.to_uppercase()).unwrap_or_default();
            let here = code.as_ref().and_then(|code| found.get(code));
            let shown = code.as_ref().map(ToString::to_string).unwrap_or_default();
            compared.row(row.id, &shown, here.map(|here| vec![("bill", there, here.clone())]));
        }
        Ok(compared)
    }

    async fn compare_scans(&self, mut conn: Conn<'_>, rows: &[ScanRow]) -> Result<ComparedPage, StoreError> {
        const KNOWN: &str = "select e.earlier_id from earlier_ids e join scans s on s.scan_id = e.ours
            where e.source = $1 and e.kind = $2 and e.earlier_id >= $3 and e.earlier_id <= $4";
        let mut compared = ComparedPage::default();
        let bounds = (rows.first().map(|row| row.scan.id), rows.last().map(|row| row.scan.id));
        let (Some(first), Some(last)) = bounds else { return Ok(compared) };
        let known: Vec<i64> = on!(conn, c => sqlx::query_scalar(KNOWN)
            .bind(&self.source).bind(Kind::Scan.name()).bind(first).bind(last).fetch_all(&mut **c).await?);
        let known: HashSet<i64> = known.into_iter().collect();
        for row in rows {
            let scan = &row.scan;
            let code = scan.child.as_ref().or(scan.parent.as_ref()).or(scan.new_parent.as_ref());
            compared.row(scan.id, code.map_or("", String::as_str), known.contains(&scan.id).then(Vec::new));
        }
        Ok(compared)
    }
}

async fn compare_links(conn: Conn<'_>, rows: &[LinkRow]) -> Result<ComparedPage, StoreError> {
    let mut compared = ComparedPage::default();
    let codes: Vec<Code> = rows.iter().filter_map(|row| row.child.as_deref().and_then(Code::kept)).collect();
    let texts: Vec<&str> = codes.iter().map(Code::as_str).collect();
    let found = link::of_children(conn, &texts).await?;
    let found: HashMap<Code, String> =
        found.into_iter().map(|(child, link)| (child, link.parent.to_string())).collect();
    for row in rows {
        let child = row.child.as_deref().and_then(Code::kept);
        let there = row.parent.as_deref().and_then(Code::kept).map(|code| code.to_string()).unwrap_or_default();
        let here = child.as_ref().and_then(|child| found.get(child));
        let shown = child.as_ref().map(ToString::to_string).unwrap_or_default();
        compared.row(row.id, &shown, here.map(|here| vec![("parent", there, here.clone())]));
    }
    Ok(compared)
}

/// How many things differ.
pub fn different(compared: &ComparedPage) -> u64 {
    let rows: HashSet<i64> = compared.differences.iter().map(|difference| difference.earlier_id).collect();
    count(rows.len())
}
