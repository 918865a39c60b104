//! What there is to read: guides by role, one folder for each language, and the documents of `docs`, in English.
//!
//! A guide that is added to `docs/guides` is listed by itself; English stands in for a language that lacks it. A document has its
//! place in `docs/contents.txt`, which says for whom it is; a test finds those that were forgotten.

use std::borrow::Cow;
use std::sync::LazyLock;

use base_core::permission::{ACCOUNT_MANAGE, Permission};
use rust_embed::RustEmbed;

use crate::markdown;

/// The language that every text has.
pub const FALLBACK: &str = "en";

/// Documents that stand at the root of the repository: the name, the file, the text.
const AT_ROOT: [(&str, &str, &str); 3] = [
    ("architecture", "ARCHITECTURE.md", include_str!("../../../../../ARCHITECTURE.md")),
    ("contributing", "CONTRIBUTING.md", include_str!("../../../../../CONTRIBUTING.md")),
    ("changelog", "CHANGELOG.md", include_str!("../../../../../CHANGELOG.md")),
];
/// Which documents there are, and for whom.
const CONTENTS: &str = "contents.txt";

#[derive(RustEmbed)]
#[folder = "../../../docs"]
struct Docs;

/// For whom a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    /// Whoever works with the site.
    Guides,
    /// Whoever runs it.
    Administrators,
    /// Whoever writes programs for it, or wants to know its rules.
    Programs,
}

impl Group {
    /// Every group, in the order of the page.
    pub const ALL: [Self; 3] = [Self::Guides, Self::Administrators, Self::Programs];

    /// What somebody must be allowed to do to read it; `None` for everybody who is signed in.
    pub fn needs(self) -> Option<Permission> {
        (self == Self::Administrators).then_some(ACCOUNT_MANAGE)
    }

    /// Reads the word of the list of documents.
    fn parse(word: &str) -> Option<Self> {
        match word {
            "administrators" => Some(Self::Administrators),
            "programs" => Some(Self::Programs),
            _ => None,
        }
    }

    /// The key of its title.
    pub fn key(self) -> &'static str {
        match self {
            Self::Guides => "help-guides",
            Self::Administrators => "help-administrators",
            Self::Programs => "help-programs",
        }
    }
}

/// A text that can be read at `/help/NAME`.
#[derive(Clone, Debug)]
pub struct Document {
    /// Its name in the address.
    pub name: Cow<'static, str>,
    /// Its place in the repository, by which others name it.
    pub path: Cow<'static, str>,
    /// For whom it is.
    pub group: Group,
    /// Its language.
    pub language: &'static str,
    /// What it says, in Markdown.
    pub text: Cow<'static, str>,
}

impl Document {
    /// The title.
    pub fn title(&self) -> String {
        markdown::title(&self.text)
    }

    /// The address of its page.
    pub fn address(&self) -> String {
        format!("/help/{}", self.name)
    }
}

/// Every document that is no guide, in the order of the page.
static DOCUMENTS: LazyLock<Vec<Document>> = LazyLock::new(|| {
    let contents = embedded(CONTENTS).unwrap_or_default();
    let lines = contents.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once(':'));
    let lines = lines.filter_map(|(group, names)| Some((Group::parse(group)?, names)));
    lines.flat_map(|(group, names)| names.split_whitespace().filter_map(move |name| document(name, group))).collect()
});

fn document(name: &str, group: Group) -> Option<Document> {
    let at_root = AT_ROOT.iter().find(|(root, ..)| *root == name);
    let (path, text) = match at_root {
        Some((_, path, text)) => (Cow::Borrowed(*path), Cow::Borrowed(*text)),
        None => (Cow::Owned(format!("docs/{name}.md")), Cow::Owned(embedded(&format!("{name}.md"))?)),
    };
    Some(Document { name: Cow::Owned(name.to_owned()), path, group, language: FALLBACK, text })
}

/// The text of a file of `docs`.
fn embedded(path: &str) -> Option<String> {
    Docs::get(path).map(|file| String::from_utf8_lossy(&file.data).into_owned())
}

/// The documents that are no guides.
pub fn documents() -> &'static [Document] {
    &DOCUMENTS
}

/// Every guide in a language, by name.
pub fn guides(locale: &str) -> Vec<Document> {
    let mut names: Vec<String> = Docs::iter()
        .filter_map(|path| {
            Some(
                path.strip_prefix("guides/")?
                    .strip_prefix(FALLBACK)?
                    .strip_prefix('/')?
                    .strip_suffix(".md")?
                    .to_owned(),
            )
        })
        .collect();
    names.sort_unstable();
    names.iter().filter_map(|name| guide(name, locale)).collect()
}

fn guide(name: &str, locale: &str) -> Option<Document> {
    let read = |locale: &'static str| {
        let path = format!("guides/{locale}/{name}.md");
        let text = embedded(&path)?;
        Some(Document {
            name: Cow::Owned(name.to_owned()),
            path: Cow::Owned(format!("docs/{path}")),
            group: Group::Guides,
            language: locale,
            text: Cow::Owned(text),
        })
    };
    read(crate::locale::choose(locale)).or_else(|| read(FALLBACK))
}

/// The text of a name.
pub fn find(name: &str, locale: &str) -> Option<Document> {
    let document = DOCUMENTS.iter().find(|document| document.name == name).cloned();
    document.or_else(|| guide(name, locale))
}

/// The page of the text that a path names, from wherever it is named: `../running.md#tls` and `docs/running.md` are one.
pub fn page_of(path: &str) -> Option<String> {
    let (path, anchor) = path.split_once('#').map_or((path, None), |(path, anchor)| (path, Some(anchor)));
    let path = path.trim_start_matches("../").trim_start_matches("./");
    let path = path.strip_prefix("docs/").unwrap_or(path);
    let document =
        DOCUMENTS.iter().find(|document| document.path.strip_prefix("docs/").unwrap_or(&document.path) == path);
    let name = match document {
        Some(document) => document.name.to_string(),
        None => path.strip_prefix("guides/en/").and_then(|name| name.strip_suffix(".md")).map(str::to_owned)?,
    };
    Some(match anchor {
        Some(anchor) => format!("/help/{name}#{anchor}"),
        None => format!("/help/{name}"),
    })
}

/// A picture of the texts, as PNG.
pub fn picture(file: &str) -> Option<Cow<'static, [u8]>> {
    if std::path::Path::new(file).extension().is_none_or(|ending| ending != "png") {
        return None;
    }
    let found = Docs::get(&format!("guides/pictures/{file}")).or_else(|| Docs::get(&format!("kit/{file}")));
    found.map(|found| found.data)
}
