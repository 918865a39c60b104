//! A row of a file as a pass: which event it is for, what it says, and why it is not taken.

use std::collections::BTreeSet;

use base_core::text::readable;
use base_files::import::TableRow;
use base_records::import::{RowNote, cells_text};
use passes_rules::event::EventId;
use passes_rules::pass::{Described, Details, Fault, PassKind};
use passes_store::event::EventLine;
use passes_store::sale::Sold;

/// Longest name in a note, in characters.
const SHOWN_MAX: usize = 60;

/// A row that was read.
#[derive(Clone, Debug)]
pub(crate) struct GuestRow {
    pub(crate) number: i64,
    pub(crate) described: Described,
    pub(crate) event: String,
    cells: String,
}

/// Why a row is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// No event that is on sale is called so.
    EventUnknown,
    /// It names no event, and not just one is on sale.
    EventMissing,
    /// What it says is wrong.
    Wrong(Fault),
    /// The guest has a pass of the other kind.
    OtherKind,
    /// There is no place left.
    NoPlace,
}

impl Refused {
    fn code(self) -> &'static str {
        match self {
            Self::EventUnknown => "event_unknown",
            Self::EventMissing => "event_missing",
            Self::Wrong(Fault::Name1Missing | Fault::Name2Missing) => "name_missing",
            Self::Wrong(Fault::Phone1Wrong | Fault::Phone2Wrong) => "phone_wrong",
            Self::Wrong(Fault::KindWrong) => "kind_wrong",
            Self::Wrong(Fault::ModeWrong) => "mode_wrong",
            Self::Wrong(Fault::TimingMissing) => "timing_missing",
            Self::Wrong(_) => "text_too_long",
            Self::OtherKind => "guest_has_other_pass",
            Self::NoPlace => "no_place",
        }
    }

    fn words(self) -> &'static str {
        match self {
            Self::EventUnknown => "no event on sale has this name or number",
            Self::EventMissing => "name the event in a column “event”: not just one is on sale",
            Self::Wrong(Fault::Name1Missing | Fault::Name2Missing) => "a name is missing",
            Self::Wrong(Fault::Phone1Wrong | Fault::Phone2Wrong) => "a phone number must have exactly 10 digits",
            Self::Wrong(Fault::KindWrong) => "the type must be SINGLE or COUPLE",
            Self::Wrong(Fault::ModeWrong) => "the payment must be CASH or ONLINE",
            Self::Wrong(Fault::TimingMissing) => "the slot is missing, and the event has not just one",
            Self::Wrong(_) => "a name or a text is too long",
            Self::OtherKind => "this guest has a pass of the other type already",
            Self::NoPlace => "there is no place left",
        }
    }
}

impl GuestRow {
    pub(crate) fn read(row: &TableRow<'_>) -> Self {
        let cell = |at: usize| row.cells.get(at).copied().unwrap_or_default().to_owned();
        let described = Described {
            name1: cell(0),
            phone1: cell(1),
            name2: cell(2),
            phone2: cell(3),
            pass_type: cell(4),
            payment_mode: cell(5),
            txn_info: cell(6),
            timing: cell(7),
        };
        Self { number: row.number, described, event: cell(8), cells: cells_text(row.cells.iter().copied()) }
    }

    /// The event that it is for, and the pass that it asks for. What a list of guests mostly leaves out follows from the
    /// rest: who comes with somebody has a pass for two, the only slot is meant, and cash was paid.
    pub(crate) fn ask<'e>(&self, events: &'e [EventLine]) -> Result<(&'e EventLine, Details), Refused> {
        let event = self.event_of(events)?;
        let mut described = self.described.clone();
        let fill = |text: &mut String, with: &str| {
            if text.trim().is_empty() {
                with.clone_into(text);
            }
        };
        let has_partner = !described.name2.trim().is_empty();
        let kind = if has_partner { PassKind::Couple } else { PassKind::Single };
        fill(&mut described.pass_type, kind.name());
        fill(&mut described.payment_mode, "CASH");
        if let [only] = event.details.slots().as_slice() {
            fill(&mut described.timing, only);
        }
        let first = |faults: Vec<Fault>| Refused::Wrong(faults.first().copied().unwrap_or(Fault::Name1Missing));
        Ok((event, described.read().map_err(first)?))
    }

    fn event_of<'e>(&self, events: &'e [EventLine]) -> Result<&'e EventLine, Refused> {
        let named = self.event.trim();
        if named.is_empty() {
            return match events {
                [only] => Ok(only),
                _ => Err(Refused::EventMissing),
            };
        }
        let folded = named.to_lowercase();
        let is_named =
            |line: &&EventLine| line.details.name.trim().to_lowercase() == folded || line.id.to_string() == named;
        match events.iter().filter(is_named).collect::<Vec<_>>().as_slice() {
            [only] => Ok(only),
            _ => Err(Refused::EventUnknown),
        }
    }

    /// The row with the reason why it is not taken.
    pub(crate) fn note(&self, refused: Refused) -> RowNote {
        RowNote {
            row_number: self.number,
            code: readable(&self.described.name1, SHOWN_MAX),
            outcome: refused.code().into(),
            message: format!("Row {}: {}.", self.number, refused.words()),
            cells: self.cells.clone(),
        }
    }
}

/// What became of a row that was sold, or would be.
pub(crate) enum Became {
    Made,
    Known,
    Refused(Refused),
}

impl Became {
    /// After a sale was tried; `known` is the kind of the pass that the guest has.
    pub(crate) fn of(sold: Sold, wanted: PassKind, known: Option<PassKind>) -> Self {
        match (sold, known) {
            (Sold::Done, _) => Self::Made,
            (Sold::NoPlace, _) => Self::Refused(Refused::NoPlace),
            (_, Some(kind)) if kind != wanted => Self::Refused(Refused::OtherKind),
            _ => Self::Known,
        }
    }
}

/// Guests and places that rows of a dry run would have taken so far.
#[derive(Debug, Default)]
pub(crate) struct WouldTake {
    guests: BTreeSet<(EventId, String, String)>,
    places: std::collections::BTreeMap<EventId, i64>,
}

impl WouldTake {
    /// Takes a guest's places, as a sale would.
    pub(crate) fn take(&mut self, event: &EventLine, details: &Details, known: Option<PassKind>) -> Became {
        if known.is_some() {
            return Became::of(Sold::Duplicate, details.kind, known);
        }
        let guest = (event.id, details.name1.clone(), details.phone1.clone());
        if self.guests.contains(&guest) {
            return Became::Known;
        }
        let taken = self.places.entry(event.id).or_insert(0);
        let wanted = *taken + details.kind.people();
        if event.details.capacity.is_some_and(|capacity| event.sold + wanted > capacity) {
            return Became::Refused(Refused::NoPlace);
        }
        *taken = wanted;
        self.guests.insert(guest);
        Became::Made
    }
}
