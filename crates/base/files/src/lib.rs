//! Files out and files in, as engines that are handed descriptions: what a wing lets out, what it takes in, and what becomes
//! of a row are the wing's; walking, leases, progress, results and formats are here.
//!
//! Invariant: nothing here knows what a wing is about.

use std::sync::Arc;

use export::ExportKind;
use import::ImportKinds;
use serde_json::{Map, Value};

pub mod export;
pub mod import;

/// What a wing takes in and lets out as files.
#[derive(Clone, Default)]
pub struct Files {
    /// What can be brought in.
    pub imports: Vec<Arc<dyn ImportKinds>>,
    /// What can be taken out, in the order in which it is shown.
    pub exports: Vec<Arc<dyn ExportKind>>,
    /// What the site has set that exports are made with, by names that no other wing uses.
    pub setting: Map<String, Value>,
}

impl Files {
    /// What several wings take in and let out.
    #[must_use]
    pub fn of_all(wings: impl IntoIterator<Item = Self>) -> Self {
        wings.into_iter().fold(Self::default(), |mut all, wing| {
            all.imports.extend(wing.imports);
            all.exports.extend(wing.exports);
            all.setting.extend(wing.setting);
            all
        })
    }
}
