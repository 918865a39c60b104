//! Requests for promotion and notifications of the earlier system.

use base_core::time::Moment;
use serde::Deserialize;

use super::site::{Finding, moment};

/// A row of `promotionrequest`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct EarlierPromotion {
    /// Its number.
    pub id: i64,
    /// Who asks.
    pub user_id: Option<i64>,
    /// Why.
    pub reason: Option<String>,
    /// `pending`, `approved`, `rejected`.
    pub status: Option<String>,
    /// Who decided.
    pub admin_id: Option<i64>,
    /// What they noted.
    pub admin_notes: Option<String>,
    /// When it was asked.
    pub requested_at: Option<String>,
    /// When it was decided.
    pub processed_at: Option<String>,
}

/// A request as it is imported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptPromotion {
    /// `pending`, `approved` or `rejected`.
    pub status: &'static str,
    /// What the admin noted.
    pub admin_notes: Option<String>,
    /// When it was asked.
    pub requested_at: Moment,
    /// When it was decided.
    pub processed_at: Option<Moment>,
}

/// Decides what becomes of a request. `has_pending`: the person already has a pending one, and may have only one.
pub fn promotion(row: &EarlierPromotion, has_pending: bool) -> (KeptPromotion, Option<Finding>) {
    let asked = row.status.as_deref().unwrap_or("pending").trim().to_lowercase();
    let mut finding = None;
    let mut admin_notes = row.admin_notes.clone();
    let status = match asked.as_str() {
        "approved" => "approved",
        "rejected" => "rejected",
        _ if has_pending => {
            finding = Some(Finding::new(
                "promotion",
                row.id,
                "",
                "several_pending",
                "kept as rejected: an older one still waits",
            ));
            admin_notes = admin_notes.or_else(|| Some("an older request was still waiting".into()));
            "rejected"
        }
        "pending" => "pending",
        _ => {
            finding = Some(Finding::new(
                "promotion",
                row.id,
                "",
                "unknown_status",
                format!("status {asked:?} became pending"),
            ));
            "pending"
        }
    };
    let requested_at = moment(row.requested_at.as_deref()).unwrap_or(Moment::UNKNOWN);
    let processed_at = moment(row.processed_at.as_deref());
    (KeptPromotion { status, admin_notes, requested_at, processed_at }, finding)
}

/// A row of `notification`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct EarlierNotification {
    /// Its number.
    pub id: i64,
    /// Whom it is for.
    pub user_id: Option<i64>,
    /// The title.
    pub title: Option<String>,
    /// The text.
    pub message: Option<String>,
    /// `info`, `success`, `warning`, `error`.
    pub notification_type: Option<String>,
    /// 0 low to 3 critical.
    pub priority: Option<i64>,
    /// Whether it was read.
    pub is_read: Option<bool>,
    /// Its link.
    pub link: Option<String>,
    /// When it was written.
    pub created_at: Option<String>,
    /// When it was read.
    pub read_at: Option<String>,
}

/// A notification as it is imported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptNotification {
    /// `info`, `success`, `warning` or `error`.
    pub kind: &'static str,
    /// 0 low to 3 critical.
    pub priority: i64,
    /// Its link, within the site.
    pub link: Option<String>,
    /// When it was written.
    pub created_at: Moment,
    /// When it was read.
    pub read_at: Option<Moment>,
}

/// Decides what becomes of a notification.
pub fn notification(row: &EarlierNotification) -> KeptNotification {
    let named = row.notification_type.as_deref().unwrap_or_default().trim().to_lowercase();
    let kind = ["success", "warning", "error"].into_iter().find(|kind| *kind == named);
    let inside = |link: &&String| link.starts_with('/') && !link.starts_with("//") && !link.contains('\\');
    KeptNotification {
        kind: kind.unwrap_or("info"),
        priority: row.priority.unwrap_or_default().clamp(0, 3),
        link: row.link.as_ref().filter(inside).cloned(),
        created_at: moment(row.created_at.as_deref()).unwrap_or(Moment::UNKNOWN),
        read_at: moment(row.read_at.as_deref()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_has_two_pending_requests() {
        let row = EarlierPromotion { status: Some("pending".into()), ..EarlierPromotion::default() };
        assert_eq!(promotion(&row, false).0.status, "pending");
        let (kept, finding) = promotion(&row, true);
        assert_eq!((kept.status, finding.expect("told").found), ("rejected", "several_pending"));
        let row = EarlierPromotion { status: Some("lost".into()), ..row };
        let (kept, finding) = promotion(&row, false);
        assert_eq!((kept.status, finding.expect("told").found), ("pending", "unknown_status"));
    }

    #[test]
    fn a_notification_leads_nowhere_outside_and_has_a_known_kind() {
        let row = EarlierNotification {
            notification_type: Some("alarm".into()),
            priority: Some(9),
            link: Some("https://evil.example/".into()),
            ..EarlierNotification::default()
        };
        let kept = notification(&row);
        assert_eq!((kept.kind, kept.priority, kept.link), ("info", 3, None));
        let row = EarlierNotification { link: Some("/bill/5".into()), ..row };
        assert_eq!(notification(&row).link.as_deref(), Some("/bill/5"));
    }
}
