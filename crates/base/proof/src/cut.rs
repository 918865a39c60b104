//! The record of a cut: which leaves lost their row, or their values, because their time was over. It is signed like a
//! checkpoint, so that nobody who can only write to the database can remove an entry and call it a cut.

use std::ops::Range;

use crate::note::{NoteError, PublicKey, Signer};

/// What was removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Removed {
    /// The rows.
    Rows,
    /// The values before and after.
    Values,
}

impl Removed {
    fn name(self) -> &'static str {
        match self {
            Self::Rows => "rows",
            Self::Values => "values",
        }
    }
}

/// One cut.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cut {
    /// What was removed.
    pub removed: Removed,
    /// Of which leaves, in order.
    pub leaves: Vec<Range<u64>>,
}

const FIRST: &str = "tallyhouse audit cut v1";

impl Cut {
    /// The cut of these leaves, which are in order.
    pub fn of(removed: Removed, leaves: &[u64]) -> Self {
        let mut ranges: Vec<Range<u64>> = Vec::new();
        for leaf in leaves {
            match ranges.last_mut() {
                Some(last) if last.end == *leaf => last.end += 1,
                _ => ranges.push(*leaf..leaf + 1),
            }
        }
        Self { removed, leaves: ranges }
    }

    /// Its signed text.
    pub fn signed(&self, signer: &Signer) -> String {
        let mut text = format!("{FIRST}\n{}\n{}\n", signer.public().name, self.removed.name());
        for range in &self.leaves {
            text.push_str(&format!("{}-{}\n", range.start, range.end));
        }
        signer.sign(&text)
    }

    /// Reads a signed text.
    pub fn read(note: &str, key: &PublicKey) -> Result<Self, NoteError> {
        let form = NoteError::Form("a cut");
        let mut lines = key.open(note)?.lines();
        if lines.next() != Some(FIRST) || lines.next() != Some(&key.name) {
            return Err(form);
        }
        let removed = match lines.next() {
            Some("rows") => Removed::Rows,
            Some("values") => Removed::Values,
            _ => return Err(form),
        };
        let range = |line: &str| {
            let (start, end) = line.split_once('-')?;
            Some(start.parse().ok()?..end.parse().ok()?)
        };
        let leaves = lines.map(|line| range(line).ok_or(form)).collect::<Result<_, _>>()?;
        Ok(Self { removed, leaves })
    }

    /// Whether a leaf is among them.
    pub fn has(&self, leaf: u64) -> bool {
        let at = self.leaves.partition_point(|range| range.end <= leaf);
        self.leaves.get(at).is_some_and(|range| range.contains(&leaf))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_names_its_leaves_and_is_read_with_its_key_alone() {
        let signer = Signer::new(&[7; 32], "tallyhouse/test");
        let cut = Cut::of(Removed::Rows, &[0, 1, 2, 7, 9, 10]);
        assert_eq!(cut.leaves, [0..3, 7..8, 9..11]);
        assert!(cut.has(0) && cut.has(7) && cut.has(10) && !cut.has(3) && !cut.has(8) && !cut.has(11));
        let note = cut.signed(&signer);
        assert_eq!(Cut::read(&note, &signer.public()), Ok(cut));
        assert!(Cut::read(&note.replace("7-8", "7-9"), &signer.public()).is_err());
        assert!(Cut::read(&note, &Signer::new(&[8; 32], "tallyhouse/test").public()).is_err());
    }
}
