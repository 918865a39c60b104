//! A bill as lists and pages show it.

use bags_rules::bill::{BillKey, BillStatus, BillTexts};
use base_core::time::Moment;
use base_db::StoreError;

use super::read_status;

/// A bill as lists and pages show it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BillLine {
    /// The key of its number.
    pub key: BillKey,
    /// Its number as it was typed.
    pub number: String,
    /// What people wrote about it.
    pub texts: BillTexts,
    /// How many parents it is for.
    pub capacity: i64,
    /// Its status.
    pub status: BillStatus,
    /// How many parents are on it.
    pub parents: i64,
    /// How many children are in them.
    pub children: i64,
    /// When it was created.
    pub created_at: Moment,
    /// By whom.
    pub created_by: Option<String>,
    /// When it was completed.
    pub completed_at: Option<Moment>,
    /// By whom.
    pub completed_by: Option<String>,
}

packed_row! {
    pub(super) struct BillLineRow {
        key: String,
        bill: String,
        description: String,
        destination: String,
        vehicle_number: String,
        capacity: i64,
        status: String,
        parents: i64,
        children: i64,
        created_at: i64,
        completed_at: Option<i64>,
        creator: Option<String>,
        completer: Option<String>,
    }
}

impl BillLineRow {
    pub(super) fn into_line(self) -> Result<BillLine, StoreError> {
        Ok(BillLine {
            key: BillKey::stored(&self.key),
            number: self.bill,
            texts: BillTexts {
                description: self.description,
                destination: self.destination,
                vehicle_number: self.vehicle_number,
            },
            capacity: self.capacity,
            status: read_status(&self.status)?,
            parents: self.parents,
            children: self.children,
            created_at: Moment(self.created_at),
            created_by: self.creator,
            completed_at: self.completed_at.map(Moment),
            completed_by: self.completer,
        })
    }
}
