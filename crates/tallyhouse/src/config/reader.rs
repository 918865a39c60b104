//! Reading settings by their kind. Invariant: a setting that cannot be used is noted as a fault and the default stands
//! in for it, so that one run finds every fault.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use toml::Value;

use super::fault::{Fault, Origin};
use super::given::Settings;
use super::secret::Secret;

/// Takes settings out, one by one.
pub struct Reader {
    settings: Settings,
    origins: BTreeMap<&'static str, Origin>,
    faults: Vec<Fault>,
}

impl Reader {
    /// Begins with all that was set.
    pub fn new(mut settings: Settings) -> Self {
        let faults = std::mem::take(&mut settings.faults);
        Self { settings, origins: BTreeMap::new(), faults }
    }

    /// Every fault, with the keys that no section knows.
    pub fn finish(mut self) -> Vec<Fault> {
        self.faults.extend(self.settings.unknown());
        self.faults
    }

    /// Notes a fault of a key that was read before. Keys that nobody set have no fault.
    pub fn fault(&mut self, key: &'static str, message: impl Into<String>) {
        if let Some(origin) = self.origins.get(key) {
            self.faults.push(Fault { origin: origin.clone(), key: key.to_owned(), message: message.into() });
        }
    }

    /// True when a key that was read before was set.
    pub fn is_set(&self, key: &str) -> bool {
        self.origins.contains_key(key)
    }

    /// True when a key that was read before was set by a variable whose name begins so.
    pub fn is_from(&self, key: &str, prefix: &str) -> bool {
        matches!(self.origins.get(key), Some(Origin::Environment(name)) if name.starts_with(prefix))
    }

    /// A value as it was set.
    pub fn value(&mut self, key: &'static str) -> Option<Value> {
        let given = self.settings.take(key)?;
        self.origins.insert(key, given.origin);
        Some(given.value)
    }

    /// A text.
    pub fn text(&mut self, key: &'static str) -> Option<String> {
        let text = text_of(self.value(key)?);
        if text.is_none() {
            self.fault(key, "must be a text in quotes");
        }
        text
    }

    /// A text that is parsed.
    pub fn parsed<T>(&mut self, key: &'static str, default: T, parse: impl FnOnce(&str) -> Result<T, String>) -> T {
        let Some(text) = self.text(key) else { return default };
        parse(text.trim()).unwrap_or_else(|message| {
            self.fault(key, message);
            default
        })
    }

    /// A secret text.
    pub fn secret(&mut self, key: &'static str) -> Option<Secret> {
        let text = self.text(key)?;
        if text.trim().is_empty() {
            self.fault(key, "must not be empty");
            return None;
        }
        Some(Secret::new(&text))
    }

    /// A whole number within a range.
    pub fn number(&mut self, key: &'static str, default: u64, range: RangeInclusive<u64>) -> u64 {
        let Some(value) = self.value(key) else { return default };
        let number = match &value {
            Value::Integer(number) => u64::try_from(*number).ok(),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        };
        match number {
            Some(number) if range.contains(&number) => number,
            _ => {
                let (least, most) = range.into_inner();
                self.fault(key, format!("must be a whole number from {least} to {most}"));
                default
            }
        }
    }

    /// Yes or no.
    pub fn flag(&mut self, key: &'static str, default: bool) -> bool {
        let flag = match self.value(key) {
            None => return default,
            Some(Value::Boolean(flag)) => Some(flag),
            Some(Value::String(text)) => text.trim().to_lowercase().parse().ok(),
            Some(_) => None,
        };
        flag.unwrap_or_else(|| {
            self.fault(key, "must be true or false");
            default
        })
    }

    /// A list of texts; in the environment they are separated by commas.
    pub fn texts(&mut self, key: &'static str) -> Option<Vec<String>> {
        let texts = match self.value(key)? {
            Value::Array(values) => values.into_iter().map(text_of).collect::<Option<Vec<_>>>(),
            Value::String(text) => {
                let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
                Some(parts.map(str::to_owned).collect())
            }
            _ => None,
        };
        if texts.is_none() {
            self.fault(key, "must be a list of texts");
        }
        texts
    }
}

fn text_of(value: Value) -> Option<String> {
    if let Value::String(text) = value { Some(text) } else { None }
}
