//! The facts of a row that a shape can bring, each in a column of the result.

/// One fact of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "each is described where its field is, in `Stock` and in `Facts` of the rules")]
pub enum Field {
    CustomerKey,
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
    /// The state by one of its eight labels. Without it, the next three decide.
    Status,
    Segment,
    Quality,
    /// `1`, `true` or `t` if any posting of the lot is a failed check.
    HasFailed,
    Received,
    Moved,
}

impl Field {
    /// All fields.
    pub const ALL: [Self; 18] = [
        Self::CustomerKey,
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
        Self::Segment,
        Self::Quality,
        Self::HasFailed,
        Self::Received,
        Self::Moved,
    ];

    /// Its name in the configuration.
    pub fn key(self) -> &'static str {
        match self {
            Self::CustomerKey => "customer_key",
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
            Self::Segment => "segment",
            Self::Quality => "quality",
            Self::HasFailed => "has_failed",
            Self::Received => "received",
            Self::Moved => "moved",
        }
    }

    /// The field of such a name.
    pub fn of_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.key() == key)
    }

    /// True for days.
    pub(crate) fn is_date(self) -> bool {
        matches!(self, Self::Expires | Self::Received | Self::Moved)
    }
}
