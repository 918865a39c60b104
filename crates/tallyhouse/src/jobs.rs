//! The jobs of imports and exports, whose engines stand above the wing of bags.

mod exports;
mod imports;

use std::sync::Arc;

use base_jobs::Job;
use tallyhouse_import::Runner;

/// Every job of imports and exports; `runner` carries imports on.
pub fn of_files(runner: Runner) -> Vec<Arc<dyn Job>> {
    vec![
        Arc::new(exports::Exports),
        Arc::new(exports::OldExports),
        Arc::new(imports::OldFiles),
        Arc::new(imports::Imports(runner)),
    ]
}
