//! The kind of file that passes are created from: one guest in each row. The headings of E-Pass are known, too.

use base_core::file::{FileColumn, FileKind, Holds};

use crate::permission::PASS_CREATE;

/// Passes to be created.
pub static PASSES: FileKind = FileKind {
    name: "passes",
    permission: PASS_CREATE,
    columns: &[
        FileColumn::needed("name1", &["name_1", "name", "guest", "guest_name", "full_name"]),
        FileColumn::needed("phone1", &["phone_1", "phone", "mobile", "mobile_number", "phone_number", "mobile_no"])
            .holding(Holds::Code),
        FileColumn::optional("name2", &["name_2", "partner", "partner_name", "second_name"]),
        FileColumn::optional("phone2", &["phone_2", "partner_phone", "partner_mobile"]).holding(Holds::Code),
        FileColumn::optional("pass_type", &["type", "kind", "pass"]),
        FileColumn::optional("payment_mode", &["payment", "mode", "paid_by"]),
        FileColumn::optional("txn_info", &["transaction_info", "transaction", "upi", "txn", "reference"]),
        FileColumn::optional("timing", &["slot", "time"]),
        FileColumn::optional("event", &["event_name", "event_id"]),
    ],
    rounds: 1,
    has_codes: false,
    blocks: None,
    makes: None,
};
