//! The words that the script of the stock shows by itself, in the language of the page.

use std::collections::BTreeMap;

use base_web::locale;
use portal_rules::column::Column;

/// The script's names; their texts are `stock-…`.
const WORDS: [&str; 46] = [
    "as-of",
    "showing",
    "missing",
    "late-slow",
    "late-away",
    "late-unusable",
    "late-network",
    "none-slow",
    "none-away",
    "none-unusable",
    "none-network",
    "expired",
    "soon",
    "expires-in",
    "without",
    "all-customer",
    "all-part",
    "all-bin",
    "all-status",
    "columns",
    "format-dates",
    "format-numbers",
    "export-making",
    "view-open",
    "view-link",
    "view-link-of",
    "view-link-copied",
    "mailing-of",
    "mailing-off",
    "mailing-daily",
    "mailing-weekly",
    "remove",
    "remove-of",
    "watch-all",
    "watch-expiry",
    "watch-below",
    "not-done",
    "refresh",
    "search",
    "reset",
    "sums",
    "nothing",
    "details",
    "close",
    "no-stock",
    "no-scope",
];
/// What the script puts into them.
const VALUES: [(&str, &str); 7] = [
    ("n", "{n}"),
    ("shown", "{shown}"),
    ("all", "{all}"),
    ("time", "{time}"),
    ("names", "{names}"),
    ("name", "{name}"),
    ("part", "{part}"),
];

/// All of them as JSON.
pub fn words_of(language: &str) -> String {
    let text = |key: &str| locale::text(language, key, &VALUES);
    let mut all: BTreeMap<String, String> =
        WORDS.iter().map(|name| ((*name).to_owned(), text(&format!("stock-{name}")))).collect();
    all.extend(
        Column::ALL.iter().map(|column| format!("column-{}", column.key())).map(|key| (key.clone(), text(&key))),
    );
    serde_json::to_string(&all).expect("texts are JSON")
}

/// What a column is called in a language, by its key.
pub fn title_of(language: &str, key: &str) -> String {
    locale::text(locale::choose(language), &format!("column-{key}"), &[])
}
