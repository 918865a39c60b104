//! The stored hashes of a tree, in tiles of 256 (C2SP tlog-tiles): tile `n` of level `l` holds the hashes of nodes `256 n` to
//! `256 n + 255` of level `8 l` of the tree. Nothing is computed twice while the tree grows.

use std::collections::{BTreeMap, BTreeSet};

use crate::tree::{Growing, Hash, Node, Span, hash_of, node_hash};

/// Hashes in a full tile.
pub const WIDTH: u64 = 256;
/// Levels of the tree in one level of tiles.
const HEIGHT: u8 = 8;

/// Which tile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TileId {
    /// 0 for the leaves.
    pub level: u8,
    /// Which one of its level.
    pub index: u64,
}

impl TileId {
    /// The tile that a node is computed from.
    pub fn of(node: Node) -> Self {
        let first = node.index << (node.level % HEIGHT);
        Self { level: node.level / HEIGHT, index: first / WIDTH }
    }
}

/// Loaded tiles.
#[derive(Clone, Debug, Default)]
pub struct Tiles(BTreeMap<TileId, Vec<Hash>>);

impl Tiles {
    /// Adds a tile as it is stored: its hashes one after the other.
    pub fn put(&mut self, id: TileId, stored: &[u8]) {
        self.0.insert(id, stored.chunks_exact(32).map(|hash| hash.try_into().expect("32 bytes")).collect());
    }

    /// The tiles that spans need.
    pub fn needed(spans: &[Span]) -> BTreeSet<TileId> {
        spans.iter().flat_map(|span| span.nodes()).map(TileId::of).collect()
    }

    /// The tiles at the end of a tree of `size` leaves: what is needed to add more.
    pub fn edge(size: u64) -> BTreeSet<TileId> {
        let mut edge = Self::needed(&[Span { start: 0, end: size }]);
        let mut count = size;
        for level in 0.. {
            if count == 0 {
                break;
            }
            if !count.is_multiple_of(WIDTH) {
                edge.insert(TileId { level, index: count / WIDTH });
            }
            count /= WIDTH;
        }
        edge
    }

    /// A tile as it is stored.
    pub fn stored(&self, id: TileId) -> Vec<u8> {
        self.0.get(&id).map(|hashes| hashes.concat()).unwrap_or_default()
    }

    /// The leaves of a tile of level 0.
    pub fn leaves(&self, index: u64) -> &[Hash] {
        self.0.get(&TileId { level: 0, index }).map_or(&[], Vec::as_slice)
    }

    /// Whether the tiles at the end of a tree of `size` leaves hold as many hashes as they should, and no more.
    pub fn is_edge_of(&self, size: u64) -> bool {
        let mut count = size;
        for level in 0.. {
            if count == 0 {
                break;
            }
            let last = self.0.get(&TileId { level, index: count / WIDTH }).map_or(0, Vec::len);
            if !count.is_multiple_of(WIDTH) && last as u64 != count % WIDTH {
                return false;
            }
            count /= WIDTH;
        }
        true
    }

    fn node(&self, node: Node) -> Option<Hash> {
        let below = node.level % HEIGHT;
        let first = usize::try_from((node.index << below) % WIDTH).ok()?;
        let hashes = self.0.get(&TileId::of(node))?.get(first..first + (1 << below))?;
        let mut level = hashes.to_vec();
        while level.len() > 1 {
            level = level.chunks_exact(2).map(|pair| node_hash(&pair[0], &pair[1])).collect();
        }
        level.first().copied()
    }

    /// The hash over a span. `None` when a hash of it is missing.
    pub fn hash(&self, span: Span) -> Option<Hash> {
        let nodes: Option<Vec<Hash>> = span.nodes().into_iter().map(|node| self.node(node)).collect();
        nodes.map(|nodes| hash_of(&nodes))
    }

    /// The hashes over spans.
    pub fn hashes(&self, spans: &[Span]) -> Option<Vec<Hash>> {
        spans.iter().map(|span| self.hash(*span)).collect()
    }

    /// The tree of `size` leaves, ready to grow. `None` when a hash is missing.
    pub fn growing(&self, size: u64) -> Option<Growing> {
        let nodes =
            Span { start: 0, end: size }.nodes().into_iter().map(|node| self.node(node)).collect::<Option<_>>()?;
        Some(Growing::of(size, nodes))
    }

    /// Adds leaves behind the first `size`, and gives the tiles that changed. Their tiles at the edge must be loaded.
    pub fn append(&mut self, size: u64, leaves: &[Hash]) -> BTreeSet<TileId> {
        let mut changed = BTreeSet::new();
        for (n, leaf) in (size..).zip(leaves) {
            let mut id = TileId { level: 0, index: n / WIDTH };
            let mut hash = *leaf;
            loop {
                let tile = self.0.entry(id).or_default();
                tile.push(hash);
                changed.insert(id);
                if tile.len() as u64 != WIDTH {
                    break;
                }
                hash = self
                    .node(Node { level: (id.level + 1) * HEIGHT, index: id.index })
                    .unwrap_or_else(|| full(&self.0[&id]));
                id = TileId { level: id.level + 1, index: id.index / WIDTH };
            }
        }
        changed
    }
}

/// The node over a full tile.
fn full(hashes: &[Hash]) -> Hash {
    let mut growing = Growing::default();
    for hash in hashes {
        growing.push(*hash);
    }
    growing.root()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::{inclusion, leaf_hash, root_of_inclusion};

    #[test]
    fn tiles_give_roots_and_proofs_however_the_tree_grew() {
        let leaves: Vec<Hash> = (0..70_000_u64).map(|n| leaf_hash(&n.to_be_bytes())).collect();
        let (mut tiles, mut growing, mut size) = (Tiles::default(), Growing::default(), 0_usize);
        for step in [1, 254, 1, 1, 511, 4_096, 60_671, 1, 4_464] {
            let part = &leaves[size..size + step];
            // Only what is stored at the edge is known to whoever adds.
            let mut edge = Tiles::default();
            for id in Tiles::edge(size as u64) {
                edge.put(id, &tiles.stored(id));
            }
            assert_eq!(edge.growing(size as u64).map(|tree| tree.root()), Some(growing.root()), "{size}");
            for id in edge.append(size as u64, part) {
                tiles.put(id, &edge.stored(id));
            }
            for leaf in part {
                growing.push(*leaf);
            }
            size += step;
            let all = Span { start: 0, end: size as u64 };
            assert_eq!(tiles.hash(all), Some(growing.root()), "{size}");
            for index in [0, size / 2, size - 1] {
                let spans = inclusion(index as u64, size as u64);
                let proof = tiles.hashes(&spans).expect("every hash is there");
                assert_eq!(root_of_inclusion(index as u64, size as u64, leaves[index], &proof), Some(growing.root()));
            }
        }
    }
}
