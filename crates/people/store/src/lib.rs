//! What only the wing of people keeps in the database. Accounts, sessions, tokens and the audit trail, which all wings use,
//! are in `base-records`.

pub mod migrations;
