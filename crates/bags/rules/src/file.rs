//! The kinds of files of this wing: what stands in them, once for the export and for the import that reads it back.

use base_core::file::CellKind::{Int, Kilograms, Text, Time};
use base_core::file::{Blocks, FileColumn, FileKind, Holds};
use base_core::permission::IMPORT_RUN;

const BAG_SYNONYMS: &[&str] = &["qr", "qr_code", "code", "bag", "bag_id", "bag_code"];
const PARENT_SYNONYMS: &[&str] = &["parent", "parent_qr", "parent_id", "parent_bag", "parent_bag_qr", "parent_code"];
const CAPACITY_SYNONYMS: &[&str] =
    &["capacity", "parents", "parent_bags", "bags", "no_of_bags", "sacks", "no_of_sacks"];
const VEHICLE_SYNONYMS: &[&str] =
    &["vehicle", "vehicle_no", "truck", "truck_no", "truck_number", "lorry", "lorry_no", "lorry_number"];
const BILL_SYNONYMS: &[&str] = &["bill", "bill_no", "bill_number"];

/// How a column of running numbers is headed.
const SERIALS: &[&str] = &["sr. no.", "sr no", "sr.", "s. no.", "s no", "serial no", "serial", "no.", "#"];

/// Bags: parents, and children with the parent that each is in. All parents are registered first, then their children.
pub static BAGS: FileKind = FileKind {
    name: "bags",
    permission: IMPORT_RUN,
    columns: &[
        FileColumn::needed("qr_id", BAG_SYNONYMS).holding(Holds::Code).written("QR ID", Text, 18),
        FileColumn::needed("type", &["kind", "bag_type"]).holding(Holds::Code).written("Type", Text, 10),
        FileColumn::derived("children_count").written("Children Count", Int, 18),
        FileColumn::derived("linked_to_bill").written("Linked to Bill", Text, 28),
        FileColumn::derived("created_at").written("Created At", Time, 16),
        FileColumn::optional("area", &["dispatch_area"]).written("Area", Text, 18),
        FileColumn::optional("parent_qr_id", PARENT_SYNONYMS).holding(Holds::Code).written("Parent", Text, 18),
    ],
    rounds: 2,
    has_codes: true,
    blocks: None,
    makes: None,
};

/// Bills. A bill weighs what is on it (W3), so the expected weight is known by name and passed over.
pub static BILLS: FileKind = FileKind {
    name: "bills",
    permission: IMPORT_RUN,
    columns: &[
        FileColumn::needed("bill_id", BILL_SYNONYMS).holding(Holds::Code).written("Bill ID", Text, 20),
        FileColumn::optional("description", &["note", "notes", "remark", "remarks"]).written("Description", Text, 40),
        FileColumn::derived("status").written("Status", Text, 14),
        // The name that files of the earlier system gave the capacity.
        FileColumn::optional("parent_bag_count", CAPACITY_SYNONYMS).holding(Holds::Figure).written(
            "Parent Bags Count",
            Int,
            18,
        ),
        FileColumn::derived("parent_bags_linked").written("Parent Bags Linked", Int, 18),
        FileColumn::derived("total_child_bags").written("Total Child Bags", Int, 18),
        FileColumn::derived("actual_weight_kg").written("Actual Weight (kg)", Kilograms, 20),
        FileColumn::optional("expected_weight_kg", &["expected_weight", "weight", "weight_kg"])
            .holding(Holds::Passed)
            .written("Expected Weight (kg)", Kilograms, 20)
            .noted("import-weight-ignored"),
        FileColumn::derived("created_by").written("Created By", Text, 20),
        FileColumn::derived("created_at").written("Created At", Time, 16),
        FileColumn::derived("updated_at").written("Updated At", Time, 16),
        FileColumn::optional("destination", &["ship_to", "deliver_to"]).written("Destination", Text, 30),
        FileColumn::optional("vehicle_number", VEHICLE_SYNONYMS).written("Vehicle Number", Text, 20),
    ],
    rounds: 1,
    has_codes: false,
    blocks: None,
    makes: None,
};

/// Children into parents that are there.
pub static CHILDREN: FileKind = FileKind {
    name: "children",
    permission: IMPORT_RUN,
    columns: &[
        FileColumn::needed(
            "child",
            &["child_qr_id", "child_qr", "child_id", "child_bag", "child_bag_qr", "child_code", "qr_id"],
        )
        .holding(Holds::Code),
        FileColumn::needed(
            "parent",
            &["parent_qr_id", "parent_qr", "parent_id", "parent_bag", "parent_bag_qr", "parent_code"],
        )
        .holding(Holds::Code),
    ],
    rounds: 1,
    has_codes: true,
    // As the import page of the earlier system took them: the texts of labels, and then the parent's code below.
    blocks: Some(Blocks {
        marks: SERIALS,
        codes: &["qr_code", "qr", "code", "label", "bag", "child_bag"],
        whole_marks: &["parent code", "parent"],
        part_text: Some("LABEL NO"),
    }),
    makes: Some("import-makes-parents"),
};

/// Parents that are there onto bills that are there.
pub static PARENTS: FileKind = FileKind {
    name: "parents",
    permission: IMPORT_RUN,
    columns: &[
        FileColumn::needed(
            "parent",
            &["parent_qr_id", "parent_qr", "parent_id", "parent_bag", "parent_bag_qr", "parent_code", "qr_id"],
        )
        .holding(Holds::Code),
        FileColumn::needed("bill_id", BILL_SYNONYMS).holding(Holds::Code),
    ],
    rounds: 1,
    has_codes: true,
    // As the import page of the earlier system took them: a bill beside the parents that are on it.
    blocks: Some(Blocks {
        marks: SERIALS,
        codes: &["parent_bag", "parent", "qr_code", "qr", "code", "bag"],
        whole_marks: &["bill"],
        part_text: None,
    }),
    makes: Some("import-makes-bills"),
};
