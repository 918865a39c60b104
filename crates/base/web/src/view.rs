//! The frame of every page: who looks at it, in which language, and which entry of the menu is current.

use std::fmt::Display;
use std::sync::Arc;

use askama::Template;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use base_core::account::Person;
pub use base_core::number::grouped;
use base_core::permission::Permission;
use base_core::realm::Realm;

use crate::door::door;
use crate::error::Problem;
use crate::look::{self, Look};
use crate::menu::{Foot, Group, Menu, MenuEntry};
use crate::request::RequestFacts;
use crate::session::{Caller, SECOND_FACTOR_PAGE};
use crate::{assets, locale};

/// How pages show a time: `DD/MM/YY HH:MM`.
pub const TIME: &str = "%d/%m/%y %H:%M";

/// The frame around a page.
#[derive(Clone)]
pub struct Frame {
    /// The language.
    pub locale: &'static str,
    /// Who looks at it; `None` before sign-in.
    pub person: Option<Arc<Person>>,
    /// The CSRF token that the forms of this page carry.
    pub csrf: String,
    /// The menu entry that this page belongs to.
    pub place: &'static str,
    /// The request's id, for error pages.
    pub request_id: String,
    /// The path of this page, for links that return to it.
    pub path: String,
    /// The realm that the page belongs to.
    pub realm: Realm,
    /// The menu.
    pub menu: Menu,
    /// How customers see the site.
    pub look: Arc<Look>,
}

impl Frame {
    /// The frame of a page for somebody who is signed in.
    pub fn of(caller: &Caller, place: &'static str) -> Self {
        Self {
            locale: locale::choose(&caller.locale),
            person: Some(caller.person.clone()),
            csrf: caller.csrf.clone(),
            place,
            request_id: caller.facts.id.clone(),
            path: caller.facts.path.clone(),
            realm: caller.facts.realm,
            menu: caller.facts.menu.clone(),
            look: caller.facts.look.clone(),
        }
    }

    /// The frame of a page before sign-in.
    pub fn outside(accept_language: &str, csrf: String, facts: &RequestFacts) -> Self {
        Self {
            locale: locale::choose(accept_language),
            person: None,
            csrf,
            place: "",
            request_id: facts.id.clone(),
            path: "/".into(),
            realm: facts.realm,
            menu: facts.menu.clone(),
            look: facts.look.clone(),
        }
    }

    /// The first page of whoever looks at it.
    pub fn home(&self) -> &'static str {
        self.menu.home(self.realm)
    }

    /// The person, if they are staff: pages of staff alone have the menu and what follows the session.
    pub fn staff(&self) -> Option<&Person> {
        self.person.as_deref().filter(|_| self.realm == Realm::Staff)
    }

    /// A text in the page's language.
    pub fn t(&self, key: &str) -> String {
        locale::text(self.locale, key, &[])
    }

    /// A text with one value.
    pub fn t1(&self, key: &str, name: &str, value: &str) -> String {
        locale::text(self.locale, key, &[(name, value)])
    }

    /// A text that counts something.
    pub fn count(&self, key: &str, n: impl Display) -> String {
        self.t1(key, "n", &n.to_string())
    }

    /// A text with one value, if there is one with this key.
    pub fn t1_if_any(&self, key: &str, name: &str, value: &str) -> Option<String> {
        let words = self.t1(key, name, value);
        (words != key).then_some(words)
    }

    /// The words for an internal name, such as an action or a field; without words of its own, the name with spaces.
    pub fn words_for(&self, kind: &str, name: &str) -> String {
        let key = format!("{kind}-{name}");
        let words = self.t(&key);
        match kind {
            _ if words != key => words,
            // Earlier systems had actions that nobody here has heard of.
            "action" => self.t1("action-other", "name", &name.replace('_', " ")),
            _ => name.replace('_', " "),
        }
    }

    /// A weight in kilograms, with a true minus.
    pub fn kg(&self, kg: impl Display) -> String {
        self.t1("kg", "n", &kg.to_string().replace('-', "−"))
    }

    /// The address of a built asset.
    pub fn asset(&self, source: &str) -> &'static str {
        assets::url(source)
    }

    /// True for the menu entry that is open.
    pub fn current(&self, place: &str) -> bool {
        self.place == place
    }

    /// True when the person may do this.
    pub fn may(&self, permission: Permission) -> bool {
        self.person.as_ref().is_some_and(|person| person.may(permission))
    }

    /// The entries of the menu that the person sees.
    pub fn entries(&self) -> Vec<MenuEntry> {
        let sees = |entry: &&MenuEntry| entry.any_of.is_empty() || entry.any_of.iter().any(|of| self.may(*of));
        self.menu.entries.iter().filter(sees).copied().collect()
    }

    /// What the site is called to whoever looks.
    pub fn site_name(&self) -> &str {
        if self.realm == Realm::Customer { &self.look.name } else { "Tallyhouse" }
    }

    /// True where the site has its own name and mark, as staff see it.
    pub fn is_plain(&self) -> bool {
        self.realm == Realm::Staff || (!self.look.has_name() && self.look.logo.is_none())
    }

    /// True where a page of customers shows a logo.
    pub fn has_logo(&self) -> bool {
        self.realm == Realm::Customer && self.look.logo.is_some()
    }

    /// True where a page of customers has a colour of its own.
    pub fn has_style(&self) -> bool {
        self.realm == Realm::Customer && look::has_style(&self.look)
    }

    /// The entries of the menu of customers.
    pub fn customer_entries(&self) -> &[MenuEntry] {
        &self.menu.of_customers
    }

    /// The heading over an entry of [`Frame::entries`], where a new one begins.
    pub fn heading(&self, index: &usize) -> Option<String> {
        let entries = self.entries();
        let group = entries[*index].group;
        if *index > 0 && entries[index - 1].group == group {
            return None;
        }
        match group {
            Group::Top => None,
            Group::Wing(key) => Some(self.t(key)),
            Group::Office => Some(self.t("nav-group-office")),
        }
    }

    /// The entries at the foot of a phone.
    pub fn foot(&self) -> Vec<(MenuEntry, Foot)> {
        let of =
            |entry: MenuEntry| Some((entry, entry.foot.filter(|foot| !foot.unless.is_some_and(|of| self.may(of)))?));
        self.entries().into_iter().filter_map(of).collect()
    }

    /// True when the search box is of use to the person.
    pub fn may_find(&self) -> bool {
        self.menu.find.iter().any(|of| self.may(*of))
    }

    /// The title of the person's area; empty without one.
    pub fn area_title(&self) -> String {
        let area = self.person.as_ref().and_then(|person| person.area.as_ref());
        area.map(base_core::area::Area::title).unwrap_or_default()
    }

    /// The person's name.
    pub fn person_name(&self) -> &str {
        self.person.as_ref().map(|person| person.called()).unwrap_or_default()
    }

    /// Light or dark pages, where the person chose one; empty otherwise.
    pub fn colours(&self) -> &str {
        let chosen = self.person.as_ref().map(|person| person.colours.as_str());
        chosen.filter(|colours| *colours != "system").unwrap_or_default()
    }

    /// What pages call somebody: the name, or words for a person who was removed, whose name begins with `~`.
    pub fn called(&self, name: &str) -> String {
        match name.strip_prefix('~') {
            Some(number) => self.t1("removed-person", "number", number),
            None => name.to_owned(),
        }
    }
}

/// What became of the last action, for the page that follows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// True when it was done, false when it was refused.
    pub is_done: bool,
    /// The sentence.
    pub words: String,
    /// How it is taken back, where that is possible.
    pub undo: Option<Undo>,
}

/// A form that takes something back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undo {
    /// Where it is sent.
    pub address: String,
    /// Its fields.
    pub fields: Vec<(&'static str, String)>,
}

impl Undo {
    /// Several of one kind as one form.
    pub fn all(each: impl IntoIterator<Item = Self>) -> Option<Self> {
        let mut each = each.into_iter();
        let mut all = each.next()?;
        for other in each.filter(|other| other.address == all.address) {
            all.fields.extend(other.fields.into_iter().filter(|(name, _)| *name == "pick"));
        }
        Some(all)
    }
}

impl Said {
    /// It was done.
    pub fn yes(words: String) -> Self {
        Self { is_done: true, words, undo: None }
    }

    /// It was refused.
    pub fn no(words: String) -> Self {
        Self { is_done: false, words, undo: None }
    }
}

/// A rendered part of a page: HTML from a template, which has escaped its values.
#[derive(Clone, Debug, Default)]
pub struct Fragment(String);

impl Fragment {
    /// Renders a part of a page.
    pub fn of(part: &impl Template) -> Result<Self, Problem> {
        let broken = |error| Problem::broken("not_rendered", "A part of this page could not be shown.", &error);
        part.render().map(Self).map_err(broken)
    }

    /// What `crate::markdown` has made, which lets no markup of its text through.
    pub(crate) fn made(html: String) -> Self {
        Self(html)
    }
}

impl std::fmt::Display for Fragment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

// A fragment is only ever made from a template, which has escaped its values, or from Markdown without markup of its own.
impl askama::filters::HtmlSafe for Fragment {}

/// Renders a page. A page that cannot be rendered is a fault of ours: the reason goes to the log alone.
pub fn render(page: &impl Template) -> Response {
    match page.render() {
        Ok(html) => ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], html).into_response(),
        Err(error) => Problem::ours(&error).into_response(),
    }
}

/// A problem on a page instead of in JSON.
#[derive(Template)]
#[template(path = "error.html")]
pub struct ErrorPage {
    /// The frame.
    pub frame: Frame,
    /// The HTTP status.
    pub status: u16,
    /// The headline.
    pub title: String,
    /// What is wrong, and what to do about it.
    pub detail: String,
    /// Who may do it; empty where that is not the question.
    pub who_may: String,
}

/// The same for somebody who is not signed in, without the frame.
#[derive(Template)]
#[template(path = "error_alone.html")]
struct ErrorAlonePage {
    frame: Frame,
    status: u16,
    title: String,
    detail: String,
    who_may: String,
}

/// Turns a problem into a page, or into a redirect to the sign-in page when nobody is signed in.
pub fn problem_page(problem: &Problem, frame: Frame, path_and_query: &str, who_may: String) -> Response {
    if problem.status() == StatusCode::UNAUTHORIZED {
        let next = encoded(path_and_query, b"/");
        let page = if problem.code() == Problem::LOCKED { "/lock" } else { door(frame.realm).sign_in };
        return axum::response::Redirect::to(&format!("{page}?next={next}")).into_response();
    }
    if problem.code() == Problem::SECOND_FACTOR {
        return axum::response::Redirect::to(SECOND_FACTOR_PAGE).into_response();
    }
    if problem.code() == Problem::MUST_CHANGE_PASSWORD {
        return axum::response::Redirect::to(door(frame.realm).own_password).into_response();
    }
    let status = problem.status();
    let key = match status.as_u16() {
        403 => "error-not-allowed",
        404 => "error-not-found",
        429 => "error-too-often",
        500.. => "error-broken",
        _ => "error-refused",
    };
    let title = frame.t(key);
    let detail = in_words(problem, &frame);
    let number = status.as_u16();
    let mut response = if frame.staff().is_some() {
        render(&ErrorPage { frame, status: number, title, detail, who_may })
    } else {
        render(&ErrorAlonePage { frame, status: number, title, detail, who_may })
    };
    *response.status_mut() = status;
    problem.mark(&mut response);
    response
}

/// What is wrong, in the page's language. Problems that any page can meet have words of their own; the English sentence of
/// a field that is wrong is more precise than the words for it.
fn in_words(problem: &Problem, frame: &Frame) -> String {
    let own_key = format!("problem-{}", problem.code());
    let words = frame.t(&own_key);
    if words != own_key {
        words
    } else if problem.field_name().is_some() && frame.locale != "en" {
        frame.t(problem.words_key())
    } else {
        problem.detail().to_owned()
    }
}

/// The address of a list with its filters, one of them changed. Filters without a value are left out.
pub fn address_of<'v>(
    path: &str,
    filters: impl IntoIterator<Item = (&'v str, Option<&'v str>)>,
    changed: (&'v str, &'v str),
) -> String {
    let kept = filters.into_iter().filter(|(name, _)| *name != changed.0);
    let pairs = kept.filter_map(|(name, value)| Some((name, value?))).chain([changed]);
    let pairs: Vec<_> = pairs
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| format!("{name}={}", path_part(value)))
        .collect();
    if pairs.is_empty() { path.to_owned() } else { format!("{path}?{}", pairs.join("&")) }
}

/// A text as one part of an address.
pub fn path_part(text: &str) -> String {
    encoded(text, b"")
}

fn encoded(text: &str, also_plain: &[u8]) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) || also_plain.contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_keeps_the_filters_that_have_a_value_and_changes_one() {
        let filters = [("q", Some("a&b")), ("area", None), ("person", Some("")), ("sort", Some("code"))];
        assert_eq!(address_of("/bags", filters, ("sort", "oldest")), "/bags?q=a%26b&sort=oldest");
        assert_eq!(address_of("/bags", filters, ("cursor", "l.1")), "/bags?q=a%26b&sort=code&cursor=l.1");
        assert_eq!(
            address_of("/bags", [("q", Some("x"))], ("q", "")),
            "/bags",
            "without filters there is no question mark either"
        );
    }
}
