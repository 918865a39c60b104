//! A bill as the API writes it.

use bags_rules::bill::{BillStatus, BillWeights, progress};
use bags_store::bill::BillLine;
use serde::Serialize;
use utoipa::ToSchema;

use crate::history::Stamp;

/// A bill.
#[derive(Serialize, ToSchema)]
pub struct BillJson {
    /// Its number.
    pub bill: String,
    /// Its status.
    pub status: BillStatus,
    /// The number of parents it can hold.
    pub capacity: i64,
    /// How many are on it.
    pub parents: i64,
    /// How many children those hold.
    pub children: i64,
    /// The weight of its children, in kilograms.
    pub actual_kg: i64,
    /// Its weight if each of its parents were full, in kilograms.
    pub expected_kg: i64,
    /// Its weight when it holds as many full parents as it can, in kilograms.
    pub target_kg: i64,
    /// Actual weight minus expected weight, in kilograms.
    pub variance_kg: i64,
    /// Parents in percent of the capacity, rounded; 100 only when it is full.
    pub percent: i64,
    /// `empty`, `in_progress` or `completed`, from the percent alone.
    pub progress: &'static str,
    /// What it is for.
    pub description: String,
    /// Where it goes; empty where nobody wrote it.
    pub destination: String,
    /// The number of the vehicle that takes it there; empty where nobody wrote it.
    pub vehicle_number: String,
    /// When it was created.
    /// Null where an earlier system did not record it.
    pub created_at: Option<Stamp>,
    /// By whom.
    pub created_by: Option<String>,
    /// When it was completed.
    pub completed_at: Option<Stamp>,
    /// By whom.
    pub completed_by: Option<String>,
}

impl BillJson {
    /// The bill as the API writes it; a parent with `full` children is full.
    pub fn of(line: BillLine, full: u32) -> Self {
        let weights = BillWeights::of(line.parents, line.children, line.capacity, full);
        let (percent, progress) = progress(line.parents, line.capacity);
        Self {
            bill: line.number,
            status: line.status,
            capacity: line.capacity,
            parents: line.parents,
            children: line.children,
            actual_kg: weights.actual_kg,
            expected_kg: weights.expected_kg,
            target_kg: weights.target_kg,
            variance_kg: weights.variance_kg,
            percent,
            progress,
            description: line.texts.description,
            destination: line.texts.destination,
            vehicle_number: line.texts.vehicle_number,
            created_at: line.created_at.known().map(Stamp),
            created_by: line.created_by,
            completed_at: line.completed_at.map(Stamp),
            completed_by: line.completed_by,
        }
    }
}
