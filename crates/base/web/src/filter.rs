//! The filters above a list: one bar for every list, which says what is filtered and what is wrong.
//!
//! Invariant: each filter is in one place, and everything that is chosen is in the address, so that people who come back
//! see the same list.

use std::collections::BTreeMap;

use base_core::period::Period;

use crate::error::Problem;
use crate::names::Picked;
use crate::view::{Frame, address_of};

/// Longest name that is looked for, in characters.
const NAME_CHARS_MAX: u16 = 200;

/// The filters of a list.
pub struct FilterBar {
    /// The address of the list.
    pub path: String,
    /// The id of the form.
    pub id: &'static str,
    /// The filters, in the order in which they are shown.
    pub filters: Vec<Filter>,
    /// What the address holds besides: the order, the length of a page, the view.
    pub kept: BTreeMap<&'static str, String>,
    /// The field that is wrong, and what is wrong with it.
    pub wrong: Option<(String, String)>,
}

/// One filter.
pub struct Filter {
    /// Its name in the address.
    pub name: &'static str,
    /// What it filters, in words.
    pub label: String,
    /// What is chosen; empty for everything.
    pub value: String,
    /// How it is chosen.
    pub input: Input,
    /// The first and the last day that are shown now, where it chooses days and they follow from a period.
    pub filled: String,
}

/// How a filter is chosen.
pub enum Input {
    /// By typing; so many characters at most.
    Text(u16),
    /// Out of a few.
    Choice(Vec<Choice>),
    /// A day.
    Day,
    /// A person: by typing, with suggestions. What pages call the one who is chosen.
    Person(String),
}

/// What may be chosen.
pub struct Choice {
    /// As the address says it.
    pub value: String,
    /// In words.
    pub words: String,
    /// The heading above it, where it is the first of a group; empty otherwise.
    pub group: String,
}

impl Choice {
    /// A choice without a heading.
    pub fn new(value: impl Into<String>, words: impl Into<String>) -> Self {
        Self { value: value.into(), words: words.into(), group: String::new() }
    }
}

/// A filter that is in use.
pub struct InUse {
    /// What it filters.
    pub label: String,
    /// What was chosen, in words.
    pub words: String,
    /// The list without it.
    pub without: String,
}

/// The days that a list is asked for.
#[derive(Clone, Copy, Debug, Default)]
pub struct DaysAsked<'q> {
    /// A [`Period`] by name; empty where the days are given, or none.
    pub period: &'q str,
    /// The first day.
    pub from: &'q str,
    /// The last day.
    pub to: &'q str,
}

impl FilterBar {
    /// A list without filters yet.
    pub fn new(path: impl Into<String>, id: &'static str) -> Self {
        Self { path: path.into(), id, filters: Vec::new(), kept: BTreeMap::new(), wrong: None }
    }

    fn with_filter(mut self, name: &'static str, label: String, value: Option<&str>, input: Input) -> Self {
        let value = value.unwrap_or_default().trim().to_owned();
        self.filters.push(Filter { name, label, value, input, filled: String::new() });
        self
    }

    /// With a text to look for.
    #[must_use]
    pub fn text(self, name: &'static str, label: String, value: Option<&str>) -> Self {
        self.with_filter(name, label, value, Input::Text(200))
    }

    /// With a person to find by name.
    #[must_use]
    pub fn person(self, name: &'static str, label: String, picked: Picked) -> Self {
        self.with_filter(name, label, Some(&picked.text), Input::Person(picked.shown))
    }

    /// With something to choose.
    #[must_use]
    pub fn choice(self, name: &'static str, label: String, value: Option<&str>, choices: Vec<Choice>) -> Self {
        let value = value.filter(|value| *value != "all");
        self.with_filter(name, label, value, Input::Choice(choices))
    }

    /// With days: a period, or the first and the last one. `shown` are the days that the list shows now.
    #[must_use]
    pub fn days(self, frame: &Frame, label: String, asked: DaysAsked<'_>, shown: Option<(String, String)>) -> Self {
        let words = |period: Period| Choice::new(period.name(), frame.t(&format!("period-{}", period.name())));
        let periods = Period::ALL.into_iter().map(words).collect();
        let given = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        let (from, to) = shown.unwrap_or_default();
        let mut bar = self.choice("days", label, Some(asked.period), periods);
        for (name, key, day, filled) in [("from", "filter-from", asked.from, from), ("to", "filter-to", asked.to, to)] {
            bar = bar.with_filter(name, frame.t(key), given(day).as_deref(), Input::Day);
            if let Some(filter) = bar.filters.last_mut().filter(|_| !asked.period.is_empty()) {
                filter.filled = filled;
            }
        }
        bar
    }

    /// Keeps something else that the address holds.
    #[must_use]
    pub fn keep(mut self, name: &'static str, value: Option<&str>) -> Self {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            self.kept.insert(name, value.to_owned());
        }
        self
    }

    /// With what is wrong with a field.
    #[must_use]
    pub fn wrong(self, wrong: Option<(String, String)>) -> Self {
        Self { wrong, ..self }
    }

    fn pairs(&self) -> impl Iterator<Item = (&str, Option<&str>)> {
        let chosen = self.filters.iter().map(|filter| (filter.name, Some(filter.value.as_str())));
        chosen.chain(self.kept.iter().map(|(name, value)| (*name, Some(value.as_str()))))
    }

    /// The address of this list with one thing changed, from its first page.
    pub fn with(&self, name: &str, value: &str) -> String {
        address_of(&self.path, self.pairs(), (name, value))
    }

    /// The query of the address of this list as it is shown now, from its first page.
    pub fn query(&self) -> String {
        let address = self.with("", "");
        address.split_once('?').map(|(_, query)| query.to_owned()).unwrap_or_default()
    }

    /// The address without any filter; the order stays.
    pub fn cleared(&self) -> String {
        let kept = self.kept.iter().map(|(name, value)| (*name, Some(value.as_str())));
        address_of(&self.path, kept, ("", ""))
    }

    /// The filters that are in use.
    pub fn in_use(&self) -> Vec<InUse> {
        let used = self.filters.iter().filter(|filter| !filter.value.is_empty());
        used.map(|filter| InUse {
            label: filter.label.clone(),
            words: filter.words(),
            without: self.with(filter.name, ""),
        })
        .collect()
    }

    /// True when something is filtered.
    pub fn is_in_use(&self) -> bool {
        self.filters.iter().any(|filter| !filter.value.is_empty())
    }

    /// What is wrong with a field; empty if nothing is.
    pub fn fault(&self, field: &str) -> &str {
        self.wrong.as_ref().filter(|(name, _)| name == field).map_or("", |(_, fault)| fault.as_str())
    }
}

impl Filter {
    /// True for the choice that was made.
    pub fn is(&self, choice: &Choice) -> bool {
        self.value == choice.value
    }

    /// The most characters of a text; `None` where nothing is typed.
    pub fn chars_max(&self) -> Option<u16> {
        match self.input {
            Input::Text(chars_max) => Some(chars_max),
            Input::Person(_) => Some(NAME_CHARS_MAX),
            Input::Choice(_) | Input::Day => None,
        }
    }

    /// True where a person is found by name.
    pub fn is_person(&self) -> bool {
        matches!(self.input, Input::Person(_))
    }

    /// True where a day is chosen.
    pub fn is_day(&self) -> bool {
        matches!(self.input, Input::Day)
    }

    /// What may be chosen.
    pub fn choices(&self) -> &[Choice] {
        if let Input::Choice(choices) = &self.input { choices } else { &[] }
    }

    /// True when some choices stand under headings.
    pub fn has_groups(&self) -> bool {
        self.choices().iter().any(|choice| !choice.group.is_empty())
    }

    /// True when a heading stands above a choice before this one.
    pub fn has_group_before(&self, at: &usize) -> bool {
        self.choices().iter().take(*at).any(|choice| !choice.group.is_empty())
    }

    /// What was chosen, in words.
    fn words(&self) -> String {
        match &self.input {
            Input::Person(shown) => shown.clone(),
            Input::Choice(choices) => {
                let chosen = choices.iter().find(|choice| choice.value == self.value);
                chosen.map_or(&self.value, |choice| &choice.words).clone()
            }
            Input::Text(_) | Input::Day => self.value.clone(),
        }
    }
}

/// The filter that is wrong, and what is wrong with it in the person's language. Any other problem is given back.
pub fn wrong_filter(frame: &Frame, problem: Problem) -> Result<(String, String), Problem> {
    let Some(field) = problem.field_name().filter(|field| *field != "cursor") else { return Err(problem) };
    // Filters without words of their own are lists to choose from.
    let key = match problem.words_key() {
        "wrong-field" => "wrong-choice",
        key => key,
    };
    Ok((field.to_owned(), frame.t(key)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bar() -> FilterBar {
        let choices = vec![Choice::new("new", "New"), Choice::new("open", "Open")];
        let bar = FilterBar::new("/bills", "bill-filters").text("q", "Number".into(), Some("a&b"));
        bar.choice("status", "Status".into(), Some("open"), choices).keep("sort", Some("number"))
    }

    #[test]
    fn each_filter_in_use_says_what_was_chosen_and_leads_to_the_list_without_it() {
        let used: Vec<_> = bar().in_use().into_iter().map(|one| [one.label, one.words, one.without]).collect();
        assert_eq!(used[0], ["Number", "a&b", "/bills?status=open&sort=number"]);
        assert_eq!(used[1], ["Status", "Open", "/bills?q=a%26b&sort=number"]);
    }

    #[test]
    fn a_person_is_called_by_name_and_stays_what_the_field_holds() {
        let picked = Picked { text: "asha".into(), shown: "Asha Devi".into() };
        let used = bar().person("person", "Scanned by".into(), picked).in_use().pop().expect("a filter");
        assert_eq!([used.label, used.words], ["Scanned by", "Asha Devi"]);
        assert_eq!(bar().person("person", "Scanned by".into(), Picked::default()).in_use().len(), 2);
    }

    #[test]
    fn clearing_keeps_the_order() {
        assert_eq!(bar().cleared(), "/bills?sort=number");
    }
}
