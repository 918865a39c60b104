//! Which column of a file is which of the wanted ones: a guess by name, that a person may correct.

use crate::fault::SheetFault;

const NAMES_SHOWN_MAX: usize = 20;
const NAME_CHARS_MAX: usize = 40;

/// A column that the caller wants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// Its own name, as exported files have it in their header.
    pub name: &'static str,
    /// The heading under which the site itself writes it, where it does.
    pub heading: Option<&'static str>,
    /// Other names that people give it, the best first.
    pub synonyms: &'static [&'static str],
    /// True when nothing can be done without it.
    pub is_needed: bool,
}

impl Wanted {
    /// A column that must be there.
    pub const fn needed(name: &'static str, synonyms: &'static [&'static str]) -> Self {
        Self { name, heading: None, synonyms, is_needed: true }
    }

    /// A column that may be there.
    pub const fn optional(name: &'static str, synonyms: &'static [&'static str]) -> Self {
        Self { name, heading: None, synonyms, is_needed: false }
    }
}

/// How well a row would do as headings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fit {
    /// It names so many of the wanted columns.
    Names(usize),
    /// It names all that are needed, and so many in all.
    Whole(usize),
}

/// What is known of a wanted column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guess {
    /// It is this one, counted from 0.
    Is(usize),
    /// Two have the same name.
    Either(usize, usize),
    /// None has its name.
    None,
}

/// The wanted columns and their positions.
#[derive(Clone, Debug)]
pub struct Columns {
    wanted: Vec<Wanted>,
    guesses: Vec<Guess>,
    header: Vec<String>,
    written: Written,
}

/// How the columns of a file are set apart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Written {
    /// In cells of their own.
    #[default]
    Cells,
    /// By separators.
    Separators,
    /// By the separator that the first line names.
    Named(char),
}

impl Columns {
    /// Compares names without case, spaces, `_` and `-`. A column is guessed for one purpose only. What stands in
    /// brackets counts where nothing is found with it.
    pub(super) fn guess(header: &[String], wanted: &[Wanted], written: Written) -> Self {
        let folded: Vec<String> = header.iter().map(|name| fold(name)).collect();
        let bare: Vec<String> = header.iter().map(|name| fold(&bare(name))).collect();
        let places = |name: &str| -> Vec<usize> {
            let name = fold(name);
            let of = |names: &[String]| -> Vec<usize> {
                names.iter().enumerate().filter(|(_, found)| **found == name).map(|(at, _)| at).collect()
            };
            let found = of(&folded);
            if found.is_empty() { of(&bare) } else { found }
        };
        let mut guesses = vec![Guess::None; wanted.len()];
        let mut taken = vec![false; header.len()];
        let mut note = |guess: &mut Guess, found: &[usize]| {
            let free: Vec<usize> = found.iter().copied().filter(|at| !taken[*at]).collect();
            *guess = match free[..] {
                [] => return,
                [only] => Guess::Is(only),
                [first, second, ..] => Guess::Either(first, second),
            };
            for at in free {
                taken[at] = true;
            }
        };
        // A column's own name goes before what we write over it, and that before anybody's synonym for it.
        for (guess, column) in guesses.iter_mut().zip(wanted) {
            note(guess, &places(column.name));
        }
        for (guess, column) in guesses.iter_mut().zip(wanted) {
            if let (Guess::None, Some(heading)) = (&guess, column.heading) {
                note(guess, &places(heading));
            }
        }
        for (guess, column) in guesses.iter_mut().zip(wanted) {
            for name in column.synonyms {
                if *guess == Guess::None {
                    note(guess, &places(name));
                }
            }
        }
        Self { wanted: wanted.to_vec(), guesses, header: header.to_vec(), written }
    }

    /// Which column is which, were these the headings of a file.
    pub fn of(header: &[String], wanted: &[Wanted]) -> Self {
        Self::guess(header, wanted, Written::Cells)
    }

    /// How well the headings do.
    pub fn fit(&self) -> Fit {
        let known = self.guesses.iter().filter(|guess| matches!(guess, Guess::Is(_))).count();
        if self.check().is_ok() { Fit::Whole(known) } else { Fit::Names(known) }
    }

    /// The guesses, in the order in which the columns were wanted.
    pub fn guesses(&self) -> impl Iterator<Item = (&'static str, Guess)> + '_ {
        self.wanted.iter().map(|wanted| wanted.name).zip(self.guesses.iter().copied())
    }

    /// Corrects a guess: `name` is column `column`, or none. An unknown name or column changes nothing and is refused.
    /// Where a needed column is there twice, choosing none does not settle which.
    pub fn choose(&mut self, name: &str, column: Option<usize>) -> Result<(), SheetFault> {
        let place = self.wanted.iter().position(|wanted| wanted.name == name);
        match (place, column) {
            (Some(place), None) if self.wanted[place].is_needed && matches!(self.guesses[place], Guess::Either(..)) => {
            }
            (Some(place), None) => self.guesses[place] = Guess::None,
            (Some(place), Some(column)) if column < self.header.len() => self.guesses[place] = Guess::Is(column),
            _ => return Err(self.missing(name)),
        }
        Ok(())
    }

    /// The position of each wanted column, in their order, when all needed columns are there and nothing is ambiguous.
    pub fn check(&self) -> Result<Vec<Option<usize>>, SheetFault> {
        let mut places: Vec<Option<usize>> = Vec::with_capacity(self.wanted.len());
        for (wanted, guess) in self.wanted.iter().zip(&self.guesses) {
            let place = match *guess {
                Guess::Is(column) => Some(column),
                Guess::Either(first, second) => {
                    return Err(SheetFault::TwoColumns { name: wanted.name.into(), first, second });
                }
                Guess::None if wanted.is_needed => return Err(self.missing(wanted.name)),
                Guess::None => None,
            };
            if let Some(column) = place
                && let Some(other) = places.iter().position(|known| *known == Some(column))
            {
                let one = self.wanted[other].name.into();
                return Err(SheetFault::SameColumn { one, other: wanted.name.into(), column });
            }
            places.push(place);
        }
        Ok(places)
    }

    /// Where several columns are needed and there is only one, the separator was not recognised.
    fn missing(&self, name: &str) -> SheetFault {
        let needed = self.wanted.iter().filter(|wanted| wanted.is_needed).count();
        match (self.header.as_slice(), self.written) {
            ([only], Written::Separators) if needed > 1 => SheetFault::OneColumn { name: shown(only) },
            ([only], Written::Named(separator)) => SheetFault::WrongSeparator { separator, name: shown(only) },
            (header, _) => SheetFault::NoColumn {
                name: name.to_owned(),
                found: header.iter().take(NAMES_SHOWN_MAX).map(|name| shown(name)).collect(),
            },
        }
    }
}

/// A name without case, spaces and the marks that people put into headings, such as `Bill No.` and `Code*`.
fn fold(name: &str) -> String {
    let is_said = |character: &char| {
        !character.is_whitespace() && !matches!(character, '_' | '-' | '.' | ':' | '*' | '#' | '\u{feff}')
    };
    name.chars().filter(is_said).flat_map(char::to_lowercase).collect()
}

/// What people add to a heading without brackets, folded.
const ADDED: [&str; 6] = ["optional", "required", "mandatory", "compulsory", "ifany", "ifapplicable"];

/// A heading without what stands in brackets, and without what says whether it may be left out: `Description (optional)`.
fn bare(name: &str) -> String {
    let (mut plain, mut depth) = (String::new(), 0_usize);
    for one in name.chars() {
        match one {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            one if depth == 0 => plain.push(one),
            _ => {}
        }
    }
    let folded = fold(&plain);
    let added = ADDED.iter().find_map(|added| folded.strip_suffix(added)).map(|rest| rest.trim_end_matches([',', '/']));
    added.filter(|rest| !rest.is_empty()).map_or(plain, str::to_owned)
}

fn shown(name: &str) -> String {
    let clean = |character: char| if character.is_control() { '\u{fffd}' } else { character };
    name.trim().chars().take(NAME_CHARS_MAX).map(clean).collect()
}
