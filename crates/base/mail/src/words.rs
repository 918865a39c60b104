//! The words of mails, in every language: `locales` has one file for each language and wing.

use std::collections::HashMap;
use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};
use unic_langid::LanguageIdentifier;

type Bundle = FluentBundle<FluentResource>;

/// The texts of one language.
#[derive(Clone, Copy)]
struct Language {
    name: &'static str,
    /// One text for each wing.
    texts: [&'static str; 2],
}

const LANGUAGES: [Language; 2] = [
    Language { name: "en", texts: [include_str!("../locales/en/base.ftl"), include_str!("../locales/en/bags.ftl")] },
    Language { name: "hi", texts: [include_str!("../locales/hi/base.ftl"), include_str!("../locales/hi/bags.ftl")] },
];

static BUNDLES: LazyLock<HashMap<&'static str, Bundle>> =
    LazyLock::new(|| LANGUAGES.into_iter().map(|language| (language.name, bundle(language))).collect());

fn bundle(language: Language) -> Bundle {
    let id: LanguageIdentifier = language.name.parse().expect("one of our languages");
    let mut bundle = FluentBundle::new_concurrent(vec![id]);
    // No invisible characters around values: some mail programs show them as boxes.
    bundle.set_use_isolating(false);
    for text in language.texts {
        let resource = FluentResource::try_new(text.to_owned()).unwrap_or_else(|(resource, _faults)| resource);
        bundle.add_resource_overriding(resource);
    }
    bundle
}

/// The words of one language; English for a language that we do not have.
#[derive(Clone, Copy)]
pub struct Words(&'static str);

impl Words {
    /// The words of a language.
    pub fn of(locale: &str) -> Self {
        Self(LANGUAGES.map(|language| language.name).into_iter().find(|name| *name == locale).unwrap_or("en"))
    }

    /// The language's name, such as `hi`.
    pub fn locale(self) -> &'static str {
        self.0
    }

    /// One text. A key that does not exist is shown as it is, so that somebody notices.
    pub fn text(self, key: &str, values: &[(&str, &str)]) -> String {
        let mut arguments = FluentArgs::new();
        for (name, value) in values {
            arguments.set(*name, *value);
        }
        let bundle = &BUNDLES[self.0];
        bundle.get_message(key).and_then(|message| message.value()).map_or_else(
            || key.to_owned(),
            |pattern| bundle.format_pattern(pattern, Some(&arguments), &mut Vec::new()).into_owned(),
        )
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn keys(language: Language) -> Vec<&'static str> {
        let lines = language.texts.into_iter().flat_map(str::lines);
        lines.filter_map(|line| line.split_once(" = ")).map(|(key, _)| key).collect()
    }

    fn unique(language: Language) -> BTreeSet<&'static str> {
        keys(language).into_iter().collect()
    }

    #[test]
    fn every_language_has_the_same_keys_each_once_and_no_line_that_cannot_be_read() {
        for language in LANGUAGES {
            let name = language.name;
            assert_eq!(unique(language), unique(LANGUAGES[0]), "{name}");
            assert_eq!(keys(language).len(), unique(language).len(), "{name}");
            assert!(language.texts.iter().all(|text| FluentResource::try_new((*text).to_owned()).is_ok()), "{name}");
        }
    }

    #[test]
    fn every_word_is_used_somewhere() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/");
        let mut used = String::new();
        for place in ["templates", "src/templates"] {
            for file in std::fs::read_dir(format!("{folder}{place}")).expect("a folder").filter_map(Result::ok) {
                used += &std::fs::read_to_string(file.path()).unwrap_or_default();
            }
        }
        for key in keys(LANGUAGES[0]) {
            // The status of a bill is appended to its prefix.
            let wanted = if key.starts_with("status-") { "status-{}".to_owned() } else { format!("\"{key}\"") };
            assert!(used.contains(&wanted), "nothing uses {key}");
        }
    }

    #[test]
    fn an_unknown_language_is_english() {
        assert_eq!(Words::of("fr").locale(), "en");
        assert_eq!(Words::of("hi").locale(), "hi");
    }
}
