//! What proves that the audit trail is whole: a Merkle tree over its entries (RFC 9162), signed checkpoints of it, and proofs
//! that somebody else checks with the public key alone.
//!
//! No I/O: whoever calls brings rows and hashes. The formats are those of C2SP (signed notes, checkpoints of transparency
//! logs, proofs), so that programs of others read them; `docs/audit-proof.md` describes what is ours. Invariant: what is
//! hashed here never changes, or no old proof would be good any more; a change is a new version of the first line.

pub mod check;
pub mod cut;
pub mod leaf;
pub mod note;
pub mod salts;
pub mod tiles;
pub mod tree;
