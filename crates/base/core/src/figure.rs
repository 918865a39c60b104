//! Figures that a running program shows to whoever watches it: what each is called, what it means and by what it is split.
//! A wing declares its own; what is measured is counted where it happens.

/// How a figure behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It only rises, and begins anew with the program.
    Counter,
    /// It rises and falls.
    Gauge,
    /// How many were how large, in seconds.
    Histogram,
}

/// A figure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Figure {
    /// Its name, `tallyhouse_thing_unit`; that of a counter ends with `_total`.
    pub name: &'static str,
    /// How it behaves.
    pub kind: Kind,
    /// What it is split by. Each has few values: never an id, a name or an address.
    pub labels: &'static [&'static str],
    /// What it means, in one sentence.
    pub help: &'static str,
}

impl Figure {
    /// One that only rises.
    pub const fn counter(name: &'static str, labels: &'static [&'static str], help: &'static str) -> Self {
        Self { name, kind: Kind::Counter, labels, help }
    }

    /// One that rises and falls.
    pub const fn gauge(name: &'static str, labels: &'static [&'static str], help: &'static str) -> Self {
        Self { name, kind: Kind::Gauge, labels, help }
    }

    /// How long each took, in seconds.
    pub const fn times(name: &'static str, labels: &'static [&'static str], help: &'static str) -> Self {
        Self { name, kind: Kind::Histogram, labels, help }
    }
}
