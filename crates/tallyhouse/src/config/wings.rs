//! `wings`: which wings a site has.

use super::reader::Reader;
use crate::wings::{ALWAYS, names};

/// Reads the names; nothing said is all of them. Those that no site can do without are always among them.
pub fn read(reader: &mut Reader) -> Vec<&'static str> {
    let names = names();
    let Some(asked) = reader.texts("wings") else { return names };
    for name in asked.iter().filter(|name| !names.contains(&name.as_str())) {
        reader.fault("wings", format!("{name:?} is not a wing: there are {}", names.join(", ")));
    }
    for name in ALWAYS.iter().filter(|name| !asked.iter().any(|asked| asked == *name)) {
        reader.fault("wings", format!("{name:?} cannot be left out"));
    }
    names.into_iter().filter(|name| ALWAYS.contains(name) || asked.iter().any(|asked| asked == name)).collect()
}
