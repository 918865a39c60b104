//! Writing requests for promotion and notifications.

use std::collections::HashSet;

use base_core::account::AccountId;
use base_db::batch::Batch;
use base_db::{Conn, StoreError};

use super::import::{Brought, Import, count};
use crate::rules;
use crate::rules::{EarlierNotification, EarlierPromotion, Finding, KeptNotification, KeptPromotion};

static PROMOTIONS: Batch = Batch::rows(
    "with r (account_id, reason, status, admin_id, admin_notes, requested_at, processed_at) as (values ",
    7,
    ") insert into promotions (account_id, reason, status, admin_id, admin_notes, requested_at, processed_at)
     select account_id, reason, status, admin_id, admin_notes, requested_at, processed_at from r
     where account_id is not null",
);
static NOTIFICATIONS: Batch = Batch::rows(
    "with r (account_id, title, message, type, priority, is_read, link, created_at, read_at) as (values ",
    9,
    ") insert into notifications (account_id, title, message, type, priority, is_read, link, created_at, read_at)
     select account_id, title, message, type, priority, is_read, link, created_at, read_at from r
     where account_id is not null",
);

fn nobody(kind: &'static str, id: i64) -> Finding {
    Finding::new(kind, id, "", "nobody", "not kept: its person did not come over")
}

pub(super) async fn bring_promotions(
    mut conn: Conn<'_>,
    import: &Import<'_>,
    rows: &[EarlierPromotion],
) -> Result<Brought, StoreError> {
    const PENDING: &str = "select account_id from promotions where status = 'pending'";
    let pending: Vec<i64> = on!(conn, c => sqlx::query_scalar(PENDING).fetch_all(&mut **c).await?);
    let mut pending: HashSet<AccountId> = pending.into_iter().collect();
    let mut brought = Brought::default();
    let mut kept: Vec<(AccountId, &EarlierPromotion, KeptPromotion)> = Vec::new();
    for row in rows {
        let Some(account) = import.account(row.user_id) else {
            brought.leave_out(nobody("promotion", row.id));
            continue;
        };
        let (promotion, finding) = rules::promotion(row, pending.contains(&account));
        brought.findings.extend(finding);
        if promotion.status == "pending" {
            pending.insert(account);
        }
        kept.push((account, row, promotion));
    }
    brought.brought = count(kept.len());
    let _written = execute_rows!(conn, PROMOTIONS, &kept, |row| [
        row.0 => i64,
        row.1.reason.as_deref().unwrap_or_default() => &str,
        row.2.status => &str,
        import.account(row.1.admin_id) => i64,
        row.2.admin_notes.as_deref() => &str,
        row.2.requested_at.0 => i64,
        row.2.processed_at.map(|at| at.0) => i64,
    ]);
    Ok(brought)
}

pub(super) async fn bring_notifications(
    mut conn: Conn<'_>,
    import: &Import<'_>,
    rows: &[EarlierNotification],
) -> Result<Brought, StoreError> {
    let mut brought = Brought::default();
    let mut kept: Vec<(AccountId, &EarlierNotification, KeptNotification)> = Vec::new();
    for row in rows {
        let Some(account) = import.account(row.user_id) else {
            brought.leave_out(nobody("notification", row.id));
            continue;
        };
        kept.push((account, row, rules::notification(row)));
    }
    brought.brought = count(kept.len());
    let _written = execute_rows!(conn, NOTIFICATIONS, &kept, |row| [
        row.0 => i64,
        row.1.title.as_deref().unwrap_or_default() => &str,
        row.1.message.as_deref().unwrap_or_default() => &str,
        row.2.kind => &str,
        row.2.priority => i64,
        row.1.is_read.unwrap_or_default() => bool,
        row.2.link.as_deref() => &str,
        row.2.created_at.0 => i64,
        row.2.read_at.map(|at| at.0) => i64,
    ]);
    Ok(brought)
}
