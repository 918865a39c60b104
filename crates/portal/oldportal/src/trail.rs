//! What an entry of the earlier portal becomes here, and writing many of them.
//!
//! Invariant: no password, token or secret comes over, whatever it was called.

use std::collections::BTreeMap;

use base_core::account::AccountId;
use base_core::audit::Origin;
use base_core::realm::Realm;
use base_core::time::Moment;
use base_db::{Conn, StoreError};
use base_records::audit::{INSERT, ORIGINS, OriginId};
use serde_json::{Map, Value, json};

use crate::entry::{Details, OldEntry};

/// The user agent of these entries: the earlier portal kept none in its log.
const AGENT: &str = "Customer Portal";
/// What a customer does themselves.
const OWN: [&str; 2] = ["CUSTOMER_LOGIN", "CUSTOMER_LOGOUT"];
/// Keys with these words have secret values.
const SECRET_WORDS: [&str; 4] = ["password", "token", "secret", "hash"];

/// An entry as it is written.
pub(crate) struct Kept {
    at: Moment,
    realm: Realm,
    actor: Option<AccountId>,
    action: String,
    email: String,
    before: Option<String>,
    after: Option<String>,
    address: String,
    request: String,
}

fn plain(text: &str) -> String {
    text.replace('\0', "")
}

/// What an entry becomes. Whoever of staff did it is named in the entry: they may be somebody else here, or nobody.
pub(crate) fn kept(old: &OldEntry, source: &str, accounts: &BTreeMap<i64, AccountId>) -> Kept {
    let is_own = OWN.contains(&old.action.as_str());
    let account = old.customer.and_then(|id| accounts.get(&id)).copied();
    let (mut before, mut after) = (Map::new(), Map::new());
    if !is_own && old.actor != "SYSTEM" {
        after.insert("by".into(), json!(plain(&old.actor)));
    }
    match &old.details {
        Details::None => {}
        Details::Text(text) => drop(after.insert("details".into(), json!(plain(text)))),
        Details::Changes(changes) => {
            for (field, change) in changes {
                let name = field.to_lowercase();
                if SECRET_WORDS.iter().any(|word| name.contains(word)) {
                    continue;
                }
                match (change.get("from"), change.get("to")) {
                    (Some(from), Some(to)) => {
                        before.insert(plain(field), scrubbed(from));
                        after.insert(plain(field), scrubbed(to));
                    }
                    _ => drop(after.insert(plain(field), scrubbed(change))),
                }
            }
        }
    }
    let text = |map: Map<String, Value>| (!map.is_empty()).then(|| Value::Object(map).to_string());
    let nameless = || old.customer.map_or_else(String::new, |id| format!("#{id}"));
    Kept {
        at: old.at,
        realm: if is_own { Realm::Customer } else { Realm::Staff },
        actor: account.filter(|_| is_own),
        action: plain(&old.action),
        email: old.email.as_deref().map_or_else(nameless, plain),
        before: text(before),
        after: text(after),
        address: old.address.as_deref().map(plain).unwrap_or_default(),
        request: format!("{source}#{}", old.id),
    }
}

/// A value without what a text may not have here.
fn scrubbed(value: &Value) -> Value {
    match value {
        Value::String(text) => Value::String(plain(text)),
        Value::Array(all) => Value::Array(all.iter().map(scrubbed).collect()),
        Value::Object(all) => {
            let is_open = |name: &str| !SECRET_WORDS.iter().any(|word| name.to_lowercase().contains(word));
            let open = all.iter().filter(|(name, _)| is_open(name));
            Value::Object(open.map(|(name, value)| (plain(name), scrubbed(value))).collect())
        }
        other => other.clone(),
    }
}

/// Writes entries.
pub(crate) async fn write(mut conn: Conn<'_>, all: &[Kept]) -> Result<(), StoreError> {
    let id_of =
        |one: &Kept| OriginId::of(&Origin { address: one.address.clone(), agent: AGENT.into(), ..Origin::default() });
    let rows: Vec<(OriginId, &Kept)> = all.iter().map(|one| (id_of(one), one)).collect();
    let origins: BTreeMap<OriginId, &str> = rows.iter().map(|(id, one)| (*id, one.address.as_str())).collect();
    let origins: Vec<(OriginId, &str)> = origins.into_iter().collect();
    let _new = execute_rows!(conn, ORIGINS, &origins, |row| [
        row.0.bytes() => &[u8],
        row.1 => &str,
        AGENT => &str,
    ]);
    let _written = execute_rows!(conn, INSERT, &rows, |row| [
        row.1.at.0 => i64,
        row.1.realm.name() => &str,
        row.1.actor => i64,
        row.1.action.as_str() => &str,
        "customer" => &str,
        row.1.email.as_str() => &str,
        row.1.before.as_deref() => &str,
        row.1.after.as_deref() => &str,
        row.0.bytes() => &[u8],
        row.1.request.as_str() => &str,
        None::<&str> => &str,
    ]);
    Ok(())
}
