//! What became of an action, as the page that is shown next says it.

use bags_rules::outcome::Outcome;
use bags_store::scan;
use base_web::error::Problem;
use base_web::session::Caller;
use base_web::view::{Frame, Said, Undo, path_part};
use serde_json::Value;

use crate::state::Bags;
use crate::words::{Known, refusal_key};

/// The words for the person's own last action, found by its scan id: whether it worked, and the sentence.
pub async fn said(app: &Bags, caller: &Caller, frame: &Frame, id: &str) -> Result<Option<Said>, Problem> {
    if id.is_empty() {
        return Ok(None);
    }
    let answer = scan::answer_to(&app.db, caller.person.id, id).await?;
    let answer: Option<Value> = answer.and_then(|answer| serde_json::from_str(&answer).ok());
    Ok(answer.and_then(|answer| sentence(frame, &answer)))
}

/// An answer of the desk in the words of a page.
pub fn sentence(frame: &Frame, answer: &Value) -> Option<Said> {
    let outcome = Outcome::parse(answer["outcome"].as_str()?)?;
    let text = |name: &str| match &answer[name] {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => String::new(),
    };
    let names = [
        ("code", "code"),
        ("parent", "parent"),
        ("current_parent", "current_parent"),
        ("bill", "bill"),
        ("current_bill", "current_bill"),
        ("bill_parents", "bill_parents"),
        ("bill_capacity", "bill_capacity"),
        ("missing", "missing"),
        ("n", "children"),
        ("capacity", "capacity"),
        ("labels", "labels"),
    ];
    let values = names.map(|(name, field)| (name, text(field)));
    let values = values.each_ref().map(|(name, value)| (*name, value.as_str()));
    let key = if outcome.is_refusal() {
        refusal_key(&Known {
            outcome,
            code: answer["code"].as_str().unwrap_or_default(),
            parent: answer["parent"].as_str(),
            current_parent: answer["current_parent"].is_string(),
            children: answer["children"].is_number(),
            labels: answer["labels"].is_string(),
        })
    } else {
        format!("done-{}", outcome.code())
    };
    let words = base_web::locale::text(frame.locale, &key, &values);
    Some(Said { is_done: !outcome.is_refusal(), words, undo: undo_of(outcome, answer) })
}

/// What takes back what was done: the opposite action, decided by the same rules.
fn undo_of(outcome: Outcome, answer: &Value) -> Option<Undo> {
    let text = |name: &str| answer[name].as_str().map(ToOwned::to_owned);
    let bag = |code: &str, action: &str| format!("/bags/{}/{action}", path_part(code));
    let bill = |number: &str, action: &str| format!("/bills/{}/{action}", path_part(&number.to_uppercase()));
    let form = |address, fields| Some(Undo { address, fields });
    match outcome {
        Outcome::Linked => form(bag(&text("code")?, "undo-link"), Vec::new()),
        Outcome::Unlinked | Outcome::Undone => form(bag(&text("parent")?, "link"), vec![("other", text("code")?)]),
        Outcome::BillLinked => form(bill(&text("bill")?, "unlink"), vec![("code", text("code")?)]),
        Outcome::BillUnlinked => form(bill(&text("bill")?, "enter"), vec![("code", text("code")?)]),
        Outcome::BillFinished => form(bill(&text("bill")?, "reopen"), Vec::new()),
        Outcome::BillReopened if answer["missing"].as_i64().unwrap_or_default() == 0 => {
            form(bill(&text("bill")?, "complete"), Vec::new())
        }
        _ => None,
    }
}
