//! What is done with the rows that were picked in a list, or with one thing that was removed: one scan for each, handed to
//! the desk together. Each is decided by itself; the list that is shown next says how many were done, and why the others
//! were not.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use bags_rules::scan::{Action, Details, Scan};
use base_core::entropy::new_id;
use base_core::permission::Permission;
use base_web::error::Problem;
use base_web::form::Form;
use base_web::list::picked::PICKED_MAX;
use base_web::list::{Act, Bulk, Picked};
use base_web::session::Caller;
use base_web::view::Frame;
use uuid::Uuid;

use crate::state::Bags;

/// Several scans of one form have ids that follow each other, so that one id and a number name all of them. These bits of
/// the first one are zero.
const COUNTED_BITS: u128 = 0xffff;

/// The scans of one form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ids {
    first: Uuid,
    count: u16,
}

impl Ids {
    /// Reads an id, or an id and a number: `0192…-…` or `0192…-….12`.
    pub fn read(text: &str) -> Option<Self> {
        let (first, count) = text.split_once('.').unwrap_or((text, "1"));
        let ids = Self { first: Uuid::parse_str(first).ok()?, count: count.parse().ok()? };
        (usize::from(ids.count) <= PICKED_MAX).then_some(ids)
    }

    /// Each of them.
    pub fn each(self) -> impl Iterator<Item = Uuid> {
        (0..u128::from(self.count)).map(move |n| Uuid::from_u128(self.first.as_u128().wrapping_add(n)))
    }
}

impl std::fmt::Display for Ids {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.count == 1 { write!(f, "{}", self.first) } else { write!(f, "{}.{}", self.first, self.count) }
    }
}

/// Something that was removed, as the field that brings it back names it: the scan that removed it, and its name.
pub fn removal_field(removal: &str, name: &str) -> String {
    format!("{removal} {name}")
}

/// What can be done with picked bags.
pub fn bags_bulk(caller: &Caller, frame: &Frame) -> Option<Bulk> {
    let act = Act { name: "delete", words: frame.t("picked-delete"), removes: true };
    caller
        .person
        .may(Action::Delete.permission())
        .then(|| Bulk { address: "/lists/bags/selected".into(), acts: vec![act] })
}

/// What can be done with picked bills.
pub fn bills_bulk(caller: &Caller, frame: &Frame) -> Option<Bulk> {
    let act = Act { name: "complete", words: frame.t("picked-complete"), removes: false };
    let may = caller.person.may(Action::BillComplete.permission());
    may.then(|| Bulk { address: "/lists/bills/selected".into(), acts: vec![act] })
}

/// `POST /lists/bags/selected`
pub async fn bags(State(app): State<Bags>, form: Form<Picked>) -> Result<Response, Problem> {
    let action = match form.fields.act() {
        "delete" => Action::Delete,
        "bring_back" => Action::BringBack,
        _ => return Err(Problem::not_found("This action")),
    };
    done(&app, &form, action, "/bags").await
}

/// `POST /lists/bills/selected`
pub async fn bills(State(app): State<Bags>, form: Form<Picked>) -> Result<Response, Problem> {
    let action = match form.fields.act() {
        "complete" => Action::BillComplete,
        "reopen" => Action::BillReopen,
        "bring_back" => Action::BillBringBack,
        _ => return Err(Problem::not_found("This action")),
    };
    done(&app, &form, action, "/bills").await
}

async fn done(app: &Bags, form: &Form<Picked>, action: Action, list: &str) -> Result<Response, Problem> {
    let permission: Permission = action.permission();
    form.caller.must(permission)?;
    let picked = form.fields.rows()?;
    if picked.is_empty() {
        return Ok(Redirect::to(&format!("{list}?said=none")).into_response());
    }
    let said = submit(app, &form.caller, action, &picked).await?;
    Ok(Redirect::to(&format!("{list}?said={said}")).into_response())
}

async fn submit(app: &Bags, caller: &Caller, action: Action, picked: &[&str]) -> Result<Ids, Problem> {
    let now = app.clock.now();
    let first = new_id(&*app.entropy, now);
    let first = if picked.len() == 1 { first } else { Uuid::from_u128(first.as_u128() & !COUNTED_BITS) };
    let ids = Ids { first, count: u16::try_from(picked.len()).unwrap_or(u16::MAX) };
    let scan =
        |(id, pick): (Uuid, &&str)| scan_of(action, pick, Scan { id, client_at: now, action, ..Scan::default() });
    let scans = ids.each().zip(picked).map(scan).collect();
    app.desk.submit(caller.actor(), Arc::new(caller.origin(None)), scans).await?;
    Ok(ids)
}

fn scan_of(action: Action, pick: &str, scan: Scan) -> Scan {
    let (removal, name) = match action {
        Action::BringBack | Action::BillBringBack => {
            let (removal, name) = pick.split_once(' ').unwrap_or((pick, ""));
            (Uuid::parse_str(removal).ok(), name)
        }
        _ => (None, pick),
    };
    let scan = match action {
        Action::BillComplete | Action::BillReopen | Action::BillBringBack => Scan { bill: Some(name.into()), ..scan },
        _ => Scan { code: name.into(), ..scan },
    };
    if removal.is_some() { scan.with(Details { removal, ..Details::default() }) } else { scan }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_one_form_are_named_by_the_first_and_their_number() {
        let first = Uuid::from_u128(0x0192_0000_0000_7000_8000_0000_0000_0000);
        let three = Ids { first, count: 3 };
        assert_eq!(Ids::read(&three.to_string()), Some(three));
        let each: Vec<u128> = three.each().map(|id| id.as_u128() - first.as_u128()).collect();
        assert_eq!(each, [0, 1, 2]);
        let one = Ids { first, count: 1 };
        assert_eq!((one.to_string(), Ids::read(&first.to_string())), (first.to_string(), Some(one)));
        for text in ["", "none", "7", "0192.x", &format!("{first}.201"), &format!("{first}.-1")] {
            assert_eq!(Ids::read(text), None, "{text}");
        }
    }
}
