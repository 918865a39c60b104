//! The file of a proof (C2SP tlog-proof): one entry, the way from its leaf to the root, and the checkpoint with that root.
//! It is checked with the public key alone.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::leaf::{Fields, PARTS, Part};
use crate::note::{Checkpoint, NoteError, PublicKey};
use crate::salts::Known;
use crate::tree::{Hash, root_of_inclusion};

const FIRST: &str = "c2sp.org/tlog-proof@v1";

/// An entry as a proof shows it.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Shown {
    #[serde(flatten)]
    fields: Fields,
    /// Each part by name: its salt and values, or its commitment.
    parts: Map<String, Value>,
}

/// What a proof is made of.
pub struct Parts<'p> {
    /// The entry.
    pub fields: &'p Fields,
    /// What is known of each part.
    pub known: &'p [Known; PARTS],
    /// Its leaf.
    pub index: u64,
    /// The way to the root.
    pub path: &'p [Hash],
    /// The signed checkpoint.
    pub checkpoint: &'p str,
}

/// The text of a proof.
pub fn write(parts: &Parts<'_>) -> String {
    let shown = |(part, known): (Part, &Known)| {
        let value = match known {
            Known::Commitment(hash) => json!({ "commitment": hex::encode(hash) }),
            Known::Salt(salt) => {
                let values = parts.fields.values(part).into_iter().map(|(name, value)| (name.to_owned(), json!(value)));
                let mut all: Map<String, Value> = values.collect();
                all.insert("salt".into(), json!(hex::encode(salt)));
                Value::Object(all)
            }
        };
        (part.name().to_owned(), value)
    };
    let entry =
        Shown { fields: parts.fields.clone(), parts: Part::ALL.into_iter().zip(parts.known).map(shown).collect() };
    let entry = serde_json::to_string(&entry).expect("an entry is JSON");
    let mut text = format!("{FIRST}\nextra {}\nindex {}\n", STANDARD.encode(entry), parts.index);
    for hash in parts.path {
        text.push_str(&STANDARD.encode(hash));
        text.push('\n');
    }
    text.push('\n');
    text.push_str(parts.checkpoint);
    text
}

/// Why a proof is no good.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CheckError {
    /// The text has not the form.
    #[error("it has not the form of a proof: {0}")]
    Form(&'static str),
    /// The checkpoint is not signed by the key.
    #[error("its checkpoint is not good: {0}")]
    Checkpoint(NoteError),
    /// The entry does not lead to the root.
    #[error("the entry is not in the tree of its checkpoint: it, the proof or the checkpoint was changed")]
    NotIncluded,
}

/// What a good proof says.
#[derive(Clone, Debug)]
pub struct Checked {
    /// The entry. Parts that were forgotten are empty.
    pub fields: Fields,
    /// Its leaf.
    pub index: u64,
    /// The checkpoint that proves it.
    pub checkpoint: Checkpoint,
    /// The parts that were forgotten.
    pub hidden: Vec<Part>,
}

/// Checks a proof with the public key of the site.
pub fn check(text: &str, key: &PublicKey) -> Result<Checked, CheckError> {
    let (head, note) = text.split_once("\n\n").ok_or(CheckError::Form("no checkpoint"))?;
    let checkpoint = key.checkpoint(note).map_err(CheckError::Checkpoint)?;
    let mut lines = head.lines();
    if lines.next() != Some(FIRST) {
        return Err(CheckError::Form("another first line"));
    }
    let extra = lines.next().and_then(|line| line.strip_prefix("extra ")).ok_or(CheckError::Form("no entry"))?;
    let index = lines.next().and_then(|line| line.strip_prefix("index ")).and_then(number);
    let index = index.ok_or(CheckError::Form("no index"))?;
    let path: Option<Vec<Hash>> = lines.map(|line| STANDARD.decode(line).ok()?.try_into().ok()).collect();
    let path = path.ok_or(CheckError::Form("a line is no hash"))?;
    let entry = STANDARD.decode(extra).map_err(|_| CheckError::Form("the entry is not in base64"))?;
    let not_an_entry = CheckError::Form("the entry is not as it should be");
    let mut shown: Shown = serde_json::from_slice(&entry).map_err(|_| not_an_entry)?;
    // A member that nobody reads could say anything.
    if serde_json::to_vec(&shown).map_err(|_| not_an_entry)? != entry {
        return Err(not_an_entry);
    }
    let (commitments, hidden) =
        open(&mut shown).ok_or(CheckError::Form("a part of the entry is not as it should be"))?;
    let leaf = shown.fields.hash(&commitments);
    if root_of_inclusion(index, checkpoint.size, leaf, &path) != Some(checkpoint.root) {
        return Err(CheckError::NotIncluded);
    }
    Ok(Checked { fields: shown.fields, index, checkpoint, hidden })
}

/// A number as it is written, without a sign or a zero before it.
fn number(text: &str) -> Option<u64> {
    text.parse::<u64>().ok().filter(|number| number.to_string() == text)
}

/// Fills the parts into the fields, and gives the commitments and which parts were forgotten.
fn open(entry: &mut Shown) -> Option<([Hash; PARTS], Vec<Part>)> {
    let mut commitments = [[0; 32]; PARTS];
    let mut hidden = Vec::new();
    (entry.parts.len() == PARTS).then_some(())?;
    for part in Part::ALL {
        let shown = entry.parts.get(part.name())?.as_object()?;
        if let Some(commitment) = shown.get("commitment") {
            hex::decode_to_slice(commitment.as_str()?, &mut commitments[part as usize]).ok()?;
            hidden.push(part);
            (shown.len() == 1).then_some(())?;
            continue;
        }
        let names = entry.fields.values(part);
        (shown.len() == names.len() + 1 && names.iter().all(|(name, _)| shown.contains_key(*name))).then_some(())?;
        let text = |name: &str| shown.get(name).and_then(Value::as_str).map(str::to_owned);
        match part {
            Part::Entity => entry.fields.entity = text("entity")?,
            Part::Values => (entry.fields.before, entry.fields.after) = (text("before"), text("after")),
            Part::Origin => (entry.fields.address, entry.fields.agent) = (text("address")?, text("agent")?),
        }
        let mut salt = [0; 16];
        hex::decode_to_slice(text("salt")?, &mut salt).ok()?;
        commitments[part as usize] = entry.fields.commitment(part, &salt);
    }
    Some((commitments, hidden))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::note::Signer;
    use crate::tree::{Growing, inclusion, leaf_hash};

    #[test]
    fn a_proof_is_good_with_the_key_alone_and_not_when_a_byte_differs() {
        let signer = Signer::new(&[7; 32], "tallyhouse/test");
        let fields = Fields {
            seq: 5,
            action: "logout".into(),
            entity: "meera".into(),
            address: "10.0.0.1".into(),
            ..Fields::default()
        };
        let known = [Known::Salt([1; 16]), Known::Commitment([2; 32]), Known::Salt([3; 16])];
        let commitments =
            [fields.commitment(Part::Entity, &[1; 16]), [2; 32], fields.commitment(Part::Origin, &[3; 16])];
        let mut leaves = vec![leaf_hash(b"a"), leaf_hash(b"b"), fields.hash(&commitments), leaf_hash(b"c")];
        leaves.push(leaf_hash(b"d"));
        let hash = |start: u64, end: u64| {
            let mut tree = Growing::default();
            (start..end).for_each(|n| tree.push(leaves[usize::try_from(n).unwrap()]));
            tree.root()
        };
        let checkpoint = signer.checkpoint(&Checkpoint { size: 5, root: hash(0, 5) });
        let path: Vec<Hash> = inclusion(2, 5).iter().map(|span| hash(span.start, span.end)).collect();
        let text = write(&Parts { fields: &fields, known: &known, index: 2, path: &path, checkpoint: &checkpoint });
        let good = check(&text, &signer.public()).expect("a good proof");
        assert_eq!((good.fields, good.index, good.hidden), (fields, 2, vec![Part::Values]));
        for at in 0..text.len() {
            let mut wrong = text.clone().into_bytes();
            wrong[at] ^= 1;
            if let Ok(wrong) = String::from_utf8(wrong) {
                assert!(check(&wrong, &signer.public()).is_err(), "byte {at}");
            }
        }
    }
}
