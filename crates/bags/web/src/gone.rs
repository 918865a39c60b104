//! The addresses to which clients of the earlier system sent their changes of bags and bills, and where these go now.
//! `docs/earlier-addresses.md` has the same table.

use base_web::earlier::{Gone, gone};

const SCANS: &str = "POST /api/v1/scans";
const BILL: &str = "POST /api/v1/bills/{number}/parents/{code}";

/// Every one of them.
pub const GONE: &[Gone] = &[
    gone("/api/fast_parent_scan", SCANS, "one scan with action `parent` and `qr_code` as its `code`"),
    gone("/process_parent_scan", SCANS, "one scan with action `parent` and `qr_code` as its `code`"),
    gone("/ajax/scan_parent", SCANS, "one scan with action `parent` and `qr_id` as its `code`"),
    gone("/scan_parent", SCANS, "one scan with action `parent` and its `code`"),
    gone("/scan/parent", SCANS, "one scan with action `parent` and its `code`"),
    gone("/process_child_scan_fast", SCANS, "one scan with action `child`, `qr_code` as its `code`, and the `parent`"),
    gone("/process_child_scan", SCANS, "one scan with action `child`, `qr_code` as its `code`, and the `parent`"),
    gone("/scan_child", SCANS, "one scan with action `child`, `qr_code` as its `code`, and the `parent`"),
    gone("/scan/child", SCANS, "one scan with action `child`, `qr_code` as its `code`, and the `parent`"),
    gone("/api/unlink_child", SCANS, "one scan with action `undo`, and the `code` or, for the newest, the `parent`"),
    gone("/api/delete-child-scan", SCANS, "one scan with action `unlink` and `qr_code` as its `code`"),
    gone("/complete_parent_scan", SCANS, "one scan with action `close` and the parent as its `code`"),
    gone("/scan/complete", SCANS, "one scan with action `close` and the parent as its `code`"),
    gone("/scan/finish", SCANS, "nothing: a sitting needs no end; action `close` finishes a parent early"),
    gone("/log_scan", SCANS, "the scan itself: each is kept with what became of it"),
    gone("/api/link", SCANS, "one scan with action `child`, the child's `code`, and the `parent`, both by code"),
    gone("/api/edit-parent-children", SCANS, "action `child` for each child that comes, `unlink` for each that goes"),
    gone("/bag/{code}/delete", "DELETE /api/v1/bags/{code}", "nothing; the address names the bag by its code"),
    gone("/api/delete_bag", "DELETE /api/v1/bags/{code}", "nothing; the address names the bag by its code"),
    gone("/lookup", "GET /api/v1/bags/{code}", "nothing; the address names the bag by its code"),
    gone("/bill/create", "POST /api/v1/bills", "`bill`, and `capacity` for what was `parent_bag_count`"),
    gone("/bill/{number}/edit", "PATCH /api/v1/bills/{number}", "`capacity` or `description`"),
    gone("/bill/{number}/delete", "DELETE /api/v1/bills/{number}", "nothing; the address names the bill by its number"),
    gone(
        "/fast/bill_parent_scan",
        BILL,
        "nothing; the address names the bill by its number and the parent by its code",
    ),
    gone("/process_bill_parent_scan", BILL, "nothing; the address names the bill and the parent"),
    gone("/bill/{number}/scan_parent", BILL, "nothing; the address names the bill and the parent"),
    gone("/bill/manual_parent_entry", SCANS, "one scan with action `bill_enter`, the parent's `code`, and the `bill`"),
    gone("/link_to_bill/{code}", BILL, "nothing; the address names the bill and the parent"),
    gone(
        "/remove_bag_from_bill",
        "DELETE /api/v1/bills/{number}/parents/{code}",
        "nothing; the address names the bill and the parent",
    ),
    gone("/complete_bill", "POST /api/v1/bills/{number}/complete", "nothing; the address names the bill by its number"),
    gone("/bill/{number}/finish", "POST /api/v1/bills/{number}/complete", "nothing; the bill must be full"),
    gone("/reopen_bill", "POST /api/v1/bills/{number}/reopen", "nothing; the address names the bill by its number"),
    gone("/admin/recalculate-bill-weights", "POST /api/v1/bill-weights/recalculate", "nothing"),
    gone("/import/bags", "POST /api/v1/imports", "the file as the body, with `kind=bags` and `name` in the address"),
    gone("/import/bills", "POST /api/v1/imports", "the file as the body, with `kind=bills` and `name` in the address"),
    gone("/import/batch_child_parent", "POST /api/v1/imports", "the file as the body, with `kind=children` and `name`"),
    gone("/import/batch_parent_bill", "POST /api/v1/imports", "the file as the body, with `kind=parents` and `name`"),
    gone("/import/batch_multi", "POST /api/v1/imports", "each file as the body of a call, with its `kind` and `name`"),
    gone("/excel_upload", "POST /api/v1/imports", "the file as the body, with `kind` and `name` in the address"),
    gone("/upload", "POST /api/v1/imports", "the file as the body, with `kind` and `name` in the address"),
];
