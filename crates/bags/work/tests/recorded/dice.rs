//! Chance from a seed that no library's next version changes, and the scans that it comes up with.

use bags_rules::scan::{Action, Details, Scan};
use base_core::time::{DAY_US, HOUR_US, MINUTE_US, Moment, SECOND_US};
use uuid::Uuid;

pub struct Dice(u64);

/// The actions of the recorded run, in its order.
pub const RECORDED: [Action; 18] = [
    Action::Parent,
    Action::Child,
    Action::Unlink,
    Action::Relink,
    Action::Undo,
    Action::Close,
    Action::Register,
    Action::Delete,
    Action::DeleteContents,
    Action::SetChildren,
    Action::BillLink,
    Action::BillEnter,
    Action::BillUnlink,
    Action::BillCreate,
    Action::BillEdit,
    Action::BillComplete,
    Action::BillReopen,
    Action::BillDelete,
];

/// Codes and numbers that are none, or that only an earlier system let in.
const ODD: [&str; 8] = ["", "  ", "KID\u{0}17", "kid<17>é", "sb<01>", "SB9", "nonsense", "No. 7 \u{202e}"];
const ODD_BILLS: [&str; 6] = ["", "x", " \u{0} ", "B<9>", "bill of everything that was ever sent to anybody", "b-odd"];

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// `SplitMix64`.
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// From 0 to one less than `sides`.
    pub fn roll(&mut self, sides: usize) -> usize {
        usize::try_from((self.next() >> 11) % sides as u64).expect("it is less than `sides`")
    }

    pub fn one_in(&mut self, sides: usize) -> bool {
        self.roll(sides) == 0
    }

    pub fn whole(&mut self, from: i64, until: i64) -> i64 {
        let span = usize::try_from(until - from).expect("a span that rises");
        from + i64::try_from(self.roll(span)).expect("it is less than the span")
    }

    pub fn pick<'t, T>(&mut self, among: &'t [T]) -> &'t T {
        &among[self.roll(among.len())]
    }

    pub fn id(&mut self) -> Uuid {
        Uuid::from_u64_pair(self.next(), self.next())
    }

    /// A parent's label as a person or a scanner would send it.
    pub fn parent(&mut self) -> String {
        if self.one_in(60) {
            return (*self.pick(&ODD)).to_owned();
        }
        if self.one_in(40) {
            return self.child();
        }
        let n = self.roll(26);
        match self.roll(8) {
            0 => format!(" sb{n:05}\r\n"),
            _ => format!("SB{n:05}"),
        }
    }

    pub fn child(&mut self) -> String {
        if self.one_in(60) {
            return (*self.pick(&ODD)).to_owned();
        }
        if self.one_in(60) {
            return format!("SB{:05}", self.roll(26));
        }
        let n = self.roll(220);
        match self.roll(8) {
            0 => format!("kid{n:03} "),
            _ => format!("KID{n:03}"),
        }
    }

    pub fn bill(&mut self) -> String {
        if self.one_in(30) {
            return (*self.pick(&ODD_BILLS)).to_owned();
        }
        let n = self.roll(14);
        if self.one_in(5) { format!(" B-{n:02} ") } else { format!("b-{n:02}") }
    }

    pub fn action(&mut self) -> Action {
        match self.roll(100) {
            0..10 => Action::Parent,
            10..45 => Action::Child,
            45..56 => Action::BillLink,
            56..62 => Action::BillCreate,
            62..66 => Action::Relink,
            66..70 => Action::Undo,
            // Every action has its turn, however rare; those that came after the run was recorded have tests of their own.
            _ => *self.pick(&RECORDED),
        }
    }

    pub fn scan(&mut self, now: Moment) -> Scan {
        let action = self.action();
        let mut scan = Scan { id: self.id(), client_at: self.client_at(now), action, ..Scan::default() };
        match action {
            Action::Parent | Action::Close => scan.code = self.parent(),
            Action::Child | Action::Relink => (scan.code, scan.parent) = (self.child(), Some(self.parent())),
            Action::Register => scan.code = self.child(),
            Action::Undo if self.one_in(2) => scan.parent = Some(self.parent()),
            Action::Unlink | Action::Undo => (scan.code, scan.parent) = (self.child(), self.sometimes_parent()),
            Action::Delete | Action::DeleteContents => {
                scan.code = if self.one_in(3) { self.parent() } else { self.child() };
            }
            Action::SetChildren => {
                scan.code = self.parent();
                scan = scan.with(self.list());
            }
            Action::BillLink | Action::BillEnter | Action::BillUnlink => {
                (scan.code, scan.bill) = (self.parent(), Some(self.bill()));
            }
            Action::BillCreate | Action::BillEdit => {
                scan.bill = Some(self.bill());
                scan = scan.with(self.form());
            }
            Action::BillComplete | Action::BillReopen | Action::BillDelete => scan.bill = Some(self.bill()),
            Action::BringBack | Action::BillBringBack => unreachable!("not among the recorded actions"),
        }
        scan
    }

    fn sometimes_parent(&mut self) -> Option<String> {
        self.one_in(3).then(|| self.parent())
    }

    fn client_at(&mut self, now: Moment) -> Moment {
        let off = match self.roll(40) {
            0 => self.whole(HOUR_US, DAY_US),
            1 => -self.whole(40 * DAY_US, 50 * DAY_US),
            2 => 6 * MINUTE_US,
            _ => -self.whole(0, 20 * SECOND_US),
        };
        now.plus_us(off)
    }

    fn list(&mut self) -> Details {
        let of = |dice: &mut Self, most: usize| (0..dice.roll(most)).map(|_| dice.child()).collect();
        let children = of(self, 9);
        let children_before = self.one_in(2).then(|| of(self, 6));
        Details { children, children_before, ..Details::default() }
    }

    fn form(&mut self) -> Details {
        let capacity = (!self.one_in(4)).then(|| if self.one_in(8) { self.whole(-2, 70) } else { self.whole(1, 5) });
        let description = match self.roll(5) {
            0 => None,
            1 if self.one_in(10) => Some("too long ".repeat(400)),
            1 => Some(" \"rice\" & सरसों ".to_owned()),
            _ => Some(format!("lot {}", self.roll(9))),
        };
        Details { capacity, description, ..Details::default() }
    }
}
