//! What stands in the code on a pass, and whether the site has signed it.
//!
//! Invariant: nothing of a code is believed before its signature is checked, in constant time, and a code that is longer
//! than [`BYTES_MAX`] is refused before any work.

pub mod compact;
pub mod epass;
pub mod keys;

use base_core::time::Moment;

use crate::event::EventId;
use crate::pass::PassKind;

/// Longest code that is looked at, in bytes.
pub const BYTES_MAX: usize = 1024;

/// A code whose signature is right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Code {
    /// The pass.
    pub pass: String,
    /// What else it says, in the compact format.
    pub signed: Option<Signed>,
    /// True where no code was read: somebody found the pass by name.
    pub is_found: bool,
}

/// What a code of the compact format says besides its pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Signed {
    /// The event.
    pub event: EventId,
    /// How many it is for.
    pub kind: PassKind,
    /// When it was made.
    pub made_at: Moment,
    /// Until when it holds; `None` for ever.
    pub until: Option<Moment>,
}

/// Why a code is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CodeFault {
    /// It is no code of a pass.
    Unreadable,
    /// Its signature is wrong.
    Tampered,
    /// The key that signed it is no longer taken.
    Revoked,
}

/// The keys that codes are checked and made with. The first of each kind makes new codes.
#[derive(Clone, Default)]
pub struct Keyring {
    /// Secrets of the E-Pass format: the present one, then earlier ones.
    pub epass: Vec<epass::EpassSecret>,
    /// Keys of the compact format.
    pub compact: keys::CompactKeys,
}

/// Reads a code in either format. Spaces around it, which scanners add, are no part of it.
pub fn read(text: &str, keys: &Keyring) -> Result<Code, CodeFault> {
    if text.len() > BYTES_MAX {
        return Err(CodeFault::Unreadable);
    }
    let text = text.trim_matches([' ', '\t', '\r', '\n']);
    if compact::looks_like_one(text) {
        compact::read(text, &keys.compact.all())
    } else {
        epass::read(text, &keys.epass)
    }
}
