//! The columns of the inventory: what each is called, what is in it, how it is sorted and how it is shown.

use std::borrow::Cow;
use std::cmp::Ordering;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::fold::compare;
use crate::format::Format;
use crate::quantity::Quantity;
use crate::stock::Stock;

/// A column, in the order of the earlier portal; whose it is comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "each is described where its field is, in `Stock`")]
pub enum Column {
    Customer,
    Part,
    CustomerPart,
    Description,
    OnHand,
    Unit,
    Bin,
    Lot,
    Expires,
    Reference,
    Order,
    Status,
    Received,
    Moved,
}

/// What is in a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Text, however much it looks like a number.
    Text,
    /// A quantity.
    Number,
    /// A day.
    Date,
}

/// What is in one cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cell<'r> {
    /// A text; an absent one is empty.
    Text(&'r str),
    /// A quantity.
    Number(Quantity),
    /// A day, or none.
    Date(Option<Date>),
}

impl Column {
    /// All columns, in their order.
    pub const ALL: [Self; 14] = [
        Self::Customer,
        Self::Part,
        Self::CustomerPart,
        Self::Description,
        Self::OnHand,
        Self::Unit,
        Self::Bin,
        Self::Lot,
        Self::Expires,
        Self::Reference,
        Self::Order,
        Self::Status,
        Self::Received,
        Self::Moved,
    ];

    /// Its name in addresses, settings and files of data.
    pub fn key(self) -> &'static str {
        match self {
            Self::Customer => "customer",
            Self::Part => "part",
            Self::CustomerPart => "customer_part",
            Self::Description => "description",
            Self::OnHand => "on_hand",
            Self::Unit => "unit",
            Self::Bin => "bin",
            Self::Lot => "lot",
            Self::Expires => "expires",
            Self::Reference => "reference",
            Self::Order => "order",
            Self::Status => "status",
            Self::Received => "received",
            Self::Moved => "moved",
        }
    }

    /// The column of such a name.
    pub fn of_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|column| column.key() == key)
    }

    /// What the earlier portal wrote above it.
    pub fn title(self) -> &'static str {
        match self {
            Self::Customer => "Customer",
            Self::Part => "Part",
            Self::CustomerPart => "Customer Part",
            Self::Description => "Description",
            Self::OnHand => "On Hand Qty",
            Self::Unit => "Unit",
            Self::Bin => "Bin",
            Self::Lot => "User Lot",
            Self::Expires => "Exp Date",
            Self::Reference => "Reference",
            Self::Order => "PO",
            Self::Status => "Status",
            Self::Received => "Last Rec Date",
            Self::Moved => "Last Tran Date",
        }
    }

    /// What is in it.
    pub fn kind(self) -> Kind {
        match self {
            Self::OnHand => Kind::Number,
            Self::Expires | Self::Received | Self::Moved => Kind::Date,
            _ => Kind::Text,
        }
    }

    /// The columns that are shown unless somebody chooses others. Whose it is, is shown where it may differ.
    pub fn shown(is_of_several: bool) -> Vec<Self> {
        let hidden = |column: &Self| *column == Self::CustomerPart || (*column == Self::Customer && !is_of_several);
        Self::ALL.into_iter().filter(|column| !hidden(column)).collect()
    }

    /// What a row has in it.
    pub fn cell(self, row: &Stock) -> Cell<'_> {
        match self {
            Self::Customer => Cell::Text(row.customer.as_ref().map_or("", |customer| customer.name.as_str())),
            Self::Part => Cell::Text(&row.part),
            Self::CustomerPart => Cell::Text(row.customer_part.as_deref().unwrap_or_default()),
            Self::Description => Cell::Text(&row.description),
            Self::OnHand => Cell::Number(row.on_hand),
            Self::Unit => Cell::Text(&row.unit),
            Self::Bin => Cell::Text(&row.bin),
            Self::Lot => Cell::Text(row.lot.as_deref().unwrap_or_default()),
            Self::Expires => Cell::Date(row.expires),
            Self::Reference => Cell::Text(row.reference.as_deref().unwrap_or_default()),
            Self::Order => Cell::Text(row.order_shown()),
            Self::Status => Cell::Text(row.status.label()),
            Self::Received => Cell::Date(row.received),
            Self::Moved => Cell::Date(row.moved),
        }
    }
}

impl<'r> Cell<'r> {
    /// As a customer reads it; nothing for what is absent.
    pub fn shown(self, format: Format) -> Cow<'r, str> {
        match self {
            Self::Text(text) => Cow::Borrowed(text),
            Self::Number(quantity) => Cow::Owned(format.quantity(quantity)),
            Self::Date(day) => Cow::Owned(day.map(|day| format.date(day)).unwrap_or_default()),
        }
    }

    /// The order of two cells of one column: texts regardless of case, numbers by size, days by time. A day that is
    /// absent comes after all others.
    pub fn order(self, other: Self) -> Ordering {
        match (self, other) {
            (Self::Text(one), Self::Text(other)) => compare(one, other),
            (Self::Number(one), Self::Number(other)) => one.cmp(&other),
            (Self::Date(one), Self::Date(other)) => one.unwrap_or(Date::MAX).cmp(&other.unwrap_or(Date::MAX)),
            _ => Ordering::Equal,
        }
    }
}
