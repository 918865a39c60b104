//! What is said about scans: the words of outcomes and refusals.

use std::collections::BTreeMap;
use std::sync::Arc;

use bags_rules::code::Code;
use bags_rules::outcome::{Answer, BillFacts, Outcome};
use bags_work::Phrase;
use base_web::locale;
use base_web::locale::{Locale, Text, text};

/// The texts of this wing. Those of the stations are kept with the stations; both are handed in, so that a refusal
/// reads the same on the screen, in the API and in the database.
pub fn locales() -> Vec<Locale> {
    LOCALES.to_vec()
}

const LOCALES: &[Locale] = &[
    Locale { lang: "en", wing: "bags", text: Text::Fluent(include_str!("../locales/en/bags.ftl")) },
    Locale { lang: "hi", wing: "bags", text: Text::Fluent(include_str!("../locales/hi/bags.ftl")) },
    Locale { lang: "en", wing: "bags", text: Text::Phrases(STATIONS_EN[0]) },
    Locale { lang: "en", wing: "bags", text: Text::Phrases(STATIONS_EN[1]) },
    Locale { lang: "hi", wing: "bags", text: Text::Phrases(STATIONS_HI[0]) },
    Locale { lang: "hi", wing: "bags", text: Text::Phrases(STATIONS_HI[1]) },
];

/// The words of the stations: those of every station first, then those of this wing's.
const STATIONS_EN: [&str; 2] =
    [include_str!("../../../../ui/phrases/engine.en.json"), include_str!("../../../../ui/phrases/bags.en.json")];
const STATIONS_HI: [&str; 2] =
    [include_str!("../../../../ui/phrases/engine.hi.json"), include_str!("../../../../ui/phrases/bags.hi.json")];

/// The stations' words in one language, by key, as their pages fetch them.
pub fn station_phrases(language: &str) -> BTreeMap<String, String> {
    let files = if language == "hi" { STATIONS_HI } else { STATIONS_EN };
    let read = |file| serde_json::from_str::<BTreeMap<String, String>>(file).expect("checked by a test");
    files.into_iter().flat_map(read).collect()
}

/// The parts of an answer that decide which sentence fits.
pub struct Known<'a> {
    /// What became of the scan.
    pub outcome: Outcome,
    /// The code.
    pub code: &'a str,
    /// The parent that was named.
    pub parent: Option<&'a str>,
    /// True when the answer says which parent the child is in.
    pub current_parent: bool,
    /// True when the answer says how many children the parent has.
    pub children: bool,
    /// True when the answer says what parent labels look like.
    pub labels: bool,
}

/// The key of a refusal's sentence. Some refusals have a second sentence for answers that say more.
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

/// The sentence of a refusal: what is wrong, and what to do about it.
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
    let parent = match outcome {
        Outcome::ParentOnCompletedBill if answer.parent.is_none() => answer.code.clone(),
        _ => code(&answer.parent),
    };
    Some(text(
        locale,
        &key,
        &[
            ("code", subject(&answer.code)),
            ("parent", subject(&parent)),
            ("current_parent", &code(&answer.current_parent)),
            ("labels", answer.labels.as_deref().unwrap_or_default()),
            ("n", &number(answer.children)),
            ("capacity", &number(answer.capacity)),
            ("bill", subject(answer.bill.as_deref().unwrap_or_default())),
            ("current_bill", answer.current_bill.as_deref().unwrap_or_default()),
            ("bill_parents", &of_bill(|facts| facts.bill_parents)),
            ("bill_capacity", &of_bill(|facts| facts.bill_capacity)),
            ("missing", &number(facts.and_then(|facts| facts.missing))),
        ],
    ))
}

/// What a sentence shows for a value: empty quotation marks where it is empty, so that no sentence lacks its subject.
fn subject(value: &str) -> &str {
    if value.is_empty() { "“”" } else { value }
}

/// The sentence that the desk stores with an answer. It is in English for everybody, because a stored answer never
/// changes.
pub fn phrase() -> Phrase {
    locale::learn([locales()]);
    Arc::new(|answer| refusal("en", answer))
}

#[cfg(test)]
mod tests {
    use base_web::locale::LOCALES;

    use super::*;

    fn refusal(locale: &str, answer: &Answer) -> Option<String> {
        locale::learn([locales()]);
        super::refusal(locale, answer)
    }

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
        locale::learn([locales()]);
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
        assert!(closed.starts_with("SB79998 is unknown. "), "{closed}");
        let row = answer(Outcome::UnknownParent, "KID17", Some(""), None);
        assert!(row.starts_with("No parent was given for KID17"), "{row}");
        let empty = answer(Outcome::BadCode, "", None, None);
        assert!(empty.starts_with("No code came"), "{empty}");
        let moved = answer(Outcome::NotLinked, "KID17", Some("SB00001"), Some("SB00002"));
        assert!(moved.starts_with("KID17 is not in SB00001 but in SB00002"), "{moved}");
        let named = answer(Outcome::IsChild, "KID17", Some("KID1"), Some("SB00002"));
        assert!(named.starts_with("KID1 is a child bag and cannot hold KID17"), "{named}");
        let child = answer(Outcome::IsChild, "KID17", None, Some("SB00002"));
        assert!(child.contains("child bag in SB00002"), "{child}");
    }
}
