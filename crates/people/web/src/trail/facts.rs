//! An entry in words: who, what, to which thing, and each field before and after.

use base_web::view::Frame;
use people_rules::mask::Mask;
use people_store::trail::Line;
use serde_json::Value;

/// A field that changed.
pub(crate) struct Change {
    pub(crate) field: String,
    pub(crate) before: String,
    pub(crate) after: String,
}

/// Who did it, in words.
pub(crate) fn person(frame: &Frame, line: &Line) -> String {
    match (&line.person, line.actor_id) {
        (Some(name), _) => frame.called(name),
        (None, Some(id)) => format!("#{id}"),
        (None, None) => frame.t("trail-system"),
    }
}

/// The thing, in words.
pub(crate) fn thing(frame: &Frame, mask: Mask, line: &Line) -> String {
    let kind = frame.words_for("entity", &line.entity_type);
    if line.entity.is_empty() { kind } else { format!("{kind} {}", mask.email(&line.entity)) }
}

/// The list of everything about the same thing. The entry's number stands for it, so that the address of the page says no more
/// of people than the page.
pub(crate) fn history(line: &Line) -> Option<String> {
    (!line.entity.is_empty()).then(|| format!("/admin/audit?same=thing-{}", line.seq))
}

fn read(text: Option<&str>, mask: Mask) -> Value {
    let Some(text) = text else { return Value::Null };
    let value = serde_json::from_str(text).unwrap_or_else(|_| Value::String(text.to_owned()));
    mask.values(value)
}

fn words(frame: &Frame, value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::Bool(is_so)) => frame.t(if *is_so { "yes" } else { "no" }),
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(parts)) => parts.iter().map(|part| words(frame, Some(part))).collect::<Vec<_>>().join(", "),
        Some(Value::Object(fields)) => {
            let part = |(name, value): (&String, &Value)| {
                format!("{}: {}", frame.words_for("field", name), words(frame, Some(value)))
            };
            fields.iter().map(part).collect::<Vec<_>>().join("; ")
        }
        Some(Value::Number(number)) => number.to_string(),
    }
}

/// Each field that an entry tells of.
pub(crate) fn changes(frame: &Frame, mask: Mask, line: &Line) -> Vec<Change> {
    let (before, after) = (read(line.before.as_deref(), mask), read(line.after.as_deref(), mask));
    let mut names: Vec<&str> = Vec::new();
    for value in [&before, &after] {
        let fields = value.as_object().into_iter().flatten().map(|(name, _)| name.as_str());
        names.extend(fields.filter(|name| *name != "count" || value.get("minute").is_none()).collect::<Vec<_>>());
    }
    names.extend(["count"].into_iter().filter(|name| after.get(name).is_some()));
    names.sort_unstable();
    names.dedup();
    if names.is_empty() && (!before.is_null() || !after.is_null()) {
        let field = frame.t("trail-text");
        return vec![Change { field, before: words(frame, Some(&before)), after: words(frame, Some(&after)) }];
    }
    let change = |name: &str| Change {
        field: frame.words_for("field", name),
        before: words(frame, before.get(name)),
        after: words(frame, after.get(name)),
    };
    names.into_iter().map(change).collect()
}

/// The changes in one line.
pub(crate) fn in_short(frame: &Frame, mask: Mask, line: &Line) -> String {
    let part = |change: Change| match (change.before.is_empty(), change.after.is_empty()) {
        (false, false) => format!("{}: {} → {}", change.field, change.before, change.after),
        (false, true) => format!("{}: {} →", change.field, change.before),
        _ => format!("{}: {}", change.field, change.after),
    };
    let text = changes(frame, mask, line).into_iter().map(part).collect::<Vec<_>>().join("; ");
    text.chars().take(300).collect()
}
