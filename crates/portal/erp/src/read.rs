//! A row of text from the server, made a row of stock.
//!
//! Invariant: what cannot be read is a fault that is told, never a row that is left out or a number that is guessed.

use jiff::civil::Date;
use portal_rules::customer::Customer;
use portal_rules::quantity::Quantity;
use portal_rules::status::{Facts, Status};
use portal_rules::stock::Stock;

use crate::error::ErpError;
use crate::field::Field;

/// The cells of one row, by field.
pub(crate) struct Cells<'c> {
    fields: &'c [Field],
    cells: &'c [Option<&'c str>],
}

impl<'c> Cells<'c> {
    /// The cells, if there are as many as there are fields.
    pub(crate) fn new(fields: &'c [Field], cells: &'c [Option<&'c str>]) -> Result<Self, ErpError> {
        if fields.len() == cells.len() {
            return Ok(Self { fields, cells });
        }
        let text = format!("{} columns instead of {}", cells.len(), fields.len());
        Err(ErpError::Nonsense(text))
    }

    /// A text without the blanks at its end, with which a column of fixed width is filled up.
    fn text(&self, field: Field) -> Option<&'c str> {
        let at = self.fields.iter().position(|known| *known == field)?;
        self.cells.get(at).copied().flatten().map(str::trim_end)
    }

    fn owned(&self, field: Field) -> Option<String> {
        self.text(field).map(str::to_owned)
    }

    fn date(&self, field: Field) -> Result<Option<Date>, ErpError> {
        let Some(text) = self.text(field).filter(|text| !text.is_empty()) else { return Ok(None) };
        text.parse().map(Some).map_err(|_| unreadable(field, text, "a day"))
    }

    fn status(&self) -> Result<Status, ErpError> {
        if let Some(label) = self.text(Field::Status) {
            return Status::of_label(label).ok_or_else(|| unreadable(Field::Status, label, "a state"));
        }
        if self.fields.contains(&Field::Status) {
            return Err(ErpError::Nonsense("`status` is empty".into()));
        }
        let has_failed = self.text(Field::HasFailed);
        Ok(Status::of(Facts {
            segment: self.text(Field::Segment),
            quality: self.text(Field::Quality),
            has_failed: has_failed.is_some_and(|text| ["1", "t", "true"].contains(&text.to_lowercase().as_str())),
        }))
    }

    /// Whose it is. A customer without a name is none.
    pub(crate) fn customer(&self) -> Option<Customer> {
        let name = self.text(Field::Customer).filter(|name| !name.is_empty())?;
        Some(Customer { key: self.owned(Field::CustomerKey), name: name.to_owned() })
    }

    /// The row of stock.
    pub(crate) fn stock(&self) -> Result<Stock, ErpError> {
        let amount = self.text(Field::OnHand).unwrap_or_default();
        let on_hand = Quantity::parse(amount).map_err(|_| unreadable(Field::OnHand, amount, "a quantity"))?;
        Ok(Stock {
            customer: self.customer(),
            part: self.owned(Field::Part).unwrap_or_default(),
            customer_part: self.owned(Field::CustomerPart),
            description: self.owned(Field::Description).unwrap_or_default(),
            on_hand,
            unit: self.owned(Field::Unit).unwrap_or_default(),
            bin: self.owned(Field::Bin).unwrap_or_default(),
            lot: self.owned(Field::Lot),
            expires: self.date(Field::Expires)?,
            reference: self.owned(Field::Reference),
            order: self.owned(Field::Order),
            status: self.status()?,
            received: self.date(Field::Received)?,
            moved: self.date(Field::Moved)?,
        })
    }
}

fn unreadable(field: Field, text: &str, what: &str) -> ErpError {
    let text: String = text.chars().take(40).collect();
    ErpError::Nonsense(format!("`{}` is not {what}: {text:?}", field.key()))
}
