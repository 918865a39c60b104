//! What may be taken out, and how it is asked for.

use std::sync::Arc;

use base_db::{Db, StoreError};
use base_sheet::{Column, Kind};
use serde_json::Value;

use super::format::Format;
use super::kind::{ChoiceFault, ExportKind, ExportSource, Given, LIMIT};
use super::setting::Setting;

/// Every kind of export that the wings of a site hand in.
#[derive(Clone, Debug, Default)]
pub struct Exports(Arc<[Arc<dyn ExportKind>]>);

/// What is in a file, with its filter. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Choice {
    kind: Arc<dyn ExportKind>,
    source: Arc<dyn ExportSource>,
    limit: Option<u64>,
}

impl Exports {
    /// These kinds, in the order in which they are shown.
    pub fn new(kinds: Vec<Arc<dyn ExportKind>>) -> Self {
        Self(kinds.into())
    }

    /// True where no wing lets anything out.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The kinds, in the order in which they are shown.
    pub fn kinds(&self) -> impl Iterator<Item = &dyn ExportKind> {
        self.0.iter().map(|kind| &**kind)
    }

    /// Their names.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.0.iter().map(|kind| kind.name())
    }

    fn find(&self, name: &str) -> Option<&Arc<dyn ExportKind>> {
        self.0.iter().find(|kind| kind.name() == name)
    }

    /// Reads a filter; `None` where there is no such kind. A field that belongs to another export is refused: who gives it
    /// expects it to do something.
    pub fn choose(&self, name: &str, given: &Given) -> Option<Result<Choice, ChoiceFault>> {
        self.find(name).map(|kind| self.choose_of(kind, given))
    }

    fn choose_of(&self, kind: &Arc<dyn ExportKind>, given: &Given) -> Result<Choice, ChoiceFault> {
        for name in given.names() {
            if kind.fields().iter().all(|field| field.name != name) {
                let mut others = self.0.iter().flat_map(|other| other.fields());
                let elsewhere = others.find(|field| field.name == name).map(|field| field.elsewhere);
                return Err(ChoiceFault {
                    field: name.to_owned(),
                    detail: elsewhere.unwrap_or("No export has this. Leave it out."),
                });
            }
        }
        let limit = given.number(LIMIT, u64::MAX, "This is a number from 1, or all.")?;
        Ok(Choice { kind: Arc::clone(kind), source: kind.choose(given)?, limit })
    }

    /// Reads what was kept.
    pub fn stored(&self, name: &str, filter: &str) -> Option<Choice> {
        let filter: Value = serde_json::from_str(filter).ok()?;
        let kind = self.find(name)?;
        let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let add = |given: Given, name| {
            filter.get(name).map_or_else(|| given.clone(), |value| given.clone().with(name, &text(value)))
        };
        let given = kind.fields().iter().map(|field| field.name).fold(Given::default(), add);
        self.choose_of(kind, &given).ok()
    }
}

impl Choice {
    /// The stable name of what is in the file.
    pub fn name(&self) -> &'static str {
        self.kind.name()
    }

    /// How many rows there are at most.
    pub fn limit(&self) -> Option<u64> {
        self.limit
    }

    /// The filter, for the audit trail and for [`Exports::stored`].
    pub fn filter(&self) -> Value {
        let mut filter = self.source.filter();
        if let Some(limit) = self.limit {
            filter.insert(LIMIT.into(), limit.into());
        }
        filter.into()
    }

    /// What the file's name begins with. A file that is not whole says so.
    pub fn stem(&self) -> String {
        let first = self.limit.map(|limit| format!("_first_{limit}")).unwrap_or_default();
        self.source.stem() + &first
    }

    /// What the file is called.
    pub fn file_name(&self, setting: &Setting, format: Format) -> String {
        setting.stamped(&self.stem(), format.extension())
    }

    /// The columns of the file. Those of times name the zone in which they are: a file may be read elsewhere.
    pub fn columns(&self, setting: &Setting) -> Vec<Column> {
        let mut columns = self.source.columns();
        for column in columns.iter_mut().filter(|column| column.kind == Kind::Time) {
            column.title = setting.in_zone(&column.title).into();
        }
        columns
    }

    /// How many rows there are now.
    pub async fn expected(&self, db: &Db) -> Result<u64, StoreError> {
        Ok(self.source.expected(db).await?.min(self.limit.unwrap_or(u64::MAX)))
    }

    /// The name of the sheet.
    pub(crate) fn title(&self) -> &'static str {
        self.kind.title()
    }

    /// The one line of a file without rows.
    pub(crate) fn no_data(&self) -> &'static str {
        self.kind.no_data()
    }

    /// Where the rows come from.
    pub(crate) fn source(&self) -> &dyn ExportSource {
        &*self.source
    }
}
