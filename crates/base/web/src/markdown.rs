//! Markdown as part of a page. Only texts that came with the program are shown this way.
//!
//! Invariant: no markup of the text itself reaches the page, and no address but one of this site, of the text's own page or of
//! https; so nothing in it can run.

use pulldown_cmark::{CowStr, Event, Options, Parser, Tag, TagEnd, html};

use crate::view::Fragment;

/// The text as part of a page. The addresses of its pictures are relative to `pictures`, such as `/help/pictures/`.
pub fn shown(text: &str, pictures: &str) -> Fragment {
    let mut out = String::new();
    html::push_html(&mut out, events(text).filter_map(|event| safe(event, pictures)));
    Fragment::made(out)
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

fn events(text: &str) -> Parser<'_> {
    Parser::new_ext(text, Options::ENABLE_TABLES | Options::ENABLE_HEADING_ATTRIBUTES)
}

fn safe<'t>(event: Event<'t>, pictures: &str) -> Option<Event<'t>> {
    match event {
        Event::Html(_) | Event::InlineHtml(_) | Event::Start(Tag::HtmlBlock) | Event::End(TagEnd::HtmlBlock) => None,
        Event::Start(Tag::Link { link_type, dest_url, title, id }) => {
            let dest_url = if is_safe(&dest_url) { dest_url } else { CowStr::Borrowed("#") };
            Some(Event::Start(Tag::Link { link_type, dest_url, title, id }))
        }
        Event::Start(Tag::Image { link_type, dest_url, title, id }) => {
            let name = dest_url.rsplit('/').next().unwrap_or_default();
            let dest_url = CowStr::from(format!("{pictures}{name}"));
            Some(Event::Start(Tag::Image { link_type, dest_url, title, id }))
        }
        other => Some(other),
    }
}

fn is_safe(address: &str) -> bool {
    let is_of_site = address.starts_with('/') && !address.starts_with("//");
    is_of_site || address.starts_with('#') || address.starts_with("https://")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_text_can_run() {
        let text = "# A <b>b</b> {#a}\n\n<script>alert(1)</script>\n\n[x](javascript:alert(1)) [y](//evil.test) ![p](../../p.png) \
                    `<i>` <img src=x onerror=alert(1)>";
        let html = shown(text, "/help/pictures/").to_string();
        assert!(!html.contains("<script") && !html.contains("javascript") && !html.contains("evil"), "{html}");
        assert!(!html.contains("<b>") && !html.contains("onerror"), "{html}");
        assert!(html.contains("id=\"a\"") && html.contains("&lt;i&gt;"), "{html}");
        assert!(html.contains("src=\"/help/pictures/p.png\""), "{html}");
        assert_eq!(title(text), "A <b>b</b>");
        assert!(has_heading(text, "a") && !has_heading(text, "b"));
    }
}
