//! One row of the inventory: what is left of a posted quantity of a lot at a place. It is read live and never stored.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::customer::Customer;
use crate::quantity::Quantity;
use crate::status::Status;

/// What is shown where no purchase order is known.
pub const NO_ORDER: &str = "N/A";

/// One row of the inventory. Absent texts and dates are absent, never a word for it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Stock {
    /// Whose it is: a property of the part. `None` for a part without a customer.
    pub customer: Option<Customer>,
    /// The part's number, a text: `00123` stays as it is.
    pub part: String,
    /// What the customer calls the part. The ERP has no place for it yet.
    pub customer_part: Option<String>,
    /// What the part is.
    pub description: String,
    /// How much is left.
    pub on_hand: Quantity,
    /// What is counted. Empty where the ERP says nothing.
    pub unit: String,
    /// Where it lies.
    pub bin: String,
    /// The lot as people write it.
    pub lot: Option<String>,
    /// When it expires.
    pub expires: Option<Date>,
    /// What else is said of the lot.
    pub reference: Option<String>,
    /// The customer's purchase order for which the lot was made. `None` if it was not made here, or the order names
    /// none; an order whose text is empty has an empty one.
    pub order: Option<String>,
    /// Its state.
    pub status: Status,
    /// When the lot came in.
    pub received: Option<Date>,
    /// When it was posted.
    pub moved: Option<Date>,
}

impl Stock {
    /// The purchase order as it is shown.
    pub fn order_shown(&self) -> &str {
        self.order.as_deref().unwrap_or(NO_ORDER)
    }
}
