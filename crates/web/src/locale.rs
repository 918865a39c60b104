//! The words for people, in every language. The station's words live with the station (`ui/phrases.*.json`), all others
//! in `locales/`; both are read here, so that a refusal says the same on the screen, in the API and in the database.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

use bags_rules::code::Code;
use bags_rules::outcome::{Answer, BillFacts, Outcome};
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use tallyhouse_desk::Phrase;
use unic_langid::LanguageIdentifier;

/// The languages, the first one being what everything falls back to.
pub const LOCALES: [&str; 2] = ["en", "hi"];

type Bundle = FluentBundle<FluentResource>;

static BUNDLES: LazyLock<HashMap<&'static str, Bundle>> = LazyLock::new(|| {
    let texts = [
        ("en", include_str!("../locales/en/house.ftl"), include_str!("../../../ui/phrases.en.json")),
        ("hi", include_str!("../locales/hi/house.ftl"), include_str!("../../../ui/phrases.hi.json")),
    ];
    texts.into_iter().map(|(locale, house, floor)| (locale, bundle(locale, house, floor))).collect()
});

fn bundle(locale: &str, house: &str, floor: &str) -> Bundle {
    let language: LanguageIdentifier = locale.parse().expect("a language of ours");
    let mut bundle = FluentBundle::new_concurrent(vec![language]);
    // The marks that would isolate a code from its sentence are not for scanners' screens.
    bundle.set_use_isolating(false);
    let phrases: HashMap<String, String> = serde_json::from_str(floor).expect("checked by a test");
    let lines = phrases.iter().fold(String::new(), |lines, (key, text)| {
        lines
            + key
            + " = "
            + text
            + "
"
    });
    for text in [house.to_owned(), lines] {
        let resource = FluentResource::try_new(text).unwrap_or_else(|(resource, _faults)| resource);
        bundle.add_resource_overriding(resource);
    }
    bundle
}

/// The phrases of the station in one language, as its page fetches them.
pub fn floor_phrases(locale: &str) -> &'static str {
    match locale {
        "hi" => include_str!("../../../ui/phrases.hi.json"),
        _ => include_str!("../../../ui/phrases.en.json"),
    }
}

/// The language that is meant by a name or an `Accept-Language` header; English when none of ours is.
pub fn choose(wanted: &str) -> &'static str {
    let mut names = wanted.split([',', ';', '-']).map(str::trim);
    names.find_map(|name| LOCALES.into_iter().find(|locale| *locale == name)).unwrap_or("en")
}

/// One text. A key that no language has is shown as it is, so that it is seen.
pub fn text(locale: &str, key: &str, values: &[(&str, &str)]) -> String {
    let mut arguments = FluentArgs::new();
    for (name, value) in values {
        let value: &str = if value.is_empty() { subject(key, name, values) } else { value };
        // Of what is counted by `n` a language says one thing and many in different words; all others are signs.
        let value = if *name == "n" { FluentValue::try_number(value) } else { FluentValue::from(value) };
        arguments.set(*name, value);
    }
    for locale in [choose(locale), "en"] {
        let bundle = &BUNDLES[locale];
        if let Some(pattern) = bundle.get_message(key).and_then(|message| message.value()) {
            return bundle.format_pattern(pattern, Some(&arguments), &mut Vec::new()).into_owned();
        }
    }
    key.to_owned()
}

/// What stands where a sentence names something and there is nothing: the parent that was scanned itself, or quotation marks
/// around an empty text, so that nobody reads a sentence without its subject.
fn subject<'v>(key: &str, name: &str, values: &[(&str, &'v str)]) -> &'v str {
    match (name, key) {
        ("parent", "refused-parent_on_completed_bill") => {
            values.iter().find(|(name, _)| *name == "code").map_or("“”", |(_, code)| *code)
        }
        ("code" | "parent" | "bill", _) => "“”",
        _ => "",
    }
}

/// What an answer tells, as far as it decides which words fit.
pub struct Known<'a> {
    /// What became of the scan.
    pub outcome: Outcome,
    /// The code.
    pub code: &'a str,
    /// The parent that was named.
    pub parent: Option<&'a str>,
    /// Whether it tells which parent the child is in,
    pub current_parent: bool,
    /// how many children the parent has,
    pub children: bool,
    /// what parent labels look like.
    pub labels: bool,
}

/// Under which key the words of a refusal stand: some have others where the answer tells more.
pub fn refusal_key(known: &Known<'_>) -> String {
    let variant = match (known.outcome, known.parent) {
        (Outcome::UnknownParent, None) => "-itself",
        (Outcome::UnknownParent, Some("")) => return "refused-parent-not-named".to_owned(),
        (Outcome::BadCode, _) if known.code.is_empty() => return "refused-no_code".to_owned(),
        (Outcome::IsChild, Some(parent)) if parent != known.code => "-named",
        (Outcome::IsParent, _) if known.children => "-holds",
        (Outcome::NotAParentCode, _) if known.labels => "-like",
        (Outcome::NotLinked | Outcome::IsChild, _) if known.current_parent => "-in",
        _ => "",
    };
    format!("refused-{}{variant}", known.outcome.code())
}

/// The sentence that goes with a refusal: what is wrong and the way out.
pub fn refusal(locale: &str, answer: &Answer) -> Option<String> {
    let outcome: Outcome = answer.outcome;
    if !outcome.is_refusal() {
        return None;
    }
    let key = refusal_key(&Known {
        outcome,
        code: &answer.code,
        parent: answer.parent.as_ref().map(Code::as_str),
        current_parent: answer.current_parent.is_some(),
        children: answer.children.is_some(),
        labels: answer.labels.is_some(),
    });
    let number = |value: Option<u32>| value.map(|n| n.to_string()).unwrap_or_default();
    let facts = answer.bill_facts.as_deref();
    let of_bill = |n: fn(&BillFacts) -> u32| number(facts.map(n));
    let code = |code: &Option<Code>| code.as_ref().map(ToString::to_string).unwrap_or_default();
    Some(text(
        locale,
        &key,
        &[
            ("code", &answer.code),
            ("parent", &code(&answer.parent)),
            ("current_parent", &code(&answer.current_parent)),
            ("labels", answer.labels.as_deref().unwrap_or_default()),
            ("n", &number(answer.children)),
            ("capacity", &number(answer.capacity)),
            ("bill", answer.bill.as_deref().unwrap_or_default()),
            ("current_bill", answer.current_bill.as_deref().unwrap_or_default()),
            ("bill_parents", &of_bill(|facts| facts.bill_parents)),
            ("bill_capacity", &of_bill(|facts| facts.bill_capacity)),
            ("missing", &number(facts.and_then(|facts| facts.missing))),
        ],
    ))
}

/// The words that the desk stores with an answer: English, whoever asks, because the answer never changes.
pub fn phrase() -> Phrase {
    Arc::new(|answer| refusal("en", answer))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_refusal_has_words_in_every_language() {
        for locale in LOCALES {
            for outcome in Outcome::ALL.iter().filter(|outcome| outcome.is_refusal()) {
                let answer = Answer::new(uuid::Uuid::nil(), *outcome, "KID17");
                let words = refusal(locale, &answer).expect("a refusal has words");
                assert!(!words.starts_with("refused-"), "{locale} lacks words for {}", outcome.code());
                assert!(!words.contains("{$") && !words.contains(": ,"), "{locale}: {words}");
            }
        }
    }

    #[test]
    fn every_outcome_has_a_word_in_every_language() {
        for locale in LOCALES {
            for outcome in Outcome::ALL {
                let key = format!("outcome-{}", outcome.code());
                assert_ne!(text(locale, &key, &[]), key, "{locale}");
            }
        }
    }

    #[test]
    fn no_sentence_lacks_its_subject() {
        let answer = Answer::new(uuid::Uuid::nil(), Outcome::ParentOnCompletedBill, "SB00001");
        assert!(refusal("en", &answer).is_some_and(|words| words.starts_with("SB00001 is on a completed bill")));
        let answer = |outcome, code: &str, parent: Option<&str>, current: Option<&str>| {
            let mut answer = Answer::new(uuid::Uuid::nil(), outcome, code);
            answer.parent = parent.map(Code::stored);
            answer.current_parent = current.map(Code::stored);
            refusal("en", &answer).unwrap_or_default()
        };
        let closed = answer(Outcome::UnknownParent, "SB79998", None, None);
        assert!(closed.starts_with("SB79998 is not known. "), "{closed}");
        let row = answer(Outcome::UnknownParent, "KID17", Some(""), None);
        assert!(row.starts_with("No parent is named for KID17"), "{row}");
        let empty = answer(Outcome::BadCode, "", None, None);
        assert!(empty.starts_with("No code came"), "{empty}");
        let moved = answer(Outcome::NotLinked, "KID17", Some("SB00001"), Some("SB00002"));
        assert!(moved.starts_with("KID17 is not in SB00001 but in SB00002"), "{moved}");
        let named = answer(Outcome::IsChild, "KID17", Some("KID1"), Some("SB00002"));
        assert!(named.starts_with("KID1 is a child bag and cannot hold KID17"), "{named}");
        let child = answer(Outcome::IsChild, "KID17", None, Some("SB00002"));
        assert!(child.contains("child bag in SB00002"), "{child}");
    }

    #[test]
    fn a_language_is_chosen_from_what_the_browser_says() {
        assert_eq!(choose("hi-IN,hi;q=0.9,en;q=0.8"), "hi");
        assert_eq!(choose("fr-FR, en;q=0.5"), "en");
        assert_eq!(choose(""), "en");
    }
}
