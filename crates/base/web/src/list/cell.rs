//! What stands in the rows of a list.

use super::Column;

/// The colour of a chip. Its words say the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Nothing special.
    Plain,
    /// As it should be.
    Ok,
    /// Somebody should look at it.
    Look,
    /// Refused or failed.
    Stop,
}

impl Tone {
    /// The class of a chip of this colour.
    pub fn class(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Ok => "ok",
            Self::Look => "look",
            Self::Stop => "stop",
        }
    }
}

/// One row.
#[derive(Default)]
pub struct Row {
    /// What is sent when the row is picked; empty where it cannot be picked.
    pub(super) pick: String,
    cells: Vec<(&'static str, Cell)>,
}

impl Row {
    /// A row without cells yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// With what stands in a column.
    #[must_use]
    pub fn with(mut self, column: &'static str, cell: Cell) -> Self {
        self.cells.push((column, cell));
        self
    }

    /// A row that can be picked; `pick` is what is sent.
    #[must_use]
    pub fn picked_as(self, pick: impl Into<String>) -> Self {
        Self { pick: pick.into(), ..self }
    }

    /// True for a row that can be picked.
    pub fn can_be_picked(&self) -> bool {
        !self.pick.is_empty()
    }

    /// What stands in a column.
    pub(super) fn cell(&self, column: &str) -> &Cell {
        const EMPTY: &Cell = &Cell::EMPTY;
        self.cells.iter().find(|(name, _)| *name == column).map_or(EMPTY, |(_, cell)| cell)
    }

    /// What the row is called, for who picks it.
    pub(super) fn name(&self) -> &str {
        self.cells.first().map(|(_, cell)| cell.words.as_str()).unwrap_or_default()
    }
}

/// What stands in one place.
#[derive(Default)]
pub struct Cell {
    pub(super) content: Content,
    pub(super) words: String,
    /// Where its words lead; empty for nowhere.
    pub(super) address: String,
    /// A code or a number of a bill: its letters have one width, and it is never broken.
    pub(super) is_code: bool,
    /// How the row stands: on phones beside its name.
    pub(super) is_state: bool,
    /// Left out on phones.
    pub(super) is_aside: bool,
    /// A remark after it.
    pub(super) note: String,
}

/// How the words of a cell are shown.
#[derive(Default)]
pub(super) enum Content {
    #[default]
    Words,
    /// A time, and who did it. What surely was done without a time is one that nobody recorded.
    Time {
        by: String,
        is_done: bool,
    },
    Chip(Tone),
    /// How much of something is done, from 0 to 100.
    Progress {
        percent: i64,
        label: String,
        state: &'static str,
    },
    /// Buttons that do something with the row.
    Buttons(Vec<Button>),
}

impl Cell {
    const EMPTY: Self = Self {
        content: Content::Words,
        words: String::new(),
        address: String::new(),
        is_code: false,
        is_state: false,
        is_aside: false,
        note: String::new(),
    };

    /// Plain words, or a figure.
    pub fn words(words: impl Into<String>) -> Self {
        Self { words: words.into(), ..Self::default() }
    }

    /// A code, which leads to a page; to none where the address is empty.
    pub fn code(code: impl Into<String>, address: impl Into<String>) -> Self {
        Self { address: address.into(), is_code: true, ..Self::words(code) }
    }

    /// Words that lead to a page.
    pub fn link(words: impl Into<String>, address: impl Into<String>) -> Self {
        Self { address: address.into(), ..Self::words(words) }
    }

    /// A time.
    pub fn time(at: impl Into<String>) -> Self {
        Self { content: Content::Time { by: String::new(), is_done: false }, ..Self::words(at) }
    }

    /// When something was done, and by whom.
    pub fn time_by(at: impl Into<String>, by: impl Into<String>) -> Self {
        Self { content: Content::Time { by: by.into(), is_done: false }, ..Self::words(at) }
    }

    /// When something was done that surely was, and by whom; no time means that nobody recorded it.
    pub fn done_by(at: impl Into<String>, by: impl Into<String>) -> Self {
        Self { content: Content::Time { by: by.into(), is_done: true }, ..Self::words(at) }
    }

    /// How the row stands.
    pub fn chip(tone: Tone, words: impl Into<String>) -> Self {
        Self { content: Content::Chip(tone), is_state: true, ..Self::words(words) }
    }

    /// How much of something is done, from 0 to 100. `label` says of what, `words` how that is to be taken.
    pub fn progress(percent: i64, label: String, state: &'static str, words: String) -> Self {
        Self { content: Content::Progress { percent, label, state }, ..Self::words(words) }
    }

    /// A button. `words` stand on it, `label` says the same with the name of the row.
    pub fn button(
        words: impl Into<String>,
        label: String,
        address: String,
        fields: Vec<(&'static str, String)>,
    ) -> Self {
        Self::buttons(vec![Button { words: words.into(), label, address, fields }])
    }

    /// Several buttons.
    pub fn buttons(buttons: Vec<Button>) -> Self {
        Self { content: Content::Buttons(buttons), ..Self::default() }
    }

    /// The same as a link.
    #[must_use]
    pub fn leading_to(self, address: impl Into<String>) -> Self {
        Self { address: address.into(), ..self }
    }

    /// The same with a remark after it.
    #[must_use]
    pub fn with_note(self, note: impl Into<String>) -> Self {
        Self { note: note.into(), ..self }
    }

    /// The same as what says how the row stands.
    #[must_use]
    pub fn as_state(self) -> Self {
        Self { is_state: true, ..self }
    }

    /// The same, left out on phones.
    #[must_use]
    pub fn aside(self) -> Self {
        Self { is_aside: true, ..self }
    }

    /// The classes of its place.
    pub(super) fn class(&self, column: &Column) -> String {
        let all = [(self.is_code, "code"), (column.is_number, "n"), (self.is_state, "state"), (self.is_aside, "aside")];
        all.into_iter().filter(|(is_so, _)| *is_so).map(|(_, class)| class).collect::<Vec<_>>().join(" ")
    }

    pub(super) fn chip_class(&self) -> Option<&'static str> {
        if let Content::Chip(tone) = self.content { Some(tone.class()) } else { None }
    }

    pub(super) fn time_by_whom(&self) -> Option<&str> {
        if let Content::Time { by, .. } = &self.content { Some(by) } else { None }
    }

    /// True for the time of something that was done, but nobody recorded when.
    pub(super) fn is_time_not_known(&self) -> bool {
        self.words.is_empty() && matches!(self.content, Content::Time { is_done: true, .. })
    }

    pub(super) fn done(&self) -> Option<Done<'_>> {
        let Content::Progress { percent, label, state } = &self.content else { return None };
        Some(Done { percent: *percent, label, state })
    }

    pub(super) fn its_buttons(&self) -> &[Button] {
        if let Content::Buttons(buttons) = &self.content { buttons } else { &[] }
    }
}

/// A button of a row, and what it sends.
pub struct Button {
    /// What stands on it.
    pub words: String,
    /// The same with the name of the row, for those who do not see where it stands.
    pub label: String,
    /// Where it is sent.
    pub address: String,
    /// Its fields.
    pub fields: Vec<(&'static str, String)>,
}

/// How much of something is done.
pub(super) struct Done<'c> {
    pub(super) percent: i64,
    pub(super) label: &'c str,
    pub(super) state: &'static str,
}
