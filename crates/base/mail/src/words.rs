//! The words of mails, in every language. They stand in `locales`, one file for each language.

use std::collections::HashMap;
use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};
use unic_langid::LanguageIdentifier;

type Bundle = FluentBundle<FluentResource>;

const TEXTS: [(&str, &str); 2] =
    [("en", include_str!("../locales/en/mail.ftl")), ("hi", include_str!("../locales/hi/mail.ftl"))];

static BUNDLES: LazyLock<HashMap<&'static str, Bundle>> =
    LazyLock::new(|| TEXTS.into_iter().map(|(locale, text)| (locale, bundle(locale, text))).collect());

fn bundle(locale: &str, text: &str) -> Bundle {
    let language: LanguageIdentifier = locale.parse().expect("a language of ours");
    let mut bundle = FluentBundle::new_concurrent(vec![language]);
    // Marks that isolate a number from its sentence show as boxes in some readers of mail.
    bundle.set_use_isolating(false);
    let resource = FluentResource::try_new(text.to_owned()).unwrap_or_else(|(resource, _faults)| resource);
    bundle.add_resource_overriding(resource);
    bundle
}

/// The words of one language; English where it is none of ours.
#[derive(Clone, Copy)]
pub struct Words(&'static str);

impl Words {
    /// The words of a language.
    pub fn of(locale: &str) -> Self {
        Self(TEXTS.into_iter().map(|(name, _)| name).find(|name| *name == locale).unwrap_or("en"))
    }

    /// The language's name, such as `hi`.
    pub fn locale(self) -> &'static str {
        self.0
    }

    /// One text. A key that nobody knows is shown as it is, so that it is seen.
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

    fn keys(text: &str) -> BTreeSet<&str> {
        text.lines().filter_map(|line| line.split_once(" = ")).map(|(key, _)| key).collect()
    }

    #[test]
    fn every_language_has_the_same_keys_and_no_line_that_cannot_be_read() {
        for (locale, text) in TEXTS {
            assert_eq!(keys(text), keys(TEXTS[0].1), "{locale}");
            assert!(FluentResource::try_new(text.to_owned()).is_ok(), "{locale}");
        }
    }

    #[test]
    fn every_word_is_said_somewhere() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/");
        let mut said = String::new();
        for place in ["templates", "src/templates"] {
            for file in std::fs::read_dir(format!("{folder}{place}")).expect("a folder").filter_map(Result::ok) {
                said += &std::fs::read_to_string(file.path()).unwrap_or_default();
            }
        }
        for key in keys(TEXTS[0].1) {
            // The state of a bill is put behind its prefix.
            let wanted = if key.starts_with("status-") { "status-{}".to_owned() } else { format!("\"{key}\"") };
            assert!(said.contains(&wanted), "nobody says {key}");
        }
    }

    #[test]
    fn a_language_that_is_not_ours_is_english() {
        assert_eq!(Words::of("fr").locale(), "en");
        assert_eq!(Words::of("hi").locale(), "hi");
    }
}
