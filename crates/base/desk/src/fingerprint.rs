//! What a scan asks for, in 64 bits.
//!
//! Invariant: two scans that ask for different things have different texts under the hash. Each field has its name, its
//! kind and its length, so none can run into the next; a field that is absent is left out, so one that comes with a
//! later version does not change the fingerprint of scans without it.

use sha2::{Digest, Sha256};

/// A fingerprint under construction. Fields are added in a fixed order.
#[derive(Clone)]
pub struct Fingerprint(Sha256);

/// The kinds of fields.
#[derive(Clone, Copy)]
enum Kind {
    Text,
    Number,
    List,
}

impl Kind {
    fn mark(self) -> u8 {
        match self {
            Self::Text => b't',
            Self::Number => b'n',
            Self::List => b'l',
        }
    }
}

impl Fingerprint {
    /// Begins a fingerprint of a request with this name.
    pub fn of(action: &str) -> Self {
        Self(Sha256::new()).text("action", action)
    }

    fn length(&mut self, length: usize) {
        // Texts are limited to far less than this.
        self.0.update(u32::try_from(length).unwrap_or(u32::MAX).to_le_bytes());
    }

    fn name(&mut self, name: &'static str, kind: Kind) {
        self.length(name.len());
        self.0.update(name);
        self.0.update([kind.mark()]);
    }

    fn value(&mut self, value: &str) {
        self.length(value.len());
        self.0.update(value);
    }

    /// Adds a text.
    #[must_use]
    pub fn text(mut self, name: &'static str, value: &str) -> Self {
        self.name(name, Kind::Text);
        self.value(value);
        self
    }

    /// Adds a number.
    #[must_use]
    pub fn number(mut self, name: &'static str, value: i64) -> Self {
        self.name(name, Kind::Number);
        self.0.update(value.to_le_bytes());
        self
    }

    /// Adds a list of texts, an empty one too.
    #[must_use]
    pub fn list(mut self, name: &'static str, values: &[String]) -> Self {
        self.name(name, Kind::List);
        self.length(values.len());
        for value in values {
            self.value(value);
        }
        self
    }

    /// Adds a text if there is one.
    #[must_use]
    pub fn maybe_text(self, name: &'static str, value: Option<&str>) -> Self {
        match value {
            Some(value) => self.text(name, value),
            None => self,
        }
    }

    /// Adds a number if there is one.
    #[must_use]
    pub fn maybe_number(self, name: &'static str, value: Option<i64>) -> Self {
        match value {
            Some(value) => self.number(name, value),
            None => self,
        }
    }

    /// Adds a list if there is one.
    #[must_use]
    pub fn maybe_list(self, name: &'static str, values: Option<&[String]>) -> Self {
        match values {
            Some(values) => self.list(name, values),
            None => self,
        }
    }

    /// The fingerprint.
    pub fn finish(self) -> i64 {
        let digest = self.0.finalize();
        let mut first = [0; 8];
        first.copy_from_slice(&digest[..8]);
        i64::from_le_bytes(first)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_field_runs_into_the_next_one() {
        let begin = || Fingerprint::of("admit");
        let texts = |values: &[&str]| values.iter().map(ToString::to_string).collect::<Vec<_>>();
        let all = [
            begin(),
            begin().text("a", ""),
            begin().text("a", "b"),
            begin().text("ab", ""),
            begin().text("a", "").text("b", ""),
            begin().text("b", "").text("a", ""),
            begin().number("a", 0),
            begin().number("a", 1),
            begin().list("a", &[]),
            begin().list("a", &texts(&[""])),
            begin().list("a", &texts(&["b", "c"])),
            begin().list("a", &texts(&["bc"])),
            begin().list("a", &texts(&["b"])).text("c", ""),
            Fingerprint::of("admits"),
        ]
        .map(Fingerprint::finish);
        let different: std::collections::BTreeSet<i64> = all.into_iter().collect();
        assert_eq!(different.len(), all.len());
    }

    #[test]
    fn what_is_absent_changes_nothing() {
        let with = Fingerprint::of("admit").maybe_text("a", None).maybe_number("b", None).maybe_list("c", None);
        assert_eq!(with.finish(), Fingerprint::of("admit").finish());
    }
}
