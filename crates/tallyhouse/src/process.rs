//! What the program asks of the system for itself: nobody else reads what it writes, or its memory.
//!
//! Invariant: set before the first file is opened and before the first secret is read. Whatever the system refuses, the
//! program works all the same.

use rustix::fs::Mode;
use rustix::process::umask;

/// Files that are made belong to their owner alone, and so do folders, whatever the shell that started the program says.
/// A program that crashes leaves no copy of its memory behind.
pub fn keep_to_itself() {
    umask(Mode::RWXG | Mode::RWXO);
    no_core_dumps();
}

#[cfg(target_os = "linux")]
fn no_core_dumps() {
    use rustix::process::{DumpableBehavior, Resource, Rlimit, set_dumpable_behavior, setrlimit};
    let _refused = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
    let _refused = set_dumpable_behavior(DumpableBehavior::NotDumpable);
}

#[cfg(not(target_os = "linux"))]
fn no_core_dumps() {}
