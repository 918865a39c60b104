//! What keeps the pages safe under a strict content security policy, and free of other hosts.

use tallyhouse_tidy::{Source, assert_none, matcher, sources};

/// The longest line of a template.
const LINE_CHARACTERS_MAX: usize = 140;

fn templates() -> Vec<Source> {
    let mut found = sources("crates", &[]);
    found.retain(|source| source.path.contains("/templates/"));
    found.retain(|source| [".html", ".txt"].iter().any(|ending| source.path.ends_with(ending)));
    assert!(found.len() > 20, "the templates stand elsewhere by now");
    found
}

#[test]
fn no_template_inserts_unescaped_text() {
    let mut breaches = Vec::new();
    for source in templates() {
        let advice = "let the text be escaped; build markup in the template";
        breaches.extend(source.find(r"\|\s*(?:safe|escape\(\s*\x22none)\b|\{%-?\s*autoescape", advice));
    }
    for source in sources("crates", &[".rs"]) {
        breaches.extend(source.find(r#"escape\s*=\s*"none""#, "a template of this program is always escaped"));
    }
    assert_none(&breaches);
}

#[test]
fn no_line_of_a_template_is_longer_than_140_characters() {
    let long = |source: &Source| {
        let lines = source.text.lines().enumerate().filter(|(_, line)| line.chars().count() > LINE_CHARACTERS_MAX);
        let advice = "one element a line; what repeats belongs into a macro";
        lines.map(|(at, _)| format!("{}:{}: {advice}", source.path, at + 1)).collect::<Vec<_>>()
    };
    assert_none(&templates().iter().flat_map(long).collect::<Vec<_>>());
}

#[test]
fn no_script_is_inline() {
    let script = matcher(r"(?is)<script\b[^>]*>(.*?)</script");
    let mut breaches = Vec::new();
    for source in templates() {
        for found in script.captures_iter(&source.text) {
            if !found[1].trim().is_empty() {
                let place = source.place(found.get(0).expect("group 0 always matches").start());
                breaches.push(format!("{place}: move the script into ui/, pass values by `data-` attributes"));
            }
        }
        let advice = "listen in ui/ instead of in an attribute";
        breaches.extend(source.find(r#"(?i)\son[a-z]{3,}\s*=\s*["'{]"#, advice));
        breaches.extend(source.find(r#"(?i)["'=]\s*javascript:"#, advice));
    }
    assert_none(&breaches);
}

#[test]
fn no_style_is_inline() {
    let mut breaches = Vec::new();
    for source in templates() {
        breaches
            .extend(source.find(r#"(?i)<style\b|\sstyle\s*=\s*["'{]"#, "give it a class and style that in ui/styles"));
    }
    assert_none(&breaches);
}

#[test]
fn nothing_is_loaded_from_another_host() {
    let advice = "serve it from our own host: put it into ui/";
    // A link that somebody follows is no load.
    let tag = r#"(?is)<(?:[b-z]|a[a-z])[a-z0-9-]*\s[^<>]*?\b(?:src|srcset|href|poster|data|action|formaction)\s*=\s*["']\s*(?:https?:)?//"#;
    let mut breaches = Vec::new();
    for source in templates().iter().chain(&sources("ui", &[".html"])) {
        breaches.extend(source.find(tag, advice));
    }
    for source in sources("ui", &[".css"]) {
        breaches.extend(source.find(r#"(?i)(?:url\(\s*["']?|@import\s+["'])\s*(?:https?:)?//"#, advice));
    }
    assert_none(&breaches);
}
