//! What a run has left in the tables, row by row as texts, alike on both databases.
//!
//! Left out: numbers that only count rows (`seq`), fingerprints, shards of counters, and when a workplace was last written,
//! which a node that has the database to itself does not write down each time.

use base_db::Db;

/// A statement's columns are one text; a null is `~`.
macro_rules! rows {
    ($columns:expr, $rest:literal) => {
        concat!("select ", $columns, " ", $rest)
    };
}

/// Columns as one text.
macro_rules! text {
    ($first:literal $(, $column:literal)*) => {
        concat!("coalesce(cast(", $first, " as text), '~')" $(, " || '|' || coalesce(cast(", $column, " as text), '~')")*)
    };
}

const BAGS: &str = rows!(
    text!(
        "code",
        "kind",
        "area",
        "children",
        "status",
        "closed_at",
        "closed_by",
        "created_at",
        "created_by",
        "updated_at",
        "import_id",
        "placed",
        "name",
        "legacy"
    ),
    "from bags order by code"
);
const LINKS: &str =
    rows!(text!("child", "parent", "linked_at", "linked_by", "scan_id", "import_id"), "from links order by child");
const BILLS: &str = rows!(
    text!(
        "key",
        "bill",
        "description",
        "capacity",
        "status",
        "parents",
        "children",
        "created_at",
        "created_by",
        "completed_at",
        "completed_by",
        "updated_at",
        "edited_at",
        "import_id"
    ),
    "from bills order by key"
);
const BILL_PARENTS: &str = rows!(
    text!("parent", "bill", "linked_at", "linked_by", "scan_id", "import_id"),
    "from bill_parents order by parent"
);
const BILL_AREAS: &str =
    rows!(text!("area", "created_at", "bill", "parents"), "from bill_areas order by area, created_at, bill");
const SCANS: &str = rows!(
    text!(
        "scan_id",
        "at",
        "client_at",
        "account_id",
        "area",
        "station",
        "action",
        "code",
        "parent",
        "bill",
        "outcome",
        "answer",
        "undone_at",
        "undone_by"
    ),
    "from scans order by seq"
);
const COUNTERS: &str = rows!(
    text!("name", "area", "quarter", "sum(n)"),
    "from counters group by name, area, quarter having sum(n) <> 0 order by name, area, quarter"
);
const PERSON_SCANS: &str = rows!(
    text!("account_id", "quarter", "parents", "children", "bills", "others", "refused", "last_at"),
    "from person_scans order by account_id, quarter"
);
const PERSON_TOTALS: &str = rows!(
    text!("account_id", "parents", "children", "bills", "others", "refused", "last_at"),
    "from person_totals order by account_id"
);
const AUDIT: &str = rows!(
    text!(
        "e.at",
        "e.actor_id",
        "e.action",
        "e.entity_type",
        "e.entity",
        "e.before",
        "e.after",
        "o.address",
        "o.agent",
        "e.request_id",
        "e.station"
    ),
    "from audit e join origins o on o.id = e.origin_id order by e.seq"
);
const WORKPLACES: &str = rows!(text!("account_id", "parent", "station"), "from workplaces order by account_id");
const MAILS: &str =
    rows!(text!("at", "kind", "recipient", "subject", "state"), "from mails order by at, kind, recipient, subject");
const IMPORTS: &str = rows!(
    text!(
        "id",
        "state",
        "round",
        "rows_done",
        "work_done",
        "work_total",
        "created",
        "linked",
        "known",
        "refused",
        "outcomes",
        "taken_back",
        "fault",
        "updated_at",
        "finished_at"
    ),
    "from imports order by id"
);
const IMPORT_ROWS: &str = rows!(
    text!("import_id", "phase", "row_number", "code", "outcome", "message", "cells"),
    "from import_rows order by import_id, phase, row_number"
);
const IMPORT_CHANGES: &str =
    rows!(text!("import_id", "what", "name", "was"), "from import_changes order by import_id, what, name");

/// Every table with its rows.
pub async fn all(db: &Db) -> Vec<(&'static str, Vec<String>)> {
    let mut tables = Vec::new();
    for (name, statement) in [
        ("bags", BAGS),
        ("links", LINKS),
        ("bills", BILLS),
        ("bill_parents", BILL_PARENTS),
        ("bill_areas", BILL_AREAS),
        ("scans", SCANS),
        ("counters", COUNTERS),
        ("person_scans", PERSON_SCANS),
        ("person_totals", PERSON_TOTALS),
        ("audit", AUDIT),
        ("workplaces", WORKPLACES),
        ("mails", MAILS),
        ("imports", IMPORTS),
        ("import_rows", IMPORT_ROWS),
        ("import_changes", IMPORT_CHANGES),
    ] {
        let rows: Vec<String> = match db {
            Db::Sqlite { readers, .. } => sqlx::query_scalar(statement).fetch_all(readers).await,
            Db::Postgres { readers, .. } => sqlx::query_scalar(statement).fetch_all(readers).await,
        }
        .expect("the rows");
        tables.push((name, rows));
    }
    tables
}
