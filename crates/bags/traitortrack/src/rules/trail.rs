//! The audit trail of the earlier system.
//!
//! Invariant: no password, token, secret or lock-out field is imported, whatever it was called and however deeply it
//! was nested.

use bags_rules::code::Code;
use base_core::time::Moment;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::site::{Finding, moment};

/// Keys with these words have secret values.
const SECRET_WORDS: [&str; 7] = ["password", "passwd", "token", "secret", "totp", "api_key", "apikey"];
/// Lock-out fields: not secret, but not to be shown either.
const LOCK_OUT_KEYS: [&str; 3] = ["failed_login_attempts", "locked_until", "last_failed_login"];
/// What password hashes begin with, in case one has a harmless key.
const HASH_BEGINNINGS: [&str; 6] = ["scrypt:", "pbkdf2:", "$2a$", "$2b$", "$2y$", "$argon2"];

/// A row of `audit_log`, with the name of what it is about.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct EarlierEntry {
    /// Its number.
    pub id: i64,
    /// When.
    pub timestamp: Option<String>,
    /// Who, by their number there.
    pub user_id: Option<i64>,
    /// What.
    pub action: Option<String>,
    /// What kind of thing.
    pub entity_type: Option<String>,
    /// Which one, by its number there.
    pub entity_id: Option<i64>,
    /// Its user name, code or number there, if it still exists.
    pub entity_name: Option<String>,
    /// Its name here, if it came over.
    #[serde(skip)]
    pub entity_here: Option<String>,
    /// Details: an object, or a text that contains one, or plain text.
    pub details: Option<Value>,
    /// The old values.
    pub before_state: Option<Value>,
    /// The new values.
    pub after_state: Option<Value>,
    /// The client's address.
    pub ip_address: Option<String>,
    /// The request.
    pub request_id: Option<String>,
}

/// An entry as it is imported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptEntry {
    /// When.
    pub at: Moment,
    /// Who, by their number there.
    pub user_id: Option<i64>,
    /// What, by the action names of this program.
    pub action: String,
    /// What kind of thing.
    pub entity_type: String,
    /// Which one.
    pub entity: String,
    /// The old values, JSON.
    pub before: Option<String>,
    /// The new values, with the details, JSON.
    pub after: Option<String>,
    /// The client's address.
    pub address: String,
    /// The request.
    pub request_id: String,
}

/// Decides what becomes of an entry; one without a time cannot be in a trail.
pub fn entry(row: &EarlierEntry) -> Result<KeptEntry, Finding> {
    let name = row.action.as_deref().unwrap_or_default().trim();
    let Some(at) = moment(row.timestamp.as_deref()) else {
        return Err(Finding::new("audit", row.id, name, "no_time", "not kept: nothing tells when it was"));
    };
    let action = action(name);
    let mut after = Map::new();
    match row.after_state.clone().and_then(readable) {
        Some(Value::Object(fields)) => after = fields,
        Some(other) => drop(after.insert("state".into(), other)),
        None => {}
    }
    if let Some(details) = row.details.clone().and_then(readable) {
        after.insert("details".into(), details);
    }
    if action != name {
        after.insert("earlier_action".into(), json!(name));
    }
    let entity_type = row.entity_type.as_deref().unwrap_or_default().trim().to_lowercase();
    let before = row.before_state.clone().and_then(readable);
    let named = || row.entity_name.clone().or_else(|| name_in(&entity_type, [Some(&after), fields(before.as_ref())]));
    let entity = row.entity_here.clone().or_else(|| named().map(|name| name_here(&entity_type, name)));
    let entity = entity.unwrap_or_else(|| row.entity_id.map_or_else(String::new, |id| format!("#{id}")));
    Ok(KeptEntry {
        at,
        user_id: row.user_id,
        action: if action.is_empty() { "unknown".into() } else { action.to_owned() },
        entity_type: if entity_type == "user" { "account".into() } else { entity_type },
        entity,
        before: before.map(|state| state.to_string()),
        after: (!after.is_empty()).then(|| Value::Object(after).to_string()),
        address: row.ip_address.clone().unwrap_or_default(),
        request_id: row.request_id.clone().unwrap_or_default(),
    })
}

fn fields(state: Option<&Value>) -> Option<&Map<String, Value>> {
    state.and_then(Value::as_object)
}

/// The name of a thing that is gone: its entries still say it.
fn name_in(entity_type: &str, states: [Option<&Map<String, Value>>; 2]) -> Option<String> {
    let keys: &[&str] = match entity_type {
        "user" => &["username", "deleted_username", "target_username"],
        "bag" => &["qr_id", "qr_code", "bag_qr", "code"],
        "bill" => &["bill_id", "bill_number"],
        _ => return None,
    };
    let details = states[0].and_then(|after| after.get("details")?.as_object());
    let places = [states[1], states[0], details];
    let texts = places.into_iter().flatten().flat_map(|place| keys.iter().filter_map(|key| place.get(*key)?.as_str()));
    texts.map(str::trim).find(|text| !text.is_empty()).map(str::to_owned)
}

/// What the trail here calls a thing: bags by their code as it is kept, others as they were called.
fn name_here(entity_type: &str, name: String) -> String {
    if entity_type == "bag" { Code::kept(&name).map_or(name, |code| code.to_string()) } else { name }
}

/// The actions that its code and its queries name.
pub const EARLIER_ACTIONS: &[&str] = &[
    "login_success",
    "login_failed",
    "login_locked",
    "logout",
    "password_change",
    "password_reset_request",
    "password_reset_complete",
    "2fa_enabled",
    "2fa_disabled",
    "2fa_verify_success",
    "2fa_verify_failed",
    "user_created",
    "user_updated",
    "user_deleted",
    "role_change",
    "unlock_account",
    "create_bag",
    "update_bag",
    "delete_bag",
    "create_bill",
    "update_bill",
    "delete_bill",
    "link_created",
    "link_deleted",
    "rate_limit_exceeded",
    "delete_user",
    "login_failed_user_not_found",
    "login_failed_invalid_password",
    "login_failed_not_verified",
    "login_blocked_account_locked",
    "login_password_success_pending_2fa",
    "2fa_verify_success_login_complete",
    "2fa_enable_failed",
    "2fa_disable_failed",
    "registration_success",
    "registration_failed_username_exists",
    "registration_failed_email_exists",
    "password_changed",
    "promote_to_admin",
    "demote_admin",
    "demote_user",
    "delete_user_attempt",
    "delete_user_success",
    "delete_user_failed",
    "delete_user_disabled",
    "comprehensive_data_delete_attempt",
    "comprehensive_data_delete_success",
    "comprehensive_data_delete_failed",
    "delete_bag_prevented",
    "bill_weight_recalculated",
    "all_bill_weights_recalculated",
    "BULK_IMPORT",
];

/// The name of an action in this program. An unknown name stays as it is.
pub fn action(name: &str) -> &str {
    match name {
        "login_failed_user_not_found" | "login_failed_invalid_password" | "login_failed_not_verified" => "login_failed",
        "login_blocked_account_locked" => "login_locked",
        "login_password_success_pending_2fa" => "login_pending_2fa",
        // Only then had somebody signed in.
        "2fa_verify_success_login_complete" => "login_success",
        "2fa_enable_failed" | "2fa_disable_failed" => "2fa_verify_failed",
        "registration_success" => "user_created",
        "registration_failed_username_exists" | "registration_failed_email_exists" => "registration_failed",
        "password_changed" => "password_change",
        "promote_to_admin" | "demote_admin" | "demote_user" => "role_change",
        "delete_user_success" => "user_deleted",
        "bill_weight_recalculated" | "all_bill_weights_recalculated" => "update_bill",
        "BULK_IMPORT" => "import_rows",
        other => other,
    }
}

/// A stored value without its secrets; a text that contains JSON is parsed. `None` when nothing is left.
fn readable(value: Value) -> Option<Value> {
    let value = match value {
        Value::String(text) if text.trim().is_empty() => return None,
        Value::String(text) => match serde_json::from_str(&text) {
            // JSON inside a JSON text, as in rows of the bulk import.
            Ok(Value::String(inner)) => return readable(Value::String(inner)),
            Ok(parsed) => parsed,
            Err(_) => Value::String(text),
        },
        other => other,
    };
    (!value.is_null()).then(|| clean(value))
}

fn clean(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            let kept = fields.into_iter().filter(|(key, _)| !is_secret(key));
            Value::Object(kept.map(|(key, value)| (key, clean(value))).collect())
        }
        Value::Array(values) => Value::Array(values.into_iter().map(clean).collect()),
        Value::String(text) if HASH_BEGINNINGS.iter().any(|begin| text.contains(begin)) => json!("***"),
        other => other,
    }
}

/// True for the name of something that is not kept.
pub fn is_secret(key: &str) -> bool {
    let key = key.to_lowercase();
    SECRET_WORDS.iter().any(|word| key.contains(word)) || LOCK_OUT_KEYS.contains(&key.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(action: &str) -> EarlierEntry {
        EarlierEntry {
            id: 1,
            timestamp: Some("2025-11-01T10:00:00".into()),
            action: Some(action.into()),
            entity_type: Some("user".into()),
            entity_id: Some(4),
            ..EarlierEntry::default()
        }
    }

    #[test]
    fn actions_get_the_names_of_this_program_and_their_own_names_are_kept_too() {
        for (name, wanted) in [
            ("login_success", "login_success"),
            ("login_failed_invalid_password", "login_failed"),
            ("login_blocked_account_locked", "login_locked"),
            ("2fa_verify_success_login_complete", "login_success"),
            ("promote_to_admin", "role_change"),
            ("delete_user_success", "user_deleted"),
            ("BULK_IMPORT", "import_rows"),
            ("something_else", "something_else"),
        ] {
            let kept = entry(&row(name)).expect("kept");
            assert_eq!(kept.action, wanted);
            let beside = (name != wanted).then(|| json!({ "earlier_action": name }).to_string());
            assert_eq!(kept.after, beside, "{name}");
            assert_eq!((kept.entity_type.as_str(), kept.entity.as_str()), ("account", "#4"));
        }
        let named = EarlierEntry { entity_name: Some("meera".into()), ..row("logout") };
        assert_eq!(entry(&named).expect("kept").entity, "meera");
    }

    #[test]
    fn an_entry_is_found_by_what_its_thing_is_called_here() {
        let of = |entity_type: &str| EarlierEntry { entity_type: Some(entity_type.into()), ..row("update_bag") };
        let entity = |row: EarlierEntry| entry(&row).expect("kept").entity;
        assert_eq!(entity(EarlierEntry { entity_name: Some(" kid1".into()), ..of("Bag") }), "KID1");
        let renamed =
            EarlierEntry { entity_here: Some("meera-2".into()), entity_name: Some("meera".into()), ..of("user") };
        assert_eq!(entity(renamed), "meera-2");
        let gone = EarlierEntry { before_state: Some(json!({ "qr_id": "sb00007" })), ..of("bag") };
        assert_eq!(entity(gone), "SB00007");
        let gone = EarlierEntry { details: Some(json!({ "username": "ravi" })), ..of("user") };
        assert_eq!(entity(gone), "ravi");
        assert_eq!(entity(of("bill")), "#4");
    }

    #[test]
    fn no_secret_comes_over_however_deep_it_lies() {
        let state = json!({
            "username": "meera", "password_hash": "scrypt:1$2$3", "totp_secret": "JBSW", "locked_until": null,
            "nested": [{ "password_reset_token": "abc", "note": "was scrypt:32768:8:1$x$y", "role": "admin" }],
        });
        let text = Value::String(state.to_string());
        let twice = Value::String(Value::String(state.to_string()).to_string());
        for stored in [state, text, twice] {
            let kept = entry(&EarlierEntry {
                before_state: Some(stored.clone()),
                after_state: Some(stored.clone()),
                details: Some(stored),
                ..row("user_updated")
            });
            let kept = kept.expect("kept");
            let clean = r#"{"nested":[{"note":"***","role":"admin"}],"username":"meera"}"#;
            assert_eq!(kept.before.as_deref(), Some(clean));
            let after: Value = serde_json::from_str(kept.after.as_deref().expect("there")).expect("JSON");
            assert_eq!(after["details"].to_string(), clean);
            assert_eq!(after["username"], "meera");
        }
    }

    #[test]
    fn plain_text_stays_and_nothing_stays_nothing() {
        let kept = entry(&EarlierEntry { details: Some(json!("imported 3 rows")), ..row("logout") }).expect("kept");
        assert_eq!(kept.after.as_deref(), Some(r#"{"details":"imported 3 rows"}"#));
        let kept = entry(&EarlierEntry { details: Some(json!("")), after_state: Some(Value::Null), ..row("logout") });
        assert_eq!(kept.expect("kept").after, None);
        assert_eq!(entry(&EarlierEntry { timestamp: None, ..row("logout") }).expect_err("told").found, "no_time");
    }
}
