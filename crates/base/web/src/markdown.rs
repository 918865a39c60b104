//! Markdown as part of a page. Only texts that came with the program are shown this way.
//!
//! Invariant: no markup of the text itself reaches the page, and no address but one of this site, of the text's own page or of
//! https; so nothing in it can run.

use std::collections::BTreeMap;

use pulldown_cmark::{CowStr, Event, HeadingLevel, LinkType, Options, Parser, Tag, TagEnd, html};

use crate::view::Fragment;

/// Where the addresses of a text lead.
pub struct Places<'p> {
    /// What stands before the name of a picture, such as `/help/pictures/`.
    pub pictures: &'p str,
    /// The page of another text, by the path that names it (`running.md#tls`); `None` where there is no such page.
    pub page: &'p dyn Fn(&str) -> Option<String>,
    /// True for the address of a page that the reader may not open: what would lead there is shown as words.
    pub is_closed: &'p dyn Fn(&str) -> bool,
}

/// A text, made ready for a page.
pub struct Shown {
    /// The text itself.
    pub html: Fragment,
    /// Its headings, in order.
    pub headings: Vec<Heading>,
}

/// A heading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heading {
    /// 1 for the title, 2 for a chapter, and so on.
    pub level: u8,
    /// Its anchor on the page.
    pub id: String,
    /// Its words.
    pub text: String,
}

/// A part of a text under one heading, in plain words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// The heading; of level 0 for what stands before the first.
    pub heading: Heading,
    /// What stands under it, up to the next heading of whatever level.
    pub text: String,
}

/// The text as part of a page. Every heading gets an anchor; tables and lines of code scroll by themselves.
pub fn shown(text: &str, places: &Places<'_>) -> Shown {
    let mut read = named(text);
    let mut out = String::new();
    let events = std::mem::take(&mut read.events);
    html::push_html(&mut out, linked(events, places).into_iter().flat_map(|event| scrolling(safe(event, places))));
    Shown { html: Fragment::made(out), headings: read.headings }
}

/// The parts of the text, as a search reads them.
pub fn sections(text: &str) -> Vec<Section> {
    let read = named(text);
    let mut headings = read.headings.into_iter();
    let before = Heading { level: 0, id: String::new(), text: String::new() };
    let mut found = vec![Section { heading: before, text: String::new() }];
    let mut is_heading = false;
    for event in read.events {
        match event {
            Event::Start(Tag::Heading { .. }) => {
                is_heading = true;
                found.extend(headings.next().map(|heading| Section { heading, text: String::new() }));
            }
            Event::End(TagEnd::Heading(_)) => is_heading = false,
            Event::Text(words) | Event::Code(words) if !is_heading => {
                found.last_mut().expect("there is one from the start").text.push_str(&words);
            }
            Event::SoftBreak
            | Event::HardBreak
            | Event::End(TagEnd::Paragraph | TagEnd::Item | TagEnd::TableCell | TagEnd::CodeBlock) => {
                found.last_mut().expect("there is one from the start").text.push(' ');
            }
            _ => {}
        }
    }
    found.retain(|section| section.heading.level > 0 || !section.text.trim().is_empty());
    found
}

/// The first heading of the text, without its marks.
pub fn title(text: &str) -> String {
    let heading = text.lines().find_map(|line| line.strip_prefix("# ")).unwrap_or_default();
    heading.split('{').next().unwrap_or_default().trim().to_owned()
}

/// True if the text has a heading of this id, written as `{#id}`.
pub fn has_heading(text: &str, id: &str) -> bool {
    text.lines().any(|line| line.starts_with('#') && line.ends_with(&format!("{{#{id}}}")))
}

/// True if the text holds markup of its own, of which nothing would be shown.
pub fn has_markup(text: &str) -> bool {
    events(text).any(|event| matches!(event, Event::Html(_) | Event::InlineHtml(_)))
}

fn events(text: &str) -> Parser<'_> {
    Parser::new_ext(text, Options::ENABLE_TABLES | Options::ENABLE_HEADING_ATTRIBUTES)
}

/// A text that was read, every heading with an anchor.
struct Named<'t> {
    events: Vec<Event<'t>>,
    headings: Vec<Heading>,
}

fn named(text: &str) -> Named<'_> {
    let mut events: Vec<Event<'_>> = events(text).collect();
    let mut headings = Vec::new();
    let mut taken: BTreeMap<String, u32> = BTreeMap::new();
    for at in 0..events.len() {
        let Event::Start(Tag::Heading { level, .. }) = &events[at] else { continue };
        let level = level_of(*level);
        let inside = events[at + 1..].iter().take_while(|event| !matches!(event, Event::End(TagEnd::Heading(_))));
        let words: String = inside
            .filter_map(|event| match event {
                Event::Text(words) | Event::Code(words) => Some(words.as_ref()),
                _ => None,
            })
            .collect();
        let Event::Start(Tag::Heading { id, .. }) = &mut events[at] else { continue };
        let anchor = id.as_ref().map_or_else(|| anchor(&words), ToString::to_string);
        let times = taken.entry(anchor.clone()).or_default();
        let anchor = if *times == 0 { anchor } else { format!("{anchor}-{times}") };
        *times += 1;
        *id = Some(CowStr::from(anchor.clone()));
        headings.push(Heading { level, id: anchor, text: words.trim().to_owned() });
    }
    Named { events, headings }
}

fn level_of(level: HeadingLevel) -> u8 {
    match level {
        HeadingLevel::H1 => 1,
        HeadingLevel::H2 => 2,
        HeadingLevel::H3 => 3,
        HeadingLevel::H4 => 4,
        HeadingLevel::H5 => 5,
        HeadingLevel::H6 => 6,
    }
}

/// The anchor of a heading, as other readers of Markdown make it: small letters, lines for spaces, no marks.
fn anchor(words: &str) -> String {
    let kept = words.trim().to_lowercase();
    let kept = kept.chars().filter(|c| c.is_alphanumeric() || !c.is_ascii() || matches!(c, ' ' | '-' | '_'));
    kept.map(|c| if c == ' ' { '-' } else { c }).collect()
}

/// Words in code that name another text lead to its page; links to pages that are closed to the reader are words.
fn linked<'t>(events: Vec<Event<'t>>, places: &Places<'_>) -> Vec<Event<'t>> {
    let mut linked = Vec::with_capacity(events.len());
    let (mut is_link, mut is_closed) = (false, false);
    for event in events {
        match &event {
            Event::Start(Tag::Link { dest_url, .. }) => {
                is_link = true;
                is_closed = (places.page)(dest_url).is_some_and(|address| (places.is_closed)(&address));
                if is_closed {
                    continue;
                }
            }
            Event::End(TagEnd::Link) => {
                is_link = false;
                if std::mem::take(&mut is_closed) {
                    continue;
                }
            }
            _ => {}
        }
        let page = to_text(&event).filter(|_| !is_link).and_then(|path| (places.page)(path));
        let Some(address) = page.filter(|address| !(places.is_closed)(address)) else {
            linked.push(event);
            continue;
        };
        let (dest_url, title, id) = (CowStr::from(address), CowStr::Borrowed(""), CowStr::Borrowed(""));
        linked.push(Event::Start(Tag::Link { link_type: LinkType::Inline, dest_url, title, id }));
        linked.push(event);
        linked.push(Event::End(TagEnd::Link));
    }
    linked
}

fn to_text<'e>(event: &'e Event<'_>) -> Option<&'e str> {
    if let Event::Code(words) = event {
        Some(words).filter(|words| words.ends_with(".md")).map(AsRef::as_ref)
    } else {
        None
    }
}

fn safe<'t>(event: Event<'t>, places: &Places<'_>) -> Option<Event<'t>> {
    match event {
        Event::Html(_) | Event::InlineHtml(_) | Event::Start(Tag::HtmlBlock) | Event::End(TagEnd::HtmlBlock) => None,
        Event::Start(Tag::Link { link_type, dest_url, title, id }) => {
            let dest_url = match (places.page)(&dest_url) {
                Some(address) => CowStr::from(address),
                None if is_safe(&dest_url) => dest_url,
                None => CowStr::Borrowed("#"),
            };
            Some(Event::Start(Tag::Link { link_type, dest_url, title, id }))
        }
        Event::Start(Tag::Image { link_type, dest_url, title, id }) => {
            let name = dest_url.rsplit('/').next().unwrap_or_default();
            let dest_url = CowStr::from(format!("{}{name}", places.pictures));
            Some(Event::Start(Tag::Image { link_type, dest_url, title, id }))
        }
        other => Some(other),
    }
}

/// What may be too wide stands in a part that scrolls, also by keyboard.
fn scrolling(event: Option<Event<'_>>) -> impl Iterator<Item = Event<'_>> {
    let is = |event: &Option<Event<'_>>, start: bool| match event {
        Some(Event::Start(Tag::Table(_) | Tag::CodeBlock(_))) => start,
        Some(Event::End(TagEnd::Table | TagEnd::CodeBlock)) => !start,
        _ => false,
    };
    let before = is(&event, true).then_some(Event::Html(CowStr::Borrowed("<div class=\"scroll\" tabindex=\"0\">")));
    let after = is(&event, false).then_some(Event::Html(CowStr::Borrowed("</div>")));
    [before, event, after].into_iter().flatten()
}

fn is_safe(address: &str) -> bool {
    let is_of_site = address.starts_with('/') && !address.starts_with("//");
    is_of_site || address.starts_with('#') || address.starts_with("https://")
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLACES: Places<'_> = Places {
        pictures: "/help/pictures/",
        page: &|path| {
            let name = path.split('#').next().and_then(|path| path.rsplit('/').next()?.strip_suffix(".md"))?;
            ["other", "closed"].contains(&name).then(|| format!("/help/{name}"))
        },
        is_closed: &|address| address == "/help/closed",
    };

    #[test]
    fn nothing_in_a_text_can_run() {
        let text = "# A <b>b</b> {#a}\n\n<script>alert(1)</script>\n\n[x](javascript:alert(1)) [y](//evil.test) ![p](../../p.png) \
                    `<i>` <img src=x onerror=alert(1)>";
        let html = shown(text, &PLACES).html.to_string();
        assert!(!html.contains("<script") && !html.contains("javascript") && !html.contains("evil"), "{html}");
        assert!(!html.contains("<b>") && !html.contains("onerror"), "{html}");
        assert!(html.contains("id=\"a\"") && html.contains("&lt;i&gt;"), "{html}");
        assert!(html.contains("src=\"/help/pictures/p.png\""), "{html}");
        assert_eq!(title(text), "A <b>b</b>");
        assert!(has_heading(text, "a") && !has_heading(text, "b"));
        assert!(has_markup(text) && !has_markup("`<b>` and 3 < 4\n\n```html\n<p>\n```"));
    }

    #[test]
    fn headings_get_anchors_and_other_texts_become_pages() {
        let text = "# Title\n\n## The `wing`, again?\n\nsee [it](other.md#x) and `docs/other.md`\n\n## The wing again\n\n\
                    ## गाइड पढ़ें\n\n## Named {#own}\n\n| a | b |\n|---|---|\n| 1 | 2 |\n";
        let Shown { html, headings } = shown(text, &PLACES);
        let anchors: Vec<&str> = headings.iter().map(|heading| heading.id.as_str()).collect();
        assert_eq!(anchors, ["title", "the-wing-again", "the-wing-again-1", "गाइड-पढ़ें", "own"]);
        assert_eq!((headings[1].level, headings[1].text.as_str()), (2, "The wing, again?"));
        let html = html.to_string();
        assert!(html.contains("<h2 id=\"the-wing-again-1\">"), "{html}");
        assert!(html.contains("<a href=\"/help/other\"><code>docs/other.md</code></a>"), "{html}");
        assert!(
            html.contains("<div class=\"scroll\" tabindex=\"0\"><table>") && html.contains("</table>\n</div>"),
            "{html}"
        );
    }

    #[test]
    fn what_leads_to_a_page_that_is_closed_to_the_reader_is_words() {
        let html = shown("# A\n\nsee [the **other**](closed.md#x), `docs/closed.md` and [it](other.md)", &PLACES)
            .html
            .to_string();
        assert!(html.contains("see the <strong>other</strong>, <code>docs/closed.md</code> and <a href"), "{html}");
        assert_eq!((html.matches("<a ").count(), html.matches("</a>").count()), (1, 1), "{html}");
    }

    #[test]
    fn a_search_reads_a_text_by_its_headings() {
        let found = sections(
            "before\n\n# One\n\ntwo *three* `four`\n\n- five\n- six\n\n## Seven\n\n| a | b |\n|---|---|\n| 8 | 9 |\n",
        );
        let read: Vec<(&str, &str)> =
            found.iter().map(|section| (section.heading.text.as_str(), section.text.trim())).collect();
        assert_eq!(read, [("", "before"), ("One", "two three four five six"), ("Seven", "a b 8 9")]);
    }
}
