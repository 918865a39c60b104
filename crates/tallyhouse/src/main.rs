//! The program. All of it stands in the library beside this file, so that tests can use it as it is.

use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    tallyhouse::run()
}
