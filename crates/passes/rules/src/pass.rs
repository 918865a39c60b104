//! A pass: whom it is for, what it costs and how it was paid, and what can be wrong with that.

use base_core::account::AccountId;
use base_core::time::Moment;

use crate::id::EventId;

/// Longest name, in characters.
pub const NAME_LENGTH_MAX: usize = 100;
/// Longest slot and payment note, in characters.
pub const TEXT_LENGTH_MAX: usize = 200;
/// Longest reason, in characters.
pub const REASON_LENGTH_MAX: usize = 200;
/// Digits of a phone number.
const PHONE_DIGITS: usize = 10;

/// How many people a pass is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PassKind {
    /// One.
    Single,
    /// Two.
    Couple,
}

impl PassKind {
    /// Both kinds.
    pub const ALL: [Self; 2] = [Self::Single, Self::Couple];

    /// The stored name, which is the source's.
    pub fn name(self) -> &'static str {
        match self {
            Self::Single => "SINGLE",
            Self::Couple => "COUPLE",
        }
    }

    /// Reads a stored name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// How many people it lets in.
    pub fn people(self) -> i64 {
        match self {
            Self::Single => 1,
            Self::Couple => 2,
        }
    }
}

/// How a pass was paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PaymentMode {
    /// In cash.
    Cash,
    /// By UPI, card or transfer.
    Online,
}

impl PaymentMode {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Cash, Self::Online];

    /// The stored name, which is the source's.
    pub fn name(self) -> &'static str {
        match self {
            Self::Cash => "CASH",
            Self::Online => "ONLINE",
        }
    }

    /// Reads a stored name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mode| mode.name() == name)
    }
}

/// A pass as a form, a file or a call describes it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Described {
    /// The first person.
    pub name1: String,
    /// Their phone number.
    pub phone1: String,
    /// The second person.
    pub name2: String,
    /// Their phone number.
    pub phone2: String,
    /// `SINGLE` or `COUPLE`.
    pub pass_type: String,
    /// The slot.
    pub timing: String,
    /// `CASH` or `ONLINE`.
    pub payment_mode: String,
    /// What was said about the payment.
    pub txn_info: String,
}

/// A pass that can be sold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Details {
    /// The first person.
    pub name1: String,
    /// Their phone number: ten digits.
    pub phone1: String,
    /// The second person; `None` for a single pass.
    pub name2: Option<String>,
    /// Their phone number.
    pub phone2: Option<String>,
    /// How many it is for.
    pub kind: PassKind,
    /// The slot.
    pub timing: String,
    /// How it was paid.
    pub mode: PaymentMode,
    /// What was said about the payment; `None` for cash.
    pub txn_info: Option<String>,
}

/// What is wrong with a described pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// There is no first name.
    Name1Missing,
    /// The first name is too long.
    Name1TooLong,
    /// The first phone number does not have ten digits.
    Phone1Wrong,
    /// The kind is unknown.
    KindWrong,
    /// There is no second name, for two.
    Name2Missing,
    /// The second name is too long.
    Name2TooLong,
    /// The second phone number does not have ten digits.
    Phone2Wrong,
    /// There is no slot.
    TimingMissing,
    /// The slot is too long.
    TimingTooLong,
    /// The way of payment is unknown.
    ModeWrong,
    /// What is said about the payment is too long.
    TxnTooLong,
}

impl Fault {
    /// Every fault, in the order in which they are told.
    pub const ALL: [Self; 11] = [
        Self::Name1Missing,
        Self::Name1TooLong,
        Self::Phone1Wrong,
        Self::KindWrong,
        Self::Name2Missing,
        Self::Name2TooLong,
        Self::Phone2Wrong,
        Self::TimingMissing,
        Self::TimingTooLong,
        Self::ModeWrong,
        Self::TxnTooLong,
    ];

    /// The field that is wrong.
    pub fn field(self) -> &'static str {
        match self {
            Self::Name1Missing | Self::Name1TooLong => "name1",
            Self::Phone1Wrong => "phone1",
            Self::KindWrong => "pass_type",
            Self::Name2Missing | Self::Name2TooLong => "name2",
            Self::Phone2Wrong => "phone2",
            Self::TimingMissing | Self::TimingTooLong => "timing",
            Self::ModeWrong => "payment_mode",
            Self::TxnTooLong => "txn_info",
        }
    }

    /// The key of its words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Name1Missing => "pass-wrong-name1-missing",
            Self::Name1TooLong | Self::Name2TooLong => "pass-wrong-name-long",
            Self::Phone1Wrong => "pass-wrong-phone1",
            Self::KindWrong => "pass-wrong-kind",
            Self::Name2Missing => "pass-wrong-name2-missing",
            Self::Phone2Wrong => "pass-wrong-phone2",
            Self::TimingMissing => "pass-wrong-timing-missing",
            Self::TimingTooLong | Self::TxnTooLong => "pass-wrong-text-long",
            Self::ModeWrong => "pass-wrong-mode",
        }
    }
}

/// True for ten digits 0 to 9.
pub fn phone_is_valid(phone: &str) -> bool {
    phone.len() == PHONE_DIGITS && phone.bytes().all(|byte| byte.is_ascii_digit())
}

impl Described {
    /// The pass, or everything that is wrong with it, in the order of the form. What a hidden field holds is left out: a
    /// single pass has no second person, and cash no payment note.
    pub fn read(&self) -> Result<Details, Vec<Fault>> {
        let mut faults = Vec::new();
        let mut check = |is_right: bool, fault| {
            if !is_right {
                faults.push(fault);
            }
        };
        let text = |text: &str| text.trim().to_owned();
        let fits = |text: &str, most: usize| text.chars().count() <= most;
        let (name1, phone1) = (text(&self.name1), text(&self.phone1));
        let (name2, phone2) = (text(&self.name2), text(&self.phone2));
        let (timing, txn_info) = (text(&self.timing), text(&self.txn_info));
        check(!name1.is_empty(), Fault::Name1Missing);
        check(fits(&name1, NAME_LENGTH_MAX), Fault::Name1TooLong);
        check(phone_is_valid(&phone1), Fault::Phone1Wrong);
        let kind = PassKind::parse(&text(&self.pass_type).to_ascii_uppercase());
        check(kind.is_some(), Fault::KindWrong);
        let is_couple = kind == Some(PassKind::Couple);
        if is_couple {
            check(!name2.is_empty(), Fault::Name2Missing);
            check(fits(&name2, NAME_LENGTH_MAX), Fault::Name2TooLong);
            check(phone_is_valid(&phone2), Fault::Phone2Wrong);
        }
        check(!timing.is_empty(), Fault::TimingMissing);
        check(fits(&timing, TEXT_LENGTH_MAX), Fault::TimingTooLong);
        let mode = PaymentMode::parse(&text(&self.payment_mode).to_ascii_uppercase());
        check(mode.is_some(), Fault::ModeWrong);
        let is_online = mode == Some(PaymentMode::Online);
        check(!is_online || fits(&txn_info, TEXT_LENGTH_MAX), Fault::TxnTooLong);
        match (kind, mode) {
            (Some(kind), Some(mode)) if faults.is_empty() => Ok(Details {
                name1,
                phone1,
                name2: is_couple.then_some(name2),
                phone2: is_couple.then_some(phone2),
                kind,
                timing,
                mode,
                txn_info: Some(txn_info).filter(|text| is_online && !text.is_empty()),
            }),
            _ => Err(faults),
        }
    }
}

/// The last entry with a pass.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryMade {
    /// When.
    pub at: Moment,
    /// Who let them in.
    pub by: Option<AccountId>,
    /// At which gate.
    pub gate: Option<String>,
}

/// An entry that counts: how many people came in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CountedEntry {
    /// How many.
    pub people: i64,
    /// How many of them had been in before.
    pub back: i64,
    /// When, by whom and where.
    pub made: EntryMade,
}

/// A pass as the gate sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pass {
    /// Its id.
    pub id: String,
    /// Its event.
    pub event: EventId,
    /// How many it is for.
    pub kind: PassKind,
    /// When it was sold.
    pub sold_at: Moment,
    /// True when it was cancelled.
    pub is_cancelled: bool,
    /// Codes that were made before this time are no longer taken.
    pub codes_since: Option<Moment>,
    /// How many people got in with it.
    pub admitted: i64,
    /// How many of them are inside.
    pub inside: i64,
    /// The newest entry.
    pub entry: Option<EntryMade>,
    /// When somebody left last.
    pub left_at: Option<Moment>,
    /// The entries that count, oldest first. Loaded only where one may be undone; those that an importer brought are none.
    pub entries: Vec<CountedEntry>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn couple() -> Described {
        Described {
            name1: " Asha ".into(),
            phone1: "9876543210".into(),
            name2: "Ravi".into(),
            phone2: "9876543210".into(),
            pass_type: "couple".into(),
            timing: "7:00 PM - 11:00 PM".into(),
            payment_mode: "online".into(),
            txn_info: " UPI 77 ".into(),
        }
    }

    #[test]
    fn all_faults_are_told_in_the_order_of_the_form() {
        let nothing = Described::default().read().unwrap_err();
        assert_eq!(
            nothing,
            [Fault::Name1Missing, Fault::Phone1Wrong, Fault::KindWrong, Fault::TimingMissing, Fault::ModeWrong]
        );
        let two = Described { pass_type: "COUPLE".into(), ..Described::default() }.read().unwrap_err();
        assert_eq!(two[2..4], [Fault::Name2Missing, Fault::Phone2Wrong]);
    }

    #[test]
    fn what_hidden_fields_hold_is_left_out() {
        let pass = couple().read().expect("a right pass");
        assert_eq!((pass.name1.as_str(), pass.txn_info.as_deref()), ("Asha", Some("UPI 77")));
        let single = Described { pass_type: "single".into(), payment_mode: "cash".into(), ..couple() };
        let pass = single.read().expect("a right pass");
        assert_eq!((pass.name2, pass.phone2, pass.txn_info), (None, None, None));
    }

    #[test]
    fn a_phone_number_has_ten_digits_of_the_plain_kind() {
        assert!(phone_is_valid("0123456789"));
        for phone in ["", "123456789", "12345678901", "12345 6789", "+123456789", "१२३४५६७८९०", "123456789²"]
        {
            assert!(!phone_is_valid(phone), "{phone}");
        }
    }
}
