//! The words of mails, in every language. Each wing hands in one file for each language
//! (`locales/<language>/<wing>.ftl`); what every mail says stands here.
//!
//! Invariant: a key is defined once, and every language has every key; [`Texts::faults`] tells what breaks it.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};
use unic_langid::LanguageIdentifier;

/// The languages. The first one is used for a language that we do not have.
pub const LOCALES: [&str; 2] = ["en", "hi"];

type Bundle = FluentBundle<FluentResource>;

/// The texts of one wing in one language.
#[derive(Clone, Copy, Debug)]
pub struct Locale {
    /// The language, one of [`LOCALES`].
    pub lang: &'static str,
    /// The wing, as messages about a faulty text name it.
    pub wing: &'static str,
    /// A Fluent file.
    pub text: &'static str,
}

/// What every mail says.
const BASE: &[Locale] = &[
    Locale { lang: "en", wing: "base", text: include_str!("../locales/en/base.ftl") },
    Locale { lang: "hi", wing: "base", text: include_str!("../locales/hi/base.ftl") },
];

impl Locale {
    /// The keys that it defines, in their order.
    pub fn keys(&self) -> impl Iterator<Item = &'static str> + use<> {
        let lines = self.text.lines().filter(|line| line.starts_with(|first: char| first.is_ascii_alphabetic()));
        lines.filter_map(|line| Some(line.split_once('=')?.0.trim()))
    }
}

/// The texts of a wing's mails, with what every mail says.
pub struct Texts {
    bundles: HashMap<&'static str, Bundle>,
    faults: Vec<String>,
}

impl Texts {
    /// Reads the texts of a wing. A text that cannot be used is left out and told by [`Texts::faults`].
    pub fn of(locales: &[Locale]) -> Self {
        let mut texts = Self { bundles: LOCALES.map(|lang| (lang, bundle(lang))).into(), faults: Vec::new() };
        let mut keys: BTreeMap<&'static str, BTreeSet<&'static str>> = BTreeMap::new();
        for locale in BASE.iter().chain(locales) {
            texts.add(locale);
            keys.entry(locale.lang).or_default().extend(locale.keys());
        }
        let all: BTreeSet<&'static str> = keys.values().flatten().copied().collect();
        for lang in LOCALES {
            let missing = all.iter().filter(|key| !keys.get(lang).is_some_and(|keys| keys.contains(*key)));
            texts.faults.extend(missing.map(|key| format!("{lang}: {key} is missing")));
        }
        texts
    }

    /// What is wrong with the texts: keys that are defined twice or not in every language, and lines that cannot be read.
    pub fn faults(&self) -> &[String] {
        &self.faults
    }

    /// The words of a language; English for a language that we do not have.
    pub fn words(&self, locale: &str) -> Words<'_> {
        let lang = LOCALES.into_iter().find(|lang| *lang == locale).unwrap_or(LOCALES[0]);
        Words { lang, bundle: &self.bundles[lang] }
    }

    fn add(&mut self, locale: &Locale) {
        let Locale { lang, wing, text } = *locale;
        let Some(bundle) = self.bundles.get_mut(lang) else {
            self.faults.push(format!("{wing}: {lang} is not one of the languages"));
            return;
        };
        let resource = FluentResource::try_new(text.to_owned()).unwrap_or_else(|(resource, errors)| {
            self.faults.extend(errors.iter().map(|error| format!("{lang}/{wing}: {error}")));
            resource
        });
        if let Err(errors) = bundle.add_resource(resource) {
            self.faults.extend(errors.iter().map(|error| format!("{lang}/{wing}: {error}")));
        }
    }
}

fn bundle(lang: &'static str) -> Bundle {
    let id: LanguageIdentifier = lang.parse().expect("one of our languages");
    let mut bundle = FluentBundle::new_concurrent(vec![id]);
    // No invisible characters around values: some mail programs show them as boxes.
    bundle.set_use_isolating(false);
    bundle
}

/// The words of one language.
#[derive(Clone, Copy)]
pub struct Words<'t> {
    lang: &'static str,
    bundle: &'t Bundle,
}

impl Words<'_> {
    /// The language's name, such as `hi`.
    pub fn locale(self) -> &'static str {
        self.lang
    }

    /// One text. A key that does not exist is shown as it is, so that somebody notices.
    pub fn text(self, key: &str, values: &[(&str, &str)]) -> String {
        let mut arguments = FluentArgs::new();
        for (name, value) in values {
            arguments.set(*name, *value);
        }
        self.bundle.get_message(key).and_then(|message| message.value()).map_or_else(
            || key.to_owned(),
            |pattern| self.bundle.format_pattern(pattern, Some(&arguments), &mut Vec::new()).into_owned(),
        )
    }
}

#[cfg(test)]
mod tests {
    use askama::Template;

    use super::*;
    use crate::render;

    #[derive(Template)]
    #[template(path = "frame.html")]
    struct Html<'t> {
        words: Words<'t>,
        subject: &'t str,
    }

    #[derive(Template)]
    #[template(path = "frame.txt")]
    struct Text<'t> {
        words: Words<'t>,
        subject: &'t str,
    }

    #[test]
    fn the_frame_tells_in_every_language_that_nobody_reads_replies() {
        let texts = Texts::of(&[]);
        assert_eq!(texts.faults(), [""; 0]);
        for (lang, footer) in [("en", "Replies are not read"), ("hi", "इसका जवाब कोई नहीं पढ़ता")]
        {
            let (words, subject) = (texts.words(lang), "One & two");
            let html = render(&Html { words, subject });
            let text = render(&Text { words, subject });
            assert!(html.contains(footer) && text.contains(footer), "{html}\n{text}");
            assert!(html.contains("<h1>One &#38; two</h1>") && text.starts_with("One & two\n"), "{html}\n{text}");
            assert!(html.contains(&format!("lang=\"{lang}\"")), "{html}");
        }
    }

    #[test]
    fn a_key_that_is_defined_twice_or_missing_in_one_language_is_a_fault() {
        let text = |lang, text| Locale { lang, wing: "one", text };
        let texts = Texts::of(&[text("en", "footer = A\nonly-english = B\n"), text("hi", "no line\n"), text("fr", "")]);
        let faults = texts.faults().join("\n");
        for wanted in ["en/one: ", "\"footer\"", "hi: only-english is missing", "hi/one: ", "fr is not one"] {
            assert!(faults.contains(wanted), "{wanted}\nis not in\n{faults}");
        }
    }

    #[test]
    fn an_unknown_language_is_english_and_an_unknown_key_is_shown() {
        let texts = Texts::of(&[]);
        assert_eq!((texts.words("fr").locale(), texts.words("hi").locale()), ("en", "hi"));
        assert_eq!(texts.words("hi").text("no-such-key", &[]), "no-such-key");
    }
}
