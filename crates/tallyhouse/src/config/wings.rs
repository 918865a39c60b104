//! `wings`: which wings a site has.

use super::reader::Reader;
use crate::wings::{ALWAYS, NAMES};

/// Reads the names; nothing said is all of them. Those that no site can do without are always among them.
pub fn read(reader: &mut Reader) -> Vec<&'static str> {
    let Some(asked) = reader.texts("wings") else { return NAMES.to_vec() };
    for name in asked.iter().filter(|name| !NAMES.contains(&name.as_str())) {
        reader.fault("wings", format!("{name:?} is not a wing: there are {}", NAMES.join(", ")));
    }
    for name in ALWAYS.iter().filter(|name| !asked.iter().any(|asked| asked == *name)) {
        reader.fault("wings", format!("{name:?} cannot be left out"));
    }
    NAMES.iter().copied().filter(|name| ALWAYS.contains(name) || asked.iter().any(|asked| asked == name)).collect()
}
