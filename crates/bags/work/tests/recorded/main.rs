//! A long seeded run through the desk gives the answers, and leaves the rows, that it gave and left when it was recorded.
//!
//! `run.txt` holds a SHA-256 for each hundred answers and for each table. What a run really said is written beside the
//! test programs, so that a difference can be read. `TALLYHOUSE_RECORD=1` records the run anew: only for a change of rules
//! that is meant to change answers.

mod dice;
mod drive;
mod imports;
mod tables;

use std::fmt::Write as _;
use std::path::Path;

use sha2::{Digest, Sha256};
use tallyhouse_support::{assert_counts_are_true_of, each_database};

const RECORDED: &str = include_str!("run.txt");
const ANSWERS_PER_LINE: usize = 100;

/// All that an answer may tell of: what was scanned and what became of it.
const KEPT_FACTS: [&str; 22] = [
    "actual_kg",
    "bill",
    "bill_capacity",
    "bill_parents",
    "bill_status",
    "capacity",
    "children",
    "clock_off_s",
    "code",
    "completed",
    "current_bill",
    "current_parent",
    "expected_kg",
    "id",
    "labels",
    "message",
    "missing",
    "outcome",
    "parent",
    "status",
    "target_kg",
    "variance_kg",
];

/// Everything that a run said and left.
#[derive(Default)]
struct Said {
    answers: Vec<String>,
    tables: Vec<(&'static str, Vec<String>)>,
}

fn digest(lines: &[String]) -> String {
    let mut hash = Sha256::new();
    for line in lines {
        hash.update((line.len() as u64).to_le_bytes());
        hash.update(line.as_bytes());
    }
    hash.finalize().iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a text takes everything");
        text
    })
}

impl Said {
    fn short(&self) -> String {
        let mut text = String::new();
        for (at, answers) in self.answers.chunks(ANSWERS_PER_LINE).enumerate() {
            let from = at * ANSWERS_PER_LINE;
            writeln!(text, "answers {from}..{} {}", from + answers.len(), digest(answers)).expect("a text");
        }
        for (name, rows) in &self.tables {
            writeln!(text, "{name} {} rows {}", rows.len(), digest(rows)).expect("a text");
        }
        text
    }

    fn long(&self) -> String {
        let mut text = String::new();
        for (at, answer) in self.answers.iter().enumerate() {
            writeln!(text, "{at} {answer}").expect("a text");
        }
        for (name, rows) in &self.tables {
            for row in rows {
                writeln!(text, "{name} {row}").expect("a text");
            }
        }
        text
    }
}

/// What is kept for a repeat must not have to be forgotten with a person.
fn assert_nothing_personal(answers: &[String]) {
    let kept = answers.iter().filter(|answer| answer.starts_with('{'));
    for answer in kept {
        let facts: serde_json::Map<String, serde_json::Value> =
            serde_json::from_str(answer).expect("an answer is JSON");
        let more = facts.keys().find(|name| !KEPT_FACTS.contains(&name.as_str()));
        assert_eq!(more, None, "a fact that nobody has looked at: {answer}");
        let named = drive::PEOPLE.iter().find(|name| answer.contains(**name));
        assert_eq!(named, None, "{answer}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_run_is_answered_as_it_was_recorded_and_no_answer_keeps_a_name() {
    let mut recorded = RECORDED.to_owned();
    let mut is_recording = std::env::var_os("TALLYHOUSE_RECORD").is_some();
    for test in each_database().await {
        let said = drive::run(&test.db).await;
        assert_counts_are_true_of(&test.db, drive::CAPACITY).await;
        assert_nothing_personal(&said.answers);
        let name = test.db.name().to_lowercase();
        let heard = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("recorded-{name}.txt"));
        std::fs::write(&heard, said.long()).expect("what was said is written down");
        let short = said.short();
        if is_recording {
            let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/recorded/run.txt");
            std::fs::write(fixture, &short).expect("the record is written");
            // The second database must say what the first one did.
            (recorded, is_recording) = (short.clone(), false);
        }
        let differs = short.lines().zip(recorded.lines()).find(|(now, then)| now != then);
        assert!(differs.is_none(), "first difference (now, recorded): {differs:?}; see {}", heard.display());
        assert_eq!(short, recorded, "see {}", heard.display());
        assert!(said.answers.len() > 5_000, "the run is worth comparing: {}", said.answers.len());
    }
}
