//! The salts of the 256 leaves of a tile: one random secret that they follow from or, once something in the tile was
//! forgotten, each by itself, with the commitment in the place of a salt that was forgotten.
//!
//! Invariant: a forgotten salt follows from nothing that is stored.

use std::ops::Range;

use crate::leaf::{PARTS, Part, Salt};
use crate::tree::{Hash, sha256};

/// The first byte of salts that follow from a secret.
const DERIVED: u8 = 0;
/// The first byte of salts that stand there by themselves.
const LISTED: u8 = 1;
/// In the state of a leaf: its row is gone.
const GONE: u8 = 0x80;

/// What is known of a part of a leaf.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Known {
    /// The salt, so that the part can be checked.
    Salt(Salt),
    /// The commitment alone.
    Commitment(Hash),
}

/// A leaf's salts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LeafSalts {
    /// The entry is there.
    Kept([Known; PARTS]),
    /// The entry was removed after its time; its hash alone is left.
    Gone,
}

/// The salts of a tile, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Salts {
    /// All follow from this.
    Derived(Hash),
    /// Each by itself.
    Listed(Vec<LeafSalts>),
}

fn derived(secret: &Hash, at: usize, part: Part) -> Salt {
    let place = [u8::try_from(at % 256).unwrap_or_default(), part as u8];
    let hash = sha256(&[b"tallyhouse audit salt", secret, &place]);
    std::array::from_fn(|n| hash[n])
}

impl Salts {
    /// Reads what is stored; `None` when it has not the form.
    pub fn read(stored: &[u8]) -> Option<Self> {
        let (kind, mut rest) = stored.split_first()?;
        match *kind {
            DERIVED => rest.try_into().ok().map(Self::Derived),
            LISTED => {
                let mut leaves = Vec::new();
                while let Some((state, more)) = rest.split_first() {
                    rest = more;
                    leaves.push(read_leaf(*state, &mut rest)?);
                }
                Some(Self::Listed(leaves))
            }
            _ => None,
        }
    }

    /// What is stored.
    pub fn stored(&self) -> Vec<u8> {
        match self {
            Self::Derived(secret) => [&[DERIVED][..], secret].concat(),
            Self::Listed(leaves) => {
                let mut bytes = vec![LISTED];
                for leaf in leaves {
                    write_leaf(&mut bytes, leaf);
                }
                bytes
            }
        }
    }

    /// The salts of the leaf in this place of the tile; `None` when there is none.
    pub fn leaf(&self, at: usize) -> Option<LeafSalts> {
        match self {
            Self::Derived(secret) => {
                Some(LeafSalts::Kept(Part::ALL.map(|part| Known::Salt(derived(secret, at, part)))))
            }
            Self::Listed(leaves) => leaves.get(at).copied(),
        }
    }

    /// The same with each salt by itself, for so many leaves.
    pub fn listed(&self, leaves: Range<usize>) -> Vec<LeafSalts> {
        leaves.filter_map(|at| self.leaf(at)).collect()
    }
}

fn read_leaf(state: u8, rest: &mut &[u8]) -> Option<LeafSalts> {
    if state == GONE {
        return Some(LeafSalts::Gone);
    }
    let mut known = [Known::Salt([0; 16]); PARTS];
    for (at, known) in known.iter_mut().enumerate() {
        let is_hidden = state & (1 << at) != 0;
        let (bytes, more) = rest.split_at_checked(if is_hidden { 32 } else { 16 })?;
        *rest = more;
        *known =
            if is_hidden { Known::Commitment(bytes.try_into().ok()?) } else { Known::Salt(bytes.try_into().ok()?) };
    }
    (state < 1 << PARTS).then_some(LeafSalts::Kept(known))
}

fn write_leaf(bytes: &mut Vec<u8>, leaf: &LeafSalts) {
    let LeafSalts::Kept(known) = leaf else {
        bytes.push(GONE);
        return;
    };
    let is_hidden = |known: &Known| u8::from(matches!(known, Known::Commitment(_)));
    bytes.push(known.iter().enumerate().fold(0, |state, (at, known)| state | is_hidden(known) << at));
    for known in known {
        match known {
            Known::Salt(salt) => bytes.extend_from_slice(salt),
            Known::Commitment(hash) => bytes.extend_from_slice(hash),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn salts_are_read_as_they_were_written() {
        let secret = Salts::Derived([5; 32]);
        let mut listed = secret.listed(0..256);
        assert_eq!(listed.len(), 256);
        let kept = |n: u8| LeafSalts::Kept([Known::Salt([1; 16]), Known::Commitment([n; 32]), Known::Salt([3; 16])]);
        (listed[3], listed[255], listed[0]) = (LeafSalts::Gone, kept(7), kept(9));
        let listed = Salts::Listed(listed);
        for salts in [secret.clone(), listed.clone(), Salts::Listed(Vec::new())] {
            assert_eq!(Salts::read(&salts.stored()), Some(salts));
        }
        assert_eq!(listed.leaf(4), secret.leaf(4), "the others are as they were");
        for wrong in [&[][..], &[0, 1], &[2], &[1, 0], &[1, 0xff]] {
            assert_eq!(Salts::read(wrong), None, "{wrong:?}");
        }
    }
}
