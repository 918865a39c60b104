//! Work that must not keep anybody waiting: on a thread of its own, which gets the processor when nobody else wants it.

use tokio::sync::oneshot;

/// How much nicer than the threads that serve people; the system's most.
const NICER_BY: i32 = 19;

/// Runs `work` on such a thread. Threads that it starts, such as those of a SQLite connection that it opens, are as nice.
/// The receiver fails only where the thread could not be started or panicked.
pub fn background<T: Send + 'static>(name: &str, work: impl FnOnce() -> T + Send + 'static) -> oneshot::Receiver<T> {
    let (done, waiting) = oneshot::channel();
    let thread = std::thread::Builder::new().name(name.to_owned());
    let started = thread.spawn(move || {
        // If the system refuses, the work is done all the same.
        let _refused = rustix::process::nice(NICER_BY);
        // Nobody waits any more where this fails.
        drop(done.send(work()));
    });
    if let Err(error) = started {
        tracing::error!(%error, "no thread could be started for work in the background");
    }
    waiting
}
