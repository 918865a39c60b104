//! The words for people, in every language. Each wing hands in its own; a page asks for a text by its key.

use std::collections::{HashMap, HashSet};
use std::sync::{LazyLock, PoisonError, RwLock};

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

/// The languages, the first one being what everything falls back to.
pub const LOCALES: [&str; 2] = ["en", "hi"];

type Bundle = FluentBundle<FluentResource>;

/// The texts of one wing in one language.
#[derive(Clone, Copy, Debug)]
pub struct Locale {
    /// The language, one of [`LOCALES`].
    pub language: &'static str,
    /// Whose texts these are.
    pub wing: &'static str,
    /// The lines, as Fluent reads them.
    pub lines: &'static str,
}

/// The texts that all pages share.
pub const BASE: &[Locale] = &[
    Locale { language: "en", wing: "base", lines: include_str!("../locales/en/house.ftl") },
    Locale { language: "hi", wing: "base", lines: include_str!("../locales/hi/house.ftl") },
];

/// The texts of all wings of this program. They are constants, so it does not matter how often they are handed in.
static TEXTS: LazyLock<RwLock<Texts>> = LazyLock::new(|| {
    let mut texts = Texts::default();
    texts.learn(BASE);
    RwLock::new(texts)
});

#[derive(Default)]
struct Texts {
    bundles: HashMap<&'static str, Bundle>,
    known: HashSet<(&'static str, &'static str)>,
}

impl Texts {
    fn learn(&mut self, locales: &[Locale]) {
        for locale in locales {
            if self.known.insert((locale.wing, locale.language)) {
                let bundle = self.bundles.entry(locale.language).or_insert_with(|| bundle(locale.language));
                let resource = FluentResource::try_new(locale.lines.to_owned());
                bundle.add_resource_overriding(resource.unwrap_or_else(|(resource, _faults)| resource));
            }
        }
    }
}

/// Takes the texts of a wing in.
pub fn learn(locales: &[Locale]) {
    TEXTS.write().unwrap_or_else(PoisonError::into_inner).learn(locales);
}

fn bundle(language: &str) -> Bundle {
    let language: LanguageIdentifier = language.parse().expect("a language of ours");
    let mut bundle = FluentBundle::new_concurrent(vec![language]);
    // The marks that would isolate a code from its sentence are not for scanners' screens.
    bundle.set_use_isolating(false);
    bundle
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
    let texts = TEXTS.read().unwrap_or_else(PoisonError::into_inner);
    for bundle in [choose(locale), "en"].into_iter().filter_map(|locale| texts.bundles.get(locale)) {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_language_is_chosen_from_what_the_browser_says() {
        assert_eq!(choose("hi-IN,hi;q=0.9,en;q=0.8"), "hi");
        assert_eq!(choose("fr-FR, en;q=0.5"), "en");
        assert_eq!(choose(""), "en");
    }
}
