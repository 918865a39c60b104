//! Takes what sqlx tells of statements that took long and keeps it for the page of slow statements.

use std::fmt::Debug;

use base_core::time::Clock;
use base_db::slow::{Slow, TARGET, note};
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::{Context, Layer};
use tracing_subscriber::registry::LookupSpan;

use crate::system::SystemClock;

/// What is asked of the log for it.
pub fn layer<S: Subscriber + for<'s> LookupSpan<'s>>() -> impl Layer<S> {
    SlowStatements.with_filter(Targets::new().with_target(TARGET, Level::WARN))
}

struct SlowStatements;

impl<S: Subscriber> Layer<S> for SlowStatements {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut told = Told::default();
        event.record(&mut told);
        // A short statement is its own summary.
        let statement = if told.statement.trim().is_empty() { told.summary } else { told.statement };
        if told.seconds > 0.0 && !statement.is_empty() {
            note(&Slow { at: SystemClock.now(), took_us: microseconds(told.seconds), statement });
        }
    }
}

#[derive(Default)]
struct Told {
    summary: String,
    statement: String,
    seconds: f64,
}

impl Visit for Told {
    fn record_f64(&mut self, field: &Field, value: f64) {
        if field.name() == "elapsed_secs" {
            self.seconds = value;
        }
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            "summary" => value.clone_into(&mut self.summary),
            "db.statement" => value.clone_into(&mut self.statement),
            _ => {}
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn Debug) {}
}

/// Microseconds of a time that a program can have taken.
fn microseconds(seconds: f64) -> i64 {
    std::time::Duration::try_from_secs_f64(seconds)
        .map_or(i64::MAX, |time| i64::try_from(time.as_micros()).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use base_core::time::Moment;
    use tracing_subscriber::prelude::*;

    use super::*;

    #[test]
    fn what_sqlx_tells_of_a_long_statement_is_kept_and_nothing_else() {
        tracing::subscriber::with_default(tracing_subscriber::registry().with(layer()), || {
            tracing::warn!(target: TARGET, summary = "of_layer …", db.statement = "\n\nof_layer\n of many lines\n",
                elapsed_secs = 0.25_f64, "slow statement");
            tracing::warn!(target: TARGET, summary = "of_layer_short", db.statement = "", elapsed_secs = 1.5_f64);
            tracing::debug!(target: TARGET, summary = "of_layer_quick", elapsed_secs = 0.001_f64);
            tracing::warn!(target: "elsewhere", summary = "of_layer_else", elapsed_secs = 9.0_f64);
        });
        let found = base_db::slow::since(Moment(0)).into_iter().filter(|one| one.statement.contains("of_layer"));
        let told: Vec<(String, i64)> = found.map(|one| (one.statement, one.max_us)).collect();
        assert_eq!(told, [("of_layer_short".into(), 1_500_000), ("of_layer of many lines".into(), 250_000)]);
    }
}
