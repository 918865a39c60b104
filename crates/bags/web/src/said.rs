//! What became of an action, as the page that is shown next says it.

use bags_rules::outcome::Outcome;
use bags_store::scan;
use base_records::audit;
use base_web::error::Problem;
use base_web::session::Caller;
use base_web::view::{Frame, Said, Undo, path_part};
use serde_json::Value;

use crate::picked::{Ids, removal_field};
use crate::state::Bags;
use crate::words::{Known, refusal_key};

/// The refusals of one form that are told in full.
const REFUSALS_TOLD: usize = 5;

/// The words for the person's own last action, found by the ids of its scans: whether it worked, and the sentence.
pub async fn said(app: &Bags, caller: &Caller, frame: &Frame, ids: &str) -> Result<Option<Said>, Problem> {
    if ids == "none" {
        return Ok(Some(Said::no(frame.t("picked-nothing"))));
    }
    let Some(ids) = Ids::read(ids) else { return Ok(None) };
    let ids: Vec<String> = ids.each().map(|id| id.to_string()).collect();
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    let answers = scan::answers_to(&app.db, caller.person.id, &ids).await?;
    let answers: Vec<Value> = answers.iter().filter_map(|answer| serde_json::from_str(answer).ok()).collect();
    match answers.as_slice() {
        [] => Ok(None),
        [answer] => {
            let mut said = sentence(frame, answer);
            if let Some(said) = said.as_mut().filter(|said| said.is_done && said.undo.is_none()) {
                said.undo = undo_of_edit(app, caller, answer).await?;
            }
            Ok(said)
        }
        many => Ok(Some(sentence_of_many(frame, many))),
    }
}

/// The answers to the scans of one form: how many were done, then those that were refused.
fn sentence_of_many(frame: &Frame, answers: &[Value]) -> Said {
    let told: Vec<(Said, &Value)> =
        answers.iter().filter_map(|answer| Some((sentence(frame, answer)?, answer))).collect();
    let (done, refused): (Vec<_>, Vec<_>) = told.into_iter().partition(|(said, _)| said.is_done);
    let mut words = Vec::new();
    if let Some((_, answer)) = done.first() {
        let outcome = answer["outcome"].as_str().unwrap_or_default();
        words.push(frame.count(&format!("done-{outcome}-n"), done.len()));
    }
    if !refused.is_empty() {
        words.push(frame.count("picked-refused", refused.len()));
    }
    words.extend(refused.iter().take(REFUSALS_TOLD).map(|(said, _)| said.words.clone()));
    if refused.len() > REFUSALS_TOLD {
        words.push(frame.count("picked-refused-more", refused.len() - REFUSALS_TOLD));
    }
    let undo = Undo::all(done.into_iter().filter_map(|(said, _)| said.undo));
    Said { is_done: refused.is_empty(), words: words.join(" "), undo }
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
    let picked = |act: &str, pick: String| vec![("act", act.to_owned()), ("pick", pick)];
    match outcome {
        Outcome::Linked => form(bag(&text("code")?, "undo-link"), Vec::new()),
        Outcome::Unlinked | Outcome::Undone => form(bag(&text("parent")?, "link"), vec![("other", text("code")?)]),
        Outcome::BillLinked => form(bill(&text("bill")?, "unlink"), vec![("code", text("code")?)]),
        Outcome::BillUnlinked => form(bill(&text("bill")?, "enter"), vec![("code", text("code")?)]),
        Outcome::BillFinished => form("/lists/bills/selected".to_owned(), picked("reopen", text("bill")?)),
        Outcome::Deleted => {
            let pick = removal_field(&text("id")?, &text("code")?);
            form("/lists/bags/selected".to_owned(), picked("bring_back", pick))
        }
        Outcome::BillDeleted => {
            let pick = removal_field(&text("id")?, &text("bill").or_else(|| text("code"))?);
            form("/lists/bills/selected".to_owned(), picked("bring_back", pick))
        }
        // A bill that is short, as one from an import may be, could not be completed again.
        Outcome::BillReopened if answer["bill_parents"] == answer["bill_capacity"] => {
            form("/lists/bills/selected".to_owned(), picked("complete", text("bill")?))
        }
        _ => None,
    }
}

/// What takes back an edit: the values before it, as the trail has them. Only while nobody has changed the thing since.
async fn undo_of_edit(app: &Bags, caller: &Caller, answer: &Value) -> Result<Option<Undo>, Problem> {
    let (entity_type, field) = match answer["outcome"].as_str().and_then(Outcome::parse) {
        Some(Outcome::BillEdited) => ("bill", "bill"),
        Some(Outcome::Relinked | Outcome::ChildrenSet) => ("bag", "code"),
        _ => return Ok(None),
    };
    let entity = answer[field].as_str().unwrap_or_default();
    let mut reader = app.db.read().await?;
    let newest = audit::changes_of(reader.conn(), (entity_type, entity), 1).await?.pop();
    let Some(change) = newest.filter(|change| change.actor_id == Some(caller.person.id)) else { return Ok(None) };
    let read = |text: &Option<String>| text.as_deref().and_then(|text| serde_json::from_str::<Value>(text).ok());
    let (before, after) = (read(&change.before).unwrap_or_default(), read(&change.after).unwrap_or_default());
    let undo = |address, fields| Some(Undo { address, fields });
    Ok(match change.action.as_str() {
        "update_bill" if before["capacity"].is_number() => {
            let text = |name| (name, before[name].as_str().unwrap_or_default().to_owned());
            let texts = ["description", "destination", "vehicle_number"].map(text);
            let fields = [("capacity", before["capacity"].to_string())].into_iter().chain(texts).collect();
            undo(format!("/bills/{}/edit", path_part(&entity.to_uppercase())), fields)
        }
        "link_moved" => {
            let parent = before["parent"].as_str().unwrap_or_default().to_owned();
            undo(format!("/bags/{}/relink", path_part(entity)), vec![("other", parent)])
        }
        "update_bag" if after["added"].is_array() => {
            let (was, added, removed) = (codes(&before["children"]), codes(&after["added"]), codes(&after["removed"]));
            let stayed = was.iter().filter(|code| !removed.contains(code)).copied();
            let now: Vec<&str> = stayed.chain(added.iter().copied()).collect();
            let fields = vec![("children", was.join("\n")), ("before", now.join("\n"))];
            undo(format!("/bags/{}/children", path_part(entity)), fields)
        }
        _ => None,
    })
}

fn codes(list: &Value) -> Vec<&str> {
    list.as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}
