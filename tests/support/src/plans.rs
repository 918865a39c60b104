//! What PostgreSQL really did for each statement: the plan it had chosen by then, and how many rows each step read.
//!
//! The server sends it to the session as a notice, and sqlx passes notices on as events. So nothing has to know the
//! statements: whatever a test makes the program do is seen, prepared and bound as usual.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;
use tracing::field::{Field, Visit};
use tracing::subscriber::DefaultGuard;
use tracing::{Event, Metadata, Subscriber};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};

/// One step of a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// What it does: `Seq Scan`, `Index Scan`, `Sort`.
    pub kind: String,
    /// The table that it reads, or the index, or nothing.
    pub of: String,
    /// How many rows it looked at, in all its loops.
    pub rows: i64,
}

/// A statement with its plan.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Its text.
    pub statement: String,
    /// Every step, from the outermost inwards.
    pub steps: Vec<Step>,
}

/// Listens for plans on this thread as long as it lives. The connections must be of a database that
/// [`base_db::scratch::tell_plans`] was called for, and be used on this thread.
pub struct PlanWatch {
    told: Arc<Mutex<Vec<String>>>,
    _guard: DefaultGuard,
}

impl Default for PlanWatch {
    fn default() -> Self {
        let told = Arc::new(Mutex::new(Vec::new()));
        let subscriber = tracing_subscriber::registry().with(Listener(told.clone()));
        Self { told, _guard: tracing::subscriber::set_default(subscriber) }
    }
}

impl PlanWatch {
    /// The plans since the last call.
    pub fn take(&self) -> Vec<Plan> {
        let told = std::mem::take(&mut *self.told.lock().unwrap_or_else(PoisonError::into_inner));
        told.iter().filter_map(|notice| read(notice)).collect()
    }
}

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for step in &self.steps {
            writeln!(f, "{:>8} rows: {} {}", step.rows, step.kind, step.of)?;
        }
        f.write_str(&self.statement)
    }
}

struct Listener(Arc<Mutex<Vec<String>>>);

impl<S: Subscriber> Layer<S> for Listener {
    fn enabled(&self, metadata: &Metadata<'_>, _: Context<'_, S>) -> bool {
        metadata.target() == "sqlx::postgres::notice"
    }

    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut message = Message::default();
        event.record(&mut message);
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(message.0);
    }
}

#[derive(Default)]
struct Message(String);

impl Visit for Message {
    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "message" {
            value.clone_into(&mut self.0);
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if field.name() == "message" {
            self.0 = format!("{value:?}");
        }
    }
}

/// Reads `duration: 1.234 ms  plan:` and the JSON after it.
fn read(notice: &str) -> Option<Plan> {
    let (_, json) = notice.split_once("plan:\n")?;
    let told: Value = serde_json::from_str(json).expect("the server writes JSON");
    let mut steps = Vec::new();
    add_steps(&told["Plan"], &mut steps);
    Some(Plan { statement: told["Query Text"].as_str().unwrap_or_default().to_owned(), steps })
}

fn add_steps(node: &Value, steps: &mut Vec<Step>) {
    let text = |name: &str| node[name].as_str().unwrap_or_default().to_owned();
    #[expect(clippy::cast_possible_truncation, reason = "rows of a test")]
    let number = |of: &Value, name: &str| of[name].as_f64().unwrap_or_default() as i64;
    let inner = node["Plans"].as_array().map(Vec::as_slice).unwrap_or_default();
    let reads = node["Relation Name"].is_string() || node["Index Name"].is_string();
    let rows = if reads {
        let left_out = ["Rows Removed by Filter", "Rows Removed by Index Recheck"];
        let each = number(node, "Actual Rows") + left_out.iter().map(|name| number(node, name)).sum::<i64>();
        each * number(node, "Actual Loops")
    } else {
        // The rows that come in: a sort that keeps a page has read all of them.
        inner.iter().map(|node| number(node, "Actual Rows") * number(node, "Actual Loops")).sum()
    };
    let of = if node["Relation Name"].is_string() { text("Relation Name") } else { text("Index Name") };
    steps.push(Step { kind: text("Node Type"), of, rows });
    for node in inner {
        add_steps(node, steps);
    }
}
