//! Writing scans, as history: they count where and when they were made.

use std::collections::{HashMap, HashSet};

use bags_rules::bill::BillKey;
use bags_rules::code::Code;
use bags_rules::counter::Deltas;
use bags_store::person_scans::PeopleScans;
use bags_store::scan::ScanRecord;
use bags_store::{counter, person_scans, scan};
use base_core::area::Area;
use base_db::batch::Batch;
use base_db::writes::Writes;
use base_db::{Conn, StoreError};

use super::import::{Brought, Import, SHARD, count};
use super::rows::{Kind, ScanRow};
use crate::rules;
use crate::rules::{EarlierScan, KeptScan};

static AREAS: Batch = Batch::list("select code, area from bags where code in (", ")");

pub(super) async fn bring(mut conn: Conn<'_>, import: &Import<'_>, rows: &[ScanRow]) -> Result<Brought, StoreError> {
    let mut brought = Brought::default();
    let mut kept: Vec<KeptScan> = Vec::with_capacity(rows.len());
    for row in rows {
        let bill = row.bill_id.and_then(|id| import.bills.get(&id).cloned());
        match rules::scan(&EarlierScan { bill, ..row.scan.clone() }) {
            Ok((scan, finding)) => {
                kept.push(scan);
                brought.findings.extend(finding);
            }
            Err(finding) => {
                brought.leave_out(finding);
            }
        }
    }
    let ids: Vec<(i64, String)> = kept.iter().map(|scan| (scan.earlier_id, scan.scan_id.to_string())).collect();
    import.remember(conn.reborrow(), Kind::Scan, &ids).await?;
    let texts: Vec<&str> = ids.iter().map(|(_, id)| id.as_str()).collect();
    let known = scan::answered(conn.reborrow(), &texts).await?;
    let known: HashSet<String> = known.into_iter().map(|scan| scan.scan_id).collect();
    brought.known = count(known.len());
    kept.retain(|scan| !known.contains(&scan.scan_id.to_string()));
    brought.brought = count(kept.len());
    write(conn, import, kept).await?;
    Ok(brought)
}

async fn write(mut conn: Conn<'_>, import: &Import<'_>, kept: Vec<KeptScan>) -> Result<(), StoreError> {
    let codes: HashSet<&str> =
        kept.iter().flat_map(|scan| [Some(&scan.code), scan.parent.as_ref()]).flatten().map(Code::as_str).collect();
    let codes: Vec<&str> = codes.into_iter().collect();
    let areas: HashMap<String, Option<String>> =
        select_in!(conn, AREAS, (String, Option<String>), &codes).into_iter().collect();
    let mut deltas = Deltas::default();
    let mut people = PeopleScans::default();
    let mut records: Vec<ScanRecord> = Vec::with_capacity(kept.len());
    for scan in kept {
        let someone = scan.user_id.and_then(|id| import.people.get(&id));
        let subject = scan.parent.as_ref().unwrap_or(&scan.code);
        let of_bag = || areas.get(subject.as_str()).and_then(|area| area.as_deref().map(Area::new));
        let area = someone.and_then(|someone| someone.area.clone()).or_else(of_bag);
        deltas.scan(scan.outcome, area.clone(), scan.at);
        if let Some(someone) = someone {
            people.count(someone.account, scan.outcome, scan.at);
        }
        records.push(ScanRecord {
            scan_id: scan.scan_id,
            fingerprint: scan.fingerprint,
            at: scan.at,
            client_at: scan.at,
            account: someone.map(|someone| someone.account),
            area,
            station: None,
            action: scan.action,
            code: scan.code.to_string(),
            parent: scan.parent,
            bill: scan.bill.map(|number| BillKey::stored(&number.to_uppercase())),
            outcome: scan.outcome,
            answer: scan.answer,
        });
    }
    let mut writes = Writes::default();
    scan::gather(&records, &mut writes);
    if !import.is_dry {
        person_scans::gather(&people, &mut writes);
    }
    counter::gather(&deltas, SHARD, &mut writes);
    writes.run(conn).await
}
