//! How far long work has come: a bar on a terminal, plain lines every two seconds elsewhere. Standard error only.

use std::io::IsTerminal;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

const LINE_EVERY: Duration = Duration::from_secs(2);

/// The progress of one piece of work.
pub struct Progress {
    label: &'static str,
    total: u64,
    bar: Option<ProgressBar>,
    last_line: Instant,
}

impl Progress {
    /// Begins at 0 of `total`.
    pub fn new(label: &'static str, total: u64) -> Self {
        let bar = std::io::stderr().is_terminal().then(|| {
            let style = ProgressStyle::with_template("{msg} {wide_bar} {percent}% {per_sec} {eta}");
            ProgressBar::new(total)
                .with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
                .with_message(label)
        });
        Self { label, total, bar, last_line: Instant::now() }
    }

    /// Shows how much is done.
    pub fn set(&mut self, done: u64) {
        match &self.bar {
            Some(bar) => bar.set_position(done),
            None if self.last_line.elapsed() >= LINE_EVERY => {
                self.last_line = Instant::now();
                let percent = done.saturating_mul(100) / self.total.max(1);
                eprintln!("{}: {percent} %", self.label);
            }
            None => {}
        }
    }

    /// Removes the bar, when all is done or the work was stopped.
    pub fn finish(self) {
        if let Some(bar) = self.bar {
            bar.finish_and_clear();
        }
    }
}
