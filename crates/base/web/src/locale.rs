//! The words for people, in every language. Each wing hands in one file for each language
//! (`locales/<language>/<wing>.ftl`) and, for its stations, the phrases that the station's page fetches
//! (`ui/phrases.*.json`). All are read here, so that a refusal reads the same on the screen, in the API and in the
//! database.
//!
//! Invariant: a key is defined once, and every language has every key; a test holds it.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{LazyLock, PoisonError, RwLock};

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

/// The languages. The first one is used where another lacks a text.
pub const LOCALES: [&str; 2] = ["en", "hi"];

type Bundle = FluentBundle<FluentResource>;

/// The texts of one wing in one language.
#[derive(Clone, Copy, Debug)]
pub struct Locale {
    /// The language, one of [`LOCALES`].
    pub lang: &'static str,
    /// The wing, as messages about a faulty text name it.
    pub wing: &'static str,
    /// The texts.
    pub text: Text,
}

/// The two forms in which texts are written.
#[derive(Clone, Copy, Debug)]
pub enum Text {
    /// A Fluent file.
    Fluent(&'static str),
    /// A JSON object of patterns by key, as a station's page reads it.
    Phrases(&'static str),
}

/// The texts of the base.
pub const BASE: &[Locale] = &[
    Locale { lang: "en", wing: "base", text: Text::Fluent(include_str!("../locales/en/base.ftl")) },
    Locale { lang: "hi", wing: "base", text: Text::Fluent(include_str!("../locales/hi/base.ftl")) },
];

/// The texts of all wings that were opened in this program. They are constants, so it does not matter how often a wing
/// hands them in.
static WORDS: LazyLock<RwLock<Known>> = LazyLock::new(|| RwLock::new(Known::of(vec![BASE.to_vec()])));

/// The texts that were handed in, and what was made of them.
struct Known {
    handed_in: Vec<Vec<Locale>>,
    words: Words,
}

impl Known {
    fn of(handed_in: Vec<Vec<Locale>>) -> Self {
        let words = Words::load(&handed_in);
        for fault in words.faults() {
            tracing::error!(fault, "a text cannot be used");
        }
        Self { handed_in, words }
    }
}

/// Takes the texts of wings in.
pub fn learn(wings: impl IntoIterator<Item = Vec<Locale>>) {
    let mut known = WORDS.write().unwrap_or_else(PoisonError::into_inner);
    let mut handed_in = known.handed_in.clone();
    for locales in wings {
        let name = |locales: &[Locale]| locales.first().map(|locale| locale.wing);
        if !locales.is_empty() && !handed_in.iter().any(|there| name(there) == name(&locales)) {
            handed_in.push(locales);
        }
    }
    if handed_in.len() > known.handed_in.len() {
        *known = Known::of(handed_in);
    }
}

/// All texts that were handed in.
pub struct Words {
    bundles: HashMap<&'static str, Bundle>,
    faults: Vec<String>,
}

impl Words {
    /// Reads the texts of all wings. A text that cannot be used is left out and reported by [`Words::faults`].
    pub fn load(wings: &[Vec<Locale>]) -> Self {
        let mut words = Self { bundles: LOCALES.map(|lang| (lang, bundle(lang))).into(), faults: Vec::new() };
        let mut keys: BTreeMap<&'static str, BTreeSet<String>> = BTreeMap::new();
        for locale in wings.iter().flatten() {
            keys.entry(locale.lang).or_default().extend(words.add(locale));
        }
        let all: BTreeSet<&String> = keys.values().flatten().collect();
        for lang in LOCALES {
            let missing = all.iter().filter(|key| !keys.get(lang).is_some_and(|keys| keys.contains(**key)));
            words.faults.extend(missing.map(|key| format!("{lang}: {key} is missing")));
        }
        words
    }

    /// What is wrong with the texts: keys that are defined twice or not in every language, and lines that cannot be
    /// read.
    pub fn faults(&self) -> &[String] {
        &self.faults
    }

    /// Adds one wing's texts in one language and returns their keys.
    fn add(&mut self, locale: &Locale) -> Vec<String> {
        let Locale { lang, wing, text } = locale;
        let Some(bundle) = self.bundles.get_mut(lang) else {
            self.faults.push(format!("{wing}: {lang} is not one of the languages"));
            return Vec::new();
        };
        let text = text.as_fluent();
        let keys = text.lines().filter(|line| line.starts_with(|first: char| first.is_ascii_alphabetic()));
        let keys = keys.filter_map(|line| Some(line.split_once('=')?.0.trim().to_owned())).collect();
        let resource = FluentResource::try_new(text).unwrap_or_else(|(resource, errors)| {
            self.faults.extend(errors.iter().map(|error| format!("{lang}/{wing}: {error}")));
            resource
        });
        if let Err(errors) = bundle.add_resource(resource) {
            self.faults.extend(errors.iter().map(|error| format!("{lang}/{wing}: {error}")));
        }
        keys
    }

    /// One text of one language.
    fn text(&self, lang: &str, key: &str, arguments: &FluentArgs<'_>) -> Option<String> {
        let bundle = self.bundles.get(lang)?;
        let pattern = bundle.get_message(key)?.value()?;
        Some(bundle.format_pattern(pattern, Some(arguments), &mut Vec::new()).into_owned())
    }
}

fn bundle(lang: &'static str) -> Bundle {
    let language: LanguageIdentifier = lang.parse().expect("one of our languages");
    let mut bundle = FluentBundle::new_concurrent(vec![language]);
    // No invisible characters around values: the screens of some scanners show them as boxes.
    bundle.set_use_isolating(false);
    bundle
}

impl Text {
    fn as_fluent(self) -> String {
        match self {
            Self::Fluent(text) => text.to_owned(),
            Self::Phrases(json) => {
                let phrases: BTreeMap<String, String> = serde_json::from_str(json).expect("checked by a test");
                phrases.iter().fold(String::new(), |lines, (key, text)| lines + key + " = " + text + "\n")
            }
        }
    }
}

/// The language that a name or an `Accept-Language` header asks for; English if none of them is available.
pub fn choose(wanted: &str) -> &'static str {
    let mut names = wanted.split([',', ';', '-']).map(str::trim);
    names.find_map(|name| LOCALES.into_iter().find(|locale| *locale == name)).unwrap_or("en")
}

/// One text. A key without a text is shown as it is, so that somebody notices.
pub fn text(locale: &str, key: &str, values: &[(&str, &str)]) -> String {
    let mut arguments = FluentArgs::new();
    for (name, value) in values {
        // `n` is a number, for plural forms. All other values are plain text.
        let value = if *name == "n" { FluentValue::try_number(value) } else { FluentValue::from(*value) };
        arguments.set(*name, value);
    }
    let known = WORDS.read().unwrap_or_else(PoisonError::into_inner);
    let found = [choose(locale), LOCALES[0]].into_iter().find_map(|lang| known.words.text(lang, key, &arguments));
    found.unwrap_or_else(|| key.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_two_wings_define_or_one_language_lacks_is_a_fault() {
        const ONE: &[Locale] = &[
            Locale { lang: "en", wing: "one", text: Text::Fluent("word = A\nonly-english = B\n") },
            Locale { lang: "hi", wing: "one", text: Text::Fluent("word = क\n") },
        ];
        const OTHER: &[Locale] = &[
            Locale { lang: "en", wing: "other", text: Text::Phrases(r#"{"word": "C", "more": "D"}"#) },
            Locale { lang: "hi", wing: "other", text: Text::Fluent("more = घ\nno line\n") },
        ];
        let faults = Words::load(&[ONE.to_vec(), OTHER.to_vec()]).faults().join("\n");
        assert!(faults.contains("en/other: ") && faults.contains("\"word\""), "{faults}");
        assert!(faults.contains("hi: only-english is missing"), "{faults}");
        assert!(faults.contains("hi/other: "), "{faults}");
        assert_eq!(faults.lines().count(), 3, "{faults}");
    }

    #[test]
    fn a_language_is_chosen_from_what_the_browser_says() {
        assert_eq!(choose("hi-IN,hi;q=0.9,en;q=0.8"), "hi");
        assert_eq!(choose("fr-FR, en;q=0.5"), "en");
        assert_eq!(choose(""), "en");
    }
}
