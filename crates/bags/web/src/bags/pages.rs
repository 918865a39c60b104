//! Bags as pages show them. One file for each page: the list, one bag, and each change.

pub mod act;
pub mod bill;
pub mod children;
pub mod delete;
pub mod list;
pub mod look_up;
pub mod relink;
pub mod show;

use axum::extract::Path;
use axum::response::Response;
use bags_rules::bag::BagKind;
use bags_rules::bill::BillNumber;
use bags_store::bag::BagLine;
use base_core::area::Area;
use base_web::view::path_part;

use crate::shown::shown;
use crate::state::Bags;

/// A bag as pages show it.
pub(crate) struct Row {
    pub(crate) code: String,
    pub(crate) kind: &'static str,
    pub(crate) area: String,
    pub(crate) status: &'static str,
    pub(crate) closed: bool,
    pub(crate) children: u32,
    pub(crate) parent: String,
    pub(crate) bill: String,
    /// The bill's number as one part of an address.
    pub(crate) bill_path: String,
    pub(crate) created_at: String,
    pub(crate) created_by: String,
    pub(crate) scanned_at: String,
}

impl Row {
    pub(crate) fn of(line: &BagLine, app: &Bags) -> Self {
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        let number = line.bill.as_deref().and_then(BillNumber::kept);
        Self {
            code: line.code.to_string(),
            kind: line.kind.name(),
            area: line.area.as_ref().map(Area::title).unwrap_or_default(),
            status: line.status.name(),
            closed: line.closed_at.is_some(),
            children: line.children,
            parent: line.parent.as_ref().map(ToString::to_string).unwrap_or_default(),
            bill_path: number.map(|number| path_part(number.key().as_str())).unwrap_or_default(),
            bill: text(&line.bill),
            created_at: shown(line.created_at, app),
            created_by: text(&line.created_by),
            scanned_at: line.scanned_at.map(|at| shown(at, app)).unwrap_or_default(),
        }
    }

    pub(crate) fn is_parent(&self) -> bool {
        self.kind == BagKind::Parent.name()
    }
}

/// A bag's page.
pub(crate) fn address(code: &str) -> String {
    format!("/bags/{}", path_part(code))
}

/// `GET /bag/{code}`, the address of the earlier system.
pub async fn moved(Path(code): Path<String>) -> Response {
    base_web::pages::moved(&address(&code))
}

/// `GET /edit-parent/{code}`, the address of the earlier system.
pub async fn moved_children(Path(code): Path<String>) -> Response {
    base_web::pages::moved(&format!("{}/children", address(&code)))
}
