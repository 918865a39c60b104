//! An event: when its gate opens, what its passes cost, and what somebody may write about it.

use base_core::time::{MINUTE_US, Moment};

pub use crate::id::EventId;
use crate::pass::PassKind;

/// What a single pass costs unless the event says otherwise, in rupees.
pub const PRICE_SINGLE: i64 = 549;
/// What a pass for two costs unless the event says otherwise, in rupees.
pub const PRICE_COUPLE: i64 = 999;
/// The dearest pass, in rupees.
pub const PRICE_MAX: i64 = 1_000_000;
/// The largest event, in people.
pub const CAPACITY_MAX: i64 = 1_000_000;
/// Longest name, place, organiser and contact, in characters.
pub const TEXT_LENGTH_MAX: usize = 100;
/// Longest terms, in characters.
pub const TERMS_LENGTH_MAX: usize = 2_000;
/// How long before its start the gate lets people in, unless the event says otherwise.
pub const EARLY_MINUTES: i64 = 180;

/// Where an event stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EventState {
    /// It is being prepared: nothing is sold, nobody gets in.
    Draft,
    /// Passes are sold; the gate opens by itself before the start.
    OnSale,
    /// The gate is open, whatever the time; passes are sold, too.
    Open,
    /// It is over.
    Closed,
}

impl EventState {
    /// Every state, in order.
    pub const ALL: [Self; 4] = [Self::Draft, Self::OnSale, Self::Open, Self::Closed];

    /// The stored name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::OnSale => "on_sale",
            Self::Open => "open",
            Self::Closed => "closed",
        }
    }

    /// Reads a stored name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == name)
    }

    /// True when passes are sold.
    pub fn sells(self) -> bool {
        matches!(self, Self::OnSale | Self::Open)
    }
}

/// What the passes of an event cost, in rupees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Prices {
    /// For one person.
    pub single: i64,
    /// For two.
    pub couple: i64,
}

impl Default for Prices {
    fn default() -> Self {
        Self { single: PRICE_SINGLE, couple: PRICE_COUPLE }
    }
}

impl Prices {
    /// What a pass of this kind costs.
    pub fn of(self, kind: PassKind) -> i64 {
        match kind {
            PassKind::Single => self.single,
            PassKind::Couple => self.couple,
        }
    }
}

/// What the gate needs to know of an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GateRules {
    /// Which event.
    pub id: EventId,
    /// Where it stands.
    pub state: EventState,
    /// When it was closed; `None` where it is not, or where nobody kept that.
    pub closed_at: Option<Moment>,
    /// When it begins; `None` if nobody said so.
    pub starts_at: Option<Moment>,
    /// When it ends.
    pub ends_at: Option<Moment>,
    /// How long before its start the gate lets people in, in minutes.
    pub early_minutes: i64,
    /// The two people of a pass may come one by one.
    pub one_by_one: bool,
    /// Whoever left may come back.
    pub re_entry: bool,
    /// How many more people fit in; `None` where nobody counts.
    pub room: Option<i64>,
}

/// Whether the gate is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gate {
    /// It is.
    Open,
    /// It opens later.
    NotYet,
    /// The event is over.
    TooLate,
}

impl GateRules {
    /// Whether the gate is open at this time. An organiser who opened it decides, and after them the clock.
    pub fn gate(&self, now: Moment) -> Gate {
        match self.state {
            EventState::Draft => Gate::NotYet,
            EventState::Closed => Gate::TooLate,
            EventState::Open => Gate::Open,
            EventState::OnSale if self.ends_at.is_some_and(|end| now > end) => Gate::TooLate,
            EventState::OnSale => match self.starts_at {
                Some(start) if now < start.plus_us(-self.early_minutes * MINUTE_US) => Gate::NotYet,
                _ => Gate::Open,
            },
        }
    }

    /// Whether the gate was open for an entry that was made then and is told only now: what was let in before the organiser
    /// closed the event counts.
    pub fn gate_then(&self, then: Moment) -> Gate {
        match self.closed_at {
            Some(closed) if self.state == EventState::Closed && then < closed => Gate::Open,
            _ => self.gate(then),
        }
    }
}

/// An event as somebody describes it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EventDetails {
    /// What it is called.
    pub name: String,
    /// Where it is.
    pub place: String,
    /// When it begins.
    pub starts_at: Option<Moment>,
    /// When it ends.
    pub ends_at: Option<Moment>,
    /// How long before its start the gate lets people in, in minutes.
    pub early_minutes: i64,
    /// The times to choose from, one a line.
    pub slots: String,
    /// What a pass costs.
    pub prices: Prices,
    /// How many people may be sold a place; `None` for any number.
    pub capacity: Option<i64>,
    /// How many people may be inside at once; `None` for any number.
    pub inside_max: Option<i64>,
    /// Who organises it.
    pub organiser: String,
    /// How they are reached.
    pub contact: String,
    /// What holds for guests.
    pub terms: String,
    /// The colour of its passes, as `#rrggbb`; empty for the site's own.
    pub colour: String,
    /// The two people of a pass may come one by one.
    pub one_by_one: bool,
    /// Whoever left may come back.
    pub re_entry: bool,
    /// The clocks of its place, such as `Asia/Kolkata`; empty for those of the site.
    pub zone: String,
    /// The second colour of its passes, into which the first one runs; empty for one colour.
    pub colour_end: String,
    /// Its passes carry the compact code, which devices check by themselves, instead of that of E-Pass.
    pub compact_codes: bool,
}

/// A field of an event that is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EventFault {
    /// Which field.
    pub field: &'static str,
    /// The key of its words.
    pub words: &'static str,
}

impl EventDetails {
    /// Everything that is wrong with it.
    pub fn faults(&self) -> Vec<EventFault> {
        let mut faults = Vec::new();
        let mut check = |is_right: bool, field, words| {
            if !is_right {
                faults.push(EventFault { field, words });
            }
        };
        let is_short = |text: &str| text.chars().count() <= TEXT_LENGTH_MAX;
        let price = |amount: i64| (0..=PRICE_MAX).contains(&amount);
        let number = |n: Option<i64>| n.is_none_or(|n| (1..=CAPACITY_MAX).contains(&n));
        check(!self.name.trim().is_empty() && is_short(&self.name), "name", "event-wrong-name");
        check(is_short(&self.place), "place", "event-wrong-text");
        check(is_short(&self.organiser), "organiser", "event-wrong-text");
        check(is_short(&self.contact), "contact", "event-wrong-text");
        check(self.slots.chars().count() <= TERMS_LENGTH_MAX, "slots", "event-wrong-text");
        check(self.terms.chars().count() <= TERMS_LENGTH_MAX, "terms", "event-wrong-terms");
        check(price(self.prices.single), "price_single", "event-wrong-price");
        check(price(self.prices.couple), "price_couple", "event-wrong-price");
        check(number(self.capacity), "capacity", "event-wrong-capacity");
        check(number(self.inside_max), "inside_max", "event-wrong-capacity");
        check((0..=10_080).contains(&self.early_minutes), "early_minutes", "event-wrong-early");
        check(self.colour.is_empty() || is_colour(&self.colour), "colour", "event-wrong-colour");
        let end = &self.colour_end;
        check(end.is_empty() || is_colour(end) && !self.colour.is_empty(), "colour_end", "event-wrong-colour");
        check(is_short(&self.zone), "zone", "event-wrong-zone");
        let in_order = self.starts_at.zip(self.ends_at).is_none_or(|(start, end)| start < end);
        check(in_order, "ends_at", "event-wrong-end");
        faults
    }

    /// The times to choose from.
    pub fn slots(&self) -> Vec<&str> {
        self.slots.lines().map(str::trim).filter(|slot| !slot.is_empty()).collect()
    }
}

fn is_colour(text: &str) -> bool {
    let digits = text.strip_prefix('#').unwrap_or_default();
    digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use base_core::time::HOUR_US;

    use super::*;

    fn rules(state: EventState) -> GateRules {
        GateRules {
            id: 1,
            state,
            closed_at: None,
            starts_at: Some(Moment(10 * HOUR_US)),
            ends_at: Some(Moment(14 * HOUR_US)),
            early_minutes: 60,
            one_by_one: false,
            re_entry: false,
            room: None,
        }
    }

    #[test]
    fn the_gate_opens_before_the_start_and_closes_at_the_end_unless_an_organiser_opened_it() {
        let at = |state, hour: i64| rules(state).gate(Moment(hour * HOUR_US));
        let on_sale: Vec<Gate> = [8, 9, 14, 15].map(|hour| at(EventState::OnSale, hour)).to_vec();
        assert_eq!(on_sale, [Gate::NotYet, Gate::Open, Gate::Open, Gate::TooLate]);
        assert_eq!([at(EventState::Open, 1), at(EventState::Open, 30)], [Gate::Open, Gate::Open]);
        assert_eq!([at(EventState::Draft, 11), at(EventState::Closed, 11)], [Gate::NotYet, Gate::TooLate]);
        let without_times = GateRules { starts_at: None, ends_at: None, ..rules(EventState::OnSale) };
        assert_eq!(without_times.gate(Moment(0)), Gate::Open);
    }

    #[test]
    fn what_was_let_in_before_the_event_was_closed_counts_and_nothing_after() {
        let closed = |closed_at| GateRules { closed_at, ..rules(EventState::Closed) };
        let noon = closed(Some(Moment(12 * HOUR_US)));
        let then = |hour: i64| noon.gate_then(Moment(hour * HOUR_US));
        assert_eq!([then(11), then(12), then(13)], [Gate::Open, Gate::TooLate, Gate::TooLate]);
        assert_eq!(
            noon.gate(Moment(11 * HOUR_US)),
            Gate::TooLate,
            "who comes now comes too late, whatever a clock says"
        );
        assert_eq!(closed(None).gate_then(Moment(0)), Gate::TooLate);
        assert_eq!(rules(EventState::OnSale).gate_then(Moment(0)), Gate::NotYet);
    }

    #[test]
    fn all_faults_of_an_event_are_told_at_once() {
        let wrong = EventDetails {
            name: " ".into(),
            prices: Prices { single: -1, couple: 999 },
            capacity: Some(0),
            colour: "red".into(),
            starts_at: Some(Moment(2)),
            ends_at: Some(Moment(1)),
            ..EventDetails::default()
        };
        let fields: Vec<&str> = wrong.faults().iter().map(|fault| fault.field).collect();
        assert_eq!(fields, ["name", "price_single", "capacity", "colour", "ends_at"]);
        let right = EventDetails { name: "Diwali".into(), colour: "#667eea".into(), ..EventDetails::default() };
        assert_eq!(right.faults(), []);
    }
}
