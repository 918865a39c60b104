//! The fields of stored answers and of audit entries, as pages show them: no internal name or value reaches a page.

use base_core::area::Area;
use base_web::view::Frame;
use serde_json::Value;

/// The name of a field in words.
pub fn field(frame: &Frame, name: &str) -> String {
    frame.words_for("field", name)
}

/// The value of a field in words; empty for nothing.
pub fn value(frame: &Frame, field: &str, value: &Value) -> String {
    match (field, value) {
        (_, Value::Null) => String::new(),
        (_, Value::Bool(is_so)) => frame.t(if *is_so { "yes" } else { "no" }),
        ("outcome", Value::String(code)) => frame.words_for("outcome", code),
        ("status", Value::String(status))
            if frame.t1_if_any(&format!("status-{}", dashed(status)), "", "").is_some() =>
        {
            frame.words_for("status", &dashed(status))
        }
        ("status" | "bill_status", Value::String(status)) => frame.words_for("bill-status", status),
        ("type" | "kind", Value::String(kind)) => frame.words_for("kind", kind),
        ("area", Value::String(area)) => Area::new(area.as_str()).title(),
        (_, Value::String(text)) => text.clone(),
        (_, Value::Array(parts)) => {
            parts.iter().map(|part| self::value(frame, field, part)).collect::<Vec<_>>().join(", ")
        }
        (_, Value::Object(fields)) => {
            let part = |(name, of): (&String, &Value)| {
                format!("{}: {}", self::field(frame, name), self::value(frame, name, of))
            };
            fields.iter().map(part).collect::<Vec<_>>().join("; ")
        }
        (_, Value::Number(number)) => number.to_string(),
    }
}

fn dashed(name: &str) -> String {
    name.replace('_', "-")
}
