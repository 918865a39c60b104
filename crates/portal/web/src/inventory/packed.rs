//! Stock as the page's script reads it: column by column, each value once, and for each row the place of its value. A search
//! then looks at each value once, however many rows have it.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt::Write;

use base_core::time::Moment;
use portal_rules::column::{Cell, Column};
use portal_rules::stock::Stock;
use portal_work::live::{Answer, Read};
use serde_json::json;

/// What the script is told besides the rows.
pub(super) struct Facts {
    /// The day on which expiry is looked at, as `YYYY-MM-DD`.
    pub(super) today: String,
    /// How many days before its expiry stock is marked.
    pub(super) soon_days: i64,
    /// True where rows may be of more than one customer.
    pub(super) is_of_several: bool,
    /// False for an account that was given no customer at all.
    pub(super) has_scope: bool,
}

/// An answer as JSON.
pub(super) fn json_of(answer: &Answer, facts: &Facts) -> String {
    let mut head = json!({
        "why": answer.why.map(portal_work::live::Why::name),
        "today": facts.today,
        "soon_days": facts.soon_days,
        "is_of_several": facts.is_of_several,
        "has_scope": facts.has_scope,
    });
    let Some(read) = &answer.read else { return head.to_string() };
    let Read { inventory, read_at } = read.as_ref();
    head["read_at"] = json!(read_at.rfc3339());
    head["read"] = json!(id_of(*read_at));
    head["is_cut"] = json!(inventory.is_cut);
    head["missing"] = json!(inventory.missing.iter().map(|customer| customer.name.as_str()).collect::<Vec<_>>());
    head["rows"] = json!(inventory.rows.len());
    let mut out = head.to_string();
    out.pop();
    out.push_str(",\"columns\":{");
    for (n, column) in Column::ALL.into_iter().enumerate() {
        if n > 0 {
            out.push(',');
        }
        push_column(&mut out, column, &inventory.rows);
    }
    out.push_str("}}");
    out
}

/// By what a read is known when a file is made of it.
pub(super) fn id_of(read_at: Moment) -> String {
    read_at.0.to_string()
}

/// The moment of [`id_of`].
pub(super) fn moment_of(id: &str) -> Option<Moment> {
    id.parse().ok().map(Moment)
}

fn push_column(out: &mut String, column: Column, rows: &[Stock]) {
    let mut places: HashMap<Cow<'_, str>, usize> = HashMap::new();
    let mut words: Vec<Cow<'_, str>> = Vec::new();
    let mut at = String::with_capacity(rows.len() * 4);
    for row in rows {
        let word: Cow<'_, str> = match column.cell(row) {
            Cell::Text(text) => Cow::Borrowed(text),
            Cell::Number(quantity) => Cow::Owned(quantity.to_string()),
            Cell::Date(day) => Cow::Owned(day.map(|day| day.to_string()).unwrap_or_default()),
        };
        let place = *places.entry(word).or_insert_with_key(|word| {
            words.push(word.clone());
            words.len() - 1
        });
        if !at.is_empty() {
            at.push(',');
        }
        write!(at, "{place}").expect("memory");
    }
    let words = serde_json::to_string(&words).expect("texts are JSON");
    write!(out, "\"{}\":{{\"words\":{words},\"at\":[{at}]}}", column.key()).expect("memory");
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use portal_erp::Inventory;
    use portal_rules::customer::Customer;
    use portal_rules::quantity::Quantity;
    use portal_rules::status::Status;

    use super::*;

    #[test]
    fn each_value_is_told_once_and_texts_stay_texts() {
        let row = |part: &str, lot: Option<&str>| Stock {
            customer: Some(Customer::named("Acme \"Foods\"")),
            part: part.into(),
            customer_part: None,
            description: String::new(),
            on_hand: Quantity(12_500_000),
            unit: "EA".into(),
            bin: "A-1".into(),
            lot: lot.map(Into::into),
            expires: None,
            reference: None,
            order: None,
            status: Status::Available,
            received: None,
            moved: None,
        };
        let rows = vec![row("00123", Some("12E4")), row("00123", None)];
        let read =
            Read { inventory: Inventory { rows, ..Inventory::default() }, read_at: Moment(1_764_500_000_000_000) };
        let answer = Answer { read: Some(Arc::new(read)), why: None };
        let facts = Facts { today: "2026-11-30".into(), soon_days: 30, is_of_several: false, has_scope: true };
        let told: serde_json::Value = serde_json::from_str(&json_of(&answer, &facts)).expect("JSON");
        assert_eq!((&told["rows"], &told["read"]), (&json!(2), &json!("1764500000000000")));
        assert_eq!(told["columns"]["part"], json!({ "words": ["00123"], "at": [0, 0] }));
        assert_eq!(told["columns"]["lot"], json!({ "words": ["12E4", ""], "at": [0, 1] }));
        assert_eq!(told["columns"]["on_hand"]["words"], json!(["12.5"]));
        assert_eq!(told["columns"]["order"]["words"], json!(["N/A"]));
        let nothing = json_of(&Answer { read: None, why: Some(portal_work::live::Why::Away) }, &facts);
        assert!(nothing.contains("\"why\":\"away\"") && !nothing.contains("rows"), "{nothing}");
    }
}
