//! What is asked of Deacom.
//!
//! One row for each row of `dtfifo` with stock left, from all segments and facilities. Whose it is, is a property of the
//! part. The lots that failed a check and the purchase order of each lot are computed once for a request. An order's number
//! may have several versions: the highest job counts, then the highest `to_id`, which is the present version.

use super::{Wanted, one_of};
use crate::dialect::Dialect;
use crate::field::Field;

/// What each column of the result is.
pub(crate) const FIELDS: [Field; 16] = [
    Field::CustomerKey,
    Field::Customer,
    Field::Part,
    Field::Description,
    Field::OnHand,
    Field::Unit,
    Field::Bin,
    Field::Lot,
    Field::Expires,
    Field::Reference,
    Field::Order,
    Field::Segment,
    Field::Quality,
    Field::HasFailed,
    Field::Received,
    Field::Moved,
];

/// The tables that a login must be able to read.
pub const TABLES: [&str; 8] = ["dtfifo", "dmprod", "dmpr1", "dmunit", "dmloc", "dtljob", "dtord", "dttord"];

/// The customers with a name.
pub(crate) fn customers(dialect: Dialect, rows_max: usize) -> String {
    let (top, limit) = dialect.limit(rows_max);
    let (key, name) = (dialect.text("c.p1_id"), dialect.text("c.p1_name"));
    format!("select {top}{key}, {name}\nfrom dmpr1 c\nwhere rtrim(c.p1_name) <> ''\norder by c.p1_name{limit}")
}

/// The stock.
pub(crate) fn stock(dialect: Dialect, wanted: Wanted) -> String {
    let scope = one_of(dialect, "c.p1_id", wanted.chosen);
    let scope = scope.map(|condition| format!("\n    and {condition}")).unwrap_or_default();
    let failed = dialect.is_word("h.fi_action", "Failed QC");
    let finished = dialect.is_word("h.fi_action", "Finish Job");
    let prefix = dialect.is_word("substring(h.fi_postref, 1, 3)", "JJ-");
    let job = dialect.number_after_prefix("h.fi_postref");
    let (top, limit) = dialect.limit(wanted.rows_max);
    let columns = FIELDS.map(|field| column(dialect, field)).join(", ");
    format!(
        "with stock as (
  select f.fi_lotnum as lot_key, f.fi_type as segment, f.fi_qc as quality, f.fi_balance as on_hand,
    f.fi_userlot as lot, f.fi_attrib2 as reference, f.fi_expires as expires, f.fi_date as moved,
    f.fi_lotdate as received, c.p1_id as customer_key, c.p1_name as customer, p.pr_codenum as part,
    p.pr_descrip as description, u.un_name as unit, l.lo_name as bin
  from dtfifo f
  join dmprod p on p.pr_id = f.fi_prid
  join dmloc l on l.lo_id = f.fi_loid
  left join dmpr1 c on c.p1_id = p.pr_user5
  left join dmunit u on u.un_id = p.pr_unid
  where f.fi_balance > 0{scope}
), failed as (
  select distinct h.fi_lotnum as lot_key
  from dtfifo h
  where {failed} and h.fi_lotnum in (select lot_key from stock)
), jobs as (
  select distinct h.fi_lotnum as lot_key, {job} as job
  from dtfifo h
  where {finished} and {prefix} and h.fi_lotnum in (select lot_key from stock)
), orders as (
  select g.lot_key, t.to_billpo as purchase_order,
    row_number() over (partition by g.lot_key order by g.job desc, t.to_id desc) as place
  from jobs g
  join dtljob j on j.lj_jobnum = g.job
  join dtord o on o.or_id = j.lj_orid
  join dttord t on t.to_ordnum = o.or_ordnum
)
select {top}{columns}
from stock s
left join failed x on x.lot_key = s.lot_key
left join orders r on r.lot_key = s.lot_key and r.place = 1
order by s.customer, s.part, s.lot{limit}"
    )
}

/// The column that brings a field.
fn column(dialect: Dialect, field: Field) -> String {
    let expression = match field {
        Field::Order => "r.purchase_order".to_owned(),
        Field::HasFailed => return "case when x.lot_key is null then '0' else '1' end".to_owned(),
        other => format!("s.{}", other.key()),
    };
    match field {
        Field::OnHand => dialect.number(&expression),
        day if day.is_date() => dialect.date(&expression),
        _ => dialect.text(&expression),
    }
}
