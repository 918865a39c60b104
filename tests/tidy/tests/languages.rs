//! Every language says everything.

use std::collections::{BTreeMap, BTreeSet};

use tallyhouse_tidy::{assert_none, matcher, root, sources};

type Keys = BTreeMap<String, String>;

/// The keys of a folder of Fluent files, attributes as `key.attribute`, each with its place; and what is there twice.
fn fluent_keys(language: &str) -> (Keys, Vec<String>) {
    let line = matcher(r"(?m)^(?:(-?[a-zA-Z][\w-]*)|\s+\.([a-zA-Z][\w-]*)) *=");
    let (mut keys, mut twice) = (Keys::new(), Vec::new());
    let mut files = sources("crates", &[".ftl"]);
    // Mails have texts of their own, which no page knows.
    files.retain(|file| file.path.contains(&format!("/web/locales/{language}/")));
    for source in files {
        let mut message = String::new();
        for found in line.captures_iter(&source.text) {
            let key = match (found.get(1), found.get(2)) {
                (Some(name), _) => {
                    name.as_str().clone_into(&mut message);
                    message.clone()
                }
                (None, Some(attribute)) => format!("{message}.{}", attribute.as_str()),
                (None, None) => continue,
            };
            let name = found.get(1).or(found.get(2)).expect("one of the two has matched");
            let place = source.place(name.start());
            if let Some(first) = keys.insert(key.clone(), place.clone()) {
                twice.push(format!("{place}: `{key}` is there already, at {first}: keep one"));
            }
        }
    }
    (keys, twice)
}

fn differences(one: &Keys, other: &Keys, other_name: &str) -> Vec<String> {
    let missing = one.iter().filter(|(key, _)| !other.contains_key(*key));
    missing
        .map(|(key, place)| format!("{place}: `{key}` is missing in {other_name}: add it there, or remove it here"))
        .collect()
}

/// The languages, by their folders.
fn languages() -> BTreeSet<String> {
    let folders =
        std::fs::read_dir(root().join("crates/base/web/locales")).into_iter().flatten().filter_map(Result::ok);
    let folders = folders.filter(|entry| entry.path().is_dir());
    folders.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
}

#[test]
fn every_wing_has_one_file_for_each_language() {
    let files = |language: &str| -> BTreeSet<String> {
        let all = sources("crates", &[".ftl"]).into_iter().map(|file| file.path);
        let folder = format!("/locales/{language}/");
        all.filter(|path| path.contains(&folder)).map(|path| path.replace(&folder, "/")).collect()
    };
    let english = files("en");
    assert!(english.len() >= 3, "{english:?}");
    for language in languages() {
        assert_eq!(files(&language), english, "{language}");
    }
    for path in english {
        let wing = path.strip_prefix("crates/").and_then(|path| path.split('/').next()).unwrap_or_default();
        assert!(path.ends_with(&format!("/{wing}.ftl")), "{path}: a file of texts is called after its wing");
    }
}

#[test]
fn every_language_has_every_key_of_english_and_no_other() {
    let languages = languages();
    let (english, mut breaches) = fluent_keys("en");
    for language in languages.iter().filter(|language| *language != "en") {
        let (keys, twice) = fluent_keys(language);
        breaches.extend(twice);
        breaches.extend(differences(&english, &keys, language));
        breaches.extend(differences(&keys, &english, "English"));
    }
    assert_none(&breaches);
}

/// The keys of a JSON object: strings that a colon follows.
fn json_keys(file: &str) -> Keys {
    let string = matcher(r#""((?:[^"\\]|\\.)*)"\s*(:)?"#);
    let mut keys = Keys::new();
    for source in sources("ui/phrases", &[".json"]).iter().filter(|source| source.path == file) {
        for found in string.captures_iter(&source.text).filter(|found| found.get(2).is_some()) {
            let place = source.place(found.get(0).expect("group 0 always matches").start());
            keys.insert(found[1].to_owned(), place);
        }
    }
    keys
}

#[test]
fn the_stations_phrases_have_the_same_keys_in_english_and_in_hindi() {
    let mut breaches = Vec::new();
    for english_file in sources("ui/phrases", &[".en.json"]).iter().map(|source| &source.path) {
        let hindi_file = english_file.replace(".en.json", ".hi.json");
        let (english, hindi) = (json_keys(english_file), json_keys(&hindi_file));
        breaches.extend(differences(&english, &hindi, &hindi_file));
        breaches.extend(differences(&hindi, &english, english_file));
    }
    assert_none(&breaches);
}
