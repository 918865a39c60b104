//! What people have chosen about their lists: the columns that they see, and the views that they saved.

use std::collections::BTreeSet;

use base_db::{Conn, StoreError};
use base_records::preference;
use serde::{Deserialize, Serialize};

use super::{Column, ListKind, Shown};
use crate::error::Problem;
use crate::session::Caller;

/// The most views that one person keeps of one list.
pub const VIEWS_MAX: usize = 12;
/// The longest name of a view, in characters.
pub const VIEW_NAME_MAX: usize = 40;
/// The longest query of a view, in bytes.
pub const VIEW_QUERY_MAX: usize = 1000;

/// What a person has chosen about one list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Kept {
    /// Columns that are there at first and were put away.
    pub away: BTreeSet<String>,
    /// Columns that are there on demand and were taken in.
    pub taken: BTreeSet<String>,
    /// Views.
    pub views: Vec<SavedView>,
}

/// Filters and order of a list under a name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedView {
    /// What the person called it.
    pub name: String,
    /// The query of its address.
    pub query: String,
}

fn name(kind: &ListKind) -> String {
    format!("list.{}", kind.id)
}

impl Kept {
    /// What the caller has chosen about a list. Something that cannot be read any more is no choice.
    pub async fn of(conn: Conn<'_>, caller: &Caller, kind: &ListKind) -> Result<Self, StoreError> {
        let text = preference::get(conn, caller.person.id, &name(kind)).await?;
        Ok(text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default())
    }

    /// Changes it, in one transaction with reading it: two pages of one person do not write over each other.
    pub(super) async fn change(
        app: &crate::App,
        caller: &Caller,
        kind: &ListKind,
        change: impl FnOnce(Self) -> Result<Self, Problem> + Send,
    ) -> Result<(), Problem> {
        let (person, name, now) = (caller.person.id, name(kind), app.clock.now());
        let mut tx = app.db.write().await?;
        let text = preference::hold(tx.conn(), person, &name, now).await?;
        let kept = change(serde_json::from_str(&text).unwrap_or_default())?;
        let text = if kept == Self::default() {
            String::new()
        } else {
            serde_json::to_string(&kept).map_err(|error| Problem::ours(&error))?
        };
        preference::put(tx.conn(), person, &name, &text, now).await?;
        tx.commit().await?;
        Ok(())
    }

    /// True when a column is there.
    pub fn shows(&self, column: &Column) -> bool {
        match column.shown {
            Shown::Always | Shown::Acts => true,
            Shown::AtFirst => !self.away.contains(column.name),
            Shown::OnDemand => self.taken.contains(column.name),
        }
    }

    /// The same with exactly these of the optional columns.
    pub(super) fn with_columns(mut self, kind: &ListKind, shown: &[&str]) -> Self {
        let named = |of: Shown, is_shown: bool| {
            let columns = kind.columns.iter().filter(move |column| column.shown == of);
            columns.filter(move |column| shown.contains(&column.name) == is_shown).map(|column| column.name.to_owned())
        };
        self.away = named(Shown::AtFirst, false).collect();
        self.taken = named(Shown::OnDemand, true).collect();
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LAMPS: ListKind = ListKind {
        id: "lamps",
        path: "/lamps",
        title: "lamps",
        columns: &[
            Column::key("name", "name"),
            Column::new("room", "room"),
            Column::number("watts", "watts"),
            Column::new("maker", "maker").on_demand(),
        ],
    };

    fn shown(kept: &Kept) -> Vec<&'static str> {
        LAMPS.columns.iter().filter(|column| kept.shows(column)).map(|column| column.name).collect()
    }

    #[test]
    fn a_column_is_there_until_it_is_put_away_or_once_it_is_taken_in() {
        assert_eq!(shown(&Kept::default()), ["name", "room", "watts"]);
        let chosen = Kept::default().with_columns(&LAMPS, &["watts", "maker", "no_such_column"]);
        assert_eq!(shown(&chosen), ["name", "watts", "maker"]);
        assert_eq!(chosen.clone().with_columns(&LAMPS, &["room", "watts"]), Kept::default(), "as at first");
        let read: Kept = serde_json::from_str(&serde_json::to_string(&chosen).expect("plain")).expect("as written");
        assert_eq!(read, chosen);
    }
}
