//! What a cell of a workbook holds, beside its text: whether a person sees that very text, and what a column of codes or
//! of figures may take of it.

/// What a cell holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Form {
    /// Text, or nothing.
    #[default]
    Text,
    /// Text to which a format adds something, `"BL-"@`: what is shown is something else.
    ShownText,
    /// A value of which nothing is shown, by its format.
    Unseen,
    /// A number.
    Number(Look),
    /// A date, a time or a duration.
    Date,
    /// True or false.
    Bool,
    /// An error such as `#DIV/0!`.
    Error,
    /// A formula that was never computed.
    NoValue,
}

/// How a number is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// As its digits.
    Plain,
    /// By a format that makes a code of it, such as `SB00011`.
    Code,
    /// As something that is no code: with a fraction, a minus, separators, a unit of money.
    Other,
    /// As another number: as a percentage, or in thousands.
    Scaled,
    /// With more digits than a spreadsheet keeps.
    TooLong,
}

/// Why a cell is not what its column should hold. The name of each is a stable code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unfit {
    /// A date or a time where a code or a figure belongs.
    Date,
    /// True or false where a code or a figure belongs.
    Bool,
    /// An error.
    Error,
    /// A formula without a value.
    NoValue,
    /// A number that is shown as something that is no code, or as another number.
    Number,
    /// A number of more digits than a spreadsheet keeps.
    TooLong,
    /// A value of which nothing is shown.
    Unseen,
}

impl Unfit {
    /// Every one.
    pub const ALL: [Self; 7] =
        [Self::Date, Self::Bool, Self::Error, Self::NoValue, Self::Number, Self::TooLong, Self::Unseen];

    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Date => "cell_date",
            Self::Bool => "cell_true_or_false",
            Self::Error => "cell_error",
            Self::NoValue => "cell_formula",
            Self::Number => "cell_number",
            Self::TooLong => "cell_too_many_digits",
            Self::Unseen => "cell_not_shown",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_reason_has_a_code_of_its_own() {
        let codes: std::collections::BTreeSet<&str> = Unfit::ALL.into_iter().map(Unfit::code).collect();
        assert_eq!(codes.len(), Unfit::ALL.len());
    }
}
