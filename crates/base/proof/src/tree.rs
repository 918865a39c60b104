//! The Merkle tree of RFC 9162, section 2.1: hashes of leaves and nodes, the root while leaves are added, and which subtrees
//! a proof is made of.

use ring::digest;

/// A hash of 32 bytes.
pub type Hash = [u8; 32];

/// SHA-256 over several parts, one after the other.
pub fn sha256(parts: &[&[u8]]) -> Hash {
    let mut context = digest::Context::new(&digest::SHA256);
    for part in parts {
        context.update(part);
    }
    context.finish().as_ref().try_into().expect("SHA-256 has 32 bytes")
}

/// The hash of a leaf with these contents.
pub fn leaf_hash(contents: &[u8]) -> Hash {
    sha256(&[&[0], contents])
}

/// The hash of a node over its two children.
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    sha256(&[&[1], left, right])
}

/// The root of a tree without leaves.
pub fn empty_root() -> Hash {
    sha256(&[])
}

/// Leaves `start` to `end`, the last one not included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The first leaf.
    pub start: u64,
    /// The leaf after the last one.
    pub end: u64,
}

/// A complete subtree: node `index` of level `level`, which stands over `2^level` leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Node {
    /// How high above the leaves.
    pub level: u8,
    /// Which one of its level.
    pub index: u64,
}

impl Span {
    /// Where the tree over this span is divided: the largest power of two below its length.
    fn middle(self) -> u64 {
        let length = self.end - self.start;
        self.start + (1_u64 << (u64::BITS - 1 - (length - 1).leading_zeros()))
    }

    fn halves(self) -> (Self, Self) {
        let middle = self.middle();
        (Self { start: self.start, end: middle }, Self { start: middle, end: self.end })
    }

    /// The complete subtrees that it is made of, from left to right. It begins where a subtree of its size may begin.
    pub fn nodes(self) -> Vec<Node> {
        let mut nodes = Vec::new();
        let mut start = self.start;
        while start < self.end {
            let length = self.end - start;
            let level = u8::try_from(length.ilog2()).unwrap_or(u8::MAX);
            nodes.push(Node { level, index: start >> level });
            start += 1 << level;
        }
        nodes
    }
}

/// The hash over complete subtrees that follow each other, as [`Span::nodes`] gives them.
pub fn hash_of(nodes: &[Hash]) -> Hash {
    let folded = nodes.iter().rev().copied().reduce(|right, left| node_hash(&left, &right));
    folded.unwrap_or_else(empty_root)
}

/// The subtrees whose hashes prove that leaf `index` is in the tree of `size` leaves, the lowest first.
pub fn inclusion(index: u64, size: u64) -> Vec<Span> {
    let mut path = Vec::new();
    let mut span = Span { start: 0, end: size };
    while span.end - span.start > 1 {
        let (left, right) = span.halves();
        let (inner, beside) = if index < right.start { (left, right) } else { (right, left) };
        path.push(beside);
        span = inner;
    }
    path.reverse();
    path
}

/// The subtrees whose hashes prove that the tree of `old` leaves is the beginning of that of `size`, as RFC 9162 orders them.
/// `old` is at least 1.
pub fn consistency(old: u64, size: u64) -> Vec<Span> {
    let mut path = Vec::new();
    let mut span = Span { start: 0, end: size };
    let mut is_known = true;
    while old != span.end {
        let (left, right) = span.halves();
        if old <= right.start {
            path.push(right);
            span = left;
        } else {
            path.push(left);
            span = right;
            is_known = false;
        }
    }
    if !is_known {
        path.push(span);
    }
    path.reverse();
    path
}

/// The root that a leaf and its proof lead to (RFC 9162, 2.1.3.2). `None` when the proof has the wrong length.
pub fn root_of_inclusion(index: u64, size: u64, leaf: Hash, proof: &[Hash]) -> Option<Hash> {
    if index >= size {
        return None;
    }
    let (mut node, mut last) = (index, size - 1);
    let mut hash = leaf;
    for beside in proof {
        if last == 0 {
            return None;
        }
        if node & 1 == 1 || node == last {
            hash = node_hash(beside, &hash);
            while node & 1 == 0 && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            hash = node_hash(&hash, beside);
        }
        node >>= 1;
        last >>= 1;
    }
    (last == 0).then_some(hash)
}

/// Whether a proof shows that the tree with `old_root` is the beginning of that with `root` (RFC 9162, 2.1.4.2).
pub fn is_consistent(old: u64, size: u64, old_root: &Hash, root: &Hash, proof: &[Hash]) -> bool {
    if old == 0 || old > size {
        return false;
    }
    if old == size {
        return proof.is_empty() && old_root == root;
    }
    let mut path = proof.iter();
    let first = if old.is_power_of_two() { Some(old_root) } else { path.next() };
    let Some(first) = first else { return false };
    let (mut node, mut last) = (old - 1, size - 1);
    while node & 1 == 1 {
        node >>= 1;
        last >>= 1;
    }
    let (mut before, mut now) = (*first, *first);
    for beside in path {
        if last == 0 {
            return false;
        }
        if node & 1 == 1 || node == last {
            before = node_hash(beside, &before);
            now = node_hash(beside, &now);
            while node & 1 == 0 && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            now = node_hash(&now, beside);
        }
        node >>= 1;
        last >>= 1;
    }
    last == 0 && before == *old_root && now == *root
}

/// The root of a tree that grows, without its leaves.
#[derive(Clone, Debug, Default)]
pub struct Growing {
    size: u64,
    /// The complete subtrees so far, the largest first.
    nodes: Vec<Hash>,
}

impl Growing {
    /// The tree whose complete subtrees these are, see [`Span::nodes`].
    pub fn of(size: u64, nodes: Vec<Hash>) -> Self {
        Self { size, nodes }
    }

    /// Adds a leaf.
    pub fn push(&mut self, leaf: Hash) {
        self.nodes.push(leaf);
        self.size += 1;
        for _ in 0..self.size.trailing_zeros() {
            if let (Some(right), Some(left)) = (self.nodes.pop(), self.nodes.pop()) {
                self.nodes.push(node_hash(&left, &right));
            }
        }
    }

    /// How many leaves it has.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Its root.
    pub fn root(&self) -> Hash {
        hash_of(&self.nodes)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn leaves(n: u64) -> Vec<Hash> {
        (0..n).map(|n| leaf_hash(&n.to_be_bytes())).collect()
    }

    /// The root as section 2.1.1 defines it.
    fn defined(leaves: &[Hash]) -> Hash {
        match leaves {
            [] => empty_root(),
            [one] => *one,
            more => {
                let middle = 1 << (usize::BITS - 1 - (more.len() - 1).leading_zeros());
                node_hash(&defined(&more[..middle]), &defined(&more[middle..]))
            }
        }
    }

    fn hashes(leaves: &[Hash], spans: &[Span]) -> Vec<Hash> {
        let at = |n: u64| usize::try_from(n).unwrap();
        spans.iter().map(|span| defined(&leaves[at(span.start)..at(span.end)])).collect()
    }

    #[test]
    fn a_growing_tree_has_the_root_that_the_standard_defines() {
        let all = leaves(300);
        let mut growing = Growing::default();
        for n in 0..=all.len() {
            assert_eq!(growing.root(), defined(&all[..n]), "{n}");
            let nodes = Span { start: 0, end: n as u64 }.nodes();
            let spans: Vec<Span> = nodes
                .iter()
                .map(|node| Span { start: node.index << node.level, end: (node.index + 1) << node.level })
                .collect();
            assert_eq!(hash_of(&hashes(&all, &spans)), growing.root(), "{n} from subtrees");
            all.get(n).into_iter().for_each(|leaf| growing.push(*leaf));
        }
        let hello = hex::encode(leaf_hash(b""));
        assert_eq!(hello, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d", "as RFC 6962 has it");
    }

    proptest! {
        #[test]
        fn every_leaf_is_proved_and_no_changed_proof_is_good(size in 1_u64..200, pick in 0_u64..1_000, bit in 0_usize..256) {
            let all = leaves(size);
            let index = pick % size;
            let root = defined(&all);
            let proof = hashes(&all, &inclusion(index, size));
            let leaf = all[usize::try_from(index).unwrap()];
            prop_assert_eq!(root_of_inclusion(index, size, leaf, &proof), Some(root));
            let mut wrong = leaf;
            wrong[bit / 8] ^= 1 << (bit % 8);
            prop_assert_ne!(root_of_inclusion(index, size, wrong, &proof), Some(root));
            if let Some(n) = proof.len().checked_sub(1) {
                prop_assert_ne!(root_of_inclusion(index, size, leaf, &proof[..n]), Some(root));
            }
        }

        #[test]
        fn an_older_tree_is_proved_to_be_the_beginning_and_another_one_not(size in 1_u64..200, pick in 0_u64..1_000) {
            let all = leaves(size);
            let old = pick % size + 1;
            let before = &all[..usize::try_from(old).unwrap()];
            let proof = hashes(&all, &consistency(old, size));
            prop_assert!(is_consistent(old, size, &defined(before), &defined(&all), &proof));
            let mut other = before.to_vec();
            other[0][0] ^= 1;
            prop_assert!(!is_consistent(old, size, &defined(&other), &defined(&all), &proof));
        }
    }
}
