//! What a leaf of the tree is made of: the fields of an entry, those that may be personal only as salted commitments.
//!
//! A commitment is the hash of a random salt and the fields. Whoever knows both can check it; without the salt nobody learns
//! anything from it. So the fields and the salt can be forgotten, and the leaf stays as it was.

use serde::{Deserialize, Serialize};

use crate::tree::{Hash, leaf_hash, sha256};

/// How many parts are committed to.
pub const PARTS: usize = 3;
/// A random salt.
pub type Salt = [u8; 16];

/// A part of an entry that can be forgotten.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Which thing: a name where the thing is an account.
    Entity = 0,
    /// The values before and after.
    Values = 1,
    /// Address and browser.
    Origin = 2,
}

impl Part {
    /// All of them, in their order.
    pub const ALL: [Self; PARTS] = [Self::Entity, Self::Values, Self::Origin];

    /// Its name in a leaf.
    pub fn name(self) -> &'static str {
        match self {
            Self::Entity => "entity",
            Self::Values => "values",
            Self::Origin => "origin",
        }
    }
}

/// An entry of the trail.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fields {
    /// Its number in the database.
    pub seq: i64,
    /// When, in microseconds since 1970.
    pub at: i64,
    /// In which realm.
    pub realm: String,
    /// The number of the account that did it.
    pub actor: Option<i64>,
    /// What was done.
    pub action: String,
    /// To what kind of thing.
    pub entity_type: String,
    /// In which request.
    pub request_id: String,
    /// At which station.
    pub station: Option<String>,
    /// To which thing.
    #[serde(skip)]
    pub entity: String,
    /// The old values.
    #[serde(skip)]
    pub before: Option<String>,
    /// The new values.
    #[serde(skip)]
    pub after: Option<String>,
    /// From which address.
    #[serde(skip)]
    pub address: String,
    /// With which browser.
    #[serde(skip)]
    pub agent: String,
}

/// `name length:value` and a line break; `name -` where there is no value.
fn line(into: &mut Vec<u8>, name: &str, value: Option<&str>) {
    into.extend_from_slice(name.as_bytes());
    match value {
        None => into.extend_from_slice(b" -"),
        Some(value) => {
            into.push(b' ');
            into.extend_from_slice(value.len().to_string().as_bytes());
            into.push(b':');
            into.extend_from_slice(value.as_bytes());
        }
    }
    into.push(b'\n');
}

impl Fields {
    /// The named values of a part.
    pub fn values(&self, part: Part) -> Vec<(&'static str, Option<&str>)> {
        match part {
            Part::Entity => vec![("entity", Some(self.entity.as_str()))],
            Part::Values => vec![("before", self.before.as_deref()), ("after", self.after.as_deref())],
            Part::Origin => vec![("address", Some(self.address.as_str())), ("agent", Some(self.agent.as_str()))],
        }
    }

    /// The commitment to a part.
    pub fn commitment(&self, part: Part, salt: &Salt) -> Hash {
        let mut text = Vec::with_capacity(64);
        for (name, value) in self.values(part) {
            line(&mut text, name, value);
        }
        sha256(&[salt, &text])
    }

    /// The contents of the leaf, with the commitments of [`Part::ALL`].
    pub fn contents(&self, commitments: &[Hash; PARTS]) -> Vec<u8> {
        let mut text = Vec::with_capacity(512);
        text.extend_from_slice(b"tallyhouse audit entry v1\n");
        line(&mut text, "seq", Some(&self.seq.to_string()));
        line(&mut text, "at", Some(&self.at.to_string()));
        line(&mut text, "realm", Some(&self.realm));
        line(&mut text, "actor", self.actor.map(|actor| actor.to_string()).as_deref());
        line(&mut text, "action", Some(&self.action));
        line(&mut text, "entity_type", Some(&self.entity_type));
        line(&mut text, "request_id", Some(&self.request_id));
        line(&mut text, "station", self.station.as_deref());
        for (part, commitment) in Part::ALL.into_iter().zip(commitments) {
            line(&mut text, part.name(), Some(&hex::encode(commitment)));
        }
        text
    }

    /// The hash of the leaf.
    pub fn hash(&self, commitments: &[Hash; PARTS]) -> Hash {
        leaf_hash(&self.contents(commitments))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_entries_have_the_same_contents() {
        let one = Fields { action: "a".into(), entity_type: "b\nseq 1:1".into(), ..Fields::default() };
        let two = Fields { action: "a\n".into(), entity_type: "b\nseq 1:1".into(), ..Fields::default() };
        let zero = [[0; 32]; PARTS];
        assert_ne!(one.contents(&zero), two.contents(&zero));
        let none = Fields { before: None, after: Some(String::new()), ..Fields::default() };
        let empty = Fields { before: Some(String::new()), after: None, ..Fields::default() };
        assert_ne!(none.commitment(Part::Values, &[1; 16]), empty.commitment(Part::Values, &[1; 16]));
        assert_ne!(none.commitment(Part::Values, &[1; 16]), none.commitment(Part::Values, &[2; 16]));
    }
}
