//! What all wings bring fits together.

use std::collections::BTreeSet;
use std::sync::Arc;

use tallyhouse::wings;

#[test]
fn every_text_is_defined_once_and_in_every_language() {
    let mut texts = vec![base_web::locale::BASE.to_vec()];
    texts.extend(wings::declared(&Arc::default()).into_iter().map(|wing| wing.locales));
    assert_eq!(base_web::locale::Words::load(&texts).faults(), [""; 0]);
}

#[test]
fn the_board_and_the_rules_for_prometheus_know_every_figure_and_no_other() {
    let shipped = [
        include_str!("../../../packaging/monitoring/alerts.yml"),
        include_str!("../../../packaging/monitoring/grafana-board.json"),
    ];
    let is_of_name = |c: char| c.is_ascii_lowercase() || c == '_';
    let named: BTreeSet<&str> = shipped
        .iter()
        .flat_map(|text| text.split(|c: char| !is_of_name(c)))
        .filter(|word| word.starts_with("tallyhouse_") || word.starts_with("process_"))
        .map(|word| ["_bucket", "_count", "_sum"].iter().find_map(|end| word.strip_suffix(end)).unwrap_or(word))
        .collect();
    let known = base_wing::figures(&wings::declared(&Arc::default()));
    let known: BTreeSet<&str> = known.iter().map(|figure| figure.name).collect();
    let unknown: Vec<_> = named.difference(&known).collect();
    assert!(unknown.is_empty(), "nothing measures {unknown:?}");
    // What only whoever looks for one cause needs.
    let unshown = ["process_open_fds", "tallyhouse_job_run_seconds", "tallyhouse_job_success_timestamp_seconds"];
    let missing: Vec<_> = known.difference(&named).filter(|name| !unshown.contains(name)).collect();
    assert!(missing.is_empty(), "neither the board nor a rule shows {missing:?}");
}
